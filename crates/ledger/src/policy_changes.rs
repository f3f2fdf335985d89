//! Changing policy while the city runs: proposed by one person with its preview, approved by another, in force by the
//! activation of packs like any other. A version begins on the day it names; what runs until then is the version before.
//!
//! Nothing is altered: a proposal and what was decided of it are two rows, so that every moment can be told again.

use crate::LedgerError;
use crate::audit::AuditLine;
use crate::batch::Batch;
use crate::ledger::{Exec, Ledger, Reply};
use crate::packs::{PackSources, active, put_in_force};
use crate::preview_report::{OtherPacks, PreviewReport};
use crate::read::Reader;
use lianfang_db::{Row, Value};
use lianfang_kernel::ids::{LoginId, SubjectId};
use lianfang_kernel::{Day, Instant, Problem, Words};
use lianfang_policy::going_back::{rows_before, speaks_of, version_before};
use lianfang_policy::model::Model;
use lianfang_policy::proposal::{Candidate, Proposal, candidate};
use lianfang_policy::{Finding, Source};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;
use uuid::Uuid;

/// Characters of a proposed text at most.
pub const POLICY_CHARS: usize = 60_000;
/// Characters of a reason at most.
pub const REASON_CHARS: usize = 1_000;
/// Changes told at most, the latest first.
const MOST: i64 = 200;

/// Where a change stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyState {
    /// It waits for another person.
    Proposed,
    /// It is approved and begins on a later day.
    Approved,
    /// It is in force.
    InForce,
    /// A later change of the same item is in force.
    Superseded,
    /// Another person refused it.
    Refused,
    /// Its author took it back.
    Withdrawn,
}

/// What is decided of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Another person agrees.
    Approved,
    /// Another person does not.
    Refused,
    /// The author takes it back.
    Withdrawn,
}

impl Verdict {
    /// Stable name.
    pub fn id(self) -> &'static str {
        match self {
            Verdict::Approved => "approved",
            Verdict::Refused => "refused",
            Verdict::Withdrawn => "withdrawn",
        }
    }

    fn from_id(id: &str) -> Option<Verdict> {
        [Verdict::Approved, Verdict::Refused, Verdict::Withdrawn]
            .into_iter()
            .find(|verdict| verdict.id() == id)
    }
}

/// What was decided of a change, by whom.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PolicyDecision {
    /// What.
    pub verdict: Verdict,
    /// The account's name.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Of an approval: the digest of the packs that came into force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// When.
    pub at: Instant,
}

/// A change as it is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PolicyChange {
    /// Its id.
    pub id: Uuid,
    /// `protocol` or `rule`.
    pub table: String,
    /// Which.
    pub item: String,
    /// Of a protocol the version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// What is proposed, in words of the language.
    pub text: String,
    /// The first day on which it holds.
    pub effective_on: Day,
    /// Why.
    pub reason: String,
    /// Who proposes it.
    #[serde(skip)]
    pub login: LoginId,
    /// The account's name.
    pub author: String,
    /// Digest of the packs with it, as it was proposed.
    pub digest: String,
    /// What it would do, as it was proposed.
    pub preview: PreviewReport,
    /// When.
    pub proposed_at: Instant,
    /// What was decided.
    pub decision: Option<PolicyDecision>,
    /// Where it stands.
    pub state: PolicyState,
}

/// Who acts, as history names them.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The account.
    pub login: LoginId,
    /// Its name.
    pub name: String,
    /// For whom.
    pub org: Option<SubjectId>,
}

/// A change to be proposed, checked and previewed.
#[derive(Clone, Debug)]
pub struct NewPolicyChange {
    /// Its id, under which it was checked.
    pub id: Uuid,
    /// What it proposes, with everything in force.
    pub candidate: Arc<Candidate>,
    /// The text.
    pub text: String,
    /// The first day.
    pub effective_on: Day,
    /// Why.
    pub reason: String,
    /// What it would do.
    pub preview: PreviewReport,
}

/// Packs with a proposal, as they are checked before anything is written.
#[derive(Clone, Debug)]
pub struct CheckedPolicy {
    /// What it proposes.
    pub candidate: Arc<Candidate>,
    /// All sources with it.
    pub sources: PackSources,
    /// The digest of what they were checked against.
    pub base: String,
}

