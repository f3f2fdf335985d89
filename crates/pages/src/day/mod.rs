//! `/day`: the declaration of the day, which earns one code for the whole city until midnight.
//!
//! As at `/declare` the answers so far travel sealed, in a hidden field and in a cookie. Beside them a second sealed
//! cookie remembers who declared on this phone, so that tomorrow takes one look. In helper mode nothing is remembered
//! and the phone keeps no pass.

mod begin;
mod kept;
mod send;
mod steps;

use crate::form::Form;
use crate::sealed;
use axum::Router;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use kept::{Answers, Kept};
use lianfang_kernel::Words;
use lianfang_server::{ApiError, AppState, cookie, set_cookie};
use lianfang_ui::part::form::Problem;
use lianfang_ui::views::day::Step;
use lianfang_ui::{Markup, paths};

/// The register that the day's declarations go into; a city without it has none.
pub(crate) const REGISTER: &str = "one_code";
/// The cookies: of the answers so far, and of whom this phone remembers.
const DRAFT_COOKIE: &str = "lf_day";
const KEPT_COOKIE: &str = "lf_kept";
/// What they are sealed for.
const DRAFT: &str = "day draft";
const KEPT: &str = "day kept";
/// How long each stays, in seconds: two hours, and the fourteen days for which the declarations themselves are kept.
const DRAFT_S: i64 = 2 * 3_600;
const KEPT_S: i64 = 14 * 86_400;
/// Browsers drop longer cookies.
const COOKIE_BYTES: usize = 3_800;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::DAY, get(begin::show))
        .route(paths::DAY_NEW, get(begin::begin_new))
        .route(paths::DAY_HELP, get(begin::begin_helping))
        .route("/day/again", get(begin::again))
        .route(paths::DAY_FORGET, post(begin::forget))
        .route(paths::DAY_WHO, get(steps::show_who).post(steps::answer_who))
        .route(paths::DAY_TRIP, get(steps::show_trip).post(steps::answer_trip))
        .route(paths::DAY_SUMMARY, get(send::show).post(send::send))
}

/// Whether a city has the declaration of the day at all.
pub(crate) fn is_used(state: &AppState) -> bool {
    state.ledger.snapshot().model.registers.contains_key(REGISTER)
}

fn must_be_used(state: &AppState) -> Result<(), ApiError> {
    if is_used(state) {
        return Ok(());
    }
    Err(ApiError::not_found(Words::new(
        "本市未启用当日通行码",
        "This city has no pass of the day",
    )))
}

/// The answers that came with a form, else those of the cookie, else none.
async fn answers_of(state: &AppState, headers: &HeaderMap, form: Option<&Form>) -> Result<Answers, ApiError> {
    must_be_used(state)?;
    Ok(sealed::key(state, DRAFT).await?.carried(form, headers, DRAFT_COOKIE))
}

/// Whom this phone remembers.
async fn kept_of(state: &AppState, headers: &HeaderMap) -> Result<Vec<Kept>, ApiError> {
    let key = sealed::key(state, KEPT).await?;
    let kept = cookie(headers, KEPT_COOKIE).and_then(|sealed| key.open(&sealed));
    Ok(kept.unwrap_or_default())
}

/// The cookie of whom this phone remembers; who does not fit is forgotten, the longest kept first.
async fn keeping(state: &AppState, mut kept: Vec<Kept>) -> Result<HeaderValue, ApiError> {
    let key = sealed::key(state, KEPT).await?;
    loop {
        let sealed = if kept.is_empty() {
            String::new()
        } else {
            key.seal(&kept)?
        };
        if sealed.len() <= COOKIE_BYTES {
            let seconds = if kept.is_empty() { 0 } else { KEPT_S };
            return Ok(set_cookie(KEPT_COOKIE, &sealed, seconds, state.config.tls));
        }
        kept.remove(0);
    }
}

/// Shows a question with the answers kept for the next.
async fn page(
    state: &AppState,
    answers: &Answers,
    problems: Vec<Problem>,
    draw: impl FnOnce(Step) -> Markup,
) -> Result<Response, ApiError> {
    let sealed = sealed::key(state, DRAFT).await?.seal(answers)?;
    let step = Step {
        carried: sealed.clone(),
        problems,
        is_editing: answers.reached_summary,
        is_helping: answers.is_helping,
    };
    let draft = set_cookie(DRAFT_COOKIE, &sealed, DRAFT_S, state.config.tls);
    Ok((AppendHeaders([(SET_COOKIE, draft)]), draw(step)).into_response())
}

/// Goes on to the next question with the answers kept.
async fn onward(state: &AppState, answers: &Answers, next: &str) -> Result<Response, ApiError> {
    let sealed = sealed::key(state, DRAFT).await?.seal(answers)?;
    let next = if answers.reached_summary {
        paths::DAY_SUMMARY
    } else {
        next
    };
    let draft = set_cookie(DRAFT_COOKIE, &sealed, DRAFT_S, state.config.tls);
    Ok((AppendHeaders([(SET_COOKIE, draft)]), Redirect::to(next)).into_response())
}
