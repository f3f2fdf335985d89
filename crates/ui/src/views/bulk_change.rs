//! One field of many entries: what it will become, looked at before, done, and taken back.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::{self, Choice, Problem},
        table,
    },
    paths,
    shell::{self, Nav, Title},
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// How far a change is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Value and reason are asked for.
    #[default]
    Asking,
    /// It would be accepted.
    Ready,
    /// Something would be or was refused: nothing was written.
    Refused,
    /// It is written.
    Done,
    /// It was taken back.
    TakenBack,
}

/// One entry.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The entry.
    pub entry: String,
    /// Whom it is about, as the reader may see it.
    pub subject: String,
    /// When it happened.
    pub at: DateTime,
    /// What the field says.
    pub before: String,
    /// What it will say.
    pub after: String,
    /// Why it is refused.
    pub problem: Option<String>,
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct BulkChange {
    /// The register.
    pub register: String,
    /// Its title.
    pub title: String,
    /// The field.
    pub field: String,
    /// Its title.
    pub field_title: String,
    /// The input for its new value.
    pub input: FieldView,
    /// The reason as typed.
    pub reason: String,
    /// How far it is.
    pub stage: Stage,
    /// Chosen entries that cannot be changed with others.
    pub left_out: usize,
    /// The entries.
    pub changed: Vec<Changed>,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &BulkChange, cx: &Ctx) -> Markup {
    let title = cx.tf(
        "bulk-title",
        &[
            ("title", view.title.as_str().into()),
            ("field", view.field_title.as_str().into()),
        ],
    );
    let n = view.changed.len();
    let body = html! {
        (form::summary(cx, &view.problems))
        div.head { h1 { (title) } a href=(paths::register(&view.register)) { (cx.t("bulk-back")) } }
        @if view.left_out > 0 { p.notice { (cx.tf("bulk-left-out", &[("n", view.left_out.into())])) } }
        @match view.stage {
            Stage::Done => {
                div.notice role="status" {
                    p { (cx.tf("bulk-done", &[("n", n.into())])) }
                    (form::post(cx, &format!("{}/bulk/undo", paths::register(&view.register)), None, &html! {
                        (hidden(view)) button.secondary type="submit" { (cx.t("bulk-undo")) }
                    }))
                }
            }
            Stage::TakenBack => p.notice role="status" { (cx.tf("bulk-taken-back", &[("n", n.into())])) },
            _ if n == 0 => (table::empty(&cx.t("bulk-none"), &cx.t("bulk-none-how"))),
            _ => (asking(cx, view)),
        }
        @if n > 0 { (table::scroll(&title, &rows(cx, view))) }
    };
    shell::staff(
        cx,
        &Title::new(title.clone()).error(!view.problems.is_empty()),
        Nav::Registers,
        &body,
    )
}

fn hidden(view: &BulkChange) -> Markup {
    html! {
        input type="hidden" name="field" value=(view.field);
        @for one in &view.changed { input type="hidden" name="entry" value=(one.entry); }
    }
}

fn asking(cx: &Ctx, view: &BulkChange) -> Markup {
    let n = view.changed.len();
    let reason = FieldView {
        error: form::message(&view.problems, "reason").map(str::to_owned),
        ..FieldView::new("reason", Kind::Text, cx.t("bulk-reason")).value(view.reason.clone())
    };
    html! {
        @if view.stage == Stage::Refused { p.notice role="alert" { (cx.t("bulk-refused")) } }
        (form::post(cx, &format!("{}/bulk", paths::register(&view.register)), None, &html! {
            (hidden(view))
            (field::field(cx, &view.input))
            (field::field(cx, &reason))
            div.act {
                @if view.stage == Stage::Ready { button.primary type="submit" name="act" value="change" { (cx.tf("bulk-change", &[("n", n.into())])) } " " }
                button.secondary type="submit" name="act" value="look" { (cx.t("bulk-look")) }
            }
        }))
    }
}

fn rows(cx: &Ctx, view: &BulkChange) -> Markup {
    html! {
        table {
            thead { tr { th scope="col" { (cx.t("at")) } th scope="col" { (cx.t("subject")) } th scope="col" { (cx.t("bulk-before")) } th scope="col" { (cx.t("bulk-after")) } } }
            tbody {
                @for one in &view.changed {
                    tr data-item {
                        td { a href=(paths::entry(&one.entry)) data-open { (cx.near(one.at)) } }
                        th.who scope="row" { (one.subject) }
                        td { (one.before) }
                        td { @if let Some(problem) = &one.problem { span.error { (problem) } } @else { strong { (one.after) } } }
                    }
                }
            }
        }
    }
}

/// Asked, ready, refused, done, taken back, nothing to change.
pub fn samples(lang: Lang) -> Vec<(&'static str, BulkChange)> {
    let one = |subject: &str, problem: Option<String>| Changed {
        entry: "e1".into(),
        subject: subject.into(),
        at: datetime(2026, 11, 20, 9, 0, 0, 0),
        before: w(lang, "疑似病例", "Suspected"),
        after: w(lang, "确诊病例", "Confirmed"),
        problem,
    };
    let options = vec![Choice::new("confirmed", w(lang, "确诊病例", "Confirmed"))];
    let ready = BulkChange {
        register: "case_report".into(),
        title: w(lang, "病例个案", "Case line list"),
        field: "class".into(),
        field_title: w(lang, "病例分类", "Classification"),
        input: FieldView::new("value", Kind::Code, w(lang, "病例分类", "Classification"))
            .options(options)
            .value("confirmed"),
        reason: w(lang, "检测结果补录", "results came late"),
        stage: Stage::Ready,
        left_out: 1,
        changed: vec![one("BL-1", None), one("BL-2", None)],
        problems: Vec::new(),
    };
    let at = |stage: Stage| BulkChange { stage, ..ready.clone() };
    let asking = BulkChange {
        problems: vec![Problem::at(
            "reason",
            w(lang, "请写明更正的原因", "Say why they are corrected"),
        )],
        ..at(Stage::Asking)
    };
    let refused = BulkChange {
        changed: vec![one("BL-1", Some(w(lang, "没有阳性结果", "no positive test")))],
        ..at(Stage::Refused)
    };
    let none = BulkChange {
        changed: Vec::new(),
        ..at(Stage::Asking)
    };
    vec![
        ("asking", asking),
        ("ready", ready.clone()),
        ("refused", refused),
        ("done", at(Stage::Done)),
        ("taken-back", at(Stage::TakenBack)),
        ("none", none),
    ]
}
