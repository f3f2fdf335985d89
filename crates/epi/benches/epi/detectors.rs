//! Detectors: a night's run over a whole province, many weeks of many series, and the newest week of a city.
//!
//! The floor of the night is what one exponential for every week of the same series costs in the same run: a fit cannot do
//! with less than one such pass a round.

use crate::spent::{Spent, memory};
use lianfang_epi::detect::farrington::{Flexible, Original, flexible, original};
use lianfang_epi::detect::{
    Cusum, CusumMean, Ears, EarsMethod, Reference, Series, Transform, bayes, cusum, ears, rki, twice_five_year_mean,
};
use rayon::prelude::*;
use std::hint::black_box;

const REGIONS: usize = 3_000;
const DISEASES: usize = 40;
const WEEKS: usize = 52 * 10 + 4;
/// Of a city, with the city itself.
const COUNTIES: usize = 10;
/// Groups of detectors.
const NAMES: [&str; 5] = ["flexible", "original", "ears", "cusum", "rki_bayes_legal"];

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

fn part(of: std::ops::Range<usize>) -> Vec<Series> {
    of.into_par_iter()
        .map(|n| Series::new(weeks(n), 52).expect("counts"))
        .collect()
}

/// All detectors for the newest week of every disease in every region.
pub fn night() {
    let mut spent = [Spent::default(); 5];
    let (mut floor, mut alarms) = (Spent::default(), 0_usize);
    // In parts, as many series as fit into little memory.
    for disease in 0..DISEASES {
        let all = part(disease * REGIONS..(disease + 1) * REGIONS);
        floor += Spent::on(|| {
            let one = |s: &Series| s.observed().iter().map(|n| (-n).exp()).sum::<f64>();
            black_box(all.par_iter().map(one).sum::<f64>());
        });
        for (which, spent) in spent.iter_mut().enumerate() {
            *spent += Spent::on(|| alarms += all.par_iter().map(|series| look(which, series)).sum::<usize>());
        }
    }
    let whole = spent.iter().fold(Spent::default(), |sum, one| sum + *one);
    let each: Vec<String> = NAMES.iter().zip(spent).map(|(name, spent)| spent.json(name)).collect();
    println!(
        "{{\"bench\":\"epi/night\",\"series\":{},\"weeks\":{WEEKS},{},{},{},\"alarms\":{alarms},\"memory_mb\":{:.0},\"threads\":{}}}",
        REGIONS * DISEASES,
        whole.json("all"),
        each.join(","),
        floor.json("floor"),
        memory(),
        rayon::current_num_threads()
    );
}

/// All detectors for the newest week of every disease in every county of a city.
pub fn city() {
    let all = part(0..COUNTIES * DISEASES);
    let once = || {
        let one = |series: &Series| (0..NAMES.len()).map(|which| look(which, series)).sum::<usize>();
        black_box(all.par_iter().map(one).sum::<usize>());
    };
    let spent = Spent::median(11, once);
    println!(
        "{{\"bench\":\"epi/city\",\"series\":{},\"weeks\":{WEEKS},{}}}",
        COUNTIES * DISEASES,
        spent.json("newest_week")
    );
}

/// 240 weeks of each of a thousand series, by one detector at a time.
pub fn weeks_of_many() {
    let all = part(0..1_000);
    let (first, last) = (WEEKS - 239, WEEKS);
    let of_all = |times, count: &(dyn Fn(&Series) -> usize + Sync)| {
        Spent::median(times, || {
            black_box(all.par_iter().map(count).sum::<usize>());
        })
    };
    let farrington = of_all(3, &|series| {
        flexible(series, &Flexible::default(), first, last).expect("rows").len()
    });
    let ears_c = |method| {
        of_all(50, &move |series| {
            ears(series, Ears::new(method), first, last).expect("rows").len()
        })
    };
    let [c1, c2, c3] = [EarsMethod::C1, EarsMethod::C2, EarsMethod::C3].map(ears_c);
    let summed = |mean| {
        of_all(50, &move |series| {
            cusum(series, rossi(mean), first, last).map_or(0, |rows| rows.len())
        })
    };
    println!(
        "{{\"bench\":\"epi/weeks\",\"series\":1000,\"weeks\":240,{},{},{},{},{},{},\"threads\":{}}}",
        farrington.json("flexible"),
        c1.json("c1"),
        c2.json("c2"),
        c3.json("c3"),
        summed(CusumMean::Training).json("cusum"),
        summed(CusumMean::Seasonal).json("cusum_seasonal"),
        rayon::current_num_threads()
    );
}

fn rossi(mean: CusumMean) -> Cusum {
    Cusum {
        k: 1.04,
        h: 2.26,
        mean,
        transform: Transform::Rossi,
        overdispersion: 0.1,
    }
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
            // A series without a case has no level.
            cusum(series, rossi(CusumMean::Seasonal), last - 3, last).map_or(0, |rows| usize::from(rows[3].alarm))
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
