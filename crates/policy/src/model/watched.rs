//! Which figures are watched, and what moves them.

use super::{Indicator, IndicatorKind, Protocol};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Every watch of a model, found by what moves its figure.
#[derive(Clone, Debug, Default)]
pub struct Watched {
    /// The editions that watch.
    pub points: Vec<Arc<Protocol>>,
    /// By figures that are counted with each commit.
    by_figure: BTreeMap<String, Vec<usize>>,
    /// By registers whose rows are read for a figure.
    by_register: BTreeMap<String, Vec<usize>>,
    /// By accounts.
    by_account: BTreeMap<String, Vec<usize>>,
    /// Those that time alone moves.
    pub timed: Vec<usize>,
}

impl Watched {
    /// The watches of these protocols.
    pub fn new(protocols: &[Arc<Protocol>], indicators: &BTreeMap<String, Arc<Indicator>>) -> Watched {
        let mut watched = Watched::default();
        for protocol in protocols {
            let Some(watch) = &protocol.enrol.watch else { continue };
            let point = watched.points.len();
            watched.points.push(protocol.clone());
            let figures = made_of(&watch.indicator, indicators);
            // What is estimated becomes known by entries alone: time need not be asked.
            let is_estimate = |figure: &&Indicator| matches!(figure.kind, IndicatorKind::Module { .. });
            let is_timed = !figures.iter().any(is_estimate);
            for figure in figures {
                watched.moved_by(figure, point, is_timed);
            }
        }
        watched
    }

    fn moved_by(&mut self, figure: &Indicator, point: usize, is_timed: bool) {
        let id = figure.id.clone();
        match &figure.kind {
            IndicatorKind::Count { .. } | IndicatorKind::Sum { .. } | IndicatorKind::Enrolments { .. } => {
                self.by_figure.entry(id).or_default().push(point);
            }
            IndicatorKind::Interval { of, .. } => self.by_register.entry(of.clone()).or_default().push(point),
            IndicatorKind::Balance { of, .. } => {
                for account in of {
                    self.by_account.entry(account.clone()).or_default().push(point);
                }
            }
            IndicatorKind::Streak { .. } | IndicatorKind::Coverage { .. } => self.timed.push(point),
            IndicatorKind::Formula { .. } | IndicatorKind::Module { .. } => {}
        }
        if is_timed && figure.complete.is_some() {
            self.timed.push(point);
        }
        self.timed.dedup();
    }

    /// The watches that a figure moves.
    pub fn of_figure(&self, id: &str) -> &[usize] {
        self.by_figure.get(id).map_or(&[], Vec::as_slice)
    }

    /// The watches that a row of the register moves.
    pub fn of_register(&self, id: &str) -> &[usize] {
        self.by_register.get(id).map_or(&[], Vec::as_slice)
    }

    /// The watches that a posting in the account moves.
    pub fn of_account(&self, id: &str) -> &[usize] {
        self.by_account.get(id).map_or(&[], Vec::as_slice)
    }
}

/// A figure with every figure that it is made of.
fn made_of<'i>(id: &str, indicators: &'i BTreeMap<String, Arc<Indicator>>) -> Vec<&'i Indicator> {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let mut waiting: Vec<&str> = indicators
        .get_key_value(id)
        .map(|(id, _)| id.as_str())
        .into_iter()
        .collect();
    while let Some(next) = waiting.pop() {
        if !found.insert(next) {
            continue;
        }
        match indicators.get(next).map(|figure| &figure.kind) {
            Some(IndicatorKind::Formula { of, .. }) => waiting.extend(of.iter().map(|(_, id)| id.as_str())),
            Some(IndicatorKind::Streak { of, .. } | IndicatorKind::Module { of, .. }) => waiting.push(of),
            _ => {}
        }
    }
    found
        .into_iter()
        .filter_map(|id| indicators.get(id))
        .map(AsRef::as_ref)
        .collect()
}
