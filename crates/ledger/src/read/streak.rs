//! Days in a row: how long a figure has been a number. Silence never makes it longer.

use super::{CoverageQuery, CoverageRow, Figure, FigureQuery, FigureState, Reader};
use crate::LedgerError;
use lianfang_kernel::{Day, RegionId};
use lianfang_policy::model::{Covered, Indicator};
use std::collections::BTreeMap;

/// Days read at once.
const CHUNK: i64 = 31;
/// The longest streak that is looked for.
const MOST: i64 = 400;

/// What a day says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// It counts.
    Counts,
    /// It is another number: the streak begins after it.
    Ends,
    /// Reports are missing: nothing can be said.
    Silent,
    /// Nobody owed a report: before that nothing is known.
    NotOwed,
    /// It is not over and nothing is late: the day before is asked.
    Running,
}

/// A stretch of days: the number of each, and what was owed on it.
pub(super) struct Stretch {
    pub(super) numbers: BTreeMap<String, i64>,
    pub(super) owed: BTreeMap<Day, Vec<CoverageRow>>,
}

impl Stretch {
    /// What a day says of a number, with what was owed on it.
    fn verdict(&self, day: Day, equals: i64, today: Day) -> (Verdict, &[CoverageRow]) {
        let rows = self.owed.get(&day).map_or(&[][..], Vec::as_slice);
        let number = self.numbers.get(&day.to_string()).copied().unwrap_or(0);
        (verdict(number == equals, rows, day == today), rows)
    }
}

impl Reader<'_> {
    /// How long a streak lasts.
    pub(super) fn fill_streak(
        &mut self,
        figure: &mut Figure,
        (of, equals): (&Indicator, i64),
        region: &RegionId,
        query: &FigureQuery,
    ) -> Result<(), LedgerError> {
        let today = self.snapshot.zone.day_of(figure.as_of);
        let last = query.to.map_or(today, |to| to.min(today));
        self.count_back(figure, (of, equals), region, (last, today), query)
    }

    /// How long a streak was that the day ended: one case after weeks without any is worth a look. Zero on a day that ends
    /// none; a day on which reports are missing says nothing.
    pub(super) fn fill_ended(
        &mut self,
        figure: &mut Figure,
        (of, equals): (&Indicator, i64),
        region: &RegionId,
        query: &FigureQuery,
    ) -> Result<(), LedgerError> {
        let today = self.snapshot.zone.day_of(figure.as_of);
        let day = query.to.map_or(today, |to| to.min(today));
        let stretch = self.stretch(of, region, (day, day), query)?;
        match stretch.verdict(day, equals, today) {
            (Verdict::Ends, _) => self.count_back(figure, (of, equals), region, (day.plus(-1), today), query),
            (Verdict::Silent, rows) => {
                silent(figure, rows);
                Ok(())
            }
            (Verdict::Counts | Verdict::NotOwed | Verdict::Running, _) => {
                figure.value = Some(0);
                Ok(())
            }
        }
    }

    /// Counts the days back from the last one.
    fn count_back(
        &mut self,
        figure: &mut Figure,
        (of, equals): (&Indicator, i64),
        region: &RegionId,
        (mut last, today): (Day, Day),
        query: &FigureQuery,
    ) -> Result<(), LedgerError> {
        let (mut counted, mut asked) = (0, 0);
        while asked < MOST {
            let first = last.plus(1 - CHUNK);
            let stretch = self.stretch(of, region, (first, last), query)?;
            for back in 0..CHUNK {
                match stretch.verdict(last.plus(-back), equals, today) {
                    (Verdict::Counts, _) => counted += 1,
                    (Verdict::Running, _) => {}
                    (Verdict::Silent, rows) => {
                        silent(figure, rows);
                        return Ok(());
                    }
                    (Verdict::Ends | Verdict::NotOwed, _) => {
                        figure.value = Some(counted);
                        return Ok(());
                    }
                }
            }
            asked += CHUNK;
            last = first.plus(-1);
        }
        figure.value = Some(counted);
        Ok(())
    }

    pub(super) fn stretch(
        &mut self,
        of: &Indicator,
        region: &RegionId,
        (first, last): (Day, Day),
        query: &FigureQuery,
    ) -> Result<Stretch, LedgerError> {
        let by_day = FigureQuery {
            region: Some(region.clone()),
            by: vec!["day".to_owned()],
            from: Some(first),
            to: Some(last),
            outside: false,
            ..query.clone()
        };
        let mut found = self.blank(of, &by_day);
        self.fill_numbers(&mut found, of, region, &by_day)?;
        let numbers = found.rows.into_iter();
        let numbers = numbers.filter_map(|row| Some((row.key.get("day")?.clone(), row.value?)));
        let mut stretch = Stretch {
            numbers: numbers.collect(),
            owed: BTreeMap::new(),
        };
        let Some((protocol, task)) = &of.complete else {
            return Ok(stretch);
        };
        let covered = self.coverage(&CoverageQuery {
            of: Covered::Task {
                protocol: protocol.clone(),
                task: task.clone(),
            },
            filter: None,
            region: region.clone(),
            days: Some((first, last)),
            campaign: None,
            as_of: query.as_of,
        })?;
        for row in covered.rows.into_iter().filter(|row| !row.extra) {
            stretch.owed.entry(self.due_day(&row)).or_default().push(row);
        }
        Ok(stretch)
    }
}

/// Nothing can be said, and who is missing is named.
fn silent(figure: &mut Figure, rows: &[CoverageRow]) {
    figure.state = FigureState::Unknown;
    let missing = rows.iter().filter(|row| !row.is_met());
    figure.missing = missing.map(CoverageRow::member).collect();
}

fn verdict(counts: bool, rows: &[CoverageRow], is_today: bool) -> Verdict {
    let all_in = rows.iter().all(CoverageRow::is_met);
    let is_late = rows.iter().any(|row| row.state == "missed");
    match (counts, rows.is_empty()) {
        (false, _) => Verdict::Ends,
        (true, true) => Verdict::NotOwed,
        (true, false) if all_in => Verdict::Counts,
        (true, false) if is_today && !is_late => Verdict::Running,
        (true, false) => Verdict::Silent,
    }
}
