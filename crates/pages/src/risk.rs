//! `/risk`: is a place in a risk area, and what is asked of who comes from there. Answered from the risk areas and rules in force;
//! nothing of who asks is kept.

use crate::Answer;
use crate::field_text::{code_words, order_words};
use crate::form::Form;
use crate::region_steps::{Picked, full_name, name, offered, picked};
use crate::visit::{Visit, civil, date};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use lianfang_kernel::{Datum, Day, Instant, Lang, RegionId, TimeOfDay, Words};
use lianfang_policy::{Decision, Interval, Snapshot, Target, decide};
use lianfang_server::AppState;
use lianfang_ui::part::form::Problem;
use lianfang_ui::paths;
use lianfang_ui::views::risk::{Answer as Told, Asked, Level, Risk, render};

/// Places with a level.
const AREA: &str = "risk_area";
/// What follows from stays.
const MEASURE: &str = "arrival-measure";
/// Whether to travel.
const TRAVEL: &str = "travel";
/// Parts of the city that are told apart at most.
const PARTS: usize = 60;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route(paths::RISK, get(show))
}

/// Whether the city has risk areas at all.
pub(crate) fn is_used(snapshot: &Snapshot) -> bool {
    let areas = snapshot.model.registers.get(AREA);
    areas.is_some_and(|register| register.public.is_some())
}

async fn show(State(state): State<AppState>, visit: Visit, RawQuery(query): RawQuery) -> Answer {
    let form = Form::parse(query.unwrap_or_default().as_bytes());
    let (snapshot, lang) = (visit.snapshot(&state).await?, visit.lang);
    let at = visit.as_of.unwrap_or_else(|| state.ledger.now());
    let today = snapshot.zone.day_of(at);
    let Picked { region, is_moving } = picked(&form, "region", &snapshot.regions);
    let (steps, below) = offered(&snapshot.regions, lang, region.as_ref(), None);
    let on = form.given("on").map_or(Some(today), |on| Day::parse(on).ok());
    let mut problems = Vec::new();
    let mut say = |field: &str, words: Words| problems.push(Problem::at(field, words.get(lang)));
    let asks = form.has("show") && !is_moving;
    if asks && region.is_none() {
        say("region", Words::new("请先选择地方", "Choose a place first"));
    }
    if on.is_none_or(|on| on > today) {
        let words = Words::new("请填今天或以前的日期", "Give today or a day before it");
        say("on", words);
    }
    let answer = match (&region, on, asks && problems.is_empty()) {
        (Some(region), Some(on), true) => Some(answer(&snapshot, region, on, at, lang)),
        _ => None,
    };
    let status = match problems.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let typed = form.given("on").map_or_else(|| date(today).to_string(), str::to_owned);
    let view = Risk {
        steps,
        below,
        on: typed,
        answer,
        problems,
    };
    Ok((status, render(&view, &visit.public(&state))).into_response())
}

fn answer(snapshot: &Snapshot, region: &RegionId, on: Day, at: Instant, lang: Lang) -> Told {
    let day = (
        snapshot.zone.start_of(on),
        snapshot.zone.at(on, TimeOfDay::END).plus_ms(-1),
    );
    let target = Target {
        region: Some(region),
        ..Target::default()
    };
    let levels = match is_used(snapshot) {
        true => snapshot.in_force(AREA, target, day),
        false => Vec::new(),
    };
    let inside = snapshot.reference.of(AREA).iter().filter(|area| {
        is_used(snapshot)
            && area.overlaps(day.0, day.1)
            && area.region != *region
            && snapshot.regions.within(&area.region, region)
    });
    let place = |area: &Interval| (name(&snapshot.regions, lang, &area.region), level(snapshot, area, lang));
    Told {
        place: full_name(&snapshot.regions, lang, region),
        on: date(on),
        levels: levels.into_iter().map(|area| level_of(snapshot, area, lang)).collect(),
        inside: inside.map(place).collect(),
        asked: asked(snapshot, region, on, at, lang),
        advice: advice(snapshot, region, at, lang),
    }
}

fn level(snapshot: &Snapshot, area: &Interval, lang: Lang) -> String {
    let level = area.body.get("level").and_then(Datum::as_text).unwrap_or_default();
    code_words(snapshot, lang, "risk_level", level)
}

/// A level as the register shows it to the public, with the order that it rests on.
fn level_of(snapshot: &Snapshot, area: &Interval, lang: Lang) -> Level {
    let order = area
        .body
        .get("order")
        .and_then(Datum::as_text)
        .and_then(|id| id.parse().ok());
    let zone = &snapshot.zone;
    Level {
        level: level(snapshot, area, lang),
        on: name(&snapshot.regions, lang, &area.region),
        since: civil(zone, area.from).date(),
        until: (area.to < Instant::MAX).then(|| civil(zone, area.to.plus_ms(-1)).date()),
        order: order.and_then(|id| order_words(snapshot, id)).unwrap_or_default(),
    }
}

