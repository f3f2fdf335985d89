//! Places for a picture of chains: time across, generations down, every cluster a block of its own.
//!
//! Places are lanes, counted from the top. Two cases of one lane are never closer than the days asked for, so that marks of a
//! size never cover one another; whoever infected stands above whom it infected; and the same cases in any order have the
//! same places.

use lianfang_kernel::Day;
use std::collections::BTreeSet;

/// A case to be placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What tells it from others: cases of the same day are ordered by it.
    pub id: String,
    /// Where it stands across; one without a day stands in a column of its own, before all days.
    pub day: Option<Day>,
    /// Its block, from 0: its cluster.
    pub block: usize,
    /// Its row within the block, from 0: its generation.
    pub row: usize,
    /// Place of whom it was infected by, in an earlier row of the same block.
    pub from: Option<usize>,
}

/// A row of a block: a generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its block.
    pub block: usize,
    /// Which of the block.
    pub row: usize,
    /// Its first lane.
    pub lane: usize,
    /// How many lanes it has.
    pub lanes: usize,
}

/// Where everything stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The lane of each item.
    pub lanes: Vec<usize>,
    /// The rows, from the top.
    pub rows: Vec<Row>,
    /// Lanes of the whole picture, with one left free between blocks.
    pub height: usize,
}

/// Places the items. `gap_days` is the least distance of two in one lane, at least one.
///
/// ```
/// use lianfang_epi::layout::{Item, lay};
/// let item = |id: &str, row, from| Item { id: id.to_owned(), day: None, block: 0, row, from };
/// let placed = lay(&[item("a", 0, None), item("b", 1, Some(0)), item("c", 1, Some(0))], 1);
/// assert_eq!((placed.lanes, placed.height), (vec![0, 1, 2], 3));
/// ```
pub fn lay(items: &[Item], gap_days: i64) -> Layout {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by(|a, b| {
        let key = |at: usize| (items[at].block, items[at].row);
        key(*a).cmp(&key(*b))
    });
    let mut layout = Layout {
        lanes: vec![0; items.len()],
        ..Layout::default()
    };
    let mut last_block = None;
    for row in order.chunk_by(|a, b| (items[*a].block, items[*a].row) == (items[*b].block, items[*b].row)) {
        let Some(first) = row.first().map(|at| &items[*at]) else {
            continue;
        };
        if last_block.is_some_and(|block| block != first.block) {
            layout.height += 1;
        }
        last_block = Some(first.block);
        let lanes = place_row(items, row, gap_days.max(1), &mut layout);
        layout.rows.push(Row {
            block: first.block,
            row: first.row,
            lane: layout.height,
            lanes,
        });
        layout.height += lanes;
    }
    layout
}

/// Places one row from the lane reached so far, brothers and sisters together, each in the first lane that is free around its
/// day. Gives how many lanes it took.
fn place_row(items: &[Item], row: &[usize], gap_days: i64, layout: &mut Layout) -> usize {
    let mut row = row.to_vec();
    let above = |at: usize| {
        items[at]
            .from
            .map(|from| (layout.lanes.get(from).copied(), items.get(from).map(|i| &i.id)))
    };
    row.sort_by(|a, b| {
        let key = |at: usize| (above(at), items[at].day, &items[at].id);
        key(*a).cmp(&key(*b))
    });
    let mut taken: Vec<(BTreeSet<i64>, bool)> = Vec::new();
    for at in row {
        let is_free = |(days, has_unknown): &(BTreeSet<i64>, bool)| match items[at].day {
            Some(day) => {
                let day = i64::from(day.0);
                days.range(day - gap_days + 1..day + gap_days).next().is_none()
            }
            None => !has_unknown,
        };
        let lane = taken.iter().position(is_free).unwrap_or_else(|| {
            taken.push((BTreeSet::new(), false));
            taken.len() - 1
        });
        match items[at].day {
            Some(day) => drop(taken[lane].0.insert(i64::from(day.0))),
            None => taken[lane].1 = true,
        }
        layout.lanes[at] = layout.height + lane;
    }
    taken.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chains::{Case, chains};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// Cases of any days in chains without rings, as items.
    fn items(list: &[(Option<u8>, usize)]) -> Vec<Item> {
        let first = Day::parse("2020-02-01").expect("a day");
        let cases: Vec<Case> = list
            .iter()
            .enumerate()
            .map(|(i, (day, _))| Case {
                id: format!("c{i:03}"),
                onset: day.map(|day| first.plus(i64::from(day))),
            })
            .collect();
        let pairs: Vec<(String, String)> = list
            .iter()
            .enumerate()
            .filter(|(i, (_, from))| from < i)
            .map(|(i, (_, from))| (cases[*from].id.clone(), cases[i].id.clone()))
            .collect();
        let found = chains(&cases, &pairs).expect("no ring");
        found
            .links
            .iter()
            .map(|link| Item {
                id: cases[link.case].id.clone(),
                day: cases[link.case].onset,
                block: link.cluster,
                row: link.generation,
                from: link.infector,
            })
            .collect()
    }

    proptest! {
        #[test]
        fn marks_never_meet_and_time_and_generations_keep_their_order(
            list in proptest::collection::vec((proptest::option::of(0_u8..40), 0_usize..80), 1..80),
            gap in 1_i64..6,
        ) {
            let items = items(&list);
            let placed = lay(&items, gap);
            let mut seen: BTreeMap<usize, Vec<Option<Day>>> = BTreeMap::new();
            for (item, lane) in items.iter().zip(&placed.lanes) {
                for other in seen.entry(*lane).or_default().iter() {
                    match (item.day, other) {
                        (Some(a), Some(b)) => prop_assert!(a.until(*b).abs() >= gap),
                        (None, None) => prop_assert!(false, "two without a day in one lane"),
                        _ => {}
                    }
                }
                seen.entry(*lane).or_default().push(item.day);
                if let Some(from) = item.from {
                    prop_assert!(placed.lanes[from] < *lane, "whoever infected stands above");
                }
                let row = placed.rows.iter().find(|row| row.block == item.block && row.row == item.row);
                prop_assert!(row.is_some_and(|row| (row.lane..row.lane + row.lanes).contains(lane)));
            }
            prop_assert!(placed.lanes.iter().all(|lane| *lane < placed.height));
        }

        #[test]
        fn the_order_of_the_list_changes_nothing(
            list in proptest::collection::vec((proptest::option::of(0_u8..20), 0_usize..40), 1..40),
        ) {
            let items = items(&list);
            let placed = lay(&items, 2);
            let n = items.len();
            let turned: Vec<Item> = items
                .iter()
                .rev()
                .map(|item| Item { from: item.from.map(|from| n - 1 - from), ..item.clone() })
                .collect();
            let mut lanes = lay(&turned, 2).lanes;
            lanes.reverse();
            prop_assert_eq!(lanes, placed.lanes);
        }
    }
}
