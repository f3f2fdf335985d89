//! Coverage of time: which stretches must be held, and which of them are short.

use super::{Gap, Key, Roster, bounded};
use crate::facts::Fact;
use lianfang_kernel::ids::EntryId;
use lianfang_kernel::{Day, Instant};
use lianfang_policy::EvalError;
use lianfang_policy::model::Kinds;
use std::collections::BTreeMap;

/// A stretch of one day that must be held, and is so throughout or nowhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    /// Where: the fields of `per`.
    pub key: Key,
    /// Its first moment.
    pub from: Instant,
    /// The first moment after it.
    pub to: Instant,
    /// What lacks; none where enough stand.
    pub lacks: Option<Lack>,
}

/// What lacks in a stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// The kind that lacks, where kinds are asked for.
    pub kind: Option<String>,
    /// How many stand.
    pub have: i64,
    /// How many must.
    pub wanted: i64,
}

impl Stretch {
    /// How many whole minutes it lasts.
    pub fn minutes(&self) -> i64 {
        self.to.0.saturating_sub(self.from.0).div_euclid(60_000)
    }
}

/// From when to when a row stands at a place, as it holds: where one too many ends the one before, until that one begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// Where: the fields of `per`.
    pub key: Key,
    /// Its first moment.
    pub from: Instant,
    /// The first moment after it; [`Instant::MAX`] when nobody said.
    pub to: Instant,
    /// The first version of the entry.
    pub origin: EntryId,
}

impl Roster<'_> {
    /// Who stands in a window, by key and time.
    pub fn turns(&self, facts: &[&Fact], (from, to): (Instant, Instant)) -> Vec<Turn> {
        let rows = self.rows(facts);
        let keys = self.keys(&rows).into_iter();
        keys.flat_map(|key| {
            let held = self.held(&rows, &key).into_iter();
            let turn = |row: super::Row| Turn {
                key: key.clone(),
                from: row.from,
                to: row.to,
                origin: row.origin,
            };
            held.filter(|row| row.from < to && from < row.to)
                .map(turn)
                .collect::<Vec<_>>()
        })
        .collect()
    }

    /// What must be held from `window.0` up to `window.1`, by key and time; days on which nobody must stand are left
    /// out.
    ///
    /// # Errors
    /// Those of [`gaps`](Roster::gaps).
    pub fn stretches(&self, facts: &[&Fact], window: (Instant, Instant)) -> Result<Vec<Stretch>, EvalError> {
        bounded(window)?;
        let rows = self.rows(facts);
        let asks_kinds = matches!(self.hold.kinds, Some(Kinds::Counts { .. }));
        let mut all = Vec::new();
        for key in self.keys(&rows) {
            let rows = self.held(&rows, &key);
            let needs = &mut BTreeMap::new();
            let mut found: Vec<(Day, Stretch)> = Vec::new();
            for piece in self.pieces(&rows, window) {
                let Some(need) = self.need(&key, piece.day, needs)? else {
                    continue;
                };
                if need.min < 1 && !asks_kinds {
                    continue;
                }
                let mut gaps: Vec<Gap> = Vec::new();
                self.lacking(&key, &piece, need, &mut gaps);
                let lacks = gaps.into_iter().next().map(|gap| Lack {
                    kind: gap.kind,
                    have: gap.have,
                    wanted: gap.wanted,
                });
                match found.last_mut() {
                    Some((day, last)) if *day == piece.day && last.to == piece.from && last.lacks == lacks => {
                        last.to = piece.to;
                    }
                    _ => found.push((
                        piece.day,
                        Stretch {
                            key: key.clone(),
                            from: piece.from,
                            to: piece.to,
                            lacks,
                        },
                    )),
                }
            }
            all.extend(found.into_iter().map(|(_, stretch)| stretch));
        }
        Ok(all)
    }
}
