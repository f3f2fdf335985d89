//! Dated intervals that conditions may read without asking the ledger: orders, risk areas, closures, calendars.

use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Datum, Instant, RegionId};
use std::collections::HashMap;

/// What an interval is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SubjectRef {
    /// A region and all inside it.
    Region(RegionId),
    /// A subject.
    Subject(SubjectId),
}

/// One interval of a register with `reference = true`.
#[derive(Clone, Debug, PartialEq)]
pub struct Interval {
    /// The entry that opened it.
    pub entry: EntryId,
    /// What it is about.
    pub subject: SubjectRef,
    /// Where, as stamped.
    pub region: RegionId,
    /// The first moment in force.
    pub from: Instant,
    /// The first moment no longer in force: the least of its own end, its end act and the end of the order it cites;
    /// [`Instant::MAX`] while open.
    pub to: Instant,
    /// Its record, as [`crate::model::Register::record`] makes it.
    pub body: Datum,
    /// Subjects that it names one by one, besides its own.
    pub targets: Vec<SubjectId>,
}

impl Interval {
    /// Whether it is in force at any moment of `first..=last`.
    pub fn overlaps(&self, first: Instant, last: Instant) -> bool {
        self.from <= last && first < self.to
    }
}

/// The intervals of one register.
#[derive(Clone, Debug, Default)]
struct Table {
    /// Ordered by (from, entry), so that answers do not depend on arrival.
    intervals: Vec<Interval>,
    by_subject: HashMap<SubjectRef, Vec<usize>>,
    by_target: HashMap<SubjectId, Vec<usize>>,
}

/// All reference intervals by register. Immutable.
#[derive(Clone, Debug, Default)]
pub struct Reference {
    tables: HashMap<String, Table>,
    rows: usize,
}

impl Reference {
    /// Indexes the intervals by what they are about.
    pub fn new(intervals: impl IntoIterator<Item = (String, Vec<Interval>)>) -> Reference {
        let mut reference = Reference::default();
        for (register, intervals) in intervals {
            reference
                .tables
                .entry(register)
                .or_default()
                .intervals
                .extend(intervals);
        }
        for table in reference.tables.values_mut() {
            table.intervals.sort_by_key(|interval| (interval.from, interval.entry));
            for (index, interval) in table.intervals.iter().enumerate() {
                table
                    .by_subject
                    .entry(interval.subject.clone())
                    .or_default()
                    .push(index);
                for target in &interval.targets {
                    table.by_target.entry(*target).or_default().push(index);
                }
            }
            reference.rows += table.intervals.len();
        }
        reference
    }

    /// How many intervals there are.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// All intervals of a register, by (from, entry).
    pub fn of(&self, register: &str) -> &[Interval] {
        self.tables.get(register).map_or(&[], |table| &table.intervals)
    }

    /// Intervals about exactly `subject` that are in force at any moment of `first..=last`.
    pub fn about(&self, register: &str, subject: &SubjectRef, first: Instant, last: Instant) -> Vec<&Interval> {
        let Some(table) = self.tables.get(register) else {
            return Vec::new();
        };
        let Some(rows) = table.by_subject.get(subject) else {
            return Vec::new();
        };
        rows.iter()
            .map(|row| &table.intervals[*row])
            .filter(|interval| interval.overlaps(first, last))
            .collect()
    }

    /// Intervals that name the subject among their targets and are in force at any moment of `first..=last`.
    pub fn naming(&self, register: &str, subject: SubjectId, first: Instant, last: Instant) -> Vec<&Interval> {
        let Some(table) = self.tables.get(register) else {
            return Vec::new();
        };
        let rows = table.by_target.get(&subject).into_iter().flatten();
        rows.map(|row| &table.intervals[*row])
            .filter(|interval| interval.overlaps(first, last))
            .collect()
    }

    /// The interval that an entry opened, by the id of its latest version or of its first.
    pub fn by_entry(&self, register: &str, entry: EntryId) -> Option<&Interval> {
        let first = entry.to_string();
        let of_entry = |interval: &&Interval| {
            interval.entry == entry || interval.body.get("replaces").and_then(Datum::as_text) == Some(&first)
        };
        self.of(register).iter().find(of_entry)
    }
}
