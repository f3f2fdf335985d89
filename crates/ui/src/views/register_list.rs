//! The entries of a register: the columns that matter, filters that read as a sentence, pages by cursor.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::{self, Choice},
        mark::{Assurance, EntryState, assurance, entry_state},
        table, value,
    },
    paths,
    shell::{self, Nav, Title},
    text,
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// A column.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// Heading, with its unit.
    pub label: String,
    /// Numbers stand right.
    pub is_number: bool,
}

/// A row.
#[derive(Clone, Debug)]
pub struct Row {
    /// Entry.
    pub id: String,
    /// Subject as shown, and its file if the reader may open it.
    pub subject: (String, Option<String>),
    /// When it happened.
    pub at: DateTime,
    /// One cell a column.
    pub cells: Vec<String>,
    /// What became of the entry.
    pub state: EntryState,
    /// How well it is known.
    pub assurance: Assurance,
    /// It can be changed with others.
    pub can_choose: bool,
}

/// A filter in force: its words and the address of the list without it.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// "来自 高风险地区".
    pub words: String,
    /// The list without this filter.
    pub without: String,
}

/// Something that can be a column.
#[derive(Clone, Debug, Default)]
pub struct Chooser {
    /// Its name.
    pub id: String,
    /// Its heading.
    pub label: String,
    /// It is shown.
    pub is_on: bool,
}

/// A list that the account saved.
#[derive(Clone, Debug, Default)]
pub struct Saved {
    /// What it asks for, as a sentence.
    pub words: String,
    /// The list.
    pub href: String,
    /// It is the one shown.
    pub is_here: bool,
}

/// The list.
#[derive(Clone, Debug, Default)]
pub struct RegisterList {
    /// Identifier of the register.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Purpose and retention, in a sentence.
    pub purpose: String,
    /// Filters in force.
    pub filters: Vec<Filter>,
    /// Fields to filter by; sent with GET to the same address.
    pub asks: Vec<FieldView>,
    /// Everything that can be a column.
    pub choosers: Vec<Chooser>,
    /// Lists that the account saved.
    pub saved: Vec<Saved>,
    /// What this list asks for, as in its address.
    pub query: String,
    /// Fields that can be changed for many entries at once; none for who may not write.
    pub changes: Vec<Choice>,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows, newest first.
    pub rows: Vec<Row>,
    /// How many there are, and whether the number is exact.
    pub total: (u64, bool),
    /// Address of the page before.
    pub previous: Option<String>,
    /// Address of the page after.
    pub next: Option<String>,
    /// It can be looked at as a calendar.
    pub has_calendar: bool,
    /// May write.
    pub can_write: bool,
    /// Downloads: format and address.
    pub exports: Vec<(String, String)>,
}

/// The whole page.
pub fn render(view: &RegisterList, cx: &Ctx) -> Markup {
    let body = html! {
        div.head {
            h1 { (view.title) }
            @if view.has_calendar { a href=(paths::roster(&view.id)) { (cx.t("roster-open")) } }
            @if view.can_write && cx.can_write() {
                a href=(paths::register_import(&view.id)) { (cx.t("register-import")) }
                a.button.primary href=(paths::register_new(&view.id)) { (cx.t("register-new")) }
            }
        }
        p.quiet { (view.purpose) }
        (filters(cx, view))
        (sentence(cx, view))
        (kept(cx, view))
        @if view.rows.is_empty() {
            @if view.filters.is_empty() { (table::empty(&cx.t("list-none"), &cx.t("list-none-how"))) }
            @else { (table::empty(&cx.t("list-no-match"), &cx.t("list-no-match-how"))) }
        } @else {
            @if chooses(cx, view) {
                form method="post" action={ (paths::register(&view.id)) "/bulk" } data-choices {
                    input type="hidden" name="csrf" value=(cx.csrf);
                    (table::scroll(&view.title, &rows(cx, view)))
                    (change(cx, view))
                }
            } @else { (table::scroll(&view.title, &rows(cx, view))) }
            (foot(cx, view))
        }
    };
    shell::staff(cx, &Title::new(view.title.clone()), Nav::Registers, &body)
}

fn filters(cx: &Ctx, view: &RegisterList) -> Markup {
    html! {
        @if !view.asks.is_empty() {
            form.filters method="get" action=(paths::register(&view.id)) {
                @for ask in &view.asks {
                    div {
                        label for={ "f-" (ask.id) } { (ask.label) }
                        @if ask.kind == Kind::Code { (field::select(&format!("f-{}", ask.id), &ask.id, &ask.options, &ask.value, None)) }
                        @else { input id={ "f-" (ask.id) } name=(ask.id) type=(if ask.kind == Kind::Date { "date" } else { "text" }) value=(ask.value); }
                    }
                }
                button type="submit" { (cx.t("filter")) }
            }
        }
    }
}

