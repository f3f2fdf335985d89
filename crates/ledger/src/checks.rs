//! Checks at checkpoints: entries about the place, and, apart from them, which pass each was of.
//!
//! A check says nothing about who passed. So that the holder of a pass can see every check made of it, the pass's id is
//! kept as an HMAC under a key of the pass's own day. The key lies in the key store and is destroyed after fourteen days;
//! what is left then leads nowhere. Without the pass in hand nobody can make the HMAC, and no call of staff takes a pass.

use crate::LedgerError;
use crate::append::Append;
use crate::batch::{Batch, Wants};
use crate::core::Core;
use crate::seal::Vault;
use crate::wire::{AppendAnswer, Author, NewEntry};
use crate::writer::Work;
use lianfang_db::{Connection, Value};
use lianfang_kernel::Day;
use lianfang_kernel::ids::{SubjectId, derived};
use ring::hmac;

/// The register that checks go into.
pub const REGISTER: &str = "checkpoint_check";
/// Days after a pass's own day for which its key is kept.
pub const CHECK_DAYS: i64 = 14;
/// The class of the keys in the key store.
pub(crate) const CHECK_CLASS: &str = "check-day";

/// A check on its way in.
#[derive(Clone, Debug)]
pub struct NewCheck {
    /// The entry about the checkpoint.
    pub entry: NewEntry,
    /// The pass that was shown, once its signature has proved it.
    pub pass: Option<ShownPass>,
}

/// A pass as far as a check remembers it.
#[derive(Clone, Copy, Debug)]
pub struct ShownPass {
    /// Its random id.
    pub id: [u8; 16],
    /// The day it is good for.
    pub day: Day,
}

/// Checks of one call.
pub(crate) struct Checks {
    append: Append,
    passes: Vec<Option<ShownPass>>,
}

impl Checks {
    pub(crate) fn new(author: Author, checks: Vec<NewCheck>) -> Checks {
        let (entries, passes) = checks.into_iter().map(|check| (check.entry, check.pass)).unzip();
        Checks {
            append: Append { author, entries },
            passes,
        }
    }
}

impl Work for Checks {
    type Answer = AppendAnswer;

    fn wants(&self, core: &Core, wants: &mut Wants) {
        self.append.wants(core, wants);
    }

    fn run(&self, batch: &mut Batch<'_>) -> Result<AppendAnswer, LedgerError> {
        let answer = self.append.run(batch)?;
        let today = batch.snapshot.zone.day_of(batch.now);
        for ((result, entry), pass) in answer.results.iter().zip(&self.append.entries).zip(&self.passes) {
            let (Some(pass), Some(checkpoint)) = (pass, result.subject) else {
                continue;
            };
            if !result.status.is_in() {
                continue;
            }
            let Some(key) = day_key(batch, pass.day, today)? else {
                continue;
            };
            batch.pending.check_passes.push(vec![
                digest(&key, &pass.id).into(),
                entry.id.into(),
                checkpoint.0.into(),
                i64::from(pass.day.0).into(),
                entry.at.unwrap_or(batch.now).0.into(),
            ]);
        }
        Ok(answer)
    }
}

/// What stands for a pass while its day's key lives.
pub(crate) fn digest(key: &hmac::Key, pass: &[u8; 16]) -> Vec<u8> {
    hmac::sign(key, pass).as_ref().to_vec()
}

/// What stands for a day among the subjects of the key store.
pub(crate) fn day_subject(day: Day) -> SubjectId {
    SubjectId(derived(&format!("check-day\u{1f}{day}")))
}

/// The key of a day, made when it is first needed; none for a day whose key is gone or not due yet.
fn day_key(batch: &mut Batch<'_>, day: Day, today: Day) -> Result<Option<hmac::Key>, LedgerError> {
    if !(today.plus(-CHECK_DAYS)..=today.plus(1)).contains(&day) {
        return Ok(None);
    }
    if let Some(key) = batch.day_keys.get(&day) {
        return Ok(Some(key.clone()));
    }
    let key = match find_day_key(batch.keys, &batch.core.vault, day)? {
        Some(key) => key,
        None => {
            let (raw, wrapped) = batch.core.vault.new_raw_key(day_subject(day), CHECK_CLASS)?;
            let start = batch.snapshot.zone.start_of(day);
            let row = vec![
                day_subject(day).0.into(),
                CHECK_CLASS.into(),
                wrapped.into(),
                start.0.into(),
            ];
            batch.pending.keys.push(row);
            hmac::Key::new(hmac::HMAC_SHA256, &raw)
        }
    };
    batch.day_keys.insert(day, key.clone());
    Ok(Some(key))
}

/// The key of a day, while there is one.
pub(crate) fn find_day_key(keys: &mut Connection, vault: &Vault, day: Day) -> Result<Option<hmac::Key>, LedgerError> {
    let sql = "select wrapped from subject_key where subject = $1 and class = $2";
    let params = [Value::from(day_subject(day).0), CHECK_CLASS.into()];
    let Some(row) = keys.query_opt(sql, &params)? else {
        return Ok(None);
    };
    let raw = vault.unwrap_raw_key(day_subject(day), CHECK_CLASS, row.bytes("wrapped")?)?;
    Ok(Some(hmac::Key::new(hmac::HMAC_SHA256, &raw)))
}
