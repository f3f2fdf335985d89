//! 一人一档: who (masked), what holds now, what is next, and the timeline, with every unmasking in view.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        form::{self, Problem},
        hold::{self, Hold},
        mark::{Assurance, EntryState, Meaning, assurance, entry_state, mark},
        table, unmask, value,
    },
    paths,
    shell::{self, Nav, Title},
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// What is expected next.
#[derive(Clone, Debug)]
pub struct Next {
    /// What.
    pub what: String,
    /// Of whom.
    pub owner: String,
    /// By when.
    pub due: DateTime,
    /// Where it stands.
    pub meaning: Meaning,
}

/// One entry of the timeline.
#[derive(Clone, Debug)]
pub struct Event {
    /// The entry.
    pub entry: String,
    /// When it happened.
    pub at: DateTime,
    /// Register, in words.
    pub register: String,
    /// What, in one line.
    pub what: String,
    /// By which post.
    pub by: String,
    /// What became of it.
    pub state: EntryState,
    /// How well it is known.
    pub assurance: Assurance,
}

/// One unmasking.
#[derive(Clone, Debug)]
pub struct Unmasking {
    /// When.
    pub at: DateTime,
    /// By which post.
    pub by: String,
    /// For which reason.
    pub reason: String,
}

/// A kind of event to filter by.
#[derive(Clone, Debug, Default)]
pub struct KindLink {
    /// In words.
    pub label: String,
    /// How many.
    pub count: u32,
    /// The file with this filter.
    pub href: String,
    /// In force.
    pub is_current: bool,
}

/// A household.
#[derive(Clone, Debug, Default)]
pub struct Household {
    /// What it is called and its file; none on its own file.
    pub name: Option<(String, String)>,
    /// Who lives there: name, and file unless it is this one.
    pub members: Vec<(String, Option<String>)>,
}

/// One role of a team.
#[derive(Clone, Debug, Default)]
pub struct Post {
    /// The role.
    pub role: String,
    /// Who holds it; none is missing.
    pub holder: Option<String>,
    /// How they are reached.
    pub rest: String,
}

/// The people named for somebody, each in a role.
#[derive(Clone, Debug, Default)]
pub struct Team {
    /// What the team is called.
    pub title: String,
    /// The register that names them.
    pub register: String,
    /// All roles, held or not.
    pub posts: Vec<Post>,
}

/// The file.
#[derive(Clone, Debug, Default)]
pub struct SubjectFile {
    /// Identifier.
    pub id: String,
    /// Name as the reader may see it.
    pub name: String,
    /// What is known: label and value, masked.
    pub who: Vec<(String, String)>,
    /// Clear values are shown, for this reader, until this moment.
    pub unmasked_until: Option<DateTime>,
    /// The reader may unmask with a reason.
    pub can_unmask: bool,
    /// Measures in force.
    pub holds: Vec<Hold>,
    /// Who lives together.
    pub household: Option<Household>,
    /// Who is named for this person.
    pub teams: Vec<Team>,
    /// What is next.
    pub next: Vec<Next>,
    /// Registers that may be written for this subject: identifier and title.
    pub can_record: Vec<(String, String)>,
    /// Other pages about the same subject: words and address.
    pub beside: Vec<(String, String)>,
    /// May hand out a code that binds the person's phone to this file.
    pub can_bind: bool,
    /// The code, shown once.
    pub code: Option<String>,
    /// Kinds of events.
    pub kinds: Vec<KindLink>,
    /// The timeline, newest first.
    pub events: Vec<Event>,
    /// Older events.
    pub older: Option<String>,
    /// Every unmasking.
    pub unmaskings: Vec<Unmasking>,
    /// What must be mended in the reason.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &SubjectFile, cx: &Ctx) -> Markup {
    let body = html! {
        (form::summary(cx, &view.problems))
        div.head {
            h1 { (view.name) }
            @for (title, href) in &view.beside { a href=(href) { (title) } }
            @if cx.can_write() {
                @for (id, title) in &view.can_record { a href={ (paths::register_new(id)) "?subject=" (view.id) } { (title) } }
            }
        }
        div.two {
            aside.aside.aside-right aria-label=(cx.t("file-who")) {
                h2 { (cx.t("file-who")) }
                (who(cx, view))
                (household(cx, view))
                @for team in &view.teams { (one_team(cx, team, view)) }
                (binding(cx, view))
                (unmaskings(cx, view))
            }
            div {
                h2 { (cx.t("file-holds")) }
                (hold::holds(cx, &view.holds))
                h2 { (cx.t("file-next")) }
                (next(cx, &view.next))
                h2 { (cx.t("file-timeline")) }
                (timeline(cx, view))
            }
        }
    };
    shell::staff(
        cx,
        &Title::new(view.name.clone()).error(!view.problems.is_empty()),
        Nav::Files,
        &body,
    )
}

fn next(cx: &Ctx, next: &[Next]) -> Markup {
    html! {
        @if next.is_empty() { p { (cx.t("file-next-none")) } }
        @else {
            ul.task-list {
                @for item in next {
                    li.task { div { (mark(item.meaning, &cx.near(item.due))) } div { (item.what) " " span.quiet { (item.owner) } } }
                }
            }
        }
    }
}

