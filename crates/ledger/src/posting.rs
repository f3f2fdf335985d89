//! Postings: lines on accounts, their sums, and whether what is moved was there.

use crate::LedgerError;
use crate::append::resolve::through_merges;
use crate::batch::Batch;
use crate::read::Conditions;
use crate::watch::{Moved, note};
use lianfang_db::Value;
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Act, Entry, Instant, Problem, RegionId, Words, unscaled};
use lianfang_policy::model::{Account, Register};
use lianfang_policy::{Env, subject_record};
use lianfang_protocol::BalancePlace;
use lianfang_protocol::posting::lines;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What stands at one place: account, holder, item, lot; no item and no lot are the nil id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Standing {
    pub holder: SubjectId,
    pub account: String,
    pub item: Uuid,
    pub lot: Uuid,
}

/// A line on its way into the store.
#[derive(Clone, Debug)]
pub(crate) struct Posted {
    standing: Standing,
    amount: i64,
    entry: EntryId,
    /// The entry that was there first, of which this is a correction; itself otherwise.
    origin: EntryId,
    line: usize,
    register: String,
    at: Instant,
    recorded_at: Instant,
    region: RegionId,
    path: String,
    sector: String,
}

impl Posted {
    /// Its row of [`rows::POSTING_LINE`](crate::rows::POSTING_LINE).
    pub(crate) fn row(&self) -> Vec<Value> {
        vec![
            self.standing.holder.0.into(),
            self.entry.0.into(),
            i64::try_from(self.line).unwrap_or(i64::MAX).into(),
            self.origin.0.into(),
            self.standing.account.as_str().into(),
            self.standing.item.into(),
            self.standing.lot.into(),
            self.register.as_str().into(),
            self.at.0.into(),
            self.recorded_at.0.into(),
            self.region.as_str().into(),
            self.path.as_str().into(),
            self.sector.as_str().into(),
            self.amount.into(),
        ]
    }
}

/// What lines add to each sum, as rows of [`rows::BALANCE`](crate::rows::BALANCE).
pub(crate) fn changes(posted: &[Posted]) -> Vec<Vec<Value>> {
    let mut changes: BTreeMap<&Standing, i64> = BTreeMap::new();
    for line in posted {
        *changes.entry(&line.standing).or_default() += line.amount;
    }
    let row = |(standing, amount): (&Standing, i64)| {
        vec![
            standing.holder.0.into(),
            standing.account.as_str().into(),
            standing.item.into(),
            standing.lot.into(),
            amount.into(),
        ]
    };
    changes
        .into_iter()
        .filter(|(_, amount)| *amount != 0)
        .map(row)
        .collect()
}

/// Adds the lines of an entry that landed, and takes back those of the one that it corrects or withdraws.
pub(crate) fn post(batch: &mut Batch<'_>, register: &Register, entry: &Entry) -> Result<(), LedgerError> {
    if register.posting.is_none() {
        return Ok(());
    }
    let (origin, mut posted) = match (entry.act, entry.replaces) {
        (Act::Correct | Act::Withdraw, Some(prior)) => taken_back(batch, prior)?,
        _ => (entry.id, Vec::new()),
    };
    if matches!(entry.act, Act::New | Act::Correct) {
        posted.extend(kept_lines(batch, register, entry)?);
    }
    let day = batch.snapshot.zone.day_of(entry.at);
    for (number, (standing, amount)) in posted.into_iter().enumerate() {
        load(batch, &standing)?;
        let (region, sector) = place(batch, standing.holder, &entry.region);
        let sum = batch.balances.entry(standing.clone()).or_default();
        *sum = sum
            .checked_add(amount)
            .ok_or_else(|| LedgerError::corrupt("账户数额超出范围", "an account's sum is out of range"))?;
        let path = batch.snapshot.regions.path(&region).to_owned();
        note(batch, Moved::Account(&standing.account), region.as_str(), day);
        batch.pending.posted.push(Posted {
            standing,
            amount,
            entry: entry.id,
            origin,
            line: number,
            register: register.schema.id.clone(),
            at: entry.at,
            recorded_at: entry.recorded_at,
            region,
            path,
            sector,
        });
    }
    Ok(())
}

