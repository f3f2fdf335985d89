//! A hospital with an hour of triage behind it and ten observation rooms, so that its page has something to show.

use super::people::Person;
use crate::failure::Outcome;
use crate::posts::Account;
use crate::store::wait;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Instant, Words};
use lianfang_ledger::wire::{Author, EntryAnswer};
use lianfang_ledger::{Function, Ledger, LoginChange, NewOrg};
use serde_json::{Value, json};

/// The account that works there.
const DESK: &str = "clinic-desk";
/// Visits: temperature in tenths, exposed, where to, its room, and how far it is; a minute's count before now.
const VISITS: [(i64, bool, &str, &str, &str, i64); 9] = [
    (364, false, "general", "3诊室", "seen", 70),
    (382, false, "fever_clinic", "发热1诊室", "seen", 66),
    (366, false, "general", "3诊室", "called", 41),
    (365, true, "fever_clinic", "发热2诊室", "called", 38),
    (379, false, "fever_clinic", "发热1诊室", "", 31),
    (363, false, "general", "3诊室", "", 24),
    (388, true, "transfer", "", "", 19),
    (375, false, "", "", "", 12),
    (367, false, "general", "5诊室", "", 6),
];

/// Founds the hospital in the account's own area, moves the account there, and lets the morning happen.
pub fn open(ledger: &Ledger, accounts: &mut [Account], people: &[Person], now: Instant) -> Outcome {
    let Some(account) = accounts.iter_mut().find(|account| account.role == DESK) else {
        return Ok(());
    };
    let snapshot = ledger.snapshot();
    let region = people.first().map(|person| person.township.clone());
    let Some(region) = region.or_else(|| snapshot.orgs.get(account.org).map(|org| org.region.clone())) else {
        return Ok(());
    };
    let name = Words::new("样例第一人民医院", "Sample First People's Hospital");
    let hospital = NewOrg {
        id: None,
        kind_type: "hospital".into(),
        name: name.clone(),
        region: region.clone(),
        sector: None,
        parent: None,
        functions: Vec::<Function>::new(),
    };
    let Some(org) = wait(ledger.add_orgs(Author::system(), vec![hospital]))?
        .first()
        .copied()
    else {
        return Ok(());
    };
    wait(ledger.change_login(Author::system(), account.id, LoginChange::Org(org)))?;
    account.org = org;
    account.org_name = name;
    let desk = Desk {
        ledger,
        author: account.author(),
        region: region.to_string(),
        org,
        now,
    };
    desk.rooms(people)?;
    desk.visits()?;
    let text = serde_json::to_string(accounts).unwrap_or_default();
    wait(ledger.set_meta("logins", text))
}

struct Desk<'a> {
    ledger: &'a Ledger,
    author: Author,
    region: String,
    org: SubjectId,
    now: Instant,
}

impl Desk<'_> {
    /// Writes entries of some minutes ago; none is refused for what the story says.
    fn write(&self, role: &str, minutes: i64, entries: Vec<Value>) -> Outcome<Vec<EntryAnswer>> {
        let at = self.now.plus_ms(-minutes * 60_000).to_string();
        let sent = entries.into_iter().filter_map(|mut entry| {
            entry["id"] = self.ledger.new_id().to_string().into();
            entry["at"] = at.clone().into();
            entry["region"] = self.region.clone().into();
            serde_json::from_value(entry).ok()
        });
        let author = Author {
            role: role.to_owned(),
            ..self.author.clone()
        };
        let answer = wait(self.ledger.append(author, sent.collect()))?;
        for refused in answer.results.iter().filter(|result| result.subject.is_none()) {
            let code = refused.problems.first().map_or("", |problem| problem.code.as_str());
            tracing::warn!(code, "demo.clinic_refused");
        }
        Ok(answer.results)
    }

    fn visits(&self) -> Outcome {
        for (n, (tenths, exposed, to, room, step, minutes)) in VISITS.into_iter().enumerate() {
            let celsius = format!("{}.{}", tenths / 10, tenths % 10);
            let visit = json!({
                "register": "triage_visit",
                "subject": { "type": "visit", "identifiers": { "code": format!("DEMO-{n}") }, "name": format!("预检{n}") },
                "body": { "celsius": celsius, "exposed": exposed },
            });
            let made = self.write(DESK, minutes, vec![visit])?;
            let Some(subject) = made.first().and_then(|answer| answer.subject) else {
                continue;
            };
            let about = |register: &str, body: Value| json!({ "register": register, "subject": subject, "body": body });
            if !to.is_empty() {
                let body = if room.is_empty() {
                    json!({ "to": to })
                } else {
                    json!({ "to": to, "room": room })
                };
                self.write(DESK, minutes - 1, vec![about("triage_route", body)])?;
            }
            if !step.is_empty() {
                self.write(
                    DESK,
                    minutes - 5,
                    vec![about("visit_step", json!({ "step": "called" }))],
                )?;
            }
            if step == "seen" {
                self.write(DESK, minutes - 20, vec![about("visit_step", json!({ "step": "seen" }))])?;
            }
        }
        let body = json!({ "entrants": VISITS.len() + 1 });
        let entered = json!({ "register": "entrance_count", "subject": self.org, "body": body });
        self.write(DESK, 2, vec![entered]).map(drop)
    }

    /// Five rooms and five in reserve, two of them taken.
    fn rooms(&self, people: &[Person]) -> Outcome {
        let clean = |n: usize| {
            json!({
                "register": "terminal_disinfection",
                "subject": { "type": "isolation_room", "identifiers": { "code": format!("DEMO-GL-{n}") }, "name": format!("留观{n}室") },
                "body": { "result": "done", "agent": "chlorine", "concentration": "1000mg/L", "operator": "001" },
            })
        };
        let rooms = self.write("ward-desk", 200, (1..=10).map(clean).collect())?;
        let rooms: Vec<SubjectId> = rooms.iter().filter_map(|answer| answer.subject).collect();
        let plan = |(n, room): (usize, &SubjectId)| {
            let tier = if n < 5 { "main" } else { "backup" };
            json!({ "register": "room_plan", "subject": self.org, "body": { "room": room, "tier": tier } })
        };
        self.write("ward-desk", 190, rooms.iter().enumerate().map(plan).collect())?;
        for (person, room) in people.iter().take(2).zip(&rooms) {
            let found = json!({
                "register": "suspect_found", "subject": person.described(), "body": { "celsius": "38.6", "exposed": true },
            });
            let found = self.write(DESK, 130, vec![found])?;
            let Some(patient) = found.first().and_then(|answer| answer.subject) else {
                continue;
            };
            let stay =
                json!({ "register": "room_stay", "subject": self.org, "body": { "room": room, "patient": patient } });
            self.write(DESK, 125, vec![stay])?;
        }
        Ok(())
    }
}
