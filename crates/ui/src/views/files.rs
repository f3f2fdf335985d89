//! 档案: find a person, organisation, place or vehicle. The purpose is asked once an hour and kept with the search.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::{self, Choice, Problem},
        likely::{self, LikelyFile},
        table,
    },
    paths,
    shell::{self, Nav, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// One subject found.
#[derive(Clone, Debug, Default)]
pub struct Hit {
    /// Its file.
    pub id: String,
    /// As the reader may see it.
    pub label: String,
    /// Person, organisation, place, vehicle: in words.
    pub kind: String,
    /// Where it belongs.
    pub region: String,
    /// What holds, in a few words.
    pub holds: String,
}

/// The page. Searching posts `q` and, when asked, `purpose` (`paths::SUBJECTS`); a purpose in force allows GET with `q`.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// What is looked for.
    pub q: String,
    /// The purpose must be stated first; choices to pick from.
    pub purposes: Vec<Choice>,
    /// Purpose in force, in words with its end.
    pub purpose: Option<String>,
    /// Found; `None` before a search.
    pub hits: Option<Vec<Hit>>,
    /// Files that may be of the person looked for, though they are not written so.
    pub likely: Vec<LikelyFile>,
    /// There are more than shown.
    pub has_more: bool,
    /// The reader decides on possible duplicates.
    pub sees_duplicates: bool,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &Files, cx: &Ctx) -> Markup {
    let fields = vec![
        FieldView::new("purpose", Kind::Code, cx.t("files-purpose"))
            .help(cx.t("files-purpose-help"))
            .options(view.purposes.clone()),
    ];
    let fields = form::with_problems(fields, &view.problems);
    let body = html! {
        (form::summary(cx, &view.problems))
        div.head { h1 { (cx.t("nav-files")) } @if view.sees_duplicates { a href=(paths::DUPLICATES) { (cx.t("duplicates")) } } @if let Some(purpose) = &view.purpose { p.quiet { (purpose) } } }
        @if !view.purposes.is_empty() {
            article.narrow {
                (form::post(cx, paths::SUBJECTS, None, &html! {
                    @for view in &fields { (field::field(cx, view)) }
                    div.field { label for="f-q" { (cx.t("search-hint")) } input #f-q name="q" type="search" value=(view.q) autocomplete="off"; }
                    (form::primary(&cx.t("search")))
                }))
            }
        }
        @match &view.hits {
            None => { @if view.purposes.is_empty() { (table::empty(&cx.t("files-start"), &cx.t("files-start-how"))) } },
            Some(hits) if hits.is_empty() => { (table::empty(&cx.t("files-none"), &cx.t("files-none-how"))) },
            Some(hits) => {
                p role="status" { (cx.tf("files-found", &[("n", hits.len().into()), ("q", view.q.as_str().into())])) @if view.has_more { " " (cx.t("files-more")) } }
                (table::scroll(&cx.t("nav-files"), &rows(cx, hits)))
            },
        }
        (likely::list(cx, &view.likely))
    };
    shell::staff(
        cx,
        &Title::new(cx.t("nav-files")).error(!view.problems.is_empty()),
        Nav::Files,
        &body,
    )
}

fn rows(cx: &Ctx, hits: &[Hit]) -> Markup {
    html! {
        table {
            thead { tr { th scope="col" { (cx.t("subject")) } th scope="col" { (cx.t("kind")) } th scope="col" { (cx.t("region")) } th scope="col" { (cx.t("files-holds")) } } }
            tbody {
                @for hit in hits {
                    tr data-item {
                        th.who scope="row" { a href=(paths::subject(&hit.id)) data-open { (hit.label) } }
                        td { (hit.kind) } td { (hit.region) } td { (hit.holds) }
                    }
                }
            }
        }
    }
}

/// Before a search, asking for the purpose, found, not found.
pub fn samples(lang: Lang) -> Vec<(&'static str, Files)> {
    let purpose = Some(w(
        lang,
        "查找目的：核实来返信息，09:12前有效",
        "Purpose: checking arrivals, until 09:12",
    ));
    let hit = |id: &str, zh: &str, en: &str| Hit {
        id: id.into(),
        label: w(lang, zh, en),
        kind: w(lang, "居民", "Resident"),
        region: w(lang, "新安街道滨河社区", "Xin'an street, Binhe"),
        holds: w(lang, "健康监测第2天", "monitoring, day 2"),
    };
    let found = Files {
        q: "wang 1234".into(),
        purpose: purpose.clone(),
        hits: Some(vec![hit("s1", "王** 2224**********1234", "Wang ** 2224**********1234")]),
        has_more: true,
        ..Files::default()
    };
    let asking = Files {
        q: "wang".into(),
        purposes: vec![
            Choice::new("verify", w(lang, "核实来返信息", "Checking arrivals")),
            Choice::new("trace", w(lang, "流调和密接排查", "Tracing contacts")),
            Choice::new("service", w(lang, "生活服务和求助", "Services and help")),
        ],
        problems: vec![Problem::at(
            "purpose",
            w(lang, "请先说明查找目的", "State the purpose first"),
        )],
        ..Files::default()
    };
    vec![
        (
            "start",
            Files {
                purpose: purpose.clone(),
                ..Files::default()
            },
        ),
        ("asking", asking),
        ("found", found),
        (
            "none",
            Files {
                q: "xyz".into(),
                sees_duplicates: true,
                likely: likely::samples(lang),
                hits: Some(Vec::new()),
                purpose,
                ..Files::default()
            },
        ),
    ]
}
