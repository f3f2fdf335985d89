//! The document desk: what came from above, who is to carry it out, who has acknowledged it and what became of it; and what
//! waits for the reader's own unit, to be answered in place.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        clock::{Clock, clock},
        field::{FieldView, Kind, field},
        form::{self, Problem},
        mark::{self, Meaning, mark},
        table,
    },
    paths,
    shell::{self, Nav, Title},
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// How far one step of an addressee is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Step {
    /// Done then, and whether that was late.
    Done(DateTime, bool),
    /// Not done yet.
    Waiting(Clock),
    /// The reader does not see it.
    #[default]
    Unknown,
}

impl Step {
    fn is_done(self) -> bool {
        matches!(self, Step::Done(..))
    }

    fn is_late(self) -> bool {
        matches!(self, Step::Waiting(clock) if clock.is_late())
    }
}

/// One unit that a document went to.
#[derive(Clone, Debug, Default)]
pub struct Addressee {
    /// Its name.
    pub unit: String,
    /// What it is to do.
    pub what: String,
    /// Whether it has acknowledged.
    pub receipt: Step,
    /// Whether it has said what became of it.
    pub outcome: Step,
    /// What it said: the entry and its words.
    pub answer: Option<(String, String)>,
}

/// A document that came in.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// Its entry.
    pub entry: String,
    /// Its number.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Who sent it.
    pub sender: String,
    /// Public or internal.
    pub openness: String,
    /// When it came.
    pub at: DateTime,
    /// Whom it went to.
    pub addressees: Vec<Addressee>,
}

impl Document {
    /// Every receipt and every outcome is there.
    pub fn is_closed(&self) -> bool {
        let mut steps = self.addressees.iter().flat_map(|one| [one.receipt, one.outcome]);
        !self.addressees.is_empty() && steps.all(Step::is_done)
    }

    /// Something of it should have been done by now.
    pub fn is_late(&self) -> bool {
        let mut steps = self.addressees.iter().flat_map(|one| [one.receipt, one.outcome]);
        steps.any(Step::is_late)
    }

    fn missing(&self) -> Vec<&str> {
        let missing = self
            .addressees
            .iter()
            .filter(|one| matches!(one.receipt, Step::Waiting(_)));
        missing.map(|one| one.unit.as_str()).collect()
    }
}

/// A document that waits for the reader's unit.
#[derive(Clone, Debug, Default)]
pub struct Own {
    /// Subject.
    pub id: String,
    /// Number and title.
    pub title: String,
    /// Who sent it.
    pub sender: String,
    /// What the unit is to do.
    pub what: String,
    /// Whether it has acknowledged.
    pub receipt: Step,
    /// Until when it is to be carried out.
    pub outcome: Step,
    /// Identifier of the entry to be: sent twice, it is one.
    pub entry: String,
    /// What was typed.
    pub typed: String,
    /// Why it was refused.
    pub problem: Option<String>,
}

/// Which documents stand on the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// Those that are not closed.
    #[default]
    Open,
    /// Those with something late.
    Late,
    /// All of them.
    All,
}

impl Shown {
    /// Every one, in the order of the page.
    pub const EACH: [Shown; 3] = [Shown::Open, Shown::Late, Shown::All];

    /// Its name in an address.
    pub fn id(self) -> &'static str {
        match self {
            Shown::Open => "open",
            Shown::Late => "late",
            Shown::All => "all",
        }
    }

    /// Whether a document is one of them.
    pub fn takes(self, document: &Document) -> bool {
        match self {
            Shown::Open => !document.is_closed(),
            Shown::Late => document.is_late(),
            Shown::All => true,
        }
    }
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct Documents {
    /// What the reader's own unit has to answer; none for who answers for no unit.
    pub own: Option<Vec<Own>>,
    /// The documents, newest first; none for who reads only their own.
    pub documents: Option<Vec<Document>>,
    /// Which of them are shown.
    pub shown: Shown,
    /// Registers documents.
    pub registers: bool,
    /// Something was just done: its words.
    pub told: Option<String>,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &Documents, cx: &Ctx) -> Markup {
    let body = html! {
        (form::summary(cx, &view.problems))
        div.head {
            h1 { (cx.t("documents-title")) }
            @if view.registers && cx.can_write() { a.button.primary href=(paths::DOCUMENT_NEW) { (cx.t("documents-new")) } }
        }
        @if let Some(told) = &view.told { p.notice role="status" { (mark(Meaning::Done, told)) } }
        @if let Some(own) = &view.own { (waiting(cx, own)) }
        @if let Some(documents) = &view.documents { (listed(cx, view.shown, documents)) }
    };
    let has_error = !view.problems.is_empty();
    shell::staff(
        cx,
        &Title::new(cx.t("documents-title")).error(has_error),
        Nav::Today,
        &body,
    )
}

