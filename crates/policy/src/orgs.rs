//! Organisations of the snapshot and the functions they hold.

use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Instant, Organisation, RegionId, RegionTree};
use std::collections::HashMap;

/// All organisations, by id and by what they hold. Immutable; the writer replaces the whole when one changes.
#[derive(Clone, Debug, Default)]
pub struct Orgs {
    all: Vec<Organisation>,
    by_id: HashMap<SubjectId, usize>,
    /// Who holds a function for exactly that region, the one known longest first.
    holders: HashMap<String, HashMap<RegionId, Vec<usize>>>,
}

impl Orgs {
    /// Indexes the organisations. Of two with one id the later stands.
    pub fn new(organisations: Vec<Organisation>) -> Orgs {
        let mut by_id = HashMap::with_capacity(organisations.len());
        let mut holders: HashMap<String, HashMap<RegionId, Vec<usize>>> = HashMap::new();
        for (index, organisation) in organisations.iter().enumerate() {
            by_id.insert(organisation.id, index);
        }
        for (index, organisation) in organisations.iter().enumerate() {
            if by_id.get(&organisation.id) != Some(&index) {
                continue;
            }
            for (function, region) in &organisation.functions {
                holders
                    .entry(function.clone())
                    .or_default()
                    .entry(region.clone())
                    .or_default()
                    .push(index);
            }
        }
        for list in holders.values_mut().flat_map(HashMap::values_mut) {
            list.sort_by_key(|index| (organisations[*index].since, organisations[*index].id));
        }
        Orgs {
            all: organisations,
            by_id,
            holders,
        }
    }

    /// An organisation by id.
    pub fn get(&self, id: SubjectId) -> Option<&Organisation> {
        self.by_id.get(&id).map(|index| &self.all[*index])
    }

    /// All organisations.
    pub fn iter(&self) -> impl Iterator<Item = &Organisation> {
        self.all.iter()
    }

    /// The organisation that holds `function` for `region` at `at`: that of the deepest region on the way up.
    pub fn desk(&self, regions: &RegionTree, function: &str, region: &RegionId, at: Instant) -> Option<SubjectId> {
        let held = self.holders.get(function)?;
        let mut here = regions.lineage(region).map(|region| &region.id);
        here.find_map(|id| {
            held.get(id)?
                .iter()
                .map(|index| &self.all[*index])
                .find(|org| stands(org, at))
        })
        .map(|org| org.id)
    }

    /// The organisation of the territory: the one that holds `community`.
    pub fn territory(&self, regions: &RegionTree, region: &RegionId, at: Instant) -> Option<SubjectId> {
        self.desk(regions, "community", region, at)
    }

    /// Organisations at or inside `region` that stand at `at`, ordered by id.
    pub fn within<'a>(&'a self, regions: &'a RegionTree, region: &RegionId, at: Instant) -> Vec<&'a Organisation> {
        let mut found: Vec<&Organisation> = self
            .all
            .iter()
            .filter(|org| stands(org, at) && regions.within(&org.region, region))
            .collect();
        found.sort_by_key(|org| org.id);
        found
    }
}

fn stands(organisation: &Organisation, at: Instant) -> bool {
    organisation.since <= at && organisation.until.is_none_or(|until| at < until)
}
