//! What other packs would do to the subjects of this ledger: each is planned twice and nothing is written.
//!
//! Subjects are read in parts, planned by as many threads as there are processors, and let go: the memory is that of the
//! sums. Every thread reads on a connection of its own.

use super::files::Files;
use super::{Conditions, Reader};
use crate::LedgerError;
use crate::ledger::Ledger;
use crate::replan::HORIZON_MS;
use lianfang_db::Value;
use lianfang_kernel::Instant;
use lianfang_kernel::ids::SubjectId;
use lianfang_policy::Snapshot;
use lianfang_policy::difference::Touched;
use lianfang_policy::model::{EnrolSource, Model};
use lianfang_protocol::preview::{Preview, Window};
use lianfang_protocol::{History, PlanInput, plan_ahead};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Subjects read in one round.
const CHUNK: usize = 250;

/// What is to be previewed.
#[derive(Clone, Debug)]
pub struct PreviewQuery {
    /// The packs as they would be.
    pub then: Arc<Model>,
    /// What is different.
    pub touched: Touched,
    /// First day, and how many.
    pub first: lianfang_kernel::Day,
    /// How many days.
    pub days: i64,
}

/// The two sides of a comparison.
struct Sides {
    now: Snapshot,
    then: Snapshot,
    /// Whether facts look the same on both.
    same_facts: bool,
    /// The moment both plans are for.
    at: Instant,
    window: Window,
}

impl Ledger {
    /// What would become of whom if other packs were in force. Long work: call it where blocking is allowed.
    /// `progress` is told how many subjects of how many are done.
    ///
    /// # Errors
    /// The database.
    pub fn preview(&self, query: &PreviewQuery, progress: &(dyn Fn(u64, u64) + Sync)) -> Result<Preview, LedgerError> {
        let sides = self.read(|reader| Ok(reader.sides(query)))?;
        let ids = self.read(|reader| reader.may_be_touched(query, &sides))?;
        let chunks: Vec<&[SubjectId]> = ids.chunks(CHUNK).collect();
        let (next, done, all) = (AtomicUsize::new(0), AtomicUsize::new(0), ids.len());
        let work = || -> Result<Preview, LedgerError> {
            let mut sum = Preview::default();
            while let Some(chunk) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
                self.read(|reader| reader.preview_chunk(&sides, chunk, &mut sum))?;
                let done = done.fetch_add(chunk.len(), Ordering::Relaxed) + chunk.len();
                progress(u64::try_from(done).unwrap_or(0), u64::try_from(all).unwrap_or(0));
            }
            Ok(sum)
        };
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let parts: Vec<Result<Preview, LedgerError>> = std::thread::scope(|scope| {
            let handles: Vec<_> = (0..threads.min(chunks.len())).map(|_| scope.spawn(work)).collect();
            handles
                .into_iter()
                .map(|handle| handle.join().unwrap_or(Err(LedgerError::Stopped)))
                .collect()
        });
        let mut sum = Preview::default();
        for part in parts {
            sum.join(part?);
        }
        Ok(sum)
    }
}

