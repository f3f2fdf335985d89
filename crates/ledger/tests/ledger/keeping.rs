//! What is kept, what is destroyed, what can be proved: audit, retention, merges, strangers, batches.

use crate::city::{City, ZHANG, arrival, arrival_of, made_up};
use lianfang_kernel::Lang;
use lianfang_kernel::ids::{DeviceId, EntryId, SubjectId};
use lianfang_ledger::read::{FigureQuery, SearchQuery, Sight};
use lianfang_ledger::wire::{Author, Status};
use lianfang_testkit::{TestDb, both_databases};
use serde_json::json;

fn figures(city: &City) -> Vec<String> {
    let mut found = Vec::new();
    let ids: Vec<String> = city.ledger.snapshot().model.indicators.keys().cloned().collect();
    for id in ids {
        let query = FigureQuery {
            by: vec!["state".into(), "day".into()],
            ..Default::default()
        };
        let figure = city.ledger.read(|r| r.figure(&id, &query)).unwrap().unwrap();
        found.push(format!(
            "{id} {:?} {:?}",
            figure.value,
            figure.rows.iter().map(|r| (&r.key, r.value)).collect::<Vec<_>>()
        ));
    }
    found
}

#[both_databases]
fn any_cut_into_batches_gives_the_same_figures(db: TestDb) {
    let whole = City::new(db);
    let pieces = City::new(TestDb::sqlite());
    for city in [&whole, &pieces] {
        let grid = city.staff("grid-worker", city.org("community", "371702001", &["community"]));
        let mut entries = Vec::new();
        for n in 0..40 {
            entries.push(city.entry(arrival_of(&made_up(n), "样例", "2022-01-20T07:00:00+08:00")));
        }
        if std::ptr::eq(city, &whole) {
            let answer = city.send(&grid, entries);
            assert!(answer.results.iter().all(|r| r.status.is_in()));
        } else {
            entries
                .into_iter()
                .for_each(|entry| drop(city.send(&grid, vec![entry])));
        }
    }
    assert_eq!(figures(&whole), figures(&pieces));
    assert!(
        figures(&whole).iter().any(|line| line.contains("40")),
        "{:#?}",
        figures(&whole)
    );
}

#[both_databases]
fn the_audit_holds_and_a_changed_row_is_found(db: TestDb) {
    let city = City::new(db);
    let grid = city.staff("grid-worker", city.org("community", "371702001", &["community"]));
    city.one(&grid, json!({ "register": "no-such", "body": {} }));
    city.one(&grid, json!({ "register": "no-such-2", "body": {} }));
    let report = city
        .ledger
        .read(|r| lianfang_ledger::verify_audit(r.connection()))
        .unwrap();
    assert!(report.broken.is_empty() && report.rows >= 3, "{report:?}");
    let mut writer = city.db.database.writer().unwrap();
    writer
        .execute("update audit set kind = 'read' where seq = 2", &[])
        .unwrap();
    let report = city
        .ledger
        .read(|r| lianfang_ledger::verify_audit(r.connection()))
        .unwrap();
    assert_eq!(report.broken.first().map(|(_, seq)| *seq), Some(2));
}

#[both_databases]
fn after_retention_who_it_was_is_gone_and_the_figures_stay(db: TestDb) {
    let city = City::new(db);
    let grid = city.staff("grid-worker", city.org("community", "371702001", &["community"]));
    let person = json!({ "type": "person", "identifiers": { "cn_id": ZHANG }, "name": "张样例" });
    let sent = city.one(
        &grid,
        json!({
            "register": "declaration", "assurance": "seen", "region": "371702001", "subject": person,
            "body": { "arrival_at": "2022-01-21T10:00:00+08:00", "destination": "371702001", "remark": "投亲" }
        }),
    );
    assert!(sent.status.is_in(), "{}", serde_json::to_string(&sent).unwrap());
    let subject = sent.subject.unwrap();
    let before = figures(&city);
    let none_yet = city
        .ledger
        .run_retention(Author::system(), false)
        .unwrap()
        .blocking_recv()
        .unwrap()
        .unwrap();
    assert_eq!(
        none_yet.destroyed, 0,
        "nothing is destroyed while the response needs it"
    );
    let taken_back = json!({ "register": "declaration", "act": "withdraw", "replaces": sent.id, "reason": "行程取消" });
    city.one(&grid, taken_back);
    city.at("2024-01-20T08:00:00+08:00");
    let dry = city
        .ledger
        .run_retention(Author::system(), true)
        .unwrap()
        .blocking_recv()
        .unwrap()
        .unwrap();
    assert!(dry.destroyed >= 1 && dry.id.is_none(), "{dry:?}");
    let done = city
        .ledger
        .run_retention(Author::system(), false)
        .unwrap()
        .blocking_recv()
        .unwrap()
        .unwrap();
    assert_eq!((done.destroyed, done.subjects), (dry.destroyed, 1));
    let identity = city.ledger.read(|r| r.identity(subject)).unwrap().unwrap();
    assert_eq!(identity.name, None);
    let found = city.ledger.read(|r| {
        let query = SearchQuery {
            name_part: Some("张".into()),
            ..Default::default()
        };
        r.search(&Sight::All, &query)
    });
    assert!(found.unwrap().is_empty());
    assert_eq!(figures(&city).len(), before.len());
}

