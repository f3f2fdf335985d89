//! Holds judged when everything of a group is in: one too many, and a published stretch that would be left short.

use super::{DAY_MS, Gap, Key, MAX_DAYS, Roster, Row};
use crate::facts::History;
use crate::judge::linked_by;
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Datum, Entry, Instant, Kind, Problem, Words};
use lianfang_policy::model::Register;
use lianfang_policy::{EvalError, Snapshot};

/// The entries of a group on one hold, with the file they stand in before and after them.
#[derive(Clone, Copy, Debug)]
pub struct Closing<'a> {
    /// Their register.
    pub register: &'a Register,
    /// Ids of the entries of the group on this register.
    pub entries: &'a [EntryId],
    /// The file without them.
    pub before: &'a History,
    /// The file with them.
    pub after: &'a History,
    /// What conditions may read.
    pub snapshot: &'a Snapshot,
}

/// The files in which the rows of a hold stand that an entry touches: its subject's, or of what its fields name.
pub fn owners(register: &Register, entry: &Entry) -> Vec<SubjectId> {
    let Some(hold) = &register.hold else { return Vec::new() };
    if hold.per_subject() {
        return vec![entry.subject];
    }
    let named = hold.per.iter().filter_map(|part| register.schema.field(part));
    let fields: Vec<_> = named
        .filter(|field| matches!(field.kind, Kind::Subject(_)))
        .cloned()
        .collect();
    linked_by(&entry.body, &fields)
}

/// What speaks against the group. What was so before it is not held against it.
///
/// # Errors
/// What a condition of the hold met with.
pub fn close(closing: &Closing<'_>) -> Result<Vec<Problem>, EvalError> {
    let subject = &closing.after.subject;
    let Some(roster) = Roster::of(closing.register, closing.snapshot, subject) else {
        return Ok(Vec::new());
    };
    let before = roster.rows(&roster.facts(closing.before));
    let after = roster.rows(&roster.facts(closing.after));
    let touched: Vec<&Row> = after
        .iter()
        .filter(|row| !before.iter().any(|known| same(known, row)))
        .collect();
    let mut problems = Vec::new();
    let mut keys: Vec<Key> = Vec::new();
    for row in touched {
        let key = roster.key(row);
        let end = row.to.min(row.from.plus_ms(MAX_DAYS * DAY_MS));
        let (was, is) = (roster.held(&before, &key), roster.held(&after, &key));
        if row.from < end {
            let over = roster.surplus(&is, &key, (row.from, end))?;
            let worse = over
                .into_iter()
                .find(|(at, have, _)| *have > standing(&roster, &was, *at));
            problems.extend(worse.map(|(at, have, most)| full(&roster, at, have, most)));
        }
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    problems.dedup_by(|a, b| a.what == b.what);
    problems.extend(shortened(&roster, closing)?);
    Ok(problems)
}

fn same(a: &Row, b: &Row) -> bool {
    (a.origin, a.from, a.to) == (b.origin, b.from, b.to) && a.record == b.record
}

fn standing(roster: &Roster<'_>, rows: &[Row], at: Instant) -> i64 {
    let here: Vec<&Row> = rows.iter().filter(|row| row.from <= at && at < row.to).collect();
    roster.count(&here)
}

/// A published stretch in which fewer stand than before, and fewer than must.
fn shortened(roster: &Roster<'_>, closing: &Closing<'_>) -> Result<Option<Problem>, EvalError> {
    let Some(publishes) = &roster.hold.roster else {
        return Ok(None);
    };
    for window in published(publishes, closing.after) {
        let after = roster.gaps(&roster.facts(closing.after), window)?;
        if after.is_empty() {
            continue;
        }
        let before = roster.gaps(&roster.facts(closing.before), window)?;
        let worse = after.iter().find(|gap| !already(&before, gap));
        if let Some(gap) = worse {
            return Ok(Some(short(roster, gap)));
        }
    }
    Ok(None)
}

/// Whether the same lack, or a greater one, was there before for the whole of the gap.
fn already(before: &[Gap], gap: &Gap) -> bool {
    let like = before
        .iter()
        .filter(|known| known.key == gap.key && known.kind == gap.kind && known.have <= gap.have);
    let mut reached = gap.from;
    for known in like {
        if known.from <= reached && reached < known.to {
            reached = known.to;
        }
    }
    reached >= gap.to
}

fn published(register: &str, history: &History) -> Vec<(Instant, Instant)> {
    let rows = history
        .facts
        .iter()
        .filter(|fact| &*fact.register == register && history.is_self(fact.subject));
    rows.filter_map(|fact| {
        let moment = |name: &str| fact.record.get(name).and_then(Datum::as_int).map(Instant);
        let (from, to) = (moment("opens_at")?, moment("closes_at")?);
        let within = to.0.saturating_sub(from.0) <= MAX_DAYS * DAY_MS;
        (from < to && within).then_some((from, to))
    })
    .collect()
}

fn full(roster: &Roster<'_>, at: Instant, have: i64, most: i64) -> Problem {
    let title = &roster.register.schema.title;
    let at = at.in_zone(&roster.snapshot.zone).to_string();
    let what = Words::new(
        format!("《{}》同时最多{most}，{at} 起将有{have}", title.zh),
        format!(
            "“{}” holds at most {most} at a time; from {at} there would be {have}",
            title.en
        ),
    );
    let hint = Words::new(
        "请先终止或更正原有的一条；换人请把终止和新增放在同一组报送",
        "End or correct one of them first; to swap, send the end and the new one as one group",
    );
    Problem::new("hold_full", what, hint)
}

fn short(roster: &Roster<'_>, gap: &Gap) -> Problem {
    let zone = &roster.snapshot.zone;
    let (from, to) = (gap.from.in_zone(zone).to_string(), gap.to.in_zone(zone).to_string());
    let what = Words::new(
        format!("已公布的排班 {from} 至 {to} 将只有{}，应有{}", gap.have, gap.wanted),
        format!(
            "Published from {from} to {to}: {} would stand where {} must",
            gap.have, gap.wanted
        ),
    );
    let hint = Words::new("请把替换的人放在同一组报送", "Send the replacement in the same group");
    Problem::new("hold_short", what, hint)
}
