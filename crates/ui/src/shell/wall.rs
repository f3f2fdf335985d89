//! Frame of the wall screen: nothing scrolls; script renews it when something was written, and each minute.

use super::{Title, banner, head};
use crate::{Ctx, dates, paths};
use maud::{DOCTYPE, Markup, html};

/// How far back the slider goes, in hours.
const BACK_HOURS: i64 = 14 * 24;

/// What the frame of the wall shows beside the page.
#[derive(Clone, Copy, Debug)]
pub struct WallFrame<'v> {
    /// Name of the region shown; the city when empty.
    pub region: &'v str,
    /// Its code.
    pub region_code: &'v str,
    /// The region above: its name and the wall for it.
    pub up: Option<&'v (String, String)>,
    /// What the page has seen of the ledger.
    pub seen: &'v str,
}

/// A wall page around `body`.
pub fn wall(cx: &Ctx, title: &Title, frame: &WallFrame<'_>, body: &Markup) -> Markup {
    let place = if frame.region.is_empty() {
        &cx.city
    } else {
        frame.region
    };
    // A past moment does not change.
    let renewed = (cx.as_of.is_none() && !frame.seen.is_empty()).then(|| cx.path_with("seen", frame.seen));
    let when = renewed.is_some().then_some("every 10s");
    html! {
        (DOCTYPE)
        html lang=(cx.lang.tag()) {
            (head::head(cx, title, "app.js"))
            body.wall.paper[cx.as_of.is_some()] {
                header.wall-top {
                    h1 { a href=(paths::SITUATION) { (place) " · " (title.text) } }
                    @if let Some((name, href)) = frame.up { a href=(href) { "↑ " (name) } }
                    (moment(cx, frame))
                    p #wall-time { time datetime=(dates::machine(cx.speaks_of())) { (dates::moment(cx.lang, cx.speaks_of())) } }
                }
                (banner::banners(cx))
                main #main tabindex="-1" hx-get=[renewed] hx-trigger=[when] hx-select="#main" hx-select-oob="#wall-time" hx-swap="outerHTML" { (body) }
                (banner::script_words(cx))
            }
        }
    }
}

/// The moment looked at: a form without script, a slider with it.
fn moment(cx: &Ctx, frame: &WallFrame<'_>) -> Markup {
    let hours = (cx.now.duration_since(cx.speaks_of()).as_hours()).clamp(0, BACK_HOURS);
    html! {
        form.wall-moment method="get" action=(paths::WALL) data-moment=(dates::machine(cx.now)) {
            @if !frame.region_code.is_empty() { input type="hidden" name="region" value=(frame.region_code); }
            input type="range" name="back" min="0" max=(BACK_HOURS) value=(hours) hidden aria-label=(cx.t("wall-slider"));
            label.sr for="wall-as-of" { (cx.t("as-of-pick")) }
            input #wall-as-of type="datetime-local" name="as_of" value=(dates::machine(cx.speaks_of())) max=(dates::machine(cx.now));
            button type="submit" { (cx.t("as-of-go")) }
        }
    }
}
