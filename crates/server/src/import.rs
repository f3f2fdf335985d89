//! Sheets into entries.

use std::collections::VecDeque;
use std::sync::Mutex;

/// Error sheets that wait for whom they belong to.
#[derive(Debug, Default)]
pub struct ErrorSheets(Mutex<VecDeque<()>>);
