//! `/admin/policy`: changes of policy, proposed by one person and decided by another.

use crate::Answer;
use crate::form::Form;
use crate::region_steps;
use crate::visit::{Desk, civil, date, shown};
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::{Day, Lang, Words};
use lianfang_ledger::policy_changes::{PolicyChange, PolicyState, Verdict};
use lianfang_ledger::preview_report::{Desk as TaskDesk, PREVIEW_DAYS, PreviewReport, ReportChange, ReportCourse};
use lianfang_policy::{Finding, Snapshot};
use lianfang_server::{
    ApiError, AppState, PolicyText, check_policy, decide_policy, keep_visible, policy_back, policy_change,
    policy_changes, policy_start, propose_policy, read,
};
use lianfang_ui::part::form::{Choice, Problem};
use lianfang_ui::views::admin::policy::{Line, Policy, State as Standing, render as render_list};
use lianfang_ui::views::admin::policy_change::{PolicyChange as OneView, render as render_one};
use lianfang_ui::views::admin::policy_form::{PolicyForm, Said, render as render_form};
use lianfang_ui::views::admin::policy_preview::{Change, Course, Person, Preview};
use lianfang_ui::{dates, paths, text};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Desks on a page at most, those whose work changes most first.
const DESKS: usize = 20;
/// Persons on a page at most.
const PEOPLE: usize = 100;
/// Letters of a digest that tell it apart.
const DIGEST: usize = 12;

pub(super) async fn list(State(state): State<AppState>, desk: Desk) -> Answer {
    let changes = policy_changes(&state, &desk.staff, desk.visit.as_of).await?;
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let tomorrow = snapshot.zone.day_of(state.ledger.now()).plus(1);
    let lines = changes.iter().map(|change| Line {
        id: change.id.to_string(),
        title: title(&snapshot, change, lang),
        state: standing(change.state),
        effective_on: dates::day(lang, date(change.effective_on)),
        author: change.author.clone(),
        proposed_at: civil(&snapshot.zone, change.proposed_at),
        decided_by: change
            .decision
            .as_ref()
            .map(|found| found.by.clone())
            .unwrap_or_default(),
        digest: change.digest.chars().take(DIGEST).collect(),
        affected: change.preview.affected,
    });
    let mut protocols: Vec<Choice> = Vec::new();
    for protocol in &snapshot.model.protocols {
        if protocols.last().is_none_or(|last| last.value != protocol.id) {
            protocols.push(Choice::new(protocol.id.clone(), protocol.title.get(lang).to_owned()));
        }
    }
    protocols.sort_by(|a, b| a.label.cmp(&b.label));
    let view = Policy {
        lines: lines.collect(),
        can_propose: desk.staff.must_propose().is_ok(),
        protocols,
        on: tomorrow.to_string(),
    };
    Ok(shown(render_list(&view, &desk.ctx(&state))))
}

fn standing(state: PolicyState) -> Standing {
    match state {
        PolicyState::Proposed => Standing::Proposed,
        PolicyState::Approved => Standing::Approved,
        PolicyState::InForce => Standing::InForce,
        PolicyState::Superseded => Standing::Superseded,
        PolicyState::Refused => Standing::Refused,
        PolicyState::Withdrawn => Standing::Withdrawn,
    }
}

fn title(snapshot: &Snapshot, change: &PolicyChange, lang: Lang) -> String {
    let known = snapshot.model.editions(&change.item).last();
    let name = known.map_or_else(|| change.item.clone(), |edition| edition.title.get(lang).to_owned());
    match change.version {
        Some(n) => text::text_with(lang, "policy-version-title", &[("title", name.into()), ("n", n.into())]),
        None => text::text_with(lang, "policy-rule-title", &[("id", change.item.as_str().into())]),
    }
}

pub(super) async fn ask_new(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    desk.staff.must_propose()?;
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let today = state.ledger.snapshot().zone.day_of(state.ledger.now());
    let on = Day::parse(query.get("on")).unwrap_or_else(|_| today.plus(1));
    let start = policy_start(&state, query.get("protocol"), on).await?;
    let view = PolicyForm {
        text: start.text,
        present: start.present,
        on: on.to_string(),
        ..PolicyForm::default()
    };
    Ok(shown(render_form(&view, &desk.ctx(&state))))
}

