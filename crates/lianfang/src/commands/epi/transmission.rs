//! `epi delays`, `epi offspring`: how long it takes from case to case, and how many there are.

use super::sheet_file::{self, OutArgs};
use crate::failure::Outcome;
use clap::{Args, ValueEnum};
use lianfang_epi::delays::Family;
use lianfang_epi::sheets::{delays_sheet, offspring_sheet};
use std::path::PathBuf;

/// A family of distributions.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum FamilyName {
    #[value(name = "gamma")]
    Gamma,
    #[value(name = "lnorm")]
    LogNormal,
    #[value(name = "weibull")]
    Weibull,
}

/// Arguments of `epi delays`.
#[derive(Args, Debug)]
pub struct DelaysArgs {
    /// 间隔（天）：left、right，或 EL、ER、SL、SR、type ¦ Delays in days: left, right, or EL, ER, SL, SR, type
    #[arg(long, value_name = "IN.csv")]
    data: PathBuf,
    /// 分布，可多个 ¦ Distributions, may be several
    #[arg(long, value_enum, value_delimiter = ',', default_values = ["gamma", "lnorm", "weibull"])]
    dist: Vec<FamilyName>,
    #[command(flatten)]
    out: OutArgs,
}

/// Fits the distributions.
///
/// # Errors
/// What the sheet or the estimator refuses.
pub fn delays(args: &DelaysArgs) -> Outcome {
    let table = sheet_file::read(&args.data)?;
    let family = |name: &FamilyName| match name {
        FamilyName::Gamma => Family::Gamma,
        FamilyName::LogNormal => Family::LogNormal,
        FamilyName::Weibull => Family::Weibull,
    };
    let families: Vec<Family> = args.dist.iter().map(family).collect();
    let told = delays_sheet(&table, &families);
    sheet_file::finish(&told.map_err(|problem| sheet_file::at(&args.data, problem))?, &args.out)
}

/// Arguments of `epi offspring`.
#[derive(Args, Debug)]
pub struct OffspringArgs {
    /// 每例续发数：case_id、offspring ¦ The number each case infected: case_id, offspring
    #[arg(long, value_name = "IN.csv")]
    data: PathBuf,
    #[command(flatten)]
    out: OutArgs,
}

/// Estimates R and k.
///
/// # Errors
/// What the sheet or the estimator refuses.
pub fn offspring(args: &OffspringArgs) -> Outcome {
    let table = sheet_file::read(&args.data)?;
    let told = offspring_sheet(&table);
    sheet_file::finish(&told.map_err(|problem| sheet_file::at(&args.data, problem))?, &args.out)
}
