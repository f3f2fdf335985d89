//! `/situation`: the figures a reader may see, by region below as a map and a table, and who is late.

use crate::figure_value::{card, whole_day};
use crate::form::Form;
use crate::region_map::{self, Span};
use crate::series::{Period, chart, period, source};
use crate::visit::{Visit, civil, shown};
use crate::{Answer, region_steps};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::routing::get;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use lianfang_kernel::{Instant, Lang, RegionId, Words};
use lianfang_ledger::read::{FigureQuery, TaskFilter};
use lianfang_policy::model::{Indicator, WallPlace};
use lianfang_server::{ApiError, AppState, Staff, figure, is_daily, read, reads_chains};
use lianfang_ui::charts::Map;
use lianfang_ui::part::value::Figure;
use lianfang_ui::paths;
use lianfang_ui::views::situation::{Curve, Late, Region, Situation, render};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Figures of one page.
const FIGURES: usize = 24;
/// Curves of one page, of now and of the past each.
const CURVES: usize = 8;
/// Regions of the table.
const REGIONS: usize = 60;
/// Columns of the table.
const COLUMNS: usize = 3;
/// Figures read at a time: each has a connection of its own, and other readers want some too.
const AT_A_TIME: usize = 4;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route(paths::SITUATION, get(show))
}

/// The indicators a reader may see: those for everybody first, then those of the wall in its order, cases before all.
pub(crate) fn readable(state: &AppState, visit: &Visit) -> Vec<Arc<Indicator>> {
    let model = state.ledger.snapshot().model.clone();
    let may = |indicator: &&Arc<Indicator>| {
        indicator.public || visit.staff().is_some_and(|staff| staff.reads_figure(&model, indicator))
    };
    let mut found: Vec<Arc<Indicator>> = model.indicators.values().filter(may).cloned().collect();
    found.sort_by_key(|indicator| {
        let place = (indicator.wall.is_none(), indicator.wall);
        (!indicator.public, place, indicator.pack.clone())
    });
    found
}

/// A figure that may be shown, and what a curve of it would cover.
struct Shown {
    indicator: Arc<Indicator>,
    period: Option<Period>,
}

impl Shown {
    /// Only the past has something: a zero of today would speak for nobody.
    fn is_history(&self) -> bool {
        self.period.is_some_and(|period| !period.is_recent)
    }
}

async fn shown_there(state: &AppState, visit: &Visit, region: &RegionId) -> Result<Vec<Shown>, ApiError> {
    let one = |indicator: Arc<Indicator>| async move {
        let period = match is_daily(&indicator) {
            true => period(state, visit, &indicator.id, region).await?,
            false => None,
        };
        Ok(Shown { indicator, period })
    };
    side_by_side(readable(state, visit).into_iter().map(one).collect()).await
}

/// Waits for all, a few at a time, in their order.
async fn side_by_side<T>(work: Vec<impl Future<Output = Result<T, ApiError>>>) -> Result<Vec<T>, ApiError> {
    stream::iter(work).buffered(AT_A_TIME).try_collect().await
}

/// The region asked for, else the reader's own, else the city.
pub(crate) fn region_of(state: &AppState, visit: &Visit, query: &Form) -> RegionId {
    let snapshot = state.ledger.snapshot();
    let asked = query
        .given("region")
        .map(RegionId::new)
        .filter(|id| snapshot.regions.contains(id));
    asked
        .or_else(|| visit.staff().map(|staff| staff.region.clone()))
        .unwrap_or_else(|| snapshot.city.clone())
}

async fn figures(state: &AppState, visit: &Visit, all: &[Shown], region: &RegionId) -> Result<Vec<Figure>, ApiError> {
    let shown = all.iter().take(FIGURES);
    let cards = shown.map(|Shown { indicator, period }| card(state, visit, indicator, *period, region));
    side_by_side(cards.collect()).await
}

/// The curves, a figure each: those that reach to now, then those of the past.
async fn curves(
    state: &AppState,
    visit: &Visit,
    all: &[Shown],
    region: &RegionId,
    wants_history: bool,
) -> Result<Vec<Curve>, ApiError> {
    let model = state.ledger.snapshot().model.clone();
    let of_time = all.iter().filter(|shown| shown.is_history() == wants_history);
    let drawn = of_time.filter_map(|shown| Some((&shown.indicator, shown.period?)));
    let model = &model;
    let one = |(indicator, period): (&Arc<Indicator>, Period)| {
        let indicator = indicator.clone();
        async move {
            Ok(Curve {
                chart: chart(state, visit, &indicator.id, region, period).await?,
                indicator: indicator.id.clone(),
                source: source(model, &indicator, visit.lang),
            })
        }
    };
    side_by_side(drawn.take(CURVES).map(one).collect()).await
}

/// A duty that is late somewhere.
struct Duty {
    what: String,
    owners: BTreeSet<String>,
    count: u32,
    since: Instant,
}

/// Who is late: two by name, and how many more.
fn owners(lang: Lang, owners: &BTreeSet<String>) -> String {
    let names: Vec<&str> = owners.iter().take(2).map(String::as_str).collect();
    let more = owners.len().saturating_sub(names.len());
    let named = names.join(Words::new("、", ", ").get(lang));
    if more == 0 {
        return named;
    }
    let words = Words::new("{named}等{all}个单位", "{named} and {more} more");
    let words = words.with("named", named).with("all", owners.len()).with("more", more);
    words.get(lang).to_owned()
}

