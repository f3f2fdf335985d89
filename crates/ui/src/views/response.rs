//! Opening a response: a level for an area, or a plan, with its order. What opens for whom stands on the page before anything is
//! signed, and one signature writes all of it.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind, field},
        form::{self, Choice, Problem},
        mark::{Meaning, mark},
        table,
    },
    paths,
    shell::{self, Nav, Title},
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// What is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Opens {
    /// A response level for an area.
    #[default]
    Level,
    /// A plan with its teams and tasks.
    Plan,
}

impl Opens {
    /// Both, in the order of the page.
    pub const EACH: [Opens; 2] = [Opens::Level, Opens::Plan];

    /// Its name in an address.
    pub fn id(self) -> &'static str {
        match self {
            Opens::Level => "level",
            Opens::Plan => "plan",
        }
    }
}

/// Whom something opens for: an office or a team.
#[derive(Clone, Debug, Default)]
pub struct Office {
    /// Its name.
    pub name: String,
    /// Where.
    pub area: String,
    /// What it is asked, with the moment it is due.
    pub tasks: Vec<(String, DateTime)>,
}

/// What a signature opens.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// The act in one sentence.
    pub act: String,
    /// The order that it rests on.
    pub order: String,
    /// How long each has from the signature on, for comparing: the moments run with the clock.
    pub within: String,
    /// For whom.
    pub offices: Vec<Office>,
    /// Areas inside that no office stands for: nobody is asked there.
    pub without: Vec<String>,
    /// What was previewed, in short: another choice, or another state of the records, is previewed again before it is signed.
    pub seen: String,
}

/// Something that is in force.
#[derive(Clone, Debug, Default)]
pub struct InForce {
    /// Its entry.
    pub entry: String,
    /// Level and area, or plan.
    pub what: String,
    /// Since when.
    pub since: DateTime,
    /// The order it rests on.
    pub order: String,
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// What is opened.
    pub opens: Opens,
    /// What the reader may open.
    pub may: Vec<Opens>,
    /// The form.
    pub fields: Vec<FieldView>,
    /// Identifiers of the entries to be, order and act: sent twice, they are one.
    pub entries: (String, String),
    /// What would open; none before it was asked for.
    pub preview: Option<Preview>,
    /// What is open now.
    pub in_force: Vec<InForce>,
    /// It was just signed.
    pub is_signed: bool,
    /// What is wrong with the whole.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &Response, cx: &Ctx) -> Markup {
    let mut problems = view.problems.clone();
    problems.extend(field::problems(&view.fields));
    let body = html! {
        (form::summary(cx, &problems))
        div.head { h1 { (cx.t("response-title")) } }
        @if view.is_signed { p.notice role="status" { (mark(Meaning::Done, &cx.t("response-signed"))) } }
        @if view.may.len() > 1 {
            nav aria-label=(cx.t("response-which")) {
                ul.subnav {
                    @for kind in &view.may {
                        li { a href={ (paths::RESPONSE) "?open=" (kind.id()) } aria-current=[(*kind == view.opens).then_some("true")] {
                            (cx.t(&format!("response-{}", kind.id())))
                        } }
                    }
                }
            }
        }
        div.dispatch {
            @if cx.can_write() { (asks(cx, view)) }
            (standing(cx, view))
        }
    };
    let title = Title::new(cx.t("response-title")).error(!problems.is_empty());
    shell::staff(cx, &title, Nav::Situation, &body)
}

fn asks(cx: &Ctx, view: &Response) -> Markup {
    let body = html! {
        (form::default_button("act", "preview"))
        input type="hidden" name="open" value=(view.opens.id());
        input type="hidden" name="order_entry" value=(view.entries.0);
        input type="hidden" name="entry" value=(view.entries.1);
        div.no-print { @for view in &view.fields { (field(cx, view)) } }
        div.act {
            button.primary[view.preview.is_none()] type="submit" name="act" value="preview" { (cx.t("response-preview")) }
        }
        @if let Some(preview) = &view.preview { (previewed(cx, preview)) }
    };
    html! { section { h2 { (cx.t("response-new")) } (form::post(cx, paths::RESPONSE, None, &body)) } }
}

