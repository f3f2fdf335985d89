//! `nowcast`, `cfr`, `forecast`: what is not known yet.

use super::reproduction::{MEAN_SI, STD_SI};
use super::{Asked, Call, Daily, Input, Kind, Param};
use crate::nowcast::{BayesSettings, Method, Settings};
use crate::sheets::{Told, fatality_sheet, forecast_sheet, nowcast_sheet};
use crate::{Result, Table};
use lianfang_kernel::{Problem, Words};

/// At how many days in the past what is foretold is held against what came.
pub(super) const ORIGINS: Param = Param::new(
    "origins",
    Kind::Whole(1, 100),
    "回测起点数",
    "Past origins that the models are scored at",
)
.or("12");

pub(super) const NOWCAST: Call = Call {
    name: "nowcast",
    zh: "现时预测：补足尚未报告的病例",
    en: "Nowcast: cases that are not reported yet",
    sheets: &[Input::new(
        "data",
        "IN.csv",
        "报告三角 date、X0、X1…，或名单 event_date、report_date",
        "Triangle date, X0, X1, … or list event_date, report_date",
    )],
    params: &[
        Param::new(
            "now",
            Kind::Day,
            "截至日；省略为最后报告日",
            "As of this day; the last report unless given",
        ),
        Param::new(
            "method",
            Kind::Choice(&["bayes.trunc", "bayes.notrunc", "bayes.notrunc.bnb", "lawless"]),
            "方法",
            "Method",
        )
        .or("bayes.trunc"),
        Param::new(
            "max-delay",
            Kind::Whole(1, 365),
            "最长延迟（天）",
            "Longest delay in days",
        )
        .or("15")
        .also(&["D"]),
        Param::new(
            "window",
            Kind::Whole(1, 3660),
            "只用最近几天学习延迟",
            "Learn delays from the last days only",
        ),
        Param::new(
            "alpha",
            Kind::Number,
            "区间之外的概率",
            "Probability outside of the interval",
        )
        .or("0.05")
        .called("A"),
        Param::new(
            "most",
            Kind::Whole(1, 100_000),
            "考虑的最大日病例数",
            "The greatest number of cases a day that is considered",
        )
        .or("2000"),
        Param::new(
            "prior-mean",
            Kind::Number,
            "日病例数先验均值",
            "Mean of cases a day before the data",
        )
        .or("50"),
        Param::new(
            "prior-var",
            Kind::Number,
            "日病例数先验方差",
            "Variance of cases a day before the data",
        )
        .or("3000"),
        Param::new(
            "kappa",
            Kind::Number,
            "每个延迟的先验权重（例）",
            "Weight of each delay before the data, in cases",
        )
        .or("0.1"),
    ],
    daily: None,
    work: nowcast,
};

fn nowcast(asked: &Asked) -> Result<Told<Table>> {
    let prior = BayesSettings {
        kappa: asked.read("kappa")?,
        mean: asked.read("prior-mean")?,
        variance: asked.read("prior-var")?,
    };
    if !(prior.kappa > 0.0 && prior.mean > 0.0 && prior.variance > prior.mean) {
        return Err(Problem::new(
            "param_invalid",
            Words::new("先验参数不可用", "this prior cannot be used"),
            Words::new(
                "kappa 和均值大于0，方差大于均值",
                "kappa and mean above 0, and the variance above the mean",
            ),
        )
        .at("prior-var"));
    }
    let settings = Settings {
        method: match asked.text("method") {
            Some("bayes.notrunc") => Method::NotTruncated(prior),
            Some("bayes.notrunc.bnb") => Method::NotTruncatedExact,
            Some("lawless") => Method::Lawless { as_reference: false },
            _ => Method::Truncated(prior),
        },
        alpha: asked.read("alpha")?,
        most: asked.read("most")?,
        window: asked.read_if_set("window")?,
    };
    nowcast_sheet(
        asked.sheet("data")?,
        asked.day("now"),
        asked.read("max-delay")?,
        &settings,
    )
}

pub(super) const CFR: Call = Call {
    name: "cfr",
    zh: "病死率，按延迟校正",
    en: "Fatality, corrected for deaths to come",
    sheets: &[Input::new(
        "data",
        "IN.csv",
        "每日 cases（按发病日）与 deaths",
        "Cases by onset and deaths a day: cases, deaths",
    )],
    params: &[
        Param::new(
            "delay-mean",
            Kind::Number,
            "发病至死亡均值（天）",
            "Mean days from onset to death",
        )
        .called("DAYS"),
        Param::new(
            "delay-sd",
            Kind::Number,
            "发病至死亡标准差（天）",
            "Standard deviation of the days from onset to death",
        )
        .called("DAYS"),
    ],
    daily: None,
    work: cfr,
};

fn cfr(asked: &Asked) -> Result<Told<Table>> {
    let delay = asked.gamma(["delay-mean", "delay-sd"], ("延迟", "the delay"))?;
    fatality_sheet(asked.sheet("data")?, &delay)
}

pub(super) const FORECAST: Call = Call {
    name: "forecast",
    zh: "短期预测与各模型的回测得分",
    en: "Short forecast with each model's past score",
    sheets: &[Input::new(
        "incidence",
        "IN.csv",
        "每日病例：t 或 date，cases",
        "Cases a day: t or date, cases",
    )],
    params: &[
        MEAN_SI,
        STD_SI,
        Param::new("horizon", Kind::Whole(1, 28), "预测天数", "Days ahead").or("7"),
        ORIGINS,
    ],
    daily: Some(Daily {
        column: "cases",
        set: &[],
    }),
    work: |asked| {
        forecast_sheet(
            asked.sheet("incidence")?,
            asked.read("mean-si")?,
            asked.read("std-si")?,
            asked.read("horizon")?,
            asked.read("origins")?,
        )
    },
};
