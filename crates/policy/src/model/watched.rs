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
    pub timed: Vec<Timed>,
}

/// A watch that time alone moves, with what its figure is made of: where there is none of it, time moves nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timed {
    /// The watch, in [`Watched::points`].
    pub point: usize,
    /// Protocols whose duties fall due.
    pub protocols: BTreeSet<String>,
    /// Figures over whose days something is estimated.
    pub figures: BTreeSet<String>,
}

impl Watched {
    /// The watches of these protocols.
    pub fn new(protocols: &[Arc<Protocol>], indicators: &BTreeMap<String, Arc<Indicator>>) -> Watched {
        let mut watched = Watched::default();
        for protocol in protocols {
            let Some(watch) = &protocol.enrol.watch else { continue };
            let point = watched.points.len();
            watched.points.push(protocol.clone());
            let mut timed = Timed {
                point,
                ..Timed::default()
            };
            let has_days = watch.by.iter().any(|by| by == "day");
            for figure in made_of(&watch.indicator, indicators) {
                watched.moved_by(figure, point);
                timed.moved_by(figure, has_days);
            }
            if !timed.protocols.is_empty() || !timed.figures.is_empty() {
                watched.timed.push(timed);
            }
        }
        watched
    }

    fn moved_by(&mut self, figure: &Indicator, point: usize) {
        let id = figure.id.clone();
        match &figure.kind {
            IndicatorKind::Count { .. } | IndicatorKind::Sum { .. } | IndicatorKind::Enrolments { .. } => {
                self.by_figure.entry(id).or_default().push(point);
            }
            IndicatorKind::Interval { of, .. } => self.by_register.entry(of.clone()).or_default().push(point),
            IndicatorKind::Coverage { of, .. } => {
                if let Some(register) = of.register() {
                    self.by_register.entry(register.to_owned()).or_default().push(point);
                }
            }
            IndicatorKind::Balance { of, .. } => {
                for account in of {
                    self.by_account.entry(account.clone()).or_default().push(point);
                }
            }
            IndicatorKind::Streak { .. } | IndicatorKind::Formula { .. } | IndicatorKind::Module { .. } => {}
        }
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

impl Timed {
    /// Duties fall due with time. The estimate of a day is what it is; without a day it is that of the last day over, and
    /// midnight moves it.
    fn moved_by(&mut self, figure: &Indicator, has_days: bool) {
        if let IndicatorKind::Coverage { of, .. } = &figure.kind {
            self.protocols.extend(of.protocol().map(str::to_owned));
        }
        if let Some((protocol, _)) = &figure.complete {
            self.protocols.insert(protocol.clone());
        }
        if let IndicatorKind::Module { of, .. } = &figure.kind
            && !has_days
        {
            self.figures.insert(of.clone());
        }
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
