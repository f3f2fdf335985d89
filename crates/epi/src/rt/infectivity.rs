//! How infectious everybody so far is on each day.

/// Sum over earlier days of cases times the probability of that lag; nothing is known about the first day.
///
/// `weights` begin at lag zero.
pub fn infectivity(total: &[f64], weights: &[f64]) -> Vec<Option<f64>> {
    // Zeros at the end of the interval are the common case: a year of data, two weeks of infectiousness.
    let reach = weights.iter().rposition(|w| *w != 0.0).unwrap_or(0);
    let one = |day: usize| {
        let span = reach.min(day);
        let cases = &total[day - span..day];
        let sum: f64 = cases.iter().rev().zip(&weights[1..]).map(|(cases, w)| cases * w).sum();
        sum
    };
    (0..total.len()).map(|day| (day > 0).then(|| one(day))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_cases_count_by_their_lag() {
        let found = infectivity(&[2.0, 1.0, 0.0], &[0.0, 0.75, 0.25, 0.0]);
        assert_eq!(found, [None, Some(1.5), Some(0.75 + 0.5)]);
    }
}
