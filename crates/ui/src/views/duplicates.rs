//! Two files side by side: one person or two? One pair at a time, by keyboard: 1 the same, 2 not, 3 later.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        form::{self, Problem},
        table,
    },
    paths,
    shell::{self, Nav, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// One of the two files, masked.
#[derive(Clone, Debug, Default)]
pub struct Side {
    /// Its id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Document.
    pub document: String,
    /// Telephone.
    pub phone: String,
    /// Where the person stays.
    pub region: String,
    /// Since when there is a file.
    pub since: String,
    /// How many entries stand in it.
    pub entries: usize,
    /// What it is enrolled in.
    pub enrolled: Vec<String>,
}

/// How one field of one looks beside that of the other.
#[derive(Clone, Debug, Default)]
pub struct Reason {
    /// The field.
    pub field: String,
    /// In words.
    pub level: String,
    /// Bits, positive for one person.
    pub bits: f64,
}

/// A pair to be decided.
#[derive(Clone, Debug, Default)]
pub struct Pair {
    /// The proposal.
    pub entry: String,
    /// The file that would join the other.
    pub from: Side,
    /// The file that is kept.
    pub into: Side,
    /// Match weight in bits.
    pub weight: f64,
    /// Field by field.
    pub why: Vec<Reason>,
    /// Two people must agree, and nobody else has said so yet.
    pub needs_second: bool,
    /// The reader has said so, and somebody else must sign.
    pub said_by_reader: bool,
}

/// How far a search is.
#[derive(Clone, Debug)]
pub enum Searched {
    /// People are compared with each other.
    Comparing,
    /// So many pairs are proposed, of so many.
    Proposing(usize, usize),
    /// What it found, in a sentence.
    Done(String),
}

/// The page. Posts `entry` and `act` = `same` or `apart`; `n` says how many were put off.
#[derive(Clone, Debug, Default)]
pub struct Duplicates {
    /// The pair; none when nothing waits.
    pub pair: Option<Pair>,
    /// How many wait in all.
    pub waiting: usize,
    /// How many of them were put off.
    pub nth: usize,
    /// What was just decided: a sentence, and the entry by which it is taken back.
    pub done: Option<(String, String)>,
    /// The reader may look for duplicates.
    pub may_search: bool,
    /// A search on its way, or what it found.
    pub searched: Option<Searched>,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &Duplicates, cx: &Ctx) -> Markup {
    let body = html! {
        (form::summary(cx, &view.problems))
        div.head {
            h1 { (cx.t("duplicates")) }
            p.quiet { (cx.tf("duplicates-count", &[("n", view.waiting.into())])) }
        }
        @if let Some((words, entry)) = &view.done {
            p.notice role="status" { (words) " " a href=(paths::entry(entry)) { (cx.t("duplicates-undo")) } }
        }
        @if let Some(searched) = &view.searched { (how_far(cx, searched)) }
        @match &view.pair {
            Some(pair) => (one(cx, view, pair)),
            None => (table::empty(&cx.t("duplicates-none"), &cx.t("duplicates-none-how"))),
        }
        @if view.may_search && cx.can_write() && view.searched.as_ref().is_none_or(|searched| matches!(searched, Searched::Done(_))) {
            (form::one_button(cx, &paths::duplicates_search(), &cx.t("duplicates-search"), "", &[]))
            p.help { (cx.t("duplicates-search-help")) }
        }
    };
    shell::staff(
        cx,
        &Title::new(cx.t("duplicates")).error(!view.problems.is_empty()),
        Nav::Files,
        &body,
    )
}

/// A search goes on without the page; the link shows how far it is by then.
fn how_far(cx: &Ctx, searched: &Searched) -> Markup {
    let again = format!("{}?searched=1", paths::DUPLICATES);
    html! {
        div.notice role="status" {
            @match searched {
                Searched::Done(words) => (words),
                Searched::Comparing => { (cx.t("duplicates-comparing")) " " progress aria-label=(cx.t("duplicates-search")) {} },
                Searched::Proposing(done, of) => {
                    (cx.tf("duplicates-proposing", &[("done", (*done).into()), ("of", (*of).into())])) " "
                    progress aria-label=(cx.t("duplicates-search")) value=(done) max=(of) {}
                },
            }
            @if !matches!(searched, Searched::Done(_)) { " " a href=(again) { (cx.t("duplicates-again")) } }
        }
    }
}

fn one(cx: &Ctx, view: &Duplicates, pair: &Pair) -> Markup {
    let later = format!("{}?n={}", paths::DUPLICATES, view.nth + 1);
    html! {
        section data-item tabindex="-1" autofocus aria-label=(cx.t("duplicates")) {
            p { (cx.tf("duplicates-weight", &[("w", format!("{:.1}", pair.weight).into())])) }
            (table::scroll(&cx.t("duplicates-pair"), &sides(cx, pair)))
            h2 { (cx.t("duplicates-why")) }
            (table::scroll(&cx.t("duplicates-why"), &reasons(cx, pair)))
            @if pair.needs_second { p.notice { (cx.t("duplicates-second")) } }
            @if pair.said_by_reader { p.notice { (cx.t("duplicates-said")) } }
            @if cx.can_write() {
                form method="post" action=(paths::DUPLICATES) {
                    input type="hidden" name="csrf" value=(cx.csrf);
                    input type="hidden" name="entry" value=(pair.entry);
                    input type="hidden" name="n" value=(view.nth);
                    div.act {
                        button.primary type="submit" name="act" value="same" data-quick disabled[pair.said_by_reader] {
                            @if pair.needs_second { (cx.t("duplicates-same-first")) } @else { (cx.t("duplicates-same")) }
                        }
                        button type="submit" name="act" value="apart" data-quick { (cx.t("duplicates-apart")) }
                        a href=(later) data-quick { (cx.t("duplicates-later")) }
                    }
                }
                p.help.only-script { (cx.t("duplicates-keys")) }
            }
        }
    }
}

fn sides(cx: &Ctx, pair: &Pair) -> Markup {
    let (from, into) = (&pair.from, &pair.into);
    let rows = [
        ("duplicates-name", from.name.clone(), into.name.clone()),
        ("duplicates-document", from.document.clone(), into.document.clone()),
        ("duplicates-phone", from.phone.clone(), into.phone.clone()),
        ("duplicates-region", from.region.clone(), into.region.clone()),
        ("duplicates-since", from.since.clone(), into.since.clone()),
        ("duplicates-entries", from.entries.to_string(), into.entries.to_string()),
        (
            "duplicates-enrolled",
            from.enrolled.join("；"),
            into.enrolled.join("；"),
        ),
    ];
    let shown = |text: &str| {
        if text.is_empty() {
            "—".to_owned()
        } else {
            text.to_owned()
        }
    };
    html! {
        table {
            thead { tr {
                th scope="col" { span.sr { (cx.t("duplicates-field")) } }
                th scope="col" { a href=(paths::subject(&from.id)) { (cx.t("duplicates-from")) } }
                th scope="col" { a href=(paths::subject(&into.id)) { (cx.t("duplicates-into")) } }
            } }
            tbody {
                @for (key, a, b) in &rows {
                    tr { th scope="row" { (cx.t(key)) } td { (shown(a)) } td { (shown(b)) } }
                }
            }
        }
    }
}

fn reasons(cx: &Ctx, pair: &Pair) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { (cx.t("duplicates-field")) } th scope="col" { (cx.t("duplicates-level")) }
                th.num scope="col" { (cx.t("duplicates-bits")) }
            } }
            tbody {
                @for one in &pair.why {
                    tr {
                        th scope="row" { (one.field) }
                        td { (one.level) " " span.quiet { @if one.bits >= 0.0 { (cx.t("duplicates-for")) } @else { (cx.t("duplicates-against")) } } }
                        td.num { (format!("{:+.1}", one.bits)) }
                    }
                }
            }
        }
    }
}