pub(super) async fn send_new(State(state): State<AppState>, desk: Desk, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    desk.staff.must_propose()?;
    let lang = desk.visit.lang;
    let mut view = PolicyForm {
        text: form.get("text").replace("\r\n", "\n"),
        on: form.get("on").to_owned(),
        reason: form.get("reason").to_owned(),
        ..PolicyForm::default()
    };
    let Ok(effective_on) = Day::parse(&view.on) else {
        let what = Words::new("请选择生效日期", "Choose the day from which it holds");
        view.problems.push(Problem::at("on", what.get(lang)));
        return Ok(refused(&view, &state, &desk));
    };
    let asked = PolicyText {
        text: view.text.clone(),
        effective_on,
        reason: view.reason.clone(),
        days: PREVIEW_DAYS,
    };
    if form.get("act") == "send" {
        match propose_policy(&state, &desk.staff, &asked).await {
            Ok(Ok(change)) => return Ok(Redirect::to(&paths::policy(&change.id.to_string())).into_response()),
            Ok(Err(findings)) => return Ok(told(view, &findings, &state, &desk)),
            Err(error) if error.status.is_client_error() && error.problem.field.is_some() => {
                let words = format!("{}。{}", error.problem.what.get(lang), error.problem.hint.get(lang));
                let field = error.problem.field.clone().unwrap_or_default();
                view.problems.push(Problem::at(field, words));
                return Ok(refused(&view, &state, &desk));
            }
            Err(error) => return Err(error),
        }
    }
    match check_policy(&state, &desk.staff, &asked).await? {
        Err(findings) => Ok(told(view, &findings, &state, &desk)),
        Ok((_, mut report)) => {
            keep_visible(&mut report, &desk.staff, &state.ledger.snapshot());
            view.preview = Some(preview(&state, &desk, report).await?);
            Ok(shown(render_form(&view, &desk.ctx(&state))))
        }
    }
}

fn refused(view: &PolicyForm, state: &AppState, desk: &Desk) -> axum::response::Response {
    (StatusCode::UNPROCESSABLE_ENTITY, render_form(view, &desk.ctx(state))).into_response()
}

/// The form with what the checker says.
fn told(mut view: PolicyForm, findings: &[Finding], state: &AppState, desk: &Desk) -> axum::response::Response {
    let lang = desk.visit.lang;
    let what = Words::new("文字有{n}处要改", "To be mended in the text: {n}").with("n", findings.len());
    view.problems.push(Problem::at("text", what.get(lang)));
    let said = |finding: &Finding| Said {
        line: if finding.file.starts_with("policy/") {
            finding.line
        } else {
            0
        },
        what: finding.what.get(lang).to_owned(),
        hint: finding.hint.get(lang).to_owned(),
    };
    view.said = findings.iter().map(said).collect();
    refused(&view, state, desk)
}

pub(super) async fn show(State(state): State<AppState>, desk: Desk, Path(id): Path<Uuid>) -> Answer {
    let change = policy_change(&state, &desk.staff, id, desk.visit.as_of).await?;
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let is_own = change.login == desk.staff.login.id;
    let today = snapshot.zone.day_of(state.ledger.now());
    let on = change.effective_on.max(today).plus(1);
    let can_go_back = desk.staff.must_propose().is_ok()
        && matches!(change.state, PolicyState::Approved | PolicyState::InForce)
        && policy_back(&state, &change, on).await.is_ok();
    let decision = change.decision.as_ref();
    let view = OneView {
        id: id.to_string(),
        title: title(&snapshot, &change, lang),
        state: standing(change.state),
        effective_on: dates::day(lang, date(change.effective_on)),
        author: change.author.clone(),
        proposed_at: civil(&snapshot.zone, change.proposed_at),
        digest: change.digest.chars().take(DIGEST).collect(),
        decision: decision.map(|found| (found.by.clone(), civil(&snapshot.zone, found.at), found.reason.clone())),
        can_decide: desk.staff.must_approve().is_ok() && !is_own,
        is_own,
        back_on: can_go_back.then(|| on.to_string()),
        text: change.text,
        reason: change.reason,
        preview: preview(&state, &desk, change.preview).await?,
    };
    Ok(shown(render_one(&view, &desk.ctx(&state))))
}

pub(super) async fn act(
    State(state): State<AppState>,
    desk: Desk,
    Path((id, act)): Path<(Uuid, String)>,
    form: Form,
) -> Answer {
    desk.visit.must_be_now()?;
    let reason = form.get("reason").trim().to_owned();
    let verdict = match act.as_str() {
        "approve" => Verdict::Approved,
        "refuse" => Verdict::Refused,
        "withdraw" => Verdict::Withdrawn,
        "back" => return back(&state, &desk, id, &form).await,
        _ => return Err(ApiError::not_found(Words::new("没有这个操作", "There is no such act"))),
    };
    decide_policy(&state, &desk.staff, id, (verdict, reason)).await?;
    Ok(Redirect::to(&paths::policy(&id.to_string())).into_response())
}

/// One click: what held before, from a day on, waits for another person like any change.
async fn back(state: &AppState, desk: &Desk, id: Uuid, form: &Form) -> Answer {
    let change = policy_change(state, &desk.staff, id, None).await?;
    let effective_on = Day::parse(form.get("on")).map_err(|_| {
        let what = Words::new("日期无法识别", "This is no date");
        ApiError::bad_field(
            "on",
            what,
            Words::new("请从变更页面办理", "Do it from the page of the change"),
        )
    })?;
    let asked = PolicyText {
        text: policy_back(state, &change, effective_on).await?,
        effective_on,
        reason: text::text(desk.visit.lang, "policy-back-reason"),
        days: PREVIEW_DAYS,
    };
    match propose_policy(state, &desk.staff, &asked).await? {
        Ok(made) => Ok(Redirect::to(&paths::policy(&made.id.to_string())).into_response()),
        Err(findings) => {
            let view = PolicyForm {
                text: asked.text,
                on: effective_on.to_string(),
                reason: asked.reason,
                ..PolicyForm::default()
            };
            Ok(told(view, &findings, state, desk))
        }
    }
}

