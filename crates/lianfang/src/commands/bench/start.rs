//! From the start of the process to its first answer, on a database that exists, against opening that database bare.

use super::BenchArgs;
use super::declare::Folder;
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
    times.sort();
    let begin = Stopwatch::now();
    let database = lianfang_db::Database::open(&format!("sqlite:{}", folder.0.join("start.db").display()))?;
    database.reader()?.query_one("select count(*) as n from region", &[])?;
    let bare = begin.elapsed();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    Ok(json!({
        "bench": "start", "rounds": ROUNDS, "first_answer_ms": median.as_millis(), "bare_open_ms": bare.as_millis(),
        "ratio": (median.as_secs_f64() / bare.as_secs_f64().max(1e-6)).round(),
    }))
}

/// Ends the server whatever happens.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn first_answer(folder: &Path) -> Outcome<Duration> {
    let program = std::env::current_exe().map_err(|error| Failure::file(folder, error))?;
    let begin = Stopwatch::now();
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
    command
        .arg("--database")
        .arg(format!("sqlite:{}", folder.join("start.db").display()));
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut server = Server(child.map_err(|error| Failure::file(folder, error))?);
    let mut line = String::new();
    if let Some(stdout) = server.0.stdout.take() {
        BufReader::new(stdout)
            .read_line(&mut line)
            .map_err(|error| Failure::file(folder, error))?;
    }
    let ready: Value = serde_json::from_str(&line).map_err(|_| did_not_start())?;
    let url = ready["url"].as_str().unwrap_or_default();
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
