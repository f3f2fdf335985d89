//! For everybody: the registers that the city shows, and what is in force in one of them.

use crate::{
    Ctx, Markup, dates,
    gallery::w,
    part::{
        field::{FieldView, Kind, field},
        form::{self, Choice},
        mark::{Meaning, mark},
        table,
    },
    paths,
    shell::{self, Title},
};
use jiff::civil::{Date, date};
use lianfang_kernel::Lang;
use maud::html;

/// A register that is shown to everybody.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What it is for.
    pub help: String,
}

/// One entry in force, as everybody reads it.
#[derive(Clone, Debug, Default)]
pub struct Notice {
    /// What it says first.
    pub head: String,
    /// The rest: label and value.
    pub rest: Vec<(String, String)>,
    /// Where it applies, and of what it speaks.
    pub place: String,
    /// Since when.
    pub since: Date,
    /// The last day, if that is known.
    pub until: Option<Date>,
    /// The order it rests on.
    pub order: String,
}

/// One register, asked about.
#[derive(Clone, Debug, Default)]
pub struct Opened {
    /// The register.
    pub shelf: Shelf,
    /// Words looked for.
    pub q: String,
    /// Steps to the place asked about.
    pub steps: Vec<Choice>,
    /// What lies below it.
    pub below: Vec<Choice>,
    /// Kinds of premises that may be asked about; empty where the register knows none.
    pub types: Vec<Choice>,
    /// The kind asked about.
    pub type_asked: String,
    /// Of a kind that nothing in force is about: the place, and the kind.
    pub not_covered: Option<(String, String)>,
    /// What was found, the newest first.
    pub notices: Vec<Notice>,
    /// The address of what follows.
    pub next: Option<String>,
}

/// The page: all registers, or one.
#[derive(Clone, Debug)]
pub enum Published {
    /// All of them, each with how many of its entries are in force in the city.
    All(Vec<(Shelf, u64)>),
    /// One.
    One(Box<Opened>),
}

/// The whole page.
pub fn render(view: &Published, cx: &Ctx) -> Markup {
    match view {
        Published::All(shelves) => all(shelves, cx),
        Published::One(opened) => one(opened, cx),
    }
}

fn all(shelves: &[(Shelf, u64)], cx: &Ctx) -> Markup {
    let body = html! {
        (shell::back_link(cx, paths::HOME))
        h1 { (cx.t("published-title")) }
        p { (cx.t("published-help")) }
        @if shelves.is_empty() { (table::empty(&cx.t("published-none"), &cx.t("published-none-how"))) }
        ul.lines {
            @for (shelf, count) in shelves {
                li {
                    p { a href=(cx.kept(&paths::published(&shelf.id))) { strong { (shelf.title) } } " " span.quiet { (cx.tf("published-count", &[("n", (*count).into())])) } }
                    @if !shelf.help.is_empty() { p.quiet { (shelf.help) } }
                }
            }
        }
    };
    shell::public(cx, &Title::new(cx.t("published-title")), &body)
}

fn one(view: &Opened, cx: &Ctx) -> Markup {
    let address = paths::published(&view.shelf.id);
    let body = html! {
        (shell::back_link(cx, &cx.kept(paths::PUBLISHED)))
        h1 { (view.shelf.title) }
        @if !view.shelf.help.is_empty() { p { (view.shelf.help) } }
        form.risk-form.no-print method="get" action=(address) novalidate {
            (form::default_button("show", "1"))
            @if let Some(at) = cx.as_of { input type="hidden" name="as_of" value=(dates::machine(at)); }
            @for view in &asked(view, cx) { (field(cx, view)) }
            div.act { button.primary type="submit" name="show" value="1" { (cx.t("published-ask")) } }
        }
        section aria-live="polite" {
            @if let Some((place, kind)) = &view.not_covered {
                p { (mark(Meaning::Done, &cx.tf("published-not-covered", &[("place", place.as_str().into()), ("type", kind.as_str().into())]))) }
            } @else if view.notices.is_empty() {
                (table::empty(&cx.t("published-nothing"), &cx.t("published-nothing-how")))
            }
            ul.lines { @for notice in &view.notices { li { (told(cx, notice)) } } }
            @if let Some(next) = &view.next { p.no-print { a href=(next) rel="next" { (cx.t("published-more")) } } }
        }
        p.quiet { (cx.tf("published-as-of", &[("at", dates::moment(cx.lang, cx.speaks_of()).into())])) }
    };
    shell::public(cx, &Title::new(view.shelf.title.clone()), &body)
}

