//! Changing policy while the city runs: propose with a preview, approve as another person, take back.

use crate::caller::Staff;
use crate::problem::ApiError;
use crate::state::{AppState, blocking, read, settle};
use lianfang_kernel::{Day, Instant, Problem, Words};
use lianfang_ledger::packs;
use lianfang_ledger::policy_changes::{
    Actor, CheckedPolicy, NewPolicyChange, POLICY_CHARS, PolicyChange, REASON_CHARS, Verdict,
};
use lianfang_ledger::preview_report::PreviewReport;
use lianfang_policy::going_back::version_before;
use lianfang_policy::proposal::written;
use lianfang_policy::{Finding, Snapshot};
use serde_json::{Value, json};
use uuid::Uuid;

/// A change as somebody proposes it.
#[derive(Clone, Debug)]
pub struct PolicyText {
    /// One version of a protocol, or rows of a rule.
    pub text: String,
    /// The first day on which it holds.
    pub effective_on: Day,
    /// Why.
    pub reason: String,
    /// Days of the preview.
    pub days: i64,
}

/// What the checker says, or what the change would do.
pub type Checked = Result<(CheckedPolicy, PreviewReport), Vec<Finding>>;

/// Checks a change and, when nothing is wrong with it, previews it; nothing is written.
///
/// # Errors
/// `no_right`, a text that is too long; the database; too many previews at once.
pub async fn check_policy(state: &AppState, staff: &Staff, asked: &PolicyText) -> Result<Checked, ApiError> {
    staff.must_propose()?;
    checked(state, None, asked).await
}

async fn checked(state: &AppState, id: Option<Uuid>, asked: &PolicyText) -> Result<Checked, ApiError> {
    if asked.text.chars().count() > POLICY_CHARS {
        let what = Words::new("文字超过{n}字", "The text has more than {n} characters").with("n", POLICY_CHARS);
        let hint = Words::new("一次只改一个方案版本", "Change one version of a protocol at a time");
        return Err(ApiError::bad_field("text", what, hint));
    }
    let _place = state.previewing().await?;
    let (ledger, asked) = (state.ledger.clone(), asked.clone());
    blocking(move || {
        let found = match ledger.check_policy(id, &asked.text, asked.effective_on)? {
            Ok(found) => found,
            Err(findings) => return Ok(Err(findings)),
        };
        let first = Some(asked.effective_on);
        let preview = ledger.preview_report(&found.other_packs(), first, asked.days, &|_, _| {})?;
        Ok(Ok((found, preview)))
    })
    .await
}

/// Proposes a change: checked, previewed, and kept until another person decides.
///
/// # Errors
/// As [`check_policy`]; no reason. Findings are in the answer.
pub async fn propose_policy(
    state: &AppState,
    staff: &Staff,
    asked: &PolicyText,
) -> Result<Result<PolicyChange, Vec<Finding>>, ApiError> {
    staff.must_propose()?;
    must_have_reason(&asked.reason)?;
    let id = state.ledger.new_id();
    let (found, preview) = match checked(state, Some(id), asked).await? {
        Ok(found) => found,
        Err(findings) => return Ok(Err(findings)),
    };
    let new = NewPolicyChange {
        id,
        candidate: found.candidate,
        text: asked.text.clone(),
        effective_on: asked.effective_on,
        reason: asked.reason.trim().to_owned(),
        preview,
    };
    let id = settle(state.ledger.propose_policy(actor(staff), new)).await?;
    Ok(Ok(policy_change(state, staff, id, None).await?))
}

fn actor(staff: &Staff) -> Actor {
    Actor {
        login: staff.login.id,
        name: staff.login.name.clone(),
        org: staff.login.org,
    }
}

fn must_have_reason(reason: &str) -> Result<(), ApiError> {
    if (1..=REASON_CHARS).contains(&reason.trim().chars().count()) {
        return Ok(());
    }
    let what = Words::new("请写明理由", "Give the reason");
    let hint = Words::new(
        "例如依据的文件和条款，1000字以内",
        "Such as the notice and clause, at most 1000 characters",
    );
    Err(ApiError::bad_field("reason", what, hint))
}

/// Approves, refuses or takes back a change. An approval checks it anew against what is in force by now.
///
/// # Errors
/// `no_right`, `four_eyes`, `already_decided`, `policy_findings`, `packs_changed`.
pub async fn decide_policy(
    state: &AppState,
    staff: &Staff,
    id: Uuid,
    (verdict, reason): (Verdict, String),
) -> Result<PolicyChange, ApiError> {
    match verdict {
        Verdict::Withdrawn => staff.must_propose()?,
        Verdict::Approved | Verdict::Refused => staff.must_approve()?,
    }
    if verdict == Verdict::Refused {
        must_have_reason(&reason)?;
    }
    let change = policy_change(state, staff, id, None).await?;
    let is_own = change.login == staff.login.id;
    let with = match verdict {
        Verdict::Approved if !is_own && change.decision.is_none() => {
            let ledger = state.ledger.clone();
            let checked = blocking(move || ledger.check_policy(Some(id), &change.text, change.effective_on)).await?;
            Some(checked.map_err(|findings| has_findings(&findings))?)
        }
        _ => None,
    };
    settle(state.ledger.decide_policy(actor(staff), id, (verdict, reason), with)).await?;
    policy_change(state, staff, id, None).await
}

