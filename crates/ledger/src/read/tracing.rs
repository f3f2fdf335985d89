//! Tracing from a person, breadth first: whom they met, whom those met, hop by hop.
//!
//! A register of contacts is about the one who was met and names in a field whom it was (`contact`, field `index`). Both ways are
//! followed, and both stand in `tie`, in the file of each of the two: a hop is one question for a thousand persons, which is answered
//! from one index, and one whether anything about those who were met was changed afterwards. No person is asked for twice, and nothing
//! recurses in SQL, which would not run across shards.

use super::{Reader, Sight};
use crate::LedgerError;
use crate::rows::{ENTRY_SELECT, read_entry};
use lianfang_db::Value;
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Entry, Instant};
use lianfang_protocol::effective;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// Hops that are followed at most.
pub const MOST_HOPS: u32 = 4;
/// Persons that are followed at most.
pub const MOST_PERSONS: usize = 10_000;
/// Persons of one statement: few lengths, so that statements are prepared once.
const CHUNKS: [usize; 3] = [16, 128, 1_000];

/// From whom, through what, how far.
#[derive(Clone, Debug)]
pub struct TraceQuery {
    /// The person.
    pub start: SubjectId,
    /// The register of contacts.
    pub register: String,
    /// Its field that names whom the person was met by.
    pub field: String,
    /// Hops, [`MOST_HOPS`] at most.
    pub hops: u32,
    /// Persons, [`MOST_PERSONS`] at most.
    pub most: usize,
    /// As known then.
    pub as_of: Option<Instant>,
}

/// A person who was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reached {
    /// Who; the kept file of merged ones.
    pub subject: SubjectId,
    /// After how many hops; 0 is the start.
    pub hop: u32,
    /// Place among those reached of whom it was reached from.
    pub from: Option<usize>,
    /// When these two met last.
    pub at: Option<Instant>,
}

/// One meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Met {
    /// Who is named.
    pub index: SubjectId,
    /// Whom the entry is about.
    pub contact: SubjectId,
    /// When.
    pub at: Instant,
    /// What says so.
    pub entry: EntryId,
}

/// What tracing found.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// Everybody reached, by hop.
    pub persons: Vec<Reached>,
    /// Meetings among them. Of those who were reached last, only with those who were reached before.
    pub met: Vec<Met>,
    /// There are more than were followed.
    pub is_cut: bool,
}

/// Files that were merged into others.
#[derive(Default)]
struct Merged {
    into: HashMap<SubjectId, SubjectId>,
    from: HashMap<SubjectId, Vec<SubjectId>>,
}

impl Merged {
    fn kept(&self, mut id: SubjectId) -> SubjectId {
        for _ in 0..16 {
            match self.into.get(&id) {
                Some(into) => id = *into,
                None => break,
            }
        }
        id
    }

    /// A file and those merged into it.
    fn all(&self, id: SubjectId) -> impl Iterator<Item = SubjectId> {
        let from = self.from.get(&id).into_iter().flatten().copied();
        std::iter::once(id).chain(from)
    }
}

/// What is known so far.
#[derive(Default)]
struct Known {
    entries: HashSet<EntryId>,
    near: HashMap<SubjectId, Vec<(Instant, SubjectId)>>,
    met: Vec<Met>,
}

/// Persons, a statement at a time; the last of them stands there again until the list has one of the lengths.
fn chunks(people: &[SubjectId]) -> impl Iterator<Item = Vec<Value>> {
    let [.., longest] = CHUNKS;
    people.chunks(longest).map(move |chunk| {
        let length = CHUNKS
            .into_iter()
            .find(|length| chunk.len() <= *length)
            .unwrap_or(longest);
        let again = std::iter::repeat_n(chunk.last(), length - chunk.len()).flatten();
        chunk.iter().chain(again).map(|id| id.0.into()).collect()
    })
}

