//! The parts of a numbered publication, computed as of its moment.

use super::{
    Figure, FigureQuery, FigureState, GapChange, IssueBlock, IssueFigure, IssueFlow, IssueReconciliation, Reader,
};
use crate::LedgerError;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Day, Instant, RegionId, Words};
use lianfang_policy::model::{Against, BriefingBlock, Flows, IndicatorKind};
use std::collections::BTreeSet;

/// Gaps named in one block at most; the count is always the whole.
const MOST_NAMED: usize = 60;
/// A day, in milliseconds.
const DAY_MS: i64 = 86_400_000;
/// How an enrolment figure calls those it began with and those it still has.
const OPENED: &str = "opened";
const ACTIVE: &str = "active";

/// Where and when a publication speaks of.
#[derive(Clone, Copy)]
pub(super) struct Page<'a> {
    pub(super) region: &'a RegionId,
    pub(super) day: Day,
    pub(super) as_of: Instant,
    /// Read by everybody: small numbers are suppressed, nobody is named.
    pub(super) is_public: bool,
}

impl Page<'_> {
    fn day_before(self) -> Self {
        self.before(Against::DayBefore)
    }

    fn before(self, against: Against) -> Self {
        Self {
            day: self.day.plus(-against.days()),
            as_of: self.as_of.plus_ms(-DAY_MS * against.days()),
            ..self
        }
    }
}

