//! The wall of the command room: the map with the levels in force, the curve, the figures that packs put here, who is late,
//! who is silent, the orders in force. Read from five metres; renews itself; a past moment is paper-coloured.

use crate::{
    Ctx, Markup,
    charts::{self, Chart, Map, Shape},
    dates,
    gallery::w,
    part::{
        mark::{Meaning, mark},
        value::{self, Value},
    },
    paths,
    shell::{self, Title},
    text,
    views::situation,
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// Lines of a group, of those who are late, of orders: the wall does not scroll.
pub const LINES: usize = 3;
const LATE: usize = 7;
const ORDERS: usize = 6;
/// Lines of figures at all.
const ALL_LINES: usize = 20;

/// A figure.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// What is counted.
    pub label: String,
    /// The value.
    pub value: Value,
    /// Its unit.
    pub unit: String,
    /// Change in a day.
    pub change: Option<i64>,
    /// Its definition, its moment and what it is made of.
    pub href: String,
}

/// Figures that belong together.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// What they are about.
    pub heading: String,
    /// The figures.
    pub lines: Vec<Line>,
}

/// One that owes something past its time.
#[derive(Clone, Debug)]
pub struct Owner {
    /// Who.
    pub name: String,
    /// How many duties.
    pub count: u32,
    /// Since when, the oldest.
    pub since: DateTime,
    /// The list behind it.
    pub href: String,
}

/// An order in force.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its title.
    pub title: String,
    /// In force from.
    pub from: DateTime,
    /// Of the day that is looked at.
    pub is_new: bool,
    /// The order itself.
    pub href: String,
}

/// The wall.
#[derive(Clone, Debug, Default)]
pub struct Wall {
    /// Name of the region shown.
    pub region: String,
    /// Its code.
    pub region_code: String,
    /// The region above: its name and this page for it.
    pub up: Option<(String, String)>,
    /// What the page has seen of the ledger: nothing is sent again while that is all there is.
    pub seen: String,
    /// The map.
    pub map: Option<Map>,
    /// The curve.
    pub curve: Option<Chart>,
    /// The figures.
    pub groups: Vec<Group>,
    /// Who is late, most first; none where the moment looked at has no such list.
    pub late: Option<Vec<Owner>>,
    /// There are more than were counted.
    pub is_more_late: bool,
    /// Who owes a report: a figure each.
    pub silence: Vec<Line>,
    /// Orders in force, the newest first.
    pub orders: Vec<Order>,
    /// How many there are.
    pub orders_total: usize,
}

/// The whole page.
pub fn render(view: &Wall, cx: &Ctx) -> Markup {
    let body = html! {
        div.wall-picture {
            @if let Some(map) = &view.map {
                figure.wall-map { figcaption { (map.title) } (charts::draw_map(cx, map, Shape::WALL, "wall")) (charts::map_key(cx, map)) }
            }
            @if let Some(curve) = &view.curve { (charts::figure(cx, curve, &html! {})) }
        }
        div.board {
            @if view.groups.iter().all(|group| group.lines.is_empty()) { p { (cx.t("situation-none")) } }
            @for (group, most) in shared(&view.groups) {
                section { h2 { (group.heading) } ul.wall-lines { @for line in group.lines.iter().take(most) { (figure_line(cx, line)) } } }
            }
        }
        div.board {
            (late(cx, view))
            @if !view.silence.is_empty() {
                section { h2 { (cx.t("wall-silence")) } ul.wall-lines { @for line in view.silence.iter().take(2 * LINES) { (figure_line(cx, line)) } } }
            }
            (orders(cx, view))
        }
    };
    let frame = shell::WallFrame {
        region: &view.region,
        region_code: &view.region_code,
        up: view.up.as_ref(),
        seen: &view.seen,
    };
    shell::wall(cx, &Title::new(cx.t("nav-situation")), &frame, &body)
}

/// Groups with how many lines each may have: a line each in turn, until there is no more room.
fn shared(groups: &[Group]) -> Vec<(&Group, usize)> {
    let filled = groups.iter().filter(|group| !group.lines.is_empty());
    let mut shared: Vec<(&Group, usize)> = filled.map(|group| (group, 0)).collect();
    let wanted: usize = shared.iter().map(|(group, _)| group.lines.len()).sum();
    let mut left = wanted.min(ALL_LINES);
    while left > 0 {
        for (group, given) in &mut shared {
            if left > 0 && *given < group.lines.len() {
                *given += 1;
                left -= 1;
            }
        }
    }
    shared
}

fn figure_line(cx: &Ctx, line: &Line) -> Markup {
    html! {
        li {
            a href=(line.href) title=(line.label) { (line.label) }
            span.wall-value {
                (value::value(cx, &line.value, &line.unit))
                @if let Some(n) = line.change.filter(|n| *n != 0) {
                    @let arrow = if n > 0 { "↑" } else { "↓" };
                    span.change { (arrow) (text::grouped(n.abs())) span.sr { " " (cx.t("wall-changes")) } }
                }
            }
        }
    }
}

fn late(cx: &Ctx, view: &Wall) -> Markup {
    let Some(late) = &view.late else {
        return html! { section { h2 { (cx.t("situation-late")) } p { (mark(Meaning::Unknown, &cx.t("wall-late-past"))) } } };
    };
    let all: u32 = late.iter().map(|owner| owner.count).sum();
    html! {
        section {
            h2 { (cx.t("situation-late")) @if all > 0 { " " @if view.is_more_late { "≥ " } (text::grouped(i64::from(all))) } }
            @if late.is_empty() { p { (mark(Meaning::Done, &cx.t("situation-late-none"))) } }
            @else {
                ul.wall-lines {
                    @for owner in late.iter().take(LATE) {
                        li {
                            a href=(owner.href) title=(owner.name) { (owner.name) }
                            span.wall-value { (mark(Meaning::Late, &text::grouped(i64::from(owner.count)))) " " span.quiet { (since(cx, owner.since)) } }
                        }
                    }
                    @if late.len() > LATE { li { (cx.tf("wall-more", &[("n", (late.len() - LATE).into())])) } }
                }
            }
        }
    }
}

