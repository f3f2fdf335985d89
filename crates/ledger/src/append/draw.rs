//! Drawing lots: which sites are visited is nobody's choice, and anybody can draw again.
//!
//! Every subject of the type in the author's area gets the number SHA-256(seed ‖ id); the smallest are drawn. All have the
//! same chance, the seed stands in the entry, and whoever has the list of subjects gets the same ones.

use crate::LedgerError;
use crate::batch::Batch;
use crate::read::{Looker, Reader};
use crate::wire::NewEntry;
use lianfang_kernel::ids::{IdSource, SubjectId};
use lianfang_kernel::{Problem, RegionId, Words};
use lianfang_policy::model::{DrawnFrom, Register};
use ring::digest::{SHA256, digest};
use serde_json::Value;

/// Most subjects that one draw reads.
const MOST: usize = 100_000;

/// The entry with its drawn fields filled.
pub(super) fn fill(
    batch: &mut Batch<'_>,
    register: &Register,
    area: &RegionId,
    new: &NewEntry,
) -> Result<Result<NewEntry, Problem>, LedgerError> {
    let mut filled = new.clone();
    for draw in &register.draws {
        if new.body.get(&draw.field).is_some_and(|given| !given.is_null()) {
            return Ok(Err(not_chosen(&draw.field)));
        }
        let typed = new.body.get(&draw.seed).and_then(Value::as_str).map(str::trim);
        let seed = match typed.filter(|seed| !seed.is_empty()) {
            Some(seed) => seed.to_owned(),
            None => batch.core.vault.uuid_v7(batch.now).simple().to_string(),
        };
        // A size that is no number is told by the check of the fields.
        let size = new.body.get(&draw.size).and_then(Value::as_u64).unwrap_or(0);
        let of = match &draw.of {
            DrawnFrom::Type(of) => of.as_str(),
            DrawnFrom::Field(field) => new.body.get(field).and_then(Value::as_str).unwrap_or(""),
        };
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let drawn = drawn(batch, area, of, &seed, size)?;
        let ids = drawn.into_iter().map(|id| Value::from(id.to_string()));
        filled.body.insert(draw.field.clone(), ids.collect());
        filled.body.insert(draw.seed.clone(), seed.into());
    }
    Ok(Ok(filled))
}

fn drawn(
    batch: &mut Batch<'_>,
    area: &RegionId,
    of: &str,
    seed: &str,
    size: usize,
) -> Result<Vec<SubjectId>, LedgerError> {
    // Somebody whose file waits in this batch takes part as well.
    batch.flush_what_stands()?;
    let mut reader = Reader {
        looker: Looker::default(),
        core: batch.core,
        connection: &mut *batch.connection,
        snapshot: batch.snapshot.clone(),
        now: batch.now,
    };
    let all = reader.subjects_of_type(of, area, batch.now, MOST)?;
    Ok(smallest(seed, all, size))
}

/// The subjects with the smallest numbers, in their order.
fn smallest(seed: &str, all: Vec<SubjectId>, size: usize) -> Vec<SubjectId> {
    let number = |id: &SubjectId| {
        let text = format!("{seed}\u{1f}{id}");
        digest(&SHA256, text.as_bytes()).as_ref().to_vec()
    };
    let mut numbered: Vec<(Vec<u8>, SubjectId)> = all.into_iter().map(|id| (number(&id), id)).collect();
    numbered.sort();
    numbered.into_iter().take(size).map(|(_, id)| id).collect()
}

fn not_chosen(field: &str) -> Problem {
    let what = Words::new(
        "抽取的对象由系统抽签得出，不能填写",
        "What is drawn is drawn by lot and cannot be written",
    );
    let hint = Words::new("请去掉该字段，只填数量", "Leave the field out and say how many");
    Problem::new("field_computed", what, hint).at(field)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use uuid::Uuid;

    fn sites(n: u128) -> Vec<SubjectId> {
        (1..=n).map(|n| SubjectId(Uuid::from_u128(n << 64))).collect()
    }

    #[test]
    fn the_same_seed_draws_the_same_and_each_site_has_its_chance() {
        let all = sites(20);
        let mut backwards = all.clone();
        backwards.reverse();
        assert_eq!(smallest("a", all.clone(), 5), smallest("a", backwards, 5));
        assert_eq!(smallest("a", all.clone(), 50).len(), 20);
        let mut times: BTreeMap<SubjectId, u32> = BTreeMap::new();
        for n in 0..2_000 {
            for id in smallest(&n.to_string(), all.clone(), 5) {
                *times.entry(id).or_default() += 1;
            }
        }
        // 500 are expected of each; six standard deviations of a binomial are 116.
        assert_eq!(times.len(), 20);
        assert!(times.values().all(|n| n.abs_diff(500) < 116), "{times:?}");
    }
}
