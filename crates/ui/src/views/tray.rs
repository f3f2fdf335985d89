//! The tray: what was sent and fits no register, one line each; opened, what it says and two ways on.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::{self, Problem},
        table, value,
    },
    paths,
    shell::{self, Nav, Title},
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// One observation that waits.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// Identifier.
    pub id: String,
    /// The register it was meant for.
    pub register: String,
    /// Where.
    pub region: String,
    /// When it came.
    pub received_at: DateTime,
    /// What does not fit.
    pub problems: Vec<String>,
}

/// What was sent, opened.
#[derive(Clone, Debug, Default)]
pub struct Opened {
    /// Which.
    pub waiting: Waiting,
    /// Label and value, as sent.
    pub sent: Vec<(String, String)>,
    /// May write the register.
    pub can_enter: bool,
}

/// The page: the list, or one line opened.
#[derive(Clone, Debug, Default)]
pub struct Tray {
    /// What waits.
    pub items: Vec<Waiting>,
    /// The one looked at. Posts to `enter` and, with `reason`, to `settle` below its address.
    pub opened: Option<Opened>,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &Tray, cx: &Ctx) -> Markup {
    let body = html! {
        (form::summary(cx, &view.problems))
        div.head { h1 { (cx.t("tray")) } }
        @match &view.opened {
            Some(opened) => (one(cx, opened, &view.problems)),
            None if view.items.is_empty() => (table::empty(&cx.t("tray-none"), &cx.t("tray-none-how"))),
            None => {
                p { (cx.t("tray-help")) }
                (table::scroll(&cx.t("tray"), &rows(cx, &view.items)))
            },
        }
    };
    shell::staff(
        cx,
        &Title::new(cx.t("tray")).error(!view.problems.is_empty()),
        Nav::Registers,
        &body,
    )
}

fn rows(cx: &Ctx, items: &[Waiting]) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { (cx.t("tray-received")) } th scope="col" { (cx.t("nav-registers")) }
                th scope="col" { (cx.t("region")) } th scope="col" { (cx.t("tray-wrong")) }
            } }
            tbody {
                @for item in items {
                    tr data-item {
                        td { a href=(paths::tray(&item.id)) data-open { (value::time(cx, item.received_at)) } }
                        th scope="row" { (item.register) }
                        td { (item.region) }
                        td { @for problem in &item.problems { (problem) br; } }
                    }
                }
            }
        }
    }
}

fn one(cx: &Ctx, opened: &Opened, problems: &[Problem]) -> Markup {
    let item = &opened.waiting;
    let at = paths::tray(&item.id);
    let reason = FieldView::new("reason", Kind::Text, cx.t("tray-reason"));
    let fields = form::with_problems(vec![reason], problems);
    let sent: Vec<_> = opened
        .sent
        .iter()
        .map(|(label, text)| (label.clone(), html! { (text) }))
        .collect();
    html! {
        article.narrow {
            p { strong { (item.register) } " · " (item.region) " · " (value::time(cx, item.received_at)) }
            h2 { (cx.t("tray-wrong")) }
            ul { @for problem in &item.problems { li { (problem) } } }
            h2 { (cx.t("tray-sent")) }
            (value::pairs(&sent))
            @if cx.can_write() {
                @if opened.can_enter { (form::one_button(cx, &format!("{at}/enter"), &cx.t("tray-enter"), "primary", &[])) }
                (form::post(cx, &format!("{at}/settle"), None, &html! {
                    @for view in &fields { (field::field(cx, view)) }
                    div.act { button type="submit" { (cx.t("tray-settle")) } a href=(paths::TRAY) { (cx.t("not-now")) } }
                }))
            }
        }
    }
}

/// A list, one opened, an empty tray.
pub fn samples(lang: Lang) -> Vec<(&'static str, Tray)> {
    let waiting = Waiting {
        id: "t1".into(),
        register: w(lang, "体温登记", "Temperatures"),
        region: w(lang, "滨河社区", "Binhe"),
        received_at: datetime(2026, 11, 21, 8, 14, 0, 0),
        problems: vec![w(
            lang,
            "体温“36,5”不是数字。写成 36.5",
            "“36,5” is no number. Write 36.5",
        )],
    };
    let opened = Opened {
        waiting: waiting.clone(),
        sent: vec![(w(lang, "体温", "Temperature"), "36,5".into())],
        can_enter: true,
    };
    vec![
        (
            "some",
            Tray {
                items: vec![waiting],
                ..Tray::default()
            },
        ),
        (
            "opened",
            Tray {
                opened: Some(opened),
                ..Tray::default()
            },
        ),
        ("empty", Tray::default()),
    ]
}
