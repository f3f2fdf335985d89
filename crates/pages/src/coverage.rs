//! `/coverage/{protocol}/{task}` and `/figures/{id}/missing`: who owed, who did, who is missing by name.

use crate::figure::indicator;
use crate::form::Form;
use crate::region_map::{self, Ground};
use crate::visit::{Desk, Visit, civil, shown};
use crate::{Answer, region_steps};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::routing::get;
use lianfang_kernel::{Day, Instant, Lang, RegionId, Words};
use lianfang_ledger::read::{CoverageQuery, CoverageRow};
use lianfang_policy::Snapshot;
use lianfang_policy::model::{IndicatorKind, Model};
use lianfang_server::{ApiError, AppState, coverage_of};
use lianfang_ui::charts::{Look, Map, Tile};
use lianfang_ui::part::mark::Meaning;
use lianfang_ui::part::value::Value;
use lianfang_ui::paths;
use lianfang_ui::views::coverage::{Coverage, Missing, render};
use std::collections::HashMap;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/coverage/{protocol}/{task}", get(show))
        .route("/figures/{id}/missing", get(show_missing))
}

async fn show_missing(
    State(state): State<AppState>,
    desk: Desk,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let found = indicator(&state, &id)?;
    let of = match (&found.kind, &found.complete) {
        (IndicatorKind::Coverage { protocol, task, .. }, _) => (protocol.clone(), task.clone()),
        (_, Some(complete)) => complete.clone(),
        _ => {
            return Err(ApiError::not_found(Words::new(
                "该指标没有应报名单",
                "This figure has no list of who must report",
            )));
        }
    };
    draw(&state, &desk, &id, of, query).await
}

async fn show(
    State(state): State<AppState>,
    desk: Desk,
    Path(of): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let model = state.ledger.snapshot().model.clone();
    let counts = model.indicators.values().find(|indicator| {
        matches!(&indicator.kind, IndicatorKind::Coverage { protocol, task, .. } if *protocol == of.0 && *task == of.1)
    });
    let id = counts.map(|indicator| indicator.id.clone()).unwrap_or_default();
    draw(&state, &desk, &id, of, query).await
}

async fn draw(state: &AppState, desk: &Desk, id: &str, of: (String, String), query: Option<String>) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let at = desk.at(state);
    let day = query.given("day").and_then(|day| Day::parse(day).ok());
    let task = snapshot.model.task(&of.0, &of.1);
    let is_daily = task.is_some_and(|task| task.timing.is_daily());
    let day = day.or(is_daily.then(|| snapshot.zone.day_of(at)));
    let region = query
        .given("region")
        .map_or_else(|| desk.staff.region.clone(), RegionId::new);
    let asked = CoverageQuery {
        protocol: of.0.clone(),
        task: of.1.clone(),
        region: region.clone(),
        days: day.map(|day| (day, day)),
        campaign: query.given("campaign").and_then(|id| id.parse().ok()),
        as_of: desk.visit.as_of,
    };
    let found = coverage_of(state, &desk.staff, asked).await?;
    let rows: Vec<_> = found.rows.iter().filter(|row| !row.extra).collect();
    let count = |state: &str| rows.iter().filter(|row| row.state == state).count();
    let whole = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (done, excused) = (count("done"), count("excused"));
    let missing = rows
        .iter()
        .filter(|row| !matches!(row.state.as_str(), "done" | "excused"))
        .map(|row| Missing {
            name: named(row),
            subject: Some(row.subject.to_string()),
            place: region_steps::name(&snapshot.regions, lang, &row.region),
            last: None,
            due: civil(&snapshot.zone, row.due_at),
            meaning: if row.due_at < at { Meaning::Late } else { Meaning::Due },
            call: String::new(),
        });
    let path = match id {
        "" => format!("/coverage/{}/{}", of.0, of.1),
        id => paths::coverage(id),
    };
    let map = map(&snapshot, &desk.visit, (&region, &path, day), &rows, at);
    let map = map.map(|map| Map {
        title: title(&snapshot.model, &of, &map, lang),
        ..map
    });
    if let Some(answer) = region_map::answer(state, &desk.visit, &query, map.as_ref()) {
        return answer;
    }
    let view = Coverage {
        map,
        id: id.to_owned(),
        title: task.map_or_else(|| of.1.clone(), |task| task.title.get(lang).to_owned()),
        required: whole(rows.len() - excused),
        met: whole(done),
        excused: whole(excused),
        missing: missing.collect(),
        extra: found.late.iter().map(|member| member.label.clone()).collect(),
    };
    Ok(shown(render(&view, &desk.ctx(state))))
}

