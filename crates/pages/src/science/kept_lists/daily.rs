//! Counts by day or week.

use super::{Interval, Outbreak, Sheets, day, kept, source};
use lianfang_epi::Table;
use lianfang_kernel::{Day, Words};
use std::collections::BTreeMap;

/// Counts of the named columns, every day from the first to the last of the sheet, days that are not there as zero.
fn by_day(sheet: &Table, columns: &[&str]) -> Option<(Day, Vec<i64>)> {
    let mut found: BTreeMap<Day, i64> = BTreeMap::new();
    for row in 0..sheet.len() {
        let count = |name: &&str| sheet.text(row, name)?.parse::<i64>().ok();
        *found.entry(day(sheet, row, "date")?).or_default() += columns.iter().filter_map(count).sum::<i64>();
    }
    let (first, last) = (*found.keys().next()?, *found.keys().next_back()?);
    let days = (0..=first.until(last)).map(|n| found.get(&first.plus(n)).copied().unwrap_or(0));
    Some((first, days.collect()))
}

/// SARS in Canada 2003: who came with it from abroad is told apart.
pub(super) fn sars(sheets: Sheets<'_>) -> Option<Outbreak> {
    let sheet = sheets("outbreaks/sars_canada_2003_daily.csv")?;
    let here = ["cases_household", "cases_healthcare", "cases_other"];
    let (first, imported) = by_day(&sheet, &["cases_travel"])?;
    let (_, local) = by_day(&sheet, &here)?;
    let counts = local
        .iter()
        .zip(&imported)
        .map(|(local, imported)| local + imported)
        .collect();
    let name = Words::new("加拿大非典，2003年", "SARS, Canada 2003");
    Some(Outbreak {
        interval: Some(Interval {
            mean: "8.4",
            sd: "3.8",
            source: "doi:10.1126/science.1086616",
        }),
        source: source(
            (
                "R包 outbreaks 的 sars_canada_2003",
                "sars_canada_2003 of the R package outbreaks",
            ),
            (
                "境外带入的病例只作为传染来源，不计入本地传播。",
                "Cases brought from abroad count as sources and not as infected here.",
            ),
        ),
        imported,
        ..kept("sars-2003", name, first, counts)
    })
}

/// Zika in Girardot 2015.
pub(super) fn zika(sheets: Sheets<'_>) -> Option<Outbreak> {
    let (first, counts) = by_day(&sheets("outbreaks/zika_girardot_2015_daily.csv")?, &["cases"])?;
    let name = Words::new("哥伦比亚吉拉尔多特寨卡，2015年", "Zika, Girardot (Colombia) 2015");
    Some(Outbreak {
        source: source(
            (
                "R包 outbreaks 的 zika_girardot_2015",
                "zika_girardot_2015 of the R package outbreaks",
            ),
            (
                "由蚊子传播，人际再生数不适用。",
                "Mosquitoes carry it, so that a reproduction number between persons does not apply.",
            ),
        ),
        ..kept("zika-2015", name, first, counts)
    })
}

/// Salmonella Agona by week, of consecutive years.
pub(super) fn agona(sheets: Sheets<'_>) -> Option<Outbreak> {
    let weeks = sheets("epi/surveillance/inputs/salmonella_agona.csv")?;
    let counts: Vec<i64> = (0..weeks.len())
        .map(|row| weeks.text(row, "observed")?.parse().ok())
        .collect::<Option<_>>()?;
    let first = Day::parse(&format!("{}-01-01", weeks.text(0, "year")?)).ok()?;
    let name = Words::new(
        "英国阿贡纳沙门菌，1990–1995年（逐周）",
        "Salmonella Agona, United Kingdom 1990–1995, by week",
    );
    Some(Outbreak {
        step: 7,
        source: source(
            (
                "R包 surveillance 的 salmonella.agona（Farrington 等 1996）",
                "salmonella.agona of the R package surveillance (Farrington et al. 1996)",
            ),
            ("多由食物感染。", "Most were infected by food."),
        ),
        ..kept("agona-1990", name, first, counts)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_without_a_row_are_zero_and_who_came_from_abroad_is_told_apart() {
        let sheets = |_: &str| {
            let text = "date,cases_travel,cases_household,cases_healthcare,cases_other\n\
                        2003-02-23,1,0,0,0\n2003-02-26,0,1,2,0\n";
            Table::parse(text).ok()
        };
        let one = sars(&sheets).expect("counts");
        assert_eq!(one.counts, [1, 0, 0, 3]);
        assert_eq!(one.imported, [1, 0, 0, 0]);
    }

    #[test]
    fn weeks_are_kept_as_weeks() {
        let sheets = |_: &str| Table::parse("t,observed,year\n1,4,1990\n2,0,1990\n").ok();
        let one = agona(&sheets).expect("weeks");
        assert_eq!((one.step, one.last().to_string().as_str()), (7, "1990-01-08"));
        let no_weeks = |_: &str| Table::parse("event_date\n2011-05-07\n").ok();
        assert!(agona(&no_weeks).is_none());
    }
}
