//! Every page with every sample: what the tests render and what the gallery writes.

use crate::{Acting, Ctx, Place, views};
use jiff::civil::datetime;
use lianfang_kernel::Lang;

/// Which frame, and so which size limit and which reader, a page has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Residents: at most 50 kB with its assets, gzip.
    Public,
    /// Staff.
    Staff,
    /// Wall screen.
    Wall,
}

/// One page of the gallery.
#[derive(Clone, Debug)]
pub struct Page {
    /// File name without ending: view and sample.
    pub name: String,
    /// Its frame.
    pub frame: Frame,
    /// The whole document.
    pub html: String,
}

/// The text of samples in `lang`.
pub(crate) fn w(lang: Lang, zh: &str, en: &str) -> String {
    if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() }
}

/// A reader for samples: in the frame given, in a demonstration city, on a fixed day.
pub fn sample_ctx(lang: Lang, frame: Frame) -> Ctx {
    let w = |zh: &str, en: &str| if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() };
    let acting = Acting {
        name: w("李敏", "Li Min"),
        place: Place {
            id: "p1".into(),
            label: w("滨河社区 · 网格员", "Binhe community · grid worker"),
        },
        others: vec![Place {
            id: "p2".into(),
            label: w("新安街道 · 值班员", "Xin'an street · duty officer"),
        }],
        open_tasks: 23,
        has_briefings: false,
        sees_settings: true,
        settings: views::admin::PAGES.to_vec(),
    };
    Ctx {
        now: datetime(2026, 11, 21, 8, 30, 0, 0),
        csrf: "sample-token".into(),
        is_demo: true,
        acting: (frame != Frame::Public).then_some(acting),
        ..Ctx::public(lang, &w("珲春市", "Hunchun"), "/example")
    }
}

macro_rules! view {
    ($out:ident, $lang:ident, $frame:expr, $($module:ident)::+) => {
        for (sample, value) in views::$($module)::+::samples($lang) {
            let cx = sample_ctx($lang, $frame);
            $out.push(Page {
                name: format!("{}-{sample}", stringify!($($module)::+).replace(" ", "").replace("::", "-")),
                frame: $frame,
                html: views::$($module)::+::render(&value, &cx).into_string(),
            });
        }
    };
}

/// Every page in `lang`.
pub fn pages(lang: Lang) -> Vec<Page> {
    let mut out = Vec::new();
    view!(out, lang, Frame::Public, home);
    view!(out, lang, Frame::Public, risk);
    view!(out, lang, Frame::Public, published);
    view!(out, lang, Frame::Public, declare::who);
    view!(out, lang, Frame::Public, declare::stays);
    view!(out, lang, Frame::Public, declare::journey);
    view!(out, lang, Frame::Public, declare::region);
    view!(out, lang, Frame::Public, declare::unit);
    view!(out, lang, Frame::Public, declare::summary);
    view!(out, lang, Frame::Public, declare::done);
    view!(out, lang, Frame::Public, day::begin);
    view!(out, lang, Frame::Public, day::who);
    view!(out, lang, Frame::Public, day::trip);
    view!(out, lang, Frame::Public, day::summary);
    view!(out, lang, Frame::Public, day::done);
    view!(out, lang, Frame::Public, me);
    view!(out, lang, Frame::Public, recover);
    view!(out, lang, Frame::Public, interview);
    view!(out, lang, Frame::Public, messages::choose);
    view!(out, lang, Frame::Public, register_form);
    view!(out, lang, Frame::Public, entry_result);
    view!(out, lang, Frame::Public, pass);
    view!(out, lang, Frame::Public, kept_pass);
    view!(out, lang, Frame::Public, verify);
    view!(out, lang, Frame::Public, sign_in);
    view!(out, lang, Frame::Public, situation);
    view!(out, lang, Frame::Public, figure);
    view!(out, lang, Frame::Public, past);
    view!(out, lang, Frame::Public, protocol);
    view!(out, lang, Frame::Public, protocols);
    view!(out, lang, Frame::Public, briefings);
    view!(out, lang, Frame::Public, briefing);
    view!(out, lang, Frame::Public, error_page);
    staff(lang, &mut out);
    view!(out, lang, Frame::Wall, wall);
    past(lang, &mut out);
    out
}

