//! What rules propose, to be signed by a named person: one by one, or all the plain ones at once.

use crate::{
    Ctx, Markup, dates,
    gallery::w,
    part::{
        form::{self, Problem},
        mark, table,
    },
    paths,
    shell::{self, Nav, Title},
};
use jiff::civil::{Date, date};
use lianfang_kernel::Lang;
use maud::html;

/// One proposed order.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// Identifier, sent as `proposal`.
    pub id: String,
    /// Whom it concerns.
    pub who: String,
    /// Their file.
    pub subject: String,
    /// What would be ordered.
    pub measure: String,
    /// From this day.
    pub since: Date,
    /// Earliest end.
    pub until: Option<Date>,
    /// The facts that led to it.
    pub because: Vec<String>,
    /// Rule and clause.
    pub clause: String,
    /// All facts are seen or verified and agree: may be signed with others.
    pub is_plain: bool,
    /// Why it must be looked at, if it is not plain.
    pub look_at: String,
    /// Chosen.
    pub is_chosen: bool,
}

/// The page. Posts `proposal` once for each chosen; the answer is a confirmation that repeats the number.
#[derive(Clone, Debug, Default)]
pub struct Proposals {
    /// The proposals, those to look at first.
    pub items: Vec<Proposal>,
    /// What signing all plain ones would bring, in sentences: tasks a day, for whom.
    pub effects: Vec<String>,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &Proposals, cx: &Ctx) -> Markup {
    let plain = view.items.iter().filter(|item| item.is_plain).count();
    let body = html! {
        (form::summary(cx, &view.problems))
        div.head { h1 { (cx.t("proposals")) } p.quiet { (cx.tf("proposals-count", &[("n", view.items.len().into()), ("plain", plain.into())])) } }
        @if view.items.is_empty() { (table::empty(&cx.t("proposals-none"), &cx.t("proposals-none-how"))) }
        @else {
            p { (cx.t("proposals-explained")) }
            @if !view.effects.is_empty() { ul { @for effect in &view.effects { li { (effect) } } } }
            form method="post" action=(paths::PROPOSALS) data-choices {
                (form::default_button("act", "review"))
                input type="hidden" name="csrf" value=(cx.csrf);
                (table::scroll(&cx.t("proposals"), &rows(cx, view)))
                @if cx.can_write() {
                    div.sticky-act {
                        button type="button" hidden data-choose-all="plain" { (cx.tf("proposals-choose", &[("n", plain.into())])) }
                        button.primary type="submit" name="act" value="review" { (cx.t("proposals-sign")) }
                        span.quiet data-chosen role="status" {}
                        button.plain type="submit" name="act" value="return" { (cx.t("proposals-return")) }
                    }
                }
            }
        }
    };
    shell::staff(
        cx,
        &Title::new(cx.t("proposals")).error(!view.problems.is_empty()),
        Nav::Today,
        &body,
    )
}

fn rows(cx: &Ctx, view: &Proposals) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { span.sr { (cx.t("choose")) } }
                th scope="col" { (cx.t("who")) } th scope="col" { (cx.t("proposal-measure")) }
                th scope="col" { (cx.t("proposal-because")) } th scope="col" { (cx.t("clause")) }
            } }
            tbody {
                @for item in &view.items {
                    tr data-item {
                        td {
                            input type="checkbox" name="proposal" value=(item.id) checked[item.is_chosen] disabled[!cx.can_write()]
                                data-choose=(if item.is_plain { "plain" } else { "other" })
                                aria-label=(cx.tf("proposal-choose", &[("who", item.who.as_str().into()), ("measure", item.measure.as_str().into())]));
                        }
                        th.who scope="row" { a href=(paths::subject(&item.subject)) { (item.who) } }
                        td {
                            (item.measure) br;
                            span.quiet {
                                (dates::short_day(cx.lang, item.since))
                                @if let Some(until) = item.until { " – " (dates::short_day(cx.lang, until)) }
                            }
                        }
                        td {
                            @for fact in &item.because { (fact) br; }
                            @if !item.is_plain { (mark::tag(&item.look_at)) }
                        }
                        td { (item.clause) }
                    }
                }
            }
        }
    }
}

/// A few to sign, none, and nothing chosen.
pub fn samples(lang: Lang) -> Vec<(&'static str, Proposals)> {
    let of = |id: &str, zh: &str, en: &str, is_plain: bool| Proposal {
        id: id.into(),
        who: w(lang, zh, en),
        subject: id.into(),
        measure: w(lang, "居家健康监测7天", "Health monitoring at home, 7 days"),
        since: date(2026, 11, 21),
        until: Some(date(2026, 11, 28)),
        because: vec![w(
            lang,
            "11月15日前在武汉市江夏区（当时为中风险地区）",
            "in Wuhan, Jiangxia until 15 Nov (medium-risk area then)",
        )],
        clause: w(lang, "通告第12号第三条", "Notice 12, clause 3"),
        is_plain,
        look_at: w(lang, "仅本人申报，尚未看证件", "self-stated only, no document seen"),
        is_chosen: false,
    };
    let some = Proposals {
        items: vec![
            of("s1", "褚**", "Chu **", false),
            of("s2", "卫**", "Wei **", true),
            of("s3", "蒋**", "Jiang **", true),
        ],
        effects: vec![w(
            lang,
            "签发2份后，滨河社区每天增加4次体温任务、检测机构共增加4次采样。",
            "Signing two adds four temperature tasks a day for Binhe community and four samples for the laboratory.",
        )],
        problems: Vec::new(),
    };
    let wrong = Proposals {
        problems: vec![Problem::at("", w(lang, "请至少选择一人", "Choose at least one person"))],
        ..some.clone()
    };
    vec![("some", some), ("empty", Proposals::default()), ("wrong", wrong)]
}
