//! Many accounts at once: a pasted list in, a check, then the accounts and their first passwords to print.

use super::page;
use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::{self, Problem},
        table,
    },
    paths,
    shell::Title,
};
use lianfang_kernel::Lang;
use maud::html;

/// One line of the list, checked.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Its number.
    pub number: u32,
    /// Login, role, organisation, last day.
    pub cells: Vec<String>,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// First password, once created.
    pub password: Option<String>,
}

/// The page. Posts `lines` and `act` = `check` or `create`.
#[derive(Clone, Debug, Default)]
pub struct UsersBulk {
    /// The list as pasted.
    pub lines: String,
    /// The same, checked or created.
    pub checked: Vec<Line>,
    /// They were created; passwords are shown once.
    pub is_created: bool,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &UsersBulk, cx: &Ctx) -> Markup {
    let bad = view.checked.iter().filter(|line| line.problem.is_some()).count();
    let field = FieldView::new("lines", Kind::Note, cx.t("bulk-lines"))
        .help(cx.t("bulk-lines-help"))
        .value(view.lines.clone());
    let fields = form::with_problems(vec![field], &view.problems);
    let body = html! {
        (form::summary(cx, &view.problems))
        div.head { h1 { (cx.t("users-bulk")) } @if view.is_created { button type="button" hidden data-print { (cx.t("print")) } } }
        @if view.is_created { p.notice role="status" { (cx.t("bulk-created")) } }
        @if !view.checked.is_empty() {
            p { (cx.tf("bulk-checked", &[("n", view.checked.len().into()), ("bad", bad.into())])) }
            (table::scroll(&cx.t("users-bulk"), &rows(cx, view)))
        }
        @if !view.is_created {
            (form::post(cx, &paths::admin("users/bulk"), None, &html! {
                @for view in &fields { (field::field(cx, view)) }
                div.act {
                    @if view.checked.is_empty() || bad > 0 { button.primary type="submit" name="act" value="check" { (cx.t("bulk-check")) } }
                    @else { button.primary type="submit" name="act" value="create" { (cx.tf("bulk-create", &[("n", view.checked.len().into())])) } }
                    a href=(paths::admin("users")) { (cx.t("not-now")) }
                }
            }))
        }
    };
    page(
        cx,
        &Title::new(cx.t("users-bulk")).error(!view.problems.is_empty()),
        "users",
        &body,
    )
}

fn rows(cx: &Ctx, view: &UsersBulk) -> Markup {
    html! {
        table {
            thead { tr {
                th.num scope="col" { (cx.t("sheet-number")) } th scope="col" { (cx.t("login")) }
                th scope="col" { (cx.t("role")) } th scope="col" { (cx.t("coverage-unit")) } th scope="col" { (cx.t("user-expires")) }
                th scope="col" { @if view.is_created { (cx.t("bulk-password")) } @else { (cx.t("state")) } }
            } }
            tbody {
                @for line in &view.checked {
                    tr {
                        td.num { (line.number) }
                        @for i in 0..4 { td { (line.cells.get(i).map_or("", String::as_str)) } }
                        td {
                            @if let Some(problem) = &line.problem { span.error { (problem) } }
                            @else if let Some(password) = &line.password { code { (password) } }
                            @else { (cx.t("bulk-good")) }
                        }
                    }
                }
            }
        }
    }
}

/// Empty, checked with a fault, created.
pub fn samples(lang: Lang) -> Vec<(&'static str, UsersBulk)> {
    let line = |number: u32, login: &str, problem: Option<String>, password: Option<String>| Line {
        number,
        cells: vec![
            login.into(),
            w(lang, "网格员", "grid worker"),
            w(lang, "滨河社区", "Binhe"),
            "2027-03-31".into(),
        ],
        problem,
        password,
    };
    let unknown = Some(w(
        lang,
        "没有这个岗位，可用：网格员、值班员",
        "No such role; there are: grid worker, duty officer",
    ));
    let checked = UsersBulk {
        lines: "zhang.san,…".into(),
        checked: vec![line(1, "zhang.san", None, None), line(2, "li.si", unknown, None)],
        ..UsersBulk::default()
    };
    let created = UsersBulk {
        checked: vec![line(1, "zhang.san", None, Some("m4kq-2x7p".into()))],
        is_created: true,
        ..UsersBulk::default()
    };
    vec![
        ("empty", UsersBulk::default()),
        ("checked", checked),
        ("created", created),
    ]
}
