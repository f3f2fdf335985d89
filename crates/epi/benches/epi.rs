//! What a night's run over a whole province costs, and a long series of reproduction numbers.
//!
//! Prints one JSON line each. The floor is what one exponential for every week of the same series costs in the same run: a
//! fit cannot do with less than one such pass a round.

use lianfang_epi::detect::farrington::{Flexible, Original, flexible, original};
use lianfang_epi::detect::{
    Cusum, CusumMean, Ears, EarsMethod, Reference, Series, Transform, bayes, cusum, ears, rki, twice_five_year_mean,
};
use lianfang_epi::rt::{Bounded, Incidence, Prior, SerialInterval, Windows, reproduction, uncertain_intervals};
use rayon::prelude::*;
use std::hint::black_box;
use std::time::Instant as Clock;

const REGIONS: usize = 3_000;
const DISEASES: usize = 40;
const WEEKS: usize = 52 * 10 + 4;

/// A number between 0 and 1 from a counter: the same series every time.
fn scattered(n: usize) -> f64 {
    let mut x = (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x ^= x >> 29;
    x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^= x >> 32;
    (x >> 11) as f64 / (1_u64 << 53) as f64
}

/// Weekly counts of one disease in one region: a season, a level of its own, and noise that grows with it.
fn weeks(series: usize) -> Vec<f64> {
    let level = 0.2 + 8.0 * scattered(series).powi(3);
    (0..WEEKS)
        .map(|week| {
            let season = (0.6 * (week as f64 * std::f64::consts::TAU / 52.0).cos()).exp();
            let noise = -(1.0 - scattered(series * WEEKS + week + 1)).ln();
            (level * season * (0.5 + 0.5 * noise)).round()
        })
        .collect()
}

fn seconds(f: impl FnOnce()) -> f64 {
    let from = Clock::now();
    f();
    from.elapsed().as_secs_f64()
}

fn main() {
    detectors();
    reproduction_numbers();
}

fn detectors() {
    let names = ["flexible", "original", "ears", "cusum", "rki_bayes_legal"];
    let mut spent = [0.0; 5];
    let (mut floor, mut alarms) = (0.0, 0_usize);
    // In parts, as many series as fit into little memory.
    for part in 0..DISEASES {
        let all: Vec<Series> = (part * REGIONS..(part + 1) * REGIONS)
            .into_par_iter()
            .map(|n| Series::new(weeks(n), 52).expect("counts"))
            .collect();
        floor += seconds(|| {
            let sum: f64 = all
                .par_iter()
                .map(|s| s.observed().iter().map(|n| (-n).exp()).sum::<f64>())
                .sum();
            black_box(sum);
        });
        for (which, spent) in spent.iter_mut().enumerate() {
            *spent += seconds(|| alarms += all.par_iter().map(|series| look(which, series)).sum::<usize>());
        }
    }
    let whole: f64 = spent.iter().sum();
    let each: Vec<String> = names
        .iter()
        .zip(spent)
        .map(|(name, s)| format!("\"{name}_s\":{s:.2}"))
        .collect();
    println!(
        "{{\"bench\":\"epi/detectors\",\"series\":{},\"weeks\":{WEEKS},\"seconds\":{whole:.2},{},\"floor_s\":{floor:.2},\"alarms\":{alarms},\"threads\":{}}}",
        REGIONS * DISEASES,
        each.join(","),
        rayon::current_num_threads()
    );
}

/// Alarms of one group of detectors in the newest week.
fn look(which: usize, series: &Series) -> usize {
    let last = series.observed().len();
    match which {
        0 => flexible(series, &Flexible::default(), last, last)
            .expect("a row")
            .iter()
            .filter(|r| r.alarm)
            .count(),
        1 => original(series, &Original::default(), last, last)
            .expect("a row")
            .iter()
            .filter(|r| r.alarm)
            .count(),
        2 => [EarsMethod::C1, EarsMethod::C2, EarsMethod::C3]
            .into_iter()
            .map(|method| {
                ears(series, Ears::new(method), last, last)
                    .expect("a row")
                    .iter()
                    .filter(|r| r.alarm)
                    .count()
            })
            .sum(),
        3 => {
            let settings = Cusum {
                k: 1.04,
                h: 2.26,
                mean: CusumMean::Seasonal,
                transform: Transform::Rossi,
                overdispersion: 0.1,
            };
            // A series without a case has no level.
            cusum(series, settings, last - 3, last).map_or(0, |rows| usize::from(rows[3].alarm))
        }
        _ => {
            let near = Reference {
                years: 2,
                half_width: 4,
                this_year: true,
            };
            let rki = rki(series, near, last, last).expect("a row");
            let bayes = bayes(series, near, 0.05, last, last).expect("a row");
            let law = twice_five_year_mean(series, last, last).expect("a row");
            usize::from(rki[0].alarm) + usize::from(bayes[0].alarm) + usize::from(law[0].exceeds)
        }
    }
}

fn reproduction_numbers() {
    let cases: Vec<f64> = (0..1_000)
        .map(|day| (40.0 + 30.0 * (f64::from(day) / 60.0).sin()).round())
        .collect();
    let incidence = Incidence::of_total(cases).expect("counts");
    let windows = Windows {
        first: 2,
        width: 7,
        step: 1,
    };
    let known = SerialInterval::parametric(5.0, 2.5, incidence.days()).expect("an interval");
    let once = |intervals: &[(f64, SerialInterval)]| {
        let rows = reproduction(&incidence, intervals, windows, Prior::default()).expect("rows");
        black_box(rows);
    };
    let mut known_s: Vec<f64> = (0..21).map(|_| seconds(|| once(&[(1.0, known.clone())]))).collect();
    known_s.sort_by(f64::total_cmp);
    let mean = Bounded {
        mean: 5.0,
        sd: 0.7,
        min: 3.0,
        max: 7.0,
    };
    let sd = Bounded {
        mean: 2.5,
        sd: 0.4,
        min: 1.2,
        max: 3.6,
    };
    let uncertain_s = seconds(|| once(&uncertain_intervals(mean, sd, incidence.days()).expect("intervals")));
    println!(
        "{{\"bench\":\"epi/rt\",\"days\":1000,\"windows\":993,\"known_interval_ms\":{:.2},\"uncertain_interval_ms\":{:.0}}}",
        known_s[10] * 1e3,
        uncertain_s * 1e3
    );
}
