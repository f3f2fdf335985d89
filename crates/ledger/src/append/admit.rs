//! Judging one entry.

use super::resolve::{self, Resolved};
use super::rights::{self, Standing};
use super::{allocate, clip, draw, in_post, land};
use crate::LedgerError;
use crate::batch::Batch;
use crate::listed_only::is_listed_only;
use crate::wire::{Author, CHECKPOINT, EntryAnswer, MATCH, NewEntry, Status, SubjectIn};
use crate::{attachments, merging, posting};
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{
    Act, Assurance, Catalog, Datum, Day, Entry, FieldSchema, Instant, Nature, Problem, ReadBody, RegionId, SubjectView,
    Words, read_body,
};
use lianfang_policy::Snapshot;
use lianfang_policy::model::Register;
use lianfang_protocol::{Candidate, Fact, Judgement, balances_of, judge, needs_of};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::sync::Arc;

/// Judges one entry and, when it is accepted, lands it in the batch.
pub(crate) fn admit(batch: &mut Batch<'_>, author: &Author, new: &NewEntry) -> Result<EntryAnswer, LedgerError> {
    let snapshot = batch.snapshot.clone();
    let Some(register) = snapshot.model.registers.get(&new.register).cloned() else {
        return Ok(EntryAnswer::refused(
            new.id,
            vec![unknown_register(&snapshot, &new.register)],
        ));
    };
    if register.matching.is_some() && author.channel != MATCH && new.act == Act::New {
        return Ok(EntryAnswer::refused(new.id, vec![not_compared()]));
    }
    let standing = Standing::of(author, &snapshot);
    if let Some(problem) = in_post::may_not_write(batch, &standing, author, &register)? {
        return Ok(EntryAnswer::refused(new.id, vec![problem]));
    }
    let prior = match prior(batch, &register, new)? {
        Ok(prior) => prior,
        Err(problem) => return Ok(EntryAnswer::refused(new.id, vec![problem])),
    };
    let filled = match filled(batch, &standing, &register, new)? {
        Ok(filled) => filled,
        Err(problem) => return Ok(EntryAnswer::refused(new.id, vec![problem])),
    };
    let new = filled.as_ref();
    let mut read = read(&snapshot, &register, new, prior.as_ref(), batch.now);
    let place = place_of(&register, &read, new);
    let subject = match (&prior, new.act) {
        (Some(prior), _) => Ok(Resolved {
            id: prior.entry.subject,
            made: None,
        }),
        (None, _) => resolve::resolve(batch, author, &register, new.subject.as_ref(), place.as_ref())?,
    };
    let resolved = match subject {
        Ok(resolved) => resolved,
        Err(mut problems) => {
            problems.extend(read.problems);
            return Ok(EntryAnswer::refused(new.id, problems));
        }
    };
    let view = match &resolved.made {
        Some(made) => made.view.clone(),
        None => batch
            .subjects
            .get(&resolved.id)
            .map(|state| state.view.clone())
            .ok_or_else(gone)?,
    };
    let is_intake = rights::is_intake(&snapshot, &register.schema.id);
    let follows_place = register.schema.stays.is_some() || is_intake;
    let stays_at = place.filter(|_| follows_place).unwrap_or_else(|| view.region.clone());
    let is_open = is_intake || resolved.made.is_some();
    if let Err(problem) = rights::may_act_on(&standing, author, &snapshot, &view, &stays_at, is_open) {
        return Ok(EntryAnswer::refused(new.id, vec![problem]));
    }
    if let Err(problem) = merging::judge(batch, &standing, author, new, &view)? {
        return Ok(EntryAnswer::refused(new.id, vec![problem]));
    }
    read.problems
        .extend(attachments::judge(batch, author, resolved.id, &read.attached)?);
    if !read.problems.is_empty() {
        return misfit(batch, author, &register, new, read.problems, &stays_at);
    }
    let entry = stamp(batch, author, &register, new, &view, stays_at, &read, &standing);
    decide(
        batch,
        author,
        &register,
        new,
        Admission {
            resolved,
            entry,
            read,
            prior,
        },
    )
}

/// What a comparison found is not typed.
fn not_compared() -> Problem {
    let what = Words::new("比对结果不能直接填写", "What a comparison found is not typed");
    let hint = Words::new("请在比对任务中上传名单", "Send the list to the match run");
    Problem::new("list_needed", what, hint)
}

