//! `retention run`: destroys the keys of what is past its retention.

use crate::activation;
use crate::failure::Outcome;
use crate::say;
use crate::store::{StoreArgs, wait};
use clap::{Args, Subcommand};
use lianfang_kernel::{SystemClock, Words};
use lianfang_ledger::wire::Author;
use std::sync::Arc;

/// What to do about retention.
#[derive(Debug, Subcommand)]
pub enum RetentionVerb {
    /// 销毁到期的个人信息，统计数字保留 ¦ Destroy personal data past its retention; figures stay
    Run(RunRetention),
}

/// Arguments of `retention run`.
#[derive(Args, Debug)]
pub struct RunRetention {
    #[command(flatten)]
    store: StoreArgs,
    /// 只看不销毁 ¦ Only say what would be destroyed
    #[arg(long)]
    dry_run: bool,
    /// 输出 JSON ¦ Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs it.
///
/// # Errors
/// The store.
pub fn run(verb: &RetentionVerb) -> Outcome {
    let RetentionVerb::Run(args) = verb;
    let store = args.store.open_existing()?;
    let ledger = store.ledger(activation::active_model(&store)?, Arc::new(SystemClock))?;
    let done = wait(ledger.run_retention(Author::system(), args.dry_run))?;
    if args.json {
        say::json(&done);
        return Ok(());
    }
    let (keys, subjects) = (done.destroyed, done.subjects);
    say::out_words(&if args.dry_run {
        Words::new(
            format!("到期密钥 {keys} 个，涉及 {subjects} 个对象；未销毁。"),
            format!("{keys} keys of {subjects} subjects are due; nothing was destroyed."),
        )
    } else {
        Words::new(
            format!("已销毁密钥 {keys} 个，涉及 {subjects} 个对象。"),
            format!("Destroyed {keys} keys of {subjects} subjects."),
        )
    });
    Ok(())
}
