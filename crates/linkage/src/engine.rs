//! Two lists, or one, linked.

use crate::address::{self, Gazetteer};
use crate::index::Index;
use crate::learn::{self, Table};
use crate::lexicon::Lexicon;
use crate::model::Model;
use crate::record::{Record, Row};
use crate::rules;
use crate::vector::{self, Vector};
use std::collections::{BTreeMap, HashMap};

/// Records of the first list whose pairs are counted for learning.
const LEARN_FROM: usize = 150_000;
/// Pairs drawn from all that are possible.
const DRAWN: u64 = 1_500_000;

/// A pair of records, by their places in the lists.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// Place in the first list.
    pub a: u32,
    /// Place in the second list.
    pub b: u32,
    /// Match weight: log2 of the odds that both are of one person.
    pub weight: f32,
    pub(crate) vector: Vector,
}

/// Lists being linked.
#[derive(Debug)]
pub struct Linker {
    lexicon: Lexicon,
    lists: [Vec<Record>; 2],
    index: Index,
    threads: usize,
}

/// Learns the names of places from addresses, before the lists are read.
pub fn learn_places<'a>(addresses: impl IntoIterator<Item = &'a str>) -> Gazetteer {
    let mut names = Gazetteer::default();
    for text in addresses {
        address::learn(&mut names, text);
    }
    names.settle();
    names
}

impl Linker {
    /// Nothing read yet. The result is the same for any number of threads.
    pub fn new(places: Gazetteer, threads: usize) -> Linker {
        Linker {
            lexicon: Lexicon::new(places),
            lists: [Vec::new(), Vec::new()],
            index: Index::default(),
            threads: threads.max(1),
        }
    }

    /// Adds a row to the first list (0) or the second (1).
    pub fn push(&mut self, list: usize, row: &Row<'_>) {
        let record = self.lexicon.read(row);
        self.lists[list.min(1)].push(record);
    }

    /// Ends reading.
    pub fn settle(&mut self) {
        self.lexicon.settle();
        for record in self.lists.iter_mut().flatten() {
            record.phone_holders = self.lexicon.phone_holders(record);
        }
        self.index = Index::build(&self.lexicon, &self.lists[1], self.threads);
    }

    /// Learns how the lists differ.
    pub fn learn(&self) -> Model {
        let table = self.table();
        let likely = 0.3 * self.lists[0].len().min(self.lists[1].len()) as f64;
        learn::learn(&table, likely)
    }

    fn table(&self) -> Table {
        let [a, b] = &self.lists;
        let step = a.len().div_ceil(LEARN_FROM).max(1);
        let chosen: Vec<u32> = (0..a.len()).step_by(step).filter_map(|at| u32::try_from(at).ok()).collect();
        let counts = self.in_parts(&chosen, |part| {
            let mut counts: HashMap<Vector, u64> = HashMap::new();
            let mut found = Vec::new();
            for &at in part {
                let record = &a[at as usize];
                self.index.candidates(&self.lexicon, record, &mut found);
                for &other in &found {
                    *counts.entry(vector::compare(&self.lexicon, record, &b[other as usize])).or_default() += 1;
                }
            }
            counts
        });
        let mut table: BTreeMap<Vector, f64> = BTreeMap::new();
        let scale = a.len() as f64 / chosen.len().max(1) as f64;
        for (vector, count) in counts.into_iter().flatten() {
            *table.entry(vector).or_default() += count as f64 * scale;
        }
        let (rows, columns) = (a.len() as u64, b.len() as u64);
        let all = rows * columns;
        let drawn = DRAWN.min(all);
        let weight = all as f64 / drawn.max(1) as f64;
        for nth in 0..drawn {
            // A stride that shares no factor with most lengths walks through all pairs evenly.
            let pair = (u128::from(nth) * 0x9E37_79B9_7F4A_7C15 % u128::from(all)) as u64;
            let (x, y) = (&a[(pair / columns) as usize], &b[(pair % columns) as usize]);
            if !self.share_a_key(x, y) {
                *table.entry(vector::compare(&self.lexicon, x, y)).or_default() += weight;
            }
        }
        table.into_iter().collect()
    }

    fn share_a_key(&self, a: &Record, b: &Record) -> bool {
        let mut keys = Vec::with_capacity(32);
        rules::keys(&self.lexicon, b, &mut |_, key| keys.push(key));
        let mut shared = false;
        rules::keys(&self.lexicon, a, &mut |rule, key| {
            shared = shared || (keys.contains(&key) && self.index.is_open(rule, key));
        });
        shared
    }

    /// Every pair of at least `least` bits, the heaviest first.
    pub fn link(&self, model: &Model, least: f64) -> Vec<Link> {
        let [a, b] = &self.lists;
        let all: Vec<u32> = (0..a.len()).filter_map(|at| u32::try_from(at).ok()).collect();
        let parts = self.in_parts(&all, |part| {
            let mut links = Vec::new();
            let mut found = Vec::new();
            let mut known: HashMap<Vector, f64> = HashMap::new();
            for &at in part {
                let record = &a[at as usize];
                self.index.candidates(&self.lexicon, record, &mut found);
                for &other in &found {
                    let vector = vector::compare(&self.lexicon, record, &b[other as usize]);
                    let weight = *known.entry(vector).or_insert_with(|| model.weigh(vector).0);
                    if weight >= least {
                        links.push(Link { a: at, b: other, weight: weight as f32, vector });
                    }
                }
            }
            links
        });
        let mut links: Vec<Link> = parts.into_iter().flatten().collect();
        links.sort_by(|x, y| y.weight.total_cmp(&x.weight).then((x.a, x.b).cmp(&(y.a, y.b))));
        links
    }

    /// Works on equal parts of a slice, one a thread; the answers come in the order of the parts.
    fn in_parts<T: Send>(&self, items: &[u32], work: impl Fn(&[u32]) -> T + Sync) -> Vec<T> {
        let share = items.len().div_ceil(self.threads).max(1);
        std::thread::scope(|scope| {
            let handles: Vec<_> = items.chunks(share).map(|part| scope.spawn(|| work(part))).collect();
            handles.into_iter().filter_map(|handle| handle.join().ok()).collect()
        })
    }
}
