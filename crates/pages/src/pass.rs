//! `/pass/{id}`, `/pass/{id}.svg`: a pass or certificate as its holder shows it.

use crate::visit::{Visit, date, shown};
use crate::{Answer, region_steps};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use lianfang_kernel::{Lang, Words};
use lianfang_ledger::read::Certificate;
use lianfang_pass::qr_svg;
use lianfang_policy::Snapshot;
use lianfang_server::{ApiError, AppState, Caller, read};
use lianfang_ui::text::text;
use lianfang_ui::views::pass::{Pass, render};
use uuid::Uuid;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/pass/{id}", get(show_pass))
}

/// Whoever holds the random id holds the pass: it names nobody, and it works on a borrowed phone.
async fn find(state: &AppState, id: &str) -> Result<Certificate, ApiError> {
    let not_found = || ApiError::not_found(Words::new("没有这张通行码", "There is no such pass"));
    let id: Uuid = id.parse().map_err(|_| not_found())?;
    read(state, move |reader| reader.certificate(id))
        .await?
        .ok_or_else(not_found)
}

async fn show_pass(State(state): State<AppState>, visit: Visit, Path(id): Path<String>) -> Answer {
    if let Some(id) = id.strip_suffix(".svg") {
        let found = find(&state, id).await?;
        let picture = qr_svg(&found.text).map_err(|_| ApiError::internal())?;
        return Ok(([(CONTENT_TYPE, "image/svg+xml")], picture.svg).into_response());
    }
    let found = find(&state, &id).await?;
    // A release says more than a pass: it is shown to its holder only.
    if found.kind != "pass" && !holds(&visit, &found) {
        return Err(ApiError::not_found(Words::new(
            "没有这张通行码",
            "There is no such pass",
        )));
    }
    let view = view(&state.ledger.snapshot(), &found, state.ledger.now(), visit.lang);
    Ok(shown(render(&view, &visit.public(&state))))
}

fn holds(visit: &Visit, found: &Certificate) -> bool {
    match &visit.caller {
        Caller::Resident(resident) => resident.device.owner == Some(found.subject),
        Caller::Staff(_) | Caller::Public => false,
    }
}

/// A pass as it is shown at a moment.
pub(crate) fn view(snapshot: &Snapshot, found: &Certificate, now: lianfang_kernel::Instant, lang: Lang) -> Pass {
    let today = snapshot.zone.day_of(now);
    let is_past = found.kind == "pass" && found.day < today;
    let invalid = if found.revoked_at.is_some() {
        Some(lianfang_pass::Reason::Revoked.words().get(lang).to_owned())
    } else if is_past {
        Some(lianfang_pass::Reason::WrongDay.words().get(lang).to_owned())
    } else {
        None
    };
    let picture = qr_svg(&found.text).ok();
    Pass {
        id: found.id.to_string(),
        invalid: invalid.or_else(|| picture.is_none().then(|| text(lang, "error-500"))),
        qr_svg: picture.map(|picture| picture.svg).unwrap_or_default(),
        text: found.text.clone(),
        day: date(found.day),
        area: region_steps::name(&snapshot.regions, lang, &snapshot.city),
    }
}
