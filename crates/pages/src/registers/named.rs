//! Subjects that fields name: offered to choose from while they are few, found by what is written on them otherwise.

use crate::field_form::{EACH, Offers};
use crate::form::Form;
use crate::visit::Desk;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{FieldSchema, Kind, RegisterSchema, SubjectKind};
use lianfang_server::{ApiError, AppState, only_bearing, read};
use lianfang_ui::part::form::Choice;
use std::collections::{BTreeMap, BTreeSet};

/// More than so many are typed and not chosen.
const OFFERED: usize = 60;

/// Things to choose from, by kind: those of the desk's own region, of the catalogue of items all. People are never listed.
pub(super) async fn offers(state: &AppState, desk: &Desk, schema: &RegisterSchema) -> Result<Offers, ApiError> {
    let kinds = kinds(&schema.fields);
    if kinds.is_empty() {
        return Ok(Offers::default());
    }
    let (region, lang) = (desk.staff.region.clone(), desk.visit.lang);
    read(state, move |reader| {
        let mut offers = Offers::default();
        for kind in kinds {
            let region = if kind == SubjectKind::Item {
                reader.snapshot.city.clone()
            } else {
                region.clone()
            };
            let ids = reader.subjects_of_kind(kind, &region, OFFERED + 1)?;
            if ids.len() > OFFERED {
                continue;
            }
            let labels = reader.labels(&ids, lang)?;
            let name = |id: &SubjectId| labels.get(id).map_or_else(String::new, |label| label.name.clone());
            let mut choices: Vec<Choice> = ids.iter().map(|id| Choice::new(id.to_string(), name(id))).collect();
            choices.sort_by(|a, b| a.label.cmp(&b.label));
            offers.insert(kind, choices);
        }
        Ok(offers)
    })
    .await
}

/// Kinds of things that fields name, those in rows too.
fn kinds(fields: &[FieldSchema]) -> BTreeSet<SubjectKind> {
    let mut found = BTreeSet::new();
    for field in fields {
        match &field.kind {
            Kind::Rows(inner) => found.extend(kinds(inner)),
            Kind::Subject(kind) if is_thing(*kind) => drop(found.insert(*kind)),
            _ => {}
        }
    }
    found
}

fn is_thing(kind: SubjectKind) -> bool {
    matches!(
        kind,
        SubjectKind::Place | SubjectKind::Vehicle | SubjectKind::Item | SubjectKind::Matter
    )
}

/// The form with names, codes, plates and document numbers turned into the subjects they belong to. What is not found
/// stays as typed, and the ledger says so.
pub(super) async fn resolved(
    state: &AppState,
    desk: &Desk,
    schema: &RegisterSchema,
    form: &Form,
) -> Result<Form, ApiError> {
    let mut asked: BTreeMap<String, (SubjectKind, String)> = BTreeMap::new();
    for name in form.names() {
        let Some(kind) = kind_at(&schema.fields, name) else {
            continue;
        };
        let typed = form.get(name).trim();
        if !typed.is_empty() && typed.parse::<SubjectId>().is_err() {
            asked.insert(name.to_owned(), (kind, typed.to_owned()));
        }
    }
    let mut resolved = form.clone();
    if asked.is_empty() {
        return Ok(resolved);
    }
    let sight = desk.staff.sight.clone();
    let found = read(state, move |reader| {
        let mut found = Vec::new();
        for (name, (kind, typed)) in asked {
            found.extend(only_bearing(reader, &sight, kind, &typed)?.map(|id| (name, id)));
        }
        Ok(found)
    })
    .await?;
    for (name, id) in found {
        resolved.set(&name, id.to_string());
    }
    Ok(resolved)
}

/// The kind of thing or person that the field of an input names: `stays.2.place`, `guests.0.value`.
fn kind_at(fields: &[FieldSchema], name: &str) -> Option<SubjectKind> {
    let (first, rest) = name.split_once('.').unwrap_or((name, ""));
    let field = fields.iter().find(|field| field.id == first)?;
    let rest = rest.split_once('.').map_or(rest, |(_, rest)| rest);
    match &field.kind {
        Kind::Rows(inner) => kind_at(inner, rest),
        Kind::Subject(kind)
            if (rest.is_empty() || rest == EACH) && (is_thing(*kind) || *kind == SubjectKind::Person) =>
        {
            Some(*kind)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lianfang_kernel::Words;

    fn field(id: &str, kind: Kind) -> FieldSchema {
        FieldSchema::new(id, Words::same(id), kind)
    }

    #[test]
    fn inputs_are_traced_to_the_kind_that_their_field_names() {
        let inner = vec![field("goods", Kind::Subject(SubjectKind::Item)), field("n", Kind::Int)];
        let fields = vec![
            field("lines", Kind::Rows(inner)),
            field("cars", Kind::Subject(SubjectKind::Vehicle)),
            field("by", Kind::Subject(SubjectKind::Organisation)),
        ];
        assert_eq!(kind_at(&fields, "lines.2.goods"), Some(SubjectKind::Item));
        assert_eq!(kind_at(&fields, "cars.0.value"), Some(SubjectKind::Vehicle));
        assert_eq!(kind_at(&fields, "cars"), Some(SubjectKind::Vehicle));
        assert_eq!(kind_at(&fields, "by"), None);
        assert_eq!(kind_at(&fields, "lines.2.n"), None);
        assert_eq!(kind_at(&fields, "csrf"), None);
    }
}