/// A day, or the clock of today: there is little room.
fn since(cx: &Ctx, at: DateTime) -> String {
    if at.date() == cx.speaks_of().date() {
        return dates::clock(at);
    }
    dates::short_day(cx.lang, at.date())
}

fn orders(cx: &Ctx, view: &Wall) -> Markup {
    html! {
        section {
            h2 { (cx.t("wall-orders")) @if view.orders_total > 0 { " " (view.orders_total) } }
            @if view.orders.is_empty() { p.quiet { (cx.t("wall-orders-none")) } }
            @else {
                ul.wall-lines {
                    @for order in view.orders.iter().take(ORDERS) {
                        li {
                            a href=(order.href) title=(order.title) { (order.title) }
                            span.wall-value { @if order.is_new { span.tag { (cx.t("wall-new")) } " " } span.quiet { (since(cx, order.from)) } }
                        }
                    }
                }
            }
        }
    }
}

/// A working day, a day of the past, and nothing known.
pub fn samples(lang: Lang) -> Vec<(&'static str, Wall)> {
    let busy = Wall {
        region: w(lang, "天水市", "Tianshui"),
        region_code: "6205".into(),
        up: Some((w(lang, "甘肃省", "Gansu"), "?region=62".into())),
        map: Some(charts::map::sample_map(lang)),
        curve: Some(situation::sample_chart(lang)),
        groups: sample_groups(lang),
        late: Some(
            (0..9)
                .map(|i| Owner {
                    name: w(lang, "滨河社区居民委员会", "Binhe community committee"),
                    count: 12 - i,
                    since: datetime(2026, 11, 20, 17, 0, 0, 0),
                    href: "/coverage/a/b".into(),
                })
                .collect(),
        ),
        silence: vec![
            sample_line(
                lang,
                "单位疫情日报",
                "Daily reports of units",
                Value::Text("183 / 186".into()),
                None,
            ),
            sample_line(
                lang,
                "分区填报",
                "Areas that reported",
                Value::Text("12 / 15".into()),
                None,
            ),
        ],
        orders: vec![Order {
            title: w(lang, "关于划定高风险地区的通告", "Notice on areas of high risk"),
            from: datetime(2026, 11, 21, 0, 0, 0, 0),
            is_new: true,
            href: paths::entry("o1"),
        }],
        orders_total: 14,
        ..Wall::default()
    };
    let past = Wall {
        late: None,
        orders: Vec::new(),
        orders_total: 0,
        ..busy.clone()
    };
    vec![("busy", busy), ("past", past), ("empty", Wall::default())]
}

fn sample_line(lang: Lang, zh: &str, en: &str, value: Value, change: Option<i64>) -> Line {
    Line {
        label: w(lang, zh, en),
        value,
        unit: String::new(),
        change,
        href: paths::figure("x"),
    }
}

fn sample_groups(lang: Lang) -> Vec<Group> {
    let line = |zh: &str, en: &str, value: Value, change: Option<i64>| sample_line(lang, zh, en, value, change);
    let group = |zh: &str, en: &str, lines: Vec<Line>| Group {
        heading: w(lang, zh, en),
        lines,
    };
    let known = Value::Known;
    vec![
        group(
            "病例",
            "Cases",
            vec![
                line("新增确诊", "New confirmed", known(12), Some(3)),
                line(
                    "连续无新增确诊天数",
                    "Days without a new confirmed case",
                    known(0),
                    None,
                ),
                line("报告病例数（按报告日）", "Cases by day of report", Value::Unknown, None),
            ],
        ),
        group(
            "措施",
            "Measures",
            vec![
                line("待签发", "Proposed", known(41), None),
                line("累计确认", "Confirmed so far", known(2_573), Some(35)),
                line("已解除", "Released", known(2_515), Some(-4)),
            ],
        ),
        group(
            "床位",
            "Beds",
            vec![
                line("在院", "In hospital", known(58), None),
                line("定点床位", "Beds designated", known(400), None),
            ],
        ),
        group(
            "物资",
            "Stock",
            vec![
                line("医用外科口罩", "Surgical masks", known(12), None),
                line("防护服", "Protective suits", known(5), None),
                line("消毒液", "Disinfectant", Value::Text("…".into()), None),
            ],
        ),
        group(
            "卡点",
            "Checkpoints",
            vec![
                line("交通检疫点", "Quarantine points", known(5_931), None),
                line("卡点查验", "Checks at checkpoints", known(120_344), None),
            ],
        ),
        group(
            "预警",
            "Early warning",
            vec![line("病例信号", "Signals: Cases", known(3), Some(1))],
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_shared_line_by_line_and_never_more_than_there_is() {
        let group = |lines: usize| Group {
            heading: String::new(),
            lines: vec![Line::default(); lines],
        };
        let given = |lines: &[usize]| {
            let groups: Vec<Group> = lines.iter().map(|lines| group(*lines)).collect();
            shared(&groups).iter().map(|(_, given)| *given).collect::<Vec<_>>()
        };
        assert_eq!(given(&[3, 0, 5]), [3, 5]);
        assert_eq!(given(&[2, 30, 4]), [2, 14, 4]);
        assert_eq!(given(&[9; 6]).iter().sum::<usize>(), ALL_LINES);
    }
}
