//! What is in force on a subject or region: its own intervals, those that name it or its type, and those of the regions
//! it lies in. Computed when asked, so that a place added tomorrow is covered by the order of today.

use crate::model::{Combine, Reach};
use crate::reference::{Interval, SubjectRef};
use crate::snapshot::Snapshot;
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Datum, Instant, RegionId};

/// Whom or what is asked about.
#[derive(Clone, Copy, Debug, Default)]
pub struct Target<'a> {
    /// A subject.
    pub subject: Option<SubjectId>,
    /// The region asked about, or where the subject is; none where that is not known.
    pub region: Option<&'a RegionId>,
    /// The type of the subject; none for a region or where it is not known.
    pub kind_type: Option<&'a str>,
}

impl Snapshot {
    /// When what an entry cites, by its record, is no longer in force, [`Instant::MAX`] while that is open; none when it
    /// cites nothing that is known.
    pub fn cited_until(&self, entry: &Datum) -> Option<Instant> {
        let register = self.model.registers.get(entry.get("register")?.as_text()?)?;
        let cites = register.schema.cites.as_deref()?;
        let order: EntryId = entry.get(cites)?.as_text()?.parse().ok()?;
        Some(self.reference.by_entry(cites, order)?.to)
    }

    /// Intervals of a reference register in force at any moment of `first..=last` on the target: its own first, then
    /// those that name it, then those of the regions it lies in, narrowest first; each by (from, entry). An interval on a
    /// village says nothing of its neighbours; one for a type of subject says nothing of a region as such.
    pub fn in_force(&self, register: &str, target: Target<'_>, (first, last): (Instant, Instant)) -> Vec<&Interval> {
        let reach = self
            .model
            .registers
            .get(register)
            .and_then(|found| found.reach.as_ref());
        let mut found: Vec<(usize, &Interval)> = Vec::new();
        if let Some(id) = target.subject {
            let own = self.reference.about(register, &SubjectRef::Subject(id), first, last);
            let naming = self.reference.naming(register, id, first, last);
            found.extend(own.into_iter().chain(naming).map(|interval| (0, interval)));
        }
        let areas = target
            .region
            .into_iter()
            .flat_map(|region| self.regions.lineage(region));
        for (steps, area) in areas.enumerate() {
            if steps > 0 && reach.is_some_and(|reach| !reach.inherit) {
                break;
            }
            let here = SubjectRef::Region(area.id.clone());
            let rows = self.reference.about(register, &here, first, last).into_iter();
            let covering = rows.filter(|interval| reach.is_none_or(|reach| self.covers(reach, interval, target)));
            found.extend(covering.map(|interval| (steps + 1, interval)));
        }
        if let Some(reach) = reach {
            found.retain(|(_, interval)| !self.spares(reach, interval, target));
            if reach.combine == Combine::Nearest {
                let nearest = found.iter().map(|(steps, _)| *steps).min();
                found.retain(|(steps, _)| Some(*steps) == nearest);
            }
        }
        let mut rows: Vec<&Interval> = Vec::with_capacity(found.len());
        for (_, interval) in found {
            // One that is about a subject and names it too is one.
            if !rows.iter().any(|known| known.entry == interval.entry) {
                rows.push(interval);
            }
        }
        rows
    }

    /// Whether an interval on a region covers the target inside it: all of it when it names neither types nor targets.
    fn covers(&self, reach: &Reach, interval: &Interval, target: Target<'_>) -> bool {
        let types = named(interval, reach.types.as_deref());
        match (types.is_empty(), interval.targets.is_empty()) {
            (true, true) => true,
            (true, false) => false,
            (false, _) => target
                .kind_type
                .is_some_and(|kind| types.iter().any(|wanted| self.is_of(kind, wanted))),
        }
    }

    /// Whether an interval spares the target: by its type, or by name.
    fn spares(&self, reach: &Reach, interval: &Interval, target: Target<'_>) -> bool {
        let id = target.subject.map(|id| id.to_string());
        named(interval, reach.exempt.as_deref()).iter().any(|spared| {
            spared.as_text() == id.as_deref() && id.is_some()
                || target.kind_type.is_some_and(|kind| self.is_of(kind, spared))
        })
    }

    fn is_of(&self, kind_type: &str, wanted: &Datum) -> bool {
        wanted
            .as_text()
            .is_some_and(|wanted| kind_type == wanted || self.model.is_a(kind_type, wanted))
    }
}

/// The values of a list field; of a field that holds one, that one.
fn named<'i>(interval: &'i Interval, field: Option<&str>) -> &'i [Datum] {
    let value = field.and_then(|field| interval.body.get(field));
    match value {
        Some(Datum::List(items)) => items,
        Some(one @ Datum::Text(_)) => std::slice::from_ref(one),
        _ => &[],
    }
}
