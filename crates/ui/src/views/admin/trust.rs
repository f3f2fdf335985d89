//! Whom of other issuers the city believes: the lists with their age, and a form that imports the next edition of one.

use super::page;
use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::{self, Problem},
        table, value,
    },
    paths,
    shell::Title,
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// One list.
#[derive(Clone, Debug)]
pub struct List {
    /// Its name.
    pub name: String,
    /// What it holds, in words.
    pub holds: Vec<String>,
    /// Members that could not be used.
    pub unusable: usize,
    /// When it was imported.
    pub at: DateTime,
    /// Days since.
    pub age_days: i64,
    /// By whom; empty for the installation itself.
    pub by: String,
}

/// The page. The form posts `name` and the file `file` to `paths::admin("trust")`; removing posts `name` to `…/remove`
/// behind a confirmation.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// The lists.
    pub lists: Vec<List>,
    /// Whether the reader may change them.
    pub can_change: bool,
    /// The name that was typed.
    pub name: String,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &Trust, cx: &Ctx) -> Markup {
    let fields = vec![
        FieldView::new("name", Kind::Text, cx.t("trust-name"))
            .help(cx.t("trust-name-help"))
            .value(view.name.clone()),
        FieldView::new("file", Kind::File, cx.t("trust-file")).help(cx.t("trust-file-help")),
    ];
    let fields = form::with_problems(fields, &view.problems);
    let body = html! {
        (form::summary(cx, &view.problems))
        div.head { h1 { (cx.t("admin-trust")) } }
        p.quiet { (cx.t("trust-help")) }
        @if view.lists.is_empty() { (table::empty(&cx.t("trust-none"), &cx.t("trust-none-how"))) }
        @else { (table::scroll(&cx.t("admin-trust"), &lists(cx, view))) }
        @if view.can_change && cx.can_write() {
            h2 { (cx.t("trust-import")) }
            (form::upload(cx, &paths::admin("trust"), None, &html! {
                @for view in &fields { (field::field(cx, view)) }
                (form::primary(&cx.t("trust-send")))
            }))
        }
    };
    page(
        cx,
        &Title::new(cx.t("admin-trust")).error(!view.problems.is_empty()),
        "trust",
        &body,
    )
}

fn lists(cx: &Ctx, view: &Trust) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { (cx.t("trust-name")) } th scope="col" { (cx.t("trust-holds")) } th scope="col" { (cx.t("trust-imported")) }
                th.num scope="col" { (cx.t("trust-age")) } th scope="col" { (cx.t("audit-who")) }
                @if view.can_change && cx.can_write() { th scope="col" { span.sr { (cx.t("remove")) } } }
            } }
            tbody {
                @for list in &view.lists {
                    tr {
                        th scope="row" { (list.name) }
                        td {
                            @for line in &list.holds { div { (line) } }
                            @if list.unusable > 0 { div.error { (cx.tf("trust-unusable", &[("n", list.unusable.into())])) } }
                        }
                        td { (value::time(cx, list.at)) }
                        td.num { (cx.tf("trust-days", &[("n", list.age_days.into())])) }
                        td { @if list.by.is_empty() { (cx.t("trust-by-command")) } @else { (list.by) } }
                        @if view.can_change && cx.can_write() {
                            td { a href=(format!("{}?name={}", paths::admin("trust/remove"), encoded(&list.name))) { (cx.t("remove")) span.sr { " " (list.name) } } }
                        }
                    }
                }
            }
        }
    }
}

/// A name as part of an address.
fn encoded(name: &str) -> String {
    name.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// Two lists, none, and a file that is none.
pub fn samples(lang: Lang) -> Vec<(&'static str, Trust)> {
    let eu = List {
        name: "eu-dcc".into(),
        holds: vec![
            w(lang, "欧盟证书签发者 1,204", "Signers of EU DCCs: 1,204"),
            w(lang, "已作废 31", "Revoked: 31"),
        ],
        unusable: 2,
        at: datetime(2026, 11, 14, 3, 0, 0, 0),
        age_days: 8,
        by: "admin".into(),
    };
    let nz = List {
        name: "nz".into(),
        holds: vec![w(lang, "新西兰签发密钥 1", "Keys of NZ COVID Passes: 1")],
        unusable: 0,
        by: String::new(),
        ..eu.clone()
    };
    let some = Trust {
        lists: vec![eu, nz],
        can_change: true,
        ..Trust::default()
    };
    let wrong = Trust {
        name: "eu-dcc".into(),
        can_change: true,
        problems: vec![Problem::at(
            "file",
            w(
                lang,
                "信任名单无法读取，请对照格式说明",
                "The trust list cannot be read: see its form",
            ),
        )],
        ..Trust::default()
    };
    vec![("some", some), ("wrong", wrong)]
}
