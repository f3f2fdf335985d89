//! Figures and coverage.

use crate::asked::{self, Params, given};
use crate::caller::{Caller, Staff};
use crate::locale::{self, localised};
use crate::problem::ApiError;
use crate::state::{AppState, read};
use crate::trace;
use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Day, Problem, Words};
use lianfang_ledger::LedgerError;
use lianfang_ledger::read::{
    Coverage, CoverageQuery, CoverageRow, Figure, FigureQuery, GapSummary, Member, Reader, Sight,
};
use lianfang_policy::model::{Covered, IndicatorKind, Model};
use lianfang_policy::{Expr, Snapshot};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/indicators", get(list))
        .route("/indicators/{id}", get(show))
        .route("/indicators/{id}/coverage", get(coverage_of_figure))
        .route("/coverage/{protocol}/{task}", get(coverage))
}

async fn list(State(state): State<AppState>, caller: Caller) -> Json<Value> {
    let model = state.ledger.snapshot().model.clone();
    let items: Vec<Value> = model
        .indicators
        .values()
        .filter(|indicator| match &caller {
            Caller::Staff(staff) => indicator.public || staff.reads_figure(&model, indicator),
            _ => indicator.public,
        })
        .map(|indicator| {
            json!({
                "id": indicator.id, "pack": indicator.pack, "title": indicator.title,
                "definition": indicator.help.as_ref().unwrap_or(&indicator.title), "unit": indicator.unit,
                "by": indicator.by, "public": indicator.public, "meets": indicator.meets,
            })
        })
        .collect();
    Json(localised(json!({ "items": items }), locale::current()))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    region: Option<String>,
    by: Option<String>,
    from: Option<String>,
    to: Option<String>,
    day: Option<String>,
    campaign: Option<String>,
    as_of: Option<String>,
}

/// A figure as the caller may read it: outsiders get public ones, with small numbers suppressed. Those behind it have no
/// names yet.
///
/// # Errors
/// 401, 403, 404; the database.
pub async fn figure(state: &AppState, caller: &Caller, id: &str, mut query: FigureQuery) -> Result<Figure, ApiError> {
    let snapshot = state.ledger.snapshot();
    let unknown = || {
        let what = Words::new("没有这个指标：{id}", "No such indicator: {id}").with("id", id);
        let hint = Words::new(
            "可用的见 GET /api/v1/indicators",
            "There are those of GET /api/v1/indicators",
        );
        ApiError::refused(Problem::new("unknown_indicator", what, hint))
    };
    let indicator = snapshot.model.indicators.get(id).cloned().ok_or_else(unknown)?;
    let reads = match caller {
        Caller::Staff(staff) => staff.reads_figure(&snapshot.model, &indicator),
        _ => false,
    };
    if !reads && !indicator.public {
        return Err(match caller {
            Caller::Staff(_) => ApiError::no_right(Words::new(
                "您的岗位不查看该指标",
                "Your role does not read this figure",
            )),
            _ => ApiError::sign_in_needed(),
        });
    }
    let mut is_told = indicator.named_to(&snapshot.model).next().is_none();
    match caller {
        Caller::Staff(staff) if reads => {
            if query.region.is_none() {
                query.region = Some(staff.region.clone());
            }
            if let Some(region) = &query.region {
                staff.must_see_region(&snapshot, region)?;
            }
            if let Sight::Sector { sectors, .. } = &staff.sight {
                query.sectors.clone_from(sectors);
            }
            // A unit reads the figures of its place as an outsider does.
            query.outside = matches!(staff.sight, Sight::Org(_) | Sight::Nothing);
            is_told = staff.is_told_behind(&snapshot.model, &indicator);
        }
        _ => query.outside = true,
    }
    let (name, outside) = (id.to_owned(), query.outside);
    let mut figure = read(state, move |reader| reader.figure(&name, &query))
        .await?
        .ok_or_else(unknown)?;
    if outside {
        figure.missing.clear();
    }
    if !is_told {
        figure.missing.clear();
        figure.late.clear();
        figure.rows.retain(|row| !row.key.contains_key("subject"));
    }
    Ok(figure)
}

