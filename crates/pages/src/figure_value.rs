//! Figures of the ledger as pages show them.

use crate::series::Period;
use crate::visit::{Visit, civil};
use lianfang_kernel::{Approx, Instant, RegionId, unscaled};
use lianfang_ledger::read::{Figure, FigureQuery, FigureRow, FigureState};
use lianfang_policy::model::{Indicator, IndicatorKind, Model};
use lianfang_server::{ApiError, AppState, figure, is_of_day};
use lianfang_ui::part::value::{Figure as Card, Value};
use lianfang_ui::text::grouped;

/// A day in milliseconds.
const DAY_MS: i64 = 86_400_000;

/// Whether a figure is of days; states and rounds that last stand as they are.
fn is_flow(model: &Model, indicator: &Indicator) -> bool {
    match &indicator.kind {
        IndicatorKind::Enrolments { .. } => false,
        IndicatorKind::Coverage { of, .. } => is_of_day(model, of),
        IndicatorKind::Count { pick, .. } | IndicatorKind::Sum { pick, .. } => pick.is_none(),
        IndicatorKind::Interval { .. } => true,
        IndicatorKind::Streak { .. }
        | IndicatorKind::Module { .. }
        | IndicatorKind::Formula { .. }
        | IndicatorKind::Balance { .. } => false,
    }
}

/// The value of a figure.
pub(crate) fn value(figure: &Figure) -> Value {
    let whole = |n: Option<i64>| u32::try_from(n.unwrap_or(0)).unwrap_or(0);
    match figure.state {
        FigureState::Unknown => Value::Unknown,
        FigureState::NotDue => Value::NotDue,
        FigureState::Suppressed => Value::Suppressed,
        FigureState::Partial => Value::Partial {
            value: figure.value.unwrap_or(0),
            reported: whole(figure.numerator),
            expected: whole(figure.denominator),
        },
        FigureState::Known => match (figure.value, figure.numerator, figure.denominator) {
            (_, Some(done), Some(required)) if figure.value == Some(done) && required > 0 => {
                Value::Text(format!("{done} / {required}"))
            }
            (n, ..) => number(figure, n, figure.approx),
        },
    }
}

/// A number of a figure as people write it.
fn number(figure: &Figure, n: Option<i64>, approx: Option<Approx>) -> Value {
    if let Some(day) = figure.day(n) {
        return Value::Text(day.to_string());
    }
    if let (Some(n), Some(approx)) = (n, approx) {
        let shown = if figure.scale == 0 {
            grouped(n)
        } else {
            unscaled(n, figure.scale)
        };
        return Value::Approx(approx, shown);
    }
    match (n, figure.scale) {
        (Some(n), 0) => Value::Known(n),
        (Some(n), scale) => Value::Text(unscaled(n, scale)),
        // Of several units there is no sum; the parts are on the figure's own page.
        (None, _) if figure.mixed => Value::Text("…".to_owned()),
        (None, _) => Value::Suppressed,
    }
}

/// A figure as a card: of the moment looked at with its change in a day; of the past with the time it is of.
///
/// # Errors
/// 403; the database.
pub(crate) async fn card(
    state: &AppState,
    visit: &Visit,
    indicator: &Indicator,
    period: Option<Period>,
    region: &RegionId,
) -> Result<Card, ApiError> {
    let past = period.filter(|period| !period.is_recent);
    let mut query = FigureQuery {
        region: Some(region.clone()),
        ..whole_day(state, indicator, visit.as_of)
    };
    if let Some(past) = past {
        (query.from, query.to) = (Some(past.first), Some(past.last));
    }
    let found = figure(state, &visit.caller, &indicator.id, query).await?;
    let change = match past {
        Some(_) => None,
        None => change(state, visit, indicator, &found, region).await?,
    };
    Ok(Card {
        id: indicator.id.clone(),
        label: found.title.get(visit.lang).to_owned(),
        value: value(&found),
        unit: found.unit.get(visit.lang).to_owned(),
        change,
        as_of: Some(civil(&state.ledger.snapshot().zone, found.as_of)),
        note: past.map(|past| past.words(visit.lang)),
    })
}

/// What a figure gained since the same hour of the day before, where both are known as facts.
pub(crate) async fn change(
    state: &AppState,
    visit: &Visit,
    indicator: &Indicator,
    now: &Figure,
    region: &RegionId,
) -> Result<Option<i64>, ApiError> {
    // Who owes what differs from day to day: a share is no quantity that rises or falls by one.
    if matches!(indicator.kind, IndicatorKind::Coverage { .. }) || now.scale > 0 || now.state != FigureState::Known {
        return Ok(None);
    }
    let before = now.as_of.plus_ms(-DAY_MS);
    let query = FigureQuery {
        region: Some(region.clone()),
        ..whole_day(state, indicator, Some(before))
    };
    let then = figure(state, &visit.caller, &indicator.id, query).await?;
    let is_fact = then.state == FigureState::Known;
    Ok(now
        .value
        .zip(then.value.filter(|_| is_fact))
        .map(|(now, then)| now - then))
}

/// The moment's own span of an indicator: flows of the day, states as they stand.
pub(crate) fn whole_day(state: &AppState, indicator: &Indicator, as_of: Option<Instant>) -> FigureQuery {
    let today = state
        .ledger
        .snapshot()
        .zone
        .day_of(as_of.unwrap_or_else(|| state.ledger.now()));
    let is_flow = is_flow(&state.ledger.snapshot().model, indicator);
    let day = is_flow.then_some(today);
    FigureQuery {
        from: day,
        to: day,
        as_of,
        ..FigureQuery::default()
    }
}

/// A part of a figure; what has no row added nothing, unless the whole is not known either.
pub(crate) fn part(figure: &Figure, row: Option<&FigureRow>) -> Value {
    match (row, figure.state) {
        (_, FigureState::Unknown) => Value::Unknown,
        (_, FigureState::NotDue) => Value::NotDue,
        (None, _) => Value::Known(0),
        (Some(row), _) => match (row.value, row.numerator, row.denominator) {
            (_, Some(done), Some(required)) => Value::Text(format!("{done} / {required}")),
            (n, ..) => number(figure, n, row.approx),
        },
    }
}
