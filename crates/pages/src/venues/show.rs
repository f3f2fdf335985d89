//! The venues, and the counter of one.

use super::count::{Counted, people, venues};
use super::{CAP, IN};
use crate::Answer;
use crate::form::Form;
use crate::kept_pages;
use crate::region_steps;
use crate::seen::Seen;
use crate::visit::{Desk, civil, shown};
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{SubjectView, Words};
use lianfang_ledger::read::{EntryItem, Label};
use lianfang_server::{ApiError, AppState, entry, read};
use lianfang_ui::paths;
use lianfang_ui::views::venues::{Counter, Tap, Venue, Venues, render};
use serde_json::json;

/// Buttons of the counter.
const BUTTONS: usize = 6;

pub(super) async fn list(State(state): State<AppState>, desk: Desk) -> Answer {
    desk.staff.must_read(&state.ledger.snapshot().model, CAP)?;
    let counted = Counted::of(&state, &desk, None).await?;
    let view = Venues::List(venues(&state, &desk, &counted).await?, desk.staff.writes(CAP));
    Ok(shown(render(&view, &desk.ctx(&state))))
}

pub(super) async fn one(
    State(state): State<AppState>,
    desk: Desk,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    if desk.visit.as_of.is_none() && Seen::now(&state)?.is_told(&query) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    draw(&state, &desk, parsed(&id)?, query.given("last"), None).await
}

/// The venue of an address.
pub(super) fn parsed(id: &str) -> Result<SubjectId, ApiError> {
    id.parse()
        .map_err(|_| ApiError::not_found(Words::new("没有这个场所", "There is no such venue")))
}

/// A venue that the reader sees, with its label. One without a cap stands in no list: it is known by its file.
async fn venue_of(state: &AppState, desk: &Desk, id: SubjectId) -> Result<(SubjectView, Option<Label>), ApiError> {
    let (staff, lang) = (desk.staff.clone(), desk.visit.lang);
    let (view, label) = read(state, move |reader| {
        let view = reader.subject(id)?;
        let model = reader.snapshot.model.clone();
        let is_venue = |kind: &str| {
            let of = model.registers.get(IN).map(|register| &register.schema.subjects);
            of.is_some_and(|of| of.iter().any(|wanted| model.is_a(kind, wanted)))
        };
        let view = view.filter(|view| is_venue(&view.kind_type) && reader.may_see(&staff.sight, view));
        Ok((view, reader.labels(&[id], lang)?.remove(&id)))
    })
    .await?;
    let unknown = || ApiError::not_found(Words::new("没有这个场所", "There is no such venue"));
    Ok((view.ok_or_else(unknown)?, label))
}

/// The counter, with why the last tap was refused.
pub(super) async fn draw(
    state: &AppState,
    desk: &Desk,
    id: SubjectId,
    last: Option<&str>,
    refused: Option<String>,
) -> Answer {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    desk.staff.must_read(&snapshot.model, IN)?;
    let seen = Seen::now(state)?;
    let (view, label) = venue_of(state, desk, id).await?;
    let counted = Counted::of(state, desk, Some(id)).await?;
    let known = venues(state, desk, &counted)
        .await?
        .into_iter()
        .find(|venue| venue.id == id.to_string());
    let today = counted.today(id);
    let venue = known.unwrap_or_else(|| Venue {
        id: id.to_string(),
        name: label.map(|label| label.name).unwrap_or_default(),
        area: region_steps::name(&snapshot.regions, lang, &view.region),
        present: today.0 - today.1,
        cap: None,
    });
    let last = match last {
        Some(last) => Some(entry(state, &desk.staff, last).await?)
            .filter(|item| item.subject == id && crate::read_all::stands(item)),
        None => None,
    };
    let tap = |item: EntryItem| Tap {
        is_in: item.register == IN,
        people: people(&item),
        at: civil(&snapshot.zone, item.at),
        entry: item.id.to_string(),
    };
    let status = match refused.is_some() {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    let counts = desk.staff.writes(IN) && desk.visit.as_of.is_none();
    let more = json!({ "venue": venue.id, "present": venue.present, "cap": venue.cap });
    let counter = Counter {
        kit: counts.then(|| kept_pages::kit(state, desk, more).to_string()),
        venue,
        seen: seen.token(),
        today,
        last: last.map(tap),
        entries: (0..BUTTONS).map(|_| state.ledger.new_id().to_string()).collect(),
        counts: desk.staff.writes(IN),
        sets_cap: desk.staff.writes(CAP),
        refused,
    };
    let desk = desk.clone().at_path(&paths::venue(&id.to_string()));
    let page = render(&Venues::One(Box::new(counter)), &desk.ctx(state));
    if status != StatusCode::OK || !counts {
        return Ok((status, page).into_response());
    }
    Ok(([kept_pages::keep_on_phone(state)], page).into_response())
}
