//! `/figures/{id}` (and `/indicators/{id}`): one figure with its definition and parts; `.csv` and `.svg` as files.

use crate::figure_value::{card, part, whole_day};
use crate::form::Form;
use crate::series::{Period, chart, is_daily, period, source, today};
use crate::visit::{Visit, shown};
use crate::{Answer, region_steps};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use lianfang_kernel::{RegionId, Words};
use lianfang_ledger::read::{Figure as Found, FigureQuery};
use lianfang_policy::model::Indicator;
use lianfang_server::{ApiError, AppState, figure};
use lianfang_ui::charts::file as picture;
use lianfang_ui::part::value::{Figure, Value};
use lianfang_ui::paths;
use lianfang_ui::text::text;
use lianfang_ui::views::figure::{FigurePage, Part, render};
use std::sync::Arc;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/figures/{id}", get(show))
        .route("/indicators/{id}", get(elsewhere))
}

async fn elsewhere(Path(id): Path<String>) -> Redirect {
    Redirect::to(&paths::figure(&id))
}

pub(crate) fn indicator(state: &AppState, id: &str) -> Result<Arc<Indicator>, ApiError> {
    let found = state.ledger.snapshot().model.indicators.get(id).cloned();
    found.ok_or_else(|| ApiError::not_found(Words::new("没有这个指标", "There is no such figure")))
}

async fn show(
    State(state): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let snapshot = state.ledger.snapshot();
    let own = visit
        .staff()
        .map_or_else(|| snapshot.city.clone(), |staff| staff.region.clone());
    let region = query.given("region").map_or(own, RegionId::new);
    if let Some((id, format)) = id.rsplit_once('.') {
        return file(&state, &visit, id, format, &region).await;
    }
    let indicator = indicator(&state, &id)?;
    let by = indicator.by.iter().find(|by| *by == "region").cloned();
    let asked = FigureQuery {
        region: Some(region.clone()),
        by: by.into_iter().collect(),
        ..whole_day(&state, &indicator, visit.as_of)
    };
    let period = if is_daily(&indicator) {
        period(&state, &visit, &id, &region).await?
    } else {
        None
    };
    let found = figure(&state, &visit.caller, &id, asked).await?;
    let series = match period {
        Some(period) => Some(chart(&state, &visit, &id, &region, period).await?),
        None => None,
    };
    let view = FigurePage {
        series,
        figure: card(&state, &visit, &indicator, period, &region).await?,
        ..page(&state, &visit, &indicator, &found)
    };
    Ok(shown(render(&view, &visit.ctx(&state))))
}

fn page(state: &AppState, visit: &Visit, indicator: &Indicator, found: &Found) -> FigurePage {
    let (snapshot, lang) = (state.ledger.snapshot(), visit.lang);
    let parts = found.rows.iter().filter_map(|row| {
        let id = RegionId::new(row.key.get("region")?);
        Some(Part {
            label: region_steps::name(&snapshot.regions, lang, &id),
            href: Some(format!("{}?region={id}", paths::figure(&indicator.id))),
            value: part(found, Some(row)),
        })
    });
    let share = |key: &str, n: Option<i64>| n.map(|n| (text(lang, key), Value::Known(n)));
    FigurePage {
        figure: Figure::default(),
        definition: found.definition.get(lang).to_owned(),
        expression: String::new(),
        source: source(&snapshot.model, indicator, lang),
        numerator: share("figure-numerator", found.numerator),
        denominator: share("figure-denominator", found.denominator),
        parts_by: text(lang, "region"),
        parts: parts.collect(),
        series: None,
        rows: None,
        has_missing: !found.missing.is_empty() && visit.staff().is_some(),
    }
}

/// The series as numbers or as a picture.
async fn file(state: &AppState, visit: &Visit, id: &str, format: &str, region: &RegionId) -> Answer {
    let found = indicator(state, id)?;
    let today = today(state, visit);
    let period = period(state, visit, &found.id, region).await?;
    let chart = chart(state, visit, &found.id, region, period.unwrap_or(Period::recent(today))).await?;
    match format {
        "svg" => Ok(([(CONTENT_TYPE, "image/svg+xml")], picture(&visit.ctx(state), &chart)).into_response()),
        "csv" => {
            let mut lines = String::from("day,value\r\n");
            for column in &chart.columns {
                let value = column.value.map(|value| value.to_string()).unwrap_or_default();
                lines.push_str(&format!("{},{value}\r\n", column.label));
            }
            let name = format!("attachment; filename=\"{}.csv\"", found.id);
            Ok((
                [
                    (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
                    (CONTENT_DISPOSITION, name),
                ],
                lines,
            )
                .into_response())
        }
        _ => Err(ApiError::not_found(Words::new(
            "没有这种格式",
            "There is no such format",
        ))),
    }
}
