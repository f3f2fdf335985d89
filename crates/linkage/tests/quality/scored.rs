//! Two lists with the true pairs, linked and held against them.

use crate::lists;
use lianfang_linkage::{Gazetteer, Link, Linker, Model, Row, learn_places};
use std::collections::HashSet;

/// The cells of a row by [`Row::COLUMNS`].
pub type Cells = [String; 8];

pub struct Lists {
    pub a: Vec<Cells>,
    pub b: Vec<Cells>,
    pub truth: HashSet<(String, String)>,
}

pub fn row(cells: &Cells) -> Row<'_> {
    Row::of(|at| &cells[at])
}

impl Lists {
    /// Lists of the generator.
    pub fn make(length: usize, seed: u64, mix: &str) -> Lists {
        let mut written: [Vec<u8>; 3] = Default::default();
        lists::write_lists([length; 2], seed, mix, &mut written).unwrap();
        let [a, b, truth] = written.map(|bytes| {
            let mut reader = csv::Reader::from_reader(bytes.as_slice());
            reader.records().collect::<Result<Vec<_>, _>>().unwrap()
        });
        let cells = |records: Vec<csv::StringRecord>| {
            records
                .iter()
                .map(|r| std::array::from_fn(|at| r[at].to_owned()))
                .collect()
        };
        Lists {
            a: cells(a),
            b: cells(b),
            truth: truth
                .iter()
                .map(|pair| (pair[0].to_owned(), pair[1].to_owned()))
                .collect(),
        }
    }

    pub fn places(&self) -> Gazetteer {
        learn_places(self.a.iter().chain(&self.b).map(|cells| cells[7].as_str()))
    }

    pub fn link(&self, threads: usize) -> (Linker, Model, Vec<Link>) {
        let mut linker = Linker::new(self.places(), threads);
        for (at, list) in [&self.a, &self.b].into_iter().enumerate() {
            linker.push(at, &list.iter().map(row).collect::<Vec<_>>());
        }
        linker.settle();
        let model = linker.learn();
        let links = linker.link(&model, -10.0);
        (linker, model, links)
    }

    pub fn is_true(&self, link: &Link) -> bool {
        let pair = (self.a[link.a as usize][0].clone(), self.b[link.b as usize][0].clone());
        self.truth.contains(&pair)
    }

    /// Best F1 over all thresholds.
    pub fn best_f1(&self, links: &[Link]) -> f64 {
        let mut found = 0.0;
        let mut best = 0.0f64;
        for (at, link) in links.iter().enumerate() {
            found += f64::from(u8::from(self.is_true(link)));
            best = best.max(2.0 * found / (at as f64 + 1.0 + self.truth.len() as f64));
        }
        best
    }

    /// Precision and recall of the links of at least this weight.
    pub fn achieved(&self, links: &[Link], weight: f64) -> (f64, f64) {
        let taken: Vec<&Link> = links.iter().filter(|link| f64::from(link.weight) >= weight).collect();
        let hits = taken.iter().filter(|link| self.is_true(link)).count() as f64;
        (hits / taken.len() as f64, hits / self.truth.len() as f64)
    }
}
