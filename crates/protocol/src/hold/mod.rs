//! Who stands where and when: gaps and surplus of a hold to the minute it begins and ends, and rest that was broken.
//!
//! A stretch is cut at every begin and end of a row and at every midnight of the city, because the number wanted is asked
//! for each day. Pieces that say the same are one gap again.

mod close;
mod cover;

pub use close::{Closing, close, owners};
pub use cover::{Lack, Stretch, Turn};

use crate::facts::{Fact, History};
use lianfang_kernel::ids::EntryId;
use lianfang_kernel::{Datum, Day, Instant, Kind, SubjectView, Words};
use lianfang_policy::model::{Hold, Kinds, Overlap, Register};
use lianfang_policy::record::subject_record;
use lianfang_policy::{Env, EvalError, Expr, Snapshot};
use std::collections::{BTreeMap, BTreeSet};

/// Longest stretch that is asked about, in days.
pub const MAX_DAYS: i64 = 400;

const DAY_MS: i64 = 86_400_000;

/// The fields of `per` besides the subject, with their values.
pub type Key = Vec<(String, Datum)>;

/// The hold of one register for one subject (or for what a field of `per` names).
#[derive(Clone, Copy, Debug)]
pub struct Roster<'a> {
    /// The register.
    pub register: &'a Register,
    /// Its hold.
    pub hold: &'a Hold,
    /// What conditions may read.
    pub snapshot: &'a Snapshot,
    /// Whose rows.
    pub subject: &'a SubjectView,
}

/// A stretch in which fewer stand than must.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// Where: the fields of `per`.
    pub key: Key,
    /// The kind that lacks, where kinds are asked for.
    pub kind: Option<String>,
    /// Its first moment.
    pub from: Instant,
    /// The first moment after it.
    pub to: Instant,
    /// How many stand.
    pub have: i64,
    /// How many must.
    pub wanted: i64,
}

/// Rest that is too short, or a run that is too long.
#[derive(Clone, Debug, PartialEq)]
pub struct Broken {
    /// Who.
    pub who: Datum,
    /// Begin of the run, or of the rest.
    pub from: Instant,
    /// Its end.
    pub to: Instant,
    /// Whether it is a run without rest; otherwise a rest that is too short.
    pub run: bool,
}

/// A row: from when to when who stands.
#[derive(Clone, Debug)]
struct Row {
    from: Instant,
    to: Instant,
    origin: EntryId,
    record: Datum,
}

/// What a day asks for.
#[derive(Clone, Copy, Debug)]
struct Need {
    min: i64,
    max: Option<i64>,
}

/// A piece of a stretch in which nothing changes.
struct Piece<'r> {
    from: Instant,
    to: Instant,
    day: Day,
    rows: Vec<&'r Row>,
}