impl CheckedPolicy {
    /// As a preview asks for it.
    pub fn other_packs(&self) -> OtherPacks {
        OtherPacks {
            model: Arc::new(self.candidate.model.clone()),
            differences: self.candidate.differences.clone(),
            touched: self.candidate.touched.clone(),
        }
    }
}

/// The path under which findings and sources name a proposal.
fn path_of(id: Option<Uuid>) -> String {
    match id {
        Some(id) => format!("policy/{id}.toml"),
        None => "policy/new.toml".to_owned(),
    }
}

impl Ledger {
    /// Checks a text against everything in force. Slow work: call it where blocking is allowed.
    ///
    /// # Errors
    /// The database. Findings are in the answer.
    pub fn check_policy(
        &self,
        id: Option<Uuid>,
        text: &str,
        effective_on: Day,
    ) -> Result<Result<CheckedPolicy, Vec<Finding>>, LedgerError> {
        let Some((activation, sources)) = active(&mut *self.core.database.reader()?)? else {
            let what = Words::new("没有启用的能力包", "No packs are activated");
            let hint = Words::new("请先运行 lianfang pack activate", "Run lianfang pack activate first");
            return Err(LedgerError::Refused(Box::new(Problem::new("no_packs", what, hint))));
        };
        let proposal = Proposal {
            source: Source {
                path: path_of(id),
                text: text.to_owned(),
            },
            effective_on,
        };
        let today = self.snapshot().zone.day_of(self.now());
        Ok(
            candidate(&sources.packs(), &sources.overlay(), &proposal, today).map(|found| CheckedPolicy {
                sources: PackSources::new(sources.packs(), found.overlay.clone()),
                candidate: Arc::new(found),
                base: activation.digest,
            }),
        )
    }

    /// Writes a proposal down; it waits for another person.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn propose_policy(&self, actor: Actor, new: NewPolicyChange) -> Result<Reply<Uuid>, LedgerError> {
        self.queue
            .submit(Exec(move |batch: &mut Batch<'_>| propose(batch, &actor, &new)))
    }

    /// Decides a proposal. An approval carries the packs with it, checked against those in force.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn decide_policy(
        &self,
        actor: Actor,
        change: Uuid,
        (verdict, reason): (Verdict, String),
        checked: Option<CheckedPolicy>,
    ) -> Result<Reply<PolicyDecision>, LedgerError> {
        let model = checked
            .as_ref()
            .map(|checked| Arc::new(checked.candidate.model.clone()));
        self.queue.submit(Exec(move |batch: &mut Batch<'_>| {
            let with = checked.as_ref().zip(model.as_ref());
            decide(batch, &actor, change, (verdict, &reason), with)
        }))
    }
}

fn propose(batch: &mut Batch<'_>, actor: &Actor, new: &NewPolicyChange) -> Result<Uuid, LedgerError> {
    let id = new.id;
    let item = &new.candidate.item;
    let sql = "insert into policy_change (id, item_table, item, version, source, effective_on, reason, login, author, \
               digest, preview, proposed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let params = [
        id.into(),
        item.table.into(),
        item.id.as_str().into(),
        (item.version > 0).then_some(i64::from(item.version)).into(),
        new.text.as_str().into(),
        i64::from(new.effective_on.0).into(),
        new.reason.as_str().into(),
        actor.login.0.into(),
        actor.name.as_str().into(),
        new.candidate.model.digest.as_str().into(),
        Value::Json(serde_json::to_string(&new.preview)?),
        batch.recorded_at.0.into(),
    ];
    batch.connection.execute(sql, &params)?;
    note(batch, actor, "policy_proposed", id, &new.candidate.model.digest);
    Ok(id)
}

fn note(batch: &mut Batch<'_>, actor: &Actor, kind: &'static str, change: Uuid, digest: &str) {
    batch.pending.audit.push(AuditLine {
        kind,
        login: Some(actor.login),
        org: actor.org,
        detail: json!({ "change": change, "digest": digest }),
        ..AuditLine::default()
    });
}

