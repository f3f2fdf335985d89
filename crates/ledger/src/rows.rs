//! Entries between their stored and their working form. The columns of a table are named once, here.

use crate::LedgerError;
use lianfang_db::{Column, ColumnKind, Row, Value};
use lianfang_kernel::ids::{DeviceId, EntryId, LoginId, SubjectId};
use lianfang_kernel::{Act, Assurance, Entry, Flag, Instant, RegionId};
use std::sync::Arc;

/// An entry with what only the ledger knows of it.
#[derive(Clone, Debug)]
pub(crate) struct StoredEntry {
    /// The entry as pure code sees it.
    pub entry: Arc<Entry>,
    /// `accepted` or `flagged`.
    pub status: String,
    /// Sealed fields, bound to the entry's id.
    pub sealed: Option<Vec<u8>>,
    /// The retention class whose key sealed them.
    pub retention_class: String,
    /// The path of its region when written.
    pub path: String,
}

const fn col(name: &'static str, kind: ColumnKind) -> Column<'static> {
    Column::new(name, kind)
}

/// Columns of `entry`, in the order of [`entry_row`].
pub(crate) const ENTRY: &[Column<'static>] = &[
    col("subject", ColumnKind::Uuid),
    col("id", ColumnKind::Uuid),
    col("register", ColumnKind::Text),
    col("register_version", ColumnKind::Int),
    col("act", ColumnKind::Text),
    col("replaces", ColumnKind::Uuid),
    col("at", ColumnKind::Int),
    col("made_at", ColumnKind::Int),
    col("received_at", ColumnKind::Int),
    col("recorded_at", ColumnKind::Int),
    col("reported_at", ColumnKind::Int),
    col("login", ColumnKind::Uuid),
    col("device", ColumnKind::Uuid),
    col("org", ColumnKind::Uuid),
    col("region", ColumnKind::Text),
    col("path", ColumnKind::Text),
    col("sector", ColumnKind::Text),
    col("channel", ColumnKind::Text),
    col("assurance", ColumnKind::Text),
    col("proxy", ColumnKind::Bool),
    col("group_id", ColumnKind::Uuid),
    col("reason", ColumnKind::Text),
    col("status", ColumnKind::Text),
    col("flags", ColumnKind::Json),
    col("body", ColumnKind::Json),
    col("sealed", ColumnKind::Bytes),
    col("retention_class", ColumnKind::Text),
];

/// Columns of `posting_line`.
pub(crate) const POSTING_LINE: &[Column<'static>] = &[
    col("holder", ColumnKind::Uuid),
    col("entry", ColumnKind::Uuid),
    col("line", ColumnKind::Int),
    col("origin", ColumnKind::Uuid),
    col("account", ColumnKind::Text),
    col("item", ColumnKind::Uuid),
    col("lot", ColumnKind::Uuid),
    col("register", ColumnKind::Text),
    col("at", ColumnKind::Int),
    col("recorded_at", ColumnKind::Int),
    col("region", ColumnKind::Text),
    col("path", ColumnKind::Text),
    col("sector", ColumnKind::Text),
    col("amount", ColumnKind::Int),
];

/// Columns of `balance`.
pub(crate) const BALANCE: &[Column<'static>] = &[
    col("holder", ColumnKind::Uuid),
    col("account", ColumnKind::Text),
    col("item", ColumnKind::Uuid),
    col("lot", ColumnKind::Uuid),
    col("amount", ColumnKind::Int),
];

/// The select list of `entry` under the alias `e`.
pub(crate) const ENTRY_SELECT: &str = "e.subject, e.id, e.register, e.register_version, e.act, e.replaces, e.at, \
    e.made_at, e.received_at, e.recorded_at, e.reported_at, e.login, e.device, e.org, e.region, e.path, e.sector, \
    e.channel, e.assurance, e.proxy, e.group_id, e.reason, e.status, e.flags, e.body, e.sealed, e.retention_class";

/// A stored entry as a row of [`ENTRY`].
pub(crate) fn entry_row(stored: &StoredEntry) -> Result<Vec<Value>, LedgerError> {
    let e = &stored.entry;
    Ok(vec![
        e.subject.0.into(),
        e.id.0.into(),
        e.register.as_str().into(),
        i64::from(e.register_version).into(),
        e.act.id().into(),
        e.replaces.map(|id| id.0).into(),
        e.at.0.into(),
        e.made_at.map(|at| at.0).into(),
        e.received_at.0.into(),
        e.recorded_at.0.into(),
        e.reported_at.map(|at| at.0).into(),
        e.login.map(|id| id.0).into(),
        e.device.map(|id| id.0).into(),
        e.org.map(|id| id.0).into(),
        e.region.as_str().into(),
        stored.path.as_str().into(),
        e.sector.clone().into(),
        e.channel.as_str().into(),
        e.assurance.id().into(),
        e.proxy.into(),
        e.group.into(),
        e.reason.clone().into(),
        stored.status.as_str().into(),
        Value::Json(serde_json::to_string(&e.flags)?),
        Value::Json(serde_json::to_string(&e.body)?),
        stored.sealed.clone().into(),
        stored.retention_class.as_str().into(),
    ])
}

/// Reads a row selected by [`ENTRY_SELECT`].
pub(crate) fn read_entry(row: &Row) -> Result<StoredEntry, LedgerError> {
    let unreadable = || LedgerError::corrupt("条目的类别无法识别", "an entry's act or assurance is unknown");
    let entry = Entry {
        subject: SubjectId(row.uuid("subject")?),
        id: EntryId(row.uuid("id")?),
        register: row.text("register")?.to_owned(),
        register_version: u32::try_from(row.int("register_version")?).unwrap_or(0),
        act: Act::from_id(row.text("act")?).ok_or_else(unreadable)?,
        replaces: row.opt_uuid("replaces")?.map(EntryId),
        at: Instant(row.int("at")?),
        made_at: row.opt_int("made_at")?.map(Instant),
        received_at: Instant(row.int("received_at")?),
        recorded_at: Instant(row.int("recorded_at")?),
        reported_at: row.opt_int("reported_at")?.map(Instant),
        login: row.opt_uuid("login")?.map(LoginId),
        device: row.opt_uuid("device")?.map(DeviceId),
        org: row.opt_uuid("org")?.map(SubjectId),
        region: RegionId::new(row.text("region")?),
        sector: row.opt_text("sector")?.map(str::to_owned),
        channel: row.text("channel")?.to_owned(),
        assurance: Assurance::from_id(row.text("assurance")?).ok_or_else(unreadable)?,
        proxy: row.bool("proxy")?,
        group: row.opt_uuid("group_id")?,
        reason: row.opt_text("reason")?.map(str::to_owned),
        flags: row.json::<Vec<Flag>>("flags")?,
        body: row.json("body")?,
    };
    Ok(StoredEntry {
        entry: Arc::new(entry),
        status: row.text("status")?.to_owned(),
        sealed: row.opt_bytes("sealed")?.map(<[u8]>::to_vec),
        retention_class: row.text("retention_class")?.to_owned(),
        path: row.text("path")?.to_owned(),
    })
}

/// Columns of `link`.
pub(crate) const LINK: &[Column<'static>] = &[
    col("subject", ColumnKind::Uuid),
    col("entry", ColumnKind::Uuid),
    col("entry_subject", ColumnKind::Uuid),
    col("role", ColumnKind::Text),
];

/// Columns of `entry_value`.
pub(crate) const ENTRY_VALUE: &[Column<'static>] = &[
    col("subject", ColumnKind::Uuid),
    col("entry", ColumnKind::Uuid),
    col("register", ColumnKind::Text),
    col("field", ColumnKind::Text),
    col("value", ColumnKind::Text),
    col("recorded_at", ColumnKind::Int),
];

/// Columns of `tie`.
pub(crate) const TIE: &[Column<'static>] = &[
    col("subject", ColumnKind::Uuid),
    col("register", ColumnKind::Text),
    col("field", ColumnKind::Text),
    col("at", ColumnKind::Int),
    col("other", ColumnKind::Uuid),
    col("entry", ColumnKind::Uuid),
    col("is_named", ColumnKind::Bool),
    col("recorded_at", ColumnKind::Int),
    col("path", ColumnKind::Text),
];

/// Columns of `indexed_field`.
pub(crate) const INDEXED_FIELD: &[Column<'static>] = &[
    col("register", ColumnKind::Text),
    col("field", ColumnKind::Text),
    col("complete_to", ColumnKind::Int),
];

/// Columns of `subject`.
pub(crate) const SUBJECT: &[Column<'static>] = &[
    col("id", ColumnKind::Uuid),
    col("kind", ColumnKind::Text),
    col("kind_type", ColumnKind::Text),
    col("region", ColumnKind::Text),
    col("path", ColumnKind::Text),
    col("unit", ColumnKind::Uuid),
    col("identity_sealed", ColumnKind::Bytes),
    col("since", ColumnKind::Int),
    col("until", ColumnKind::Int),
    col("merged_into", ColumnKind::Uuid),
];

/// Columns of `identifier`.
pub(crate) const IDENTIFIER: &[Column<'static>] = &[
    col("digest", ColumnKind::Bytes),
    col("kind", ColumnKind::Text),
    col("subject", ColumnKind::Uuid),
    col("recorded_at", ColumnKind::Int),
];

/// Columns of `search_token`.
pub(crate) const SEARCH_TOKEN: &[Column<'static>] =
    &[col("token", ColumnKind::Bytes), col("subject", ColumnKind::Uuid)];

/// Columns of `answered`.
pub(crate) const ANSWERED: &[Column<'static>] = &[
    col("id", ColumnKind::Uuid),
    col("scope", ColumnKind::Text),
    col("body_digest", ColumnKind::Bytes),
    col("answer", ColumnKind::Json),
    col("recorded_at", ColumnKind::Int),
];

/// Columns of `tray`.
pub(crate) const TRAY: &[Column<'static>] = &[
    col("id", ColumnKind::Uuid),
    col("register", ColumnKind::Text),
    col("author", ColumnKind::Text),
    col("region", ColumnKind::Text),
    col("path", ColumnKind::Text),
    col("problems", ColumnKind::Json),
    col("sealed", ColumnKind::Bytes),
    col("received_at", ColumnKind::Int),
];

/// Columns of `enrolment`.
pub(crate) const ENROLMENT: &[Column<'static>] = &[
    col("subject", ColumnKind::Uuid),
    col("id", ColumnKind::Uuid),
    col("protocol", ColumnKind::Text),
    col("version", ColumnKind::Int),
    col("enrol_key", ColumnKind::Text),
    col("opened_by", ColumnKind::Uuid),
    col("parent", ColumnKind::Uuid),
    col("start_at", ColumnKind::Int),
    col("day_zero", ColumnKind::Int),
    col("region", ColumnKind::Text),
    col("path", ColumnKind::Text),
    col("sector", ColumnKind::Text),
    col("state", ColumnKind::Text),
    col("ended_at", ColumnKind::Int),
    col("ended_by", ColumnKind::Uuid),
    col("ready", ColumnKind::Text),
    col("missing", ColumnKind::Json),
    col("ends_on", ColumnKind::Int),
    col("recorded_at", ColumnKind::Int),
];

/// Columns of `task`.
pub(crate) const TASK: &[Column<'static>] = &[
    col("subject", ColumnKind::Uuid),
    col("id", ColumnKind::Uuid),
    col("enrolment", ColumnKind::Uuid),
    col("protocol", ColumnKind::Text),
    col("task", ColumnKind::Text),
    col("kind", ColumnKind::Text),
    col("label", ColumnKind::Text),
    col("expects", ColumnKind::Text),
    col("owner", ColumnKind::Uuid),
    col("owner_self", ColumnKind::Bool),
    col("opens_at", ColumnKind::Int),
    col("due_at", ColumnKind::Int),
    col("state", ColumnKind::Text),
    col("timeliness", ColumnKind::Text),
    col("discharged_by", ColumnKind::Uuid),
    col("done_at", ColumnKind::Int),
    col("received_at", ColumnKind::Int),
    col("attempts", ColumnKind::Int),
    col("escalated", ColumnKind::Bool),
    col("complete", ColumnKind::Bool),
    col("receipts", ColumnKind::Json),
    col("region", ColumnKind::Text),
    col("path", ColumnKind::Text),
    col("listed_from", ColumnKind::Int),
    col("recorded_at", ColumnKind::Int),
];

/// Columns of `embargo`.
pub(crate) const EMBARGO: &[Column<'static>] = &[
    col("subject", ColumnKind::Uuid),
    col("entry", ColumnKind::Uuid),
    col("register", ColumnKind::Text),
    col("org", ColumnKind::Uuid),
    col("opens_at", ColumnKind::Int),
];

/// Columns of `wake`.
pub(crate) const WAKE: &[Column<'static>] = &[col("subject", ColumnKind::Uuid), col("wake_at", ColumnKind::Int)];

/// Columns of `indicator_delta`.
pub(crate) const DELTA: &[Column<'static>] = &[
    col("region", ColumnKind::Text),
    col("indicator", ColumnKind::Text),
    col("sector", ColumnKind::Text),
    col("day", ColumnKind::Int),
    col("bucket", ColumnKind::Text),
    col("recorded_at", ColumnKind::Int),
    col("path", ColumnKind::Text),
    col("n", ColumnKind::Int),
    col("opens_at", ColumnKind::Int),
];

/// Columns that tell its rows apart.
pub(crate) const DELTA_KEY: [&str; 6] = ["region", "indicator", "sector", "day", "bucket", "recorded_at"];

/// Columns of `indicator_sum`.
pub(crate) const SUM: &[Column<'static>] = &[
    col("path", ColumnKind::Text),
    col("indicator", ColumnKind::Text),
    col("own", ColumnKind::Bool),
    col("steps", ColumnKind::Int),
    col("day", ColumnKind::Int),
    col("sector", ColumnKind::Text),
    col("bucket", ColumnKind::Text),
    col("n", ColumnKind::Int),
];

/// Columns that tell its rows apart.
pub(crate) const SUM_KEY: [&str; 6] = ["path", "indicator", "own", "day", "sector", "bucket"];

/// Columns of `notice`.
pub(crate) const NOTICE: &[Column<'static>] = &[
    col("subject", ColumnKind::Uuid),
    col("step", ColumnKind::Text),
    col("kind", ColumnKind::Text),
    col("org", ColumnKind::Uuid),
    col("task", ColumnKind::Uuid),
    col("created_at", ColumnKind::Int),
    col("retracted_at", ColumnKind::Int),
];

/// Columns of `certificate`.
pub(crate) const CERTIFICATE: &[Column<'static>] = &[
    col("id", ColumnKind::Uuid),
    col("kind", ColumnKind::Text),
    col("subject", ColumnKind::Uuid),
    col("device", ColumnKind::Uuid),
    col("entry", ColumnKind::Uuid),
    col("protocol", ColumnKind::Text),
    col("text", ColumnKind::Text),
    col("day", ColumnKind::Int),
    col("issued_at", ColumnKind::Int),
    col("short_code", ColumnKind::Int),
];

/// Columns of `check_pass`.
pub(crate) const CHECK_PASS: &[Column<'static>] = &[
    col("digest", ColumnKind::Bytes),
    col("entry", ColumnKind::Uuid),
    col("checkpoint", ColumnKind::Uuid),
    col("day", ColumnKind::Int),
    col("at", ColumnKind::Int),
];

/// Columns of `device`.
pub(crate) const DEVICE: &[Column<'static>] = &[
    col("id", ColumnKind::Uuid),
    col("digest", ColumnKind::Bytes),
    col("subject", ColumnKind::Uuid),
    col("confirmed_at", ColumnKind::Int),
    col("created_at", ColumnKind::Int),
];

/// Columns of `audit`.
pub(crate) const AUDIT: &[Column<'static>] = &[
    col("writer", ColumnKind::Text),
    col("seq", ColumnKind::Int),
    col("at", ColumnKind::Int),
    col("kind", ColumnKind::Text),
    col("login", ColumnKind::Uuid),
    col("device", ColumnKind::Uuid),
    col("org", ColumnKind::Uuid),
    col("subject", ColumnKind::Uuid),
    col("detail", ColumnKind::Json),
    col("previous", ColumnKind::Bytes),
    col("hash", ColumnKind::Bytes),
];

/// Columns of `subject_key` in the key store.
pub(crate) const SUBJECT_KEY: &[Column<'static>] = &[
    col("subject", ColumnKind::Uuid),
    col("class", ColumnKind::Text),
    col("wrapped", ColumnKind::Bytes),
    col("created_at", ColumnKind::Int),
];

/// Columns of `region`.
pub(crate) const REGION: &[Column<'static>] = &[
    col("id", ColumnKind::Text),
    col("code", ColumnKind::Text),
    col("name_zh", ColumnKind::Text),
    col("name_en", ColumnKind::Text),
    col("level", ColumnKind::Text),
    col("parent", ColumnKind::Text),
    col("valid_from", ColumnKind::Int),
    col("valid_to", ColumnKind::Int),
];

/// Columns of `organisation`.
pub(crate) const ORGANISATION: &[Column<'static>] = &[
    col("id", ColumnKind::Uuid),
    col("kind_type", ColumnKind::Text),
    col("name_zh", ColumnKind::Text),
    col("name_en", ColumnKind::Text),
    col("region", ColumnKind::Text),
    col("sector", ColumnKind::Text),
    col("parent", ColumnKind::Uuid),
    col("functions", ColumnKind::Json),
    col("since", ColumnKind::Int),
    col("until", ColumnKind::Int),
];