fn previewed(cx: &Ctx, preview: &Preview) -> Markup {
    let tasks: usize = preview.offices.iter().map(|office| office.tasks.len()).sum();
    html! {
        div.desk-card.desk-form aria-live="polite" {
            h3 { (cx.t("response-what-opens")) }
            p { strong { (preview.act) } }
            @if !preview.order.is_empty() { p { (cx.tf("response-rests-on", &[("order", preview.order.as_str().into())])) } }
            p { (cx.tf("response-count", &[("n", preview.offices.len().into()), ("tasks", tasks.into())])) }
            ul.plain-list {
                @for office in &preview.offices {
                    li.desk-row.response-row {
                        div { strong { (office.name) } br; span.quiet { (office.area) } }
                        ul.plain-list { @for (what, due) in &office.tasks {
                            li { (what) " " span.quiet { (cx.tf("task-by", &[("at", cx.near(*due).into())])) } }
                        } }
                    }
                }
            }
            @if !preview.without.is_empty() {
                p { (mark(Meaning::Late, &cx.t("response-without"))) " " (preview.without.join(&cx.t("list-comma"))) }
            }
            input type="hidden" name="seen" value=(preview.seen);
            div.act { button.primary type="submit" name="act" value="sign" { (cx.tf("response-sign", &[("n", preview.offices.len().into())])) } }
        }
    }
}

fn standing(cx: &Ctx, view: &Response) -> Markup {
    html! {
        section {
            h2 { (cx.t("response-in-force")) }
            @if view.in_force.is_empty() { (table::empty(&cx.t("response-none"), &cx.t("response-none-how"))) }
            ul.plain-list {
                @for one in &view.in_force {
                    li.desk-card {
                        h3 { a href=(paths::entry(&one.entry)) { (one.what) } }
                        p.quiet { (cx.tf("response-since", &[("at", cx.near(one.since).into())])) @if !one.order.is_empty() { " · " (one.order) } }
                    }
                }
            }
        }
    }
}

/// A form, a preview of a level, a preview of a plan with something to mend, and one signed.
pub fn samples(lang: Lang) -> Vec<(&'static str, Response)> {
    let due = datetime(2026, 11, 22, 8, 30, 0, 0);
    let office = |zh: &str, en: &str| Office {
        name: w(lang, &format!("{zh}领导小组办公室"), &format!("Command office of {en}")),
        area: w(lang, zh, en),
        tasks: vec![
            (w(lang, "开放集中隔离点", "Open the isolation sites"), due),
            (w(lang, "交通卡口到岗", "Staff the checkpoints"), due),
        ],
    };
    let level = Choice::new("level_1", w(lang, "Ⅰ级响应", "Level I response"));
    let fields = vec![
        FieldView::new("level", Kind::Code, w(lang, "等级", "Level"))
            .value("level_1")
            .options(vec![level]),
        FieldView::new("order_number", Kind::Text, w(lang, "文号", "Number")),
    ];
    let blank = Response {
        may: Opens::EACH.to_vec(),
        fields,
        entries: ("o1".into(), "e1".into()),
        in_force: vec![InForce {
            entry: "e0".into(),
            what: w(lang, "Ⅱ级响应 珲春市", "Level II response, Hunchun"),
            since: datetime(2026, 11, 3, 9, 0, 0, 0),
            order: w(lang, "第9号 通告", "No. 9, notice"),
        }],
        ..Response::default()
    };
    let preview = Preview {
        act: w(lang, "珲春市启动Ⅰ级响应", "Level I response in Hunchun"),
        order: w(lang, "第10号 通告", "No. 10, notice"),
        within: "86400000".into(),
        offices: vec![office("河南街道", "Henan street"), office("新安街道", "Xin'an street")],
        without: vec![w(lang, "敬信镇", "Jingxin")],
        seen: "level_1".into(),
    };
    let seen = Response {
        preview: Some(preview),
        ..blank.clone()
    };
    let refused = w(
        lang,
        "只能启动预案的现行版次",
        "Only the latest version of the plan is activated",
    );
    let plan = Response {
        opens: Opens::Plan,
        problems: vec![Problem::at("", refused)],
        ..seen.clone()
    };
    let signed = Response {
        is_signed: true,
        in_force: Vec::new(),
        ..blank.clone()
    };
    vec![("form", blank), ("preview", seen), ("plan", plan), ("signed", signed)]
}