/// Puts names to those behind a figure, as far as the caller may know them, and remembers that they were shown.
async fn name(state: &AppState, caller: &Caller, id: &str, mut figure: Figure) -> Result<Figure, ApiError> {
    let snapshot = state.ledger.snapshot();
    figure = read(state, move |reader| {
        reader.name_figure(&mut figure)?;
        Ok(figure)
    })
    .await?;
    let indicator = snapshot.model.indicators.get(id);
    let names_people = match (caller, indicator) {
        (Caller::Staff(staff), Some(indicator)) => {
            staff.reads_figure(&snapshot.model, indicator) && staff.identifies(&snapshot.model)
        }
        _ => false,
    };
    for member in figure.missing.iter_mut().chain(&mut figure.late) {
        if !names_people {
            member.hide_people();
        }
        speak(&snapshot, member.subject, &mut member.label);
    }
    if let Caller::Staff(staff) = caller {
        let named = figure.missing.iter().map(|member| member.subject);
        let named: Vec<SubjectId> = named.filter(|id| snapshot.orgs.get(*id).is_none()).collect();
        trace::list(state, staff, id, &named)?;
    }
    Ok(figure)
}

/// The first and the last day up to `query.to` on which a figure has anything; its rights are those of [`figure`].
///
/// # Errors
/// 403; the database.
pub async fn figure_span(
    state: &AppState,
    caller: &Caller,
    id: &str,
    mut query: FigureQuery,
) -> Result<Option<(Day, Day)>, ApiError> {
    if let (Caller::Staff(staff), Some(region)) = (caller, &query.region) {
        staff.must_see_region(&state.ledger.snapshot(), region)?;
        if let Sight::Sector { sectors, .. } = &staff.sight {
            query.sectors.clone_from(sectors);
        }
    }
    let id = id.to_owned();
    read(state, move |reader| reader.figure_span(&id, &query)).await
}

async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, ApiError> {
    let day = asked::day("day", &asked.day)?;
    let by = given(&asked.by).unwrap_or_default();
    let query = FigureQuery {
        region: asked::region(&asked.region),
        by: by
            .split(',')
            .map(str::trim)
            .filter(|by| !by.is_empty())
            .map(str::to_owned)
            .collect(),
        from: asked::day("from", &asked.from)?.or(day),
        to: asked::day("to", &asked.to)?.or(day),
        campaign: asked::parsed("campaign", &asked.campaign)?,
        as_of: asked::moment("as_of", &asked.as_of)?,
        ..FigureQuery::default()
    };
    check_by(&state, &id, &query.by)?;
    let figure = figure(&state, &caller, &id, query).await?;
    let figure = name(&state, &caller, &id, figure).await?;
    Ok(Json(localised(json!(figure), locale::current())))
}

fn check_by(state: &AppState, id: &str, by: &[String]) -> Result<(), ApiError> {
    let snapshot = state.ledger.snapshot();
    let Some(indicator) = snapshot.model.indicators.get(id) else {
        return Ok(());
    };
    let known = |by: &String| ["day", "region", "sector", "state"].contains(&by.as_str()) || indicator.by.contains(by);
    match by.iter().find(|by| !known(by)) {
        None => Ok(()),
        Some(unknown) => {
            let what = Words::new("不能按“{b}”分组", "It cannot be broken down by “{b}”").with("b", unknown);
            Err(ApiError::bad_field("by", what, Words::same(indicator.by.join(", "))))
        }
    }
}

