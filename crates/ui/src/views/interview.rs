//! What somebody sees who was given a link or a code to name the people they met: no account, no file, nothing shown back.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::{self, Choice, Problem},
        value,
    },
    paths,
    shell::{self, Title},
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// Where in it somebody is.
#[derive(Clone, Debug)]
pub enum Step {
    /// Before the link is opened for this device; posts to this address. What fetches a link by itself does not open it.
    Arrived(String),
    /// A code is asked for; posts `code`.
    Code,
    /// The questions; posts them with `entry`.
    Questions {
        /// The id that the entry will have.
        entry: String,
        /// The fields.
        fields: Vec<FieldView>,
        /// Until when it may be sent.
        until: DateTime,
    },
    /// So many people were named.
    Done(i64),
    /// Nothing can be done by it; the problem says why.
    Closed,
}

/// The page.
#[derive(Clone, Debug)]
pub struct Interview {
    /// Where in it.
    pub step: Step,
    /// What must be mended, or why it is closed.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &Interview, cx: &Ctx) -> Markup {
    let mut problems = view.problems.clone();
    if let Step::Questions { fields, .. } = &view.step {
        problems.extend(field::problems(fields));
    }
    let title = match &view.step {
        Step::Done(_) => cx.t("interview-done"),
        _ => cx.t("interview"),
    };
    let body = html! {
        @if !matches!(view.step, Step::Closed) { (form::summary(cx, &problems)) }
        h1 { (title) }
        @match &view.step {
            Step::Arrived(action) => (arrived(cx, action)),
            Step::Code => (code(cx, view)),
            Step::Questions { entry, fields, until } => (questions(cx, entry, fields, *until)),
            Step::Done(n) => {
                p role="status" { (cx.tf("interview-done-text", &[("n", (*n).into())])) }
                p { (cx.t("interview-done-next")) }
            },
            Step::Closed => {
                @for problem in &view.problems { p.notice role="alert" { (problem.message) } }
                p { a href=(paths::INTERVIEW) { (cx.t("interview-by-code")) } }
            },
        }
    };
    shell::public(cx, &Title::new(title).error(!problems.is_empty()), &body)
}

fn arrived(cx: &Ctx, action: &str) -> Markup {
    html! {
        p { (cx.t("interview-why")) }
        ul {
            li { (cx.t("interview-one-phone")) }
            li { (cx.t("interview-not-back")) }
            li { (cx.t("interview-checked")) }
        }
        (form::post(cx, action, None, &form::primary(&cx.t("interview-begin"))))
    }
}

fn code(cx: &Ctx, view: &Interview) -> Markup {
    // Sealed like an identity number: no draft of it stays on the device.
    let field = FieldView::new("code", Kind::CnId, cx.t("interview-code")).help(cx.t("interview-code-help"));
    let fields = form::with_problems(vec![field], &view.problems);
    html! {
        p { (cx.t("interview-why")) }
        (form::post(cx, paths::INTERVIEW_CODE, None, &html! {
            @for view in &fields { (field::field(cx, view)) }
            (form::primary(&cx.t("interview-begin")))
        }))
    }
}

fn questions(cx: &Ctx, entry: &str, fields: &[FieldView], until: DateTime) -> Markup {
    html! {
        p { (cx.t("interview-ask")) }
        p.quiet { (cx.t("interview-until")) " " (value::time(cx, until)) }
        (form::post(cx, paths::INTERVIEW, None, &html! {
            (form::default_button("act", "send"))
            input type="hidden" name="entry" value=(entry);
            @for view in fields { (field::field(cx, view)) }
            p.quiet { (cx.t("interview-not-back")) }
            (form::primary(&cx.t("interview-send")))
        }))
    }
}

/// Every step, with a code that opens nothing and a row to mend.
pub fn samples(lang: Lang) -> Vec<(&'static str, Interview)> {
    let of = |step: Step| Interview {
        step,
        problems: Vec::new(),
    };
    let row = |n: usize, name: &str, error: Option<String>| {
        let mut who = FieldView::new(format!("people.{n}.name"), Kind::Name, w(lang, "姓名", "Name")).value(name);
        who.error = error;
        let phone = FieldView::new(format!("people.{n}.phone"), Kind::Phone, w(lang, "电话", "Telephone")).optional();
        let mut met = FieldView::new(format!("people.{n}.met_at"), Kind::Code, w(lang, "场合", "Where"));
        met.options = vec![
            Choice::new("household", w(lang, "同住", "Same household")),
            Choice::new("work", w(lang, "同单位", "At work")),
        ];
        vec![who, phone, met]
    };
    let questions = |error: Option<String>| {
        let mut people = FieldView::new("people", Kind::Rows, w(lang, "接触者", "People met"));
        people.most_rows = Some(50);
        people.rows = vec![row(0, "", error)];
        of(Step::Questions {
            entry: "01".into(),
            fields: vec![people],
            until: datetime(2026, 11, 23, 8, 0, 0, 0),
        })
    };
    let missing = w(lang, "请填写姓名", "Give the name");
    let mut wrong = of(Step::Code);
    let words = w(
        lang,
        "链接或填报码不对，或已失效",
        "The link or code is wrong, or no longer good",
    );
    wrong.problems = vec![Problem::at("code", words)];
    let mut closed = of(Step::Closed);
    closed.problems = vec![Problem::at(
        "",
        w(
            lang,
            "这个链接已在另一台设备上打开",
            "Another device has opened this link already",
        ),
    )];
    vec![
        ("arrived", of(Step::Arrived("/interview/ABC".into()))),
        ("code", wrong),
        ("questions", questions(None)),
        ("wrong", questions(Some(missing))),
        ("done", of(Step::Done(3))),
        ("closed", closed),
    ]
}
