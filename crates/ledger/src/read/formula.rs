//! A number made of other figures. It is never better known than they are.

use super::{Figure, FigureQuery, FigureRow, FigureState, Reader};
use crate::LedgerError;
use lianfang_kernel::{Approx, Datum, RegionId};
use lianfang_policy::{Env, Expr};
use std::collections::{BTreeMap, BTreeSet};

impl Reader<'_> {
    pub(super) fn fill_formula(
        &mut self,
        figure: &mut Figure,
        (of, expr): (&[(String, String)], &Expr),
        region: &RegionId,
        query: &FigureQuery,
    ) -> Result<(), LedgerError> {
        let query = FigureQuery {
            region: Some(region.clone()),
            ..query.clone()
        };
        let mut figures: Vec<(&str, Figure)> = Vec::with_capacity(of.len());
        for (name, id) in of {
            if let Some(found) = self.figure(id, &query)? {
                figures.push((name, found));
            }
        }
        figure.state = worst(figures.iter().map(|(_, found)| found.state));
        for (_, found) in &figures {
            figure.missing.extend(found.missing.iter().cloned());
        }
        let values = figures.iter().map(|(name, found)| Some((*name, found.value?)));
        figure.value = self.made(expr, values.collect(), region);
        let is_inexact = figures.iter().any(|(_, found)| found.approx.is_some());
        figure.approx = is_inexact.then_some(Approx::About);
        let keys: BTreeSet<&BTreeMap<String, String>> = figures
            .iter()
            .flat_map(|(_, found)| found.rows.iter().map(|row| &row.key))
            .collect();
        let rows = keys.into_iter().map(|key| {
            let values = figures.iter().map(|(name, found)| {
                let row = found.rows.iter().find(|row| row.key == *key);
                // A part that a figure does not have added nothing to it.
                row.map_or(Some((*name, 0)), |row| Some((*name, row.value?)))
            });
            let mut parts = figures.iter().flat_map(|(_, found)| &found.rows);
            let is_inexact = parts.any(|row| row.key == *key && row.approx.is_some());
            FigureRow {
                approx: is_inexact.then_some(Approx::About),
                ..FigureRow::of(key.clone(), self.made(expr, values.collect(), region))
            }
        });
        figure.rows = rows.collect();
        Ok(())
    }

    /// The number, if every figure it is made of has one.
    fn made(&self, expr: &Expr, values: Option<Vec<(&str, i64)>>, region: &RegionId) -> Option<i64> {
        let vars: Vec<(&str, Datum)> = values?.into_iter().map(|(name, n)| (name, Datum::Int(n))).collect();
        let env = Env {
            vars: &vars,
            snapshot: &self.snapshot,
            engine: None,
            region: Some(region),
            at: self.now,
            now: self.now,
        };
        expr.eval(&env).ok()?.as_int()
    }
}

fn worst(states: impl Iterator<Item = FigureState>) -> FigureState {
    let rank = |state: &FigureState| match state {
        FigureState::Known => 0,
        FigureState::NotDue => 1,
        FigureState::Partial => 2,
        FigureState::Suppressed => 3,
        FigureState::Unknown => 4,
    };
    states.max_by_key(rank).unwrap_or(FigureState::NotDue)
}