impl Reader<'_> {
    /// Everybody within some hops of a person, as far as the reader sees the meetings.
    ///
    /// # Errors
    /// The database; no such register or field.
    pub fn trace(&mut self, sight: &Sight, query: &TraceQuery) -> Result<Trace, LedgerError> {
        let register = self.snapshot.model.registers.get(&query.register).cloned();
        if register
            .and_then(|r| r.schema.field(&query.field).map(|_| ()))
            .is_none()
        {
            return Err(LedgerError::corrupt(
                "没有接触登记册或字段",
                "there is no such register of contacts",
            ));
        }
        let (hops, most) = (query.hops.min(MOST_HOPS), query.most.clamp(1, MOST_PERSONS));
        let merged = self.merged()?;
        let mut known = Known::default();
        let mut trace = Trace::default();
        let mut places: HashMap<SubjectId, usize> = HashMap::new();
        trace.persons.push(Reached {
            subject: merged.kept(query.start),
            hop: 0,
            from: None,
            at: None,
        });
        places.insert(merged.kept(query.start), 0);
        let mut done = 0;
        for hop in 1..=hops {
            let frontier: Vec<usize> = (done..trace.persons.len()).collect();
            done = trace.persons.len();
            let people: Vec<SubjectId> = frontier.iter().map(|at| trace.persons[*at].subject).collect();
            if people.is_empty() {
                break;
            }
            self.look_around(sight, query, &merged, &people, &mut known)?;
            for from in frontier {
                let mut near = known
                    .near
                    .get(&trace.persons[from].subject)
                    .cloned()
                    .unwrap_or_default();
                near.sort_unstable_by_key(|(at, id)| (*id, std::cmp::Reverse(*at)));
                near.dedup_by_key(|(_, id)| *id);
                for (at, subject) in near {
                    if places.contains_key(&subject) {
                        continue;
                    }
                    if trace.persons.len() >= most {
                        trace.is_cut = true;
                        break;
                    }
                    places.insert(subject, trace.persons.len());
                    trace.persons.push(Reached {
                        subject,
                        hop,
                        from: Some(from),
                        at: Some(at),
                    });
                }
            }
        }
        let both = |met: &Met| places.contains_key(&met.index) && places.contains_key(&met.contact);
        trace.met = known.met.into_iter().filter(both).collect();
        trace.met.sort_unstable_by_key(|met| (met.at, met.entry));
        Ok(trace)
    }

    /// Finds the meetings of these people, whoever of the two was entered.
    fn look_around(
        &mut self,
        sight: &Sight,
        query: &TraceQuery,
        merged: &Merged,
        people: &[SubjectId],
        known: &mut Known,
    ) -> Result<(), LedgerError> {
        let own: Vec<SubjectId> = people.iter().flat_map(|id| merged.all(*id)).collect();
        for chunk in chunks(&own) {
            for mut met in self.meetings(sight, query, chunk)? {
                (met.index, met.contact) = (merged.kept(met.index), merged.kept(met.contact));
                // Two who met are both asked for, in one round or in two.
                if met.index == met.contact || !known.entries.insert(met.entry) {
                    continue;
                }
                known.near.entry(met.index).or_default().push((met.at, met.contact));
                known.near.entry(met.contact).or_default().push((met.at, met.index));
                known.met.push(met);
            }
        }
        Ok(())
    }

    /// The meetings that hold of these people.
    fn meetings(&mut self, sight: &Sight, query: &TraceQuery, people: Vec<Value>) -> Result<Vec<Met>, LedgerError> {
        let mut where_ = super::Conditions::default();
        where_.and(
            "t.register = ? and t.field = ?",
            [query.register.as_str().into(), query.field.as_str().into()],
        );
        if let Sight::Region(region) = sight {
            where_.inside("t.path", &self.snapshot.regions, region);
        }
        if let Some(at) = query.as_of {
            where_.and("t.recorded_at <= ?", [at.0.into()]);
        }
        where_.within("t.subject", people);
        let sql = format!(
            "select t.subject, t.other, t.is_named, t.at, t.entry from tie t{}",
            where_.to_sql()
        );
        let mut found = Vec::new();
        for row in self.connection.query(&sql, &where_.params)? {
            let (own, other) = (SubjectId(row.uuid(0)?), SubjectId(row.uuid(1)?));
            let (index, contact) = if row.bool(2)? { (own, other) } else { (other, own) };
            found.push(Met {
                index,
                contact,
                at: Instant(row.int(3)?),
                entry: EntryId(row.uuid(4)?),
            });
        }
        let contacts: BTreeSet<SubjectId> = found.iter().map(|met| met.contact).collect();
        let contacts: Vec<SubjectId> = contacts.into_iter().collect();
        let changed = self.changed(&query.register, &contacts)?;
        if !changed.is_empty() {
            found.retain(|met| !changed.contains(&met.contact));
            found.extend(self.meetings_in_files(query, &changed)?);
        }
        // What was read from files may lie elsewhere than what led there.
        let doubtful = match self.is_seen_by_place(sight, &query.register) {
            true => changed,
            false => contacts.into_iter().collect(),
        };
        if !doubtful.is_empty() {
            let seen = self.seen(sight, &query.register, &doubtful)?;
            found.retain(|met| seen.contains(&met.entry) || !doubtful.contains(&met.contact));
        }
        Ok(found)
    }

    /// Of which of these people something in a register was corrected, ended or withdrawn: whether it holds is told by all of it.
    fn changed(&mut self, register: &str, people: &[SubjectId]) -> Result<BTreeSet<SubjectId>, LedgerError> {
        let mut changed = BTreeSet::new();
        for chunk in chunks(people) {
            let mut where_ = super::Conditions::default();
            where_.and("e.act <> 'new' and e.register = ?", [register.into()]);
            where_.within("e.subject", chunk);
            let sql = format!("select e.subject from entry e{}", where_.to_sql());
            changed.extend(self.subjects(&sql, &where_.params, "subject")?);
        }
        Ok(changed)
    }

    /// The meetings that hold in the files of these people, read whole.
    fn meetings_in_files(&mut self, query: &TraceQuery, people: &BTreeSet<SubjectId>) -> Result<Vec<Met>, LedgerError> {
        let mut where_ = super::Conditions::default();
        where_.and("e.register = ?", [query.register.as_str().into()]);
        where_.within("e.subject", people.iter().map(|id| id.0.into()).collect());
        let sql = format!("select {ENTRY_SELECT} from entry e{}", where_.to_sql());
        let rows = self.connection.query(&sql, &where_.params)?;
        let stored = rows.iter().map(read_entry).collect::<Result<Vec<_>, LedgerError>>()?;
        let entries: Vec<Arc<Entry>> = stored.into_iter().map(|stored| stored.entry).collect();
        let met = |entry: &Arc<Entry>| {
            Some(Met {
                index: entry.body.get(&query.field)?.as_str()?.parse().ok()?,
                contact: entry.subject,
                at: entry.at,
                entry: entry.id,
            })
        };
        Ok(effective(&entries, query.as_of).iter().filter_map(met).collect())
    }

    /// Whether a reader sees entries of a register by nothing but their place.
    fn is_seen_by_place(&self, sight: &Sight, register: &str) -> bool {
        let register = self.snapshot.model.registers.get(register);
        matches!(sight, Sight::All | Sight::Region(_)) && register.is_some_and(|r| r.schema.embargo.is_none())
    }

    /// The entries of a register about some people that a reader sees.
    fn seen(
        &mut self,
        sight: &Sight,
        register: &str,
        people: &BTreeSet<SubjectId>,
    ) -> Result<HashSet<EntryId>, LedgerError> {
        let mut seen = HashSet::new();
        for chunk in chunks(&people.iter().copied().collect::<Vec<_>>()) {
            let mut where_ = super::Conditions::default();
            self.see_entries(sight, &mut where_);
            where_.and("e.register = ?", [register.into()]);
            where_.within("e.subject", chunk);
            let sql = format!("select e.id from entry e{}", where_.to_sql());
            for row in self.connection.query(&sql, &where_.params)? {
                seen.insert(EntryId(row.uuid(0)?));
            }
        }
        Ok(seen)
    }

    fn merged(&mut self) -> Result<Merged, LedgerError> {
        let mut merged = Merged::default();
        // SQLite reads the whole table for `is not null`.
        let sql = "select id, merged_into from subject where merged_into > $1";
        for row in self.connection.query(sql, &[Uuid::nil().into()])? {
            merged
                .into
                .insert(SubjectId(row.uuid("id")?), SubjectId(row.uuid("merged_into")?));
        }
        for id in merged.into.keys() {
            merged.from.entry(merged.kept(*id)).or_default().push(*id);
        }
        Ok(merged)
    }
}
