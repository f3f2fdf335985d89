//! How infectious everybody so far is on each day.

/// Sum over earlier days of cases times the probability of that lag; nothing is known about the first day.
///
/// `weights` begin at lag zero.
pub fn infectivity(total: &[f64], weights: &[f64]) -> Vec<Option<f64>> {
    let known = forces(total, weights).into_iter().enumerate();
    known.map(|(day, force)| (day > 0).then_some(force)).collect()
}

/// The same with zero for the first day.
pub(super) fn forces(total: &[f64], weights: &[f64]) -> Vec<f64> {
    let mut forces = vec![0.0; total.len()];
    // Zeros at the end of the interval are the common case: a year of data, two weeks of infectiousness. Lag by lag, since
    // days beside each other are added up at once.
    for (lag, weight) in weights.iter().enumerate().skip(1).filter(|(_, w)| **w != 0.0) {
        let later = forces.get_mut(lag..).unwrap_or_default();
        for (force, cases) in later.iter_mut().zip(total) {
            *force += cases * weight;
        }
    }
    forces
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
