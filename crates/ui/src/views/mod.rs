//! One file a page.

pub mod class_sheet;
pub mod confirm;
pub mod declare;
pub mod entry_result;
pub mod error_page;
pub mod files;
pub mod home;
pub mod me;
pub mod pass;
pub mod proposals;
pub mod register_form;
pub mod register_list;
pub mod registers;
pub mod sign_in;
pub mod subject;
pub mod today;
pub mod verify;
