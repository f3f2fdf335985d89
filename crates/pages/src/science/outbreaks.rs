//! Published daily counts of 2020 by place, read once: the sheet of `data/cases-2020`.

use lianfang_epi::Table;
use lianfang_kernel::{Day, Lang, Words};

/// Cases that an outbreak has at least: of fewer no method says anything.
const LEAST: i64 = 30;
/// The last of so many cases is left out: a revision or a few imported cases weeks later are not the outbreak.
const LAST_OF: i64 = 100;
/// Days shown after the last that counts.
const AROUND: i64 = 3;

/// The counts of one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outbreak {
    /// Code of the city, of the province where the whole of it is one place.
    pub code: String,
    /// Its name.
    pub name: Words,
    /// The first day.
    pub first: Day,
    /// New cases each day; what a revision took away is zero.
    pub counts: Vec<i64>,
    /// Days that a revision made negative.
    pub revised: usize,
    /// Days from one count to the next: 1, or 7 of weeks.
    pub step: i64,
    /// Those among the counts that were infected elsewhere; empty where nobody says.
    pub imported: Vec<i64>,
    /// Onset and report of each case, where a list has them.
    pub reports: Vec<(Day, Day)>,
    /// Cases of the list whose onset nobody knows: they are not among the counts.
    pub without_onset: usize,
    /// The cases one by one, where a list has them.
    pub list: LineList,
    /// Its serial interval, where it goes from person to person and somebody measured it.
    pub interval: Option<Interval>,
    /// It is of a list kept beside the program and not of the published counts of 2020.
    pub is_kept: bool,
    /// Where a list kept beside the program comes from, with its licence.
    pub source: Words,
}

/// Cases with their onset, and who infected whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LineList {
    /// Id and day of onset.
    pub cases: Vec<(String, Option<Day>)>,
    /// Infector and infected.
    pub links: Vec<(String, String)>,
}

/// A serial interval of the literature, in days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Interval {
    /// Its mean.
    pub mean: &'static str,
    /// Its standard deviation.
    pub sd: &'static str,
    /// Where it was published.
    pub source: &'static str,
}

impl Default for Outbreak {
    fn default() -> Outbreak {
        Outbreak {
            code: String::new(),
            name: Words::default(),
            first: Day(0),
            counts: Vec::new(),
            revised: 0,
            step: 1,
            imported: Vec::new(),
            reports: Vec::new(),
            without_onset: 0,
            list: LineList::default(),
            interval: None,
            is_kept: false,
            source: Words::default(),
        }
    }
}

impl Outbreak {
    /// The last day.
    pub fn last(&self) -> Day {
        self.day(i64::try_from(self.counts.len()).unwrap_or(1) - 1)
    }

    /// The first day of a count, the first of which is 0.
    pub fn day(&self, n: i64) -> Day {
        self.first.plus(n * self.step)
    }

    /// What was counted, with `{place}`.
    pub fn counted(&self) -> Words {
        match self.is_kept {
            false => Words::new("{place}公布的新增确诊", "New confirmed cases published of {place}"),
            true => Words::same("{place}"),
        }
    }

    /// What a column is.
    pub fn columns_name(&self) -> Words {
        match (self.is_kept, self.step) {
            (false, _) => Words::new("公布的新增确诊", "New confirmed cases published"),
            (true, 1) => Words::new("按发病日的病例", "Cases by onset"),
            _ => Words::new("每周病例", "Cases a week"),
        }
    }

    /// All cases.
    pub fn total(&self) -> i64 {
        self.counts.iter().sum()
    }

    /// Its name.
    pub fn name(&self, lang: Lang) -> &str {
        self.name.get(lang)
    }
}

