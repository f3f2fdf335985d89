//! `/people/duplicates`: two files side by side, one person or two?

use crate::Answer;
use crate::form::Form;
use crate::region_steps;
use crate::visit::{Desk, civil, shown};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use lianfang_kernel::ids::EntryId;
use lianfang_kernel::{Datum, Lang, Words};
use lianfang_ledger::wire::{NewEntry, SubjectIn};
use lianfang_ledger::{APART, EYES, MERGES, OPINIONS};
use lianfang_policy::Snapshot;
use lianfang_server::{
    ApiError, AppState, DuplicatesStep, PROPOSALS, PairFile, Readiness, WaitingPair, append_one, begin_duplicates,
    duplicates_step, evidence, field_title, waiting_pairs, weight_of, why_of,
};
use lianfang_ui::part::form::Problem;
use lianfang_ui::views::duplicates::{Duplicates, Pair, Reason, Searched, Side, render};
use lianfang_ui::{dates, paths};
use serde_json::Map;

/// Pairs that are put in order and counted.
const MOST: usize = 100;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::DUPLICATES, get(show).post(decide))
        .route("/people/duplicates/search", post(search))
}

async fn show(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    let form = Form::parse(query.unwrap_or_default().as_bytes());
    let lang = desk.visit.lang;
    let done = form.given("done").and_then(|done| done.split_once('.'));
    let done = done.and_then(|(act, entry)| Some((decided(act)?.get(lang).to_owned(), entry.to_owned())));
    // What was found is told to who comes from the search; that one is on its way, always.
    let step = duplicates_step(&state, &desk.staff).map(|step| told(step, lang));
    let searched = step.filter(|step| form.has("searched") || !matches!(step, Searched::Done(_)));
    let view = Duplicates {
        searched,
        done: done.filter(|(_, entry)| entry.parse::<EntryId>().is_ok()),
        ..Duplicates::default()
    };
    draw(&state, &desk, nth(&form), view).await
}

fn nth(form: &Form) -> usize {
    form.get("n").parse().unwrap_or(0)
}

fn decided(act: &str) -> Option<Words> {
    Some(match act {
        "merge" => Words::new("两份档案已合并。", "The two files are one now."),
        "same_person" => Words::new(
            "已登记为同一人，等待另一人签合并。",
            "Entered as one person; somebody else has to sign the merge.",
        ),
        "not_same" => Words::new(
            "已登记为两个人，不再提出。",
            "Entered as two people; the pair is not proposed again.",
        ),
        _ => return None,
    })
}

async fn draw(state: &AppState, desk: &Desk, nth: usize, mut view: Duplicates) -> Answer {
    let pairs = waiting_pairs(state, &desk.staff, MOST).await?;
    view.waiting = pairs.len();
    // Put off to the end, one begins again.
    view.nth = if nth < pairs.len() { nth } else { 0 };
    view.may_search = desk.staff.writes(PROPOSALS);
    view.pair = pairs.get(view.nth).map(|pair| drawn(state, desk, pair));
    let status = if view.problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok((status, shown(render(&view, &desk.ctx(state)))).into_response())
}

/// How many people must agree where the kept file is.
fn eyes(state: &AppState, pair: &WaitingPair) -> i64 {
    let snapshot = state.ledger.snapshot();
    let eyes = snapshot.setting(EYES, &pair.files[1].view.region, state.ledger.now());
    eyes.as_ref().and_then(Datum::as_int).unwrap_or(1)
}

fn drawn(state: &AppState, desk: &Desk, pair: &WaitingPair) -> Pair {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let own = desk.staff.author.login;
    let said_by_reader = pair.pair.said_by.iter().any(|login| Some(*login) == own);
    let said_by_other = pair.pair.said_by.iter().any(|login| Some(*login) != own);
    let needs_two = eyes(state, pair) > 1;
    let why = why_of(&pair.pair).into_iter().map(|(field, level, bits)| Reason {
        field: field_title(&field).get(lang).to_owned(),
        level: level.get(lang).to_owned(),
        bits,
    });
    Pair {
        entry: pair.pair.entry.to_string(),
        from: side(&snapshot, &pair.files[0], lang),
        into: side(&snapshot, &pair.files[1], lang),
        weight: weight_of(&pair.pair),
        why: why.collect(),
        needs_second: needs_two && !said_by_other && !said_by_reader,
        said_by_reader: needs_two && said_by_reader && !said_by_other,
    }
}

