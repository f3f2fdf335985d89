//! What an entry or a changed enrolment adds to the figures.

use crate::LedgerError;
use crate::batch::{Batch, Cell, StoredEnrolment};
use crate::embargo;
use crate::watch::{Moved, note};
use lianfang_kernel::{Act, Approx, Datum, Entry, Instant};
use lianfang_policy::model::{Indicator, IndicatorKind, Model, Register};
use lianfang_policy::{Env, Snapshot};
use lianfang_protocol::Fact;
use std::sync::Arc;

/// Separates the parts of a bucket.
pub(crate) const BUCKET_SEPARATOR: char = '\u{1f}';

/// The entry that a correction or withdrawal takes out of the figures, as it was counted.
pub(crate) fn of_replaced(batch: &Batch<'_>, entry: &Entry) -> Result<Option<Arc<Entry>>, LedgerError> {
    if !matches!(entry.act, Act::Correct | Act::Withdraw) {
        return Ok(None);
    }
    let state = batch.subjects.get(&entry.subject);
    let found = state.and_then(|state| {
        state
            .entries
            .iter()
            .find(|stored| Some(stored.entry.id) == entry.replaces)
    });
    Ok(found.map(|stored| stored.entry.clone()))
}

/// Counts an entry, and takes out what it replaces.
pub(crate) fn count_entry(
    batch: &mut Batch<'_>,
    register: &Register,
    entry: &Arc<Entry>,
    replaced: Option<Arc<Entry>>,
) {
    let snapshot = batch.snapshot.clone();
    let day = snapshot.zone.day_of(entry.at);
    note(batch, Moved::Register(&register.schema.id), entry.region.as_str(), day);
    let touching: Vec<Arc<Indicator>> = snapshot
        .model
        .indicators
        .values()
        .filter(|i| counts_register(i, &register.schema.id))
        .cloned()
        .collect();
    if touching.is_empty() {
        return;
    }
    if let Some(old) = replaced.filter(|old| is_counted(old.act)) {
        of_entry(&snapshot, register, &old, &touching, &mut |cell, n| {
            batch.count(cell, -n)
        });
    }
    if is_counted(entry.act) {
        of_entry(&snapshot, register, entry, &touching, &mut |cell, n| {
            batch.count(cell, n)
        });
    }
}

/// Whether an entry of this act counts for anything itself; the others only take out what they replace.
pub(crate) fn is_counted(act: Act) -> bool {
    matches!(act, Act::New | Act::Correct)
}

/// What an entry counts for in indicators of its register.
pub(crate) fn of_entry(
    snapshot: &Snapshot,
    register: &Register,
    entry: &Arc<Entry>,
    indicators: &[Arc<Indicator>],
    out: &mut dyn FnMut(Cell, i64),
) {
    let fact = Fact::new(entry.clone(), register);
    for indicator in indicators {
        let vars = [("it", fact.record.clone())];
        let env = Env {
            vars: &vars,
            snapshot,
            engine: None,
            region: Some(&entry.region),
            at: entry.at,
            now: entry.received_at,
        };
        let counted = indicator
            .filter
            .as_ref()
            .is_none_or(|filter| filter.eval_bool(&env).unwrap_or(false));
        if !counted {
            continue;
        }
        let n = match &indicator.kind {
            IndicatorKind::Sum { value, .. } => value.eval(&env).ok().and_then(|value| value.as_int()).unwrap_or(0),
            // Distinct persons are read from rows; the delta only tells that the cell moved.
            _ => 1,
        };
        let cell = Cell {
            indicator: indicator.id.clone(),
            region: entry.region.to_string(),
            sector: entry.sector.clone().unwrap_or_default(),
            day: snapshot.zone.day_of(entry.at).0,
            bucket: bucket(indicator, &fact.record),
            opens_at: embargo::until(register, entry),
        };
        if let Some(approx) = qualifier(&indicator.kind, &fact.record) {
            let beside = Cell {
                indicator: approx_cell(&indicator.id, approx),
                ..cell.clone()
            };
            out(beside, 1);
        }
        out(cell, n);
    }
}

/// Where it is counted how many parts of a sum have a qualifier; ids of indicators have no such character.
pub(crate) fn approx_cell(indicator: &str, approx: Approx) -> String {
    format!("{indicator}~{}", approx.id())
}

/// The qualifier of what a record adds to a sum.
pub(crate) fn qualifier(kind: &IndicatorKind, record: &Datum) -> Option<Approx> {
    let IndicatorKind::Sum { approx, .. } = kind else {
        return None;
    };
    let said = approx
        .iter()
        .filter_map(|field| Approx::from_id(record.get(field)?.as_text()?));
    said.fold(None, |all, one| Approx::joined(all, Some(one)))
}

/// The code values that a figure is broken down by, in the order the indicator names them.
fn bucket(indicator: &Indicator, record: &Datum) -> String {
    let parts: Vec<String> = code_dimensions(indicator)
        .map(|field| code_part(record, field))
        .collect();
    parts.join(&BUCKET_SEPARATOR.to_string())
}

/// The value of a code dimension as a part of a bucket; empty when the record has none.
pub(crate) fn code_part(record: &Datum, field: &str) -> String {
    match record.get(field) {
        Some(Datum::Text(text)) => text.to_string(),
        Some(Datum::Int(n)) => n.to_string(),
        Some(Datum::Bool(b)) => b.to_string(),
        _ => String::new(),
    }
}

/// Dimensions that are fields of the record and not built in.
pub(crate) fn code_dimensions(indicator: &Indicator) -> impl Iterator<Item = &str> {
    indicator
        .by
        .iter()
        .map(String::as_str)
        .filter(|by| !matches!(*by, "region" | "sector" | "day" | "state"))
}

/// Whether entries of a register move an indicator when they are written.
pub(crate) fn counts_register(indicator: &Indicator, register: &str) -> bool {
    match &indicator.kind {
        IndicatorKind::Count { of, .. } => of.iter().any(|id| id == register),
        IndicatorKind::Sum { of, .. } => of == register,
        IndicatorKind::Interval { .. }
        | IndicatorKind::Enrolments { .. }
        | IndicatorKind::Coverage { .. }
        | IndicatorKind::Streak { .. }
        | IndicatorKind::Module { .. }
        | IndicatorKind::Formula { .. }
        | IndicatorKind::Balance { .. } => false,
    }
}

/// What one enrolment contributes: opened once, active from its start to its end, its outcome once; all of it from the
/// moment on at which others may know of it.
pub(crate) fn of_enrolment(
    snapshot: &Snapshot,
    model: &Model,
    (enrolment, opens_at): (&StoredEnrolment, Option<Instant>),
    sign: i64,
    out: &mut Vec<(Cell, i64)>,
) {
    if enrolment.state == "withdrawn" {
        return;
    }
    let day = |at: Instant| snapshot.zone.day_of(at).0;
    for indicator in model.indicators.values() {
        let IndicatorKind::Enrolments { of } = &indicator.kind else {
            continue;
        };
        if !of.contains(&enrolment.protocol) {
            continue;
        }
        let cell = |bucket: &str, at: Instant| Cell {
            indicator: indicator.id.clone(),
            region: enrolment.region.to_string(),
            sector: enrolment.sector.clone(),
            day: day(at),
            bucket: bucket.to_owned(),
            opens_at,
        };
        out.push((cell("opened", enrolment.start), sign));
        out.push((cell("active", enrolment.start), sign));
        if let Some(ended) = enrolment.ended_at {
            out.push((cell("active", ended), -sign));
            out.push((cell(&enrolment.state, ended), sign));
        }
    }
}
