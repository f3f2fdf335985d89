//! Figures of the ledger as pages show them.

use crate::visit::civil;
use lianfang_kernel::{Instant, Lang, RegionId};
use lianfang_ledger::LedgerError;
use lianfang_ledger::read::{Figure, FigureQuery, FigureRow, FigureState, Reader};
use lianfang_policy::model::{Indicator, IndicatorKind, Model};
use lianfang_server::AppState;
use lianfang_ui::part::value::{Figure as Card, Value};

/// Whose eyes a figure is for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Where.
    pub region: RegionId,
    /// As known then.
    pub as_of: Option<Instant>,
    /// An outside reader: small numbers are suppressed.
    pub outside: bool,
}

impl Asked {
    /// The query of an indicator: flows are asked for the day, states as they stand.
    pub fn query(&self, reader: &Reader<'_>, indicator: &Indicator) -> FigureQuery {
        let today = reader.snapshot.zone.day_of(self.as_of.unwrap_or(reader.now));
        let is_flow = is_flow(&reader.snapshot.model, indicator);
        FigureQuery {
            region: Some(self.region.clone()),
            by: Vec::new(),
            from: is_flow.then_some(today),
            to: is_flow.then_some(today),
            campaign: None,
            as_of: self.as_of,
            outside: self.outside,
        }
    }
}

/// Whether a figure is of days; states and rounds that last stand as they are.
fn is_flow(model: &Model, indicator: &Indicator) -> bool {
    match &indicator.kind {
        IndicatorKind::Enrolments { .. } => false,
        IndicatorKind::Coverage { protocol, task, .. } => {
            model.task(protocol, task).is_some_and(|task| task.timing.is_daily())
        }
        IndicatorKind::Count { pick, .. } | IndicatorKind::Sum { pick, .. } => pick.is_none(),
        IndicatorKind::Interval { .. } => true,
        IndicatorKind::Streak { .. } | IndicatorKind::Formula { .. } => false,
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
            (Some(n), ..) => Value::Known(n),
            (None, ..) => Value::Suppressed,
        },
    }
}

/// A figure as a card.
///
/// # Errors
/// The database.
pub(crate) fn card(
    reader: &mut Reader<'_>,
    indicator: &Indicator,
    asked: &Asked,
    lang: Lang,
) -> Result<Option<Card>, LedgerError> {
    let query = asked.query(reader, indicator);
    let Some(figure) = reader.figure(&indicator.id, &query)? else {
        return Ok(None);
    };
    Ok(Some(Card {
        id: indicator.id.clone(),
        label: figure.title.get(lang).to_owned(),
        value: value(&figure),
        unit: figure.unit.get(lang).to_owned(),
        change: None,
        as_of: Some(civil(&reader.snapshot.zone, figure.as_of)),
        note: None,
    }))
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
        region: None,
        by: Vec::new(),
        from: day,
        to: day,
        campaign: None,
        as_of,
        outside: false,
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
            (Some(n), ..) => Value::Known(n),
            (None, ..) => Value::Suppressed,
        },
    }
}
