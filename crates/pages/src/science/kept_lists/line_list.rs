//! Lists of cases: counted by onset, with the day of report and who infected whom where the list says so.

use super::{Interval, LineList, Outbreak, Sheets, day, kept, source};
use lianfang_epi::Table;
use lianfang_kernel::{Day, Words};
use std::collections::BTreeMap;

/// The columns of a list.
struct Columns {
    case: &'static str,
    onset: &'static str,
    /// When it became known; none where the list has no such day.
    report: Option<&'static str>,
}

/// The curve by onset of the cases whose onset is known, and the list.
fn by_onset(sheet: &Table, columns: &Columns, (code, name): (&str, Words)) -> Option<Outbreak> {
    let mut by_day: BTreeMap<Day, i64> = BTreeMap::new();
    let (mut cases, mut reports, mut without_onset) = (Vec::new(), Vec::new(), 0);
    for row in 0..sheet.len() {
        let onset = day(sheet, row, columns.onset);
        let id = sheet.text(row, columns.case).unwrap_or_default();
        cases.push((id.to_owned(), onset));
        let Some(onset) = onset else {
            without_onset += 1;
            continue;
        };
        *by_day.entry(onset).or_default() += 1;
        if let Some(report) = columns.report.and_then(|name| day(sheet, row, name)) {
            reports.push((onset, report));
        }
    }
    let (first, last) = (*by_day.keys().next()?, *by_day.keys().next_back()?);
    let days = (0..=first.until(last)).map(|n| by_day.get(&first.plus(n)).copied().unwrap_or(0));
    Some(Outbreak {
        reports,
        without_onset,
        list: LineList {
            cases,
            links: Vec::new(),
        },
        ..kept(code, name, first, days.collect())
    })
}

fn links(sheet: &Table, (from, to): (&str, &str)) -> Vec<(String, String)> {
    let pair = |row: usize| Some((sheet.text(row, from)?.to_owned(), sheet.text(row, to)?.to_owned()));
    (0..sheet.len()).filter_map(pair).collect()
}

/// MERS in Korea 2015.
pub(super) fn mers(sheets: Sheets<'_>) -> Option<Outbreak> {
    let columns = Columns {
        case: "id",
        onset: "dt_onset",
        report: Some("dt_report"),
    };
    let name = Words::new(
        "韩国中东呼吸综合征，2015年（按发病日）",
        "MERS, Republic of Korea 2015, by onset",
    );
    let list = sheets("outbreaks/mers_korea_2015_linelist.csv")?;
    let mut one = by_onset(&list, &columns, ("mers-2015", name))?;
    if let Some(pairs) = sheets("outbreaks/mers_korea_2015_contacts.csv") {
        one.list.links = links(&pairs, ("from", "to"));
    }
    Some(Outbreak {
        interval: Some(Interval {
            mean: "12.6",
            sd: "2.8",
            source: "doi:10.2807/1560-7917.ES2015.20.25.21163",
        }),
        source: source(
            (
                "R包 outbreaks 的 mers_korea_2015",
                "mers_korea_2015 of the R package outbreaks",
            ),
            (
                "多为医院内传播，少数病例传给许多人：R 的平均值说明不了每一例。",
                "Most were infected in hospitals and a few cases infected many: the mean of R tells little of any one of them.",
            ),
        ),
        ..one
    })
}

/// A simulated outbreak of Ebola, of a size at which pictures and chains must still work.
pub(super) fn ebola(sheets: Sheets<'_>) -> Option<Outbreak> {
    let columns = Columns {
        case: "case_id",
        onset: "date_of_onset",
        report: Some("date_of_hospitalisation"),
    };
    let name = Words::new(
        "埃博拉，模拟的暴发（按发病日）",
        "Ebola, a simulated outbreak, by onset",
    );
    let list = sheets("outbreaks/ebola_sim_clean_linelist.csv")?;
    let mut one = by_onset(&list, &columns, ("ebola-simulated", name))?;
    if let Some(pairs) = sheets("outbreaks/ebola_sim_clean_contacts.csv") {
        one.list.links = links(&pairs, ("infector", "case_id"));
    }
    Some(Outbreak {
        interval: Some(Interval {
            mean: "15.3",
            sd: "9.3",
            source: "doi:10.1056/NEJMoa1411100",
        }),
        source: source(
            (
                "R包 outbreaks 的 ebola_sim_clean",
                "ebola_sim_clean of the R package outbreaks",
            ),
            (
                "病例是模拟的，不是真人；以住院日为报告日；三分之一的病例不知由谁传染。",
                "The cases are simulated and no real people; the day in hospital is taken as the day of report; of a third of them nobody knows who infected them.",
            ),
        ),
        ..one
    })
}

