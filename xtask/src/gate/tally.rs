//! Counts tests from the closing lines of the runners.

use std::ops::AddAssign;

/// Tests and checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Those that held.
    pub passed: u64,
    /// Those that did not.
    pub failed: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// What a closing line says; nothing for any other line.
pub fn closing(line: &str) -> Option<Tally> {
    let line = line.trim();
    if let Some((_, counts)) = line
        .split_once(" tests run: ")
        .or_else(|| line.split_once(" test run: "))
    {
        return line.starts_with("Summary").then(|| count(counts, ','));
    }
    if let Some((_, counts)) = line
        .strip_prefix("test result: ")
        .and_then(|rest| rest.split_once(". "))
    {
        return Some(count(counts, ';'));
    }
    node(line)
}

/// `ℹ pass 12` and `ℹ fail 0` (`#` where there is no terminal), as the test runner of Node ends with.
fn node(line: &str) -> Option<Tally> {
    let line = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# "))?;
    let (word, number) = line.split_once(' ')?;
    let number = number.parse().ok()?;
    match word {
        "pass" => Some(Tally {
            passed: number,
            failed: 0,
        }),
        "fail" | "cancelled" => Some(Tally {
            passed: 0,
            failed: number,
        }),
        _ => None,
    }
}

/// A line that is `N passed, N failed` and nothing else, as the journeys end with.
pub fn plain(line: &str) -> Option<Tally> {
    let (passed, failed) = line.trim().split_once(" passed, ")?;
    Some(Tally {
        passed: passed.parse().ok()?,
        failed: failed.strip_suffix(" failed")?.parse().ok()?,
    })
}

/// `25 passed (1 slow), 1 failed, 1 timed out, 0 skipped`: what is neither passed nor skipped did not hold.
fn count(counts: &str, separator: char) -> Tally {
    let mut tally = Tally::default();
    for part in counts.split(separator) {
        let mut words = part.split_whitespace();
        let Some(number) = words.next().and_then(|number| number.parse::<u64>().ok()) else {
            continue;
        };
        match words.next() {
            Some("passed") => tally.passed += number,
            Some("failed" | "timed" | "exec") => tally.failed += number,
            _ => {}
        }
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: Option<(u64, u64)>) {
        let found = closing(line)
            .or_else(|| plain(line))
            .map(|tally| (tally.passed, tally.failed));
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn closing_lines_of_the_runners_are_counted() {
        check(
            "     Summary [   0.551s] 27 tests run: 27 passed, 0 skipped",
            Some((27, 0)),
        );
        check("     Summary [   1.2s] 1 test run: 1 passed, 3 skipped", Some((1, 0)));
        let all = "     Summary [   9s] 30/61 tests run: 25 passed (1 slow, 2 leaky), 3 failed, 1 timed out, 1 exec failed, 2 skipped";
        check(all, Some((25, 5)));
        check(
            "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.02s",
            Some((3, 0)),
        );
        check("test result: FAILED. 2 passed; 1 failed; 0 ignored", Some((2, 1)));
        check("12 passed, 1 failed", Some((12, 1)));
        check("ℹ pass 12", Some((12, 0)));
        check("# fail 1", Some((0, 1)));
        check("ℹ cancelled 2", Some((0, 2)));
        check("ℹ tests 15", None);
        check("# Subtest: pass 3", None);
        check("error: 12 passed, 1 failed", None);
        check("running 3 tests", None);
    }
}
