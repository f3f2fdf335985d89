//! `<head>`, the same for all frames.

use super::Title;
use crate::{Ctx, assets};
use maud::{Markup, html};

pub(super) fn head(cx: &Ctx, title: &Title, script: &str) -> Markup {
    let product = cx.tf("product-of", &[("city", cx.city.as_str().into())]);
    let error = if title.has_error {
        cx.t("title-error")
    } else {
        String::new()
    };
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="format-detection" content="telephone=no";
            // No eval and no injected style element: the content security policy has neither.
            meta name="htmx-config" content=r#"{"allowEval":false,"includeIndicatorStyles":false,"historyCacheSize":0,"selfRequestsOnly":true}"#;
            title { (error) (title.text) " · " (product) }
            link rel="icon" type="image/svg+xml" href=(assets::href("icon.svg"));
            link rel="stylesheet" href=(assets::href("app.css"));
            script defer src=(assets::href(script)) {}
            @if title.has_tasks { script defer src=(assets::href("today.js")) {} }
            @if title.has_door { script defer src=(assets::href("door.js")) {} }
            @if title.has_pass { script defer src=(assets::href("pass.js")) {} }
            @if title.has_charts { script defer type="module" src=(assets::href("charts.js")) {} }
        }
    }
}
