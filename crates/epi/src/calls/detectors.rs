//! `ears`, `cusum`, `rki`, `bayes`, `legal`, `alarms`.

use super::{Asked, Call, Daily, Input, Kind, Param};
use crate::detect::{Cusum, CusumMean, Ears, EarsMethod, Reference, Transform};
use crate::sheets::{Told, alarms_sheet, bayes_sheet, cusum_sheet, ears_sheet, legal_sheet, rki_sheet};
use crate::{Result, Table};

/// Periods before the first that CUSUM learns the mean from, unless a range says otherwise.
const TRAINING: usize = 28;

pub(super) const SERIES: Input = Input::new(
    "series",
    "IN.csv",
    "时间序列：observed，可有 t、date、population、series",
    "The series: observed, perhaps t, date, population, series",
);
pub(super) const FREQ: Param = Param::new("freq", Kind::Whole(1, 366), "每年时段数", "Periods a year").or("52");
pub(super) const RANGE: Param = Param::new(
    "range",
    Kind::Range,
    "检测的时段，如 300:312，从1数起",
    "Periods to look at, such as 300:312, from 1",
);
const DAILY: Daily = Daily {
    column: "observed",
    set: &[("freq", "365")],
};

pub(super) const EARS: Call = Call {
    name: "ears",
    zh: "EARS C1–C3 异常检测",
    en: "EARS C1 to C3: unusual counts without history",
    sheets: &[SERIES],
    params: &[
        FREQ,
        RANGE,
        Param::new("method", Kind::Choice(&["C1", "C2", "C3"]), "方法", "Method").or("C2"),
        Param::new("baseline", Kind::Whole(3, 366), "基线时段数", "Periods in the baseline").or("7"),
        Param::new(
            "alpha",
            Kind::Number,
            "误报概率；省略按方法取常用值",
            "Probability of a false alarm; usual for the method unless given",
        )
        .called("A"),
        Param::new("minSigma", Kind::Number, "最小标准差", "Least standard deviation")
            .or("0")
            .also(&["min-sigma"])
            .called("S"),
    ],
    daily: Some(DAILY),
    work: ears,
};

fn ears(asked: &Asked) -> Result<Told<Table>> {
    let usual = Ears::new(match asked.text("method") {
        Some("C1") => EarsMethod::C1,
        Some("C3") => EarsMethod::C3,
        _ => EarsMethod::C2,
    });
    let settings = Ears {
        baseline: asked.read("baseline")?,
        min_sigma: asked.read("minSigma")?,
        alpha: asked.read_if_set("alpha")?.unwrap_or(usual.alpha),
        ..usual
    };
    ears_sheet(asked.sheet("series")?, asked.read("freq")?, settings, asked.range())
}

pub(super) const CUSUM: Call = Call {
    name: "cusum",
    zh: "累积和：小幅增多逐期累加，直到报警",
    en: "CUSUM: small excesses add up until they ring",
    sheets: &[SERIES],
    params: &[
        FREQ,
        RANGE,
        Param::new("k", Kind::Number, "每期扣除的参考值", "What is taken off each period").or("1.04"),
        Param::new("h", Kind::Number, "报警的累积和", "The sum that rings").or("2.26"),
        Param::new(
            "mean",
            Kind::Choice(&["training", "seasonal"]),
            "均值取自首个时段之前：平均，或按年周期拟合",
            "What is usual, from the periods before the first: their mean, or with a yearly wave",
        )
        .or("training"),
        Param::new(
            "m",
            Kind::Number,
            "固定均值，代替 mean",
            "A mean that is known, instead of mean",
        ),
        Param::new(
            "transform",
            Kind::Choice(&[
                "none",
                "standard",
                "rossi",
                "anscombe",
                "anscombe2nd",
                "pearsonNegBin",
                "anscombeNegBin",
            ]),
            "计数的变换",
            "How counts become nearly normal",
        )
        .or("rossi")
        .also(&["trans"]),
        Param::new(
            "overdispersion",
            Kind::Number,
            "过度离散：方差=均值+此值×均值²",
            "Overdispersion: variance = mean + this × mean²",
        )
        .or("0.1"),
    ],
    daily: Some(DAILY),
    work: cusum,
};

