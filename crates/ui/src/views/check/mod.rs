//! The checkpoint app: all its screens in one document, one of them shown. Script fills them and changes between them; the
//! document names nobody and is the same for everybody, so that a phone may keep it.

mod console;
mod enrol;
mod queue;
mod settings;
mod shift;
mod words;

use crate::{
    Ctx, Markup,
    gallery::w,
    part::mark::{Meaning, mark},
    shell::{self, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// A screen of the app.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Screen {
    /// Before script has decided.
    #[default]
    Start,
    /// The phone is not enrolled.
    Enrol,
    /// Checking.
    Console,
    /// What waits to be sent.
    Queue,
    /// Counts and hand-over.
    Shift,
    /// Language, sound, torch.
    Settings,
}

impl Screen {
    /// All of them.
    pub const ALL: [Screen; 6] = [
        Screen::Start,
        Screen::Enrol,
        Screen::Console,
        Screen::Queue,
        Screen::Shift,
        Screen::Settings,
    ];

    /// Its name in the document and in script.
    pub fn id(self) -> &'static str {
        match self {
            Screen::Start => "start",
            Screen::Enrol => "enrol",
            Screen::Console => "console",
            Screen::Queue => "queue",
            Screen::Shift => "shift",
            Screen::Settings => "settings",
        }
    }
}

/// A sample of what script puts onto the console.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// Whether the pass holds.
    pub is_accepted: bool,
    /// Why, in words.
    pub reason: String,
    /// What is still missing.
    pub missing: String,
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct Check {
    /// Reasons of verifying and their words.
    pub reasons: Vec<(String, String)>,
    /// The screen to draw without script, for samples; with `None` script decides.
    pub sample: Option<Screen>,
    /// What a sample of the console shows.
    pub judged: Option<Judged>,
}

/// The whole page.
pub fn render(view: &Check, cx: &Ctx) -> Markup {
    let shown = view.sample.unwrap_or_default();
    let body = html! {
        (state(cx))
        main #main tabindex="-1" {
            @if cx.is_demo { p.banner.banner-demo { strong { (cx.t("banner-demo")) } " " (cx.t("banner-demo-more")) } }
            @for screen in Screen::ALL {
                section.screen id={ "screen-" (screen.id()) } data-screen=(screen.id()) hidden[screen != shown] {
                    @match screen {
                        Screen::Start => {
                            p.starting role="status" { (cx.t("check-starting")) }
                            noscript { p { (cx.t("check-no-script")) } }
                        }
                        Screen::Enrol => (enrol::screen(cx)),
                        Screen::Console => (console::screen(cx, view.judged.as_ref())),
                        Screen::Queue => (queue::screen(cx)),
                        Screen::Shift => (shift::screen(cx)),
                        Screen::Settings => (settings::screen(cx)),
                    }
                }
            }
        }
        (tabs(cx, shown))
        (words::words(cx, &view.reasons))
    };
    shell::check(cx, &Title::new(cx.t("check-title")), view.sample.is_none(), &body)
}

/// Where one is, whether there is network, what is not sent, how old the keys are.
fn state(cx: &Ctx) -> Markup {
    html! {
        header.check-top {
            h1 { span #place { (cx.t("check-title")) } }
            section.check-state aria-label=(cx.t("check-state")) {
                p #state-net {}
                p #state-unsent {}
                p #state-keys {}
            }
            p.check-alert #alert role="alert" hidden {}
            p.check-note #note role="status" hidden {}
            p.check-note #update role="status" hidden {
                span { (cx.t("check-js-update")) } " "
                button.plain #do-update type="button" { (cx.t("check-do-update")) }
            }
        }
    }
}

fn tabs(cx: &Ctx, shown: Screen) -> Markup {
    let entries = [
        (Screen::Console, "check-nav-console"),
        (Screen::Queue, "check-nav-queue"),
        (Screen::Shift, "check-nav-shift"),
        (Screen::Settings, "check-nav-settings"),
    ];
    html! {
        nav.check-tabs #tabs aria-label=(cx.t("check-nav")) hidden[matches!(shown, Screen::Start | Screen::Enrol)] {
            @for (screen, key) in entries {
                button type="button" data-go=(screen.id()) aria-current=[(screen == shown).then_some("page")] {
                    (cx.t(key))
                    @if screen == Screen::Queue { span.count #tab-count {} }
                }
            }
        }
    }
}

/// The mark of a verdict, word and shape.
fn verdict_mark(cx: &Ctx, is_accepted: bool) -> Markup {
    if is_accepted {
        mark(Meaning::Done, &cx.t("check-js-wide-ok"))
    } else {
        mark(Meaning::Late, &cx.t("check-js-wide-bad"))
    }
}

/// Each screen; the console also with a verdict that holds and one that does not.
pub fn samples(lang: Lang) -> Vec<(&'static str, Check)> {
    let of = |screen| Check {
        reasons: vec![("ok".into(), w(lang, "有效", "valid"))],
        sample: Some(screen),
        judged: None,
    };
    let accepted = Judged {
        is_accepted: true,
        reason: w(lang, "今天在珲春市有效", "Valid today in Hunchun"),
        missing: w(lang, "还缺：证件、体温。", "Still missing: document, temperature."),
    };
    let rejected = Judged {
        is_accepted: false,
        reason: w(lang, "不是今天的通行码", "A pass of another day"),
        missing: w(lang, "还缺：体温。", "Still missing: temperature."),
    };
    let judged = |judged| Check {
        judged: Some(judged),
        ..of(Screen::Console)
    };
    vec![
        ("start", of(Screen::Start)),
        ("enrol", of(Screen::Enrol)),
        ("console", of(Screen::Console)),
        ("accepted", judged(accepted)),
        ("rejected", judged(rejected)),
        ("queue", of(Screen::Queue)),
        ("shift", of(Screen::Shift)),
        ("settings", of(Screen::Settings)),
    ]
}
