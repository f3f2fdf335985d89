//! Organisations: where they are, to which sector they belong, which functions they hold.

use super::page;
use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        mark::{Meaning, mark},
        table,
    },
    paths,
    shell::Title,
};
use lianfang_kernel::Lang;
use maud::html;

/// One organisation.
#[derive(Clone, Debug, Default)]
pub struct Org {
    /// Its file.
    pub id: String,
    /// Name.
    pub name: String,
    /// Type in words.
    pub kind: String,
    /// Where.
    pub region: String,
    /// Sector it answers to.
    pub sector: String,
    /// Functions it holds now.
    pub functions: Vec<String>,
    /// Accounts acting for it.
    pub accounts: u32,
}

/// The list.
#[derive(Clone, Debug, Default)]
pub struct Orgs {
    /// Looked for.
    pub q: String,
    /// The organisations.
    pub orgs: Vec<Org>,
    /// Functions nobody holds: function and region. Their tasks fall to the next level up.
    pub vacant: Vec<(String, String)>,
    /// The page after.
    pub next: Option<String>,
}

/// The whole page.
pub fn render(view: &Orgs, cx: &Ctx) -> Markup {
    let body = html! {
        div.head { h1 { (cx.t("admin-orgs")) } }
        @if !view.vacant.is_empty() {
            div.notice {
                h2 { (cx.t("orgs-vacant")) }
                p { (cx.t("orgs-vacant-why")) }
                ul { @for (function, region) in &view.vacant { li { (mark(Meaning::Late, function)) " " (region) } } }
            }
        }
        form.filters method="get" action=(paths::admin("orgs")) {
            div { label for="f-q" { (cx.t("orgs-search")) } input #f-q name="q" type="search" value=(view.q) autocomplete="off"; }
            button type="submit" { (cx.t("search")) }
        }
        @if view.orgs.is_empty() { (table::empty(&cx.t("orgs-none"), &cx.t("orgs-none-how"))) }
        @else {
            (table::scroll(&cx.t("admin-orgs"), &html! {
                table {
                    thead { tr {
                        th scope="col" { (cx.t("coverage-unit")) } th scope="col" { (cx.t("kind")) } th scope="col" { (cx.t("region")) }
                        th scope="col" { (cx.t("org-sector")) } th scope="col" { (cx.t("org-functions")) } th.num scope="col" { (cx.t("org-accounts")) }
                    } }
                    tbody {
                        @for org in &view.orgs {
                            tr data-item {
                                th scope="row" { a href=(paths::subject(&org.id)) data-open { (org.name) } }
                                td { (org.kind) } td { (org.region) } td { (org.sector) } td { (org.functions.join(" · ")) } td.num { (org.accounts) }
                            }
                        }
                    }
                }
            }))
        }
        @if let Some(href) = &view.next { p.pages { a href=(href) rel="next" { (cx.t("page-next")) } } }
    };
    page(cx, &Title::new(cx.t("admin-orgs")), "orgs", &body)
}

/// Some with a gap, and none.
pub fn samples(lang: Lang) -> Vec<(&'static str, Orgs)> {
    let org = Org {
        id: "o1".into(),
        name: w(lang, "市疾病预防控制中心", "City CDC"),
        kind: w(lang, "疾控机构", "CDC"),
        region: w(lang, "珲春市", "Hunchun"),
        sector: w(lang, "卫生健康", "Health"),
        functions: vec![w(lang, "流调", "tracing"), w(lang, "检测", "testing")],
        accounts: 14,
    };
    let vacant = vec![(
        w(lang, "医疗废物处置", "Medical waste"),
        w(lang, "敬信镇", "Jingxin town"),
    )];
    vec![
        (
            "some",
            Orgs {
                orgs: vec![org],
                vacant,
                ..Orgs::default()
            },
        ),
        ("empty", Orgs::default()),
    ]
}
