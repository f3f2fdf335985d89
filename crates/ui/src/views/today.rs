//! 今日任务: what this post has to do today, grouped by building, class or ward, next due first.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        desks,
        field::{self, FieldView},
        form::{self, Choice},
        kept,
        mark::{Meaning, mark},
        table,
        task::{self, Quick, Task},
        value,
    },
    paths,
    shell::{self, Nav, Title},
    views::me,
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// Tasks in one building, class or ward.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name.
    pub place: String,
    /// Its tasks, next due first.
    pub tasks: Vec<Task>,
}

/// A task that was not done in its slot: somebody must be called.
#[derive(Clone, Debug)]
pub struct Call {
    /// The task that asks for the call.
    pub task: String,
    /// Whom.
    pub who: String,
    /// Their file.
    pub subject: String,
    /// What is missing.
    pub missing: String,
    /// Since when.
    pub since: DateTime,
    /// Outcomes offered as one tap each.
    pub outcomes: Vec<Choice>,
}

/// Something sent to this post that must be acknowledged.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The task.
    pub task: String,
    /// Who sent it.
    pub from: String,
    /// What it is.
    pub what: String,
    /// When it was sent.
    pub at: DateTime,
    /// The entry, to read before acknowledging.
    pub entry: String,
}

/// Somebody expected here.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// Who, masked as the reader's rights ask.
    pub who: String,
    /// Their file.
    pub subject: String,
    /// Expected at.
    pub at: DateTime,
    /// From where.
    pub from: String,
    /// To where.
    pub to: String,
    /// Reported already, late, or expected.
    pub meaning: Meaning,
}

/// A register's form as the phone keeps it: script opens it at the line of a task when there is no network.
#[derive(Clone, Debug)]
pub struct OfflineForm {
    /// The register.
    pub register: String,
    /// Its title.
    pub title: String,
    /// Fields with one value.
    pub fields: Vec<FieldView>,
    /// Fields with several out of a list.
    pub many: Vec<Many>,
}

/// Several out of a list, to be ticked.
#[derive(Clone, Debug)]
pub struct Many {
    /// Its label.
    pub label: String,
    /// Name of each input, and what it stands for.
    pub choices: Vec<(String, Choice)>,
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct Today {
    /// Open tasks.
    pub open: u32,
    /// Done today.
    pub done: u32,
    /// Just discharged: what was recorded, and its entry.
    pub just_done: Option<(String, String)>,
    /// Proposals waiting for a signature.
    pub has_proposals: bool,
    /// They call whom nothing reached.
    pub may_see_unreached: bool,
    /// They check passes at a gate.
    pub checks_passes: bool,
    /// Classes whose morning check is due: identifier and name.
    pub classes: Vec<(String, String)>,
    /// Takes samples into tubes.
    pub is_sampler: bool,
    /// Pages of their own for this post: address and name.
    pub desks: Vec<(String, String)>,
    /// Missed tasks to call about.
    pub calls: Vec<Call>,
    /// To acknowledge.
    pub receipts: Vec<Receipt>,
    /// Open tasks by place.
    pub groups: Vec<Group>,
    /// Expected arrivals.
    pub arrivals: Vec<Arrival>,
    /// Forms of registers that are expected, for answers without network.
    pub forms: Vec<OfflineForm>,
    /// What script needs to keep answers while there is no network, as JSON.
    pub kit: Option<String>,
}

/// The whole page.
pub fn render(view: &Today, cx: &Ctx) -> Markup {
    let body = html! {
        div.head {
            h1 { (cx.t("nav-today")) }
            (count(cx, view.open, view.done))
        }
        (kept::waiting(cx))
        @if let Some((what, entry)) = &view.just_done { div.undo role="status" { span { (what) } (task::undo_form(cx, entry)) } }
        @if view.has_proposals {
            p.notice { a href=(paths::PROPOSALS) { (cx.t("today-proposals")) } }
        }
        @if view.may_see_unreached {
            p.notice { a href=(paths::UNREACHED) { (cx.t("today-unreached")) } }
        }
        @if view.checks_passes {
            p.notice { a href=(paths::CHECK) { (cx.t("check-open-link")) } }
        }
        @if view.is_sampler { p.notice { a href=(paths::TUBE_LABELS) { (cx.t("labels-title")) } } }
        (desks::links(cx, &view.desks))
        @if !view.classes.is_empty() {
            ul.index aria-label=(cx.t("today-classes")) {
                @for (id, name) in &view.classes { li data-item { a href=(paths::class_sheet(id)) { (cx.tf("today-class", &[("class", name.as_str().into())])) } } }
            }
        }
        (calls(cx, &view.calls))
        (receipts(cx, &view.receipts))
        @for group in &view.groups {
            section.group {
                h2 { (group.place) span.quiet { (cx.tf("n-tasks", &[("n", group.tasks.len().into())])) } }
                ul.task-list { @for task in &group.tasks { (task::line(cx, task)) } }
            }
        }
        @if view.open == 0 { (table::empty(&cx.t("today-none"), &cx.t("today-none-how"))) }
        (arrivals(cx, &view.arrivals))
        @for form in &view.forms { (offline_form(cx, form)) }
        (kept::kit(view.kit.as_deref()))
    };
    shell::staff(cx, &Title::new(cx.t("nav-today")).today(), Nav::Today, &body)
}

fn offline_form(cx: &Ctx, form: &OfflineForm) -> Markup {
    html! {
        template data-fields=(form.register) {
            h3 { (form.title) }
            @for view in &form.fields { (field::field(cx, view)) }
            @for many in &form.many {
                fieldset.field {
                    legend { (many.label) " " span.quiet { (cx.t("optional")) } }
                    @for (name, choice) in &many.choices {
                        label.choice { input type="checkbox" name=(name) value=(choice.value); span { (choice.label) } }
                    }
                }
            }
            div.act {
                button.primary type="submit" { (cx.t("offline-keep")) }
                button.plain type="button" data-close { (cx.t("offline-close")) }
            }
        }
    }
}

/// The count that falls as one works; also sent beside a discharged line (`hx-swap-oob`).
pub fn count(cx: &Ctx, open: u32, done: u32) -> Markup {
    html! {
        p #today-count role="status" hx-swap-oob="true" {
            strong.num { (open) } " " (cx.t("today-open")) " · " span.quiet { (cx.tf("today-done", &[("n", done.into())])) }
        }
    }
}

