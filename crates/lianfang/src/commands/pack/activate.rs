//! `pack activate`: packs come into force by an author and another person as approver.

use super::PackArgs;
use crate::activation::{LoadOrTell, PackSources};
use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::{Store, StoreArgs, wait};
use clap::Args;
use lianfang_kernel::{SystemClock, Words};
use std::sync::Arc;

/// Arguments of `pack activate`.
#[derive(Args, Debug)]
pub struct ActivateArgs {
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    packs: PackArgs,
    /// 作者的账号 ¦ The author's account
    #[arg(long, value_name = "LOGIN")]
    author: String,
    /// 审批人的账号，不得与作者相同 ¦ The approver's account, another person than the author
    #[arg(long, value_name = "LOGIN")]
    approver: String,
}

/// Who puts packs in force.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The author's account.
    pub author: String,
    /// The approver's.
    pub approver: String,
}

/// Activates; a server that runs takes it up at its next write.
///
/// # Errors
/// Author and approver are one person or have no account; the packs do not load.
pub fn run(args: &ActivateArgs) -> Outcome {
    let signed = Signed {
        author: args.author.clone(),
        approver: args.approver.clone(),
    };
    sign(&args.store.open_existing()?, args.packs.sources()?, &signed)
}

/// Puts packs in force by an author and another person as approver.
///
/// # Errors
/// As [`run`].
pub fn sign(store: &Store, sources: PackSources, signed: &Signed) -> Outcome {
    if signed.author.trim() == signed.approver.trim() {
        return Err(Failure::new(
            Words::new(
                "作者和审批人不能是同一人",
                "author and approver cannot be the same person",
            ),
            Words::new("请由另一人审批：--approver", "another person approves: --approver"),
        ));
    }
    for name in [&signed.author, &signed.approver] {
        has_account(store, name)?;
    }
    let model = Arc::new(sources.load()?.model);
    let ledger = store.ledger(model.clone(), Arc::new(SystemClock))?;
    let activation = wait(ledger.activate(sources, model, (signed.author.clone(), signed.approver.clone())))?;
    say::out_words(&Words::new(
        format!("已启用 {}；正在运行的服务在下一次写入时采用。", activation.digest),
        format!(
            "Activated {}; a server that runs takes it up at its next write.",
            activation.digest
        ),
    ));
    Ok(())
}

fn has_account(store: &Store, name: &str) -> Outcome {
    let sql = "select id from login where name = $1 and locked_at is null";
    if store.database.reader()?.query_opt(sql, &[name.into()])?.is_some() {
        return Ok(());
    }
    Err(Failure::new(
        Words::new(
            format!("没有可用的账号 {name}"),
            format!("there is no usable account {name}"),
        ),
        Words::new("lianfang user list 列出账号", "lianfang user list shows them"),
    ))
}
