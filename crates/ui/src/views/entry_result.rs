//! What became of an entry just sent, and any entry later: accepted, flagged, refused, set aside.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        form,
        mark::{Assurance, EntryState, Meaning, assurance, entry_state, mark},
        unmask, value,
    },
    paths,
    shell::{self, Nav, Title},
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// The verdict on an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Stands.
    #[default]
    Accepted,
    /// Stands, and somebody is asked to look.
    Flagged,
    /// Was not taken.
    Refused,
    /// Does not fit the register; kept in the tray.
    Tray,
    /// Not just sent: shown again later.
    Shown,
}

/// Why it was flagged or refused.
#[derive(Clone, Debug, Default)]
pub struct Reason {
    /// What and why.
    pub message: String,
    /// Rule and clause.
    pub clause: String,
    /// What to do now.
    pub hint: String,
    /// Whom to ask.
    pub ask: String,
    /// Stable code.
    pub code: String,
}

/// A file kept with an entry.
#[derive(Clone, Debug)]
pub struct Attached {
    /// What it shows: the field's title.
    pub title: String,
    /// Its id; none when it is past its retention.
    pub id: Option<String>,
    /// Whether a browser shows it in the page.
    pub is_picture: bool,
    /// Size of its content, in bytes.
    pub bytes: u64,
}

/// A text that differs from the version before.
#[derive(Clone, Debug)]
pub struct TextChange {
    /// The field.
    pub title: String,
    /// Its lines in order.
    pub lines: Vec<TextLine>,
}

/// A line of such a text.
#[derive(Clone, Debug)]
pub enum TextLine {
    /// In both.
    Same(String),
    /// Before only.
    Removed(String),
    /// After only.
    Added(String),
}

/// What of an entry is sealed: opened for a stated reason, for one answer.
#[derive(Clone, Debug, Default)]
pub struct Sealed {
    /// There is something, and the reader may open it.
    pub can_open: bool,
    /// What was opened: label and value.
    pub opened: Vec<(String, String)>,
    /// Shown in clear until this moment.
    pub until: Option<DateTime>,
    /// What must be mended in the reason.
    pub problems: Vec<form::Problem>,
}

/// Whose hand signs a printed entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signs {
    /// Who answers for an act.
    Signer,
    /// Who hands things over.
    Giver,
    /// Who takes them.
    Taker,
}

impl Signs {
    fn key(self) -> &'static str {
        match self {
            Signs::Signer => "sign-signer",
            Signs::Giver => "sign-giver",
            Signs::Taker => "sign-taker",
        }
    }
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct EntryResult {
    /// Verdict.
    pub status: Status,
    /// Number of the entry.
    pub id: String,
    /// Register and its title.
    pub register: (String, String),
    /// Whom it is about, and their file.
    pub subject: Option<(String, String)>,
    /// When it happened.
    pub at: DateTime,
    /// When it was recorded.
    pub recorded_at: Option<DateTime>,
    /// Author: post, never just a name.
    pub by: String,
    /// State later.
    pub state: EntryState,
    /// How well it is known.
    pub assurance: Assurance,
    /// The fields: label and value as the reader may see them.
    pub fields: Vec<(String, String)>,
    /// Files kept with it.
    pub attached: Vec<Attached>,
    /// What is sealed.
    pub sealed: Sealed,
    /// Reasons, all of them.
    pub reasons: Vec<Reason>,
    /// Tasks that follow, each as a sentence.
    pub tasks: Vec<String>,
    /// The entry replaced by this one, or that replaces it: sentence and entry.
    pub history: Vec<(String, String)>,
    /// What differs from the version before.
    pub changes: Vec<TextChange>,
    /// Pages that belong to it: title and address.
    pub beside: Vec<(String, String)>,
    /// May be corrected or withdrawn by the reader.
    pub can_change: bool,
    /// Who signs the printed page by hand.
    pub signs: Vec<Signs>,
    /// Draft on the device that is done with.
    pub draft: Option<String>,
}

