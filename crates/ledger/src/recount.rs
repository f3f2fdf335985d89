//! Kept figures counted anew from entries and enrolments, and compared with what was added when those were written.
//!
//! One pass over the entries, one over what is kept, in whatever order they come: of each figure, region and two months a sum
//! stays in memory, in which every number is multiplied with a hash of its cell. Sums that differ are of cells that differ, and
//! only those are counted again one by one. Figures of entries are compared moment by moment, those of enrolments as they stand:
//! what an enrolment was before is kept nowhere else. The sums of what is kept are compared in the same pass.

mod tally;

use crate::LedgerError;
use crate::audit::AuditLine;
use crate::batch::{Batch, Cell, read_enrolment};
use crate::deltas;
use crate::ledger::{Exec, Ledger, Reply};
use crate::read::{Conditions, Reader};
use crate::rows::{DELTA, DELTA_KEY, ENTRY_SELECT, read_entry};
use crate::sums;
use crate::wire::Author;
use lianfang_db::{Insert, OnConflict, Row, Value};
use lianfang_kernel::{Day, Instant, RegionId};
use lianfang_policy::Snapshot;
use lianfang_policy::model::{Indicator, IndicatorKind, Register};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use tally::{Block, Tally};
use uuid::Uuid;

/// Rows that go from the reader to those who count in one piece, and pieces that may wait.
const PIECE: usize = 1_000;
const WAITING: usize = 8;
/// Who count beside the reader, at most.
const COUNTERS: usize = 4;
/// Blocks that are looked at cell by cell.
const LOOKED_AT: usize = 200;

/// What counting anew found.
#[derive(Clone, Debug, Default)]
pub struct Recount {
    /// Entries that were read.
    pub entries: u64,
    /// Enrolments that were read.
    pub enrolments: u64,
    /// Rows that are kept of figures.
    pub kept: u64,
    /// Cells that are not what they should be.
    pub wrong: Vec<Miscount>,
    /// Parts of figures whose sums are not what the kept rows add up to.
    pub sums_wrong: usize,
    /// How many more parts of figures (a region over two months) have cells that are wrong, beside those that were looked at.
    pub not_looked_at: usize,
}

/// A cell of a figure that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miscount {
    /// The indicator.
    pub indicator: String,
    /// Where.
    pub region: RegionId,
    /// The sector; empty for none.
    pub sector: String,
    /// The day of what is counted.
    pub day: Day,
    /// What it is broken down by.
    pub bucket: String,
    /// From when on it counts; none where a figure of enrolments is compared as it stands.
    pub counted_at: Option<Instant>,
    /// Whether others may know of it only from then on.
    pub is_embargoed: bool,
    /// What is kept.
    pub kept: i64,
    /// What there is.
    pub counted: i64,
}

/// What is counted of a register.
struct Counted {
    register: Arc<Register>,
    indicators: Vec<Arc<Indicator>>,
}

/// Registers that move figures, and when entries of theirs were taken out again.
struct Rules {
    snapshot: Arc<Snapshot>,
    registers: HashMap<String, Counted>,
    taken_out: HashMap<Uuid, Vec<Instant>>,
}

/// A place in a figure, with the moment that what is added there counts from; none where only what stands is compared.
type Place = (String, i32, String, Option<Instant>);

