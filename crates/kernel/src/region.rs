//! The region tree: own ids, validity, and the paths that roll-ups follow.
//!
//! A region keeps its id for as long as its boundary holds. When a boundary changes, a new id with its own validity
//! begins; the statistical code may be the same.

use crate::{Day, Words};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// A region's own id; by default its statistical code (2, 4, 6, 9 or 12 digits).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegionId(pub Arc<str>);

impl RegionId {
    /// The id written as `id`.
    pub fn new(id: &str) -> RegionId {
        RegionId(Arc::from(id))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RegionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How deep a region stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RegionLevel {
    /// 国
    Country,
    /// 省
    Province,
    /// 地级
    Prefecture,
    /// 县级
    County,
    /// 乡级
    Township,
    /// 村级
    Village,
    /// 网格
    Grid,
}

impl RegionLevel {
    /// Every level, widest first.
    pub const ALL: [RegionLevel; 7] = [
        RegionLevel::Country,
        RegionLevel::Province,
        RegionLevel::Prefecture,
        RegionLevel::County,
        RegionLevel::Township,
        RegionLevel::Village,
        RegionLevel::Grid,
    ];

    /// The id in files and conditions.
    pub fn id(self) -> &'static str {
        match self {
            RegionLevel::Country => "country",
            RegionLevel::Province => "province",
            RegionLevel::Prefecture => "prefecture",
            RegionLevel::County => "county",
            RegionLevel::Township => "township",
            RegionLevel::Village => "village",
            RegionLevel::Grid => "grid",
        }
    }

    /// The level of that id.
    pub fn from_id(id: &str) -> Option<RegionLevel> {
        RegionLevel::ALL.into_iter().find(|level| level.id() == id)
    }
}

/// One region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// Its own id.
    pub id: RegionId,
    /// Statistical code, as published.
    pub code: String,
    /// Its name; English is the Chinese name where none is published.
    pub name: Words,
    /// How deep it stands.
    pub level: RegionLevel,
    /// What it lies in; none for the widest one known.
    pub parent: Option<RegionId>,
    /// First day of this boundary; none when it was always so.
    pub valid_from: Option<Day>,
    /// First day when it no longer holds.
    pub valid_to: Option<Day>,
}

/// Why a set of regions is not a tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegionTreeError {
    /// Two regions with one id.
    #[error("region {0} stands twice")]
    Doubled(RegionId),
    /// A parent that is not there.
    #[error("region {0} lies in {1}, which is not known")]
    Orphan(RegionId, RegionId),
    /// A region inside itself.
    #[error("region {0} lies inside itself")]
    Cycle(RegionId),
}

#[derive(Clone, Debug)]
struct Node {
    region: Region,
    children: Vec<RegionId>,
    /// `/62/6205/620502/`: ends with a slash so that a prefix test is exact.
    path: Arc<str>,
}

/// All regions of an installation, immutable; the writer replaces the whole when one changes.
#[derive(Clone, Debug, Default)]
pub struct RegionTree {
    nodes: HashMap<RegionId, Node>,
    roots: Vec<RegionId>,
}

impl RegionTree {
    /// Builds the tree.
    ///
    /// # Errors
    /// A doubled id, a missing parent, a cycle.
    pub fn new(regions: impl IntoIterator<Item = Region>) -> Result<RegionTree, RegionTreeError> {
        let mut nodes: HashMap<RegionId, Node> = HashMap::new();
        for region in regions {
            let id = region.id.clone();
            let node = Node {
                region,
                children: Vec::new(),
                path: Arc::from(""),
            };
            if nodes.insert(id.clone(), node).is_some() {
                return Err(RegionTreeError::Doubled(id));
            }
        }
        let mut roots = Vec::new();
        let mut edges: Vec<(RegionId, RegionId)> = Vec::new();
        for node in nodes.values() {
            match &node.region.parent {
                None => roots.push(node.region.id.clone()),
                Some(parent) if nodes.contains_key(parent) => edges.push((parent.clone(), node.region.id.clone())),
                Some(parent) => return Err(RegionTreeError::Orphan(node.region.id.clone(), parent.clone())),
            }
        }
        edges.sort();
        roots.sort();
        for (parent, child) in edges {
            if let Some(node) = nodes.get_mut(&parent) {
                node.children.push(child);
            }
        }
        let mut tree = RegionTree { nodes, roots };
        tree.lay_paths()?;
        Ok(tree)
    }

