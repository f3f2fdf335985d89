//! Accounts: who may sign in, as what, until when.

use super::page;
use crate::{
    Ctx, Markup, dates,
    gallery::w,
    part::{form, mark, table},
    paths,
    shell::Title,
};
use jiff::civil::{Date, date};
use lianfang_kernel::Lang;
use maud::html;

/// One account.
#[derive(Clone, Debug, Default)]
pub struct User {
    /// Identifier.
    pub id: String,
    /// Login.
    pub login: String,
    /// Roles with their places, in words.
    pub roles: Vec<String>,
    /// Second factor is set up.
    pub has_totp: bool,
    /// Locked.
    pub is_locked: bool,
    /// Ends on.
    pub expires: Option<Date>,
}

/// The list. Acts post to `paths::admin("users/ID/lock")`, `unlock`, `reset`.
#[derive(Clone, Debug, Default)]
pub struct Users {
    /// Looked for.
    pub q: String,
    /// The accounts.
    pub users: Vec<User>,
    /// How many there are.
    pub total: u64,
    /// The page after.
    pub next: Option<String>,
    /// A new password shown once: login and password.
    pub reset: Option<(String, String)>,
}

/// The whole page.
pub fn render(view: &Users, cx: &Ctx) -> Markup {
    let body = html! {
        div.head {
            h1 { (cx.t("admin-users")) }
            @if cx.can_write() {
                a href=(paths::admin("users/bulk")) { (cx.t("users-bulk")) }
                a.button.primary href=(paths::admin("users/new")) { (cx.t("user-add")) }
            }
        }
        @if let Some((login, password)) = &view.reset {
            div.notice role="status" { p { (cx.tf("user-reset-done", &[("login", login.as_str().into())])) } p.secret { (password) } }
        }
        form.filters method="get" action=(paths::admin("users")) {
            div { label for="f-q" { (cx.t("users-search")) } input #f-q name="q" type="search" value=(view.q) autocomplete="off"; }
            button type="submit" { (cx.t("search")) }
        }
        p.sentence { (cx.tf("users-count", &[("n", view.total.into())])) }
        @if view.users.is_empty() { (table::empty(&cx.t("users-none"), &cx.t("users-none-how"))) }
        @else { (table::scroll(&cx.t("admin-users"), &rows(cx, view))) }
        @if let Some(href) = &view.next { p.pages { a href=(href) rel="next" { (cx.t("page-next")) } } }
    };
    page(cx, &Title::new(cx.t("admin-users")), "users", &body)
}

fn rows(cx: &Ctx, view: &Users) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { (cx.t("login")) } th scope="col" { (cx.t("user-roles")) } th scope="col" { (cx.t("state")) } th scope="col" { span.sr { (cx.t("acts")) } }
            } }
            tbody {
                @for user in &view.users {
                    tr data-item {
                        th scope="row" { code { (user.login) } }
                        td { @for role in &user.roles { (role) br; } }
                        td {
                            @if user.is_locked { (mark::tag(&cx.t("user-locked"))) " " }
                            @if !user.has_totp { (mark::tag(&cx.t("user-no-totp"))) " " }
                            @if let Some(on) = user.expires { span.quiet { (cx.tf("user-until", &[("on", dates::day(cx.lang, on).into())])) } }
                        }
                        td { @if cx.can_write() { (acts(cx, user)) } }
                    }
                }
            }
        }
    }
}

fn acts(cx: &Ctx, user: &User) -> Markup {
    let (act, key) = if user.is_locked {
        ("unlock", "user-unlock")
    } else {
        ("lock", "user-lock")
    };
    let word = |key: &str| cx.tf(key, &[("login", user.login.as_str().into())]);
    html! {
        (form::one_button(cx, &paths::admin(&format!("users/{}/{act}", user.id)), &word(key), "plain", &[]))
        " "
        (form::one_button(cx, &paths::admin(&format!("users/{}/reset", user.id)), &word("user-reset"), "plain", &[]))
    }
}

/// Some accounts, none, and a password just reset.
pub fn samples(lang: Lang) -> Vec<(&'static str, Users)> {
    let user = |id: &str, login: &str, is_locked: bool| User {
        id: id.into(),
        login: login.into(),
        roles: vec![w(lang, "滨河社区 · 网格员", "Binhe community · grid worker")],
        has_totp: !is_locked,
        is_locked,
        expires: Some(date(2027, 3, 31)),
    };
    let some = Users {
        users: vec![user("u1", "li.min", false), user("u2", "zhang.li", true)],
        total: 214,
        next: Some("?after=u2".into()),
        ..Users::default()
    };
    let reset = Users {
        reset: Some(("zhang.li".into(), "kz4q-7w2m-ph9x".into())),
        ..some.clone()
    };
    vec![
        ("some", some),
        (
            "empty",
            Users {
                q: "xyz".into(),
                ..Users::default()
            },
        ),
        ("reset", reset),
    ]
}
