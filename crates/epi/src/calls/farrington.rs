//! `farrington`, `boda`.

use super::detectors::{FREQ, RANGE, SERIES};
use super::{Asked, Call, Input, Kind, Param};
use crate::detect::Delayed;
use crate::detect::farrington::{Flexible, Original, Power, Threshold};
use crate::sheets::{Told, delayed_sheet, flexible_sheet, original_sheet};
use crate::{Result, Table};

const B: Param = Param::new("b", Kind::Whole(1, 50), "回看年数", "Years to look back").or("5");
const W: Param = Param::new(
    "w",
    Kind::Whole(0, 26),
    "同期两侧时段数",
    "Periods on each side of the same period",
)
.or("3");
const PERIODS: Param = Param::new("noPeriods", Kind::Whole(1, 53), "一年分几季", "Seasons of a year")
    .or("10")
    .also(&["no-periods"]);
const PAST: Param = Param::new(
    "pastWeeksNotIncluded",
    Kind::Whole(0, 520),
    "不参与拟合的最近时段数",
    "Last periods that are not fitted",
)
.or("26")
.also(&["past-weeks-not-included"]);
const TREND: Param = Param::new("trend", Kind::YesNo, "是否考虑趋势", "Whether a trend is tried").or("true");
const ALPHA: Param = Param::new("alpha", Kind::Number, "误报概率", "Probability of a false alarm")
    .or("0.05")
    .called("A");
const LEAST: Param = Param::new(
    "limit54",
    Kind::CasesAndPeriods,
    "最近几个时段至少几例才报警，如 5,4",
    "Cases that the last periods must hold, such as 5,4",
)
.or("5,4");

pub(super) const FARRINGTON: Call = Call {
    name: "farrington",
    zh: "Farrington 异常检测",
    en: "Farrington: unusual counts against earlier years",
    sheets: &[SERIES],
    params: &[
        FREQ,
        RANGE,
        Param::new(
            "variant",
            Kind::Choice(&["flexible", "1996"]),
            "1996年原法或改进法",
            "The method of 1996 or the improved one",
        )
        .or("flexible"),
        B,
        W,
        PERIODS,
        PAST,
        Param::new(
            "reweight",
            Kind::YesNo,
            "既往暴发是否降权",
            "Whether past outbreaks are weighted down",
        )
        .or("true"),
        Param::new(
            "weightsThreshold",
            Kind::Number,
            "残差大于此值时降权",
            "Residual from which on weeks are weighted down",
        )
        .or("2.58")
        .also(&["weights-threshold"])
        .called("S"),
        Param::new(
            "thresholdMethod",
            Kind::Choice(&["delta", "nbPlugin", "muan"]),
            "上限的取法",
            "How the bound is taken",
        )
        .or("nbPlugin")
        .also(&["threshold-method"]),
        Param::new(
            "powertrans",
            Kind::Choice(&["2/3", "1/2", "none"]),
            "变换的幂",
            "Power of the transformation",
        )
        .or("2/3"),
        TREND,
        Param::new(
            "pThresholdTrend",
            Kind::Number,
            "保留趋势的显著性",
            "How sure of a trend one must be",
        )
        .or("1")
        .also(&["p-threshold-trend"])
        .called("P"),
        ALPHA,
        LEAST,
        Param::new(
            "populationOffset",
            Kind::Switch,
            "按人口率计算",
            "Model rates by population",
        )
        .also(&["population-offset"]),
    ],
    daily: None,
    work: farrington,
};

fn farrington(asked: &Asked) -> Result<Told<Table>> {
    let power = match asked.text("powertrans") {
        Some("1/2") => Power::Half,
        Some("none") => Power::One,
        _ => Power::TwoThirds,
    };
    let (sheet, freq): (&Table, usize) = (asked.sheet("series")?, asked.read("freq")?);
    let least = asked.cases_and_periods("limit54");
    if asked.text("variant") == Some("1996") {
        let settings = Original {
            b: asked.read("b")?,
            w: asked.read("w")?,
            reweight: asked.is_set("reweight"),
            alpha: asked.read("alpha")?,
            power,
            trend: asked.is_set("trend"),
            least,
        };
        return original_sheet(sheet, freq, &settings, asked.range());
    }
    let settings = Flexible {
        b: asked.read("b")?,
        w: asked.read("w")?,
        reweight: asked.is_set("reweight"),
        weights_threshold: asked.read("weightsThreshold")?,
        periods: asked.read("noPeriods")?,
        past_not_included: asked.read("pastWeeksNotIncluded")?,
        trend: asked.is_set("trend"),
        trend_p: asked.read("pThresholdTrend")?,
        threshold: match asked.text("thresholdMethod") {
            Some("delta") => Threshold::Delta,
            Some("muan") => Threshold::Muan,
            _ => Threshold::NbPlugin,
        },
        power,
        alpha: asked.read("alpha")?,
        least,
        population_offset: asked.is_set("populationOffset"),
    };
    flexible_sheet(sheet, freq, &settings, asked.range())
}

pub(super) const BODA: Call = Call {
    name: "boda",
    zh: "尚未报全的计数的异常检测",
    en: "Unusual counts while they are not complete yet",
    sheets: &[
        SERIES,
        Input::new(
            "triangle",
            "FILE",
            "报告三角：每时段一行，X0、X1……为各延迟的例数",
            "Reporting triangle: one row a period, cases by delay in X0, X1, …",
        )
        .optional(),
    ],
    params: &[FREQ, RANGE, B, W, PERIODS, PAST, TREND, ALPHA, LEAST],
    daily: None,
    work: boda,
};

fn boda(asked: &Asked) -> Result<Told<Table>> {
    let settings = Delayed {
        b: asked.read("b")?,
        w: asked.read("w")?,
        periods: asked.read("noPeriods")?,
        past_not_included: asked.read("pastWeeksNotIncluded")?,
        trend: asked.is_set("trend"),
        alpha: asked.read("alpha")?,
        least: asked.cases_and_periods("limit54"),
    };
    let triangle = match asked.has_sheet("triangle") {
        true => Some(asked.sheet("triangle")?),
        false => None,
    };
    delayed_sheet(
        asked.sheet("series")?,
        triangle,
        asked.read("freq")?,
        &settings,
        asked.range(),
    )
}
