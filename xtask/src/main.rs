//! What can be checked by a program: the rules of the code, the rows that are met, the whole gate.
//!
//! To add a rule of the code: (1) a file under `src/tidy/` with `pub fn check(tree: &Tree) -> Vec<Finding>`, (2) its line
//! in `tidy::RULES`, (3) a test there on a tree made for it, that fails without the rule.

mod coverage;
mod fuzz;
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

  gate [WORD…]                everything CI runs, as `make test` does; with words only the stages whose name holds one
  tidy                        the rules of code, packs and words that a program can hold
  coverage [--results DIR]    which rows are met; plays the scenarios itself unless results of a test run are named
      --check                 fail if a row of docs/coverage.txt is no longer met
      --write                 write docs/coverage.txt
      --mutate [ROW…]         remove the pack items of each row, and demand that its scenarios notice
          --sample N --seed N only N rows, drawn with the seed
  fuzz [--seconds N] [TARGET] the fuzz targets of every parser, each for a minute or as long as said
  pg [start|stop|url]         a private PostgreSQL for tests; start prints the variable to export
  regions SOURCE OUT          cut the region lists of the reference cities out of the china-division package
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let Some(code) = fuzz::before_compiler(&arguments) {
        return code;
    }
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<ExitCode> {
    match arguments {
        ["gate", only @ ..] => {
            return Ok(if gate::run(only)? {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            });
        }
        ["tidy"] => tidy::run()?,
        ["coverage", rest @ ..] => match coverage::Options::read(rest) {
            Some(options) => coverage::run(&options)?,
            None => return Ok(wrong_usage()),
        },
        ["fuzz", rest @ ..] => match fuzz::Options::read(rest) {
            Some(options) => fuzz::run(&options)?,
            None => return Ok(wrong_usage()),
        },
        ["pg"] | ["pg", "start"] => println!("export LIANFANG_TEST_POSTGRES={}", pg::start()?),
        ["pg", "url"] => println!("{}", pg::start()?),
        ["pg", "stop"] => pg::stop()?,
        ["regions", source, out] => regions::cut(Path::new(source), Path::new(out))?,
        ["regions", ..] => bail!("regions takes the unpacked package and the folder to write to"),
        _ => return Ok(wrong_usage()),
    }
    Ok(ExitCode::SUCCESS)
}

fn wrong_usage() -> ExitCode {
    eprint!("{USAGE}");
    ExitCode::from(2)
}
