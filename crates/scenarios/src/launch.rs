//! Starts the real program on a fresh database with a test clock, and ends it.

use serde::Deserialize;
use std::any::Any;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// Longest wait for the address. Migrating, reading the packs and making the accounts takes a few seconds in a debug
/// build; the rest is for machines on which everything runs at once.
const PATIENCE: Duration = Duration::from_secs(120);

/// How many lines of the log are printed with a failure.
const LOG_LINES: usize = 20;

/// Gives a server to play a scenario against.
pub trait Launch {
    /// A server of the city with this code whose test clock stands at `clock`, on an empty database.
    ///
    /// # Errors
    /// It does not start.
    fn launch(&self, city: &str, clock: &str) -> Result<Server, LaunchError>;
}

/// A running server; it ends when dropped.
#[derive(Debug)]
pub struct Server {
    /// Its address, such as `http://127.0.0.1:41234`.
    pub url: String,
    /// The accounts it came with.
    pub logins: Vec<Login>,
    /// The language that its answers are asked for in, where a scenario expects no words.
    pub(crate) lang: Option<&'static str>,
    process: Option<Process>,
}

impl Server {
    /// A server that somebody else started and will end.
    pub fn elsewhere(url: impl Into<String>, logins: Vec<Login>) -> Self {
        Self {
            url: url.into(),
            logins,
            lang: None,
            process: None,
        }
    }

    /// The last lines of its log.
    pub(crate) fn log(&self) -> String {
        self.process.as_ref().map(Process::log).unwrap_or_default()
    }
}

/// An account the server came with.
#[derive(Clone, Debug, Deserialize)]
pub struct Login {
    /// Its role.
    pub role: String,
    /// The name it signs in with.
    pub login: String,
    /// Its password.
    pub password: String,
    /// Its API token.
    pub token: String,
}

/// Why a server did not start.
#[derive(Debug)]
pub enum LaunchError {
    /// The program ended by itself: it refused its packs, its arguments or its database. What it said.
    Refused(String),
    /// The program cannot be run, or did not say its address in time.
    Machine(String),
}

impl fmt::Display for LaunchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(text) | Self::Machine(text) => text.fmt(f),
        }
    }
}

impl std::error::Error for LaunchError {}

/// Where the server keeps its data: an address, and what removes it again when dropped.
type Place = (String, Box<dyn Any + Send>);

/// Starts the program `lianfang`.
pub struct BinaryLauncher {
    program: PathBuf,
    packs: PathBuf,
    regions: Option<PathBuf>,
    overlay: Option<PathBuf>,
    lang: Option<&'static str>,
    database: Box<dyn Fn() -> Option<Place> + Send + Sync>,
}

impl fmt::Debug for BinaryLauncher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BinaryLauncher")
            .field("program", &self.program)
            .field("packs", &self.packs)
            .field("regions", &self.regions)
            .field("overlay", &self.overlay)
            .finish_non_exhaustive()
    }
}

impl BinaryLauncher {
    /// Runs `program` with the packs in `packs` and the region trees that it carries, on SQLite.
    pub fn new(program: impl Into<PathBuf>, packs: impl Into<PathBuf>) -> Self {
        Self {
            program: program.into(),
            packs: packs.into(),
            regions: None,
            overlay: None,
            lang: None,
            database: Box::new(|| None),
        }
    }

    /// With the region trees `<city>.csv` of a folder.
    #[must_use]
    pub fn with_regions(mut self, regions: impl Into<PathBuf>) -> Self {
        self.regions = Some(regions.into());
        self
    }

    /// With a city's overlay.
    #[must_use]
    pub fn with_overlay(mut self, overlay: impl Into<PathBuf>) -> Self {
        self.overlay = Some(overlay.into());
        self
    }

    /// With answers in a language, such as `en`, wherever a scenario expects no words of the other one.
    #[must_use]
    pub fn in_language(mut self, lang: &'static str) -> Self {
        self.lang = Some(lang);
        self
    }

    /// On databases of the caller's: each call gives the address of an empty one, and a value that removes it when
    /// dropped, after the server has ended.
    #[must_use]
    pub fn on_databases(mut self, make: impl Fn() -> (String, Box<dyn Any + Send>) + Send + Sync + 'static) -> Self {
        self.database = Box::new(move || Some(make()));
        self
    }

