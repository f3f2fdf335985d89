//! The visits of a day at one institution, and how far each is.

use super::{ROUTE, STEP, TRIAGE};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Instant, Lang, unscaled};
use lianfang_ledger::LedgerError;
use lianfang_ledger::read::{EntryFilter, EntryItem, Reader, Sight};
use lianfang_policy::Model;
use lianfang_ui::views::clinic::{Queue, Waiting, WaitingState};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Entries of one register that a page looks at.
const MOST: usize = 20_000;
/// Entries of one reading.
const AT_A_TIME: usize = 500;

/// A visit.
pub(super) struct Visited {
    /// Its file.
    pub subject: SubjectId,
    /// Its number of the day: the order in which triage was recorded.
    pub number: usize,
    triage: EntryItem,
    route: Option<EntryItem>,
    step: Option<EntryItem>,
    room: Option<String>,
}

/// The entries of a register of the day that hold, oldest first, and every subject of them in that order.
fn entries(
    reader: &mut Reader<'_>,
    sight: &Sight,
    (register, org): (&str, SubjectId),
    (from, as_of): (Instant, Option<Instant>),
) -> Result<(Vec<EntryItem>, Vec<SubjectId>), LedgerError> {
    let mut filter = EntryFilter {
        register: Some(register.to_owned()),
        from: Some(from),
        as_of,
        limit: AT_A_TIME,
        ..EntryFilter::default()
    };
    let mut found: Vec<EntryItem> = Vec::new();
    loop {
        let page = reader.entries(sight, &filter)?;
        found.extend(page.items.into_iter().filter(|item| item.org == Some(org)));
        filter.cursor = page.next;
        if filter.cursor.is_none() || found.len() >= MOST {
            break;
        }
    }
    // Entries of one moment, as a sheet brings them, stand in the order in which they happened.
    found.sort_by_key(|item| (item.recorded_at, item.at, item.id));
    let mut met = BTreeSet::new();
    let subjects = found.iter().map(|item| item.subject).filter(|id| met.insert(*id));
    let subjects: Vec<SubjectId> = subjects.collect();
    found.retain(|item| matches!(item.status.as_str(), "accepted" | "flagged") && item.act != "withdraw");
    Ok((found, subjects))
}

/// Every visit of the day that holds, in the order of their numbers.
pub(super) fn visits(
    reader: &mut Reader<'_>,
    sight: &Sight,
    org: SubjectId,
    as_of: Option<Instant>,
) -> Result<Vec<Visited>, LedgerError> {
    let at = as_of.unwrap_or(reader.now);
    let zone = &reader.snapshot.zone;
    let since = (zone.start_of(zone.day_of(at)), as_of);
    // A withdrawn triage keeps its number: nobody else is called by it.
    let (triaged, order) = entries(reader, sight, (TRIAGE, org), since)?;
    let numbers: HashMap<SubjectId, usize> = order.into_iter().zip(1..).collect();
    let mut visits: BTreeMap<SubjectId, Visited> = BTreeMap::new();
    for triage in triaged {
        let number = numbers.get(&triage.subject).copied().unwrap_or_default();
        let subject = triage.subject;
        let visited = Visited {
            subject,
            number,
            triage,
            route: None,
            step: None,
            room: None,
        };
        visits.insert(subject, visited);
    }
    for register in [ROUTE, STEP] {
        if !reader.snapshot.model.registers.contains_key(register) {
            continue;
        }
        for item in entries(reader, sight, (register, org), since)?.0 {
            let Some(visited) = visits.get_mut(&item.subject) else {
                continue;
            };
            if let Some(room) = text(&item, "room") {
                visited.room = Some(room.to_owned());
            }
            if register == ROUTE {
                visited.route = Some(item);
            } else if !visited.has_ended() {
                visited.step = Some(item);
            }
        }
    }
    let mut visits: Vec<Visited> = visits.into_values().collect();
    visits.sort_by_key(|visited| visited.number);
    Ok(visits)
}

fn text<'a>(item: &'a EntryItem, field: &str) -> Option<&'a str> {
    item.body
        .get(field)
        .and_then(|value| value.as_str())
        .filter(|text| !text.is_empty())
}

impl Visited {
    /// Nobody has decided where to.
    pub fn is_undecided(&self) -> bool {
        self.route.is_none() && !self.has_ended()
    }

    /// Sent to a clinic, and neither seen nor gone.
    fn waits(&self) -> bool {
        let to = self.route.as_ref().and_then(|route| text(route, "to"));
        matches!(to, Some("general" | "fever_clinic")) && !self.has_ended()
    }

