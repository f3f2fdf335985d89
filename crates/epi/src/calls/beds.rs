//! `beds`: how many beds will be in use.

use super::reproduction::{MEAN_SI, STD_SI};
use super::{Asked, Call, Daily, Input, Kind, Param};
use crate::beds::Hospital;
use crate::delays::{Family, Fitted};
use crate::sheets::{Told, beds_sheet};
use crate::{Result, Table};
use lianfang_kernel::{Problem, Words};

pub(super) const BEDS: Call = Call {
    name: "beds",
    zh: "床位预测：今后各日在用床位",
    en: "Beds in use over the next days",
    sheets: &[Input::new(
        "incidence",
        "IN.csv",
        "每日病例或入院：t 或 date，cases",
        "Cases or admissions a day: t or date, cases",
    )],
    params: &[
        MEAN_SI,
        STD_SI,
        Param::new("stay-mean", Kind::Number, "住院天数均值", "Mean days in hospital").called("DAYS"),
        Param::new(
            "stay-sd",
            Kind::Number,
            "住院天数标准差",
            "Standard deviation of the days in hospital",
        )
        .called("DAYS"),
        Param::new(
            "share",
            Kind::Number,
            "收治比例；入院数为1",
            "Share admitted; 1 when admissions are counted",
        )
        .or("1"),
        Param::new(
            "delay",
            Kind::Whole(0, 60),
            "计数至入院天数",
            "Days from being counted to being admitted",
        )
        .or("0"),
        Param::new(
            "occupied",
            Kind::Number,
            "末日在用床位；省略则由序列推算",
            "Beds in use at the end of the last day; follows from the series unless given",
        )
        .called("N"),
        Param::new("horizon", Kind::Whole(1, 14), "预测天数", "Days ahead").or("14"),
        Param::new(
            "origins",
            Kind::Whole(1, 100),
            "回测起点数",
            "Past origins that the models are scored at",
        )
        .or("12"),
    ],
    daily: Some(Daily {
        column: "cases",
        set: &[],
    }),
    work: beds,
};

fn beds(asked: &Asked) -> Result<Told<Table>> {
    let (mean, sd): (f64, f64) = (asked.read("stay-mean")?, asked.read("stay-sd")?);
    if !(mean > 0.0 && sd > 0.0) {
        return Err(Problem::new(
            "param_invalid",
            Words::new(
                "住院天数的均值和标准差须大于0",
                "mean and standard deviation of the stay must be above 0",
            ),
            Words::new("可由 epi delays 得到", "epi delays gives them"),
        )
        .at("stay-mean"));
    }
    let hospital = Hospital {
        share: asked.read("share")?,
        delay: asked.read("delay")?,
        stay: Fitted {
            family: Family::Gamma,
            first: (mean / sd).powi(2),
            second: sd * sd / mean,
        },
        occupied: asked.read_if_set("occupied")?,
    };
    let interval = (asked.read("mean-si")?, asked.read("std-si")?);
    beds_sheet(
        asked.sheet("incidence")?,
        interval,
        (asked.read("horizon")?, asked.read("origins")?),
        &hospital,
    )
}
