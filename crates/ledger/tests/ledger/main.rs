//! The ledger with the packs of the product, on both databases.
#![cfg(test)]

mod attaching;
mod changing;
mod citing;
mod city;
mod distributed;
mod doors;
mod first_loop;
mod gap_lists;
mod holding;
mod keeping;
mod narrowing;
mod posting;
mod recounting;
mod rotating;
mod telling;
mod tracing;
