//! Pages through the router, with the packs of the product and a small city.
#![cfg(test)]

mod briefings;
mod chains;
mod checking;
mod checkpoints;
mod city;
mod day;
mod declaring;
mod reading;
mod sheets;
mod staff;