/// The whole page.
pub fn render(view: &EntryResult, cx: &Ctx) -> Markup {
    let (key, meaning) = match view.status {
        Status::Accepted => ("result-accepted", Some(Meaning::Done)),
        Status::Flagged => ("result-flagged", Some(Meaning::Done)),
        Status::Refused => ("result-refused", Some(Meaning::Late)),
        Status::Tray => ("result-tray", Some(Meaning::Unknown)),
        Status::Shown => ("", None),
    };
    let heading = if key.is_empty() {
        view.register.1.clone()
    } else {
        cx.t(key)
    };
    let body = html! {
        article.narrow {
            @if view.status != Status::Refused { @if let Some(draft) = &view.draft { div data-draft-done=(draft) {} } }
            h1 { @if let Some(meaning) = meaning { (mark(meaning, &heading)) } @else { (heading) } }
            @for reason in &view.reasons { (why(cx, view.status, reason)) }
            (form::summary(cx, &view.sealed.problems))
            (value::pairs(&facts(cx, view)))
            (attached(cx, &view.attached))
            (sealed(cx, view))
            @if !view.tasks.is_empty() { h2 { (cx.t("result-tasks")) } ul { @for task in &view.tasks { li { (task) } } } }
            @if !view.beside.is_empty() { ul.no-print { @for (title, href) in &view.beside { li { a href=(href) { (title) } } } } }
            @if !view.history.is_empty() {
                h2 { (cx.t("result-history")) }
                ul { @for (words, id) in &view.history { li { a href=(paths::entry(id)) { (words) } } } }
            }
            (changes(cx, view))
            (signatures(cx, &view.signs))
            (onward(cx, view))
        }
    };
    shell::either(
        cx,
        &Title::new(heading).error(view.status == Status::Refused),
        Nav::Registers,
        &body,
    )
}

/// Lines for hands, on paper only.
fn signatures(cx: &Ctx, signs: &[Signs]) -> Markup {
    html! {
        @if !signs.is_empty() {
            div.signatures.print-only {
                @for who in signs {
                    p { (cx.t(who.key())) span.line {} (cx.t("sign-on")) span.line {} }
                }
            }
        }
    }
}

fn why(cx: &Ctx, status: Status, reason: &Reason) -> Markup {
    html! {
        div.notice.late-notice[status == Status::Refused] {
            p { strong { (reason.message) } }
            @if !reason.clause.is_empty() { p { (reason.clause) } }
            @if !reason.hint.is_empty() { p { (cx.t("error-do")) " " (reason.hint) } }
            @if !reason.ask.is_empty() { p { (cx.t("error-ask")) " " (reason.ask) } }
            @if !reason.code.is_empty() { p.quiet { (cx.t("error-code")) " " code { (reason.code) } } }
        }
    }
}

/// The sealed fields: closed with a way to open them, or open for this answer.
fn sealed(cx: &Ctx, view: &EntryResult) -> Markup {
    let sealed = &view.sealed;
    let opened: Vec<_> = sealed
        .opened
        .iter()
        .map(|(label, value)| (label.clone(), html! { (value) }))
        .collect();
    html! {
        @if !opened.is_empty() || sealed.can_open || !sealed.problems.is_empty() { h2 { (cx.t("entry-sealed")) } }
        @if !opened.is_empty() { (value::pairs(&opened)) }
        @if let Some(at) = sealed.until { p.quiet role="status" { (cx.tf("unmask-until", &[("at", cx.near(at).into())])) } }
        @else if sealed.can_open && cx.can_write() { (unmask::form(cx, &paths::entry_act(&view.id, "unmask"), &sealed.problems)) }
    }
}

