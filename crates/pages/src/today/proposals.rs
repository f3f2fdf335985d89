//! What rules propose, signed by a named person: chosen, looked at again, signed.

use crate::Answer;
use crate::field_text;
use crate::form::Form;
use crate::visit::{Desk, date, shown};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::{Datum, Instant, Lang, Words};
use lianfang_ledger::read::Proposal as Found;
use lianfang_ledger::wire::{NewEntry, SubjectIn};
use lianfang_policy::Snapshot;
use lianfang_server::{ApiError, AppState, append, proposed};
use lianfang_ui::part::field::{FieldView, Kind};
use lianfang_ui::part::form::{Choice, Problem};
use lianfang_ui::paths;
use lianfang_ui::views::confirm::{Confirm, render as render_confirm};
use lianfang_ui::views::proposals::{Proposal, Proposals, render};
use serde_json::{Map, Value};

fn must_sign(desk: &Desk) -> Result<(), ApiError> {
    if desk.staff.writes("measure_order") {
        return Ok(());
    }
    Err(ApiError::no_right(Words::new(
        "您的岗位不签发措施",
        "Your role does not sign measures",
    )))
}

pub(super) async fn show(State(state): State<AppState>, desk: Desk) -> Answer {
    must_sign(&desk)?;
    draw(&state, &desk, &[], Vec::new()).await
}

async fn draw(state: &AppState, desk: &Desk, chosen: &[String], problems: Vec<Problem>) -> Answer {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let mut found = proposed(state, &desk.staff, None).await?;
    // Those to look at come first.
    found.sort_by_key(|found| (found.plain, found.arrived_at));
    let items = found.iter().map(|found| line(&snapshot, found, chosen, lang)).collect();
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let view = Proposals {
        items,
        effects: Vec::new(),
        problems,
    };
    Ok((status, render(&view, &desk.ctx(state))).into_response())
}

fn line(snapshot: &Snapshot, found: &Found, chosen: &[String], lang: Lang) -> Proposal {
    let text = |name: &str| found.proposal.get(name).and_then(Value::as_str).unwrap_or_default();
    let results = found.proposal.get("results").unwrap_or(&found.proposal);
    let measure = results.get("measure").and_then(Value::as_str).unwrap_or_default();
    let days = results.get("days").and_then(Value::as_i64);
    let since = snapshot.zone.day_of(found.arrived_at);
    let id = found.arrival.to_string();
    Proposal {
        who: found.label.clone(),
        subject: found.subject.to_string(),
        measure: field_text::code_words(snapshot, lang, "measure", measure),
        since: date(since),
        until: days.map(|days| date(since.plus(days))),
        because: because(snapshot, found.proposal.get("because"), lang),
        clause: text("clause").to_owned(),
        is_plain: found.plain,
        look_at: if found.plain {
            String::new()
        } else {
            lianfang_ui::text::text(lang, "entry-flagged")
        },
        is_chosen: chosen.contains(&id),
        id,
    }
}

/// The facts a rule rests on, as far as they are words.
/// Beyond this a number of a decision's facts is a moment: 1973 in milliseconds, more people than a city has.
const MOMENT_MS: i64 = 100_000_000_000;

