//! `pack upgrade`: the packs of a new release with the overlay that the city has in force.

use super::activate::{Signed, sign};
use super::diff::{differences, print};
use crate::activation::{self, LoadOrTell, PackSources};
use crate::embedded;
use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::StoreArgs;
use clap::Args;
use lianfang_kernel::Words;
use std::path::PathBuf;

/// Arguments of `pack upgrade`.
#[derive(Args, Debug)]
pub struct UpgradeArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// 新的能力包目录；省略为程序自带的 ¦ Folder of the new packs; those inside the program unless given
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// 本市的覆盖目录；省略为启用的覆盖 ¦ Folder of the city's overlay; the activated one unless given
    #[arg(long, value_name = "DIR")]
    overlay: Option<PathBuf>,
    /// 只检查，不启用 ¦ Only check, activate nothing
    #[arg(long)]
    dry_run: bool,
    /// 作者的账号 ¦ The author's account
    #[arg(long, value_name = "LOGIN", required_unless_present = "dry_run")]
    author: Option<String>,
    /// 审批人的账号，不得与作者相同 ¦ The approver's account, another person than the author
    #[arg(long, value_name = "LOGIN", required_unless_present = "dry_run")]
    approver: Option<String>,
}

/// Checks the new packs with the overlay, says what is different, and activates them.
///
/// # Errors
/// The overlay no longer fits (each place was printed); author and approver are one person or have no account.
pub fn run(args: &UpgradeArgs) -> Outcome {
    let store = args.store.open_existing()?;
    let present = activation::active_sources(&store)?;
    let packs = args
        .folder
        .as_deref()
        .map_or_else(|| Ok(embedded::packs()), embedded::packs_of)?;
    let overlay = match args.overlay.as_deref() {
        Some(folder) => embedded::packs_of(folder)?,
        None => present.overlay(),
    };
    let sources = PackSources::new(packs.clone(), overlay.clone());
    sources.load()?;
    let (old_packs, old_overlay) = (present.packs(), present.overlay());
    let found = differences((&old_packs, &old_overlay), (&packs, &overlay))?;
    print(&found, false);
    if args.dry_run {
        say::out_words(&Words::new(
            "覆盖层仍然适用；没有启用。",
            "The overlay still fits; nothing was activated.",
        ));
        return Ok(());
    }
    let named = |name: &Option<String>| {
        name.clone().ok_or_else(|| {
            Failure::usage(
                Words::new("缺少作者或审批人", "author or approver is missing"),
                Words::new("加 --author 与 --approver", "add --author and --approver"),
            )
        })
    };
    let signed = Signed {
        author: named(&args.author)?,
        approver: named(&args.approver)?,
    };
    sign(&store, sources, &signed)
}