#[both_databases]
fn a_strangers_word_reveals_nothing_and_moves_nobody(db: TestDb) {
    let city = City::new(db);
    let grid = city.staff("grid-worker", city.org("community", "371702001", &["community"]));
    let subject = city.one(&grid, arrival()).subject.unwrap();
    let stranger = Author {
        login: None,
        device: Some(DeviceId(city.uuid())),
        owner: None,
        role: "resident".into(),
        org: None,
        channel: "web",
    };
    let person = json!({ "type": "person", "identifiers": { "cn_id": ZHANG }, "name": "李冒名" });
    let answer = city.one(
        &stranger,
        json!({
            "register": "declaration", "region": "371703", "subject": person,
            "body": { "arrival_at": "2022-01-25T10:00:00+08:00", "destination": "371703" }
        }),
    );
    assert!(answer.status.is_in(), "{}", serde_json::to_string(&answer).unwrap());
    assert_eq!(answer.subject, None);
    assert!(answer.tasks.is_empty());
    let file = city.ledger.read(|r| r.file(subject, None)).unwrap().unwrap();
    assert_eq!(file.region.as_str(), "371702001", "nobody is moved");
    let label = city
        .ledger
        .read(|r| r.labels(&[subject], Lang::Zh))
        .unwrap()
        .remove(&subject)
        .unwrap();
    assert_eq!(label.name, "张**", "nobody is renamed");
    let about_others = city.one(
        &stranger,
        json!({ "register": "temperature", "subject": subject, "body": { "celsius": "39.9" } }),
    );
    assert_eq!(about_others.status, Status::Refused);
}

#[both_databases]
fn two_files_become_one_and_can_be_parted_again(db: TestDb) {
    let city = City::new(db);
    let grid = city.staff("grid-worker", city.org("community", "371702001", &["community"]));
    let kept = city.one(&grid, arrival()).subject.unwrap();
    let double = city
        .one(&grid, arrival_of(&made_up(7), "张样例", "2022-01-20T07:30:00+08:00"))
        .subject
        .unwrap();
    let merged = city.one(
        &Author::system(),
        json!({
            "register": "merge", "subject": double, "body": { "into": kept, "evidence": "同一本证件" }
        }),
    );
    assert!(merged.status.is_in(), "{}", serde_json::to_string(&merged).unwrap());
    let file = city.ledger.read(|r| r.file(double, None)).unwrap().unwrap();
    assert_eq!(file.id, kept);
    assert_eq!(
        file.timeline.iter().filter(|item| item.register == "arrival").count(),
        2
    );
    let parted = city.one(
        &Author::system(),
        json!({
            "register": "merge", "act": "withdraw", "replaces": merged.id, "reason": "查明为两人"
        }),
    );
    assert!(parted.status.is_in(), "{}", serde_json::to_string(&parted).unwrap());
    let file = city.ledger.read(|r| r.file(double, None)).unwrap().unwrap();
    assert_eq!(file.id, double);
    assert_eq!(
        file.timeline.iter().filter(|item| item.register == "arrival").count(),
        1
    );
}

/// Somebody is watched for years; a note about them is kept for ninety days.
const NOTES: &str = r#"
[pack]
id = "trial"
title = { zh = "监测", en = "Watch" }
needs = ["arrivals", "isolation"]

