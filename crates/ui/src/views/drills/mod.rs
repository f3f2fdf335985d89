//! Drills: what is played by time and what is due next, answers by one act, the review, and every gap until somebody else has
//! checked that it is put right. The ground of these pages is like no other's: nobody takes a drill for what happens.

use crate::{
    Ctx, Markup,
    part::{
        clock::{Clock, clock},
        field::{self, FieldView, Kind, field},
        form::{self, Problem},
        mark::{Meaning, mark},
        table,
    },
    paths,
    shell::{self, Nav, Title},
};
use jiff::civil::DateTime;
use maud::html;

mod sample;

pub use sample::samples;

/// Where an inject stands.
#[derive(Clone, Debug)]
pub enum InjectState {
    /// Its time has not come.
    Upcoming(Clock),
    /// It is to be answered.
    Open(Clock),
    /// Nobody answered in time.
    Missed,
    /// Answered: when, with what, and whether that was late.
    Answered(DateTime, String, bool),
}

/// One inject.
#[derive(Clone, Debug)]
pub struct Inject {
    /// Its number.
    pub number: i64,
    /// When it is played.
    pub at: DateTime,
    /// What happens.
    pub what: String,
    /// Who answers.
    pub owner: String,
    /// Where it stands.
    pub state: InjectState,
    /// The act of the reader: identifier of the entry to be, what was typed, and why it was refused.
    pub answering: Option<Act>,
}

/// Something that the reader may write in place.
#[derive(Clone, Debug, Default)]
pub struct Act {
    /// Identifier of the entry to be: sent twice, it is one.
    pub entry: String,
    /// What was typed.
    pub typed: String,
    /// Why it was refused.
    pub problem: Option<String>,
}

/// Where a gap stands.
#[derive(Clone, Debug)]
pub enum GapState {
    /// To be put right.
    Open(Clock),
    /// Put right, in words; to be checked by somebody else.
    Fixed(String),
    /// Checked, in words.
    Passed(String),
}

/// A gap that the review found.
#[derive(Clone, Debug)]
pub struct Gap {
    /// Its number.
    pub number: i64,
    /// What it is.
    pub what: String,
    /// Who puts it right.
    pub owner: String,
    /// Where it stands.
    pub state: GapState,
    /// The reader puts it right, or checks it.
    pub act: Option<Act>,
}

/// The review of a drill.
#[derive(Clone, Debug, Default)]
pub enum Review {
    /// There is none yet, and the reader writes none.
    #[default]
    None,
    /// The reader writes it: identifier of the entry to be, fields, what is wrong with the whole.
    Writing(String, Vec<FieldView>, Vec<Problem>),
    /// What it says.
    Done(String),
}

/// One drill.
#[derive(Clone, Debug, Default)]
pub struct Drill {
    /// Subject.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What is practised.
    pub scenario: String,
    /// By time.
    pub injects: Vec<Inject>,
    /// The review.
    pub review: Review,
    /// Gaps of the review.
    pub gaps: Vec<Gap>,
}

/// A drill in the list.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Subject.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What is practised.
    pub scenario: String,
    /// Injects answered, of those whose time has come.
    pub answered: (usize, usize),
    /// What is due next.
    pub next: Option<Clock>,
    /// Reviewed, and gaps that are open.
    pub reviewed: Option<usize>,
}

/// The drills in sight, or one of them.
#[derive(Clone, Debug)]
pub enum Drills {
    /// All; whether the reader writes scripts.
    List(Vec<Line>, bool),
    /// One.
    One(Box<Drill>),
}

/// The whole page.
pub fn render(view: &Drills, cx: &Ctx) -> Markup {
    let mut problems = Vec::new();
    if let Drills::One(drill) = view {
        problems = wrong(drill);
    }
    let body = html! {
        div.drill-ground {
            p.drill-banner { strong { (cx.t("drills-banner")) } " " (cx.t("drills-banner-more")) }
            (form::summary(cx, &problems))
            @match view {
                Drills::List(lines, writes) => (list(cx, lines, *writes)),
                Drills::One(drill) => (one(cx, drill)),
            }
        }
    };
    let title = Title::new(cx.t("drills-title")).error(!problems.is_empty());
    shell::staff(cx, &title, Nav::Today, &body)
}

fn wrong(drill: &Drill) -> Vec<Problem> {
    let of = |kind: &str, number: i64, act: &Option<Act>| {
        let problem = act.as_ref()?.problem.as_ref()?;
        Some(Problem::at(format!("{kind}-{number}"), problem))
    };
    let injects = drill
        .injects
        .iter()
        .filter_map(|one| of("inject", one.number, &one.answering));
    let gaps = drill.gaps.iter().filter_map(|one| of("gap", one.number, &one.act));
    let mut found: Vec<Problem> = injects.chain(gaps).collect();
    if let Review::Writing(_, fields, whole) = &drill.review {
        found.extend(whole.iter().cloned());
        found.extend(field::problems(fields));
    }
    found
}

fn list(cx: &Ctx, lines: &[Line], writes: bool) -> Markup {
    html! {
        div.head {
            h1 { (cx.t("drills-title")) }
            @if writes && cx.can_write() { a.button href=(paths::register_new("drill_script")) { (cx.t("drills-new")) } }
        }
        @if lines.is_empty() { (table::empty(&cx.t("drills-none"), &cx.t("drills-none-how"))) }
        ul.plain-list {
            @for line in lines {
                li.desk-card data-item {
                    h2 { a href=(cx.kept(&paths::drill(&line.id))) data-open { (line.name) } " " (line.scenario) }
                    p {
                        (cx.tf("drills-answered", &[("n", line.answered.0.into()), ("of", line.answered.1.into())]))
                        @if let Some(next) = line.next { " · " (cx.t("drills-next")) " " (clock(cx, next)) }
                        " · "
                        @match line.reviewed {
                            None => (cx.t("drills-unreviewed")),
                            Some(0) => (mark(Meaning::Done, &cx.t("drills-no-gaps"))),
                            Some(n) => (mark(Meaning::Due, &cx.tf("drills-gaps-open", &[("n", n.into())]))),
                        }
                    }
                }
            }
        }
    }
}

