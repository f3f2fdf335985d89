//! `restore`: a backup in place of the data, one epoch later, with everything destroyed since destroyed again.

use super::backup::keys_beside;
use crate::activation;
use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::{StoreArgs, sqlite_path, wait};
use clap::Args;
use lianfang_db::{Database, Row, Value};
use lianfang_kernel::{SystemClock, Words};
use serde_json::json;
use std::path::PathBuf;
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
    let keys_from = keys_beside(&args.file);
    for file in [&args.file, &keys_from] {
        if !file.exists() {
            return Err(Failure::file(file, std::io::Error::from(std::io::ErrorKind::NotFound)));
        }
    }
    let destroyed = taken_out(args)?;
    let over = args.store.open()?;
    over.database.restore(&args.file)?;
    over.keys.restore(&keys_from)?;
    drop(over);
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
fn taken_out(args: &RestoreArgs) -> Outcome<Vec<Destroyed>> {
    let url = args.store.url()?;
    if sqlite_path(url).is_some_and(|path| !path.exists()) {
        return Ok(Vec::new());
    }
    let database = Database::open(url)?;
    if database.is_empty().is_ok_and(|is_empty| is_empty) {
        return Ok(Vec::new());
    }
    if !args.force {
        return Err(Failure::new(
            Words::new("数据库里已有数据", "the database holds data already"),
            Words::new(
                "确要覆盖请停止服务后加 --force",
                "stop the server and add --force to write over it",
            ),
        ));
    }
    Ok(destroyed_so_far(&database).unwrap_or_default())
}

fn destroyed_so_far(database: &Database) -> lianfang_db::Result<Vec<Destroyed>> {
    let sql = "select subject, class, destruction, destroyed_at from destroyed_key";
    let rows = database.reader()?.query(sql, &[])?;
    let read = |row: &Row| {
        let class = row.text("class")?.to_owned();
        Ok((
            row.uuid("subject")?,
            class,
            row.uuid("destruction")?,
            row.int("destroyed_at")?,
        ))
    };
    rows.iter().map(read).collect()
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