/// Who owed a task and what became of it, as a member of staff may read it.
///
/// # Errors
/// 403; the database; the queue is full.
pub async fn coverage_of(state: &AppState, staff: &Staff, query: CoverageQuery) -> Result<Coverage, ApiError> {
    let snapshot = state.ledger.snapshot();
    staff.must_see_region(&snapshot, &query.region)?;
    let name = may_read(&snapshot, staff, &query.of)?;
    let sight = staff.sight.clone();
    let mut found = read(state, move |reader| {
        let mut found = seen(reader, &sight, &query)?;
        reader.name_coverage(&mut found.rows, &mut found.late)?;
        Ok(found)
    })
    .await?;
    let shown = Shown {
        rows: found.rows.iter_mut().collect(),
        members: found.late.iter_mut().collect(),
    };
    shown.to(state, staff, &name)?;
    Ok(found)
}

/// The same in numbers, with the names of at most so many who are missing.
///
/// # Errors
/// 403; the database; the queue is full.
pub async fn gap_summary_of(
    state: &AppState,
    staff: &Staff,
    query: CoverageQuery,
    most: usize,
) -> Result<GapSummary, ApiError> {
    let snapshot = state.ledger.snapshot();
    staff.must_see_region(&snapshot, &query.region)?;
    let name = may_read(&snapshot, staff, &query.of)?;
    let sight = staff.sight.clone();
    let mut found = read(state, move |reader| {
        if matches!(sight, Sight::All | Sight::Region(_)) {
            return reader.gap_summary(&query, most);
        }
        let at = query.as_of.unwrap_or(reader.now);
        let mut found = GapSummary::of(seen(reader, &sight, &query)?, at, most);
        reader.name_summary(&mut found)?;
        Ok(found)
    })
    .await?;
    let shown = Shown {
        rows: found.missing.iter_mut().chain(&mut found.extra).collect(),
        members: found.late.iter_mut().collect(),
    };
    shown.to(state, staff, &name)?;
    Ok(found)
}

/// The rows of a coverage that a sight shows.
fn seen(reader: &mut Reader<'_>, sight: &Sight, query: &CoverageQuery) -> Result<Coverage, LedgerError> {
    let mut found = reader.coverage(query)?;
    if matches!(sight, Sight::All | Sight::Region(_)) {
        return Ok(found);
    }
    let mut seen: HashMap<SubjectId, bool> = HashMap::new();
    let all = found.rows.iter().map(|row| row.subject);
    for subject in all.chain(found.late.iter().map(|member| member.subject)) {
        if let Entry::Vacant(place) = seen.entry(subject) {
            let view = reader.subject(subject)?;
            place.insert(view.is_some_and(|view| reader.may_see(sight, &view)));
        }
    }
    let sees = |subject: &SubjectId| seen.get(subject).copied().unwrap_or(false);
    found.rows.retain(|row| sees(&row.subject));
    found.late.retain(|member| sees(&member.subject));
    Ok(found)
}

/// Rows and members that are about to be shown by name.
struct Shown<'a> {
    rows: Vec<&'a mut CoverageRow>,
    members: Vec<&'a mut Member>,
}

impl Shown<'_> {
    /// Names as the reader may know them; it is remembered who was shown.
    fn to(self, state: &AppState, staff: &Staff, what: &str) -> Result<(), ApiError> {
        let snapshot = state.ledger.snapshot();
        let names_people = staff.identifies(&snapshot.model);
        let mut subjects: Vec<SubjectId> = Vec::with_capacity(self.rows.len());
        for row in self.rows {
            if !names_people {
                row.hide_people();
            }
            speak(&snapshot, row.subject, &mut row.label);
            subjects.push(row.subject);
        }
        for member in self.members {
            if !names_people {
                member.hide_people();
            }
            speak(&snapshot, member.subject, &mut member.label);
        }
        trace::list(state, staff, what, &subjects)
    }
}

