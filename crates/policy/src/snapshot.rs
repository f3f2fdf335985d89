//! What conditions may read besides their variables: immutable, dated, shared.

use crate::model::Model;
use crate::orgs::Orgs;
use crate::reference::Reference;
use lianfang_kernel::{Datum, Instant, RegionId, RegionTree, Zone};
use std::sync::Arc;

/// One state of everything slow-moving. The writer makes the next one before the next entry of the same batch.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The zone that days, slots and midnights are counted in.
    pub zone: Zone,
    /// All regions.
    pub regions: Arc<RegionTree>,
    /// The packs in force.
    pub model: Arc<Model>,
    /// All organisations.
    pub orgs: Arc<Orgs>,
    /// Reference intervals.
    pub reference: Arc<Reference>,
    /// The city: what is asked about when no region is at hand.
    pub city: RegionId,
}

impl Snapshot {
    /// A snapshot of a model alone: no organisations and no intervals yet.
    pub fn of_model(model: Arc<Model>, regions: Arc<RegionTree>, city: RegionId, zone: Zone) -> Snapshot {
        Snapshot {
            zone,
            regions,
            model,
            orgs: Arc::default(),
            reference: Arc::default(),
            city,
        }
    }

    /// The value of a setting for a place at a moment; `None` when no pack declares it.
    ///
    /// First an interval of the register `setting` in force there (narrowest first, the latest begun), then the value
    /// that the overlay gives the deepest area, then the default.
    pub fn setting(&self, id: &str, region: &RegionId, at: Instant) -> Option<Datum> {
        let setting = self.model.settings.get(id)?;
        for area in self.regions.lineage(region) {
            let subject = crate::reference::SubjectRef::Region(area.id.clone());
            let dated = self.reference.about("setting", &subject, at, at);
            let of_id = |body: &Datum| body.get("setting").and_then(Datum::as_text) == Some(id);
            if let Some(row) = dated.into_iter().rev().find(|row| of_id(&row.body)) {
                return row.body.get("value").cloned();
            }
        }
        let areas = setting
            .by_area
            .iter()
            .filter(|(area, _)| self.regions.within(region, area));
        let deepest = areas.max_by_key(|(area, _)| self.regions.depth(area));
        Some(deepest.map_or_else(|| setting.default.clone(), |(_, value)| value.clone()))
    }

    /// Whether a calendar counts `first..=last` (one civil day) in. A day counts unless an interval of the register
    /// `calendar` says `open = false`: a duty does not fall away because nobody entered the holidays.
    pub fn calendar(&self, id: &str, region: &RegionId, first: Instant, last: Instant) -> bool {
        for area in self.regions.lineage(region) {
            let subject = crate::reference::SubjectRef::Region(area.id.clone());
            let rows = self.reference.about("calendar", &subject, first, last);
            let of_id = |body: &Datum| body.get("calendar").and_then(Datum::as_text) == Some(id);
            if let Some(row) = rows.into_iter().rev().find(|row| of_id(&row.body)) {
                return row.body.get("open").and_then(Datum::as_bool).unwrap_or(true);
            }
        }
        true
    }
}
