//! Corrections, withdrawals and ends: from the entries as written to the rows that hold.
//!
//! A row is a first version and the corrections of it. The last correction speaks for the row; of two corrections of one
//! version the one with the greater id, whatever arrived first. A withdrawal of any version takes the whole row back,
//! and may itself be taken back. An `end` closes its interval at its `at`; of several the earliest counts.
//! Rows are ordered by (at, first version): what a correction says anew does not change the order.

use lianfang_kernel::ids::EntryId;
use lianfang_kernel::{Act, Entry, Instant};
use std::collections::HashMap;
use std::sync::Arc;

/// A row that holds.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Its latest version.
    pub entry: Arc<Entry>,
    /// Its first version.
    pub origin: EntryId,
    /// When the first version reached the server.
    pub known: Instant,
}

/// The entries that hold, as known at `as_of` (everything, when none), ordered by (at, id). Corrections and withdrawals
/// are applied; an `end` sets `to` of its interval unless that ends earlier; a correction keeps in `replaces` the first
/// version of what it replaced.
pub fn effective(entries: &[Arc<Entry>], as_of: Option<Instant>) -> Vec<Arc<Entry>> {
    let mut known: Vec<Arc<Entry>> = entries
        .iter()
        .filter(|entry| as_of.is_none_or(|as_of| entry.recorded_at <= as_of))
        .cloned()
        .collect();
    known.sort_by_key(|entry| (entry.at, entry.id));
    known.dedup_by_key(|entry| entry.id);
    rows(&known).into_iter().map(|row| row.entry).collect()
}

/// The rows that hold, ordered by (at, id). The entries must be known, each once.
pub(crate) fn rows(entries: &[Arc<Entry>]) -> Vec<Row> {
    if entries.iter().all(|entry| entry.act == Act::New) {
        return plain(entries);
    }
    let chains = Chains::of(entries);
    let mut rows: Vec<Row> = Vec::with_capacity(entries.len());
    for entry in entries {
        if entry.act == Act::New && !chains.is_withdrawn(entry.id, 0) {
            rows.push(chains.row(entry));
        }
    }
    rows.sort_by_key(|row| (row.entry.at, row.origin));
    rows
}

fn plain(entries: &[Arc<Entry>]) -> Vec<Row> {
    let row = |entry: &Arc<Entry>| Row {
        entry: Arc::clone(entry),
        origin: entry.id,
        known: entry.received_at,
    };
    let mut rows: Vec<Row> = entries.iter().map(row).collect();
    rows.sort_by_key(|row| (row.entry.at, row.origin));
    rows
}

struct Chains<'a> {
    /// The first version of every entry that is a version of one.
    root: HashMap<EntryId, EntryId>,
    /// The version that speaks, by first version.
    last: HashMap<EntryId, &'a Arc<Entry>>,
    /// Withdrawals by the first version they name.
    withdrawals: HashMap<EntryId, Vec<EntryId>>,
    /// First versions of end acts by the first version they name.
    ends: HashMap<EntryId, Vec<EntryId>>,
}

/// A withdrawal of a withdrawal of a withdrawal …: more than this is nobody's intention.
const MAX_DEPTH: u8 = 16;

impl<'a> Chains<'a> {
    fn of(entries: &'a [Arc<Entry>]) -> Chains<'a> {
        let by_id: HashMap<EntryId, &Arc<Entry>> = entries.iter().map(|entry| (entry.id, entry)).collect();
        let mut root: HashMap<EntryId, EntryId> = HashMap::with_capacity(entries.len());
        for entry in entries {
            root.insert(entry.id, first_version(entry, &by_id));
        }
        let mut corrections: HashMap<EntryId, Vec<&Arc<Entry>>> = HashMap::new();
        let mut withdrawals: HashMap<EntryId, Vec<EntryId>> = HashMap::new();
        let mut ends: HashMap<EntryId, Vec<EntryId>> = HashMap::new();
        for entry in entries {
            let Some(named) = entry.replaces else { continue };
            let target = root.get(&named).copied().unwrap_or(named);
            match entry.act {
                Act::Correct => corrections.entry(named).or_default().push(entry),
                Act::Withdraw => withdrawals.entry(target).or_default().push(entry.id),
                Act::End => ends.entry(target).or_default().push(entry.id),
                Act::New => {}
            }
        }
        let mut last = HashMap::new();
        for entry in entries.iter().filter(|entry| root.get(&entry.id) == Some(&entry.id)) {
            last.insert(entry.id, last_version(entry, &corrections));
        }
        Chains {
            root,
            last,
            withdrawals,
            ends,
        }
    }

    fn is_withdrawn(&self, first: EntryId, depth: u8) -> bool {
        depth < MAX_DEPTH
            && self
                .withdrawals
                .get(&first)
                .is_some_and(|taken| taken.iter().any(|w| !self.is_withdrawn(*w, depth + 1)))
    }

    fn row(&self, first: &Arc<Entry>) -> Row {
        let entry = self.last.get(&first.id).copied().unwrap_or(first);
        let end = self
            .ends
            .get(&first.id)
            .into_iter()
            .flatten()
            .filter(|end| !self.is_withdrawn(**end, 0));
        let end = end.filter_map(|end| self.last.get(end)).map(|end| end.at).min();
        let replaces = (entry.id != first.id).then_some(first.id);
        let entry = finish(entry, replaces, end);
        let origin = self.root.get(&first.id).copied().unwrap_or(first.id);
        Row {
            entry,
            origin,
            known: first.received_at,
        }
    }
}

/// Copies the entry only when its end or the version it names must be told.
fn finish(entry: &Arc<Entry>, replaces: Option<EntryId>, end: Option<Instant>) -> Arc<Entry> {
    let own = entry.body.get("to").and_then(|to| Instant::parse(to.as_str()?).ok());
    let end = end.filter(|end| own.is_none_or(|own| *end < own));
    if entry.replaces == replaces && end.is_none() {
        return Arc::clone(entry);
    }
    let mut told = Entry::clone(entry);
    told.replaces = replaces;
    if let Some(end) = end {
        told.body
            .insert("to".to_owned(), serde_json::Value::String(end.to_rfc3339()));
    }
    Arc::new(told)
}

fn first_version(entry: &Arc<Entry>, by_id: &HashMap<EntryId, &Arc<Entry>>) -> EntryId {
    let mut here = entry;
    // An entry names what was there before it; a ring can only be forged, and is left where it closes.
    for _ in 0..by_id.len() {
        match here.replaces.and_then(|named| by_id.get(&named)) {
            Some(before) if here.act == Act::Correct => here = before,
            _ => break,
        }
    }
    here.id
}

fn last_version<'a>(first: &'a Arc<Entry>, corrections: &HashMap<EntryId, Vec<&'a Arc<Entry>>>) -> &'a Arc<Entry> {
    let mut here = first;
    for _ in 0..=corrections.len() {
        match corrections
            .get(&here.id)
            .and_then(|next| next.iter().max_by_key(|entry| entry.id))
        {
            Some(next) => here = next,
            None => break,
        }
    }
    here
}
