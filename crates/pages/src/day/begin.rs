//! Where it begins: whom this phone remembers, a new declaration, one for somebody without a phone.

use super::kept::Answers;
use super::{answers_of, keeping, kept_of, must_be_used, onward};
use crate::Answer;
use crate::form::Form;
use crate::visit::{Visit, civil, shown};
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use lianfang_kernel::{Instant, Lang, TimeOfDay};
use lianfang_server::AppState;
use lianfang_ui::views::day::begin::{Begin, Kept as Line, render};
use lianfang_ui::{dates, paths, text};

/// From this time of day tomorrow's may be declared.
const EVENING: TimeOfDay = TimeOfDay(18 * 60);

/// Whether tomorrow's may be declared now, by the city's clock.
pub(super) fn is_evening(state: &AppState) -> bool {
    state.ledger.snapshot().zone.time_of(state.ledger.now()) >= EVENING
}

pub(super) async fn show(State(state): State<AppState>, visit: Visit, headers: HeaderMap) -> Answer {
    must_be_used(&state)?;
    let today = state.ledger.snapshot().zone.day_of(state.ledger.now());
    let kept = kept_of(&state, &headers).await?;
    let lines = kept.iter().map(|kept| Line {
        who: kept.who(),
        today: kept.pass_of(today),
        tomorrow: kept.pass_of(today.plus(1)),
    });
    let view = Begin {
        kept: lines.collect(),
        is_evening: is_evening(&state),
        closed: closed(&state, visit.lang),
    };
    Ok(shown(render(&view, &visit.public(&state))))
}

/// Before the city went live: since when it will be.
fn closed(state: &AppState, lang: Lang) -> Option<String> {
    let (snapshot, now) = (state.ledger.snapshot(), state.ledger.now());
    let from = snapshot.setting("one_code_from", &snapshot.city, now)?.as_int()?;
    let from = Instant(from);
    let at = dates::moment(lang, civil(&snapshot.zone, from));
    (from > now).then(|| text::text_with(lang, "day-live", &[("at", at.into())]))
}

pub(super) async fn begin_new(State(state): State<AppState>) -> Answer {
    must_be_used(&state)?;
    onward(&state, &Answers::default(), paths::DAY_WHO).await
}

pub(super) async fn begin_helping(State(state): State<AppState>) -> Answer {
    must_be_used(&state)?;
    let answers = Answers {
        is_helping: true,
        for_other: true,
        ..Answers::default()
    };
    onward(&state, &answers, paths::DAY_WHO).await
}

/// Takes up what somebody declared last: straight to the summary, where each answer can be changed.
pub(super) async fn again(State(state): State<AppState>, headers: HeaderMap, RawQuery(query): RawQuery) -> Answer {
    let asked = Form::parse(query.unwrap_or_default().as_bytes());
    let kept = kept_of(&state, &headers).await?;
    match asked.get("n").parse().ok().and_then(|n: usize| kept.get(n)) {
        Some(kept) => onward(&state, &kept.answers, paths::DAY_SUMMARY).await,
        None => Ok(Redirect::to(paths::DAY).into_response()),
    }
}

pub(super) async fn forget(State(state): State<AppState>, headers: HeaderMap, form: Form) -> Answer {
    answers_of(&state, &headers, None).await?;
    let mut kept = kept_of(&state, &headers).await?;
    if let Some(n) = form.get("n").parse().ok().filter(|n: &usize| *n < kept.len()) {
        kept.remove(n);
    }
    let cookie = keeping(&state, kept).await?;
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), Redirect::to(paths::DAY)).into_response())
}
