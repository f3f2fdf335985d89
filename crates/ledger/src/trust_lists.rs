//! Whom of other issuers the city believes: lists that an administrator imported, kept whole and joined in memory.
//!
//! A list has a name, so that the next edition of the same list replaces it and leaves the others alone. The text is kept
//! as it came: what a later version of the program learns to read of it is then read.

use crate::LedgerError;
use crate::audit::AuditLine;
use crate::batch::Batch;
use crate::core::{meta, set_meta};
use crate::ledger::{Exec, Ledger, Reply};
use crate::wire::Author;
use lianfang_db::Connection;
use lianfang_kernel::ids::{IdSource, LoginId};
use lianfang_kernel::{Instant, Problem, Words};
use lianfang_pass::{ForeignCounts, PREFIX, TrustFile, Verdict, verify, verify_scanned};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Longest list, in bytes; that of all of Europe has two million.
pub const TRUST_LIST_BYTES: usize = 16 << 20;
/// Lists kept at most.
const LISTS: usize = 20;
/// Characters of a name.
const NAME_CHARS: usize = 40;
/// Where lists stand among the facts about the installation, and what tells whether they changed.
const LIST_PREFIX: &str = "trust_list/";
const STAMP: &str = "trust_lists";

/// A list as it is stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    imported_at: Instant,
    #[serde(default)]
    login: Option<LoginId>,
    text: String,
}

/// A list as it is told.
#[derive(Clone, Debug, Serialize)]
pub struct TrustList {
    /// What it is called.
    pub name: String,
    /// When it was imported.
    pub imported_at: Instant,
    /// By whom; none when by the installation itself.
    pub login: Option<LoginId>,
    /// What it holds.
    pub holds: ForeignCounts,
    /// Members that cannot be used and are passed over.
    pub unusable: Vec<String>,
}

/// All lists, joined.
#[derive(Debug, Default)]
pub struct Trusted {
    stamp: String,
    /// What verifying asks.
    pub file: TrustFile,
    /// The lists, by name.
    pub lists: Vec<TrustList>,
}

impl Trusted {
    /// When the oldest list was imported; none without a list.
    pub fn oldest_at(&self) -> Option<Instant> {
        self.lists.iter().map(|list| list.imported_at).min()
    }

    /// Reads the lists; nothing when they are those that `known` holds.
    pub(crate) fn load(connection: &mut Connection, known: &Trusted) -> Result<Option<Trusted>, LedgerError> {
        let stamp = meta(connection, STAMP)?.unwrap_or_default();
        if stamp == known.stamp {
            return Ok(None);
        }
        let mut trusted = Trusted {
            stamp,
            ..Trusted::default()
        };
        let sql = "select name, value from meta where name like 'trust_list/%' order by name";
        for row in connection.query(sql, &[])? {
            let stored: Stored = serde_json::from_str(row.text("value")?)?;
            let file = match TrustFile::from_json(&stored.text) {
                Ok(file) => file,
                Err(error) => {
                    // It was read when it was imported. A gate must not close for it.
                    tracing::error!(%error, "trust_list.unreadable");
                    continue;
                }
            };
            trusted.lists.push(TrustList {
                name: row.text("name")?.trim_start_matches(LIST_PREFIX).to_owned(),
                imported_at: stored.imported_at,
                login: stored.login,
                holds: file.foreign_counts(),
                unusable: file.unusable.clone(),
            });
            trusted.file.join_foreign(file);
        }
        Ok(Some(trusted))
    }
}

/// A list that was read and found good, to be imported.
#[derive(Debug)]
pub struct ReadTrustList {
    name: String,
    text: String,
    holds: ForeignCounts,
}

