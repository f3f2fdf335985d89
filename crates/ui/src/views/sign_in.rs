//! Staff sign-in: name, password, and the second factor where the account has one.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::form::{self, Problem},
    paths,
    shell::{self, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// A login printed by the demonstration.
#[derive(Clone, Debug, Default)]
pub struct DemoLogin {
    /// Role, in words.
    pub role: String,
    /// Login name.
    pub login: String,
    /// Password, known to everybody: invented people only.
    pub password: String,
    /// The demonstration tells something of what this role does.
    pub has_work: bool,
}

/// The page. Posts `login`, `password`, `totp`, `next`.
#[derive(Clone, Debug, Default)]
pub struct SignIn {
    /// Login as typed.
    pub login: String,
    /// Where to go afterwards.
    pub next: String,
    /// Ask for the second factor.
    pub asks_totp: bool,
    /// What must be mended.
    pub problems: Vec<Problem>,
    /// Logins of a demonstration or test-clock database; empty otherwise.
    pub demo_logins: Vec<DemoLogin>,
}

/// The whole page.
pub fn render(view: &SignIn, cx: &Ctx) -> Markup {
    let body = html! {
        (form::summary(cx, &view.problems))
        h1 { (cx.t("sign-in")) }
        (form::post(cx, paths::SIGN_IN, None, &html! {
            input type="hidden" name="next" value=(view.next);
            (input(cx, view, "login", "text", "username", &view.login))
            (input(cx, view, "password", "password", "current-password", ""))
            @if view.asks_totp { (input(cx, view, "totp", "text", "one-time-code", "")) }
            (form::primary(&cx.t("sign-in")))
        }))
        p.quiet { (cx.t("sign-in-help")) }
        @if !view.demo_logins.is_empty() {
            h2 { (cx.t("sign-in-demo")) }
            (logins(cx, view, true))
            @if view.demo_logins.iter().any(|demo| !demo.has_work) {
                details {
                    summary { (cx.t("sign-in-demo-more")) }
                    (logins(cx, view, false))
                }
            }
        }
    };
    shell::public(cx, &Title::new(cx.t("sign-in")).error(!view.problems.is_empty()), &body)
}

/// Those of roles that the demonstration tells something of, or the others.
fn logins(cx: &Ctx, view: &SignIn, has_work: bool) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(cx.t(if has_work { "sign-in-demo" } else { "sign-in-demo-more" })) {
            table {
                thead { tr { th scope="col" { (cx.t("role")) } th scope="col" { (cx.t("login")) } th scope="col" { (cx.t("password")) } } }
                tbody {
                    @for demo in view.demo_logins.iter().filter(|demo| demo.has_work == has_work) {
                        tr { th scope="row" { (demo.role) } td { code { (demo.login) } } td { code { (demo.password) } } }
                    }
                }
            }
        }
    }
}

fn input(cx: &Ctx, view: &SignIn, name: &str, kind: &str, hint: &str, value: &str) -> Markup {
    let error = form::message(&view.problems, name);
    html! {
        div.field.wrong[error.is_some()] {
            label for={ "f-" (name) } { (cx.t(name)) }
            @if name == "totp" { p.help #h-totp { (cx.t("totp-help")) } }
            @if let Some(error) = error { p.error id={ "e-" (name) } { span.sr { (cx.t("error-word")) } (error) } }
            input id={ "f-" (name) } name=(name) type=(kind) value=(value) autocomplete=(hint) autocapitalize="none" spellcheck="false"
                inputmode=[(name == "totp").then_some("numeric")] aria-describedby=[error.map(|_| format!("e-{name}"))]
                aria-invalid=[error.map(|_| "true")] data-no-draft;
        }
    }
}

/// Plain, refused, second factor, demonstration.
pub fn samples(lang: Lang) -> Vec<(&'static str, SignIn)> {
    let refused = SignIn {
        login: "li.min".into(),
        problems: vec![Problem::at(
            "password",
            w(
                lang,
                "用户名或密码不对。连续5次后须等15分钟。",
                "Name or password is wrong. After five tries in a row there is a wait of 15 minutes.",
            ),
        )],
        ..SignIn::default()
    };
    let demo = SignIn {
        demo_logins: vec![
            DemoLogin {
                role: w(lang, "网格员", "Grid worker"),
                login: "grid".into(),
                password: "demo-grid".into(),
                has_work: true,
            },
            DemoLogin {
                role: w(lang, "疾控中心", "CDC"),
                login: "cdc".into(),
                password: "demo-cdc".into(),
                has_work: false,
            },
        ],
        ..SignIn::default()
    };
    vec![
        ("plain", SignIn::default()),
        ("refused", refused),
        (
            "totp",
            SignIn {
                asks_totp: true,
                ..SignIn::default()
            },
        ),
        ("demo", demo),
    ]
}
