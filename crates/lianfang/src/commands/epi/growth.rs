//! `epi growth`.

use super::sheet_file::{self, OutArgs};
use crate::failure::Outcome;
use clap::Args;
use lianfang_epi::sheets::{Split, growth_sheet};
use lianfang_kernel::Day;
use std::path::PathBuf;

/// Arguments of `epi growth`.
#[derive(Args, Debug)]
pub struct GrowthArgs {
    /// 流行曲线：date、count，可有 series ¦ The curve: date, count, perhaps series
    #[arg(long, value_name = "IN.csv")]
    incidence: PathBuf,
    /// 每行几天 ¦ Days of each row
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=366))]
    interval: u32,
    /// 分段：none、optim 或日期 ¦ Where to split: none, optim or a day
    #[arg(long, default_value = "none", value_name = "none|optim|DATE", value_parser = parse_split)]
    split: Split,
    #[command(flatten)]
    out: OutArgs,
}

fn parse_split(text: &str) -> Result<Split, String> {
    match text {
        "none" => Ok(Split::None),
        "optim" => Ok(Split::Best),
        day => Day::parse(day).map(Split::At).map_err(|error| error.to_string()),
    }
}

/// Fits the lines.
///
/// # Errors
/// What the sheet or the estimator refuses.
pub fn run(args: &GrowthArgs) -> Outcome {
    let table = sheet_file::read(&args.incidence)?;
    let told = growth_sheet(&table, args.interval, args.split);
    sheet_file::finish(
        &told.map_err(|problem| sheet_file::at(&args.incidence, problem))?,
        &args.out,
    )
}