impl ReadTrustList {
    /// Reads a trust file as `pass verify --trust` takes it. The city's own keys in it are passed over: it has them.
    ///
    /// # Errors
    /// Not such a file, without anybody in it, or too long; a name that is none.
    pub fn read(name: &str, text: &str) -> Result<ReadTrustList, Problem> {
        let refuse = |code: &str, at: &str, what: Words, hint: Words| Err(Problem::new(code, what, hint).at(at));
        let name = name.trim();
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' ');
        if name.is_empty() || name.chars().count() > NAME_CHARS || !name.chars().all(is_plain) {
            let what = Words::new("请给名单起名", "Give the list a name");
            let hint = Words::new("40字以内，如 eu-dcc", "Up to 40 letters and digits, as eu-dcc");
            return refuse("bad_name", "name", what, hint);
        }
        if text.len() > TRUST_LIST_BYTES {
            let what = Words::new("名单超过16 MiB", "The list is longer than 16 MiB");
            let hint = Words::new("请拆成几份，各起一名", "Split it into several, each with a name");
            return refuse("too_large", "file", what, hint);
        }
        let text = text.trim_start_matches('\u{FEFF}');
        let file = match TrustFile::from_json(text) {
            Ok(file) => file,
            Err(error) => {
                let what = Words::new("信任名单无法读取：{e}", "The trust list cannot be read: {e}").with("e", &error);
                let hint = Words::new(
                    "格式见 docs/pass-format.md“Trust file”",
                    "Its form is in docs/pass-format.md, “Trust file”",
                );
                return refuse("bad_trust_list", "file", what, hint);
            }
        };
        let holds = file.foreign_counts();
        if holds.is_empty() {
            let what = Words::new("名单里没有可用的签发密钥", "The list holds no key that can be used");
            let hint = Words::new(
                "应含 hcert、nzcp 或 shc 之一；本市自己的密钥不必导入",
                "It should hold hcert, nzcp or shc; the city's own keys need no import",
            );
            return refuse("empty_trust_list", "file", what, hint);
        }
        Ok(ReadTrustList {
            name: name.to_owned(),
            text: text.to_owned(),
            holds,
        })
    }
}

impl Ledger {
    /// Whom of other issuers the city believes.
    pub fn trusted(&self) -> Arc<Trusted> {
        self.core.trusted()
    }

    /// Judges what was scanned at a moment, of whatever issuer: one code, or the several of one certificate.
    pub fn verify(&self, parts: &[&str], at: Instant, document: Option<&str>) -> Verdict {
        match parts {
            [ours] if ours.trim_start().starts_with(PREFIX) => verify(ours, &self.trust_at(at), at, document),
            parts => verify_scanned(parts, &self.core.trusted().file, at, document),
        }
    }

    /// Keeps a list of issuers that the city believes, in place of the one that had its name.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]; the reply refuses when there are too many.
    pub fn import_trust(&self, author: Author, list: ReadTrustList) -> Result<Reply<()>, LedgerError> {
        self.queue
            .submit(Exec(move |batch: &mut Batch<'_>| import(batch, &author, &list)))
    }

    /// Takes such a list out; whether there was one.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn remove_trust(&self, author: Author, name: String) -> Result<Reply<bool>, LedgerError> {
        self.queue
            .submit(Exec(move |batch: &mut Batch<'_>| remove(batch, &author, &name)))
    }
}

/// Keeps a list, in place of the one that had its name.
fn import(batch: &mut Batch<'_>, author: &Author, list: &ReadTrustList) -> Result<(), LedgerError> {
    let key = format!("{LIST_PREFIX}{}", list.name);
    let sql = "select count(*) as n from meta where name like 'trust_list/%' and name <> $1";
    let others = batch.connection.query_opt(sql, &[key.as_str().into()])?;
    let others = others.map(|row| row.int("n")).transpose()?.unwrap_or(0);
    if usize::try_from(others).unwrap_or(LISTS) >= LISTS {
        let what = Words::new("最多保存{n}份名单", "At most {n} lists are kept").with("n", LISTS);
        let hint = Words::new("请先移除不用的", "Remove one that is not used any more");
        return Err(LedgerError::refused("too_many_lists", what, hint));
    }
    let stored = Stored {
        imported_at: batch.now,
        login: author.login,
        text: list.text.clone(),
    };
    set_meta(batch.connection, &key, &serde_json::to_string(&stored)?)?;
    changed(batch, author, "trust_import", &list.name, serde_json::json!(list.holds))
}

/// Takes a list out; whether there was one.
fn remove(batch: &mut Batch<'_>, author: &Author, name: &str) -> Result<bool, LedgerError> {
    let key = format!("{LIST_PREFIX}{name}");
    let gone = batch
        .connection
        .execute("delete from meta where name = $1", &[key.as_str().into()])?;
    if gone > 0 {
        changed(batch, author, "trust_remove", name, serde_json::Value::Null)?;
    }
    Ok(gone > 0)
}

/// Every process reads the lists anew with its next commit.
fn changed(
    batch: &mut Batch<'_>,
    author: &Author,
    kind: &'static str,
    name: &str,
    holds: serde_json::Value,
) -> Result<(), LedgerError> {
    let stamp = batch.core.vault.uuid_v7(batch.now).to_string();
    set_meta(batch.connection, STAMP, &stamp)?;
    batch.renewed = true;
    batch.pending.audit.push(AuditLine {
        kind,
        login: author.login,
        org: author.org,
        detail: serde_json::json!({ "list": name, "holds": holds }),
        ..AuditLine::default()
    });
    Ok(())
}
