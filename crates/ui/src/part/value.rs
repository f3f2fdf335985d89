//! Figures and their states. Known, partial, unknown, not due and suppressed look different and say so.

use crate::{
    Ctx, dates,
    part::mark::{Meaning, mark},
    paths, text,
};
use jiff::civil::DateTime;
use lianfang_kernel::{Approx, Lang};
use maud::{Markup, html};

/// The value of a figure, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// A whole number.
    Known(i64),
    /// A number that is not exact, written out.
    Approx(Approx, String),
    /// A number already written out: a percentage, a duration, an estimate.
    Text(String),
    /// Some of those who must report have not.
    Partial {
        /// What the reports so far add up to.
        value: i64,
        /// Reports received.
        reported: u32,
        /// Reports expected.
        expected: u32,
    },
    /// Nobody who could say has said.
    #[default]
    Unknown,
    /// Its time has not come.
    NotDue,
    /// Too few people to be shown.
    Suppressed,
}

/// One figure as shown on cards and walls.
#[derive(Clone, Debug, Default)]
pub struct Figure {
    /// Identifier of the indicator: the card links to its definition.
    pub id: String,
    /// What is counted.
    pub label: String,
    /// The value.
    pub value: Value,
    /// Unit beside the value: 人, 人次, %.
    pub unit: String,
    /// Change since yesterday, where it means anything.
    pub change: Option<i64>,
    /// The moment the value is of.
    pub as_of: Option<DateTime>,
    /// A line of its own under the value: "2515 + 58".
    pub note: Option<String>,
}

/// A number that is not exact, as people write it: 约300, 300余, 近300.
pub fn approximate(lang: Lang, approx: Approx, shown: &str) -> String {
    let key = match approx {
        Approx::About => "approx-about",
        Approx::Over => "approx-over",
        Approx::Nearly => "approx-nearly",
    };
    text::text_with(lang, key, &[("n", shown.to_owned().into())])
}

/// The value as large text with its unit; unknown and its kin as words with their mark.
pub fn value(cx: &Ctx, value: &Value, unit: &str) -> Markup {
    let number = |shown: &str| html! { span.number { (shown) } @if !unit.is_empty() { span.unit { (unit) } } };
    match value {
        Value::Known(n) => number(&text::grouped(*n)),
        Value::Text(shown) => number(shown),
        Value::Approx(approx, shown) => number(&approximate(cx.lang, *approx, shown)),
        Value::Partial {
            value,
            reported,
            expected,
        } => html! {
            span.partial { (number(&text::grouped(*value))) }
            span.state { (cx.tf("state-partial", &[("k", (*reported).into()), ("n", (*expected).into())])) }
        },
        Value::Unknown => html! { span.state { (mark(Meaning::Unknown, &cx.t("state-unknown"))) } },
        Value::NotDue => html! { span.state { (mark(Meaning::Due, &cx.t("state-not-due"))) } },
        Value::Suppressed => html! { span.state { span.tag { (cx.t("state-suppressed")) } } },
    }
}

/// The change since yesterday, in words for those who do not see the arrow.
pub fn change(cx: &Ctx, change: i64) -> Markup {
    let (sign, key) = match change {
        0 => ("＝", "change-none"),
        n if n > 0 => ("↑", "change-up"),
        _ => ("↓", "change-down"),
    };
    html! {
        span.change { span aria-hidden="true" { (sign) " " } (cx.tf(key, &[("n", text::grouped(change.abs()).into())])) }
    }
}

/// A figure as a card that links to its definition.
pub fn card(cx: &Ctx, figure: &Figure) -> Markup {
    html! {
        li.figure {
            a.figure-label href=(paths::figure(&figure.id)) { (figure.label) }
            p.figure-value { (value(cx, &figure.value, &figure.unit)) }
            @if let Some(note) = &figure.note { p.quiet { (note) } }
            p.figure-foot.quiet {
                @if let Some(n) = figure.change { (change(cx, n)) " " }
                @if let Some(at) = figure.as_of { (cx.tf("as-of", &[("at", cx.near(at).into())])) }
            }
        }
    }
}

/// Cards side by side.
pub fn cards(cx: &Ctx, figures: &[Figure]) -> Markup {
    html! { ul.figures { @for figure in figures { (card(cx, figure)) } } }
}

/// A moment as `<time>`.
pub fn time(cx: &Ctx, at: DateTime) -> Markup {
    html! { time datetime=(dates::machine(at)) title=(dates::moment(cx.lang, at)) { (cx.near(at)) } }
}

/// Term and value pairs.
pub fn pairs(rows: &[(String, Markup)]) -> Markup {
    html! { dl.pairs { @for (term, value) in rows { div { dt { (term) } dd { (value) } } } } }
}
