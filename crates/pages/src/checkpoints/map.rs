//! All checkpoints of a region on its map: how many stand where, at how many nothing was checked today, how many have no phone.

use crate::region_map::{self, Ground};
use crate::region_steps;
use crate::visit::Desk;
use lianfang_kernel::{RegionId, Words};
use lianfang_ledger::read::CheckpointPlaces;
use lianfang_server::{ApiError, AppState, checkpoint_places};
use lianfang_ui::charts::{Look, Map, Sign, SignShape, Steps, Tile};
use lianfang_ui::part::mark::Meaning;
use lianfang_ui::part::value::Value;
use lianfang_ui::paths;
use lianfang_ui::text::grouped;
use std::collections::HashMap;

fn silent(places: CheckpointPlaces) -> i64 {
    i64::from(places.points - places.checked)
}

/// The map; none where there are no regions below, or no checkpoint at all.
pub(super) async fn all(state: &AppState, desk: &Desk, region: &RegionId) -> Result<Option<Map>, ApiError> {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let ground = Ground {
        tree: &snapshot.regions,
        lang,
        region,
    };
    if ground.regions().is_empty() {
        return Ok(None);
    }
    let mut by_place: HashMap<RegionId, CheckpointPlaces> = HashMap::new();
    let mut whole = CheckpointPlaces::default();
    for (leaf, places) in checkpoint_places(state, &desk.staff, region).await? {
        whole.add(places);
        let (tile, cell) = ground.place_of(&leaf);
        for place in tile.into_iter().chain(cell) {
            by_place.entry(place).or_default().add(places);
        }
    }
    if whole.points == 0 {
        return Ok(None);
    }
    let of = |id: &RegionId| by_place.get(id).copied().unwrap_or_default();
    let most = ground
        .regions()
        .iter()
        .map(|id| (silent(of(id)), id))
        .max_by_key(|(n, _)| *n);
    let steps = Steps::up_to(most.map_or(0, |(n, _)| n));
    let look = |places: CheckpointPlaces| match places.points {
        0 => Look::Plain,
        _ => steps.look(silent(places)),
    };
    let tile = |id: &RegionId| {
        let places = of(id);
        Tile {
            value: match places.points {
                0 => Value::NotDue,
                _ => Value::Known(silent(places)),
            },
            look: look(places),
            signs: signs(desk, places),
            cells: ground.cells(id, |cell| look(of(cell))),
            ..ground.tile(id, format!("{}?region={id}", paths::CHECKPOINTS))
        }
    };
    let words = match most.filter(|(n, _)| *n > 0) {
        None => Words::new("{all}个卡点今天都有查验", "A check today at each of {all} checkpoints"),
        Some((n, id)) => Words::new(
            "{all}个卡点，今天{silent}个没有查验，{region}最多（{n}）",
            "{all} checkpoints, {silent} without a check today, most in {region} ({n})",
        )
        .with("region", region_steps::name(ground.tree, lang, id))
        .with("n", grouped(n)),
    };
    let words = words
        .with("all", grouped(i64::from(whole.points)))
        .with("silent", grouped(silent(whole)));
    let desc = Words::new(
        "各地区今天没有查验的卡点数、卡点总数和没有登记手机的卡点数",
        "Of each region the checkpoints without a check today, all of them, and those without an enrolled phone",
    );
    Ok(Some(Map {
        id: "map-checkpoints".to_owned(),
        title: words.get(lang).to_owned(),
        desc: desc.get(lang).to_owned(),
        value_name: Words::new("今天没有查验", "Without a check today").get(lang).to_owned(),
        unit: Words::new("个", "silent").get(lang).to_owned(),
        steps: Some(steps),
        cells_name: ground.cells_name(),
        tiles: ground.regions().iter().map(tile).collect(),
        files: region_map::links(&desk.visit, paths::CHECKPOINTS, &[("region", region.as_str())]),
        note: String::new(),
    }))
}

fn signs(desk: &Desk, places: CheckpointPlaces) -> Vec<Sign> {
    if places.points == 0 {
        return Vec::new();
    }
    let sign = |words: Words, n: u32, shape: SignShape| {
        let words = words.with("n", grouped(i64::from(n))).get(desk.visit.lang).to_owned();
        Sign {
            whole: words.clone(),
            words,
            shape,
        }
    };
    let phoneless = places.points - places.equipped;
    let mut signs = vec![sign(Words::new("共{n}个", "of {n}"), places.points, SignShape::None)];
    if phoneless > 0 {
        signs.push(sign(
            Words::new("{n}个没有手机", "{n} without phone"),
            phoneless,
            SignShape::State(Meaning::Unknown),
        ));
    }
    signs
}
