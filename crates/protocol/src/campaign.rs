//! Enrolment by a set that an entry opens: a round of households, a survey of firms, a verification of a list.
//!
//! The entry is of a reference register, so every member's plan reads it from the snapshot. A frozen set is who belonged
//! to it at its moment, where they were then: whoever moves away stays asked, whoever comes later is late.

use crate::edition;
use crate::enrol::key;
use crate::plan::PlanInput;
use crate::planner::{Planned, Planner};
use crate::spell::{Opening, Spell};
use lianfang_kernel::ids::EntryId;
use lianfang_kernel::{Datum, Instant, RegionId, SubjectView};
use lianfang_policy::model::{Campaign, EnrolSource, Late, LiveSet, Protocol};
use lianfang_policy::record::subject_record;
use lianfang_policy::{Env, Expr, Interval};
use std::sync::Arc;

/// How a subject stands to a set that an entry opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It belongs to the set.
    Member,
    /// It would belong to it, had it been there when the set was frozen.
    Late,
    /// It does not belong to it.
    Outside,
    /// The set is not taken yet; it will be then.
    NotYet(Instant),
}

/// A member's place in a campaign.
struct Place<'a> {
    edition: &'a Arc<Protocol>,
    campaign: &'a Campaign,
    region: RegionId,
    /// When the set was taken, or began.
    taken: Instant,
    standing: Standing,
}

/// How the subject of `input` stands to the set that the entry opened under a protocol.
pub fn standing(input: &PlanInput<'_>, protocol: &str, entry: EntryId) -> Standing {
    let planner = Planner::new(input, 0);
    let editions: Vec<Arc<Protocol>> = input.snapshot.model.editions(protocol).cloned().collect();
    let registers = editions
        .iter()
        .filter_map(|edition| opened_by(edition))
        .flat_map(|c| &c.on);
    for register in registers {
        let opened = input.snapshot.reference.of(register);
        if let Some(opened) = opened.iter().find(|opened| origin(opened) == entry) {
            return planner
                .place(&editions, register, opened)
                .map_or(Standing::Outside, |place| place.standing);
        }
    }
    Standing::Outside
}

fn opened_by(edition: &Protocol) -> Option<&Campaign> {
    match &edition.enrol.source {
        EnrolSource::Campaign(campaign) => Some(campaign),
        EnrolSource::On(_) | EnrolSource::Set(_) | EnrolSource::Enrolled(_) | EnrolSource::Started => None,
    }
}

/// The first version of the entry that opened it.
fn origin(opened: &Interval) -> EntryId {
    let first = opened.body.get("replaces").and_then(Datum::as_text);
    first.and_then(|id| id.parse().ok()).unwrap_or(opened.entry)
}

/// When it reached the server.
fn known(opened: &Interval) -> Instant {
    let received = opened.body.get("received_at").and_then(Datum::as_int);
    received.map_or(opened.from, Instant)
}

impl<'a> Planner<'a> {
    /// The enrolments that entries opening sets gave this subject.
    pub fn enrol_by_campaigns(&'a self, editions: &'a [Arc<Protocol>], planned: &mut Vec<Planned>) {
        let mut registers: Vec<&'a str> = editions
            .iter()
            .filter_map(|edition| opened_by(edition))
            .flat_map(|campaign| campaign.on.iter().map(String::as_str))
            .collect();
        registers.sort_unstable();
        registers.dedup();
        for register in registers {
            for opened in self.input.snapshot.reference.of(register) {
                if known(opened) <= self.input.now
                    && let Some(place) = self.place(editions, register, opened)
                {
                    planned.extend(self.enrol_in(editions, opened, &place));
                }
            }
        }
    }

    fn enrol_in(&'a self, editions: &'a [Arc<Protocol>], opened: &Interval, place: &Place<'a>) -> Option<Planned> {
        let subject = &self.input.history.subject;
        match place.standing {
            Standing::Outside => return None,
            Standing::Late if place.campaign.late == Late::List => return None,
            Standing::NotYet(at) => {
                self.changes_at(at);
                return None;
            }
            Standing::Late | Standing::Member => {}
        }
        let start = place.taken.max(subject.since);
        if start > self.input.now {
            self.changes_at(start);
            return None;
        }
        let entry = opened.body.clone();
        let origin = origin(opened);
        let closed = (opened.to < Instant::MAX).then_some((opened.to.max(start), "closed"));
        let left = subject.until.filter(|_| place.campaign.frozen.is_none());
        let left = left.map(|until| (until.max(start), "left"));
        let opening = Opening {
            edition: place.edition,
            item: Datum::Null,
            fact: None,
            start,
            known: known(opened).max(start),
            region: place.region.clone(),
            entry: entry.clone(),
        };
        let spell = Spell {
            protocol: &editions[0].id,
            editions,
            key: key(place.edition, origin, &entry, &Datum::Null),
            parent: None,
            openings: vec![opening],
            runs: Vec::new(),
            ground: [closed, left].into_iter().flatten().min(),
            place: place.campaign.frozen.is_some().then(|| place.region.clone()),
        };
        let mut made = spell.run(self);
        made.enrolment.opened_by = Some(origin);
        Some(made)
    }

