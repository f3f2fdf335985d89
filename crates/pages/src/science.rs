//! `/situation/science`: one daily figure with what is not reported yet, its reproduction number, its growth and what is unusual.
//!
//! Every number comes from [`lianfang_server::estimate`], where the interface has it from; a section that cannot be estimated says why.

mod beds;
mod kept_lists;
mod outbreaks;
mod past;
mod past_detect;
mod past_links;
mod past_nowcast;
mod results;
mod tracing;
mod words;

use crate::form::Form;
use crate::region_map::{self, Span};
use crate::series::{Period, chart, period};
use crate::visit::{Desk, shown};
use crate::{Answer, region_steps};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use lianfang_kernel::{Instant, Lang, RegionId, Words};
use lianfang_policy::model::Indicator;
use lianfang_server::{ApiError, AppState, is_daily};
use lianfang_ui::charts::{Chart, Map, file as picture};
use lianfang_ui::part::form::Choice;
use lianfang_ui::paths;
use lianfang_ui::views::science::{Past, Science, render};
use std::sync::Arc;

/// The figures that are shown unless another is asked for, the first that has something: cases by onset tell most.
const FIRST: [&str; 2] = ["cases-by-onset", "new-confirmed"];
/// The same cases by onset, report and confirmation.
const SAME_CASES: [&str; 3] = ["cases-by-onset", "cases-reported", "cases-by-confirmation"];
/// Figures that can be chosen.
const CHOICES: usize = 40;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::SCIENCE, get(show))
        .route("/situation/science/{file}", get(file))
        .route(paths::PAST, get(past::show))
}

/// What is looked at.
#[derive(Clone, Debug)]
struct Asked {
    indicator: String,
    title: Words,
    region: RegionId,
    period: Period,
    mean_si: String,
    std_si: String,
    width: String,
}

impl Asked {
    /// What a call is given beside the figure.
    fn interval(&self) -> Vec<(String, String)> {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        vec![
            pair("mean_si", &self.mean_si),
            pair("std_si", &self.std_si),
            pair("width", &self.width),
        ]
    }

    /// Address of the same figure with what was asked.
    fn query(&self, desk: &Desk, more: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("indicator", &self.indicator);
        query.append_pair("region", self.region.as_str());
        if let Some(at) = desk.visit.as_of {
            query.append_pair("as_of", &at.to_string());
        }
        for (name, value) in more {
            query.append_pair(name, value);
        }
        query.finish()
    }
}

/// The usual serial interval of the place, in days.
fn usual(state: &AppState, region: &RegionId, at: Instant, id: &str) -> String {
    let tenths = state.ledger.snapshot().setting(id, region, at);
    let tenths = tenths.as_ref().and_then(lianfang_kernel::Datum::as_int);
    tenths.map_or_else(String::new, |n| format!("{}.{}", n / 10, n % 10))
}

/// The daily figures that the reader may see and that have something there, the usual ones first.
async fn figures(state: &AppState, desk: &Desk, region: &RegionId) -> Result<Vec<(Arc<Indicator>, Period)>, ApiError> {
    let model = state.ledger.snapshot().model.clone();
    let may = |indicator: &&Arc<Indicator>| {
        is_daily(indicator) && (indicator.public || desk.staff.reads_figure(&model, indicator))
    };
    let mut all: Vec<Arc<Indicator>> = model.indicators.values().filter(may).cloned().collect();
    let place = |id: &str| FIRST.iter().position(|first| *first == id).unwrap_or(FIRST.len());
    all.sort_by_key(|indicator| (place(&indicator.id), indicator.pack.clone(), indicator.id.clone()));
    let mut found = Vec::new();
    for indicator in all {
        if found.len() < CHOICES
            && let Some(period) = period(state, &desk.visit, &indicator.id, region).await?
        {
            found.push((indicator, period));
        }
    }
    Ok(found)
}

fn asked(state: &AppState, desk: &Desk, query: &Form, shown: &(Arc<Indicator>, Period), region: &RegionId) -> Asked {
    let at = desk.visit.as_of.unwrap_or_else(|| state.ledger.now());
    let given = |name: &str| query.given(name).map(str::to_owned);
    let (indicator, period) = shown;
    Asked {
        indicator: indicator.id.clone(),
        title: indicator.title.clone(),
        region: region.clone(),
        period: *period,
        mean_si: given("mean_si").unwrap_or_else(|| usual(state, region, at, "serial_interval_mean")),
        std_si: given("std_si").unwrap_or_else(|| usual(state, region, at, "serial_interval_sd")),
        width: given("width").unwrap_or_else(|| "7".to_owned()),
    }
}