    fn lay_paths(&mut self) -> Result<(), RegionTreeError> {
        let mut open: Vec<(RegionId, String)> = self.roots.iter().map(|id| (id.clone(), "/".to_owned())).collect();
        let mut laid = 0usize;
        while let Some((id, above)) = open.pop() {
            let path = format!("{above}{id}/");
            if let Some(node) = self.nodes.get_mut(&id) {
                node.path = Arc::from(path.as_str());
                laid += 1;
                open.extend(node.children.iter().map(|child| (child.clone(), path.clone())));
            }
        }
        if laid < self.nodes.len() {
            let lost = self
                .nodes
                .values()
                .filter(|n| n.path.is_empty())
                .map(|n| &n.region.id)
                .min();
            return Err(RegionTreeError::Cycle(
                lost.cloned().unwrap_or_else(|| RegionId::new("")),
            ));
        }
        Ok(())
    }

    /// How many regions are known.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether no region is known.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The widest regions known.
    pub fn roots(&self) -> &[RegionId] {
        &self.roots
    }

    /// A region by its id.
    pub fn get(&self, id: &RegionId) -> Option<&Region> {
        self.nodes.get(id).map(|node| &node.region)
    }

    /// Whether the id is known.
    pub fn contains(&self, id: &RegionId) -> bool {
        self.nodes.contains_key(id)
    }

    /// Every region, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &Region> {
        self.nodes.values().map(|node| &node.region)
    }

    /// The path that roll-ups follow, `/62/6205/620502/`; empty for an unknown id.
    pub fn path(&self, id: &RegionId) -> &str {
        self.nodes.get(id).map_or("", |node| &node.path)
    }

    /// The regions directly inside.
    pub fn children(&self, id: &RegionId) -> &[RegionId] {
        self.nodes.get(id).map_or(&[], |node| &node.children)
    }

    /// Whether `id` is `ancestor` or lies inside it; false when either is unknown.
    pub fn within(&self, id: &RegionId, ancestor: &RegionId) -> bool {
        let (path, above) = (self.path(id), self.path(ancestor));
        !above.is_empty() && path.starts_with(above)
    }

    /// The region itself and everything it lies in, narrowest first.
    pub fn lineage<'a>(&'a self, id: &RegionId) -> impl Iterator<Item = &'a Region> {
        let mut next = self.get(id);
        std::iter::from_fn(move || {
            let here = next?;
            next = here.parent.as_ref().and_then(|parent| self.get(parent));
            Some(here)
        })
    }

    /// The region at `level` that `id` is or lies in.
    pub fn ancestor(&self, id: &RegionId, level: RegionLevel) -> Option<&Region> {
        self.lineage(id).find(|region| region.level == level)
    }

    /// How deep below the widest region, the widest being 0; used to find the deepest area that covers a place.
    pub fn depth(&self, id: &RegionId) -> usize {
        self.path(id).matches('/').count().saturating_sub(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(id: &str, parent: Option<&str>, level: RegionLevel) -> Region {
        Region {
            id: RegionId::new(id),
            code: id.to_owned(),
            name: Words::same(id),
            level,
            parent: parent.map(RegionId::new),
            valid_from: None,
            valid_to: None,
        }
    }

    fn tree() -> RegionTree {
        RegionTree::new([
            region("6205", None, RegionLevel::Prefecture),
            region("620502", Some("6205"), RegionLevel::County),
            region("62050", Some("6205"), RegionLevel::County),
            region("620502001", Some("620502"), RegionLevel::Township),
        ])
        .unwrap()
    }

    #[test]
    fn a_code_that_is_a_prefix_is_not_an_ancestor() {
        let tree = tree();
        assert!(tree.within(&RegionId::new("620502001"), &RegionId::new("620502")));
        assert!(!tree.within(&RegionId::new("620502"), &RegionId::new("62050")));
        assert!(!tree.within(&RegionId::new("nowhere"), &RegionId::new("6205")));
    }

    #[test]
    fn the_lineage_goes_up() {
        let tree = tree();
        let ids: Vec<&str> = tree
            .lineage(&RegionId::new("620502001"))
            .map(|r| r.id.as_str())
            .collect();
        assert_eq!(ids, ["620502001", "620502", "6205"]);
        assert_eq!(tree.depth(&RegionId::new("620502001")), 2);
    }

    #[test]
    fn what_is_no_tree_is_refused_with_its_place() {
        let a = region("a", Some("b"), RegionLevel::County);
        let b = region("b", Some("a"), RegionLevel::County);
        assert!(matches!(
            RegionTree::new([a.clone(), b]),
            Err(RegionTreeError::Cycle(_))
        ));
        assert!(matches!(RegionTree::new([a.clone()]), Err(RegionTreeError::Orphan(..))));
        let root = region("a", None, RegionLevel::County);
        assert!(matches!(RegionTree::new([root, a]), Err(RegionTreeError::Doubled(_))));
    }
}
