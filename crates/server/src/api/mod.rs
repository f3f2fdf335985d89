//! The interface under `/api/v1`. One file a subject matter; to add a call, add it there, to its `router`, and to
//! `openapi.rs`, whose test compares the two.

pub(crate) mod accounts;
pub(crate) mod arrivals;
pub(crate) mod attachments;
mod briefings;
mod catalogue;
pub(crate) mod changes;
pub(crate) mod checkpoint_devices;
pub(crate) mod checkpoints;
pub(crate) mod checks;
mod declarations;
pub(crate) mod entries;
mod epi;
pub(crate) mod figures;
mod holds;
pub(crate) mod in_force;
pub(crate) mod invitations;
pub(crate) mod linkage;
pub(crate) mod match_runs;
pub(crate) mod me;
pub(crate) mod message_choice;
mod oversight;
pub(crate) mod passes;
pub(crate) mod policy_changes;
pub(crate) mod session;
pub(crate) mod setup;
pub(crate) mod sheets;
pub(crate) mod subjects;
pub(crate) mod tasks;
pub(crate) mod trust_lists;
pub(crate) mod unmask;

use crate::state::AppState;
use axum::Router;

/// Every call.
pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .merge(session::router())
        .merge(entries::router())
        .merge(attachments::router())
        .merge(changes::router())
        .merge(tasks::router())
        .merge(subjects::router())
        .merge(linkage::router())
        .merge(unmask::router())
        .merge(figures::router())
        .merge(accounts::router())
        .merge(epi::router())
        .merge(in_force::router())
        .merge(holds::router())
        .merge(arrivals::router())
        .merge(briefings::router())
        .merge(catalogue::router())
        .merge(setup::router())
        .merge(oversight::router())
        .merge(declarations::router())
        .merge(checkpoints::router())
        .merge(checkpoint_devices::router())
        .merge(checks::router())
        .merge(passes::router())
        .merge(policy_changes::router())
        .merge(trust_lists::router())
        .merge(match_runs::router())
        .merge(me::router())
        .merge(message_choice::router())
        .merge(invitations::router())
        .merge(sheets::router())
        .merge(crate::outbox::inbound::router())
}
