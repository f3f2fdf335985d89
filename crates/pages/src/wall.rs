//! `/situation/wall`: the screen of the command room. Packs say which figures stand on it (`wall = "beds"`); the levels and
//! orders are those in force; the page asks every ten seconds whether anything was written.

use crate::figure_value::{change, value as figure_value, whole_day};
use crate::form::Form;
use crate::region_map::{self, Span};
use crate::seen::Seen;
use crate::series::{Period, chart, period};
use crate::situation::{readable, region_of};
use crate::visit::{Desk, civil, shown};
use crate::{Answer, region_steps};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Datum, RegionId, Words};
use lianfang_ledger::read::{FigureQuery, Sight, TaskFilter};
use lianfang_policy::Interval;
use lianfang_policy::model::{Indicator, IndicatorKind, WallPlace};
use lianfang_server::{ApiError, AppState, figure, is_daily, read};
use lianfang_ui::charts::{Chart, Map};
use lianfang_ui::part::value::Value;
use lianfang_ui::paths;
use lianfang_ui::views::wall::{Group, LINES, Line, Order, Owner, Wall, render};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Figures where no pack places any.
const USUAL: usize = 6;
/// Duties looked at for who is late.
const DUTIES: usize = 1_000;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route(paths::WALL, get(show))
}

async fn show(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let region = region_of(&state, &desk.visit, &query);
    let snapshot = state.ledger.snapshot();
    desk.staff.must_see_region(&snapshot, &region)?;
    let seen = Seen::now(&state)?;
    if desk.visit.as_of.is_none() && seen.is_told(&query) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let placed = placed(&state, &desk);
    let lang = desk.visit.lang;
    let tree = &snapshot.regions;
    let above = tree.get(&region).and_then(|found| found.parent.clone());
    let above = above.filter(|id| desk.staff.must_see_region(&snapshot, id).is_ok());
    let (map, curve) = pictures(&state, &desk, &placed, &region).await?;
    let (orders, orders_total) = orders(&state, &desk, &region).await?;
    let late = late(&state, &desk, &region).await?;
    let view = Wall {
        region: region_steps::name(tree, lang, &region),
        region_code: region.to_string(),
        up: above.map(|id| (region_steps::name(tree, lang, &id), wall_of(&desk, &id))),
        seen: seen.token(),
        map,
        curve,
        groups: groups(&state, &desk, &placed, &region).await?,
        is_more_late: late.as_ref().is_some_and(|(_, is_more)| *is_more),
        late: late.map(|(owners, _)| owners),
        silence: lines(&state, &desk, &placed, (WallPlace::Silence, &region), 2 * LINES).await?,
        orders,
        orders_total,
    };
    // The address of the page stays without what it has seen.
    let path = format!("{}?region={region}", paths::WALL);
    Ok(shown(render(&view, &desk.at_path(&path).ctx(&state))))
}

fn wall_of(desk: &Desk, id: &RegionId) -> String {
    desk.visit.kept(&format!("{}?region={id}", paths::WALL))
}

/// The figures that packs put on the wall and the reader may see; without any, the first of those for everybody.
fn placed(state: &AppState, desk: &Desk) -> Vec<(WallPlace, Arc<Indicator>)> {
    let all = readable(state, &desk.visit);
    let mut placed: Vec<(WallPlace, Arc<Indicator>)> = all
        .iter()
        .filter_map(|indicator| Some((indicator.wall?, indicator.clone())))
        .collect();
    if placed.is_empty() {
        let usual = all.into_iter().take(USUAL);
        placed.extend(usual.map(|indicator| (WallPlace::Cases, indicator)));
    }
    placed.sort_by(|a, b| (a.0, &a.1.pack, &a.1.id).cmp(&(b.0, &b.1.pack, &b.1.id)));
    placed
}

/// The map and the curve of the first figure of cases that has something of now.
async fn pictures(
    state: &AppState,
    desk: &Desk,
    placed: &[(WallPlace, Arc<Indicator>)],
    region: &RegionId,
) -> Result<(Option<Map>, Option<Chart>), ApiError> {
    let visit = &desk.visit;
    let mut found: Option<(&Arc<Indicator>, Option<Period>)> = None;
    for (_, indicator) in placed.iter().filter(|(place, _)| *place == WallPlace::Cases) {
        if !is_daily(indicator) {
            continue;
        }
        let period = period(state, visit, &indicator.id, region).await?;
        let is_recent = period.is_some_and(|period| period.is_recent);
        if found.is_none() || is_recent {
            found = Some((indicator, period));
        }
        if is_recent {
            break;
        }
    }
    let Some((indicator, period)) = found else {
        return Ok((None, None));
    };
    let href = |id: &RegionId| wall_of(desk, id);
    let mut map = region_map::map_of(state, visit, indicator, (region, Span::of(period)), href).await?;
    if let Some(map) = &mut map {
        region_map::sign(state, visit, region, map).await?;
    }
    let curve = match period {
        Some(period) => Some(chart(state, visit, &indicator.id, region, period).await?),
        None => None,
    };
    Ok((map, curve))
}

