//! The audit log: who did and who read what, chained so that nothing can be taken out unseen.

use super::page;
use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView},
        form::Choice,
        mark::{Meaning, mark},
        table, value,
    },
    paths,
    shell::Title,
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// One line.
#[derive(Clone, Debug)]
pub struct Line {
    /// Position in its chain.
    pub number: u64,
    /// When.
    pub at: DateTime,
    /// Login and post.
    pub who: String,
    /// What was done, in words.
    pub what: String,
    /// On what: register, subject digest, pack. Never a name.
    pub on: String,
    /// Reason given.
    pub reason: String,
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// Filters: `from`, `until`, `who`, `kind`.
    pub asks: Vec<FieldView>,
    /// The lines, newest first.
    pub lines: Vec<Line>,
    /// The page after.
    pub next: Option<String>,
    /// Last verification of the chain: when, and whether it held.
    pub verified: Option<(DateTime, bool)>,
}

/// The whole page.
pub fn render(view: &Audit, cx: &Ctx) -> Markup {
    let body = html! {
        div.head {
            h1 { (cx.t("admin-audit")) }
            @match view.verified {
                Some((at, true)) => (mark(Meaning::Done, &cx.tf("audit-holds", &[("at", cx.near(at).into())]))),
                Some((at, false)) => (mark(Meaning::Late, &cx.tf("audit-broken", &[("at", cx.near(at).into())]))),
                None => (mark(Meaning::Unknown, &cx.t("audit-unverified"))),
            }
        }
        @if !view.asks.is_empty() {
            form.filters method="get" action=(paths::admin("audit")) {
                @for ask in &view.asks {
                    div {
                        label for={ "f-" (ask.id) } { (ask.label) }
                        @if ask.options.is_empty() { input id={ "f-" (ask.id) } name=(ask.id) type="text" value=(ask.value) autocomplete="off"; }
                        @else { (field::select(&format!("f-{}", ask.id), &ask.id, &ask.options, &ask.value, None)) }
                    }
                }
                button type="submit" { (cx.t("filter")) }
            }
        }
        @if view.lines.is_empty() { (table::empty(&cx.t("audit-none"), &cx.t("audit-none-how"))) }
        @else { (table::scroll(&cx.t("admin-audit"), &rows(cx, view))) }
        @if let Some(href) = &view.next { p.pages { a href=(href) rel="next" { (cx.t("page-next")) } } }
    };
    page(cx, &Title::new(cx.t("admin-audit")), "audit", &body)
}

fn rows(cx: &Ctx, view: &Audit) -> Markup {
    html! {
        table {
            thead { tr {
                th.num scope="col" { (cx.t("sheet-number")) } th scope="col" { (cx.t("at")) } th scope="col" { (cx.t("audit-who")) }
                th scope="col" { (cx.t("late-what")) } th scope="col" { (cx.t("audit-on")) } th scope="col" { (cx.t("reason")) }
            } }
            tbody {
                @for line in &view.lines {
                    tr data-item {
                        td.num { (line.number) } td { (value::time(cx, line.at)) } td { (line.who) }
                        td { (line.what) } td { code { (line.on) } } td { (line.reason) }
                    }
                }
            }
        }
    }
}

/// Lines with a chain that holds, nothing, and a broken chain.
pub fn samples(lang: Lang) -> Vec<(&'static str, Audit)> {
    let line = Line {
        number: 88_213,
        at: datetime(2026, 11, 21, 8, 2, 0, 0),
        who: w(lang, "li.min 滨河社区 网格员", "li.min, Binhe community, grid worker"),
        what: w(lang, "查看完整信息", "Unmasked"),
        on: "subject 9c1f…".into(),
        reason: w(lang, "电话核实来返信息", "call to check the declaration"),
    };
    let some = Audit {
        asks: vec![
            FieldView {
                id: "who".into(),
                label: w(lang, "账号", "Account"),
                ..FieldView::default()
            },
            FieldView {
                id: "kind".into(),
                label: w(lang, "种类", "Kind"),
                options: vec![Choice::new("unmask", w(lang, "查看完整信息", "Unmasked"))],
                ..FieldView::default()
            },
        ],
        lines: vec![line],
        next: Some("?before=1".into()),
        verified: Some((datetime(2026, 11, 21, 6, 0, 0, 0), true)),
    };
    let broken = Audit {
        verified: Some((datetime(2026, 11, 21, 6, 0, 0, 0), false)),
        ..some.clone()
    };
    vec![("some", some), ("empty", Audit::default()), ("broken", broken)]
}
