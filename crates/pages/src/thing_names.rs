//! The names of places, vehicles, goods and matters that entries name: they are no secret, and a number says nothing.

use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{FieldSchema, Kind, Lang, SubjectKind};
use lianfang_ledger::read::EntryItem;
use lianfang_server::{ApiError, AppState, read};
use std::collections::HashMap;

/// Names by subject.
pub(crate) type Names = HashMap<SubjectId, String>;

/// The names of all things that these entries name.
///
/// # Errors
/// The database.
pub(crate) async fn names(
    state: &AppState,
    lang: Lang,
    fields: &[FieldSchema],
    items: &[EntryItem],
) -> Result<Names, ApiError> {
    let ids = items
        .iter()
        .flat_map(|item| fields.iter().filter_map(|field| id_in(field, item)));
    let ids: Vec<SubjectId> = ids.collect();
    if ids.is_empty() {
        return Ok(Names::default());
    }
    let labels = read(state, move |reader| reader.labels(&ids, lang)).await?;
    let open = labels.into_iter().filter(|(_, label)| !label.is_personal);
    Ok(open.map(|(id, label)| (id, label.name)).collect())
}

/// What a field of an entry names, by its name.
pub(crate) fn named(names: &Names, field: &FieldSchema, item: &EntryItem) -> Option<String> {
    names.get(&id_in(field, item)?).cloned()
}

fn id_in(field: &FieldSchema, item: &EntryItem) -> Option<SubjectId> {
    let is_person = matches!(field.kind, Kind::Subject(SubjectKind::Person | SubjectKind::Household));
    if !matches!(field.kind, Kind::Subject(_)) || is_person {
        return None;
    }
    item.body.get(&field.id)?.as_str()?.parse().ok()
}
