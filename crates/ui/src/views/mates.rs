//! Who may live with somebody: people who share what households share. A person confirms, and then it is written.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        form::{self, Problem},
        likely::{self, LikelyFile},
        table,
    },
    paths,
    shell::{self, Nav, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// Somebody who may live there too.
#[derive(Clone, Debug, Default)]
pub struct Mate {
    /// The file. What speaks for one person or against it is no matter here.
    pub file: LikelyFile,
    /// Field by field how the two look beside each other.
    pub compared: Vec<String>,
    /// The household that this person belongs to: what it is called, and its file.
    pub household: Option<(String, String)>,
    /// Both are of one household already.
    pub is_together: bool,
    /// One of the two can be taken into the household of the other.
    pub can_take: bool,
}

/// The page. Posts `mate`.
#[derive(Clone, Debug, Default)]
pub struct Mates {
    /// Whose file it is.
    pub id: String,
    /// What that person is called.
    pub name: String,
    /// The household that this person belongs to.
    pub household: Option<(String, String)>,
    /// Who may live there too.
    pub mates: Vec<Mate>,
    /// Why nobody was looked for.
    pub not_asked: Option<String>,
    /// What was just written: a sentence, and the entry by which it is taken back.
    pub done: Option<(String, String)>,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &Mates, cx: &Ctx) -> Markup {
    let body = html! {
        (form::summary(cx, &view.problems))
        div.head { h1 { (cx.t("mates")) } a href=(paths::subject(&view.id)) { (view.name) } }
        @if let Some((words, entry)) = &view.done {
            p.notice role="status" { (words) " " a href=(paths::entry(entry)) { (cx.t("duplicates-undo")) } }
        }
        p.help { (cx.t("mates-help")) }
        @if let Some((name, href)) = &view.household { p { (cx.t("mates-own")) a href=(href) { (name) } } }
        @match (&view.not_asked, view.mates.is_empty()) {
            (Some(words), _) => p.notice { (words) },
            (None, true) => (table::empty(&cx.t("mates-none"), &cx.t("mates-none-how"))),
            (None, false) => ul.plain { @for mate in &view.mates { (one(cx, view, mate)) } },
        }
    };
    shell::staff(
        cx,
        &Title::new(cx.t("mates")).error(!view.problems.is_empty()),
        Nav::Files,
        &body,
    )
}

fn one(cx: &Ctx, view: &Mates, mate: &Mate) -> Markup {
    html! {
        li data-item {
            p {
                a href=(paths::subject(&mate.file.id)) data-open { (mate.file.label) } " " (likely::reasons(cx, &mate.file))
                br; (mate.compared.join(cx.t("list-comma").as_ref()))
                @if let Some((name, href)) = &mate.household { br; (cx.t("mates-theirs")) a href=(href) { (name) } }
            }
            @if mate.is_together { p.quiet { (cx.t("mates-together")) } }
            @else if mate.can_take && cx.can_write() {
                (form::one_button(cx, &paths::mates(&view.id), &cx.t("mates-take"), "", &[("mate", mate.file.id.as_str())]))
            }
            @else if mate.household.is_none() && view.household.is_none() { p.quiet { (cx.t("mates-no-household")) } }
            @else if mate.household.is_some() && view.household.is_some() { p.quiet { (cx.t("mates-two-households")) } }
        }
    }
}

/// Three people: one to be taken in, one there already, one of another household; nobody; no household; not asked.
pub fn samples(lang: Lang) -> Vec<(&'static str, Mates)> {
    let home = |id: &str| Some((format!("#{id}"), paths::subject(id)));
    let file = |id: &str, zh: &str, en: &str| LikelyFile {
        id: id.into(),
        label: w(lang, zh, en),
        region: w(lang, "新安街道滨河社区", "Xin'an street, Binhe"),
        ..LikelyFile::default()
    };
    let mate = |id: &str, zh: &str, en: &str, household: Option<(String, String)>| Mate {
        file: file(id, zh, en),
        compared: vec![
            w(lang, "住址同户室", "address: same room of the same building"),
            w(lang, "电话相同（几人共用）", "telephone: same, shared by a few"),
            w(lang, "姓名不同", "name: different"),
        ],
        is_together: household == home("0a1b2c"),
        can_take: household.is_none(),
        household,
    };
    let some = Mates {
        id: "s1".into(),
        name: w(lang, "王**", "Wang **"),
        household: home("0a1b2c"),
        mates: vec![
            mate("s2", "李**", "Li **", None),
            mate("s3", "王*", "Wang *", home("0a1b2c")),
            mate("s4", "赵**", "Zhao **", home("9f8e7d")),
        ],
        ..Mates::default()
    };
    let no_household = Mates {
        household: None,
        mates: vec![Mate {
            can_take: false,
            ..mate("s2", "李**", "Li **", None)
        }],
        ..some.clone()
    };
    let none = Mates {
        mates: Vec::new(),
        done: Some((w(lang, "已登记为同户。", "Entered as one household."), "e1".into())),
        ..some.clone()
    };
    let off = Mates {
        mates: Vec::new(),
        not_asked: Some(w(
            lang,
            "人员比对索引正在建立，请几分钟后再试。",
            "The index of people is being built. Try again in a few minutes.",
        )),
        ..some.clone()
    };
    vec![
        ("some", some),
        ("no_household", no_household),
        ("none", none),
        ("off", off),
    ]
}
