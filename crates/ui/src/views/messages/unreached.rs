//! Whom no message and no call has reached, by area: the list of people to be called, with the outcome beside each.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{table, value},
    paths,
    shell::{self, Nav, Title},
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// Somebody who was not reached.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Their file.
    pub subject: String,
    /// Who, masked.
    pub who: String,
    /// Why they are here: what could not be delivered, or how many calls nobody answered.
    pub why: String,
    /// Since when.
    pub at: DateTime,
}

/// The people of one area.
#[derive(Clone, Debug, Default)]
pub struct Area {
    /// Its name.
    pub name: String,
    /// Who, longest first.
    pub rows: Vec<Row>,
}

/// An organisation that must act at once and could not be told.
#[derive(Clone, Debug, Default)]
pub struct Untold {
    /// Its name.
    pub org: String,
    /// Who was told instead.
    pub instead: Option<String>,
    /// Since when.
    pub since: DateTime,
}

/// The page. Posts `subject` and `outcome` to `paths::UNREACHED_CALLED`.
#[derive(Clone, Debug, Default)]
pub struct Unreached {
    /// By area.
    pub areas: Vec<Area>,
    /// Organisations that must act at once and could not be told.
    pub untold: Vec<Untold>,
    /// Answers that wait in the tray.
    pub replies: usize,
    /// May enter calls.
    pub can_call: bool,
    /// What was just done.
    pub message: Option<String>,
}

/// The whole page.
pub fn render(view: &Unreached, cx: &Ctx) -> Markup {
    let n: usize = view.areas.iter().map(|area| area.rows.len()).sum();
    let body = html! {
        @if let Some(message) = &view.message { p.undo role="status" { (message) } }
        div.head { h1 { (cx.t("unreached")) } @if n > 0 { p.quiet { (cx.tf("n-people", &[("n", n.into())])) } } }
        @if view.replies > 0 {
            p.notice { a href=(paths::TRAY) { (cx.tf("unreached-replies", &[("n", view.replies.into())])) } }
        }
        @if !view.untold.is_empty() { (untold(cx, &view.untold)) }
        @if n == 0 {
            (table::empty(&cx.t("unreached-none"), &cx.t("unreached-none-how")))
        } @else {
            p { (cx.t("unreached-help")) }
            @for area in &view.areas {
                h2 { (area.name) " " span.quiet { (area.rows.len()) } }
                (table::scroll(&area.name, &rows(cx, view, area)))
            }
        }
    };
    shell::staff(cx, &Title::new(cx.t("unreached")), Nav::Today, &body)
}

fn untold(cx: &Ctx, orgs: &[Untold]) -> Markup {
    html! {
        section.notice.late-notice {
            h2 { (cx.t("unreached-orgs")) }
            p { (cx.t("unreached-orgs-how")) }
            ul {
                @for untold in orgs {
                    li {
                        strong { (untold.org) } " " (value::time(cx, untold.since)) " "
                        @match &untold.instead {
                            Some(instead) => { (cx.t("unreached-orgs-instead")) " " (instead) },
                            None => (cx.t("unreached-orgs-nobody")),
                        }
                    }
                }
            }
        }
    }
}

fn rows(cx: &Ctx, view: &Unreached, area: &Area) -> Markup {
    let acts = view.can_call && cx.can_write();
    html! {
        table {
            thead { tr {
                th scope="col" { (cx.t("unreached-who")) } th scope="col" { (cx.t("unreached-why")) }
                th scope="col" { (cx.t("unreached-since")) }
                @if acts { th.no-print scope="col" { (cx.t("unreached-called")) } }
            } }
            tbody {
                @for row in &area.rows {
                    tr data-item {
                        th scope="row" { a href=(paths::subject(&row.subject)) data-open { (row.who) } }
                        td { (row.why) }
                        td { (value::time(cx, row.at)) }
                        @if acts { td.no-print { (called(cx, row)) } }
                    }
                }
            }
        }
    }
}

fn called(cx: &Ctx, row: &Row) -> Markup {
    let act = |outcome: &str, class: &str| {
        let label = html! { (cx.t(&format!("unreached-{outcome}"))) span.sr { " " (row.who) } };
        html! {
            form.inline method="post" action=(paths::UNREACHED_CALLED) {
                input type="hidden" name="csrf" value=(cx.csrf);
                input type="hidden" name="subject" value=(row.subject);
                input type="hidden" name="outcome" value=(outcome);
                button class=(class) type="submit" { (label) }
            }
        }
    };
    html! { (act("reached", "")) " " (act("not_reached", "plain")) }
}

/// Some, who may only look, and nobody.
pub fn samples(lang: Lang) -> Vec<(&'static str, Unreached)> {
    let row = |who: (&str, &str), why: (&str, &str), hour: i8| Row {
        subject: format!("s{hour}"),
        who: w(lang, who.0, who.1),
        why: w(lang, why.0, why.1),
        at: datetime(2026, 11, 21, hour, 5, 0, 0),
    };
    let areas = vec![Area {
        name: w(lang, "滨河社区", "Binhe"),
        rows: vec![
            row(("张**", "Zh**"), ("短信：没有号码", "Text message: no number"), 7),
            row(("李**", "Li**"), ("电话2次没有接通", "2 calls in vain"), 8),
        ],
    }];
    let untold = |org: (&str, &str), instead: Option<String>| Untold {
        org: w(lang, org.0, org.1),
        instead,
        since: datetime(2026, 11, 21, 1, 20, 0, 0),
    };
    let some = Unreached {
        areas,
        untold: vec![
            untold(
                ("滨河小学", "Binhe primary school"),
                Some(w(lang, "区指挥部", "Command of the district")),
            ),
            untold(("滨河社区", "Binhe community"), None),
        ],
        replies: 1,
        can_call: true,
        message: None,
    };
    vec![
        (
            "looking",
            Unreached {
                can_call: false,
                replies: 0,
                ..some.clone()
            },
        ),
        ("some", some),
        ("empty", Unreached::default()),
    ]
}
