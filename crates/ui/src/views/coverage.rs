//! Who has not reported: required, done, and the missing by name, as of a moment. Silence is shown as silence.

use crate::{
    Ctx, Markup,
    charts::{self, Map},
    gallery::w,
    part::{
        mark::{Meaning, mark},
        table, value,
    },
    paths,
    shell::{self, Nav, Title},
    text,
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// One that is missing.
#[derive(Clone, Debug)]
pub struct Missing {
    /// Name.
    pub name: String,
    /// Its file, if the reader may open it.
    pub subject: Option<String>,
    /// Region or sector.
    pub place: String,
    /// Last time it did report.
    pub last: Option<DateTime>,
    /// Due at, where there is such a moment.
    pub due: Option<DateTime>,
    /// Late, or still in time.
    pub meaning: Meaning,
    /// Whom to call: post and number.
    pub call: String,
    /// Of hours that must be held: the stretch in which somebody lacks.
    pub stretch: Option<Stretch>,
}

/// A stretch in which fewer stand than must.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// Which post, and the kind of holder that lacks.
    pub post: String,
    /// From when.
    pub from: DateTime,
    /// Until when.
    pub to: DateTime,
    /// How many stand.
    pub have: i64,
    /// How many must.
    pub wanted: i64,
    /// Who stands in.
    pub stand_in: String,
}

/// The list.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Indicator.
    pub id: String,
    /// Title: "疫情日报".
    pub title: String,
    /// Those who must.
    pub required: u32,
    /// Those who did.
    pub met: u32,
    /// Excused, with a reason on record.
    pub excused: u32,
    /// By name; of a long list the first.
    pub missing: Vec<Missing>,
    /// How many are missing altogether.
    pub missing_count: usize,
    /// Reported without being required to, by name.
    pub extra: Vec<String>,
    /// The regions, with what was done of what is owed.
    pub map: Option<Map>,
    /// Whether minutes are counted and not members.
    pub is_time: bool,
}

/// The whole page.
pub fn render(view: &Coverage, cx: &Ctx) -> Markup {
    let body = html! {
        div.head { h1 { (view.title) } p.quiet { (cx.tf("as-of", &[("at", crate::dates::moment(cx.lang, cx.speaks_of()).into())])) } }
        p {
            strong { (cx.tf(if view.is_time { "coverage-met-minutes" } else { "coverage-met" }, &[("k", view.met.into()), ("n", view.required.into())])) }
            " · " (percent(view.met, view.required))
            @if view.excused > 0 { " · " (cx.tf("coverage-excused", &[("n", view.excused.into())])) }
            " · " a href=(paths::figure(&view.id)) { (cx.t("figure-definition")) }
        }
        meter.meter min="0" max=(view.required.max(1)) value=(view.met) aria-label=(view.title) {}
        @if let Some(map) = &view.map { h2 { (cx.t("coverage-map")) } (charts::map_figure(cx, map, &html! {})) }
        h2 { (cx.tf(if view.is_time { "coverage-gaps" } else { "coverage-missing" }, &[("n", view.missing_count.into())])) }
        @if view.missing_count > view.missing.len() { p.quiet { (cx.tf("coverage-first", &[("k", view.missing.len().into())])) } }
        @if view.required == 0 { (table::empty(&cx.t("coverage-none"), &cx.t("coverage-none-how"))) }
        @else if view.missing.is_empty() && view.is_time { (table::empty(&cx.t("coverage-held"), &cx.t("coverage-held-how"))) }
        @else if view.missing.is_empty() { (table::empty(&cx.t("coverage-all"), &cx.t("coverage-all-how"))) }
        @else if view.is_time { (table::scroll(&view.title, &stretches(cx, view))) }
        @else { (table::scroll(&view.title, &rows(cx, view))) }
        @if !view.extra.is_empty() { h2 { (cx.t("coverage-extra")) } p { (view.extra.join(" · ")) } }
    };
    shell::staff(cx, &Title::new(view.title.clone()), Nav::Situation, &body)
}

/// `94.1 %`, rounded down so that 100 % is never shown with somebody missing.
pub fn percent(part: u32, whole: u32) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let tenths = u64::from(part) * 1000 / u64::from(whole);
    format!(
        "{}.{} %",
        text::grouped(i64::try_from(tenths / 10).unwrap_or(i64::MAX)),
        tenths % 10
    )
}

fn name(item: &Missing) -> Markup {
    html! { @if let Some(id) = &item.subject { a href=(paths::subject(id)) data-open { (item.name) } } @else { (item.name) } }
}

/// What nobody knows of anybody has no column.
fn rows(cx: &Ctx, view: &Coverage) -> Markup {
    let has_due = view.missing.iter().any(|item| item.due.is_some());
    let has_contact = view
        .missing
        .iter()
        .any(|item| item.last.is_some() || !item.call.is_empty());
    html! {
        table {
            thead { tr {
                th scope="col" { (cx.t("coverage-unit")) } th scope="col" { (cx.t("region")) }
                @if has_due { th scope="col" { (cx.t("coverage-due")) } }
                @if has_contact { th scope="col" { (cx.t("coverage-last")) } th scope="col" { (cx.t("coverage-call")) } }
            } }
            tbody {
                @for item in &view.missing {
                    tr data-item {
                        th scope="row" { (name(item)) }
                        td { (item.place) }
                        @if has_due { td { @if let Some(due) = item.due { (mark(item.meaning, &cx.near(due))) } } }
                        @if has_contact {
                            td { @if let Some(at) = item.last { (value::time(cx, at)) } @else { (mark(Meaning::Unknown, &cx.t("coverage-never"))) } }
                            td { (item.call) }
                        }
                    }
                }
            }
        }
    }
}

