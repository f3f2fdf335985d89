//! Draws every page of the product as HTML from plain structs.
//!
//! A view is one file: a struct with what is shown (already in the reader's language where the words come
//! from packs), `render(&view, &Ctx) -> Markup` for the whole page, and `samples(lang)` with a normal, an
//! empty and a troubled value. Nothing here knows a server, a database or a clock; pages work without script.
//!
//! To add a page: 1. a file under `views/` with struct, `render`, `samples`; 2. its words in both files under
//! `locales/`; 3. a line in [`gallery::pages`], which puts it under the test that renders everything in both
//! languages and into the gallery (`cargo run -p lianfang-ui --example gallery -- OUTDIR`); 4. its addresses in
//! [`paths`], so that forms and handlers agree.
//!
//! ```
//! use lianfang_kernel::Lang;
//! use lianfang_ui::{Ctx, views::error_page::{self, ErrorPage}};
//! let page = ErrorPage { status: 404, code: "not_found".into(), ..ErrorPage::default() };
//! let html = error_page::render(&page, &Ctx::public(Lang::En, "Hunchun", "/nowhere")).into_string();
//! assert!(html.starts_with("<!DOCTYPE html>"));
//! ```
//!
//! Deliberately absent: inline scripts and styles (the content security policy forbids both), colours as a
//! judgement on a person, and any text outside `locales/` and the packs.

pub mod assets;
pub mod charts;
mod ctx;
pub mod dates;
pub mod document;
pub mod gallery;
pub mod icon;
pub mod part;
pub mod paths;
pub mod shell;
pub mod text;
pub mod views;

pub use ctx::{Acting, Ctx, Place};
pub use maud::Markup;