/// A pair, one that needs a second person, nothing, and something just done.
pub fn samples(lang: Lang) -> Vec<(&'static str, Duplicates)> {
    let pair = sample_pair(lang);
    let waiting = Duplicates {
        pair: Some(pair.clone()),
        waiting: 12,
        may_search: true,
        ..Duplicates::default()
    };
    let second = Pair {
        needs_second: true,
        ..pair.clone()
    };
    let said = Pair {
        said_by_reader: true,
        ..pair
    };
    let with = |pair: Pair| Duplicates {
        pair: Some(pair),
        waiting: 1,
        ..Duplicates::default()
    };
    let done = Duplicates {
        done: Some((w(lang, "两份档案已合并。", "The two files are one now."), "e2".into())),
        searched: Some(Searched::Done(w(
            lang,
            "比对412人，新提出3对。",
            "412 people compared, 3 pairs proposed.",
        ))),
        may_search: true,
        ..Duplicates::default()
    };
    let searching = Duplicates {
        searched: Some(Searched::Proposing(50, 212)),
        may_search: true,
        ..Duplicates::default()
    };
    let comparing = Duplicates {
        searched: Some(Searched::Comparing),
        may_search: true,
        ..Duplicates::default()
    };
    vec![
        ("pair", waiting),
        ("second", with(second)),
        ("said", with(said)),
        ("done", done),
        ("comparing", comparing),
        ("searching", searching),
        ("none", Duplicates::default()),
    ]
}

/// Two files that are likely of one person, and why.
fn sample_pair(lang: Lang) -> Pair {
    let side = |id: &str, document: &str, entries: usize| Side {
        id: id.into(),
        name: w(lang, "欧阳**", "Ouyang **"),
        document: document.into(),
        phone: "138****8000".into(),
        region: w(lang, "新安街道滨河社区", "Xin'an street, Binhe"),
        since: w(lang, "1月20日", "20 Jan"),
        entries,
        enrolled: vec![w(lang, "健康监测", "Health monitoring")],
    };
    let reason = |zh: &str, en: &str, level: (&str, &str), bits: f64| Reason {
        field: w(lang, zh, en),
        level: w(lang, level.0, level.1),
        bits,
    };
    Pair {
        entry: "e1".into(),
        from: side("s2", "", 2),
        into: side("s1", "2224**********1234", 9),
        weight: 7.4,
        why: vec![
            reason("姓名", "Name", ("相同（极罕见）", "same, one of a kind"), 13.9),
            reason(
                "电话",
                "Telephone",
                ("相同（仅此二人）", "same, held by these two only"),
                6.1,
            ),
            reason("住址", "Address", ("同社区", "same community"), -0.4),
        ],
        ..Pair::default()
    }
}
