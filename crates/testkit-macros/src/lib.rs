//! The both-database test attribute.
