//! One part of the gate: a command whose output is passed on and whose closing lines are kept.

use super::tally::{self, Tally};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// What came of a stage.
pub struct Done {
    /// Its name.
    pub name: &'static str,
    /// Whether the command ended well.
    pub is_ok: bool,
    /// Tests counted; a stage without tests counts as one check.
    pub tally: Tally,
    /// The closing lines it printed.
    pub closing: Vec<String>,
    /// How long it took.
    pub took: Duration,
}

/// A command of the gate.
pub struct Stage {
    name: &'static str,
    command: Command,
    has_tests: bool,
}

impl Stage {
    /// A check: it ends well or not.
    pub fn check(name: &'static str, program: impl AsRef<Path>, arguments: &[&str]) -> Self {
        let mut command = Command::new(program.as_ref());
        command.args(arguments);
        Self {
            name,
            command,
            has_tests: false,
        }
    }

    /// A test run, which must say how many tests it ran.
    pub fn tests(name: &'static str, program: impl AsRef<Path>, arguments: &[&str]) -> Self {
        let mut stage = Self::check(name, program, arguments);
        stage.has_tests = true;
        stage
    }

    /// What it is called in the report.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// In a folder.
    pub fn within(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// With a variable.
    pub fn with(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it.
    pub fn run(mut self) -> Done {
        println!("\n── {} ──", self.name);
        let started = Instant::now();
        let kept = Mutex::new((Tally::default(), Vec::new()));
        let is_ok = match pass_on(&mut self.command, &kept) {
            Ok(status) => status.success(),
            Err(error) => {
                eprintln!("{}: {error}", self.name);
                false
            }
        };
        let (tests, closing) = kept.into_inner().unwrap_or_default();
        let (is_ok, tally) = judge(is_ok, self.has_tests, tests);
        Done {
            name: self.name,
            is_ok,
            tally,
            closing,
            took: started.elapsed(),
        }
    }
}

/// A run of tests that ran none has not tested anything; one that broke off has failed even if no test did.
fn judge(is_ok: bool, has_tests: bool, tests: Tally) -> (bool, Tally) {
    let is_ok = is_ok && tests.failed == 0 && (!has_tests || tests.passed > 0);
    let mut tally = tests;
    if !is_ok && tally.failed == 0 {
        tally.failed = 1;
    }
    if is_ok && !has_tests {
        tally.passed += 1;
    }
    (is_ok, tally)
}

fn pass_on(command: &mut Command, kept: &Mutex<(Tally, Vec<String>)>) -> std::io::Result<ExitStatus> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    std::thread::scope(|scope| {
        scope.spawn(|| stdout.map(|stream| forward(stream, kept)));
        scope.spawn(|| stderr.map(|stream| forward(stream, kept)));
    });
    child.wait()
}

fn forward(stream: impl Read, kept: &Mutex<(Tally, Vec<String>)>) {
    for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line);
        // Where the output goes has gone away: the stage still runs to its end.
        let _ = writeln!(std::io::stdout().lock(), "{line}");
        if let Some(tally) = tally::closing(&line).or_else(|| tally::plain(&line))
            && let Ok(mut kept) = kept.lock()
        {
            kept.0 += tally;
            kept.1.push(line.trim().to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u64, failed: u64) -> Tally {
        Tally { passed, failed }
    }

    #[test]
    fn a_check_counts_as_one_and_tests_as_themselves() {
        assert_eq!(judge(true, false, tally(0, 0)), (true, tally(1, 0)));
        assert_eq!(judge(false, false, tally(0, 0)), (false, tally(0, 1)));
        assert_eq!(judge(true, true, tally(9, 0)), (true, tally(9, 0)));
        assert_eq!(judge(false, true, tally(8, 1)), (false, tally(8, 1)));
    }

    #[test]
    fn a_run_without_tests_or_one_that_broke_off_has_failed() {
        assert_eq!(judge(true, true, tally(0, 0)), (false, tally(0, 1)));
        assert_eq!(judge(false, true, tally(9, 0)), (false, tally(9, 1)));
    }

    #[test]
    fn output_is_read_to_the_end_and_counted() {
        let done = Stage::tests(
            "echo",
            "sh",
            &["-c", "echo '2 passed, 0 failed'; echo '1 passed, 0 failed' >&2"],
        )
        .run();
        assert!(done.is_ok);
        assert_eq!(done.tally, tally(3, 0));
        assert!(!Stage::check("none", "no-such-program", &[]).run().is_ok);
    }
}
