//! A protocol, read like the notice it came from; beside it what it means in numbers.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{mark, value},
    shell::{self, Nav, Title},
    text,
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// One thing that is asked.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// What.
    pub what: String,
    /// Of whom.
    pub owner: String,
    /// When: "每日 06:00–10:00、16:00–20:00，第1至7天".
    pub when: String,
    /// What counts as done.
    pub done_by: String,
}

/// What it means in numbers.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// As of.
    pub at: DateTime,
    /// People under it.
    pub enrolled: u64,
    /// Tasks a day, by owner.
    pub load: Vec<(String, u64)>,
    /// Released in the next days: in words.
    pub released: Vec<(String, u64)>,
}

/// The page. Sentences are in the reader's language.
#[derive(Clone, Debug, Default)]
pub struct ProtocolPage {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: String,
    /// Version.
    pub version: u32,
    /// Notice and clause.
    pub clause: String,
    /// Area and time in which it holds.
    pub in_force: String,
    /// It restricts people: it begins only when a named person signs.
    pub restricts: bool,
    /// To whom it applies.
    pub applies_to: String,
    /// How long, and from which day it is counted.
    pub how_long: String,
    /// What is asked.
    pub asked: Vec<Asked>,
    /// When it ends: one sentence an outcome.
    pub release: Vec<String>,
    /// What happens when something is missed or found.
    pub escalate: Vec<String>,
    /// How to object.
    pub appeal: String,
    /// What it means in numbers; staff only.
    pub preview: Option<Preview>,
    /// Other versions: in words and address.
    pub versions: Vec<(String, String)>,
}

/// The whole page.
pub fn render(view: &ProtocolPage, cx: &Ctx) -> Markup {
    let preview = view.preview.as_ref().filter(|_| cx.acting.is_some());
    let notice = notice(cx, view);
    let body = html! {
        div.head { h1 { (view.title) } @if view.restricts { (mark::tag(&cx.t("protocol-restricts"))) } }
        p { (view.clause) " · " (view.in_force) " · " (cx.tf("protocol-version", &[("n", view.version.into())])) }
        @if let Some(preview) = preview { div.two { div { (notice) } (numbers(cx, preview)) } } @else { (notice) }
        @if !view.versions.is_empty() {
            h2 { (cx.t("protocol-versions")) }
            ul { @for (words, href) in &view.versions { li { a href=(href) { (words) } } } }
        }
    };
    let title = Title::new(view.title.clone());
    shell::either(cx, &title, Nav::Settings, &body)
}

fn notice(cx: &Ctx, view: &ProtocolPage) -> Markup {
    html! {
        ol.clauses {
            li { strong { (cx.t("protocol-who")) } p { (view.applies_to) } @if view.restricts { p.quiet { (cx.t("protocol-signed")) } } }
            li { strong { (cx.t("protocol-how-long")) } p { (view.how_long) } }
            li {
                strong { (cx.t("protocol-asked")) }
                ul.lines {
                    @for asked in &view.asked {
                        li { p { (asked.what) " " span.quiet { (asked.owner) } } p.quiet { (asked.when) @if !asked.done_by.is_empty() { " · " (asked.done_by) } } }
                    }
                }
            }
            li { strong { (cx.t("protocol-release")) } @for line in &view.release { p { (line) } } }
            @if !view.escalate.is_empty() { li { strong { (cx.t("protocol-escalate")) } @for line in &view.escalate { p { (line) } } } }
            @if !view.appeal.is_empty() { li { strong { (cx.t("me-object")) } p { (view.appeal) } } }
        }
    }
}