fn sentence(cx: &Ctx, view: &RegisterList) -> Markup {
    let (n, is_exact) = view.total;
    let n = text::grouped(i64::try_from(n).unwrap_or(i64::MAX));
    let key = if is_exact { "list-total" } else { "list-about" };
    html! {
        p.sentence role="status" {
            (cx.tf(key, &[("n", n.into())]))
            @for filter in &view.filters {
                " · " (filter.words)
                a href=(filter.without) aria-label=(cx.tf("filter-without", &[("words", filter.words.as_str().into())])) { (cx.t("remove")) }
            }
        }
    }
}

/// Whether rows can be chosen to be changed together.
fn chooses(cx: &Ctx, view: &RegisterList) -> bool {
    cx.can_write() && !view.changes.is_empty() && view.rows.iter().any(|row| row.can_choose)
}

/// What the account keeps: saved lists as sentences, and the columns.
fn kept(cx: &Ctx, view: &RegisterList) -> Markup {
    let action = format!("{}/keep", paths::register(&view.id));
    let is_saved = view.saved.iter().any(|saved| saved.is_here);
    html! {
        div.kept.no-print {
            @if !view.saved.is_empty() {
                nav aria-label=(cx.t("list-saved")) {
                    ul.subnav { @for saved in &view.saved { li { a href=(saved.href) aria-current=[saved.is_here.then_some("true")] { (saved.words) } } } }
                }
            }
            @if !view.filters.is_empty() && cx.can_write() {
                @let label = cx.t(if is_saved { "list-forget" } else { "list-save" });
                (form::one_button(cx, &action, &label, "secondary small", &[("keep", "list"), ("query", view.query.as_str())]))
            }
            @if !view.choosers.is_empty() && cx.can_write() {
                details.choose-columns {
                    summary { (cx.tf("list-columns", &[("n", view.columns.len().into())])) }
                    (form::post(cx, &action, None, &html! {
                        input type="hidden" name="keep" value="columns"; input type="hidden" name="query" value=(view.query);
                        fieldset {
                            legend.sr { (cx.t("list-columns-name")) }
                            @for chooser in &view.choosers {
                                div.choice { input id={ "col-" (chooser.id) } type="checkbox" name="column" value=(chooser.id) checked[chooser.is_on]; " " label for={ "col-" (chooser.id) } { (chooser.label) } }
                            }
                        }
                        p.quiet { (cx.t("list-columns-how")) }
                        button.secondary type="submit" { (cx.t("list-columns-show")) }
                    }))
                }
            }
        }
    }
}

/// What is done with the rows that are chosen.
fn change(cx: &Ctx, view: &RegisterList) -> Markup {
    html! {
        div.bulk.no-print {
            span.quiet data-chosen {}
            button.secondary type="button" hidden data-choose-all="row" { (cx.t("list-choose-all")) }
            label for="bulk-field" { (cx.t("bulk-which")) }
            (field::select("bulk-field", "field", &view.changes, view.changes.first().map_or("", |choice| choice.value.as_str()), None))
            button.secondary type="submit" { (cx.t("bulk-begin")) }
        }
    }
}

fn rows(cx: &Ctx, view: &RegisterList) -> Markup {
    let chooses = chooses(cx, view);
    html! {
        table {
            thead { tr {
                @if chooses { th.pick scope="col" { span.sr { (cx.t("list-choose")) } } }
                th scope="col" { (cx.t("at")) }
                th scope="col" { (cx.t("subject")) }
                @for column in &view.columns { th.num[column.is_number] scope="col" { (column.label) } }
                th scope="col" { (cx.t("state")) }
            } }
            tbody {
                @for row in &view.rows {
                    tr data-item {
                        @if chooses { td.pick { @if row.can_choose { input type="checkbox" name="entry" value=(row.id) data-choose="row" aria-label={ (cx.t("list-choose")) " " (row.subject.0) " " (cx.near(row.at)) }; } } }
                        td { a href=(paths::entry(&row.id)) data-open { (value::time(cx, row.at)) } }
                        th.who scope="row" { @if let Some(id) = &row.subject.1 { a href=(paths::subject(id)) { (row.subject.0) } } @else { (row.subject.0) } }
                        @for (i, cell) in row.cells.iter().enumerate() { td.num[view.columns.get(i).is_some_and(|column| column.is_number)] { (cell) } }
                        td { (entry_state(cx, row.state)) " " @if row.assurance != Assurance::Said || row.state == EntryState::Accepted { (assurance(cx, row.assurance)) } }
                    }
                }
            }
        }
    }
}

