//! Files attached to entries: whose they are, who may cite them, how long they last.

use crate::city::{City, ZHANG, made_up};
use lianfang_ledger::wire::{Author, EntryAnswer, Status};
use lianfang_ledger::{Ledger, NewAttachment};
use lianfang_testkit::{TestDb, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) const PLAN: &[u8] = b"%PDF-1.7 the plan of prevention";

pub(crate) fn attach(city: &City, author: &Author) -> Uuid {
    let attachment = NewAttachment {
        id: city.uuid(),
        media_type: "application/pdf",
        content: PLAN.to_vec(),
    };
    let id = attachment.id;
    let reply = city.ledger.attach(author.clone(), attachment).unwrap();
    reply.blocking_recv().unwrap().unwrap();
    id
}

fn opened(city: &City, id: Uuid) -> Option<Vec<u8>> {
    content(&city.ledger, id)
}

pub(crate) fn content(ledger: &Ledger, id: Uuid) -> Option<Vec<u8>> {
    ledger
        .read(|reader| match reader.attachment(id)? {
            Some(view) => reader.attachment_content(&view),
            None => Ok(None),
        })
        .unwrap()
}

pub(crate) fn visit(person: &Value, note: Uuid) -> Value {
    json!({ "register": "visit_note", "region": "371702001", "subject": person, "body": { "note": note } })
}

pub(crate) fn person(cn_id: &str) -> Value {
    json!({ "type": "person", "identifiers": { "cn_id": cn_id }, "name": "样例" })
}

fn refused_for(answer: &EntryAnswer) -> Option<&str> {
    let problem = answer.problems.first()?;
    (answer.status != Status::Accepted).then_some(problem.code.as_str())
}

/// Reports of a visit with a file.
const PACK: &str = r#"
[pack]
id = "trial"
title = { zh = "走访", en = "Visits" }

[register.visit_note]
title = { zh = "走访记录", en = "Notes of visits" }
purpose = { zh = "测试", en = "Test" }
subject = ["person"]
sensitivity = "personal"
retention = "30d"
retention_class = "d30"
nature = "act"
field = [{ id = "note", kind = "file", required = true, title = { zh = "附件", en = "File" } }]

[role.visitor]
title = { zh = "走访人", en = "Visitor" }
write = ["visit_note"]
read = { visit_note = "identified" }
scope = "region"
"#;

pub(crate) fn city(db: TestDb) -> (City, Author, Author) {
    let city = City::with(db, PACK);
    let org = city.org("community", "371702001", &["community"]);
    let (one, other) = (city.staff("visitor", org), city.staff("visitor", org));
    (city, one, other)
}

#[both_databases]
fn a_file_is_cited_by_who_sent_it_and_belongs_to_one_subject(db: TestDb) {
    let (city, one, other) = city(db);
    let id = attach(&city, &one);
    assert_eq!(opened(&city, id).as_deref(), Some(PLAN), "it waits, and can be opened");
    let by_another = city.one(&other, visit(&person(ZHANG), id));
    assert_eq!(refused_for(&by_another), Some("unknown_attachment"));
    let kept = city.one(&one, visit(&person(ZHANG), id));
    assert_eq!(kept.status, Status::Accepted, "{kept:?}");
    assert_eq!(opened(&city, id).as_deref(), Some(PLAN));
    let view = city.ledger.read(|reader| reader.attachment(id)).unwrap().unwrap();
    assert_eq!(view.entry.map(|entry| entry.0), Some(kept.id));
    let of_another = city.one(&one, visit(&person(&made_up(1)), id));
    assert_eq!(refused_for(&of_another), Some("unknown_attachment"));
    let corrected = city.one(
        &one,
        json!({ "register": "visit_note", "act": "correct", "replaces": kept.id, "reason": "补充", "body": { "note": id } }),
    );
    assert_eq!(
        corrected.status,
        Status::Accepted,
        "the same subject keeps its file: {corrected:?}"
    );
    let unknown = city.one(&one, visit(&person(ZHANG), city.uuid()));
    assert_eq!(refused_for(&unknown), Some("unknown_attachment"));
}

#[both_databases]
fn what_nobody_cites_is_gone_after_a_day_and_a_cited_file_with_its_key(db: TestDb) {
    let (city, one, _) = city(db);
    let (loose, cited) = (attach(&city, &one), attach(&city, &one));
    let kept = city.one(&one, visit(&person(ZHANG), cited));
    assert_eq!(kept.status, Status::Accepted, "{kept:?}");
    city.at("2022-01-22T08:00:00+08:00");
    let late = city.one(&one, visit(&person(ZHANG), loose));
    assert_eq!(refused_for(&late), Some("unknown_attachment"));
    attach(&city, &one);
    assert_eq!(opened(&city, loose), None);
    assert_eq!(opened(&city, cited).as_deref(), Some(PLAN));
    city.at("2022-04-20T08:00:00+08:00");
    let run = city.ledger.run_retention(Author::system(), false).unwrap();
    let run = run.blocking_recv().unwrap().unwrap();
    assert!(run.destroyed >= 1, "{run:?}");
    assert_eq!(opened(&city, cited), None, "with the key of its subject's class");
}

#[both_databases]
fn trying_an_entry_leaves_its_file_waiting(db: TestDb) {
    let (city, one, _) = city(db);
    let id = attach(&city, &one);
    let entry = city.entry(visit(&person(ZHANG), id));
    let tried = city.ledger.try_append(one.clone(), vec![entry]).unwrap();
    let tried = tried.blocking_recv().unwrap().unwrap();
    assert_eq!(tried.results[0].status, Status::Accepted);
    let view = city.ledger.read(|reader| reader.attachment(id)).unwrap().unwrap();
    assert_eq!(view.entry, None);
    assert_eq!(city.one(&one, visit(&person(&made_up(1)), id)).status, Status::Accepted);
}
