//! A daily figure as a series that an estimator can read: which days, what was counted, how well it is known.

use crate::api::figures::{figure, figure_span};
use crate::caller::Caller;
use crate::problem::ApiError;
use crate::state::AppState;
use lianfang_kernel::{Day, Instant, Problem, RegionId, Words};
use lianfang_ledger::read::{Figure, FigureQuery, FigureState};
use lianfang_policy::model::{Indicator, IndicatorKind};
use std::collections::BTreeMap;

/// Days of a series at most.
const DAYS: i64 = 1_100;
/// Days of a series whose beginning was not asked for.
const USUAL_DAYS: i64 = 180;

/// Which series.
#[derive(Clone, Debug)]
pub struct DailyQuery {
    /// The indicator.
    pub indicator: String,
    /// Where; the reader's own place unless given.
    pub region: Option<RegionId>,
    /// The first day; where the figure begins, half a year back at most, unless given.
    pub from: Option<Day>,
    /// The last day; the last that is over unless given.
    pub to: Option<Day>,
    /// As known then.
    pub as_of: Option<Instant>,
}

/// A daily figure, every day once.
#[derive(Clone, Debug)]
pub struct DailySeries {
    /// Title, definition, unit, region and moment are those of the figure.
    pub figure: Figure,
    /// The first day.
    pub first: Day,
    /// What was counted each day; none where it is not known or not shown.
    pub counts: Vec<Option<i64>>,
}

impl DailySeries {
    /// The last day.
    pub fn last(&self) -> Day {
        self.first.plus(i64::try_from(self.counts.len()).unwrap_or(0) - 1)
    }

    /// The counts as an estimator takes them, with what a reader of its answer must know: a day that revisions made negative is
    /// zero, and reports that are missing are said.
    ///
    /// # Errors
    /// A day that is not known or not shown, named.
    pub fn complete(&self) -> Result<(Vec<i64>, Vec<Words>), Problem> {
        let mut warnings = Vec::new();
        if let Some(at) = self.counts.iter().position(Option::is_none) {
            let day = self.first.plus(i64::try_from(at).unwrap_or(0));
            return Err(Problem::new(
                "day_unknown",
                Words::new(
                    "{day} 的数字不详或不公开",
                    "The figure of {day} is not known or not shown",
                )
                .with("day", day),
                Words::new(
                    "用 from、to 选择已知的日期",
                    "Choose days that are known with from and to",
                ),
            )
            .at("from"));
        }
        let counts: Vec<i64> = self.counts.iter().copied().flatten().collect();
        let below = counts.iter().filter(|count| **count < 0).count();
        if below > 0 {
            let words = Words::new(
                "有{n}天因修订为负，按0计算",
                "{n} days are negative by revisions and were taken as 0",
            );
            warnings.push(words.with("n", below));
        }
        if self.figure.state == FigureState::Partial {
            warnings.push(Words::new(
                "有单位尚未报告，最近的数字会上升",
                "some units have not reported: the last numbers will rise",
            ));
        }
        Ok((counts.into_iter().map(|count| count.max(0)).collect(), warnings))
    }
}

/// Whether a figure adds up by day, so that a curve of it means something.
pub fn is_daily(indicator: &Indicator) -> bool {
    let adds_up = match &indicator.kind {
        IndicatorKind::Count { distinct, pick, .. } => distinct.is_none() && pick.is_none(),
        IndicatorKind::Sum { pick, .. } => pick.is_none(),
        _ => false,
    };
    adds_up && indicator.by.iter().any(|by| by == "day")
}

/// The series, with the rights of [`figure`].
///
/// # Errors
/// 401, 403, 404; a figure that does not add up by day, or has nothing there; days out of order or too many.
pub async fn daily(state: &AppState, caller: &Caller, query: &DailyQuery) -> Result<DailySeries, ApiError> {
    let snapshot = state.ledger.snapshot();
    if let Some(indicator) = snapshot.model.indicators.get(&query.indicator)
        && !is_daily(indicator)
    {
        let what = Words::new("{id} 不是逐日累加的指标", "{id} does not add up by day").with("id", &query.indicator);
        let hint = Words::new("用按日的计数或合计", "Use a count or a sum by day");
        return Err(ApiError::bad_field("indicator", what, hint));
    }
    let today = snapshot.zone.day_of(query.as_of.unwrap_or_else(|| state.ledger.now()));
    let asked = FigureQuery {
        region: query.region.clone(),
        to: Some(query.to.unwrap_or(today.plus(-1))),
        as_of: query.as_of,
        ..FigureQuery::default()
    };
    let (first, last) = match (query.from, query.to) {
        (Some(from), Some(to)) => (from, to),
        (from, to) => {
            let to = to.unwrap_or(today.plus(-1));
            let asked = FigureQuery {
                region: asked.region.clone().or_else(|| match caller {
                    Caller::Staff(staff) => Some(staff.region.clone()),
                    _ => None,
                }),
                ..asked.clone()
            };
            let span = figure_span(state, caller, &query.indicator, asked).await?;
            let begins = span.map_or(to, |(first, _)| first).max(to.plus(1 - USUAL_DAYS));
            (from.unwrap_or(begins), to)
        }
    };
    if last < first || first.until(last) >= DAYS {
        let what = Words::new("{from} 至 {to} 不可用", "{from} to {to} cannot be used");
        let what = what.with("from", first).with("to", last);
        let hint = Words::new("先后顺序正确，最多{n}天", "The earlier one first, and {n} days at most").with("n", DAYS);
        return Err(ApiError::bad_field("from", what, hint));
    }
    let asked = FigureQuery {
        by: vec!["day".to_owned()],
        from: Some(first),
        to: Some(last),
        ..asked
    };
    let figure = figure(state, caller, &query.indicator, asked).await?;
    let by_day: BTreeMap<&str, Option<i64>> = figure
        .rows
        .iter()
        .filter_map(|row| Some((row.key.get("day")?.as_str(), row.value)))
        .collect();
    // A day without a row added nothing; a row without a value is not shown.
    let counts = (0..=first.until(last))
        .map(|n| {
            by_day
                .get(first.plus(n).to_string().as_str())
                .copied()
                .unwrap_or(Some(0))
        })
        .collect();
    Ok(DailySeries { figure, first, counts })
}
