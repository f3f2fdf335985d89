//! `/situation`: the figures a reader may see, by region below, and who is late; `/situation/wall` for the room.

use crate::figure_value::{value, whole_day};
use crate::form::Form;
use crate::visit::{Visit, civil, shown};
use crate::{Answer, region_steps};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::routing::get;
use lianfang_kernel::{Day, Instant, RegionId};
use lianfang_ledger::read::{FigureQuery, TaskFilter};
use lianfang_policy::model::{Indicator, IndicatorKind};
use lianfang_server::{ApiError, AppState, Caller, Staff, figure, read};
use lianfang_ui::charts::{Chart, Column};
use lianfang_ui::part::value::Figure;
use lianfang_ui::paths;
use lianfang_ui::views::situation::{Late, Region, Situation, render};
use lianfang_ui::views::wall::{Wall, render as render_wall};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Days of the curve.
const DAYS: i64 = 28;
/// Figures of one page.
const FIGURES: usize = 12;
/// Regions of the table.
const REGIONS: usize = 60;
/// Columns of the table.
const COLUMNS: usize = 3;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::SITUATION, get(show))
        .route(paths::WALL, get(show_wall))
}

/// The indicators a reader may see.
fn readable(state: &AppState, visit: &Visit) -> Vec<Arc<Indicator>> {
    let model = state.ledger.snapshot().model.clone();
    let may = |indicator: &Arc<Indicator>| {
        indicator.public || visit.staff().is_some_and(|staff| staff.reads_figure(&model, indicator))
    };
    model
        .indicators
        .values()
        .filter(|indicator| may(indicator))
        .take(FIGURES)
        .cloned()
        .collect()
}

/// The region asked for, else the reader's own, else the city.
fn region_of(state: &AppState, visit: &Visit, query: &Form) -> RegionId {
    let snapshot = state.ledger.snapshot();
    let asked = query
        .given("region")
        .map(RegionId::new)
        .filter(|id| snapshot.regions.contains(id));
    asked
        .or_else(|| visit.staff().map(|staff| staff.region.clone()))
        .unwrap_or_else(|| snapshot.city.clone())
}

async fn figures(
    state: &AppState,
    visit: &Visit,
    indicators: &[Arc<Indicator>],
    region: &RegionId,
) -> Result<Vec<Figure>, ApiError> {
    let mut cards = Vec::new();
    let zone = state.ledger.snapshot().zone.clone();
    for indicator in indicators {
        let query = FigureQuery {
            region: Some(region.clone()),
            ..whole_day(state, indicator, visit.as_of)
        };
        let found = figure(state, &visit.caller, &indicator.id, query).await?;
        cards.push(Figure {
            id: indicator.id.clone(),
            label: found.title.get(visit.lang).to_owned(),
            value: value(&found),
            unit: found.unit.get(visit.lang).to_owned(),
            change: None,
            as_of: Some(civil(&zone, found.as_of)),
            note: None,
        });
    }
    Ok(cards)
}

/// The curve of the first figure that is counted by day.
async fn curve(
    state: &AppState,
    visit: &Visit,
    indicators: &[Arc<Indicator>],
    region: &RegionId,
) -> Result<Option<(String, Chart)>, ApiError> {
    let is_flow = |indicator: &&Arc<Indicator>| {
        matches!(indicator.kind, IndicatorKind::Count { .. } | IndicatorKind::Sum { .. })
            && !matches!(&indicator.kind, IndicatorKind::Count { distinct: Some(_), .. })
            && indicator.by.iter().any(|by| by == "day")
    };
    let Some(indicator) = indicators.iter().find(is_flow) else {
        return Ok(None);
    };
    let chart = series(state, visit, &indicator.id, region).await?;
    Ok(Some((indicator.id.clone(), chart)))
}