fn one(cx: &Ctx, drill: &Drill) -> Markup {
    let next = drill.injects.iter().find_map(|inject| match &inject.state {
        InjectState::Upcoming(left) => Some((inject.number, *left)),
        _ => None,
    });
    html! {
        div.head { h1 { (drill.name) } a href=(cx.kept(paths::DRILLS)) { (cx.t("drills-all")) } }
        p { (drill.scenario) }
        section {
            h2 { (cx.t("drills-injects")) }
            @if let Some((number, left)) = next { p { (cx.tf("drills-next-is", &[("n", number.into())])) " " (clock(cx, left)) } }
            @if drill.injects.is_empty() { (table::empty(&cx.t("drills-nothing"), &cx.t("drills-nothing-how"))) }
            ol.plain-list { @for inject in &drill.injects { li.desk-card data-item { (played(cx, drill, inject)) } } }
        }
        (review(cx, drill))
        @if !drill.gaps.is_empty() {
            section {
                h2 { (cx.t("drills-gaps")) }
                ol.plain-list { @for gap in &drill.gaps { li.desk-card data-item { (gap_of(cx, drill, gap)) } } }
            }
        }
    }
}

fn played(cx: &Ctx, drill: &Drill, inject: &Inject) -> Markup {
    html! {
        h3 { (cx.tf("drills-inject", &[("n", inject.number.into())])) " " (cx.near(inject.at)) " · " (inject.what) }
        p {
            (inject.owner) " · "
            @match &inject.state {
                InjectState::Upcoming(left) => { (cx.t("drills-upcoming")) " " (clock(cx, *left)) },
                InjectState::Open(left) => { (cx.t("drills-open")) " " (clock(cx, *left)) },
                InjectState::Missed => (mark(Meaning::Late, &cx.t("drills-missed"))),
                InjectState::Answered(at, action, is_late) => {
                    (mark(Meaning::Done, &cx.near(*at))) " " (action)
                    @if *is_late { " " span.quiet { (cx.t("drills-was-late")) } }
                },
            }
        }
        @if let (Some(act), true) = (&inject.answering, cx.can_write()) {
            (written(cx, &format!("{}/answer", paths::drill(&drill.id)), ("inject", inject.number), act, ("drills-action", "drills-answer")))
        }
    }
}

/// One line to type and one button, for an inject or a gap.
fn written(cx: &Ctx, action: &str, (kind, number): (&str, i64), act: &Act, (label, button): (&str, &str)) -> Markup {
    let name = format!("{kind}-{number}");
    let mut typed = FieldView::new(&name, Kind::Text, cx.t(label)).value(&act.typed);
    typed.error.clone_from(&act.problem);
    let body = html! {
        input type="hidden" name="number" value=(number);
        input type="hidden" name="entry" value=(act.entry);
        (field(cx, &typed))
        button type="submit" aria-label=(cx.tf("drills-act-of", &[("act", cx.t(button).into()), ("n", number.into())])) { (cx.t(button)) }
    };
    form::post(cx, action, None, &body)
}

fn review(cx: &Ctx, drill: &Drill) -> Markup {
    let action = format!("{}/review", paths::drill(&drill.id));
    html! {
        @match &drill.review {
            Review::None => {},
            Review::Done(summary) => section { h2 { (cx.t("drills-review")) } p { (summary) } },
            Review::Writing(entry, fields, _) => {
                @if cx.can_write() {
                    section.no-print {
                        h2 { (cx.t("drills-review")) }
                        p.quiet { (cx.t("drills-review-help")) }
                        (form::post(cx, &action, None, &html! {
                            (form::default_button("act", "send"))
                            input type="hidden" name="entry" value=(entry);
                            @for view in fields { (field(cx, view)) }
                            (form::primary(&cx.t("drills-review-send")))
                        }))
                    }
                }
            },
        }
    }
}

fn gap_of(cx: &Ctx, drill: &Drill, gap: &Gap) -> Markup {
    let at = paths::drill(&drill.id);
    let key = ("gap", gap.number);
    html! {
        h3 { (cx.tf("drills-gap", &[("n", gap.number.into())])) " " (gap.what) }
        p {
            (gap.owner) " · "
            @match &gap.state {
                GapState::Open(left) => { (cx.t("drills-gap-open")) " " (clock(cx, *left)) },
                GapState::Fixed(measure) => { (mark(Meaning::Due, &cx.t("drills-gap-fixed"))) " " (measure) },
                GapState::Passed(measure) => { (mark(Meaning::Done, &cx.t("drills-gap-passed"))) " " (measure) },
            }
        }
        @if let (Some(act), true) = (&gap.act, cx.can_write()) {
            @match &gap.state {
                GapState::Open(_) => (written(cx, &format!("{at}/fix"), key, act, ("drills-measure", "drills-fix"))),
                GapState::Fixed(_) => {
                    @if let Some(problem) = &act.problem { p.error #{ "f-gap-" (gap.number) } tabindex="-1" { (problem) } }
                    (form::one_button(cx, &format!("{at}/check"), &cx.t("drills-check"), "secondary", &[("number", &gap.number.to_string()), ("entry", &act.entry)]))
                },
                GapState::Passed(_) => {},
            }
        }
    }
}
