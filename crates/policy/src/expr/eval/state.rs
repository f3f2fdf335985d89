//! Functions that read the snapshot, and those that ask the plan in hand.

use super::super::Fault;
use super::super::node::{Ask, Asked, DeskKind, Moment, Node, Ranks};
use super::{MAX_RULES, Run, Value, misfit, owned};
use crate::desk::Desk;
use crate::in_force::Target;
use crate::record::NAMED;
use crate::reference::{Interval, SubjectRef};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Datum, Instant, RegionId, TimeOfDay};
use std::borrow::Cow;
use std::sync::Arc;

impl Run<'_> {
    pub(super) fn ask_state<'v>(&'v self, node: &'v Node, local: Option<&'v Datum>) -> Value<'v> {
        match node {
            Node::Setting(id) => {
                let value = self.env.snapshot.setting(id, self.place(), self.span.moments.1);
                value
                    .map(Cow::Owned)
                    .ok_or_else(|| Fault::Unknown(format!("setting('{id}')")))
            }
            Node::Calendar(id, day) => {
                let (first, last) = self.whole_day(day, local)?;
                owned(self.env.snapshot.calendar(id, self.place(), first, last))
            }
            Node::InForce(asked) => {
                let rows = self.in_force(asked, local)?;
                Ok(Cow::Owned(Datum::list(rows.into_iter().map(|row| row.body.clone()))))
            }
            Node::Level(asked, field, ranks) => self.level(asked, field, ranks, local),
            Node::Rule(id, inputs) => self.rule(id, inputs, local),
            Node::Rank(ranks, code) => self.rank(ranks, code, local),
            Node::Desk(kind, args) => self.desk(*kind, args, local),
            Node::UnitDesk(org) => {
                let value = self.value(org, local)?;
                let id = subject_id(&value).ok_or_else(|| misfit(org, &value))?;
                Ok(Cow::Owned(Desk::Unit(id).to_datum()))
            }
            Node::SubjectRegion(of) => self.subject_region(of, local),
            Node::SubjectType(of) => self.subject_type(of, local),
            Node::Profile(of, registers, field) => self.profile((of, registers, field), local),
            Node::Holder(asked, field, code) => {
                let code = self.present(code, local)?.into_owned();
                let rows = self.in_force(asked, local)?;
                let held = rows.into_iter().find(|row| row.body.get(field) == Some(&code));
                Ok(Cow::Owned(held.map_or_else(Datum::empty, |row| row.body.clone())))
            }
            Node::Orgs(region, wanted) => self.organisations(region, wanted, local),
            Node::Engine(ask, task) => self.ask_plan(*ask, task),
            other => Err(Fault::Malformed(other.path())),
        }
    }

    /// A field of a profile; null when nothing is kept of the subject then.
    fn profile(&self, (of, registers, field): (&Node, &[Arc<str>], &str), local: Option<&Datum>) -> Value<'_> {
        let value = self.value(of, local)?;
        let subject = SubjectRef::Subject(subject_id(&value).ok_or_else(|| misfit(of, &value))?);
        let (at, snapshot) = (self.span.moments.1, self.env.snapshot);
        for register in registers {
            let kept = snapshot.reference.about(register, &subject, at, at);
            self.spend(u32::try_from(kept.len()).unwrap_or(u32::MAX))?;
            let last = kept.into_iter().next_back();
            if let Some(value) = last.and_then(|interval| interval.body.get(field)) {
                return Ok(Cow::Borrowed(value));
            }
        }
        owned(Datum::Null)
    }

    /// The place asked about.
    fn place(&self) -> &RegionId {
        self.env.region.unwrap_or(&self.env.snapshot.city)
    }

    fn ask_plan(&self, ask: Ask, task: &str) -> Value<'_> {
        let plan = self.env.engine.ok_or(Fault::NoEngine)?;
        match ask {
            Ask::Done => owned(plan.done(task)),
            Ask::AllDone => owned(plan.all_done(task)),
            Ask::Missed => owned(plan.missed(task)),
            Ask::Attempts => owned(plan.attempts(task)),
            Ask::Open => owned(plan.open(task)),
            Ask::TimeOf => Ok(Cow::Owned(
                plan.time_of(task).map_or(Datum::Null, |at| Datum::Int(at.0)),
            )),
        }
    }

    fn whole_day(&self, day: &Node, local: Option<&Datum>) -> Result<(Instant, Instant), Fault> {
        let day = self.day(day, local)?;
        let zone = &self.env.snapshot.zone;
        Ok((zone.at(day, TimeOfDay(0)), zone.at(day, TimeOfDay::END).plus_ms(-1)))
    }

    fn bounds(&self, moment: &Moment, local: Option<&Datum>) -> Result<(Instant, Instant), Fault> {
        match moment {
            Moment::Instant(node) => {
                let at = Instant(self.int(node, local)?);
                Ok((at, at))
            }
            Moment::Day(node) => self.whole_day(node, local),
        }
    }

    fn in_force(&self, asked: &Asked, local: Option<&Datum>) -> Result<Vec<&Interval>, Fault> {
        let span = match (&asked.first, &asked.last) {
            (Some(first), Some(last)) => (self.bounds(first, local)?.0, self.bounds(last, local)?.1),
            (Some(only), None) => self.bounds(only, local)?,
            _ => self.span.moments,
        };
        let subject = match &asked.subject {
            Some(node) => {
                let value = self.value(node, local)?;
                Some(subject_id(&value).ok_or_else(|| misfit(node, &value))?)
            }
            None => None,
        };
        let region = match &asked.region {
            Some(node) => {
                let value = self.value(node, local)?;
                match &*value {
                    Datum::Text(id) => Some(RegionId(id.clone())),
                    // A subject known by its id alone lies nowhere that the snapshot knows.
                    Datum::Null if asked.subject.is_some() => None,
                    other => return Err(misfit(node, other)),
                }
            }
            None => None,
        };
        let kind_type = match &asked.kind_type {
            Some(node) => self.value(node, local)?.as_text().map(str::to_owned),
            None => None,
        };
        let target = Target {
            subject,
            region: region.as_ref(),
            kind_type: kind_type.as_deref(),
        };
        let rows = self.env.snapshot.in_force(&asked.register, target, span);
        self.spend(u32::try_from(rows.len()).unwrap_or(u32::MAX))?;
        Ok(rows)
    }

    /// The highest ranked value in force; empty text when none is.
    fn level(&self, asked: &Asked, field: &str, ranks: &Ranks, local: Option<&Datum>) -> Value<'_> {
        let rows = self.in_force(asked, local)?;
        let ranked = rows.iter().filter_map(|row| {
            let code = row.body.get(field)?;
            Some((rank_of(ranks, code.as_text()?)?, code))
        });
        let highest = ranked.max_by_key(|(rank, _)| *rank);
        Ok(Cow::Owned(
            highest.map_or_else(|| Datum::text(""), |(_, code)| code.clone()),
        ))
    }

    fn rank(&self, ranks: &Ranks, code: &Node, local: Option<&Datum>) -> Value<'_> {
        let value = self.present(code, local)?;
        match value.as_text() {
            Some("") => owned(i64::MIN),
            Some(id) => rank_of(ranks, id).map_or_else(|| Err(Fault::Unknown(format!("rank('{id}')"))), owned),
            None => Err(misfit(code, &value)),
        }
    }

    fn rule(&self, id: &str, inputs: &Node, local: Option<&Datum>) -> Value<'_> {
        if self.span.rules >= MAX_RULES {
            return Err(Fault::TooCostly);
        }
        let snapshot = self.env.snapshot;
        let Some(rule) = snapshot.model.rules.get(id) else {
            return Err(Fault::Unknown(format!("rule('{id}')")));
        };
        self.spend(u32::try_from(rule.rows.len()).unwrap_or(u32::MAX))?;
        let inputs = self.value(inputs, local)?;
        let on = snapshot.zone.day_of(self.span.moments.1);
        let decision = crate::decision::walk(rule, &inputs, self.place(), on, snapshot, self.span.rules + 1);
        decision
            .map(|decision| Cow::Owned(decision.results))
            .map_err(|error| Fault::Inner(Box::new(error)))
    }

    fn desk(&self, kind: DeskKind, args: &[Node], local: Option<&Datum>) -> Value<'_> {
        let desk = match (kind, args) {
            (DeskKind::Function, [function, region]) => {
                let value = self.present(function, local)?;
                let function = value.as_text().ok_or_else(|| misfit(function, &value))?.to_owned();
                Desk::Function {
                    function,
                    region: self.region(region, local)?,
                }
            }
            (DeskKind::Territory, [region]) => Desk::territory(self.region(region, local)?),
            (DeskKind::Sector, [subject]) => self.sector(subject, local)?,
            (DeskKind::Unit, [subject]) => self.unit(subject, local)?,
            (DeskKind::Own, [subject]) => {
                let value = self.value(subject, local)?;
                Desk::Own(subject_id(&value).ok_or_else(|| misfit(subject, &value))?)
            }
            _ => return Err(Fault::Malformed(format!("{kind:?}"))),
        };
        Ok(Cow::Owned(desk.to_datum()))
    }

    /// The organisation that a subject belongs to, or is; its territory when it belongs to none.
    fn unit(&self, subject: &Node, local: Option<&Datum>) -> Result<Desk, Fault> {
        let value = self.value(subject, local)?;
        let id = subject_id(&value).ok_or_else(|| misfit(subject, &value))?;
        if self.env.snapshot.orgs.get(id).is_some() {
            return Ok(Desk::Unit(id));
        }
        match value.get("unit").and_then(subject_id) {
            Some(unit) => Ok(Desk::Unit(unit)),
            None => Ok(Desk::territory(self.region_of(subject, &value)?)),
        }
    }

    /// The desk of the line that the subject's organisation belongs to, where it is; the territory when it has no line.
    fn sector(&self, subject: &Node, local: Option<&Datum>) -> Result<Desk, Fault> {
        let value = self.value(subject, local)?;
        let id = subject_id(&value).ok_or_else(|| misfit(subject, &value))?;
        let unit = value.get("unit").and_then(subject_id);
        let orgs = &self.env.snapshot.orgs;
        let organisation = orgs.get(id).or_else(|| unit.and_then(|unit| orgs.get(unit)));
        match organisation.and_then(|org| Some((org.sector.clone()?, org.region.clone()))) {
            Some((function, region)) => Ok(Desk::Function { function, region }),
            None => Ok(Desk::territory(self.region_of(subject, &value)?)),
        }
    }

    fn subject_region(&self, of: &Node, local: Option<&Datum>) -> Value<'_> {
        let value = self.value(of, local)?;
        if let Ok(region) = self.region_of(of, &value) {
            return Ok(Cow::Owned(Datum::Text(region.0)));
        }
        Ok(Cow::Owned(Datum::Null))
    }

    /// The type of a subject, where it is known.
    fn subject_type(&self, of: &Node, local: Option<&Datum>) -> Value<'_> {
        let value = self.value(of, local)?;
        let known = value.get("type").cloned().or_else(|| {
            let id = subject_id(&value)?;
            let organisation = self.env.snapshot.orgs.get(id).map(|org| Datum::text(&org.kind_type));
            organisation.or_else(|| self.named(id)?.get("type").cloned())
        });
        Ok(Cow::Owned(known.unwrap_or_default()))
    }

    /// What is known of a subject that the entry in hand names.
    fn named(&self, id: SubjectId) -> Option<&Datum> {
        self.variable(NAMED).get(&id.to_string())
    }

    fn region_of(&self, node: &Node, value: &Datum) -> Result<RegionId, Fault> {
        let named = subject_id(value).and_then(|id| self.named(id));
        if let Some(Datum::Text(region)) = value.get("region").or_else(|| named?.get("region")) {
            return Ok(RegionId(region.clone()));
        }
        let organisation = subject_id(value).and_then(|id| self.env.snapshot.orgs.get(id));
        organisation
            .map(|org| org.region.clone())
            .ok_or_else(|| Fault::Missing(format!("{}.region", node.path())))
    }

    fn organisations(&self, region: &Node, wanted: &str, local: Option<&Datum>) -> Value<'_> {
        let region = self.region(region, local)?;
        let snapshot = self.env.snapshot;
        let found = snapshot.orgs.within(&snapshot.regions, &region, self.span.moments.1);
        self.spend(u32::try_from(found.len()).unwrap_or(u32::MAX))?;
        let of_type = found
            .into_iter()
            .filter(|org| snapshot.model.is_a(&org.kind_type, wanted));
        Ok(Cow::Owned(Datum::list(
            of_type.map(|org| Datum::text(&org.id.to_string())),
        )))
    }
}

fn rank_of(ranks: &Ranks, code: &str) -> Option<i64> {
    ranks.iter().find(|(known, _)| **known == *code).map(|(_, rank)| *rank)
}

/// The id of a subject given as a view or as an id.
fn subject_id(value: &Datum) -> Option<SubjectId> {
    let id = value.get("id").or(Some(value))?;
    id.as_text()?.parse().ok()
}