async fn groups(
    state: &AppState,
    desk: &Desk,
    placed: &[(WallPlace, Arc<Indicator>)],
    region: &RegionId,
) -> Result<Vec<Group>, ApiError> {
    let headings = [
        (WallPlace::Cases, Words::new("病例", "Cases")),
        (WallPlace::Measures, Words::new("措施", "Measures")),
        (WallPlace::Beds, Words::new("床位", "Beds")),
        (WallPlace::Stock, Words::new("物资", "Stock")),
        (WallPlace::Checkpoints, Words::new("卡点", "Checkpoints")),
        (WallPlace::Signals, Words::new("预警", "Early warning")),
    ];
    let mut groups = Vec::new();
    for (place, heading) in headings {
        let mut found = Vec::new();
        if place == WallPlace::Measures {
            found.extend(proposals(state, desk, region).await?);
        }
        found.extend(lines(state, desk, placed, (place, region), 2 * LINES).await?);
        groups.push(Group {
            heading: heading.get(desk.visit.lang).to_owned(),
            lines: found,
        });
    }
    Ok(groups)
}

/// How many measures wait for a signature; nothing of the past, and nothing for who does not read arrivals.
async fn proposals(state: &AppState, desk: &Desk, region: &RegionId) -> Result<Option<Line>, ApiError> {
    let model = state.ledger.snapshot().model.clone();
    if desk.visit.as_of.is_some() || desk.staff.level(&model, "arrival").is_none() {
        return Ok(None);
    }
    let (sight, lang) = (narrowed(&desk.staff.sight, region), desk.visit.lang);
    let waiting = read(state, move |reader| Ok(reader.proposals(&sight, lang)?.len())).await?;
    Ok(Some(Line {
        label: Words::new("待签发", "Proposed, to be signed").get(lang).to_owned(),
        value: Value::Known(i64::try_from(waiting).unwrap_or(i64::MAX)),
        unit: Words::new("人", "").get(lang).to_owned(),
        change: None,
        href: paths::PROPOSALS.to_owned(),
    }))
}

/// What is seen of a region: a unit sees its own, wherever it looks.
fn narrowed(sight: &Sight, region: &RegionId) -> Sight {
    match sight {
        Sight::All | Sight::Region(_) => Sight::Region(region.clone()),
        own => own.clone(),
    }
}

async fn lines(
    state: &AppState,
    desk: &Desk,
    placed: &[(WallPlace, Arc<Indicator>)],
    (place, region): (WallPlace, &RegionId),
    most: usize,
) -> Result<Vec<Line>, ApiError> {
    let mut lines = Vec::new();
    for (_, indicator) in placed.iter().filter(|(known, _)| *known == place) {
        if lines.len() >= most {
            break;
        }
        lines.extend(lines_of(state, desk, indicator, region).await?);
    }
    Ok(lines)
}

/// A figure as one line, or as its parts where the whole says nothing: goods of several units, confirmed and released.
async fn lines_of(
    state: &AppState,
    desk: &Desk,
    indicator: &Indicator,
    region: &RegionId,
) -> Result<Vec<Line>, ApiError> {
    let visit = &desk.visit;
    let page = if matches!(indicator.kind, IndicatorKind::Coverage { .. }) {
        paths::coverage(&indicator.id)
    } else {
        paths::figure(&indicator.id)
    };
    let mut query = FigureQuery {
        region: Some(region.clone()),
        ..whole_day(state, indicator, visit.as_of)
    };
    let is_state = matches!(indicator.kind, IndicatorKind::Enrolments { .. });
    if is_state {
        query.by = vec!["state".to_owned()];
    }
    let found = figure(state, &visit.caller, &indicator.id, query.clone()).await?;
    let line = Line {
        label: found.title.get(visit.lang).to_owned(),
        value: figure_value(&found),
        unit: found.unit.get(visit.lang).to_owned(),
        change: None,
        href: visit.kept(&format!("{page}?region={region}")),
    };
    if is_state && indicator.wall == Some(WallPlace::Measures) {
        let of = |state: &str| -> Option<i64> {
            let rows = found.rows.iter();
            let rows = rows.filter(|row| state.is_empty() || row.key.get("state").map(String::as_str) == Some(state));
            rows.map(|row| row.value).sum()
        };
        let one = |words: Words, n: Option<i64>| Line {
            label: words.get(visit.lang).to_owned(),
            value: n.map_or(Value::Suppressed, Value::Known),
            ..line.clone()
        };
        return Ok(vec![
            one(Words::new("累计确认", "Confirmed so far"), of("")),
            one(Words::new("正在执行", "In force now"), of("active")),
            one(Words::new("已解除", "Released"), of("released")),
        ]);
    }
    let has_items = indicator.by.iter().any(|by| by == "item");
    if indicator.wall == Some(WallPlace::Stock) && has_items {
        query.by = vec!["item".to_owned()];
        return by_item(state, desk, indicator, query, &line).await;
    }
    let change = change(state, visit, indicator, &found, region).await?;
    Ok(vec![Line { change, ..line }])
}

