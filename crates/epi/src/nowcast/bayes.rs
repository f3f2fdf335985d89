//! Delays with a Dirichlet prior, and what they say about the number of cases.
//!
//! Reference programs draw delay distributions at random. The answer needs only the probability of having been reported by
//! now, which is a product of independent beta variables: it is integrated over a lattice of points here, the same every time.

use super::triangle::{Learnt, Triangle};
use crate::number::lattice::{self, POINTS};
use crate::number::{beta, root};
use statrs::function::gamma::ln_gamma;

/// What is believed before the data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BayesSettings {
    /// Weight of each delay, in cases; 0.1 is usual.
    pub kappa: f64,
    /// Mean of the number of cases of a step.
    pub mean: f64,
    /// Its variance, above the mean.
    pub variance: f64,
}

/// In turn from the longest delay to the shortest: given that a delay is no longer, the beta distribution of the chance that it
/// is exactly this long.
struct Steps(Vec<(f64, f64)>);

impl Steps {
    fn new(learnt: &Learnt, kappa: f64, is_truncated: bool) -> Steps {
        let longest = learnt.exactly.len() - 1;
        let one = |delay: usize| {
            let shorter = match is_truncated {
                true => learnt.up_to[delay] - learnt.exactly[delay],
                false => learnt.exactly[..delay].iter().sum(),
            };
            (kappa + learnt.exactly[delay], kappa * delay as f64 + shorter)
        };
        Steps((1..=longest).rev().map(one).collect())
    }

    /// The expected probability of a report within each delay.
    fn expected_within(&self) -> Vec<f64> {
        let mut within: Vec<f64> = std::iter::once(1.0)
            .chain(self.0.iter().scan(1.0, |share, (a, b)| {
                *share *= b / (a + b);
                Some(*share)
            }))
            .collect();
        within.reverse();
        within
    }

    /// Points of the probability of a report within each delay, equally likely.
    fn points(&self) -> Vec<Vec<f64>> {
        let longest = self.0.len();
        let mut within = vec![vec![1.0; POINTS]; longest + 1];
        for (step, (a, b)) in self.0.iter().enumerate() {
            let quantiles = beta_quantiles(*b, *a);
            let delay = longest - 1 - step;
            for (point, place) in lattice::axis(step).enumerate() {
                within[delay][point] = within[delay + 1][point] * quantiles[place];
            }
        }
        within
    }
}

/// Quantiles of a beta distribution at the middles of equal shares.
fn beta_quantiles(a: f64, b: f64) -> Vec<f64> {
    let mut low = 0.0;
    let one = |place: usize| {
        let p = lattice::middle(place);
        low = root::between(low, 1.0, 1e-9, |x| beta::cdf(a, b, x) - p).unwrap_or(low);
        low
    };
    (0..POINTS).map(one).collect()
}

/// The answer in closed form, with delays as if nothing were cut off: a beta-negative-binomial distribution.
pub fn exact(triangle: &Triangle, learnt: &Learnt, most: usize) -> (Vec<Vec<f64>>, Vec<f64>) {
    const KAPPA: f64 = 0.1;
    let steps = Steps::new(learnt, KAPPA, false);
    let weights: Vec<f64> = learnt.exactly.iter().map(|n| n + KAPPA).collect();
    let whole: f64 = weights.iter().sum();
    let chances = triangle
        .reported()
        .into_iter()
        .enumerate()
        .skip(triangle.settled())
        .map(|(at, n)| {
            let elapsed = triangle.last() - at;
            let a: f64 = weights[..=elapsed].iter().sum();
            let b = whole - a;
            let size = n + 1.0;
            let constant = ln_gamma(size + a) + ln_gamma(a + b) - ln_gamma(size) - ln_gamma(a) - ln_gamma(b);
            let mut chances = vec![0.0; most + 1];
            for (more, chance) in chances.iter_mut().skip(n as usize).enumerate() {
                let k = more as f64;
                let ln =
                    constant + ln_gamma(k + b) + ln_gamma(size + k) - ln_gamma(size + k + a + b) - ln_gamma(k + 1.0);
                *chance = ln.exp();
            }
            chances
        });
    (chances.collect(), steps.expected_within())
}

/// The answer with a prior for the number of cases, integrated over what the delays may be.
pub fn integrated(
    triangle: &Triangle,
    learnt: &Learnt,
    most: usize,
    prior: &BayesSettings,
    is_truncated: bool,
) -> (Vec<Vec<f64>>, Vec<f64>) {
    let steps = Steps::new(learnt, prior.kappa, is_truncated);
    let points = steps.points();
    let size = prior.mean * prior.mean / (prior.variance - prior.mean).max(1e-9 * prior.mean);
    let rest = prior.mean / (prior.mean + size);
    let chances = triangle
        .reported()
        .into_iter()
        .enumerate()
        .skip(triangle.settled())
        .map(|(at, n)| {
            let elapsed = triangle.last() - at;
            let mut chances = vec![0.0; most + 1];
            for within in &points[elapsed] {
                add_negative_binomial(&mut chances[n as usize..], size + n, rest * (1.0 - within));
            }
            chances
        });
    (chances.collect(), steps.expected_within())
}

/// Adds one point's probabilities of 0, 1, 2 … more cases, scaled to what is considered.
fn add_negative_binomial(chances: &mut [f64], size: f64, rest: f64) {
    let mut term = 1.0;
    let mut whole = 0.0;
    let mut ln_scale = 0.0;
    let mut terms = Vec::with_capacity(chances.len());
    for k in 0..chances.len() {
        terms.push((term, ln_scale));
        whole += term;
        term *= rest * (size + k as f64) / (k as f64 + 1.0);
        if term > 1e200 {
            // Keep within range; what was added before is then too small to matter.
            (term, whole, ln_scale) = (term * 1e-200, whole * 1e-200, ln_scale + 1.0);
        }
    }
    for (chance, (term, scale)) in chances.iter_mut().zip(terms) {
        let share = if scale == ln_scale {
            term / whole
        } else {
            term * 1e-200 / whole
        };
        *chance += share / POINTS as f64;
    }
}
