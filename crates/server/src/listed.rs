//! Which files a unit has met in a list today: each is told to its person once a day, not at every refresh.

use lianfang_kernel::Day;
use lianfang_kernel::ids::SubjectId;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, PoisonError};

/// Remembered at most; beyond, a person may be told twice of the same day.
const REMEMBERED: usize = 500_000;

/// What was told today.
#[derive(Debug, Default)]
pub struct Listed {
    state: RandomState,
    told: Mutex<(Day, HashSet<u64>)>,
}

impl Listed {
    /// Those of `subjects` that this reader has not met in this list today, and remembers them.
    pub(crate) fn first_today(
        &self,
        today: Day,
        reader: Option<SubjectId>,
        list: &str,
        subjects: &[SubjectId],
    ) -> Vec<SubjectId> {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.0 != today || told.1.len() > REMEMBERED {
            *told = (today, HashSet::new());
        }
        let mut is_first = |id: &SubjectId| told.1.insert(self.state.hash_one((reader, list, id)));
        subjects.iter().copied().filter(|id| is_first(id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_person_is_told_once_a_day_and_list() {
        let listed = Listed::default();
        let ids = [SubjectId(Uuid::from_u128(1)), SubjectId(Uuid::from_u128(2))];
        assert_eq!(listed.first_today(Day(1), None, "today", &ids), ids);
        assert_eq!(listed.first_today(Day(1), None, "today", &ids), []);
        assert_eq!(listed.first_today(Day(1), Some(ids[0]), "today", &ids), ids);
        assert_eq!(listed.first_today(Day(1), None, "arrival", &ids), ids);
        assert_eq!(listed.first_today(Day(2), None, "today", &ids), ids);
    }
}