fn foot(cx: &Ctx, view: &RegisterList) -> Markup {
    html! {
        div.pages {
            nav aria-label=(cx.t("pages")) {
                @if let Some(href) = &view.previous { a href=(href) rel="prev" { (cx.t("page-previous")) } " " }
                @if let Some(href) = &view.next { a href=(href) rel="next" { (cx.t("page-next")) } }
            }
            @if !view.exports.is_empty() {
                p { (cx.t("download")) @for (format, href) in &view.exports { " " a href=(href) download { (format) } } }
            }
        }
    }
}

/// Some rows, none at all, none for the filter.
pub fn samples(lang: Lang) -> Vec<(&'static str, RegisterList)> {
    let bare = RegisterList {
        id: "temperature".into(),
        title: w(lang, "体温登记", "Temperatures"),
        purpose: w(
            lang,
            "用于健康监测；保存60天后销毁。",
            "For health monitoring; destroyed after 60 days.",
        ),
        columns: vec![
            Column {
                label: w(lang, "体温（℃）", "Temperature (℃)"),
                is_number: true,
            },
            Column {
                label: w(lang, "社区", "Community"),
                is_number: false,
            },
            Column {
                label: w(lang, "登记人", "Recorded by"),
                is_number: false,
            },
        ],
        asks: vec![
            FieldView::new("from", Kind::Date, w(lang, "从", "From")).value("2026-11-20"),
            FieldView::new("until", Kind::Date, w(lang, "到", "Until")).value("2026-11-21"),
            FieldView::new("region", Kind::Code, w(lang, "辖区", "Area"))
                .options(vec![Choice::new("1", w(lang, "滨河社区", "Binhe"))]),
            FieldView::new("state", Kind::Code, w(lang, "状态", "State"))
                .options(vec![Choice::new("flagged", w(lang, "待核", "To be checked"))]),
        ],
        choosers: sample_choosers(lang),
        changes: vec![Choice::new("taken_by", w(lang, "测量人", "Taken by"))],
        can_write: true,
        total: (0, true),
        ..RegisterList::default()
    };
    let some = RegisterList {
        rows: sample_rows(lang),
        total: (50, false),
        next: Some("?cursor=abc".into()),
        exports: vec![
            ("CSV".into(), "export.csv".into()),
            ("XLSX".into(), "export.xlsx".into()),
        ],
        filters: vec![Filter {
            words: w(lang, "11月20日起", "from 20 Nov"),
            without: "?".into(),
        }],
        saved: vec![Saved {
            words: w(lang, "待核 · 滨河社区", "To be checked · Binhe"),
            href: "?flagged=true".into(),
            is_here: false,
        }],
        query: "from=2026-11-20".into(),
        ..bare.clone()
    };
    let no_match = RegisterList {
        filters: vec![Filter {
            words: w(lang, "待核", "to be checked"),
            without: "?".into(),
        }],
        ..bare.clone()
    };
    vec![("some", some), ("empty", bare), ("no-match", no_match)]
}

fn sample_choosers(lang: Lang) -> Vec<Chooser> {
    vec![
        Chooser {
            id: "celsius".into(),
            label: w(lang, "体温（℃）", "Temperature (℃)"),
            is_on: true,
        },
        Chooser {
            id: "_received".into(),
            label: w(lang, "收到时间", "Received"),
            is_on: false,
        },
    ]
}

fn sample_rows(lang: Lang) -> Vec<Row> {
    let row = |id: &str, zh: &str, en: &str, celsius: &str, state: EntryState, assurance: Assurance| Row {
        id: id.into(),
        subject: (w(lang, zh, en), Some("s1".into())),
        at: datetime(2026, 11, 21, 7, 42, 0, 0),
        cells: vec![
            celsius.into(),
            w(lang, "滨河社区", "Binhe"),
            w(lang, "网格员", "grid worker"),
        ],
        state,
        assurance,
        can_choose: state == EntryState::Accepted,
    };
    vec![
        row("e1", "王**", "Wang **", "36.5", EntryState::Accepted, Assurance::Said),
        row("e2", "李**", "Li **", "37.6", EntryState::Flagged, Assurance::Seen),
        row("e3", "陈**", "Chen **", "36.4", EntryState::Corrected, Assurance::Said),
        row("e4", "赵**", "Zhao **", "36.9", EntryState::Withdrawn, Assurance::Said),
        row(
            "e5",
            "孙**",
            "Sun **",
            "36.2",
            EntryState::Accepted,
            Assurance::Verified,
        ),
    ]
}