fn numbers(cx: &Ctx, preview: &Preview) -> Markup {
    let n = |n: u64| text::grouped(i64::try_from(n).unwrap_or(i64::MAX));
    let load: Vec<_> = preview
        .load
        .iter()
        .map(|(owner, tasks)| (owner.clone(), html! { (n(*tasks)) }))
        .collect();
    let released: Vec<_> = preview
        .released
        .iter()
        .map(|(day, people)| (day.clone(), html! { (n(*people)) }))
        .collect();
    html! {
        aside.aside aria-label=(cx.t("protocol-preview")) {
            h2 { (cx.t("protocol-preview")) }
            p.quiet { (cx.tf("as-of", &[("at", crate::dates::moment(cx.lang, preview.at).into())])) }
            p.figure-value { span.number { (n(preview.enrolled)) } span.unit { (cx.t("protocol-people")) } }
            h3 { (cx.t("protocol-load")) }
            (value::pairs(&load))
            @if !released.is_empty() { h3 { (cx.t("protocol-released")) } (value::pairs(&released)) }
        }
    }
}

/// A restriction with its preview, and an intake.
pub fn samples(lang: Lang) -> Vec<(&'static str, ProtocolPage)> {
    let restricting = ProtocolPage {
        id: "m217".into(),
        title: w(lang, "居家健康监测7天", "Health monitoring at home, 7 days"),
        version: 2,
        clause: w(lang, "市指挥部通告第12号第三条", "Command office notice 12, clause 3"),
        in_force: w(lang, "全市，自2026年11月1日起", "whole city, since 1 Nov 2026"),
        restricts: true,
        applies_to: w(
            lang,
            "到达前14天内到过中、高风险地区的来返人员。",
            "Arrivals who were in a medium or high-risk area in the 14 days before.",
        ),
        how_long: w(
            lang,
            "到达当天为第0天，满7天后解除。",
            "The day of arrival is day 0; seven full days follow.",
        ),
        asked: sample_asked(lang),
        release: vec![w(
            lang,
            "满7天、两次核酸阴性、体温齐全，由社区签发解除。",
            "After seven days, two negative results and all temperatures, the community signs the release.",
        )],
        escalate: vec![
            w(
                lang,
                "漏报体温：当天电话联系。",
                "A missing temperature: a call the same day.",
            ),
            w(
                lang,
                "发热：送发热门诊，两小时内报告。",
                "Fever: to the fever clinic, reported within two hours.",
            ),
        ],
        appeal: w(
            lang,
            "向新安街道办事处提出，24小时内答复。",
            "To the Xin'an street office, which answers within 24 hours.",
        ),
        preview: Some(Preview {
            at: datetime(2026, 11, 21, 8, 0, 0, 0),
            enrolled: 1_204,
            load: vec![
                (w(lang, "滨河社区", "Binhe"), 212),
                (w(lang, "检测机构", "Laboratory"), 344),
            ],
            released: vec![(w(lang, "明天", "tomorrow"), 88), (w(lang, "后天", "day after"), 102)],
        }),
        versions: vec![(
            w(lang, "第1版，至10月31日", "version 1, until 31 Oct"),
            "?version=1".into(),
        )],
    };
    let intake = ProtocolPage {
        restricts: false,
        preview: None,
        escalate: Vec::new(),
        versions: Vec::new(),
        appeal: String::new(),
        ..restricting.clone()
    };
    vec![("restricting", restricting), ("intake", intake)]
}

fn sample_asked(lang: Lang) -> Vec<Asked> {
    let asked = |what: (&str, &str), owner: (&str, &str), when: (&str, &str)| Asked {
        what: w(lang, what.0, what.1),
        owner: w(lang, owner.0, owner.1),
        when: w(lang, when.0, when.1),
        done_by: String::new(),
    };
    vec![
        asked(
            ("体温", "Temperature"),
            ("属地社区", "the community"),
            (
                "第1至7天，06:00–10:00、16:00–20:00",
                "days 1 to 7, 06:00–10:00 and 16:00–20:00",
            ),
        ),
        asked(
            ("核酸检测两次", "Two PCR tests"),
            ("检测机构", "the laboratory"),
            ("间隔24小时以上", "at least 24 hours apart"),
        ),
    ]
}
