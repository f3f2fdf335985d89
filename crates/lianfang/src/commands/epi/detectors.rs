//! `epi ears`, `epi farrington`, `epi legal`.

use super::sheet_file::{self, OutArgs};
use crate::failure::Outcome;
use clap::{ArgAction, Args, ValueEnum};
use lianfang_epi::detect::farrington::{Flexible, Original, Power, Threshold};
use lianfang_epi::detect::{Ears, EarsMethod};
use lianfang_epi::sheets::{DetectRange, ears_sheet, flexible_sheet, legal_sheet, original_sheet};
use std::path::PathBuf;

/// What every detector reads.
#[derive(Args, Debug)]
struct SeriesArgs {
    /// 时间序列：observed，可有 t、date、population、series ¦ The series: observed, perhaps t, date, population, series
    #[arg(long = "series", value_name = "IN.csv")]
    series: PathBuf,
    /// 每年时段数 ¦ Periods a year
    #[arg(long, default_value_t = 52, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=366))]
    freq: u16,
    /// 检测的时段，如 300:312，从1数起 ¦ Periods to look at, such as 300:312, from 1
    #[arg(long, value_name = "FIRST:LAST", value_parser = parse_range)]
    range: Option<DetectRange>,
    #[command(flatten)]
    out: OutArgs,
}

/// Reads `300:312`, `300:` or `300`.
fn parse_range(text: &str) -> Result<DetectRange, String> {
    let number = |part: &str| match part {
        "" => Ok(None),
        _ => part.parse().map(Some).map_err(|error| format!("{part}: {error}")),
    };
    match text.split_once(':') {
        Some((first, last)) => Ok(DetectRange {
            first: number(first)?,
            last: number(last)?,
        }),
        None => {
            let one = number(text)?;
            Ok(DetectRange { first: one, last: one })
        }
    }
}

/// Which EARS.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum EarsName {
    #[value(name = "C1")]
    C1,
    #[value(name = "C2")]
    C2,
    #[value(name = "C3")]
    C3,
}

/// Arguments of `epi ears`.
#[derive(Args, Debug)]
pub struct EarsArgs {
    #[command(flatten)]
    common: SeriesArgs,
    /// 方法 ¦ Method
    #[arg(long, value_enum, default_value = "C2", ignore_case = true)]
    method: EarsName,
    /// 基线时段数 ¦ Periods in the baseline
    #[arg(long, default_value_t = 7, value_name = "N")]
    baseline: usize,
    /// 误报概率；省略按方法取常用值 ¦ Probability of a false alarm; usual for the method unless given
    #[arg(long, value_name = "A")]
    alpha: Option<f64>,
    /// 最小标准差 ¦ Least standard deviation
    #[arg(long = "minSigma", alias = "min-sigma", default_value_t = 0.0, value_name = "S")]
    min_sigma: f64,
}

/// Looks with EARS.
///
/// # Errors
/// What the sheet or the detector refuses.
pub fn ears(args: &EarsArgs) -> Outcome {
    let method = match args.method {
        EarsName::C1 => EarsMethod::C1,
        EarsName::C2 => EarsMethod::C2,
        EarsName::C3 => EarsMethod::C3,
    };
    let usual = Ears::new(method);
    let settings = Ears {
        baseline: args.baseline,
        min_sigma: args.min_sigma,
        alpha: args.alpha.unwrap_or(usual.alpha),
        ..usual
    };
    args.common
        .look(|table, freq, range| ears_sheet(table, freq, settings, range))
}

/// Which of Farrington's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Variant {
    #[value(name = "flexible")]
    Flexible,
    #[value(name = "1996")]
    Original,
}

/// How the bound is taken.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum ThresholdName {
    #[value(name = "delta")]
    Delta,
    #[value(name = "nbPlugin")]
    NbPlugin,
    #[value(name = "muan")]
    Muan,
}

/// The power of a transformation.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum PowerName {
    #[value(name = "2/3")]
    TwoThirds,
    #[value(name = "1/2")]
    Half,
    #[value(name = "none")]
    One,
}

/// Cases that so many last periods must hold.
#[derive(Clone, Copy, Debug)]
struct Least(f64, usize);

/// Reads `5,4`.
fn parse_least(text: &str) -> Result<Least, String> {
    let parts = text.split_once(',').and_then(|(cases, periods)| {
        let cases: u32 = cases.trim().parse().ok()?;
        let periods: usize = periods.trim().parse().ok()?;
        Some(Least(f64::from(cases), periods))
    });
    parts.ok_or_else(|| format!("{text}: 5,4"))
}