async fn preview(state: &AppState, desk: &Desk, report: PreviewReport) -> Result<Preview, ApiError> {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let ids: Vec<_> = report.people.iter().take(PEOPLE).map(|person| person.subject).collect();
    let labels = match desk.staff.identifies(&snapshot.model) && !ids.is_empty() {
        true => read(state, move |reader| reader.labels(&ids, lang)).await?,
        false => Default::default(),
    };
    let people = report.people.iter().take(PEOPLE).map(|person| Person {
        id: person.subject.to_string(),
        label: labels
            .get(&person.subject)
            .map(|label| label.name.clone())
            .unwrap_or_default(),
        region: region_steps::name(&snapshot.regions, lang, &person.region),
        what: fate(lang, person.fate.id()),
    });
    let (days, desks) = due(&snapshot, &report, lang);
    let courses = report.courses.iter().map(|course| course_of(&snapshot, course, lang));
    let regions = report
        .regions
        .iter()
        .map(|found| (region_steps::name(&snapshot.regions, lang, &found.region), found.n));
    Ok(Preview {
        compared: report.enrolments,
        affected: report.affected,
        sooner: report.sooner,
        later: report.later,
        took_ms: report.took_ms,
        changes: report.changes.iter().map(|change| change_of(change, lang)).collect(),
        courses: courses.collect(),
        days,
        desks,
        regions: regions.collect(),
        people: people.collect(),
    })
}

fn fate(lang: Lang, id: &str) -> String {
    text::text(lang, &format!("policy-fate-{id}"))
}

fn course_of(snapshot: &Snapshot, course: &ReportCourse, lang: Lang) -> Course {
    let known = snapshot.model.editions(&course.protocol).last();
    let versions = match (course.from, course.to) {
        (Some(from), Some(to)) if from != to => format!("v{from} → v{to}"),
        (from, to) => to.or(from).map(|n| format!("v{n}")).unwrap_or_default(),
    };
    Course {
        protocol: known.map_or_else(|| course.protocol.clone(), |edition| edition.title.get(lang).to_owned()),
        fate: fate(lang, course.fate.id()),
        versions,
        n: course.n,
    }
}

fn change_of(change: &ReportChange, lang: Lang) -> Change {
    let table = match change.table.as_str() {
        known @ ("protocol" | "rule") => text::text(lang, &format!("policy-table-{known}")),
        other => other.to_owned(),
    };
    let version = change.version.map(|n| format!(" v{n}")).unwrap_or_default();
    let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
    Change {
        title: format!("{} · {table} {}{version}", fate(lang, &change.fate), change.id),
        parts: change
            .parts
            .iter()
            .map(|(path, old, new)| [path.clone(), said(old), said(new)])
            .collect(),
        breaking: change.breaking.iter().map(|words| words.get(lang).to_owned()).collect(),
    }
}

/// Tasks of a day or desk: as it is, and as it would be.
type Compared<T> = (T, u64, u64);

/// Tasks by day, and by the desks whose work changes most.
fn due(
    snapshot: &Snapshot,
    report: &PreviewReport,
    lang: Lang,
) -> (Vec<Compared<jiff::civil::Date>>, Vec<Compared<String>>) {
    let (mut days, mut desks): (BTreeMap<Day, _>, BTreeMap<TaskDesk, _>) = Default::default();
    for due in &report.due {
        let add = |sum: &mut (u64, u64)| (sum.0, sum.1) = (sum.0 + due.now, sum.1 + due.then);
        add(days.entry(due.day).or_default());
        add(desks.entry(due.desk).or_default());
    }
    let name = |desk: TaskDesk| match desk {
        TaskDesk::Org(id) => {
            let org = snapshot.orgs.get(id);
            org.map_or_else(|| id.to_string(), |org| org.name.get(lang).to_owned())
        }
        TaskDesk::Themselves => text::text(lang, "policy-desk-themselves"),
        TaskDesk::Nobody => text::text(lang, "policy-desk-nobody"),
    };
    let mut desks: Vec<(TaskDesk, (u64, u64))> = desks.into_iter().collect();
    desks.sort_by_key(|(desk, (now, then))| (std::cmp::Reverse(now.abs_diff(*then)), *desk));
    let days = days.into_iter().map(|(day, (now, then))| (date(day), now, then));
    let desks = desks
        .into_iter()
        .take(DESKS)
        .map(|(desk, (now, then))| (name(desk), now, then));
    (days.collect(), desks.collect())
}