/// The outbreaks of a sheet with enough cases, the greatest first. What is not a row of counts is left out.
pub(super) fn outbreaks(csv: &str) -> Vec<Outbreak> {
    let Ok(sheet) = Table::parse(csv) else {
        return Vec::new();
    };
    let mut found: Vec<(Outbreak, Vec<(Day, i64)>)> = Vec::new();
    for row in 0..sheet.len() {
        let cell = |name: &str| sheet.text(row, name).unwrap_or_default();
        let (Ok(day), Ok(n)) = (Day::parse(cell("date")), cell("new_confirmed").parse::<i64>()) else {
            continue;
        };
        let is_whole = cell("city") == "*";
        let (code, zh, en) = if is_whole {
            (cell("province_code"), cell("province"), cell("province_en"))
        } else {
            (cell("city_code"), cell("city"), cell("city_en"))
        };
        // The country and what is not assigned to a place are no outbreak of one place; Wuhan was most of Hubei.
        if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            continue;
        }
        if found.last().is_none_or(|(known, _)| known.code != code) {
            if let Some(at) = found.iter().position(|(known, _)| known.code == code) {
                found[at].1.push((day, n));
                continue;
            }
            let place = Outbreak {
                code: code.to_owned(),
                name: Words::new(zh, en),
                first: day,
                ..Outbreak::default()
            };
            found.push((place, Vec::new()));
        }
        if let Some((_, days)) = found.last_mut() {
            days.push((day, n));
        }
    }
    let mut outbreaks: Vec<Outbreak> = found
        .into_iter()
        .filter_map(|(place, days)| counted(place, &days))
        .collect();
    outbreaks.sort_by(|a, b| b.total().cmp(&a.total()).then_with(|| a.code.cmp(&b.code)));
    outbreaks
}

/// The day by which all but the last hundredth of the cases were counted.
fn last_day(days: &[(Day, i64)]) -> Option<Day> {
    let mut sorted: Vec<(Day, i64)> = days.iter().map(|(day, n)| (*day, (*n).max(0))).collect();
    sorted.sort();
    let total: i64 = sorted.iter().map(|(_, n)| n).sum();
    let mut so_far = 0;
    let reached = sorted.into_iter().find(|(_, n)| {
        so_far += n;
        so_far > 0 && (total - so_far) * LAST_OF <= total
    });
    reached.map(|(day, _)| day)
}

/// The days from the first case to just after the last that counts, every day once.
fn counted(place: Outbreak, days: &[(Day, i64)]) -> Option<Outbreak> {
    let with_cases = || days.iter().filter(|(_, n)| *n > 0).map(|(day, _)| *day);
    let known = days.iter().map(|(day, _)| *day).max()?;
    let first = with_cases().min()?;
    let last = last_day(days)?.plus(AROUND).min(known);
    let length = usize::try_from(first.until(last) + 1).ok()?;
    let mut counts = vec![0; length];
    let mut revised = 0;
    for (day, n) in days {
        if let Some(count) = usize::try_from(first.until(*day))
            .ok()
            .and_then(|at| counts.get_mut(at))
        {
            revised += usize::from(*n < 0);
            *count += (*n).max(0);
        }
    }
    let place = Outbreak {
        first,
        counts,
        revised,
        ..place
    };
    (place.total() >= LEAST).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "date,province,province_en,province_code,city,city_en,city_code,new_confirmed\n";

    #[test]
    fn a_place_has_every_day_once_from_its_first_case_and_small_ones_are_left_out() {
        let rows = [
            "2020-01-20,甘肃省,Gansu,620000,兰州市,Lanzhou,620100,0",
            "2020-01-21,甘肃省,Gansu,620000,兰州市,Lanzhou,620100,30",
            "2020-01-21,甘肃省,Gansu,620000,天水市,Tianshui,620500,2",
            "2020-01-23,甘肃省,Gansu,620000,兰州市,Lanzhou,620100,-1",
            "2020-01-24,甘肃省,Gansu,620000,兰州市,Lanzhou,620100,5",
            "2020-01-24,*,*,,*,*,,900",
            "2020-01-24,甘肃省,Gansu,620000,境外输入,imported from abroad,6200y0,40",
            "not a day,甘肃省,Gansu,620000,兰州市,Lanzhou,620100,5",
        ];
        let found = outbreaks(&format!("{HEAD}{}\n", rows.join("\n")));
        assert_eq!(found.len(), 1);
        let one = &found[0];
        assert_eq!(
            (one.code.as_str(), one.name(Lang::En), one.revised),
            ("620100", "Lanzhou", 1)
        );
        assert_eq!(
            (one.first.to_string().as_str(), one.counts.as_slice()),
            ("2020-01-21", [30, 0, 0, 5].as_slice())
        );
    }

    #[test]
    fn what_is_no_sheet_of_counts_has_no_outbreak() {
        assert!(outbreaks("").is_empty() && outbreaks("a,b\n1,2\n").is_empty());
    }
}
