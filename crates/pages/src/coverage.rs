//! `/coverage/{protocol}/{task}` and `/figures/{id}/missing`: who owed, who did, who is missing by name.

use crate::figure::indicator;
use crate::form::Form;
use crate::visit::{Desk, civil, shown};
use crate::{Answer, region_steps};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::routing::get;
use lianfang_kernel::{Day, RegionId, Words};
use lianfang_ledger::read::{CoverageQuery, CoverageRow};
use lianfang_policy::model::IndicatorKind;
use lianfang_server::{ApiError, AppState, coverage_of};
use lianfang_ui::part::mark::Meaning;
use lianfang_ui::views::coverage::{Coverage, Missing, render};

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
        region,
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
    let view = Coverage {
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
