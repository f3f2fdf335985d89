//! CUSUM: small excesses add up until they are many.
//!
//! Rossi, Lampugnani, Marchi, Stat Med 1999 (doi:10.1002/(SICI)1097-0258(19990830)18:16<2111::AID-SIM171>3.0.CO;2-Q);
//! transformations as in Höhle, Comput Stat 2007 (doi:10.1007/s00180-007-0074-8).

use super::Series;
use crate::Result;
use crate::number::quadrature;
use lianfang_kernel::{Problem, Words};
use nalgebra::{SMatrix, SVector};
use std::f64::consts::PI;
use std::sync::LazyLock;

/// Periods that are worked on together.
const BLOCK: usize = 64;

/// How a count becomes nearly standard normal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transform {
    /// Not at all.
    None,
    /// (y − m) / √m
    Standard,
    /// Rossi's: mean of the standardised and the square-root form.
    Rossi,
    /// Anscombe's residual.
    Anscombe,
    /// The same with a correction of its mean.
    Anscombe2nd,
    /// Pearson's residual with overdispersion.
    PearsonNegBin,
    /// Anscombe's residual with overdispersion, by its integral.
    AnscombeNegBin,
    /// The same with the integral read from a table in steps of 0.01, as the reference program does: up to 1e-3 away.
    AnscombeNegBinTabled,
}

/// What is usual.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CusumMean {
    /// A constant.
    Constant(f64),
    /// The mean of the periods before the first.
    Training,
    /// A level with a yearly wave, fitted to the periods before the first.
    Seasonal,
}

/// Settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cusum {
    /// What is taken off each period; half the shift that should be found.
    pub k: f64,
    /// The sum that rings.
    pub h: f64,
    /// What is usual.
    pub mean: CusumMean,
    /// How counts are transformed.
    pub transform: Transform,
    /// Overdispersion of the two forms that know one: variance = mean + this × mean²; 0.1 is usual.
    pub overdispersion: f64,
}

/// One period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CusumRow {
    /// The period, from 1.
    pub t: usize,
    /// What was counted.
    pub observed: f64,
    /// What is usual.
    pub mean: f64,
    /// The sum so far.
    pub sum: f64,
    /// The count that would have brought the sum to `h`; what is missing to `h` where counts are not transformed or
    /// the transformation cannot be turned round.
    pub upper: f64,
    /// Whether the sum has reached `h`.
    pub alarm: bool,
}

/// Looks at the periods `first` to `last`, from 1. An alarm does not set the sum back.
///
/// # Errors
/// A range that the series does not cover, nothing before it where it is needed, settings below zero.
pub fn cusum(series: &Series, settings: Cusum, first: usize, last: usize) -> Result<Vec<CusumRow>> {
    let least = match settings.mean {
        CusumMean::Constant(_) => 1,
        CusumMean::Training => 2,
        CusumMean::Seasonal => series.frequency() + 1,
    };
    series.check_range(first, last, least)?;
    if !(settings.k >= 0.0 && settings.h > 0.0 && settings.overdispersion >= 0.0) {
        return Err(unusable());
    }
    let observed = series.observed();
    let usual = Usual::of(settings, &observed[..first - 1], series.frequency()).ok_or_else(unusable)?;
    let counts = &observed[first - 1..last];
    match usual {
        Usual::Level(level) => Ok(settings.summed(first, counts, |_| level)),
        Usual::Wave(wave) => {
            let levels = (first..=last).map(|t| Level::of(settings, wave.at(t)));
            let levels = levels.collect::<Option<Vec<_>>>().ok_or_else(unusable)?;
            Ok(settings.summed(first, counts, |n| levels[n]))
        }
    }
}

fn unusable() -> Problem {
    Problem::new(
        "settings_invalid",
        Words::new("CUSUM 参数不可用", "these settings of CUSUM cannot be used"),
        Words::new(
            "k 不为负，h 大于0，均值大于0，训练期不能全为0",
            "k not negative, h above 0, a mean above 0, and some case before the first period",
        ),
    )
}

/// What is usual: one level for all periods, or one for each.
enum Usual {
    Level(Level),
    Wave(Seasonal),
}

impl Usual {
    /// None where there is no level above zero.
    fn of(settings: Cusum, training: &[f64], year: usize) -> Option<Usual> {
        match settings.mean {
            CusumMean::Constant(mean) => Level::of(settings, mean).map(Usual::Level),
            CusumMean::Training => {
                let mean = training.iter().sum::<f64>() / training.len() as f64;
                Level::of(settings, mean).map(Usual::Level)
            }
            CusumMean::Seasonal => Seasonal::fit(training, year).map(Usual::Wave),
        }
    }
}

