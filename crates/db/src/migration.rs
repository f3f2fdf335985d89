//! Numbered schema changes, one text for both engines, each applied once.
//!
//! What was applied stands in the table `schema_migration` with a hash of its text, so that a program never runs on a
//! schema it does not know: neither on one that is newer, nor on one whose past was edited.

use crate::connection::Connection;
use crate::database::Database;
use crate::dialect::{Engine, with_types};
use crate::error::{DbError, DbErrorKind, Result};
use crate::value::Value;
use sha2::{Digest, Sha256};

/// One schema change. Its text uses the type words `{uuid}`, `{json}`, `{bytes}`, `{int}`, `{bool}`, `{text}`,
/// `{real}` and ends each table with `{strict}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Position in the order, from 1, without a need to be dense.
    pub number: u32,
    /// What it does, as in the file name.
    pub name: &'static str,
    /// Any number of statements.
    pub sql: &'static str,
}

const TABLE: &str = "create table if not exists schema_migration (\
    number {int} not null primary key, name {text} not null, hash {text} not null) {strict}";

/// Any number that our processes agree on: it names the lock that lets one of them migrate at a time.
const LOCK: i64 = 0x6c66_6d69_6772;

impl Database {
    /// Brings the schema to the newest of `migrations`. All that are missing are applied in one transaction: after
    /// an error the database is as it was. Several processes may start at once; one works, the others wait.
    ///
    /// # Errors
    /// Migration: a newer program was here, an applied migration was changed, or a number is out of order. Else see
    /// [`DbErrorKind`].
    pub fn migrate(&self, migrations: &[Migration]) -> Result<()> {
        check_order(migrations)?;
        let mut connection = self.writer()?;
        connection.transaction(|connection| {
            if connection.engine() == Engine::Postgres {
                connection.query("select pg_advisory_xact_lock($1)", &[LOCK.into()])?;
            }
            connection.batch(&with_types(connection.engine(), TABLE)?)?;
            let applied = applied(connection)?;
            check_history(migrations, &applied)?;
            for migration in &migrations[applied.len()..] {
                apply(connection, migration)?;
            }
            Ok(())
        })
    }

    /// Numbers and names of the applied migrations, in order; empty for a database that was never migrated.
    ///
    /// # Errors
    /// Unavailable when the database cannot be reached.
    pub fn applied_migrations(&self) -> Result<Vec<(u32, String)>> {
        let mut reader = self.reader()?;
        if !reader.tables()?.iter().any(|table| table == "schema_migration") {
            return Ok(Vec::new());
        }
        Ok(applied(&mut reader)?
            .into_iter()
            .map(|one| (one.number, one.name))
            .collect())
    }
}

struct Applied {
    number: u32,
    name: String,
    hash: String,
}

fn applied(connection: &mut Connection) -> Result<Vec<Applied>> {
    let rows = connection.query("select number, name, hash from schema_migration order by number", &[])?;
    let read = |row: &crate::Row| {
        let number =
            u32::try_from(row.int("number")?).map_err(|_| refuse("迁移编号有误", "a migration number is wrong"))?;
        Ok(Applied {
            number,
            name: row.text("name")?.to_owned(),
            hash: row.text("hash")?.to_owned(),
        })
    };
    rows.iter().map(read).collect()
}

fn apply(connection: &mut Connection, migration: &Migration) -> Result<()> {
    let Migration { number, name, sql } = *migration;
    connection
        .batch(&with_types(connection.engine(), sql)?)
        .map_err(|error| {
            refuse(
                &format!("迁移 {number} {name} 执行失败"),
                &format!("migration {number} {name} failed"),
            )
            .with_engine_text(error.to_string())
        })?;
    let params = [Value::from(number), name.into(), hash(sql).into()];
    connection.execute(
        "insert into schema_migration (number, name, hash) values ($1, $2, $3)",
        &params,
    )?;
    tracing::info!(migration.number = number, migration.name = name, "migration applied");
    Ok(())
}

fn check_order(migrations: &[Migration]) -> Result<()> {
    for pair in migrations.windows(2) {
        if pair[0].number >= pair[1].number {
            let number = pair[1].number;
            return Err(refuse(
                &format!("迁移 {number} 的编号重复或次序有误"),
                &format!("migration {number} repeats a number or is out of order"),
            ));
        }
    }
    Ok(())
}

fn check_history(migrations: &[Migration], applied: &[Applied]) -> Result<()> {
    for (at, done) in applied.iter().enumerate() {
        let (number, name) = (done.number, &done.name);
        let Some(ours) = migrations.get(at).filter(|ours| ours.number <= number) else {
            return Err(refuse(
                &format!("数据库结构较新：迁移 {number} {name} 不为本程序所知"),
                &format!("the database is newer than this program: it does not know migration {number} {name}"),
            )
            .with_hint(
                "请使用不低于上次运行的程序版本，或恢复升级前的备份",
                "run the program version that was here last or a newer one, or restore the backup from before",
            ));
        };
        if ours.number < number {
            let (late, late_name) = (ours.number, ours.name);
            return Err(refuse(
                &format!("迁移 {late} {late_name} 插在已执行的迁移之前"),
                &format!("migration {late} {late_name} was put before one that is already applied"),
            )
            .with_hint("新迁移的编号须在最后", "give a new migration the highest number"));
        }
        if hash(ours.sql) != done.hash {
            return Err(refuse(
                &format!("已执行的迁移 {number} {name} 被改动"),
                &format!("migration {number} {name} was changed after it had been applied"),
            )
            .with_hint(
                "请恢复原文，另写一个新迁移",
                "restore its text and write a new migration",
            ));
        }
    }
    Ok(())
}

fn refuse(zh: &str, en: &str) -> DbError {
    DbError::new(DbErrorKind::Migration, zh, en)
}

/// Hash of the text as written, before type words are replaced: the same on both engines and for both line ends.
fn hash(sql: &str) -> String {
    let digest = Sha256::digest(sql.replace("\r\n", "\n").as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
