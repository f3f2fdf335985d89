//! `preview`: what a version of a protocol, rows of a rule, or other packs would do to this ledger. Nothing is written.

use super::later::not_yet;
use crate::activation::{self, LoadOrTell, PackSources, told};
use crate::embedded;
use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::StoreArgs;
use clap::{Args, ValueEnum};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Day, SystemClock, Words};
use lianfang_ledger::preview_report::{OtherPacks, PreviewReport, ReportChange};
use lianfang_policy::difference::{compare, touched};
use lianfang_policy::{Snapshot, Source, items};
use lianfang_protocol::preview::{Desk, Fate};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Desks printed at most.
const DESKS: usize = 12;

/// Arguments of `preview`.
#[derive(Args, Debug)]
pub struct PreviewArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// 方案版本或规则行（TOML 文件），或整套能力包的目录 ¦ A version of a protocol or rows of a rule (TOML), or a folder of packs
    #[arg(value_name = "PROTOCOL.toml")]
    path: PathBuf,
    /// 比照：ledger 为本库，twin 以后提供 ¦ Against what: ledger is this database, twin comes later
    #[arg(long, value_enum, default_value_t = Against::Ledger)]
    against: Against,
    /// 目录时本市的覆盖目录；省略为启用的覆盖 ¦ With a folder: the city's overlay; the activated one unless given
    #[arg(long, value_name = "DIR")]
    overlay: Option<PathBuf>,
    /// 首日；省略为该版本生效日或今天 ¦ First day; the day it begins, or today, unless given
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// 预演天数 ¦ How many days
    #[arg(long, default_value_t = 14, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=60))]
    days: i64,
    /// 输出 JSON ¦ Print JSON
    #[arg(long)]
    json: bool,
}

/// Against what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Against {
    Ledger,
    Twin,
}

/// Previews.
///
/// # Errors
/// The packs do not load with it; a date that is none; the store.
pub fn run(args: &PreviewArgs) -> Outcome {
    if args.against == Against::Twin {
        return Err(not_yet());
    }
    let from = args.from.as_deref().map(Day::parse).transpose().map_err(|error| {
        Failure::usage(
            Words::new("日期无法识别", error.to_string()),
            Words::new("写成 2022-01-25", "write 2022-01-25"),
        )
    })?;
    let store = args.store.open_existing()?;
    let sources = activation::active_sources(&store)?;
    let model = Arc::new(sources.load()?.model);
    let ledger = store.ledger(model, Arc::new(SystemClock))?;
    let today = ledger.snapshot().zone.day_of(ledger.now());
    let other = other_packs(args, &sources, today)?;
    let first = from.or(other.touched.begins_on);
    let bar = say::progress(0, "预演", "previewing");
    let report = ledger.preview_report(&other, first, args.days, &|done, all| {
        bar.set_length(all);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    if args.json {
        say::json(&report);
    } else {
        print(&report, &ledger.snapshot());
    }
    Ok(())
}

fn other_packs(args: &PreviewArgs, sources: &PackSources, today: Day) -> Outcome<OtherPacks> {
    let (packs, overlay) = match args.path.is_dir() {
        true => {
            let overlay = args.overlay.as_deref().map(embedded::packs_of).transpose()?;
            (
                embedded::packs_of(&args.path)?,
                overlay.unwrap_or_else(|| sources.overlay()),
            )
        }
        false => {
            let mut overlay = sources.overlay();
            overlay.push(proposed(&args.path)?);
            (sources.packs(), overlay)
        }
    };
    let read = |packs: &[Source], overlay: &[Source]| items(packs, overlay).map_err(|findings| told(&findings));
    let model = PackSources::new(packs.clone(), overlay.clone()).load()?.model;
    let (old, new) = (read(&sources.packs(), &sources.overlay())?, read(&packs, &overlay)?);
    let differences = compare(&old, &new, Some(today));
    Ok(OtherPacks {
        model: Arc::new(model),
        touched: touched(&old, &new, &differences),
        differences,
    })
}

fn proposed(path: &Path) -> Outcome<Source> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
    Ok(Source {
        path: path.display().to_string(),
        text,
    })
}

fn print(report: &PreviewReport, snapshot: &Snapshot) {
    let lang = say::lang();
    report.changes.iter().for_each(print_change);
    let (first, last) = (report.first, report.first.plus(report.days - 1));
    say::out_words(&Words::new(
        format!(
            "比较 {} 条纳管（{} 个对象），{} 个对象有变化；{first} 至 {last}",
            report.enrolments, report.subjects, report.affected
        ),
        format!(
            "{} enrolments of {} subjects compared, something changes for {}; {first} to {last}",
            report.enrolments, report.subjects, report.affected
        ),
    ));
    for course in &report.courses {
        let version = |n: Option<u32>| n.map(|n| format!("v{n}")).unwrap_or_default();
        let versions = match (course.from, course.to) {
            (Some(from), Some(to)) if from != to => format!("v{from} → v{to}"),
            (from, to) => version(to.or(from)),
        };
        let protocol = &course.protocol;
        say::out(format!(
            "  {protocol} {versions}\t{}\t{}",
            fate(course.fate).get(lang),
            course.n
        ));
    }
    if report.sooner + report.later > 0 {
        say::out_words(&Words::new(
            format!("  可提前结束 {}，推后 {}", report.sooner, report.later),
            format!("  could end sooner {}, later {}", report.sooner, report.later),
        ));
    }
    for found in &report.regions {
        let name = snapshot.regions.get(&found.region).map(|region| region.name.get(lang));
        say::out(format!("  {} {}\t{}", found.region, name.unwrap_or_default(), found.n));
    }
    print_due(report, snapshot);
    say::out_words(&Words::new(
        format!("用时 {} 毫秒；没有写入任何内容。", report.took_ms),
        format!("It took {} ms; nothing was written.", report.took_ms),
    ));
}

fn print_change(change: &ReportChange) {
    let version = change.version.map(|n| format!(" v{n}")).unwrap_or_default();
    let word = match change.fate.as_str() {
        "added" => say::pick("新增", "added"),
        "removed" => say::pick("删除", "removed"),
        _ => say::pick("改动", "changed"),
    };
    say::out(format!(
        "{word} {} {}{version}  ({}:{})",
        change.table, change.id, change.file, change.line
    ));
    for (path, old, new) in &change.parts {
        let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "—".to_owned());
        say::out(format!("  {path}: {} → {}", said(old), said(new)));
    }
    for words in &change.breaking {
        say::out(format!("  ! {}", words.get(say::lang())));
    }
}

