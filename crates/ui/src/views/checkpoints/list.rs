//! The checkpoints in sight, with what went through each today.

use crate::{
    Ctx, Markup,
    charts::{self, Map},
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        mark::{Meaning, mark},
        table, value,
    },
    paths,
    shell::{self, Nav, Title},
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// One of them.
#[derive(Clone, Debug, Default)]
pub struct Checkpoint {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where.
    pub region: String,
    /// Checks of today.
    pub checks: i64,
    /// The last of them.
    pub last: Option<DateTime>,
    /// Its phones.
    pub phones: i64,
}

/// The page. Asks with `q`, `region` and `silent`; `cursor` continues.
#[derive(Clone, Debug, Default)]
pub struct Checkpoints {
    /// What was looked for.
    pub q: String,
    /// Name of the region shown.
    pub region: String,
    /// Its code.
    pub region_code: String,
    /// Only those where nothing was checked today.
    pub silent: bool,
    /// All of the region, by the regions in it.
    pub map: Option<Map>,
    /// Those found.
    pub checkpoints: Vec<Checkpoint>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// The whole page.
pub fn render(view: &Checkpoints, cx: &Ctx) -> Markup {
    let q = FieldView::new("q", Kind::Text, cx.t("gates-search"))
        .optional()
        .value(view.q.clone());
    let hidden = html! {
        input type="hidden" name="region" value=(view.region_code);
    };
    let body = html! {
        div.head { h1 { (cx.t("gates")) @if !view.region.is_empty() { " · " (view.region) } } a.button href=(paths::CHECKPOINT_UPLOAD) { (cx.t("gates-upload")) } }
        p.quiet { (cx.t("gates-help")) }
        @if let Some(map) = &view.map { (charts::map_figure(cx, map, &html! {})) }
        form.filters method="get" action=(paths::CHECKPOINTS) {
            (hidden)
            div { (field::field(cx, &q)) }
            div.check-line { input #f-silent type="checkbox" name="silent" value="1" checked[view.silent]; " " label for="f-silent" { (cx.t("gates-silent-only")) } }
            button type="submit" { (cx.t("gates-find")) }
        }
        @if view.checkpoints.is_empty() { (table::empty(&cx.t("gates-none"), &cx.t("gates-none-how"))) }
        @else { (table::scroll(&cx.t("gates"), &rows(cx, view))) }
        @if let Some(next) = &view.next {
            form method="get" action=(paths::CHECKPOINTS) {
                (hidden)
                input type="hidden" name="q" value=(view.q);
                @if view.silent { input type="hidden" name="silent" value="1"; }
                input type="hidden" name="cursor" value=(next);
                button type="submit" { (cx.t("gates-more")) }
            }
        }
    };
    shell::staff(cx, &Title::new(cx.t("gates")), Nav::Registers, &body)
}

fn rows(cx: &Ctx, view: &Checkpoints) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { (cx.t("gates-name")) } th scope="col" { (cx.t("region")) } th.num scope="col" { (cx.t("gates-today")) }
                th scope="col" { (cx.t("gates-last")) } th.num scope="col" { (cx.t("gates-phones")) }
            } }
            tbody {
                @for gate in &view.checkpoints {
                    tr data-item {
                        th scope="row" { a href=(paths::checkpoint(&gate.id)) data-open { (gate.name) } }
                        td { (gate.region) }
                        td.num { (gate.checks) }
                        td { @if let Some(at) = gate.last { (value::time(cx, at)) } @else { (mark(Meaning::Unknown, &cx.t("gates-silent"))) } }
                        td.num { @if gate.phones > 0 { (gate.phones) } @else { (mark(Meaning::Unknown, &cx.t("gates-phoneless"))) } }
                    }
                }
            }
        }
    }
}

/// Two, and none.
pub fn samples(lang: Lang) -> Vec<(&'static str, Checkpoints)> {
    let first = Checkpoint {
        id: "c1".into(),
        name: w(lang, "塔子沟卡点", "Tazigou"),
        region: w(lang, "样例县", "Sample county"),
        checks: 1_204,
        last: Some(datetime(2026, 11, 21, 8, 12, 0, 0)),
        phones: 3,
    };
    let second = Checkpoint {
        id: "c2".into(),
        name: w(lang, "城南高速出口", "Motorway south"),
        checks: 0,
        last: None,
        ..first.clone()
    };
    let some = Checkpoints {
        checkpoints: vec![first, second],
        next: Some("c2".into()),
        region: w(lang, "样例县", "Sample county"),
        region_code: "620502".into(),
        map: Some(charts::map::sample_map(lang)),
        ..Checkpoints::default()
    };
    let silent = Checkpoints {
        silent: true,
        next: None,
        ..some.clone()
    };
    vec![("some", some), ("silent", silent), ("none", Checkpoints::default())]
}
