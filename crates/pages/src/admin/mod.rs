//! `/admin`: accounts, organisations, roles, packs, audit, retention.

mod accounts;
mod audit;
mod bulk;
mod health;
mod overview;
mod policy;
mod retention;
mod trust;

use crate::visit::Desk;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use lianfang_kernel::Words;
use lianfang_ledger::TRUST_LIST_BYTES;
use lianfang_server::{ApiError, AppState, Staff};
use lianfang_ui::views::admin::PAGES;

/// A list with the envelope of an upload around it.
const TRUST_UPLOAD_BYTES: usize = TRUST_LIST_BYTES + (64 << 10);

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/admin", get(overview::index))
        .route("/admin/orgs", get(overview::orgs))
        .route("/admin/roles", get(overview::roles))
        .route("/admin/packs", get(overview::packs))
        .route("/admin/packs/{id}/{act}", post(overview::activate))
        .route("/admin/policy", get(policy::list))
        .route("/admin/policy/new", get(policy::ask_new).post(policy::send_new))
        .route("/admin/policy/{id}", get(policy::show))
        .route("/admin/policy/{id}/{act}", post(policy::act))
        .route("/admin/users", get(accounts::list))
        .route("/admin/users/new", get(accounts::ask_new).post(accounts::make))
        .route("/admin/users/bulk", get(bulk::ask).post(bulk::send))
        .route("/admin/users/{id}/{act}", post(accounts::act))
        .route("/admin/health", get(health::show))
        .route("/admin/audit", get(audit::show))
        .route("/admin/retention", get(retention::show))
        .route(
            "/admin/trust",
            get(trust::show)
                .post(trust::import)
                .layer(DefaultBodyLimit::max(TRUST_UPLOAD_BYTES)),
        )
        .route("/admin/trust/remove", get(trust::ask).post(trust::remove))
        .route("/admin/retention/run", get(retention::ask).post(retention::run))
}

/// The pages of the settings that open for a reader, in their order.
pub(crate) fn pages(staff: &Staff) -> Vec<&'static str> {
    let role = &staff.role;
    let oversees = role.admin || role.auditor;
    let opens = |page: &&str| match *page {
        "users" | "retention" => role.admin,
        "audit" => role.auditor,
        "policy" => oversees || role.proposes || role.approves,
        _ => oversees,
    };
    PAGES.into_iter().filter(opens).collect()
}

/// The settings are for administrators and auditors.
fn must_oversee(desk: &Desk) -> Result<(), ApiError> {
    if desk.staff.role.admin || desk.staff.role.auditor {
        return Ok(());
    }
    Err(ApiError::no_right(Words::new("仅限管理员", "For administrators only")))
}
