//! Poisson, binomial and negative binomial tails and quantiles.

use super::{beta, gamma, normal};
use statrs::function::gamma::ln_gamma;

/// Probability of a count up to `k` when `mean` are expected.
pub fn poisson_cdf(mean: f64, k: f64) -> f64 {
    if k < 0.0 {
        return 0.0;
    }
    if mean <= 0.0 {
        return 1.0;
    }
    gamma::upper(k.floor() + 1.0, 1.0, mean)
}

/// Logarithm of the probability of exactly `k` when `mean` are expected.
pub fn poisson_ln(mean: f64, k: f64) -> f64 {
    if mean <= 0.0 {
        return if k == 0.0 { 0.0 } else { f64::NEG_INFINITY };
    }
    k * mean.ln() - mean - ln_gamma(k + 1.0)
}

/// The smallest count with probability at least `p` up to it.
pub fn poisson_quantile(mean: f64, p: f64) -> f64 {
    let search = Search {
        p,
        mean,
        deviation: mean.sqrt(),
        skewness: 1.0 / mean.sqrt(),
    };
    search.quantile(
        |k| poisson_cdf(mean, k),
        |k| poisson_ln(mean, k).exp(),
        |k| mean / (k + 1.0),
    )
}

/// Probability of a count up to `k`: mean `mean`, variance `mean + mean^2 / size`.
pub fn negative_binomial_cdf(size: f64, mean: f64, k: f64) -> f64 {
    if k < 0.0 {
        return 0.0;
    }
    if mean <= 0.0 {
        return 1.0;
    }
    beta::cdf(size, k.floor() + 1.0, size / (size + mean))
}

/// Probability of a count of at least `k`.
pub fn negative_binomial_from(size: f64, mean: f64, k: f64) -> f64 {
    if k <= 0.0 {
        return 1.0;
    }
    if mean <= 0.0 {
        return 0.0;
    }
    beta::cdf(k.ceil(), size, mean / (size + mean))
}

/// Logarithm of the probability of exactly `k`.
pub fn negative_binomial_ln(size: f64, mean: f64, k: f64) -> f64 {
    if mean <= 0.0 {
        return if k == 0.0 { 0.0 } else { f64::NEG_INFINITY };
    }
    let rising = if k == 0.0 {
        0.0
    } else {
        ln_gamma(size + k) - ln_gamma(size) - ln_gamma(k + 1.0)
    };
    rising - size * (mean / size).ln_1p() - k * (size / mean).ln_1p()
}

/// The smallest count with probability at least `p` up to it.
pub fn negative_binomial_quantile(size: f64, mean: f64, p: f64) -> f64 {
    let deviation = (mean + mean * mean / size).sqrt();
    let search = Search {
        p,
        mean,
        deviation,
        skewness: (1.0 + 2.0 * mean / size) / deviation,
    };
    let share = mean / (size + mean);
    search.quantile(
        |k| negative_binomial_cdf(size, mean, k),
        |k| negative_binomial_ln(size, mean, k).exp(),
        |k| share * (size + k) / (k + 1.0),
    )
}

/// Probability of a count up to `k` of `n` trials.
pub fn binomial_cdf(n: f64, chance: f64, k: f64) -> f64 {
    if k < 0.0 {
        return 0.0;
    }
    if k >= n {
        return 1.0;
    }
    beta::cdf(n - k.floor(), k.floor() + 1.0, 1.0 - chance)
}

/// Steps from the first guess to its quantile that are taken by adding single probabilities up.
const STEPS: usize = 64;

/// The quantile that is sought, and moments to guess it by.
struct Search {
    p: f64,
    mean: f64,
    deviation: f64,
    skewness: f64,
}

