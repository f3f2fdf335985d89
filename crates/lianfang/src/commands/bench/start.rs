//! From the start of the process to its first answer, on a database that exists, against opening that database bare.

use super::BenchArgs;
use super::declare::Folder;
use super::times::quantiles;
use crate::failure::{Failure, Outcome};
use lianfang_kernel::Words;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant as Stopwatch};

/// Rounds measured; the median is told.
const ROUNDS: usize = 5;

/// Measures.
///
/// # Errors
/// The program cannot be started.
pub fn run(_args: &BenchArgs) -> Outcome<Value> {
    let folder = Folder::new()?;
    first_answer(&folder.0)?;
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        times.push(first_answer(&folder.0)?);
    }
    let begin = Stopwatch::now();
    let database = lianfang_db::Database::open(&format!("sqlite:{}", folder.0.join("start.db").display()))?;
    database.reader()?.query_one("select count(*) as n from region", &[])?;
    let bare = begin.elapsed();
    let (median, _) = quantiles(&mut times);
    Ok(json!({
        "bench": "start", "rounds": ROUNDS, "first_answer_ms": median.as_millis(), "bare_open_ms": bare.as_millis(),
        "ratio": (median.as_secs_f64() / bare.as_secs_f64().max(1e-6)).round(),
    }))
}

/// A server of this very program in a process of its own, on a new database; it ends with this value.
pub(super) struct Server {
    child: Child,
    /// What it printed when it was ready: its address, its accounts.
    pub ready: Value,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts it on a database of that name in the folder.
    ///
    /// # Errors
    /// It does not start.
    pub fn start(folder: &Path, database: &str, more: &[&str]) -> Outcome<Server> {
        let program = std::env::current_exe().map_err(|error| Failure::file(folder, error))?;
        let mut command = Command::new(program);
        command.args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--json",
            "--clock",
            "manual",
            "--city",
            "6205",
        ]);
        command.args(more);
        command
            .arg("--database")
            .arg(format!("sqlite:{}", folder.join(database).display()));
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let mut server = Server {
            child: child.map_err(|error| Failure::file(folder, error))?,
            ready: Value::Null,
        };
        let mut line = String::new();
        if let Some(stdout) = server.child.stdout.take() {
            BufReader::new(stdout)
                .read_line(&mut line)
                .map_err(|error| Failure::file(folder, error))?;
        }
        server.ready = serde_json::from_str(&line).map_err(|_| did_not_start())?;
        Ok(server)
    }
}

fn first_answer(folder: &Path) -> Outcome<Duration> {
    let begin = Stopwatch::now();
    let server = Server::start(folder, "start.db", &[])?;
    let url = server.ready["url"].as_str().unwrap_or_default();
    ureq::get(format!("{url}/healthz"))
        .call()
        .map_err(|_| did_not_start())?;
    Ok(begin.elapsed())
}

fn did_not_start() -> Failure {
    Failure::new(
        Words::new("服务没有启动", "the server did not start"),
        Words::new(
            "请先单独运行 lianfang serve 查看原因",
            "run lianfang serve by itself to see why",
        ),
    )
}
