//! Retention: what is due for destruction, the run that destroys it, and the certificates of past runs.

use super::page;
use crate::{
    Ctx, Markup, dates,
    gallery::w,
    part::{table, value},
    paths,
    shell::Title,
};
use jiff::civil::{Date, DateTime, date, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// What is due in one register.
#[derive(Clone, Debug, Default)]
pub struct Due {
    /// Register in words.
    pub register: String,
    /// Its retention in words.
    pub retention: String,
    /// Entries past it.
    pub entries: u64,
    /// Subjects concerned.
    pub subjects: u64,
}

/// A past run.
#[derive(Clone, Debug)]
pub struct Run {
    /// When.
    pub at: DateTime,
    /// By whom, approved by whom.
    pub by: String,
    /// Entries destroyed.
    pub entries: u64,
    /// The day on which the last backup key expires.
    pub backups_until: Date,
    /// Its certificate.
    pub certificate: String,
}

/// The page. Running leads through a confirmation at `paths::admin("retention/run")`.
#[derive(Clone, Debug, Default)]
pub struct Retention {
    /// What is due.
    pub due: Vec<Due>,
    /// Past runs.
    pub runs: Vec<Run>,
}

/// The whole page.
pub fn render(view: &Retention, cx: &Ctx) -> Markup {
    let total: u64 = view.due.iter().map(|due| due.entries).sum();
    let body = html! {
        div.head {
            h1 { (cx.t("admin-retention")) }
            @if total > 0 && cx.can_write() { a.button.primary href=(paths::admin("retention/run")) { (cx.tf("retention-run", &[("n", total.into())])) } }
        }
        p.quiet { (cx.t("retention-help")) }
        h2 { (cx.t("retention-due")) }
        @if view.due.is_empty() { (table::empty(&cx.t("retention-none"), &cx.t("retention-none-how"))) }
        @else {
            (table::scroll(&cx.t("retention-due"), &html! {
                table {
                    thead { tr {
                        th scope="col" { (cx.t("register")) } th scope="col" { (cx.t("retention-period")) }
                        th.num scope="col" { (cx.t("entries")) } th.num scope="col" { (cx.t("retention-people")) }
                    } }
                    tbody { @for due in &view.due { tr { th scope="row" { (due.register) } td { (due.retention) } td.num { (due.entries) } td.num { (due.subjects) } } } }
                }
            }))
        }
        h2 { (cx.t("retention-runs")) }
        @if view.runs.is_empty() { p { (cx.t("retention-no-runs")) } }
        @else {
            (table::scroll(&cx.t("retention-runs"), &html! {
                table {
                    thead { tr {
                        th scope="col" { (cx.t("at")) } th scope="col" { (cx.t("audit-who")) } th.num scope="col" { (cx.t("entries")) }
                        th scope="col" { (cx.t("retention-backups")) } th scope="col" { (cx.t("retention-certificate")) }
                    } }
                    tbody {
                        @for run in &view.runs {
                            tr {
                                td { (value::time(cx, run.at)) } td { (run.by) } td.num { (run.entries) }
                                td { (dates::day(cx.lang, run.backups_until)) } td { a href=(run.certificate) { (cx.t("open")) } }
                            }
                        }
                    }
                }
            }))
        }
    };
    page(cx, &Title::new(cx.t("admin-retention")), "retention", &body)
}

/// Something due, and nothing.
pub fn samples(lang: Lang) -> Vec<(&'static str, Retention)> {
    let due = Due {
        register: w(lang, "来返登记", "Arrivals"),
        retention: w(lang, "60天", "60 days"),
        entries: 7,
        subjects: 5,
    };
    let run = Run {
        at: datetime(2026, 11, 14, 3, 0, 0, 0),
        by: w(
            lang,
            "系统管理员，安全管理员批准",
            "system administrator, approved by the security administrator",
        ),
        entries: 1_204,
        backups_until: date(2026, 12, 14),
        certificate: "/admin/retention/r1".into(),
    };
    vec![
        (
            "due",
            Retention {
                due: vec![due],
                runs: vec![run],
            },
        ),
        ("none", Retention::default()),
    ]
}