fn timeline(cx: &Ctx, view: &SubjectFile) -> Markup {
    html! {
        @if !view.kinds.is_empty() {
            nav aria-label=(cx.t("file-kinds")) {
                ul.subnav { @for kind in &view.kinds { li { a href=(kind.href) aria-current=[kind.is_current.then_some("true")] { (kind.label) " " span.quiet { (kind.count) } } } } }
            }
        }
        @if view.events.is_empty() { (table::empty(&cx.t("file-empty"), &cx.t("file-empty-how"))) }
        @else {
            ol.timeline {
                @for event in &view.events {
                    li data-item {
                        div.quiet { (value::time(cx, event.at)) }
                        div {
                            span.withdrawn[event.state == EntryState::Withdrawn] { a href=(paths::entry(&event.entry)) data-open { (event.register) } " " (event.what) }
                            " " (entry_state(cx, event.state)) " " (assurance(cx, event.assurance))
                            p.quiet { (event.by) }
                        }
                    }
                }
            }
        }
        @if let Some(href) = &view.older { p.pages { a href=(href) { (cx.t("file-older")) } } }
    }
}

fn who(cx: &Ctx, view: &SubjectFile) -> Markup {
    let rows: Vec<_> = view
        .who
        .iter()
        .map(|(label, value)| (label.clone(), html! { span.mask { (value) } }))
        .collect();
    html! {
        (value::pairs(&rows))
        @if let Some(at) = view.unmasked_until { p.quiet role="status" { (cx.tf("unmask-until", &[("at", cx.near(at).into())])) } }
        @else if view.can_unmask && cx.can_write() {
            (unmask::form(cx, &paths::unmask(&view.id), &view.problems))
        }
    }
}

fn household(cx: &Ctx, view: &SubjectFile) -> Markup {
    html! {
        @if let Some(household) = &view.household {
            h2 { (cx.t("file-household")) }
            @if let Some((name, href)) = &household.name { p { a href=(href) { (name) } } }
            @if household.members.is_empty() { p.quiet { (cx.t("file-household-nobody")) } }
            @else {
                ul.lines {
                    @for (name, href) in &household.members {
                        li { @if let Some(href) = href { a href=(href) { (name) } } @else { (name) " " span.quiet { (cx.t("file-household-here")) } } }
                    }
                }
            }
        }
    }
}

/// Every role with its holder; a role that nobody holds says so.
fn one_team(cx: &Ctx, team: &Team, view: &SubjectFile) -> Markup {
    let missing = team.posts.iter().filter(|post| post.holder.is_none()).count();
    html! {
        h2 { (team.title) }
        @if missing > 0 {
            p { (mark(Meaning::Late, &cx.tf("file-team-missing", &[("n", missing.into()), ("all", team.posts.len().into())]))) }
        }
        dl.pairs {
            @for post in &team.posts {
                div {
                    dt { (post.role) }
                    dd {
                        @match &post.holder {
                            Some(holder) => { (holder) @if !post.rest.is_empty() { " " span.quiet { (post.rest) } } },
                            None => (mark(Meaning::Unknown, &cx.t("file-team-nobody"))),
                        }
                    }
                }
            }
        }
        @if missing > 0 && cx.can_write() && view.can_record.iter().any(|(id, _)| *id == team.register) {
            p.no-print { a href={ (paths::register_new(&team.register)) "?subject=" (view.id) } { (cx.t("file-team-name")) } }
        }
    }
}

/// A code on paper: with it the person opens their own page on their own phone.
fn binding(cx: &Ctx, view: &SubjectFile) -> Markup {
    html! {
        @if let Some(code) = &view.code {
            div.notice role="status" {
                p { (cx.t("bind-code")) }
                p.secret { (code) }
                p.quiet { (cx.tf("bind-code-how", &[("where", paths::me("recover").into())])) }
                button type="button" hidden data-print { (cx.t("print")) }
            }
        } @else if view.can_bind && cx.can_write() {
            div.no-print { (form::one_button(cx, &paths::bind(&view.id), &cx.t("bind-make"), "secondary", &[])) }
        }
    }
}

fn unmaskings(cx: &Ctx, view: &SubjectFile) -> Markup {
    html! {
        h2 { (cx.t("unmaskings")) }
        @if view.unmaskings.is_empty() { p.quiet { (cx.t("unmaskings-none")) } }
        @else { ul.lines { @for item in &view.unmaskings { li { (value::time(cx, item.at)) " " (item.by) p.quiet { (item.reason) } } } } }
    }
}

