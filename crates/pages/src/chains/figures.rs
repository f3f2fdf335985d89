//! Figures of the chains that are shown: generations, serial intervals, how many each case infected.

use super::{Shown, pick};
use lianfang_epi::chains::Link;
use lianfang_epi::offspring;
use lianfang_kernel::Lang;
use lianfang_ui::charts::{Chart, Column};
use std::collections::BTreeMap;

/// What stands beside the picture.
#[derive(Default)]
pub(super) struct Figures {
    pub facts: Vec<(String, String)>,
    pub charts: Vec<Chart>,
    pub method: String,
}

/// The figures of the cases that are shown.
pub(super) fn of(shown: &Shown, lang: Lang) -> Figures {
    let links: Vec<&Link> = shown.cases.iter().map(|case| &shown.all.chains.links[*case]).collect();
    let mut found = Figures::default();
    if links.is_empty() {
        return found;
    }
    let generations = links.iter().map(|link| link.generation).max().unwrap_or_default();
    let sizes = shown.cases.iter().map(|case| shown.size(*case));
    let largest = sizes.max().unwrap_or_default();
    let with_source = links.iter().filter(|link| link.infector.is_some()).count();
    let all = links.len();
    found.facts.push((
        pick(lang, "病例", "Cases"),
        pick(lang, format!("{all}例"), all.to_string()),
    ));
    found.facts.push((
        pick(lang, "来源已知", "Source known"),
        pick(lang, format!("{with_source}例"), format!("{with_source} cases")),
    ));
    found.facts.push((
        pick(lang, "最大聚集", "Largest cluster"),
        pick(lang, format!("{largest}例"), format!("{largest} cases")),
    ));
    found.facts.push((
        pick(lang, "末代", "Last generation"),
        pick(lang, format!("第{generations}代"), generations.to_string()),
    ));
    serial_intervals(&links, lang, &mut found);
    infected(&links, lang, &mut found);
    found
}

