//! What a phone can be told: language, sound, vibration, torch; how it is installed; whom it belongs to.

use crate::{Ctx, Markup, paths};
use lianfang_kernel::Lang;
use maud::html;

fn switch(cx: &Ctx, id: &str, key: &str) -> Markup {
    html! {
        p.switch {
            input id={ "set-" (id) } name=(id) type="checkbox" data-setting=(id);
            label for={ "set-" (id) } { (cx.t(key)) }
        }
    }
}

pub(super) fn screen(cx: &Ctx) -> Markup {
    html! {
        h2 { (cx.t("check-nav-settings")) }
        h3 { (cx.t("check-language")) }
        p.row {
            @for lang in Lang::ALL {
                @let name = if lang == Lang::Zh { "中文" } else { "English" };
                @let tag = if lang == Lang::Zh { "zh" } else { "en" };
                a.button href={ (paths::CHECK) "?lang=" (tag) } lang=(lang.tag()) hreflang=(lang.tag())
                    aria-current=[(lang == cx.lang).then_some("true")] { (name) }
            }
        }
        (switch(cx, "sound", "check-sound"))
        (switch(cx, "vibration", "check-vibration"))
        (switch(cx, "torch", "check-torch"))
        label for="camera-choice" { (cx.t("check-camera")) }
        select #camera-choice name="camera" {}
        h3 { (cx.t("check-installed")) }
        p #install-state { (cx.t("check-install-help")) }
        p #persist-state {}
        p.row { button #do-install type="button" hidden { (cx.t("check-install-do")) } }
        h3 { (cx.t("check-device")) }
        p #device-state {}
        p.help { (cx.t("check-leave-help")) }
        p.row { button #do-leave type="button" { (cx.t("check-do-leave")) } }
    }
}
