//! Pages over the ledger: fetches what a page shows, takes what its forms send.
//!
//! How a page looks is in `lianfang-ui`; what may be seen and written is in `lianfang-server`. Here is only the way
//! between them: a handler authorises, loads, acts and answers. One action, one file.
//!
//! To add a page: 1. its view in `lianfang-ui`; 2. a file here with its handler and its `router()`; 3. a line in
//! [`router`]; 4. a test in `tests/pages` that asks for it through the router.
//!
//! ```no_run
//! # fn run(ledger: lianfang_ledger::Ledger) -> axum::Router {
//! use lianfang_server::{AppState, Config};
//!
//! let state = AppState::new(ledger, Config::default());
//! lianfang_server::router(state.clone()).merge(lianfang_pages::router(state))
//! # }
//! ```
//!
//! - A staff page takes `visit::Desk`, any other `visit::Visit`; both make the [`lianfang_ui::Ctx`].
//! - A form is read by `form::Form`; forged ones were refused before, by the server.
//! - A refusal is an `ApiError`; `draw_errors` draws it for browsers.
//! - `?as_of=` shows the past: such a page has no forms.

mod act;
mod admin;
mod assets;
mod attached;
mod balance_sheet;
mod briefings;
mod chains;
mod check;
mod checkpoints;
mod clinic;
mod coverage;
mod day;
mod declare;
mod desks;
mod device;
mod dispatch;
mod documents;
mod download;
mod draw_errors;
mod drills;
mod duplicates;
mod entry;
mod field_form;
mod field_text;
mod figure;
mod figure_value;
mod form;
mod home;
mod interview;
mod kept_pages;
mod kept_pass;
mod labels;
mod likely;
mod manual;
mod me;
mod message_words;
mod messages;
mod operations;
mod pass;
mod protocol_words;
mod protocols;
mod published;
mod read_all;
mod region_map;
mod region_steps;
mod registers;
mod response;
mod risk;
mod science;
mod sealed;
mod seen;
mod series;
mod sign_in;
mod signals;
mod situation;
mod subjects;
mod thing_names;
mod today;
mod tray;
mod upload;
mod venues;
mod verify;
mod visit;
mod wall;

pub use briefings::issue_document;
pub use draw_errors::draw_errors;
pub use manual::manual;
pub use message_words::message_words;

use axum::Router;
use axum::middleware::from_fn_with_state;
use lianfang_server::{ApiError, AppState};

/// What a handler answers.
type Answer = Result<axum::response::Response, ApiError>;

/// Puts the drawing of refusals around a whole application; for [`lianfang_server::Config::draw`].
pub fn draw(app: Router, state: AppState) -> Router {
    app.layer(from_fn_with_state(state, draw_errors))
}

/// Every page, and the files they need; to be merged with the interface.
pub fn router(state: AppState) -> Router {
    let pages = Router::new()
        .merge(home::router())
        .merge(sign_in::router())
        .merge(day::router())
        .merge(declare::router())
        .merge(risk::router())
        .merge(published::router())
        .merge(kept_pass::router())
        .merge(pass::router())
        .merge(me::router())
        .merge(interview::router())
        .merge(messages::router())
        .merge(verify::router())
        .merge(check::router())
        .merge(checkpoints::router())
        .merge(today::router())
        .merge(clinic::router())
        .merge(documents::router())
        .merge(response::router())
        .merge(drills::router())
        .merge(venues::router())
        .merge(dispatch::router())
        .merge(operations::router())
        .merge(labels::router())
        .merge(entry::router())
        .merge(registers::router())
        .merge(tray::router())
        .merge(subjects::router())
        .merge(duplicates::router())
        .merge(situation::router())
        .merge(wall::router())
        .merge(science::router())
        .merge(signals::router())
        .merge(chains::router())
        .merge(figure::router())
        .merge(coverage::router())
        .merge(balance_sheet::router())
        .merge(briefings::router())
        .merge(protocols::router())
        .merge(admin::router())
        .layer(from_fn_with_state(state.clone(), draw_errors))
        .layer(axum::middleware::from_fn(visit::keep_language));
    pages.merge(assets::router()).with_state(state)
}
