//! Packs: what is active, since when, by whom; what waits for a second person. A file alone does nothing.

use super::page;
use crate::{
    Ctx, Markup, dates,
    gallery::w,
    part::{
        form,
        mark::{Meaning, mark},
        table,
    },
    paths,
    shell::Title,
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// Where a pack stands.
#[derive(Clone, Debug, Default)]
pub enum Activation {
    /// In force since, author and approver.
    Active {
        /// Since.
        since: DateTime,
        /// Author, approver.
        by: (String, String),
    },
    /// Prepared by somebody, waits for another.
    Waiting {
        /// Author.
        author: String,
        /// The reader may approve: has the right and is not the author.
        can_approve: bool,
    },
    /// On disk only.
    #[default]
    Inactive,
    /// Does not pass its check: file, line and hint.
    Faulty(Vec<String>),
}

/// One pack.
#[derive(Clone, Debug, Default)]
pub struct Pack {
    /// Identifier.
    pub id: String,
    /// Title.
    pub title: String,
    /// First digits of its digest.
    pub digest: String,
    /// What it holds: "6 registers, 3 protocols, 9 figures".
    pub holds: String,
    /// What a preview on the ledger said.
    pub preview: Vec<String>,
    /// Where it stands.
    pub activation: Activation,
}

/// The list. Acts post to `paths::admin("packs/ID/prepare")`, `approve`, `refuse`, with `digest`.
#[derive(Clone, Debug, Default)]
pub struct Packs {
    /// The packs.
    pub packs: Vec<Pack>,
}

/// The whole page.
pub fn render(view: &Packs, cx: &Ctx) -> Markup {
    let body = html! {
        div.head { h1 { (cx.t("admin-packs")) } p.quiet { (cx.t("packs-help")) } }
        @if view.packs.is_empty() { (table::empty(&cx.t("packs-none"), &cx.t("packs-none-how"))) }
        ul.lines {
            @for pack in &view.packs {
                li data-item {
                    p { strong { (pack.title) } " " code.quiet { (pack.id) " " (pack.digest) } }
                    p.quiet { (pack.holds) }
                    @for line in &pack.preview { p { (line) } }
                    (activation(cx, pack))
                }
            }
        }
    };
    page(cx, &Title::new(cx.t("admin-packs")), "packs", &body)
}

fn activation(cx: &Ctx, pack: &Pack) -> Markup {
    let act = |act: &str, key: &str, class: &str| {
        let word = cx.tf(key, &[("title", pack.title.as_str().into())]);
        form::one_button(
            cx,
            &paths::admin(&format!("packs/{}/{act}", pack.id)),
            &word,
            class,
            &[("digest", &pack.digest)],
        )
    };
    html! {
        @match &pack.activation {
            Activation::Active { since, by } => {
                p {
                    (mark(Meaning::Done, &cx.tf("pack-active", &[("since", dates::moment(cx.lang, *since).into())]))) " "
                    span.quiet { (cx.tf("pack-by", &[("author", by.0.as_str().into()), ("approver", by.1.as_str().into())])) }
                }
            },
            Activation::Waiting { author, can_approve } => {
                p { (mark(Meaning::Due, &cx.tf("pack-waiting", &[("author", author.as_str().into())]))) }
                @if cx.can_write() && *can_approve { div.act { (act("approve", "pack-approve", "")) (act("refuse", "pack-refuse", "plain")) } }
                @else { p.quiet { (cx.t("pack-other-person")) } }
            },
            Activation::Inactive => {
                p { (mark(Meaning::Unknown, &cx.t("pack-inactive"))) }
                @if cx.can_write() { (act("prepare", "pack-prepare", "")) }
            },
            Activation::Faulty(lines) => {
                p { (mark(Meaning::Late, &cx.t("pack-faulty"))) }
                @for line in lines { p { code { (line) } } }
            },
        }
    }
}

/// One in each state, and none.
pub fn samples(lang: Lang) -> Vec<(&'static str, Packs)> {
    let pack = |id: &str, zh: &str, en: &str, activation: Activation| Pack {
        id: id.into(),
        title: w(lang, zh, en),
        digest: "3f9a02c1".into(),
        holds: w(
            lang,
            "登记册6个、方案3个、指标9个",
            "6 registers, 3 protocols, 9 figures",
        ),
        preview: Vec::new(),
        activation,
    };
    let person = |zh: &str, en: &str| w(lang, zh, en);
    let mut waiting = pack(
        "arrivals",
        "来返人员",
        "Arrivals",
        Activation::Waiting {
            author: person("张立", "Zhang Li"),
            can_approve: true,
        },
    );
    waiting.preview = vec![w(
        lang,
        "启用后：1,204人的方案改为第3版，每天少206次上门。",
        "Once active: 1,204 people move to version 3, with 206 fewer visits a day.",
    )];
    let packs = vec![
        waiting,
        pack(
            "schools",
            "学校晨检",
            "Schools",
            Activation::Active {
                since: datetime(2026, 11, 1, 0, 0, 0, 0),
                by: (person("张立", "Zhang Li"), person("李敏", "Li Min")),
            },
        ),
        pack("markets", "市场检查", "Markets", Activation::Inactive),
        pack(
            "supply",
            "物资",
            "Supplies",
            Activation::Faulty(vec![
                "supply/stock.toml:14: unknown key `retension`, did you mean `retention`?".into(),
            ]),
        ),
    ];
    vec![("some", Packs { packs }), ("empty", Packs::default())]
}
