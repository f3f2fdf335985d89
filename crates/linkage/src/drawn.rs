//! Pairs that no rule brings together, drawn from all there are, each standing for many. They tell what strangers are like.
//!
//! Two strangers of one name are rare among all pairs, and a long list has millions of them. So they are drawn apart: were
//! they left to chance, a few that happened to be drawn would decide how much a name says, and where none was drawn every
//! namesake would pass for one person.

use crate::hash::Quick;
use crate::learn::Table;
use crate::lexicon::View;
use crate::linker::{Linker, table};
use crate::record::Record;
use crate::rules::{self, Role};
use crate::vector::{self, Vector};
use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;

/// Pairs drawn from all that are possible: one for each record, but no fewer and no more than these. In lists of millions
/// few pairs are of one person, and so it matters more how seldom strangers have a birthday in common: some ten in 400,000.
const DRAWN: RangeInclusive<u64> = 400_000..=2_000_000;
/// Pairs drawn from those whose names sound alike.
const DRAWN_NAMESAKES: u64 = 200_000;

impl Linker {
    /// Pairs drawn from all; of them those that share no key.
    pub(crate) fn drawn(&self) -> Table {
        let mut sums: BTreeMap<Vector, f64> = BTreeMap::new();
        for (vector, count) in [self.drawn_from_all(), self.drawn_namesakes()].into_iter().flatten() {
            *sums.entry(vector).or_default() += count;
        }
        sums.into_iter().collect()
    }

    /// Pairs whose names do not sound alike.
    fn drawn_from_all(&self) -> Table {
        let (a, b) = self.sides();
        let columns = b.len() as u64;
        let all = a.len() as u64 * columns;
        let nth_pair = |nth: u32| {
            let pair = spread(nth, all);
            Some(((pair / columns) as usize, (pair % columns) as usize))
        };
        let is_drawn = |x: View<'_>, y: View<'_>| {
            let sound = sound_of(x);
            sound == 0 || sound != sound_of(y)
        };
        let records = a.len() as u64 + columns;
        let drawn = records.clamp(*DRAWN.start(), *DRAWN.end());
        self.strangers(drawn.min(all), self.pair_count(), &nth_pair, &is_drawn)
    }

    /// Pairs whose names sound alike.
    fn drawn_namesakes(&self) -> Table {
        let (a, b) = self.sides();
        let first = self.by_sound(a);
        let second = if self.is_one_list { Vec::new() } else { self.by_sound(b) };
        let second = if self.is_one_list { &first } else { &second };
        // Where each sound begins in both, how many have it, and how many pairs there are of the sounds before.
        let mut groups: Vec<(u64, &[Sounded], &[Sounded])> = Vec::new();
        let (mut all, mut rest) = (0, second.as_slice());
        for mine in first.chunk_by(|x, y| x.0 == y.0) {
            rest = &rest[rest.partition_point(|one| one.0 < mine[0].0)..];
            let theirs = &rest[..rest.partition_point(|one| one.0 == mine[0].0)];
            let pairs = mine.len() as u64 * (theirs.len() as u64).saturating_sub(u64::from(self.is_one_list));
            if pairs > 0 {
                groups.push((all, mine, theirs));
                all += pairs;
            }
        }
        let nth_pair = |nth: u32| {
            let pair = spread(nth, all);
            let (before, mine, theirs) = groups.get(groups.partition_point(|group| group.0 <= pair).checked_sub(1)?)?;
            let columns = theirs.len() as u64 - u64::from(self.is_one_list);
            let (x, y) = (
                ((pair - before) / columns) as usize,
                ((pair - before) % columns) as usize,
            );
            // In one list nobody is paired with himself.
            let y = y + usize::from(self.is_one_list && y >= x);
            Some((mine.get(x)?.1 as usize, theirs.get(y)?.1 as usize))
        };
        let pairs = all as f64 / if self.is_one_list { 2.0 } else { 1.0 };
        self.strangers(DRAWN_NAMESAKES.min(all), pairs, &nth_pair, &|_, _| true)
    }

    fn by_sound(&self, list: &[Record]) -> Vec<Sounded> {
        let sounded = list.iter().zip(0_u32..);
        let sounded = sounded.map(|(record, at)| (sound_of(self.lexicon.view(record)), at));
        let mut sounded: Vec<Sounded> = sounded.filter(|(sound, _)| *sound != 0).collect();
        sounded.sort_unstable();
        sounded
    }

    /// Compares `count` pairs that stand for `pairs`; those that share an open key are left out.
    fn strangers(
        &self,
        count: u64,
        pairs: f64,
        nth_pair: &(dyn Fn(u32) -> Option<(usize, usize)> + Sync),
        is_drawn: &(dyn Fn(View<'_>, View<'_>) -> bool + Sync),
    ) -> Table {
        let (a, b) = self.sides();
        let chosen: Vec<u32> = (0..u32::try_from(count).unwrap_or(0)).collect();
        let parts = self.in_parts(&chosen, |part| {
            let mut counts: HashMap<Vector, u64, Quick> = HashMap::default();
            let mut keys = Vec::with_capacity(48);
            for (x, y) in part.iter().filter_map(|nth| nth_pair(*nth)) {
                let (x, y) = (self.lexicon.view(&a[x]), self.lexicon.view(&b[y]));
                if is_drawn(x, y) && !self.share_a_key(x, y, &mut keys) {
                    *counts.entry(vector::compare(&self.lexicon, x, y)).or_default() += 1;
                }
            }
            counts
        });
        table(parts, pairs / count.max(1) as f64)
    }

    fn share_a_key(&self, a: View<'_>, b: View<'_>, keys: &mut Vec<u64>) -> bool {
        keys.clear();
        rules::keys(&self.lexicon, b, Role::Kept, &mut |_, key| keys.push(key));
        let mut shared = false;
        rules::keys(&self.lexicon, a, Role::Asked, &mut |rule, key| {
            shared = shared || (keys.contains(&key) && self.index.is_open(rule, key));
        });
        shared
    }
}

/// How a record's name sounds, and its place.
type Sounded = (u64, u32);

/// 0 where nothing is told.
fn sound_of(view: View<'_>) -> u64 {
    view.name.map_or(0, |name| name.sound_key())
}

/// The nth of many, walking evenly through all by a stride of the golden ratio of 2^64.
fn spread(nth: u32, all: u64) -> u64 {
    let at = u128::from(u64::from(nth).wrapping_mul(0x9E37_79B9_7F4A_7C15)) * u128::from(all);
    u64::try_from(at >> 64).unwrap_or(0)
}
