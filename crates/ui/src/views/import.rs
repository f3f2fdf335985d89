//! A sheet into a register: the empty sheet to fill, a trial that writes nothing, what became of every row.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::{self, Choice, Problem},
        likely::{self, LikelyFile, OTHER},
        mark::{Meaning, mark},
        table, value,
    },
    paths,
    shell::{self, Nav, Title},
    text,
};
use lianfang_kernel::Lang;
use maud::html;

/// A row that was not written.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Line of the sheet, the titles being the first.
    pub line: u64,
    /// Its column, where one is at fault.
    pub column: String,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub hint: String,
}

/// A row of somebody who may have a file already.
#[derive(Clone, Debug, Default)]
pub struct Alike {
    /// Line of the sheet.
    pub line: u64,
    /// The row's entry: what is said of it is sent as `same.` and this.
    pub entry: String,
    /// The file, and why.
    pub file: LikelyFile,
    /// What was said of it: the file's id, [`OTHER`], or nothing.
    pub chosen: String,
}

/// A column of the sheet and what it is taken for.
#[derive(Clone, Debug, Default)]
pub struct Mapped {
    /// Its title.
    pub title: String,
    /// The field; nothing where it goes nowhere.
    pub field: String,
}

/// The title of a column is sent under this and its number.
pub const TITLE: &str = "title.";
/// The field of a column is sent under this and its number.
pub const FIELD: &str = "field.";

/// What becomes of a row is said under this, its entry behind it.
pub const SAME: &str = "same.";

/// What became of a sheet.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Persons that a list was compared with; then `accepted` tells how many matched.
    pub compared: Option<i64>,
    /// Nothing was written.
    pub is_trial: bool,
    /// Rows read.
    pub rows: i64,
    /// In the register, or on a trial: would be.
    pub accepted: i64,
    /// Of those, with something noticed.
    pub flagged: i64,
    /// Kept aside for a person.
    pub tray: i64,
    /// Not written.
    pub refused: i64,
    /// Columns that went nowhere.
    pub unused: Vec<String>,
    /// The first rows that were not written.
    pub faults: Vec<Fault>,
    /// All of them as a sheet, to be corrected and sent again.
    pub errors: Option<String>,
    /// Rows whose person may have a file already.
    pub alike: Vec<Alike>,
}

/// The page. The form sends the file `file` and `act`: `try` or `import`.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// Register.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The match run, where the sheet is a list to compare: it is not kept, and there is no trial.
    pub run: Option<String>,
    /// Where the form goes.
    pub action: String,
    /// The empty sheet; none where the columns are few and named below.
    pub template: Option<String>,
    /// Titles of columns that a sheet may have.
    pub columns: Vec<String>,
    /// The sheet just sent, kept for a while: its id and what it is called.
    pub kept: Option<(String, String)>,
    /// Its columns.
    pub mapping: Vec<Mapped>,
    /// The columns are taken as the last time such a sheet came.
    pub is_remembered: bool,
    /// What a column may be taken for.
    pub fields: Vec<Choice>,
    /// It is still being read: rows so far, and where to look again.
    pub running: Option<(i64, String)>,
    /// What became of the sheet just sent.
    pub report: Option<Report>,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &Import, cx: &Ctx) -> Markup {
    let file = FieldView::new(
        "file",
        Kind::File,
        cx.t(if view.kept.is_some() {
            "import-file-other"
        } else {
            "import-file"
        }),
    );
    let mut fields = vec![file.help(cx.t("import-file-help"))];
    if view.kept.is_some() {
        fields = fields.into_iter().map(FieldView::optional).collect();
    }
    let fields = form::with_problems(fields, &view.problems);
    let heading = cx.tf("import-title", &[("register", view.title.as_str().into())]);
    let body = html! {
        article.narrow {
            (form::summary(cx, &view.problems))
            h1 { (heading) }
            @if let Some(run) = &view.run { p { (run) } p.notice { (cx.t("match-how")) } }
            @if let Some((rows, again)) = &view.running { (running(cx, *rows, again)) }
            @if let Some(report) = &view.report { (told(cx, report)) }
            @if view.run.is_none() { p { (cx.t("import-how")) } }
            @if let Some(template) = &view.template { p { a.button href=(template) { (cx.t("import-template")) } } }
            details {
                summary { (cx.t("import-columns")) }
                ul { @for column in &view.columns { li { (column) } } }
            }
            @if cx.can_write() && view.running.is_none() {
                (form::upload(cx, &view.action, None, &html! {
                    @if let Some(report) = view.report.as_ref().filter(|report| report.is_trial) { (choices(cx, &report.alike)) }
                    (columns(cx, view))
                    @if let Some((id, name)) = &view.kept {
                        input type="hidden" name="sheet" value=(id);
                        p.help { (cx.tf("import-kept", &[("name", name.as_str().into())])) }
                    }
                    @for view in &fields { (field::field(cx, view)) }
                    div.act {
                        @if view.run.is_some() { (form::primary(&cx.t("match-send"))) }
                        @else {
                            button type="submit" name="act" value="try" { (cx.t("import-try")) }
                            button.primary type="submit" name="act" value="import" { (cx.t("import-send")) }
                        }
                    }
                }))
            }
            p { a href=(paths::register(&view.id)) { (view.title) } }
        }
    };
    shell::staff(
        cx,
        &Title::new(heading).error(!view.problems.is_empty()),
        Nav::Registers,
        &body,
    )
}

