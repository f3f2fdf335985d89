//! The reproduction number over a long series: a thousand such series, an interval that is uncertain, and one new day.

use crate::spent::Spent;
use lianfang_epi::rt::{Bounded, Incidence, Prior, RtRow, SerialInterval, Windows, reproduction, uncertain_intervals};
use rayon::prelude::*;
use std::hint::black_box;

const DAYS: u32 = 1_000;

/// A wave of sixty days' pace around forty cases a day, a little different in every series.
fn cases(series: u32) -> Vec<f64> {
    let level = 40.0 + f64::from(series % 97);
    (0..DAYS)
        .map(|day| (level + 0.75 * level * (f64::from(day + series) / 60.0).sin()).round())
        .collect()
}

/// From counts to estimates, as a call does it.
fn estimate(counts: Vec<f64>, windows: Windows) -> Vec<RtRow> {
    let incidence = Incidence::of_total(counts).expect("counts");
    let interval = SerialInterval::parametric(5.0, 2.5, incidence.days()).expect("an interval");
    reproduction(&incidence, &[(1.0, interval)], windows, Prior::default()).expect("rows")
}

fn uncertain(counts: Vec<f64>, windows: Windows) -> Vec<RtRow> {
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
    let incidence = Incidence::of_total(counts).expect("counts");
    let intervals = uncertain_intervals(mean, sd, incidence.days()).expect("intervals");
    reproduction(&incidence, &intervals, windows, Prior::default()).expect("rows")
}

/// A week for every day.
const WEEKLY: Windows = Windows {
    first: 2,
    width: 7,
    step: 1,
};

pub fn whole() {
    let all: Vec<Vec<f64>> = (0..1_000).map(cases).collect();
    let many = Spent::median(5, || {
        let rows = all.par_iter().map(|counts| estimate(counts.clone(), WEEKLY).len());
        black_box(rows.sum::<usize>());
    });
    let one = Spent::median(5, || {
        black_box(uncertain(cases(0), WEEKLY));
    });
    let newest = Windows {
        first: DAYS as usize - 6,
        ..WEEKLY
    };
    let day = Spent::median(11, || {
        black_box((estimate(cases(0), newest), uncertain(cases(0), newest)));
    });
    println!(
        "{{\"bench\":\"epi/rt\",\"days\":{DAYS},\"windows\":993,{},{},{},\"threads\":{}}}",
        many.json("thousand_series"),
        one.json("uncertain_interval"),
        day.json("newest_day_both"),
        rayon::current_num_threads()
    );
}
