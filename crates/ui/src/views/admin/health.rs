//! Health: whether the parts of the system do what they should, each with what to do when they do not.

use super::page;
use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        mark::{Meaning, mark},
        table,
    },
    shell::Title,
};
use lianfang_kernel::Lang;
use maud::html;

/// One part checked.
#[derive(Clone, Debug, Default)]
pub struct Check {
    /// What was checked.
    pub what: String,
    /// How it stands: done, late (broken) or unknown.
    pub meaning: Meaning,
    /// The measured value, in words.
    pub found: String,
    /// What to do, when it is not well.
    pub hint: String,
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct Health {
    /// The checks.
    pub checks: Vec<Check>,
}

/// The whole page.
pub fn render(view: &Health, cx: &Ctx) -> Markup {
    let word = |meaning: Meaning| match meaning {
        Meaning::Done => cx.t("health-well"),
        Meaning::Late => cx.t("health-broken"),
        Meaning::Due => cx.t("health-soon"),
        Meaning::Unknown => cx.t("state-unknown"),
    };
    let body = html! {
        div.head { h1 { (cx.t("admin-health")) } }
        @if view.checks.is_empty() { (table::empty(&cx.t("health-none"), &cx.t("health-none-how"))) }
        @else {
            (table::scroll(&cx.t("admin-health"), &html! {
                table {
                    thead { tr { th scope="col" { (cx.t("health-part")) } th scope="col" { (cx.t("state")) } th scope="col" { (cx.t("health-found")) } th scope="col" { (cx.t("health-do")) } } }
                    tbody {
                        @for check in &view.checks {
                            tr data-item { th scope="row" { (check.what) } td { (mark(check.meaning, &word(check.meaning))) } td { (check.found) } td { (check.hint) } }
                        }
                    }
                }
            }))
        }
    };
    page(cx, &Title::new(cx.t("admin-health")), "health", &body)
}

/// Well, and with faults.
pub fn samples(lang: Lang) -> Vec<(&'static str, Health)> {
    let check = |zh: &str, en: &str, meaning: Meaning, found: (&str, &str), hint: (&str, &str)| Check {
        what: w(lang, zh, en),
        meaning,
        found: w(lang, found.0, found.1),
        hint: w(lang, hint.0, hint.1),
    };
    let checks = vec![
        check(
            "数据库写入",
            "Database writes",
            Meaning::Done,
            ("最近一次提交 3 毫秒", "last commit 3 ms"),
            ("", ""),
        ),
        check(
            "备份",
            "Backup",
            Meaning::Late,
            ("最近一次在3天前", "last one three days ago"),
            (
                "请运行 lianfang backup，并检查定时任务",
                "Run lianfang backup and look at its schedule",
            ),
        ),
        check(
            "主密钥文件权限",
            "Permissions of the master key",
            Meaning::Due,
            ("同组用户可读", "readable by the group"),
            ("执行 chmod 600", "Run chmod 600 on it"),
        ),
        check(
            "短信网关",
            "SMS gateway",
            Meaning::Unknown,
            ("未配置", "not set up"),
            ("在配置文件中填写 sms.url", "Set sms.url in the configuration"),
        ),
    ];
    vec![("faults", Health { checks }), ("empty", Health::default())]
}
