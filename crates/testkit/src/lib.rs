//! App under test, builders, fixed clock, both-database attribute.