    fn has_ended(&self) -> bool {
        let step = self.step.as_ref().and_then(|step| text(step, "step"));
        matches!(step, Some("seen" | "left"))
    }

    /// Where it was sent.
    pub fn destination(&self, model: &Model, lang: Lang) -> String {
        let to = self.route.as_ref().and_then(|route| text(route, "to")).unwrap_or("");
        word(model, ROUTE, to, lang)
    }

    /// Where it waits: the room it was given, else the destination.
    fn place(&self, model: &Model, lang: Lang) -> String {
        self.room.clone().unwrap_or_else(|| self.destination(model, lang))
    }

    /// The line that stands for it.
    pub fn line(&self, model: &Model, lang: Lang, now: Instant) -> Waiting {
        let step = self.step.as_ref().and_then(|step| text(step, "step"));
        Waiting {
            id: self.subject.to_string(),
            number: self.number,
            entry: self.triage.id.to_string(),
            found: self.found(model, lang),
            minutes: (now.0 - self.triage.at.0).max(0) / 60_000,
            state: match step {
                Some("called") => WaitingState::Called,
                _ => WaitingState::Waiting,
            },
            problem: None,
        }
    }

    /// Temperature, exposure, symptoms.
    fn found(&self, model: &Model, lang: Lang) -> String {
        let body = &self.triage.body;
        let mut found = Vec::new();
        if let Some(tenths) = body.get("celsius").and_then(serde_json::Value::as_i64) {
            found.push(format!("{} ℃", unscaled(tenths, 1)));
        }
        if body.get("exposed").and_then(serde_json::Value::as_bool) == Some(true) {
            let title = model
                .registers
                .get(TRIAGE)
                .and_then(|register| register.schema.field("exposed"));
            found.extend(title.map(|field| field.title.get(lang).to_owned()));
        }
        let symptoms = body.get("symptoms").and_then(|value| value.as_array());
        let symptoms = symptoms.into_iter().flatten().filter_map(|id| id.as_str());
        found.extend(symptoms.map(|id| word(model, "symptom", id, lang)));
        found.join(" · ")
    }
}

/// The title of a code.
fn word(model: &Model, list: &str, id: &str, lang: Lang) -> String {
    let found = model
        .lists
        .get(list)
        .and_then(|list| list.values.iter().find(|value| value.id == id));
    found.map_or_else(|| id.to_owned(), |value| value.title.get(lang).to_owned())
}

/// Who waits, by room; in each who waits longest first.
pub(super) fn queues(visits: &[Visited], model: &Model, lang: Lang, now: Instant) -> Vec<Queue> {
    let mut rooms: BTreeMap<String, Vec<Waiting>> = BTreeMap::new();
    for visited in visits.iter().filter(|visited| visited.waits()) {
        let line = visited.line(model, lang, now);
        rooms.entry(visited.place(model, lang)).or_default().push(line);
    }
    let queue = |(room, mut waiting): (String, Vec<Waiting>)| {
        waiting.sort_by_key(|one| (-one.minutes, one.number));
        Queue { room, waiting }
    };
    rooms.into_iter().map(queue).collect()
}

/// The rooms named today.
pub(super) fn rooms(visits: &[Visited]) -> Vec<String> {
    let rooms: BTreeSet<&String> = visits.iter().filter_map(|visited| visited.room.as_ref()).collect();
    rooms.into_iter().cloned().collect()
}

/// Entrances of the day as counted at the door; none while nobody has entered them.
pub(super) fn entrants(
    reader: &mut Reader<'_>,
    sight: &Sight,
    org: SubjectId,
    as_of: Option<Instant>,
) -> Result<Option<i64>, LedgerError> {
    let at = as_of.unwrap_or(reader.now);
    let zone = &reader.snapshot.zone;
    let filter = EntryFilter {
        register: Some("entrance_count".to_owned()),
        subject: Some(org),
        from: Some(zone.start_of(zone.day_of(at))),
        as_of,
        limit: 20,
        ..EntryFilter::default()
    };
    let found = reader.entries(sight, &filter)?.items;
    let holds = |item: &&EntryItem| matches!(item.status.as_str(), "accepted" | "flagged") && item.act != "withdraw";
    let counted = found
        .iter()
        .filter(holds)
        .filter_map(|item| item.body.get("entrants")?.as_i64());
    Ok(counted.reduce(|sum, n| sum + n))
}