/// Pictures as they are, documents to open.
fn attached(cx: &Ctx, files: &[Attached]) -> Markup {
    html! {
        @if !files.is_empty() {
            h2 { (cx.t("attachments")) }
            ul.attached {
                @for file in files {
                    @let words = cx.tf("attachment-size", &[
                        ("title", file.title.as_str().into()),
                        ("kb", (file.bytes.div_ceil(1_024) as i64).into()),
                    ]);
                    li {
                        @match &file.id {
                            None => span.quiet { (cx.tf("attachment-gone", &[("title", file.title.as_str().into())])) },
                            Some(id) => a href=(paths::attachment(id)) {
                                @if file.is_picture { img src=(paths::attachment(id)) alt=(file.title) loading="lazy"; }
                                span { (words) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The texts that differ: what went is struck out, what came is underlined, and both have a sign.
fn changes(cx: &Ctx, view: &EntryResult) -> Markup {
    html! {
        @if !view.changes.is_empty() {
            h2 { (cx.t("result-changes")) }
            @for change in &view.changes {
                h3 { (change.title) }
                div.versions {
                    @for line in &change.lines {
                        @match line {
                            TextLine::Same(text) => p { (text) },
                            TextLine::Removed(text) => p { del { "− " (text) } },
                            TextLine::Added(text) => p { ins { "+ " (text) } },
                        }
                    }
                }
            }
        }
    }
}

fn facts(cx: &Ctx, view: &EntryResult) -> Vec<(String, Markup)> {
    let mut rows = Vec::new();
    if let Some((label, id)) = &view.subject {
        let is_staff = cx.acting.is_some();
        rows.push((
            cx.t("subject"),
            html! { @if is_staff { a href=(paths::subject(id)) { (label) } } @else { (label) } },
        ));
    }
    rows.push((cx.t("at"), value::time(cx, view.at)));
    rows.extend(
        view.fields
            .iter()
            .map(|(label, value)| (label.clone(), html! { (value) })),
    );
    rows.push((
        cx.t("state"),
        html! { (assurance(cx, view.assurance)) " " (entry_state(cx, view.state)) },
    ));
    if !view.by.is_empty() {
        rows.push((cx.t("recorded-by"), html! { (view.by) }));
    }
    if let Some(at) = view.recorded_at {
        rows.push((cx.t("recorded-at"), value::time(cx, at)));
    }
    if view.status != Status::Refused {
        rows.push((cx.t("error-number"), html! { code { (view.id) } }));
    }
    rows
}

fn onward(cx: &Ctx, view: &EntryResult) -> Markup {
    html! {
        div.act {
            @if cx.acting.is_some() {
                a.button href=(paths::register_new(&view.register.0)) { (cx.t("result-another")) }
                a href=(paths::register(&view.register.0)) { (view.register.1) }
                a href=(paths::TODAY) { (cx.t("nav-today")) }
                @if view.can_change && cx.can_write() {
                    a href=(paths::entry_act(&view.id, "correct")) { (cx.t("correct")) }
                    a href=(paths::entry_act(&view.id, "withdraw")) { (cx.t("withdraw")) }
                }
            } @else { a.button href=(paths::ME) { (cx.t("home-me")) } }
        }
        @if view.status == Status::Accepted && view.can_change && cx.can_write() && cx.acting.is_some() {
            (form::one_button(cx, &paths::entry_act(&view.id, "withdraw"), &cx.t("undo"), "plain no-print", &[("reason", "undo")]))
        }
    }
}

/// Accepted, flagged, refused, set aside, shown later.
pub fn samples(lang: Lang) -> Vec<(&'static str, EntryResult)> {
    let accepted = EntryResult {
        id: "01JD8Z4T".into(),
        register: ("temperature".into(), w(lang, "体温登记", "Temperatures")),
        subject: Some((w(lang, "王**", "Wang **"), "s1".into())),
        at: datetime(2026, 11, 21, 8, 20, 0, 0),
        recorded_at: Some(datetime(2026, 11, 21, 8, 29, 0, 0)),
        by: w(lang, "滨河社区 网格员", "Binhe community, grid worker"),
        assurance: Assurance::Seen,
        fields: vec![(w(lang, "体温", "Temperature"), "36.5 ℃".into())],
        can_change: true,
        signs: vec![Signs::Signer],
        draft: Some(paths::register_new("temperature")),
        ..EntryResult::default()
    };
    let reason = sample_reason(lang);
    let flagged = EntryResult {
        status: Status::Flagged,
        state: EntryState::Flagged,
        fields: vec![(w(lang, "体温", "Temperature"), "37.6 ℃".into())],
        reasons: vec![reason.clone()],
        tasks: vec![w(
            lang,
            "滨河社区：2小时内送发热门诊",
            "Binhe community: to the fever clinic within two hours",
        )],
        ..accepted.clone()
    };
    let refused = EntryResult {
        status: Status::Refused,
        reasons: vec![Reason {
            message: w(lang, "尚未满7天，不能解除", "Seven days are not over: no release"),
            clause: w(lang, "通告第12号第三条", "Notice 12, clause 3"),
            hint: w(lang, "最早11月28日0时起办理。", "Possible from 28 Nov, 00:00."),
            code: "release_not_due".into(),
            ..reason
        }],
        can_change: false,
        ..accepted.clone()
    };
    let tray = EntryResult {
        status: Status::Tray,
        state: EntryState::Tray,
        can_change: false,
        ..accepted.clone()
    };
    let shown = shown_sample(lang, &accepted);
    let [closed, no_reason, opened] = sealed_samples(lang, &shown);
    vec![
        ("accepted", accepted),
        ("flagged", flagged),
        ("refused", refused),
        ("tray", tray),
        ("shown", shown),
        ("closed", closed),
        ("no-reason", no_reason),
        ("opened", opened),
    ]
}

/// One that was corrected, with what differs.
fn shown_sample(lang: Lang, accepted: &EntryResult) -> EntryResult {
    EntryResult {
        status: Status::Shown,
        state: EntryState::Corrected,
        history: vec![(
            w(lang, "11月21日08:35更正为36.6 ℃", "Corrected to 36.6 ℃ on 21 Nov 08:35"),
            "e2".into(),
        )],
        changes: vec![TextChange {
            title: w(lang, "正文", "Text"),
            lines: vec![
                TextLine::Same(w(lang, "一、逐级报告。", "1. Report level by level.")),
                TextLine::Removed(w(lang, "二、每日两次测温。", "2. Temperatures twice a day.")),
                TextLine::Added(w(lang, "二、每日三次测温。", "2. Temperatures three times a day.")),
            ],
        }],
        attached: vec![
            Attached {
                title: w(lang, "控制方案", "Control plan"),
                id: Some("a1".into()),
                is_picture: false,
                bytes: 48_200,
            },
            Attached {
                title: w(lang, "现场照片", "Photograph"),
                id: None,
                is_picture: true,
                bytes: 0,
            },
        ],
        ..accepted.clone()
    }
}

/// Something sealed: closed, a reason missing, open.
fn sealed_samples(lang: Lang, shown: &EntryResult) -> [EntryResult; 3] {
    let closed = EntryResult {
        sealed: Sealed {
            can_open: true,
            ..Sealed::default()
        },
        ..shown.clone()
    };
    let no_reason = EntryResult {
        sealed: Sealed {
            problems: vec![form::Problem::at(
                "reason",
                w(lang, "请写明查看原因", "State the reason"),
            )],
            ..closed.sealed.clone()
        },
        ..closed.clone()
    };
    let opened = EntryResult {
        sealed: Sealed {
            opened: vec![(
                w(lang, "备注", "Remark"),
                w(lang, "独居，需送药", "Lives alone, needs medicine"),
            )],
            until: Some(datetime(2026, 11, 21, 9, 0, 0, 0)),
            ..Sealed::default()
        },
        ..shown.clone()
    };
    [closed, no_reason, opened]
}

fn sample_reason(lang: Lang) -> Reason {
    Reason {
        message: w(lang, "体温达到37.3 ℃以上", "The temperature is 37.3 ℃ or above"),
        clause: w(
            lang,
            "通告第12号第四条：发热者立即送发热门诊",
            "Notice 12, clause 4: fever goes to the fever clinic at once",
        ),
        hint: w(
            lang,
            "请联系发热门诊并安排转运，任务已生成。",
            "Call the fever clinic and arrange the transfer; the task is open.",
        ),
        ask: w(lang, "市疾控中心 0433-000-0000", "CDC 0433-000-0000"),
        code: "fever".into(),
    }
}
