//! `epi`: estimators and detectors over sheets. What is computed, and how sheets look, is in the crate of that name; here
//! are arguments and files.

mod cases;
mod detectors;
mod growth;
mod reproduction;
mod sheet_file;
mod transmission;

use crate::failure::Outcome;
use clap::Subcommand;

/// What to compute.
#[derive(Debug, Subcommand)]
pub enum EpiVerb {
    /// 各时间窗的再生数 ¦ The reproduction number in each window
    Rt(reproduction::RtArgs),
    /// EARS C1–C3 异常检测 ¦ EARS C1 to C3: unusual counts without history
    Ears(detectors::EarsArgs),
    /// Farrington 异常检测 ¦ Farrington: unusual counts against earlier years
    Farrington(detectors::FarringtonArgs),
    /// 法定规则：一周发病超过前五年同期均值两倍 ¦ The rule of law: a week above twice the mean of five years
    Legal(detectors::LegalArgs),
    /// 增长率与倍增时间，可分段 ¦ Growth rate and doubling time, perhaps in two parts
    Growth(growth::GrowthArgs),
    /// 潜伏期与各种延迟的分布 ¦ Distributions of delays such as the incubation period
    Delays(transmission::DelaysArgs),
    /// 续发数：R 与离散度 k ¦ Numbers infected: R and dispersion k
    Offspring(transmission::OffspringArgs),
    /// 重算参照案例并比对 ¦ Recompute reference cases and compare
    Cases(cases::CasesArgs),
}

/// Computes it.
///
/// # Errors
/// Files that cannot be read, sheets or settings that cannot be used.
pub fn run(verb: &EpiVerb) -> Outcome {
    match verb {
        EpiVerb::Rt(args) => reproduction::run(args),
        EpiVerb::Ears(args) => detectors::ears(args),
        EpiVerb::Farrington(args) => detectors::farrington(args),
        EpiVerb::Legal(args) => detectors::legal(args),
        EpiVerb::Growth(args) => growth::run(args),
        EpiVerb::Delays(args) => transmission::delays(args),
        EpiVerb::Offspring(args) => transmission::offspring(args),
        EpiVerb::Cases(args) => cases::run(args),
    }
}
