//! `pack test`: plays scenario files against this very program, each on an empty database with a test clock.

use crate::embedded;
use crate::failure::{Failure, Outcome};
use crate::say;
use clap::Args;
use lianfang_kernel::{Lang, Words};
use lianfang_scenarios::{BinaryLauncher, ScenarioFile, find, run_file};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

/// Arguments of `pack test`.
#[derive(Args, Debug)]
pub struct TestArgs {
    /// 能力包目录，或单个能力包；情景在各包的 scenarios/ 下；不含 core 时与程序自带的一起载入 ¦ Folder of packs, or one pack; the scenarios are under scenarios/ of each; beside those inside the program unless it holds core
    #[arg(value_name = "DIR", default_value = "packs")]
    folder: PathBuf,
    /// 本市的覆盖目录 ¦ Folder of the city's overlay
    #[arg(long, value_name = "DIR")]
    overlay: Option<PathBuf>,
    /// 只运行名称含此词的情景 ¦ Only scenarios whose name holds this
    #[arg(long, value_name = "WORD")]
    only: Option<String>,
    /// 输出 JSON ¦ Print JSON
    #[arg(long)]
    json: bool,
}

/// Plays them, and says where each that fails failed.
///
/// # Errors
/// The folder cannot be read; nothing was found; a scenario failed.
pub fn run(args: &TestArgs) -> Outcome {
    let mut files = find(&args.folder).map_err(|error| Failure::file(&args.folder, error))?;
    if let Some(word) = &args.only {
        files.retain(|file| file.name.contains(word.as_str()) || file.pack.contains(word.as_str()));
    }
    if files.is_empty() {
        return Err(Failure::new(
            Words::new("没有找到情景文件", "no scenario was found"),
            Words::new(
                "情景是 <目录>/<包>/scenarios/*.toml，格式见 docs/scenarios.md",
                "scenarios are DIR/<pack>/scenarios/*.toml; docs/scenarios.md tells their form",
            ),
        ));
    }
    let program = std::env::current_exe().map_err(|error| Failure::file(&PathBuf::from("lianfang"), error))?;
    let packs = together(&args.folder)?;
    let lang = match say::lang() {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    };
    let mut launcher = BinaryLauncher::new(program, packs.path()).in_language(lang);
    if let Some(overlay) = &args.overlay {
        launcher = launcher.with_overlay(overlay);
    }
    let failed = play(&files, &launcher, args.json);
    if !args.json {
        say::out_words(&Words::new(
            format!("{} 个情景，{failed} 个未通过", files.len()),
            format!("{} scenarios, {failed} failed", files.len()),
        ));
    }
    if failed == 0 { Ok(()) } else { Err(Failure::said()) }
}

/// The packs of the folder with those they stand on, in one folder as a server reads them.
fn together(folder: &Path) -> Outcome<TempDir> {
    let whole = tempfile::tempdir().map_err(|error| Failure::file(&std::env::temp_dir(), error))?;
    for source in embedded::packs_with_own(folder)? {
        let pack = whole.path().join(embedded::pack_of(&source));
        let name = Path::new(&source.path).file_name().unwrap_or_default();
        let file = match pack.join(name) {
            // A file of one's own beside one of the program's that is called the same.
            taken if taken.exists() => pack.join(format!("own-{}", name.to_string_lossy())),
            free => free,
        };
        std::fs::create_dir_all(&pack)
            .and_then(|()| std::fs::write(&file, &source.text))
            .map_err(|error| Failure::file(&file, error))?;
    }
    Ok(whole)
}

/// Plays as many at a time as there are processors, and counts those that failed.
fn play(files: &[ScenarioFile], launcher: &BinaryLauncher, as_json: bool) -> usize {
    let bar = say::progress(u64::try_from(files.len()).unwrap_or(0), "运行情景", "playing scenarios");
    let (next, failed, printing) = (AtomicUsize::new(0), AtomicUsize::new(0), Mutex::new(()));
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = run_file(&file.path, launcher);
                    // Lines of two scenarios are not mixed; a printer that failed has printed nothing half.
                    let _printing = printing.lock();
                    let failure = outcome.result.as_ref().err().map(ToString::to_string);
                    failed.fetch_add(usize::from(failure.is_some()), Ordering::Relaxed);
                    if as_json {
                        say::json(&json!({
                            "pack": file.pack, "scenario": file.name, "meets": outcome.meets, "steps": outcome.steps,
                            "passed": failure.is_none(), "failure": failure,
                        }));
                    } else if let Some(failure) = failure {
                        say::err(format!("{}/{}\n{failure}", file.pack, file.name));
                    }
                    bar.inc(1);
                }
            });
        }
    });
    bar.finish_and_clear();
    failed.into_inner()
}
