//! A region chosen step by step: what the form sent, and what the next page offers.

use crate::form::Form;
use lianfang_kernel::{Lang, RegionId, RegionTree};
use lianfang_ui::part::form::Choice;

/// What a form says about a region.
#[derive(Clone, Debug, Default)]
pub(crate) struct Picked {
    /// The narrowest region chosen so far.
    pub region: Option<RegionId>,
    /// The form was sent to go on in the steps and not to be taken.
    pub is_moving: bool,
}

/// Reads the picker called `name`. An unknown code counts as nothing chosen.
pub(crate) fn picked(form: &Form, name: &str, tree: &RegionTree) -> Picked {
    let known = |text: &str| Some(RegionId::new(text)).filter(|id| tree.contains(id));
    if let Some(up) = form.given(&format!("{name}.up")) {
        let parent = known(up).and_then(|id| tree.get(&id)?.parent.clone());
        return Picked {
            region: parent,
            is_moving: true,
        };
    }
    let chosen = form.given(name).and_then(known);
    let base = form.given(&format!("{name}.base")).and_then(known);
    Picked {
        region: chosen.or(base),
        is_moving: form.get("step") == name,
    }
}

/// Steps from the widest region shown down to `at`, and the regions below it. `floor` is the region that steps begin
/// with: a destination is always in the city.
pub(crate) fn offered(
    tree: &RegionTree,
    lang: Lang,
    at: Option<&RegionId>,
    floor: Option<&RegionId>,
) -> (Vec<Choice>, Vec<Choice>) {
    let choice = |id: &RegionId| {
        let label = tree
            .get(id)
            .map_or_else(|| id.to_string(), |region| region.name.get(lang).to_owned());
        Choice::new(id.as_str(), label)
    };
    let inside = |id: &RegionId| floor.is_none_or(|floor| tree.within(id, floor));
    let at = at.filter(|id| inside(id)).or(floor);
    let mut steps: Vec<Choice> = match at {
        Some(at) => tree
            .lineage(at)
            .filter(|region| inside(&region.id))
            .map(|region| choice(&region.id))
            .collect(),
        None => Vec::new(),
    };
    steps.reverse();
    let below = at.map_or_else(|| tree.roots(), |at| tree.children(at));
    (steps, below.iter().map(choice).collect())
}

/// Names from the widest region down: "山东省 菏泽市 牡丹区".
pub(crate) fn full_name(tree: &RegionTree, lang: Lang, id: &RegionId) -> String {
    let mut names: Vec<&str> = tree.lineage(id).map(|region| region.name.get(lang)).collect();
    names.reverse();
    if names.is_empty() {
        id.to_string()
    } else {
        names.join(" ")
    }
}

/// Its own name.
pub(crate) fn name(tree: &RegionTree, lang: Lang, id: &RegionId) -> String {
    tree.get(id)
        .map_or_else(|| id.to_string(), |region| region.name.get(lang).to_owned())
}
