//! Keys of a list in one sorted array. A look-up finds the records of a key in two places of memory; the array serves
//! whole lists and single questions alike. Records that came later stand in a small map beside it.

use crate::hash::Quick;
use crate::lexicon::{Lexicon, View};
use crate::record::Record;
use crate::rules::{self, Role, Rule};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

/// Keys of a record that buckets are reckoned with, and keys to a bucket. Only speed depends on them.
const KEYS_EACH: usize = 20;
const KEYS_A_BUCKET: usize = 4;

/// One key of one record: above the bits of the key that its bucket does not tell, below the place of the record.
type Entry = u64;

fn entry(key: u64, record: u32) -> Entry {
    key << 32 | u64::from(record)
}

fn tag_of(entry: Entry) -> u64 {
    entry >> 32
}

fn record_of(entry: Entry) -> u32 {
    u32::try_from(entry & 0xFFFF_FFFF).unwrap_or(u32::MAX)
}

/// Records by key.
#[derive(Debug, Default)]
pub(crate) struct Index {
    entries: Vec<Entry>,
    /// Where each bucket begins; one more than there are buckets.
    starts: Vec<u32>,
    shift: u32,
    later: HashMap<u64, Vec<u32>, Quick>,
}

impl Index {
    /// Builds the index of a list in two rounds: count, then place. Threads share both; that each bucket is sorted at the
    /// end makes the order in which they came not matter.
    pub fn build(lexicon: &Lexicon, records: &[Record], threads: usize) -> Index {
        let bits = (records.len() * KEYS_EACH / KEYS_A_BUCKET).max(2).ilog2();
        let shift = 64 - bits;
        let counts: Vec<AtomicU32> = std::iter::repeat_with(|| AtomicU32::new(0)).take(1 << bits).collect();
        each_key(lexicon, records, threads, &|key, _| {
            counts[(key >> shift) as usize].fetch_add(1, Relaxed);
        });
        // What was the count of a bucket becomes the place of its next key.
        let mut starts = Vec::with_capacity(counts.len() + 1);
        let mut total = 0u32;
        for count in &counts {
            starts.push(total);
            total += count.swap(total, Relaxed);
        }
        starts.push(total);
        let entries: Vec<AtomicU64> = std::iter::repeat_with(|| AtomicU64::new(0))
            .take(total as usize)
            .collect();
        each_key(lexicon, records, threads, &|key, record| {
            let place = counts[(key >> shift) as usize].fetch_add(1, Relaxed);
            entries[place as usize].store(entry(key, record), Relaxed);
        });
        drop(counts);
        let mut entries: Vec<Entry> = entries.into_iter().map(AtomicU64::into_inner).collect();
        sort_buckets(&mut entries, &starts, threads);
        Index {
            entries,
            starts,
            shift,
            later: HashMap::default(),
        }
    }

    /// Adds a record; it is found at once.
    pub fn insert(&mut self, lexicon: &Lexicon, record: &Record, at: u32) {
        rules::keys(lexicon, lexicon.view(record), Role::Kept, &mut |_, key| {
            self.later.entry(key).or_default().push(at)
        });
    }

    /// Where the keys of a bucket stand.
    fn bucket(&self, key: u64) -> (u32, u32) {
        let starts = self.starts.get((key >> self.shift) as usize..);
        starts
            .and_then(|starts| starts.first_chunk::<2>())
            .map_or((0, 0), |&[from, to]| (from, to))
    }

    /// The records of a key in its bucket; none when they are more than `most`. A block of ten thousand, which a common
    /// name has in a long list, is told by one look and not counted.
    fn block(&self, (from, to): (u32, u32), key: u64, most: usize) -> Option<&[Entry]> {
        let bucket = &self.entries[from as usize..to as usize];
        let tag = tag_of(entry(key, 0));
        let rest = &bucket[bucket.partition_point(|entry| tag_of(*entry) < tag)..];
        let is_of_key = |entry: &&Entry| tag_of(**entry) == tag;
        match rest.get(most).filter(is_of_key) {
            Some(_) => None,
            None => Some(&rest[..rest.iter().take_while(is_of_key).count()]),
        }
    }

    fn later(&self, key: u64) -> &[u32] {
        match self.later.is_empty() {
            true => &[],
            false => self.later.get(&key).map_or(&[], Vec::as_slice),
        }
    }

    /// The records of a key, unless they are too many to be compared.
    fn open(&self, bucket: (u32, u32), rule: Rule, key: u64) -> Option<(&[Entry], &[u32])> {
        let later = self.later(key);
        let most = rules::most(rule).checked_sub(later.len())?;
        Some((self.block(bucket, key, most)?, later))
    }

