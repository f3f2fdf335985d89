//! One call as a command: its sheets are files, its parameters are options.

use super::sheet_file::{self, OutArgs};
use crate::failure::{Failure, Outcome};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use lianfang_epi::calls::{Asked, Call, Kind, Param};
use lianfang_kernel::Problem;
use std::path::{Path, PathBuf};

/// A call with its files and what was set.
#[derive(Debug)]
pub struct Computed {
    call: &'static Call,
    files: Vec<(&'static str, PathBuf)>,
    values: Vec<(&'static str, String)>,
    out: OutArgs,
}

/// The command of a call.
pub fn command(call: &'static Call) -> Command {
    let sheets = call.sheets.iter().map(|input| {
        Arg::new(input.name)
            .long(input.name)
            .value_name(input.file)
            .required(input.is_required)
            .value_parser(clap::value_parser!(PathBuf))
            .help(format!("{} ¦ {}", input.zh, input.en))
    });
    let command = Command::new(call.name)
        .args(sheets)
        .args(call.params.iter().map(argument));
    OutArgs::augment_args(command).about(format!("{} ¦ {}", call.zh, call.en))
}

fn argument(param: &'static Param) -> Arg {
    let arg = Arg::new(param.name)
        .long(param.name)
        .help(format!("{} ¦ {}", param.zh, param.en));
    // A name of one letter reads as an option of its own beside the long one, and was shown as such.
    let arg = match param.aliases.iter().any(|alias| alias.len() == 1) {
        true => arg.visible_aliases(param.aliases),
        false => arg.aliases(param.aliases),
    };
    if param.kind == Kind::Switch {
        return arg.action(ArgAction::SetTrue);
    }
    let arg = arg.value_name(param.value).allow_negative_numbers(true);
    let arg = match param.default {
        Some(default) => arg.default_value(default),
        None => arg,
    };
    match param.kind {
        Kind::Choice(known) => arg.value_parser(PossibleValuesParser::new(known)).ignore_case(true),
        Kind::YesNo => arg.value_parser(PossibleValuesParser::new(["true", "false"])),
        _ => arg,
    }
}

impl Computed {
    /// Reads what clap found.
    ///
    /// # Errors
    /// What clap says of the options of every command.
    pub fn from_matches(call: &'static Call, matches: &ArgMatches) -> Result<Computed, clap::Error> {
        let files = call.sheets.iter().filter_map(|input| {
            let path: &PathBuf = matches.get_one(input.name)?;
            Some((input.name, path.clone()))
        });
        let values = call.params.iter().filter_map(|param| match param.kind {
            Kind::Switch => matches.get_flag(param.name).then(|| (param.name, "true".to_owned())),
            _ => {
                let text: &String = matches.get_one(param.name)?;
                Some((param.name, text.clone()))
            }
        });
        Ok(Computed {
            call,
            files: files.collect(),
            values: values.collect(),
            out: OutArgs::from_arg_matches(matches)?,
        })
    }

    /// Computes it and gives the result.
    ///
    /// # Errors
    /// Files that cannot be read, sheets or parameters that cannot be used.
    pub fn run(&self) -> Outcome {
        let mut asked = Asked::new(self.call);
        for (name, value) in &self.values {
            asked.set(name, value).map_err(usage)?;
        }
        for (name, path) in &self.files {
            asked.put(name, sheet_file::read(path)?).map_err(usage)?;
        }
        let told = asked.run().map_err(|problem| match problem.code.as_str() {
            "param_missing" | "param_invalid" => usage(problem),
            _ => self.in_file(problem),
        })?;
        sheet_file::finish(&told, &self.out)
    }

    /// The problem with the file that it is about, where there is only one.
    fn in_file(&self, problem: Problem) -> Failure {
        match self.files.as_slice() {
            [(_, path)] => sheet_file::at(Path::new(path), problem),
            _ => problem.into(),
        }
    }
}

fn usage(problem: Problem) -> Failure {
    Failure::usage(problem.what, problem.hint)
}
