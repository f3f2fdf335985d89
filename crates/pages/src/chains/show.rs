//! The page, and what an address asks of it.

use super::{Shown, figures, pick, picture};
use crate::form::Form;
use crate::visit::{Desk, date, shown};
use crate::{Answer, region_steps};
use axum::extract::{RawQuery, State};
use lianfang_kernel::{Day, Lang, RegionId};
use lianfang_policy::Snapshot;
use lianfang_server::{ApiError, AppState, CaseChains, LinkSource, case_chains};
use lianfang_ui::part::form::Choice;
use lianfang_ui::views::chains::{Asked, Case, ChainsPage, Cluster, render};
use lianfang_ui::{dates, paths};
use std::collections::BTreeSet;

/// Rows of the table of cases.
const ROWS: usize = 300;
/// Rows of the table of clusters.
const CLUSTERS: usize = 100;

/// The region asked for, else the reader's own.
fn region_of(snapshot: &Snapshot, desk: &Desk, query: &Form) -> RegionId {
    let asked = query.given("region").map(RegionId::new);
    asked
        .filter(|id| snapshot.regions.contains(id))
        .unwrap_or_else(|| desk.staff.region.clone())
}

/// Reads the chains and chooses what the address asks for.
pub(super) async fn chosen(state: &AppState, desk: &Desk, query: &Form) -> Result<(RegionId, Shown), ApiError> {
    let snapshot = state.ledger.snapshot();
    let region = region_of(&snapshot, desk, query);
    desk.staff.must_see_region(&snapshot, &region)?;
    let disease = query.given("disease").map(str::to_owned);
    let all = case_chains(state, &desk.staff, disease, desk.visit.as_of).await?;
    let day = |name: &str| query.given(name).and_then(|text| Day::parse(text).ok());
    let (mut from, mut until) = (day("from"), day("until"));
    let cluster = cluster_of(&all, query);
    let by_report = query.get("by") == "report";
    let mut shown = Shown {
        all,
        by_report,
        is_asked: Vec::new(),
        cases: Vec::new(),
        outbreaks: Vec::new(),
    };
    shown.outbreaks = outbreaks(&shown);
    // Outbreaks of other years would leave the last one no room: they are a link away.
    let is_whole = from.is_none() && until.is_none() && cluster.is_none();
    if let Some((first, last)) = shown.outbreaks.last().filter(|_| is_whole && shown.outbreaks.len() > 1) {
        (from, until) = (Some(*first), Some(*last));
    }
    let is_asked = |place: usize| {
        let case = &shown.all.cases[place];
        let day = shown.day(place).or(case.onset).or(case.reported);
        let in_time = match day {
            Some(day) => from.is_none_or(|from| from <= day) && until.is_none_or(|until| day <= until),
            None => from.is_none() && until.is_none(),
        };
        in_time && snapshot.regions.within(&case.region, &region)
    };
    let asked: Vec<bool> = (0..shown.all.cases.len()).map(is_asked).collect();
    let links = &shown.all.chains.links;
    let clusters: BTreeSet<usize> = links
        .iter()
        .filter(|link| asked[link.case] && cluster.is_none_or(|number| number == link.cluster))
        .map(|link| link.cluster)
        .collect();
    shown.cases = links
        .iter()
        .filter(|link| clusters.contains(&link.cluster))
        .map(|link| link.case)
        .collect();
    shown.is_asked = asked;
    Ok((region, shown))
}

/// Days without any case after which another outbreak begins.
const QUIET_DAYS: i64 = 120;

/// First and last days of outbreaks, the earliest first.
fn outbreaks(shown: &Shown) -> Vec<(Day, Day)> {
    let mut days: Vec<Day> = (0..shown.all.cases.len()).filter_map(|case| shown.day(case)).collect();
    days.sort_unstable();
    let parts = days.chunk_by(|a, b| a.until(*b) <= QUIET_DAYS);
    parts.filter_map(|part| Some((*part.first()?, *part.last()?))).collect()
}

/// The one cluster that is asked for: by its number, or by a case of it.
fn cluster_of(all: &CaseChains, query: &Form) -> Option<usize> {
    let numbered = query.given("cluster").and_then(|n| n.parse().ok());
    let case = query.given("case").and_then(|id| id.parse().ok());
    let of_case = case.and_then(|id| all.cases.iter().position(|case| case.subject == id));
    numbered.or_else(|| of_case.map(|place| all.chains.links[place].cluster))
}

/// This page as asked, without some parameters and with others.
pub(super) fn address(path: &str, query: &Form, without: &[&str], with: &[(&str, &str)]) -> String {
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for name in ["region", "disease", "from", "until", "by", "cluster", "case", "as_of"] {
        if let Some(value) = query.given(name).filter(|_| !without.contains(&name)) {
            kept.append_pair(name, value);
        }
    }
    for (name, value) in with {
        kept.append_pair(name, value);
    }
    let kept = kept.finish();
    match kept.is_empty() {
        true => path.to_owned(),
        false => format!("{path}?{kept}"),
    }
}