/// Whether the caller may read a coverage; the name that it is remembered by.
fn may_read(snapshot: &Snapshot, staff: &Staff, of: &Covered) -> Result<String, ApiError> {
    if let Some((protocol, task)) = of.duty() {
        staff.must_be_told_of(&snapshot.model, protocol, task)?;
    }
    let Some((protocol, task)) = of.task() else {
        if !staff.reads_rows_covered(&snapshot.model, of) {
            return Err(ApiError::no_right(Words::new(
                "您的岗位不查看该指标背后的名单",
                "Your role does not read who stands behind this figure",
            )));
        }
        return Ok(of.register().or(of.protocol()).unwrap_or("coverage").to_owned());
    };
    let Some(known) = snapshot.model.task(protocol, task) else {
        return Err(ApiError::not_found(Words::new(
            "没有这项任务",
            "There is no such task in that protocol",
        )));
    };
    if !staff.writes(&known.expects) {
        staff.must_read(&snapshot.model, &known.expects)?;
    }
    Ok(format!("{protocol}/{task}"))
}

/// The name of an organisation in the reader's language; a person's is the same in every one.
fn speak(snapshot: &Snapshot, subject: SubjectId, label: &mut String) {
    if let Some(org) = snapshot.orgs.get(subject) {
        org.name.get(locale::current()).clone_into(label);
    }
}

async fn coverage(
    State(state): State<AppState>,
    staff: Staff,
    Path((protocol, task)): Path<(String, String)>,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, ApiError> {
    let of = Covered::Task {
        protocol: protocol.clone(),
        task: task.clone(),
    };
    let what = json!({ "protocol": protocol, "task": task });
    list_covered(&state, &staff, (of, None), &asked, what).await
}

/// Everybody that a coverage figure is about, and what became of it.
async fn coverage_of_figure(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, ApiError> {
    let snapshot = state.ledger.snapshot();
    let indicator = snapshot.model.indicators.get(&id);
    if let Some(indicator) = indicator {
        staff.must_be_told_behind(&snapshot.model, indicator)?;
    }
    let covered = indicator.and_then(|indicator| match &indicator.kind {
        IndicatorKind::Coverage { of, .. } => Some((of.clone(), indicator.filter.clone())),
        _ => None,
    });
    let Some(of) = covered else {
        return Err(ApiError::not_found(Words::new(
            "没有这个覆盖率指标",
            "There is no such figure of coverage",
        )));
    };
    list_covered(&state, &staff, of, &asked, json!({ "indicator": id })).await
}

async fn list_covered(
    state: &AppState,
    staff: &Staff,
    (of, filter): (Covered, Option<Expr>),
    asked: &Asked,
    mut body: Value,
) -> Result<Json<Value>, ApiError> {
    let region = asked::region(&asked.region).unwrap_or_else(|| staff.region.clone());
    let as_of = asked::moment("as_of", &asked.as_of)?;
    let snapshot = state.ledger.snapshot();
    let today = snapshot.zone.day_of(as_of.unwrap_or(state.ledger.now()));
    let day = asked::day("day", &asked.day)?.or(is_of_day(&snapshot.model, &of).then_some(today));
    let query = CoverageQuery {
        of,
        filter,
        region,
        days: day.map(|day| (day, day)),
        campaign: asked::parsed("campaign", &asked.campaign)?,
        as_of,
    };
    let found = coverage_of(state, staff, query).await?;
    body["day"] = json!(day);
    body["as_of"] = json!(as_of);
    body["items"] = json!(found.rows);
    body["late"] = json!(found.late);
    Ok(Json(localised(body, locale::current())))
}

/// Whether a coverage is of one day when nothing else is asked: of duties that come daily, and of hours that are held.
pub fn is_of_day(model: &Model, of: &Covered) -> bool {
    match of {
        Covered::Task { protocol, task } => model.task(protocol, task).is_some_and(|task| task.timing.is_daily()),
        Covered::Hold { .. } => true,
        Covered::Set { .. } => false,
    }
}
