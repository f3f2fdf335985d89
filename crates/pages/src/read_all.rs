//! The entries of one register, read whole for a page that reckons with them.

use crate::visit::Desk;
use lianfang_kernel::ids::SubjectId;
use lianfang_ledger::read::{EntryFilter, EntryItem, TaskFilter, TaskItem};
use lianfang_server::{ApiError, AppState, entries_page, tasks_page};
use std::collections::HashMap;

/// Entries of a register that a page looks at.
pub(crate) const MOST: usize = 5_000;
/// Entries of one reading.
const AT_A_TIME: usize = 500;

/// Entries, and the names of what they are about as far as the reader may see them.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The latest recorded first; corrected and withdrawn ones too.
    pub items: Vec<EntryItem>,
    /// By subject.
    pub labels: HashMap<SubjectId, String>,
}

/// Every entry of a register that the reader sees, at the moment looked at.
///
/// # Errors
/// The database; the queue is full.
pub(crate) async fn entries(state: &AppState, desk: &Desk, register: &str) -> Result<Found, ApiError> {
    let filter = EntryFilter {
        register: Some(register.to_owned()),
        ..EntryFilter::default()
    };
    entries_of(state, desk, filter).await
}

/// The same of those that pass a filter.
///
/// # Errors
/// As [`entries`].
pub(crate) async fn entries_of(state: &AppState, desk: &Desk, filter: EntryFilter) -> Result<Found, ApiError> {
    let mut filter = EntryFilter {
        as_of: desk.visit.as_of,
        limit: AT_A_TIME,
        ..filter
    };
    let mut found = Found::default();
    loop {
        let (page, labels) = entries_page(state, &desk.staff, filter.clone()).await?;
        found.items.extend(page.items);
        found.labels.extend(labels);
        filter.cursor = page.next;
        if filter.cursor.is_none() || found.items.len() >= MOST {
            return Ok(found);
        }
    }
}

/// Every task that passes a filter, at the moment looked at: on a board nobody is left out for want of a page.
///
/// # Errors
/// As [`entries`].
pub(crate) async fn tasks(state: &AppState, desk: &Desk, filter: TaskFilter) -> Result<Vec<TaskItem>, ApiError> {
    let mut filter = TaskFilter {
        limit: AT_A_TIME,
        ..filter
    };
    let mut found = Vec::new();
    loop {
        let (page, _) = tasks_page(state, &desk.staff, filter.clone(), desk.visit.as_of).await?;
        found.extend(page.items);
        filter.cursor = page.next;
        if filter.cursor.is_none() {
            return Ok(found);
        }
    }
}

/// Nothing later took its place, and it took nothing back.
pub(crate) fn stands(item: &EntryItem) -> bool {
    matches!(item.status.as_str(), "accepted" | "flagged") && item.act != "withdraw"
}

/// What a field says; empty when it says nothing.
pub(crate) fn text<'a>(item: &'a EntryItem, field: &str) -> &'a str {
    item.body
        .get(field)
        .and_then(|value| value.as_str())
        .unwrap_or_default()
}
