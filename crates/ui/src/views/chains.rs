//! 传播链: who infected whom, as a picture over time, with its figures, its clusters and its cases.

use crate::{
    Ctx, Markup,
    charts::chains::{self, Bar, ChainPicture, Mark, Row},
    charts::{self, Chart, Column},
    gallery::w,
    part::{field::select, form::Choice, table, value},
    paths,
    shell::{self, Nav, Title},
    text,
};
use jiff::civil::{Date, date};
use lianfang_kernel::Lang;
use maud::html;

/// A cluster.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// The number that it is asked for by.
    pub number: usize,
    /// Its first case.
    pub first: String,
    /// Cases.
    pub size: usize,
    /// Its last generation.
    pub generations: usize,
    /// First and last day of onset.
    pub days: Option<(Date, Date)>,
    /// This page with that cluster only.
    pub href: String,
}

/// A case.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// What it is called, and its file if the reader may open it.
    pub name: (String, Option<String>),
    /// Where.
    pub region: String,
    /// Day of onset.
    pub onset: Option<Date>,
    /// Day of report.
    pub reported: Option<Date>,
    /// Class, in words.
    pub class: String,
    /// Its cluster.
    pub cluster: usize,
    /// Its generation.
    pub generation: usize,
    /// Whom it was infected by, and whether that is only a contact.
    pub source: Option<(String, bool)>,
    /// How many it infected.
    pub infected: usize,
    /// Days from the onset of its source to its own.
    pub serial_interval: Option<i64>,
}

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Region: the choices and the one taken.
    pub regions: (Vec<Choice>, String),
    /// Disease: the choices and the one taken.
    pub diseases: (Vec<Choice>, String),
    /// From this day.
    pub from: String,
    /// Until this day.
    pub until: String,
    /// `onset` or `report`.
    pub by: String,
    /// The cluster, where only one is shown.
    pub cluster: Option<usize>,
    /// This page with all clusters.
    pub all: String,
    /// Outbreaks, each with this page for it.
    pub outbreaks: Vec<(String, String)>,
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct ChainsPage {
    /// Name of the region.
    pub region: String,
    /// What is asked for.
    pub asked: Asked,
    /// The picture; none without a case.
    pub picture: Option<ChainPicture>,
    /// Figures beside it.
    pub facts: Vec<(String, String)>,
    /// Serial intervals and numbers infected.
    pub charts: Vec<Chart>,
    /// What was estimated, and how.
    pub method: String,
    /// Clusters of two and more, the largest first.
    pub clusters: Vec<Cluster>,
    /// How many cases stand alone.
    pub alone: usize,
    /// The cases of the table.
    pub cases: Vec<Case>,
    /// How many cases there are.
    pub total: usize,
    /// What a reader must know.
    pub warnings: Vec<String>,
    /// Downloads: format and address.
    pub exports: Vec<(String, String)>,
}

/// The whole page.
pub fn render(view: &ChainsPage, cx: &Ctx) -> Markup {
    let title = cx.tf("chains-of", &[("region", view.region.as_str().into())]);
    let body = html! {
        div.head {
            h1 { (title) }
            p.quiet { (cx.tf("as-of", &[("at", crate::dates::moment(cx.lang, cx.speaks_of()).into())])) }
            button.link.no-print type="button" hidden data-print { (cx.t("print")) }
        }
        (filters(cx, view))
        @for warning in &view.warnings { p.notice { (warning) } }
        @match &view.picture {
            None => (table::empty(&cx.t("chains-none"), &cx.t("chains-none-how"))),
            Some(picture) => {
                (chains::figure(cx, picture, &exports(cx, view)))
                (figures(cx, view))
                (clusters(cx, view))
                (cases(cx, view))
            }
        }
    };
    shell::staff(cx, &Title::new(title).charts(), Nav::Situation, &body)
}