/// Where nobody stands, from when to when.
fn stretches(cx: &Ctx, view: &Coverage) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { (cx.t("coverage-unit")) } th scope="col" { (cx.t("region")) } th scope="col" { (cx.t("coverage-post")) }
                th scope="col" { (cx.t("coverage-stretch")) } th scope="col" { (cx.t("coverage-stand")) } th scope="col" { (cx.t("coverage-stand-in")) }
            } }
            tbody {
                @for (item, stretch) in view.missing.iter().filter_map(|item| Some((item, item.stretch.as_ref()?))) {
                    tr data-item {
                        th scope="row" { (name(item)) }
                        td { (item.place) }
                        td { (stretch.post) }
                        td { (mark(item.meaning, &from_to(cx, stretch))) }
                        td { (stretch.have) " / " (stretch.wanted) }
                        td { (stretch.stand_in) }
                    }
                }
            }
        }
    }
}

fn from_to(cx: &Ctx, stretch: &Stretch) -> String {
    let whole_days = stretch.from.time() == stretch.to.time() && stretch.from.date() < stretch.to.date();
    let until = match (whole_days, stretch.from.date() == stretch.to.date()) {
        (true, _) => "24:00".to_owned(),
        (false, true) => crate::dates::clock(stretch.to),
        (false, false) => cx.near(stretch.to),
    };
    format!("{} – {until}", cx.near(stretch.from))
}

/// Some missing, none missing.
pub fn samples(lang: Lang) -> Vec<(&'static str, Coverage)> {
    let missing = |zh: &str, en: &str, last: Option<DateTime>, meaning: Meaning| Missing {
        name: w(lang, zh, en),
        subject: Some("o1".into()),
        place: w(lang, "新安街道", "Xin'an street"),
        last,
        due: Some(datetime(2026, 11, 20, 17, 0, 0, 0)),
        meaning,
        call: w(lang, "值班室 0433-000-0003", "duty room 0433-000-0003"),
        stretch: None,
    };
    let some = Coverage {
        id: "daily-report".into(),
        title: w(lang, "单位疫情日报", "Daily reports of units"),
        required: 186,
        met: 183,
        excused: 1,
        missing: vec![
            missing(
                "珲春宾馆",
                "Hunchun Hotel",
                Some(datetime(2026, 11, 19, 16, 40, 0, 0)),
                Meaning::Late,
            ),
            missing("河南街菜市场", "Henan street market", None, Meaning::Late),
        ],
        missing_count: 2,
        extra: vec![w(
            lang,
            "北方物流园（11月起不在名册）",
            "Northern logistics park (not on the roll since November)",
        )],
        map: Some(sample_map(lang)),
        is_time: false,
    };
    let all = Coverage {
        required: 186,
        met: 186,
        missing: Vec::new(),
        missing_count: 0,
        extra: Vec::new(),
        excused: 0,
        map: None,
        ..some.clone()
    };
    let none = Coverage {
        required: 0,
        met: 0,
        ..all.clone()
    };
    let first = Coverage {
        required: 41_200,
        met: 2_860,
        missing_count: 38_340,
        ..some.clone()
    };
    vec![
        ("some", some),
        ("first", first),
        ("all", all),
        ("none", none),
        ("hours", sample_hours(lang)),
    ]
}

fn sample_hours(lang: Lang) -> Coverage {
    let night = Stretch {
        post: w(lang, "带班领导", "Leader on duty"),
        from: datetime(2026, 11, 20, 22, 0, 0, 0),
        to: datetime(2026, 11, 21, 6, 0, 0, 0),
        have: 1,
        wanted: 2,
        stand_in: w(lang, "新安街道办事处", "Xin'an street office"),
    };
    let missing = Missing {
        name: w(lang, "高速路口检查站", "Motorway checkpoint"),
        subject: Some("o2".into()),
        place: w(lang, "新安街道", "Xin'an street"),
        last: None,
        due: None,
        meaning: Meaning::Due,
        call: String::new(),
        stretch: Some(night),
    };
    Coverage {
        id: "duty-hours".into(),
        title: w(lang, "值守时段", "Hours on duty"),
        required: 2_880,
        met: 2_400,
        missing: vec![missing],
        missing_count: 1,
        is_time: true,
        ..Coverage::default()
    }
}

fn sample_map(lang: Lang) -> Map {
    let mut map = charts::map::sample_map(lang);
    let states = [Meaning::Done, Meaning::Late, Meaning::Due];
    for (i, tile) in map.tiles.iter_mut().enumerate() {
        let meaning = states[i % states.len()];
        tile.look = charts::Look::State(meaning);
        tile.value = value::Value::Text(format!("{} / 26", if meaning == Meaning::Done { 26 } else { 20 + i }));
        tile.cells = Vec::new();
    }
    map.title = w(
        lang,
        "单位疫情日报：2个地区有超时",
        "Daily reports of units: late in 2 regions",
    );
    (map.steps, map.cells_name) = (None, String::new());
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_never_rounded_up_to_the_whole() {
        assert_eq!(
            ["98.3 %", "99.9 %", "100.0 %", "–"].map(String::from),
            [percent(183, 186), percent(9_999, 10_000), percent(5, 5), percent(0, 0)]
        );
    }
}
