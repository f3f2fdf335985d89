//! Which edition of a protocol governs.

use lianfang_kernel::{Day, RegionId};
use lianfang_policy::Snapshot;
use lianfang_policy::model::Protocol;
use std::sync::Arc;

/// The editions whose area covers the region: those of the deepest area first, of one area the newest first.
pub(crate) fn covering<'a>(
    editions: &'a [Arc<Protocol>],
    region: &RegionId,
    snapshot: &Snapshot,
) -> Vec<&'a Arc<Protocol>> {
    let regions = &snapshot.regions;
    let covers = |edition: &Protocol| edition.area.as_ref().is_none_or(|area| regions.within(region, area));
    let mut found: Vec<&Arc<Protocol>> = editions.iter().filter(|edition| covers(edition)).collect();
    if found.len() > 1 {
        let depth = |edition: &Protocol| {
            edition
                .area
                .as_ref()
                .map_or(-1, |area| i64::try_from(regions.depth(area)).unwrap_or(0))
        };
        found.sort_by_key(|edition| (-depth(edition), std::cmp::Reverse(edition.version)));
    }
    found
}

/// Whether the edition is in force on that day.
pub(crate) fn in_force(edition: &Protocol, day: Day) -> bool {
    edition.from.is_none_or(|from| from <= day) && edition.to.is_none_or(|to| day < to)
}