/// The goods of which there is least.
async fn by_item(
    state: &AppState,
    desk: &Desk,
    indicator: &Indicator,
    query: FigureQuery,
    line: &Line,
) -> Result<Vec<Line>, ApiError> {
    let found = figure(state, &desk.visit.caller, &indicator.id, query).await?;
    let item = |row: &lianfang_ledger::read::FigureRow| Some((row.value?, row.key.get("item")?.clone()));
    let mut rows: Vec<(i64, String)> = found.rows.iter().filter_map(item).collect();
    rows.sort();
    rows.truncate(LINES);
    let ids: Vec<SubjectId> = rows.iter().filter_map(|(_, id)| id.parse().ok()).collect();
    let lang = desk.visit.lang;
    let labels = read(state, move |reader| reader.labels(&ids, lang)).await?;
    let snapshot = state.ledger.snapshot();
    let name = |id: &str| match id.parse::<SubjectId>() {
        Ok(id) => labels.get(&id).map(|label| label.name.clone()),
        Err(_) => {
            let lists = snapshot.model.lists.values();
            lists
                .filter_map(|list| list.value(id))
                .map(|value| value.title.get(lang).to_owned())
                .next()
        }
    };
    let lines = rows.into_iter().map(|(n, id)| Line {
        label: name(&id).unwrap_or(id),
        value: Value::Known(n),
        ..line.clone()
    });
    Ok(lines.collect())
}

/// Who is late, most first. The list of tasks is of the present; the past has the coverage of each duty.
async fn late(state: &AppState, desk: &Desk, region: &RegionId) -> Result<Option<(Vec<Owner>, bool)>, ApiError> {
    if desk.visit.as_of.is_some() {
        return Ok(None);
    }
    let sight = desk.staff.sight.clone();
    let filter = TaskFilter {
        state: Some("missed".into()),
        region: Some(region.clone()),
        limit: DUTIES,
        ..TaskFilter::default()
    };
    let items = read(state, move |reader| Ok(reader.tasks(&sight, &filter)?.items)).await?;
    let is_more = items.len() == DUTIES;
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let nobody = Words::new("无人负责", "nobody's");
    let mut owners: BTreeMap<String, Owner> = BTreeMap::new();
    for item in items {
        let org = item.owner.and_then(|id| snapshot.orgs.get(id));
        let name = org.map_or(nobody.get(lang), |org| org.name.get(lang)).to_owned();
        let since = civil(&snapshot.zone, item.due_at);
        let owner = owners.entry(name.clone()).or_insert_with(|| Owner {
            name,
            count: 0,
            since,
            href: format!("/coverage/{}/{}?region={region}", item.protocol, item.task),
        });
        owner.count += 1;
        owner.since = owner.since.min(since);
    }
    let mut owners: Vec<Owner> = owners.into_values().collect();
    owners.sort_by_key(|owner| (std::cmp::Reverse(owner.count), owner.since));
    Ok(Some((owners, is_more)))
}

/// The orders in force there, newest first: entries of the registers that others cite. Rights are those of the register.
async fn orders(state: &AppState, desk: &Desk, region: &RegionId) -> Result<(Vec<Order>, usize), ApiError> {
    let snapshot = desk.visit.snapshot(state).await?;
    let at = desk.at(state);
    let today = snapshot.zone.day_of(at);
    let registers = snapshot.model.registers.values();
    let cited: BTreeSet<&str> = registers
        .filter_map(|register| register.schema.cites.as_deref())
        .collect();
    let reads = |id: &&&str| {
        let public = snapshot
            .model
            .registers
            .get(**id)
            .is_some_and(|register| register.public.is_some());
        public || desk.staff.reads_rows(&snapshot.model, id)
    };
    let tree = &snapshot.regions;
    let touches = |interval: &&Interval| tree.within(&interval.region, region) || tree.within(region, &interval.region);
    let mut found: Vec<&Interval> = cited
        .iter()
        .filter(reads)
        .flat_map(|id| snapshot.reference.of(id))
        .filter(|interval| interval.overlaps(at, at))
        .filter(touches)
        .collect();
    found.sort_by_key(|interval| std::cmp::Reverse((interval.from, interval.entry)));
    let total = found.len();
    let text = |interval: &Interval, field: &str| interval.body.get(field).and_then(Datum::as_text).map(str::to_owned);
    let order = |interval: &Interval| Order {
        title: text(interval, "title")
            .or_else(|| text(interval, "number"))
            .unwrap_or_else(|| interval.entry.to_string()),
        from: civil(&snapshot.zone, interval.from),
        is_new: snapshot.zone.day_of(interval.from) == today,
        href: paths::entry(&interval.entry.to_string()),
    };
    Ok((found.into_iter().take(2 * LINES).map(order).collect(), total))
}
