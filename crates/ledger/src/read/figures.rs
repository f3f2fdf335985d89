//! Figures: kept as what each commit added, read as of any moment.

use super::figure_cells::Cell;
use super::{Member, Reader, Rounds};
use crate::LedgerError;
use crate::deltas::{BUCKET_SEPARATOR, approx_cell, code_dimensions};
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Approx, Day, Instant, Lang, RegionId, Words};
use lianfang_policy::model::{Base, Covered, Indicator, IndicatorKind};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// What is asked of a figure.
#[derive(Clone, Debug, Default)]
pub struct FigureQuery {
    /// Where; the city when absent.
    pub region: Option<RegionId>,
    /// Only of organisations of these sectors; of all when empty.
    pub sectors: Vec<String>,
    /// Broken down by: `day`, `region`, `sector`, `state`, or a code of the indicator.
    pub by: Vec<String>,
    /// First event day.
    pub from: Option<Day>,
    /// Last event day, included.
    pub to: Option<Day>,
    /// Of the set that this entry opened.
    pub campaign: Option<EntryId>,
    /// As known then.
    pub as_of: Option<Instant>,
    /// Regions are those two steps below the place, not one.
    pub deep: bool,
    /// An outside reader: small numbers are suppressed.
    pub outside: bool,
}

/// How well a figure is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FigureState {
    /// Every report it rests on is in.
    Known,
    /// Some are.
    Partial,
    /// None is.
    Unknown,
    /// Nothing is due yet.
    NotDue,
    /// Too small to be shown outside.
    Suppressed,
}

/// A figure with its definition, its moment and its parts.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// The indicator.
    pub id: String,
    /// What it is called.
    pub title: Words,
    /// How it is defined.
    pub definition: Words,
    /// What it is counted in.
    pub unit: Words,
    /// The moment it is read as of.
    pub as_of: Instant,
    /// How well it is known.
    pub state: FigureState,
    /// The figure; none when unknown or suppressed.
    pub value: Option<i64>,
    /// Of a coverage: done.
    pub numerator: Option<i64>,
    /// Of a coverage: required.
    pub denominator: Option<i64>,
    /// Its parts.
    pub rows: Vec<FigureRow>,
    /// Who is missing, by name.
    pub missing: Vec<Member>,
    /// Of a frozen set: who came after it was taken, by name; not in the denominator.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub late: Vec<Member>,
    /// Of rounds: how many were complete.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rounds: Vec<Rounds>,
    /// Of duties with receipts: done and received everywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complete: Option<i64>,
    /// Parts of it are not exact: about, over or nearly so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approx: Option<Approx>,
    /// Items of several units: they are in the parts and not added up.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub mixed: bool,
    /// Digits after the point: its numbers are scaled by so many.
    #[serde(skip_serializing_if = "is_zero")]
    pub scale: u8,
    /// Its numbers are civil days, counted from 1970-01-01.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_day: bool,
    /// The day that the figure is, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

