//! `beds`: how many beds will be in use.

use super::outlook::ORIGINS;
use super::reproduction::{MEAN_SI, STD_SI};
use super::{Asked, Call, Daily, Input, Kind, Param};
use crate::beds::Hospital;
use crate::sheets::{Told, beds_sheet};
use crate::{Result, Table};

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
        ORIGINS,
    ],
    daily: Some(Daily {
        column: "cases",
        set: &[],
    }),
    work: beds,
};

fn beds(asked: &Asked) -> Result<Told<Table>> {
    let stay = asked.gamma(["stay-mean", "stay-sd"], ("住院天数", "the stay"))?;
    let hospital = Hospital {
        share: asked.read("share")?,
        delay: asked.read("delay")?,
        stay,
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
