//! A private PostgreSQL for development and tests, in one folder, from the server programs that Debian installs.
//!
//! It listens on 127.0.0.1 and on a socket in the folder, has a password of its own, and does not wait for the disk:
//! its data is worth nothing. Its text order is that of a language, not of bytes, so that SQL which silently depends
//! on the order of the test machine is found.

use std::fmt;
use std::fs::{self, File};
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Longest path of a socket that the operating system takes, less the file name.
const LONGEST_SOCKET_FOLDER: usize = 88;

/// Why the server did not start or stop, in both languages.
#[derive(Debug)]
pub struct ClusterError {
    /// 简体中文.
    pub zh: String,
    /// English.
    pub en: String,
}

impl fmt::Display for ClusterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.en, self.zh)
    }
}

impl std::error::Error for ClusterError {}

fn failed(zh: impl Into<String>, en: impl Into<String>) -> ClusterError {
    ClusterError {
        zh: zh.into(),
        en: en.into(),
    }
}

fn at(path: &Path) -> impl FnOnce(std::io::Error) -> ClusterError {
    move |error| {
        failed(
            format!("无法使用 {}：{error}", path.display()),
            format!("cannot use {}: {error}", path.display()),
        )
    }
}

/// Starts the server of `dir`, making it first if need be, and gives the address of its superuser. Does nothing but
/// give the address when it already runs.
///
/// # Errors
/// PostgreSQL is not installed, or its programs fail; the message names their log.
pub fn start_private(dir: &Path) -> Result<String, ClusterError> {
    let cluster = Cluster::at(dir)?;
    let _lock = cluster.lock()?;
    if cluster.is_running() {
        return cluster.url();
    }
    if !cluster.data().join("PG_VERSION").exists() {
        cluster.initialise()?;
    }
    cluster.configure(free_port()?)?;
    let log = cluster.dir.join("log");
    let log = log.to_string_lossy();
    cluster.run("pg_ctl", &["start", "--wait", "--silent", "--log", &log])?;
    cluster.url()
}

/// Stops the server of `dir`, ending its sessions. Does nothing when it does not run.
///
/// # Errors
/// The server's programs fail.
pub fn stop(dir: &Path) -> Result<(), ClusterError> {
    if !dir.join("data").exists() {
        return Ok(());
    }
    let cluster = Cluster::at(dir)?;
    let _lock = cluster.lock()?;
    if cluster.is_running() {
        cluster.run("pg_ctl", &["stop", "--wait", "--silent", "--mode", "fast"])?;
    }
    Ok(())
}

struct Cluster {
    dir: PathBuf,
    programs: PathBuf,
    /// Account and group to run as, when we are root, whom the server refuses.
    account: Option<(u32, u32)>,
}

impl Cluster {
    fn at(dir: &Path) -> Result<Self, ClusterError> {
        fs::create_dir_all(dir).map_err(at(dir))?;
        let dir = dir.canonicalize().map_err(at(dir))?;
        let account = server_account()?;
        fs::set_permissions(&dir, fs::Permissions::from_mode(0o700)).map_err(at(&dir))?;
        if let Some((user, group)) = account {
            chown(&dir, Some(user), Some(group)).map_err(at(&dir))?;
        }
        Ok(Self {
            dir,
            programs: programs()?,
            account,
        })
    }

    fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// Held while we look and act, so that two callers do not start one server twice.
    fn lock(&self) -> Result<File, ClusterError> {
        let path = self.dir.join("lock");
        let file = File::create(&path).map_err(at(&path))?;
        file.lock().map_err(at(&path))?;
        Ok(file)
    }

    fn is_running(&self) -> bool {
        self.run("pg_ctl", &["status"]).is_ok()
    }

    fn url(&self) -> Result<String, ClusterError> {
        let read = |name: &str| {
            let path = self.dir.join(name);
            fs::read_to_string(&path)
                .map_err(at(&path))
                .map(|text| text.trim().to_owned())
        };
        Ok(format!(
            "postgres://postgres:{}@127.0.0.1:{}/postgres",
            read("password")?,
            read("port")?
        ))
    }

    fn initialise(&self) -> Result<(), ClusterError> {
        let password = self.write("password", &random_word()?)?.display().to_string();
        // SCRAM takes a tenth of a second a connection in a debug build, and every test makes several; the password only
        // keeps other accounts of this machine out.
        let pwfile = format!("--pwfile={password}");
        let common = [
            "--username=postgres",
            "--auth=md5",
            &pwfile,
            "--encoding=UTF8",
            "--no-sync",
        ];
        let language = ["--locale=C", "--locale-provider=icu", "--icu-locale=zh"];
        let with_language: Vec<&str> = common.iter().chain(&language).copied().collect();
        if self.run("initdb", &with_language).is_ok() {
            return Ok(());
        }
        // Servers before 15, and those built without ICU, know no language of their own.
        let bytewise: Vec<&str> = common.iter().copied().chain(["--locale=C"]).collect();
        self.run("initdb", &bytewise)
    }

