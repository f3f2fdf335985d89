//! Tells a story to the ledger in the order of time: events wait until the clock reaches them.

use super::dice::Dice;
use crate::failure::Outcome;
use crate::store::wait;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Instant, ManualClock};
use lianfang_ledger::Ledger;
use lianfang_ledger::wire::{Author, EntryAnswer, NewEntry, Status};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Entries in one call at most.
const CALL: usize = 500;

/// Whom an event is about.
#[derive(Clone, Debug)]
pub enum About {
    /// A person of the story by index.
    Person(usize),
    /// A subject as it is sent.
    Sent(Value),
}

/// Something that somebody writes down.
#[derive(Clone, Debug)]
pub struct Event {
    /// Who.
    pub author: Author,
    /// Which register.
    pub register: &'static str,
    /// About whom.
    pub about: About,
    /// Where, for a new subject.
    pub region: Option<String>,
    /// The fields.
    pub body: Value,
    /// The entry's id, when others cite it.
    pub id: Option<Uuid>,
    /// When it happened, where it is written down later.
    pub happened_at: Option<Instant>,
    /// A field that names a person of the story by index, known by then.
    pub names: Option<(&'static str, usize)>,
}

impl Event {
    /// What happens where its subject is, under an id that nobody cites.
    pub fn new(author: Author, register: &'static str, about: About, body: Value) -> Event {
        Event {
            author,
            register,
            about,
            region: None,
            body,
            id: None,
            happened_at: None,
            names: None,
        }
    }
}

/// What was written, by fate.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// In the ledger.
    pub written: u64,
    /// In the ledger with a flag.
    pub flagged: u64,
    /// Refused: by code.
    pub refused: BTreeMap<String, u64>,
}

/// The waiting events and what is known of the people.
pub struct Teller<'a> {
    ledger: &'a Ledger,
    clock: &'a ManualClock,
    waiting: BTreeMap<(Instant, u64), Event>,
    sequence: u64,
    described: Vec<Value>,
    subjects: HashMap<usize, SubjectId>,
    /// What became of everything so far.
    pub tally: Tally,
}

impl<'a> Teller<'a> {
    /// Begins with nothing told; `described` names each person for their first entry.
    pub fn new(ledger: &'a Ledger, clock: &'a ManualClock, described: Vec<Value>) -> Teller<'a> {
        let (waiting, subjects) = (BTreeMap::new(), HashMap::new());
        Teller {
            ledger,
            clock,
            waiting,
            sequence: 0,
            described,
            subjects,
            tally: Tally::default(),
        }
    }

    /// Lets something happen at a moment.
    pub fn at(&mut self, moment: Instant, event: Event) {
        self.sequence += 1;
        self.waiting.insert((moment, self.sequence), event);
    }

    /// Moves the clock, lets time do its part, then writes what has happened by then, in order.
    ///
    /// # Errors
    /// The ledger. What rules refuse is counted, as in life.
    pub fn until(&mut self, dice: &mut Dice, now: Instant) -> Outcome {
        self.clock.set(now);
        while wait(self.ledger.tick())? > 0 {}
        let later = self.waiting.split_off(&(now.plus_ms(1), 0));
        let due = std::mem::replace(&mut self.waiting, later);
        let mut replies = Vec::new();
        let mut call: Option<(Author, Vec<NewEntry>, Vec<Option<usize>>)> = None;
        for ((at, _), event) in due {
            let person = match event.about {
                About::Person(index) => Some(index),
                About::Sent(_) => None,
            };
            let entry = self.entry(dice, at, &event)?;
            if let Some((author, entries, people)) = &mut call
                && author.scope() == event.author.scope()
                && entries.len() < CALL
            {
                entries.push(entry);
                people.push(person);
                continue;
            }
            if let Some((author, entries, people)) = call.replace((event.author, vec![entry], vec![person])) {
                replies.push((self.ledger.append(author, entries), people));
            }
        }
        if let Some((author, entries, people)) = call {
            replies.push((self.ledger.append(author, entries), people));
        }
        for (reply, people) in replies {
            for (answer, person) in wait(reply)?.results.into_iter().zip(people) {
                self.note(&answer, person);
            }
        }
        while wait(self.ledger.tick())? > 0 {}
        Ok(())
    }

    fn note(&mut self, answer: &EntryAnswer, person: Option<usize>) {
        match answer.status {
            Status::Accepted => self.tally.written += 1,
            Status::Flagged => {
                self.tally.written += 1;
                self.tally.flagged += 1;
            }
            Status::Refused | Status::Tray => {
                let code = answer.problems.first().map_or("?", |problem| problem.code.as_str());
                *self.tally.refused.entry(code.to_owned()).or_default() += 1;
            }
        }
        if let (Some(person), Some(subject)) = (person, answer.subject) {
            self.subjects.insert(person, subject);
        }
    }

    fn entry(&self, dice: &mut Dice, at: Instant, event: &Event) -> Outcome<NewEntry> {
        let subject = match &event.about {
            About::Person(index) => match self.subjects.get(index) {
                Some(id) => json!(id),
                None => self.described.get(*index).cloned().unwrap_or_default(),
            },
            About::Sent(value) => value.clone(),
        };
        let id = event.id.unwrap_or_else(|| dice.uuid(at));
        let happened = event.happened_at.unwrap_or(at);
        let mut entry =
            json!({ "id": id, "register": event.register, "at": happened, "subject": subject, "body": event.body });
        if let Some(happened) = event.happened_at {
            // Its source reported it then, so it is history and no late entry.
            entry["reported_at"] = json!(happened);
        }
        if let Some(region) = &event.region {
            entry["region"] = json!(region);
        }
        if let Some((field, index)) = event.names {
            entry["body"][field] = json!(self.subjects.get(&index));
        }
        Ok(serde_json::from_value(entry).map_err(lianfang_ledger::LedgerError::from)?)
    }
}