/// The entry with what the installation itself fills in: lots drawn, stock shared out.
fn filled<'n>(
    batch: &mut Batch<'_>,
    standing: &Standing<'_>,
    register: &Register,
    new: &'n NewEntry,
) -> Result<Result<Cow<'n, NewEntry>, Problem>, LedgerError> {
    if new.act != Act::New || register.draws.is_empty() && register.allocation.is_none() {
        return Ok(Ok(Cow::Borrowed(new)));
    }
    let area = standing.region.clone().unwrap_or_else(|| batch.snapshot.city.clone());
    let made = match &register.allocation {
        Some(allocation) => allocate::fill(batch, register, allocation, &area, new)?,
        None => draw::fill(batch, register, &area, new)?,
    };
    Ok(made.map(Cow::Owned))
}

/// An entry on its way in.
pub(super) struct Admission {
    pub resolved: Resolved,
    pub entry: Entry,
    pub read: ReadBody,
    pub prior: Option<Fact>,
}

fn decide(
    batch: &mut Batch<'_>,
    author: &Author,
    register: &Arc<Register>,
    new: &NewEntry,
    mut admission: Admission,
) -> Result<EntryAnswer, LedgerError> {
    if let Some(problem) = in_post::not_then(batch, author, new, admission.entry.at)? {
        return Ok(EntryAnswer::refused(new.id, vec![problem]));
    }
    let Judgement {
        body,
        decisions,
        refusals,
        warnings,
        flags,
        ..
    } = judged(batch, author, register, new, &admission)?;
    if !refusals.is_empty() {
        return Ok(EntryAnswer::refused(new.id, refusals));
    }
    if !warnings.is_empty() && !new.confirmed {
        return Ok(EntryAnswer::refused(
            new.id,
            warnings.into_iter().map(needs_confirmation).collect(),
        ));
    }
    admission.entry.body = body;
    admission.entry.flags.extend(flags);
    let decision = decisions.first().map(|decision| decision.to_json());
    let flags = admission.entry.flags.clone();
    let status = if flags.is_empty() {
        Status::Accepted
    } else {
        Status::Flagged
    };
    let landed = land::land(batch, author, register, new, admission, status)?;
    // A stranger learns nothing of a file that was there before.
    let may_know = !author.is_stranger();
    Ok(EntryAnswer {
        id: new.id,
        status,
        subject: may_know.then_some(landed.subject),
        problems: Vec::new(),
        flags,
        decision: decision.filter(|_| may_know),
        tasks: if may_know { landed.tasks } else { Vec::new() },
        certificate: landed.certificate,
    })
}

/// What is to be said of an entry, once all that it reads was fetched.
fn judged(
    batch: &mut Batch<'_>,
    author: &Author,
    register: &Register,
    new: &NewEntry,
    admission: &Admission,
) -> Result<Judgement, LedgerError> {
    let snapshot = batch.snapshot.clone();
    let made = admission.resolved.made.as_ref().map(|made| made.view.clone());
    let candidate = Candidate {
        register,
        entry: &admission.entry,
        subject: made.as_ref(),
        author: author_datum(author, in_post::person_of(batch, author)?, &snapshot),
        prior: admission.prior.as_ref(),
        confirmed: new.confirmed,
        overrides: &new.overrides,
        stranger: author.is_stranger(),
    };
    let mut needs = needs_of(&candidate, &snapshot);
    // A file that this entry makes is nowhere to be read.
    needs.retain(|id| made.as_ref().is_none_or(|made| made.id != *id));
    batch.load_subjects(&needs)?;
    posting::read_balances(batch, balances_of(&candidate, &snapshot))?;
    if let Some(state) = batch.subjects.get(&admission.entry.subject) {
        let needs = lianfang_protocol::needs(&state.history, &snapshot, batch.now);
        batch.load_subjects(&needs)?;
    }
    Ok(judge(&candidate, &snapshot, &batch.files(), batch.now))
}

fn gone() -> LedgerError {
    LedgerError::corrupt("对象读取失败", "the subject could not be read")
}