/// In monitoring, nothing known, and a reason missing.
pub fn samples(lang: Lang) -> Vec<(&'static str, SubjectFile)> {
    let who = |zh: &str, en: &str, value: &str| (w(lang, zh, en), value.to_owned());
    let kind = |zh: &str, en: &str, count: u32, is_current: bool| KindLink {
        label: w(lang, zh, en),
        count,
        href: "?kind=all".into(),
        is_current,
    };
    let normal = SubjectFile {
        id: "s1".into(),
        name: w(lang, "王**", "Wang **"),
        who: vec![
            who("证件", "Document", "2224**********1234"),
            who("电话", "Phone", "138****0000"),
            (
                w(lang, "住址", "Address"),
                w(lang, "滨河社区 ***", "Binhe community ***"),
            ),
            (w(lang, "年龄段", "Age band"), "30–34".into()),
        ],
        can_unmask: true,
        holds: vec![hold::sample(lang)],
        next: sample_next(lang),
        can_record: vec![
            ("temperature".into(), w(lang, "登记体温", "Record temperature")),
            ("home_visit".into(), w(lang, "登记走访", "Record visit")),
        ],
        household: Some(Household {
            name: Some(("#0a1b2c".into(), paths::subject("h1"))),
            members: vec![
                (w(lang, "王**", "Wang **"), None),
                (w(lang, "李**", "Li **"), Some(paths::subject("s2"))),
            ],
        }),
        teams: vec![sample_team(lang)],
        beside: vec![(w(lang, "追踪接触者", "Trace contacts"), paths::trace("s1"))],
        kinds: vec![
            kind("全部", "All", 9, true),
            kind("体温", "Temperatures", 3, false),
            kind("检测", "Tests", 1, false),
        ],
        events: sample_events(lang),
        older: Some("?before=e1".into()),
        unmaskings: vec![Unmasking {
            at: datetime(2026, 11, 19, 10, 2, 0, 0),
            by: w(lang, "滨河社区 网格员", "Binhe community, grid worker"),
            reason: w(lang, "电话核实来返信息", "call to check the declaration"),
        }],
        ..SubjectFile::default()
    };
    let wrong = SubjectFile {
        problems: vec![Problem::at("reason", w(lang, "请写明查看原因", "State the reason"))],
        ..normal.clone()
    };
    let bare = SubjectFile {
        id: "s2".into(),
        name: w(lang, "冯**", "Feng **"),
        unmasked_until: Some(datetime(2026, 11, 21, 9, 0, 0, 0)),
        ..SubjectFile::default()
    };
    vec![("normal", normal), ("bare", bare), ("wrong", wrong)]
}

fn sample_team(lang: Lang) -> Team {
    let post = |zh: &str, en: &str, holder: Option<&str>| Post {
        role: w(lang, zh, en),
        holder: holder.map(str::to_owned),
        rest: if holder.is_some() {
            "0938-0000001".into()
        } else {
            String::new()
        },
    };
    Team {
        title: w(lang, "六包一小组", "Teams of six"),
        register: "case_team".into(),
        posts: vec![
            post("街道领导（牵头）", "Subdistrict leader (lead)", Some("赵**")),
            post("派出所干部", "Police officer", None),
        ],
    }
}

fn sample_events(lang: Lang) -> Vec<Event> {
    let event = |entry: &str,
                 day: i8,
                 hour: i8,
                 register: (&str, &str),
                 what: (&str, &str),
                 state: EntryState,
                 assurance: Assurance| Event {
        entry: entry.into(),
        at: datetime(2026, 11, day, hour, 12, 0, 0),
        register: w(lang, register.0, register.1),
        what: w(lang, what.0, what.1),
        by: w(lang, "滨河社区 网格员", "Binhe community, grid worker"),
        state,
        assurance,
    };
    vec![
        event(
            "e5",
            20,
            19,
            ("体温", "Temperature"),
            ("36.4 ℃", "36.4 ℃"),
            EntryState::Accepted,
            Assurance::Said,
        ),
        event(
            "e4",
            20,
            9,
            ("核酸结果", "PCR result"),
            ("阴性", "negative"),
            EntryState::Accepted,
            Assurance::Verified,
        ),
        event(
            "e3",
            20,
            7,
            ("体温", "Temperature"),
            ("39.6 ℃", "39.6 ℃"),
            EntryState::Withdrawn,
            Assurance::Said,
        ),
        event(
            "e2",
            19,
            10,
            ("管理决定", "Order"),
            ("居家健康监测7天", "health monitoring at home, 7 days"),
            EntryState::Accepted,
            Assurance::Seen,
        ),
        event(
            "e1",
            18,
            9,
            ("来返申报", "Arrival"),
            ("武汉市江夏区到珲春市", "Wuhan, Jiangxia to Hunchun"),
            EntryState::Corrected,
            Assurance::Said,
        ),
    ]
}

fn sample_next(lang: Lang) -> Vec<Next> {
    vec![
        Next {
            what: w(lang, "晨间体温", "Morning temperature"),
            owner: w(lang, "滨河社区", "Binhe community"),
            due: datetime(2026, 11, 21, 10, 0, 0, 0),
            meaning: Meaning::Due,
        },
        Next {
            what: w(lang, "第二次核酸", "Second PCR"),
            owner: w(lang, "市检测中心", "City laboratory"),
            due: datetime(2026, 11, 20, 20, 0, 0, 0),
            meaning: Meaning::Late,
        },
    ]
}
