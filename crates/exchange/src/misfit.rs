//! One fault of a sheet, with its line and column.

use lianfang_kernel::{Lang, Problem, Words};

/// What did not fit, where, and what to do. The cell's text is not repeated: it may be personal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Line of the file, or row of the worksheet, from 1; the first line of a record that has several.
    pub line: u64,
    /// Title of the column; none when the whole row is meant.
    pub column: Option<String>,
    /// What was wrong and the hint.
    pub problem: Box<Problem>,
}

impl Misfit {
    /// A fault of a row or, with `column`, of a cell.
    pub fn new(line: u64, column: Option<&str>, problem: Problem) -> Misfit {
        Misfit {
            line,
            column: column.map(str::to_owned),
            problem: Box::new(problem),
        }
    }

    /// One sentence for a person: place, fault, hint.
    pub fn text(&self, lang: Lang) -> String {
        let (what, hint) = (self.problem.what.get(lang), self.problem.hint.get(lang));
        match (lang, &self.column) {
            (Lang::Zh, Some(column)) => format!("第{}行“{column}”：{what}。{hint}", self.line),
            (Lang::Zh, None) => format!("第{}行：{what}。{hint}", self.line),
            (Lang::En, Some(column)) => format!("line {}, column “{column}”: {what}; {hint}", self.line),
            (Lang::En, None) => format!("line {}: {what}; {hint}", self.line),
        }
    }
}

/// A problem from its four texts.
pub(crate) fn problem(code: &str, zh: &str, en: &str, hint_zh: &str, hint_en: &str) -> Problem {
    Problem::new(code, Words::new(zh, en), Words::new(hint_zh, hint_en))
}
