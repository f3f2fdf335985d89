//! `/figures/{id}` (and `/indicators/{id}`): one figure with its definition and parts; `.csv` and `.svg` as files.

use crate::download::{CSV, csv, sent};
use crate::figure_value::{card, part, whole_day};
use crate::form::Form;
use crate::region_map::{self, Span};
use crate::series::{Period, chart, period, source, today};
use crate::visit::{Visit, shown};
use crate::{Answer, region_steps};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use lianfang_exchange::SheetColumn;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{FieldSchema, Lang, RegionId, Words};
use lianfang_ledger::read::{Figure as Found, FigureQuery};
use lianfang_policy::model::{Indicator, IndicatorKind, Model};
use lianfang_server::{ApiError, AppState, figure, is_daily, read};
use lianfang_ui::charts::{Column, Map, file as picture};
use lianfang_ui::part::value::{Figure, Value};
use lianfang_ui::paths;
use lianfang_ui::text::text;
use lianfang_ui::views::figure::{Cut, FigurePage, Part, render};
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
    let by = cut(&indicator, query.given("by"));
    let asked = FigureQuery {
        region: Some(region.clone()),
        by: by.clone().into_iter().collect(),
        ..whole_day(&state, &indicator, visit.as_of)
    };
    let period = if is_daily(&indicator) {
        period(&state, &visit, &id, &region).await?
    } else {
        None
    };
    let found = figure(&state, &visit.caller, &id, asked).await?;
    let map = match by.as_deref() {
        Some("region") => map(&state, &visit, &indicator, &region, period).await?,
        _ => None,
    };
    if let Some(answer) = region_map::answer(&state, &visit, &query, map.as_ref()) {
        return answer;
    }
    let series = match period {
        Some(period) => Some(chart(&state, &visit, &id, &region, period).await?),
        None => None,
    };
    let view = FigurePage {
        series,
        map,
        figure: card(&state, &visit, &indicator, period, &region).await?,
        ..page(&state, &visit, (&indicator, by.as_deref(), &region), &found).await?
    };
    Ok(shown(render(&view, &visit.ctx(&state))))
}

/// What a figure is taken apart by: as asked, else by the first of its ways that tells something of now.
fn cut(indicator: &Indicator, asked: Option<&str>) -> Option<String> {
    let ways = || indicator.by.iter().filter(|by| *by != "day");
    let asked = ways().find(|by| asked == Some(by.as_str()));
    let usual = match indicator.kind {
        IndicatorKind::Balance { .. } => "item",
        _ => "region",
    };
    asked
        .or_else(|| ways().find(|by| *by == usual))
        .or_else(|| ways().next())
        .cloned()
}

/// A way of taking a figure apart, in words.
fn cut_words(indicator: &Indicator, model: &Model, by: &str, lang: Lang) -> String {
    let words = match by {
        "region" => Words::new("地区", "Region"),
        "sector" => Words::new("行业", "Sector"),
        "state" => Words::new("状态", "State"),
        "unit" | "org" => Words::new("单位", "Unit"),
        "subject" => Words::new("对象", "About"),
        "item" => Words::new("物资", "Goods"),
        "lot" => Words::new("批次", "Lot"),
        "holder" => Words::new("持有单位", "Holder"),
        field => field_of(indicator, model, field).map_or_else(|| Words::same(field), |field| field.title.clone()),
    };
    words.get(lang).to_owned()
}

/// The field of a figure's registers that it can be taken apart by.
pub(crate) fn field_of<'m>(indicator: &Indicator, model: &'m Model, field: &str) -> Option<&'m FieldSchema> {
    let registers = indicator.kind.registers().iter();
    let mut fields = registers.filter_map(|id| model.registers.get(id)?.schema.field(field));
    fields.next()
}

