//! Coverage: required, done, and who is missing by name. Read from plans, so that it holds as of any moment.

use super::{Conditions, Figure, FigureQuery, FigureRow, FigureState, Reader};
use crate::LedgerError;
use lianfang_kernel::ids::{SubjectId, TaskId};
use lianfang_kernel::{Day, Instant, RegionId, TimeOfDay};
use lianfang_protocol::{Enrolment, Occurrence, OccurrenceState};
use serde::Serialize;
use std::collections::BTreeMap;

/// A member of a set that owes something.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Member {
    /// Who.
    pub subject: SubjectId,
    /// What it is called.
    pub label: String,
    /// Where.
    pub region: RegionId,
    /// Receivers that have not acknowledged, for duties that were done but not received.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waiting_for: Vec<SubjectId>,
}

/// One member with its occurrence of the day.
#[derive(Clone, Debug, Serialize)]
pub struct CoverageRow {
    /// Who.
    pub subject: SubjectId,
    /// What it is called.
    pub label: String,
    /// Where.
    pub region: RegionId,
    /// Its line.
    pub sector: Option<String>,
    /// The occurrence.
    pub task: TaskId,
    /// `open`, `done`, `missed` …
    pub state: String,
    /// `on_time`, `known_late`, `late`.
    pub timeliness: Option<String>,
    /// Done and received everywhere.
    pub complete: bool,
    /// Until when.
    pub due_at: Instant,
    /// When it reached the server.
    pub received_at: Option<Instant>,
    /// Receivers that have not acknowledged.
    pub waiting_for: Vec<SubjectId>,
}

impl Reader<'_> {
    /// Who owed a task on a day and what became of it, as of a moment.
    ///
    /// # Errors
    /// The database.
    pub fn coverage_rows(
        &mut self,
        protocol: &str,
        task: &str,
        region: &RegionId,
        day: Day,
        as_of: Option<Instant>,
    ) -> Result<Vec<CoverageRow>, LedgerError> {
        let mut where_ = Conditions::default();
        where_.and("n.protocol = ?", [protocol.into()]);
        let path = self.snapshot.regions.path(region).to_owned();
        where_.inside("n.path", if path.is_empty() { "?" } else { &path });
        let sql = format!(
            "select distinct n.subject from enrolment n{} order by n.subject",
            where_.to_sql()
        );
        let rows = self.connection.query(&sql, &where_.params)?;
        let members: Vec<SubjectId> = rows
            .iter()
            .map(|row| row.uuid("subject").map(SubjectId))
            .collect::<Result<_, _>>()?;
        let zone = self.snapshot.zone.clone();
        let (start, end) = (zone.start_of(day), zone.at(day, TimeOfDay::END));
        let labels = self.labels(&members, lianfang_kernel::Lang::Zh)?;
        let mut found = Vec::new();
        for id in members {
            let Some(view) = self.subject(id)? else { continue };
            let stored = self.stored_entries(id)?;
            let (_, plan) = self.planned(view, &stored, as_of)?;
            for enrolment in plan
                .enrolments
                .iter()
                .filter(|enrolment| enrolment.protocol == protocol)
            {
                let of_day = |occurrence: &&Occurrence| {
                    occurrence.task == task
                        && occurrence.due_at >= start
                        && occurrence.due_at <= end
                        && occurrence.opens_at < end
                };
                for occurrence in enrolment.occurrences.iter().filter(of_day) {
                    if matches!(occurrence.state, OccurrenceState::Void) {
                        continue;
                    }
                    let label = labels.get(&id).map(|label| label.name.clone()).unwrap_or_default();
                    found.push(self.coverage_row(enrolment, occurrence, label));
                }
            }
        }
        Ok(found)
    }

    fn coverage_row(&self, enrolment: &Enrolment, occurrence: &Occurrence, label: String) -> CoverageRow {
        let done = crate::replan::Done::of(&occurrence.state);
        CoverageRow {
            subject: enrolment.subject,
            label,
            region: enrolment.region.clone(),
            sector: self
                .snapshot
                .orgs
                .get(enrolment.subject)
                .and_then(|org| org.sector.clone()),
            task: occurrence.id,
            state: crate::replan::occurrence_state(&occurrence.state).to_owned(),
            timeliness: done.timeliness.map(str::to_owned),
            complete: occurrence.is_complete(),
            due_at: occurrence.due_at,
            received_at: done.received_at.map(Instant),
            waiting_for: waiting_for(occurrence),
        }
    }

    pub(super) fn fill_coverage(
        &mut self,
        figure: &mut Figure,
        (protocol, task): (&str, &str),
        region: &RegionId,
        day: Day,
        query: &FigureQuery,
    ) -> Result<(), LedgerError> {
        let rows = self.coverage_rows(protocol, task, region, day, query.as_of)?;
        let is_done = |row: &CoverageRow| matches!(row.state.as_str(), "done" | "excused");
        let required = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let done = i64::try_from(rows.iter().filter(|row| is_done(row)).count()).unwrap_or(0);
        figure.denominator = Some(required);
        figure.numerator = Some(done);
        figure.value = Some(done);
        figure.state = if required == 0 {
            FigureState::NotDue
        } else {
            FigureState::Known
        };
        figure.missing = rows
            .iter()
            .filter(|row| !is_done(row) || (row.state == "done" && !row.waiting_for.is_empty()))
            .map(|row| Member {
                subject: row.subject,
                label: row.label.clone(),
                region: row.region.clone(),
                waiting_for: row.waiting_for.clone(),
            })
            .collect();
        if query.by.is_empty() {
            return Ok(());
        }
        let mut parts: BTreeMap<BTreeMap<String, String>, (i64, i64)> = BTreeMap::new();
        for row in &rows {
            let part = |by: &String| {
                let value = match by.as_str() {
                    "region" => self.region_below(region, &row.region).to_string(),
                    "sector" => row.sector.clone().unwrap_or_default(),
                    "state" => row.state.clone(),
                    _ => day.to_string(),
                };
                (by.clone(), value)
            };
            let cell = parts.entry(query.by.iter().map(part).collect()).or_default();
            cell.0 += i64::from(is_done(row));
            cell.1 += 1;
        }
        figure.rows = parts
            .into_iter()
            .map(|(key, (done, required))| FigureRow {
                key,
                value: Some(done),
                numerator: Some(done),
                denominator: Some(required),
            })
            .collect();
        Ok(())
    }
}

fn waiting_for(occurrence: &Occurrence) -> Vec<SubjectId> {
    if !matches!(occurrence.state, OccurrenceState::Done { .. }) {
        return Vec::new();
    }
    let silent = occurrence.receipts.iter().filter(|receipt| receipt.received.is_none());
    silent
        .filter_map(|receipt| crate::replan::owner_id(receipt.desk))
        .collect()
}
