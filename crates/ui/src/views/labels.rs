//! Labels of the tubes of a round: one code for each tube, as bars and as text, to be printed and stuck on; and the areas of a
//! round with as many as their people need.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        code128::code128,
        field::{FieldView, Kind, field},
        form::{self, Problem},
        table,
    },
    paths,
    shell::{self, Nav, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// The page. Asks by `round`, `mark`, `first` and `count`.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    /// Round, as typed.
    pub round: String,
    /// Mark of the site, as typed.
    pub mark: String,
    /// First number, as typed.
    pub first: String,
    /// How many, as typed.
    pub count: String,
    /// What must be mended.
    pub problems: Vec<Problem>,
    /// The codes of one print.
    pub sheet: Option<Sheet>,
    /// It is about a round, and not about what was typed.
    pub is_of_round: bool,
    /// The areas of the round, each with its own labels.
    pub areas: Vec<Area>,
}

/// One print.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    /// Its codes.
    pub codes: Vec<String>,
    /// The first number of it.
    pub first: u32,
    /// The last number of it.
    pub last: u32,
    /// The last number that was asked for.
    pub end: u32,
    /// The address of the next print.
    pub next: Option<String>,
}

/// An area of a round.
#[derive(Clone, Debug, Default)]
pub struct Area {
    /// What it is called.
    pub name: String,
    /// Its mark on labels.
    pub mark: String,
    /// People on the list.
    pub people: i64,
    /// Tubes they need.
    pub tubes: i64,
    /// The address of its labels.
    pub href: String,
}

/// The whole page.
pub fn render(view: &Labels, cx: &Ctx) -> Markup {
    let fields = vec![
        FieldView::new("round", Kind::Int, cx.t("labels-round")).value(&view.round),
        FieldView::new("mark", Kind::Text, cx.t("labels-mark"))
            .value(&view.mark)
            .help(cx.t("labels-mark-help"))
            .optional(),
        FieldView::new("first", Kind::Int, cx.t("labels-first")).value(&view.first),
        FieldView::new("count", Kind::Int, cx.t("labels-count"))
            .value(&view.count)
            .help(cx.t("labels-count-help")),
    ];
    let body = html! {
        div.no-print {
            (form::summary(cx, &view.problems))
            div.head { h1 { (cx.t("labels-title")) } }
            p { (cx.t("labels-how")) }
            form method="get" action=(paths::TUBE_LABELS) novalidate {
                div.clinic-form { @for one in form::with_problems(fields, &view.problems) { (field(cx, &one)) } }
                (form::primary(&cx.t("labels-make")))
            }
            @if view.is_of_round { (areas(cx, view)) }
            @if let Some(sheet) = &view.sheet { (print(cx, sheet)) }
        }
        @if let Some(sheet) = &view.sheet { ul.labels { @for code in &sheet.codes { li { (code128(code)) span { (code) } } } } }
    };
    let is_wrong = !view.problems.is_empty();
    shell::staff(
        cx,
        &Title::new(cx.t("labels-title")).error(is_wrong),
        Nav::Registers,
        &body,
    )
}

/// The areas of a round: what each needs, and where its labels are.
fn areas(cx: &Ctx, view: &Labels) -> Markup {
    if view.areas.is_empty() {
        return table::empty(&cx.t("labels-nobody"), &cx.t("labels-nobody-how"));
    }
    html! {
        h2 { (cx.tf("labels-areas", &[("round", view.round.as_str().into())])) }
        p.quiet { (cx.t("labels-areas-how")) }
        div.scroll tabindex="0" role="region" aria-label=(cx.tf("labels-areas", &[("round", view.round.as_str().into())])) {
            table {
                thead { tr {
                    th scope="col" { (cx.t("region")) } th scope="col" { (cx.t("labels-mark")) }
                    th.num scope="col" { (cx.t("labels-people")) } th.num scope="col" { (cx.t("labels-tubes")) }
                } }
                tbody {
                    @for area in &view.areas {
                        tr {
                            th scope="row" { (area.name) } td { (area.mark) } td.num { (area.people) }
                            td.num { a href=(area.href) { (cx.tf("labels-of-area", &[("n", area.tubes.into())])) } }
                        }
                    }
                }
            }
        }
    }
}

/// Which of them this print is, and the way to the next.
fn print(cx: &Ctx, sheet: &Sheet) -> Markup {
    let number = |n: u32| i64::from(n).into();
    html! {
        p { (cx.tf("labels-print", &[("first", number(sheet.first)), ("last", number(sheet.last)), ("end", number(sheet.end))])) }
        p {
            button.secondary type="button" hidden data-print { (cx.t("print")) }
            @if let Some(next) = &sheet.next { " " a href=(next) { (cx.t("labels-next")) } }
        }
    }
}

/// Nothing asked yet, a sheet, too many, a round with its areas, and one that asks nobody.
pub fn samples(lang: Lang) -> Vec<(&'static str, Labels)> {
    let sheet = Labels {
        round: "3".into(),
        mark: "E2".into(),
        first: "1".into(),
        count: "6".into(),
        sheet: Some(Sheet {
            codes: (1..=6).map(|n| format!("R3E2-{n:05}")).collect(),
            first: 1,
            last: 6,
            end: 12,
            next: Some(format!("{}?round=3&mark=E2&first=7&count=6", paths::TUBE_LABELS)),
        }),
        ..Labels::default()
    };
    let wrong = Labels {
        count: "900000".into(),
        problems: vec![Problem::at("count", "1–99999")],
        sheet: None,
        ..sheet.clone()
    };
    let area = |name: String, mark: &str, people: i64, tubes: i64| Area {
        name,
        mark: mark.into(),
        people,
        tubes,
        href: format!("{}?round=3&mark={mark}&first=1&count={tubes}", paths::TUBE_LABELS),
    };
    let round = Labels {
        round: "3".into(),
        first: "1".into(),
        count: "50".into(),
        is_of_round: true,
        areas: vec![
            area(w(lang, "东城街道", "Dongcheng"), "A001", 21_480, 2_256),
            area(w(lang, "西城街道", "Xicheng"), "A002", 312, 34),
        ],
        ..Labels::default()
    };
    let nobody = Labels {
        areas: Vec::new(),
        ..round.clone()
    };
    vec![
        ("empty", Labels::default()),
        ("sheet", sheet),
        ("wrong", wrong),
        ("round", round),
        ("nobody", nobody),
    ]
}
