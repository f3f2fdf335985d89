//! What desks were told: escalations and reminders.

use super::{Conditions, Reader};
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
    /// Protocol and task of that occurrence: who is told of it is told of the notice.
    #[serde(skip)]
    pub duty: Option<(String, String)>,
}

impl Reader<'_> {
    /// Notices to an organisation, newest first; without those over what may not be known yet.
    ///
    /// # Errors
    /// The database.
    pub fn notices(&mut self, org: SubjectId) -> Result<Vec<NoticeItem>, LedgerError> {
        let mut where_ = Conditions::default();
        where_.and("o.org = ?", [org.0.into()]);
        self.hide_tasks(&mut where_);
        let sql = format!(
            "select o.subject, o.step, o.kind, o.org, o.task, o.created_at, o.retracted_at, t.protocol, t.task as duty \
             from notice o left join task t on t.subject = o.subject and t.id = o.task{} \
             order by o.created_at desc, o.step limit 200",
            where_.to_sql()
        );
        let mut items = Vec::new();
        for row in self.connection.query(&sql, &where_.params)? {
            let duty = (row.opt_text("protocol")?, row.opt_text("duty")?);
            items.push(NoticeItem {
                subject: SubjectId(row.uuid("subject")?),
                step: row.text("step")?.to_owned(),
                kind: row.text("kind")?.to_owned(),
                org: row.opt_uuid("org")?.map(SubjectId),
                task: row.opt_uuid("task")?.map(TaskId),
                created_at: Instant(row.int("created_at")?),
                retracted_at: row.opt_int("retracted_at")?.map(Instant),
                duty: match duty {
                    (Some(protocol), Some(task)) => Some((protocol.to_owned(), task.to_owned())),
                    _ => None,
                },
            });
        }
        Ok(items)
    }
}
