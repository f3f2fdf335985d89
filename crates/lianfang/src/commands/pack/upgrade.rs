//! `pack upgrade`: the packs of a new release with the overlay that the city has in force.

use super::activate::{Signed, sign};
use super::diff::{differences, print};
use crate::activation::{self, LoadOrTell, PackSources, told};
use crate::embedded;
use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::StoreArgs;
use clap::Args;
use lianfang_kernel::Words;
use lianfang_policy::difference::Difference;
use lianfang_policy::{Item, ItemKey, Source, items};
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

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
    /// 已核对不兼容之处和本市另有规定之处 ¦ What breaks, and what the city has rules of its own for, was looked at
    #[arg(long)]
    checked: bool,
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
    let packs = new_packs(args.folder.as_deref(), &present)?;
    let overlay = match args.overlay.as_deref() {
        Some(folder) => embedded::packs_of(folder)?,
        None => present.overlay(),
    };
    let sources = PackSources::new(packs.clone(), overlay.clone());
    sources.load()?;
    let (old_packs, old_overlay) = (present.packs(), present.overlay());
    let found = differences((&old_packs, &old_overlay), (&packs, &overlay))?;
    print(&found, false);
    let own = own_rules(&differences((&old_packs, &[]), (&packs, &[]))?, &overlay)?;
    for words in &own {
        say::out(format!("  ! {}", words.get(say::lang())));
    }
    let breaking = found.iter().filter(|one| !one.breaking.is_empty()).count();
    if args.dry_run {
        say::out_words(&Words::new(
            "覆盖层仍然适用；没有启用。",
            "The overlay still fits; nothing was activated.",
        ));
        return Ok(());
    }
    if !args.checked && breaking + own.len() > 0 {
        return Err(not_checked(breaking, own.len()));
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

/// The packs to come: those of the folder or of the program. A pack of the city's own that neither brings stays as it is.
fn new_packs(folder: Option<&Path>, present: &PackSources) -> Outcome<Vec<Source>> {
    let mut packs = folder.map_or_else(|| Ok(embedded::packs()), embedded::packs_with_own)?;
    let brought: HashSet<String> = packs.iter().map(embedded::pack_of).collect();
    let stays = |source: &Source| {
        let id = embedded::pack_of(source);
        !brought.contains(&id) && !embedded::has_pack(&id)
    };
    packs.extend(present.packs().into_iter().filter(stays));
    Ok(packs)
}

/// Where the new packs say something else of what the city has rules, settings or versions of its own for: the city's stand
/// above them, so that what is new says nothing there.
fn own_rules(found: &[Difference], overlay: &[Source]) -> Outcome<Vec<Words>> {
    let theirs = items(&[], overlay).map_err(|findings| told(&findings))?;
    // What a city adds to a list stands beside the pack's own values and hides none.
    let hides = |key: &ItemKey| matches!(key.table, "rule" | "setting" | "protocol");
    let changed: BTreeSet<(&str, &str)> = found.iter().map(|one| (one.key.table, one.key.id.as_str())).collect();
    let met = theirs
        .iter()
        .filter(|(key, _)| hides(key) && changed.contains(&(key.table, key.id.as_str())));
    let words = |(key, item): (&ItemKey, &Item)| {
        Words::new(
            "{t} {id}：新版有改动，本市另有规定（{f}:{n}），仍以本市的为先，请核对",
            "{t} {id}: the new packs change it, and the city has its own at {f}:{n}, which stands above: look at both",
        )
        .with("t", key.table)
        .with("id", &key.id)
        .with("f", &item.file)
        .with("n", item.line)
    };
    Ok(met.map(words).collect())
}

fn not_checked(breaking: usize, own: usize) -> Failure {
    Failure::new(
        Words::new(
            format!("有 {breaking} 处不兼容，{own} 处本市另有规定，没有启用"),
            format!(
                "{breaking} places break what was written, {own} have rules of the city's own; nothing was activated"
            ),
        ),
        Words::new(
            "逐处核对后加 --checked；先用 lianfang preview 看影响到谁",
            "look at each, then add --checked; lianfang preview tells whom it touches",
        ),
    )
}