impl Reader<'_> {
    /// Counts every kept figure anew; `progress` hears how many rows were read. Everything is read as it was when it began.
    ///
    /// # Errors
    /// The database; what is stored cannot be read.
    pub fn recount(&mut self, progress: &mut dyn FnMut(u64)) -> Result<Recount, LedgerError> {
        self.at_one_moment(|reader| reader.recount_within(progress))
    }

    fn recount_within(&mut self, progress: &mut dyn FnMut(u64)) -> Result<Recount, LedgerError> {
        let rules = self.rules()?;
        let mut found = Recount::default();
        let mut tally = self.tally_entries(&rules, &mut |rows| {
            found.entries += rows;
            progress(found.entries);
        })?;
        self.each_enrolment(&rules, None, &mut |place, region, indicator, n| {
            tally.add((indicator, region), place, n);
        })?;
        found.enrolments = self.count_rows("select count(*) as n from enrolment")?;
        let (summed_to, mut sums) = (sums::summed_to(self.connection)?, Tally::new());
        let sql = "select region, path, indicator, sector, day, bucket, recorded_at, opens_at, n from indicator_delta";
        self.connection.for_each(sql, &[], &mut |row| {
            let (indicator, kept_at, n) = (row.text("indicator")?, row.int("recorded_at")?, row.int("n")?);
            found.kept += 1;
            let day = i32::try_from(row.int("day")?).unwrap_or(0);
            let mut place = (
                row.text("sector")?.to_owned(),
                day,
                row.text("bucket")?.to_owned(),
                None,
            );
            if summed_to.is_some_and(|until| kept_at <= until) && row.opt_int("opens_at")?.is_none() {
                for (path, is_own) in sums::places(row.text("path")?) {
                    place.3 = is_own.then_some(Instant::MIN);
                    sums.add((indicator, path), &place, n);
                }
            }
            if let Some(is_dated) = is_dated(&rules.snapshot, indicator) {
                place.3 = is_dated.then_some(Instant(kept_at));
                tally.add((indicator, row.text("region")?), &place, -n);
            }
            Ok(())
        })?;
        let sql = "select path, indicator, own, sector, day, bucket, n from indicator_sum";
        self.connection.for_each(sql, &[], &mut |row| {
            let is_own = row.bool("own")?.then_some(Instant::MIN);
            let day = i32::try_from(row.int("day")?).unwrap_or(0);
            let place = (
                row.text("sector")?.to_owned(),
                day,
                row.text("bucket")?.to_owned(),
                is_own,
            );
            sums.add((row.text("indicator")?, row.text("path")?), &place, -row.int("n")?);
            Ok(())
        })?;
        found.sums_wrong = sums.wrong().len();
        let wrong = tally.wrong();
        found.not_looked_at = wrong.len().saturating_sub(LOOKED_AT);
        for block in wrong.iter().take(LOOKED_AT) {
            found.wrong.extend(self.look_at(&rules, block)?);
        }
        Ok(found)
    }

    fn count_rows(&mut self, sql: &str) -> Result<u64, LedgerError> {
        Ok(self.connection.query_one(sql, &[])?.int("n")?.unsigned_abs())
    }

    fn rules(&mut self) -> Result<Rules, LedgerError> {
        let snapshot = self.snapshot.clone();
        let mut registers = HashMap::new();
        for (id, register) in &snapshot.model.registers {
            let indicators = snapshot.model.indicators.values();
            let indicators: Vec<_> = indicators
                .filter(|indicator| deltas::counts_register(indicator, id))
                .cloned()
                .collect();
            if !indicators.is_empty() {
                let register = register.clone();
                registers.insert(id.clone(), Counted { register, indicators });
            }
        }
        let mut taken_out: HashMap<Uuid, Vec<Instant>> = HashMap::new();
        let sql =
            "select replaces, recorded_at from entry where replaces is not null and act in ('correct', 'withdraw')";
        self.connection.for_each(sql, &[], &mut |row| {
            let at = Instant(row.int("recorded_at")?);
            taken_out.entry(row.uuid("replaces")?).or_default().push(at);
            Ok(())
        })?;
        Ok(Rules {
            snapshot,
            registers,
            taken_out,
        })
    }

    /// Reads all entries that count for something on this thread, and has others count what they count for.
    fn tally_entries(&mut self, rules: &Rules, progress: &mut dyn FnMut(u64)) -> Result<Tally, LedgerError> {
        let tally = Tally::new();
        let (sender, receiver) = mpsc::sync_channel::<Vec<Row>>(WAITING);
        let receiver = Mutex::new(receiver);
        let count = || -> Result<Tally, LedgerError> {
            let (mut own, mut failure) = (tally.beside(), None);
            // After a failure pieces are still taken: nobody waits for a counter that has gone.
            loop {
                let piece = receiver.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok(piece) = piece else { break };
                for row in &piece {
                    let counted = rules.of_row(row, &mut |cell, at, n| own.add_cell(&cell, at, n));
                    failure = failure.or(counted.err());
                }
            }
            failure.map_or(Ok(own), Err)
        };
        let counters = std::thread::available_parallelism()
            .map_or(1, usize::from)
            .min(COUNTERS);
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..counters).map(|_| scope.spawn(count)).collect();
            let mut piece = Vec::with_capacity(PIECE);
            let mut hand_on = |piece: &mut Vec<Row>| {
                progress(piece.len() as u64);
                let _ = sender.send(std::mem::replace(piece, Vec::with_capacity(PIECE)));
            };
            // Every row is read once, whatever its register: an index would lead there row by row.
            let mut where_ = Conditions::default();
            let registers = rules.registers.keys().map(|id| id.as_str().into()).collect();
            where_.within("e.register || ''", registers);
            where_.and("e.act in ('new', 'correct')", []);
            let sql = entries_sql(&where_);
            let read = self.connection.for_each(&sql, &where_.params, &mut |row| {
                piece.push(row);
                if piece.len() >= PIECE {
                    hand_on(&mut piece);
                }
                Ok(())
            });
            hand_on(&mut piece);
            drop(sender);
            let mut whole = tally.beside();
            for thread in threads {
                whole.take_in(thread.join().unwrap_or(Err(LedgerError::Stopped))?);
            }
            read?;
            Ok(whole)
        })
    }

    /// What stands of enrolments, of all protocols or of those of one indicator.
    fn each_enrolment(
        &mut self,
        rules: &Rules,
        of: Option<&[String]>,
        out: &mut dyn FnMut(&Place, &str, &str, i64),
    ) -> Result<(), LedgerError> {
        let mut where_ = Conditions::default();
        where_.and("e.state <> 'withdrawn'", []);
        if let Some(protocols) = of {
            where_.within("e.protocol", protocols.iter().map(|id| id.as_str().into()).collect());
        }
        let sql = format!(
            "select e.id, e.protocol, e.state, e.start_at, e.ended_at, e.region, e.sector from enrolment e{}",
            where_.to_sql()
        );
        let mut cells = Vec::new();
        self.connection.for_each(&sql, &where_.params, &mut |row| {
            let enrolment = read_enrolment(&row)?;
            cells.clear();
            deltas::of_enrolment(
                &rules.snapshot,
                &rules.snapshot.model,
                (&enrolment, None),
                1,
                &mut cells,
            );
            for (cell, n) in cells.drain(..) {
                let place = (cell.sector, cell.day, cell.bucket, None);
                out(&place, &cell.region, &cell.indicator, n);
            }
            Ok(())
        })?;
        Ok(())
    }

    /// The cells of a block, kept and counted, where they differ.
    fn look_at(&mut self, rules: &Rules, block: &Block) -> Result<Vec<Miscount>, LedgerError> {
        let mut places: BTreeMap<Place, (i64, i64)> = BTreeMap::new();
        let days = block.days();
        let base = base_of(&block.indicator);
        let Some(indicator) = rules.snapshot.model.indicators.get(base).cloned() else {
            return Ok(Vec::new());
        };
        let is_dated = !matches!(indicator.kind, IndicatorKind::Enrolments { .. });
        let sql = "select sector, day, bucket, recorded_at, n from indicator_delta \
                   where region = $1 and indicator = $2 and day >= $3 and day < $4";
        let params: [Value; 4] = [
            block.region.as_str().into(),
            block.indicator.as_str().into(),
            i64::from(days.start).into(),
            i64::from(days.end).into(),
        ];
        for row in self.connection.query(sql, &params)? {
            let at = is_dated.then_some(Instant(row.int("recorded_at")?));
            let day = i32::try_from(row.int("day")?).unwrap_or(0);
            let place = (row.text("sector")?.to_owned(), day, row.text("bucket")?.to_owned(), at);
            places.entry(place).or_default().0 += row.int("n")?;
        }
        let mut embargoed = Vec::new();
        match &indicator.kind {
            IndicatorKind::Enrolments { of } => {
                self.each_enrolment(rules, Some(of), &mut |place, region, id, n| {
                    if region == block.region && id == block.indicator && days.contains(&place.1) {
                        places.entry(place.clone()).or_default().1 += n;
                    }
                })?;
            }
            kind => self.entries_of_block(rules, block, kind.registers(), &mut |cell, at, n| {
                if cell.indicator == block.indicator {
                    let (counted_at, opens_at) = cell.counted_at(at);
                    let place = (cell.sector, cell.day, cell.bucket, Some(counted_at));
                    embargoed.extend(opens_at.map(|_| place.clone()));
                    places.entry(place).or_default().1 += n;
                }
            })?,
        }
        let differ = places.into_iter().filter(|(_, (kept, counted))| kept != counted);
        let miscount = |(place, (kept, counted)): (Place, (i64, i64))| Miscount {
            indicator: block.indicator.clone(),
            region: RegionId::new(&block.region),
            is_embargoed: embargoed.contains(&place),
            sector: place.0,
            day: Day(place.1),
            bucket: place.2,
            counted_at: place.3,
            kept,
            counted,
        };
        Ok(differ.map(miscount).collect())
    }

    fn entries_of_block(
        &mut self,
        rules: &Rules,
        block: &Block,
        registers: &[String],
        out: &mut dyn FnMut(Cell, Instant, i64),
    ) -> Result<(), LedgerError> {
        let (zone, days) = (&rules.snapshot.zone, block.days());
        let mut where_ = Conditions::default();
        where_.within("e.register", registers.iter().map(|id| id.as_str().into()).collect());
        where_.and("e.act in ('new', 'correct')", []);
        where_.and("e.at >= ?", [zone.start_of(Day(days.start)).0.into()]);
        where_.and("e.at < ?", [zone.start_of(Day(days.end)).0.into()]);
        where_.and("e.region = ?", [block.region.as_str().into()]);
        for row in self.connection.query(&entries_sql(&where_), &where_.params)? {
            rules.of_row(&row, out)?;
        }
        Ok(())
    }
}