    fn command(&self, city: &str, clock: &str, folder: &Path, database: &str) -> Command {
        let mut command = Command::new(&self.program);
        command
            .arg("serve")
            .args(["--database", database, "--city", city, "--clock", clock]);
        command.args(["--listen", "127.0.0.1:0", "--json"]);
        command.arg("--key").arg(folder.join("master.key"));
        command.arg("--packs").arg(&self.packs);
        if let Some(regions) = &self.regions {
            command.arg("--regions").arg(regions.join(format!("{city}.csv")));
        }
        if let Some(overlay) = &self.overlay {
            command.arg("--overlay").arg(overlay);
        }
        command
    }
}

impl Launch for BinaryLauncher {
    fn launch(&self, city: &str, clock: &str) -> Result<Server, LaunchError> {
        let machine = |error: std::io::Error| LaunchError::Machine(error.to_string());
        let folder = tempfile::Builder::new()
            .prefix("lianfang-scenario-")
            .tempdir()
            .map_err(machine)?;
        let (url, place) = match (self.database)() {
            Some((url, place)) => (url, Some(place)),
            None => (format!("sqlite:{}", folder.path().join("scenario.db").display()), None),
        };
        let log = File::create(folder.path().join("log")).map_err(machine)?;
        let mut command = self.command(city, clock, folder.path(), &url);
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn();
        let child = child.map_err(|error| LaunchError::Machine(format!("{}: {error}", self.program.display())))?;
        let mut process = Process {
            child,
            folder,
            _place: place,
        };
        let line = process.first_line()?;
        let ready: Ready = serde_json::from_str(&line)
            .map_err(|error| LaunchError::Machine(format!("the first line is not as promised ({error}): {line}")))?;
        Ok(Server {
            url: ready.url,
            logins: ready.logins,
            lang: self.lang,
            process: Some(process),
        })
    }
}

/// The first line the server prints.
#[derive(Deserialize)]
struct Ready {
    url: String,
    #[serde(default)]
    logins: Vec<Login>,
}

/// The running program. The database outlives it, the folder as well: fields are dropped after `drop`.
struct Process {
    child: Child,
    folder: tempfile::TempDir,
    _place: Option<Box<dyn Any + Send>>,
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process")
            .field("id", &self.child.id())
            .finish_non_exhaustive()
    }
}

impl Process {
    /// Waits for the first line; afterwards keeps reading so that the program never waits for a full pipe.
    fn first_line(&mut self) -> Result<String, LaunchError> {
        let Some(stdout) = self.child.stdout.take() else {
            return Err(LaunchError::Machine("the program has no output".to_owned()));
        };
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                // Nobody listens after the first line.
                let _ = sender.send(line);
            }
        });
        match receiver.recv_timeout(PATIENCE) {
            Ok(line) => Ok(line),
            Err(RecvTimeoutError::Timeout) => {
                let seconds = PATIENCE.as_secs();
                Err(LaunchError::Machine(format!(
                    "no address within {seconds} s\n{}",
                    self.log()
                )))
            }
            Err(RecvTimeoutError::Disconnected) => {
                let status = self.child.wait().map(|status| status.to_string()).unwrap_or_default();
                Err(LaunchError::Refused(format!("{status}\n{}", self.log())))
            }
        }
    }

    fn log(&self) -> String {
        last_words(&tail(&self.folder.path().join("log")).unwrap_or_default())
    }
}

/// The last lines of a log that say what went wrong: what merely went on is left out.
fn last_words(log: &str) -> String {
    let telling: Vec<&str> = log.lines().filter(|line| !line.contains("INFO")).collect();
    let skipped = telling.len().saturating_sub(LOG_LINES);
    telling[skipped..].join("\n")
}

/// The end of a log that may be long.
fn tail(path: &Path) -> std::io::Result<String> {
    const LONGEST: u64 = 64 * 1024;
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LONGEST)))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

impl Drop for Process {
    fn drop(&mut self) {
        // Its data is thrown away, so nothing needs to be ended gently; a program that has gone needs nothing.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::last_words;

    #[test]
    fn what_merely_went_on_does_not_bury_the_cause() {
        let log = format!(
            "{}ERROR db: no space left\nerror: the database is full\n",
            "t INFO db: migrated\n".repeat(40)
        );
        assert_eq!(last_words(&log), "ERROR db: no space left\nerror: the database is full");
    }
}
