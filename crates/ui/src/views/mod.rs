//! One file a page.

pub mod error_page;
