//! `/documents`: what came from above, handed to units, acknowledged and answered by each. Everything is read from the registers
//! and tasks of the pack `documents`; its protocol decides what is open and late.

mod answer;
mod new;
mod show;

use axum::Router;
use axum::routing::{get, post};
use lianfang_server::{AppState, Staff};
use lianfang_ui::paths;

/// The register of documents that came in.
const DOCUMENT: &str = "incoming_document";
/// Receipts of units.
const RECEIPT: &str = "document_receipt";
/// What became of a document at a unit.
const OUTCOME: &str = "document_outcome";
/// What asks units for both.
const DISPATCH: &str = "document-dispatch";

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::DOCUMENTS, get(show::show))
        .route(paths::DOCUMENT_NEW, get(new::show).post(new::send))
        .route("/documents/receipt", post(answer::receipt))
        .route("/documents/outcome", post(answer::outcome))
}

/// Whether the page is of use to a reader.
pub(crate) fn is_for(staff: &Staff) -> bool {
    staff.writes(DOCUMENT) || staff.writes(RECEIPT)
}
