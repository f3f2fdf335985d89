//! The log of operations, day by day, newest first. It only grows: a correction stands as the later entry that it is, and what
//! it corrects stays readable where it was.

use crate::{
    Ctx, Markup, dates,
    gallery::w,
    part::{
        field::{self, FieldView, Kind, field},
        form::{self, Choice, Problem},
        mark, table,
    },
    paths,
    shell::{self, Nav, Title},
};
use jiff::civil::{Date, DateTime, date, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// What later entries say about an event, or it about an earlier one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    #[default]
    None,
    /// A later entry corrects it: when that was written.
    Corrected(DateTime),
    /// It corrects an entry: that entry, when the event was, and why.
    Corrects(String, DateTime, String),
}

/// One line of the log.
#[derive(Clone, Debug, Default)]
pub struct Event {
    /// Its entry.
    pub id: String,
    /// When it happened; of a correction, when that was written.
    pub at: DateTime,
    /// Its kind in words.
    pub kind: String,
    /// What happened.
    pub text: String,
    /// Who says so.
    pub source: String,
    /// Where.
    pub area: String,
    /// The decision it belongs to: entry and words.
    pub decision: Option<(String, String)>,
    /// The order it belongs to: entry and words.
    pub order: Option<(String, String)>,
    /// Whether it was corrected, or corrects.
    pub change: Change,
}

/// Something to filter by: what may be chosen, and what is.
#[derive(Clone, Debug, Default)]
pub struct Narrowing {
    /// `source`, `kind`, `area`.
    pub name: &'static str,
    /// What there is.
    pub options: Vec<Choice>,
    /// What is chosen; empty for all.
    pub chosen: String,
}

