//! What a tracer gives a case to name contacts by: a link as a picture, as a message, or as a code to tell; and what became of
//! those given before.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        form::{self, Problem},
        mark::{Meaning, mark},
        table, value,
    },
    paths,
    shell::{self, Nav, Title},
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::{PreEscaped, html};

/// A link just made; it is on this page and on no other.
#[derive(Clone, Debug)]
pub struct Made {
    /// Its id, for sending.
    pub id: String,
    /// The address.
    pub link: String,
    /// The same as a picture.
    pub qr_svg: String,
    /// The code that stands for it.
    pub code: String,
    /// Until when it is good.
    pub until: DateTime,
}

/// What became of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody has opened it.
    Waits,
    /// A phone has opened it.
    Opened,
    /// What was asked for has come.
    Used,
    /// Its time is over.
    Over,
    /// It was taken back.
    Withdrawn,
}

/// A link made before.
#[derive(Clone, Debug)]
pub struct Before {
    /// Its id.
    pub id: String,
    /// When it was made.
    pub made: DateTime,
    /// Until when it is good.
    pub until: DateTime,
    /// What became of it.
    pub state: State,
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct InterviewLinks {
    /// The person's file.
    pub subject: String,
    /// Who it is, as the reader may see it.
    pub name: String,
    /// A link just made.
    pub made: Option<Made>,
    /// Links, latest first.
    pub before: Vec<Before>,
    /// What was just done.
    pub message: Option<String>,
    /// What could not be done.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &InterviewLinks, cx: &Ctx) -> Markup {
    let title = Title::new(cx.t("interview-links")).error(!view.problems.is_empty());
    let body = html! {
        article.narrow {
            (shell::back_link(cx, &paths::subject(&view.subject)))
            (form::summary(cx, &view.problems))
            @if let Some(message) = &view.message { p.undo role="status" { (message) } }
            h1 { (cx.t("interview-links")) }
            p { span.quiet { (cx.t("subject")) } " " strong { (view.name) } }
            p { (cx.t("interview-links-text")) }
            @if let Some(made) = &view.made { (shown(cx, made)) }
            @else if cx.can_write() {
                (form::post(cx, &paths::interview_links(&view.subject), None, &form::primary(&cx.t("interview-make"))))
            }
            h2 { (cx.t("interview-before")) }
            (before(cx, view))
        }
    };
    shell::staff(cx, &title, Nav::Files, &body)
}

fn shown(cx: &Ctx, made: &Made) -> Markup {
    // The address without what only the picture and the message carry.
    let place = made.link.rsplit_once('/').map_or(paths::INTERVIEW, |(place, _)| place);
    html! {
        section.notice role="status" {
            h2 { (cx.t("interview-show")) }
            p { (cx.tf("interview-show-text", &[("at", cx.near(made.until).into())])) }
            div.pass { div role="img" aria-label=(cx.t("interview-picture")) { (PreEscaped(&made.qr_svg)) } }
            p { (cx.tf("interview-tell", &[("where", place.into())])) }
            p.secret { (made.code) }
            p.quiet { (made.link) }
            div.act.no-print {
                (form::one_button(cx, &paths::interview_link_act(&made.id, "send"), &cx.t("interview-by-message"), "primary", &[]))
                (form::one_button(cx, &paths::interview_link_act(&made.id, "withdraw"), &cx.t("interview-withdraw"), "", &[]))
                button type="button" hidden data-print { (cx.t("print")) }
            }
        }
    }
}

fn before(cx: &Ctx, view: &InterviewLinks) -> Markup {
    if view.before.is_empty() {
        return table::empty(&cx.t("interview-none"), &cx.t("interview-none-how"));
    }
    html! {
        ul.lines {
            @for link in &view.before {
                li {
                    (state(cx, link.state)) " " (value::time(cx, link.made))
                    span.quiet { " " (cx.t("interview-until")) " " (value::time(cx, link.until)) }
                    @if matches!(link.state, State::Waits | State::Opened) && cx.can_write() {
                        " " (form::one_button(cx, &paths::interview_link_act(&link.id, "withdraw"), &cx.t("interview-withdraw"), "", &[]))
                    }
                }
            }
        }
    }
}

fn state(cx: &Ctx, state: State) -> Markup {
    let (meaning, key) = match state {
        State::Waits => (Meaning::Due, "interview-waits"),
        State::Opened => (Meaning::Due, "interview-opened"),
        State::Used => (Meaning::Done, "interview-used"),
        State::Over => (Meaning::Late, "interview-over"),
        State::Withdrawn => (Meaning::Unknown, "interview-withdrawn"),
    };
    mark(meaning, &cx.t(key))
}

/// None yet, one just made, and one that could not be sent.
pub fn samples(lang: Lang) -> Vec<(&'static str, InterviewLinks)> {
    let at = |hour: i8| datetime(2026, 11, 21, hour, 0, 0, 0);
    let none = InterviewLinks {
        subject: "s1".into(),
        name: w(lang, "王**", "Wang **"),
        ..InterviewLinks::default()
    };
    let states = [State::Waits, State::Opened, State::Used, State::Over, State::Withdrawn];
    let before = (8..).zip(states).map(|(hour, state)| Before {
        id: format!("i{hour}"),
        made: at(hour),
        until: at(hour + 8),
        state,
    });
    let made = InterviewLinks {
        made: Some(Made {
            id: "i8".into(),
            link: "https://lianfang.example/interview/7KQ2M9ZWXT4HB8CNEVRA5D3FG6JPSUYL".into(),
            qr_svg: crate::views::pass::sample_pass(lang).qr_svg,
            code: "7KQ2M9ZW".into(),
            until: at(20),
        }),
        before: before.collect(),
        ..none.clone()
    };
    let refused = InterviewLinks {
        problems: vec![Problem::at(
            "",
            w(lang, "无法发送给本人", "It cannot be sent to this person"),
        )],
        made: None,
        ..made.clone()
    };
    vec![("none", none), ("made", made), ("refused", refused)]
}
