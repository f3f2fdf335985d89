//! One file a page.

pub mod admin;
pub mod class_sheet;
pub mod confirm;
pub mod coverage;
pub mod declare;
pub mod entry_result;
pub mod error_page;
pub mod figure;
pub mod files;
pub mod home;
pub mod me;
pub mod pass;
pub mod proposals;
pub mod protocol;
pub mod protocols;
pub mod recover;
pub mod register_form;
pub mod register_list;
pub mod registers;
pub mod sign_in;
pub mod situation;
pub mod subject;
pub mod today;
pub mod tray;
pub mod verify;
pub mod wall;