impl Rules {
    /// What an entry counts for: a cell, the moment at which it was added, and how much.
    fn of_row(&self, row: &Row, out: &mut dyn FnMut(Cell, Instant, i64)) -> Result<(), LedgerError> {
        let entry = read_entry(row)?.entry;
        let Some(counted) = self.registers.get(&entry.register) else {
            return Ok(());
        };
        let taken_out = self.taken_out.get(&entry.id.0);
        let (snapshot, register) = (&self.snapshot, &counted.register);
        deltas::of_entry(snapshot, register, &entry, &counted.indicators, &mut |cell, n| {
            for at in taken_out.into_iter().flatten() {
                out(cell.clone(), *at, -n);
            }
            out(cell, entry.recorded_at, n);
        });
        Ok(())
    }
}

/// Entries without what is sealed of them, which counts for nothing.
fn entries_sql(where_: &Conditions) -> String {
    let columns = ENTRY_SELECT.replace("e.sealed", "null as sealed");
    format!("select {columns} from entry e{}", where_.to_sql())
}

/// The indicator that a cell is of, beside whose sum it may stand.
fn base_of(indicator: &str) -> &str {
    indicator.split('~').next().unwrap_or(indicator)
}

/// Whether a kept figure is compared moment by moment; none where nothing is kept of it any more.
fn is_dated(snapshot: &Snapshot, indicator: &str) -> Option<bool> {
    let indicator = snapshot.model.indicators.get(base_of(indicator))?;
    match indicator.kind {
        IndicatorKind::Count { .. } | IndicatorKind::Sum { .. } => Some(true),
        IndicatorKind::Enrolments { .. } => Some(false),
        _ => None,
    }
}

