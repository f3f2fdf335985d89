//! Outbreaks of the field's literature, where the folder that `LIANFANG_REFERENCE` names has them. Their data have licences of
//! their own (GPL) and are never part of the program.

use super::outbreaks::Outbreak;
use lianfang_epi::Table;
use lianfang_kernel::{Day, Words};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What of the folder is shown: HUS by onset and report, Salmonella Agona by week.
const HUS: &str = "epi/nowcast/inputs/husO104.csv";
const AGONA: &str = "epi/surveillance/inputs/salmonella_agona.csv";

/// Those that are there; none without the folder.
pub(super) fn found() -> Vec<Outbreak> {
    let Some(folder) = std::env::var_os("LIANFANG_REFERENCE").map(PathBuf::from) else {
        return Vec::new();
    };
    let read = |path: &str| table(&folder.join(path));
    let hus = read(HUS).and_then(|list| by_onset(&list));
    let agona = read(AGONA).and_then(|weeks| by_week(&weeks));
    hus.into_iter().chain(agona).collect()
}

fn table(path: &Path) -> Option<Table> {
    let bytes = std::fs::read(path).ok()?;
    Table::parse(&String::from_utf8_lossy(&bytes)).ok()
}

fn kept(code: &str, name: Words, first: Day, counts: Vec<i64>) -> Outbreak {
    Outbreak {
        code: code.to_owned(),
        name,
        first,
        counts,
        is_kept: true,
        ..Outbreak::default()
    }
}

/// A list of cases with onset and report.
fn by_onset(list: &Table) -> Option<Outbreak> {
    let day = |row: usize, name: &str| Day::parse(list.text(row, name)?).ok();
    let reports: Vec<(Day, Day)> = (0..list.len())
        .filter_map(|row| Some((day(row, "event_date")?, day(row, "report_date")?)))
        .collect();
    let mut by_day: BTreeMap<Day, i64> = BTreeMap::new();
    for (onset, _) in &reports {
        *by_day.entry(*onset).or_default() += 1;
    }
    let (first, last) = (*by_day.keys().next()?, *by_day.keys().next_back()?);
    let days = (0..=first.until(last)).map(|n| by_day.get(&first.plus(n)).copied().unwrap_or(0));
    let name = Words::new(
        "德国溶血尿毒综合征 O104:H4，2011年（按发病日）",
        "Haemolytic uraemic syndrome O104:H4, Germany 2011, by onset",
    );
    let outbreak = kept("hus-2011", name, first, days.collect());
    let source = Words::new(
        "数据：R包 surveillance 的 husO104Hosp（罗伯特·科赫研究所），GPL-2，由 LIANFANG_REFERENCE 指向的目录读取，不随程序分发。主要经食物感染，人际再生数不适用。",
        "Data: husO104Hosp of the R package surveillance (Robert Koch Institute), GPL-2, read from the folder that LIANFANG_REFERENCE names and not shipped. Most were infected by food, so that a reproduction number between persons does not apply.",
    );
    Some(Outbreak {
        reports,
        source,
        ..outbreak
    })
}

/// Weeks of consecutive years.
fn by_week(weeks: &Table) -> Option<Outbreak> {
    let counts: Vec<i64> = (0..weeks.len())
        .map(|row| weeks.text(row, "observed")?.parse().ok())
        .collect::<Option<_>>()?;
    let year = weeks.text(0, "year")?;
    let first = Day::parse(&format!("{year}-01-01")).ok()?;
    let name = Words::new(
        "英国阿贡纳沙门菌，1990–1995年（逐周）",
        "Salmonella Agona, United Kingdom 1990–1995, by week",
    );
    let outbreak = kept("agona-1990", name, first, counts);
    let source = Words::new(
        "数据：R包 surveillance 的 salmonella.agona（Farrington 等 1996），GPL-2，由 LIANFANG_REFERENCE 指向的目录读取，不随程序分发。",
        "Data: salmonella.agona of the R package surveillance (Farrington et al. 1996), GPL-2, read from the folder that LIANFANG_REFERENCE names and not shipped.",
    );
    Some(Outbreak {
        step: 7,
        source,
        ..outbreak
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_counted_by_onset_and_weeks_are_kept() {
        let list = Table::parse("event_date,report_date\n2011-05-07,2011-05-18\n2011-05-09,2011-05-10\n").unwrap();
        let one = by_onset(&list).unwrap();
        assert_eq!(
            (one.counts.as_slice(), one.reports.len(), one.step),
            ([1, 0, 1].as_slice(), 2, 1)
        );
        let weeks = Table::parse("t,observed,year\n1,4,1990\n2,0,1990\n").unwrap();
        let one = by_week(&weeks).unwrap();
        assert_eq!((one.step, one.last().to_string().as_str()), (7, "1990-01-08"));
        assert!(by_week(&list).is_none() && by_onset(&weeks).is_none());
    }
}
