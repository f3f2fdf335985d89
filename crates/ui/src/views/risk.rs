//! For everybody: is a place in a risk area, what is asked of somebody who comes from there, and whether to travel there. With
//! the order or clause of each answer and the moment it speaks of.

use crate::{
    Ctx, Markup, dates,
    gallery::w,
    part::{
        field::{FieldView, Kind, field},
        form::{self, Choice, Problem},
        mark::{Meaning, mark},
    },
    paths,
    shell::{self, Title},
};
use jiff::civil::{Date, date};
use lianfang_kernel::Lang;
use maud::html;

/// A level in force on the place.
#[derive(Clone, Debug, Default)]
pub struct Level {
    /// The level.
    pub level: String,
    /// The region that it was put on: the place, or one that it lies in.
    pub on: String,
    /// Since when.
    pub since: Date,
    /// Until when, if that is known.
    pub until: Option<Date>,
    /// The order it rests on.
    pub order: String,
}

/// What is asked of somebody who comes from the place.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Where to: the whole city, or parts of it.
    pub to: String,
    /// Under which condition, where the answer depends on one.
    pub given: Option<String>,
    /// The measure; none when nothing is asked.
    pub measure: Option<String>,
    /// For how many days.
    pub days: i64,
    /// Why, as the rule words it.
    pub why: String,
    /// The clause.
    pub clause: String,
}

/// The answer.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The place.
    pub place: String,
    /// The day.
    pub on: Date,
    /// Levels in force on it, the nearest first.
    pub levels: Vec<Level>,
    /// Places inside it with a level of their own.
    pub inside: Vec<(String, String)>,
    /// What is asked; empty where no rule says.
    pub asked: Vec<Asked>,
    /// Advice for who wants to travel there: words and clause.
    pub advice: Option<(String, String)>,
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct Risk {
    /// Steps to the place.
    pub steps: Vec<Choice>,
    /// What lies below.
    pub below: Vec<Choice>,
    /// The day as typed.
    pub on: String,
    /// The answer; none before anything was asked.
    pub answer: Option<Answer>,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &Risk, cx: &Ctx) -> Markup {
    let mut place = FieldView::new("region", Kind::Region, cx.t("risk-place")).help(cx.t("risk-place-help"));
    place.steps.clone_from(&view.steps);
    place.options.clone_from(&view.below);
    let on = FieldView::new("on", Kind::Date, cx.t("risk-on"))
        .help(cx.t("risk-on-help"))
        .value(&view.on);
    let fields = form::with_problems(vec![place, on], &view.problems);
    let body = html! {
        (shell::back_link(cx, paths::HOME))
        (form::summary(cx, &view.problems))
        h1 { (cx.t("risk-title")) }
        p { (cx.t("risk-help")) }
        form.risk-form method="get" action=(paths::RISK) novalidate {
            (form::default_button("show", "1"))
            @if let Some(at) = cx.as_of { input type="hidden" name="as_of" value=(dates::machine(at)); }
            @for view in &fields { (field(cx, view)) }
            div.act { button.primary type="submit" name="show" value="1" { (cx.t("risk-ask")) } }
        }
        @if let Some(answer) = &view.answer { (answered(cx, answer)) }
    };
    let has_error = !view.problems.is_empty();
    shell::public(cx, &Title::new(cx.t("risk-title")).error(has_error), &body)
}

fn answered(cx: &Ctx, answer: &Answer) -> Markup {
    let day = dates::day(cx.lang, answer.on);
    html! {
        section aria-live="polite" {
            h2 { (cx.tf("risk-of", &[("place", answer.place.as_str().into()), ("day", day.into())])) }
            @if answer.levels.is_empty() { p { (mark(Meaning::Done, &cx.t("risk-no-level"))) } }
            ul.lines { @for level in &answer.levels { li { (level_of(cx, level)) } } }
            @if !answer.inside.is_empty() {
                p { strong { (cx.t("risk-inside")) } }
                ul.lines { @for (place, level) in &answer.inside { li { strong { (level) } " · " (place) } } }
            }
        }
        section {
            h2 { (cx.t("risk-asked")) }
            @if answer.asked.is_empty() { p { (mark(Meaning::Unknown, &cx.t("risk-no-rule"))) } }
            ul.lines { @for asked in &answer.asked { li { (asked_of(cx, asked)) } } }
            p.quiet { (cx.t("risk-signed")) }
        }
        @if let Some((words, clause)) = &answer.advice {
            section { h2 { (cx.t("risk-travel")) } p { (words) } p.quiet { (cx.tf("risk-clause", &[("clause", clause.as_str().into())])) } }
        }
        p.quiet { (cx.tf("risk-as-of", &[("at", dates::moment(cx.lang, cx.speaks_of()).into())])) }
        p { a href=(paths::DECLARE) { (cx.t("home-declare")) } }
    }
}