fn cusum(asked: &Asked) -> Result<Told<Table>> {
    let freq: usize = asked.read("freq")?;
    let known: Option<f64> = asked.read_if_set("m")?;
    let (mean, least) = match (known, asked.text("mean")) {
        (Some(mean), _) => (CusumMean::Constant(mean), 1),
        (None, Some("seasonal")) => (CusumMean::Seasonal, freq + 1),
        _ => (CusumMean::Training, TRAINING + 1),
    };
    let settings = Cusum {
        k: asked.read("k")?,
        h: asked.read("h")?,
        mean,
        transform: match asked.text("transform") {
            Some("none") => Transform::None,
            Some("standard") => Transform::Standard,
            Some("anscombe") => Transform::Anscombe,
            Some("anscombe2nd") => Transform::Anscombe2nd,
            Some("pearsonNegBin") => Transform::PearsonNegBin,
            Some("anscombeNegBin") => Transform::AnscombeNegBin,
            _ => Transform::Rossi,
        },
        overdispersion: asked.read("overdispersion")?,
    };
    cusum_sheet(asked.sheet("series")?, freq, settings, asked.range(), least)
}

const VARIANT: Param = Param::new(
    "variant",
    Kind::Choice(&["1", "2", "3"]),
    "1：前6期；2：前6期加上一年同期±6；3：前两年同期±4",
    "1: the six periods before; 2: with the same of last year ±6; 3: the same of two years ±4",
)
.or("1");
const YEARS: Param = Param::new(
    "years",
    Kind::Whole(0, 20),
    "回看年数，代替 variant 的",
    "Years back, instead of the variant's",
);
const HALF_WIDTH: Param = Param::new(
    "half-width",
    Kind::Whole(0, 52),
    "同期两侧时段数，代替 variant 的",
    "Periods on each side, instead of the variant's",
)
.also(&["w"]);
const THIS_YEAR: Param = Param::new(
    "this-year",
    Kind::YesNo,
    "是否计入本年前几期，代替 variant 的",
    "Whether the periods just before count, instead of the variant's",
);

fn reference(asked: &Asked) -> Result<Reference> {
    let usual = match asked.text("variant") {
        Some("3") => (2, 4, false),
        Some("2") => (1, 6, true),
        _ => (0, 6, true),
    };
    Ok(Reference {
        years: asked.read_if_set("years")?.unwrap_or(usual.0),
        half_width: asked.read_if_set("half-width")?.unwrap_or(usual.1),
        this_year: asked.read_if_set("this-year")?.unwrap_or(usual.2),
    })
}

pub(super) const RKI: Call = Call {
    name: "rki",
    zh: "RKI 1–3：与前几周和往年同期比较",
    en: "RKI 1 to 3: against the weeks before and the same weeks of earlier years",
    sheets: &[SERIES],
    params: &[FREQ, RANGE, VARIANT, YEARS, HALF_WIDTH, THIS_YEAR],
    daily: None,
    work: |asked| {
        let (sheet, freq) = (asked.sheet("series")?, asked.read("freq")?);
        rki_sheet(sheet, freq, reference(asked)?, asked.range())
    },
};

pub(super) const BAYES: Call = Call {
    name: "bayes",
    zh: "Bayes 1–3：泊松计数的预测分布",
    en: "Bayes 1 to 3: what a Poisson count is expected to be",
    sheets: &[SERIES],
    params: &[
        FREQ,
        RANGE,
        VARIANT,
        YEARS,
        HALF_WIDTH,
        THIS_YEAR,
        Param::new("alpha", Kind::Number, "误报概率", "Probability of a false alarm")
            .or("0.05")
            .called("A"),
    ],
    daily: None,
    work: |asked| {
        let (sheet, freq) = (asked.sheet("series")?, asked.read("freq")?);
        bayes_sheet(sheet, freq, reference(asked)?, asked.read("alpha")?, asked.range())
    },
};

pub(super) const LEGAL: Call = Call {
    name: "legal",
    zh: "法定规则：一周发病超过前五年同期均值两倍",
    en: "The rule of law: a week above twice the mean of five years",
    sheets: &[SERIES],
    params: &[FREQ, RANGE],
    daily: None,
    work: |asked| legal_sheet(asked.sheet("series")?, asked.read("freq")?, asked.range()),
};

pub(super) const ALARMS: Call = Call {
    name: "alarms",
    zh: "三档灵敏度各会误报多少、多快发现上升（模拟）",
    en: "What each grade of sensitivity costs and finds, simulated",
    sheets: &[SERIES],
    params: &[
        Param::new("areas", Kind::Whole(1, 100_000), "同样的地区数", "Areas like this one").or("1"),
        Param::new("weeks", Kind::Whole(10, 5_200), "模拟的周数", "Weeks simulated").or("520"),
        Param::new("seed", Kind::Whole(0, u32::MAX), "随机种子", "Seed").or("1"),
    ],
    daily: Some(Daily {
        column: "observed",
        set: &[],
    }),
    work: |asked| {
        alarms_sheet(
            asked.sheet("series")?,
            asked.read("areas")?,
            asked.read("weeks")?,
            asked.read("seed")?,
        )
    },
};
