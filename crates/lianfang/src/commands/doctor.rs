//! `doctor`: what an installation needs, checked one by one.

use crate::activation::{self, LoadOrTell};
use crate::channels::ChannelArgs;
use crate::embedded;
use crate::failure::{Failure, Outcome};
use crate::key_file;
use crate::say;
use crate::store::{Store, StoreArgs};
use clap::Args;
use lianfang_db::Engine;
use lianfang_kernel::{Clock, Day, SystemClock, Words, Zone};
use serde_json::json;

/// Arguments of `doctor`.
#[derive(Args, Debug)]
pub struct DoctorArgs {
    #[command(flatten)]
    store: StoreArgs,
    #[command(flatten)]
    channels: ChannelArgs,
    /// 输出 JSON，逐行 ¦ Print JSON, one line each
    #[arg(long)]
    json: bool,
}

/// Checks everything, then says whether all was well.
///
/// # Errors
/// Something is wrong; it was printed with what to do.
pub fn run(args: &DoctorArgs) -> Outcome {
    let mut report = Report {
        json: args.json,
        failed: 0,
    };
    let store = report.note("database", args.store.open_existing(), |store| {
        store.database.url_display()
    });
    if let Some(store) = &store {
        report.note("schema", schema(store), Clone::clone);
        report.note(
            "key",
            key_file::read(&store.key_path).and_then(|master| opens(store, master)),
            Clone::clone,
        );
        report.note("packs", activation::active_model(store), |model| model.digest.clone());
        report.note("integrity", integrity(store), Clone::clone);
        report.note("setup", setup(store), Clone::clone);
    } else if let Ok(path) = args.store.key_path()
        && path.exists()
    {
        report.note("key", key_file::read(&path), |_| path.display().to_string());
    }
    report.note(
        "built-in packs",
        activation::PackSources::new(embedded::packs(), Vec::new()).load(),
        |loaded| loaded.model.digest.clone(),
    );
    report.note("clock", clock(), Clone::clone);
    channels(&mut report, &args.channels);
    if report.failed == 0 {
        return Ok(());
    }
    Err(Failure::new(
        Words::new(
            format!("{} 项不正常", report.failed),
            format!("{} checks failed", report.failed),
        ),
        Words::new("请按上面各项的提示处理", "follow the hints above"),
    ))
}

/// Each channel of messages is asked whether it answers; nothing is sent.
fn channels(report: &mut Report, args: &ChannelArgs) {
    if args.messages.is_none() {
        return;
    }
    let Some(Some(messages)) = report.note("messages", args.read(), |messages| {
        messages
            .as_ref()
            .map(|messages| messages.link.clone())
            .unwrap_or_default()
    }) else {
        return;
    };
    for channel in messages.channels() {
        let probed = channel.channel.probe().map_err(|error| {
            Failure::new(
                Words::new(format!("没有应答：{error}"), format!("does not answer ({error})")),
                Words::new(
                    "请核对渠道文件中的地址、密钥和网络",
                    "check address, secret and network in the file of channels",
                ),
            )
        });
        report.note(&format!("channel {}", channel.id), probed, |()| {
            channel.title.get(say::lang()).to_owned()
        });
    }
}

struct Report {
    json: bool,
    failed: u32,
}

impl Report {
    fn note<T>(&mut self, name: &str, outcome: Outcome<T>, words: impl Fn(&T) -> String) -> Option<T> {
        match outcome {
            Ok(value) => {
                let detail = words(&value);
                if self.json {
                    say::json(&json!({ "check": name, "ok": true, "detail": detail }));
                } else {
                    say::out(format!("✓ {name}: {detail}"));
                }
                Some(value)
            }
            Err(failure) => {
                self.failed += 1;
                let text = failure.text(say::lang());
                if self.json {
                    say::json(&json!({ "check": name, "ok": false, "detail": text }));
                } else {
                    say::out(format!("✗ {name}: {text}"));
                }
                None
            }
        }
    }
}

fn schema(store: &Store) -> Outcome<String> {
    store.migrate()?;
    Ok(say::pick("已是最新", "up to date"))
}

/// The key fits this database: the word sealed at its making opens.
fn opens(store: &Store, master: lianfang_ledger::MasterKey) -> Outcome<String> {
    let model = activation::active_model(store)?;
    drop(store.ledger_with(master, model, std::sync::Arc::new(SystemClock))?);
    Ok(store.key_path.display().to_string())
}

fn integrity(store: &Store) -> Outcome<String> {
    let size = store.database.size_bytes()? / 1_048_576;
    if store.database.engine() == Engine::Sqlite {
        let row = store.database.reader()?.query_one("pragma quick_check(1)", &[])?;
        if row.text(0usize)? != "ok" {
            return Err(Failure::new(
                Words::new("数据库文件损坏", "the database file is damaged"),
                Words::new(
                    "请停止服务，从最近的备份恢复：lianfang restore",
                    "stop the server and restore the latest backup: lianfang restore",
                ),
            ));
        }
    }
    Ok(format!("{size} MiB"))
}

fn setup(store: &Store) -> Outcome<String> {
    let marks = store.marks()?;
    if !marks.is_complete {
        return Err(Failure::new(
            Words::new("数据库没有建完", "the database was not set up to the end"),
            Words::new("请重新 lianfang init", "run lianfang init again on a new database"),
        ));
    }
    let mut text = marks.city.unwrap_or_default();
    if marks.demonstration {
        text.push_str(&say::pick(" 演示", " demonstration"));
    }
    if marks.test_clock {
        text.push_str(&say::pick(" 测试时钟", " test clock"));
    }
    Ok(text)
}

/// A clock that lost its battery says 1970 or 2000: passes would all be of another day.
fn clock() -> Outcome<String> {
    let now = SystemClock.now();
    let built = Day::from_ymd(2025, 1, 1).unwrap_or_default();
    if Zone::china().day_of(now) < built {
        return Err(Failure::new(
            Words::new(
                format!("本机时钟不对：{now}"),
                format!("this machine's clock is wrong: {now}"),
            ),
            Words::new("请校准时间（NTP）", "set the time (NTP)"),
        ));
    }
    Ok(now.in_zone(&Zone::china()))
}
