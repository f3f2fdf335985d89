//! `key`: the master key, above all others.

use crate::activation;
use crate::failure::{Failure, Outcome};
use crate::key_parts::MOST_PARTS;
use crate::store::{Store, StoreArgs, wait};
use crate::{key_file, key_parts, say};
use clap::{Args, Subcommand};
use lianfang_kernel::{SystemClock, Words};
use lianfang_ledger::{AuditLine, MasterKey};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What to do with the master key.
#[derive(Debug, Subcommand)]
pub enum KeyVerb {
    /// 生成主密钥文件 ¦ Make a master key file
    Init(InitKey),
    /// 更换主密钥：先停止服务；中断后再次运行即可继续 ¦ Change the master key: stop the server first; run it again if it was interrupted
    Rotate(RotateKey),
    /// 分存主密钥：几份交几人，其中若干份即可找回 ¦ Split it among several people, some of whom recover it together
    Split(SplitKey),
    /// 合并找回主密钥 ¦ Recover it from its parts
    Recover(RecoverKey),
}

/// Arguments of `key init`.
#[derive(Args, Debug)]
pub struct InitKey {
    /// 密钥文件 ¦ The key file
    #[arg(long, env = "LIANFANG_KEY", default_value = "lianfang.key", value_name = "FILE")]
    key: PathBuf,
}

/// Arguments of `key split`.
#[derive(Args, Debug)]
pub struct SplitKey {
    /// 密钥文件 ¦ The key file
    #[arg(long, env = "LIANFANG_KEY", default_value = "lianfang.key", value_name = "FILE")]
    key: PathBuf,
    /// 共分几份 ¦ How many parts
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u8).range(2..=i64::from(MOST_PARTS)))]
    parts: u8,
    /// 几份即可找回 ¦ How many of them make the key again
    #[arg(long, default_value_t = 3, value_name = "N")]
    needed: u8,
    /// 写入此文件夹，每份一个文件 ¦ The folder for the parts, a file each
    #[arg(long, default_value = ".", value_name = "DIR")]
    out: PathBuf,
}

/// Arguments of `key recover`.
#[derive(Args, Debug)]
pub struct RecoverKey {
    /// 各份的文件 ¦ Files of the parts
    #[arg(required = true, value_name = "PART")]
    parts: Vec<PathBuf>,
    /// 写出的密钥文件 ¦ The key file to write
    #[arg(long, env = "LIANFANG_KEY", default_value = "lianfang.key", value_name = "FILE")]
    key: PathBuf,
}

/// Arguments of `key rotate`.
#[derive(Args, Debug)]
pub struct RotateKey {
    #[command(flatten)]
    store: StoreArgs,
}

/// Does it.
///
/// # Errors
/// A file exists, or cannot be read or written; parts that do not fit; the store.
pub fn run(verb: &KeyVerb) -> Outcome {
    match verb {
        KeyVerb::Init(args) => init(args),
        KeyVerb::Split(args) => split(args),
        KeyVerb::Recover(args) => recover(args),
        KeyVerb::Rotate(args) => rotate(args),
    }
}

fn split(args: &SplitKey) -> Outcome {
    let key = key_file::read(&args.key)?;
    std::fs::create_dir_all(&args.out).map_err(|error| Failure::file(&args.out, error))?;
    let parts = key_parts::split(&key, args.parts, args.needed)?;
    for (number, part) in (1..).zip(&parts) {
        let about = format!(
            "# 联防主密钥第{number}份，共{n}份，任意{k}份可找回：lianfang key recover\n\
             # Part {number} of {n} of the Lianfang master key; any {k} recover it: lianfang key recover\n{part}\n",
            n = args.parts,
            k = args.needed,
        );
        key_file::write_private(&args.out.join(format!("key-part-{number}.txt")), about.as_bytes())?;
    }
    say::out_words(&Words::new(
        format!("已写入{}份。请分别交给不同的人，然后删除这里的文件。", args.parts),
        format!(
            "{} parts are written. Hand them to different people, then delete the files here.",
            args.parts
        ),
    ));
    Ok(())
}

fn recover(args: &RecoverKey) -> Outcome {
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
        Ok((path.display().to_string(), text))
    };
    let parts = args.parts.iter().map(read).collect::<Outcome<Vec<_>>>()?;
    let key = key_parts::recover(&parts)?;
    key_file::write_private(&args.key, format!("{}\n", key.to_hex()).as_bytes())?;
    say::out_words(&Words::new(
        format!("主密钥已找回，写入 {}", args.key.display()),
        format!("The master key is recovered, in {}", args.key.display()),
    ));
    Ok(())
}

fn init(args: &InitKey) -> Outcome {
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

/// The new key lies beside the old one until it is in force, then takes its name: whatever interrupts this, the same
/// command goes on.
fn rotate(args: &RotateKey) -> Outcome {
    let store = args.store.open_existing()?;
    store.migrate()?;
    let path = args.store.key_path()?;
    let (next, before) = (beside(&path, "new"), beside(&path, "before"));
    let old = key_file::read(&path)?;
    let new = if next.exists() {
        key_file::read(&next)?
    } else {
        key_file::create(&next)?
    };
    let bar = say::progress(work(&store)?, "正在更换主密钥", "changing the master key");
    let done = lianfang_ledger::rotate(&store.database, &store.keys, (&old, &new), &mut |done| {
        bar.set_position(done.keys + done.subjects);
    });
    bar.finish_and_clear();
    let done = done?;
    std::fs::copy(&path, &before).map_err(|error| Failure::file(&before, error))?;
    std::fs::rename(&next, &path).map_err(|error| Failure::file(&next, error))?;
    record(&store, new, &done)?;
    say::out_words(&Words::new(
        format!(
            "主密钥已更换：重新封装{}个密钥，重建{}个对象的索引。旧密钥在 {}，早前的备份仍需要它；备份过期后请删除。若曾分存主密钥，请重新分存。",
            done.keys,
            done.subjects,
            before.display()
        ),
        format!(
            "The master key is changed: {} keys wrapped anew, {} subjects indexed anew. The old key is in {}: backups made before need it; \
             delete it when they have expired. If the key was split, split it again.",
            done.keys,
            done.subjects,
            before.display()
        ),
    ));
    Ok(())
}

/// How many keys and subjects there are.
fn work(store: &Store) -> Outcome<u64> {
    let counted = [
        (&store.keys, "select count(*) as n from subject_key"),
        (
            &store.database,
            "select count(*) as n from subject where identity_sealed is not null",
        ),
    ];
    let mut work = 0;
    for (database, sql) in counted {
        let n = database.reader()?.query_one(sql, &[])?.int("n")?;
        work += u64::try_from(n).unwrap_or(0);
    }
    Ok(work)
}

fn record(store: &Store, key: MasterKey, done: &lianfang_ledger::Rotated) -> Outcome {
    let ledger = store.ledger_with(key, activation::active_model(store)?, Arc::new(SystemClock))?;
    wait(ledger.audit(vec![AuditLine {
        kind: "key_rotation",
        detail: json!({ "keys": done.keys, "subjects": done.subjects }),
        ..AuditLine::default()
    }]))
}

/// The same file with one more ending.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{ending}"));
    PathBuf::from(name)
}
