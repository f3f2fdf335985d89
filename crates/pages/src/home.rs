//! `/`: what is in force here, what one can do, how things stand.

use crate::figure_value::card;
use crate::series::period;
use crate::visit::{Visit, date, shown};
use crate::{Answer, region_steps};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use lianfang_kernel::{Datum, Day, Instant, Lang};
use lianfang_policy::Snapshot;
use lianfang_policy::reference::Interval;
use lianfang_server::{ApiError, AppState, Caller, is_daily, read};
use lianfang_ui::part::value::Figure;
use lianfang_ui::views::home::{Home, Measure, render};

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/", get(show_home))
}

async fn show_home(State(state): State<AppState>, visit: Visit) -> Answer {
    let (lang, as_of) = (visit.lang, visit.as_of);
    let device = match &visit.caller {
        Caller::Resident(resident) => Some(resident.device.id),
        Caller::Staff(_) | Caller::Public => None,
    };
    let mut view = read(&state, move |reader| {
        let today = reader.snapshot.zone.day_of(reader.now);
        let pass = match device {
            Some(device) => reader
                .pass_of_day(device, today)?
                .filter(|pass| pass.revoked_at.is_none()),
            None => None,
        };
        let snapshot = reader.snapshot.clone();
        let then = reader.snapshot_as_of(as_of)?;
        Ok(Home {
            measures: measures(&then, as_of.unwrap_or(reader.now), lang),
            figures: Vec::new(),
            knows_device: device.is_some(),
            pass: pass.map(|pass| pass.id.to_string()),
            has_day_pass: false,
            has_risk_areas: crate::risk::is_used(&snapshot),
            has_published: crate::published::is_used(&snapshot),
            help_line: String::new(),
        })
    })
    .await?;
    view.help_line = visit.help_line(&state);
    view.has_day_pass = crate::day::is_used(&state);
    view.figures = figures(&state, &visit).await?;
    Ok(shown(render(&view, &visit.public(&state))))
}

/// The public figures of the city, for everybody the same.
async fn figures(state: &AppState, visit: &Visit) -> Result<Vec<Figure>, ApiError> {
    let snapshot = state.ledger.snapshot();
    let everybody = visit.as_anybody();
    let mut figures = Vec::new();
    for indicator in snapshot.model.indicators.values().filter(|indicator| indicator.public) {
        let period = if is_daily(indicator) {
            period(state, &everybody, &indicator.id, &snapshot.city).await?
        } else {
            None
        };
        figures.push(card(state, &everybody, indicator, period, &snapshot.city).await?);
    }
    Ok(figures)
}

/// The orders in force here today, as the register shows them to the public.
fn measures(snapshot: &Snapshot, at: Instant, lang: Lang) -> Vec<Measure> {
    let is_public = snapshot
        .model
        .registers
        .get("order")
        .is_some_and(|register| register.public.is_some());
    let orders = if is_public { snapshot.reference.of("order") } else { &[] };
    let here = |order: &&Interval| {
        snapshot.regions.within(&order.region, &snapshot.city) || snapshot.regions.within(&snapshot.city, &order.region)
    };
    orders
        .iter()
        .filter(|order| order.from <= at && at < order.to)
        .filter(here)
        .map(|order| measure(snapshot, order, lang))
        .collect()
}

fn measure(snapshot: &Snapshot, order: &Interval, lang: Lang) -> Measure {
    let text = |field: &str| order.body.get(field).and_then(Datum::as_text).unwrap_or_default();
    let until = (order.to < Instant::MAX).then(|| snapshot.zone.day_of(order.to.plus_ms(-1)));
    let review = order
        .body
        .get("review_on")
        .and_then(Datum::as_int)
        .and_then(|n| i32::try_from(n).ok())
        .map(Day);
    let source = [text("number"), text("clause")]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>();
    Measure {
        title: text("title").to_owned(),
        applies_to: region_steps::full_name(&snapshot.regions, lang, &order.region),
        since: date(snapshot.zone.day_of(order.from)),
        until: until.or(review).map(date),
        source: source.join(" · "),
        protocol: None,
    }
}
