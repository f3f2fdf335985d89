//! Enrolment of those who are enrolled in other protocols: one duty towards everybody isolated, whatever isolates them.
//!
//! Stretches that meet are one enrolment, so nobody is asked for the same twice because two protocols have them. Its key is
//! the enrolment that began the stretch.

use crate::edition;
use crate::plan::{Enrolment, State};
use crate::planner::{Planned, Planner};
use crate::spell::{Opening, Spell};
use lianfang_kernel::{Datum, Instant};
use lianfang_policy::Env;
use lianfang_policy::model::{EnrolSource, EnrolledSet, Protocol};
use std::sync::Arc;

/// A stretch during which the subject is enrolled in one or more of the protocols.
struct Stretch<'a, 'p> {
    edition: &'a Arc<Protocol>,
    first: &'p Enrolment,
    /// When the last of them ended; none while one runs.
    end: Option<Instant>,
}

impl<'a> Planner<'a> {
    /// The enrolments that those among `planned` give under a protocol over them.
    pub fn enrol_by_enrolments(&'a self, editions: &'a [Arc<Protocol>], planned: &mut Vec<Planned>) {
        let mut found: Vec<Planned> = Vec::new();
        for stretch in self.stretches(editions, planned) {
            let start = stretch.first.start;
            let known = self.known(stretch.first);
            let opening = Opening {
                edition: stretch.edition,
                entry: self.set_entry(start),
                item: Datum::Null,
                fact: None,
                start,
                known,
                region: stretch.first.region.clone(),
            };
            let spell = Spell {
                protocol: &editions[0].id,
                editions,
                key: stretch.first.id.to_string(),
                parent: None,
                openings: vec![opening],
                runs: Vec::new(),
                ground: stretch.end.map(|end| (end.max(start), "left")),
                place: None,
            };
            found.push(spell.run(self));
        }
        planned.append(&mut found);
    }

    fn stretches<'p>(&self, editions: &'a [Arc<Protocol>], planned: &'p [Planned]) -> Vec<Stretch<'a, 'p>> {
        let mut within: Vec<(&'a Arc<Protocol>, &'p Enrolment)> = planned
            .iter()
            .filter_map(|planned| Some((self.over(editions, &planned.enrolment)?, &planned.enrolment)))
            .collect();
        within.sort_by_key(|(_, enrolment)| (enrolment.start, enrolment.id));
        let mut stretches: Vec<Stretch<'a, 'p>> = Vec::new();
        for (edition, enrolment) in within {
            let end = match &enrolment.state {
                State::Active => None,
                State::Ended { at, .. } => Some(*at),
                State::Withdrawn => continue,
            };
            match stretches.last_mut() {
                Some(last) if last.end.is_none_or(|before| enrolment.start <= before) => {
                    last.end = last.end.and_then(|before| Some(before.max(end?)));
                }
                _ => stretches.push(Stretch {
                    edition,
                    first: enrolment,
                    end,
                }),
            }
        }
        stretches
    }

    /// The edition over an enrolment, when there is one.
    fn over(&self, editions: &'a [Arc<Protocol>], enrolment: &Enrolment) -> Option<&'a Arc<Protocol>> {
        let named = |edition: &Protocol| match &edition.enrol.source {
            EnrolSource::Enrolled(set) => set.protocols.contains(&enrolment.protocol),
            _ => false,
        };
        if !editions.iter().any(|edition| named(edition)) {
            return None;
        }
        let day = self.day_of(enrolment.start);
        let governing = edition::covering(editions, &enrolment.region, self.input.snapshot)
            .into_iter()
            .find(|edition| edition::in_force(edition, day))?;
        match &governing.enrol.source {
            EnrolSource::Enrolled(set) if named(governing) && self.belongs(governing, set) => Some(governing),
            _ => None,
        }
    }

    fn belongs(&self, edition: &Protocol, set: &EnrolledSet) -> bool {
        let Some(filter) = &set.filter else { return true };
        let vars = [("it", self.subject.clone()), ("subject", self.subject.clone())];
        let env = Env {
            vars: &vars,
            snapshot: self.input.snapshot,
            engine: None,
            region: Some(&self.input.history.subject.region),
            at: self.input.now,
            now: self.input.now,
        };
        filter.eval_bool(&env).unwrap_or_else(|error| {
            self.fault(&edition.id, None, filter.source(), error);
            false
        })
    }

    /// When it was known: of what fell due before, nothing was asked.
    fn known(&self, enrolment: &Enrolment) -> Instant {
        let opened = enrolment.opened_by;
        let facts = &self.input.history.facts;
        let fact = facts.iter().find(|fact| Some(fact.origin) == opened);
        fact.map_or(enrolment.start, |fact| fact.known.max(enrolment.start))
    }
}
