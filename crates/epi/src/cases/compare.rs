//! Two sheets side by side, column by column, each with its own idea of equal.

use crate::Table;
use crate::table::number;

/// How a column is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// Equal within `relative` of the reference plus `absolute`.
    Within {
        /// Share of the reference.
        relative: f64,
        /// In the column's own unit; for values that are zero but for rounding.
        absolute: f64,
    },
    /// The reference is a mean over random runs: within `times` the standard deviation in its column `<name><suffix>`.
    Deviations {
        /// What follows the name of the column that holds the deviation of one run.
        suffix: &'static str,
        /// How many deviations are accepted.
        times: f64,
        /// Accepted beside them, where all runs agreed by chance.
        absolute: f64,
    },
    /// Yes or no, where missing is no.
    Flag,
    /// Not compared: text, or a number that the reference itself draws at random.
    Passed,
}

impl Rule {
    /// Equal but for rounding.
    pub const EXACT: Rule = Rule::relative(1e-9);

    /// Equal within a share of the reference.
    pub const fn relative(relative: f64) -> Rule {
        Rule::Within {
            relative,
            absolute: 1e-10,
        }
    }

    /// Equal within an amount.
    pub const fn absolute(absolute: f64) -> Rule {
        Rule::Within {
            relative: 0.0,
            absolute,
        }
    }
}

/// The worst of a sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The greatest relative error of all cells; infinite when a value is on one side only.
    pub worst: f64,
    /// The greatest error as a share of what is accepted: above one is outside.
    pub share: f64,
    /// Where that is.
    pub place: String,
    /// Cells that were compared.
    pub cells: usize,
    /// Whether everything is within its tolerance.
    pub is_within: bool,
}

/// Compares every column of the reference that has a rule; none when the reference holds no value to compare with.
pub fn compare(found: &Table, reference: &Table, rule: fn(&str) -> Rule) -> Option<Comparison> {
    let mut whole = Comparison {
        worst: 0.0,
        share: 0.0,
        place: String::new(),
        cells: 0,
        is_within: true,
    };
    if found.len() != reference.len() {
        whole.take(f64::INFINITY, f64::INFINITY, || {
            format!("{} rows instead of {}", found.len(), reference.len())
        });
    }
    let columns = reference.names().iter().map(|name| (name, rule(name)));
    let columns: Vec<_> = columns.filter(|(_, rule)| *rule != Rule::Passed).collect();
    let value = |table: &Table, row, name: &str| table.text(row, name).and_then(number);
    let cell = |table: &Table, row, name: &str| match value(table, row, name) {
        None if rule(name) == Rule::Flag => Some(0.0),
        value => value,
    };
    let has_values = |name: &str| (0..reference.len()).any(|row| value(reference, row, name).is_some());
    // A column that is blank throughout was left out by whoever asks, not computed as missing.
    for (name, rule) in columns.into_iter().filter(|(name, _)| has_values(name)) {
        for row in 0..reference.len().min(found.len()) {
            let shown = |table: &Table| table.text(row, name).unwrap_or("NA").to_owned();
            let place = || {
                format!(
                    "{name}, line {}: {} instead of {}",
                    row + 2,
                    shown(found),
                    shown(reference)
                )
            };
            match (cell(found, row, name), cell(reference, row, name)) {
                (None, None) => {}
                (Some(value_found), Some(expected)) => {
                    let error = (value_found - expected).abs();
                    let accepted = accepted(rule, expected, |suffix| {
                        value(reference, row, &format!("{name}{suffix}"))
                    });
                    let relative = if error == 0.0 {
                        0.0
                    } else {
                        error / expected.abs().max(1e-300)
                    };
                    let is_visible = error > absolute(rule);
                    let share = if error == 0.0 { 0.0 } else { error / accepted };
                    whole.take(if is_visible { relative } else { 0.0 }, share, place);
                    whole.cells += 1;
                }
                _ => whole.take(f64::INFINITY, f64::INFINITY, place),
            }
        }
    }
    (whole.cells > 0 || !whole.is_within).then_some(whole)
}

fn absolute(rule: Rule) -> f64 {
    match rule {
        Rule::Within { absolute, .. } | Rule::Deviations { absolute, .. } => absolute,
        Rule::Flag => 0.0,
        Rule::Passed => f64::INFINITY,
    }
}

fn accepted(rule: Rule, expected: f64, deviation: impl Fn(&str) -> Option<f64>) -> f64 {
    match rule {
        Rule::Within { relative, absolute } => relative * expected.abs() + absolute,
        Rule::Deviations {
            suffix,
            times,
            absolute,
        } => times * deviation(suffix).unwrap_or_default() + absolute,
        Rule::Flag => 0.0,
        Rule::Passed => f64::INFINITY,
    }
}

impl Comparison {
    fn take(&mut self, relative: f64, share: f64, place: impl Fn() -> String) {
        self.worst = self.worst.max(relative);
        if share > self.share {
            self.share = share;
            self.place = place();
        }
        self.is_within &= share <= 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(found: &str, reference: &str, rule: fn(&str) -> Rule, is_within: bool) {
        let [found, reference] = [found, reference].map(|text| Table::parse(text).expect("a table"));
        let comparison = compare(&found, &reference, rule).expect("values");
        assert_eq!(comparison.is_within, is_within, "{comparison:?}");
    }

    #[test]
    fn values_are_compared_by_the_rule_of_their_column() {
        let exact = |_: &str| Rule::EXACT;
        check("a\n1.0000000001\n", "a\n1\n", exact, true);
        check("a\n1.001\n", "a\n1\n", exact, false);
        check("a\nNA\n", "a\nNaN\n1\n", exact, false);
        check("a\n1\nNA\n", "a\n1\n2\n", exact, false);
        let drawn = |name: &str| match name {
            "a" => Rule::Deviations {
                suffix: "_sd",
                times: 4.0,
                absolute: 0.0,
            },
            _ => Rule::Passed,
        };
        check("a,a_sd\n1.3,0\n", "a,a_sd\n1,0.1\n", drawn, true);
        check("a,a_sd\n1.5,0\n", "a,a_sd\n1,0.1\n", drawn, false);
    }

    #[test]
    fn a_blank_reference_is_no_reference() {
        let [found, blank] = ["a\n1\n", "a\nNA\n"].map(|text| Table::parse(text).expect("a table"));
        assert_eq!(compare(&found, &blank, |_| Rule::EXACT), None);
    }
}
