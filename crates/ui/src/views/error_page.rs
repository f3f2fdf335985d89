//! When something is refused or fails: what, why, what to do now, whom to ask, and a number support can find.

use crate::{
    Ctx, Markup,
    part::value,
    paths,
    shell::{self, Nav, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// A problem as shown to a reader. Fields left empty are filled with the general words for `status`.
#[derive(Clone, Debug, Default)]
pub struct ErrorPage {
    /// HTTP status.
    pub status: u16,
    /// Stable code of the problem.
    pub code: String,
    /// What happened.
    pub title: String,
    /// Why: rule, clause, fact.
    pub detail: String,
    /// What to do now.
    pub hint: String,
    /// Whom to ask: name and telephone number.
    pub ask: Option<String>,
    /// Number of the request in the log.
    pub number: String,
    /// Where to go on; the home page if none.
    pub onward: Option<String>,
}

fn general(status: u16) -> &'static str {
    match status {
        401 => "error-401",
        403 => "error-403",
        404 => "error-404",
        409 => "error-409",
        413 => "error-413",
        429 => "error-429",
        503 => "error-503",
        400..=499 => "error-400",
        _ => "error-500",
    }
}

/// The whole page, in the staff frame for those signed in.
pub fn render(view: &ErrorPage, cx: &Ctx) -> Markup {
    let key = general(view.status);
    let word = |own: &str, key: String| if own.is_empty() { cx.t(&key) } else { own.to_owned() };
    let title = word(&view.title, key.to_owned());
    let detail = word(&view.detail, format!("{key}-why"));
    let hint = word(&view.hint, format!("{key}-do"));
    let mut rows = vec![(cx.t("error-code"), html! { code { (view.code) } })];
    if let Some(ask) = &view.ask {
        rows.insert(0, (cx.t("error-ask"), html! { (ask) }));
    }
    if !view.number.is_empty() {
        rows.push((cx.t("error-number"), html! { code { (view.number) } }));
    }
    let home = if cx.acting.is_some() { paths::TODAY } else { paths::HOME };
    let body = html! {
        article.narrow {
            h1 { (title) }
            p { (detail) }
            p { strong { (cx.t("error-do")) } " " (hint) }
            (value::pairs(&rows))
            p { a.button href=(view.onward.as_deref().unwrap_or(home)) { (cx.t("error-onward")) } }
        }
    };
    let title = Title::new(title);
    shell::either(cx, &title, Nav::Today, &body)
}

/// Normal, bare and staff-made values.
pub fn samples(lang: Lang) -> Vec<(&'static str, ErrorPage)> {
    let w = |zh: &str, en: &str| if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() };
    vec![
        (
            "refused",
            ErrorPage {
                status: 409,
                code: "release_not_due".into(),
                title: w("暂不能解除", "Not yet possible to release"),
                detail: w(
                    "按照《来返人员健康管理通告》第三条，须满7天且两次核酸结果均为阴性；第二次结果尚未登记。",
                    "Clause 3 of the notice on arrivals asks for seven full days and two negative PCR results; the second result is not yet registered.",
                ),
                hint: w(
                    "请检测机构登记第二次结果后再办理。",
                    "Ask the laboratory to register the second result, then try again.",
                ),
                ask: Some(w("珲春市疾控中心 0433-000-0000", "Hunchun CDC, 0433-000-0000")),
                number: "7F3A-0192".into(),
                onward: None,
            },
        ),
        (
            "not-found",
            ErrorPage {
                status: 404,
                code: "not_found".into(),
                ..ErrorPage::default()
            },
        ),
        (
            "fault",
            ErrorPage {
                status: 500,
                code: "internal".into(),
                number: "7F3A-0193".into(),
                ..ErrorPage::default()
            },
        ),
    ]
}
