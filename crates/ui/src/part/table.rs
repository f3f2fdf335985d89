//! Tables that scroll by keyboard and lists with nothing in them.

use maud::{Markup, html};

/// A table region that can be scrolled sideways with the keyboard; `label` names it.
pub fn scroll(label: &str, table: &Markup) -> Markup {
    html! { div.scroll role="region" aria-label=(label) tabindex="0" { (table) } }
}

/// An empty state: what would be here and how it comes.
pub fn empty(what: &str, how: &str) -> Markup {
    html! { div.empty { p { strong { (what) } } p.quiet { (how) } } }
}