/// The entry that an act names, as a fact.
fn prior(
    batch: &mut Batch<'_>,
    register: &Register,
    new: &NewEntry,
) -> Result<Result<Option<Fact>, Problem>, LedgerError> {
    if new.act == Act::New {
        return Ok(Ok(None));
    }
    if matches!(new.act, Act::Correct | Act::Withdraw) && new.reason.as_deref().is_none_or(|r| r.trim().is_empty()) {
        let what = Words::new("更正和撤回须说明理由", "A correction or withdrawal needs its reason");
        return Ok(Err(Problem::new(
            "reason_missing",
            what,
            Words::new("请填写 reason", "Give reason"),
        )
        .at("reason")));
    }
    let unknown = || {
        let what = Words::new("找不到要更改的记录", "The entry to change was not found");
        let hint = Words::new(
            "请核对 replaces 的编号和登记册",
            "Check the id in replaces and the register",
        );
        Problem::new("unknown_entry", what, hint).at("replaces")
    };
    let Some(id) = new.replaces else {
        return Ok(Err(unknown()));
    };
    batch.locate_entries(&[id])?;
    let Some(subject) = batch.entry_subjects.get(&id).copied().flatten() else {
        return Ok(Err(unknown()));
    };
    batch.load_subjects(&[subject])?;
    let snapshot = batch.snapshot.clone();
    if is_listed_only(&snapshot.model, register) {
        batch.load_acts_on(subject, id)?;
    }
    let Some(state) = batch.subjects.get(&subject) else {
        return Ok(Err(unknown()));
    };
    let stored = state
        .entries
        .iter()
        .find(|stored| stored.entry.id == id && stored.entry.register == register.schema.id);
    let superseded = state
        .entries
        .iter()
        .any(|other| other.entry.replaces == Some(id) && matches!(other.entry.act, Act::Correct | Act::Withdraw));
    if superseded {
        let what = Words::new("该记录已被更正或撤回", "This entry was corrected or withdrawn already");
        let hint = Words::new("请更改最新的一条", "Change the latest one");
        return Ok(Err(Problem::new("already_replaced", what, hint).at("replaces")));
    }
    Ok(stored
        .map(|stored| Some(Fact::new(stored.entry.clone(), register)))
        .ok_or_else(unknown))
}

struct Lists<'a>(&'a Snapshot);

impl Catalog for Lists<'_> {
    fn has_code(&self, list: &str, code: &str) -> bool {
        self.0
            .model
            .lists
            .get(list)
            .is_some_and(|list| list.value(code).is_some())
    }

    fn codes(&self, list: &str) -> Vec<String> {
        let list = self.0.model.lists.get(list);
        list.map(|list| list.values.iter().map(|value| value.id.clone()).collect())
            .unwrap_or_default()
    }

    fn has_region(&self, id: &RegionId) -> bool {
        self.0.regions.contains(id)
    }

    fn has_type(&self, id: &str) -> bool {
        self.0.model.kind_of(id).is_some()
    }
}

fn read(snapshot: &Snapshot, register: &Register, new: &NewEntry, prior: Option<&Fact>, now: Instant) -> ReadBody {
    if matches!(new.act, Act::Withdraw) {
        return ReadBody {
            plain: prior.map(|p| p.entry.body.clone()).unwrap_or_default(),
            ..ReadBody::default()
        };
    }
    let at = at_of(snapshot, register, new, &new.body).unwrap_or(now);
    let day = snapshot.zone.day_of(prior.map_or(at, |prior| prior.entry.at.min(at)));
    let asked = register.schema.fields.iter().cloned();
    let mut fields: Vec<FieldSchema> = asked.map(|field| field.as_asked_on(day)).collect();
    for field in &mut fields {
        // Defaults and computed values are filled in by the judge, who asks for what is still missing.
        let filled = register
            .default
            .iter()
            .chain(&register.compute)
            .any(|(id, _)| *id == field.id);
        if filled || new.act == Act::End {
            field.required = false;
        }
    }
    let body = match new.stamped.is_empty() {
        true => Cow::Borrowed(&new.body),
        false => {
            let mut body = new.body.clone();
            body.extend(new.stamped.clone());
            Cow::Owned(body)
        }
    };
    let mut read = read_body(&fields, &body, &Lists(snapshot), &snapshot.zone);
    if let (Act::End, Some(prior)) = (new.act, prior) {
        let ends: Vec<_> = read.plain.into_iter().collect();
        read.plain = prior.entry.body.clone();
        read.plain.extend(ends);
    }
    read
}

/// The place an entry says its subject stays at.
fn place_of(register: &Register, read: &ReadBody, new: &NewEntry) -> Option<RegionId> {
    let stays = register
        .schema
        .stays
        .as_ref()
        .and_then(|field| read.plain.get(field))
        .and_then(|v| v.as_str());
    stays.map(RegionId::new).or_else(|| new.region.clone())
}

