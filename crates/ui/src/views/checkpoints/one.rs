//! One checkpoint: its phones, a code for another, and the paper for when everything is down.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form,
        mark::{Meaning, mark},
        table, value,
    },
    paths,
    shell::{self, Nav, Title},
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::{PreEscaped, html};

/// A phone.
#[derive(Clone, Debug)]
pub struct Phone {
    /// Its id.
    pub id: String,
    /// What its people call it.
    pub name: String,
    /// When its code was made.
    pub made: DateTime,
    /// When it was enrolled; none while the code waits.
    pub enrolled: Option<DateTime>,
    /// When it was taken back.
    pub revoked: Option<DateTime>,
}

/// A code that was just made; shown once.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// The code to type.
    pub code: String,
    /// The code to scan, drawn by the server itself: it is put into the page unescaped.
    pub qr_svg: String,
    /// Until when it is good.
    pub until: DateTime,
}

/// The page. Posts `name` to `…/phones`; taking one back goes through a confirmation.
#[derive(Clone, Debug, Default)]
pub struct One {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where.
    pub region: String,
    /// Its phones.
    pub phones: Vec<Phone>,
    /// Whether the reader manages them.
    pub manages: bool,
    /// Whether the reader may write checks.
    pub writes: bool,
    /// A code that was just made.
    pub invitation: Option<Invitation>,
}

/// The whole page.
pub fn render(view: &One, cx: &Ctx) -> Markup {
    let name = FieldView::new("name", Kind::Text, cx.t("gates-phone-name"))
        .optional()
        .help(cx.t("gates-phone-name-help"));
    let body = html! {
        (shell::back_link(cx, paths::CHECKPOINTS))
        div.head { h1 { (view.name) } p.quiet { (view.region) } }
        @if let Some(invitation) = &view.invitation { (invited(cx, invitation)) }
        h2 { (cx.t("gates-phones")) }
        @if view.phones.is_empty() { (table::empty(&cx.t("gates-no-phones"), &cx.t("gates-no-phones-how"))) }
        @else { (table::scroll(&cx.t("gates-phones"), &phones(cx, view))) }
        @if view.manages && cx.can_write() {
            (form::post(cx, &paths::checkpoint_part(&view.id, "phones"), None, &html! {
                (field::field(cx, &name))
                div.act { button.primary type="submit" { (cx.t("gates-invite")) } }
            }))
        }
        h2 { (cx.t("gates-outage")) }
        p { (cx.t("gates-outage-text")) }
        div.act {
            a.button href=(paths::checkpoint_part(&view.id, "paper")) { (cx.t("gates-paper")) }
            @if view.writes { a.button href=(paths::checkpoint_part(&view.id, "key-in")) { (cx.t("gates-key-in")) } }
            @if view.writes { a.button href=(paths::CHECKPOINT_UPLOAD) { (cx.t("gates-upload")) } }
        }
    };
    shell::staff(cx, &Title::new(view.name.clone()), Nav::Registers, &body)
}

fn invited(cx: &Ctx, invitation: &Invitation) -> Markup {
    html! {
        section.notice role="status" {
            h2 { (cx.t("gates-code")) }
            p { (cx.tf("gates-code-text", &[("at", cx.near(invitation.until).into())])) }
            div.pass { div role="img" aria-label=(cx.t("gates-code")) { (PreEscaped(&invitation.qr_svg)) } }
            p.secret { (invitation.code) }
        }
    }
}

fn phones(cx: &Ctx, view: &One) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { (cx.t("gates-phone-name")) } th scope="col" { (cx.t("state")) } th scope="col" { (cx.t("gates-made")) }
                @if view.manages && cx.can_write() { th scope="col" { span.sr { (cx.t("gates-take-back")) } } }
            } }
            tbody {
                @for phone in &view.phones {
                    tr {
                        th scope="row" { @if phone.name.is_empty() { (cx.t("gates-unnamed")) } @else { (phone.name) } }
                        td {
                            @match (phone.revoked, phone.enrolled) {
                                (Some(at), _) => { (mark(Meaning::Unknown, &cx.t("gates-revoked"))) " " (value::time(cx, at)) },
                                (None, Some(at)) => { (mark(Meaning::Done, &cx.t("gates-enrolled"))) " " (value::time(cx, at)) },
                                (None, None) => (mark(Meaning::Due, &cx.t("gates-waits"))),
                            }
                        }
                        td { (value::time(cx, phone.made)) }
                        @if view.manages && cx.can_write() {
                            td {
                                @if phone.revoked.is_none() {
                                    (form::one_button(cx, &paths::checkpoint_part(&view.id, "revoke"), &cx.t("gates-take-back"), "", &[("phone", &phone.id)]))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// With phones, with a code just made, and for who may only look.
pub fn samples(lang: Lang) -> Vec<(&'static str, One)> {
    let at = datetime(2026, 11, 21, 7, 40, 0, 0);
    let phone = |name: &str, enrolled: Option<DateTime>, revoked: Option<DateTime>| Phone {
        id: name.to_owned(),
        name: name.to_owned(),
        made: at,
        enrolled,
        revoked,
    };
    let some = One {
        id: "c1".into(),
        name: w(lang, "塔子沟卡点", "Tazigou"),
        region: w(lang, "样例县", "Sample county"),
        phones: vec![
            phone("1", Some(at), None),
            phone("2", None, None),
            phone("3", Some(at), Some(at)),
        ],
        manages: true,
        writes: true,
        invitation: None,
    };
    let invited = One {
        invitation: Some(Invitation {
            code: "K7QMX2DP".into(),
            qr_svg: crate::views::pass::sample_pass(lang).qr_svg,
            until: at,
        }),
        ..some.clone()
    };
    let looking = One {
        phones: Vec::new(),
        manages: false,
        writes: false,
        ..some.clone()
    };
    vec![("some", some), ("invited", invited), ("looking", looking)]
}
