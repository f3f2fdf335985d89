//! `restore`: a backup in place of the data, one epoch later, with everything destroyed since destroyed again.

use super::backup::keys_beside;
use crate::activation;
use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::{StoreArgs, sqlite_path, wait};
use clap::Args;
use lianfang_db::{Database, Value};
use lianfang_kernel::{SystemClock, Words};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Arguments of `restore`.
#[derive(Args, Debug)]
pub struct RestoreArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// 备份文件 ¦ The backup's file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 覆盖现有数据库 ¦ Write over the database that is there
    #[arg(long)]
    force: bool,
    /// 输出 JSON ¦ Print JSON
    #[arg(long)]
    json: bool,
}

/// A key destroyed after the backup was made.
type Destroyed = (uuid::Uuid, String, uuid::Uuid, i64);

/// Puts the backup back. The server must not be running.
///
/// # Errors
/// A database is there and `--force` is not; the backup is not one; the store.
pub fn run(args: &RestoreArgs) -> Outcome {
    let Some(target) = sqlite_path(args.store.url()?) else {
        return Err(Failure::usage(
            Words::new(
                "PostgreSQL 的备份用 pg_restore 恢复",
                "a backup of PostgreSQL is put back with pg_restore",
            ),
            Words::new("恢复后运行 lianfang doctor", "run lianfang doctor afterwards"),
        ));
    };
    let keys_from = keys_beside(&args.file);
    for file in [&args.file, &keys_from] {
        if !file.exists() {
            return Err(Failure::file(file, std::io::Error::from(std::io::ErrorKind::NotFound)));
        }
    }
    let mut destroyed = Vec::new();
    if target.exists() {
        if !args.force {
            return Err(Failure::new(
                Words::new(
                    format!("{} 已存在", target.display()),
                    format!("{} exists already", target.display()),
                ),
                Words::new(
                    "确要覆盖请停止服务后加 --force",
                    "stop the server and add --force to write over it",
                ),
            ));
        }
        destroyed = destroyed_so_far(&target);
    }
    replace(&args.file, &target)?;
    replace(&keys_from, &target.with_extension("keys"))?;
    let store = args.store.open_existing()?;
    store.migrate()?;
    remember(&store, &destroyed)?;
    let epoch = raise_epoch(&store)?;
    // Opening replays the log of destruction over the older key store.
    let ledger = store.ledger(activation::active_model(&store)?, Arc::new(SystemClock))?;
    let detail = json!({ "epoch": epoch });
    wait(ledger.audit(vec![lianfang_ledger::AuditLine {
        kind: "restore",
        detail,
        ..Default::default()
    }]))?;
    if args.json {
        say::json(&json!({ "epoch": epoch, "destroyed_again": destroyed.len() }));
    } else {
        say::out_words(&Words::new(
            format!(
                "已恢复，第 {epoch} 纪元；备份之后销毁的 {} 个密钥已再次销毁。",
                destroyed.len()
            ),
            format!(
                "Restored, epoch {epoch}; {} keys destroyed since the backup were destroyed again.",
                destroyed.len()
            ),
        ));
    }
    Ok(())
}

/// What the database that is written over knows to be destroyed. One that cannot be read knows nothing.
fn destroyed_so_far(target: &Path) -> Vec<Destroyed> {
    let read = || -> lianfang_db::Result<Vec<Destroyed>> {
        let database = Database::open(&format!("sqlite:{}", target.display()))?;
        let sql = "select subject, class, destruction, destroyed_at from destroyed_key";
        let rows = database.reader()?.query(sql, &[])?;
        rows.iter()
            .map(|row| {
                Ok((
                    row.uuid("subject")?,
                    row.text("class")?.to_owned(),
                    row.uuid("destruction")?,
                    row.int("destroyed_at")?,
                ))
            })
            .collect()
    };
    read().unwrap_or_default()
}

fn remember(store: &crate::store::Store, destroyed: &[Destroyed]) -> Outcome {
    let mut writer = store.writer()?;
    let sql = "insert into destroyed_key (subject, class, destruction, destroyed_at) values ($1, $2, $3, $4) \
               on conflict (subject, class) do nothing";
    writer.transaction(|tx| {
        for (subject, class, destruction, at) in destroyed {
            tx.execute(
                sql,
                &[
                    Value::Uuid(*subject),
                    class.as_str().into(),
                    Value::Uuid(*destruction),
                    (*at).into(),
                ],
            )?;
        }
        Ok::<(), lianfang_db::DbError>(())
    })?;
    Ok(())
}

/// Devices that hear a higher epoch send again what the backup does not know.
fn raise_epoch(store: &crate::store::Store) -> Outcome<i64> {
    let mut writer = store.writer()?;
    let row = writer.query_opt("select value from meta where name = 'epoch'", &[])?;
    let before: i64 = row
        .map(|row| row.text("value").map(str::to_owned))
        .transpose()?
        .and_then(|text| text.parse().ok())
        .unwrap_or(1);
    let epoch = before + 1;
    let sql =
        "insert into meta (name, value) values ('epoch', $1) on conflict (name) do update set value = excluded.value";
    writer.execute(sql, &[epoch.to_string().into()])?;
    Ok(epoch)
}

/// Copies beside the target and renames, so that a full disk leaves the old file whole.
fn replace(from: &Path, to: &Path) -> Outcome {
    let mut part = to.as_os_str().to_owned();
    part.push(".restoring");
    let part = PathBuf::from(part);
    std::fs::copy(from, &part).map_err(|error| Failure::file(from, error))?;
    for ending in ["-wal", "-shm"] {
        let mut log = to.as_os_str().to_owned();
        log.push(ending);
        let log = PathBuf::from(log);
        if log.exists() {
            std::fs::remove_file(&log).map_err(|error| Failure::file(&log, error))?;
        }
    }
    std::fs::rename(&part, to).map_err(|error| Failure::file(to, error))
}