impl Reader<'_> {
    fn sides(&self, query: &PreviewQuery) -> Sides {
        let zone = self.snapshot.zone.clone();
        let with = |model: &Model| {
            let mut model = model.clone();
            model
                .protocols
                .retain(|protocol| query.touched.planned.contains(&protocol.id));
            let mut snapshot = Snapshot::clone(&self.snapshot);
            snapshot.model = Arc::new(model);
            snapshot
        };
        let (now, then) = (&self.snapshot.model.registers, &query.then.registers);
        let same_facts = now.len() == then.len()
            && now
                .iter()
                .all(|(id, register)| then.get(id).is_some_and(|other| other.schema == register.schema));
        Sides {
            same_facts,
            at: self.now.max(zone.start_of(query.first)),
            window: Window {
                zone,
                first: query.first,
                days: query.days,
                protocols: query.touched.protocols.clone(),
            },
            now: with(&self.snapshot.model),
            then: with(&query.then),
        }
    }

    /// Everybody for whom the two plans may differ, ordered.
    fn may_be_touched(&mut self, query: &PreviewQuery, sides: &Sides) -> Result<Vec<SubjectId>, LedgerError> {
        let above: Vec<Value> = query.touched.above.iter().map(|id| id.as_str().into()).collect();
        let settled = sides.at.plus_ms(-HORIZON_MS);
        let mut ids: BTreeSet<SubjectId> = BTreeSet::new();
        let mut where_ = Conditions::default();
        where_.within("protocol", above);
        where_.and("(state = 'active' or ended_at >= ?)", [settled.0.into()]);
        self.collect("select distinct subject from enrolment", &where_, &mut ids)?;
        // What was said before a version begins enrols nobody in it.
        let since = query.touched.begins_on.map(|day| sides.window.zone.start_of(day));
        let since = since.unwrap_or(settled);
        let (mut registers, mut types) = (BTreeSet::new(), BTreeSet::new());
        let sources = with_those_enrolled(&sides.then.model, &query.touched.above);
        for protocol in &sides.then.model.protocols {
            if !sources.contains(protocol.id.as_str()) {
                continue;
            }
            match &protocol.enrol.source {
                EnrolSource::On(on) => registers.extend(on.iter().map(String::as_str)),
                EnrolSource::Set(set) => types.extend(narrower(&sides.then.model, &set.of)),
                EnrolSource::Campaign(campaign) => types.extend(narrower(&sides.then.model, &campaign.set.of)),
                EnrolSource::Enrolled(_) | EnrolSource::Started => {}
            }
        }
        if !registers.is_empty() && since <= self.now {
            let mut where_ = Conditions::default();
            where_.within("e.register", registers.into_iter().map(Value::from).collect());
            where_.and("e.at >= ?", [since.0.into()]);
            let sql =
                "select distinct l.subject from entry e join link l on l.entry = e.id and l.entry_subject = e.subject";
            self.collect(sql, &where_, &mut ids)?;
        }
        if !types.is_empty() {
            let mut where_ = Conditions::default();
            where_.within("kind_type", types.into_iter().map(Value::from).collect());
            where_.and("merged_into is null", []);
            self.collect("select id as subject from subject", &where_, &mut ids)?;
        }
        Ok(ids.into_iter().collect())
    }

    fn collect(&mut self, sql: &str, where_: &Conditions, ids: &mut BTreeSet<SubjectId>) -> Result<(), LedgerError> {
        let sql = format!("{sql}{}", where_.to_sql());
        self.connection.for_each(&sql, &where_.params, &mut |row| {
            ids.insert(SubjectId(row.uuid("subject")?));
            Ok(())
        })?;
        Ok(())
    }

    fn preview_chunk(&mut self, sides: &Sides, ids: &[SubjectId], sum: &mut Preview) -> Result<(), LedgerError> {
        let files = self.files_to_plan(ids, (&sides.now, &[&sides.then]), sides.at, None)?;
        let others = (!sides.same_facts).then(|| {
            let anew = files.0.iter().map(|(id, history)| {
                let (subject, aliases) = (history.subject.clone(), history.aliases.clone());
                let anew = History::new(subject, history.all.clone(), None, &sides.then).with_aliases(aliases);
                (*id, anew)
            });
            Files(anew.collect())
        });
        let then_files = others.as_ref().unwrap_or(&files);
        for id in ids {
            let (Some(history), Some(then_history)) = (files.0.get(id), then_files.0.get(id)) else {
                continue;
            };
            let horizon = Some(sides.at.plus_ms(-HORIZON_MS));
            let input = |history, others, snapshot| PlanInput {
                history,
                others,
                snapshot,
                now: sides.at,
                horizon,
            };
            let now = plan_ahead(&input(history, &files, &sides.now), sides.window.days);
            let then = plan_ahead(&input(then_history, then_files, &sides.then), sides.window.days);
            sum.add(&sides.window, &now, &then);
        }
        Ok(())
    }
}

/// A type and its narrower ones, as they stand in the store.
fn narrower<'m>(model: &'m Model, of: &'m str) -> Vec<&'m str> {
    let known = model.types.keys().map(String::as_str);
    let mut found: Vec<&str> = known.filter(|id| model.is_a(id, of)).collect();
    found.push(of);
    found
}

/// The protocols, with those whose enrolled others of them enrol.
fn with_those_enrolled<'m>(model: &'m Model, ids: &'m BTreeSet<String>) -> BTreeSet<&'m str> {
    let mut all: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
    // Later ones of the order stand on earlier ones.
    for over in model.over_enrolled.iter().rev() {
        if all.contains(over.as_str()) {
            all.extend(
                model
                    .editions(over)
                    .flat_map(|edition| match &edition.enrol.source {
                        EnrolSource::Enrolled(set) => set.protocols.as_slice(),
                        _ => &[],
                    })
                    .map(String::as_str),
            );
        }
    }
    all
}
