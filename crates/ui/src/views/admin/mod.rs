//! 设置: people, rights, organisations, packs, audit, retention, health. Three administrators share it; nobody has all.

pub mod audit;
pub mod health;
pub mod index;
pub mod orgs;
pub mod packs;
pub mod policy;
pub mod policy_change;
pub mod policy_form;
pub mod policy_preview;
pub mod retention;
pub mod roles;
pub mod trust;
pub mod user_add;
pub mod users;
pub mod users_bulk;

use crate::{
    Ctx, Markup, paths,
    shell::{self, Nav, Title},
};
use maud::html;

/// The pages of the settings, in their order.
pub const PAGES: [&str; 9] = [
    "users",
    "roles",
    "orgs",
    "packs",
    "policy",
    "trust",
    "audit",
    "retention",
    "health",
];

/// A page of the settings around `body`, which begins with its own `h1`.
fn page(cx: &Ctx, title: &Title, here: &str, body: &Markup) -> Markup {
    let open = |page: &&str| *page == here || cx.acting.as_ref().is_some_and(|acting| acting.settings.contains(page));
    let body = html! {
        nav aria-label=(cx.t("nav-settings")) {
            ul.subnav.no-print {
                @for page in PAGES.into_iter().filter(open) {
                    li { a href=(paths::admin(page)) aria-current=[(page == here).then_some("page")] { (cx.t(&format!("admin-{page}"))) } }
                }
                li { a href=(paths::PROTOCOLS) { (cx.t("protocols")) } }
            }
        }
        (body)
    };
    shell::staff(cx, title, Nav::Settings, &body)
}