pub(super) async fn show(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let (region, chosen) = chosen(&state, &desk, &query).await?;
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let opens_files = desk.staff.reads_files(&snapshot.model);
    let file = |name: &str| address(&format!("{}/{name}", paths::CHAINS), &query, &[], &[]);
    let mut warnings: Vec<String> = chosen
        .all
        .chains
        .warnings
        .iter()
        .map(|words| words.get(lang).to_owned())
        .collect();
    if chosen.all.is_cut {
        warnings.push(pick(
            lang,
            "病例过多，只取最近的一部分",
            "There are too many cases: only the latest were read",
        ));
    }
    let found = figures::of(&chosen, lang);
    let view = ChainsPage {
        region: region_steps::name(&snapshot.regions, lang, &region),
        asked: asked(&snapshot, &desk, &query, &chosen, &region),
        picture: picture::of(&snapshot, &chosen, &query, lang, opens_files),
        facts: found.facts,
        charts: found.charts,
        method: found.method,
        clusters: clusters(&chosen, &query),
        alone: chosen.cases.iter().filter(|case| chosen.size(**case) == 1).count(),
        cases: chosen
            .cases
            .iter()
            .take(ROWS)
            .map(|case| row(&snapshot, &chosen, *case, lang, opens_files))
            .collect(),
        total: chosen.cases.len(),
        warnings,
        exports: [
            ("CSV", "cases.csv"),
            ("GraphML", "chains.graphml"),
            ("SVG", "chains.svg"),
        ]
        .map(|(format, name)| (format.to_owned(), file(name)))
        .to_vec(),
    };
    Ok(shown(render(&view, &desk.ctx(&state))))
}

fn asked(snapshot: &Snapshot, desk: &Desk, query: &Form, chosen: &Shown, region: &RegionId) -> Asked {
    let (tree, lang) = (&snapshot.regions, desk.visit.lang);
    let choice = |id: &RegionId| Choice::new(id.as_str(), region_steps::name(tree, lang, id));
    let own = &desk.staff.region;
    let mut up: Vec<Choice> = tree
        .lineage(region)
        .map(|above| &above.id)
        .filter(|id| tree.within(id, own))
        .map(choice)
        .collect();
    up.reverse();
    let regions = up.into_iter().chain(tree.children(region).iter().map(choice)).collect();
    let words = |id: &String| {
        let title = snapshot
            .model
            .lists
            .get("notifiable_disease")
            .and_then(|list| list.value(id));
        Choice::new(id.clone(), title.map_or(id.as_str(), |value| value.title.get(lang)))
    };
    let all = Choice::new("", pick(lang, "全部", "All"));
    Asked {
        regions: (regions, region.to_string()),
        diseases: (
            std::iter::once(all)
                .chain(chosen.all.diseases.iter().map(words))
                .collect(),
            query.get("disease").to_owned(),
        ),
        from: query.get("from").to_owned(),
        until: query.get("until").to_owned(),
        by: if chosen.by_report { "report" } else { "onset" }.to_owned(),
        cluster: cluster_of(&chosen.all, query),
        all: address(paths::CHAINS, query, &["cluster", "case"], &[]),
        outbreaks: others(desk, query, chosen),
    }
}

/// Outbreaks beside the one that is shown.
fn others(desk: &Desk, query: &Form, chosen: &Shown) -> Vec<(String, String)> {
    let lang = desk.visit.lang;
    let other = |(first, last): &(Day, Day)| {
        let words = format!("{} – {}", dates::day(lang, date(*first)), dates::day(lang, date(*last)));
        let days = [("from", first.to_string()), ("until", last.to_string())];
        let days: Vec<(&str, &str)> = days.iter().map(|(name, day)| (*name, day.as_str())).collect();
        let without = ["from", "until", "cluster", "case"];
        (words, address(paths::CHAINS, query, &without, &days))
    };
    match chosen.outbreaks.len() {
        0 | 1 => Vec::new(),
        _ => chosen.outbreaks.iter().rev().map(other).collect(),
    }
}

fn clusters(chosen: &Shown, query: &Form) -> Vec<Cluster> {
    let numbers: BTreeSet<usize> = chosen
        .cases
        .iter()
        .map(|case| chosen.all.chains.links[*case].cluster)
        .collect();
    let mut found: Vec<_> = numbers
        .into_iter()
        .map(|number| &chosen.all.chains.clusters[number - 1])
        .filter(|cluster| cluster.size > 1)
        .collect();
    found.sort_by_key(|cluster| (std::cmp::Reverse(cluster.size), cluster.number));
    let one = |cluster: &lianfang_epi::chains::Cluster| Cluster {
        number: cluster.number,
        first: chosen.all.cases[cluster.first].label.clone(),
        size: cluster.size,
        generations: cluster.generations,
        days: cluster.onsets.map(|(first, last)| (date(first), date(last))),
        href: address(
            paths::CHAINS,
            query,
            &["cluster", "case"],
            &[("cluster", &cluster.number.to_string())],
        ),
    };
    found.into_iter().take(CLUSTERS).map(one).collect()
}

fn row(snapshot: &Snapshot, chosen: &Shown, place: usize, lang: Lang, opens_files: bool) -> Case {
    let (case, link) = (&chosen.all.cases[place], &chosen.all.chains.links[place]);
    let source = link.infector.map(|from| {
        let is_contact = chosen.all.sources[place] == Some(LinkSource::Contact);
        (chosen.all.cases[from].label.clone(), is_contact)
    });
    Case {
        name: (
            case.label.clone(),
            opens_files.then(|| paths::subject(&case.subject.to_string())),
        ),
        region: region_steps::name(&snapshot.regions, lang, &case.region),
        onset: case.onset.map(date),
        reported: case.reported.map(date),
        class: class_words(snapshot, case.class.as_deref(), lang),
        cluster: link.cluster,
        generation: link.generation,
        source,
        infected: link.infected,
        serial_interval: link.serial_interval_days,
    }
}

/// A class in words; nothing where it is not known.
pub(super) fn class_words(snapshot: &Snapshot, class: Option<&str>, lang: Lang) -> String {
    let Some(class) = class else { return String::new() };
    let list = snapshot.model.lists.get("case_class");
    let value = list.and_then(|list| list.value(class));
    value.map_or_else(|| class.to_owned(), |value| value.title.get(lang).to_owned())
}
