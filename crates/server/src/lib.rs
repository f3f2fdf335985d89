//! HTTP: sign-in, rights, the interface, the job of the tick.
//!
//! ```no_run
//! # async fn run(ledger: lianfang_ledger::Ledger, pages: axum::Router) -> Result<(), lianfang_server::ServeError> {
//! use lianfang_server::{Address, AppState, Config, Listen};
//!
//! let state = AppState::new(ledger, Config { version: "0.1.0", ..Config::default() });
//! let app = lianfang_server::router(state.clone()).merge(pages);
//! let listen = Listen { address: Address::Bind(([127, 0, 0, 1], 8080).into()), tls: None };
//! lianfang_server::serve(app, state, listen, std::future::pending()).await
//! # }
//! ```
//!
//! - A handler takes [`Staff`], [`Resident`] or [`Caller`], reads with [`read`], writes with [`append`], and answers
//!   `Result<_, ApiError>`.
//! - What a role may see is decided in `rights.rs`; that it was seen is written down by [`trace`].
//! - Around all of it stands [`protect`](protect::protect): headers, forged forms, time limits, shedding, counting.

mod api;
mod asked;
mod briefings;
mod caller;
mod chains;
mod check;
mod check_caller;
mod comparison;
mod computing;
mod cookies;
mod csrf;
mod daily;
mod declare;
mod estimates;
mod health;
mod import;
mod limits;
mod linkage;
mod listed;
mod locale;
mod metrics;
mod openapi;
pub mod outbox;
mod panic_hook;
mod person_row;
mod policy_changes;
mod problem;
mod protect;
mod reporting_triangle;
mod rights;
mod rush;
mod serve;
mod state;
mod tagged;
pub mod trace;

pub use api::accounts::balance_sheet;
pub use api::arrivals::{expected_arrivals, proposed};
pub use api::attachments::{KeptFile, is_upload, keep_file, sender};
pub use api::changes::{Changes, FieldChange, LineChange, changes};
pub use api::checkpoint_devices::{PhoneInvitation, invite_phone, phones, revoke_phone};
pub use api::checkpoints::{CheckpointsAsked, checkpoint, checkpoint_places, list_checkpoints, seal_key};
pub use api::checks::take_checks;
pub use api::entries::{one as entry, page as entries_page};
pub use api::figures::{coverage_of, figure, figure_span, gap_summary_of, is_of_day};
pub use api::in_force::{published_body, touching};
pub use api::invitations::{
    INVITING, InterviewLink, NAMED, links, make_link, name_contacts, open_interview, open_to, send_link, withdraw_link,
};
pub use api::linkage::{PairFile, WaitingPair, waiting_pairs, weight_of, why_of};
pub use api::match_runs::{MatchReport, match_list};
pub use api::me::{Mine, bind_by_code, mine, own_checks};
pub use api::message_choice::owner as message_owner;
pub use api::passes::owned as pass_of;
pub use api::session::{Credentials, Session, sign_in, sign_out};
pub use api::setup::{Change, Changed, MadeUser, NewUser, change_account, check_user, make_users, manages};
pub use api::sheets::{IMPORT_BYTES, Sheet, begin_import, entries_sheet, import_sheet, sheet_template};
pub use api::subjects::{Found, Searching, SeenFile, file, find, hands_out_codes, make_code};
pub use api::tasks::page as tasks_page;
pub use api::trust_lists::{import_trust_list, remove_trust_list, trust_lists};
pub use api::unmask::{open_entry, open_identity, opens};
pub use briefings::{Draft, IssueAsked, draft, issue, issues, publish};
pub use caller::{Caller, PageStaff, Resident, Staff, staff_of};
pub use chains::{
    CASES as CASE_REGISTERS, CaseChains, ChainCase, LinkSource, TracedPeople, case_chains, must_read_chains,
    reads_chains, trace_contacts,
};
pub use comparison::{list_columns, read_list};
pub use cookies::{DEVICE_COOKIE, SESSION_COOKIE, cookie, set_cookie};
pub use csrf::{CSRF_FIELD, CSRF_HEADER, token_of as csrf_token_of};
pub use daily::{DailyQuery, DailySeries, daily, is_daily};
pub use declare::{Declaration, DeclarationAnswer, Declarer, ValidFor, declare};
pub use estimates::{Estimated, estimate, estimate_counts};
pub use import::{
    Alike, AskAlike, Import, ImportJob, ImportJobs, ImportReport, KnownColumns, Settled, apart, import_rows,
    mapping_place, only_bearing, sheet_columns, sheet_fields,
};
pub use lianfang_attachment::MediaType;
pub use lianfang_linkage::Class;
pub use lianfang_protocol::PASSING_ON;
pub use linkage::Readiness;
pub use linkage::duplicates::{
    DuplicatesFound, PROPOSALS, Step as DuplicatesStep, begin_duplicates, duplicates_step, evidence, field_title,
    find_duplicates, search_duplicates, worth,
};
pub use linkage::likely::{Compared, Describing, Likely, likely};
pub use linkage::mates::may_live_with;
pub use locale::{LANG_COOKIE, Locale, current as current_lang, localised};
pub use openapi::openapi;
pub use panic_hook::install_panic_hook;
pub use person_row::PersonRow;
pub use policy_changes::{
    PolicyStart, PolicyText, check_policy, decide_policy, keep_visible, policy_back, policy_change, policy_changes,
    policy_start, propose_policy,
};
pub use problem::ApiError;
pub use protect::{BODY_BYTES, protect};
pub use serve::{Address, Listen, ServeError, Tls, serve};
pub use state::{AppState, Config, Network, append, append_one, read, settle, try_append};

use axum::Router;

/// The interface and what machines ask; pages are merged by the caller.
pub fn router(state: AppState) -> Router {
    Router::new()
        .nest("/api/v1", api::router())
        .merge(health::router())
        .merge(openapi::router())
        .with_state(state)
}