    /// Whether records of this key are compared.
    pub fn is_open(&self, rule: Rule, key: u64) -> bool {
        self.open(self.bucket(key), rule, key).is_some()
    }

    /// Finds the records that share an open key, each once, in order.
    ///
    /// All buckets are looked for before the first is read, so that the memory's answers overlap.
    pub fn candidates(&self, lexicon: &Lexicon, view: View<'_>, search: &mut Search) {
        search.keys.clear();
        search.found.clear();
        let keys = &mut search.keys;
        rules::keys(lexicon, view, Role::Asked, &mut |rule, key| {
            keys.push((rule, key, (0, 0)));
        });
        for (_, key, bucket) in &mut search.keys {
            *bucket = self.bucket(*key);
        }
        for &(rule, key, bucket) in &search.keys {
            if let Some((block, later)) = self.open(bucket, rule, key) {
                search.found.extend(block.iter().map(|entry| record_of(*entry)));
                search.found.extend_from_slice(later);
            }
        }
        search.found.sort_unstable();
        search.found.dedup();
    }
}

/// Room for one look-up after the other.
#[derive(Debug, Default)]
pub(crate) struct Search {
    /// What was found last.
    pub found: Vec<u32>,
    keys: Vec<(Rule, u64, (u32, u32))>,
}

/// Gives every key of every record to `work`, from several threads at once.
fn each_key(lexicon: &Lexicon, records: &[Record], threads: usize, work: &(impl Fn(u64, u32) + Sync)) {
    let share = records.len().div_ceil(threads.max(1)).max(1);
    std::thread::scope(|scope| {
        for (nth, part) in records.chunks(share).enumerate() {
            scope.spawn(move || {
                for (at, record) in part.iter().enumerate() {
                    let at = u32::try_from(nth * share + at).unwrap_or(u32::MAX);
                    rules::keys(lexicon, lexicon.view(record), Role::Kept, &mut |_, key| work(key, at));
                }
            });
        }
    });
}

fn sort_buckets(entries: &mut [Entry], starts: &[u32], threads: usize) {
    let buckets = starts.len() - 1;
    let share = buckets.div_ceil(threads.max(1)).max(1);
    std::thread::scope(|scope| {
        let mut rest = entries;
        for part in starts[..buckets]
            .chunks(share)
            .enumerate()
            .map(|(n, _)| n * share..((n + 1) * share).min(buckets))
        {
            let base = starts[part.start] as usize;
            let (mine, others) = rest.split_at_mut(starts[part.end] as usize - base);
            rest = others;
            scope.spawn(move || {
                for bucket in part {
                    mine[starts[bucket] as usize - base..starts[bucket + 1] as usize - base].sort_unstable();
                }
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Gazetteer;
    use crate::record::Row;

    #[test]
    fn records_are_found_by_what_they_share_also_those_that_came_later() {
        let mut lexicon = Lexicon::new(Gazetteer::default());
        let mut read = |name: &str, phone: &str| {
            lexicon.read(&Row {
                name,
                phone,
                ..Row::default()
            })
        };
        let records = [
            read("张三", "13800138000"),
            read("李四", "13900139000"),
            read("王五", "13700137000"),
        ];
        let (asked, came_later) = (read("李思", "13800138000"), read("赵六", "13800138000"));
        lexicon.settle();
        let mut index = Index::build(&lexicon, &records, 2);
        let mut search = Search::default();
        index.candidates(&lexicon, lexicon.view(&asked), &mut search);
        assert_eq!(search.found, [0, 1]);
        index.insert(&lexicon, &came_later, 3);
        index.candidates(&lexicon, lexicon.view(&asked), &mut search);
        assert_eq!(search.found, [0, 1, 3]);
    }

    #[test]
    fn a_key_of_too_many_is_closed_and_one_of_just_enough_is_not() {
        let mut lexicon = Lexicon::new(Gazetteer::default());
        let most = u32::try_from(rules::most(Rule::Plate)).unwrap();
        let row = Row {
            plate: "鲁R12345",
            ..Row::default()
        };
        for (kept, came_later, open) in [
            (most, 0, true),
            (most + 1, 0, false),
            (most - 1, 1, true),
            (most, 1, false),
        ] {
            let records: Vec<_> = (0..kept).map(|_| lexicon.read(&row)).collect();
            let asked = lexicon.read(&row);
            let mut index = Index::build(&lexicon, &records, 2);
            (0..came_later).for_each(|at| index.insert(&lexicon, &asked, kept + at));
            let mut search = Search::default();
            index.candidates(&lexicon, lexicon.view(&asked), &mut search);
            let expected = if open { most as usize } else { 0 };
            assert_eq!(search.found.len(), expected, "{kept} {came_later}");
        }
    }
}
