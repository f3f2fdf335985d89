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

/// The form. Posts `login`, `role`, `org`, `person`, `expires` to `paths::admin("users/new")`.
#[derive(Clone, Debug, Default)]
pub struct UserAdd {
    /// Login as typed.
    pub login: String,
    /// Role chosen.
    pub role: String,
    /// Organisation chosen.
    pub org: String,
    /// Whose it is, by the id of their file.
    pub person: String,
    /// Last day.
    pub expires: String,
    /// Roles to choose from.
    pub roles: Vec<Choice>,
    /// Organisations to choose from.
    pub orgs: Vec<Choice>,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &UserAdd, cx: &Ctx) -> Markup {
    let fields = vec![
        FieldView::new("login", Kind::Text, cx.t("login"))
            .help(cx.t("user-login-help"))
            .value(view.login.clone()),
        FieldView::new("role", Kind::Code, cx.t("role"))
            .options(view.roles.clone())
            .value(view.role.clone()),
        FieldView::new("org", Kind::Code, cx.t("coverage-unit"))
            .help(cx.t("user-org-help"))
            .options(view.orgs.clone())
            .value(view.org.clone())
            .optional(),
        FieldView::new("person", Kind::Text, cx.t("user-person"))
            .help(cx.t("user-person-help"))
            .value(view.person.clone())
            .optional(),
        FieldView::new("expires", Kind::Date, cx.t("user-expires"))
            .help(cx.t("user-expires-help"))
            .value(view.expires.clone())
            .optional(),
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
        orgs: vec![Choice::new("o1", w(lang, "滨河社区", "Binhe community"))],
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