    fn configure(&self, port: u16) -> Result<(), ClusterError> {
        let folder = self.dir.to_string_lossy();
        let sockets = if folder.len() > LONGEST_SOCKET_FOLDER {
            ""
        } else {
            folder.as_ref()
        };
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = '{}'\n\
             fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n\
             max_connections = 200\nshared_buffers = '128MB'\njit = off\n",
            sockets.replace('\'', "''")
        );
        self.write("data/postgresql.auto.conf", &settings)?;
        self.write("port", &port.to_string())?;
        Ok(())
    }

    /// Writes a file that the server's account can read and others cannot.
    fn write(&self, name: &str, text: &str) -> Result<PathBuf, ClusterError> {
        let path = self.dir.join(name);
        fs::write(&path, text).map_err(at(&path))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).map_err(at(&path))?;
        if let Some((user, group)) = self.account {
            chown(&path, Some(user), Some(group)).map_err(at(&path))?;
        }
        Ok(path)
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<(), ClusterError> {
        let mut command = Command::new(self.programs.join(program));
        command
            .args(arguments)
            .arg("--pgdata")
            .arg(self.data())
            .current_dir(&self.dir);
        // What a developer's shell says about other servers must not lead us there.
        for variable in ["PGDATA", "PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGOPTIONS"] {
            command.env_remove(variable);
        }
        command.env("LC_ALL", "C").stdin(Stdio::null());
        if let Some((user, group)) = self.account {
            command.uid(user).gid(group);
        }
        let done = command.output().map_err(at(&self.programs.join(program)))?;
        if done.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&done.stderr).trim().to_owned();
        let log = self.dir.join("log");
        Err(failed(
            format!("{program} 失败：{said}（日志：{}）", log.display()),
            format!("{program} failed: {said} (log: {})", log.display()),
        ))
    }
}

/// Folder of the newest server programs.
fn programs() -> Result<PathBuf, ClusterError> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse::<u32>().ok()?,
                entry.path().join("bin"),
            ))
        })
        .filter(|(_, bin)| bin.join("initdb").exists())
        .max();
    newest.map(|(_, bin)| bin).ok_or_else(|| {
        failed(
            "未找到 PostgreSQL 服务器程序，请安装：apt-get install postgresql",
            "the PostgreSQL server programs were not found under /usr/lib/postgresql: apt-get install postgresql",
        )
    })
}

/// When we are root: account and group of `postgres`.
fn server_account() -> Result<Option<(u32, u32)>, ClusterError> {
    let me = fs::metadata("/proc/self").map_err(at(Path::new("/proc/self")))?;
    if std::os::unix::fs::MetadataExt::uid(&me) != 0 {
        return Ok(None);
    }
    let accounts = fs::read_to_string("/etc/passwd").map_err(at(Path::new("/etc/passwd")))?;
    let found = accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _, user, group) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
        (name == "postgres").then_some((user.parse().ok()?, group.parse().ok()?))
    });
    found.map(Some).ok_or_else(|| {
        failed(
            "以 root 运行时需要账号 postgres",
            "running as root, an account `postgres` is needed to run the server",
        )
    })
}

fn free_port() -> Result<u16, ClusterError> {
    let bound = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    bound.map(|address| address.port()).map_err(at(Path::new("127.0.0.1")))
}

fn random_word() -> Result<String, ClusterError> {
    let source = Path::new("/dev/urandom");
    let mut bytes = [0_u8; 16];
    File::open(source)
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(at(source))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_started_server_answers_and_starting_again_changes_nothing() {
        // Directly under the temporary folder: the server's account must be able to reach it.
        let dir = tempfile::Builder::new().prefix("lf-pg-").tempdir().unwrap();
        let url = start_private(dir.path()).unwrap();
        assert_eq!(start_private(dir.path()).unwrap(), url);
        let database = lianfang_db::Database::open(&url).unwrap();
        let row = database
            .reader()
            .unwrap()
            .query_one("select cast(1 as bigint) as one", &[])
            .unwrap();
        assert_eq!(row.int("one").unwrap(), 1);
        stop(dir.path()).unwrap();
        assert!(lianfang_db::Database::open(&url).unwrap_err().is_transient());
        stop(dir.path()).unwrap();
        let again = start_private(dir.path()).unwrap();
        assert!(lianfang_db::Database::open(&again).is_ok());
        stop(dir.path()).unwrap();
    }
}