/// The lines of an entry, at files that are kept.
fn kept_lines(batch: &mut Batch<'_>, register: &Register, entry: &Entry) -> Result<Vec<(Standing, i64)>, LedgerError> {
    let mut made = Vec::new();
    for line in lines(register, entry) {
        let mut file = |id: Option<SubjectId>| -> Result<Uuid, LedgerError> {
            let Some(id) = id else { return Ok(Uuid::nil()) };
            Ok(through_merges(batch, id)?.unwrap_or(id).0)
        };
        let standing = Standing {
            holder: SubjectId(file(Some(line.holder))?),
            account: line.account,
            item: file(line.item)?,
            lot: file(line.lot)?,
        };
        made.push((standing, line.amount));
    }
    Ok(made)
}

/// Where a holder is, and its line; those of the entry when it has no file here.
fn place(batch: &Batch<'_>, holder: SubjectId, entry: &RegionId) -> (RegionId, String) {
    let sector = |id: SubjectId| {
        let org = batch.snapshot.orgs.get(id);
        org.and_then(|org| org.sector.clone()).unwrap_or_default()
    };
    if let Some(org) = batch.snapshot.orgs.get(holder) {
        return (org.region.clone(), sector(holder));
    }
    match batch.subjects.get(&holder).map(|state| &state.view) {
        Some(view) => (view.region.clone(), view.unit.map(sector).unwrap_or_default()),
        None => (entry.clone(), String::new()),
    }
}

/// The entry that was there first, and what it and its corrections came to, with the sign turned.
fn taken_back(batch: &mut Batch<'_>, prior: EntryId) -> Result<(EntryId, Vec<(Standing, i64)>), LedgerError> {
    let waiting = batch.pending.posted.iter().find(|line| line.entry == prior);
    let origin = match waiting {
        Some(line) => line.origin,
        None => {
            let sql = "select origin from posting_line where entry = $1 limit 1";
            let found = batch.connection.query(sql, &[prior.0.into()])?;
            found.first().map_or(Ok(prior), |row| row.uuid("origin").map(EntryId))?
        }
    };
    let mut net: BTreeMap<Standing, i64> = BTreeMap::new();
    let sql = "select holder, account, item, lot, cast(sum(amount) as bigint) as amount from posting_line \
               where origin = $1 group by holder, account, item, lot";
    for row in batch.connection.query(sql, &[origin.0.into()])? {
        let standing = Standing {
            holder: SubjectId(row.uuid("holder")?),
            account: row.text("account")?.to_owned(),
            item: row.uuid("item")?,
            lot: row.uuid("lot")?,
        };
        net.insert(standing, row.int("amount")?);
    }
    for line in batch.pending.posted.iter().filter(|line| line.origin == origin) {
        *net.entry(line.standing.clone()).or_default() += line.amount;
    }
    let back = net.into_iter().filter(|(_, amount)| *amount != 0);
    Ok((origin, back.map(|(standing, amount)| (standing, -amount)).collect()))
}

/// Reads a sum that the batch does not know yet.
fn load(batch: &mut Batch<'_>, standing: &Standing) -> Result<(), LedgerError> {
    if batch.balances.contains_key(standing) {
        return Ok(());
    }
    let sql = "select amount from balance where holder = $1 and account = $2 and item = $3 and lot = $4";
    let params = [
        standing.holder.0.into(),
        standing.account.as_str().into(),
        standing.item.into(),
        standing.lot.into(),
    ];
    let found = batch.connection.query(sql, &params)?;
    let sum = found.first().map_or(Ok(0), |row| row.int("amount"))?;
    batch.balances.insert(standing.clone(), sum);
    Ok(())
}

