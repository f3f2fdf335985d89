//! Takes a document in and hands it to units at once: what is the same for all is typed once.

use super::DOCUMENT;
use crate::Answer;
use crate::act::{outermost, sorted};
use crate::field_form::{Drawing, body, is_reshaping, reshape, views, without_empty_rows};
use crate::form::Form;
use crate::region_steps::{offered, picked};
use crate::visit::{Desk, shown};
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::RegionId;
use lianfang_ledger::wire::{Described, NewEntry, SubjectIn};
use lianfang_policy::Snapshot;
use lianfang_policy::model::Scope;
use lianfang_server::{ApiError, AppState, append_one};
use lianfang_ui::part::field::{FieldView, Kind};
use lianfang_ui::part::form::Problem;
use lianfang_ui::paths;
use lianfang_ui::text::text;
use lianfang_ui::views::register_form::{FormView, render};
use std::collections::HashMap;

/// Rows that stand ready for units.
const READY: usize = 3;
/// Units at most, as the register has it.
const UNITS: usize = 100;

pub(super) async fn show(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    desk.staff.must_write(DOCUMENT)?;
    let form = Form::parse(query.unwrap_or_default().as_bytes());
    draw(&state, &desk, form, &HashMap::new(), Vec::new())
}

pub(super) async fn send(State(state): State<AppState>, desk: Desk, mut form: Form) -> Answer {
    desk.visit.must_be_now()?;
    desk.staff.must_write(DOCUMENT)?;
    if is_reshaping(&form) {
        reshape(&mut form);
        return draw(&state, &desk, form, &HashMap::new(), Vec::new());
    }
    without_empty_rows(&mut form, "addressees");
    let snapshot = state.ledger.snapshot();
    let register = snapshot.model.registers.get(DOCUMENT).ok_or_else(ApiError::internal)?;
    let body = body(&snapshot, &register.schema.fields, &spread(&form), "");
    let units = body
        .get("addressees")
        .and_then(|rows| rows.as_array())
        .map_or(0, Vec::len);
    let described = Described {
        kind_type: "official_document".to_owned(),
        identifiers: [("code".to_owned(), form.get("number").to_owned())].into(),
        name: form.given("name").map(str::to_owned),
        unit: None,
    };
    let id = form.get("entry").parse().unwrap_or_else(|_| state.ledger.new_id());
    let area = chosen_area(&snapshot, &desk, &form);
    if !snapshot.regions.within(&area, &desk.staff.region) {
        let outside = Problem::at("", text(desk.visit.lang, "documents-area-outside"));
        return draw(&state, &desk, form, &HashMap::new(), vec![outside]);
    }
    let entry = NewEntry {
        subject: Some(SubjectIn::Described(described)),
        region: Some(area),
        body,
        ..NewEntry::new(id, DOCUMENT)
    };
    let answer = append_one(&state, desk.staff.author.clone(), entry).await?;
    if answer.status.is_in() {
        let number: String = form_urlencoded::byte_serialize(form.get("number").as_bytes()).collect();
        let onward = format!("{}?done={units}&number={number}", paths::DOCUMENTS);
        return Ok(Redirect::to(&onward).into_response());
    }
    let shown_at = |name: &str| match name {
        name if register.schema.field(outermost(name)).is_some() => Some(name.to_owned()),
        "subject.name" => Some("name".to_owned()),
        "subject.identifiers.code" | "subject.identifiers" => Some("number".to_owned()),
        _ => None,
    };
    let (at, whole) = sorted(&desk, &answer, shown_at);
    draw(&state, &desk, form, &at, whole)
}

/// The area that a document is registered for: the reader's own, unless another was chosen.
fn chosen_area(snapshot: &Snapshot, desk: &Desk, form: &Form) -> RegionId {
    let chosen = picked(form, "area", &snapshot.regions).region;
    chosen.unwrap_or_else(|| desk.staff.region.clone())
}