/// How far it is; the page comes again by itself.
fn running(cx: &Ctx, rows: i64, again: &str) -> Markup {
    html! {
        section.notice role="status" {
            h2 { (cx.t("import-running")) }
            p { (cx.tf("import-rows-so-far", &[("n", text::grouped(rows).into())])) }
            progress aria-label=(cx.t("import-running")) {}
            p.quiet { (cx.t("import-running-how")) " " a href=(again) { (cx.t("import-look-again")) } }
        }
    }
}

/// What each column is taken for; what is chosen holds for the sheet that is kept, and for the next with these titles.
fn columns(cx: &Ctx, view: &Import) -> Markup {
    html! {
        @if !view.mapping.is_empty() {
            section aria-labelledby="columns-title" {
                h2 #columns-title { (cx.t("import-mapping")) }
                p.help { (cx.t(if view.is_remembered { "import-mapping-again" } else { "import-mapping-how" })) }
                div.row-grid {
                    @for (n, column) in view.mapping.iter().enumerate() {
                        @let id = format!("column-{n}");
                        div.field {
                            label for=(id) { (column.title) }
                            input type="hidden" name={ (TITLE) (n) } value=(column.title);
                            (field::select(&id, &format!("{FIELD}{n}"), &view.fields, &column.field, None))
                        }
                    }
                }
            }
        }
    }
}

fn told(cx: &Ctx, report: &Report) -> Markup {
    let count = |key: &str, n: i64| (cx.t(key), html! { (text::grouped(n)) });
    let key = match (report.compared, report.is_trial, report.refused) {
        (Some(_), ..) => "match-done",
        (None, true, _) => "import-tried",
        (None, false, 0) => "import-done",
        (None, false, _) => "import-done-partly",
    };
    let meaning = if report.refused == 0 {
        Meaning::Done
    } else {
        Meaning::Late
    };
    let counts = match report.compared {
        Some(compared) => vec![
            count("import-rows", report.rows),
            count("match-compared", compared),
            count("match-matched", report.accepted),
        ],
        None => vec![
            count("import-rows", report.rows),
            count("import-accepted", report.accepted),
            count("import-flagged", report.flagged),
            count("import-tray", report.tray),
            count("import-refused", report.refused),
        ],
    };
    html! {
        section.notice role="status" {
            h2 { (mark(meaning, &cx.t(key))) }
            (value::pairs(&counts))
            @if !report.unused.is_empty() {
                p.quiet { (cx.tf("import-unused", &[("columns", report.unused.join(&cx.t("list-comma")).into())])) }
            }
            @if let Some(errors) = &report.errors { p { a.button href=(errors) { (cx.t("import-errors")) } } }
        }
        @if !report.is_trial && !report.alike.is_empty() { (left_alike(cx, &report.alike)) }
        @if !report.faults.is_empty() { (table::scroll(&cx.t("import-refused"), &faults(cx, report))) }
    }
}

/// After a trial: row by row the same person, or another. Nothing is chosen beforehand.
fn choices(cx: &Ctx, rows: &[Alike]) -> Markup {
    html! {
        @if !rows.is_empty() {
            section aria-labelledby="alike-title" {
                h2 #alike-title { (cx.tf("import-alike", &[("n", rows.len().into())])) }
                p.help { (cx.t("import-alike-how")) }
                @for row in rows {
                    @let (name, id) = (format!("{SAME}{}", row.entry), format!("same-{}", row.entry));
                    fieldset.notice {
                        legend { (cx.tf("import-alike-row", &[("n", row.line.into())])) }
                        p { a href=(paths::subject(&row.file.id)) { (row.file.label) } " " (likely::reasons(cx, &row.file)) }
                        label.choice for=(id) {
                            input id=(id) type="radio" name=(name) value=(row.file.id) checked[row.chosen == row.file.id];
                            span { (cx.t("import-alike-same")) }
                        }
                        label.choice for={ (id) "-other" } {
                            input id={ (id) "-other" } type="radio" name=(name) value=(OTHER) checked[row.chosen == OTHER];
                            span { (cx.t("import-alike-other")) }
                        }
                    }
                }
            }
        }
    }
}

