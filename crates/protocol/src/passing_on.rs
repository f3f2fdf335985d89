//! Tasks passed on: from the desk that a protocol names to another organisation, and back. The clock runs on.

use crate::facts::Fact;
use crate::plan::Owner;
use lianfang_kernel::Instant;
use lianfang_kernel::ids::SubjectId;
use lianfang_policy::Snapshot;

/// The register of such acts: `to` an organisation, or without it back to who passed the task on.
pub const PASSING_ON: &str = "task_passed_on";

/// Who owns a task after it was passed on and handed back, in the order in which that was recorded.
///
/// What nobody passed on before goes to the territory above: a desk that returns what a protocol gave it says that it is
/// the wrong one.
pub(crate) fn owner_after(named: Owner, acts: &[&Fact], snapshot: &Snapshot) -> Owner {
    let mut acts = acts.to_vec();
    acts.sort_by_key(|act| (act.entry.recorded_at, act.entry.id));
    let mut hands = vec![named];
    for act in acts {
        match receiver(act) {
            Some(to) => hands.push(Owner::Org(to)),
            None if hands.len() > 1 => {
                hands.pop();
            }
            None => hands[0] = above(hands[0], act.at, snapshot),
        }
    }
    hands.last().copied().unwrap_or(named)
}

fn receiver(act: &Fact) -> Option<SubjectId> {
    act.text("to")?.parse().ok().map(SubjectId)
}

/// The territory of the region above an organisation's; itself where nothing is above.
pub(crate) fn above(owner: Owner, at: Instant, snapshot: &Snapshot) -> Owner {
    let Owner::Org(id) = owner else { return owner };
    let parent = snapshot
        .orgs
        .get(id)
        .and_then(|org| snapshot.regions.lineage(&org.region).nth(1));
    parent
        .and_then(|parent| snapshot.orgs.territory(&snapshot.regions, &parent.id, at))
        .map_or(owner, Owner::Org)
}
