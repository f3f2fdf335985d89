//! Frame of the checkpoint app: nothing about the reader, so that a phone may keep the page.

use super::Title;
use crate::{Ctx, assets, paths};
use maud::{DOCTYPE, Markup, html};

/// The app around `body`, which holds its own `header` and `main`. `has_script` is false for samples.
pub fn check(cx: &Ctx, title: &Title, has_script: bool, body: &Markup) -> Markup {
    let product = cx.tf("product-of", &[("city", cx.city.as_str().into())]);
    html! {
        (DOCTYPE)
        html lang=(cx.lang.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="format-detection" content="telephone=no";
                meta name="theme-color" content="#0b5c5f";
                title { (title.text) " · " (product) }
                link rel="icon" type="image/svg+xml" href=(assets::href("icon.svg"));
                @if has_script { link rel="manifest" href={ (paths::CHECK_MANIFEST) "?lang=" (cx.lang.tag()) }; }
                link rel="stylesheet" href=(assets::href("check.css"));
                @if has_script {
                    script type="module" src=(assets::href("check.js")) {}
                }
            }
            body.check data-decoder=(assets::href("zxing_reader.wasm")) {
                a.skip href="#main" { (cx.t("skip")) }
                (body)
            }
        }
    }
}
