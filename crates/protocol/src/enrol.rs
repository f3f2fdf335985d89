//! Enrolment by entries: which facts open which enrolments, under which edition.

use crate::condition::{Scope, reads};
use crate::edition;
use crate::facts::Fact;
use crate::look::subject_id;
use crate::plan::State;
use crate::planner::{Planned, Planner};
use crate::spell::{Opening, Spell};
use lianfang_kernel::ids::EntryId;
use lianfang_kernel::{Assurance, Datum, RegionId};
use lianfang_policy::Expr;
use lianfang_policy::model::{Again, EnrolKey, EnrolSource, Look, Protocol};
use std::sync::Arc;

impl<'a> Planner<'a> {
    /// The enrolments that accepted entries opened.
    pub fn enrol_by_entries(&'a self, editions: &'a [Arc<Protocol>], planned: &mut Vec<Planned>) {
        let mut by_key: Vec<(String, Vec<Opening<'a>>)> = Vec::new();
        let registers = |edition: &'a Arc<Protocol>| match &edition.enrol.source {
            EnrolSource::On(registers) => registers.as_slice(),
            EnrolSource::Set(_) | EnrolSource::Enrolled(_) | EnrolSource::Campaign(_) | EnrolSource::Started => &[],
        };
        let mut enrolling: Vec<&str> = editions.iter().flat_map(registers).map(String::as_str).collect();
        enrolling.retain(|register| self.groups.has(register));
        if enrolling.is_empty() {
            return;
        }
        enrolling.sort_unstable();
        enrolling.dedup();
        let mut facts: Vec<&'a Fact> = enrolling
            .iter()
            .flat_map(|register| self.groups.linked(register))
            .collect();
        facts.sort_by_key(|fact| (fact.at, fact.origin));
        for fact in facts {
            for (key, opening) in self.openings(editions, fact) {
                match by_key.iter_mut().find(|(known, _)| *known == key) {
                    Some((_, openings)) => openings.push(opening),
                    None => by_key.push((key, vec![opening])),
                }
            }
        }
        for (key, openings) in by_key {
            self.spells(editions, &key, openings, planned);
        }
    }

    /// Enrolments of one key, one after the other: a further entry is counted while one is active, begins it anew, or
    /// opens the next when it ended.
    fn spells(
        &'a self,
        editions: &'a [Arc<Protocol>],
        key: &str,
        openings: Vec<Opening<'a>>,
        planned: &mut Vec<Planned>,
    ) {
        let mut count = 0;
        let mut rest = openings.into_iter().peekable();
        while let Some(first) = rest.next() {
            count += 1;
            let key = if count == 1 {
                key.to_owned()
            } else {
                format!("{key}#{count}")
            };
            let protocol = editions[0].id.as_str();
            let openings = vec![first];
            let mut spell = Spell {
                protocol,
                editions,
                key,
                parent: None,
                openings,
                runs: Vec::new(),
                ground: None,
                place: None,
            };
            let mut made = spell.run(self);
            while let Some(next) = rest.peek() {
                if matches!(made.enrolment.state, State::Ended { at, .. } if at <= next.start) {
                    break;
                }
                let again = next.edition.enrol.again;
                let Some(next) = rest.next() else { break };
                if again == Again::Restart {
                    spell.openings.push(next);
                    made = spell.run(self);
                }
            }
            planned.push(made);
        }
    }

    /// What one fact opens, with the key that tells enrolments apart.
    fn openings(&'a self, editions: &'a [Arc<Protocol>], fact: &'a Fact) -> Vec<(String, Opening<'a>)> {
        let history = self.input.history;
        let own = history.is_self(fact.subject);
        let region = if own { &fact.region } else { &history.subject.region };
        let Some(edition) = self.governing(editions, fact, region) else {
            return Vec::new();
        };
        let registers = match &edition.enrol.source {
            EnrolSource::On(registers) => registers,
            EnrolSource::Set(_) | EnrolSource::Enrolled(_) | EnrolSource::Campaign(_) | EnrolSource::Started => {
                return Vec::new();
            }
        };
        if !registers.contains(&fact.entry.register)
            || !may_enrol(edition, fact)
            || (!own && edition.enrol.of.is_none())
        {
            return Vec::new();
        }
        let mut opened: Vec<(String, Opening<'a>)> = Vec::new();
        for item in self.items(edition, fact, region) {
            let Some(item) = self.enrols(edition, fact, item, region, own) else {
                continue;
            };
            let mut key = key(edition, fact.origin, &fact.record, &item);
            if opened.iter().any(|(other, _)| *other == key) {
                key.push_str(&format!("~{}", opened.len() + 1));
            }
            let opening = Opening {
                edition,
                entry: fact.record.clone(),
                item,
                fact: Some(fact),
                start: fact.at,
                known: fact.known.max(fact.at),
                region: region.clone(),
            };
            opened.push((key, opening));
        }
        opened
    }

    /// The edition of the deepest area that is in force on the day of day 0.
    fn governing(&'a self, editions: &'a [Arc<Protocol>], fact: &Fact, region: &RegionId) -> Option<&'a Arc<Protocol>> {
        edition::covering(editions, region, self.input.snapshot)
            .into_iter()
            .find(|edition| {
                if edition.from.is_none() && edition.to.is_none() {
                    return true;
                }
                let start = fact.at;
                let zero = edition.day_zero.as_ref().and_then(|expr| {
                    let mut scope = self.scope(edition, fact, &Datum::Null, region, &[expr]);
                    scope
                        .eval(expr, start, None)
                        .ok()?
                        .as_int()
                        .map(lianfang_kernel::Instant)
                });
                edition::in_force(edition, self.day_of(zero.unwrap_or(start)))
            })
    }