fn because(snapshot: &Snapshot, facts: Option<&Value>, lang: Lang) -> Vec<String> {
    let words = |value: &Value| match value {
        Value::String(text) => Some(region_or_text(snapshot, text, lang)),
        Value::Number(n) => Some(match n.as_i64() {
            // In conditions a moment is milliseconds; people read the day.
            Some(ms) if ms.abs() > MOMENT_MS => snapshot.zone.day_of(Instant(ms)).to_string(),
            _ => n.to_string(),
        }),
        _ => None,
    };
    let parts = |value: &Value| match value {
        Value::Object(fields) => fields.values().filter_map(words).collect::<Vec<_>>().join(" "),
        other => words(other).unwrap_or_default(),
    };
    let lines = match facts {
        Some(Value::Array(items)) => items.iter().map(parts).collect(),
        Some(other) => vec![parts(other)],
        None => Vec::new(),
    };
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

fn region_or_text(snapshot: &Snapshot, text: &str, lang: Lang) -> String {
    let id = lianfang_kernel::RegionId::new(text);
    snapshot.regions.get(&id).map_or_else(
        || text.to_owned(),
        |_| crate::region_steps::full_name(&snapshot.regions, lang, &id),
    )
}

pub(super) async fn act(State(state): State<AppState>, desk: Desk, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    must_sign(&desk)?;
    let lang = desk.visit.lang;
    let chosen: Vec<String> = form.all("proposal").map(str::to_owned).collect();
    if chosen.is_empty() {
        let what = Words::new("请至少选择一人", "Choose at least one person");
        return draw(&state, &desk, &chosen, vec![Problem::at("", what.get(lang))]).await;
    }
    match form.get("act") {
        "sign" => sign(&state, &desk, &form, &chosen).await,
        // Nothing is written for what is not signed: it stays with the community until the facts change.
        "return" => Ok(Redirect::to(paths::TODAY).into_response()),
        _ => Ok(shown(render_confirm(
            &question(&state, &desk, &chosen, Vec::new()),
            &desk.ctx(&state),
        ))),
    }
}

/// Orders that a measure here may cite: in force, and of an area that holds the signer's or lies in it.
fn orders_in_force(snapshot: &Snapshot, desk: &Desk, now: Instant) -> Vec<Choice> {
    let own = &desk.staff.region;
    let orders = snapshot.reference.of("order").iter();
    orders
        .filter(|order| order.from <= now && now < order.to)
        .filter(|order| snapshot.regions.within(own, &order.region) || snapshot.regions.within(&order.region, own))
        .map(|order| {
            let text = |field: &str| order.body.get(field).and_then(Datum::as_text).unwrap_or_default();
            let words = [text("number"), text("title")].join(" ");
            Choice::new(order.entry.to_string(), words.trim())
        })
        .collect()
}

fn question(state: &AppState, desk: &Desk, chosen: &[String], problems: Vec<Problem>) -> Confirm {
    let lang = desk.visit.lang;
    let n = chosen.len();
    let words = |zh: &str, en: &str| Words::new(zh, en).with("n", n).get(lang).to_owned();
    let entry = |proposal: &String| ("proposal".to_owned(), proposal.clone());
    // Made when asked, so that signing twice is one order each.
    let batch = ("batch".to_owned(), state.ledger.new_id().to_string());
    let orders = orders_in_force(&state.ledger.snapshot(), desk, state.ledger.now());
    // One order needs no choice; of several none is taken for granted.
    let usual = match orders.as_slice() {
        [only] => only.value.clone(),
        _ => String::new(),
    };
    let order = FieldView::new("order", Kind::Code, words("援引的命令", "The order cited"))
        .options(orders)
        .value(usual);
    Confirm {
        asks: vec![order],
        question: words("签发{n}份措施决定，涉及{n}人？", "Sign {n} orders, for {n} people?"),
        effects: vec![words(
            "每人会在“我的页面”看到依据、期限和提出异议的办法。",
            "Each sees the clause, the end and how to object on their own page.",
        )],
        verb: words("签发{n}份", "Sign {n} orders"),
        action: paths::PROPOSALS.to_owned(),
        hidden: [("act".to_owned(), "sign".to_owned()), batch]
            .into_iter()
            .chain(chosen.iter().map(entry))
            .collect(),
        asks_reason: false,
        back: paths::PROPOSALS.to_owned(),
        problems,
    }
}

async fn sign(state: &AppState, desk: &Desk, form: &Form, chosen: &[String]) -> Answer {
    let (snapshot, lang, now) = (state.ledger.snapshot(), desk.visit.lang, state.ledger.now());
    let orders = orders_in_force(&snapshot, desk, now);
    if orders.is_empty() {
        let what = Words::new(
            "没有有效的命令可以援引，不能签发",
            "No order is in force that could be cited: nothing can be signed",
        );
        return draw(state, desk, chosen, vec![Problem::at("", what.get(lang))]).await;
    }
    let Some(order) = orders
        .into_iter()
        .map(|order| order.value)
        .find(|id| id == form.get("order"))
    else {
        let what = Words::new("请选择援引的命令", "Choose the order that is cited");
        let view = question(state, desk, chosen, vec![Problem::at("order", what.get(lang))]);
        return Ok((
            StatusCode::UNPROCESSABLE_ENTITY,
            render_confirm(&view, &desk.ctx(state)),
        )
            .into_response());
    };
    let found = proposed(state, &desk.staff, None).await?;
    let picked = found.iter().filter(|found| chosen.contains(&found.arrival.to_string()));
    let batch = form.get("batch");
    let entries: Vec<NewEntry> = picked
        .map(|found| entry(&snapshot, found, &order, batch, now))
        .collect();
    if entries.is_empty() {
        return Ok(Redirect::to(paths::PROPOSALS).into_response());
    }
    let answer = append(state, desk.staff.author.clone(), entries).await?;
    let refused = answer.results.iter().filter(|result| !result.status.is_in());
    let problems: Vec<Problem> = refused
        .flat_map(|result| &result.problems)
        .map(|problem| Problem::at("", problem.told(lang)))
        .collect();
    if problems.is_empty() {
        return Ok(Redirect::to(paths::PROPOSALS).into_response());
    }
    draw(state, desk, chosen, problems).await
}

fn entry(snapshot: &Snapshot, found: &Found, order: &str, batch: &str, now: Instant) -> NewEntry {
    let results = found.proposal.get("results").unwrap_or(&found.proposal);
    let days = results.get("days").and_then(Value::as_i64).unwrap_or(7);
    let mut body = Map::new();
    body.insert("order".to_owned(), order.into());
    body.insert("from".to_owned(), now.to_rfc3339().into());
    body.insert(
        "review_on".to_owned(),
        snapshot.zone.day_of(now).plus(days).to_string().into(),
    );
    NewEntry {
        subject: Some(SubjectIn::Id(found.subject)),
        body,
        ..NewEntry::new(
            lianfang_kernel::ids::derived(&format!("order\u{1f}{batch}\u{1f}{}", found.arrival)),
            "measure_order",
        )
    }
}
