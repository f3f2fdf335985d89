//! The one binary: serves a city, sets it up, looks after it.
//!
//! One command, one file under `commands/`. To add one: its file with its arguments and `run`, a line in
//! `commands/mod.rs`, a variant in `args.rs`. Exit codes: 0 done, 1 the check or the input failed, 2 wrong usage.

mod activation;
mod args;
mod channels;
mod commands;
mod embedded;
mod failure;
mod founding;
mod hand_over_clock;
mod key_file;
mod key_parts;
mod log;
mod person_list;
mod posts;
mod ready;
mod say;
mod store;

use args::{Cli, Verb};
use clap::error::ErrorKind;
use failure::Outcome;
use lianfang_kernel::Lang;
use std::process::ExitCode;

/// Plans and rows are many small objects of one thread: a fifth of the writer's time went into the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args_os()
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    say::set_lang(say::lang_of(&args, |name| std::env::var(name).ok()));
    let cli = match args::parse(&args, say::lang()) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    log::start(cli.log_json);
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let text = failure.text(say::lang());
            if !text.is_empty() {
                say::err(text);
            }
            ExitCode::from(failure.code())
        }
    }
}

fn run(cli: Cli) -> Outcome {
    use commands as c;
    match cli.command {
        Verb::Demo(args) => c::demo::run(&args),
        Verb::Serve(args) => c::serve::run(args),
        Verb::Init(args) => c::init::run(&args),
        Verb::User(verb) => c::user::run(&verb),
        Verb::Region(verb) => c::region::run(&verb),
        Verb::Org(verb) => c::org::run(&verb),
        Verb::Key(verb) => c::key::run(&verb),
        Verb::Cert(verb) => c::cert::run(&verb),
        Verb::Pack(verb) => c::pack::run(&verb),
        Verb::Duplicates(args) => c::duplicates::run(&args),
        Verb::Import(args) => c::import::run(&args),
        Verb::Export(args) => c::export::run(&args),
        Verb::Indicator(args) => c::indicator::run(&args),
        Verb::Pass(verb) => c::pass::run(&verb),
        Verb::Backup(args) => c::backup::run(&args),
        Verb::Restore(args) => c::restore::run(&args),
        Verb::Audit(verb) => c::audit::run(&verb),
        Verb::Retention(verb) => c::retention::run(&verb),
        Verb::Doctor(args) => c::doctor::run(&args),
        Verb::Epi(verb) => c::epi::run(&verb),
        Verb::Bench(args) => c::bench::run(&args),
        Verb::Message(verb) => c::message::run(&verb),
        Verb::Match(args) => c::match_lists::run(&args),
        Verb::Brief(args) => c::brief::run(&args),
        Verb::Preview(args) => c::preview::run(&args),
        Verb::Drill(later) | Verb::Read(later) => c::later::run(&later),
    }
}

/// Help and version on standard output; wrong usage on standard error with exit code 2.
fn refuse(error: &clap::Error) -> ExitCode {
    let is_help = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    );
    if is_help && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if say::lang() == Lang::Zh {
        say::err("用法有误。加 --help 查看用法。");
    }
    let _ = error.print();
    ExitCode::from(2)
}
