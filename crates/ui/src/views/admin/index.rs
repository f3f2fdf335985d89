//! First page of the settings: what there is, and what asks for attention.

use super::page;
use crate::{
    Ctx, Markup,
    gallery::w,
    part::mark::{Meaning, mark},
    paths,
    shell::Title,
};
use lianfang_kernel::Lang;
use maud::html;

/// One part of the settings with its state.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// Page: `users`, `packs` …
    pub page: String,
    /// State in a sentence.
    pub state: String,
    /// Whether it asks for attention.
    pub meaning: Option<Meaning>,
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// The parts this reader may open.
    pub parts: Vec<Part>,
}

/// The whole page.
pub fn render(view: &Index, cx: &Ctx) -> Markup {
    let body = html! {
        div.head { h1 { (cx.t("nav-settings")) } }
        ul.index {
            @for part in &view.parts {
                li data-item {
                    a href=(paths::admin(&part.page)) data-open { (cx.t(&format!("admin-{}", part.page))) }
                    p.quiet { @if let Some(meaning) = part.meaning { (mark(meaning, &part.state)) } @else { (part.state) } }
                }
            }
        }
    };
    page(cx, &Title::new(cx.t("nav-settings")), "", &body)
}

/// Some things to attend to, and a reader who may open nothing.
pub fn samples(lang: Lang) -> Vec<(&'static str, Index)> {
    let part = |page: &str, zh: &str, en: &str, meaning: Option<Meaning>| Part {
        page: page.into(),
        state: w(lang, zh, en),
        meaning,
    };
    let parts = vec![
        part("users", "214个账号，3个已锁定", "214 accounts, 3 locked", None),
        part(
            "packs",
            "1个方案包等待批准",
            "one pack waits for approval",
            Some(Meaning::Due),
        ),
        part(
            "retention",
            "7条登记超过保存期限",
            "7 entries are past their retention",
            Some(Meaning::Late),
        ),
        part("health", "运行正常", "all well", Some(Meaning::Done)),
    ];
    vec![("some", Index { parts }), ("none", Index::default())]
}
