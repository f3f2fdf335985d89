//! `rt`.

use super::{Asked, Call, Daily, Input, Kind, Param};
use crate::rt::{Bounded, Prior, Windows};
use crate::sheets::{IntervalSource, RtOptions, Told, case_rt_sheet, interval_of, rt_sheet, sample_of};
use crate::{Result, Table};

const METHODS: &[&str] = &[
    "parametric-si",
    "non-parametric-si",
    "uncertain-si",
    "si-from-sample",
    "wallinga-teunis",
];

/// Mean of a serial interval, as every call that needs one takes it.
pub(super) const MEAN_SI: Param = Param::new(
    "mean-si",
    Kind::Number,
    "代间距均值（天）",
    "Mean of the serial interval in days",
)
.called("DAYS");

/// Its standard deviation.
pub(super) const STD_SI: Param = Param::new(
    "std-si",
    Kind::Number,
    "代间距标准差（天）",
    "Standard deviation of the serial interval in days",
)
.called("DAYS");

pub(super) const RT: Call = Call {
    name: "rt",
    zh: "各时间窗的再生数",
    en: "The reproduction number in each window",
    sheets: &[
        Input::new(
            "incidence",
            "IN.csv",
            "每日病例：t 或 date，local 或 cases，可有 imported、series",
            "Cases a day: t or date, local or cases, perhaps imported, series",
        ),
        Input::new(
            "si",
            "FILE",
            "代间距表：k,w，或 k 加每个样本一列",
            "Serial interval: k,w, or k and one column a sample",
        )
        .optional(),
    ],
    params: &[
        Param::new(
            "method",
            Kind::Choice(METHODS),
            "代间距的来源，或按病例代次的 wallinga-teunis",
            "Where the serial interval comes from, or wallinga-teunis: by cohort of cases",
        )
        .or("parametric-si"),
        Param::new("width", Kind::Whole(1, 3660), "窗宽（天）", "Days in a window").or("7"),
        Param::new(
            "step",
            Kind::Whole(1, 3660),
            "窗的步长（天）",
            "Days from window to window",
        )
        .or("1"),
        Param::new(
            "first-t-start",
            Kind::Whole(2, 100_000),
            "首个窗的第一天，从1数起",
            "First day of the first window, from 1",
        )
        .or("2"),
        MEAN_SI,
        STD_SI,
        Param::new(
            "std-mean-si",
            Kind::Number,
            "均值的标准差",
            "Standard deviation of the mean",
        )
        .called("DAYS"),
        Param::new("min-mean-si", Kind::Number, "均值的下限", "Least mean").called("DAYS"),
        Param::new("max-mean-si", Kind::Number, "均值的上限", "Greatest mean").called("DAYS"),
        Param::new(
            "std-std-si",
            Kind::Number,
            "标准差的标准差",
            "Standard deviation of the standard deviation",
        )
        .called("DAYS"),
        Param::new("min-std-si", Kind::Number, "标准差的下限", "Least standard deviation").called("DAYS"),
        Param::new(
            "max-std-si",
            Kind::Number,
            "标准差的上限",
            "Greatest standard deviation",
        )
        .called("DAYS"),
        Param::new("mean-prior", Kind::Number, "R 先验的均值", "Mean of R before the data")
            .or("5")
            .called("R"),
        Param::new(
            "std-prior",
            Kind::Number,
            "R 先验的标准差",
            "Standard deviation of R before the data",
        )
        .or("5")
        .called("R"),
    ],
    daily: Some(Daily {
        column: "cases",
        set: &[],
    }),
    work: rt,
};

fn rt(asked: &Asked) -> Result<Told<Table>> {
    let windows = Windows {
        first: asked.read("first-t-start")?,
        width: asked.read("width")?,
        step: asked.read("step")?,
    };
    let prior = Prior {
        mean: asked.read("mean-prior")?,
        sd: asked.read("std-prior")?,
    };
    let sheet = asked.sheet("incidence")?;
    if asked.text("method") == Some("wallinga-teunis") {
        let interval = match asked.has_sheet("si") {
            true => IntervalSource::Known(asked.read_sheet("si", interval_of)?),
            false => parametric(asked)?,
        };
        return case_rt_sheet(sheet, &interval, windows);
    }
    let interval = interval(asked)?;
    rt_sheet(
        sheet,
        &RtOptions {
            interval,
            windows,
            prior,
        },
    )
}

fn parametric(asked: &Asked) -> Result<IntervalSource> {
    Ok(IntervalSource::Parametric {
        mean: asked.read("mean-si")?,
        sd: asked.read("std-si")?,
    })
}

fn interval(asked: &Asked) -> Result<IntervalSource> {
    match asked.text("method") {
        Some("non-parametric-si") => Ok(IntervalSource::Known(asked.read_sheet("si", interval_of)?)),
        Some("si-from-sample") => Ok(IntervalSource::Sample(asked.read_sheet("si", sample_of)?)),
        Some("uncertain-si") => Ok(IntervalSource::Uncertain {
            mean: Bounded {
                mean: asked.read("mean-si")?,
                sd: asked.read("std-mean-si")?,
                min: asked.read("min-mean-si")?,
                max: asked.read("max-mean-si")?,
            },
            sd: Bounded {
                mean: asked.read("std-si")?,
                sd: asked.read("std-std-si")?,
                min: asked.read("min-std-si")?,
                max: asked.read("max-std-si")?,
            },
        }),
        _ => parametric(asked),
    }
}
