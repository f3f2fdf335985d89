//! Cycles among named things.

use std::collections::{BTreeMap, BTreeSet};

/// A cycle, beginning and ending at the same name; `None` when there is none.
pub(super) fn find_cycle<'n>(edges: &BTreeMap<&'n str, Vec<&'n str>>) -> Option<Vec<&'n str>> {
    let mut settled: BTreeSet<&str> = BTreeSet::new();
    for start in edges.keys() {
        let mut path: Vec<(&str, usize)> = vec![(start, 0)];
        while let Some((here, next)) = path.last_mut() {
            let targets = edges.get(here).map_or(&[][..], Vec::as_slice);
            let Some(target) = targets.get(*next).copied() else {
                settled.insert(here);
                path.pop();
                continue;
            };
            *next += 1;
            if let Some(from) = path.iter().position(|(name, _)| *name == target) {
                let mut cycle: Vec<&str> = path[from..].iter().map(|(name, _)| *name).collect();
                cycle.push(target);
                return Some(cycle);
            }
            if !settled.contains(target) {
                path.push((target, 0));
            }
        }
    }
    None
}

/// Whether one name leads to another, directly or through others, or is it.
pub(super) fn reaches(edges: &BTreeMap<&str, Vec<&str>>, from: &str, to: &str) -> bool {
    let (mut seen, mut open) = (BTreeSet::from([from]), vec![from]);
    while let Some(here) = open.pop() {
        if here == to {
            return true;
        }
        let next = edges.get(here).into_iter().flatten().copied();
        open.extend(next.filter(|next| seen.insert(next)));
    }
    false
}

/// The names so ordered that each stands after those it points to. Names of a cycle stand in any order.
pub(super) fn ordered<'n>(edges: &BTreeMap<&'n str, Vec<&'n str>>) -> Vec<&'n str> {
    let mut done: Vec<&str> = Vec::new();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for start in edges.keys() {
        let mut path: Vec<(&str, usize)> = Vec::new();
        if seen.insert(start) {
            path.push((start, 0));
        }
        while let Some((here, next)) = path.last_mut() {
            let targets = edges.get(here).map_or(&[][..], Vec::as_slice);
            match targets.get(*next).copied() {
                Some(target) => {
                    *next += 1;
                    if edges.contains_key(target) && seen.insert(target) {
                        path.push((target, 0));
                    }
                }
                None => {
                    done.push(here);
                    path.pop();
                }
            }
        }
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_is_told_with_its_path() {
        let edges = BTreeMap::from([("a", vec!["b"]), ("b", vec!["c"]), ("c", vec!["b"]), ("d", vec!["a"])]);
        assert_eq!(find_cycle(&edges), Some(vec!["b", "c", "b"]));
        let tree = BTreeMap::from([("a", vec!["b", "c"]), ("b", vec!["c"]), ("c", vec![])]);
        assert_eq!(find_cycle(&tree), None);
        assert_eq!(ordered(&tree), ["c", "b", "a"]);
    }
}
