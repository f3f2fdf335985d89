//! `/subjects/{id}/mates`: who may live with somebody. One click of somebody who knows enters them into one household.

use super::beside::{holds, named, short};
use super::file::id_of;
use crate::Answer;
use crate::form::Form;
use crate::likely::drawn;
use crate::visit::Desk;
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Kind, SubjectKind, Words};
use lianfang_ledger::read::{EntryFilter, EntryItem};
use lianfang_ledger::wire::{NewEntry, SubjectIn};
use lianfang_policy::Snapshot;
use lianfang_server::{ApiError, AppState, Readiness, append_one, entries_page, may_live_with, read};
use lianfang_ui::part::form::Problem;
use lianfang_ui::part::likely::LikelyFile;
use lianfang_ui::paths;
use lianfang_ui::views::mates::{Mate, Mates, render};

/// Entries of a person that are read for the household.
const ENTRIES: usize = 200;

/// Where somebody lives: the household, and the entry that says so.
struct Home {
    household: SubjectId,
    entry: EntryItem,
}

pub(super) async fn show(
    State(state): State<AppState>,
    desk: Desk,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let id = id_of(&id)?;
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let mut view = view(&state, &desk, id).await?;
    let done = query.given("done").and_then(|entry| entry.parse::<EntryId>().ok());
    let words = Words::new("已登记为同一户。", "Entered as one household.");
    view.done = done.map(|entry| (words.get(desk.visit.lang).to_owned(), entry.to_string()));
    Ok(render(&view, &desk.ctx(&state)).into_response())
}

async fn view(state: &AppState, desk: &Desk, id: SubjectId) -> Result<Mates, ApiError> {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let (readiness, found) = may_live_with(state, &desk.staff, id).await?;
    let labels = read(state, move |reader| reader.labels(&[id], lang)).await?;
    let own = home(state, desk, &snapshot, id).await?;
    let mut mates = Vec::with_capacity(found.len());
    for one in &found {
        let theirs = home(state, desk, &snapshot, one.view.id).await?;
        let (of_own, of_theirs) = (
            own.as_ref().map(|own| own.household),
            theirs.as_ref().map(|home| home.household),
        );
        let writes = own
            .iter()
            .chain(&theirs)
            .any(|home| desk.staff.writes(&home.entry.register));
        let file = drawn(&snapshot, one, lang);
        mates.push(Mate {
            compared: [file.agree, file.differ].concat(),
            file: LikelyFile {
                is_household: false,
                agree: Vec::new(),
                differ: Vec::new(),
                ..file
            },
            household: of_theirs.map(called),
            is_together: of_own.is_some() && of_own == of_theirs,
            can_take: writes && of_own.is_some() != of_theirs.is_some(),
        });
    }
    let not_asked = match readiness {
        Readiness::Ready => None,
        Readiness::Off => Some(Words::new(
            "本服务没有启用人员比对。请系统管理员以 --linkage 启动。",
            "This server keeps no index of people. Ask the system administrator to start it with --linkage.",
        )),
        Readiness::Building => Some(Words::new(
            "人员比对索引正在建立，请几分钟后再试。",
            "The index of people is being built. Try again in a few minutes.",
        )),
    };
    Ok(Mates {
        id: id.to_string(),
        name: labels.get(&id).map(|label| label.name.clone()).unwrap_or_default(),
        household: own.map(|own| called(own.household)),
        mates,
        not_asked: not_asked.map(|words| words.get(lang).to_owned()),
        done: None,
        problems: Vec::new(),
    })
}

/// What a household is called, and its file.
fn called(household: SubjectId) -> (String, String) {
    (short(household), paths::subject(&household.to_string()))
}

/// The household that somebody was last said to live in.
async fn home(state: &AppState, desk: &Desk, snapshot: &Snapshot, id: SubjectId) -> Result<Option<Home>, ApiError> {
    let filter = EntryFilter {
        subject: Some(id),
        as_of: desk.visit.as_of,
        limit: ENTRIES,
        ..EntryFilter::default()
    };
    let (page, _) = entries_page(state, &desk.staff, filter).await?;
    let homes = page.items.into_iter().filter(|item| item.subject == id && holds(item));
    let homes = homes.filter_map(|entry| {
        // A report may name the household in passing; where somebody lives is what a roll of residents is about.
        let mut fields = snapshot.model.registers.get(&entry.register)?.schema.fields.iter();
        let is_roll = fields.any(|field| field.required && field.kind == Kind::Subject(SubjectKind::Household));
        is_roll.then_some(())?;
        Some(Home {
            household: named(snapshot, &entry)?,
            entry,
        })
    });
    Ok(homes.max_by_key(|home| home.entry.at))
}

pub(super) async fn take(State(state): State<AppState>, desk: Desk, Path(id): Path<String>, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    let id = id_of(&id)?;
    let desk = desk.at_path(&paths::mates(&id.to_string()));
    let snapshot = state.ledger.snapshot();
    // Only who is found to live there may be taken in from here.
    let (_, found) = may_live_with(&state, &desk.staff, id).await?;
    let mate = found.iter().find(|one| one.view.id.to_string() == form.get("mate"));
    let mate = mate
        .map(|one| one.view.id)
        .ok_or_else(|| ApiError::not_found(Words::new("此人已不在名单上", "This person is no longer on the list")))?;
    let (own, theirs) = (
        home(&state, &desk, &snapshot, id).await?,
        home(&state, &desk, &snapshot, mate).await?,
    );
    let (who, home) = match (own, theirs) {
        (Some(own), None) => (mate, own),
        (None, Some(theirs)) => (id, theirs),
        _ => return Ok(Redirect::to(&paths::mates(&id.to_string())).into_response()),
    };
    let entry = NewEntry {
        subject: Some(SubjectIn::Id(who)),
        confirmed: true,
        body: same_home(&snapshot, &home.entry),
        ..NewEntry::new(state.ledger.new_id(), home.entry.register.clone())
    };
    let result = append_one(&state, desk.staff.author.clone(), entry).await?;
    if result.status.is_in() {
        let to = format!("{}?done={}", paths::mates(&id.to_string()), result.id);
        return Ok(Redirect::to(&to).into_response());
    }
    let mut view = view(&state, &desk, id).await?;
    let lang = desk.visit.lang;
    let problems = result.problems.iter();
    view.problems = problems.map(|problem| Problem::at("", problem.told(lang))).collect();
    Ok((StatusCode::UNPROCESSABLE_ENTITY, render(&view, &desk.ctx(&state))).into_response())
}

/// What an entry says of the home: the household, and whatever else it must name, such as the village.
fn same_home(snapshot: &Snapshot, entry: &EntryItem) -> serde_json::Map<String, serde_json::Value> {
    let Some(register) = snapshot.model.registers.get(&entry.register) else {
        return serde_json::Map::new();
    };
    let fields = register.schema.fields.iter();
    let named = fields.filter(|field| field.required && matches!(field.kind, Kind::Subject(_)));
    named
        .filter_map(|field| Some((field.id.clone(), entry.body.get(&field.id)?.clone())))
        .collect()
}