/// A mean with what a transformation makes of it: roots are dear, and a level is often that of all periods.
#[derive(Clone, Copy)]
struct Level {
    mean: f64,
    /// The transformed mean.
    centre: f64,
    /// What the distance from it is divided by.
    divisor: f64,
}

impl Level {
    /// None for a mean that is not above zero.
    fn of(settings: Cusum, m: f64) -> Option<Level> {
        if !(m > 0.0 && m.is_finite()) {
            return None;
        }
        let sixth = || m.powf(1.0 / 6.0);
        let variance = || m + settings.overdispersion * m * m;
        let (centre, divisor) = match settings.transform {
            Transform::None => (0.0, 1.0),
            Transform::Standard => (m, m.sqrt()),
            Transform::Rossi => (3.0 * m, 2.0 * m.sqrt()),
            Transform::Anscombe => (1.5 * two_thirds(m), sixth()),
            Transform::Anscombe2nd => (two_thirds(m) - 1.0 / (9.0 * m.cbrt()), 2.0 / 3.0 * sixth()),
            Transform::PearsonNegBin => (m, variance().sqrt()),
            Transform::AnscombeNegBin | Transform::AnscombeNegBinTabled => {
                (settings.raised(m), variance().powf(1.0 / 6.0))
            }
        };
        Some(Level {
            mean: m,
            centre,
            divisor,
        })
    }

    /// How far a transformed count is from the transformed mean.
    fn distance(&self, raised: f64) -> f64 {
        (raised - self.centre) / self.divisor
    }

    /// Rossi's form turned round: the count that adds up to `missing`.
    fn rossi(&self, missing: f64) -> f64 {
        let (far, m) = (self.divisor * missing, self.mean);
        far + 5.0 * m - 2.0 * (m * (far + 4.0 * m)).sqrt()
    }
}

impl Cusum {
    /// One row for each count, the first of which is of period `first`. Roots and quotients of a block are taken one beside
    /// the other, which processors do several at a time; the sum alone goes one period after the other.
    fn summed(&self, first: usize, counts: &[f64], level: impl Fn(usize) -> Level) -> Vec<CusumRow> {
        let mut rows = Vec::with_capacity(counts.len());
        let mut sum = 0.0_f64;
        let [mut changed, mut missing, mut sums, mut upper] = [[0.0_f64; BLOCK]; 4];
        for (block, counts) in counts.chunks(BLOCK).enumerate() {
            let begin = block * BLOCK;
            let level = |n: usize| level(begin + n);
            self.change(counts, &level, &mut changed);
            for ((changed, missing), kept) in changed.iter().zip(&mut missing).zip(&mut sums).take(counts.len()) {
                *missing = self.h + self.k - sum;
                let next = sum + (changed - self.k);
                sum = if next > 0.0 { next } else { 0.0 };
                *kept = sum;
            }
            self.turn_round(&missing[..counts.len()], &level, &sums, &mut upper);
            rows.extend(counts.iter().enumerate().map(|(n, count)| CusumRow {
                t: first + begin + n,
                observed: *count,
                mean: level(n).mean,
                sum: sums[n],
                upper: upper[n].max(0.0),
                alarm: sums[n] >= self.h,
            }));
        }
        rows
    }

    /// Transforms a block of counts.
    fn change(&self, counts: &[f64], level: &impl Fn(usize) -> Level, changed: &mut [f64; BLOCK]) {
        let places = changed.iter_mut().zip(counts).enumerate();
        match self.transform {
            // The usual one has a loop of its own, without a question in it.
            Transform::Rossi => places.for_each(|(n, (to, y))| *to = level(n).distance(*y) + y.sqrt()),
            _ => places.for_each(|(n, (to, y))| *to = self.of(*y, &level(n))),
        }
    }

    /// The counts that would have brought sums to `h`; what is missing where there is no formula for them.
    fn turn_round(
        &self,
        missing: &[f64],
        level: &impl Fn(usize) -> Level,
        sums: &[f64; BLOCK],
        upper: &mut [f64; BLOCK],
    ) {
        let places = upper.iter_mut().zip(missing).enumerate();
        match self.transform {
            Transform::Rossi => places.for_each(|(n, (to, missing))| *to = level(n).rossi(*missing)),
            _ => places.for_each(|(n, (to, missing))| {
                *to = self.count(*missing, &level(n)).unwrap_or(self.h - sums[n]);
            }),
        }
    }