/// The changes as known at a moment, the latest first, with as much of their previews as the reader may see.
///
/// # Errors
/// `no_right`; the database.
pub async fn policy_changes(
    state: &AppState,
    staff: &Staff,
    as_of: Option<Instant>,
) -> Result<Vec<PolicyChange>, ApiError> {
    staff.must_see_policy()?;
    let mut changes = read(state, move |reader| reader.policy_changes(as_of)).await?;
    let snapshot = state.ledger.snapshot();
    for change in &mut changes {
        keep_visible(&mut change.preview, staff, &snapshot);
    }
    Ok(changes)
}

/// One of them.
///
/// # Errors
/// `no_right`, `not_found`; the database.
pub async fn policy_change(
    state: &AppState,
    staff: &Staff,
    id: Uuid,
    as_of: Option<Instant>,
) -> Result<PolicyChange, ApiError> {
    staff.must_see_policy()?;
    let found = read(state, move |reader| reader.policy_change(id, as_of)).await?;
    let mut change = found.ok_or_else(|| ApiError::not_found(Words::new("没有这项变更", "There is no such change")))?;
    keep_visible(&mut change.preview, staff, &state.ledger.snapshot());
    Ok(change)
}

/// Leaves of a preview the persons whom the reader may see; the sums stay.
pub fn keep_visible(preview: &mut PreviewReport, staff: &Staff, snapshot: &Snapshot) {
    preview.people.retain(|person| {
        snapshot.regions.within(&person.region, &staff.region) && staff.reads_rows_of(&snapshot.model, &person.protocol)
    });
}

/// A text to begin with.
#[derive(Clone, Debug, Default)]
pub struct PolicyStart {
    /// The next version of a protocol, or rows of a rule, to be filled in.
    pub text: String,
    /// The newest version as it is written.
    pub present: String,
}

/// What one begins with to change a protocol; without one, rows of a rule.
///
/// # Errors
/// The database.
pub async fn policy_start(state: &AppState, protocol: &str, on: Day) -> Result<PolicyStart, ApiError> {
    let newest = state.ledger.snapshot().model.editions(protocol).last().cloned();
    let Some(newest) = newest else {
        let row = format!(
            "{{ from = \"{on}\", when = \"true\", then = {{ }}, clause = \"\", title = {{ zh = \"\", en = \"\" }} }}"
        );
        let text = format!("[rule.ID]\nrow = [\n  {row},\n]\n");
        return Ok(PolicyStart {
            text,
            present: String::new(),
        });
    };
    let next = newest.version + 1;
    let text = format!(
        "[[protocol.{protocol}]]\nversion = {next}\nlike = {}\ntransition = \"keep\"\nin_force = {{ from = \"{on}\" }}\n",
        newest.version
    );
    let active = read(state, |reader| packs::active(reader.connection())).await?;
    let present = active.and_then(|(_, sources)| {
        let all = [sources.packs(), sources.overlay()].concat();
        written(&all, &newest.id)
    });
    Ok(PolicyStart {
        text,
        present: present.unwrap_or_default(),
    })
}

/// The text that takes the version before a protocol's newest up again.
///
/// # Errors
/// It has no version before.
pub fn policy_back_of(state: &AppState, protocol: &str, on: Day) -> Result<String, ApiError> {
    version_before(&state.ledger.snapshot().model, protocol, on).ok_or_else(nothing_before)
}

/// The text that takes up again what held before a change.
///
/// # Errors
/// Nothing did, or a later change of the same rule would be lost with it; the database.
pub async fn policy_back(state: &AppState, change: &PolicyChange, on: Day) -> Result<String, ApiError> {
    let change = change.clone();
    let found = read(state, move |reader| reader.policy_before(&change, on)).await?;
    found.ok_or_else(nothing_before)
}

fn nothing_before() -> ApiError {
    let what = Words::new("此前没有可以恢复的内容", "There is nothing before it to go back to");
    let hint = Words::new(
        "同一规则其后又有变更的，请从最后一次变更办理；否则请另行提出",
        "If the same rule was changed again since, do it from the last change; otherwise propose the text anew",
    );
    ApiError::refused(Problem::new("no_version_before", what, hint))
}

/// Findings as a refusal.
pub(crate) fn has_findings(findings: &[Finding]) -> ApiError {
    let what = Words::new("文字有{n}处要改", "To be mended in the text: {n}").with("n", findings.len());
    let hint = Words::new("每处写明行号和改法", "Each has its line and what to do");
    let told: Vec<Value> = findings.iter().map(finding_json).collect();
    ApiError::refused(Problem::new("policy_findings", what, hint).at("text")).with("findings", json!(told))
}

fn finding_json(finding: &Finding) -> Value {
    json!({
        "file": finding.file, "line": finding.line, "column": finding.column, "what": finding.what, "hint": finding.hint,
    })
}