/// What a region owes and did.
#[derive(Clone, Copy, Debug, Default)]
struct Owed {
    owed: usize,
    done: usize,
    late: usize,
}

impl Owed {
    fn add(&mut self, row: &CoverageRow, at: Instant) {
        let is_done = row.state == "done";
        self.owed += usize::from(row.state != "excused");
        self.done += usize::from(is_done);
        self.late += usize::from(!is_done && row.state != "excused" && row.due_at < at);
    }

    fn look(self) -> Look {
        match self {
            Owed { owed: 0, .. } => Look::Plain,
            Owed { late: 1.., .. } => Look::State(Meaning::Late),
            Owed { owed, done, .. } if done < owed => Look::State(Meaning::Due),
            _ => Look::State(Meaning::Done),
        }
    }
}

/// The regions below, with what was done of what is owed.
fn map(
    snapshot: &Snapshot,
    visit: &Visit,
    (region, path, day): (&RegionId, &str, Option<Day>),
    rows: &[&CoverageRow],
    at: Instant,
) -> Option<Map> {
    let ground = Ground {
        tree: &snapshot.regions,
        lang: visit.lang,
        region,
    };
    if ground.regions().is_empty() {
        return None;
    }
    let mut owed: HashMap<RegionId, Owed> = HashMap::new();
    for row in rows {
        let (tile, cell) = ground.place_of(&row.region);
        for place in tile.into_iter().chain(cell) {
            owed.entry(place).or_default().add(row, at);
        }
    }
    let of = |id: &RegionId| owed.get(id).copied().unwrap_or_default();
    let day = day.map(|day| day.to_string());
    let asked = |region: &str| {
        let mut asked = vec![("region".to_owned(), region.to_owned())];
        asked.extend(day.iter().map(|day| ("day".to_owned(), day.clone())));
        asked
    };
    let href = |id: &RegionId| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(asked(id.as_str()));
        visit.kept(&format!("{path}?{}", query.finish()))
    };
    let tile = |id: &RegionId| {
        let found = of(id);
        Tile {
            value: match found.owed {
                0 => Value::NotDue,
                owed => Value::Text(format!("{} / {owed}", found.done)),
            },
            look: found.look(),
            cells: ground.cells(id, |cell| of(cell).look()),
            ..ground.tile(id, href(id))
        }
    };
    let own = asked(region.as_str());
    let own: Vec<(&str, &str)> = own
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    Some(Map {
        id: "map-coverage".to_owned(),
        value_name: Words::new("已完成 / 应完成", "Done / owed").get(visit.lang).to_owned(),
        cells_name: ground.cells_name(),
        tiles: ground.regions().iter().map(tile).collect(),
        files: region_map::links(visit, path, &own),
        ..Map::default()
    })
}

/// What the map says.
fn title(model: &Model, of: &(String, String), map: &Map, lang: Lang) -> String {
    let what = model.task(&of.0, &of.1);
    let what = what.map_or_else(|| of.1.clone(), |task| task.title.get(lang).to_owned());
    let count = |look: Look| map.tiles.iter().filter(|tile| tile.look == look).count();
    let (late, due) = (count(Look::State(Meaning::Late)), count(Look::State(Meaning::Due)));
    let words = match (late, due) {
        (0, 0) => Words::new("{what}：各地区均已完成", "{what}: complete in every region"),
        (0, n) => Words::new("{what}：{n}个地区尚未报齐", "{what}: not yet complete in {n} regions").with("n", n),
        (n, _) => Words::new("{what}：{n}个地区有超时", "{what}: late in {n} regions").with("n", n),
    };
    words.with("what", what).get(lang).to_owned()
}

/// A member, and of a duty for each item the item and the round.
fn named(row: &CoverageRow) -> String {
    if row.item_label.is_empty() {
        return row.label.clone();
    }
    let round = row.member().occurrence;
    [row.label.as_str(), row.item_label.as_str(), round.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" · ")
}
