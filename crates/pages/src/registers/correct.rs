//! A correction: another entry that names the one it replaces, with the reason.

use super::named;
use super::new::{Wrong, writable, wrong};
use crate::Answer;
use crate::attached::Carried;
use crate::field_form::{Drawing, body, is_reshaping, reshape, typed, views, worked_out};
use crate::form::Form;
use crate::visit::Desk;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::{Act, Words};
use lianfang_ledger::read::EntryItem;
use lianfang_ledger::wire::{NewEntry, SubjectIn};
use lianfang_policy::model::Register;
use lianfang_server::{AppState, append_one, entry};
use lianfang_ui::part::form::Problem;
use lianfang_ui::paths;
use lianfang_ui::views::register_form::{Act as Drawn, FormView, render};

pub(super) async fn show(State(state): State<AppState>, desk: Desk, Path(id): Path<String>) -> Answer {
    let item = entry(&state, &desk.staff, &id).await?;
    let register = writable(&state, &desk, &item.register)?;
    let mut form = Form::default();
    // Sealed values are not shown again: what stays empty here is kept as it was.
    typed(
        &state.ledger.snapshot(),
        &register.schema.fields,
        &item.body,
        "",
        &mut form,
    );
    draw(&state, &desk, &register, &item, &form, Wrong::default()).await
}

pub(super) async fn send(
    State(state): State<AppState>,
    desk: Desk,
    Path(id): Path<String>,
    carried: Carried,
) -> Answer {
    desk.visit.must_be_now()?;
    let item = entry(&state, &desk.staff, &id).await?;
    let register = writable(&state, &desk, &item.register)?;
    let (mut form, at) = carried.keep(&state, &desk.staff.author, desk.visit.lang).await?;
    if !at.is_empty() {
        let wrong = Wrong { at, ..Wrong::default() };
        return draw(&state, &desk, &register, &item, &form, wrong).await;
    }
    if is_reshaping(&form) {
        reshape(&mut form);
        return draw(&state, &desk, &register, &item, &form, Wrong::default()).await;
    }
    let Some(reason) = form.given("reason") else {
        let what = Words::new("请写明更正的原因", "Say why it is corrected");
        let whole = vec![Problem::at("reason", what.get(desk.visit.lang))];
        return draw(
            &state,
            &desk,
            &register,
            &item,
            &form,
            Wrong {
                whole,
                ..Wrong::default()
            },
        )
        .await;
    };
    let resolved = named::resolved(&state, &desk, &register.schema, &form).await?;
    let entry = NewEntry {
        act: Act::Correct,
        replaces: Some(item.id),
        subject: Some(SubjectIn::Id(item.subject)),
        at: Some(item.at),
        assurance: Some(item.assurance),
        confirmed: form.has("confirmed"),
        proxy: item.proxy,
        reason: Some(reason.to_owned()),
        body: body(&state.ledger.snapshot(), &register.schema.fields, &resolved, ""),
        ..NewEntry::new(
            form.given("entry")
                .and_then(|id| id.parse().ok())
                .unwrap_or_else(|| state.ledger.new_id()),
            item.register.clone(),
        )
    };
    let result = append_one(&state, desk.staff.author.clone(), entry).await?;
    if result.status.is_in() {
        return Ok(Redirect::to(&format!("{}?sent=1", paths::entry(&result.id.to_string()))).into_response());
    }
    let wrong = wrong(&state, &desk, &result, &register.schema);
    draw(&state, &desk, &register, &item, &form, wrong).await
}

async fn draw(
    state: &AppState,
    desk: &Desk,
    register: &Register,
    item: &EntryItem,
    form: &Form,
    wrong: Wrong,
) -> Answer {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let (offers, worked_out) = (
        named::offers(state, desk, &register.schema).await?,
        worked_out(register),
    );
    let drawing = Drawing {
        snapshot: &snapshot,
        offers: &offers,
        worked_out: &worked_out,
        lang,
        form,
        problems: &wrong.at,
        region: &desk.staff.region,
        now: state.ledger.now(),
    };
    let has_problems = !wrong.at.is_empty() || !wrong.whole.is_empty() || !wrong.warnings.is_empty();
    let id = item.id.to_string();
    let view = FormView {
        register: item.register.clone(),
        title: register.schema.title.get(lang).to_owned(),
        act: Drawn::Correct,
        action: paths::entry_act(&id, "correct"),
        entry: form
            .given("entry")
            .map_or_else(|| state.ledger.new_id().to_string(), str::to_owned),
        replaces: Some(id),
        fields: views(drawing, &register.schema.fields, ""),
        problems: wrong.whole,
        warnings: wrong.warnings,
        reason: form.get("reason").to_owned(),
        ..FormView::default()
    };
    let status = if has_problems {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok((status, render(&view, &desk.ctx(state))).into_response())
}
