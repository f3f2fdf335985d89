//! `epi`: estimators and detectors over sheets. What is computed, and how sheets look, is in the crate of that name; here
//! are arguments and files.

mod cases;
mod chains;
mod detectors;
mod growth;
mod outlook;
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
    /// 传播链：聚集、代次、代间距 ¦ Chains: clusters, generations, serial intervals
    Chains(chains::ChainsArgs),
    /// 现时预测：补足尚未报告的病例 ¦ Nowcast: cases that are not reported yet
    Nowcast(outlook::NowcastArgs),
    /// 病死率，按延迟校正 ¦ Fatality, corrected for deaths to come
    Cfr(outlook::CfrArgs),
    /// 短期预测与各模型的回测得分 ¦ Short forecast with each model's past score
    Forecast(outlook::ForecastArgs),
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
        EpiVerb::Chains(args) => chains::run(args),
        EpiVerb::Nowcast(args) => outlook::nowcast(args),
        EpiVerb::Cfr(args) => outlook::cfr(args),
        EpiVerb::Forecast(args) => outlook::forecast(args),
        EpiVerb::Cases(args) => cases::run(args),
    }
}