    /// Where the subject stands; none when the entry opens nothing for its region.
    fn place<'e>(&self, editions: &'e [Arc<Protocol>], register: &str, opened: &Interval) -> Option<Place<'e>> {
        let history = self.input.history;
        let of_register = |edition: &&Arc<Protocol>| {
            opened_by(edition).is_some_and(|campaign| campaign.on.iter().any(|on| on == register))
        };
        let begun = opened.from;
        // Which edition governs depends on the place, the place on the moment, and the moment on the edition.
        let first = editions.iter().find(of_register)?;
        let taken = self.taken(first, opened)?.unwrap_or(begun);
        let stayed = history.facts.first().map(|fact| &fact.region);
        let region = match opened_by(first)?.frozen {
            Some(_) => history.region_at(taken, stayed, self.model),
            None => history.subject.region.clone(),
        };
        let edition = edition::covering(editions, &region, self.input.snapshot)
            .into_iter()
            .filter(of_register)
            .find(|edition| edition::in_force(edition, self.day_of(taken)))?;
        let campaign = opened_by(edition)?;
        let taken = self.taken(edition, opened)?.unwrap_or(begun);
        let standing = self.stands(edition, campaign, opened, &region, taken);
        Some(Place {
            edition,
            campaign,
            region,
            taken,
            standing,
        })
    }

    /// The moment at which the set is frozen, if it is; none when that cannot be told.
    fn taken(&self, edition: &Protocol, opened: &Interval) -> Option<Option<Instant>> {
        let Some(frozen) = &opened_by(edition)?.frozen else {
            return Some(None);
        };
        let vars = [("entry", opened.body.clone())];
        match frozen.eval(&self.env(&vars, &opened.region, opened.from)) {
            Ok(at) => at.as_int().map(|at| Some(Instant(at))),
            Err(error) => {
                self.fault(&edition.id, None, frozen.source(), error);
                None
            }
        }
    }

    fn stands(
        &self,
        edition: &Protocol,
        campaign: &Campaign,
        opened: &Interval,
        region: &RegionId,
        taken: Instant,
    ) -> Standing {
        let (subject, now) = (&self.input.history.subject, self.input.now);
        let LiveSet { of, filter } = &campaign.set;
        let is_kind = of == subject.kind.id() || self.model.is_a(&subject.kind_type, of);
        if !is_kind || !self.input.snapshot.regions.within(region, &opened.region) {
            return Standing::Outside;
        }
        let frozen = campaign.frozen.is_some();
        if frozen && taken > now {
            return Standing::NotYet(taken);
        }
        if frozen && subject.until.is_some_and(|until| until <= taken) {
            return Standing::Outside;
        }
        let view = subject_record(&SubjectView {
            region: region.clone(),
            ..subject.clone()
        });
        let vars = [("entry", opened.body.clone()), ("it", view.clone()), ("subject", view)];
        let at = if frozen { taken } else { now };
        let holds = |expr: &Option<Expr>| {
            expr.as_ref()
                .is_none_or(|expr| match expr.eval_bool(&self.env(&vars, region, at)) {
                    Ok(holds) => holds,
                    Err(error) => {
                        self.fault(&edition.id, None, expr.source(), error);
                        false
                    }
                })
        };
        if !holds(&edition.enrol.when) || !holds(filter) {
            return Standing::Outside;
        }
        if frozen && subject.since > taken {
            Standing::Late
        } else {
            Standing::Member
        }
    }

    fn env<'e>(&'e self, vars: &'e [(&'e str, Datum)], region: &'e RegionId, at: Instant) -> Env<'e> {
        Env {
            vars,
            snapshot: self.input.snapshot,
            engine: None,
            region: Some(region),
            at,
            now: self.input.now,
        }
    }
}
