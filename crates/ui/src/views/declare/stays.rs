//! Second question: where you were in the last fourteen days. Stays are added one by one, without script.

use super::{Frame, Step, page};
use crate::{
    Ctx, Markup, dates,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::{self, Choice, Problem},
    },
    paths,
};
use jiff::civil::{Date, date};
use lianfang_kernel::Lang;
use maud::html;

/// One stay already given.
#[derive(Clone, Debug)]
pub struct Stay {
    /// Names of the region from the province down.
    pub region: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
}

/// Answers: `remove` (an index), `region` and its steps, `from`, `until`, and `act` = `add` or `continue`.
#[derive(Clone, Debug, Default)]
pub struct Stays {
    /// Shared parts.
    pub step: Step,
    /// Stays given so far.
    pub stays: Vec<Stay>,
    /// First day asked about.
    pub since: Date,
    /// Steps of the region being chosen.
    pub region_steps: Vec<Choice>,
    /// Regions below them.
    pub region_below: Vec<Choice>,
    /// First day of the stay being added.
    pub from: String,
    /// Its last day.
    pub until: String,
}

/// The whole page.
pub fn render(view: &Stays, cx: &Ctx) -> Markup {
    let region = FieldView {
        steps: view.region_steps.clone(),
        ..FieldView::new("region", Kind::Region, cx.t("declare-stay-region")).options(view.region_below.clone())
    };
    let fields = vec![
        region,
        FieldView::new("from", Kind::Date, cx.t("declare-stay-from")).value(view.from.clone()),
        FieldView::new("until", Kind::Date, cx.t("declare-stay-until")).value(view.until.clone()),
    ];
    let fields = form::with_problems(fields, &view.step.problems);
    let frame = Frame {
        step: &view.step,
        number: 2,
        title: cx.t("declare-stays"),
        action: paths::DECLARE_STAYS,
        back: paths::DECLARE_WHO,
    };
    page(
        cx,
        &frame,
        &html! {
            p.help {
                (cx.tf("declare-stays-help", &[("since", dates::day(cx.lang, view.since).into()), ("until", dates::day(cx.lang, cx.now.date()).into())]))
            }
            @if !view.stays.is_empty() {
                ol.lines aria-label=(cx.t("declare-stays-given")) {
                    @for (i, stay) in view.stays.iter().enumerate() {
                        li {
                            div.line-head {
                                span {
                                    strong { (stay.region) } br;
                                    (dates::short_day(cx.lang, stay.from)) " – " (dates::short_day(cx.lang, stay.until))
                                }
                                button.plain type="submit" name="remove" value=(i) formnovalidate
                                    aria-label=(cx.tf("declare-stay-remove", &[("region", stay.region.as_str().into())])) { (cx.t("remove")) }
                            }
                        }
                    }
                }
            }
            h2 { @if view.stays.is_empty() { (cx.t("declare-stay-first")) } @else { (cx.t("declare-stay-more")) } }
            @for view in &fields { (field::field(cx, view)) }
            p { button.secondary type="submit" name="act" value="add" { (cx.t("declare-stay-add")) } }
        },
    )
}

/// First visit, two stays, and a stay with things to mend.
pub fn samples(lang: Lang) -> Vec<(&'static str, Stays)> {
    let empty = Stays {
        since: date(2026, 11, 7),
        region_below: vec![
            Choice::new("22", w(lang, "吉林省", "Jilin")),
            Choice::new("23", w(lang, "黑龙江省", "Heilongjiang")),
            Choice::new("42", w(lang, "湖北省", "Hubei")),
        ],
        ..Stays::default()
    };
    let two = Stays {
        stays: vec![
            Stay {
                region: w(lang, "湖北省武汉市江夏区", "Hubei, Wuhan, Jiangxia"),
                from: date(2026, 11, 7),
                until: date(2026, 11, 15),
            },
            Stay {
                region: w(lang, "吉林省长春市南关区", "Jilin, Changchun, Nanguan"),
                from: date(2026, 11, 15),
                until: date(2026, 11, 20),
            },
        ],
        ..empty.clone()
    };
    let wrong = Stays {
        region_steps: vec![Choice::new("42", w(lang, "湖北省", "Hubei"))],
        region_below: vec![
            Choice::new("4201", w(lang, "武汉市", "Wuhan")),
            Choice::new("4202", w(lang, "黄石市", "Huangshi")),
        ],
        from: "2026-11-12".into(),
        until: "2026-11-10".into(),
        step: Step {
            problems: vec![
                Problem::at(
                    "region",
                    w(lang, "请选到县、区一级", "Choose as far as the county or district"),
                ),
                Problem::at(
                    "until",
                    w(
                        lang,
                        "离开日期不能早于到达日期",
                        "The last day cannot be before the first",
                    ),
                ),
            ],
            ..Step::default()
        },
        ..two.clone()
    };
    vec![("empty", empty), ("two", two), ("wrong", wrong)]
}
