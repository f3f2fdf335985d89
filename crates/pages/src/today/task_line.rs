//! A task as a line, with the quickest honest way to discharge it, read off the register that it expects.

use crate::visit::civil;
use lianfang_kernel::{FieldSchema, Kind, Lang};
use lianfang_ledger::read::TaskItem;
use lianfang_policy::Snapshot;
use lianfang_policy::model::Register;
use lianfang_ui::part::form::Choice;
use lianfang_ui::part::mark::Meaning;
use lianfang_ui::part::task::{Quick, Task};
use lianfang_ui::paths;

/// Up to this many answers are buttons.
const ANSWERS: usize = 4;
/// Temperatures that most people have: one tap each.
const USUAL_CELSIUS: [&str; 3] = ["36.3", "36.5", "36.8"];

/// The line of a task. `links` tells whether the reader may open the subject's file, `writes` whether they may answer it.
pub(crate) fn line(
    snapshot: &Snapshot,
    item: &TaskItem,
    who: String,
    links: bool,
    writes: bool,
    now: lianfang_kernel::Instant,
    lang: Lang,
) -> Task {
    let is_missed = item.state == "missed" || item.due_at < now;
    let register = snapshot.model.registers.get(&item.expects);
    let form = match item.protocol.as_str() {
        // Decided with both files in view.
        "duplicate-review" => paths::DUPLICATES.to_owned(),
        _ => format!(
            "{}?subject={}&task={}",
            paths::register_new(&item.expects),
            item.subject,
            item.id
        ),
    };
    let quick = register.and_then(|register| quick(snapshot, register, lang));
    Task {
        id: item.id.to_string(),
        who,
        subject: links.then(|| item.subject.to_string()),
        what: item.title.get(lang).to_owned(),
        detail: detail(snapshot, &item.occurrence, lang),
        opens: Some(civil(&snapshot.zone, item.opens_at)),
        due: civil(&snapshot.zone, item.due_at),
        meaning: if is_missed { Meaning::Late } else { Meaning::Due },
        more: quick
            .as_ref()
            .filter(|_| register.is_some_and(|register| register.schema.fields.len() > 1))
            .map(|_| form.clone()),
        quick: match quick {
            _ if !writes => Quick::Others,
            Some(quick) => quick,
            None => Quick::Form { href: form },
        },
        pass_on: None,
        expects: (item.expects.clone(), item.subject.to_string()),
    }
}

/// Which of several it is, in words: an organisation by its name. The number of another file says nothing to a reader.
fn detail(snapshot: &Snapshot, occurrence: &str, lang: Lang) -> String {
    let Ok(id) = occurrence.parse() else {
        return occurrence.to_owned();
    };
    let org = snapshot.orgs.get(id);
    org.map_or_else(String::new, |org| org.name.get(lang).to_owned())
}

/// One tap is honest only where one field is all that must be said, or where nothing must be and the first says most.
fn quick(snapshot: &Snapshot, register: &Register, lang: Lang) -> Option<Quick> {
    let schema = &register.schema;
    let mut required = schema.fields.iter().filter(|field| field.required);
    let first = |field: &&FieldSchema| matches!(field.kind, Kind::Code { .. });
    let only = required.next().or_else(|| schema.fields.first().filter(first));
    let only = only.filter(|field| !field.is_sealed() && field.many <= 1)?;
    let has_conditions = !register.required_when.is_empty() || schema.shape != lianfang_kernel::Shape::Point;
    if required.next().is_some() || has_conditions || schema.fields.len() > 4 {
        return None;
    }
    match &only.kind {
        Kind::Decimal { .. } | Kind::Int => {
            let unit = only.unit.as_ref().map(|unit| unit.zh.as_str()).unwrap_or_default();
            let usual: &[&str] = match unit {
                "℃" => &USUAL_CELSIUS,
                _ => &["0"],
            };
            Some(Quick::Number {
                name: only.id.clone(),
                label: only.title.get(lang).to_owned(),
                unit: only
                    .unit
                    .as_ref()
                    .map(|unit| unit.get(lang).to_owned())
                    .unwrap_or_default(),
                usual: usual.iter().map(|&value| value.to_owned()).collect(),
            })
        }
        Kind::Code { list } => {
            let list = snapshot
                .model
                .lists
                .get(list)
                .filter(|list| list.values.len() <= ANSWERS)?;
            let choice =
                |value: &lianfang_policy::model::CodeValue| Choice::new(value.id.clone(), value.title.get(lang));
            Some(Quick::Answers {
                name: only.id.clone(),
                options: list.values.iter().map(choice).collect(),
            })
        }
        _ => None,
    }
}