/// Influenza A(H7N9) in China 2013.
pub(super) fn influenza(sheets: Sheets<'_>) -> Option<Outbreak> {
    let columns = Columns {
        case: "case_id",
        onset: "date_of_onset",
        report: Some("date_of_hospitalisation"),
    };
    let name = Words::new(
        "中国甲型H7N9流感，2013年（按发病日）",
        "Influenza A(H7N9), China 2013, by onset",
    );
    let list = sheets("outbreaks/fluH7N9_china_2013_linelist.csv")?;
    Some(Outbreak {
        source: source(
            (
                "R包 outbreaks 的 fluH7N9_china_2013（Kucharski 等 2014，doi:10.5061/dryad.2g43n）",
                "fluH7N9_china_2013 of the R package outbreaks (Kucharski et al. 2014, doi:10.5061/dryad.2g43n)",
            ),
            (
                "以住院日为报告日。多由禽类感染，人际再生数不适用。",
                "The day in hospital is taken as the day of report. Most were infected by birds, so that a reproduction number between persons does not apply.",
            ),
        ),
        ..by_onset(&list, &columns, ("h7n9-2013", name))?
    })
}

/// Haemolytic uraemic syndrome in Germany 2011.
pub(super) fn haemolytic_uraemic_syndrome(sheets: Sheets<'_>) -> Option<Outbreak> {
    let columns = Columns {
        case: "case_id",
        onset: "event_date",
        report: Some("report_date"),
    };
    let name = Words::new(
        "德国溶血尿毒综合征 O104:H4，2011年（按发病日）",
        "Haemolytic uraemic syndrome O104:H4, Germany 2011, by onset",
    );
    let list = sheets("epi/nowcast/inputs/husO104.csv")?;
    Some(Outbreak {
        source: source(
            (
                "R包 surveillance 的 husO104Hosp（罗伯特·科赫研究所）",
                "husO104Hosp of the R package surveillance (Robert Koch Institute)",
            ),
            (
                "主要经食物感染，人际再生数不适用。",
                "Most were infected by food, so that a reproduction number between persons does not apply.",
            ),
        ),
        ..by_onset(&list, &columns, ("hus-2011", name))?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_counted_by_onset_and_says_who_infected_whom() {
        let sheets = |path: &str| {
            Table::parse(match path {
                "outbreaks/mers_korea_2015_linelist.csv" => {
                    "id,dt_onset,dt_report\nA,2015-05-11,2015-05-19\nB,2015-05-13,NA\nC,NA,2015-05-20\n"
                }
                "outbreaks/mers_korea_2015_contacts.csv" => "from,to\nA,B\n",
                _ => return None,
            })
            .ok()
        };
        let one = mers(&sheets).expect("a list with onsets");
        assert_eq!(
            (one.counts.as_slice(), one.reports.len(), one.without_onset),
            ([1, 0, 1].as_slice(), 1, 1)
        );
        assert_eq!((one.list.cases.len(), one.list.links.len()), (3, 1));
        assert!(ebola(&sheets).is_none(), "a sheet that is not there");
    }

    #[test]
    fn a_list_without_any_onset_is_no_outbreak() {
        let sheets = |_: &str| Table::parse("event_date,report_date\nNA,2011-05-18\n").ok();
        assert!(haemolytic_uraemic_syndrome(&sheets).is_none());
    }
}
