//! The file that a phone without network left: sent by hand, each check once, each with its answer.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::{self, Problem},
        mark::{Meaning, mark},
        table,
    },
    paths,
    shell::{self, Nav, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// What became of one line.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Its number in the file.
    pub number: usize,
    /// It is there now.
    pub is_taken: bool,
    /// What was noticed, or why it was not taken.
    pub said: String,
}

/// The page. Posts the file `file`.
#[derive(Clone, Debug, Default)]
pub struct Upload {
    /// What became of each line.
    pub lines: Vec<Line>,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &Upload, cx: &Ctx) -> Markup {
    let file = FieldView::new("file", Kind::File, cx.t("upload-file")).help(cx.t("upload-file-help"));
    let fields = form::with_problems(vec![file], &view.problems);
    let taken = view.lines.iter().filter(|line| line.is_taken).count();
    let body = html! {
        (shell::back_link(cx, paths::CHECKPOINTS))
        (form::summary(cx, &view.problems))
        div.head { h1 { (cx.t("gates-upload")) } }
        p { (cx.t("upload-help")) }
        @if !view.lines.is_empty() {
            p.notice role="status" { (cx.tf("upload-done", &[("n", taken.into()), ("all", view.lines.len().into())])) }
            (table::scroll(&cx.t("gates-upload"), &rows(cx, view)))
        }
        (form::upload(cx, paths::CHECKPOINT_UPLOAD, None, &html! {
            @for view in &fields { (field::field(cx, view)) }
            (form::primary(&cx.t("upload-send")))
        }))
    };
    let title = Title::new(cx.t("gates-upload")).error(!view.problems.is_empty());
    shell::staff(cx, &title, Nav::Registers, &body)
}

fn rows(cx: &Ctx, view: &Upload) -> Markup {
    html! {
        table {
            thead { tr { th.num scope="col" { (cx.t("sheet-number")) } th scope="col" { (cx.t("state")) } th scope="col" { (cx.t("upload-said")) } } }
            tbody {
                @for line in &view.lines {
                    tr {
                        td.num { (line.number) }
                        td {
                            @if line.is_taken { (mark(Meaning::Done, &cx.t("upload-taken"))) }
                            @else { (mark(Meaning::Late, &cx.t("upload-refused"))) }
                        }
                        td { (line.said) }
                    }
                }
            }
        }
    }
}

/// Before and after.
pub fn samples(lang: Lang) -> Vec<(&'static str, Upload)> {
    let line = |number: usize, is_taken: bool, said: String| Line { number, is_taken, said };
    let done = Upload {
        lines: vec![
            line(1, true, String::new()),
            line(
                2,
                false,
                w(lang, "封存的查验无法打开", "The sealed check cannot be opened"),
            ),
        ],
        problems: Vec::new(),
    };
    vec![("before", Upload::default()), ("done", done)]
}
