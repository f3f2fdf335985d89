//! A figure by region as a map.

use super::incidence::{self, Residents};
use super::{Ground, TILES};
use crate::figure_value::{part, whole_day};
use crate::region_steps;
use crate::series::Period;
use crate::visit::Visit;
use lianfang_kernel::{Day, Instant, Lang, RegionId, Words};
use lianfang_ledger::read::{Figure, FigureQuery, FigureRow, FigureState, Sight};
use lianfang_policy::Snapshot;
use lianfang_policy::model::{Indicator, WallPlace};
use lianfang_server::{ApiError, AppState, figure, is_daily};
use lianfang_ui::charts::{Look, Map, Sign, SignShape, Steps, Tile};
use lianfang_ui::part::mark::Meaning;
use lianfang_ui::part::value::Value;
use lianfang_ui::text::grouped;
use std::collections::HashMap;

/// Days that a map of what is under way adds up: one day has too few, and a month hides where it is now.
const RECENT: i64 = 14;

/// The days that a map adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Span {
    /// As it stands at the moment looked at.
    Now,
    /// These days.
    Days(Day, Day),
}

impl Span {
    /// Of a daily figure what is under way, or the whole time of what is over.
    pub fn of(period: Option<Period>) -> Span {
        match period {
            None => Span::Now,
            Some(period) if period.is_recent => Span::Days(period.last.plus(1 - RECENT), period.last),
            Some(period) => Span::Days(period.first, period.last),
        }
    }

    fn words(self, lang: Lang) -> String {
        match self {
            Span::Now => String::new(),
            Span::Days(first, last) => Period {
                first,
                last,
                is_recent: false,
            }
            .words(lang),
        }
    }
}

/// A figure by the regions below a place; none where there are no regions below, or it is not counted by region.
///
/// # Errors
/// 403; the database.
pub(crate) async fn map_of(
    state: &AppState,
    visit: &Visit,
    indicator: &Indicator,
    (region, span): (&RegionId, Span),
    href: impl Fn(&RegionId) -> String,
) -> Result<Option<Map>, ApiError> {
    let snapshot = state.ledger.snapshot();
    let ground = Ground {
        tree: &snapshot.regions,
        lang: visit.lang,
        region,
    };
    if ground.regions().is_empty() || !indicator.by.iter().any(|by| by == "region") {
        return Ok(None);
    }
    let mut query = FigureQuery {
        region: Some(region.clone()),
        by: vec!["region".to_owned()],
        ..whole_day(state, indicator, visit.as_of)
    };
    if let Span::Days(first, last) = span {
        (query.from, query.to) = (Some(first), Some(last));
    }
    let found = figure(state, &visit.caller, &indicator.id, query.clone()).await?;
    let inside = match sees_small(visit, indicator) {
        false => None,
        true => Some(figure(state, &visit.caller, &indicator.id, FigureQuery { deep: true, ..query }).await?),
    };
    let rows = by_region(&found);
    let deep = inside.as_ref().map(by_region);
    let most = |rows: &HashMap<&str, &FigureRow>| rows.values().filter_map(|row| row.value).max().unwrap_or(0);
    let steps = Steps::up_to(most(&rows));
    let tile = |id: &RegionId| {
        let row = rows.get(id.as_str()).copied();
        let cells = |deep: &HashMap<&str, &FigureRow>| {
            ground.cells(id, |cell| look(&found, deep.get(cell.as_str()).copied(), steps))
        };
        Tile {
            value: match row {
                None if found.denominator.is_some() => Value::NotDue,
                _ => part(&found, row),
            },
            look: look(&found, row, steps),
            cells: deep.as_ref().map(cells).unwrap_or_default(),
            ..ground.tile(id, href(id))
        }
    };
    let is_share = found.denominator.is_some();
    let map = Map {
        id: format!("map-{}", indicator.id),
        title: title(&found, &ground, &rows, span),
        desc: found.definition.get(visit.lang).to_owned(),
        value_name: found.title.get(visit.lang).to_owned(),
        unit: found.unit.get(visit.lang).to_owned(),
        steps: (!is_share).then_some(steps),
        cells_name: deep.as_ref().map(|_| ground.cells_name()).unwrap_or_default(),
        tiles: ground.regions().iter().take(TILES).map(tile).collect(),
        files: Vec::new(),
        note: String::new(),
    };
    let at = visit.as_of.unwrap_or_else(|| state.ledger.now());
    Ok(Some(match span {
        Span::Days(..) if of_cases(indicator) => per_residents(map, (&snapshot, at), &ground, (&found, span), &rows),
        _ => map,
    }))
}

/// Whether a figure counts people who fell ill, so that it may be read per 100,000.
fn of_cases(indicator: &Indicator) -> bool {
    indicator.wall == Some(WallPlace::Cases) && is_daily(indicator)
}