async fn late(state: &AppState, staff: &Staff, visit: &Visit) -> Result<Vec<Late>, ApiError> {
    // The list of tasks is of the present: the past has its own coverage.
    if visit.as_of.is_some() {
        return Ok(Vec::new());
    }
    let sight = staff.sight.clone();
    let filter = TaskFilter {
        state: Some("missed".into()),
        limit: 1_000,
        ..TaskFilter::default()
    };
    let items = read(state, move |reader| Ok(reader.tasks(&sight, &filter)?.items)).await?;
    let snapshot = state.ledger.snapshot();
    // A line for each duty: its list says who owes what.
    let mut duties: BTreeMap<String, Duty> = BTreeMap::new();
    for item in items {
        let owner = item.owner.and_then(|id| snapshot.orgs.get(id));
        let duty = duties
            .entry(format!("/coverage/{}/{}", item.protocol, item.task))
            .or_insert_with(|| Duty {
                what: item.title.get(visit.lang).to_owned(),
                owners: BTreeSet::new(),
                count: 0,
                since: item.due_at,
            });
        duty.owners.extend(owner.map(|org| org.name.get(visit.lang).to_owned()));
        duty.count += 1;
        duty.since = duty.since.min(item.due_at);
    }
    let mut late: Vec<Late> = duties
        .into_iter()
        .map(|(href, duty)| Late {
            owner: owners(visit.lang, &duty.owners),
            what: duty.what,
            count: duty.count,
            since: civil(&snapshot.zone, duty.since),
            href,
        })
        .collect();
    late.sort_by_key(|late| late.since);
    Ok(late)
}

async fn table(
    state: &AppState,
    visit: &Visit,
    all: &[Shown],
    region: &RegionId,
) -> Result<(Vec<String>, Vec<Region>), ApiError> {
    let snapshot = state.ledger.snapshot();
    let below = snapshot.regions.children(region);
    let shown: Vec<&Arc<Indicator>> = all
        .iter()
        .filter(|shown| !shown.is_history())
        .map(|shown| &shown.indicator)
        .filter(|indicator| indicator.by.iter().any(|by| by == "region"))
        .take(COLUMNS)
        .collect();
    let mut values = vec![Vec::new(); below.len().min(REGIONS)];
    for indicator in &shown {
        let asked = whole_day(state, indicator, visit.as_of);
        let query = FigureQuery {
            region: Some(region.clone()),
            by: vec!["region".to_owned()],
            ..asked
        };
        let found = figure(state, &visit.caller, &indicator.id, query).await?;
        for (cells, id) in values.iter_mut().zip(below) {
            let row = found
                .rows
                .iter()
                .find(|row| row.key.get("region").map(String::as_str) == Some(id.as_str()));
            cells.push(crate::figure_value::part(&found, row));
        }
    }
    let columns = shown
        .iter()
        .map(|indicator| indicator.title.get(visit.lang).to_owned())
        .collect();
    let regions = below.iter().zip(values).map(|(id, values)| Region {
        name: region_steps::name(&snapshot.regions, visit.lang, id),
        href: format!("{}?region={id}", paths::SITUATION),
        values,
    });
    Ok((
        columns,
        if shown.is_empty() {
            Vec::new()
        } else {
            regions.collect()
        },
    ))
}

/// The map: cases where there are any, with the levels in force.
async fn map(state: &AppState, visit: &Visit, all: &[Shown], region: &RegionId) -> Result<Option<Map>, ApiError> {
    let mut by_region: Vec<&Shown> = all
        .iter()
        .filter(|shown| shown.indicator.by.iter().any(|by| by == "region") && !shown.is_history())
        .collect();
    // Cases before anything else, and what has something before what has nothing.
    by_region.sort_by_key(|shown| (shown.indicator.wall != Some(WallPlace::Cases), shown.period.is_none()));
    let chosen = by_region.first().copied();
    let Some(Shown { indicator, period }) = chosen else {
        return Ok(None);
    };
    let href = |id: &RegionId| visit.kept(&format!("{}?region={id}", paths::SITUATION));
    let Some(mut map) = region_map::map_of(state, visit, indicator, (region, Span::of(*period)), href).await? else {
        return Ok(None);
    };
    region_map::sign(state, visit, region, &mut map).await?;
    map.files = region_map::links(visit, paths::SITUATION, &[("region", region.as_str())]);
    Ok(Some(map))
}

async fn show(State(state): State<AppState>, visit: Visit, RawQuery(query): RawQuery) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let region = region_of(&state, &visit, &query);
    let all = shown_there(&state, &visit, &region).await?;
    let map = map(&state, &visit, &all, &region).await?;
    if let Some(answer) = region_map::answer(&state, &visit, &query, map.as_ref()) {
        return answer;
    }
    let (columns, regions) = table(&state, &visit, &all, &region).await?;
    let view = Situation {
        map,
        region: region_steps::name(&state.ledger.snapshot().regions, visit.lang, &region),
        figures: figures(&state, &visit, &all, &region).await?,
        curves: curves(&state, &visit, &all, &region, false).await?,
        past: curves(&state, &visit, &all, &region, true).await?,
        late: match visit.staff() {
            Some(staff) => late(&state, staff, &visit).await?,
            None => Vec::new(),
        },
        columns,
        regions,
        sees_chains: visit
            .staff()
            .is_some_and(|staff| reads_chains(staff, &state.ledger.snapshot().model)),
    };
    Ok(shown(render(&view, &visit.ctx(&state))))
}
