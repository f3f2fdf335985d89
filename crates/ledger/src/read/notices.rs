//! What desks were told: escalations and reminders.

use super::Reader;
use crate::LedgerError;
use lianfang_kernel::Instant;
use lianfang_kernel::ids::{SubjectId, TaskId};
use serde::Serialize;

/// A notice to an organisation.
#[derive(Clone, Debug, Serialize)]
pub struct NoticeItem {
    /// About whom.
    pub subject: SubjectId,
    /// Which step.
    pub step: String,
    /// `escalation` or `reminder`.
    pub kind: String,
    /// To whom.
    pub org: Option<SubjectId>,
    /// Over which occurrence.
    pub task: Option<TaskId>,
    /// When it was sent.
    pub created_at: Instant,
    /// When late evidence took it back.
    pub retracted_at: Option<Instant>,
}

impl Reader<'_> {
    /// Notices to an organisation, newest first.
    ///
    /// # Errors
    /// The database.
    pub fn notices(&mut self, org: SubjectId) -> Result<Vec<NoticeItem>, LedgerError> {
        let sql = "select subject, step, kind, org, task, created_at, retracted_at from notice where org = $1 \
                   order by created_at desc, step limit 200";
        let mut items = Vec::new();
        for row in self.connection.query(sql, &[org.0.into()])? {
            items.push(NoticeItem {
                subject: SubjectId(row.uuid("subject")?),
                step: row.text("step")?.to_owned(),
                kind: row.text("kind")?.to_owned(),
                org: row.opt_uuid("org")?.map(SubjectId),
                task: row.opt_uuid("task")?.map(TaskId),
                created_at: Instant(row.int("created_at")?),
                retracted_at: row.opt_int("retracted_at")?.map(Instant),
            });
        }
        Ok(items)
    }
}