impl Reader<'_> {
    /// Whether who stands behind a figure is told to one role only: an issue is read by many.
    fn is_for_one_role(&self, indicator: &str) -> bool {
        let model = &self.snapshot.model;
        let indicator = model.indicators.get(indicator);
        indicator.is_some_and(|indicator| indicator.named_to(model).next().is_some())
    }

    pub(super) fn issue_block(
        &mut self,
        block: &BriefingBlock,
        page: &Page<'_>,
    ) -> Result<Option<IssueBlock>, LedgerError> {
        Ok(match block {
            BriefingBlock::Text { text, source } => Some(IssueBlock::Text {
                text: text.clone(),
                source: source.clone(),
            }),
            BriefingBlock::Gaps { indicator, against } => self.gaps_block(indicator, *against, page)?,
            BriefingBlock::List { indicator, by } => self
                .page_figure(indicator, std::slice::from_ref(by), page)?
                .map(|figure| Ok::<_, LedgerError>(IssueBlock::List(Box::new(frozen(listed(figure))?))))
                .transpose()?,
            BriefingBlock::Chart { indicator, days } => self.chart_block(indicator, *days, page)?,
            BriefingBlock::Figure { indicator, by, against } => match self.page_figure(indicator, by, page)? {
                None => None,
                Some(figure) => {
                    let mut figure = frozen(figure)?;
                    if let Some(against) = against {
                        let then = page.before(*against);
                        let before = self.page_figure(indicator, &[], &then)?;
                        figure.before = before.as_ref().and_then(known);
                        figure.before_on = (*against != Against::DayBefore).then_some(then.day);
                    }
                    Some(IssueBlock::Figure(Box::new(figure)))
                }
            },
            BriefingBlock::Reconcile { indicator, flows } => match flows {
                None => self.outcomes_reconciled(indicator, page)?,
                Some(flows) => self.flows_reconciled(indicator, flows, page)?,
            }
            .map(IssueBlock::Reconcile),
        })
    }

    /// Who is missing, and against an earlier issue who is newly so and who no more.
    fn gaps_block(
        &mut self,
        id: &str,
        against: Option<Against>,
        page: &Page<'_>,
    ) -> Result<Option<IssueBlock>, LedgerError> {
        let Some(figure) = self.page_figure(id, &[], page)? else {
            return Ok(None);
        };
        let most = match page.is_public || self.is_for_one_role(id) {
            true => 0,
            false => MOST_NAMED,
        };
        let now = missing(&figure);
        let change = match against {
            None => None,
            Some(against) => {
                let then = page.before(against);
                let before = self.page_figure(id, &[], &then)?;
                before.map(|before| changed(&missing(&before), &now, (then.day, most)))
            }
        };
        let (count, mut named) = (now.len(), now);
        named.truncate(most);
        Ok(Some(IssueBlock::Gaps {
            indicator: figure.id,
            title: figure.title,
            count,
            missing: named,
            change,
        }))
    }

    /// A daily figure over the days up to that of the issue. A day whose reports are not all in has no value.
    fn chart_block(&mut self, id: &str, days: u8, page: &Page<'_>) -> Result<Option<IssueBlock>, LedgerError> {
        let Some(indicator) = self.snapshot.model.indicators.get(id).cloned() else {
            return Ok(None);
        };
        let first = page.day.plus(1 - i64::from(days));
        let mut query = FigureQuery {
            region: Some(page.region.clone()),
            by: vec!["day".to_owned()],
            from: Some(first),
            to: Some(page.day),
            as_of: Some(page.as_of),
            outside: page.is_public,
            ..FigureQuery::default()
        };
        let Some(whole) = self.figure(id, &query)? else {
            return Ok(None);
        };
        let of_day = |figure: &Figure, day: Day| {
            let day = day.to_string();
            let row = figure.rows.iter().find(|row| row.key.get("day") == Some(&day));
            row.map_or(Some(0), |row| row.value)
        };
        let mut points = Vec::with_capacity(usize::from(days));
        for n in 0..i64::from(days) {
            let day = first.plus(n);
            let value = if indicator.complete.is_some() {
                (query.from, query.to) = (Some(day), Some(day));
                let figure = self.figure(id, &query)?;
                figure
                    .filter(|figure| known(figure).is_some())
                    .and_then(|figure| of_day(&figure, day))
            } else {
                of_day(&whole, day)
            };
            points.push((day, value));
        }
        Ok(Some(IssueBlock::Chart {
            indicator: whole.id,
            title: whole.title,
            unit: whole.unit,
            points,
        }))
    }

    /// A figure as a publication reads it: of its day where it is counted by day, as it stood at its moment else.
    fn page_figure(&mut self, id: &str, by: &[String], page: &Page<'_>) -> Result<Option<Figure>, LedgerError> {
        let of_day = self.snapshot.model.indicators.get(id).is_some_and(|indicator| {
            let by_day = indicator.by.iter().any(|by| by == "day");
            by_day && !matches!(indicator.kind, IndicatorKind::Enrolments { .. })
        });
        let query = FigureQuery {
            region: Some(page.region.clone()),
            by: by.to_vec(),
            from: of_day.then_some(page.day),
            to: of_day.then_some(page.day),
            as_of: Some(page.as_of),
            outside: page.is_public,
            ..FigureQuery::default()
        };
        self.figure(id, &query)
    }

    /// A stock of enrolments: what was opened since is what came, what each outcome gained is what went.
    fn outcomes_reconciled(&mut self, id: &str, page: &Page<'_>) -> Result<Option<IssueReconciliation>, LedgerError> {
        let by = ["state".to_owned()];
        let (Some(then), Some(now)) = (
            self.page_figure(id, &by, &page.day_before())?,
            self.page_figure(id, &by, page)?,
        ) else {
            return Ok(None);
        };
        let state_of = |figure: &Figure, state: &str| -> Option<i64> {
            let row = figure
                .rows
                .iter()
                .find(|row| row.key.get("state").is_some_and(|key| key == state));
            // What has no row yet was nothing; what is hidden is not known.
            row.map_or((figure.state != FigureState::Suppressed).then_some(0), |row| row.value)
        };
        let gained = |state: &str| Some(state_of(&now, state)? - state_of(&then, state)?);
        let states: Vec<&String> = now.rows.iter().filter_map(|row| row.key.get("state")).collect();
        let flow = |state: &str| IssueFlow {
            title: state_words(state),
            value: gained(state),
        };
        let out = states.iter().filter(|state| **state != OPENED && **state != ACTIVE);
        Ok(Some(reconciled(
            &now,
            (state_of(&then, ACTIVE), state_of(&now, ACTIVE)),
            vec![flow(OPENED)],
            out.map(|state| flow(state)).collect(),
        )))
    }

    /// Any other stock: its flows are figures of their own.
    fn flows_reconciled(
        &mut self,
        id: &str,
        flows: &Flows,
        page: &Page<'_>,
    ) -> Result<Option<IssueReconciliation>, LedgerError> {
        let (Some(then), Some(now)) = (
            self.page_figure(id, &[], &page.day_before())?,
            self.page_figure(id, &[], page)?,
        ) else {
            return Ok(None);
        };
        let into = self.page_flows(&flows.into, page)?;
        let out = self.page_flows(&flows.out, page)?;
        Ok(Some(reconciled(&now, (known(&then), known(&now)), into, out)))
    }

    fn page_flows(&mut self, ids: &[String], page: &Page<'_>) -> Result<Vec<IssueFlow>, LedgerError> {
        let mut flows = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(figure) = self.page_figure(id, &[], page)? {
                flows.push(IssueFlow {
                    value: known(&figure),
                    title: figure.title,
                });
            }
        }
        Ok(flows)
    }
}

