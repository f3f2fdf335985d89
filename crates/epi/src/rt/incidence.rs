//! New cases a day, by where they were infected.

use crate::Result;
use lianfang_kernel::{Problem, Words};

/// New cases of each day, infected here or brought in.
#[derive(Clone, Debug, PartialEq)]
pub struct Incidence {
    local: Vec<f64>,
    imported: Vec<f64>,
    warnings: Vec<Words>,
}

impl Incidence {
    /// Counts of consecutive days. Whoever fell ill on the first day was infected by nobody in the data and counts as
    /// imported.
    ///
    /// # Errors
    /// Fewer than three days, columns of different length, a negative count or a decimal, or no case at all.
    pub fn new(mut local: Vec<f64>, mut imported: Vec<f64>) -> Result<Incidence> {
        if local.len() != imported.len() || local.len() < 3 {
            return Err(too_short(local.len()));
        }
        for (day, value) in local.iter().chain(&imported).enumerate() {
            if !(*value >= 0.0 && value.is_finite() && value.fract() == 0.0) {
                return Err(no_count(day % local.len() + 1, *value));
            }
        }
        if local.iter().chain(&imported).all(|value| *value == 0.0) {
            return Err(all_zero());
        }
        let mut warnings = Vec::new();
        if local[0] > 0.0 {
            imported[0] += local[0];
            local[0] = 0.0;
            warnings.push(Words::new(
                "第一天的病例按输入计",
                "the cases of the first day are counted as imported",
            ));
        }
        if let Some((first, length)) = longest_silence(&local, &imported).filter(|(_, length)| *length >= 30) {
            warnings.push(Words::new(
                format!("第{first}天起连续{length}天无病例：请确认不是漏报"),
                format!("no case on {length} days from day {first} on: make sure that nothing is missing"),
            ));
        }
        Ok(Incidence {
            local,
            imported,
            warnings,
        })
    }

    /// Cases of one kind only, the first day imported.
    ///
    /// # Errors
    /// As for [`Incidence::new`].
    pub fn of_total(total: Vec<f64>) -> Result<Incidence> {
        let imported = vec![0.0; total.len()];
        Incidence::new(total, imported)
    }

    /// Number of days.
    pub fn days(&self) -> usize {
        self.local.len()
    }

    /// Cases infected here.
    pub fn local(&self) -> &[f64] {
        &self.local
    }

    /// All cases, which all may infect.
    pub fn total(&self) -> Vec<f64> {
        self.local.iter().zip(&self.imported).map(|(a, b)| a + b).collect()
    }

    /// What a reader of the results must know.
    pub fn warnings(&self) -> &[Words] {
        &self.warnings
    }
}

/// First day (from 1) and length of the longest run of days without a case.
fn longest_silence(local: &[f64], imported: &[f64]) -> Option<(usize, usize)> {
    let (mut best, mut start) = (None, None);
    for (day, (a, b)) in local.iter().zip(imported).enumerate() {
        if a + b > 0.0 {
            start = None;
            continue;
        }
        let first = *start.get_or_insert(day);
        if best.is_none_or(|(_, length)| day + 1 - first > length) {
            best = Some((first + 1, day + 1 - first));
        }
    }
    best
}

fn too_short(days: usize) -> Problem {
    Problem::new(
        "series_short",
        Words::new(format!("只有{days}天的数据"), format!("there are only {days} days")),
        Words::new(
            "至少要有连续三天的病例数",
            "give the cases of at least three consecutive days",
        ),
    )
}

fn no_count(day: usize, value: f64) -> Problem {
    Problem::new(
        "count_invalid",
        Words::new(
            format!("第{day}天的病例数 {value} 不是非负整数"),
            format!("day {day}: {value} is not a count"),
        ),
        Words::new("填写每日新发病例数", "give new cases a day as whole numbers from zero"),
    )
}

fn all_zero() -> Problem {
    Problem::new(
        "series_zero",
        Words::new("没有一例病例", "there is not a single case"),
        Words::new(
            "没有病例就无法估计再生数；请核对列和区域",
            "without cases there is no reproduction number; check column and region",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_counts_are_refused_with_their_day() {
        let code = |local: &[f64]| Incidence::of_total(local.to_vec()).expect_err("refused").code;
        assert_eq!(code(&[1.0, 2.0]), "series_short");
        assert_eq!(code(&[1.0, -2.0, 0.0]), "count_invalid");
        assert_eq!(code(&[1.0, 2.5, 0.0]), "count_invalid");
        assert_eq!(code(&[1.0, f64::NAN, 0.0]), "count_invalid");
        assert_eq!(code(&[0.0; 10]), "series_zero");
    }

    #[test]
    fn a_long_silence_is_told() {
        let mut total = vec![0.0; 40];
        total[0] = 1.0;
        let incidence = Incidence::of_total(total).expect("counts");
        assert!(
            incidence
                .warnings()
                .iter()
                .any(|words| words.en.contains("39 days from day 2"))
        );
    }
}
