//! A resident's own page: what holds, what is due, what was said, who read it, and how to object.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::{self, Problem},
        hold::{self, Hold},
        mark::{EntryState, Meaning, entry_state},
        table,
        task::{self, Quick, Task},
        value,
    },
    paths,
    shell::{self, Title},
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// One declaration or report of one's own.
#[derive(Clone, Debug)]
pub struct Own {
    /// Entry.
    pub id: String,
    /// When.
    pub at: DateTime,
    /// What, in one line.
    pub what: String,
    /// What became of it.
    pub state: EntryState,
    /// May be corrected by the resident.
    pub can_correct: bool,
}

/// One reading of one's data.
#[derive(Clone, Debug)]
pub struct Read {
    /// When.
    pub at: DateTime,
    /// Organisation and role, never a name.
    pub by: String,
    /// What for.
    pub purpose: String,
}

/// A check that was made of one's pass.
#[derive(Clone, Debug)]
pub struct Checked {
    /// When.
    pub at: DateTime,
    /// At which checkpoint.
    pub place: String,
    /// What was decided, and why.
    pub decision: String,
}

/// A certificate one may show or print.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// What it says.
    pub title: String,
    /// Its page.
    pub href: String,
}

/// The page. The form at its end posts `text` to `paths::me("object")`.
#[derive(Clone, Debug, Default)]
pub struct Me {
    /// Masked name.
    pub name: String,
    /// What was just done, said once.
    pub message: Option<String>,
    /// Today's pass.
    pub pass: Option<String>,
    /// What holds now.
    pub holds: Vec<Hold>,
    /// What is due today from the resident.
    pub tasks: Vec<Task>,
    /// Declarations and reports.
    pub own: Vec<Own>,
    /// Certificates.
    pub certificates: Vec<Certificate>,
    /// Who read the data.
    pub reads: Vec<Read>,
    /// Checks of one's passes in the last days.
    pub checks: Vec<Checked>,
    /// Objections under way: text and state.
    pub objections: Vec<(String, String)>,
    /// May choose how to be told: the device is confirmed, and there are channels.
    pub may_choose_messages: bool,
    /// What must be mended in the objection.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &Me, cx: &Ctx) -> Markup {
    let body = html! {
        (form::summary(cx, &view.problems))
        @if let Some(message) = &view.message { p.undo role="status" { (message) } }
        h1 { (cx.t("home-me")) }
        p { (view.name) @if let Some(pass) = &view.pass { " · " a href=(paths::pass(pass)) { (cx.t("home-pass")) } } }
        h2 { (cx.t("me-holds")) }
        (hold::holds(cx, &view.holds))
        h2 { (cx.t("me-tasks")) }
        @if view.tasks.is_empty() { p { (cx.t("me-tasks-none")) } }
        @else { ul.lines { @for task in &view.tasks { (task::line(cx, task)) } } }
        h2 { (cx.t("me-own")) }
        (own(cx, view))
        @if !view.certificates.is_empty() {
            h2 { (cx.t("me-certificates")) }
            ul.lines { @for certificate in &view.certificates { li { a href=(certificate.href) { (certificate.title) } } } }
        }
        h2 { (cx.t("me-reads")) }
        (reads(cx, view))
        h2 { (cx.t("me-checks")) }
        (checks(cx, view))
        (objection(cx, view))
        @if view.may_choose_messages { p.no-print { a href=(paths::me("messages")) { (cx.t("messages-choose")) } } }
        div.no-print data-forget-passes { (form::one_button(cx, &paths::me("forget"), &cx.t("me-forget"), "plain", &[])) }
    };
    shell::public(cx, &Title::new(cx.t("home-me")).error(!view.problems.is_empty()), &body)
}