fn decide(
    batch: &mut Batch<'_>,
    actor: &Actor,
    change: Uuid,
    (verdict, reason): (Verdict, &str),
    checked: Option<(&CheckedPolicy, &Arc<Model>)>,
) -> Result<PolicyDecision, LedgerError> {
    let sql = "select c.login, c.author, c.digest, d.verdict from policy_change c left join policy_decision d \
               on d.change = c.id where c.id = $1";
    let Some(row) = batch.connection.query_opt(sql, &[change.into()])? else {
        return Err(refused(
            "not_found",
            ("没有这项变更", "There is no such change"),
            CHECK_ID,
        ));
    };
    let (author, author_name) = (LoginId(row.uuid("login")?), row.text("author")?.to_owned());
    if row.opt_text("verdict")?.is_some() {
        let hint = (
            "请刷新查看结果；要再改请另行提出",
            "Look at it again; propose anew for another change",
        );
        return Err(refused(
            "already_decided",
            ("这项变更已有结论", "This change was decided already"),
            hint,
        ));
    }
    four_eyes(actor, author, verdict)?;
    let digest = match (verdict, checked) {
        (Verdict::Approved, Some((checked, model))) => {
            must_be_in_force(batch, &checked.base)?;
            let names = (author_name.as_str(), actor.name.as_str());
            Some(put_in_force(batch, &checked.sources, model, names)?.digest)
        }
        (Verdict::Approved, None) => return Err(LedgerError::corrupt("缺少待启用的能力包", "packs are missing")),
        _ => None,
    };
    let decision = PolicyDecision {
        verdict,
        by: actor.name.clone(),
        reason: reason.to_owned(),
        at: batch.recorded_at,
        digest,
    };
    let sql = "insert into policy_decision (change, verdict, login, decided_by, reason, digest, decided_at) \
               values ($1, $2, $3, $4, $5, $6, $7)";
    let params = [
        change.into(),
        verdict.id().into(),
        actor.login.0.into(),
        actor.name.as_str().into(),
        reason.into(),
        decision.digest.clone().into(),
        decision.at.0.into(),
    ];
    batch.connection.execute(sql, &params)?;
    let kind = match verdict {
        Verdict::Approved => "policy_approved",
        Verdict::Refused => "policy_refused",
        Verdict::Withdrawn => "policy_withdrawn",
    };
    note(
        batch,
        actor,
        kind,
        change,
        decision.digest.as_deref().unwrap_or_default(),
    );
    Ok(decision)
}

const CHECK_ID: (&str, &str) = ("请从名单中选择", "Pick it from the list");

fn refused(code: &str, what: (&str, &str), hint: (&str, &str)) -> LedgerError {
    let problem = Problem::new(code, Words::new(what.0, what.1), Words::new(hint.0, hint.1));
    LedgerError::Refused(Box::new(problem))
}

/// Who proposes does not decide; nobody but the author takes a proposal back.
fn four_eyes(actor: &Actor, author: LoginId, verdict: Verdict) -> Result<(), LedgerError> {
    match verdict {
        Verdict::Approved | Verdict::Refused if actor.login == author => Err(refused(
            "four_eyes",
            ("提出人不能自己审批", "Whoever proposes a change does not decide on it"),
            (
                "请由另一位有审批权的人办理；可以撤回后重提",
                "Another person with the right decides; you may take it back and propose anew",
            ),
        )),
        Verdict::Withdrawn if actor.login != author => Err(refused(
            "not_the_author",
            ("只有提出人可以撤回", "Only its author takes a change back"),
            ("请改为退回，并写明理由", "Refuse it instead, with the reason"),
        )),
        _ => Ok(()),
    }
}

/// The packs that a proposal was checked against must still be those in force.
fn must_be_in_force(batch: &mut Batch<'_>, base: &str) -> Result<(), LedgerError> {
    let latest = active(batch.connection)?.map(|(activation, _)| activation.digest);
    if latest.as_deref() == Some(base) {
        return Ok(());
    }
    Err(refused(
        "packs_changed",
        ("其间另一项变更已生效", "Another change came into force meanwhile"),
        ("请再审批一次，系统会重新检查", "Approve again: it is checked anew"),
    ))
}