impl Ledger {
    /// Adds to wrong cells what they lack, with a line in the audit, and forgets the sums, which [`Ledger::sum_figures`] or time makes
    /// anew. What is known of a moment in the past changes with it.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn mend_figures(&self, author: Author, wrong: Vec<Miscount>) -> Result<Reply<()>, LedgerError> {
        self.queue.submit(Exec(move |batch: &mut Batch<'_>| {
            let row = |miscount: &Miscount| -> Vec<Value> {
                let at = miscount.counted_at.unwrap_or(batch.recorded_at).0;
                vec![
                    miscount.region.as_str().into(),
                    miscount.indicator.as_str().into(),
                    miscount.sector.as_str().into(),
                    i64::from(miscount.day.0).into(),
                    miscount.bucket.as_str().into(),
                    at.into(),
                    batch.snapshot.regions.path(&miscount.region).into(),
                    (miscount.counted - miscount.kept).into(),
                    miscount.is_embargoed.then_some(at).into(),
                ]
            };
            let rows: Vec<_> = wrong.iter().map(row).collect();
            batch.connection.insert_rows(&Insert {
                table: "indicator_delta",
                columns: DELTA,
                rows: &rows,
                on_conflict: OnConflict::Add {
                    key: &DELTA_KEY,
                    sum: &["n"],
                },
            })?;
            sums::forget(batch.connection)?;
            batch.pending.audit.push(AuditLine {
                kind: "figures_mended",
                login: author.login,
                org: author.org,
                detail: serde_json::json!({ "cells": wrong.len() }),
                ..AuditLine::default()
            });
            Ok(())
        }))
    }
}
