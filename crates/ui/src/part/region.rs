//! Choice of a region by steps, province to village, each a list from the server: no script, no map, no typing.

use crate::{Ctx, part::field, part::form::Choice};
use maud::{Markup, html};

/// The steps chosen so far and a list of what lies below. The name `NAME` carries the code chosen in the list,
/// `NAME.base` the last step; the button sends `step=NAME`, `up=CODE` goes back to a step.
pub fn picker(cx: &Ctx, name: &str, steps: &[Choice], below: &[Choice]) -> Markup {
    let id = format!("f-{name}");
    html! {
        @if let Some(last) = steps.last() { input type="hidden" name={ (name) ".base" } value=(last.value); }
        @if !steps.is_empty() {
            ol.steps aria-label=(cx.t("region-so-far")) {
                @for step in steps {
                    li {
                        button.plain type="submit" name={ (name) ".up" } value=(step.value) formnovalidate
                            aria-label=(cx.tf("region-change", &[("name", step.label.as_str().into())])) { (step.label) }
                    }
                }
            }
        }
        @if below.is_empty() { p.help id=(id) tabindex="-1" { (cx.t("region-finest")) } }
        @else {
            div.side-by-side {
                div.grow {
                    label.small for=(id) { @if steps.is_empty() { (cx.t("region-province")) } @else { (cx.t("region-below")) } }
                    (field::select(&id, name, below, "", None))
                }
                button.secondary.low type="submit" name="step" value=(name) formnovalidate { (cx.t("region-next")) }
            }
        }
    }
}
