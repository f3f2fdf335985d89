//! Changes of policy: what waits for another person, what is in force and since when, and the way to propose one.

use super::page;
use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::Choice,
        mark::{Meaning, mark},
        table, value,
    },
    paths,
    shell::Title,
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// Where a change stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// It waits for another person.
    #[default]
    Proposed,
    /// Approved, begins later.
    Approved,
    /// In force.
    InForce,
    /// A later one took its place.
    Superseded,
    /// Refused.
    Refused,
    /// Taken back.
    Withdrawn,
}

/// A change as a line.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Its id.
    pub id: String,
    /// What: "居家健康监测7天 第2版".
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// The first day, in words.
    pub effective_on: String,
    /// Who proposed it.
    pub author: String,
    /// When.
    pub proposed_at: DateTime,
    /// Who decided; empty while nobody did.
    pub decided_by: String,
    /// First digits of the digest.
    pub digest: String,
    /// For how many something changes.
    pub affected: u64,
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The changes, the latest first.
    pub lines: Vec<Line>,
    /// The reader may propose.
    pub can_propose: bool,
    /// Protocols to choose from.
    pub protocols: Vec<Choice>,
    /// The day that is offered.
    pub on: String,
}

/// The mark of where a change stands.
pub fn state_mark(cx: &Ctx, state: State) -> Markup {
    let (meaning, key) = match state {
        State::Proposed => (Meaning::Due, "policy-state-proposed"),
        State::Approved => (Meaning::Due, "policy-state-approved"),
        State::InForce => (Meaning::Done, "policy-state-in-force"),
        State::Superseded => (Meaning::Unknown, "policy-state-superseded"),
        State::Refused => (Meaning::Unknown, "policy-state-refused"),
        State::Withdrawn => (Meaning::Unknown, "policy-state-withdrawn"),
    };
    mark(meaning, &cx.t(key))
}

/// The whole page.
pub fn render(view: &Policy, cx: &Ctx) -> Markup {
    let body = html! {
        div.head { h1 { (cx.t("admin-policy")) } }
        p.quiet { (cx.t("policy-help")) }
        @if view.lines.is_empty() { (table::empty(&cx.t("policy-none"), &cx.t("policy-none-how"))) }
        ul.lines {
            @for line in &view.lines {
                li data-item {
                    p {
                        a href=(paths::policy(&line.id)) data-open { (line.title) } " " (state_mark(cx, line.state))
                        " " span.quiet { (cx.tf("policy-from", &[("day", line.effective_on.as_str().into())])) }
                    }
                    p.quiet {
                        (cx.tf("policy-by", &[("author", line.author.as_str().into())])) " " (value::time(cx, line.proposed_at))
                        @if !line.decided_by.is_empty() { " · " (cx.tf("policy-decided-by", &[("name", line.decided_by.as_str().into())])) }
                        " · " (cx.tf("policy-affects", &[("n", line.affected.into())])) " · " code { (line.digest) }
                    }
                }
            }
        }
        @if view.can_propose && cx.can_write() { (begin(cx, view)) }
    };
    page(cx, &Title::new(cx.t("admin-policy")), "policy", &body)
}

fn begin(cx: &Ctx, view: &Policy) -> Markup {
    let protocol = FieldView::new("protocol", Kind::Code, cx.t("policy-protocol"))
        .help(cx.t("policy-protocol-help"))
        .options(view.protocols.clone())
        .optional();
    let on = FieldView::new("on", Kind::Date, cx.t("policy-on")).value(view.on.clone());
    html! {
        h2 { (cx.t("policy-propose")) }
        form method="get" action=(paths::admin("policy/new")) {
            (field::field(cx, &protocol))
            (field::field(cx, &on))
            div.act { button type="submit" { (cx.t("policy-begin")) } }
        }
    }
}

/// One in each state, and none.
pub fn samples(lang: Lang) -> Vec<(&'static str, Policy)> {
    let line = |state: State, decided_by: &str| Line {
        id: "0190f3b2-0000-7000-8000-000000000001".into(),
        title: w(lang, "居家健康监测7天 第2版", "Monitoring at home, 7 days, version 2"),
        state,
        effective_on: w(lang, "2026年11月25日", "25 Nov 2026"),
        author: w(lang, "张立", "Zhang Li"),
        proposed_at: datetime(2026, 11, 21, 9, 0, 0, 0),
        decided_by: decided_by.into(),
        digest: "3f9a02c1".into(),
        affected: 311,
    };
    let other = w(lang, "李敏", "Li Min");
    let some = Policy {
        lines: vec![
            line(State::Proposed, ""),
            line(State::Approved, &other),
            line(State::InForce, &other),
            line(State::Superseded, &other),
            line(State::Refused, &other),
            line(State::Withdrawn, ""),
        ],
        can_propose: true,
        protocols: vec![Choice::new(
            "m217",
            w(lang, "居家健康监测7天", "Monitoring at home, 7 days"),
        )],
        on: "2026-11-22".into(),
    };
    vec![("some", some), ("empty", Policy::default())]
}