/// Four weeks of a figure by day.
pub(crate) async fn series(state: &AppState, visit: &Visit, id: &str, region: &RegionId) -> Result<Chart, ApiError> {
    let zone = state.ledger.snapshot().zone.clone();
    let today = zone.day_of(visit.as_of.unwrap_or_else(|| state.ledger.now()));
    let query = FigureQuery {
        region: Some(region.clone()),
        by: vec!["day".to_owned()],
        from: Some(today.plus(1 - DAYS)),
        to: Some(today),
        as_of: visit.as_of,
        campaign: None,
        outside: false,
    };
    let found = figure(state, &visit.caller, id, query).await?;
    let by_day: BTreeMap<&str, Option<i64>> = found
        .rows
        .iter()
        .filter_map(|row| Some((row.key.get("day")?.as_str(), row.value)))
        .collect();
    let column = |back: i64| {
        let day: Day = today.plus(-back);
        let written = day.to_string();
        // A day without a row added nothing; a row without a value is not shown.
        let n = by_day.get(written.as_str()).copied().unwrap_or(Some(0));
        Column {
            label: written.get(5..).unwrap_or_default().to_owned(),
            value: n.and_then(|n| i32::try_from(n).ok()).map(f64::from),
            is_partial: back == 0,
        }
    };
    let title = found.title.get(visit.lang).to_owned();
    Ok(Chart {
        id: "curve".to_owned(),
        desc: found.definition.get(visit.lang).to_owned(),
        unit: found.unit.get(visit.lang).to_owned(),
        columns_name: title.clone(),
        title,
        columns: (0..DAYS).rev().map(column).collect(),
        line: None,
        band: None,
    })
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
    let mut groups: BTreeMap<(String, String), (u32, Instant, String)> = BTreeMap::new();
    for item in items {
        let owner = item
            .owner
            .and_then(|id| snapshot.orgs.get(id))
            .map(|org| org.name.get(visit.lang).to_owned());
        let key = (owner.unwrap_or_default(), item.title.get(visit.lang).to_owned());
        let href = format!("/coverage/{}/{}", item.protocol, item.task);
        let group = groups.entry(key).or_insert((0, item.due_at, href));
        group.0 += 1;
        group.1 = group.1.min(item.due_at);
    }
    let mut late: Vec<Late> = groups
        .into_iter()
        .map(|((owner, what), (count, since, href))| {
            let since = civil(&snapshot.zone, since);
            Late {
                owner,
                what,
                count,
                since,
                href,
            }
        })
        .collect();
    late.sort_by_key(|late| late.since);
    Ok(late)
}

async fn table(
    state: &AppState,
    visit: &Visit,
    indicators: &[Arc<Indicator>],
    region: &RegionId,
) -> Result<(Vec<String>, Vec<Region>), ApiError> {
    let snapshot = state.ledger.snapshot();
    let below = snapshot.regions.children(region);
    let shown: Vec<&Arc<Indicator>> = indicators
        .iter()
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

async fn show(State(state): State<AppState>, visit: Visit, RawQuery(query): RawQuery) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let region = region_of(&state, &visit, &query);
    let indicators = readable(&state, &visit);
    let (columns, regions) = table(&state, &visit, &indicators, &region).await?;
    let (curve_id, curve) = curve(&state, &visit, &indicators, &region).await?.unzip();
    let view = Situation {
        region: region_steps::name(&state.ledger.snapshot().regions, visit.lang, &region),
        figures: figures(&state, &visit, &indicators, &region).await?,
        curve,
        curve_id: curve_id.unwrap_or_default(),
        published: None,
        late: match visit.staff() {
            Some(staff) => late(&state, staff, &visit).await?,
            None => Vec::new(),
        },
        columns,
        regions,
    };
    Ok(shown(render(&view, &visit.ctx(&state))))
}

async fn show_wall(State(state): State<AppState>, visit: Visit) -> Answer {
    let staff = match &visit.caller {
        Caller::Staff(staff) => staff,
        Caller::Resident(_) | Caller::Public => return Err(ApiError::sign_in_needed()),
    };
    let indicators = readable(&state, &visit);
    let region = staff.region.clone();
    let view = Wall {
        figures: figures(&state, &visit, &indicators, &region).await?,
        curve: curve(&state, &visit, &indicators, &region)
            .await?
            .map(|(_, chart)| chart),
        late: late(&state, staff, &visit).await?,
        changes: Vec::new(),
    };
    Ok(shown(render_wall(&view, &visit.ctx(&state))))
}
