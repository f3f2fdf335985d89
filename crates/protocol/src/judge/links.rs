//! The subjects that an entry names: a condition may ask what is in force on them.

use super::{Candidate, guards_on};
use crate::facts::Facts;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Datum, FieldSchema, Kind, SubjectKind};
use lianfang_policy::Snapshot;
use lianfang_policy::model::Register;
use lianfang_policy::record::subject_record;
use serde_json::{Map, Value};

/// The subjects that the entry names, where a condition on it could ask what covers them by type. Organisations and
/// regions are known without being fetched.
pub(super) fn asked_about(candidate: &Candidate<'_>, snapshot: &Snapshot) -> Vec<SubjectId> {
    let (model, register, entry) = (&snapshot.model, candidate.register, candidate.entry);
    let named = linked(&entry.body, &register.schema.fields);
    let asks = || !register.compute.is_empty() || guards_on(model, &entry.register, entry.act).next().is_some();
    let reaches = || {
        let by_type = |register: &Register| register.reach.as_ref().is_some_and(|reach| reach.types.is_some());
        model.registers.values().any(|register| by_type(register))
    };
    if named.is_empty() || !asks() || !reaches() {
        return Vec::new();
    }
    named
}

/// Their views by id; none when there is none.
pub(super) fn views(candidate: &Candidate<'_>, snapshot: &Snapshot, facts: &dyn Facts) -> Option<Datum> {
    let ids = asked_about(candidate, snapshot);
    let known = ids
        .into_iter()
        .filter_map(|id| Some((id.to_string(), subject_record(&facts.history(id)?.subject))));
    let known: Vec<(String, Datum)> = known.collect();
    (!known.is_empty()).then(|| Datum::record(known.iter().map(|(id, view)| (id.as_str(), view.clone()))))
}

/// The subjects that the fields of a body name, those inside rows too, each once.
pub fn linked(body: &Map<String, Value>, fields: &[FieldSchema]) -> Vec<SubjectId> {
    let mut found = Vec::new();
    gather(body, fields, &mut found);
    found.sort();
    found.dedup();
    found
}

fn gather(body: &Map<String, Value>, fields: &[FieldSchema], found: &mut Vec<SubjectId>) {
    for field in fields {
        let Some(value) = body.get(&field.id) else { continue };
        match &field.kind {
            Kind::Subject(SubjectKind::Organisation | SubjectKind::Region) => {}
            Kind::Subject(_) => {
                let one = std::slice::from_ref(value);
                let ids = value.as_array().map_or(one, Vec::as_slice);
                found.extend(ids.iter().filter_map(|id| id.as_str()?.parse::<SubjectId>().ok()));
            }
            Kind::Rows(inner) => {
                let rows = value.as_array().map_or(&[][..], Vec::as_slice);
                rows.iter()
                    .filter_map(Value::as_object)
                    .for_each(|row| gather(row, inner, found));
            }
            _ => {}
        }
    }
}
