//! Whom or what an entry is about: given by the address, the own organisation, or asked by the form.

use crate::field_form::{Drawing, documents};
use crate::form::Form;
use crate::region_steps::{offered, picked};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{RegionId, RegisterSchema, SubjectKind, Words};
use lianfang_ledger::wire::{Described, SubjectIn};
use lianfang_policy::{Model, Snapshot};
use lianfang_server::Staff;
use lianfang_ui::part::field::{FieldView, Kind as Shown};
use lianfang_ui::part::form::Choice;
use lianfang_ui::text::text;
use std::collections::BTreeMap;

/// How the subject of an entry is found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// It is known: from a task, a file, a link.
    Given(SubjectId),
    /// The author's own organisation.
    Own,
    /// A person, by document and name.
    Person,
    /// A region.
    Region,
    /// An organisation of the roll, of one of these types.
    Organisation(Vec<String>),
    /// Anything else, by its name, which is also the code it is found by, and its type where it may be of several.
    Other(Vec<String>),
}

impl About {
    /// How it is found out for a register and a member of staff.
    pub fn of(snapshot: &Snapshot, schema: &RegisterSchema, staff: &Staff, form: &Form) -> About {
        if let Some(id) = form.given("subject").and_then(|id| id.parse().ok()) {
            return About::Given(id);
        }
        let model = &snapshot.model;
        let is = |kind: SubjectKind| schema.subjects.iter().any(|id| model.kind_of(id) == Some(kind));
        let own = staff.login.org.and_then(|id| snapshot.orgs.get(id));
        if is(SubjectKind::Person) {
            About::Person
        } else if own.is_some_and(|own| schema.subjects.iter().any(|id| model.is_a(&own.kind_type, id))) {
            About::Own
        } else if is(SubjectKind::Region) {
            About::Region
        } else if is(SubjectKind::Organisation) {
            About::Organisation(schema.subjects.clone())
        } else {
            About::Other(types_of(model, &schema.subjects))
        }
    }

    /// The fields that ask for it.
    pub fn fields(&self, drawing: Drawing<'_>) -> Vec<FieldView> {
        let lang = drawing.lang;
        let typed = |name: &str| drawing.form.get(name).to_owned();
        let field = |name: &str, kind: Shown, key: &str| FieldView::new(name, kind, text(lang, key)).value(typed(name));
        let mut fields = match self {
            About::Given(_) | About::Own => Vec::new(),
            About::Person => {
                let document = FieldView {
                    second: typed("subject.document.number"),
                    ..FieldView::new("subject.document", Shown::IdDoc, text(lang, "declare-document"))
                        .options(documents(lang))
                        .value(if drawing.form.has("subject.document.kind") {
                            typed("subject.document.kind")
                        } else {
                            "cn_id".into()
                        })
                };
                vec![
                    field("subject.name", Shown::Name, "declare-name"),
                    document,
                    field("subject.phone", Shown::Phone, "declare-phone").optional(),
                    region(drawing, Some(drawing.region)),
                ]
            }
            About::Region => vec![region(drawing, Some(drawing.region))],
            About::Organisation(types) => {
                let model = &drawing.snapshot.model;
                let orgs = drawing
                    .snapshot
                    .orgs
                    .within(&drawing.snapshot.regions, drawing.region, drawing.now);
                let fits = orgs
                    .into_iter()
                    .filter(|org| types.iter().any(|wanted| model.is_a(&org.kind_type, wanted)));
                let choices = fits
                    .map(|org| Choice::new(org.id.to_string(), org.name.get(lang)))
                    .collect();
                vec![FieldView::new("subject", Shown::Code, text(lang, "subject")).options(choices)]
            }
            About::Other(types) => {
                let title = |id: &String| drawing.snapshot.model.types.get(id).map(|kind| kind.title.get(lang));
                let choices: Vec<Choice> = types
                    .iter()
                    .map(|id| Choice::new(id.clone(), title(id).unwrap_or(id)))
                    .collect();
                let mut fields = Vec::new();
                if choices.len() > 1 {
                    let title = Words::new("类型", "Type");
                    let kind = FieldView::new("subject.type", Shown::Code, title.get(lang));
                    fields.push(kind.value(typed("subject.type")).options(choices));
                }
                fields.push(field("subject.name", Shown::Text, "subject"));
                fields.push(region(drawing, Some(drawing.region)));
                fields
            }
        };
        for field in &mut fields {
            field.error = drawing.problems.get(&field.id).cloned();
        }
        fields
    }

    /// What the entry says about it, and where.
    pub fn read(&self, snapshot: &Snapshot, form: &Form) -> (Option<SubjectIn>, Option<RegionId>) {
        let region = picked(form, "subject.region", &snapshot.regions).region;
        let described = |kind_type: &str, identifiers: BTreeMap<String, String>| {
            let name = form.given("subject.name").map(str::to_owned);
            Some(SubjectIn::Described(Described {
                kind_type: kind_type.to_owned(),
                identifiers,
                name,
                unit: None,
            }))
        };
        match self {
            About::Given(id) => (Some(SubjectIn::Id(*id)), None),
            About::Own | About::Organisation(_) => (None, None),
            About::Region => {
                let code = region.as_ref().map(|id| ("code".to_owned(), id.to_string()));
                (described("region", code.into_iter().collect()), region)
            }
            About::Person => {
                let kind = if form.get("subject.document.kind") == "id_doc" {
                    "id_doc"
                } else {
                    "cn_id"
                };
                let typed = [(kind, "subject.document.number"), ("phone", "subject.phone")];
                let given = typed
                    .into_iter()
                    .filter_map(|(kind, name)| Some((kind.to_owned(), form.given(name)?.to_owned())));
                (described("person", given.collect()), region)
            }
            About::Other(types) => {
                let chosen = form
                    .given("subject.type")
                    .filter(|chosen| types.iter().any(|id| id == chosen));
                let kind = chosen.or_else(|| types.first().map(String::as_str)).unwrap_or_default();
                let code = form
                    .given("subject.name")
                    .map(|name| ("code".to_owned(), name.to_owned()));
                (described(kind, code.into_iter().collect()), region)
            }
        }
    }
}

/// The types that a thing may be of: those declared under what a register is about; a type that has narrower ones only where
/// it is named itself.
fn types_of(model: &Model, wanted: &[String]) -> Vec<String> {
    let is_parent = |id: &str| model.types.values().any(|kind| kind.parent.as_deref() == Some(id));
    let fits = |id: &&String| wanted.iter().any(|wanted| model.is_a(id, wanted)) && !is_parent(id);
    let mut types: Vec<String> = model.types.keys().filter(fits).cloned().collect();
    // A bare kind has every type of the installation under it: nobody chooses among those.
    if types.is_empty() || wanted.iter().any(|id| SubjectKind::from_id(id).is_some()) {
        types = wanted.to_vec();
    }
    types
}

fn region(drawing: Drawing<'_>, floor: Option<&RegionId>) -> FieldView {
    let at = picked(drawing.form, "subject.region", &drawing.snapshot.regions).region;
    let (steps, below) = offered(&drawing.snapshot.regions, drawing.lang, at.as_ref(), floor);
    FieldView {
        steps,
        ..FieldView::new("subject.region", Shown::Region, text(drawing.lang, "region")).options(below)
    }
}
