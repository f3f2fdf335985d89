//! FHIR R4 in JSON: a Bundle, or resources one after the other. One row an Observation; its report, patient and specimen are
//! found by reference.

use crate::lab::{Outcome, Patient, assay, not_final, outcome};
use crate::sheet::{RawRow, SheetError};
use serde_json::Value;
use std::collections::HashMap;

/// What begins a file of FHIR, within so many bytes.
const LOOKED_AT: usize = 65_536;

/// Whether this is FHIR rather than lines of JSON.
pub(crate) fn is_fhir(bytes: &[u8]) -> bool {
    let head = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    head.windows(14).any(|window| window == b"\"resourceType\"")
}

/// The rows of a file of resources.
///
/// # Errors
/// It is no JSON, or there is no resource in it.
pub(crate) fn rows(text: &str) -> Result<Vec<RawRow>, SheetError> {
    let mut files: Vec<Value> = Vec::new();
    for file in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        files.push(file.map_err(|_| SheetError::NotFhir)?);
    }
    let mut resources: Vec<Resource<'_>> = Vec::new();
    for file in &files {
        match file {
            Value::Array(all) => all.iter().for_each(|one| gather(one, "", &mut resources)),
            one => gather(one, "", &mut resources),
        }
    }
    if resources.is_empty() {
        return Err(SheetError::NotFhir);
    }
    let known: HashMap<String, &Value> = resources.iter().flat_map(Resource::names).collect();
    let specimens = specimens(&resources);
    let observations = (1..)
        .zip(&resources)
        .filter(|(_, resource)| kind(resource.value) == "Observation");
    let rows = observations.map(|(line, resource)| row(line, resource, &known, &specimens).into_row());
    Ok(rows.collect())
}

/// A resource and the address it has in its bundle.
struct Resource<'a> {
    value: &'a Value,
    address: &'a str,
    /// The resource that it is contained in.
    inside: Option<&'a Value>,
}

impl<'a> Resource<'a> {
    /// The references by which others mean it.
    fn names(&self) -> Vec<(String, &'a Value)> {
        let id = text(self.value, "id");
        let named = match self.inside {
            Some(outer) => vec![format!("{}#{id}", text(outer, "id"))],
            None => vec![format!("{}/{id}", kind(self.value)), self.address.to_owned()],
        };
        named.into_iter().map(|name| (name, self.value)).collect()
    }
}

fn gather<'a>(value: &'a Value, address: &'a str, out: &mut Vec<Resource<'a>>) {
    if kind(value) == "Bundle" {
        for entry in list(value, "entry") {
            if let Some(inner) = entry.get("resource") {
                gather(inner, text(entry, "fullUrl"), out);
            }
        }
        return;
    }
    if kind(value).is_empty() {
        return;
    }
    out.push(Resource {
        value,
        address,
        inside: None,
    });
    let contained = list(value, "contained").filter(|inner| !kind(inner).is_empty());
    out.extend(contained.map(|inner| Resource {
        value: inner,
        address: "",
        inside: Some(value),
    }));
}

/// The specimen of each observation that a report names: an observation need not repeat it.
fn specimens<'a>(resources: &[Resource<'a>]) -> HashMap<&'a str, &'a str> {
    let reports = resources
        .iter()
        .filter(|resource| kind(resource.value) == "DiagnosticReport");
    let mut found = HashMap::new();
    for report in reports {
        let specimen = list(report.value, "specimen").map(|one| text(one, "reference")).next();
        for result in list(report.value, "result") {
            if let Some(specimen) = specimen {
                found.insert(text(result, "reference"), specimen);
            }
        }
    }
    found
}

fn row(
    line: u64,
    resource: &Resource<'_>,
    known: &HashMap<String, &Value>,
    of_report: &HashMap<&str, &str>,
) -> Outcome {
    let value = resource.value;
    let find = |reference: &str| -> Option<&Value> {
        let outer = resource.inside.unwrap_or(value);
        let full = match reference.strip_prefix('#') {
            Some(id) => format!("{}#{id}", text(outer, "id")),
            None => reference.to_owned(),
        };
        known.get(&full).copied()
    };
    let own = format!("Observation/{}", text(value, "id"));
    let specimen = value
        .get("specimen")
        .map(|one| text(one, "reference"))
        .filter(|text| !text.is_empty());
    let specimen = specimen.or_else(|| {
        of_report
            .get(own.as_str())
            .or_else(|| of_report.get(resource.address))
            .copied()
    });
    let specimen = specimen.and_then(find);
    let taken = specimen
        .and_then(|specimen| specimen.get("collection"))
        .map(|one| text(one, "collectedDateTime"));
    let tests = value.get("code").map(words).unwrap_or_default();
    let mut said = value.get("valueCodeableConcept").map(words).unwrap_or_default();
    said.push(text(value, "valueString"));
    said.extend(list(value, "interpretation").flat_map(words));
    let is_final = matches!(text(value, "status"), "final" | "amended" | "corrected");
    let patient = value.get("subject").and_then(|one| find(text(one, "reference")));
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Outcome {
        line,
        patient: patient.map(person).unwrap_or_default(),
        assay: assay(tests),
        result: outcome(said),
        sampled_at: taken.and_then(some).or_else(|| some(text(value, "effectiveDateTime"))),
        sample_no: specimen.and_then(|specimen| {
            let accession = specimen.get("accessionIdentifier").map(|one| text(one, "value"));
            let number = accession.or_else(|| list(specimen, "identifier").map(|one| text(one, "value")).next());
            number.and_then(some)
        }),
        reported_at: some(text(value, "issued")),
        problem: (!is_final).then(not_final),
    }
}

fn person(value: &Value) -> Patient {
    let mut patient = Patient::default();
    for identifier in list(value, "identifier") {
        let kind = identifier.get("type").map(words).unwrap_or_default();
        patient.numbered(text(identifier, "value"), kind.first().copied().unwrap_or(""));
    }
    if let Some(name) = list(value, "name").next() {
        let given: Vec<&str> = list(name, "given").filter_map(Value::as_str).collect();
        match text(name, "text") {
            "" => patient.named(text(name, "family"), &given.join(" ")),
            whole => patient.named(whole, ""),
        }
    }
    let phones = list(value, "telecom").filter(|one| matches!(text(one, "system"), "phone" | "sms" | ""));
    let phone = phones.map(|one| text(one, "value")).find(|text| !text.is_empty());
    patient.phone = phone.map(str::to_owned);
    patient
}

/// Codes and words of a CodeableConcept.
fn words(concept: &Value) -> Vec<&str> {
    let codings = list(concept, "coding").flat_map(|coding| [text(coding, "code"), text(coding, "display")]);
    let mut words: Vec<&str> = codings.collect();
    words.push(text(concept, "text"));
    words.retain(|word| !word.is_empty());
    words
}

fn kind(value: &Value) -> &str {
    text(value, "resourceType")
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or("")
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}
