//! Lists being linked: reading rows, counting pairs, learning, finding every pair of a weight.

use crate::address::{self, Gazetteer};
use crate::hash::Quick;
use crate::index::{Index, Search};
use crate::learn::{self, Counts, Table};
use crate::lexicon::Lexicon;
use crate::model::Model;
use crate::record::{Record, Row};
use crate::vector::{self, Vector};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

/// Records of the first list whose pairs are counted for learning.
const LEARN_FROM: usize = 150_000;
/// Parts that the work of a thread is cut into.
const PARTS_A_THREAD: usize = 8;
/// Rows that a thread reads at a time.
const ROWS_A_PART: usize = 1024;

/// A pair of records, by their places in the lists.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// Place in the first list.
    pub a: u32,
    /// Place in the second list; in one list the later of the two.
    pub b: u32,
    /// Match weight: log2 of the odds that both are of one person.
    pub weight: f32,
    pub(crate) vector: Vector,
}

/// Lists being linked.
#[derive(Debug)]
pub struct Linker {
    pub(crate) lexicon: Lexicon,
    pub(crate) lists: [Vec<Record>; 2],
    pub(crate) index: Index,
    pub(crate) is_one_list: bool,
    pub(crate) threads: usize,
}

/// Learns the names of townships and communities from addresses, before the lists are read.
pub fn learn_places<'a>(addresses: impl IntoIterator<Item = &'a str>) -> Gazetteer {
    let mut names = Gazetteer::default();
    for text in addresses {
        address::learn(&mut names, text);
    }
    names.settle();
    names
}

impl Linker {
    /// Two lists, nothing read yet. The result is the same for any number of threads.
    pub fn new(places: Gazetteer, threads: usize) -> Linker {
        Linker {
            lexicon: Lexicon::new(places),
            lists: [Vec::new(), Vec::new()],
            index: Index::default(),
            is_one_list: false,
            threads: threads.max(1),
        }
    }

    /// One list, in which the records of one person are sought.
    pub fn within_one(places: Gazetteer, threads: usize) -> Linker {
        Linker {
            is_one_list: true,
            ..Linker::new(places, threads)
        }
    }

