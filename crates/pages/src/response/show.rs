//! The page: the form, what is open now, and after a look what would open.

use super::form::fields;
use super::opening::{Opening, Plan, plans};
use super::{ACTIVATION, LEVEL, may};
use crate::Answer;
use crate::field_form::Drawing;
use crate::field_text::{code_words, order_words};
use crate::form::Form;
use crate::region_steps;
use crate::visit::{Desk, civil};
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Datum, Words};
use lianfang_policy::{Interval, SubjectRef};
use lianfang_server::{ApiError, AppState, read};
use lianfang_ui::part::form::Problem;
use lianfang_ui::paths;
use lianfang_ui::views::response::{InForce, Opens, Response, render};
use std::collections::HashMap;

pub(super) async fn show(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    let form = Form::parse(query.unwrap_or_default().as_bytes());
    let opens = chosen(&state, &desk, &form)?;
    draw(&state, &desk, opens, &form, Drawn::default()).await
}

/// What is opened: what was asked for, if the reader may, else the first that they may.
pub(super) fn chosen(state: &AppState, desk: &Desk, form: &Form) -> Result<Opens, ApiError> {
    let may = may(&desk.staff, &state.ledger.snapshot().model);
    let asked = may
        .iter()
        .find(|opens| opens.id() == form.get("open"))
        .or_else(|| may.first());
    let none = || ApiError::no_right(Words::new("您的岗位不启动响应", "Your role opens no response"));
    asked.copied().ok_or_else(none)
}

/// What stands on the page besides the form.
#[derive(Default)]
pub(super) struct Drawn {
    /// What would open.
    pub opening: Option<Opening>,
    /// What is wrong, by field.
    pub at: HashMap<String, String>,
    /// What is wrong with the whole.
    pub whole: Vec<String>,
}

/// The page.
pub(super) async fn draw(state: &AppState, desk: &Desk, opens: Opens, form: &Form, drawn: Drawn) -> Answer {
    let snapshot = state.ledger.snapshot();
    let known = match opens {
        Opens::Plan => plans(state, desk).await?,
        Opens::Level => Vec::<Plan>::new(),
    };
    let drawing = Drawing::of_desk(state, desk, &snapshot, (form, &drawn.at));
    let fields = fields(drawing, opens, &known);
    // What is wrong with a field that the form does not show is said above it.
    let is_shown = |name: &str| {
        fields
            .iter()
            .any(|field| name == field.id || name.starts_with(&format!("{}.", field.id)))
    };
    let hidden = drawn
        .at
        .iter()
        .filter(|(name, _)| !is_shown(name))
        .map(|(_, words)| words);
    let problems: Vec<Problem> = drawn
        .whole
        .iter()
        .chain(hidden)
        .map(|words| Problem::at("", words))
        .collect();
    let id = |name: &str| {
        form.given(name)
            .map_or_else(|| state.ledger.new_id().to_string(), str::to_owned)
    };
    let view = Response {
        opens,
        may: may(&desk.staff, &snapshot.model),
        fields,
        entries: (id("order_entry"), id("entry")),
        preview: drawn.opening.map(|opening| opening.preview),
        in_force: in_force(state, desk, opens).await?,
        is_signed: form.has("signed"),
        problems,
    };
    let status = match drawn.at.is_empty() && drawn.whole.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let desk = desk
        .clone()
        .at_path(&format!("{}?open={}", paths::RESPONSE, opens.id()));
    Ok((status, render(&view, &desk.ctx(state))).into_response())
}

/// What is open in the reader's area, or over it.
async fn in_force(state: &AppState, desk: &Desk, opens: Opens) -> Result<Vec<InForce>, ApiError> {
    let (snapshot, lang, at) = (desk.visit.snapshot(state).await?, desk.visit.lang, desk.at(state));
    let tree = &snapshot.regions;
    let own = &desk.staff.region;
    let register = match opens {
        Opens::Level => LEVEL,
        Opens::Plan => ACTIVATION,
    };
    let here = |one: &&Interval| {
        one.from <= at && at < one.to && (tree.within(&one.region, own) || tree.within(own, &one.region))
    };
    let standing: Vec<&Interval> = snapshot.reference.of(register).iter().filter(here).collect();
    let subjects: Vec<SubjectId> = standing
        .iter()
        .filter_map(|one| match &one.subject {
            SubjectRef::Subject(id) => Some(*id),
            SubjectRef::Region(_) => None,
        })
        .collect();
    let labels = read(state, move |reader| reader.labels(&subjects, lang)).await?;
    let text = |body: &Datum, field: &str| body.get(field).and_then(Datum::as_text).unwrap_or_default().to_owned();
    let what = |one: &Interval| match &one.subject {
        SubjectRef::Region(area) => {
            let level = code_words(&snapshot, lang, LEVEL, &text(&one.body, "level"));
            format!("{level} {}", region_steps::name(tree, lang, area))
        }
        SubjectRef::Subject(id) => labels.get(id).map(|label| label.name.clone()).unwrap_or_default(),
    };
    let order = |one: &Interval| {
        let id = text(&one.body, "order").parse().ok();
        id.and_then(|id| order_words(&snapshot, id)).unwrap_or_default()
    };
    let line = |one: &&Interval| InForce {
        entry: one.entry.to_string(),
        what: what(one),
        since: civil(&snapshot.zone, one.from),
        order: order(one),
    };
    Ok(standing.iter().map(line).collect())
}
