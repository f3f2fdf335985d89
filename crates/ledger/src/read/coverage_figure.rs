//! Coverage as a figure: required, done, parts, rounds, and the list of gaps.

use super::{CoverageQuery, CoverageRow, Figure, FigureQuery, FigureRow, FigureState, Reader};
use crate::LedgerError;
use crate::append::rights::is_of_sector;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Day, RegionId};
use lianfang_policy::Expr;
use lianfang_policy::model::{Base, Covered, Timing};
use serde::Serialize;
use std::collections::BTreeMap;

/// The rounds of a member on a day: how often every item was done.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rounds {
    /// Who: the station.
    pub subject: SubjectId,
    /// What it is called.
    pub label: String,
    /// The day.
    pub day: String,
    /// The least count over its items: a round without one of them is not complete.
    pub complete: i64,
    /// So many are owed.
    pub owed: i64,
    /// Fewer than are owed.
    pub short: bool,
}

impl Reader<'_> {
    pub(super) fn fill_coverage(
        &mut self,
        figure: &mut Figure,
        (of, filter, base): (&Covered, Option<&Expr>, Base),
        region: &RegionId,
        query: &FigureQuery,
    ) -> Result<(), LedgerError> {
        let model = self.snapshot.model.clone();
        let asked = of.task().and_then(|(protocol, task)| model.task(protocol, task));
        let is_daily = asked.is_some_and(|task| task.timing.is_daily());
        let today = self.snapshot.zone.day_of(figure.as_of);
        let days = match (query.from.or(query.to), query.to.or(query.from)) {
            (Some(from), Some(to)) => Some((from, to)),
            _ => is_daily.then_some((today, today)),
        };
        let mut found = self.coverage(&CoverageQuery {
            of: of.clone(),
            filter: filter.cloned(),
            region: region.clone(),
            days,
            campaign: query.campaign,
            as_of: query.as_of,
        })?;
        if !query.sectors.is_empty() {
            let snapshot = self.snapshot.clone();
            let of_these = |id: SubjectId| is_of_sector(&query.sectors, id, &snapshot);
            found.rows.retain(|row| of_these(row.subject));
            found.late.retain(|member| of_these(member.subject));
        }
        figure.late = found.late;
        if let Some(Timing::PerDay { min, .. }) = asked.map(|task| &task.timing) {
            figure.rounds = rounds(&found.rows, i64::from(*min));
        }
        let has_receipts = asked.is_some_and(|task| !task.receipts.is_empty());
        let rows: Vec<CoverageRow> = found.rows.into_iter().filter(|row| !row.extra).collect();
        figure.complete = has_receipts.then(|| count(&rows, |row| row.complete));
        figure.missing = rows
            .iter()
            .filter(|row| is_missing(row, base))
            .map(CoverageRow::member)
            .collect();
        let (done, required) = tally(rows.iter(), base);
        figure.numerator = Some(done);
        figure.denominator = Some(required);
        figure.value = Some(done);
        figure.state = if required == 0 {
            FigureState::NotDue
        } else {
            FigureState::Known
        };
        if !query.by.is_empty() {
            figure.rows = self.coverage_parts(&rows, base, region, query);
        }
        Ok(())
    }

    fn coverage_parts(
        &self,
        rows: &[CoverageRow],
        base: Base,
        region: &RegionId,
        query: &FigureQuery,
    ) -> Vec<FigureRow> {
        let mut parts: BTreeMap<BTreeMap<String, String>, Vec<&CoverageRow>> = BTreeMap::new();
        for row in rows {
            let part = |by: &String| {
                let value = match by.as_str() {
                    "region" => self.part_region(region, &row.region, query).to_string(),
                    "sector" => row.sector.clone().unwrap_or_default(),
                    "state" => row.state.clone(),
                    "unit" => row.unit.map(|unit| unit.to_string()).unwrap_or_default(),
                    "day" => self.due_day(row).to_string(),
                    _ => row.item.map(|item| item.to_string()).unwrap_or_default(),
                };
                (by.clone(), value)
            };
            parts.entry(query.by.iter().map(part).collect()).or_default().push(row);
        }
        parts
            .into_iter()
            .map(|(key, rows)| {
                let (done, required) = tally(rows.into_iter(), base);
                FigureRow {
                    key,
                    value: Some(done),
                    numerator: Some(done),
                    denominator: Some(required),
                    approx: None,
                }
            })
            .collect()
    }

    /// What is due at midnight belongs to the day before.
    pub(super) fn due_day(&self, row: &CoverageRow) -> Day {
        self.snapshot.zone.day_of(row.due_at.unwrap_or(self.now).plus_ms(-1))
    }
}

fn count(rows: &[CoverageRow], holds: impl Fn(&CoverageRow) -> bool) -> i64 {
    i64::try_from(rows.iter().filter(|row| holds(row)).count()).unwrap_or(i64::MAX)
}

/// Whether a row stands in the list of gaps.
fn is_missing(row: &CoverageRow, base: Base) -> bool {
    match base {
        Base::InTime => row.state == "missed" || (row.state == "done" && !row.is_in_time()),
        Base::Slots | Base::Members | Base::Minutes => {
            !row.is_met() || (row.state == "done" && !row.waiting_for.is_empty())
        }
    }
}

/// Done and required: occurrences, minutes, or members that did all they owed.
fn tally<'r>(rows: impl Iterator<Item = &'r CoverageRow>, base: Base) -> (i64, i64) {
    match base {
        Base::Slots | Base::Minutes => rows.fold((0, 0), |(done, required), row| {
            let met = if row.is_met() { row.weight() } else { 0 };
            (done + met, required + row.weight())
        }),
        Base::InTime => rows
            .filter(|row| matches!(row.state.as_str(), "done" | "missed"))
            .fold((0, 0), |(done, required), row| {
                (done + i64::from(row.is_in_time()), required + 1)
            }),
        Base::Members => {
            let mut members: BTreeMap<SubjectId, bool> = BTreeMap::new();
            for row in rows {
                let all = members.entry(row.subject).or_insert(true);
                *all = *all && row.is_met();
            }
            let done = members.values().filter(|all| **all).count();
            (
                i64::try_from(done).unwrap_or(i64::MAX),
                i64::try_from(members.len()).unwrap_or(i64::MAX),
            )
        }
    }
}

/// The complete rounds of each member and day. The label of an occurrence is day, number, item.
fn rounds(rows: &[CoverageRow], owed: i64) -> Vec<Rounds> {
    let mut counted: BTreeMap<(SubjectId, &str), BTreeMap<&str, i64>> = BTreeMap::new();
    for row in rows {
        let mut parts = row.occurrence.splitn(3, '/');
        let (Some(day), Some(_)) = (parts.next(), parts.next()) else {
            continue;
        };
        let item = parts.next().unwrap_or_default();
        *counted.entry((row.subject, day)).or_default().entry(item).or_default() += i64::from(row.state == "done");
    }
    counted
        .into_iter()
        .map(|((subject, day), items)| {
            let complete = items.values().copied().min().unwrap_or(0);
            Rounds {
                subject,
                label: String::new(),
                day: day.to_owned(),
                complete,
                owed,
                short: complete < owed,
            }
        })
        .collect()
}