impl Figure {
    /// The day that a number of the figure stands for, if its numbers are days.
    pub fn day(&self, n: Option<i64>) -> Option<Day> {
        let day = n.filter(|_| self.is_day).and_then(|n| i32::try_from(n).ok());
        day.map(Day)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(scale: &u8) -> bool {
    *scale == 0
}

/// A part of a figure.
#[derive(Clone, Debug, Serialize)]
pub struct FigureRow {
    /// Which part: `{"day":"2020-02-06"}`.
    pub key: BTreeMap<String, String>,
    /// Its value; none when unknown or suppressed.
    pub value: Option<i64>,
    /// Of a coverage: done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numerator: Option<i64>,
    /// Of a coverage: required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub denominator: Option<i64>,
    /// What it adds up is not exact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approx: Option<Approx>,
}

impl FigureRow {
    /// A part that is a number and nothing more.
    pub(super) fn of(key: BTreeMap<String, String>, value: Option<i64>) -> FigureRow {
        FigureRow {
            key,
            value,
            numerator: None,
            denominator: None,
            approx: None,
        }
    }
}

impl Reader<'_> {
    /// A figure; `None` when there is no such indicator.
    ///
    /// # Errors
    /// The database.
    pub fn figure(&mut self, id: &str, query: &FigureQuery) -> Result<Option<Figure>, LedgerError> {
        let Some(indicator) = self.snapshot.model.indicators.get(id).cloned() else {
            return Ok(None);
        };
        let region = query.region.clone().unwrap_or_else(|| self.snapshot.city.clone());
        let mut figure = self.blank(&indicator, query);
        self.fill_numbers(&mut figure, &indicator, &region, query)?;
        if let Some((protocol, task)) = &indicator.complete {
            self.judge_completeness(&mut figure, protocol, task, &region, query)?;
        }
        if query.outside {
            suppress(&mut figure, indicator.suppress_below);
        }
        figure.date = figure.day(figure.value).map(|day| day.to_string());
        Ok(Some(figure))
    }

    /// Puts names to those behind a figure; each is unsealed by itself.
    ///
    /// # Errors
    /// The database.
    pub fn name_figure(&mut self, figure: &mut Figure) -> Result<(), LedgerError> {
        self.name_coverage(&mut [], &mut figure.missing)?;
        self.name_coverage(&mut [], &mut figure.late)?;
        let ids: Vec<SubjectId> = figure.rounds.iter().map(|rounds| rounds.subject).collect();
        let labels = self.labels(&ids, Lang::Zh)?;
        for rounds in &mut figure.rounds {
            let label = labels.get(&rounds.subject);
            rounds.label = label.map(|label| label.name.clone()).unwrap_or_default();
        }
        Ok(())
    }

    /// The numbers of a figure, before anybody asks whether every report is in.
    pub(super) fn fill_numbers(
        &mut self,
        figure: &mut Figure,
        indicator: &Indicator,
        region: &RegionId,
        query: &FigureQuery,
    ) -> Result<(), LedgerError> {
        match &indicator.kind {
            IndicatorKind::Coverage { of, base } => {
                self.fill_coverage(figure, (of, indicator.filter.as_ref(), *base), region, query)
            }
            IndicatorKind::Count { distinct: Some(_), .. }
            | IndicatorKind::Count { pick: Some(_), .. }
            | IndicatorKind::Sum { pick: Some(_), .. }
            | IndicatorKind::Interval { .. } => self.fill_rows(figure, indicator, region, query),
            IndicatorKind::Streak { of, equals, ended } => match self.snapshot.model.indicators.get(of).cloned() {
                Some(of) if *ended => self.fill_ended(figure, (&of, *equals), region, query),
                Some(of) => self.fill_streak(figure, (&of, *equals), region, query),
                None => Ok(()),
            },
            IndicatorKind::Module { of, module } => match self.snapshot.model.indicators.get(of).cloned() {
                Some(of) => self.fill_estimate(figure, (&of, *module), region, query),
                None => Ok(()),
            },
            IndicatorKind::Balance { of, items, negated } => {
                self.fill_balance(figure, (of, items.as_deref(), *negated), region, query)
            }
            IndicatorKind::Formula { of, expr } => self.fill_formula(figure, (of, expr), region, query),
            IndicatorKind::Count { .. } | IndicatorKind::Sum { .. } | IndicatorKind::Enrolments { .. } => {
                self.fill_deltas(figure, indicator, region, query)
            }
        }
    }

    pub(super) fn blank(&self, indicator: &Indicator, query: &FigureQuery) -> Figure {
        Figure {
            id: indicator.id.clone(),
            title: indicator.title.clone(),
            definition: indicator.help.clone().unwrap_or_else(|| indicator.title.clone()),
            unit: indicator.unit.clone(),
            as_of: query.as_of.unwrap_or(self.now),
            state: FigureState::Known,
            value: None,
            numerator: None,
            denominator: None,
            rows: Vec::new(),
            missing: Vec::new(),
            late: Vec::new(),
            rounds: Vec::new(),
            complete: None,
            approx: None,
            mixed: false,
            scale: indicator.scale,
            is_day: false,
            date: None,
        }
    }

    /// Sums what commits added up to the moment asked.
    fn fill_deltas(
        &mut self,
        figure: &mut Figure,
        indicator: &Indicator,
        region: &RegionId,
        query: &FigureQuery,
    ) -> Result<(), LedgerError> {
        let beside = Approx::ALL.map(|approx| (approx_cell(&indicator.id, approx), approx));
        let mut ids = vec![indicator.id.as_str()];
        if matches!(&indicator.kind, IndicatorKind::Sum { approx, .. } if !approx.is_empty()) {
            ids.extend(beside.iter().map(|(cell, _)| cell.as_str()));
        }
        let is_state = matches!(indicator.kind, IndicatorKind::Enrolments { .. });
        let mut parts: HashMap<Cell, (i64, Option<Approx>)> = HashMap::new();
        let mut total = 0;
        for ((counted, cell), n) in self.added_up(&ids, indicator, region, query)? {
            let approx = beside
                .iter()
                .find(|(cell, _)| *cell == counted)
                .map(|(_, approx)| *approx);
            // Of an enrolment figure the whole is what is active; opened and outcomes are its parts.
            if approx.is_none() && (!is_state || cell.bucket == "active") {
                total += n;
            }
            if is_state && !query.by.iter().any(|by| by == "state") && cell.bucket != "active" {
                continue;
            }
            let part = parts.entry(cell).or_default();
            match approx {
                None => part.0 += n,
                Some(approx) if n > 0 => {
                    figure.approx = Approx::joined(figure.approx, Some(approx));
                    part.1 = Approx::joined(part.1, Some(approx));
                }
                Some(_) => {}
            }
        }
        figure.value = Some(total);
        if !query.by.is_empty() {
            let mut keyed: BTreeMap<BTreeMap<String, String>, (i64, Option<Approx>)> = BTreeMap::new();
            for (cell, (n, approx)) in parts {
                let part = keyed.entry(self.key(indicator, &cell, region, query)).or_default();
                *part = (part.0 + n, Approx::joined(part.1, approx));
            }
            let row = |(key, (n, approx))| FigureRow {
                approx,
                ..FigureRow::of(key, Some(n))
            };
            let kept = keyed.into_iter().filter(|(_, (n, _))| *n != 0 || is_state);
            figure.rows = kept.map(row).collect();
        }
        Ok(())
    }

    fn key(
        &self,
        indicator: &Indicator,
        cell: &Cell,
        asked: &RegionId,
        query: &FigureQuery,
    ) -> BTreeMap<String, String> {
        let mut key = BTreeMap::new();
        let parts: Vec<&str> = cell.bucket.split(BUCKET_SEPARATOR).collect();
        for by in &query.by {
            let value = match by.as_str() {
                "day" => cell.day.to_string(),
                "sector" => cell.sector.clone(),
                "state" => cell.bucket.clone(),
                "region" => self.part_region(asked, &cell.region, query).to_string(),
                code => {
                    let at = code_dimensions(indicator).position(|dimension| dimension == code);
                    at.and_then(|at| parts.get(at))
                        .map_or_else(String::new, |part| (*part).to_owned())
                }
            };
            key.insert(by.clone(), value);
        }
        key
    }

    /// The region directly below the one asked about in which a leaf lies.
    pub(crate) fn region_below(&self, asked: &RegionId, leaf: &RegionId) -> RegionId {
        let below = self
            .snapshot
            .regions
            .lineage(leaf)
            .take_while(|region| region.id != *asked)
            .last();
        below.map_or_else(|| asked.clone(), |region| region.id.clone())
    }

    /// The region that a leaf counts for, as the query takes regions apart.
    pub(super) fn part_region(&self, asked: &RegionId, leaf: &RegionId, query: &FigureQuery) -> RegionId {
        let below = self.region_below(asked, leaf);
        if query.deep {
            return self.region_below(&below, leaf);
        }
        below
    }

    fn judge_completeness(
        &mut self,
        figure: &mut Figure,
        protocol: &str,
        task: &str,
        region: &RegionId,
        query: &FigureQuery,
    ) -> Result<(), LedgerError> {
        let asked = self.snapshot.model.task(protocol, task);
        let is_daily = asked.is_some_and(|task| task.timing.is_daily());
        let today = self.snapshot.zone.day_of(figure.as_of);
        let day = is_daily.then(|| query.to.or(query.from).unwrap_or(today));
        let mut coverage = figure.clone();
        let of_day = FigureQuery {
            from: day,
            to: day,
            by: Vec::new(),
            ..query.clone()
        };
        let of = Covered::Task {
            protocol: protocol.to_owned(),
            task: task.to_owned(),
        };
        self.fill_coverage(&mut coverage, (&of, None, Base::Slots), region, &of_day)?;
        let (done, required) = (coverage.numerator.unwrap_or(0), coverage.denominator.unwrap_or(0));
        figure.numerator = Some(done);
        figure.denominator = Some(required);
        figure.missing = coverage.missing;
        figure.state = match (done, required) {
            (_, 0) => FigureState::NotDue,
            (done, required) if done >= required => FigureState::Known,
            (0, _) => FigureState::Unknown,
            _ => FigureState::Partial,
        };
        // Silence is never a zero.
        if figure.state == FigureState::Unknown {
            figure.value = None;
        }
        Ok(())
    }
}

/// One rule for outside readers: counts from 1 to k−1 are not shown, and where exactly one part would be hidden a
/// second is hidden with it, so that it cannot be had by subtraction.
fn suppress(figure: &mut Figure, below: Option<i64>) {
    let Some(k) = below else { return };
    let small = |n: i64| n != 0 && n.abs() < k;
    let mut hidden = 0;
    for row in &mut figure.rows {
        // Few who did not are as easily recognised as few who did.
        let rest = row.denominator.zip(row.value).map(|(whole, n)| whole - n);
        if row.value.is_some_and(small) || rest.is_some_and(small) {
            row.value = None;
            hidden += 1;
        }
    }
    if hidden == 1 {
        let least = figure
            .rows
            .iter_mut()
            .filter(|row| row.value.is_some_and(|n| n != 0))
            .min_by_key(|row| row.value);
        match least {
            Some(row) => row.value = None,
            // Nothing else to hide behind: the total would tell.
            None => figure.value = None,
        }
    }
    if figure.value.is_some_and(small) {
        figure.value = None;
        figure.state = FigureState::Suppressed;
    }
    for row in figure.rows.iter_mut().filter(|row| row.value.is_none()) {
        row.numerator = None;
    }
    if figure.value.is_none() {
        (figure.numerator, figure.complete) = (None, None);
    }
    figure.missing.clear();
    figure.late.clear();
    figure.rounds.clear();
}