fn filters(cx: &Ctx, view: &ChainsPage) -> Markup {
    let asked = &view.asked;
    let by = [("onset", "chains-by-onset"), ("report", "chains-by-report")].map(|(id, key)| Choice::new(id, cx.t(key)));
    html! {
        form.filters.no-print method="get" action=(paths::CHAINS) {
            div { label for="f-region" { (cx.t("region")) } (select("f-region", "region", &asked.regions.0, &asked.regions.1, None)) }
            @if asked.diseases.0.len() > 1 {
                div { label for="f-disease" { (cx.t("chains-disease")) } (select("f-disease", "disease", &asked.diseases.0, &asked.diseases.1, None)) }
            }
            div { label for="f-by" { (cx.t("chains-by")) } (select("f-by", "by", &by, &asked.by, None)) }
            div { label for="f-from" { (cx.t("declare-stay-from")) } input id="f-from" type="date" name="from" value=(asked.from); }
            div { label for="f-until" { (cx.t("declare-stay-until")) } input id="f-until" type="date" name="until" value=(asked.until); }
            button type="submit" { (cx.t("chains-show")) }
        }
        @if !asked.outbreaks.is_empty() {
            p.no-print { (cx.t("chains-outbreaks")) @for (words, href) in &asked.outbreaks { " · " a href=(href) { (words) } } }
        }
        @if let Some(number) = asked.cluster {
            p.sentence role="status" { (cx.tf("chains-cluster", &[("n", number.into())])) " " a href=(asked.all) { (cx.t("chains-all")) } }
        }
    }
}

fn exports(cx: &Ctx, view: &ChainsPage) -> Markup {
    html! {
        @if !view.exports.is_empty() { (cx.t("download")) @for (format, href) in &view.exports { " " a href=(href) download { (format) } } " " }
    }
}

fn figures(cx: &Ctx, view: &ChainsPage) -> Markup {
    let facts: Vec<(String, Markup)> = view
        .facts
        .iter()
        .map(|(name, text)| (name.clone(), html! { (text) }))
        .collect();
    html! {
        h2 { (cx.t("chains-figures")) }
        (value::pairs(&facts))
        @if !view.charts.is_empty() {
            div.beside { @for chart in &view.charts { section aria-label=(chart.columns_name) { (charts::figure(cx, chart, &html! {})) } } }
        }
        @if !view.method.is_empty() { p.quiet { (cx.t("science-method")) " " (view.method) } }
    }
}

fn day(cx: &Ctx, day: Option<Date>) -> Markup {
    html! {
        @match day {
            Some(day) => time datetime=(day) { (crate::dates::day(cx.lang, day)) },
            None => (cx.t("state-unknown")),
        }
    }
}

fn clusters(cx: &Ctx, view: &ChainsPage) -> Markup {
    html! {
        h2 { (cx.tf("chains-clusters", &[("n", view.clusters.len().into())])) }
        @if !view.clusters.is_empty() {
            (table::scroll(&cx.t("chains-clusters-name"), &html! {
                table {
                    thead { tr {
                        th scope="col" { (cx.t("chains-cluster-col")) } th scope="col" { (cx.t("chains-first")) }
                        th.num scope="col" { (cx.t("chains-size")) } th.num scope="col" { (cx.t("chains-last-generation")) }
                        th scope="col" { (cx.t("chains-days")) }
                    } }
                    tbody {
                        @for cluster in &view.clusters {
                            tr data-item {
                                th scope="row" { a href=(cluster.href) data-open { (cx.tf("chains-cluster-n", &[("n", cluster.number.into())])) } }
                                td { (cluster.first) } td.num { (text::grouped(cluster.size as i64)) } td.num { (cluster.generations) }
                                td { @if let Some((first, last)) = cluster.days { (day(cx, Some(first))) " – " (day(cx, Some(last))) } @else { (cx.t("state-unknown")) } }
                            }
                        }
                    }
                }
            }))
        }
        p.quiet { (cx.tf("chains-alone", &[("n", view.alone.into())])) }
    }
}

