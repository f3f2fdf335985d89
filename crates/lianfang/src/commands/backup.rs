//! `backup`: both stores, while the server runs. The master key is not in it.

use crate::activation;
use crate::failure::Outcome;
use crate::say;
use crate::store::StoreArgs;
use clap::Args;
use lianfang_kernel::{SystemClock, Words};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Arguments of `backup`.
#[derive(Args, Debug)]
pub struct BackupArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// 备份文件；密钥库写到同名 .keys ¦ File to write; the key store goes beside it with the ending .keys
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 输出 JSON ¦ Print JSON
    #[arg(long)]
    json: bool,
}

/// Copies.
///
/// # Errors
/// The files exist or cannot be written; the store.
pub fn run(args: &BackupArgs) -> Outcome {
    let store = args.store.open_existing()?;
    let ledger = store.ledger(activation::active_model(&store)?, Arc::new(SystemClock))?;
    let bar = say::progress(1, "备份", "backing up");
    let keys = keys_beside(&args.file);
    ledger.backup(&args.file, &keys, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    if args.json {
        say::json(&json!({ "file": args.file, "keys": keys }));
    } else {
        say::out_words(&Words::new(
            format!(
                "已备份到 {} 和 {}。密钥库的备份请在30天内轮换；主密钥不在其中。",
                args.file.display(),
                keys.display()
            ),
            format!(
                "Copied to {} and {}. Keep the copy of the keys for 30 days at most; the master key is not in it.",
                args.file.display(),
                keys.display()
            ),
        ));
    }
    Ok(())
}

/// Where a backup keeps the key store.
pub fn keys_beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".keys");
    PathBuf::from(name)
}
