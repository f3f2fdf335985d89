//! Pages through the router, with the packs of the product and a small city.
#![cfg(test)]

mod attaching;
mod beside;
mod briefings;
mod chains;
mod checking;
mod checkpoints;
mod city;
mod clinic;
mod day;
mod declaring;
mod dispatch;
mod documents;
mod drills;
mod interview;
mod laboratory;
mod linkage;
mod lists;
mod maps;
mod messages;
mod operations;
mod policy;
mod published;
mod reading;
mod response;
mod risk;
mod rosters;
mod sheets;
mod staff;
mod venues;
mod wall;