fn region_of(state: &AppState, desk: &Desk, query: &Form) -> RegionId {
    let regions = state.ledger.snapshot().regions.clone();
    let asked = query.given("region").map(RegionId::new);
    asked
        .filter(|id| regions.contains(id))
        .unwrap_or_else(|| desk.staff.region.clone())
}

async fn show(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let region = region_of(&state, &desk, &query);
    let figures = figures(&state, &desk, &region).await?;
    let lang = desk.visit.lang;
    let chosen = query.given("indicator");
    let shown_one = figures
        .iter()
        .find(|(indicator, _)| chosen == Some(indicator.id.as_str()))
        .or_else(|| figures.first());
    let mut view = Science {
        region: region_steps::name(&state.ledger.snapshot().regions, lang, &region),
        region_code: region.to_string(),
        figures: figures
            .iter()
            .map(|(indicator, _)| Choice::new(indicator.id.clone(), indicator.title.get(lang)))
            .collect(),
        past: past(&figures, &region, lang),
        ..Science::default()
    };
    if let Some(one) = shown_one {
        let asked = asked(&state, &desk, &query, one, &region);
        view.figure.clone_from(&asked.indicator);
        view.inputs = words::inputs(&asked, lang);
        view.map = map(&state, &desk, one, &region).await?;
        if let Some(answer) = region_map::answer(&state, &desk.visit, &query, view.map.as_ref()) {
            return answer;
        }
        view.others = others(&state, &desk, &asked, &figures).await?;
        view.sections = results::sections(&state, &desk, &asked).await;
    }
    Ok(shown(render(&view, &desk.ctx(&state))))
}

/// The curves of the same cases by the other days known of them, over the days of the one shown.
async fn others(
    state: &AppState,
    desk: &Desk,
    asked: &Asked,
    figures: &[(Arc<Indicator>, Period)],
) -> Result<Vec<Chart>, ApiError> {
    let mut charts = Vec::new();
    if !SAME_CASES.contains(&asked.indicator.as_str()) {
        return Ok(charts);
    }
    for id in SAME_CASES.into_iter().filter(|id| *id != asked.indicator) {
        if figures.iter().any(|(indicator, _)| indicator.id == id) {
            charts.push(chart(state, &desk.visit, id, &asked.region, asked.period).await?);
        }
    }
    Ok(charts)
}

/// The figure by region.
async fn map(
    state: &AppState,
    desk: &Desk,
    (indicator, period): &(Arc<Indicator>, Period),
    region: &RegionId,
) -> Result<Option<Map>, ApiError> {
    let of = format!("{}?indicator={}", paths::SCIENCE, indicator.id);
    let href = |id: &RegionId| desk.visit.kept(&format!("{of}&region={id}"));
    let span = Span::of(Some(*period));
    let map = region_map::map_of(state, &desk.visit, indicator, (region, span), href).await?;
    Ok(map.map(|map| {
        let query = [("indicator", indicator.id.as_str()), ("region", region.as_str())];
        let files = region_map::links(&desk.visit, paths::SCIENCE, &query);
        Map { files, ..map }
    }))
}

/// Outbreaks that are over, each a figure in its own time.
fn past(figures: &[(Arc<Indicator>, Period)], region: &RegionId, lang: Lang) -> Vec<Past> {
    let over = figures.iter().filter(|(_, period)| !period.is_recent);
    over.map(|(indicator, period)| Past {
        label: format!(
            "{}{}{}",
            indicator.title.get(lang),
            Words::new("：", ": ").get(lang),
            period.words(lang)
        ),
        href: format!("{}?indicator={}&region={region}", paths::SCIENCE, indicator.id),
    })
    .collect()
}

/// The pictures as files.
async fn file(
    State(state): State<AppState>,
    desk: Desk,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let region = region_of(&state, &desk, &query);
    let figures = figures(&state, &desk, &region).await?;
    let nothing = || ApiError::not_found(Words::new("没有这张图", "There is no such picture"));
    let chosen = query.given("indicator");
    let one = figures
        .iter()
        .find(|(indicator, _)| chosen == Some(indicator.id.as_str()))
        .ok_or_else(nothing)?;
    let asked = asked(&state, &desk, &query, one, &region);
    let section = match file.as_str() {
        "curve.svg" => results::curve(&state, &desk, &asked).await,
        "rt.svg" => results::reproduction(&state, &desk, &asked).await,
        "beds.svg" => beds::section(&state, &desk, &asked).await.ok_or_else(nothing)?,
        _ => return Err(nothing()),
    };
    let chart = section.chart.ok_or_else(nothing)?;
    Ok(([(CONTENT_TYPE, "image/svg+xml")], picture(&desk.ctx(&state), &chart)).into_response())
}