/// What becomes of enrolments, for people.
fn fate(fate: Fate) -> Words {
    match fate {
        Fate::Keeps => Words::new("照旧", "keep as begun"),
        Fate::Moves => Words::new("转入新版本", "move"),
        Fate::Asked => Words::new("待人决定", "are asked about"),
        Fate::Enrolled => Words::new("新纳管", "newly enrolled"),
        Fate::Released => Words::new("结束", "end"),
        Fate::Recalled => Words::new("重新纳管", "taken up again"),
        Fate::Dropped => Words::new("不再纳管", "no longer enrolled"),
    }
}

/// Tasks by day, then those of the desks whose work changes most.
fn print_due(report: &PreviewReport, snapshot: &Snapshot) {
    let mut days: BTreeMap<Day, (u64, u64)> = BTreeMap::new();
    let mut desks: BTreeMap<Desk, (u64, u64)> = BTreeMap::new();
    for due in &report.due {
        for sum in [days.entry(due.day).or_default(), desks.entry(due.desk).or_default()] {
            (sum.0, sum.1) = (sum.0 + due.now, sum.1 + due.then);
        }
    }
    say::out_words(&Words::new(
        "每日到期任务：现在 → 改后",
        "Tasks due each day: now → then",
    ));
    for (day, (now, then)) in days {
        say::out(format!("  {day}\t{now} → {then}"));
    }
    let mut desks: Vec<(Desk, (u64, u64))> = desks.into_iter().collect();
    desks.sort_by_key(|(desk, (now, then))| (std::cmp::Reverse(now.abs_diff(*then)), *desk));
    say::out_words(&Words::new("按承担单位：现在 → 改后", "By desk: now → then"));
    for (desk, (now, then)) in desks.into_iter().take(DESKS) {
        say::out(format!("  {}\t{now} → {then}", desk_name(snapshot, desk)));
    }
}

fn desk_name(snapshot: &Snapshot, desk: Desk) -> String {
    let named = |id: SubjectId| snapshot.orgs.get(id).map(|org| org.name.get(say::lang()).to_owned());
    match desk {
        Desk::Org(id) => named(id).unwrap_or_else(|| id.to_string()),
        Desk::Themselves => say::pick("本人", "those enrolled themselves"),
        Desk::Nobody => say::pick("尚无承担单位", "no desk yet"),
    }
}
