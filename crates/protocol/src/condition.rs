//! What a protocol's expressions see, as of any moment of an enrolment.

use crate::look::LookRows;
use crate::planner::Planner;
use lianfang_kernel::{Datum, Day, Instant, RegionId};
use lianfang_policy::model::Look;
use lianfang_policy::{Engine, Env, EvalError, Expr};

const ITEM: usize = 1;
const START: usize = 3;
const DAY_ZERO: usize = 4;
const DAYS: usize = 5;
const NOW: usize = 6;
const LOOKS: usize = 7;

/// The variables of one enrolment: fixed ones once, those of the moment when asked.
pub(crate) struct Scope<'a> {
    planner: &'a Planner<'a>,
    vars: Vec<(&'a str, Datum)>,
    looks: Vec<LookRows<'a>>,
    region: RegionId,
    zero_day: Day,
}

impl<'a> Scope<'a> {
    /// The variables of an enrolment by `entry` and `item` since `start`; day 0 is that of `start` until told.
    pub fn new(
        planner: &'a Planner<'a>,
        entry: &Datum,
        item: &Datum,
        start: Instant,
        region: RegionId,
        looks: &'a [Look],
    ) -> Scope<'a> {
        let moment = Datum::Int(start.0);
        let mut vars = Vec::with_capacity(LOOKS + looks.len());
        vars.push(("entry", entry.clone()));
        vars.push(("item", item.clone()));
        vars.push(("subject", planner.subject.clone()));
        vars.push(("start", moment.clone()));
        vars.push(("day_zero", moment.clone()));
        vars.push(("days", Datum::Int(0)));
        vars.push(("now", moment));
        let reader = planner.reader();
        let rows: Vec<LookRows<'a>> = looks
            .iter()
            .map(|look| LookRows::gather(look, &vars[..=START], Some(start), reader))
            .collect();
        for next in rows.iter().filter_map(|look| look.changes_after(planner.input.now)) {
            planner.changes_at(next);
        }
        vars.extend(looks.iter().map(|look| (look.id.as_str(), Datum::Null)));
        let zero_day = planner.day_of(start);
        Scope {
            planner,
            vars,
            looks: rows,
            region,
            zero_day,
        }
    }

    /// Tells the moment of day 0.
    pub fn set_day_zero(&mut self, day_zero: Instant) {
        self.vars[DAY_ZERO].1 = Datum::Int(day_zero.0);
        self.zero_day = self.planner.day_of(day_zero);
    }

    /// Puts an item in hand, and gives back the one that was.
    pub fn put_item(&mut self, item: Datum) -> Datum {
        std::mem::replace(&mut self.vars[ITEM].1, item)
    }

    /// Its value as of `at`.
    pub fn eval(&mut self, expr: &Expr, at: Instant, engine: Option<&dyn Engine>) -> Result<Datum, EvalError> {
        self.turn_to(expr, at)?;
        expr.eval(&self.env(at, engine))
    }

    /// Its truth as of `at`.
    pub fn holds(&mut self, expr: &Expr, at: Instant, engine: Option<&dyn Engine>) -> Result<bool, EvalError> {
        self.turn_to(expr, at)?;
        expr.eval_bool(&self.env(at, engine))
    }

    /// Its truth if `days` were `n` and everything else as of `at`.
    pub fn holds_on_day(&mut self, expr: &Expr, n: i64, at: Instant) -> bool {
        if self.turn_to(expr, at).is_err() {
            return false;
        }
        self.vars[DAYS].1 = Datum::Int(n);
        expr.eval_bool(&self.env(at, None)).unwrap_or(false)
    }

    /// Its truth with one more variable.
    pub fn holds_with(&self, expr: &Expr, name: &'a str, value: Datum, at: Instant) -> Result<bool, EvalError> {
        let mut vars = self.vars.clone();
        vars.push((name, value));
        expr.eval_bool(&Env {
            vars: &vars,
            ..self.env(at, None)
        })
    }

    /// What the filters of a task see: `it` is to be put last.
    pub fn filter_vars(&self) -> Vec<(&'a str, Datum)> {
        let mut vars = Vec::with_capacity(4);
        vars.extend_from_slice(&self.vars[..START]);
        vars.push(("it", Datum::Null));
        vars
    }

    /// The moments after `from` and up to `to` at which a look that the expression reads may change.
    pub fn look_moments(&self, expr: &Expr, from: Instant, to: Instant) -> Vec<Instant> {
        let read = self
            .looks
            .iter()
            .enumerate()
            .filter(|(i, _)| reads(expr, self.vars[LOOKS + i].0));
        read.flat_map(|(_, look)| look.moments())
            .filter(|at| from < *at && *at <= to)
            .collect()
    }

    /// When the facts that moved the expression at exactly `at` were first known.
    pub fn look_known(&self, expr: &Expr, at: Instant) -> Option<Instant> {
        let read = self
            .looks
            .iter()
            .enumerate()
            .filter(|(i, _)| reads(expr, self.vars[LOOKS + i].0));
        read.filter_map(|(_, look)| look.known(at)).max()
    }

    /// The city's day of day 0.
    pub fn zero_day(&self) -> Day {
        self.zero_day
    }

    /// Where its settings are read.
    pub fn region(&self) -> &RegionId {
        &self.region
    }

    fn turn_to(&mut self, expr: &Expr, at: Instant) -> Result<(), EvalError> {
        self.vars[NOW].1 = Datum::Int(at.0);
        for name in expr.variables() {
            if name == "days" {
                self.vars[DAYS].1 = Datum::Int(self.zero_day.until(self.planner.day_of(at)));
            } else if let Some(i) = self.vars[LOOKS..].iter().position(|(look, _)| *look == name) {
                self.vars[LOOKS + i].1 = self.looks[i].value(Some(at))?;
            }
        }
        Ok(())
    }

    fn env<'e>(&'e self, at: Instant, engine: Option<&'e dyn Engine>) -> Env<'e> {
        Env {
            vars: &self.vars,
            snapshot: self.planner.input.snapshot,
            engine,
            region: Some(&self.region),
            at,
            now: at,
        }
    }
}

/// Whether the expression reads that variable.
pub(crate) fn reads(expr: &Expr, variable: &str) -> bool {
    expr.variables().any(|name| name == variable)
}

/// Whether the expression may ask about that task. The text is searched, which can only find too many.
pub(crate) fn asks_about(expr: &Expr, task: &str) -> bool {
    if !expr.reads_engine() {
        return false;
    }
    let (source, quote) = (expr.source(), |byte: Option<&u8>| matches!(byte, Some(b'\'' | b'"')));
    source.match_indices(task).any(|(at, found)| {
        let bytes = source.as_bytes();
        at > 0 && quote(bytes.get(at - 1)) && quote(bytes.get(at + found.len()))
    })
}