fn level_of(cx: &Ctx, level: &Level) -> Markup {
    html! {
        p { strong { (level.level) } " · " (level.on) }
        p.quiet {
            (cx.period(level.since, level.until))
            @if !level.order.is_empty() { " · " (level.order) }
        }
    }
}

fn asked_of(cx: &Ctx, asked: &Asked) -> Markup {
    html! {
        p {
            (cx.tf("risk-to", &[("to", asked.to.as_str().into())])) " "
            @if let Some(given) = &asked.given { (given) " " }
            @match &asked.measure {
                Some(measure) => strong { (cx.tf("risk-measure", &[("measure", measure.as_str().into()), ("days", asked.days.into())])) },
                None => (mark(Meaning::Done, &cx.t("risk-nothing"))),
            }
        }
        @if !asked.clause.is_empty() || !asked.why.is_empty() {
            p.quiet { (asked.why) @if !asked.clause.is_empty() { " · " (cx.tf("risk-clause", &[("clause", asked.clause.as_str().into())])) } }
        }
    }
}

/// A place of high risk, with two answers by one condition.
fn high(lang: Lang) -> Answer {
    let asked = |given: (&str, &str), measure: (&str, &str)| Asked {
        to: w(lang, "珲春市", "Hunchun"),
        given: Some(w(lang, given.0, given.1)),
        measure: Some(w(lang, measure.0, measure.1)),
        days: 14,
        why: w(lang, "到过其他疫情较重地区", "Stay in a badly affected area"),
        clause: w(lang, "通告 第三条", "notice, clause 3"),
    };
    Answer {
        place: w(lang, "武汉市 江岸区", "Wuhan Jiang'an"),
        on: date(2026, 11, 21),
        levels: vec![Level {
            level: w(lang, "高风险", "High risk"),
            on: w(lang, "武汉市", "Wuhan"),
            since: date(2026, 11, 3),
            until: Some(date(2026, 12, 1)),
            order: w(lang, "第12号 关于风险区域的通告", "No. 12, notice on risk areas"),
        }],
        inside: vec![(
            w(lang, "一元街道", "Yiyuan"),
            w(lang, "疫情中心", "Centre of the epidemic"),
        )],
        asked: vec![
            asked(
                ("具备居家条件的：", "Where home is suitable:"),
                ("居家隔离", "Isolation at home"),
            ),
            asked(("不具备的：", "Otherwise:"), ("集中隔离", "Isolation at a site")),
        ],
        advice: Some((
            w(lang, "不要前往", "Do not go"),
            w(
                lang,
                "禁止到中高风险疫情地区探亲旅游",
                "no travel to areas of medium or high risk",
            ),
        )),
    }
}

/// Nothing asked yet, a place of high risk with two answers, a place without any, and no place chosen.
pub fn samples(lang: Lang) -> Vec<(&'static str, Risk)> {
    let below = vec![
        Choice::new("420102", w(lang, "江岸区", "Jiang'an")),
        Choice::new("420103", w(lang, "江汉区", "Jianghan")),
    ];
    let blank = Risk {
        steps: vec![Choice::new("4201", w(lang, "武汉市", "Wuhan"))],
        below,
        on: "2026-11-21".into(),
        ..Risk::default()
    };
    let answer = high(lang);
    let plain = Answer {
        levels: Vec::new(),
        inside: Vec::new(),
        asked: vec![Asked {
            to: w(lang, "珲春市", "Hunchun"),
            why: w(lang, "无需措施", "No measure"),
            ..Asked::default()
        }],
        ..answer.clone()
    };
    let with = |answer: Answer| Risk {
        answer: Some(answer),
        ..blank.clone()
    };
    let refused = Risk {
        problems: vec![Problem::at("region", w(lang, "请先选择地方", "Choose a place first"))],
        ..blank.clone()
    };
    vec![
        ("high", with(answer)),
        ("plain", with(plain)),
        ("refused", refused),
        ("blank", blank),
    ]
}
