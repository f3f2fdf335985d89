//! What changed from one version of an entry to the next, field by field and, in texts, line by line.

use crate::api::entries;
use crate::caller::Staff;
use crate::locale::{self, localised};
use crate::problem::ApiError;
use crate::state::{AppState, read};
use crate::trace;
use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use lianfang_kernel::ids::EntryId;
use lianfang_kernel::{FieldSchema, Kind, Words};
use lianfang_ledger::read::{EntryFilter, EntryItem};
use serde::Serialize;
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/entries/{id}/changes", get(show))
}

/// How two versions differ.
#[derive(Clone, Debug, Serialize)]
pub struct Changes {
    /// The later version.
    pub entry: EntryId,
    /// The version before; none when it is the first.
    pub before: Option<EntryId>,
    /// The fields that differ, in the register's order.
    pub fields: Vec<FieldChange>,
}

/// A field that differs.
#[derive(Clone, Debug, Serialize)]
pub struct FieldChange {
    /// Its id.
    pub field: String,
    /// What it is called.
    pub title: Words,
    /// Its value before.
    pub before: Option<Value>,
    /// Its value after.
    pub after: Option<Value>,
    /// Of a text: its lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<Line>,
}

/// A line of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Whether it stayed, went or came.
    pub change: LineChange,
    /// The line without its end.
    pub text: String,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LineChange {
    /// It stands in both.
    Same,
    /// It stood before only.
    Removed,
    /// It stands after only.
    Added,
}

async fn show(State(state): State<AppState>, staff: Staff, Path(id): Path<String>) -> Result<Json<Value>, ApiError> {
    let item = entries::one(&state, &staff, &id).await?;
    let changes = changes(&state, &staff, &item).await?;
    trace::list(&state, &staff, &item.register, &[item.subject])?;
    let body = serde_json::to_value(&changes).unwrap_or_default();
    Ok(Json(localised(body, locale::current())))
}

/// What an entry changed: against the one it corrects, else against the one of its register before it in the same file.
///
/// # Errors
/// The database; rights on the version before.
pub async fn changes(state: &AppState, staff: &Staff, item: &EntryItem) -> Result<Changes, ApiError> {
    let before = match item.replaces {
        Some(id) => Some(entries::one(state, staff, &id.to_string()).await?),
        None => version_before(state, staff, item).await?,
    };
    let model = state.ledger.snapshot().model.clone();
    let register = model.registers.get(&item.register);
    let fields = register
        .map(|register| register.schema.fields.as_slice())
        .unwrap_or_default();
    let differs = |field: &FieldSchema| {
        let before = before.as_ref()?;
        field_change(field, before.body.get(&field.id), item.body.get(&field.id))
    };
    Ok(Changes {
        entry: item.id,
        before: before.as_ref().map(|before| before.id),
        fields: fields.iter().filter_map(differs).collect(),
    })
}

async fn version_before(state: &AppState, staff: &Staff, item: &EntryItem) -> Result<Option<EntryItem>, ApiError> {
    let filter = EntryFilter {
        register: Some(item.register.clone()),
        subject: Some(item.subject),
        to: Some(item.at),
        limit: 1,
        ..EntryFilter::default()
    };
    let sight = staff.sight.clone();
    let page = read(state, move |reader| reader.entries(&sight, &filter)).await?;
    let model = state.ledger.snapshot().model.clone();
    let found = page.items.into_iter().next();
    Ok(found.and_then(|item| staff.redacted(&model, item)))
}

fn field_change(field: &FieldSchema, before: Option<&Value>, after: Option<&Value>) -> Option<FieldChange> {
    let there = |value: Option<&Value>| value.filter(|value| !value.is_null()).cloned();
    let (before, after) = (there(before), there(after));
    if before == after {
        return None;
    }
    let text = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).unwrap_or("").to_owned();
    let lines = match field.kind {
        Kind::Note | Kind::Text => lines(&text(&before), &text(&after)),
        _ => Vec::new(),
    };
    Some(FieldChange {
        field: field.id.clone(),
        title: field.title.clone(),
        before,
        after,
        lines,
    })
}

fn lines(before: &str, after: &str) -> Vec<Line> {
    // Compared without their ends: the last line of a text is the same line when another follows it.
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let changes = TextDiff::from_slices(&before, &after);
    let line = |change: similar::Change<&str>| Line {
        change: match change.tag() {
            ChangeTag::Equal => LineChange::Same,
            ChangeTag::Delete => LineChange::Removed,
            ChangeTag::Insert => LineChange::Added,
        },
        text: change.value().to_owned(),
    };
    changes.iter_all_changes().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_stay_go_and_come() {
        let found = lines("一\n二\n三", "一\n贰\n三\n四\n");
        let told: Vec<(LineChange, &str)> = found.iter().map(|line| (line.change, line.text.as_str())).collect();
        let expected = [
            (LineChange::Same, "一"),
            (LineChange::Removed, "二"),
            (LineChange::Added, "贰"),
            (LineChange::Same, "三"),
            (LineChange::Added, "四"),
        ];
        assert_eq!(told, expected);
        assert!(lines("", "").is_empty());
    }
}