fn own(cx: &Ctx, view: &Me) -> Markup {
    html! {
        @if view.own.is_empty() { (table::empty(&cx.t("me-own-none"), &cx.t("me-own-how"))) }
        @else {
            ul.lines {
                @for own in &view.own {
                    li {
                        div.line-head {
                            span { (own.what) " " (entry_state(cx, own.state)) br; span.quiet { (value::time(cx, own.at)) } }
                            @if own.can_correct && cx.can_write() {
                                a href=(paths::me(&format!("entries/{}/correct", own.id))) { (cx.t("correct")) span.sr { " " (own.what) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn reads(cx: &Ctx, view: &Me) -> Markup {
    html! {
        @if view.reads.is_empty() { p { (cx.t("me-reads-none")) } }
        @else {
            ul.lines {
                @for read in &view.reads { li { (read.by) " · " (read.purpose) br; span.quiet { (value::time(cx, read.at)) } } }
            }
        }
    }
}

fn checks(cx: &Ctx, view: &Me) -> Markup {
    html! {
        @if view.checks.is_empty() { p { (cx.t("me-checks-none")) } }
        @else {
            p.quiet { (cx.t("me-checks-how")) }
            ul.lines {
                @for check in &view.checks {
                    li { (check.place) " · " (check.decision) br; span.quiet { (value::time(cx, check.at)) } }
                }
            }
        }
    }
}

fn objection(cx: &Ctx, view: &Me) -> Markup {
    let field = FieldView::new("text", Kind::Note, cx.t("me-object-text")).help(cx.t("me-object-help"));
    let fields = form::with_problems(vec![field], &view.problems);
    html! {
        h2 #object { (cx.t("me-object")) }
        @if !view.objections.is_empty() {
            ul.lines { @for (text, state) in &view.objections { li { (text) br; span.quiet { (state) } } } }
        }
        @if cx.can_write() {
            (form::post(cx, &paths::me("object"), Some("object"), &html! {
                @for view in &fields { (field::field(cx, view)) }
                p { button type="submit" { (cx.t("me-object-send")) } }
            }))
        }
    }
}

/// The task of a morning temperature, for samples.
pub(crate) fn sample_temperature(lang: Lang, who: &str, id: &str) -> Task {
    Task {
        id: id.into(),
        who: who.into(),
        subject: None,
        what: w(lang, "晨间体温", "Morning temperature"),
        detail: w(lang, "第2天", "day 2"),
        opens: Some(datetime(2026, 11, 21, 6, 0, 0, 0)),
        due: datetime(2026, 11, 21, 10, 0, 0, 0),
        meaning: Meaning::Due,
        quick: Quick::Number {
            name: "celsius".into(),
            label: w(lang, "体温", "Temperature"),
            unit: "℃".into(),
            usual: vec!["36.3".into(), "36.5".into(), "36.8".into()],
        },
        more: None,
        pass_on: None,
        expects: ("temperature".into(), "s1".into()),
    }
}

/// In monitoring, nothing in force, and an objection to mend.
pub fn samples(lang: Lang) -> Vec<(&'static str, Me)> {
    let normal = Me {
        name: w(lang, "王**", "Wang **"),
        pass: Some("p1".into()),
        holds: vec![hold::sample(lang)],
        tasks: vec![sample_temperature(lang, &w(lang, "本人", "Myself"), "t1")],
        own: vec![
            Own {
                id: "e2".into(),
                at: datetime(2026, 11, 20, 19, 5, 0, 0),
                what: w(lang, "晚间体温 36.4 ℃", "Evening temperature 36.4 ℃"),
                state: EntryState::Accepted,
                can_correct: true,
            },
            Own {
                id: "e1".into(),
                at: datetime(2026, 11, 18, 9, 40, 0, 0),
                what: w(lang, "来返申报：武汉市江夏区到珲春市", "Arrival from Wuhan, Jiangxia"),
                state: EntryState::Corrected,
                can_correct: true,
            },
        ],
        certificates: vec![Certificate {
            title: w(lang, "核酸检测结果 11月20日 阴性", "PCR result of 20 Nov: negative"),
            href: "/me/certificates/c1".into(),
        }],
        reads: vec![Read {
            at: datetime(2026, 11, 19, 10, 2, 0, 0),
            by: w(lang, "滨河社区 网格员", "Binhe community, grid worker"),
            purpose: w(lang, "电话核实来返信息", "call to check the declaration"),
        }],
        checks: vec![Checked {
            at: datetime(2026, 11, 20, 8, 12, 0, 0),
            place: w(lang, "高速东出口卡点", "Motorway exit east"),
            decision: w(lang, "放行", "Let through"),
        }],
        ..Me::default()
    };
    let wrong = Me {
        problems: vec![Problem::at(
            "text",
            w(lang, "请写明对哪一项有异议", "Say what you object to"),
        )],
        message: Some(w(lang, "已收到您的更正。", "Your correction was received.")),
        ..normal.clone()
    };
    vec![
        ("normal", normal),
        (
            "empty",
            Me {
                name: w(lang, "王**", "Wang **"),
                ..Me::default()
            },
        ),
        ("wrong", wrong),
    ]
}
