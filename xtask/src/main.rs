//! What can be checked by a program.
fn main() {}