[register.trial_note]
title = { zh = "备注", en = "Notes" }
purpose = { zh = "试用", en = "Trial" }
subject = ["person"]
nature = "act"
sensitivity = "health"
retention = "90d"
retention_class = "trial90"
field = [
  { id = "seen", kind = "int", required = true, title = { zh = "次数", en = "Times" } },
  { id = "remark", kind = "note", personal = true, title = { zh = "备注", en = "Remark" } },
  { id = "other_phone", kind = "phone", title = { zh = "电话", en = "Telephone" } },
]

[protocol.watch]
title = { zh = "监测", en = "Watch" }
enrol = { on = ["arrival"] }
task = [{ id = "temperature", title = { zh = "体温", en = "Temperature" }, owner = "territory(subject)", expects = "temperature", slots = ["06:00-10:00", "16:00-20:00"], days = "0..7" }]
release = [{ outcome = "over", when = "days >= 4000" }]
"#;

fn noted(city: &City) -> (SubjectId, uuid::Uuid) {
    let grid = city.staff("grid-worker", city.org("community", "371702001", &["community"]));
    let subject = city.one(&grid, arrival()).subject.unwrap();
    let body = json!({ "seen": 1, "remark": "投亲", "other_phone": "13800138000" });
    let note = json!({ "register": "trial_note", "subject": subject, "body": body });
    let kept = city.one(&Author::system(), note);
    assert_eq!(kept.status, Status::Accepted, "{kept:?}");
    (subject, kept.id)
}

fn sealed(city: &City, id: uuid::Uuid) -> Option<serde_json::Value> {
    let fields = city.ledger.read(|reader| reader.sealed_fields(EntryId(id))).unwrap();
    fields.map(serde_json::Value::Object)
}

#[both_databases]
fn a_correction_keeps_what_is_sealed_unless_it_says_otherwise(db: TestDb) {
    let city = City::with(db, NOTES);
    let (subject, note) = noted(&city);
    let correct = |replaces: uuid::Uuid, body: serde_json::Value| {
        let entry = json!({ "register": "trial_note", "act": "correct", "replaces": replaces, "subject": subject, "reason": "数错", "body": body });
        let answer = city.one(&Author::system(), entry);
        assert_eq!(answer.status, Status::Accepted, "{answer:?}");
        answer.id
    };
    let counted = correct(note, json!({ "seen": 2 }));
    let all = json!({ "remark": "投亲", "other_phone": "13800138000" });
    assert_eq!(sealed(&city, counted), Some(all));
    let changed = correct(
        counted,
        json!({ "seen": 2, "other_phone": "13800138001", "remark": null }),
    );
    assert_eq!(sealed(&city, changed), Some(json!({ "other_phone": "13800138001" })));
}

#[both_databases]
fn a_note_and_its_correction_may_come_together(db: TestDb) {
    let city = City::with(db, NOTES);
    let (subject, _) = noted(&city);
    let note =
        city.entry(json!({ "register": "trial_note", "subject": subject, "body": { "seen": 3, "remark": "暂住" } }));
    let correction = city.entry(
        json!({ "register": "trial_note", "act": "correct", "replaces": note.id, "subject": subject,
        "reason": "数错", "body": { "seen": 4 } }),
    );
    let entries = vec![note, correction];
    let answers = city.send(&Author::system(), entries).results;
    assert!(
        answers.iter().all(|answer| answer.status == Status::Accepted),
        "{answers:?}"
    );
    assert_eq!(sealed(&city, answers[1].id), Some(json!({ "remark": "暂住" })));
}

#[both_databases]
fn what_no_protocol_works_with_goes_in_its_time_also_of_who_is_watched(db: TestDb) {
    let city = City::with(db, NOTES);
    let (subject, note) = noted(&city);
    city.at("2022-05-01T08:00:00+08:00");
    let run = || {
        let reply = city.ledger.run_retention(Author::system(), false).unwrap();
        reply.blocking_recv().unwrap().unwrap()
    };
    let done = run();
    assert_eq!((done.destroyed, done.subjects), (1, 1), "the note alone: {done:?}");
    assert_eq!(sealed(&city, note), None);
    let identity = city.ledger.read(|reader| reader.identity(subject)).unwrap().unwrap();
    assert_eq!(
        identity.name.as_deref(),
        Some("张样例"),
        "who is watched keeps the name"
    );
}
