//! `epi nowcast`, `epi cfr`, `epi forecast`: what is not known yet.

use super::sheet_file::{self, OutArgs};
use crate::failure::{Failure, Outcome};
use clap::{Args, ValueEnum};
use lianfang_epi::delays::{Family, Fitted};
use lianfang_epi::nowcast::{BayesSettings, Method, Settings};
use lianfang_epi::sheets::{fatality_sheet, forecast_sheet, nowcast_sheet};
use lianfang_kernel::{Day, Words};
use std::path::PathBuf;

/// How a nowcast is done.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum MethodName {
    #[value(name = "bayes.trunc")]
    Truncated,
    #[value(name = "bayes.notrunc")]
    NotTruncated,
    #[value(name = "bayes.notrunc.bnb")]
    NotTruncatedExact,
    #[value(name = "lawless")]
    Lawless,
}

/// Arguments of `epi nowcast`.
#[derive(Args, Debug)]
pub struct NowcastArgs {
    /// 报告三角 date、X0、X1…，或名单 event_date、report_date ¦ Triangle date, X0, X1, … or list event_date, report_date
    #[arg(long, value_name = "IN.csv")]
    data: PathBuf,
    /// 截至日；省略为最后报告日 ¦ As of this day; the last report unless given
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    now: Option<Day>,
    /// 方法 ¦ Method
    #[arg(long, value_enum, default_value = "bayes.trunc")]
    method: MethodName,
    /// 最长延迟（天） ¦ Longest delay in days
    #[arg(long = "max-delay", visible_alias = "D", default_value_t = 15, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=365))]
    max_delay: u16,
    /// 只用最近几天学习延迟 ¦ Learn delays from the last days only
    #[arg(long, value_name = "N")]
    window: Option<usize>,
    /// 区间之外的概率 ¦ Probability outside of the interval
    #[arg(long, default_value_t = 0.05, value_name = "A")]
    alpha: f64,
    /// 考虑的最大日病例数 ¦ The greatest number of cases a day that is considered
    #[arg(long, default_value_t = 2000, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    most: u32,
    /// 日病例数先验均值 ¦ Mean of cases a day before the data
    #[arg(long, default_value_t = 50.0, value_name = "N")]
    prior_mean: f64,
    /// 日病例数先验方差 ¦ Variance of cases a day before the data
    #[arg(long, default_value_t = 3000.0, value_name = "V")]
    prior_var: f64,
    /// 每个延迟的先验权重（例） ¦ Weight of each delay before the data, in cases
    #[arg(long, default_value_t = 0.1, value_name = "K")]
    kappa: f64,
    #[command(flatten)]
    out: OutArgs,
}

fn parse_day(text: &str) -> Result<Day, String> {
    Day::parse(text).map_err(|error| error.to_string())
}

/// Nowcasts.
///
/// # Errors
/// What the sheet or the estimator refuses.
pub fn nowcast(args: &NowcastArgs) -> Outcome {
    if !(args.kappa > 0.0 && args.prior_mean > 0.0 && args.prior_var > args.prior_mean) {
        return Err(Failure::usage(
            Words::new("先验参数不可用", "this prior cannot be used"),
            Words::new(
                "kappa 和均值大于0，方差大于均值",
                "kappa and mean above 0, and the variance above the mean",
            ),
        ));
    }
    let prior = BayesSettings {
        kappa: args.kappa,
        mean: args.prior_mean,
        variance: args.prior_var,
    };
    let settings = Settings {
        method: match args.method {
            MethodName::Truncated => Method::Truncated(prior),
            MethodName::NotTruncated => Method::NotTruncated(prior),
            MethodName::NotTruncatedExact => Method::NotTruncatedExact,
            MethodName::Lawless => Method::Lawless { as_reference: false },
        },
        alpha: args.alpha,
        most: args.most as usize,
        window: args.window,
    };
    let table = sheet_file::read(&args.data)?;
    let told = nowcast_sheet(&table, args.now, usize::from(args.max_delay), &settings);
    sheet_file::finish(&told.map_err(|problem| sheet_file::at(&args.data, problem))?, &args.out)
}

/// Arguments of `epi cfr`.
#[derive(Args, Debug)]
pub struct CfrArgs {
    /// 每日 cases（按发病日）与 deaths ¦ Cases by onset and deaths a day: cases, deaths
    #[arg(long, value_name = "IN.csv")]
    data: PathBuf,
    /// 发病至死亡均值（天） ¦ Mean days from onset to death
    #[arg(long, value_name = "DAYS")]
    delay_mean: f64,
    /// 发病至死亡标准差（天） ¦ Standard deviation of the days from onset to death
    #[arg(long, value_name = "DAYS")]
    delay_sd: f64,
    #[command(flatten)]
    out: OutArgs,
}

/// Estimates the share that dies.
///
/// # Errors
/// What the sheet or the estimator refuses.
pub fn cfr(args: &CfrArgs) -> Outcome {
    if !(args.delay_mean > 0.0 && args.delay_sd > 0.0) {
        return Err(Failure::usage(
            Words::new(
                "延迟的均值和标准差须大于0",
                "mean and standard deviation of the delay must be above 0",
            ),
            Words::new("可由 lianfang epi delays 得到", "lianfang epi delays gives them"),
        ));
    }
    let delay = Fitted {
        family: Family::Gamma,
        first: (args.delay_mean / args.delay_sd).powi(2),
        second: args.delay_sd * args.delay_sd / args.delay_mean,
    };
    let table = sheet_file::read(&args.data)?;
    let told = fatality_sheet(&table, &delay);
    sheet_file::finish(&told.map_err(|problem| sheet_file::at(&args.data, problem))?, &args.out)
}

/// Arguments of `epi forecast`.
#[derive(Args, Debug)]
pub struct ForecastArgs {
    /// 每日病例：t 或 date，cases ¦ Cases a day: t or date, cases
    #[arg(long, value_name = "IN.csv")]
    incidence: PathBuf,
    /// 代间距均值（天） ¦ Mean of the serial interval in days
    #[arg(long, value_name = "DAYS")]
    mean_si: f64,
    /// 代间距标准差（天） ¦ Standard deviation of the serial interval in days
    #[arg(long, value_name = "DAYS")]
    std_si: f64,
    /// 预测天数 ¦ Days ahead
    #[arg(long, default_value_t = 7, value_name = "N")]
    horizon: usize,
    /// 回测起点数 ¦ Past origins that the models are scored at
    #[arg(long, default_value_t = 12, value_name = "N")]
    origins: usize,
    #[command(flatten)]
    out: OutArgs,
}

/// Forecasts.
///
/// # Errors
/// What the sheet or the estimator refuses.
pub fn forecast(args: &ForecastArgs) -> Outcome {
    let table = sheet_file::read(&args.incidence)?;
    let told = forecast_sheet(&table, args.mean_si, args.std_si, args.horizon, args.origins);
    sheet_file::finish(
        &told.map_err(|problem| sheet_file::at(&args.incidence, problem))?,
        &args.out,
    )
}
