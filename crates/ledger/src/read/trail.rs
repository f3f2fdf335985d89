//! The audit and the tray, for those whose duty it is to read them.

use super::{Conditions, Page, Reader, Sight};
use crate::LedgerError;
use lianfang_kernel::ids::{LoginId, SubjectId};
use lianfang_kernel::{Instant, Problem, RegionId};
use serde::Serialize;
use uuid::Uuid;

/// A line of the audit.
#[derive(Clone, Debug, Serialize)]
pub struct AuditItem {
    /// When.
    pub at: Instant,
    /// What.
    pub kind: String,
    /// Which account.
    pub login: Option<LoginId>,
    /// For which organisation.
    pub org: Option<SubjectId>,
    /// About whom.
    pub subject: Option<SubjectId>,
    /// The reason stated, where one is asked for.
    pub reason: Option<String>,
    /// Register, count, digest: never a name or number.
    pub detail: serde_json::Value,
}

/// An observation that waits for a person.
#[derive(Clone, Debug, Serialize)]
pub struct TrayItem {
    /// The entry's id.
    pub id: Uuid,
    /// Its register.
    pub register: String,
    /// Where.
    pub region: RegionId,
    /// What did not fit.
    pub problems: Vec<Problem>,
    /// When it came.
    pub received_at: Instant,
}

impl Reader<'_> {
    /// A page of the audit, newest first.
    ///
    /// # Errors
    /// The database.
    pub fn audit(
        &mut self,
        subject: Option<SubjectId>,
        kind: Option<&str>,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Page<AuditItem>, LedgerError> {
        let limit = limit.clamp(1, 500);
        let mut where_ = Conditions::default();
        if let Some(subject) = subject {
            where_.and("a.subject = ?", [subject.0.into()]);
        }
        if let Some(kind) = kind {
            where_.and("a.kind = ?", [kind.into()]);
        }
        if let Some((at, seq)) = before.and_then(|b| b.split_once('_'))
            && let (Ok(at), Ok(seq)) = (at.parse::<i64>(), seq.parse::<i64>())
        {
            where_.and("(a.at, a.seq) < (?, ?)", [at.into(), seq.into()]);
        }
        let sql = format!(
            "select a.at, a.seq, a.kind, a.login, a.org, a.subject, a.detail from audit a{} \
             order by a.at desc, a.seq desc limit {}",
            where_.to_sql(),
            limit + 1
        );
        let rows = self.connection.query(&sql, &where_.params)?;
        let mut items = Vec::new();
        for row in rows.iter().take(limit) {
            let detail: serde_json::Value = row.json("detail")?;
            items.push(AuditItem {
                at: Instant(row.int("at")?),
                kind: row.text("kind")?.to_owned(),
                login: row.opt_uuid("login")?.map(LoginId),
                org: row.opt_uuid("org")?.map(SubjectId),
                subject: row.opt_uuid("subject")?.map(SubjectId),
                reason: detail
                    .get("reason")
                    .and_then(|reason| reason.as_str())
                    .map(str::to_owned),
                detail,
            });
        }
        let next = match rows.get(limit.saturating_sub(1)) {
            Some(last) if rows.len() > limit => Some(format!("{}_{}", last.int("at")?, last.int("seq")?)),
            _ => None,
        };
        Ok(Page { items, next })
    }

    /// How often an account opened what is sealed, since a moment.
    ///
    /// # Errors
    /// The database.
    pub fn unmaskings(&mut self, login: LoginId, since: Instant) -> Result<u64, LedgerError> {
        let sql = "select count(*) as n from audit where at >= $1 and login = $2 and kind = 'unmask'";
        let row = self.connection.query_opt(sql, &[since.0.into(), login.0.into()])?;
        let n = row.map(|row| row.int("n")).transpose()?.unwrap_or(0);
        Ok(u64::try_from(n).unwrap_or(0))
    }

    /// What waits in the tray.
    ///
    /// # Errors
    /// The database.
    pub fn tray(&mut self, sight: &Sight) -> Result<Vec<TrayItem>, LedgerError> {
        let mut where_ = Conditions::default();
        where_.and("t.settled_at is null", []);
        match sight {
            Sight::All => {}
            Sight::Region(region) => where_.inside("t.path", &self.snapshot.regions, region),
            Sight::Org(_) | Sight::Sector { .. } | Sight::Nothing => where_.and("1 = 0", []),
        }
        let sql = format!(
            "select t.id, t.register, t.region, t.problems, t.received_at from tray t{} order by t.received_at, t.id limit 500",
            where_.to_sql()
        );
        let mut items = Vec::new();
        for row in self.connection.query(&sql, &where_.params)? {
            items.push(TrayItem {
                id: row.uuid("id")?,
                register: row.text("register")?.to_owned(),
                region: RegionId::new(row.text("region")?),
                problems: row.json("problems")?,
                received_at: Instant(row.int("received_at")?),
            });
        }
        Ok(items)
    }
}
