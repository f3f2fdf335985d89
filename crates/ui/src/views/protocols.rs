//! The protocols in force and to come.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{mark, table},
    paths,
    shell::{self, Nav, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// One protocol.
#[derive(Clone, Debug, Default)]
pub struct ProtocolLink {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: String,
    /// Notice and clause.
    pub clause: String,
    /// Area and time in which it holds.
    pub in_force: String,
    /// It restricts people.
    pub restricts: bool,
    /// People under it now, where the reader may know.
    pub enrolled: Option<u64>,
}

/// The list.
#[derive(Clone, Debug, Default)]
pub struct Protocols {
    /// The protocols.
    pub items: Vec<ProtocolLink>,
    /// The reader has a part in changing them.
    pub can_change: bool,
}

/// The whole page.
pub fn render(view: &Protocols, cx: &Ctx) -> Markup {
    let body = html! {
        div.head { h1 { (cx.t("protocols")) } }
        @if view.can_change { p { a href=(paths::admin("policy")) { (cx.t("admin-policy")) } } }
        @if view.items.is_empty() { (table::empty(&cx.t("protocols-none"), &cx.t("protocols-none-how"))) }
        @else {
            ul.lines {
                @for item in &view.items {
                    li data-item {
                        p { a href=(paths::protocol(&item.id)) data-open { (item.title) } " " @if item.restricts { (mark::tag(&cx.t("protocol-restricts"))) } }
                        p.quiet { (item.in_force) " · " (item.clause) @if let Some(n) = item.enrolled { " · " (cx.tf("protocol-enrolled", &[("n", n.into())])) } }
                    }
                }
            }
        }
    };
    let title = Title::new(cx.t("protocols"));
    shell::either(cx, &title, Nav::Settings, &body)
}

/// Two, and none.
pub fn samples(lang: Lang) -> Vec<(&'static str, Protocols)> {
    let of = |id: &str, zh: &str, en: &str, restricts: bool, enrolled: Option<u64>| ProtocolLink {
        id: id.into(),
        title: w(lang, zh, en),
        clause: w(lang, "市指挥部通告第12号第三条", "Command office notice 12, clause 3"),
        in_force: w(lang, "全市，自2026年11月1日起", "whole city, since 1 Nov 2026"),
        restricts,
        enrolled,
    };
    let items = vec![
        of(
            "m217",
            "居家健康监测7天",
            "Health monitoring at home, 7 days",
            true,
            Some(1_204),
        ),
        of("arrival-intake", "来返人员受理", "Intake of arrivals", false, None),
    ];
    let some = Protocols {
        items,
        can_change: true,
    };
    vec![("some", some), ("empty", Protocols::default())]
}
