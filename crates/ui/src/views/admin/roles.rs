//! Roles: which registers they write and how clearly they read. Roles come from packs; here they are read and granted.

use super::page;
use crate::{
    Ctx, Markup,
    gallery::w,
    part::{mark, table},
    shell::Title,
};
use lianfang_kernel::Lang;
use maud::html;

/// One role.
#[derive(Clone, Debug, Default)]
pub struct Role {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: String,
    /// Registers it writes, in words.
    pub writes: Vec<String>,
    /// Registers it reads, each with its level in words.
    pub reads: Vec<(String, String)>,
    /// What its scope is taken from, in words.
    pub scope: String,
    /// How many hold it now.
    pub holders: u32,
    /// The pack it comes from.
    pub pack: String,
}

/// The list.
#[derive(Clone, Debug, Default)]
pub struct Roles {
    /// The roles.
    pub roles: Vec<Role>,
}

/// The whole page.
pub fn render(view: &Roles, cx: &Ctx) -> Markup {
    let body = html! {
        div.head { h1 { (cx.t("admin-roles")) } p.quiet { (cx.t("roles-help")) } }
        @if view.roles.is_empty() { (table::empty(&cx.t("roles-none"), &cx.t("roles-none-how"))) }
        @else {
            (table::scroll(&cx.t("admin-roles"), &html! {
                table {
                    thead { tr {
                        th scope="col" { (cx.t("role")) } th scope="col" { (cx.t("role-writes")) } th scope="col" { (cx.t("role-reads")) }
                        th scope="col" { (cx.t("role-scope")) } th.num scope="col" { (cx.t("role-holders")) }
                    } }
                    tbody {
                        @for role in &view.roles {
                            tr data-item {
                                th scope="row" { (role.title) br; code.quiet { (role.id) } " " (mark::tag(&role.pack)) }
                                td { @for register in &role.writes { (register) br; } }
                                td { @for (register, level) in &role.reads { (register) " " span.quiet { (level) } br; } }
                                td { (role.scope) } td.num { (role.holders) }
                            }
                        }
                    }
                }
            }))
        }
    };
    page(cx, &Title::new(cx.t("admin-roles")), "roles", &body)
}

/// Some, and none.
pub fn samples(lang: Lang) -> Vec<(&'static str, Roles)> {
    let role = Role {
        id: "grid".into(),
        title: w(lang, "网格员", "Grid worker"),
        writes: vec![w(lang, "体温登记", "Temperatures"), w(lang, "走访登记", "Home visits")],
        reads: vec![
            (w(lang, "来返登记", "Arrivals"), w(lang, "可见身份", "identified")),
            (w(lang, "检测结果", "Test results"), w(lang, "去标识", "pseudonymous")),
        ],
        scope: w(lang, "本社区居住人员", "people living in the community"),
        holders: 312,
        pack: w(lang, "社区排查", "Community checks"),
    };
    vec![("some", Roles { roles: vec![role] }), ("empty", Roles::default())]
}