/// After an import: rows of which nothing was said.
fn left_alike(cx: &Ctx, rows: &[Alike]) -> Markup {
    html! {
        section aria-labelledby="alike-title" {
            h2 #alike-title { (cx.tf("import-alike", &[("n", rows.len().into())])) }
            p.help { (cx.t("import-alike-left")) }
            ul {
                @for row in rows {
                    li {
                        (cx.tf("import-alike-row", &[("n", row.line.into())])) " "
                        a href=(paths::subject(&row.file.id)) { (row.file.label) } " " (likely::reasons(cx, &row.file))
                    }
                }
            }
        }
    }
}

fn faults(cx: &Ctx, report: &Report) -> Markup {
    html! {
        table {
            thead { tr {
                th.num scope="col" { (cx.t("import-line")) } th scope="col" { (cx.t("import-column")) }
                th scope="col" { (cx.t("import-what")) }
            } }
            tbody {
                @for fault in &report.faults {
                    tr {
                        th.num scope="row" { (fault.line) }
                        td { (fault.column) }
                        td { (fault.what) @if !fault.hint.is_empty() { div.quiet { (fault.hint) } } }
                    }
                }
            }
        }
    }
}

/// Before, a trial with rows that do not fit, all in, no file, a list compared.
pub fn samples(lang: Lang) -> Vec<(&'static str, Import)> {
    let before = Import {
        id: "arrival".into(),
        title: w(lang, "来返登记", "Arrivals"),
        action: "/registers/arrival/import".into(),
        template: Some("/registers/arrival/template.xlsx".into()),
        columns: vec![
            w(lang, "姓名", "Name"),
            w(lang, "身份证号", "Identity number"),
            w(lang, "区域", "Region"),
        ],
        ..Import::default()
    };
    let report = Report {
        rows: 1_204,
        accepted: 1_204,
        flagged: 3,
        ..Report::default()
    };
    let running = Import {
        running: Some((12_400, "/registers/arrival/import/1".into())),
        ..before.clone()
    };
    let tried = Import {
        report: Some(Report {
            is_trial: true,
            accepted: 1_202,
            refused: 2,
            unused: vec![w(lang, "序号", "No.")],
            faults: vec![Fault {
                line: 17,
                column: w(lang, "身份证号", "Identity number"),
                what: w(lang, "校验码不对", "The check digit is wrong"),
                hint: w(lang, "请核对第18位", "Check the last character"),
            }],
            errors: Some("/api/v1/imports/1/errors.xlsx".into()),
            alike: alike(lang),
            ..report.clone()
        }),
        ..with_columns(lang, &before)
    };
    let done = Import {
        report: Some(Report {
            alike: alike(lang),
            ..report
        }),
        ..before.clone()
    };
    let missing = Import {
        problems: vec![Problem::at("file", w(lang, "请选择文件", "Choose the file"))],
        ..before.clone()
    };
    vec![
        ("before", before.clone()),
        ("running", running),
        ("tried", tried),
        ("done", done),
        ("missing", missing),
        ("compared", sample_compared(lang, &before)),
    ]
}

/// A list compared in a match run.
fn sample_compared(lang: Lang, before: &Import) -> Import {
    Import {
        id: "match_list".into(),
        title: w(lang, "比对名单", "Lists compared"),
        run: Some(w(lang, "比对任务 BD-001", "Match run BD-001")),
        template: None,
        report: Some(Report {
            compared: Some(12_408),
            rows: 320,
            accepted: 17,
            ..Report::default()
        }),
        ..before.clone()
    }
}

/// A sheet that is kept, with its columns.
fn with_columns(lang: Lang, before: &Import) -> Import {
    let mapped = |zh: &str, en: &str, field: &str| Mapped {
        title: w(lang, zh, en),
        field: field.into(),
    };
    Import {
        kept: Some(("1".into(), w(lang, "车站名单.xlsx", "station.xlsx"))),
        mapping: vec![
            mapped("序号", "No.", ""),
            mapped("旅客姓名", "Passenger", "name"),
            mapped("证件", "Document", "cn_id"),
        ],
        is_remembered: true,
        fields: vec![
            Choice::new("", w(lang, "不导入", "Leave out")),
            Choice::new("name", w(lang, "姓名", "Name")),
            Choice::new("cn_id", w(lang, "身份证号", "Identity number")),
        ],
        ..before.clone()
    }
}

fn alike(lang: Lang) -> Vec<Alike> {
    let rows = [(9, "e1"), (31, "e2")].into_iter().zip(likely::samples(lang));
    let row = |((line, entry), file): ((u64, &str), LikelyFile)| Alike {
        line,
        entry: entry.into(),
        file: LikelyFile {
            is_household: false,
            ..file
        },
        chosen: if line == 9 { OTHER.into() } else { String::new() },
    };
    rows.map(row).collect()
}
