//! Finds a person by document, name or last digits. Every search states its purpose, which goes into the audit.

use crate::form::Form;
use crate::likely::drawn;
use crate::visit::{Desk, shown};
use crate::{Answer, region_steps};
use axum::extract::{RawQuery, State};
use lianfang_kernel::{Lang, Words};
use lianfang_policy::Snapshot;
use lianfang_server::{AppState, Class, Describing, Found, PROPOSALS, Searching, find, likely};
use lianfang_ui::part::form::{Choice, Problem};
use lianfang_ui::views::files::{Files, Hit, render};
use std::collections::BTreeMap;

/// The ledger answers no more than these.
const MOST: usize = 50;

const PURPOSES: [(&str, &str, &str); 4] = [
    ("follow_up", "健康随访和任务办理", "Follow-up and open tasks"),
    ("contact", "电话联系本人", "Calling the person"),
    ("correction", "核实和更正记录", "Checking and correcting a record"),
    ("objection", "办理异议", "Handling an objection"),
];

fn purposes(lang: Lang) -> Vec<Choice> {
    PURPOSES
        .iter()
        .map(|(id, zh, en)| Choice::new(*id, Words::new(*zh, *en).get(lang)))
        .collect()
}

/// A number of a document or telephone is looked up whole, four digits as the last ones, anything else as a name.
fn asked(q: &str, purpose: &str) -> Searching {
    let digits = q.chars().filter(char::is_ascii_digit).count();
    let mut searching = Searching {
        purpose: purpose.to_owned(),
        identifiers: BTreeMap::new(),
        name_part: None,
        last4: None,
    };
    match (digits, q.chars().count()) {
        (17 | 18, 18) => drop(searching.identifiers.insert("cn_id".to_owned(), q.to_owned())),
        (11, 11) => drop(searching.identifiers.insert("phone".to_owned(), q.to_owned())),
        (3 | 4, 4) => searching.last4 = Some(q.to_owned()),
        (4.., _) => drop(searching.identifiers.insert("id_doc".to_owned(), q.to_owned())),
        _ => searching.name_part = Some(q.to_owned()),
    }
    searching
}

/// The same as linkage asks: mistyped numbers and names that sound alike are found too.
fn alike(q: &str, purpose: &str) -> Option<Describing> {
    let exact = asked(q, purpose);
    // Four digits tell nobody apart.
    exact.last4.is_none().then(|| Describing {
        purpose: exact.purpose,
        name: exact.name_part,
        identifiers: exact.identifiers,
        ..Describing::default()
    })
}

pub(super) async fn show(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let view = Files {
        q: query.get("q").to_owned(),
        sees_duplicates: sees_duplicates(&state, &desk),
        purposes: purposes(desk.visit.lang),
        ..Files::default()
    };
    Ok(shown(render(&view, &desk.ctx(&state))))
}

pub(super) async fn search(State(state): State<AppState>, desk: Desk, form: Form) -> Answer {
    let lang = desk.visit.lang;
    let mut view = Files {
        q: form.get("q").to_owned(),
        sees_duplicates: sees_duplicates(&state, &desk),
        purposes: purposes(lang),
        ..Files::default()
    };
    let Some(purpose) = PURPOSES.iter().find(|purpose| purpose.0 == form.get("purpose")) else {
        let what = Words::new("请选择查询目的", "Choose what the search is for");
        view.problems.push(Problem::at("purpose", what.get(lang)));
        return Ok(shown(render(&view, &desk.ctx(&state))));
    };
    if view.q.is_empty() {
        let what = Words::new(
            "请输入姓名、证件号或末四位",
            "Type a name, a number or its last four digits",
        );
        view.problems.push(Problem::at("q", what.get(lang)));
        return Ok(shown(render(&view, &desk.ctx(&state))));
    }
    let words = Words::new(purpose.1, purpose.2);
    let found = find(&state, &desk.staff, asked(&view.q, words.get(lang))).await?;
    let snapshot = state.ledger.snapshot();
    let alike = alike(&view.q, words.get(lang)).filter(|_| state.config.linkage);
    if let Some(asked) = alike {
        let (_, alike) = likely(&state, &desk.staff, &asked).await?;
        // What is written exactly so stands above.
        let alike = alike
            .iter()
            .filter(|one| one.class == Class::Same && found.iter().all(|hit| hit.view.id != one.view.id));
        view.likely = alike.map(|one| drawn(&snapshot, one, lang)).collect();
    }
    view.purpose = Some(words.get(lang).to_owned());
    view.has_more = found.len() >= MOST;
    view.hits = Some(found.iter().map(|found| hit(&snapshot, found, lang)).collect());
    Ok(shown(render(&view, &desk.ctx(&state))))
}

fn sees_duplicates(state: &AppState, desk: &Desk) -> bool {
    desk.staff.reads_rows(&state.ledger.snapshot().model, PROPOSALS)
}

fn hit(snapshot: &Snapshot, found: &Found, lang: Lang) -> Hit {
    let kind = snapshot
        .model
        .types
        .get(&found.view.kind_type)
        .map(|kind| kind.title.get(lang).to_owned());
    let document = found.label.document.clone().unwrap_or_default();
    Hit {
        id: found.view.id.to_string(),
        label: format!("{} {document}", found.label.name).trim().to_owned(),
        kind: kind.unwrap_or_else(|| found.view.kind.words().get(lang).to_owned()),
        region: region_steps::full_name(&snapshot.regions, lang, &found.view.region),
        holds: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::asked;

    #[test]
    fn what_is_typed_tells_what_is_looked_for() {
        assert!(asked("11010119900307889X", "p").identifiers.contains_key("cn_id"));
        assert!(asked("13800138000", "p").identifiers.contains_key("phone"));
        assert_eq!(asked("889X", "p").last4.as_deref(), Some("889X"));
        assert_eq!(asked("张样", "p").name_part.as_deref(), Some("张样"));
    }
}
