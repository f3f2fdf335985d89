//! `/coverage/{protocol}/{task}` and `/figures/{id}/missing`: who owed, who did, who is missing by name.

use crate::figure::indicator;
use crate::form::Form;
use crate::region_map::{self, Ground};
use crate::visit::{Desk, Visit, civil, shown};
use crate::{Answer, field_text, region_steps};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::routing::get;
use lianfang_kernel::{Day, Instant, Lang, RegionId, Words};
use lianfang_ledger::read::{CoverageQuery, CoverageRow, Tally};
use lianfang_policy::model::{Covered, IndicatorKind, Model};
use lianfang_policy::{Expr, Snapshot};
use lianfang_server::{ApiError, AppState, gap_summary_of, is_of_day};
use lianfang_ui::charts::{Look, Map, Tile};
use lianfang_ui::part::mark::Meaning;
use lianfang_ui::part::value::Value;
use lianfang_ui::paths;
use lianfang_ui::views::coverage::{Coverage, Missing, Stretch, render};
use std::collections::HashMap;

/// Who is missing is named up to so many; whoever reads more chooses a smaller region.
const MOST_NAMED: usize = 500;

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
    desk.staff.must_be_told_behind(&state.ledger.snapshot().model, &found)?;
    let of = match (&found.kind, &found.complete) {
        (IndicatorKind::Coverage { of, .. }, _) => (of.clone(), found.filter.clone()),
        (_, Some((protocol, task))) => (owed(protocol, task), None),
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
    Path((protocol, task)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let model = state.ledger.snapshot().model.clone();
    let counts = model.indicators.values().find(|indicator| {
        matches!(&indicator.kind, IndicatorKind::Coverage { of, .. } if of.task() == Some((&protocol, &task)))
    });
    let id = counts.map(|indicator| indicator.id.clone()).unwrap_or_default();
    draw(&state, &desk, &id, (owed(&protocol, &task), None), query).await
}

fn owed(protocol: &str, task: &str) -> Covered {
    Covered::Task {
        protocol: protocol.to_owned(),
        task: task.to_owned(),
    }
}

async fn draw(
    state: &AppState,
    desk: &Desk,
    id: &str,
    (of, filter): (Covered, Option<Expr>),
    query: Option<String>,
) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let at = desk.at(state);
    let day = query.given("day").and_then(|day| Day::parse(day).ok());
    let day = day.or(is_of_day(&snapshot.model, &of).then(|| snapshot.zone.day_of(at)));
    let region = query
        .given("region")
        .map_or_else(|| desk.staff.region.clone(), RegionId::new);
    let asked = CoverageQuery {
        of: of.clone(),
        filter,
        region: region.clone(),
        days: day.map(|day| (day, day)),
        campaign: query.given("campaign").and_then(|id| id.parse().ok()),
        as_of: desk.visit.as_of,
    };
    let found = gap_summary_of(state, &desk.staff, asked, MOST_NAMED).await?;
    let weigh = |counts: &dyn Fn(&Tally) -> bool| -> u32 {
        let weights = found
            .tally
            .iter()
            .filter(|tally| counts(tally))
            .map(|tally| tally.weight);
        u32::try_from(weights.sum::<i64>()).unwrap_or(u32::MAX)
    };
    let late = found.late.iter().map(|member| member.label.clone());
    let extra: Vec<String> = late.chain(found.extra.iter().map(named)).collect();
    let missing = found
        .missing
        .iter()
        .map(|row| missing_row(&snapshot, lang, &of, row, at));
    let path = match id {
        "" => of
            .task()
            .map_or_else(String::new, |(protocol, task)| format!("/coverage/{protocol}/{task}")),
        id => paths::coverage(id),
    };
    let what = title_of(&snapshot.model, id, &of, lang);
    let map = map(&snapshot, &desk.visit, (&region, &path, day), &found.tally);
    let map = map.map(|map| Map {
        title: title(&what, &map, lang),
        ..map
    });
    if let Some(answer) = region_map::answer(state, &desk.visit, &query, map.as_ref()) {
        return answer;
    }
    let view = Coverage {
        map,
        id: id.to_owned(),
        title: what,
        required: weigh(&|tally| tally.state != "excused"),
        met: weigh(&|tally| tally.state == "done"),
        excused: weigh(&|tally| tally.state == "excused"),
        missing: missing.collect(),
        missing_count: found.missing_count,
        extra,
        is_time: matches!(of, Covered::Hold { .. }),
    };
    Ok(shown(render(&view, &desk.ctx(state))))
}