/// The choice of the area, for who answers for several.
fn area_field(snapshot: &Snapshot, desk: &Desk, form: &Form) -> Option<FieldView> {
    let (tree, own) = (&snapshot.regions, &desk.staff.region);
    if desk.staff.role.scope != Scope::Region || tree.children(own).is_empty() {
        return None;
    }
    let at = chosen_area(snapshot, desk, form);
    let mut view = FieldView::new("area", Kind::Region, text(desk.visit.lang, "documents-area"))
        .help(text(desk.visit.lang, "documents-area-help"));
    (view.steps, view.options) = offered(tree, desk.visit.lang, Some(&at), Some(own));
    Some(view)
}

/// The form with what holds for all units at each of them that has nothing of its own.
fn spread(form: &Form) -> Form {
    let mut spread = form.clone();
    for row in (0..UNITS).filter(|row| form.has(&format!("addressees.{row}.unit"))) {
        for field in ["what", "due"] {
            let name = format!("addressees.{row}.{field}");
            if form.given(&name).is_none() {
                spread.set(&name, form.get(field));
            }
        }
    }
    spread
}

fn draw(state: &AppState, desk: &Desk, mut form: Form, at: &HashMap<String, String>, whole: Vec<Problem>) -> Answer {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let register = snapshot.model.registers.get(DOCUMENT).ok_or_else(ApiError::internal)?;
    for row in 0..READY {
        form.set_default(&format!("addressees.{row}.unit"));
    }
    let drawing = Drawing::of_desk(state, desk, &snapshot, (&form, at));
    let mut fields = views(drawing, &register.schema.fields, "");
    for inner in fields.iter_mut().flat_map(|field| field.rows.iter_mut()).flatten() {
        // What is left empty here is taken from what holds for all, and a row that is not needed is left empty.
        inner.required = false;
    }
    let named = |id: &str, kind: Kind, key: &str| {
        let mut view = FieldView::new(id, kind, text(lang, key)).value(form.get(id));
        view.error = at.get(id).cloned();
        view
    };
    fields.insert(1, named("name", Kind::Text, "documents-name"));
    if let Some(area) = area_field(&snapshot, desk, &form) {
        fields.insert(2, area);
    }
    let units = fields
        .iter()
        .position(|field| field.kind == Kind::Rows)
        .unwrap_or(fields.len());
    let what = named("what", Kind::Text, "documents-what-all")
        .optional()
        .help(text(lang, "documents-what-all-help"));
    fields.insert(units, named("due", Kind::Instant, "documents-due-all").optional());
    fields.insert(units, what);
    let view = FormView {
        register: DOCUMENT.to_owned(),
        title: text(lang, "documents-new"),
        help: text(lang, "documents-new-help"),
        action: paths::DOCUMENT_NEW.to_owned(),
        entry: form
            .given("entry")
            .map_or_else(|| state.ledger.new_id().to_string(), str::to_owned),
        fields,
        problems: whole,
        ..FormView::default()
    };
    let status = match at.is_empty() && view.problems.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, shown(render(&view, &desk.ctx(state)))).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_for_all_stands_in_for_what_a_unit_has_not() {
        let typed = "what=a&due=2&addressees.0.unit=x&addressees.1.unit=&addressees.1.what=&addressees.2.unit=z\
            &addressees.2.what=b&addressees.3.unit=&addressees.3.what=kept";
        let mut form = Form::parse(typed.as_bytes());
        without_empty_rows(&mut form, "addressees");
        let spread = spread(&form);
        let rows =
            [0, 1, 2].map(|row| ["unit", "what", "due"].map(|field| spread.get(&format!("addressees.{row}.{field}"))));
        assert_eq!(rows, [["x", "a", "2"], ["z", "b", "2"], ["", "kept", "2"]]);
        assert!(!form.has("addressees.3.unit") && !form.has("remove"));
    }
}
