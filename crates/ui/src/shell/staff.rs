//! Frame of staff pages: six entries by job on the left, place, language, search and as-of on top.

use super::{Title, banner, head};
use crate::{
    Acting, Ctx, dates,
    icon::{Icon, icon},
    paths,
};
use maud::{DOCTYPE, Markup, html};

/// The entry of the navigation that a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nav {
    /// 今日任务
    Today,
    /// 登记
    Registers,
    /// 档案
    Files,
    /// 态势
    Situation,
    /// 通报
    Briefings,
    /// 设置
    Settings,
}

const ENTRIES: [(Nav, &str, &str, Icon); 6] = [
    (Nav::Today, "nav-today", paths::TODAY, Icon::Today),
    (Nav::Registers, "nav-registers", paths::REGISTERS, Icon::Registers),
    (Nav::Files, "nav-files", paths::SUBJECTS, Icon::Files),
    (Nav::Situation, "nav-situation", paths::SITUATION, Icon::Situation),
    (Nav::Briefings, "nav-briefings", paths::BRIEFINGS, Icon::Briefings),
    (Nav::Settings, "nav-settings", paths::ADMIN, Icon::Settings),
];

/// A staff page around `body`, which begins with its own `h1`.
pub fn staff(cx: &Ctx, title: &Title, here: Nav, body: &Markup) -> Markup {
    let nobody = Acting::default();
    let acting = cx.acting.as_ref().unwrap_or(&nobody);
    html! {
        (DOCTYPE)
        html lang=(cx.lang.tag()) {
            (head::head(cx, title, "app.js"))
            body.staff.paper[cx.as_of.is_some()] {
                a.skip href="#main" { (cx.t("skip")) }
                header.bar {
                    a.brand href=(paths::TODAY) { span.brand-mark { (cx.t("product")) } span.brand-city { (cx.city) } }
                    (search(cx))
                    (as_of(cx))
                    (account(cx, acting))
                }
                (navigation(cx, acting, here))
                div.page {
                    (banner::banners(cx))
                    main #main tabindex="-1" { (body) }
                    (footer(cx))
                }
                (banner::script_words(cx))
            }
        }
    }
}

fn search(cx: &Ctx) -> Markup {
    html! {
        form.search action=(paths::SUBJECTS) method="get" role="search" {
            label.sr for="q" { (cx.t("search-label")) }
            input #q name="q" type="search" autocomplete="off" placeholder=(cx.t("search-hint")) data-key="/";
            button.plain type="submit" { (icon(Icon::Search)) span.sr { (cx.t("search")) } }
        }
    }
}

fn as_of(cx: &Ctx) -> Markup {
    let shown = match cx.as_of {
        Some(at) => dates::near(cx.lang, at, cx.now.date()),
        None => cx.t("now"),
    };
    html! {
        details.menu.as-of {
            summary { span.quiet { (cx.t("as-of-label")) } " " (shown) }
            form.menu-body method="get" action=(cx.path) {
                label for="as_of" { (cx.t("as-of-pick")) }
                input #as_of type="datetime-local" name="as_of" value=(dates::machine(cx.speaks_of())) max=(dates::machine(cx.now));
                p.help { (cx.t("as-of-help")) }
                button type="submit" { (cx.t("as-of-go")) }
                @if cx.as_of.is_some() { " " a href=(cx.path) { (cx.t("back-to-now")) } }
            }
        }
    }
}

fn account(cx: &Ctx, acting: &Acting) -> Markup {
    html! {
        details.menu.account {
            summary { span.account-place { (acting.place.label) } " " span.quiet.account-name { (acting.name) } }
            div.menu-body {
                @if !acting.others.is_empty() {
                    form method="post" action=(paths::ACT_AS) {
                        input type="hidden" name="csrf" value=(cx.csrf);
                        p.quiet { (cx.t("act-as")) }
                        @for other in &acting.others {
                            button.plain.row type="submit" name="place" value=(other.id) { (other.label) }
                        }
                    }
                }
                (banner::languages(cx))
                a.row href=(paths::ACCOUNT_MESSAGES) { (cx.t("messages-choose")) }
                form method="post" action=(paths::SIGN_OUT) data-forget {
                    input type="hidden" name="csrf" value=(cx.csrf);
                    button.plain.row type="submit" { (cx.t("sign-out")) }
                }
            }
        }
    }
}

fn navigation(cx: &Ctx, acting: &Acting, here: Nav) -> Markup {
    let shown = |nav: Nav| match nav {
        Nav::Briefings => acting.has_briefings,
        Nav::Settings => acting.sees_settings,
        _ => true,
    };
    html! {
        nav.side aria-label=(cx.t("nav")) {
            ul {
                @for (nav, word, href, picture) in ENTRIES.into_iter().filter(|entry| shown(entry.0)) {
                    li {
                        a href=(href) aria-current=[(nav == here).then_some("page")] {
                            (icon(picture)) span { (cx.t(word)) }
                            @if nav == Nav::Today && acting.open_tasks > 0 {
                                span.count { (acting.open_tasks) span.sr { " " (cx.t("nav-open")) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn footer(cx: &Ctx) -> Markup {
    html! {
        footer.foot {
            p.quiet {
                (cx.tf("as-of", &[("at", dates::moment(cx.lang, cx.speaks_of()).into())]))
                " · " (cx.t("product")) " " (cx.version)
                span.only-script.keys-note.no-print { " · " (cx.t("keys-note")) }
            }
        }
    }
}
