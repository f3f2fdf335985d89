//! Recomputes every case of a folder of reference runs, and compares.
//!
//! A folder has areas (`epiestim`, `surveillance`, …), each with `cases*.csv` (one row a case with its parameters), `inputs/`
//! and, unless results stand in the cases themselves, `outputs/`. Results are only ever compared with, never read as input.
//!
//! To add an area: a file here that turns its cases into [`Output`]s, and a line in `AREAS`.

mod boda;
mod case;
mod compare;
mod delays;
mod epiestim;
mod growth;
mod nowcast;
mod offspring;
mod surveillance;

pub use compare::{Comparison, Rule};

use crate::{Result, Table};
use case::{Area, FREE_TEXT};
use lianfang_kernel::{Problem, Words};
use rayon::prelude::*;

/// Where files are read. Paths are relative, with `/` between folders.
pub trait Folder: Sync {
    /// The text of a file; none when there is no such file.
    ///
    /// # Errors
    /// It is there and cannot be read.
    fn read(&self, path: &str) -> Result<Option<String>>;

    /// The names of the files of a folder, sorted; empty when there is no such folder.
    fn list(&self, path: &str) -> Vec<String>;
}

/// One computed sheet.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its case.
    pub case: String,
    /// Where it is written, relative to the folder of results.
    pub path: String,
    /// Where the reference is, relative to the folder of cases.
    pub reference: String,
    /// What was computed.
    pub table: Table,
    /// How each column is compared.
    pub rule: fn(&str) -> Rule,
}

/// What became of one case.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its area.
    pub area: &'static str,
    /// Its name.
    pub case: String,
    /// The sheet; none when it could not be computed.
    pub output: Option<Output>,
    /// Why not.
    pub problem: Option<Problem>,
    /// How it compares; none without a reference.
    pub comparison: Option<Comparison>,
}

impl Outcome {
    /// Whether it was computed and is not outside of its tolerance.
    pub fn is_good(&self) -> bool {
        self.problem.is_none() && self.comparison.as_ref().is_none_or(|c| c.is_within)
    }
}

type Compute = fn(&Area) -> Result<Vec<Job>>;

/// What there is to do: the name of the case, and its computation.
pub(crate) type Job = (String, Box<dyn Fn() -> Result<Vec<Output>> + Send + Sync>);

/// Every area.
const AREAS: [(&str, Compute); 7] = [
    ("boda", boda::jobs),
    ("delays", delays::jobs),
    ("epiestim", epiestim::jobs),
    ("growth", growth::jobs),
    ("nowcast", nowcast::jobs),
    ("offspring", offspring::jobs),
    ("surveillance", surveillance::jobs),
];

/// Recomputes every case, over all cores, in the order of areas and cases.
///
/// # Errors
/// Nothing in the folder is an area, or a file of cases cannot be read.
pub fn run(folder: &dyn Folder) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    let mut is_any = false;
    for (name, compute) in AREAS {
        let area = Area::read(folder, name)?;
        if area.is_empty() {
            continue;
        }
        is_any = true;
        let jobs = compute(&area)?;
        let done: Vec<Vec<Outcome>> = jobs
            .par_iter()
            .map(|(case, job)| one(folder, name, case, job()))
            .collect();
        outcomes.extend(done.into_iter().flatten());
    }
    if !is_any {
        let names = AREAS.map(|(name, _)| name).join(", ");
        return Err(Problem::new(
            "cases_missing",
            Words::new("目录中没有可重算的案例", "there are no cases in the folder"),
            Words::new(
                format!("目录下应有子目录 {names}，内含 cases*.csv"),
                format!("it should hold some of the folders {names}, with cases*.csv"),
            ),
        ));
    }
    Ok(outcomes)
}

fn one(folder: &dyn Folder, area: &'static str, case: &str, done: Result<Vec<Output>>) -> Vec<Outcome> {
    let failed = |problem| Outcome {
        area,
        case: case.to_owned(),
        output: None,
        problem: Some(problem),
        comparison: None,
    };
    let outputs = match done {
        Ok(outputs) => outputs,
        Err(problem) => return vec![failed(problem)],
    };
    let compared = |output: Output| {
        let reference = folder
            .read(&output.reference)
            .and_then(|text| text.map(|t| Table::parse_joining(&t, &FREE_TEXT)).transpose());
        match reference {
            Ok(reference) => Outcome {
                area,
                case: output.case.clone(),
                problem: None,
                comparison: reference.and_then(|r| compare::compare(&output.table, &r, output.rule)),
                output: Some(output),
            },
            Err(problem) => failed(problem),
        }
    };
    outputs.into_iter().map(compared).collect()
}
