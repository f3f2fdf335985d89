//! `growth`, `delays`, `offspring`, `chains`.

use super::{Asked, Call, Daily, Input, Kind, Param};
use crate::delays::Family;
use crate::sheets::{ChainView, Told, chains_sheet, delays_sheet, growth_sheet, offspring_sheet};
use crate::{Result, Table};

pub(super) const GROWTH: Call = Call {
    name: "growth",
    zh: "增长率与倍增时间，可分段",
    en: "Growth rate and doubling time, perhaps in two parts",
    sheets: &[Input::new(
        "incidence",
        "IN.csv",
        "流行曲线：date、count，可有 series",
        "The curve: date, count, perhaps series",
    )],
    params: &[
        Param::new("interval", Kind::Whole(1, 366), "每行几天", "Days of each row").or("1"),
        Param::new(
            "split",
            Kind::Split,
            "分段：none、optim 或日期",
            "Where to split: none, optim or a day",
        )
        .or("none"),
    ],
    daily: Some(Daily {
        column: "count",
        set: &[],
    }),
    work: |asked| growth_sheet(asked.sheet("incidence")?, asked.read("interval")?, asked.split()),
};

pub(super) const DELAYS: Call = Call {
    name: "delays",
    zh: "潜伏期与各种延迟的分布",
    en: "Distributions of delays such as the incubation period",
    sheets: &[Input::new(
        "data",
        "IN.csv",
        "间隔（天）：left、right，或 EL、ER、SL、SR、type",
        "Delays in days: left, right, or EL, ER, SL, SR, type",
    )],
    params: &[Param::new(
        "dist",
        Kind::Choices(&["gamma", "lnorm", "weibull"]),
        "分布，可多个",
        "Distributions, may be several",
    )
    .or("gamma,lnorm,weibull")],
    daily: None,
    work: delays,
};

fn delays(asked: &Asked) -> Result<Told<Table>> {
    let names = asked.text("dist").unwrap_or_default();
    let families: Vec<Family> = names
        .split(',')
        .map(|name| match name {
            "lnorm" => Family::LogNormal,
            "weibull" => Family::Weibull,
            _ => Family::Gamma,
        })
        .collect();
    delays_sheet(asked.sheet("data")?, &families)
}

pub(super) const OFFSPRING: Call = Call {
    name: "offspring",
    zh: "续发数：R 与离散度 k",
    en: "Numbers infected: R and dispersion k",
    sheets: &[Input::new(
        "data",
        "IN.csv",
        "每例续发数：case_id、offspring",
        "The number each case infected: case_id, offspring",
    )],
    params: &[],
    daily: None,
    work: |asked| offspring_sheet(asked.sheet("data")?),
};

pub(super) const CHAINS: Call = Call {
    name: "chains",
    zh: "传播链：聚集、代次、代间距",
    en: "Chains: clusters, generations, serial intervals",
    sheets: &[
        Input::new(
            "linelist",
            "CASES.csv",
            "病例名单：case_id，可有 onset",
            "Line list: case_id, perhaps onset",
        ),
        Input::new(
            "contacts",
            "PAIRS.csv",
            "传播对：infector、infectee",
            "Pairs: infector, infectee",
        ),
    ],
    params: &[Param::new(
        "clusters",
        Kind::Switch,
        "按聚集汇总，而非逐例",
        "One row a cluster instead of one a case",
    )],
    daily: None,
    work: |asked| {
        let view = match asked.is_set("clusters") {
            true => ChainView::Clusters,
            false => ChainView::Cases,
        };
        chains_sheet(asked.sheet("linelist")?, asked.sheet("contacts")?, view)
    },
};