/// The map as cases per 100,000 where every region has its population; otherwise counts, and it says so.
fn per_residents(
    map: Map,
    (snapshot, at): (&Snapshot, Instant),
    ground: &Ground<'_>,
    (found, span): (&Figure, Span),
    rows: &HashMap<&str, &FigureRow>,
) -> Map {
    let regions = ground.regions();
    let lives = |id: &RegionId| Some((id.clone(), incidence::residents(snapshot, id, at)?));
    let known: HashMap<RegionId, Residents> = regions.iter().filter_map(lives).collect();
    let note = incidence::note((snapshot, ground.lang), regions, &known);
    if known.len() < regions.len() || found.value.is_none() {
        return Map { note, ..map };
    }
    // A part without a row added nothing; one whose number is kept back has no rate either.
    let count = |id: &RegionId| rows.get(id.as_str()).map_or(Some(0), |row| row.value);
    let rate = |id: &RegionId| Some(known.get(id)?.tenths(count(id)?));
    let most = regions.iter().filter_map(rate).max().unwrap_or(0);
    let steps = Steps::of_rates(most.div_euclid(10) + 1);
    let tile = |(tile, id): (Tile, &RegionId)| match (rate(id), count(id)) {
        (Some(tenths), Some(n)) => Tile {
            value: Value::Text(incidence::words(tenths)),
            look: steps.look((tenths + 9).div_euclid(10)),
            signs: vec![cases(found, ground.lang, n)],
            // Squares of counts beside tiles of rates would be read as rates.
            cells: Vec::new(),
            ..tile
        },
        _ => Tile {
            cells: Vec::new(),
            ..tile
        },
    };
    let highest = regions.iter().filter_map(|id| Some((rate(id)?, id)));
    let highest = highest.max_by_key(|(tenths, id)| (*tenths, std::cmp::Reverse(id.as_str())));
    Map {
        title: match highest.filter(|(tenths, _)| *tenths > 0) {
            Some((tenths, id)) => rate_title(found, ground, span, (tenths, id)),
            None => map.title,
        },
        unit: pick(ground.lang, "/10万", "per 100,000"),
        steps: Some(steps),
        cells_name: String::new(),
        tiles: map.tiles.into_iter().zip(regions).map(tile).collect(),
        note,
        ..map
    }
}

fn pick(lang: Lang, zh: &str, en: &str) -> String {
    Words::new(zh, en).get(lang).to_owned()
}

/// The count under the rate.
fn cases(found: &Figure, lang: Lang, n: i64) -> Sign {
    let words = format!("{} {}", grouped(n), found.unit.get(lang));
    let whole = Words::new("{name}：{n}", "{name}: {n}")
        .with("name", found.title.get(lang))
        .with("n", grouped(n));
    Sign {
        words,
        whole: whole.get(lang).to_owned(),
        shape: SignShape::None,
    }
}

fn rate_title(found: &Figure, ground: &Ground<'_>, span: Span, (tenths, id): (i64, &RegionId)) -> String {
    let words = Words::new(
        "{name}，{period}：{region}最高（每10万人{rate}）",
        "{name}, {period}: highest in {region} ({rate} per 100,000)",
    );
    let words = words
        .with("name", found.title.get(ground.lang))
        .with("period", span.words(ground.lang))
        .with("region", region_steps::name(ground.tree, ground.lang, id))
        .with("rate", incidence::words(tenths));
    words.get(ground.lang).to_owned()
}

/// Whether nothing small is kept from the reader: small places inside a place would tell what it hides.
fn sees_small(visit: &Visit, indicator: &Indicator) -> bool {
    let inside = visit
        .staff()
        .is_some_and(|staff| !matches!(staff.sight, Sight::Org(_) | Sight::Nothing));
    indicator.suppress_below.is_none() || inside
}

fn by_region(found: &Figure) -> HashMap<&str, &FigureRow> {
    found
        .rows
        .iter()
        .filter_map(|row| Some((row.key.get("region")?.as_str(), row)))
        .collect()
}

fn look(found: &Figure, row: Option<&FigureRow>, steps: Steps) -> Look {
    match (found.state, row) {
        (FigureState::Unknown, _) => Look::Unknown,
        (FigureState::NotDue, _) => Look::Plain,
        (FigureState::Suppressed, _) => Look::Suppressed,
        (_, None) if found.denominator.is_some() => Look::Plain,
        (_, None) => Look::Step(0),
        (_, Some(row)) => match (row.value, row.numerator, row.denominator) {
            (_, Some(_), Some(0)) => Look::Plain,
            (_, Some(done), Some(owed)) if done >= owed => Look::State(Meaning::Done),
            (_, Some(_), Some(_)) => Look::State(Meaning::Due),
            (Some(n), ..) => steps.look(n),
            // Of several units there is no sum.
            (None, ..) if found.mixed => Look::Plain,
            (None, ..) => Look::Suppressed,
        },
    }
}

/// What a map says, as a sentence.
fn title(found: &Figure, ground: &Ground<'_>, rows: &HashMap<&str, &FigureRow>, span: Span) -> String {
    let lang = ground.lang;
    let period = span.words(lang);
    let name = match period.is_empty() {
        true => found.title.get(lang).to_owned(),
        false => Words::new("{name}，{period}", "{name}, {period}")
            .with("name", found.title.get(lang))
            .with("period", period)
            .get(lang)
            .to_owned(),
    };
    if found.denominator.is_some() || found.value.is_none() || found.scale > 0 || found.is_day {
        let words = Words::new("{name}：各地区", "{name}: by region").with("name", name);
        return words.get(lang).to_owned();
    }
    let known = ground
        .regions()
        .iter()
        .filter_map(|id| Some((rows.get(id.as_str())?.value?, id)));
    let most = known
        .filter(|(n, _)| *n > 0)
        .max_by_key(|(n, id)| (*n, std::cmp::Reverse(id.as_str())));
    let words = match most {
        None => Words::new("{name}：各地均无", "{name}: none in any region"),
        Some((n, id)) => Words::new("{name}：{region}最多（{n}）", "{name}: most in {region} ({n})")
            .with("region", region_steps::name(ground.tree, lang, id))
            .with("n", grouped(n)),
    };
    words.with("name", name).get(lang).to_owned()
}