fn calls(cx: &Ctx, calls: &[Call]) -> Markup {
    html! {
        @if !calls.is_empty() {
            section.group {
                h2 { (cx.t("today-calls")) span.quiet { (cx.t("today-calls-why")) } }
                ul.task-list {
                    @for call in calls {
                        @let action = paths::task(&call.task, "do");
                        li.task data-item id={ "task-" (call.task) } {
                            div { (mark(Meaning::Late, &cx.near(call.since))) }
                            div { span.task-who { a href=(paths::subject(&call.subject)) { (call.who) } } " " (call.missing) }
                            @if cx.can_write() {
                                form.quick method="post" action=(action) data-register="call" data-subject=(call.subject) data-field="outcome" data-task=(call.task) hx-post=(action) hx-target={ "#task-" (call.task) } hx-swap="outerHTML" {
                                    input type="hidden" name="csrf" value=(cx.csrf);
                                    @for outcome in &call.outcomes {
                                        button type="submit" name="outcome" value=(outcome.value) data-quick
                                            aria-label=(cx.tf("task-about", &[("act", outcome.label.as_str().into()), ("who", call.who.as_str().into())])) { (outcome.label) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn receipts(cx: &Ctx, receipts: &[Receipt]) -> Markup {
    html! {
        @if !receipts.is_empty() {
            section.group {
                h2 { (cx.t("today-receipts")) }
                ul.task-list {
                    @for receipt in receipts {
                        li.task data-item id={ "task-" (receipt.task) } {
                            div { (value::time(cx, receipt.at)) }
                            div { a href=(paths::entry(&receipt.entry)) { (receipt.what) } " " span.quiet { (receipt.from) } }
                            @if cx.can_write() { div.quick { (form::one_button(cx, &paths::task(&receipt.task, "receipt"), &cx.t("today-receive"), "", &[])) } }
                        }
                    }
                }
            }
        }
    }
}

fn arrivals(cx: &Ctx, arrivals: &[Arrival]) -> Markup {
    let word = |meaning: Meaning| match meaning {
        Meaning::Due => cx.t("arrival-due"),
        Meaning::Late => cx.t("arrival-late"),
        Meaning::Done => cx.t("arrival-done"),
        Meaning::Unknown => cx.t("state-unknown"),
    };
    html! {
        @if !arrivals.is_empty() {
            h2 { (cx.t("today-arrivals")) }
            (table::scroll(&cx.t("today-arrivals"), &html! {
                table {
                    thead { tr {
                        th scope="col" { (cx.t("arrival-at")) } th scope="col" { (cx.t("who")) } th scope="col" { (cx.t("arrival-from")) }
                        th scope="col" { (cx.t("arrival-to")) } th scope="col" { (cx.t("state")) }
                    } }
                    tbody {
                        @for arrival in arrivals {
                            tr data-item {
                                td { (value::time(cx, arrival.at)) }
                                th.who scope="row" { a href=(paths::subject(&arrival.subject)) { (arrival.who) } }
                                td { (arrival.from) } td { (arrival.to) }
                                td { (mark(arrival.meaning, &word(arrival.meaning))) }
                            }
                        }
                    }
                }
            }))
        }
    }
}

/// A morning, a morning with nothing left, and a school's.
pub fn samples(lang: Lang) -> Vec<(&'static str, Today)> {
    let morning = Today {
        open: 23,
        done: 9,
        just_done: Some((
            w(lang, "已登记：钱** 体温 36.5 ℃", "Recorded: Qian **, 36.5 ℃"),
            "e9".into(),
        )),
        has_proposals: true,
        may_see_unreached: true,
        checks_passes: true,
        calls: vec![sample_call(lang)],
        receipts: vec![Receipt {
            task: "t8".into(),
            from: w(lang, "市第一中学", "No. 1 Middle School"),
            what: w(lang, "发热情况两小时报告", "Two-hour report on fever"),
            at: datetime(2026, 11, 21, 8, 12, 0, 0),
            entry: "e8".into(),
        }],
        groups: sample_groups(lang),
        arrivals: sample_arrivals(lang),
        ..Today::default()
    };
    let school = Today {
        open: 2,
        classes: vec![
            ("c1".into(), w(lang, "初一（3）班", "Year 7, class 3")),
            ("c2".into(), w(lang, "初一（4）班", "Year 7, class 4")),
        ],
        ..Today::default()
    };
    vec![
        ("morning", morning),
        (
            "empty",
            Today {
                done: 32,
                ..Today::default()
            },
        ),
        ("school", school),
    ]
}

fn sample_arrivals(lang: Lang) -> Vec<Arrival> {
    let of = |zh: &str, en: &str, hour: i8, meaning: Meaning| Arrival {
        who: w(lang, zh, en),
        subject: "s3".into(),
        at: datetime(2026, 11, 21, hour, 20, 0, 0),
        from: w(lang, "湖北省武汉市江夏区", "Hubei, Wuhan, Jiangxia"),
        to: w(lang, "滨河花园5号楼302", "Binhe Garden 5-302"),
        meaning,
    };
    vec![
        of("吴**", "Wu **", 14, Meaning::Due),
        of("郑**", "Zheng **", 7, Meaning::Late),
        of("冯**", "Feng **", 6, Meaning::Done),
    ]
}

fn sample_groups(lang: Lang) -> Vec<Group> {
    let task = |id: &str, zh: &str, en: &str, room: &str| Task {
        subject: Some("s1".into()),
        detail: room.to_owned(),
        ..me::sample_temperature(lang, &w(lang, zh, en), id)
    };
    let visit = Task {
        what: w(lang, "上门核查", "Home visit"),
        detail: w(lang, "2单元201", "unit 2, 201"),
        opens: None,
        due: datetime(2026, 11, 21, 20, 0, 0, 0),
        quick: Quick::Answers {
            name: "result".into(),
            options: vec![
                Choice::new("done", w(lang, "在家，正常", "At home, well")),
                Choice::new("not_home", w(lang, "无人应答", "Nobody answered")),
            ],
        },
        ..task("t4", "赵**", "Zhao **", "")
    };
    let form = Task {
        what: w(lang, "核酸采样登记", "Register PCR sample"),
        quick: Quick::Form {
            href: paths::register_new("lab_sample"),
        },
        opens: None,
        ..task("t5", "孙**", "Sun **", "3-102")
    };
    vec![
        Group {
            place: w(lang, "滨河花园5号楼", "Binhe Garden, building 5"),
            tasks: vec![
                task("t1", "王**", "Wang **", "302"),
                task("t2", "李**", "Li **", "501"),
                visit,
            ],
        },
        Group {
            place: w(lang, "滨河花园6号楼", "Binhe Garden, building 6"),
            tasks: vec![task("t3", "陈**", "Chen **", "101"), form],
        },
    ]
}

fn sample_call(lang: Lang) -> Call {
    Call {
        task: "t9".into(),
        who: w(lang, "周**", "Zhou **"),
        subject: "s9".into(),
        missing: w(lang, "昨日晚间体温未报", "Yesterday's evening temperature is missing"),
        since: datetime(2026, 11, 20, 20, 0, 0, 0),
        outcomes: vec![
            Choice::new("reached", w(lang, "已联系上", "Reached")),
            Choice::new("unreached", w(lang, "未联系上", "Not reached")),
        ],
    }
}
