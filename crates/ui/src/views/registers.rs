//! 登记: the registers this post may read or write, grouped by what they are about.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{desks, table},
    paths,
    shell::{self, Nav, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// One register.
#[derive(Clone, Debug, Default)]
pub struct RegisterLink {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: String,
    /// What it is for.
    pub purpose: String,
    /// Entries recorded today, where the reader may know.
    pub today: Option<u32>,
    /// May write.
    pub can_write: bool,
}

/// The index.
#[derive(Clone, Debug, Default)]
pub struct Registers {
    /// Title of the pack and its registers.
    pub groups: Vec<(String, Vec<RegisterLink>)>,
    /// Pages of their own for this post: address and name.
    pub desks: Vec<(String, String)>,
    /// There are checkpoints in sight.
    pub has_checkpoints: bool,
    /// Observations in the tray that this reader may settle.
    pub tray: u32,
}

/// The whole page.
pub fn render(view: &Registers, cx: &Ctx) -> Markup {
    let body = html! {
        div.head { h1 { (cx.t("nav-registers")) } }
        @if view.tray > 0 { p.notice { a href=(paths::TRAY) { (cx.tf("tray-waits", &[("n", view.tray.into())])) } } }
        (desks::links(cx, &view.desks))
        @if view.has_checkpoints { p { a href=(paths::CHECKPOINTS) { (cx.t("gates")) } } }
        @if view.groups.is_empty() { (table::empty(&cx.t("registers-none"), &cx.t("registers-none-how"))) }
        @for (title, links) in &view.groups {
            section {
                h2 { (title) }
                ul.index {
                    @for link in links {
                        li data-item {
                            a href=(paths::register(&link.id)) data-open { (link.title) }
                            @if link.can_write && cx.can_write() {
                                " · " a href=(paths::register_new(&link.id)) aria-label=(cx.tf("register-new-of", &[("title", link.title.as_str().into())])) { (cx.t("register-new")) }
                            }
                            p.quiet {
                                (link.purpose)
                                @if let Some(n) = link.today { " · " (cx.tf("register-today", &[("n", n.into())])) }
                            }
                        }
                    }
                }
            }
        }
    };
    shell::staff(cx, &Title::new(cx.t("nav-registers")), Nav::Registers, &body)
}

/// Two packs, and none.
pub fn samples(lang: Lang) -> Vec<(&'static str, Registers)> {
    let of = |id: &str, zh: &str, en: &str, pzh: &str, pen: &str, today: Option<u32>, can_write: bool| RegisterLink {
        id: id.into(),
        title: w(lang, zh, en),
        purpose: w(lang, pzh, pen),
        today,
        can_write,
    };
    let groups = vec![
        (
            w(lang, "来返人员", "Arrivals"),
            vec![
                of(
                    "arrival",
                    "来返登记",
                    "Arrivals",
                    "核实来返人员的行程和住址",
                    "Itinerary and address of arrivals",
                    Some(412),
                    true,
                ),
                of(
                    "temperature",
                    "体温登记",
                    "Temperatures",
                    "健康监测期间每日早晚各一次",
                    "Twice a day while monitored",
                    Some(1_204),
                    true,
                ),
            ],
        ),
        (
            w(lang, "场所检查", "Inspections"),
            vec![of(
                "inspection",
                "现场检查",
                "Inspections",
                "检查结果、整改要求和复查",
                "Findings, orders and re-checks",
                None,
                false,
            )],
        ),
    ];
    vec![
        (
            "some",
            Registers {
                groups,
                desks: vec![(paths::DOCUMENTS.to_owned(), w(lang, "收文分办", "Incoming documents"))],
                tray: 2,
                has_checkpoints: true,
            },
        ),
        ("empty", Registers::default()),
    ]
}
