//! Records of one person gathered. Every merge is logged, and can be taken back.

use std::collections::BTreeMap;

/// Two clusters became one.
#[derive(Clone, Debug, PartialEq)]
pub struct Merge {
    /// The cluster that stays: the one whose first record came earlier.
    pub kept: u32,
    /// The cluster that was taken in.
    pub absorbed: u32,
    /// The records that moved.
    pub moved: Vec<u32>,
    /// The weight of the pair that joined them, in bits.
    pub weight: f32,
}

/// Why a merge cannot be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the records have been moved again since: take the later merges back first")]
pub struct MovedSince;

/// Clusters by the place of their earliest record, so that a cluster keeps its id when records come later.
#[derive(Clone, Debug, Default)]
pub struct Clusters {
    of: Vec<u32>,
    members: BTreeMap<u32, Vec<u32>>,
    log: Vec<Merge>,
}

impl Clusters {
    /// Every record by itself.
    pub fn new(records: u32) -> Clusters {
        Clusters {
            of: (0..records).collect(),
            members: BTreeMap::new(),
            log: Vec::new(),
        }
    }

    /// The cluster of a record; itself for one that is not known.
    pub fn of(&self, record: u32) -> u32 {
        self.of.get(record as usize).copied().unwrap_or(record)
    }

    /// Clusters of two records and more, with their records in order.
    pub fn several(&self) -> impl Iterator<Item = (u32, &[u32])> {
        self.members.iter().map(|(id, records)| (*id, records.as_slice()))
    }

    /// Every merge in the order it was made.
    pub fn log(&self) -> &[Merge] {
        &self.log
    }

    /// Puts two records into one cluster; nothing happens when they are in one already, or are not known.
    pub fn join(&mut self, x: u32, y: u32, weight: f32) {
        if self.of.len() <= x.max(y) as usize {
            return;
        }
        let (kept, absorbed) = (self.of(x).min(self.of(y)), self.of(x).max(self.of(y)));
        if kept == absorbed {
            return;
        }
        let moved = self.members.remove(&absorbed).unwrap_or_else(|| vec![absorbed]);
        moved.iter().for_each(|record| self.of[*record as usize] = kept);
        let members = self.members.entry(kept).or_insert_with(|| vec![kept]);
        members.extend_from_slice(&moved);
        members.sort_unstable();
        self.log.push(Merge {
            kept,
            absorbed,
            moved,
            weight,
        });
    }

    /// Takes a merge back.
    ///
    /// # Errors
    /// [`MovedSince`] when its records are no longer all in the cluster it made.
    pub fn undo(&mut self, merge: &Merge) -> Result<(), MovedSince> {
        let at = self.log.iter().position(|logged| logged == merge).ok_or(MovedSince)?;
        if merge.moved.iter().any(|record| self.of(*record) != merge.kept) {
            return Err(MovedSince);
        }
        self.log.remove(at);
        merge
            .moved
            .iter()
            .for_each(|record| self.of[*record as usize] = merge.absorbed);
        if let Some(members) = self.members.get_mut(&merge.kept) {
            members.retain(|record| !merge.moved.contains(record));
            if members.len() < 2 {
                self.members.remove(&merge.kept);
            }
        }
        if merge.moved.len() > 1 {
            self.members.insert(merge.absorbed, merge.moved.clone());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cluster_is_named_by_its_earliest_record() {
        let mut clusters = Clusters::new(5);
        clusters.join(4, 2, 9.0);
        clusters.join(2, 1, 8.0);
        assert_eq!([1, 2, 4].map(|record| clusters.of(record)), [1, 1, 1]);
        assert_eq!(clusters.several().collect::<Vec<_>>(), [(1, [1, 2, 4].as_slice())]);
        clusters.join(1, 4, 7.0);
        clusters.join(1, 99, 7.0);
        assert_eq!(clusters.log().len(), 2);
    }

    #[test]
    fn a_merge_under_a_later_one_is_not_taken_back() {
        let mut clusters = Clusters::new(5);
        clusters.join(3, 4, 9.0);
        clusters.join(1, 3, 8.0);
        let (first, second) = (clusters.log()[0].clone(), clusters.log()[1].clone());
        assert_eq!(clusters.undo(&first), Err(MovedSince));
        assert_eq!(clusters.undo(&second), Ok(()));
        assert_eq!(clusters.undo(&first), Ok(()));
        assert_eq!(clusters.several().count(), 0);
    }

    proptest! {
        #[test]
        fn taking_every_merge_back_leaves_every_record_by_itself(pairs in proptest::collection::vec((0u32..20, 0u32..20), 0..30)) {
            let mut clusters = Clusters::new(20);
            pairs.iter().for_each(|(x, y)| clusters.join(*x, *y, 1.0));
            while let Some(last) = clusters.log().last().cloned() {
                prop_assert_eq!(clusters.undo(&last), Ok(()));
            }
            prop_assert!((0..20).all(|record| clusters.of(record) == record));
            prop_assert_eq!(clusters.several().count(), 0);
        }
    }
}
