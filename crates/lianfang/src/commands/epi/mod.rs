//! `epi`: estimators and detectors over sheets. What can be asked, with its parameters, is [`lianfang_epi::calls`], from which the
//! arguments are made; here are files.

mod cases;
mod computed;
mod sheet_file;

use crate::failure::Outcome;
use clap::error::ErrorKind;
use clap::{ArgMatches, Args, Command, FromArgMatches, Subcommand};
use computed::Computed;
use lianfang_epi::calls::{self, CALLS};

/// What to compute.
#[derive(Debug)]
pub enum EpiVerb {
    /// One of the calls.
    Computed(Computed),
    /// 重算参照案例并比对 ¦ Recompute reference cases and compare
    Cases(cases::CasesArgs),
}

impl Subcommand for EpiVerb {
    fn augment_subcommands(command: Command) -> Command {
        let command = CALLS
            .iter()
            .fold(command, |command, call| command.subcommand(computed::command(call)));
        let about = "重算参照案例并比对 ¦ Recompute reference cases and compare";
        command.subcommand(cases::CasesArgs::augment_args(Command::new("cases")).about(about))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        EpiVerb::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        name == "cases" || calls::find(name).is_some()
    }
}

impl FromArgMatches for EpiVerb {
    fn from_arg_matches(matches: &ArgMatches) -> Result<EpiVerb, clap::Error> {
        match matches.subcommand() {
            Some(("cases", matches)) => cases::CasesArgs::from_arg_matches(matches).map(EpiVerb::Cases),
            Some((name, matches)) => match calls::find(name) {
                Some(call) => Computed::from_matches(call, matches).map(EpiVerb::Computed),
                None => Err(clap::Error::new(ErrorKind::InvalidSubcommand)),
            },
            None => Err(clap::Error::new(ErrorKind::MissingSubcommand)),
        }
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = EpiVerb::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Computes it.
///
/// # Errors
/// Files that cannot be read, sheets or settings that cannot be used.
pub fn run(verb: &EpiVerb) -> Outcome {
    match verb {
        EpiVerb::Computed(computed) => computed.run(),
        EpiVerb::Cases(args) => cases::run(args),
    }
}
