//! Figures read from rows: distinct subjects, the answer of each that holds, medians. Bounded by place and time.

use super::{Conditions, Figure, FigureQuery, FigureRow, FigureState, Reader};
use crate::LedgerError;
use crate::deltas::{code_dimensions, code_part, qualifier};
use crate::rows::{ENTRY_SELECT, read_entry};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Approx, Datum, RegionId};
use lianfang_policy::model::{Indicator, IndicatorKind, Middle, Pick};
use lianfang_policy::{Env, Expr};
use lianfang_protocol::Fact;
use std::collections::{BTreeMap, BTreeSet, HashMap};

impl Reader<'_> {
    pub(super) fn fill_rows(
        &mut self,
        figure: &mut Figure,
        indicator: &Indicator,
        region: &RegionId,
        query: &FigureQuery,
    ) -> Result<(), LedgerError> {
        let pick = match &indicator.kind {
            IndicatorKind::Count { pick, .. } | IndicatorKind::Sum { pick, .. } => *pick,
            IndicatorKind::Interval { .. } => None,
            _ => return Ok(()),
        };
        let mut facts = picked(self.facts(indicator.kind.registers(), region, query)?, pick);
        if let Some(filter) = &indicator.filter {
            facts.retain(|fact| self.is_counted(filter, fact));
        }
        let all: Vec<&Fact> = facts.iter().collect();
        figure.value = self.folded(indicator, &all);
        figure.approx = inexact(indicator, &all);
        if let IndicatorKind::Interval { fold, .. } = &indicator.kind {
            figure.is_day = fold.is_day();
            figure.denominator = Some(i64::try_from(all.len()).unwrap_or(i64::MAX));
            if all.is_empty() {
                figure.state = FigureState::NotDue;
            }
        }
        if query.by.is_empty() {
            return Ok(());
        }
        let mut parts: BTreeMap<BTreeMap<String, String>, Vec<&Fact>> = BTreeMap::new();
        for fact in &facts {
            let key = query
                .by
                .iter()
                .map(|by| (by.clone(), self.part_of(indicator, by, (region, query), fact)));
            parts.entry(key.collect()).or_default().push(fact);
        }
        figure.rows = parts
            .into_iter()
            .map(|(key, facts)| FigureRow {
                approx: inexact(indicator, &facts),
                ..FigureRow::of(key, self.folded(indicator, &facts))
            })
            .collect();
        Ok(())
    }

    /// The entries of registers that hold, in a place and a span, as known at the moment asked.
    pub(crate) fn facts(
        &mut self,
        registers: &[String],
        region: &RegionId,
        query: &FigureQuery,
    ) -> Result<Vec<Fact>, LedgerError> {
        let snapshot = self.snapshot.clone();
        let mut where_ = Conditions::default();
        where_.within("e.register", registers.iter().map(|id| id.as_str().into()).collect());
        if !query.sectors.is_empty() {
            where_.within("e.sector", query.sectors.iter().map(|id| id.as_str().into()).collect());
        }
        where_.inside("e.path", &snapshot.regions, region);
        where_.and("e.act in ('new', 'correct')", []);
        self.hide_uncounted(&mut where_, query.as_of.unwrap_or(self.now));
        let known = match query.as_of {
            Some(as_of) => {
                where_.and("e.recorded_at <= ?", [as_of.0.into()]);
                let mark = where_.param(as_of.0.into());
                format!(" and later.recorded_at <= {mark}")
            }
            None => String::new(),
        };
        if let Some(from) = query.from {
            where_.and("e.at >= ?", [snapshot.zone.start_of(from).0.into()]);
        }
        if let Some(to) = query.to {
            where_.and("e.at < ?", [snapshot.zone.start_of(to.plus(1)).0.into()]);
        }
        let sql = format!(
            "select {ENTRY_SELECT} from entry e{} and not exists (select 1 from entry later where later.subject = e.subject \
             and later.replaces = e.id and later.act in ('correct', 'withdraw'){known}) order by e.at, e.id",
            where_.to_sql()
        );
        let mut facts = Vec::new();
        for row in self.connection.query(&sql, &where_.params)? {
            let stored = read_entry(&row)?;
            if let Some(register) = snapshot.model.registers.get(&stored.entry.register) {
                facts.push(Fact::new(stored.entry, register));
            }
        }
        Ok(facts)
    }

    pub(super) fn is_counted(&self, filter: &Expr, fact: &Fact) -> bool {
        let vars = [("it", fact.record.clone())];
        filter.eval_bool(&self.row_env(&vars, fact)).unwrap_or(false)
    }

    fn row_env<'e>(&'e self, vars: &'e [(&'e str, Datum)], fact: &'e Fact) -> Env<'e> {
        Env {
            vars,
            snapshot: &self.snapshot,
            engine: None,
            region: Some(&fact.entry.region),
            at: fact.entry.at,
            now: fact.entry.received_at,
        }
    }

    fn number(&self, value: &Expr, fact: &Fact) -> Option<i64> {
        let vars = [("it", fact.record.clone())];
        value.eval(&self.row_env(&vars, fact)).ok()?.as_int()
    }

    /// What is made of the rows of one part; none where there is nothing to make it of.
    fn folded(&self, indicator: &Indicator, facts: &[&Fact]) -> Option<i64> {
        match &indicator.kind {
            IndicatorKind::Count { distinct, .. } => Some(told_apart(distinct.as_deref(), facts)),
            IndicatorKind::Sum { value, .. } => {
                let numbers = facts.iter().filter_map(|fact| self.number(value, fact));
                Some(numbers.fold(0, i64::saturating_add))
            }
            IndicatorKind::Interval {
                value, fold, is_time, ..
            } => {
                let numbers = facts.iter().filter_map(|fact| self.number(value, fact));
                let made = middle(numbers.collect(), *fold)?;
                Some(if *is_time { made.div_euclid(60_000) } else { made })
            }
            _ => None,
        }
    }

    fn part_of(
        &self,
        indicator: &Indicator,
        by: &str,
        (asked, query): (&RegionId, &FigureQuery),
        fact: &Fact,
    ) -> String {
        match by {
            "day" => self.snapshot.zone.day_of(fact.entry.at).to_string(),
            "sector" => fact.entry.sector.clone().unwrap_or_default(),
            "region" => self.part_region(asked, &fact.entry.region, query).to_string(),
            code if code_dimensions(indicator).any(|known| known == code) => code_part(&fact.record, code),
            _ => String::new(),
        }
    }
}

