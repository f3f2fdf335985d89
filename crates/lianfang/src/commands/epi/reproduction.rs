//! `epi rt`.

use super::sheet_file::{self, OutArgs};
use crate::failure::{Failure, Outcome};
use clap::{Args, ValueEnum};
use lianfang_epi::rt::{Bounded, Prior, Windows};
use lianfang_epi::sheets::{IntervalSource, RtOptions, interval_of, rt_sheet, sample_of};
use lianfang_kernel::Words;
use std::path::PathBuf;

/// Where the serial interval comes from.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Method {
    ParametricSi,
    NonParametricSi,
    UncertainSi,
    SiFromSample,
}

/// Arguments of `epi rt`.
#[derive(Args, Debug)]
pub struct RtArgs {
    /// 每日病例：t 或 date，local 或 cases，可有 imported、series ¦ Cases a day: t or date, local or cases, perhaps imported, series
    #[arg(long, value_name = "IN.csv")]
    incidence: PathBuf,
    /// 代间距的来源 ¦ Where the serial interval comes from
    #[arg(long, value_enum, default_value = "parametric-si")]
    method: Method,
    /// 窗宽（天） ¦ Days in a window
    #[arg(long, default_value_t = 7, value_name = "N")]
    width: usize,
    /// 窗的步长（天） ¦ Days from window to window
    #[arg(long, default_value_t = 1, value_name = "N")]
    step: usize,
    /// 首个窗的第一天，从1数起 ¦ First day of the first window, from 1
    #[arg(long, default_value_t = 2, value_name = "N")]
    first_t_start: usize,
    /// 代间距均值（天） ¦ Mean of the serial interval in days
    #[arg(long, value_name = "DAYS")]
    mean_si: Option<f64>,
    /// 代间距标准差（天） ¦ Standard deviation of the serial interval in days
    #[arg(long, value_name = "DAYS")]
    std_si: Option<f64>,
    /// 代间距表：k,w，或 k 加每个样本一列 ¦ Serial interval: k,w, or k and one column a sample
    #[arg(long, value_name = "FILE")]
    si: Option<PathBuf>,
    /// 均值的标准差 ¦ Standard deviation of the mean
    #[arg(long, value_name = "DAYS")]
    std_mean_si: Option<f64>,
    /// 均值的下限 ¦ Least mean
    #[arg(long, value_name = "DAYS")]
    min_mean_si: Option<f64>,
    /// 均值的上限 ¦ Greatest mean
    #[arg(long, value_name = "DAYS")]
    max_mean_si: Option<f64>,
    /// 标准差的标准差 ¦ Standard deviation of the standard deviation
    #[arg(long, value_name = "DAYS")]
    std_std_si: Option<f64>,
    /// 标准差的下限 ¦ Least standard deviation
    #[arg(long, value_name = "DAYS")]
    min_std_si: Option<f64>,
    /// 标准差的上限 ¦ Greatest standard deviation
    #[arg(long, value_name = "DAYS")]
    max_std_si: Option<f64>,
    /// R 先验的均值 ¦ Mean of R before the data
    #[arg(long, default_value_t = 5.0, value_name = "R")]
    mean_prior: f64,
    /// R 先验的标准差 ¦ Standard deviation of R before the data
    #[arg(long, default_value_t = 5.0, value_name = "R")]
    std_prior: f64,
    #[command(flatten)]
    out: OutArgs,
}

/// Estimates.
///
/// # Errors
/// A missing parameter of the method; what the sheet or the estimator refuses.
pub fn run(args: &RtArgs) -> Outcome {
    let table = sheet_file::read(&args.incidence)?;
    let options = RtOptions {
        interval: args.interval()?,
        windows: Windows {
            first: args.first_t_start,
            width: args.width,
            step: args.step,
        },
        prior: Prior {
            mean: args.mean_prior,
            sd: args.std_prior,
        },
    };
    let told = rt_sheet(&table, &options).map_err(|problem| sheet_file::at(&args.incidence, problem))?;
    sheet_file::finish(&told, &args.out)
}

impl RtArgs {
    fn interval(&self) -> Outcome<IntervalSource> {
        match self.method {
            Method::ParametricSi => Ok(IntervalSource::Parametric {
                mean: needed(self.mean_si, "--mean-si")?,
                sd: needed(self.std_si, "--std-si")?,
            }),
            Method::NonParametricSi => {
                let path = needed(self.si.as_ref(), "--si")?;
                let interval = interval_of(&sheet_file::read(path)?);
                Ok(IntervalSource::Known(
                    interval.map_err(|problem| sheet_file::at(path, problem))?,
                ))
            }
            Method::SiFromSample => {
                let path = needed(self.si.as_ref(), "--si")?;
                let sample = sample_of(&sheet_file::read(path)?);
                Ok(IntervalSource::Sample(
                    sample.map_err(|problem| sheet_file::at(path, problem))?,
                ))
            }
            Method::UncertainSi => Ok(IntervalSource::Uncertain {
                mean: Bounded {
                    mean: needed(self.mean_si, "--mean-si")?,
                    sd: needed(self.std_mean_si, "--std-mean-si")?,
                    min: needed(self.min_mean_si, "--min-mean-si")?,
                    max: needed(self.max_mean_si, "--max-mean-si")?,
                },
                sd: Bounded {
                    mean: needed(self.std_si, "--std-si")?,
                    sd: needed(self.std_std_si, "--std-std-si")?,
                    min: needed(self.min_std_si, "--min-std-si")?,
                    max: needed(self.max_std_si, "--max-std-si")?,
                },
            }),
        }
    }
}

/// A parameter that the method cannot do without.
fn needed<T>(value: Option<T>, name: &str) -> Outcome<T> {
    value.ok_or_else(|| {
        Failure::usage(
            Words::new(format!("此方法需要 {name}"), format!("this method needs {name}")),
            Words::new(
                "lianfang epi rt --help 列出参数",
                "lianfang epi rt --help lists what there is",
            ),
        )
    })
}