/// Arguments of `epi farrington`.
#[derive(Args, Debug)]
pub struct FarringtonArgs {
    #[command(flatten)]
    common: SeriesArgs,
    /// 1996年原法或改进法 ¦ The method of 1996 or the improved one
    #[arg(long, value_enum, default_value = "flexible")]
    variant: Variant,
    /// 回看年数 ¦ Years to look back
    #[arg(long, default_value_t = 5, value_name = "N")]
    b: usize,
    /// 同期两侧时段数 ¦ Periods on each side of the same period
    #[arg(long, default_value_t = 3, value_name = "N")]
    w: usize,
    /// 一年分几季 ¦ Seasons of a year
    #[arg(long = "noPeriods", alias = "no-periods", default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=53))]
    periods: u8,
    /// 不参与拟合的最近时段数 ¦ Last periods that are not fitted
    #[arg(
        long = "pastWeeksNotIncluded",
        alias = "past-weeks-not-included",
        default_value_t = 26,
        value_name = "N"
    )]
    past: usize,
    /// 既往暴发是否降权 ¦ Whether past outbreaks are weighted down
    #[arg(long, default_value_t = true, action = ArgAction::Set, value_name = "true|false")]
    reweight: bool,
    /// 残差大于此值时降权 ¦ Residual from which on weeks are weighted down
    #[arg(
        long = "weightsThreshold",
        alias = "weights-threshold",
        default_value_t = 2.58,
        value_name = "S"
    )]
    weights_threshold: f64,
    /// 上限的取法 ¦ How the bound is taken
    #[arg(
        long = "thresholdMethod",
        alias = "threshold-method",
        value_enum,
        default_value = "nbPlugin"
    )]
    threshold: ThresholdName,
    /// 变换的幂 ¦ Power of the transformation
    #[arg(long, value_enum, default_value = "2/3")]
    powertrans: PowerName,
    /// 是否考虑趋势 ¦ Whether a trend is tried
    #[arg(long, default_value_t = true, action = ArgAction::Set, value_name = "true|false")]
    trend: bool,
    /// 保留趋势的显著性 ¦ How sure of a trend one must be
    #[arg(
        long = "pThresholdTrend",
        alias = "p-threshold-trend",
        default_value_t = 1.0,
        value_name = "P"
    )]
    trend_p: f64,
    /// 误报概率 ¦ Probability of a false alarm
    #[arg(long, default_value_t = 0.05, value_name = "A")]
    alpha: f64,
    /// 最近几个时段至少几例才报警，如 5,4 ¦ Cases that the last periods must hold, such as 5,4
    #[arg(long = "limit54", value_name = "CASES,PERIODS", default_value = "5,4", value_parser = parse_least)]
    least: Least,
    /// 按人口率计算 ¦ Model rates by population
    #[arg(long = "populationOffset", alias = "population-offset")]
    population_offset: bool,
}

/// Looks with Farrington's detector.
///
/// # Errors
/// What the sheet or the detector refuses.
pub fn farrington(args: &FarringtonArgs) -> Outcome {
    let power = match args.powertrans {
        PowerName::TwoThirds => Power::TwoThirds,
        PowerName::Half => Power::Half,
        PowerName::One => Power::One,
    };
    let Least(cases, periods) = args.least;
    let least = (cases, periods);
    if args.variant == Variant::Original {
        let settings = Original {
            b: args.b,
            w: args.w,
            reweight: args.reweight,
            alpha: args.alpha,
            power,
            trend: args.trend,
            least,
        };
        return args
            .common
            .look(|table, freq, range| original_sheet(table, freq, &settings, range));
    }
    let settings = Flexible {
        b: args.b,
        w: args.w,
        reweight: args.reweight,
        weights_threshold: args.weights_threshold,
        periods: usize::from(args.periods),
        past_not_included: args.past,
        trend: args.trend,
        trend_p: args.trend_p,
        threshold: match args.threshold {
            ThresholdName::Delta => Threshold::Delta,
            ThresholdName::NbPlugin => Threshold::NbPlugin,
            ThresholdName::Muan => Threshold::Muan,
        },
        power,
        alpha: args.alpha,
        least,
        population_offset: args.population_offset,
    };
    args.common
        .look(|table, freq, range| flexible_sheet(table, freq, &settings, range))
}

/// Arguments of `epi legal`.
#[derive(Args, Debug)]
pub struct LegalArgs {
    #[command(flatten)]
    common: SeriesArgs,
}

/// Looks with the rule of law.
///
/// # Errors
/// What the sheet refuses.
pub fn legal(args: &LegalArgs) -> Outcome {
    args.common.look(legal_sheet)
}

type Sheet = lianfang_epi::Result<lianfang_epi::sheets::Told<lianfang_epi::Table>>;

impl SeriesArgs {
    fn look(&self, detector: impl Fn(&lianfang_epi::Table, usize, DetectRange) -> Sheet) -> Outcome {
        let table = sheet_file::read(&self.series)?;
        let told = detector(&table, usize::from(self.freq), self.range.unwrap_or_default());
        sheet_file::finish(
            &told.map_err(|problem| sheet_file::at(&self.series, problem))?,
            &self.out,
        )
    }
}