fn asked(view: &Opened, cx: &Ctx) -> Vec<FieldView> {
    let mut fields = Vec::new();
    if !view.types.is_empty() {
        let mut types = vec![Choice::new("", cx.t("published-any-type"))];
        types.extend(view.types.iter().cloned());
        let kind = FieldView::new("type", Kind::Code, cx.t("published-type")).optional();
        fields.push(kind.options(types).value(&view.type_asked));
    }
    let mut place = FieldView::new("region", Kind::Region, cx.t("published-place")).optional();
    place = place.help(cx.t("published-place-help"));
    place.steps.clone_from(&view.steps);
    place.options.clone_from(&view.below);
    fields.push(place);
    let word = FieldView::new("q", Kind::Text, cx.t("published-word")).optional();
    fields.push(word.help(cx.t("published-word-help")).value(&view.q));
    fields
}

fn told(cx: &Ctx, notice: &Notice) -> Markup {
    html! {
        p { strong { (notice.head) } }
        @if !notice.rest.is_empty() {
            dl.pairs { @for (label, value) in &notice.rest { div { dt { (label) } dd { (value) } } } }
        }
        p.quiet {
            (notice.place) " · " (cx.period(notice.since, notice.until))
            @if !notice.order.is_empty() { " · " (notice.order) }
        }
    }
}

/// All registers, none of them, one with two entries, a kind that nothing is about, and nothing found.
pub fn samples(lang: Lang) -> Vec<(&'static str, Published)> {
    let shelf = |id: &str, title: (&str, &str), help: (&str, &str)| Shelf {
        id: id.into(),
        title: w(lang, title.0, title.1),
        help: w(lang, help.0, help.1),
    };
    let closures = shelf(
        "closure",
        ("关停", "Closures"),
        ("依命令关停的场所类型", "Kinds of premises that an order closes"),
    );
    let clinics = shelf("fever_clinic", ("发热门诊", "Fever clinics"), ("", ""));
    let notice = |head: (&str, &str), until| Notice {
        head: w(lang, head.0, head.1),
        rest: vec![(w(lang, "限制内容", "Effect"), w(lang, "暂停营业", "Closed"))],
        place: w(lang, "珲春市", "Hunchun"),
        since: date(2026, 11, 3),
        until,
        order: w(lang, "第12号 关于暂停营业的通告", "No. 12, notice on closures"),
    };
    let opened = Opened {
        shelf: closures.clone(),
        steps: vec![Choice::new("222404", w(lang, "珲春市", "Hunchun"))],
        below: vec![Choice::new("222404001", w(lang, "新安街道", "Xin'an"))],
        types: vec![
            Choice::new("ktv", w(lang, "歌舞娱乐场所", "Karaoke bars")),
            Choice::new("bath", w(lang, "浴池", "Bath houses")),
        ],
        notices: vec![
            notice(("歌舞娱乐场所、网吧", "Karaoke bars, internet cafés"), None),
            notice(("棋牌室", "Card rooms"), Some(date(2026, 12, 1))),
        ],
        next: Some(format!("{}?after=1", paths::published("closure"))),
        ..Opened::default()
    };
    let bath = w(lang, "浴池", "Bath houses");
    let free = Opened {
        type_asked: "bath".into(),
        not_covered: Some((w(lang, "珲春市", "Hunchun"), bath)),
        notices: Vec::new(),
        next: None,
        ..opened.clone()
    };
    let nothing = Opened {
        q: w(lang, "口罩", "masks"),
        not_covered: None,
        type_asked: String::new(),
        ..free.clone()
    };
    let one = |opened: Opened| Published::One(Box::new(opened));
    vec![
        ("all", Published::All(vec![(closures, 2), (clinics, 13)])),
        ("none", Published::All(Vec::new())),
        ("one", one(opened)),
        ("free", one(free)),
        ("nothing", one(nothing)),
    ]
}
