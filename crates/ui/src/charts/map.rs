//! A schematic map of regions: a tile each in the order of the region tree, with the regions inside it as small squares.
//!
//! What a tile shows stands in words and numbers; its ground and the bars beside the number say the same. Hatched is
//! unknown, dotted is too small to be shown. The title says the message.

use super::steps::Steps;
use super::tiles::{CELL_GAP, LINE, Layout, Need, PAD, Place, Shape, VALUE_LINE, lay_out, width, wrapped};
use crate::{
    Ctx,
    icon::Icon,
    part::{
        mark::Meaning,
        value::{Value, approximate},
    },
    text,
};
use maud::{Markup, html};
use std::fmt::Write as _;

/// The ground of a tile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    /// Nothing to say by ground.
    #[default]
    Plain,
    /// One of five steps, 0 to 4, the more the darker.
    Step(u8),
    /// A state of a duty.
    State(Meaning),
    /// Not known: hatched.
    Unknown,
    /// Too small to be shown: dotted.
    Suppressed,
}

/// A line under the number of a tile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// As short as it goes: "高风险".
    pub words: String,
    /// With what it is a value of: "风险等级：高风险".
    pub whole: String,
    /// Its shape.
    pub shape: SignShape,
}

/// The shape beside a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignShape {
    /// So many bars of four.
    Bars(u8),
    /// Clock, triangle, tick or dashed ring.
    State(Meaning),
    /// Nothing beside it.
    None,
}

/// A region.
#[derive(Clone, Debug, Default)]
pub struct Tile {
    /// Its code.
    pub code: String,
    /// Its name in the reader's language.
    pub name: String,
    /// The same picture of the regions inside it, or what is behind the number.
    pub href: Option<String>,
    /// What is shown.
    pub value: Value,
    /// Its ground.
    pub look: Look,
    /// Lines under the number.
    pub signs: Vec<Sign>,
    /// The regions inside it.
    pub cells: Vec<Look>,
    /// What lies in it: "18个乡镇、263个村".
    pub holds: String,
}

/// A map.
#[derive(Clone, Debug, Default)]
pub struct Map {
    /// Identifier within the page: letters, digits, hyphens.
    pub id: String,
    /// The message, as a sentence.
    pub title: String,
    /// What is drawn, for those who cannot see it.
    pub desc: String,
    /// What the number is.
    pub value_name: String,
    /// Its unit.
    pub unit: String,
    /// The steps of the grounds, where they stand for numbers.
    pub steps: Option<Steps>,
    /// What the small squares are: "乡镇"; nothing when there are none.
    pub cells_name: String,
    /// The regions, in the order of the tree.
    pub tiles: Vec<Tile>,
    /// The same as files: format and address.
    pub files: Vec<(&'static str, String)>,
    /// What the numbers rest on, where the reader must know it.
    pub note: String,
}

/// Of how many bars a sign has.
const BARS: u8 = 4;
/// Grounds that are drawn, in the order of the key.
const STEPS: u8 = 5;

impl Look {
    fn class(self) -> &'static str {
        match self {
            Look::Plain => "t-plain",
            Look::Step(0) => "t0",
            Look::Step(1) => "t1",
            Look::Step(2) => "t2",
            Look::Step(3) => "t3",
            Look::Step(_) => "t4",
            Look::State(Meaning::Due) => "t-due",
            Look::State(Meaning::Late) => "t-late",
            Look::State(Meaning::Done) => "t-done",
            Look::State(Meaning::Unknown) | Look::Unknown => "t-unknown",
            Look::Suppressed => "t-few",
        }
    }

    /// What lies over the ground.
    fn pattern(self) -> Option<&'static str> {
        match self {
            Look::Unknown | Look::State(Meaning::Unknown) => Some("hatch"),
            Look::Suppressed => Some("dots"),
            _ => None,
        }
    }
}