fn side(snapshot: &Snapshot, file: &PairFile, lang: Lang) -> Side {
    Side {
        id: file.view.id.to_string(),
        name: file.label.name.clone(),
        document: file.label.document.clone().unwrap_or_default(),
        phone: file.phone.clone().unwrap_or_default(),
        region: region_steps::full_name(&snapshot.regions, lang, &file.view.region),
        since: dates::moment(lang, civil(&snapshot.zone, file.view.since)),
        entries: file.entries,
        enrolled: file.enrolled.iter().map(|title| title.get(lang).to_owned()).collect(),
    }
}

async fn decide(State(state): State<AppState>, desk: Desk, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    let desk = desk.at_path(paths::DUPLICATES);
    let pairs = waiting_pairs(&state, &desk.staff, MOST).await?;
    let gone = || {
        let what = Words::new("这一对已有结论", "This pair was decided already");
        ApiError::not_found(what)
    };
    let pair = pairs
        .iter()
        .find(|pair| pair.pair.entry.to_string() == form.get("entry"))
        .ok_or_else(gone)?;
    let own = desk.staff.author.login;
    let said_by_other = pair.pair.said_by.iter().any(|login| Some(*login) != own);
    let mut body = Map::new();
    let (from, into) = (pair.files[0].view.id, pair.files[1].view.id);
    let register = match form.get("act") {
        "same" if eyes(&state, pair) > 1 && !said_by_other => OPINIONS,
        "same" => MERGES,
        _ => APART,
    };
    if register == MERGES {
        body.insert("into".into(), into.to_string().into());
    } else {
        body.insert("other".into(), into.to_string().into());
    }
    if register != APART {
        let words = evidence(&why_of(&pair.pair), weight_of(&pair.pair), desk.visit.lang);
        body.insert("evidence".into(), words.into());
    }
    let entry = NewEntry {
        subject: Some(SubjectIn::Id(from)),
        confirmed: true,
        body,
        ..NewEntry::new(state.ledger.new_id(), register)
    };
    let result = append_one(&state, desk.staff.author.clone(), entry).await?;
    if result.status.is_in() {
        let n = nth(&form);
        let to = format!("{}?n={n}&done={register}.{}", paths::DUPLICATES, result.id);
        return Ok(Redirect::to(&to).into_response());
    }
    let lang = desk.visit.lang;
    let problems = result.problems.iter();
    let problems = problems.map(|problem| Problem::at("", problem.told(lang)));
    let view = Duplicates {
        problems: problems.collect(),
        ..Duplicates::default()
    };
    draw(&state, &desk, nth(&form), view).await
}

async fn search(State(state): State<AppState>, desk: Desk, _form: Form) -> Answer {
    desk.visit.must_be_now()?;
    begin_duplicates(&state, &desk.staff).await?;
    Ok(Redirect::to(&format!("{}?searched=1", paths::DUPLICATES)).into_response())
}

/// How far a search is, or what it found.
fn told(step: DuplicatesStep, lang: Lang) -> Searched {
    let found = match step {
        DuplicatesStep::Comparing => return Searched::Comparing,
        DuplicatesStep::Proposing(done, of) => return Searched::Proposing(done, of),
        DuplicatesStep::Failed => {
            let words = Words::new(
                "查找中断，已提出的对保留。请稍后再查找一次。",
                "The search broke off; the pairs proposed until then stay. Please search again later.",
            );
            return Searched::Done(words.get(lang).to_owned());
        }
        DuplicatesStep::Done(found) => found,
    };
    let words = match found.state {
        Readiness::Off => Words::new(
            "本服务没有启用人员比对。请系统管理员以 --linkage 启动。",
            "This server keeps no index of people. Ask the system administrator to start it with --linkage.",
        ),
        Readiness::Building => Words::new(
            "人员比对索引正在建立，请几分钟后再试。",
            "The index of people is being built. Try again in a few minutes.",
        ),
        Readiness::Ready if found.left > 0 => Words::new(
            "比对{people}人，辖区内可能重复{pairs}对，新提出{new}对；另有{left}对下次提出。",
            "{people} people compared, {pairs} pairs in your area, {new} proposed now, {left} left for the next search.",
        ),
        Readiness::Ready => Words::new(
            "比对{people}人，辖区内可能重复{pairs}对，新提出{new}对。",
            "{people} people compared, {pairs} pairs in your area, {new} proposed now.",
        ),
    };
    let words = words
        .with("people", found.people)
        .with("pairs", found.pairs)
        .with("new", found.proposed)
        .with("left", found.left);
    Searched::Done(words.get(lang).to_owned())
}