/// The value where every report it rests on is in.
fn known(figure: &Figure) -> Option<i64> {
    figure.value.filter(|_| figure.state == FigureState::Known)
}

fn reconciled(
    stock: &Figure,
    (before, now): (Option<i64>, Option<i64>),
    into: Vec<IssueFlow>,
    out: Vec<IssueFlow>,
) -> IssueReconciliation {
    let sum = |flows: &[IssueFlow]| flows.iter().map(|flow| flow.value).sum::<Option<i64>>();
    let difference = (|| Some(before? + sum(&into)? - sum(&out)? - now?))();
    IssueReconciliation {
        indicator: stock.id.clone(),
        title: stock.title.clone(),
        unit: stock.unit.clone(),
        before,
        now,
        difference,
        into,
        out,
    }
}

/// A state of enrolments in words; an outcome of a pack's own by its name.
fn state_words(state: &str) -> Words {
    match state {
        OPENED => Words::new("新增", "new"),
        "released" => Words::new("解除", "released"),
        "transferred" => Words::new("转出", "transferred"),
        "referred" => Words::new("转诊", "referred"),
        "closed" => Words::new("结案", "closed"),
        "discharged" => Words::new("出院", "discharged"),
        "died" => Words::new("死亡", "died"),
        other => Words::same(other),
    }
}

/// Who is missing, each once.
fn missing(figure: &Figure) -> Vec<SubjectId> {
    let named: BTreeSet<SubjectId> = figure.missing.iter().map(|member| member.subject).collect();
    named.into_iter().collect()
}

fn changed(before: &[SubjectId], now: &[SubjectId], (since, most): (Day, usize)) -> GapChange {
    let without = |one: &[SubjectId], other: &[SubjectId]| -> Vec<SubjectId> {
        one.iter().filter(|id| !other.contains(id)).copied().collect()
    };
    let (mut new, mut gone) = (without(now, before), without(before, now));
    let change = (new.len(), gone.len());
    new.truncate(most);
    gone.truncate(most);
    GapChange {
        since,
        new_count: change.0,
        gone_count: change.1,
        unchanged: now.len() - change.0,
        new,
        gone,
    }
}

/// The parts that are something, the greatest first.
fn listed(mut figure: Figure) -> Figure {
    figure.rows.retain(|row| row.value != Some(0));
    figure
        .rows
        .sort_by(|a, b| b.value.cmp(&a.value).then_with(|| a.key.cmp(&b.key)));
    figure
}

fn frozen(figure: Figure) -> Result<IssueFigure, LedgerError> {
    let state = serde_json::to_value(figure.state)?;
    let is_inexact = figure.rows.iter().any(|row| row.approx.is_some());
    let parts_approx = figure.rows.iter().filter(|_| is_inexact).map(|row| row.approx);
    Ok(IssueFigure {
        indicator: figure.id,
        title: figure.title,
        definition: figure.definition,
        unit: figure.unit,
        state: state.as_str().unwrap_or_default().to_owned(),
        value: figure.value,
        numerator: figure.numerator,
        denominator: figure.denominator,
        before: None,
        before_on: None,
        approx: figure.approx,
        parts_approx: parts_approx.collect(),
        parts: figure.rows.into_iter().map(|row| (row.key, row.value)).collect(),
    })
}