/// Pages of staff.
fn staff(lang: Lang, out: &mut Vec<Page>) {
    view!(out, lang, Frame::Staff, check);
    view!(out, lang, Frame::Staff, checkpoints::list);
    view!(out, lang, Frame::Staff, checkpoints::one);
    view!(out, lang, Frame::Staff, checkpoints::paper);
    view!(out, lang, Frame::Staff, checkpoints::key_in);
    view!(out, lang, Frame::Staff, checkpoints::upload);
    view!(out, lang, Frame::Staff, today);
    view!(out, lang, Frame::Staff, proposals);
    view!(out, lang, Frame::Staff, confirm);
    view!(out, lang, Frame::Staff, tray);
    view!(out, lang, Frame::Staff, messages::choose);
    view!(out, lang, Frame::Staff, messages::unreached);
    view!(out, lang, Frame::Staff, registers);
    view!(out, lang, Frame::Staff, register_list);
    view!(out, lang, Frame::Staff, roster);
    view!(out, lang, Frame::Staff, bulk_change);
    view!(out, lang, Frame::Staff, register_form);
    view!(out, lang, Frame::Staff, import);
    view!(out, lang, Frame::Staff, entry_result);
    view!(out, lang, Frame::Staff, labels);
    view!(out, lang, Frame::Staff, files);
    view!(out, lang, Frame::Staff, duplicates);
    view!(out, lang, Frame::Staff, balance_sheet);
    view!(out, lang, Frame::Staff, mates);
    view!(out, lang, Frame::Staff, subject);
    view!(out, lang, Frame::Staff, interview_links);
    view!(out, lang, Frame::Staff, class_sheet);
    view!(out, lang, Frame::Staff, clinic);
    view!(out, lang, Frame::Staff, documents);
    view!(out, lang, Frame::Staff, operations);
    view!(out, lang, Frame::Staff, dispatch);
    view!(out, lang, Frame::Staff, venues);
    view!(out, lang, Frame::Staff, drills);
    view!(out, lang, Frame::Staff, response);
    view!(out, lang, Frame::Staff, coverage);
    view!(out, lang, Frame::Staff, situation);
    view!(out, lang, Frame::Staff, figure);
    view!(out, lang, Frame::Staff, science);
    view!(out, lang, Frame::Staff, signals);
    view!(out, lang, Frame::Staff, chains);
    view!(out, lang, Frame::Staff, trace);
    view!(out, lang, Frame::Staff, briefings);
    view!(out, lang, Frame::Staff, briefing);
    view!(out, lang, Frame::Staff, protocols);
    view!(out, lang, Frame::Staff, protocol);
    view!(out, lang, Frame::Staff, error_page);
    view!(out, lang, Frame::Staff, admin::index);
    view!(out, lang, Frame::Staff, admin::users);
    view!(out, lang, Frame::Staff, admin::user_add);
    view!(out, lang, Frame::Staff, admin::users_bulk);
    view!(out, lang, Frame::Staff, admin::roles);
    view!(out, lang, Frame::Staff, admin::orgs);
    view!(out, lang, Frame::Staff, admin::packs);
    view!(out, lang, Frame::Staff, admin::policy);
    view!(out, lang, Frame::Staff, admin::policy_form);
    view!(out, lang, Frame::Staff, admin::policy_change);
    view!(out, lang, Frame::Staff, admin::audit);
    view!(out, lang, Frame::Staff, admin::retention);
    view!(out, lang, Frame::Staff, admin::trust);
    view!(out, lang, Frame::Staff, admin::health);
}

/// Pages as of a past moment, and on the test clock.
fn past(lang: Lang, out: &mut Vec<Page>) {
    let as_of = Some(datetime(2026, 11, 14, 17, 0, 0, 0));
    let staff = Ctx {
        as_of,
        test_clock: true,
        ..sample_ctx(lang, Frame::Staff)
    };
    let public = Ctx {
        as_of,
        test_clock: true,
        ..sample_ctx(lang, Frame::Public)
    };
    let mut add = |name: &str, frame: Frame, html: crate::Markup| {
        out.push(Page {
            name: format!("past-{name}"),
            frame,
            html: html.into_string(),
        });
    };
    for (_, view) in views::today::samples(lang).into_iter().take(1) {
        add("today", Frame::Staff, views::today::render(&view, &staff));
    }
    for (_, view) in views::subject::samples(lang).into_iter().take(1) {
        add("subject", Frame::Staff, views::subject::render(&view, &staff));
    }
    for (_, view) in views::home::samples(lang).into_iter().take(1) {
        add("home", Frame::Public, views::home::render(&view, &public));
    }
}