impl<'a> Roster<'a> {
    /// The hold of a register; none when it has none.
    pub fn of(register: &'a Register, snapshot: &'a Snapshot, subject: &'a SubjectView) -> Option<Roster<'a>> {
        let hold = register.hold.as_ref()?;
        Some(Roster {
            register,
            hold,
            snapshot,
            subject,
        })
    }

    /// The facts of a history that belong to this hold.
    pub fn facts<'h>(&self, history: &'h History) -> Vec<&'h Fact> {
        let register = self.register.schema.id.as_str();
        let links: Vec<&str> = self.links().collect();
        let belongs = |fact: &&Fact| {
            let names = |field: &&str| {
                let id = fact.record.get(field).and_then(Datum::as_text);
                id.and_then(|id| id.parse().ok()).is_some_and(|id| history.is_self(id))
            };
            &*fact.register == register
                && if self.hold.per_subject() {
                    history.is_self(fact.subject)
                } else {
                    links.iter().any(names)
                }
        };
        history.facts.iter().filter(belongs).collect()
    }

    fn links(&self) -> impl Iterator<Item = &'a str> {
        let (register, hold) = (self.register, self.hold);
        hold.per.iter().map(String::as_str).filter(move |name| {
            register
                .schema
                .field(name)
                .is_some_and(|field| matches!(field.kind, Kind::Subject(_)))
        })
    }

    /// Where fewer stand than must, from `window.0` up to `window.1`, by key and time.
    ///
    /// # Errors
    /// `too_many`: the window is longer than [`MAX_DAYS`]; what a condition of the hold met with.
    pub fn gaps(&self, facts: &[&Fact], window: (Instant, Instant)) -> Result<Vec<Gap>, EvalError> {
        bounded(window)?;
        let rows = self.rows(facts);
        let mut gaps = Vec::new();
        for key in self.keys(&rows) {
            let rows = self.held(&rows, &key);
            let needs = &mut BTreeMap::new();
            let mut found: Vec<Gap> = Vec::new();
            for piece in self.pieces(&rows, window) {
                if let Some(need) = self.need(&key, piece.day, needs)? {
                    self.lacking(&key, &piece, need, &mut found);
                }
            }
            gaps.append(&mut found);
        }
        gaps.sort_by(|a, b| (a.from, &a.kind).cmp(&(b.from, &b.kind)));
        Ok(gaps)
    }

    /// Where more stand than may, at each begin: (from, how many, at most).
    fn surplus(
        &self,
        rows: &[Row],
        key: &Key,
        window: (Instant, Instant),
    ) -> Result<Vec<(Instant, i64, i64)>, EvalError> {
        let needs = &mut BTreeMap::new();
        let mut found = Vec::new();
        for piece in self.pieces(rows, window) {
            let Some(most) = self.most(key, piece.day, needs)? else {
                continue;
            };
            let have = self.count(&piece.rows);
            if have > most {
                found.push((piece.from, have, most));
            }
        }
        Ok(found)
    }

    fn lacking(&self, key: &Key, piece: &Piece<'_>, need: Need, found: &mut Vec<Gap>) {
        let mut lacks = |kind: Option<&str>, have: i64, wanted: i64| {
            let same = found.iter_mut().rev().find(|gap| {
                gap.to == piece.from && gap.kind.as_deref() == kind && (gap.have, gap.wanted) == (have, wanted)
            });
            match same {
                Some(gap) => gap.to = piece.to,
                None => found.push(Gap {
                    key: key.clone(),
                    kind: kind.map(str::to_owned),
                    from: piece.from,
                    to: piece.to,
                    have,
                    wanted,
                }),
            }
        };
        let have = self.count(&piece.rows);
        if have < need.min {
            lacks(None, have, need.min);
        }
        if let Some(Kinds::Counts { field, counts }) = &self.hold.kinds {
            for (code, wanted) in counts {
                let of_kind: Vec<&Row> = piece
                    .rows
                    .iter()
                    .filter(|row| row.record.get(field).and_then(Datum::as_text) == Some(code))
                    .copied()
                    .collect();
                let have = self.count(&of_kind);
                if have < *wanted {
                    lacks(Some(code), have, *wanted);
                }
            }
        }
    }

    /// How many stand: the same person twice is one.
    fn count(&self, rows: &[&Row]) -> i64 {
        let count = match &self.hold.distinct {
            None => rows.len(),
            Some(field) => rows
                .iter()
                .filter_map(|row| row.record.get(field).map(Datum::to_string))
                .collect::<BTreeSet<String>>()
                .len(),
        };
        i64::try_from(count).unwrap_or(i64::MAX)
    }

    fn rows(&self, facts: &[&Fact]) -> Vec<Row> {
        let row = |fact: &&Fact| {
            let moment = |name: &str| fact.record.get(name).and_then(Datum::as_int).map(Instant);
            Row {
                from: moment("from").unwrap_or(fact.entry.at),
                to: moment("to").unwrap_or(Instant::MAX),
                origin: fact.origin,
                record: fact.record.clone(),
            }
        };
        facts.iter().map(row).collect()
    }

    /// The rows of one key, in order; where one too many ends the one before it, each ends when the next begins.
    fn held(&self, rows: &[Row], key: &Key) -> Vec<Row> {
        let mut held: Vec<Row> = rows.iter().filter(|row| self.key(row) == *key).cloned().collect();
        held.sort_by_key(|row| (row.from, row.origin));
        if self.hold.overlap == Overlap::EndPrevious {
            for index in 1..held.len() {
                let next = held[index].from;
                let before = &mut held[index - 1];
                before.to = before.to.min(next);
            }
        }
        held.retain(|row| row.from < row.to);
        held
    }

    fn key(&self, row: &Row) -> Key {
        let fields = self.hold.per.iter().filter(|part| *part != "subject");
        fields
            .map(|field| (field.clone(), row.record.get(field).cloned().unwrap_or_default()))
            .collect()
    }

    /// Every key that is or could be held: codes are taken from their lists, so that a post nobody stands at is a gap and
    /// not silence; other fields from the rows.
    fn keys(&self, rows: &[Row]) -> Vec<Key> {
        let mut keys: Vec<Key> = vec![Vec::new()];
        for field in self.hold.per.iter().filter(|part| *part != "subject") {
            let values: Vec<Datum> = match self.register.schema.field(field).map(|field| &field.kind) {
                Some(Kind::Code { list }) => {
                    let list = self.snapshot.model.lists.get(list);
                    let codes = list.into_iter().flat_map(|list| &list.values);
                    codes.map(|code| Datum::text(&code.id)).collect()
                }
                _ => {
                    let mut seen: Vec<Datum> = Vec::new();
                    for value in rows.iter().filter_map(|row| row.record.get(field)) {
                        if !seen.contains(value) {
                            seen.push(value.clone());
                        }
                    }
                    seen
                }
            };
            keys = keys
                .iter()
                .flat_map(|key| {
                    values.iter().map(move |value| {
                        let mut key = key.clone();
                        key.push((field.clone(), value.clone()));
                        key
                    })
                })
                .collect();
        }
        keys
    }

    /// The pieces of a window between which nothing changes.
    fn pieces<'r>(&self, rows: &'r [Row], (from, to): (Instant, Instant)) -> Vec<Piece<'r>> {
        let zone = &self.snapshot.zone;
        let mut edges: BTreeSet<Instant> = BTreeSet::from([from, to]);
        edges.extend(
            rows.iter()
                .flat_map(|row| [row.from, row.to])
                .filter(|at| from < *at && *at < to),
        );
        let mut day = zone.day_of(from);
        for _ in 0..=MAX_DAYS {
            day = day.plus(1);
            let midnight = zone.start_of(day);
            if midnight >= to {
                break;
            }
            edges.insert(midnight);
        }
        let edges: Vec<Instant> = edges.into_iter().collect();
        edges
            .windows(2)
            .map(|edge| Piece {
                from: edge[0],
                to: edge[1],
                day: zone.day_of(edge[0]),
                rows: rows
                    .iter()
                    .filter(|row| row.from <= edge[0] && edge[0] < row.to)
                    .collect(),
            })
            .collect()
    }

    /// What a day asks for at a key; none on a day that need not be held.
    fn need(&self, key: &Key, day: Day, known: &mut BTreeMap<i32, Option<Need>>) -> Result<Option<Need>, EvalError> {
        if let Some(need) = known.get(&day.0) {
            return Ok(*need);
        }
        let covered = match &self.hold.cover {
            None => true,
            Some(cover) => self.eval(cover, key, day)?.as_bool().unwrap_or(true),
        };
        let need = if covered {
            let min = self.number(self.hold.min.as_ref(), key, day)?.unwrap_or(0);
            let max = self.number(self.hold.max.as_ref(), key, day)?;
            Some(Need { min, max })
        } else {
            None
        };
        known.insert(day.0, need);
        Ok(need)
    }

    /// The most that may stand holds on every day, also on one that need not be held.
    fn most(&self, key: &Key, day: Day, known: &mut BTreeMap<i32, Option<Need>>) -> Result<Option<i64>, EvalError> {
        match self.need(key, day, known)? {
            Some(need) => Ok(need.max),
            None => self.number(self.hold.max.as_ref(), key, day),
        }
    }

    fn number(&self, expr: Option<&Expr>, key: &Key, day: Day) -> Result<Option<i64>, EvalError> {
        match expr {
            None => Ok(None),
            Some(expr) => Ok(self.eval(expr, key, day)?.as_int()),
        }
    }

    fn eval(&self, expr: &Expr, key: &Key, day: Day) -> Result<Datum, EvalError> {
        let mut vars: Vec<(&str, Datum)> = vec![
            ("subject", subject_record(self.subject)),
            ("day", Datum::Int(i64::from(day.0))),
        ];
        vars.extend(key.iter().map(|(name, value)| (name.as_str(), value.clone())));
        let at = self.snapshot.zone.start_of(day);
        expr.eval(&Env {
            vars: &vars,
            snapshot: self.snapshot,
            engine: None,
            region: Some(&self.subject.region),
            at,
            now: at,
        })
    }

    /// Rest that is too short and runs that are too long, of those that touch the window.
    ///
    /// # Errors
    /// What a condition of the hold met with.
    pub fn rest_broken(&self, facts: &[&Fact], (from, to): (Instant, Instant)) -> Result<Vec<Broken>, EvalError> {
        let Some(rest) = &self.hold.rest else {
            return Ok(Vec::new());
        };
        let mut by_who: BTreeMap<String, (Datum, Vec<(Instant, Instant)>)> = BTreeMap::new();
        for row in self.rows(facts) {
            if let Some(who) = row.record.get(&rest.of) {
                let held = by_who
                    .entry(who.to_string())
                    .or_insert_with(|| (who.clone(), Vec::new()));
                held.1.push((row.from, row.to));
            }
        }
        let mut broken = Vec::new();
        for (who, spans) in by_who.into_values() {
            let runs = runs(spans);
            for (index, run) in runs.iter().enumerate() {
                let day = self.snapshot.zone.day_of(run.0);
                let longest = self.number(rest.run_at_most.as_ref(), &Key::new(), day)?;
                if longest.is_some_and(|longest| run.1.0.saturating_sub(run.0.0) > longest) {
                    broken.push(told(&who, *run, true));
                }
                let least = self.number(rest.at_least.as_ref(), &Key::new(), day)?;
                if let (Some(next), Some(least)) = (runs.get(index + 1), least)
                    && next.0.0.saturating_sub(run.1.0) < least
                {
                    broken.push(told(&who, (run.1, next.0), false));
                }
            }
        }
        broken.retain(|one| one.from < to && from < one.to);
        broken.sort_by_key(|one| one.from);
        Ok(broken)
    }

    /// What a look with `fold = "hold"` sees.
    pub(crate) fn record(&self, facts: &[&Fact], window: (Instant, Instant)) -> Result<Datum, EvalError> {
        let gaps = self.gaps(facts, window)?;
        let broken = self.rest_broken(facts, window)?;
        let rows = self.rows(facts);
        let inside = rows.iter().filter(|row| row.from < window.1 && window.0 < row.to);
        Ok(Datum::record([
            ("gaps", Datum::list(gaps.iter().map(Gap::record))),
            ("rest_broken", Datum::list(broken.iter().map(Broken::record))),
            ("count", Datum::Int(i64::try_from(inside.count()).unwrap_or(i64::MAX))),
        ]))
    }
}