/// The form of a new line.
#[derive(Clone, Debug, Default)]
pub struct Writing {
    /// Identifier of the entry to be: sent twice, it is one.
    pub entry: String,
    /// Its fields.
    pub fields: Vec<FieldView>,
    /// What is wrong with the whole.
    pub problems: Vec<Problem>,
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct Operations {
    /// Days with their events, newest first.
    pub days: Vec<(Date, Vec<Event>)>,
    /// Filters.
    pub narrowing: Vec<Narrowing>,
    /// The days before those shown.
    pub earlier: Option<String>,
    /// The form; none for who does not write the log.
    pub writing: Option<Writing>,
    /// Something was just written.
    pub is_written: bool,
}

/// The whole page.
pub fn render(view: &Operations, cx: &Ctx) -> Markup {
    let mut problems = Vec::new();
    if let Some(writing) = &view.writing {
        problems.extend(writing.problems.iter().cloned());
        problems.extend(field::problems(&writing.fields));
    }
    let body = html! {
        (form::summary(cx, &problems))
        div.head { h1 { (cx.t("operations-title")) } }
        p.quiet { (cx.t("operations-help")) }
        @if view.is_written { p.notice role="status" { (mark::mark(mark::Meaning::Done, &cx.t("operations-written"))) } }
        @if let (Some(writing), true) = (&view.writing, cx.can_write()) { (write(cx, writing, !problems.is_empty())) }
        (filters(cx, &view.narrowing))
        @if view.days.is_empty() { (table::empty(&cx.t("operations-none"), &cx.t("operations-none-how"))) }
        @for (day, events) in &view.days {
            section {
                h2 { (dates::day(cx.lang, *day)) }
                ol.timeline { @for event in events { li data-item { (line(cx, event)) } } }
            }
        }
        @if let Some(href) = &view.earlier { p.pages { a href=(href) { (cx.t("operations-earlier")) } } }
    };
    let title = Title::new(cx.t("operations-title")).error(!problems.is_empty());
    shell::staff(cx, &title, Nav::Situation, &body)
}

fn write(cx: &Ctx, writing: &Writing, is_open: bool) -> Markup {
    let body = html! {
        input type="hidden" name="entry" value=(writing.entry);
        @for view in &writing.fields { (field(cx, view)) }
        (form::primary(&cx.t("operations-write")))
    };
    html! {
        details.desk-card.desk-form.no-print open[is_open] {
            summary { (cx.t("operations-new")) }
            (form::post(cx, paths::OPERATIONS, Some(paths::OPERATIONS), &body))
        }
    }
}

fn filters(cx: &Ctx, narrowing: &[Narrowing]) -> Markup {
    html! {
        form.filters method="get" action=(paths::OPERATIONS) {
            @if let Some(at) = cx.as_of { input type="hidden" name="as_of" value=(dates::machine(at)); }
            @for one in narrowing {
                div {
                    label for={ "n-" (one.name) } { (cx.t(&format!("operations-{}", one.name))) }
                    select id={ "n-" (one.name) } name=(one.name) {
                        option value="" { (cx.t("operations-every")) }
                        @for option in &one.options { option value=(option.value) selected[option.value == one.chosen] { (option.label) } }
                    }
                }
            }
            button type="submit" { (cx.t("operations-show")) }
        }
    }
}

fn line(cx: &Ctx, event: &Event) -> Markup {
    let is_corrected = matches!(event.change, Change::Corrected(_));
    html! {
        div { a href=(paths::entry(&event.id)) data-open { time datetime=(dates::machine(event.at)) { (dates::clock(event.at)) } } " " (mark::tag(&event.kind)) }
        div {
            @if let Change::Corrects(id, at, reason) = &event.change {
                p { (mark::tag(&cx.t("operations-correction"))) " "
                    a href=(paths::entry(id)) { (cx.tf("operations-corrects", &[("at", dates::moment(cx.lang, *at).into())])) }
                    @if !reason.is_empty() { " " span.quiet { (cx.tf("operations-because", &[("reason", reason.as_str().into())])) } }
                }
            }
            p.withdrawn[is_corrected] { (event.text) }
            @if let Change::Corrected(at) = &event.change {
                p { (cx.tf("operations-corrected", &[("at", dates::moment(cx.lang, *at).into())])) }
            }
            p.quiet {
                (cx.tf("operations-says", &[("source", event.source.as_str().into())])) " · " (event.area)
                @for (key, link) in [("operations-decision", &event.decision), ("operations-order", &event.order)] {
                    @if let Some((id, words)) = link { " · " (cx.t(key)) " " a href=(paths::entry(id)) { (words) } }
                }
            }
        }
    }
}

/// Two days with a correction, as anybody reads them.
fn two_days(lang: Lang) -> Operations {
    let at = |day: i8, hour: i8| datetime(2026, 11, day, hour, 0, 0, 0);
    let event = |id: &str, moment: DateTime, kind: (&str, &str), text: (&str, &str)| Event {
        id: id.into(),
        at: moment,
        kind: w(lang, kind.0, kind.1),
        text: w(lang, text.0, text.1),
        source: w(lang, "指挥部", "Command office"),
        area: w(lang, "珲春市", "Hunchun"),
        ..Event::default()
    };
    let case = ("疫情", "Case");
    let mut first = event(
        "e1",
        at(19, 9),
        case,
        ("报告首例确诊，当日召开会议", "First case; meeting on the same day"),
    );
    first.change = Change::Corrected(at(21, 8));
    let mut second = event(
        "e2",
        at(21, 8),
        case,
        (
            "报告首例确诊，次日凌晨召开会议",
            "First case; meeting in the following night",
        ),
    );
    second.change = Change::Corrects(
        "e1".into(),
        at(19, 9),
        w(lang, "核对会议记录", "checked with the minutes"),
    );
    let mut meeting = event(
        "e3",
        at(19, 15),
        ("会议", "Meeting"),
        ("领导小组第6次会议", "Sixth meeting of the leading group"),
    );
    meeting.decision = Some(("d6".into(), w(lang, "第2项：8个专项组成立", "2: eight working groups")));
    meeting.order = Some(("o1".into(), w(lang, "第12号 通告", "No. 12, notice")));
    let source = w(lang, "指挥部", "Command office");
    let narrowing = vec![
        Narrowing {
            name: "source",
            options: vec![Choice::new(source.clone(), source)],
            chosen: String::new(),
        },
        Narrowing {
            name: "kind",
            options: vec![Choice::new("case", w(lang, "疫情", "Case"))],
            chosen: "case".into(),
        },
    ];
    Operations {
        days: vec![
            (date(2026, 11, 21), vec![second]),
            (date(2026, 11, 19), vec![meeting, first]),
        ],
        narrowing,
        earlier: Some(format!("{}?until=2026-11-18", paths::OPERATIONS)),
        ..Operations::default()
    }
}

/// Two days with a correction, a form with something to mend, and an empty log.
pub fn samples(lang: Lang) -> Vec<(&'static str, Operations)> {
    let read = two_days(lang);
    let refused = w(
        lang,
        "尚未发生的事项不进日志",
        "What has not happened yet is not logged",
    );
    let writing = Writing {
        entry: "n1".into(),
        fields: vec![
            FieldView::new("text", Kind::Text, w(lang, "事项", "Event")),
            FieldView::new("origin", Kind::Text, w(lang, "来源", "Source")).error(w(
                lang,
                "请填写来源",
                "Say who says so",
            )),
        ],
        problems: vec![Problem::at("", refused)],
    };
    let written = Operations {
        writing: Some(writing),
        ..read.clone()
    };
    let empty = Operations {
        writing: Some(Writing::default()),
        is_written: true,
        ..Operations::default()
    };
    vec![("read", read), ("refused", written), ("empty", empty)]
}