async fn page(
    state: &AppState,
    visit: &Visit,
    (indicator, by, region): (&Indicator, Option<&str>, &RegionId),
    found: &Found,
) -> Result<FigurePage, ApiError> {
    let (snapshot, lang) = (state.ledger.snapshot(), visit.lang);
    let values: Vec<&str> = found
        .rows
        .iter()
        .filter_map(|row| Some(row.key.get(by?)?.as_str()))
        .collect();
    let subjects: Vec<SubjectId> = values.iter().filter_map(|value| value.parse().ok()).collect();
    let labels = read(state, move |reader| reader.labels(&subjects, lang)).await?;
    let model = &snapshot.model;
    let list = by.and_then(|by| model.list_of(&field_of(indicator, model, by)?.kind));
    let label = |value: &str| match value.parse::<SubjectId>() {
        Ok(id) => labels.get(&id).map_or_else(String::new, |label| label.name.clone()),
        Err(_) => list
            .and_then(|list| list.value(value))
            .map_or_else(|| value.to_owned(), |known| known.title.get(lang).to_owned()),
    };
    let page = paths::figure(&indicator.id);
    let parts = found.rows.iter().filter_map(|row| {
        let value = row.key.get(by?)?;
        let (label, href) = if by == Some("region") {
            let id = RegionId::new(value);
            let name = region_steps::name(&snapshot.regions, lang, &id);
            (name, Some(format!("{page}?region={id}")))
        } else {
            (label(value), None)
        };
        Some(Part {
            label: if label.is_empty() {
                Words::new("未注明", "not named").get(lang).to_owned()
            } else {
                label
            },
            href,
            value: part(found, Some(row)),
        })
    });
    let ways = indicator.by.iter().filter(|way| *way != "day");
    let cuts = ways.map(|way| Cut {
        words: cut_words(indicator, &snapshot.model, way, lang),
        href: (Some(way.as_str()) != by).then(|| format!("{page}?region={region}&by={way}")),
    });
    let share = |key: &str, n: Option<i64>| n.map(|n| (text(lang, key), Value::Known(n)));
    Ok(FigurePage {
        figure: Figure::default(),
        definition: found.definition.get(lang).to_owned(),
        expression: String::new(),
        source: source(&snapshot.model, indicator, lang),
        numerator: share("figure-numerator", found.numerator),
        denominator: share("figure-denominator", found.denominator),
        parts_by: by
            .map(|by| cut_words(indicator, &snapshot.model, by, lang))
            .unwrap_or_default(),
        parts: parts.collect(),
        cuts: cuts.collect(),
        series: None,
        map: None,
        rows: None,
        sheets: sheets(&snapshot.model, indicator, visit),
        has_missing: !found.missing.is_empty() && visit.staff().is_some(),
    })
}

/// The balance sheets of the accounts that a figure is of, for who may read them.
fn sheets(model: &Model, indicator: &Indicator, visit: &Visit) -> Vec<(String, String)> {
    let (IndicatorKind::Balance { of, .. }, Some(staff)) = (&indicator.kind, visit.staff()) else {
        return Vec::new();
    };
    let accounts = of.iter().filter_map(|id| model.accounts.get(id));
    accounts
        .filter(|account| staff.reads_account(model, &account.id))
        .map(|account| {
            (
                account.title.get(visit.lang).to_owned(),
                paths::balance_sheet(&account.id),
            )
        })
        .collect()
}

/// The parts as a map: of the days that the card speaks of.
async fn map(
    state: &AppState,
    visit: &Visit,
    indicator: &Indicator,
    region: &RegionId,
    period: Option<Period>,
) -> Result<Option<Map>, ApiError> {
    let page = paths::figure(&indicator.id);
    let span = match period.filter(|period| !period.is_recent) {
        Some(past) => Span::Days(past.first, past.last),
        None => Span::Now,
    };
    let href = |id: &RegionId| visit.kept(&format!("{page}?region={id}"));
    let map = region_map::map_of(state, visit, indicator, (region, span), href).await?;
    Ok(map.map(|map| Map {
        files: region_map::links(visit, &page, &[("region", region.as_str()), ("by", "region")]),
        ..map
    }))
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
            let row = |column: &Column| vec![Some(column.label.clone()), column.value.map(|value| value.to_string())];
            let rows: Vec<Vec<Option<String>>> = chart.columns.iter().map(row).collect();
            let bytes = csv(
                vec![SheetColumn::text("day"), SheetColumn::number("value")],
                &rows,
                state.ledger.now(),
            )?;
            Ok(sent(CSV, &format!("{}.csv", found.id), bytes))
        }
        _ => Err(ApiError::not_found(Words::new(
            "没有这种格式",
            "There is no such format",
        ))),
    }
}