fn cases(cx: &Ctx, view: &ChainsPage) -> Markup {
    html! {
        h2 { (cx.tf("chains-cases", &[("n", text::grouped(view.total as i64).into())])) }
        @if view.cases.len() < view.total { p.quiet { (cx.tf("chains-cases-some", &[("n", view.cases.len().into())])) } }
        (table::scroll(&cx.t("chains-cases-name"), &html! {
            table {
                thead { tr {
                    th scope="col" { (cx.t("chains-case")) } th scope="col" { (cx.t("chains-by-onset")) } th scope="col" { (cx.t("chains-by-report")) }
                    th scope="col" { (cx.t("chains-class")) } th scope="col" { (cx.t("region")) } th.num scope="col" { (cx.t("chains-cluster-col")) }
                    th.num scope="col" { (cx.t("chains-generation")) } th scope="col" { (cx.t("chains-source")) }
                    th.num scope="col" { (cx.t("chains-interval")) } th.num scope="col" { (cx.t("chains-infected")) }
                } }
                tbody { @for case in &view.cases { (case_row(cx, case)) } }
            }
        }))
    }
}

fn case_row(cx: &Ctx, case: &Case) -> Markup {
    html! {
        tr data-item {
            th.who scope="row" { @if let Some(href) = &case.name.1 { a href=(href) data-open { (case.name.0) } } @else { (case.name.0) } }
            td { (day(cx, case.onset)) } td { (day(cx, case.reported)) } td { (case.class) } td { (case.region) }
            td.num { (case.cluster) } td.num { (case.generation) }
            td { @if let Some((name, is_contact)) = &case.source { (name) @if *is_contact { " " span.quiet { (cx.t("chains-contact-only")) } } } @else { span.quiet { (cx.t("chains-source-unknown")) } } }
            td.num { @if let Some(days) = case.serial_interval { (days) } }
            td.num { (case.infected) }
        }
    }
}

/// Case by case, as clusters, and nothing yet.
pub fn samples(lang: Lang) -> Vec<(&'static str, ChainsPage)> {
    let asked = Asked {
        regions: (
            vec![Choice::new("222404", w(lang, "珲春市", "Hunchun"))],
            "222404".into(),
        ),
        diseases: (
            vec![
                Choice::new("", w(lang, "全部", "All")),
                Choice::new("covid-19", w(lang, "新型冠状病毒感染", "COVID-19")),
            ],
            String::new(),
        ),
        by: "onset".into(),
        all: paths::CHAINS.into(),
        outbreaks: vec![(
            w(lang, "2015年5月4日 – 2015年7月4日", "4 May 2015 – 4 Jul 2015"),
            "?from=2015-05-04".into(),
        )],
        ..Asked::default()
    };
    let cases = sample(lang, &asked);
    let bars = ChainPicture {
        marks: Vec::new(),
        rows: Vec::new(),
        bars: vec![Bar {
            label: w(lang, "聚集1：340例，7代", "cluster 1: 340 cases, 7 generations"),
            first: Some(date(2026, 11, 1)),
            last: Some(date(2026, 11, 12)),
            href: "?cluster=1".into(),
        }],
        ..sample_picture(lang)
    };
    let clusters = ChainsPage {
        picture: Some(bars),
        warnings: vec![w(
            lang,
            "有1例的发病早于其感染来源",
            "1 case fell ill before its source",
        )],
        total: 5_829,
        ..cases.clone()
    };
    let none = ChainsPage {
        region: w(lang, "珲春市", "Hunchun"),
        asked: Asked {
            cluster: Some(3),
            ..asked
        },
        ..ChainsPage::default()
    };
    vec![("cases", cases), ("clusters", clusters), ("none", none)]
}