/// What a region owes and did.
#[derive(Clone, Copy, Debug, Default)]
struct Owed {
    owed: i64,
    done: i64,
    late: i64,
}

impl Owed {
    fn add(&mut self, tally: &Tally) {
        let weigh = |counts: bool| if counts { tally.weight } else { 0 };
        self.owed += weigh(tally.state != "excused");
        self.done += weigh(tally.state == "done");
        self.late += weigh(tally.is_late);
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
    tally: &[Tally],
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
    for part in tally {
        let (tile, cell) = ground.place_of(&part.region);
        for place in tile.into_iter().chain(cell) {
            owed.entry(place).or_default().add(part);
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
fn title(what: &str, map: &Map, lang: Lang) -> String {
    let count = |look: Look| map.tiles.iter().filter(|tile| tile.look == look).count();
    let (late, due) = (count(Look::State(Meaning::Late)), count(Look::State(Meaning::Due)));
    let words = match (late, due) {
        (0, 0) if count(Look::State(Meaning::Done)) == 0 => {
            Words::new("{what}：各地区均没有应办的", "{what}: nothing is owed in any region")
        }
        (0, 0) => Words::new("{what}：各地区均已完成", "{what}: complete in every region"),
        (0, n) => Words::new("{what}：{n}个地区尚未完成", "{what}: not yet complete in {n} regions").with("n", n),
        (n, _) => Words::new("{what}：{n}个地区有超时", "{what}: late in {n} regions").with("n", n),
    };
    words.with("what", what).get(lang).to_owned()
}

/// What is covered, in words: the task, else the figure.
fn title_of(model: &Model, id: &str, of: &Covered, lang: Lang) -> String {
    let task = of.task().and_then(|(protocol, task)| model.task(protocol, task));
    let title = task.map(|task| task.title.get(lang));
    let title = title.or_else(|| Some(model.indicators.get(id)?.title.get(lang)));
    title.unwrap_or(id).to_owned()
}

fn missing_row(snapshot: &Snapshot, lang: Lang, of: &Covered, row: &CoverageRow, at: Instant) -> Missing {
    let fields = match of {
        Covered::Hold { register } => snapshot.model.registers.get(register),
        Covered::Task { .. } | Covered::Set { .. } => None,
    };
    let stretch = row.stretch.as_ref().map(|stretch| {
        let values = stretch.post.clone().into_iter().collect();
        let post = fields.map(|register| field_text::line(snapshot, lang, &register.schema.fields, &values));
        let kind = stretch.lacks_kind.clone();
        Stretch {
            post: post.into_iter().chain(kind).collect::<Vec<_>>().join(" · "),
            from: civil(&snapshot.zone, stretch.from),
            to: civil(&snapshot.zone, stretch.to),
            have: stretch.have.unwrap_or(0),
            wanted: stretch.wanted.unwrap_or(0),
            stand_in: stretch
                .fallback
                .map(|org| field_text::by(snapshot, lang, Some(org)))
                .unwrap_or_default(),
        }
    });
    let is_late = row.due_at.is_some_and(|due| due < at);
    Missing {
        name: named(row),
        subject: Some(row.subject.to_string()),
        place: region_steps::name(&snapshot.regions, lang, &row.region),
        last: None,
        due: row.due_at.map(|due| civil(&snapshot.zone, due)),
        meaning: if is_late { Meaning::Late } else { Meaning::Due },
        call: String::new(),
        stretch,
    }
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