/// The qualifier of a sum of these rows.
fn inexact(indicator: &Indicator, facts: &[&Fact]) -> Option<Approx> {
    let said = facts.iter().map(|fact| qualifier(&indicator.kind, &fact.record));
    said.fold(None, Approx::joined)
}

/// Rows, or distinct values: a person counted in two places is one person.
fn told_apart(distinct: Option<&str>, facts: &[&Fact]) -> i64 {
    let n = match distinct {
        None => facts.len(),
        Some("subject") => facts
            .iter()
            .map(|fact| fact.entry.subject)
            .collect::<BTreeSet<_>>()
            .len(),
        Some(field) => {
            let values = facts.iter().filter_map(|fact| fact.record.get(field));
            let told = values.filter(|value| !value.is_null()).map(ToString::to_string);
            told.collect::<BTreeSet<_>>().len()
        }
    };
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// One row of each subject and register; the facts are ordered by (at, id).
fn picked(facts: Vec<Fact>, pick: Option<Pick>) -> Vec<Fact> {
    let Some(pick) = pick else { return facts };
    let mut kept: HashMap<(SubjectId, String), Fact> = HashMap::new();
    for fact in facts {
        let place = (fact.entry.subject, fact.entry.register.clone());
        match pick {
            Pick::First => {
                kept.entry(place).or_insert(fact);
            }
            Pick::Last => {
                kept.insert(place, fact);
            }
        }
    }
    kept.into_values().collect()
}

fn middle(mut numbers: Vec<i64>, fold: Middle) -> Option<i64> {
    numbers.sort_unstable();
    let n = numbers.len();
    if n == 0 {
        return None;
    }
    Some(match fold {
        Middle::Median if n % 2 == 1 => numbers[n / 2],
        Middle::Median => {
            let (low, high) = (numbers[n / 2 - 1], numbers[n / 2]);
            low + (high - low).div_euclid(2)
        }
        Middle::P90 => numbers[(n * 9).div_ceil(10) - 1],
        Middle::First => numbers[0],
        Middle::Last => numbers[n - 1],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_ninth_deciles() {
        let of = |numbers: &[i64], fold| middle(numbers.to_vec(), fold);
        assert_eq!(of(&[], Middle::Median), None);
        assert_eq!(of(&[7], Middle::Median), Some(7));
        assert_eq!(of(&[9, 1, 5], Middle::Median), Some(5));
        assert_eq!(of(&[1, 4, 9, 10], Middle::Median), Some(6), "the mean, rounded down");
        assert_eq!(of(&(1..=10).collect::<Vec<_>>(), Middle::P90), Some(9));
        assert_eq!(of(&(1..=11).collect::<Vec<_>>(), Middle::P90), Some(10));
        assert_eq!(of(&[3], Middle::P90), Some(3));
    }
}
