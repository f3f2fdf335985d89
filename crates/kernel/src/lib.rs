//! Ids, clocks, civil days, regions, register schemas and entries: the vocabulary every other crate shares. Pure.