/// Reads what stands at these places, with what waits in this batch, for the entry that is judged next.
pub(crate) fn read_balances(batch: &mut Batch<'_>, places: Vec<BalancePlace>) -> Result<(), LedgerError> {
    batch.read_balances.clear();
    for place in places {
        let mut where_ = Conditions::default();
        where_.and("holder = ?", [place.holder.0.into()]);
        where_.and("account = ?", [place.account.as_str().into()]);
        for (column, id) in [("item = ?", place.item), ("lot = ?", place.lot)] {
            if let Some(id) = id {
                where_.and(column, [id.0.into()]);
            }
        }
        let sql = format!(
            "select cast(coalesce(sum(amount), 0) as bigint) as amount from balance{}",
            where_.to_sql()
        );
        let stored = batch.connection.query_one(&sql, &where_.params)?.int("amount")?;
        let is_there = |line: &&Posted| {
            let at = &line.standing;
            at.holder == place.holder
                && at.account == place.account
                && place.item.is_none_or(|item| item.0 == at.item)
                && place.lot.is_none_or(|lot| lot.0 == at.lot)
        };
        let waiting = batch.pending.posted.iter().filter(is_there).map(|line| line.amount);
        let sum = waiting.fold(stored, i64::saturating_add);
        batch.read_balances.insert(place, sum);
    }
    Ok(())
}

/// What speaks against the entries that landed: where less than the floor is left, or more than the cap stands. Told at
/// the first entry that took from the one or added to the other.
pub(crate) fn judge(batch: &Batch<'_>, entries: &[EntryId]) -> Vec<(EntryId, Problem)> {
    let mut moved: BTreeMap<&Standing, (i64, EntryId)> = BTreeMap::new();
    for line in batch.pending.posted.iter().filter(|line| entries.contains(&line.entry)) {
        moved.entry(&line.standing).or_insert((0, line.entry)).0 += line.amount;
    }
    let mut found = Vec::new();
    for (standing, (change, entry)) in moved {
        let after = batch.balances.get(standing).copied().unwrap_or(0);
        let Some(account) = batch.snapshot.model.accounts.get(&standing.account) else {
            continue;
        };
        let unit = 10_i64.saturating_pow(u32::from(account.scale));
        let floor = account.floor.map(|floor| floor.saturating_mul(unit));
        if let Some(floor) = floor.filter(|floor| change < 0 && after < *floor) {
            let left = after.saturating_sub(change).saturating_sub(floor);
            found.push((entry, below_floor(account, left, -change)));
        }
        if change > 0 && account.cap.is_some() {
            match cap(batch, account, standing) {
                Ok(Some(cap)) if after > cap.saturating_mul(unit) => {
                    let free = cap.saturating_mul(unit).saturating_sub(after.saturating_sub(change));
                    found.push((entry, above_cap(account, free.max(0), change)));
                }
                Ok(_) => {}
                Err(problem) => found.push((entry, problem)),
            }
        }
    }
    found
}

fn cap(batch: &Batch<'_>, account: &Account, standing: &Standing) -> Result<Option<i64>, Problem> {
    let Some(expr) = &account.cap else { return Ok(None) };
    let Some(state) = batch.subjects.get(&standing.holder) else {
        return Ok(None);
    };
    let vars = [("subject", subject_record(&state.view))];
    let env = Env {
        vars: &vars,
        snapshot: &batch.snapshot,
        engine: None,
        region: Some(&state.view.region),
        at: batch.now,
        now: batch.now,
    };
    expr.eval(&env).map(|cap| cap.as_int()).map_err(|error| {
        let hint = Words::new("请报系统管理员", "Tell the administrator");
        Problem::new("guard_error", error.message, hint)
    })
}

fn below_floor(account: &Account, left: i64, asked: i64) -> Problem {
    let (left, asked) = (unscaled(left, account.scale), unscaled(asked, account.scale));
    let what = Words::new(
        format!("“{}”不足：可用 {left}，需要 {asked}", account.title.zh),
        format!("Not enough in “{}”: {left} there, {asked} asked", account.title.en),
    );
    let hint = Words::new(
        "请核对数量和批次，或先登记入库",
        "Check the number and the lot, or enter what came in first",
    );
    Problem::new("below_floor", what, hint)
}

fn above_cap(account: &Account, free: i64, asked: i64) -> Problem {
    let (free, asked) = (unscaled(free, account.scale), unscaled(asked, account.scale));
    let what = Words::new(
        format!("“{}”已满：还可容纳 {free}，需要 {asked}", account.title.zh),
        format!("“{}” is full: room for {free}, {asked} asked", account.title.en),
    );
    let hint = Words::new(
        "请等有空位，或改到别处",
        "Wait until there is room, or use another place",
    );
    Problem::new("above_cap", what, hint)
}
