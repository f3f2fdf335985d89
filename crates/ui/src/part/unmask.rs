//! Opening what is sealed: closed until a reason is stated, which is recorded and shown to the person.

use super::field::{self, FieldView, Kind};
use super::form::{self, Problem};
use crate::{Ctx, Markup};
use maud::html;

/// The way to open, sent to `action`; open itself when the reason must be mended.
pub fn form(cx: &Ctx, action: &str, problems: &[Problem]) -> Markup {
    let reason = form::with_problems(
        vec![FieldView::new("reason", Kind::Text, cx.t("unmask-reason")).help(cx.t("unmask-help"))],
        problems,
    );
    html! {
        details.no-print open[!problems.is_empty()] {
            summary { (cx.t("unmask")) }
            (form::post(cx, action, None, &html! {
                @for view in &reason { (field::field(cx, view)) }
                button type="submit" { (cx.t("unmask")) }
            }))
        }
    }
}