/// A value as plain text.
pub(super) fn in_words(cx: &Ctx, value: &Value) -> String {
    match value {
        Value::Known(n) => text::grouped(*n),
        Value::Approx(approx, shown) => approximate(cx.lang, *approx, shown),
        Value::Text(shown) => shown.clone(),
        Value::Partial {
            value,
            reported,
            expected,
        } => format!(
            "{} ({})",
            text::grouped(*value),
            cx.tf("state-partial", &[("k", (*reported).into()), ("n", (*expected).into())])
        ),
        Value::Unknown => cx.t("state-unknown"),
        Value::NotDue => cx.t("state-not-due"),
        Value::Suppressed => cx.t("state-suppressed"),
    }
}

fn is_number(value: &Value) -> bool {
    matches!(
        value,
        Value::Known(_) | Value::Text(_) | Value::Approx(..) | Value::Partial { .. }
    )
}

/// One decimal at most: coordinates need no more.
fn n(value: f64) -> String {
    let text = format!("{value:.1}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The picture alone, in one shape; `part` tells two pictures of one map on a page apart.
pub fn draw_map(cx: &Ctx, map: &Map, shape: Shape, part: &str) -> Markup {
    let need = |tile: &Tile| Need {
        name: tile.name.clone(),
        lines: tile.signs.len(),
        // On a phone a square would be a dot; the map of the region itself has it as a tile.
        cells: if shape == Shape::NARROW { 0 } else { tile.cells.len() },
    };
    let needs: Vec<Need> = map.tiles.iter().map(need).collect();
    let layout = lay_out(shape, &needs);
    let id = format!("{}-{part}", map.id);
    html! {
        svg class={ "map map-" (part) } viewBox={ "-2 -2 " (n(shape.width + 4.0)) " " (n(layout.height + 4.0)) } font-size=(n(shape.text))
            role="group" aria-labelledby={ "t-" (id) " d-" (id) } xmlns="http://www.w3.org/2000/svg" {
            title id={ "t-" (id) } { (map.title) }
            desc id={ "d-" (id) } { (map.desc) }
            (patterns(&id))
            @for (tile, place) in map.tiles.iter().zip(&layout.places) {
                @if let Some(href) = &tile.href { a href=(href) { (body(cx, map, tile, (*place, &layout, shape), &id)) } }
                @else { (body(cx, map, tile, (*place, &layout, shape), &id)) }
            }
        }
    }
}

fn patterns(id: &str) -> Markup {
    html! {
        defs {
            pattern id={ "hatch-" (id) } width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" { path.hatch-line d="M0 0V7" {} }
            pattern id={ "dots-" (id) } width="7" height="7" patternUnits="userSpaceOnUse" { circle.dot cx="2" cy="2" r="1.1" {} }
        }
    }
}

fn body(cx: &Ctx, map: &Map, tile: &Tile, (place, layout, shape): (Place, &Layout, Shape), id: &str) -> Markup {
    let em = shape.text;
    let (left, top) = (place.x + PAD * em, place.y + PAD * em);
    let room = place.width / em - 2.0 * PAD;
    let names = wrapped(&tile.name, room, layout.name_lines.max(1));
    let value_y = top + LINE * em * layout.name_lines as f64;
    let signs_y = value_y + VALUE_LINE * em;
    let whole = in_words(cx, &tile.value);
    let shown = wrapped(&whole, if is_number(&tile.value) { room / 1.5 } else { room }, 1).concat();
    let numeral = 1.5 * em;
    let beside = left + width(&shown) * numeral + 0.4 * em;
    html! {
        g class={ "tile " (tile.look.class()) } {
            rect.ground x=(n(place.x)) y=(n(place.y)) width=(n(place.width)) height=(n(place.height)) rx="3" {}
            @if let Some(pattern) = tile.look.pattern() {
                rect x=(n(place.x)) y=(n(place.y)) width=(n(place.width)) height=(n(place.height)) rx="3" fill={ "url(#" (pattern) "-" (id) ")" } {}
            }
            @for (i, line) in names.iter().enumerate() {
                text.name x=(n(left)) y=(n(top + (i as f64 + 0.95) * LINE * em - 0.2 * em)) { (line) }
            }
            @if is_number(&tile.value) {
                text.value x=(n(left)) y=(n(value_y + 1.4 * em)) font-size=(n(numeral)) { (shown) }
                @if !map.unit.is_empty() && beside + width(&map.unit) * em < place.x + place.width - 2.2 * em {
                    text.unit x=(n(beside)) y=(n(value_y + 1.4 * em)) { (map.unit) }
                }
            } @else {
                text.state x=(n(left)) y=(n(value_y + 1.3 * em)) { (shown) }
            }
            @if let Look::Step(step) = tile.look { (bars(step, place.x + place.width - PAD * em - 1.5 * em, value_y + 0.45 * em, em)) }
            @if let Look::State(meaning) = tile.look { (picture(meaning, place.x + place.width - PAD * em - 1.2 * em, value_y + 0.3 * em, 1.2 * em)) }
            @for (i, sign) in tile.signs.iter().take(layout.lines).enumerate() {
                @let y = signs_y + i as f64 * LINE * em;
                (shape_of(sign.shape, left, y + 0.1 * em, em))
                @let indent = if sign.shape == SignShape::None { 0.0 } else { 1.6 };
                text.sign x=(n(left + indent * em)) y=(n(y + 0.95 * em)) { (wrapped(&sign.words, room - indent, 1).concat()) }
            }
            (cells(tile, layout, left, signs_y + layout.lines as f64 * LINE * em + 0.2 * em))
        }
    }
}

fn shape_of(shape: SignShape, x: f64, y: f64, em: f64) -> Markup {
    match shape {
        SignShape::Bars(step) => bars(step, x, y, em * 0.85),
        SignShape::State(meaning) => picture(meaning, x, y, em),
        SignShape::None => html! {},
    }
}

/// Four bars of growing height, the first `step` of them filled.
fn bars(step: u8, x: f64, y: f64, em: f64) -> Markup {
    let drawn = |range: std::ops::Range<u8>| {
        let mut path = String::new();
        for i in range {
            let height = em * (0.35 + 0.2 * f64::from(i));
            let (left, width) = (x + f64::from(i) * 0.38 * em, 0.26 * em);
            // Writing to a String does not fail.
            let _ = write!(
                path,
                "M{} {}h{}v-{}h-{}z",
                n(left),
                n(y + 0.95 * em),
                n(width),
                n(height),
                n(width)
            );
        }
        path
    };
    let step = step.min(BARS);
    html! {
        @if step > 0 { path.rung.full d=(drawn(0..step)) {} }
        @if step < BARS { path.rung d=(drawn(step..BARS)) {} }
    }
}

/// The shape of a state, as it stands beside words elsewhere.
fn picture(meaning: Meaning, x: f64, y: f64, side: f64) -> Markup {
    let (icon, class) = match meaning {
        Meaning::Due => (Icon::Due, "shape"),
        Meaning::Late => (Icon::Late, "shape"),
        Meaning::Done => (Icon::Done, "shape"),
        Meaning::Unknown => (Icon::Unknown, "shape dashed"),
    };
    html! { svg x=(n(x)) y=(n(y)) width=(n(side)) height=(n(side)) viewBox="0 0 16 16" { path class=(class) d=(icon.path()) {} } }
}

/// The regions inside a tile: one shape for each ground, so that a thousand of them stay small.
fn cells(tile: &Tile, layout: &Layout, left: f64, top: f64) -> Markup {
    let step = layout.cell * (1.0 + CELL_GAP);
    let mut shapes: Vec<(&'static str, String)> = Vec::new();
    for (i, look) in tile.cells.iter().enumerate() {
        let (row, column) = (i / layout.cells_across.max(1), i % layout.cells_across.max(1));
        if row >= layout.cell_rows {
            break;
        }
        let class = look.class();
        if !shapes.iter().any(|(known, _)| *known == class) {
            shapes.push((class, String::new()));
        }
        if let Some((_, path)) = shapes.iter_mut().find(|(known, _)| *known == class) {
            let (x, y, side) = (left + column as f64 * step, top + row as f64 * step, n(layout.cell));
            // Writing to a String does not fail.
            let _ = write!(path, "M{} {}h{side}v{side}h-{side}z", n(x), n(y));
        }
    }
    html! { @for (class, path) in shapes { path class={ "cell " (class) } d=(path) {} } }
}

/// The looks of a picture that leaves the page: a file has no style sheet beside it.
const FILE_STYLE: &str = "<style>text{font-family:sans-serif;fill:#16201f}.name{font-weight:600}.value{font-weight:600}\
    .ground,.cell{fill:#fff;stroke:#8a9491;stroke-width:1}.cell{stroke-width:.5}.t1 .ground,.cell.t1{fill:#d9e8e7}\
    .t2 .ground,.cell.t2{fill:#b5d0cf}.t3 .ground,.cell.t3{fill:#84b1b0}.t4 .ground,.cell.t4{fill:#0b5c5f}\
    .t4 text{fill:#fff}.rung{fill:none;stroke:#16201f;stroke-width:.8}.rung.full{fill:#16201f}.t4 .rung{stroke:#fff}\
    .t4 .rung.full{fill:#fff}.t-late .ground,.cell.t-late{fill:#fbe9e6;stroke:#a8231b}.t-due .ground,.cell.t-due{fill:#e6eef8;stroke:#1d559f}\
    .t-done .ground,.cell.t-done{fill:#e5f2e8;stroke:#1c6638}.t-unknown .ground,.t-few .ground,.cell.t-unknown,.cell.t-few{fill:#eceeec;stroke:#59625f}\
    .shape{fill:none;stroke:#16201f;stroke-width:1.6}.hatch-line{stroke:#b9bfbd;stroke-width:1.6}.dot{fill:#b9bfbd}a{text-decoration:none}</style>";

/// The picture as a file of its own, for downloads and documents.
pub fn map_file(cx: &Ctx, map: &Map) -> String {
    let picture = draw_map(cx, map, Shape::WIDE, "file").into_string();
    match picture.split_once('>') {
        Some((head, rest)) => format!("{head}>{FILE_STYLE}{rest}"),
        None => picture,
    }
}

/// The lines of the table: code, name, value, the levels in force and what else stands beside the value.
pub fn map_rows(cx: &Ctx, map: &Map) -> Vec<[String; 5]> {
    let row = |tile: &Tile| {
        let value = match &tile.value {
            Value::Known(n) => n.to_string(),
            other => in_words(cx, other),
        };
        let (levels, beside): (Vec<&Sign>, Vec<&Sign>) = tile
            .signs
            .iter()
            .partition(|sign| matches!(sign.shape, SignShape::Bars(_)));
        let words = |signs: Vec<&Sign>| {
            signs
                .iter()
                .map(|sign| sign.whole.as_str())
                .collect::<Vec<_>>()
                .join("; ")
        };
        [
            tile.code.clone(),
            tile.name.clone(),
            value,
            words(levels),
            words(beside),
        ]
    };
    map.tiles.iter().map(row).collect()
}

/// The map with its message, its key and its table; `more` stands beside the addresses of its files.
pub fn map_figure(cx: &Ctx, map: &Map, more: &Markup) -> Markup {
    html! {
        figure.chart-figure.map-figure {
            figcaption { (map.title) }
            (draw_map(cx, map, Shape::WIDE, "wide"))
            (draw_map(cx, map, Shape::NARROW, "narrow"))
            (map_key(cx, map))
            @if !map.note.is_empty() { p.quiet { (map.note) } }
            div.chart-foot {
                details.chart-table { summary { (cx.t("chart-table")) } (table(cx, map)) }
                p.quiet {
                    @if !map.files.is_empty() { (cx.t("download")) @for (format, href) in &map.files { " " a href=(href) { (format.to_uppercase()) } } }
                    (more)
                }
            }
        }
    }
}

/// What the grounds and squares stand for.
pub fn map_key(cx: &Ctx, map: &Map) -> Markup {
    let looks = || {
        map.tiles
            .iter()
            .flat_map(|tile| std::iter::once(tile.look).chain(tile.cells.iter().copied()))
    };
    let has = |look: Look| looks().any(|known| known == look);
    html! {
        ul.key {
            @if let Some(steps) = map.steps {
                @for step in (0..STEPS).filter(|step| has(Look::Step(*step))) { li { (swatch(Look::Step(step))) (steps.words(step)) } }
            }
            @for (look, word) in [
                (Look::State(Meaning::Late), "map-late"), (Look::State(Meaning::Due), "map-due"), (Look::State(Meaning::Done), "map-done"),
                (Look::Unknown, "chart-unknown"), (Look::Suppressed, "state-suppressed"), (Look::Plain, "map-plain"),
            ] {
                @if has(look) || (look == Look::Unknown && has(Look::State(Meaning::Unknown))) { li { (swatch(look)) (cx.t(word)) } }
            }
            @if !map.cells_name.is_empty() { li { (cx.tf("map-cells", &[("what", map.cells_name.as_str().into())])) } }
        }
    }
}

fn swatch(look: Look) -> Markup {
    let class = format!("cell {}", look.class());
    html! {
        svg.map-swatch viewBox="-1 -1 20 16" width="20" height="16" aria-hidden="true" focusable="false" {
            rect class=(class) width="18" height="14" {}
            @if look.pattern() == Some("hatch") { path.hatch-line d="M0 8 8 0M4 14 18 0M12 14 18 8" {} }
            @if look.pattern() == Some("dots") { path.dot d="M3 3h2v2h-2zM9 3h2v2h-2zM3 9h2v2h-2zM9 9h2v2h-2zM14 6h2v2h-2z" {} }
        }
    }
}

fn table(cx: &Ctx, map: &Map) -> Markup {
    let has_signs = map.tiles.iter().any(|tile| !tile.signs.is_empty());
    let has_parts = map.tiles.iter().any(|tile| !tile.holds.is_empty());
    html! {
        div.scroll tabindex="0" role="region" aria-label=(map.value_name) {
            table {
                caption.sr { (map.title) }
                thead { tr {
                    th scope="col" { (cx.t("region")) }
                    th.num scope="col" { (map.value_name) @if !map.unit.is_empty() { " (" (map.unit) ")" } }
                    @if has_signs { th scope="col" { (cx.t("map-signs")) } }
                    @if has_parts { th scope="col" { (cx.t("map-holds")) } }
                } }
                tbody {
                    @for tile in &map.tiles {
                        tr {
                            th scope="row" { @if let Some(href) = &tile.href { a href=(href) { (tile.name) } } @else { (tile.name) } }
                            td.num { (in_words(cx, &tile.value)) }
                            @if has_signs { td { @for (i, sign) in tile.signs.iter().enumerate() { @if i > 0 { " · " } (sign.whole) } } }
                            @if has_parts { td { (tile.holds) } }
                        }
                    }
                }
            }
        }
    }
}

/// Seven counties: of all kinds one.
pub(crate) fn sample_map(lang: lianfang_kernel::Lang) -> Map {
    use crate::gallery::w;
    let steps = Steps::up_to(120);
    let known = |n: i64| (Value::Known(n), steps.look(n));
    let tile = |code: &str, zh: &str, en: &str, (value, look): (Value, Look)| Tile {
        code: code.into(),
        name: w(lang, zh, en),
        href: Some(format!("?region={code}")),
        value,
        look,
        signs: Vec::new(),
        cells: (0..17).map(|i| steps.look([0, 0, 3, 0, 12, 0, 0][i % 7])).collect(),
        holds: w(lang, "17个乡镇", "17 townships"),
    };
    let sign = |zh: &str, en: &str, bars: u8| Sign {
        words: w(lang, zh, en),
        whole: w(lang, &format!("风险等级：{zh}"), &format!("Risk level: {en}")),
        shape: SignShape::Bars(bars),
    };
    let mut tiles = vec![
        tile("620502", "秦州区", "Qinzhou", known(120)),
        tile("620503", "麦积区", "Maiji", known(31)),
        tile("620521", "清水县", "Qingshui", known(0)),
        tile("620522", "秦安县", "Qin'an", (Value::Unknown, Look::Unknown)),
        tile("620523", "甘谷县", "Gangu", known(3)),
        tile("620524", "武山县", "Wushan", (Value::Suppressed, Look::Suppressed)),
        tile(
            "620525",
            "张家川回族自治县",
            "Zhangjiachuan Hui autonomous county",
            known(9),
        ),
    ];
    tiles[0].signs = vec![sign("高风险", "High risk", 3)];
    tiles[1].signs = vec![sign("局部中风险", "Medium risk in parts", 2)];
    Map {
        id: "map".into(),
        title: w(
            lang,
            "新增确诊病例，最近14天：秦州区最多（120例）",
            "New confirmed cases of 14 days: most in Qinzhou (120)",
        ),
        desc: w(lang, "各县区病例数", "Cases of each county"),
        value_name: w(lang, "新增确诊病例", "New confirmed cases"),
        unit: w(lang, "例", "cases"),
        steps: Some(steps),
        cells_name: w(lang, "乡镇", "townships"),
        tiles,
        files: vec![("csv", "?map=csv".into()), ("svg", "?map=svg".into())],
        note: w(
            lang,
            "病例数，不是发病率：各地区尚未登记常住人口",
            "Counts and no rates: no region has its population entered",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lianfang_kernel::Lang;
    use proptest::prelude::*;

    fn cx() -> Ctx {
        Ctx::public(Lang::En, "Tianshui", "/")
    }

    proptest! {
        #[test]
        fn where_a_region_stands_does_not_follow_from_its_numbers(numbers in prop::collection::vec(0..900_i64, 7)) {
            let places = |map: &Map| -> Vec<String> {
                let svg = draw_map(&cx(), map, Shape::WIDE, "wide").into_string();
                svg.split("<rect class=\"ground\" ").skip(1).filter_map(|rest| rest.split('>').next().map(str::to_owned)).collect()
            };
            let mut other = sample_map(Lang::En);
            let steps = Steps::up_to(900);
            for (tile, n) in other.tiles.iter_mut().zip(numbers) {
                (tile.value, tile.look) = (Value::Known(n), steps.look(n));
            }
            prop_assert_eq!(places(&sample_map(Lang::En)), places(&other));
        }
    }

    #[test]
    fn what_is_unknown_or_too_small_looks_and_reads_different_from_nothing() {
        let html = map_figure(&cx(), &sample_map(Lang::En), &html! {}).into_string();
        assert!(
            html.contains("url(#hatch-map-wide)") && html.contains("url(#dots-map-wide)"),
            "{html}"
        );
        assert!(html.contains(">unknown</text>") && html.contains(">too few to show</text>"));
        // The level stands in words on the tile, and whole in the table.
        assert!(html.contains(">High risk</text>") && html.contains("Risk level: High risk"));
    }

    #[test]
    fn every_region_is_a_link_and_a_line_of_the_table() {
        let map = sample_map(Lang::Zh);
        let html = map_figure(&Ctx::public(Lang::Zh, "天水", "/"), &map, &html! {}).into_string();
        // In both shapes and in the table.
        assert_eq!(html.matches("href=\"?region=620525\"").count(), 3);
        assert_eq!(
            map_rows(&cx(), &map)[0],
            ["620502", "秦州区", "120", "风险等级：高风险", ""].map(str::to_owned)
        );
        let file = map_file(&cx(), &map);
        assert!(file.contains("<style>") && file.contains("xmlns"));
        assert!(
            draw_map(&cx(), &Map::default(), Shape::WALL, "wall")
                .into_string()
                .starts_with("<svg")
        );
    }
}
