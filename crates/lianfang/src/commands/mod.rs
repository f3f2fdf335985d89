//! The commands, one file each.

pub mod audit;
pub mod backup;
pub mod bench;
pub mod brief;
pub mod cert;
pub mod demo;
pub mod doctor;
pub mod duplicates;
pub mod epi;
pub mod export;
pub mod import;
pub mod indicator;
pub mod init;
pub mod key;
pub mod later;
pub mod match_lists;
pub mod message;
pub mod org;
pub mod pack;
pub mod pass;
pub mod preview;
pub mod region;
pub mod restore;
pub mod retention;
pub mod serve;
pub mod user;
