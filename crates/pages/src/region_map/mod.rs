//! Schematic maps of the regions below a place: which there are, what lies in each, how strict it is there.

mod file;
mod incidence;
mod levels;
mod of_figure;

pub(crate) use file::{answer, links};
pub(crate) use levels::sign;
pub(crate) use of_figure::{Span, map_of};

use crate::region_steps;
use lianfang_kernel::{Lang, RegionId, RegionLevel, RegionTree, Words};
use lianfang_ui::charts::{Look, Tile};
use std::collections::BTreeMap;

/// Regions of one map at most.
pub(crate) const TILES: usize = 60;

/// The regions below a place, in the reader's language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ground<'s> {
    /// All regions.
    pub tree: &'s RegionTree,
    /// The reader's language.
    pub lang: Lang,
    /// The place.
    pub region: &'s RegionId,
}

impl Ground<'_> {
    /// Those that get a tile.
    pub fn regions(&self) -> &[RegionId] {
        let below = self.tree.children(self.region);
        &below[..below.len().min(TILES)]
    }

    /// A tile with its name and what lies in it, and nothing shown yet.
    pub fn tile(&self, id: &RegionId, href: String) -> Tile {
        Tile {
            code: self.tree.get(id).map_or_else(String::new, |region| region.code.clone()),
            name: region_steps::name(self.tree, self.lang, id),
            href: Some(href),
            holds: self.holds(id),
            ..Tile::default()
        }
    }

    /// The squares of a tile.
    pub fn cells(&self, id: &RegionId, look: impl Fn(&RegionId) -> Look) -> Vec<Look> {
        self.tree.children(id).iter().map(look).collect()
    }

    /// What the squares are.
    pub fn cells_name(&self) -> String {
        let first = self.regions().iter().find_map(|id| self.tree.children(id).first());
        let level = first.and_then(|id| self.tree.get(id)).map(|region| region.level);
        level.map_or_else(String::new, |level| level_words(level).get(self.lang).to_owned())
    }

    /// "17个乡镇街道，263个村社区": what lies in a region, level by level.
    fn holds(&self, id: &RegionId) -> String {
        let mut counts: BTreeMap<RegionLevel, usize> = BTreeMap::new();
        let mut waiting: Vec<&RegionId> = self.tree.children(id).iter().collect();
        while let Some(id) = waiting.pop() {
            if let Some(region) = self.tree.get(id) {
                *counts.entry(region.level).or_default() += 1;
            }
            waiting.extend(self.tree.children(id));
        }
        let counted = |(level, n): (RegionLevel, usize)| {
            let words = Words::new("{n}个{what}", "{n} {what}");
            let words = words.with("n", n).with("what", level_words(level).get(self.lang));
            words.get(self.lang).to_owned()
        };
        let parts: Vec<String> = counts.into_iter().map(counted).collect();
        parts.join(crate::field_text::comma(self.lang))
    }

    /// The region of a map in which a leaf lies, and the square of its tile.
    pub fn place_of(&self, leaf: &RegionId) -> (Option<RegionId>, Option<RegionId>) {
        let mut way: Vec<RegionId> = self
            .tree
            .lineage(leaf)
            .take_while(|region| region.id != *self.region)
            .map(|region| region.id.clone())
            .collect();
        (way.pop(), way.pop())
    }
}

fn level_words(level: RegionLevel) -> Words {
    match level {
        RegionLevel::Country => Words::new("国家", "countries"),
        RegionLevel::Province => Words::new("省份", "provinces"),
        RegionLevel::Prefecture => Words::new("市州", "prefectures"),
        RegionLevel::County => Words::new("县区", "counties"),
        RegionLevel::Township => Words::new("乡镇街道", "townships"),
        RegionLevel::Village => Words::new("村社区", "villages"),
        RegionLevel::Grid => Words::new("网格", "grids"),
    }
}
