//! Pages through the router, with the packs of the product and a small city.
#![cfg(test)]

mod briefings;
mod beside;
mod chains;
mod checking;
mod checkpoints;
mod city;
mod day;
mod declaring;
mod maps;
mod lists;
mod reading;
mod sheets;
mod staff;
mod wall;