/// What the rule asks of somebody who was there on that day and arrives now: for each part of the city, parts of one answer
/// together.
fn asked(snapshot: &Snapshot, region: &RegionId, on: Day, at: Instant, lang: Lang) -> Vec<Asked> {
    let parts = snapshot.regions.children(&snapshot.city).iter();
    let mut parts: Vec<RegionId> = parts.take(PARTS).cloned().collect();
    if parts.is_empty() {
        parts.push(snapshot.city.clone());
    }
    let mut answers: Vec<(Vec<RegionId>, Vec<Decision>)> = Vec::new();
    for part in parts {
        let found: Vec<Decision> = [true, false]
            .into_iter()
            .filter_map(|home| measure(snapshot, (region, on), home, &part, at))
            .collect();
        let alike = answers.iter_mut().find(|(_, known)| is_same(known, &found));
        match alike {
            Some((places, _)) => places.push(part),
            None => answers.push((vec![part], found)),
        }
    }
    let is_one = answers.len() == 1;
    let line = |(places, found): &(Vec<RegionId>, Vec<Decision>)| -> Vec<Asked> {
        let to = match is_one {
            true => name(&snapshot.regions, lang, &snapshot.city),
            false => {
                let names: Vec<String> = places.iter().map(|id| name(&snapshot.regions, lang, id)).collect();
                names.join(crate::field_text::comma(lang))
            }
        };
        let depends = matches!(found.as_slice(), [a, b] if a.row != b.row);
        let shown = if depends { found.len() } else { 1 };
        let given = [
            Words::new("具备居家条件的：", "Where home is suitable:"),
            Words::new("不具备的：", "Otherwise:"),
        ];
        let shown = found.iter().zip(&given).take(shown);
        shown
            .map(|(one, given)| {
                asked_of(
                    snapshot,
                    one,
                    to.clone(),
                    depends.then(|| given.get(lang).to_owned()),
                    lang,
                )
            })
            .collect()
    };
    answers.iter().flat_map(line).collect()
}

fn is_same(a: &[Decision], b: &[Decision]) -> bool {
    a.iter().map(|one| one.row).eq(b.iter().map(|one| one.row))
}

fn asked_of(snapshot: &Snapshot, decision: &Decision, to: String, given: Option<String>, lang: Lang) -> Asked {
    let result = |field: &str| decision.results.get(field);
    let measure = result("measure")
        .and_then(Datum::as_text)
        .filter(|measure| *measure != "none");
    Asked {
        to,
        given,
        measure: measure.map(|measure| code_words(snapshot, lang, "measure", measure)),
        days: result("days").and_then(Datum::as_int).unwrap_or_default(),
        why: decision
            .title
            .as_ref()
            .map(|title| title.get(lang).to_owned())
            .unwrap_or_default(),
        clause: decision.clause.clone().unwrap_or_default(),
    }
}

/// The measure for a stay of that one day, for who has met nobody ill.
fn measure(
    snapshot: &Snapshot,
    (place, on): (&RegionId, Day),
    home: bool,
    to: &RegionId,
    at: Instant,
) -> Option<Decision> {
    let rule = snapshot.model.rules.get(MEASURE)?;
    // Stays of an arrival are moments: the whole of the day, up to now.
    let last = snapshot.zone.at(on, TimeOfDay::END).plus_ms(-1).min(at);
    let stay = Datum::record([
        ("region", Datum::text(place.as_str())),
        ("from", Datum::Int(snapshot.zone.start_of(on).0)),
        ("until", Datum::Int(last.0)),
    ]);
    let inputs = Datum::record([
        ("arrived", Datum::Int(at.0)),
        ("stays", Datum::list(vec![stay])),
        ("contacts", Datum::list(Vec::new())),
        ("home_suitable", Datum::Bool(home)),
    ]);
    decide(rule, &inputs, to, snapshot.zone.day_of(at), snapshot).ok()
}

/// Whether to travel there today, for anybody.
fn advice(snapshot: &Snapshot, to: &RegionId, at: Instant, lang: Lang) -> Option<(String, String)> {
    let rule = snapshot.model.rules.get(TRAVEL)?;
    let today = snapshot.zone.day_of(at);
    let inputs = Datum::record([
        ("to", Datum::text(to.as_str())),
        ("day", Datum::Int(i64::from(today.0))),
        ("who", Datum::text("general")),
    ]);
    let decision = decide(rule, &inputs, &snapshot.city, today, snapshot).ok()?;
    let words = decision.results.get("answer").and_then(Datum::as_text)?;
    let words = code_words(snapshot, lang, "travel_answer", words);
    Some((words, decision.clause.unwrap_or_default()))
}
