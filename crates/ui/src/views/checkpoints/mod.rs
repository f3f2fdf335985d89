//! Checkpoints as those see them who manage them: the list, one with its phones, the paper of an outage and its keying-in,
//! the file that a phone without network left.

pub mod key_in;
pub mod list;
pub mod one;
pub mod paper;
pub mod upload;
