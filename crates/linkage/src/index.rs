//! Keys of a list in one sorted array. A look-up finds the records of a key in two places of memory; the array serves
//! whole lists and single questions alike. Records that came later stand in a small map beside it.

use crate::lexicon::{Lexicon, View};
use crate::record::Record;
use crate::rules::{self, Role, Rule};
use std::collections::HashMap;

/// One key of one record: the bits of the key that its bucket does not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    tag: u32,
    record: u32,
}

/// Records by key.
#[derive(Debug, Default)]
pub(crate) struct Index {
    entries: Vec<Entry>,
    /// Where each bucket begins; one more than there are buckets.
    starts: Vec<u32>,
    shift: u32,
    later: HashMap<u64, Vec<u32>>,
}

impl Index {
    /// Builds the index of a list in two rounds: count, then place. `threads` sort the buckets.
    pub fn build(lexicon: &Lexicon, records: &[Record], threads: usize) -> Index {
        let mut total = 0usize;
        for record in records {
            rules::keys(lexicon, lexicon.view(record), Role::Kept, &mut |_, _| total += 1);
        }
        // About four keys a bucket.
        let bits = (total / 4).max(2).ilog2();
        let shift = 64 - bits;
        let mut starts = vec![0u32; (1 << bits) + 1];
        for record in records {
            rules::keys(lexicon, lexicon.view(record), Role::Kept, &mut |_, key| {
                starts[(key >> shift) as usize + 1] += 1
            });
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut entries = vec![Entry::default(); total];
        for (at, record) in records.iter().enumerate() {
            let record_at = u32::try_from(at).unwrap_or(u32::MAX);
            rules::keys(lexicon, lexicon.view(record), Role::Kept, &mut |_, key| {
                let place = &mut next[(key >> shift) as usize];
                entries[*place as usize] = Entry {
                    tag: tag(key),
                    record: record_at,
                };
                *place += 1;
            });
        }
        drop(next);
        sort_buckets(&mut entries, &starts, threads);
        Index {
            entries,
            starts,
            shift,
            later: HashMap::new(),
        }
    }

    /// Adds a record; it is found at once.
    pub fn insert(&mut self, lexicon: &Lexicon, record: &Record, at: u32) {
        rules::keys(lexicon, lexicon.view(record), Role::Kept, &mut |_, key| {
            self.later.entry(key).or_default().push(at)
        });
    }

    fn block(&self, key: u64) -> &[Entry] {
        let Some(&[from, to]) = self
            .starts
            .get((key >> self.shift) as usize..)
            .and_then(|s| s.first_chunk::<2>())
        else {
            return &[];
        };
        let bucket = &self.entries[from as usize..to as usize];
        let tag = tag(key);
        let first = bucket.partition_point(|entry| entry.tag < tag);
        let length = bucket[first..].iter().take_while(|entry| entry.tag == tag).count();
        &bucket[first..first + length]
    }

    fn later(&self, key: u64) -> &[u32] {
        self.later.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Whether records of this key are compared.
    pub fn is_open(&self, rule: Rule, key: u64) -> bool {
        self.block(key).len() + self.later(key).len() <= rules::most(rule)
    }

    /// The records that share an open key, each once, in order.
    pub fn candidates(&self, lexicon: &Lexicon, view: View<'_>, found: &mut Vec<u32>) {
        found.clear();
        rules::keys(lexicon, view, Role::Asked, &mut |rule, key| {
            let (block, later) = (self.block(key), self.later(key));
            if block.len() + later.len() <= rules::most(rule) {
                found.extend(block.iter().map(|entry| entry.record));
                found.extend_from_slice(later);
            }
        });
        found.sort_unstable();
        found.dedup();
    }
}

fn tag(key: u64) -> u32 {
    u32::try_from(key & 0xFFFF_FFFF).unwrap_or(0)
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
        let mut found = Vec::new();
        index.candidates(&lexicon, lexicon.view(&asked), &mut found);
        assert_eq!(found, [0, 1]);
        index.insert(&lexicon, &came_later, 3);
        index.candidates(&lexicon, lexicon.view(&asked), &mut found);
        assert_eq!(found, [0, 1, 3]);
    }
}