#[expect(
    clippy::too_many_arguments,
    reason = "an entry is stamped with everything about its moment at once"
)]
fn stamp(
    batch: &Batch<'_>,
    author: &Author,
    register: &Register,
    new: &NewEntry,
    view: &SubjectView,
    region: RegionId,
    read: &ReadBody,
    standing: &Standing<'_>,
) -> Entry {
    let at = at_of(&batch.snapshot, register, new, &read.plain).unwrap_or(batch.now);
    let assurance = match (author.is_resident(), new.assurance) {
        (true, _) => Assurance::SelfStated,
        (false, Some(assurance)) => assurance,
        (false, None) => Assurance::Seen,
    };
    Entry {
        id: EntryId(new.id),
        register: register.schema.id.clone(),
        register_version: register.schema.version,
        act: new.act,
        replaces: new.replaces,
        subject: view.id,
        at,
        made_at: new.made_at,
        received_at: batch.now,
        recorded_at: batch.recorded_at,
        reported_at: new.reported_at,
        login: author.login,
        device: author.device,
        org: author.org,
        region,
        sector: standing.sector.clone(),
        channel: author.channel.to_owned(),
        assurance,
        proxy: new.proxy,
        group: new.group,
        reason: new.reason.as_deref().map(|reason| reason.chars().take(2_000).collect()),
        flags: Vec::new(),
        body: read.plain.clone(),
    }
}

fn at_of(snapshot: &Snapshot, register: &Register, new: &NewEntry, body: &Map<String, Value>) -> Option<Instant> {
    let field = register
        .schema
        .at_field
        .as_ref()
        .and_then(|field| body.get(field))
        .and_then(|v| v.as_str());
    // A day is its first moment.
    let moment = |text: &str| {
        let day = || Day::parse(text).ok().map(|day| snapshot.zone.start_of(day));
        Instant::parse(text).ok().or_else(day)
    };
    field.and_then(moment).or(new.at)
}

fn author_datum(author: &Author, person: Option<SubjectId>, snapshot: &Snapshot) -> Datum {
    let org = author.org.and_then(|id| snapshot.orgs.get(id));
    Datum::record([
        ("role", Datum::text(&author.role)),
        (
            "login",
            author.login.map_or(Datum::Null, |id| Datum::text(&id.to_string())),
        ),
        ("org", author.org.map_or(Datum::Null, |id| Datum::text(&id.to_string()))),
        ("person", person.map_or(Datum::Null, |id| Datum::text(&id.to_string()))),
        (
            "region",
            org.map_or(Datum::Null, |org| Datum::text(org.region.as_str())),
        ),
        (
            "sector",
            org.and_then(|org| org.sector.as_deref())
                .map_or(Datum::Null, Datum::text),
        ),
    ])
}

/// What does not fit: an act is refused, an observation waits in the tray for a person.
fn misfit(
    batch: &mut Batch<'_>,
    author: &Author,
    register: &Register,
    new: &NewEntry,
    problems: Vec<Problem>,
    place: &RegionId,
) -> Result<EntryAnswer, LedgerError> {
    let staff = author.login.is_some() || author.channel == CHECKPOINT;
    if register.schema.nature == Nature::Act || new.act != Act::New || !staff || author.has_screen() {
        return Ok(EntryAnswer::refused(new.id, problems));
    }
    let context = crate::tray::context(new.id);
    let sealed = batch.core.vault.seal_system(&context, &serde_json::to_vec(new)?)?;
    batch.pending.tray.push(vec![
        new.id.into(),
        register.schema.id.as_str().into(),
        author.scope().into(),
        place.as_str().into(),
        batch.snapshot.regions.path(place).into(),
        lianfang_db::Value::Json(serde_json::to_string(&problems)?),
        sealed.into(),
        batch.now.0.into(),
    ]);
    let mut answer = EntryAnswer::refused(new.id, problems);
    answer.status = Status::Tray;
    Ok(answer)
}

fn needs_confirmation(mut problem: Problem) -> Problem {
    problem.hint = Words::new(
        format!(
            "{}。确认无误请勾选“已核对”后再报送",
            problem.hint.zh.trim_end_matches('。')
        ),
        format!(
            "{}. If it is right, send it again as confirmed",
            problem.hint.en.trim_end_matches('.')
        ),
    );
    problem
}

fn unknown_register(snapshot: &Snapshot, id: &str) -> Problem {
    let mut known: Vec<&str> = snapshot.model.registers.keys().map(String::as_str).collect();
    known.sort_by_key(|known| distance(known, id));
    known.truncate(3);
    let what = Words::new("没有登记册“{id}”", "There is no register “{id}”").with("id", clip(id));
    let hint = Words::new("是不是：{k}", "Did you mean: {k}").with("k", known.join(", "));
    Problem::new("unknown_register", what, hint).at("register")
}

/// A rough nearness of two ids: letters that differ.
fn distance(a: &str, b: &str) -> usize {
    let shared = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    a.len().abs_diff(b.len()) + a.len().saturating_sub(shared)
}

/// Whether the subject was described rather than named, so that its identity may be filled in.
pub(super) fn described(new: &NewEntry) -> Option<&crate::wire::Described> {
    match &new.subject {
        Some(SubjectIn::Described(described)) => Some(described),
        _ => None,
    }
}