    /// Adds rows to the first list (0) or the second (1).
    pub fn push(&mut self, list: usize, rows: &[Row<'_>]) {
        let list = if self.is_one_list { 1 } else { list.min(1) };
        // Doubling would keep half of the memory empty.
        let records = &mut self.lists[list];
        if records.capacity() - records.len() < rows.len() {
            records.reserve_exact(rows.len().max(records.len() / 8));
        }
        let places = self.lexicon.gazetteer.clone();
        let places = places.as_ref();
        let (next, parts) = (AtomicUsize::new(0), rows.len().div_ceil(ROWS_A_PART));
        let (next, lexicon) = (&next, &mut self.lexicon);
        std::thread::scope(|scope| {
            let (give, taken) = mpsc::channel();
            for _ in 0..self.threads {
                let give = give.clone();
                scope.spawn(move || {
                    loop {
                        let nth = next.fetch_add(1, Ordering::Relaxed);
                        let Some(part) = rows.chunks(ROWS_A_PART).nth(nth) else {
                            return;
                        };
                        let read: Vec<_> = part.iter().map(|row| Record::read(row, places)).collect();
                        if give.send((nth, read)).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(give);
            // What is shared is entered in the order of the rows while later rows are still being read.
            let mut waiting = BTreeMap::new();
            for nth in 0..parts {
                while !waiting.contains_key(&nth)
                    && let Ok((read, part)) = taken.recv()
                {
                    waiting.insert(read, part);
                }
                let read: Vec<(Record, _)> = waiting.remove(&nth).unwrap_or_default();
                for ((mut record, words), row) in read.into_iter().zip(&rows[nth * ROWS_A_PART..]) {
                    lexicon.enter(&mut record, row.name, words);
                    records.push(record);
                }
            }
        });
    }

    /// Ends reading: how common names and telephones are, and the index.
    pub fn settle(&mut self) {
        self.lexicon.settle();
        let lexicon = &self.lexicon;
        for list in &mut self.lists {
            let share = list.len().div_ceil(self.threads).max(1);
            std::thread::scope(|scope| {
                for part in list.chunks_mut(share) {
                    scope.spawn(move || {
                        part.iter_mut()
                            .for_each(|record| record.phone_holders = lexicon.phone_holders(record));
                    });
                }
            });
        }
        self.index = Index::build(&self.lexicon, &self.lists[1], self.threads);
    }

    /// The list that is asked about, and the list that is indexed.
    pub(crate) fn sides(&self) -> (&[Record], &[Record]) {
        let indexed = &self.lists[1];
        (if self.is_one_list { indexed } else { &self.lists[0] }, indexed)
    }

    /// Learns how the lists differ.
    pub fn learn(&self) -> Model {
        learn::learn(&self.counts())
    }

    /// How many pairs there are.
    pub(crate) fn pair_count(&self) -> f64 {
        let (a, b) = self.sides();
        match self.is_one_list {
            true => a.len() as f64 * (a.len() as f64 - 1.0) / 2.0,
            false => a.len() as f64 * b.len() as f64,
        }
    }

    fn counts(&self) -> Counts {
        let (a, b) = self.sides();
        let step = a.len().div_ceil(LEARN_FROM).max(1);
        let chosen: Vec<u32> = (0..a.len())
            .step_by(step)
            .filter_map(|at| u32::try_from(at).ok())
            .collect();
        let parts = self.in_parts(&chosen, |part| {
            let mut counts: HashMap<Vector, u64, Quick> = HashMap::default();
            self.compare_each(a, b, part, |_, _, vector| *counts.entry(vector).or_default() += 1);
            counts
        });
        Counts {
            blocked: table(parts, a.len() as f64 / chosen.len().max(1) as f64),
            others: self.drawn(),
            most: a.len().min(b.len()) as f64,
        }
    }

    /// In one list every pair is met from its first record only.
    fn is_pair(&self, a: u32, b: u32) -> bool {
        !self.is_one_list || a < b
    }

    /// Every pair of at least `least` bits, in the order of the first list.
    pub(crate) fn pairs(&self, model: &Model, least: f64) -> Vec<Link> {
        let (a, b) = self.sides();
        let all: Vec<u32> = (0..a.len()).filter_map(|at| u32::try_from(at).ok()).collect();
        let parts = self.in_parts(&all, |part| {
            let mut links = Vec::new();
            let mut known: HashMap<Vector, f64, Quick> = HashMap::default();
            self.compare_each(a, b, part, |at, other, vector| {
                let weight = *known.entry(vector).or_insert_with(|| model.weigh(vector));
                if weight >= least {
                    links.push(Link {
                        a: at,
                        b: other,
                        weight: weight as f32,
                        vector,
                    });
                }
            });
            links
        });
        parts.into_iter().flatten().collect()
    }

    /// Compares records of the first list with all candidates of the second.
    fn compare_each(&self, a: &[Record], b: &[Record], part: &[u32], mut work: impl FnMut(u32, u32, Vector)) {
        let mut search = Search::default();
        let mut views = Vec::new();
        for &at in part {
            let record = self.lexicon.view(&a[at as usize]);
            self.index.candidates(&self.lexicon, record, &mut search);
            let others = search.found.iter().filter(|other| self.is_pair(at, **other));
            // All records are looked up before the first is compared: most stand where the memory must be asked, and so its
            // answers overlap.
            views.clear();
            views.extend(others.map(|&other| (other, self.lexicon.view(&b[other as usize]))));
            for &(other, view) in &views {
                work(at, other, vector::compare(&self.lexicon, record, view));
            }
        }
    }

    /// Works on parts of a slice, as many as keep every thread busy to the end; the answers come in the order of the
    /// parts.
    pub(crate) fn in_parts<T: Send>(&self, items: &[u32], work: impl Fn(&[u32]) -> T + Sync) -> Vec<T> {
        let share = items.len().div_ceil(self.threads * PARTS_A_THREAD).max(1);
        let next = AtomicUsize::new(0);
        let (next, work) = (&next, &work);
        let mut done: Vec<(usize, T)> = std::thread::scope(|scope| {
            let one = move || {
                let mut done = Vec::new();
                loop {
                    let nth = next.fetch_add(1, Ordering::Relaxed);
                    let Some(part) = items.chunks(share).nth(nth) else {
                        return done;
                    };
                    done.push((nth, work(part)));
                }
            };
            let handles: Vec<_> = (0..self.threads).map(|_| scope.spawn(one)).collect();
            handles
                .into_iter()
                .filter_map(|handle| handle.join().ok())
                .flatten()
                .collect()
        });
        done.sort_unstable_by_key(|(nth, _)| *nth);
        done.into_iter().map(|(_, answer)| answer).collect()
    }
}

/// Counts of every thread as one sorted table: whole numbers are added before they become shares, so that the sum does
/// not depend on who counted what.
pub(crate) fn table(parts: Vec<HashMap<Vector, u64, Quick>>, scale: f64) -> Table {
    let mut sums: BTreeMap<Vector, u64> = BTreeMap::new();
    for (vector, count) in parts.into_iter().flatten() {
        *sums.entry(vector).or_default() += count;
    }
    sums.into_iter()
        .map(|(vector, count)| (vector, count as f64 * scale))
        .collect()
}