    fn items(&'a self, edition: &'a Protocol, fact: &Fact, region: &RegionId) -> Vec<Datum> {
        let Some(each) = &edition.enrol.each else {
            return vec![Datum::Null];
        };
        match self
            .scope(edition, fact, &Datum::Null, region, &[each])
            .eval(each, fact.at, None)
        {
            Ok(items) => items.items().to_vec(),
            Err(error) => {
                self.fault(&edition.id, None, each.source(), error);
                Vec::new()
            }
        }
    }

    /// Whether the fact enrols this subject by that item.
    fn enrols(
        &'a self,
        edition: &'a Protocol,
        fact: &Fact,
        item: Datum,
        region: &RegionId,
        own: bool,
    ) -> Option<Datum> {
        let enrol = &edition.enrol;
        let exprs: Vec<&Expr> = enrol.of.iter().chain(&enrol.when).collect();
        if exprs.is_empty() {
            return own.then_some(item);
        }
        let mut scope = self.scope(edition, fact, &item, region, &exprs);
        let whom = match &enrol.of {
            None => Ok(own),
            Some(of) => {
                let named = scope.eval(of, fact.at, None);
                named.map(|named| subject_id(&named).is_some_and(|id| self.input.history.is_self(id)))
            }
        };
        let enrols = whom.and_then(|whom| match &enrol.when {
            Some(when) if whom => scope.holds(when, fact.at, None),
            _ => Ok(whom),
        });
        match enrols {
            Ok(enrols) => enrols.then_some(item),
            Err(error) => {
                let source = enrol.when.as_ref().or(enrol.of.as_ref()).map_or("", Expr::source);
                self.fault(&edition.id, None, source, error);
                None
            }
        }
    }

    /// What conditions of enrolling see; looks are read only where one of the expressions reads them.
    fn scope(
        &'a self,
        edition: &'a Protocol,
        fact: &Fact,
        item: &Datum,
        region: &RegionId,
        exprs: &[&Expr],
    ) -> Scope<'a> {
        let looks: &'a [Look] = &edition.looks;
        let read = looks.iter().any(|look| exprs.iter().any(|expr| reads(expr, &look.id)));
        Scope::new(
            self,
            &fact.record,
            item,
            fact.at,
            region.clone(),
            if read { looks } else { &[] },
        )
    }
}

/// What an unauthenticated device says of itself enrols only where the territory checks it.
fn may_enrol(edition: &Protocol, fact: &Fact) -> bool {
    let unproven = fact.entry.login.is_none() && fact.entry.assurance == Assurance::SelfStated;
    fact.entry.assurance >= edition.enrol.assurance && (edition.intake || !unproven)
}

/// The key that an entry by its first version gives an enrolment.
pub(crate) fn key(edition: &Protocol, origin: EntryId, record: &Datum, item: &Datum) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in &edition.enrol.key {
        match part {
            // The subject stands in the enrolment's id already.
            EnrolKey::Subject => {}
            EnrolKey::Entry => parts.push(origin.to_string()),
            EnrolKey::Item => parts.push(item_key(item)),
            EnrolKey::Field(field) => parts.push(record.get(field).map_or_else(String::new, plain)),
        }
    }
    if edition.enrol.again == Again::Parallel && !edition.enrol.key.contains(&EnrolKey::Entry) {
        parts.push(origin.to_string());
    }
    parts.join("/")
}

/// An item by its text or id; one without either by what it says, so that a correction of one row keeps the others.
pub(crate) fn item_key(item: &Datum) -> String {
    match item {
        Datum::Map(_) => match item.get("id") {
            Some(id) => plain(id),
            None => lianfang_kernel::ids::derived(&item.to_string()).to_string(),
        },
        other => plain(other),
    }
}

fn plain(datum: &Datum) -> String {
    match datum {
        Datum::Text(text) => text.to_string(),
        other => other.to_string(),
    }
}