fn serial_intervals(links: &[&Link], lang: Lang, found: &mut Figures) {
    let mut days: Vec<i64> = links.iter().filter_map(|link| link.serial_interval_days).collect();
    days.sort_unstable();
    let heading = pick(lang, "代间距", "Serial interval");
    let (Some(least), Some(most)) = (days.first().copied(), days.last().copied()) else {
        let none = pick(
            lang,
            "没有来源和发病日都已知的病例",
            "No case with both its source and the days of onset known",
        );
        return found.facts.push((heading, none));
    };
    let n = days.len() as f64;
    let median = (days[(days.len() - 1) / 2] + days[days.len() / 2]) as f64 / 2.0;
    let mean = days.iter().sum::<i64>() as f64 / n;
    let spread = (days.iter().map(|d| (*d as f64 - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0)).sqrt();
    let (median, mean, spread) = (short(median), short(mean), short(spread));
    found.facts.push((
        heading,
        pick(
            lang,
            format!(
                "中位{median}天，均值{mean}天，标准差{spread}天，{least}至{most}天，{}对",
                days.len()
            ),
            format!(
                "median {median} days, mean {mean}, standard deviation {spread}, {least} to {most}, {} pairs",
                days.len()
            ),
        ),
    ));
    let title = pick(
        lang,
        format!("代间距中位{median}天"),
        format!("The median serial interval is {median} days"),
    );
    let name = pick(lang, "代间距（天）", "Serial interval (days)");
    found
        .charts
        .push(histogram("intervals", title, name, pick(lang, "对", "pairs"), &days));
}

fn infected(links: &[&Link], lang: Lang, found: &mut Figures) {
    let numbers: Vec<i64> = links
        .iter()
        .map(|link| i64::try_from(link.infected).unwrap_or(i64::MAX))
        .collect();
    let counts: Vec<f64> = links.iter().map(|link| link.infected as f64).collect();
    let heading = pick(lang, "每例续发", "Infected by each case");
    if numbers.iter().all(|n| *n == 0) {
        // Nobody known to have infected anybody is no measurement of zero.
        let none = pick(
            lang,
            "还没有已知的传播关系，不能估计",
            "No transmission is known yet: it cannot be estimated",
        );
        return found.facts.push((heading, none));
    }
    let Ok(estimate) = offspring::estimate(&counts) else {
        return;
    };
    let k = end(estimate.dispersion);
    let (low, high) = estimate.dispersion_interval;
    let mean = format!("{:.2}", estimate.mean);
    found.facts.push((
        heading,
        pick(
            lang,
            format!(
                "均值R {mean}，离散度k {k}（95%区间{}至{}），最多{}例",
                end(low),
                end(high),
                estimate.most
            ),
            format!(
                "mean R {mean}, dispersion k {k} (95 % interval {} to {}), at most {}",
                end(low),
                end(high),
                estimate.most
            ),
        ),
    ));
    if let Some(share) = estimate.share_for_80_percent {
        let percent = short(share * 100.0);
        found.facts.push((
            pick(lang, "引起80%传播的病例", "Cases that cause 80 % of transmission"),
            pick(lang, format!("{percent}%"), format!("{percent} %")),
        ));
    }
    let zero = short(estimate.share_zero * 100.0);
    let title = pick(
        lang,
        format!("{zero}%的病例没有已知续发"),
        format!("{zero} % of cases infected nobody that is known"),
    );
    let name = pick(lang, "每例续发数", "Infected by each case");
    found
        .charts
        .push(histogram("infected", title, name, pick(lang, "例", "cases"), &numbers));
    found.method = pick(
        lang,
        "续发数按负二项分布最大似然估计（Lloyd-Smith等2005，doi:10.1038/nature04153）。来源不明的病例使R偏低；仍在续发的病例也是。",
        "Numbers infected by maximum likelihood of a negative binomial distribution (Lloyd-Smith and others 2005, doi:10.1038/nature04153). Cases whose source is not known make R too low, and so do those that still infect.",
    );
}

/// An end of an interval, which may have none.
fn end(value: f64) -> String {
    match value.is_finite() {
        true => format!("{value:.2}"),
        false => "∞".to_owned(),
    }
}

fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.trim_end_matches(".0").to_owned()
}

/// Values a column may have of its own; beyond them several share one.
const COLUMNS: i64 = 40;

/// How often each value occurs, with those between that do not occur.
fn histogram(id: &str, title: String, columns_name: String, unit: String, values: &[i64]) -> Chart {
    let mut counted: BTreeMap<i64, f64> = BTreeMap::new();
    let (low, high) = (
        values.iter().min().copied().unwrap_or(0),
        values.iter().max().copied().unwrap_or(0),
    );
    let width = ((high - low) / COLUMNS + 1).max(1);
    for value in values {
        *counted.entry((value - low) / width).or_default() += 1.0;
    }
    let label = |at: i64| match width {
        1 => (low + at).to_string(),
        _ => format!("{}–{}", low + at * width, low + (at + 1) * width - 1),
    };
    let columns = (0..=(high - low) / width).map(|at| Column {
        label: label(at),
        value: Some(counted.get(&at).copied().unwrap_or(0.0)),
        is_partial: false,
    });
    Chart {
        id: id.to_owned(),
        desc: columns_name.clone(),
        title,
        unit,
        columns_name,
        columns: columns.collect(),
        ..Chart::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_has_every_value_between_and_never_too_many_columns() {
        let few = histogram("a", String::new(), String::new(), String::new(), &[-1, 2, 2]);
        let told: Vec<(&str, Option<f64>)> = few.columns.iter().map(|c| (c.label.as_str(), c.value)).collect();
        assert_eq!(
            told,
            [("-1", Some(1.0)), ("0", Some(0.0)), ("1", Some(0.0)), ("2", Some(2.0))]
        );
        let many = histogram("a", String::new(), String::new(), String::new(), &[0, 500]);
        assert!(many.columns.len() <= 41, "{}", many.columns.len());
        assert_eq!(many.columns.iter().filter_map(|c| c.value).sum::<f64>(), 2.0);
    }
}
