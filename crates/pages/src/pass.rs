//! `/pass/{id}`, `/pass/{id}.svg`, `/pass/{id}.png`: a pass or certificate as its holder shows it.

use crate::visit::{Visit, date, shown};
use crate::{Answer, region_steps};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use lianfang_kernel::{Lang, Words};
use lianfang_ledger::read::Certificate;
use lianfang_pass::{QrError, ShortCode, png_picture, qr_svg};
use lianfang_policy::Snapshot;
use lianfang_server::{ApiError, AppState, Caller, read};
use lianfang_ui::dates;
use lianfang_ui::text::text;
use lianfang_ui::views::pass::{Pass, render};
use serde_json::json;
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
    let (id, form) = id.split_once('.').unwrap_or((&id, ""));
    let found = find(&state, id).await?;
    // A release says more than a pass: it is shown to its holder only.
    if found.kind != "pass" && !holds(&visit, &found) {
        return Err(ApiError::not_found(Words::new(
            "没有这张通行码",
            "There is no such pass",
        )));
    }
    let snapshot = state.ledger.snapshot();
    match form {
        "" => {
            let view = view(&snapshot, &found, state.ledger.now(), visit.lang);
            Ok(shown(render(&view, &visit.public(&state))))
        }
        "svg" => {
            let picture = qr_svg(&found.text).map_err(|_| ApiError::internal())?;
            Ok(([(CONTENT_TYPE, "image/svg+xml")], picture.svg).into_response())
        }
        "png" => {
            let picture = png(&snapshot, &found).map_err(|_| ApiError::internal())?;
            Ok(([(CONTENT_TYPE, "image/png")], picture).into_response())
        }
        _ => Err(ApiError::not_found(Words::new(
            "没有这个地址",
            "There is nothing at this address",
        ))),
    }
}

/// The picture for browsers without script: letters that every reader of a number plate reads.
fn png(snapshot: &Snapshot, found: &Certificate) -> Result<Vec<u8>, QrError> {
    let name = region_steps::name(&snapshot.regions, Lang::En, &snapshot.city);
    let city = if name.is_ascii() {
        name
    } else {
        snapshot.city.to_string()
    };
    let (day, code) = (found.day.to_string(), ShortCode::of(found.id.as_bytes()).grouped());
    let hours: &[&str] = if found.kind == "pass" { &["00:00 - 24:00"] } else { &[] };
    png_picture(&found.text, &[&[city.as_str(), &day], hours, &[&code]].concat())
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
    let short_code = ShortCode::of(found.id.as_bytes()).grouped();
    let both = |of: &dyn Fn(Lang) -> String| json!({ "zh": of(Lang::Zh), "en": of(Lang::En) });
    let given = json!({
        "id": found.id,
        "text": found.text,
        "short": short_code,
        "day": both(&|lang| dates::day(lang, date(found.day))),
        "area": both(&|lang| region_steps::name(&snapshot.regions, lang, &snapshot.city)),
        "from": snapshot.zone.start_of(found.day).0,
        "until": snapshot.zone.start_of(found.day.plus(1)).0,
        "now": now.0,
    });
    Pass {
        id: found.id.to_string(),
        invalid: invalid.or_else(|| picture.is_none().then(|| text(lang, "error-500"))),
        qr_svg: picture.map(|picture| picture.svg).unwrap_or_default(),
        text: found.text.clone(),
        day: date(found.day),
        area: region_steps::name(&snapshot.regions, lang, &snapshot.city),
        short_code,
        given: given.to_string(),
        is_kept: found.kind == "pass",
    }
}