/// Six cases, one by one.
fn sample(lang: Lang, asked: &Asked) -> ChainsPage {
    ChainsPage {
        region: w(lang, "珲春市", "Hunchun"),
        asked: asked.clone(),
        picture: Some(sample_picture(lang)),
        facts: vec![
            (w(lang, "病例", "Cases"), w(lang, "6例", "6")),
            (
                w(lang, "聚集", "Clusters"),
                w(lang, "1起，最大5例", "1, the largest of 5"),
            ),
            (
                w(lang, "代间距", "Serial interval"),
                w(lang, "中位4天（2–7天）", "median 4 days (2–7)"),
            ),
        ],
        charts: vec![sample_intervals(lang)],
        method: w(lang, "负二项分布", "negative binomial"),
        clusters: vec![Cluster {
            number: 1,
            first: "BL-1".into(),
            size: 5,
            generations: 2,
            days: Some((date(2026, 11, 1), date(2026, 11, 12))),
            href: "?cluster=1".into(),
        }],
        alone: 1,
        cases: sample_cases(lang),
        total: 6,
        exports: ["CSV", "GraphML", "SVG"]
            .map(|name| (name.to_owned(), format!("?{name}")))
            .to_vec(),
        ..ChainsPage::default()
    }
}

fn sample_picture(lang: Lang) -> ChainPicture {
    let mark = |at: usize, day: Option<i8>, lane: usize, from: Option<usize>| Mark {
        label: format!("BL-{at}"),
        told: w(lang, "11月发病", "onset in November"),
        day: day.map(|day| date(2026, 11, day)),
        lane,
        from,
        is_contact: at == 4,
        is_faint: at == 5,
        href: Some(paths::subject("s1")),
    };
    let row = |generation: usize, lane: usize, lanes: usize, begins: bool| Row {
        label: w(lang, &format!("第{generation}代"), &format!("Generation {generation}")),
        lane,
        lanes,
        begins,
    };
    ChainPicture {
        title: w(
            lang,
            "6例中5例有已知关联，共1起聚集",
            "5 of 6 cases are linked, in one cluster",
        ),
        desc: w(
            lang,
            "横轴为发病日，纵轴为代次",
            "Days of onset across, generations down",
        ),
        first: date(2026, 11, 1),
        last: date(2026, 11, 12),
        marks: vec![
            mark(0, Some(1), 0, None),
            mark(1, Some(5), 1, Some(0)),
            mark(2, Some(5), 2, Some(0)),
            mark(3, Some(9), 3, Some(1)),
            mark(4, Some(12), 3, Some(2)),
            mark(5, None, 5, None),
        ],
        rows: vec![
            row(0, 0, 1, true),
            row(1, 1, 2, false),
            row(2, 3, 1, false),
            row(0, 5, 1, true),
        ],
        height: 6,
        bars: Vec::new(),
        svg: "?svg".into(),
    }
}

fn sample_intervals(lang: Lang) -> Chart {
    let column = |(days, n): (i32, f64)| Column {
        label: days.to_string(),
        value: Some(n),
        is_partial: false,
    };
    Chart {
        id: "intervals".into(),
        title: w(lang, "代间距中位4天", "The median serial interval is 4 days"),
        desc: w(lang, "按天的对数", "Pairs by days"),
        unit: w(lang, "对", "pairs"),
        columns_name: w(lang, "代间距（天）", "Serial interval (days)"),
        columns: [(3, 1.0), (4, 2.0), (5, 0.0), (7, 1.0)].map(column).to_vec(),
        ..Chart::default()
    }
}

fn sample_cases(lang: Lang) -> Vec<Case> {
    let case = |no: usize, day: i8, generation: usize, source: Option<(&str, bool)>| Case {
        name: (format!("BL-{no}"), (no < 3).then(|| paths::subject("s1"))),
        region: w(lang, "新安街道", "Xin'an street"),
        onset: (no != 5).then(|| date(2026, 11, day)),
        reported: Some(date(2026, 11, day + 2)),
        class: w(lang, "确诊病例", "Confirmed"),
        cluster: 1,
        generation,
        source: source.map(|(name, is_contact)| (name.to_owned(), is_contact)),
        infected: 2 - generation,
        serial_interval: source.map(|_| 4),
    };
    vec![
        case(0, 1, 0, None),
        case(1, 5, 1, Some(("BL-0", false))),
        case(5, 12, 2, Some(("BL-1", true))),
    ]
}