fn told(who: &Datum, (from, to): (Instant, Instant), run: bool) -> Broken {
    Broken {
        who: who.clone(),
        from,
        to,
        run,
    }
}

/// Spans of one person as runs: what meets or overlaps is one.
fn runs(mut spans: Vec<(Instant, Instant)>) -> Vec<(Instant, Instant)> {
    spans.sort();
    let mut runs: Vec<(Instant, Instant)> = Vec::with_capacity(spans.len());
    for (from, to) in spans {
        match runs.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => runs.push((from, to)),
        }
    }
    runs
}

fn bounded((from, to): (Instant, Instant)) -> Result<(), EvalError> {
    if to.0.saturating_sub(from.0) <= MAX_DAYS * DAY_MS {
        return Ok(());
    }
    let message = Words::new("时段超过{n}天", "the stretch is longer than {n} days").with("n", MAX_DAYS);
    Err(EvalError {
        code: "too_many",
        message,
    })
}

impl Gap {
    /// As conditions see it.
    fn record(&self) -> Datum {
        let kind = self.kind.as_deref().unwrap_or("");
        let fields = [
            ("from", Datum::Int(self.from.0)),
            ("to", Datum::Int(self.to.0)),
            ("have", Datum::Int(self.have)),
            ("wanted", Datum::Int(self.wanted)),
            ("kind", Datum::text(kind)),
        ];
        let key = self.key.iter().map(|(name, value)| (name.as_str(), value.clone()));
        Datum::record(key.chain(fields))
    }
}

impl Broken {
    fn record(&self) -> Datum {
        Datum::record([
            ("who", self.who.clone()),
            ("from", Datum::Int(self.from.0)),
            ("to", Datum::Int(self.to.0)),
            ("run", Datum::Bool(self.run)),
        ])
    }
}
