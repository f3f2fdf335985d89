//! The only writer, the read models, as-of.
