//! One issue of a briefing, or the draft of the next: the document, what others said, and the acts that are open.

use crate::{
    Ctx, Markup,
    document::{self, Document, Part, Point, Section},
    gallery::w,
    part::{
        form,
        mark::{Meaning, mark},
    },
    paths,
    shell::{self, Nav, Title},
    views::briefings::{Standing, standing},
};
use lianfang_kernel::Lang;
use maud::html;

/// What somebody other than the author said.
#[derive(Clone, Debug, Default)]
pub struct ReviewLine {
    /// What.
    pub standing: Standing,
    /// Who and when.
    pub by: String,
    /// Why.
    pub note: String,
}

/// What can be done with what is shown.
#[derive(Clone, Debug, Default)]
pub enum Act {
    /// Nothing.
    #[default]
    None,
    /// A draft whose moment has come: it can be published under these answers.
    Publish(Vec<(String, String)>),
    /// A draft whose moment is ahead.
    Wait {
        /// When it can be published.
        from: String,
        /// The draft of the day before, whose moment has come.
        before: String,
    },
    /// An issue that the reader may agree to or return: the address of the form.
    Review(String),
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct BriefingPage {
    /// The id; none of a draft.
    pub id: Option<String>,
    /// What it says.
    pub document: Document,
    /// What others said.
    pub reviews: Vec<ReviewLine>,
    /// What it says no longer has the digest it was published with.
    pub is_broken: bool,
    /// What can be done.
    pub act: Act,
}

/// The whole page.
pub fn render(view: &BriefingPage, cx: &Ctx) -> Markup {
    let body = html! {
        article.narrow.briefing {
            @if view.is_broken { p role="alert" { (mark(Meaning::Late, &cx.t("briefings-broken"))) " " (cx.t("briefing-broken-how")) } }
            (document::body(&view.document))
            @if cx.acting.is_some() && view.id.is_some() { (reviews(view, cx)) }
            div.no-print { (acts(view, cx)) }
        }
    };
    shell::either(cx, &Title::new(view.document.title.clone()), Nav::Briefings, &body)
}

fn reviews(view: &BriefingPage, cx: &Ctx) -> Markup {
    html! {
        section aria-labelledby="briefing-reviews" {
            h2 id="briefing-reviews" { (cx.t("briefing-reviews")) }
            @if view.reviews.is_empty() { p.quiet { (cx.t("briefing-reviews-none")) } }
            @else {
                ul.lines {
                    @for review in &view.reviews {
                        li { p { (standing(review.standing, cx)) " " (review.by) } @if !review.note.is_empty() { p.quiet { (review.note) } } }
                    }
                }
            }
        }
    }
}

fn acts(view: &BriefingPage, cx: &Ctx) -> Markup {
    html! {
        @match &view.act {
            Act::Publish(answers) if cx.can_write() => {
                @let hidden: Vec<(&str, &str)> = answers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                p.quiet { (cx.t("briefing-publish-how")) }
                (form::one_button(cx, paths::BRIEFINGS, &cx.t("briefing-publish"), "primary", &hidden))
            }
            Act::Wait { from, before } => {
                p { (cx.tf("briefing-wait", &[("at", from.clone().into())])) }
                p { a href=(before) { (cx.t("briefing-day-before")) } }
            }
            Act::Review(href) if cx.can_write() => p { a.button href=(href) { (cx.t("briefing-review")) } },
            Act::None | Act::Publish(_) | Act::Review(_) => {}
        }
        @if let Some(id) = &view.id {
            p {
                a href=(paths::briefing_file(id, "html")) download { (cx.t("briefing-html")) } " · "
                a href=(paths::briefing_file(id, "md")) download { (cx.t("briefing-md")) } " · "
                a href=(paths::BRIEFINGS) { (cx.t("briefings-issues")) }
            }
        }
    }
}

fn sample_document(lang: Lang) -> Document {
    let number = Section {
        heading: w(lang, "新增确诊", "New confirmed"),
        href: Some(paths::figure("newly-confirmed")),
        parts: vec![
            Part::Number {
                value: "2".into(),
                unit: w(lang, "例", "cases"),
                note: w(lang, "较前一日 −1", "−1 on the day before"),
            },
            Part::Note(w(lang, "各报告医院当日新增确诊合计", "Sum over reporting hospitals")),
        ],
    };
    let table = Section {
        heading: w(lang, "医学观察", "Being monitored"),
        href: Some(paths::figure("monitoring-register")),
        parts: vec![
            Part::Table {
                head: [w(lang, "项目", "Part"), w(lang, "人", "persons")].to_vec(),
                rows: vec![
                    vec![w(lang, "前一日在观", "The day before"), "58".into()],
                    vec![w(lang, "＋新增", "+ new"), "12".into()],
                    vec![w(lang, "－解除", "− released"), "9".into()],
                    vec![w(lang, "＝现有", "= now"), "61".into()],
                ],
            },
            Part::Note(w(lang, "已核对一致", "It reconciles")),
        ],
    };
    Document {
        title: w(lang, "疫情防控日报", "Daily briefing"),
        lines: vec![w(
            lang,
            "第27期 · 珲春市 · 2026年11月20日",
            "Issue 27 · Hunchun · 20 Nov 2026",
        )],
        sections: vec![number, table, sample_curve(lang)],
        foot: vec![w(lang, "报：市指挥部", "To: the city command")],
    }
}

fn sample_curve(lang: Lang) -> Section {
    let point = |(n, value): (i64, Option<i64>)| Point {
        day: w(lang, &format!("2026年11月{n}日"), &format!("{n} Nov 2026")),
        short: w(lang, &format!("11月{n}日"), &format!("{n} Nov")),
        value,
    };
    let values = [(17, Some(4)), (18, None), (19, Some(3)), (20, Some(2))];
    let series = Part::Series {
        head: [w(lang, "日期", "Day"), w(lang, "例", "cases")],
        points: values.map(point).to_vec(),
        unknown: w(lang, "未知", "unknown"),
    };
    Section {
        heading: w(lang, "新增确诊（近四日）", "New confirmed, four days"),
        href: Some(paths::figure("newly-confirmed")),
        parts: vec![
            series,
            Part::List(vec![w(lang, "新安街道 2 例", "Xin'an street 2 cases")]),
        ],
    }
}

/// An issue under review, a draft, one whose moment is ahead, and a broken one.
pub fn samples(lang: Lang) -> Vec<(&'static str, BriefingPage)> {
    let document = sample_document(lang);
    let id = Some("01890000-0000-7000-8000-000000000001".to_owned());
    let reviews = vec![ReviewLine {
        standing: Standing::Returned,
        by: w(lang, "市卫健委 11月20日 17:40", "Health Commission, 20 Nov 17:40"),
        note: w(lang, "请核对死亡数", "Please check the deaths"),
    }];
    let page = |id: &Option<String>, act: Act| BriefingPage {
        id: id.clone(),
        document: document.clone(),
        act,
        ..BriefingPage::default()
    };
    let broken = BriefingPage {
        is_broken: true,
        reviews,
        ..page(&id, Act::None)
    };
    vec![
        ("issue", page(&id, Act::Review("/registers/briefing_review/new".into()))),
        (
            "draft",
            page(&None, Act::Publish(vec![("briefing".into(), "city".into())])),
        ),
        (
            "wait",
            page(
                &None,
                Act::Wait {
                    from: "17:00".into(),
                    before: paths::briefing_draft("city"),
                },
            ),
        ),
        ("broken", broken),
    ]
}
