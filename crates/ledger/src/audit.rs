//! The audit: one hash chain per writer, over what is sealed and never over what is plain.
//!
//! Each row's hash covers the row and the hash before it; the head is printed and exported, so that a row taken out or
//! changed later is found by `audit verify`.

use crate::LedgerError;
use crate::rows::AUDIT;
use lianfang_db::{Connection, Insert, OnConflict, Row, Value};
use lianfang_kernel::ids::{DeviceId, LoginId, SubjectId};
use lianfang_kernel::{Instant, hex};
use serde::Serialize;
use serde_json::json;
use std::collections::HashMap;

/// What is written of an act or a read.
#[derive(Clone, Debug, Default)]
pub struct AuditLine {
    /// What happened: `read`, `unmask`, `search`, `sign_in`, `refused`, `entry`, `destruction` …
    pub kind: &'static str,
    /// The account that did it.
    pub login: Option<LoginId>,
    /// The device that did it.
    pub device: Option<DeviceId>,
    /// The organisation it acted for.
    pub org: Option<SubjectId>,
    /// Whom it was about, when it was one subject.
    pub subject: Option<SubjectId>,
    /// Reason, register, count, digest of subjects: never a name or number.
    pub detail: serde_json::Value,
}

/// The chain of one writer.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    writer: String,
    seq: i64,
    head: Vec<u8>,
}

impl Chain {
    /// Takes a writer's chain up where it ends.
    pub(crate) fn resume(connection: &mut Connection, writer: &str) -> Result<Chain, LedgerError> {
        let sql = "select seq, hash from audit where writer = $1 order by seq desc limit 1";
        let (seq, head) = match connection.query_opt(sql, &[writer.into()])? {
            Some(row) => (row.int("seq")?, row.bytes("hash")?.to_vec()),
            None => (0, vec![0; 32]),
        };
        Ok(Chain {
            writer: writer.to_owned(),
            seq,
            head,
        })
    }

    /// Adds rows and moves the head; the caller's transaction makes it durable.
    pub(crate) fn append(
        &mut self,
        connection: &mut Connection,
        at: Instant,
        lines: &[AuditLine],
    ) -> Result<(), LedgerError> {
        let mut rows = Vec::with_capacity(lines.len());
        for line in lines {
            let seq = self.seq + 1;
            let detail = serde_json::to_string(&line.detail)?;
            let hash = link_hash(&self.head, &content(&self.writer, seq, at, line, &detail));
            rows.push(vec![
                self.writer.as_str().into(),
                seq.into(),
                at.0.into(),
                line.kind.into(),
                line.login.map(|id| id.0).into(),
                line.device.map(|id| id.0).into(),
                line.org.map(|id| id.0).into(),
                line.subject.map(|id| id.0).into(),
                Value::Json(detail),
                self.head.clone().into(),
                hash.clone().into(),
            ]);
            self.seq = seq;
            self.head = hash;
        }
        let insert = Insert {
            table: "audit",
            columns: AUDIT,
            rows: &rows,
            on_conflict: OnConflict::Fail,
        };
        connection.insert_rows(&insert)?;
        Ok(())
    }
}

/// A chain's head, to be kept off the machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChainHead {
    /// Which writer.
    pub writer: String,
    /// How many rows.
    pub seq: i64,
    /// Hash of the last row, hexadecimal.
    pub hash: String,
}

/// What `audit verify` found.
#[derive(Clone, Debug, Serialize)]
pub struct AuditReport {
    /// The heads as they are.
    pub heads: Vec<ChainHead>,
    /// Rows read.
    pub rows: u64,
    /// The first broken link of each broken chain, as (writer, seq).
    pub broken: Vec<(String, i64)>,
}

/// Reads every chain from its beginning.
///
/// # Errors
/// The database.
pub fn verify(connection: &mut Connection) -> Result<AuditReport, LedgerError> {
    let mut heads: HashMap<String, (i64, Vec<u8>)> = HashMap::new();
    let mut broken: HashMap<String, i64> = HashMap::new();
    let mut rows = 0;
    let sql = "select writer, seq, at, kind, login, device, org, subject, detail, previous, hash from audit order by writer, seq";
    connection.for_each(sql, &[], &mut |row| {
        rows += 1;
        let writer = row.text("writer")?.to_owned();
        let (seq, head) = heads.entry(writer.clone()).or_insert_with(|| (0, vec![0; 32]));
        let (at, hash) = (row.int("seq")?, row.bytes("hash")?.to_vec());
        let holds =
            at == *seq + 1 && row.bytes("previous")?.to_vec() == *head && link_hash(head, &row_content(&row)?) == hash;
        if !holds {
            broken.entry(writer).or_insert(at);
        }
        (*seq, *head) = (at, hash);
        Ok(())
    })?;
    let mut heads: Vec<ChainHead> = heads
        .into_iter()
        .map(|(writer, (seq, hash))| ChainHead {
            writer,
            seq,
            hash: hex(&hash),
        })
        .collect();
    heads.sort_by(|a, b| a.writer.cmp(&b.writer));
    let mut broken: Vec<(String, i64)> = broken.into_iter().collect();
    broken.sort();
    Ok(AuditReport { heads, rows, broken })
}

fn row_content(row: &Row) -> Result<String, lianfang_db::DbError> {
    let line = AuditLine {
        kind: "",
        login: row.opt_uuid("login")?.map(LoginId),
        device: row.opt_uuid("device")?.map(DeviceId),
        org: row.opt_uuid("org")?.map(SubjectId),
        subject: row.opt_uuid("subject")?.map(SubjectId),
        detail: serde_json::Value::Null,
    };
    let detail = match row.value("detail")? {
        Value::Json(text) | Value::Text(text) => text.clone(),
        _ => String::new(),
    };
    let (writer, kind) = (row.text("writer")?.to_owned(), row.text("kind")?.to_owned());
    Ok(content_of(
        &writer,
        row.int("seq")?,
        row.int("at")?,
        &kind,
        &line,
        &detail,
    ))
}

fn content(writer: &str, seq: i64, at: Instant, line: &AuditLine, detail: &str) -> String {
    content_of(writer, seq, at.0, line.kind, line, detail)
}

fn content_of(writer: &str, seq: i64, at: i64, kind: &str, line: &AuditLine, detail: &str) -> String {
    // Databases store JSON with their own spacing and order of keys; what is hashed has one form.
    let detail: serde_json::Value = serde_json::from_str(detail).unwrap_or_default();
    let detail = canonical(&detail);
    json!([
        writer,
        seq,
        at,
        kind,
        line.login,
        line.device,
        line.org,
        line.subject,
        detail
    ])
    .to_string()
}

fn canonical(value: &serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Object(fields) => {
            let sorted: std::collections::BTreeMap<&String, serde_json::Value> =
                fields.iter().map(|(key, value)| (key, canonical(value))).collect();
            json!(sorted)
        }
        serde_json::Value::Array(items) => items.iter().map(canonical).collect(),
        other => other.clone(),
    }
}

fn link_hash(previous: &[u8], content: &str) -> Vec<u8> {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    context.update(previous);
    context.update(content.as_bytes());
    context.finish().as_ref().to_vec()
}
