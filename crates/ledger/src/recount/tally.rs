//! Sums by figure, region and two months in which no two different sets of cells are alike.

use super::Place;
use crate::batch::Cell;
use lianfang_kernel::Instant;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::ops::Range;

/// Days of a block.
const DAYS: i32 = 64;

/// A part of a figure that is compared as a whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Block {
    pub indicator: String,
    pub region: String,
    at: i32,
}

impl Block {
    /// Its days.
    pub fn days(&self) -> Range<i32> {
        let first = self.at.saturating_mul(DAYS);
        first..first.saturating_add(DAYS)
    }
}

/// How much was added, and each number multiplied with the hash of its cell: both are nothing again when everything that was
/// added was taken away. The hashes are drawn anew each time, so that nobody can choose cells that make up for each other.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    n: i64,
    mark: i128,
}

impl Sum {
    fn add(&mut self, other: Sum) {
        self.n = self.n.wrapping_add(other.n);
        self.mark = self.mark.wrapping_add(other.mark);
    }
}

/// What was added, by block: blocks of a region by their figure and days.
#[derive(Debug, Default)]
pub(super) struct Tally {
    hash: RandomState,
    figures: HashMap<String, HashMap<String, HashMap<i32, Sum>>>,
}

impl Tally {
    pub fn new() -> Tally {
        Tally::default()
    }

    /// An empty one whose sums can be taken in.
    pub fn beside(&self) -> Tally {
        Tally {
            hash: self.hash.clone(),
            figures: HashMap::new(),
        }
    }

    /// Adds what was counted at a moment.
    pub fn add_cell(&mut self, cell: &Cell, at: Instant, n: i64) {
        let (counted_at, _) = cell.counted_at(at);
        let key = (cell.sector.as_str(), cell.day, cell.bucket.as_str(), Some(counted_at));
        self.add_hashed((&cell.indicator, &cell.region), cell.day, self.hash.hash_one(key), n);
    }

    /// Adds to a place of a figure and region.
    pub fn add(&mut self, figure_and_region: (&str, &str), place: &Place, n: i64) {
        let key = (place.0.as_str(), place.1, place.2.as_str(), place.3);
        self.add_hashed(figure_and_region, place.1, self.hash.hash_one(key), n);
    }

    fn add_hashed(&mut self, (figure, region): (&str, &str), day: i32, hash: u64, n: i64) {
        if !self.figures.contains_key(figure) {
            self.figures.insert(figure.to_owned(), HashMap::new());
        }
        let Some(regions) = self.figures.get_mut(figure) else {
            return;
        };
        if !regions.contains_key(region) {
            regions.insert(region.to_owned(), HashMap::new());
        }
        let Some(blocks) = regions.get_mut(region) else { return };
        let mark = i128::from(hash | 1).wrapping_mul(i128::from(n));
        blocks.entry(day.div_euclid(DAYS)).or_default().add(Sum { n, mark });
    }

    /// Adds all that another has.
    pub fn take_in(&mut self, other: Tally) {
        for (figure, regions) in other.figures {
            let own = self.figures.entry(figure).or_default();
            for (region, blocks) in regions {
                let own = own.entry(region).or_default();
                for (at, sum) in blocks {
                    own.entry(at).or_default().add(sum);
                }
            }
        }
    }

    /// The blocks in which something is left, in order.
    pub fn wrong(&self) -> Vec<Block> {
        let mut wrong = Vec::new();
        for (indicator, regions) in &self.figures {
            for (region, blocks) in regions {
                let left = blocks.iter().filter(|(_, sum)| sum.n != 0 || sum.mark != 0);
                wrong.extend(left.map(|(at, _)| Block {
                    indicator: indicator.clone(),
                    region: region.clone(),
                    at: *at,
                }));
            }
        }
        wrong.sort_unstable();
        wrong
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(day: i32, at: i64) -> Place {
        (String::new(), day, "a".to_owned(), Some(Instant(at)))
    }

    #[test]
    fn what_was_added_and_taken_away_again_in_any_order_leaves_nothing() {
        let whole = Tally::new();
        let (mut one, mut other) = (whole.beside(), whole.beside());
        for n in 0..1_000 {
            one.add(("cases", "620502"), &place(n % 300, i64::from(n)), 3);
            let last = 999 - n;
            other.add(("cases", "620502"), &place(last % 300, i64::from(last)), -3);
        }
        one.take_in(other);
        assert_eq!(one.wrong(), []);
    }

    #[test]
    fn what_makes_up_in_sum_but_not_in_place_is_found_where_it_is() {
        let mut tally = Tally::new();
        tally.add(("cases", "620502"), &place(3, 1), 1);
        tally.add(("cases", "620502"), &place(3, 2), -1);
        tally.add(("cases", "620503"), &place(70, 2), 1);
        tally.add(("cases", "620503"), &place(70, 2), -1);
        let wrong = tally.wrong();
        assert_eq!(wrong.len(), 1);
        assert_eq!((wrong[0].region.as_str(), wrong[0].days()), ("620502", 0..64));
    }
}
