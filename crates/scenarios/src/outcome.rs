//! What came of a scenario, in words that lead to the place to look at.

use crate::matching::Difference;
use std::fmt;

/// A scenario that was played.
#[derive(Debug)]
pub struct Outcome {
    /// The scenario's id; the file's name when it could not be read.
    pub id: String,
    /// Rows and rights it names.
    pub meets: Vec<String>,
    /// Steps done, each repetition counted.
    pub steps: usize,
    /// Nothing when it passed.
    pub result: Result<(), Failure>,
}

impl Outcome {
    /// Whether every step gave what was expected.
    pub fn passed(&self) -> bool {
        self.result.is_ok()
    }
}

/// Where and how a scenario failed.
#[derive(Debug)]
pub struct Failure {
    /// Number and words of the step; nothing before the first.
    pub step: Option<(String, String)>,
    /// Who sent what, when a request was under way.
    pub request: Option<String>,
    /// What went wrong.
    pub trouble: Trouble,
    /// The last lines the server wrote to its log.
    pub log: String,
}

/// What went wrong.
#[derive(Debug)]
pub enum Trouble {
    /// The file does not follow the format.
    File(String),
    /// The server ended before it listened: its packs or its arguments were refused.
    Refused(String),
    /// The server could not be started or did not answer in time.
    Machine(String),
    /// Organisations or accounts could not be made.
    SetUp(String),
    /// The step cannot be done as written: an unknown name, a wrong duration.
    Step(String),
    /// The answer is not the one expected.
    Answer {
        /// Status that came back.
        status: u16,
        /// Places that differ.
        differences: Vec<Difference>,
        /// The whole answer.
        body: String,
    },
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.step {
            Some((number, say)) if say.is_empty() => writeln!(f, "step {number}")?,
            Some((number, say)) => writeln!(f, "step {number}: {say}")?,
            None => writeln!(f, "before the first step")?,
        }
        if let Some(request) = &self.request {
            writeln!(f, "  {request}")?;
        }
        match &self.trouble {
            Trouble::File(text) => writeln!(f, "  the file is wrong: {text}")?,
            Trouble::Refused(text) => writeln!(f, "  the server did not start: {text}")?,
            Trouble::Machine(text) => writeln!(f, "  the server cannot be reached: {text}")?,
            Trouble::SetUp(text) => writeln!(f, "  organisations and accounts: {text}")?,
            Trouble::Step(text) => writeln!(f, "  {text}")?,
            Trouble::Answer {
                status,
                differences,
                body,
            } => {
                for difference in differences {
                    writeln!(f, "  {difference}")?;
                }
                writeln!(f, "  answer {status}: {}", cut(body))?;
            }
        }
        if !self.log.is_empty() {
            writeln!(f, "  log of the server:")?;
            for line in self.log.lines() {
                writeln!(f, "    {line}")?;
            }
        }
        Ok(())
    }
}

/// Enough of a long answer to see what it is.
fn cut(body: &str) -> &str {
    const LONGEST: usize = 4_000;
    match body.char_indices().nth(LONGEST) {
        Some((end, _)) => &body[..end],
        None => body,
    }
}
