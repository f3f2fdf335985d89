//! What time alone changes: missed slots, releases that fall due, orders that end. That a slot opens is read off the clock.
//!
//! Overdue is no opinion of a job: it follows from the plan at the moment asked. The tick only writes down what fell
//! due, so that lists can be filtered and desks be told. Running it twice changes nothing.

use crate::LedgerError;
use crate::batch::Batch;
use crate::core::{meta, set_meta};
use crate::read::Conditions;
use crate::replan::replan_all;
use crate::writer::Work;
use lianfang_db::{Connection, Value, dialect};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Instant, RegionId};
use lianfang_policy::Snapshot;
use lianfang_policy::model::{EnrolSource, Model};

/// Subjects re-planned in one transaction, so that nobody waits for a clock.
const CHUNK: i64 = 200;

/// Re-plans the subjects whose time has come; answers how many there were.
#[derive(Debug)]
pub(crate) struct Tick;

impl Work for Tick {
    type Answer = usize;

    fn run(&self, batch: &mut Batch<'_>) -> Result<usize, LedgerError> {
        let sql = "select subject from wake where wake_at <= $1 order by wake_at, subject limit $2";
        crate::sums::add_piece(batch, false)?;
        crate::watch::sweep(batch)?;
        let rows = batch.connection.query(sql, &[batch.now.0.into(), CHUNK.into()])?;
        let due: Vec<SubjectId> = rows
            .iter()
            .map(|row| row.uuid("subject").map(SubjectId))
            .collect::<Result<_, _>>()?;
        replan_all(batch, &due)?;
        for id in &due {
            // A wake that the plan no longer has would come again at once.
            if let Some(state) = batch.subjects.get_mut(id)
                && state
                    .plan
                    .as_ref()
                    .is_none_or(|plan| plan.kept_until.is_none_or(|at| at <= batch.now))
            {
                let next = state.plan.as_mut().and_then(|plan| plan.kept_until.as_mut());
                match next {
                    // The planner speaks of a boundary that is already past: look again after it.
                    Some(at) => *at = batch.now.plus_ms(1),
                    None => state.wake_at = Some(Instant::MIN),
                }
            }
        }
        Ok(due.len())
    }
}

/// Other packs than at the last start: every plan that may differ is looked at again.
pub(crate) fn wake_for_packs(connection: &mut Connection, model: &Model, now: Instant) -> Result<(), LedgerError> {
    if meta(connection, "packs")?.as_deref() == Some(model.digest.as_str()) {
        return Ok(());
    }
    let active = "insert into wake (subject, wake_at) select distinct subject, cast($1 as bigint) from enrolment \
                  where state = 'active' on conflict (subject) do update set wake_at = excluded.wake_at";
    let members = "insert into wake (subject, wake_at) select id, cast($1 as bigint) from subject \
                   where kind = 'organisation' on conflict (subject) do update set wake_at = excluded.wake_at";
    for sql in [active, members] {
        connection.execute(sql, &[now.0.into()])?;
    }
    set_meta(connection, "packs", &model.digest)
}

/// An order that ended, a day that is no school day: plans that rest on it are looked at again.
pub(crate) fn wake_for_reference(connection: &mut Connection, model: &Model, now: Instant) -> Result<(), LedgerError> {
    let mut protocols: Vec<&str> = model
        .protocols
        .iter()
        .filter(|protocol| protocol.restricts || matches!(protocol.enrol.source, EnrolSource::Set(_)))
        .map(|protocol| protocol.id.as_str())
        .collect();
    protocols.sort_unstable();
    protocols.dedup();
    if protocols.is_empty() {
        return Ok(());
    }
    let sql = format!(
        "insert into wake (subject, wake_at) select distinct subject, cast($1 as bigint) from enrolment \
         where state = 'active' and protocol in {} on conflict (subject) do update set wake_at = excluded.wake_at",
        dialect::list(protocols.len(), 2)
    );
    let mut params: Vec<Value> = vec![now.0.into()];
    params.extend(protocols.into_iter().map(Value::from));
    connection.execute(&sql, &params)?;
    Ok(())
}

/// An entry that opens a set: everybody who may belong to it, or did, is looked at again.
pub(crate) fn wake_for_campaign(
    connection: &mut Connection,
    snapshot: &Snapshot,
    (register, region): (&str, &RegionId),
    now: Instant,
) -> Result<(), LedgerError> {
    let model = &snapshot.model;
    let (mut protocols, mut kinds): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for protocol in &model.protocols {
        if let EnrolSource::Campaign(campaign) = &protocol.enrol.source
            && campaign.on.iter().any(|on| on == register)
            && let Some(kind) = model.kind_of(&campaign.set.of)
        {
            protocols.push(&protocol.id);
            kinds.push(kind.id());
        }
    }
    if protocols.is_empty() {
        return Ok(());
    }
    for sources in [
        (&mut protocols, "protocol", "enrolment", "subject"),
        (&mut kinds, "kind", "subject", "id"),
    ] {
        let (values, column, table, id) = sources;
        values.sort_unstable();
        values.dedup();
        let mut where_ = Conditions::default();
        let mark = where_.param(now.0.into());
        where_.within(column, values.iter().map(|value| (*value).into()).collect());
        if table == "subject" {
            where_.inside("path", &snapshot.regions, region);
        }
        let sql = format!(
            "insert into wake (subject, wake_at) select distinct {id}, cast({mark} as bigint) from {table}{} \
             on conflict (subject) do update set wake_at = excluded.wake_at",
            where_.to_sql()
        );
        connection.execute(&sql, &where_.params)?;
    }
    Ok(())
}
