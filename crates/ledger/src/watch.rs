//! Figures that enrol: a cell that comes to meet the condition of a watch is written down as an entry of the register
//! `crossing`, by the installation, in the commit that moved the cell.
//!
//! What enrols is that entry, so plans stay a function of entries. A cell of a day stands once; if a correction moves it
//! back, its entry is withdrawn. A cell without a day stands for as long as the condition holds, and may come again.

use crate::LedgerError;
use crate::append::Append;
use crate::batch::{Batch, Wants};
use crate::core::{meta, set_meta};
use crate::read::{Conditions, Figure, FigureQuery, FigureState, Looker, Reader};
use crate::wire::{Author, Described, NewEntry, Status, SubjectIn};
use lianfang_kernel::ids::IdSource;
use lianfang_kernel::{Act, Datum, Day, Instant, RegionId, SubjectKind};
use lianfang_policy::model::{CROSSING, Protocol, Timed, Watch};
use lianfang_policy::{Env, Interval, SubjectRef};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Crossings may move figures that are watched themselves; so many rounds of it are written in one commit.
const ROUNDS: usize = 4;
/// How often what time alone moves is looked at.
const SWEEP_MS: i64 = 3_600_000;

/// A cell of a watched figure that may have moved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Touched {
    point: usize,
    region: RegionId,
    day: Option<Day>,
}

