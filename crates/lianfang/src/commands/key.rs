//! `key`: the master key, above all others.

use super::later::{Later, not_yet};
use crate::failure::Outcome;
use crate::{key_file, say};
use clap::{Args, Subcommand};
use lianfang_kernel::Words;
use std::path::PathBuf;

/// What to do with the master key.
#[derive(Debug, Subcommand)]
pub enum KeyVerb {
    /// 生成主密钥文件 ¦ Make a master key file
    Init(InitKey),
    /// 更换主密钥（以后） ¦ Change the master key (later)
    Rotate(Later),
    /// 分存主密钥（以后） ¦ Split it among several people (later)
    Split(Later),
    /// 合并找回主密钥（以后） ¦ Recover it from its parts (later)
    Recover(Later),
}

/// Arguments of `key init`.
#[derive(Args, Debug)]
pub struct InitKey {
    /// 密钥文件 ¦ The key file
    #[arg(long, env = "LIANFANG_KEY", default_value = "lianfang.key", value_name = "FILE")]
    key: PathBuf,
}

/// Does it.
///
/// # Errors
/// The file exists or cannot be written; not built yet.
pub fn run(verb: &KeyVerb) -> Outcome {
    let KeyVerb::Init(args) = verb else {
        return Err(not_yet());
    };
    key_file::create(&args.key)?;
    say::out_words(&Words::new(
        format!(
            "主密钥已写入 {}（仅本账户可读）。请离线另存一份；它不进数据库，也不进备份。",
            args.key.display()
        ),
        format!(
            "The master key is in {}, readable for this account only. Keep a copy offline: it is neither in the database nor in its backup.",
            args.key.display()
        ),
    ));
    Ok(())
}
