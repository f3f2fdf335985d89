//! `/declare`: the declaration of arrival, one question a page.
//!
//! The answers so far travel sealed: in a hidden field with every form, and in a cookie for the links between the
//! pages. The server keeps nothing until the declaration is sent, so it does not matter which process answers.

pub(crate) mod answers;
mod journey;
mod region;
mod send;
mod stays;
mod summary;
mod unit;
pub(crate) mod who;

use crate::form::Form;
use crate::sealed;
use answers::Answers;
use axum::Router;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use lianfang_kernel::Words;
use lianfang_server::{ApiError, AppState, set_cookie};
use lianfang_ui::part::form::Problem;
use lianfang_ui::views::declare::Step;
use lianfang_ui::{Markup, paths};

/// What the answers are sealed for.
const PURPOSE: &str = "declaration draft";
/// The cookie that carries the answers between pages.
const DRAFT_COOKIE: &str = "lf_draft";
/// How long it does, in seconds: long enough to look for a ticket, short enough for a borrowed phone.
const DRAFT_S: i64 = 2 * 3_600;
/// Browsers drop longer cookies; the hidden field still carries the answers.
const COOKIE_BYTES: usize = 3_900;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::DECLARE, get(begin))
        .route(paths::DECLARE_WHO, get(who::show).post(who::answer))
        .route(paths::DECLARE_STAYS, get(stays::show).post(stays::answer))
        .route(paths::DECLARE_JOURNEY, get(journey::show).post(journey::answer))
        .route(paths::DECLARE_REGION, get(region::show).post(region::answer))
        .route(paths::DECLARE_UNIT, get(unit::show).post(unit::answer))
        .route(paths::DECLARE_SUMMARY, get(summary::show).post(send::send))
}

async fn begin() -> Redirect {
    Redirect::to(paths::DECLARE_WHO)
}

/// The answers that came with a form, else those of the cookie, else none.
async fn answers_of(state: &AppState, headers: &HeaderMap, form: Option<&Form>) -> Result<Answers, ApiError> {
    Ok(sealed::key(state, PURPOSE).await?.carried(form, headers, DRAFT_COOKIE))
}

/// Shows a page with the answers kept for the next.
async fn page(
    state: &AppState,
    answers: &Answers,
    problems: Vec<Problem>,
    draw: impl FnOnce(Step) -> Markup,
) -> Result<Response, ApiError> {
    let sealed = sealed::key(state, PURPOSE).await?.seal(answers)?;
    let step = Step {
        carried: sealed.clone(),
        problems,
        is_editing: answers.is_editing(),
    };
    Ok(([(SET_COOKIE, kept(state, &sealed))], draw(step)).into_response())
}

/// Goes on to the next question with the answers kept.
async fn onward(state: &AppState, answers: &Answers, next: &str) -> Result<Response, ApiError> {
    let sealed = sealed::key(state, PURPOSE).await?.seal(answers)?;
    let next = if answers.is_editing() {
        paths::DECLARE_SUMMARY
    } else {
        next
    };
    if sealed.len() > COOKIE_BYTES {
        let what = Words::new(
            "内容过长，请缩短途经地和地址",
            "This is too long: shorten the itinerary and the address",
        );
        return Err(ApiError::bad_field(
            "itinerary",
            what,
            Words::new("返回上一页修改", "Go back and change it"),
        ));
    }
    Ok(([(SET_COOKIE, kept(state, &sealed))], Redirect::to(next)).into_response())
}

fn kept(state: &AppState, sealed: &str) -> axum::http::HeaderValue {
    set_cookie(DRAFT_COOKIE, sealed, DRAFT_S, state.config.tls)
}