    /// The transformed count.
    fn of(&self, y: f64, level: &Level) -> f64 {
        match self.transform {
            Transform::None | Transform::Standard | Transform::PearsonNegBin => level.distance(y),
            // (y − 3m + 2√(ym)) / 2√m
            Transform::Rossi => level.distance(y) + y.sqrt(),
            Transform::Anscombe => level.distance(1.5 * two_thirds(y)),
            Transform::Anscombe2nd => level.distance(two_thirds(y)),
            Transform::AnscombeNegBin | Transform::AnscombeNegBinTabled => level.distance(self.raised(y)),
        }
    }

    /// Anscombe's power of a count that is more scattered than Poisson's.
    fn raised(&self, x: f64) -> f64 {
        let flat = match self.transform {
            Transform::AnscombeNegBinTabled => tabled_flattening(self.overdispersion * x),
            _ => flattening(self.overdispersion * x),
        };
        1.5 * two_thirds(x) * flat
    }

    /// The count that adds up to `missing`, where there is a formula for it.
    fn count(&self, missing: f64, level: &Level) -> Option<f64> {
        let m = level.mean;
        let far = level.divisor * missing;
        let power = |base: f64| Some(base.max(0.0).powf(1.5));
        match self.transform {
            Transform::Standard => Some((far + m).ceil()),
            Transform::Rossi => Some(level.rossi(missing)),
            Transform::Anscombe => power(2.0 / 3.0 * far + two_thirds(m)),
            Transform::Anscombe2nd => power(far + two_thirds(m) - m.cbrt() / 9.0),
            Transform::PearsonNegBin => Some(far + m),
            Transform::None | Transform::AnscombeNegBin | Transform::AnscombeNegBinTabled => None,
        }
    }
}

static RULE: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| quadrature::points(40));

/// How much overdispersion flattens the two-thirds power: Gauss's hypergeometric function 2F1(1/3, 2/3; 5/3; −x).
fn flattening(x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    let curved = |v: f64| 3.0 * v / (1.0 + v * v * v).cbrt();
    quadrature::integral(0.0, x.cbrt(), &RULE, curved) / (1.5 * two_thirds(x))
}

fn tabled_flattening(x: f64) -> f64 {
    if x <= 10.0 {
        return flattening((x * 100.0).round() / 100.0);
    }
    let (low, high) = (flattening(x.floor()), flattening(x.floor() + 1.0));
    low + (high - low) * x.fract()
}

fn two_thirds(x: f64) -> f64 {
    x.cbrt().powi(2)
}

/// A Poisson level with one wave a year.
struct Seasonal {
    coefficients: SVector<f64, 3>,
    year: f64,
}

impl Seasonal {
    fn terms(t: usize, year: f64) -> SVector<f64, 3> {
        let t = t as f64;
        let angle = 2.0 * PI * t / year;
        SVector::from([1.0, angle.cos(), angle.sin()])
    }

    /// The terms are the same in every year, so a period is one row with its years added up.
    fn fit(training: &[f64], periods: usize) -> Option<Seasonal> {
        let year = periods as f64;
        let mut rows: Vec<(SVector<f64, 3>, f64, f64)> = (1..=periods.min(training.len()))
            .map(|t| (Seasonal::terms(t, year), 0.0, 0.0))
            .collect();
        for (at, count) in training.iter().enumerate() {
            let row = &mut rows[at % periods];
            (row.1, row.2) = (row.1 + count, row.2 + 1.0);
        }
        let level = training.iter().sum::<f64>() / training.len() as f64;
        let mut coefficients = SVector::<f64, 3>::new(level.ln(), 0.0, 0.0);
        for _ in 0..100 {
            let (mut square, mut slope) = (SMatrix::<f64, 3, 3>::zeros(), SVector::<f64, 3>::zeros());
            for (x, count, years) in &rows {
                let mean = years * coefficients.dot(x).exp();
                square += x * x.transpose() * mean;
                slope += x * (count - mean);
            }
            let step = square.cholesky()?.solve(&slope);
            coefficients += step;
            if step.amax() < 1e-11 {
                return Some(Seasonal { coefficients, year });
            }
        }
        None
    }

    fn at(&self, t: usize) -> f64 {
        self.coefficients.dot(&Seasonal::terms(t, self.year)).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lasting_small_excess_rings_in_the_end() {
        let mut counts = vec![4.0; 60];
        counts[40..].fill(6.0);
        let series = Series::new(counts, 52).expect("counts");
        let settings = Cusum {
            k: 0.5,
            h: 3.0,
            mean: CusumMean::Constant(4.0),
            transform: Transform::Standard,
            overdispersion: 0.1,
        };
        let rows = cusum(&series, settings, 1, 60).expect("rows");
        let first = rows.iter().find(|row| row.alarm).map(|row| row.t);
        assert_eq!(first, Some(46));
    }
}
