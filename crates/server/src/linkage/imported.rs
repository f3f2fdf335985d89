//! Imports: which rows are probably of somebody who has a file already?

use super::Linkage;
use super::likely::{Describing, LEAST, reasons};
use crate::caller::Staff;
use crate::import::Alike;
use crate::locale;
use crate::problem::ApiError;
use crate::state::{AppState, read};
use crate::trace;
use lianfang_kernel::ids::SubjectId;
use lianfang_ledger::Ledger;
use lianfang_ledger::wire::{NewEntry, SubjectIn};
use serde_json::{Value, json};
use uuid::Uuid;

/// For each entry the likeliest file of the person it describes, where there is an index. A failed look-up keeps no sheet
/// from being imported.
pub(crate) fn ask_alike(linkage: Option<&Linkage>, ledger: &Ledger, entries: &[NewEntry]) -> Vec<Option<Alike>> {
    let Some(linkage) = linkage else { return Vec::new() };
    let described = |entry: &NewEntry| match &entry.subject {
        Some(SubjectIn::Described(described)) if described.kind_type == "person" => {
            Some(Describing::of(described, "").row())
        }
        _ => None,
    };
    let asked = linkage.with(ledger, |ours| {
        let best = |entry| {
            let (subject, found) = ours.find(&described(entry)?, LEAST).into_iter().next()?;
            (found.weight >= LEAST).then(|| Alike {
                subject,
                weight: (found.weight * 10.0).round() / 10.0,
                fields: reasons(&ours.explain(&found)),
            })
        };
        entries.iter().map(best).collect()
    });
    match asked {
        Ok((_, found)) => found.unwrap_or_default(),
        Err(error) => {
            tracing::warn!(%error, "import.alike");
            Vec::new()
        }
    }
}

/// Those of the files that the reader sees, masked; who was found is told.
///
/// # Errors
/// The database; the queue is full.
pub(crate) async fn told_alike(
    state: &AppState,
    staff: &Staff,
    purpose: &str,
    alike: Vec<(u64, Uuid, Alike)>,
) -> Result<Value, ApiError> {
    if alike.is_empty() {
        return Ok(json!([]));
    }
    let (sight, lang) = (staff.sight.clone(), locale::current());
    let shown = read(state, move |reader| {
        let mut shown = Vec::new();
        for (line, entry, one) in alike {
            if let Some(view) = reader.subject(one.subject)?
                && reader.may_see(&sight, &view)
            {
                shown.push((line, entry, view, one));
            }
        }
        let ids: Vec<SubjectId> = shown.iter().map(|(_, _, view, _)| view.id).collect();
        let labels = reader.labels(&ids, lang)?;
        Ok((shown, labels))
    })
    .await?;
    let (shown, labels) = shown;
    let ids: Vec<SubjectId> = shown.iter().map(|(_, _, view, _)| view.id).collect();
    let detail = json!({ "reason": purpose, "by": ["import"], "count": ids.len(), "how": "linkage" });
    trace::stated(state, staff, "search", None, detail).await?;
    trace::list(state, staff, "likely", &ids)?;
    let rows = shown.into_iter().map(|(line, entry, view, one)| {
        let label = labels.get(&view.id);
        json!({
            "line": line, "entry": entry, "subject": view.id, "region": view.region, "label": label.map(|label| &label.name),
            "document": label.and_then(|label| label.document.as_ref()), "weight": one.weight, "fields": one.fields,
        })
    });
    Ok(rows.collect())
}