impl Search {
    /// Walks from Cornish and Fisher's guess by single probabilities; from a guess that is far off it searches.
    ///
    /// `next` is the ratio of the probability of the count after `k` to that of `k`.
    fn quantile(&self, cdf: impl Fn(f64) -> f64, probability: impl Fn(f64) -> f64, next: impl Fn(f64) -> f64) -> f64 {
        if self.p.is_nan() || self.mean.is_nan() || self.deviation.is_nan() {
            return f64::NAN;
        }
        if self.p <= 0.0 || self.mean <= 0.0 {
            return 0.0;
        }
        if self.p >= 1.0 {
            return f64::INFINITY;
        }
        let z = normal::quantile(self.p);
        let guess = self.mean + self.deviation * (z + self.skewness * (z * z - 1.0) / 6.0);
        let mut k = guess.floor().clamp(0.0, 9e15);
        let (mut below, mut own) = (cdf(k), probability(k));
        // A cumulative probability that equals p up to rounding counts as reaching it.
        let wanted = self.p * (1.0 - 64.0 * f64::EPSILON);
        if below >= wanted {
            for _ in 0..STEPS {
                below -= own;
                if k == 0.0 || below < wanted {
                    return k;
                }
                k -= 1.0;
                own /= next(k);
            }
        } else {
            for _ in 0..STEPS {
                own *= next(k);
                k += 1.0;
                below += own;
                if below >= wanted {
                    return k;
                }
            }
        }
        searched(wanted, k, cdf)
    }
}

/// Searches outward from a guess in doubling steps, then halves. Counts end at 2^53.
fn searched(wanted: f64, guess: f64, cdf: impl Fn(f64) -> f64) -> f64 {
    let reaches = |k: f64| cdf(k) >= wanted;
    let mut step = 1.0;
    let (mut low, mut high);
    if reaches(guess) {
        high = guess;
        low = guess - step;
        while low >= 0.0 && reaches(low) {
            high = low;
            step *= 2.0;
            low -= step;
        }
        low = low.max(-1.0);
    } else {
        low = guess;
        high = guess + step;
        while high < 9e15 && !reaches(high) {
            low = high;
            step *= 2.0;
            high += step;
        }
    }
    while high - low > 1.0 {
        let middle = (0.5 * (low + high)).floor();
        if reaches(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn probabilities_sum_to_their_tails() {
        let sum: f64 = (0..=7)
            .map(|k| negative_binomial_ln(1.3, 4.2, f64::from(k)).exp())
            .sum();
        assert!((sum - negative_binomial_cdf(1.3, 4.2, 7.0)).abs() < 1e-12);
        assert!((1.0 - sum - negative_binomial_from(1.3, 4.2, 8.0)).abs() < 1e-12);
        let sum: f64 = (0..=7).map(|k| poisson_ln(4.2, f64::from(k)).exp()).sum();
        assert!((sum - poisson_cdf(4.2, 7.0)).abs() < 1e-12);
        assert!((binomial_cdf(2.0, 0.25, 1.0) - 0.9375).abs() < 1e-14);
    }

    proptest! {
        #[test]
        fn walking_and_searching_end_at_one_count(ln_mean in -3.0..9.0_f64, ln_size in -3.0..6.0_f64, p in 0.001..0.9999_f64) {
            let (mean, size) = (ln_mean.exp(), ln_size.exp());
            let wanted = p * (1.0 - 64.0 * f64::EPSILON);
            let found = searched(wanted, mean.floor(), |k| negative_binomial_cdf(size, mean, k));
            prop_assert_eq!(negative_binomial_quantile(size, mean, p), found);
            prop_assert_eq!(poisson_quantile(mean, p), searched(wanted, mean.floor(), |k| poisson_cdf(mean, k)));
        }

        #[test]
        fn a_quantile_is_the_smallest_that_reaches_its_probability(mean in 0.01..500.0_f64, p in 0.001..0.999_f64) {
            let k = poisson_quantile(mean, p);
            prop_assert!(poisson_cdf(mean, k) >= p - 1e-12);
            prop_assert!(k == 0.0 || poisson_cdf(mean, k - 1.0) < p);
            let k = negative_binomial_quantile(0.7, mean, p);
            prop_assert!(negative_binomial_cdf(0.7, mean, k) >= p - 1e-12);
            prop_assert!(k == 0.0 || negative_binomial_cdf(0.7, mean, k - 1.0) < p);
        }
    }
}
