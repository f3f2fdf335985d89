//! `epi chains`.

use super::sheet_file::{self, OutArgs};
use crate::failure::Outcome;
use clap::Args;
use lianfang_epi::sheets::{ChainView, chains_sheet};
use std::path::PathBuf;

/// Arguments of `epi chains`.
#[derive(Args, Debug)]
pub struct ChainsArgs {
    /// 病例名单：case_id，可有 onset ¦ Line list: case_id, perhaps onset
    #[arg(long, value_name = "CASES.csv")]
    linelist: PathBuf,
    /// 传播对：infector、infectee ¦ Pairs: infector, infectee
    #[arg(long, value_name = "PAIRS.csv")]
    contacts: PathBuf,
    /// 按聚集汇总，而非逐例 ¦ One row a cluster instead of one a case
    #[arg(long)]
    clusters: bool,
    #[command(flatten)]
    out: OutArgs,
}

/// Builds the chains.
///
/// # Errors
/// What the sheets hold that makes no chain.
pub fn run(args: &ChainsArgs) -> Outcome {
    let (list, pairs) = (sheet_file::read(&args.linelist)?, sheet_file::read(&args.contacts)?);
    let view = if args.clusters {
        ChainView::Clusters
    } else {
        ChainView::Cases
    };
    sheet_file::finish(&chains_sheet(&list, &pairs, view)?, &args.out)
}
