//! `duplicates`: looks for pairs among our own people that may be one person, and proposes them for somebody to decide.

use super::import::staff_named;
use crate::activation;
use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::StoreArgs;
use clap::Args;
use lianfang_kernel::{SystemClock, Words};
use lianfang_ledger::read::Sight;
use lianfang_ledger::wire::Author;
use lianfang_server::{PROPOSALS, search_duplicates};
use std::sync::Arc;

/// Arguments of `duplicates`.
#[derive(Args, Debug)]
pub struct DuplicatesArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// 以该账号的权限和辖区查找；省略则为本机安装，查全市 ¦ With the rights and the area of this account; as the installation itself, everywhere, unless given
    #[arg(long = "as", value_name = "LOGIN")]
    login: Option<String>,
    /// 输出 JSON ¦ Print JSON
    #[arg(long)]
    json: bool,
}

/// Compares our own people with each other. A pair is proposed once; nothing is merged.
///
/// # Errors
/// The account may not propose; the pack is not there; the database.
pub fn run(args: &DuplicatesArgs) -> Outcome {
    let store = args.store.open_existing()?;
    let ledger = store.ledger(activation::active_model(&store)?, Arc::new(SystemClock))?;
    if !ledger.snapshot().model.registers.contains_key(PROPOSALS) {
        return Err(Failure::new(
            Words::new("没有启用能力包 linkage", "the pack linkage is not active"),
            Words::new(
                "用 lianfang pack activate 启用",
                "activate it with lianfang pack activate",
            ),
        ));
    }
    let (author, sight) = match &args.login {
        Some(name) => {
            let staff = staff_named(&ledger, name, PROPOSALS)?;
            (staff.author, staff.sight)
        }
        None => (Author::system(), Sight::All),
    };
    let bar = say::progress(0, "比对与提出", "comparing and proposing");
    let found = search_duplicates(&ledger, &author, &sight, &mut |done, of| {
        bar.set_length(u64::try_from(of).unwrap_or(0));
        bar.set_position(u64::try_from(done).unwrap_or(0));
    });
    bar.finish_and_clear();
    let found = found?;
    if args.json {
        say::json(&found);
        return Ok(());
    }
    let words = Words::new(
        "比对{people}人，可能重复{pairs}对，其中{known}对提出过或已有结论；新提出{new}对，另有{left}对下次提出。",
        "{people} people compared, {pairs} pairs, {known} of them proposed or decided before; {new} proposed now, {left} left for the next search.",
    );
    let words = words
        .with("people", found.people)
        .with("pairs", found.pairs)
        .with("known", found.known)
        .with("new", found.proposed)
        .with("left", found.left);
    say::out_words(&words);
    Ok(())
}
