//! What waits to be sent: queued, claimed, settled, recovered.

use super::{Claimed, NewMessage, Outcome, Recipient, Recovery};
use crate::LedgerError;
use crate::batch::Batch;
use lianfang_db::{Column, ColumnKind, Insert, OnConflict, Row, Value};
use lianfang_kernel::ids::IdSource;
use lianfang_kernel::{Day, Lang};

/// How long it is remembered what was sent, in milliseconds.
const KEPT_MS: i64 = 14 * 24 * 3_600_000;

const COLUMNS: &[Column<'static>] = &[
    Column::new("recipient", ColumnKind::Uuid),
    Column::new("day", ColumnKind::Int),
    Column::new("purpose", ColumnKind::Text),
    Column::new("id", ColumnKind::Uuid),
    Column::new("kind", ColumnKind::Text),
    Column::new("channel", ColumnKind::Text),
    Column::new("lang", ColumnKind::Text),
    Column::new("region", ColumnKind::Text),
    Column::new("path", ColumnKind::Text),
    Column::new("state", ColumnKind::Text),
    Column::new("attempts", ColumnKind::Int),
    Column::new("next_try_at", ColumnKind::Int),
    Column::new("recorded_at", ColumnKind::Int),
    Column::new("changed_at", ColumnKind::Int),
];

pub(super) fn queue(batch: &mut Batch<'_>, messages: &[NewMessage]) -> Result<u64, LedgerError> {
    if messages.is_empty() {
        return Ok(0);
    }
    let row = |message: &NewMessage| -> Vec<Value> {
        vec![
            message.to.id().into(),
            i64::from(message.day.0).into(),
            message.purpose.as_str().into(),
            batch.core.vault.uuid_v7(batch.now).into(),
            message.to.kind().into(),
            message.channel.as_str().into(),
            message.lang.tag().into(),
            message.region.as_str().into(),
            batch.snapshot.regions.path(&message.region).into(),
            "queued".into(),
            0_i64.into(),
            message.due_at.0.into(),
            batch.recorded_at.0.into(),
            batch.now.0.into(),
        ]
    };
    let rows: Vec<Vec<Value>> = messages.iter().map(row).collect();
    let written = batch.connection.insert_rows(&Insert {
        table: "outbox",
        columns: COLUMNS,
        rows: &rows,
        on_conflict: OnConflict::Nothing {
            key: &["recipient", "day", "purpose"],
        },
    })?;
    Ok(written)
}

pub(super) fn claim(
    batch: &mut Batch<'_>,
    channel: &str,
    most: usize,
    lease_ms: i64,
) -> Result<Vec<Claimed>, LedgerError> {
    let sql = "select recipient, day, purpose, id, kind, lang, attempts from outbox where state = 'queued' \
               and channel = $1 and next_try_at <= $2 order by next_try_at, id limit $3";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let due = batch
        .connection
        .query(sql, &[channel.into(), batch.now.0.into(), most.into()])?;
    let mut claimed = Vec::with_capacity(due.len());
    for row in &due {
        let taken = read(row)?;
        let sql = "update outbox set state = 'sending', attempts = attempts + 1, next_try_at = $4, changed_at = $5 \
                   where recipient = $1 and day = $2 and purpose = $3 and state = 'queued'";
        let params = [
            taken.to.id().into(),
            i64::from(taken.day.0).into(),
            taken.purpose.as_str().into(),
            batch.now.plus_ms(lease_ms).0.into(),
            batch.now.0.into(),
        ];
        if batch.connection.execute(sql, &params)? == 1 {
            claimed.push(taken);
        }
    }
    Ok(claimed)
}

fn read(row: &Row) -> Result<Claimed, LedgerError> {
    Ok(Claimed {
        to: Recipient::of(row.text("kind")?, row.uuid("recipient")?),
        id: row.uuid("id")?,
        day: Day(i32::try_from(row.int("day")?).unwrap_or(0)),
        purpose: row.text("purpose")?.to_owned(),
        lang: Lang::from_tag(row.text("lang")?).unwrap_or_default(),
        attempt: row.int("attempts")? + 1,
    })
}

pub(super) fn settle(batch: &mut Batch<'_>, outcomes: &[(Claimed, Outcome)]) -> Result<(), LedgerError> {
    for (claimed, outcome) in outcomes {
        let (state, problem, next) = match outcome {
            Outcome::Sent { .. } => ("sent", None, batch.now),
            Outcome::Again { at, problem } => ("queued", Some(problem), *at),
            Outcome::Failed { problem } => ("failed", Some(problem), batch.now),
            Outcome::GivenUp { problem } => ("given_up", Some(problem), batch.now),
            Outcome::Dropped => ("dropped", None, batch.now),
        };
        // An attempt whose lease ran out was decided without it: what it says now comes too late.
        let sql = "update outbox set state = $4, problem = $5, next_try_at = $6, changed_at = $7 where recipient = $1 \
                   and day = $2 and purpose = $3 and state = 'sending' and attempts = $8";
        let params = [
            claimed.to.id().into(),
            i64::from(claimed.day.0).into(),
            claimed.purpose.as_str().into(),
            state.into(),
            problem.map_or(Value::Null, |problem| problem.as_str().into()),
            next.0.into(),
            batch.now.0.into(),
            claimed.attempt.into(),
        ];
        batch.connection.execute(sql, &params)?;
        if let Outcome::Sent { number: Some(number) } = outcome {
            remember(batch, claimed.to, number)?;
        }
    }
    Ok(())
}

/// Who may answer from this number.
fn remember(batch: &mut Batch<'_>, to: Recipient, number: &str) -> Result<(), LedgerError> {
    if let Recipient::Person(id) = to {
        let digest = batch.core.vault.digest(super::replies::NUMBER, number);
        let sql = "insert into message_number (digest, recipient, sent_at) values ($1, $2, $3) \
                   on conflict (digest, recipient) do update set sent_at = excluded.sent_at";
        batch
            .connection
            .execute(sql, &[digest.into(), id.0.into(), batch.now.0.into()])?;
    }
    Ok(())
}

pub(super) fn recover(batch: &mut Batch<'_>, recoveries: &[Recovery]) -> Result<u64, LedgerError> {
    let mut decided = 0;
    for recovery in recoveries {
        let sql = if recovery.again {
            "update outbox set state = 'queued', problem = 'broke_off', next_try_at = $2, changed_at = $2 \
             where state = 'sending' and channel = $1 and next_try_at <= $2"
        } else {
            "update outbox set state = 'given_up', problem = 'broke_off', changed_at = $2 \
             where state = 'sending' and channel = $1 and next_try_at <= $2"
        };
        let params = [recovery.channel.as_str().into(), batch.now.0.into()];
        decided += batch.connection.execute(sql, &params)?;
    }
    Ok(decided)
}

/// Leaves out what is old; it looks at every row, so it is asked for rarely.
pub(super) fn forget_old(batch: &mut Batch<'_>) -> Result<u64, LedgerError> {
    let old = batch.now.plus_ms(-KEPT_MS);
    let sql = "delete from outbox where recorded_at < $1 and state <> 'sending'";
    Ok(batch.connection.execute(sql, &[old.0.into()])?)
}
