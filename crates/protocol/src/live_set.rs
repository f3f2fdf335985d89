//! Enrolment by a live set: every subject of a type, for as long as it is one, under the edition of each day.

use crate::edition;
use crate::planner::{Planned, Planner};
use crate::spell::{Opening, Run, Spell};
use lianfang_kernel::{Datum, Day, Instant};
use lianfang_policy::Env;
use lianfang_policy::model::{EnrolSource, LiveSet, Protocol};
use std::sync::Arc;

impl<'a> Planner<'a> {
    /// The enrolment that membership of a set gives.
    pub fn enrol_by_set(&'a self, editions: &'a [Arc<Protocol>], planned: &mut Vec<Planned>) {
        if !editions
            .iter()
            .any(|edition| matches!(edition.enrol.source, EnrolSource::Set(_)))
        {
            return;
        }
        let subject = &self.input.history.subject;
        let covering = edition::covering(editions, &subject.region, self.input.snapshot);
        let member: Vec<&'a Arc<Protocol>> = covering.into_iter().filter(|edition| self.is_member(edition)).collect();
        let zone = &self.input.snapshot.zone;
        let since = self.day_of(subject.since);
        let Some(first) = member
            .iter()
            .map(|edition| edition.from.unwrap_or(since).max(since))
            .min()
        else {
            return;
        };
        let start = subject.since.max(zone.start_of(first));
        if start > self.input.now {
            self.changes_at(start);
            return;
        }
        let runs = self.runs(&member, first);
        let (Some(earliest), Some(latest)) = (runs.first(), runs.last()) else {
            return;
        };
        let lapse = (latest.last <= self.today).then(|| (zone.start_of(latest.last.plus(1)), "lapsed"));
        let left = subject.until.map(|until| (until.max(start), "left"));
        let opening = Opening {
            edition: earliest.edition,
            entry: self.set_entry(start),
            item: Datum::Null,
            fact: None,
            start,
            known: start,
            region: subject.region.clone(),
        };
        let spell = Spell {
            protocol: &editions[0].id,
            editions,
            key: String::new(),
            parent: None,
            openings: vec![opening],
            ground: [lapse, left].into_iter().flatten().min(),
            runs: self.unsettled(runs),
            place: None,
        };
        planned.push(spell.run(self));
    }

    fn is_member(&self, edition: &Protocol) -> bool {
        let EnrolSource::Set(LiveSet { of, filter }) = &edition.enrol.source else {
            return false;
        };
        let subject = &self.input.history.subject;
        if of != subject.kind.id() && !self.model.is_a(&subject.kind_type, of) {
            return false;
        }
        let Some(filter) = filter else { return true };
        let vars = [("it", self.subject.clone()), ("subject", self.subject.clone())];
        let env = Env {
            vars: &vars,
            snapshot: self.input.snapshot,
            engine: None,
            region: Some(&subject.region),
            at: self.input.now,
            now: self.input.now,
        };
        match filter.eval_bool(&env) {
            Ok(member) => member,
            Err(error) => {
                self.fault(&edition.id, None, filter.source(), error);
                false
            }
        }
    }

    /// Which edition governs which days, from `first` to tomorrow, or as far ahead as is laid out.
    fn runs(&self, editions: &[&'a Arc<Protocol>], first: Day) -> Vec<Run<'a>> {
        let end = self.today.plus(self.ahead_days);
        let mut cuts: Vec<Day> = editions
            .iter()
            .flat_map(|edition| [edition.from, edition.to])
            .flatten()
            .collect();
        cuts.retain(|day| first < *day && *day <= end);
        cuts.push(first);
        cuts.sort();
        cuts.dedup();
        let mut runs: Vec<Run<'a>> = Vec::with_capacity(cuts.len());
        for (i, from) in cuts.iter().enumerate() {
            let last = cuts.get(i + 1).map_or(end, |next| next.plus(-1));
            let Some(edition) = editions.iter().find(|edition| edition::in_force(edition, *from)) else {
                continue;
            };
            match runs.last_mut() {
                Some(run) if Arc::ptr_eq(run.edition, edition) && run.last.plus(1) == *from => run.last = last,
                _ => runs.push(Run {
                    edition,
                    first: *from,
                    last,
                }),
            }
        }
        runs
    }

    /// Without the days that are settled; what governs last always stays.
    fn unsettled(&self, mut runs: Vec<Run<'a>>) -> Vec<Run<'a>> {
        let Some(horizon) = self.input.horizon.map(|horizon| self.day_of(horizon)) else {
            return runs;
        };
        let settled = runs
            .iter()
            .take_while(|run| run.last < horizon)
            .count()
            .min(runs.len().saturating_sub(1));
        runs.drain(..settled);
        if let Some(run) = runs.first_mut() {
            run.first = run.first.max(horizon).min(run.last);
        }
        runs
    }

    /// What conditions of a set call `entry`: there is none, but it has a place and a time.
    pub fn set_entry(&self, start: Instant) -> Datum {
        let subject = &self.input.history.subject;
        Datum::record([
            ("at", Datum::Int(start.0)),
            ("region", Datum::Text(subject.region.0.clone())),
            ("subject", Datum::text(&subject.id.to_string())),
        ])
    }
}