impl Reader<'_> {
    /// The changes as known at a moment, the latest first.
    ///
    /// # Errors
    /// The database.
    pub fn policy_changes(&mut self, as_of: Option<Instant>) -> Result<Vec<PolicyChange>, LedgerError> {
        let at = as_of.unwrap_or(self.now);
        let sql = format!("{SELECT} where c.proposed_at <= $1 order by c.proposed_at desc, c.id desc limit $2");
        let rows = self.connection.query(&sql, &[at.0.into(), MOST.into()])?;
        let mut changes: Vec<PolicyChange> = rows.iter().map(read).collect::<Result<_, LedgerError>>()?;
        let today = self.snapshot.zone.day_of(at);
        for change in &mut changes {
            change.decision = change.decision.take().filter(|decision| decision.at <= at);
        }
        let standing: Vec<PolicyState> = changes.iter().map(|change| state_of(change, &changes, today)).collect();
        for (change, state) in changes.iter_mut().zip(standing) {
            change.state = state;
        }
        Ok(changes)
    }

    /// One change; none when there is no such.
    ///
    /// # Errors
    /// The database.
    pub fn policy_change(&mut self, id: Uuid, as_of: Option<Instant>) -> Result<Option<PolicyChange>, LedgerError> {
        let changes = self.policy_changes(as_of)?;
        Ok(changes.into_iter().find(|change| change.id == id))
    }
}

impl Reader<'_> {
    /// The text that takes up again what held before a change, from a day on; none when nothing did, or when a later change
    /// of the same rule would be lost with it.
    ///
    /// # Errors
    /// The database.
    pub fn policy_before(&mut self, change: &PolicyChange, on: Day) -> Result<Option<String>, LedgerError> {
        if change.table == "protocol" {
            return Ok(version_before(&self.snapshot.model, &change.item, on));
        }
        let Some((_, sources)) = active(self.connection)? else {
            return Ok(None);
        };
        let (own, overlay) = (path_of(Some(change.id)), sources.overlay());
        let Some(at) = overlay.iter().position(|source| source.path == own) else {
            return Ok(None);
        };
        if overlay[at + 1..].iter().any(|source| speaks_of(source, &change.item)) {
            return Ok(None);
        }
        let before = [&sources.packs(), &overlay[..at]].concat();
        Ok(rows_before(&before, &change.item, on))
    }
}

const SELECT: &str = "select c.id, c.item_table, c.item, c.version, c.source, c.effective_on, c.reason, c.login, c.author, \
    c.digest, c.preview, c.proposed_at, d.verdict, d.decided_by, d.reason as why, d.digest as in_force, d.decided_at \
    from policy_change c left join policy_decision d on d.change = c.id";

fn read(row: &Row) -> Result<PolicyChange, LedgerError> {
    let verdict = row.opt_text("verdict")?.and_then(Verdict::from_id);
    let decision = match verdict {
        Some(verdict) => Some(PolicyDecision {
            verdict,
            by: row.text("decided_by")?.to_owned(),
            reason: row.text("why")?.to_owned(),
            digest: row.opt_text("in_force")?.map(str::to_owned),
            at: Instant(row.int("decided_at")?),
        }),
        None => None,
    };
    Ok(PolicyChange {
        id: row.uuid("id")?,
        table: row.text("item_table")?.to_owned(),
        item: row.text("item")?.to_owned(),
        version: row.opt_int("version")?.and_then(|n| u32::try_from(n).ok()),
        text: row.text("source")?.to_owned(),
        effective_on: Day(i32::try_from(row.int("effective_on")?).unwrap_or(i32::MAX)),
        reason: row.text("reason")?.to_owned(),
        login: LoginId(row.uuid("login")?),
        author: row.text("author")?.to_owned(),
        digest: row.text("digest")?.to_owned(),
        preview: row.json("preview")?,
        proposed_at: Instant(row.int("proposed_at")?),
        decision,
        state: PolicyState::Proposed,
    })
}

fn state_of(change: &PolicyChange, all: &[PolicyChange], today: Day) -> PolicyState {
    let Some(decision) = &change.decision else {
        return PolicyState::Proposed;
    };
    let begun = |other: &PolicyChange| other.effective_on <= today;
    match decision.verdict {
        Verdict::Refused => PolicyState::Refused,
        Verdict::Withdrawn => PolicyState::Withdrawn,
        Verdict::Approved if !begun(change) => PolicyState::Approved,
        Verdict::Approved => {
            let later = all.iter().any(|other| {
                let approved = other
                    .decision
                    .as_ref()
                    .is_some_and(|other| other.verdict == Verdict::Approved && other.at > decision.at);
                approved && begun(other) && (&other.table, &other.item) == (&change.table, &change.item)
            });
            if later {
                PolicyState::Superseded
            } else {
                PolicyState::InForce
            }
        }
    }
}