/// What of a figure moved.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Moved<'a> {
    Figure(&'a str),
    Register(&'a str),
    Account(&'a str),
}

/// Notes that something moved there, for [`judge`].
pub(crate) fn note(batch: &mut Batch<'_>, moved: Moved<'_>, region: &str, day: Day) {
    let model = batch.snapshot.model.clone();
    let points = match moved {
        Moved::Figure(id) => model.watched.of_figure(id),
        Moved::Register(id) => model.watched.of_register(id),
        Moved::Account(id) => model.watched.of_account(id),
    };
    if points.is_empty() {
        return;
    }
    let region = RegionId::new(region);
    for point in points {
        touch(batch, *point, &region, day);
    }
}

fn touch(batch: &mut Batch<'_>, point: usize, region: &RegionId, day: Day) {
    let model = batch.snapshot.model.clone();
    let Some(watch) = model.watched.points[point].enrol.watch.as_ref() else {
        return;
    };
    if let Some(region) = batch.snapshot.regions.ancestor(region, watch.level) {
        let region = region.id.clone();
        let day = has_days(watch).then_some(day);
        batch.touched.insert(Touched { point, region, day });
    }
}

fn has_days(watch: &Watch) -> bool {
    watch.by.iter().any(|by| by == "day")
}

/// Once an hour: cells of what time alone moves, today's and yesterday's.
pub(crate) fn sweep(batch: &mut Batch<'_>) -> Result<(), LedgerError> {
    let model = batch.snapshot.model.clone();
    if model.watched.timed.is_empty() {
        return Ok(());
    }
    let hour = batch.now.0.div_euclid(SWEEP_MS).to_string();
    if meta(batch.connection, "watched")?.as_deref() == Some(hour.as_str()) {
        return Ok(());
    }
    set_meta(batch.connection, "watched", &hour)?;
    let today = batch.snapshot.zone.day_of(batch.now);
    for timed in &model.watched.timed {
        let mut regions = inhabited(batch, timed)?;
        // What stands is asked too, so that it can end where nothing is left.
        let watch = &model.watched.points[timed.point].id;
        let stands = |interval: &&Interval| {
            let of = interval.body.get("watch").and_then(Datum::as_text);
            interval.to == Instant::MAX && of == Some(watch.as_str())
        };
        let standing = batch.snapshot.reference.of(CROSSING).iter().filter(stands);
        regions.extend(standing.map(|interval| interval.region.clone()));
        for region in regions {
            touch(batch, timed.point, &region, today);
            touch(batch, timed.point, &region, today.plus(-1));
        }
    }
    Ok(())
}

/// The regions that hold something of what time moves; a tree of thousands of villages costs no more than those that report.
fn inhabited(batch: &mut Batch<'_>, timed: &Timed) -> Result<BTreeSet<RegionId>, LedgerError> {
    let named = |column: &str, ids: &BTreeSet<String>| {
        let mut where_ = Conditions::default();
        where_.within(column, ids.iter().map(|id| id.as_str().into()).collect());
        where_
    };
    let enrolled = named("protocol", &timed.protocols);
    let sql_enrolled = format!("select region from enrolment{} group by region", enrolled.to_sql());
    // Region by region: the first row of each tells, of millions.
    let counted = named("d.indicator", &timed.figures);
    let sql_counted = format!(
        "select r.id as region from region r where (select 1 from indicator_delta d{} and d.region = r.id limit 1) = 1",
        counted.to_sql()
    );
    let mut found = BTreeSet::new();
    for (sql, where_) in [(sql_enrolled, enrolled), (sql_counted, counted)] {
        for row in &batch.connection.query(&sql, &where_.params)? {
            found.insert(RegionId::new(row.text("region")?));
        }
    }
    Ok(found)
}

/// Judges the cells that moved and writes down which came to meet their condition and which no longer do. The batch is
/// flushed before and after.
pub(crate) fn judge(batch: &mut Batch<'_>) -> Result<(), LedgerError> {
    for _ in 0..ROUNDS {
        let touched = std::mem::take(&mut batch.touched);
        let mut entries = Vec::new();
        for cell in touched {
            entries.extend(changes(batch, &cell)?);
        }
        if entries.is_empty() {
            return Ok(());
        }
        write(batch, entries)?;
    }
    if !batch.touched.is_empty() {
        tracing::warn!(cells = batch.touched.len(), "watch.rounds_exhausted");
    }
    Ok(())
}

fn write(batch: &mut Batch<'_>, entries: Vec<NewEntry>) -> Result<(), LedgerError> {
    let append = Append {
        author: Author::system(),
        entries,
    };
    let mut wants = Wants::default();
    append.wants(batch.core, &mut wants);
    batch.fetch(&wants)?;
    let answer = append.run(batch)?;
    for result in &answer.results {
        if matches!(result.status, Status::Refused | Status::Tray) {
            let code = result.problems.first().map(|problem| problem.code.as_str());
            tracing::error!(code, "watch.crossing_refused");
        }
    }
    batch.flush()
}

/// A cell as it is now.
struct Now {
    /// What tells it apart below region and day: `{"item": id}`.
    cut: BTreeMap<String, String>,
    value: i64,
}

fn changes(batch: &mut Batch<'_>, cell: &Touched) -> Result<Vec<NewEntry>, LedgerError> {
    let model = batch.snapshot.model.clone();
    let protocol = &model.watched.points[cell.point];
    let Some(watch) = &protocol.enrol.watch else {
        return Ok(Vec::new());
    };
    let day = cell.day.unwrap_or_else(|| batch.snapshot.zone.day_of(batch.now));
    let holding = if in_force(batch, protocol, &cell.region, day) {
        holding(batch, watch, cell)?
    } else {
        Vec::new()
    };
    let standing = standing(batch, &protocol.id, cell);
    let mut entries = Vec::new();
    for now in &holding {
        let cut = cut_text(&now.cut);
        if !standing.iter().any(|(known, _)| *known == cut) {
            entries.push(crossing(batch, (&protocol.id, watch), cell, now)?);
        }
    }
    for (cut, interval) in standing {
        if !holding.iter().any(|now| cut_text(&now.cut) == cut) {
            entries.push(taken_back(batch, cell, &interval));
        }
    }
    Ok(entries)
}

fn in_force(batch: &Batch<'_>, protocol: &Protocol, region: &RegionId, day: Day) -> bool {
    let begun = protocol.from.is_none_or(|from| from <= day);
    let over = protocol.to.is_some_and(|to| to <= day);
    let covers = |area: &RegionId| batch.snapshot.regions.within(region, area);
    begun && !over && protocol.area.as_ref().is_none_or(covers)
}

/// The parts of the cell that meet the condition now. What is not known meets none.
fn holding(batch: &mut Batch<'_>, watch: &Watch, cell: &Touched) -> Result<Vec<Now>, LedgerError> {
    let by: Vec<String> = watch.by.iter().filter(|by| *by != "day").cloned().collect();
    let query = FigureQuery {
        region: Some(cell.region.clone()),
        by: by.clone(),
        from: cell.day,
        to: cell.day,
        ..FigureQuery::default()
    };
    let snapshot = batch.snapshot.clone();
    let mut reader = Reader {
        looker: Looker::default(),
        core: batch.core,
        connection: &mut *batch.connection,
        snapshot: snapshot.clone(),
        now: batch.recorded_at,
    };
    let Some(figure) = reader.figure(&watch.indicator, &query)? else {
        return Ok(Vec::new());
    };
    let meets = |value: i64| {
        let vars = [
            ("value", Datum::Int(value)),
            ("state", Datum::text(state_id(figure.state))),
            ("region", Datum::text(cell.region.as_str())),
        ];
        let env = Env {
            vars: &vars,
            snapshot: &snapshot,
            engine: None,
            region: Some(&cell.region),
            at: batch.now,
            now: batch.now,
        };
        match watch.when.eval_bool(&env) {
            Ok(holds) => holds,
            Err(error) => {
                tracing::error!(indicator = %watch.indicator, error = %error, "watch.condition_failed");
                false
            }
        }
    };
    let parts = parts(&figure, &by).into_iter().filter(|now| meets(now.value));
    Ok(parts.collect())
}

fn parts(figure: &Figure, by: &[String]) -> Vec<Now> {
    if by.is_empty() {
        let cut = BTreeMap::new();
        return figure.value.map(|value| Now { cut, value }).into_iter().collect();
    }
    let rows = figure.rows.iter();
    rows.filter_map(|row| {
        Some(Now {
            cut: row.key.clone(),
            value: row.value?,
        })
    })
    .collect()
}

fn state_id(state: FigureState) -> &'static str {
    match state {
        FigureState::Known | FigureState::Suppressed => "known",
        FigureState::Partial => "partial",
        FigureState::Unknown => "unknown",
        FigureState::NotDue => "not_due",
    }
}

/// The crossings of the cell that stand, with what tells them apart.
fn standing(batch: &Batch<'_>, protocol: &str, cell: &Touched) -> Vec<(String, Interval)> {
    let subject = SubjectRef::Region(cell.region.clone());
    let about = batch
        .snapshot
        .reference
        .about(CROSSING, &subject, Instant::MIN, Instant::MAX);
    let text = |interval: &Interval, field: &str| {
        let value = interval.body.get(field).and_then(Datum::as_text);
        value.map(str::to_owned).unwrap_or_default()
    };
    let is_of_cell = |interval: &&Interval| {
        let day = interval.body.get("day").and_then(Datum::as_int);
        let is_day = day == cell.day.map(|day| i64::from(day.0));
        is_day && interval.to == Instant::MAX && text(interval, "watch") == protocol
    };
    let found = about.into_iter().filter(is_of_cell);
    found
        .map(|interval| (text(interval, "cut"), interval.clone()))
        .collect()
}

fn cut_text(cut: &BTreeMap<String, String>) -> String {
    let parts: Vec<String> = cut.iter().map(|(by, value)| format!("{by}={value}")).collect();
    parts.join(";")
}

fn crossing(
    batch: &Batch<'_>,
    (protocol, watch): (&str, &Watch),
    cell: &Touched,
    now: &Now,
) -> Result<NewEntry, LedgerError> {
    let mut body: Map<String, Value> = Map::new();
    body.insert("watch".into(), protocol.into());
    body.insert("indicator".into(), watch.indicator.as_str().into());
    body.insert("value".into(), now.value.into());
    if let Some(day) = cell.day {
        body.insert("day".into(), day.to_string().into());
    }
    if !now.cut.is_empty() {
        body.insert("cut".into(), cut_text(&now.cut).into());
    }
    if let Some(item) = now.cut.get("item").filter(|item| !item.is_empty()) {
        body.insert("item".into(), json!(item));
    }
    Ok(NewEntry {
        subject: Some(about(&cell.region)),
        body,
        ..NewEntry::new(batch.core.vault.uuid_v7(batch.now), CROSSING)
    })
}

/// The end of a crossing; of a day's, its withdrawal: the day is what it is, and was counted wrongly.
fn taken_back(batch: &Batch<'_>, cell: &Touched, interval: &Interval) -> NewEntry {
    let (act, reason) = match cell.day {
        Some(_) => (Act::Withdraw, "更正后的数字不再满足条件"),
        None => (Act::End, "指标已不再满足条件"),
    };
    NewEntry {
        act,
        replaces: Some(interval.entry),
        subject: Some(about(&cell.region)),
        reason: Some(reason.to_owned()),
        ..NewEntry::new(batch.core.vault.uuid_v7(batch.now), CROSSING)
    }
}

/// A region, whose file is made when something first stands in it.
fn about(region: &RegionId) -> SubjectIn {
    SubjectIn::Described(Described {
        kind_type: SubjectKind::Region.id().to_owned(),
        identifiers: BTreeMap::from([("code".to_owned(), region.to_string())]),
        ..Described::default()
    })
}
