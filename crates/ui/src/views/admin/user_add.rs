//! A new account: login, name, role and place, level, end.

use super::page;
use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::{self, Choice, Problem},
    },
    paths,
    shell::Title,
};
use lianfang_kernel::Lang;
use maud::html;

/// The form. Posts `login`, `name`, `role`, `org`, `region` (steps), `level`, `expires` to `paths::admin("users/new")`.
#[derive(Clone, Debug, Default)]
pub struct UserAdd {
    /// Login as typed.
    pub login: String,
    /// Name as typed.
    pub name: String,
    /// Role chosen.
    pub role: String,
    /// Organisation as typed.
    pub org: String,
    /// Level chosen: figures, pseudonymous, identified.
    pub level: String,
    /// Last day.
    pub expires: String,
    /// Roles to choose from.
    pub roles: Vec<Choice>,
    /// Organisations as suggestions.
    pub orgs: Vec<Choice>,
    /// Steps of the area.
    pub region_steps: Vec<Choice>,
    /// Regions below them.
    pub region_below: Vec<Choice>,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &UserAdd, cx: &Ctx) -> Markup {
    let levels =
        ["figures", "pseudonymous", "identified"].map(|level| Choice::new(level, cx.t(&format!("level-{level}"))));
    let region = FieldView {
        steps: view.region_steps.clone(),
        ..FieldView::new("region", Kind::Region, cx.t("user-region")).options(view.region_below.clone())
    };
    let fields = vec![
        FieldView::new("login", Kind::Text, cx.t("login"))
            .help(cx.t("user-login-help"))
            .value(view.login.clone()),
        FieldView::new("name", Kind::Text, cx.t("name")).value(view.name.clone()),
        FieldView::new("role", Kind::Code, cx.t("role"))
            .options(view.roles.clone())
            .value(view.role.clone()),
        FieldView::new("org", Kind::Org, cx.t("coverage-unit"))
            .options(view.orgs.clone())
            .value(view.org.clone()),
        region,
        FieldView::new("level", Kind::Code, cx.t("user-level"))
            .help(cx.t("user-level-help"))
            .options(levels.to_vec())
            .value(view.level.clone()),
        FieldView::new("expires", Kind::Date, cx.t("user-expires"))
            .help(cx.t("user-expires-help"))
            .value(view.expires.clone()),
    ];
    let fields = form::with_problems(fields, &view.problems);
    let body = html! {
        article.narrow {
            (form::summary(cx, &view.problems))
            h1 { (cx.t("user-add")) }
            p.quiet { (cx.t("user-add-help")) }
            (form::post(cx, &paths::admin("users/new"), None, &html! {
                (form::default_button("act", "add"))
                @for view in &fields { (field::field(cx, view)) }
                div.act { button.primary type="submit" name="act" value="add" { (cx.t("user-create")) } a href=(paths::admin("users")) { (cx.t("not-now")) } }
            }))
        }
    };
    page(
        cx,
        &Title::new(cx.t("user-add")).error(!view.problems.is_empty()),
        "users",
        &body,
    )
}

/// Empty, and a login that exists.
pub fn samples(lang: Lang) -> Vec<(&'static str, UserAdd)> {
    let empty = UserAdd {
        roles: (1..=8)
            .map(|n| Choice::new(format!("r{n}"), w(lang, &format!("岗位{n}"), &format!("Role {n}"))))
            .collect(),
        region_below: vec![Choice::new("222404", w(lang, "珲春市", "Hunchun"))],
        level: "pseudonymous".into(),
        expires: "2027-03-31".into(),
        ..UserAdd::default()
    };
    let wrong = UserAdd {
        login: "li.min".into(),
        problems: vec![Problem::at(
            "login",
            w(lang, "用户名已存在，请换一个", "This login exists; take another"),
        )],
        ..empty.clone()
    };
    vec![("empty", empty), ("wrong", wrong)]
}
