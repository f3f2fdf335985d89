//! How good the answers are on lists whose truth is known.
#![cfg(test)]

#[path = "../../examples/lists/main.rs"]
#[expect(dead_code, reason = "the generator is a program of its own")]
mod lists;

mod febrl;
mod made_up;
mod promises;
mod scored;