fn waiting(cx: &Ctx, own: &[Own]) -> Markup {
    html! {
        section {
            h2 { (cx.t("documents-own")) }
            @if own.is_empty() { (table::empty(&cx.t("documents-own-none"), &cx.t("documents-own-how"))) }
            ul.plain-list {
                @for one in own {
                    li.desk-card data-item {
                        h3 { (one.title) }
                        p { (one.what) }
                        p.quiet { (cx.tf("documents-from", &[("sender", one.sender.as_str().into())])) }
                        div.desk-steps { (step(cx, "receipt", one.receipt)) (step(cx, "outcome", one.outcome)) }
                        @if let Some(problem) = &one.problem { p.error #{ "f-" (one.id) } tabindex="-1" { (problem) } }
                        @if cx.can_write() { (answer(cx, one)) }
                    }
                }
            }
        }
    }
}

/// Acknowledged first; what became of it can be said at once.
fn answer(cx: &Ctx, one: &Own) -> Markup {
    let hidden = [("document", one.id.as_str()), ("entry", one.entry.as_str())];
    if !one.receipt.is_done() {
        return form::one_button(cx, &act("receipt"), &cx.t("documents-acknowledge"), "primary", &hidden);
    }
    let mut outcome = FieldView::new("outcome", Kind::Text, cx.t("documents-outcome")).value(&one.typed);
    // Several documents stand on the page: the name that is sent is set by hand.
    outcome.id = format!("outcome-{}", one.id);
    let body = html! {
        input type="hidden" name="document" value=(one.id);
        input type="hidden" name="entry" value=(one.entry);
        (field(cx, &outcome))
        button type="submit" { (cx.t("documents-report")) }
    };
    form::post(cx, &act("outcome"), None, &body)
}

fn act(part: &str) -> String {
    format!("{}/{part}", paths::DOCUMENTS)
}

fn listed(cx: &Ctx, shown: Shown, documents: &[Document]) -> Markup {
    let count = |kind: Shown| documents.iter().filter(|document| kind.takes(document)).count();
    html! {
        section {
            h2 { (cx.t("documents-all")) }
            nav aria-label=(cx.t("documents-which")) {
                ul.subnav {
                    @for kind in Shown::EACH {
                        li { a href=(cx.kept(&format!("{}?show={}", paths::DOCUMENTS, kind.id()))) aria-current=[(kind == shown).then_some("true")] {
                            (cx.t(&format!("documents-show-{}", kind.id()))) " " (count(kind))
                        } }
                    }
                }
            }
            @if count(shown) == 0 { (table::empty(&cx.t("documents-none"), &cx.t("documents-none-how"))) }
            @for document in documents.iter().filter(|document| shown.takes(document)) { (one(cx, document)) }
        }
    }
}

fn one(cx: &Ctx, document: &Document) -> Markup {
    let missing = document.missing();
    let (meaning, state) = match (document.is_closed(), document.is_late()) {
        (true, _) => (Meaning::Done, "documents-closed"),
        (false, true) => (Meaning::Late, "documents-late"),
        (false, false) => (Meaning::Due, "documents-open"),
    };
    html! {
        article.desk-card data-item {
            h3 { a href=(paths::entry(&document.entry)) data-open { (document.number) } " " (document.title) }
            p {
                (mark(meaning, &cx.t(state))) " "
                (cx.tf("documents-from", &[("sender", document.sender.as_str().into())])) " · "
                (cx.tf("documents-came", &[("at", cx.near(document.at).into())])) " " (mark::tag(&document.openness))
            }
            @if !missing.is_empty() {
                p { strong { (cx.tf("documents-missing", &[("n", missing.len().into())])) } " " (missing.join(&cx.t("list-comma"))) }
            }
            ul.plain-list {
                @for one in &document.addressees {
                    li.desk-row {
                        div { strong { (one.unit) } br; (one.what) }
                        (step(cx, "receipt", one.receipt))
                        div {
                            (step(cx, "outcome", one.outcome))
                            @if let Some((entry, words)) = &one.answer { p { a href=(paths::entry(entry)) { (words) } } }
                        }
                    }
                }
            }
        }
    }
}

/// Receipt or outcome, with its own word for every state.
fn step(cx: &Ctx, kind: &str, step: Step) -> Markup {
    let word = |state: &str| cx.t(&format!("documents-{kind}-{state}"));
    html! {
        div.desk-step {
            @match step {
                Step::Done(at, is_late) => {
                    (mark(Meaning::Done, &word("done"))) " " span.quiet { (cx.near(at)) @if is_late { " " (cx.t("documents-was-late")) } }
                },
                Step::Waiting(left) => { span { (word("open")) } " " (clock(cx, left)) },
                Step::Unknown => (mark(Meaning::Unknown, &word("unknown"))),
            }
        }
    }
}

fn late(hour: i8, minutes: i64) -> Step {
    Step::Waiting(Clock {
        due: datetime(2026, 11, 21, hour, 0, 0, 0),
        minutes,
    })
}

fn sample(lang: Lang) -> Document {
    let at = datetime(2026, 11, 20, 16, 5, 0, 0);
    let unit = |zh: &str, en: &str, receipt: Step, outcome: Step| Addressee {
        unit: w(lang, zh, en),
        what: w(
            lang,
            "更新集中隔离点台账",
            "Bring the list of isolation sites up to date",
        ),
        receipt,
        outcome,
        answer: None,
    };
    let mut done = unit(
        "市卫生健康局",
        "Health bureau",
        Step::Done(at, false),
        Step::Done(at, true),
    );
    done.answer = Some(("e9".into(), w(lang, "三处隔离点已复核", "Three sites were checked")));
    Document {
        entry: "e1".into(),
        number: "吉防指〔2026〕41号".into(),
        title: w(
            lang,
            "关于规范集中隔离点管理的通知",
            "Notice on the running of isolation sites",
        ),
        sender: w(lang, "省防控指挥部", "Command office of the province"),
        openness: w(lang, "内部", "Internal"),
        at,
        addressees: vec![
            done,
            unit(
                "市公安局",
                "Public security bureau",
                Step::Done(at, false),
                late(18, 570),
            ),
            unit("市交通运输局", "Transport bureau", late(8, -30), late(18, 570)),
        ],
    }
}

/// The desk with a late unit, a unit that has to answer, a refusal, and nothing.
pub fn samples(lang: Lang) -> Vec<(&'static str, Documents)> {
    let own = Own {
        id: "d1".into(),
        title: w(
            lang,
            "吉防指〔2026〕41号 关于规范集中隔离点管理的通知",
            "JFZ (2026) 41: Notice on the running of isolation sites",
        ),
        sender: w(lang, "省防控指挥部", "Command office of the province"),
        what: w(
            lang,
            "更新集中隔离点台账",
            "Bring the list of isolation sites up to date",
        ),
        receipt: late(8, -30),
        outcome: late(18, 570),
        entry: "n1".into(),
        ..Own::default()
    };
    let read = Own {
        id: "d2".into(),
        entry: "n2".into(),
        receipt: Step::Done(datetime(2026, 11, 20, 16, 5, 0, 0), false),
        ..own.clone()
    };
    let refused = w(lang, "请填写办理结果", "Say what became of it");
    let wrong = Own {
        problem: Some(refused.clone()),
        ..read.clone()
    };
    let desk = Documents {
        documents: Some(vec![sample(lang)]),
        registers: true,
        told: Some(w(lang, "已分办给3家单位", "Dispatched to 3 units")),
        ..Documents::default()
    };
    let unit = Documents {
        own: Some(vec![own.clone(), read]),
        ..Documents::default()
    };
    let mended = Documents {
        own: Some(vec![own, wrong]),
        problems: vec![Problem::at("d2", refused)],
        ..Documents::default()
    };
    let nothing = Documents {
        own: Some(Vec::new()),
        documents: Some(Vec::new()),
        registers: true,
        ..Documents::default()
    };
    vec![("desk", desk), ("unit", unit), ("refused", mended), ("empty", nothing)]
}
