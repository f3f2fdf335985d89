//! One change of policy: what it says, what it would do, who proposed and who decided, and what may be done with it.

use super::page;
use super::policy::{State, state_mark};
use super::policy_preview::{self, Preview};
use crate::{
    Ctx, Markup, dates,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form, value,
    },
    paths,
    shell::Title,
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// The page. Acts post `reason` to `paths::policy(ID)/approve`, `refuse`, `withdraw`, and `on` and `reason` to `…/back`.
#[derive(Clone, Debug, Default)]
pub struct PolicyChange {
    /// Its id.
    pub id: String,
    /// What it changes.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// The text.
    pub text: String,
    /// The first day, in words.
    pub effective_on: String,
    /// Why.
    pub reason: String,
    /// Who proposed it.
    pub author: String,
    /// When.
    pub proposed_at: DateTime,
    /// Digest of the packs with it.
    pub digest: String,
    /// Who decided, when, why.
    pub decision: Option<(String, DateTime, String)>,
    /// What it would do.
    pub preview: Preview,
    /// The reader may decide: has the right and is not the author.
    pub can_decide: bool,
    /// The reader is its author.
    pub is_own: bool,
    /// The reader may propose the version before it again, from this day.
    pub back_on: Option<String>,
}

/// The whole page.
pub fn render(view: &PolicyChange, cx: &Ctx) -> Markup {
    let mut pairs = vec![
        (cx.t("policy-on"), html! { (view.effective_on) }),
        (cx.t("policy-reason"), html! { (view.reason) }),
        (
            cx.t("policy-author"),
            html! { (view.author) " " (value::time(cx, view.proposed_at)) },
        ),
        (cx.t("policy-digest"), html! { code { (view.digest) } }),
    ];
    if let Some((by, at, why)) = &view.decision {
        let when = dates::moment(cx.lang, *at);
        pairs.push((
            cx.t("policy-decision"),
            html! { (by) " " (when) @if !why.is_empty() { " · " (why) } },
        ));
    }
    let body = html! {
        div.head { h1 { (view.title) } (state_mark(cx, view.state)) }
        (value::pairs(&pairs))
        pre.scroll tabindex="0" { code { (view.text) } }
        @if cx.can_write() { (acts(cx, view)) }
        h2 { (cx.t("policy-preview")) }
        p.quiet { (cx.t("policy-preview-kept")) }
        (policy_preview::preview(cx, &view.preview))
    };
    page(cx, &Title::new(view.title.clone()).charts(), "policy", &body)
}

fn acts(cx: &Ctx, view: &PolicyChange) -> Markup {
    let to = |act: &str| format!("{}/{act}", paths::policy(&view.id));
    let reason = |id: &str| FieldView::new("reason", Kind::Text, cx.t("policy-reason")).help(cx.t(id));
    html! {
        @if view.state == State::Proposed && view.can_decide {
            (form::post(cx, &to("approve"), None, &html! {
                (field::field(cx, &reason("policy-approve-help").optional()))
                div.act {
                    button.primary type="submit" { (cx.tf("policy-approve", &[("day", view.effective_on.as_str().into())])) }
                    button.plain type="submit" formaction=(to("refuse")) { (cx.t("policy-refuse")) }
                }
            }))
        }
        @if view.state == State::Proposed && view.is_own {
            p.quiet { (cx.t("policy-other-person")) }
            (form::one_button(cx, &to("withdraw"), &cx.t("policy-withdraw"), "plain", &[]))
        }
        @if let Some(on) = &view.back_on {
            (form::one_button(cx, &to("back"), &cx.tf("policy-back", &[("day", on.as_str().into())]), "plain", &[("on", on)]))
        }
    }
}

/// Waiting for the reader, the reader's own, and in force.
pub fn samples(lang: Lang) -> Vec<(&'static str, PolicyChange)> {
    let waiting = PolicyChange {
        id: "0190f3b2-0000-7000-8000-000000000001".into(),
        title: w(lang, "居家健康监测7天 第2版", "Monitoring at home, 7 days, version 2"),
        state: State::Proposed,
        text: "[[protocol.m217]]\nversion = 2\nlike = 1\ntransition = \"move\"\nin_force = { from = \"2026-11-25\" }\n"
            .into(),
        effective_on: w(lang, "2026年11月25日", "25 Nov 2026"),
        reason: w(lang, "市指挥部通告第14号", "Command office notice 14"),
        author: w(lang, "张立", "Zhang Li"),
        proposed_at: datetime(2026, 11, 21, 9, 0, 0, 0),
        digest: "3f9a02c1".into(),
        decision: None,
        preview: policy_preview::sample(lang),
        can_decide: true,
        is_own: false,
        back_on: None,
    };
    let own = PolicyChange {
        can_decide: false,
        is_own: true,
        ..waiting.clone()
    };
    let in_force = PolicyChange {
        state: State::InForce,
        can_decide: false,
        decision: Some((
            w(lang, "李敏", "Li Min"),
            datetime(2026, 11, 21, 10, 0, 0, 0),
            w(lang, "同意", "agreed"),
        )),
        back_on: Some("2026-11-26".into()),
        ..waiting.clone()
    };
    vec![("waiting", waiting), ("own", own), ("in-force", in_force)]
}
