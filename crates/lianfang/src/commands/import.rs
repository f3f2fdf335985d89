//! `import`: a sheet into a register, by the same way as the server's own imports.

use super::export::no_register;
use crate::activation;
use crate::embedded;
use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::StoreArgs;
use clap::{Args, ValueEnum};
use lianfang_exchange::{Mapping, SheetFormat, SheetHint};
use lianfang_kernel::{Lang, SystemClock, Words};
use lianfang_ledger::wire::Author;
use lianfang_ledger::{Ledger, accounts};
use lianfang_server::{Import, ImportReport, Settled, Staff, import_rows, staff_of};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Faults that are printed; the error sheet has all.
const TOLD: usize = 20;

/// Arguments of `import`.
#[derive(Args, Debug)]
pub struct ImportArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// 登记册 ¦ The register
    register: String,
    /// CSV、XLSX、JSON Lines 文件，或检测机构的 HL7、FHIR 文件 ¦ CSV, XLSX or JSON Lines; HL7 or FHIR of a laboratory
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 列对应文件，或能力包自带的名称；省略则按标题对应 ¦ Mapping file, or the name of one in a pack; by titles unless given
    #[arg(long, value_name = "FILE")]
    map: Option<String>,
    /// 文件格式；省略则按内容和文件名判断 ¦ Format of the file; by its contents and name unless given
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// 以该账号的权限写入；省略则为本机安装 ¦ Write with the rights of this account; as the installation itself unless given
    #[arg(long = "as", value_name = "LOGIN")]
    login: Option<String>,
    /// 只检查不写入 ¦ Check without writing
    #[arg(long)]
    dry_run: bool,
    /// 有误的行写到此表，附原因 ¦ Write bad rows with their reasons to this sheet
    #[arg(long, value_name = "OUT.xlsx")]
    errors: Option<PathBuf>,
    /// 全部写入或全部不写 ¦ All rows or none
    #[arg(long)]
    atomic: bool,
    /// 输出 JSON ¦ Print JSON
    #[arg(long)]
    json: bool,
}

/// A format that is read.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Csv,
    Xlsx,
    Jsonl,
    Hl7,
    Fhir,
}

impl Format {
    fn of_sheet(self) -> SheetFormat {
        match self {
            Format::Csv => SheetFormat::Csv,
            Format::Xlsx => SheetFormat::Xlsx,
            Format::Jsonl => SheetFormat::JsonLines,
            Format::Hl7 => SheetFormat::Hl7,
            Format::Fhir => SheetFormat::Fhir,
        }
    }
}

/// Imports. The same file twice is imported once: a row's id comes from its content.
///
/// # Errors
/// Some rows were not imported: they are listed. The account may not write the register.
pub fn run(args: &ImportArgs) -> Outcome {
    let bytes = std::fs::read(&args.file).map_err(|error| Failure::file(&args.file, error))?;
    let store = args.store.open_existing()?;
    let ledger = store.ledger(activation::active_model(&store)?, Arc::new(SystemClock))?;
    let snapshot = ledger.snapshot();
    if !snapshot.model.registers.contains_key(&args.register) {
        return Err(no_register(&args.register, snapshot.model.registers.keys()));
    }
    let author = match &args.login {
        Some(name) => staff_named(&ledger, name, &args.register)?.author,
        None => Author::system(),
    };
    let mapping = args.map.as_deref().map(mapping).transpose()?;
    let format = |path: &Path| SheetFormat::from_file_name(&path.file_name()?.to_string_lossy());
    let import = Import {
        register: &args.register,
        bytes: &bytes,
        hint: SheetHint {
            format: args.format.map(Format::of_sheet).or_else(|| format(&args.file)),
            worksheet: mapping.as_ref().and_then(|mapping| mapping.worksheet.clone()),
            ..SheetHint::default()
        },
        mapping,
        known: None,
        dry_run: args.dry_run,
        atomic: args.atomic,
        lang: say::lang(),
        alike: None,
        settled: Settled::default(),
    };
    let bar = say::progress(0, "导入", "importing");
    let report = import_rows(&ledger, &author, import, &mut |rows| bar.set_position(rows));
    bar.finish_and_clear();
    let report = report?;
    if let Some(path) = args.errors.as_deref().filter(|_| !report.errors.is_empty()) {
        let sheet = report
            .errors
            .write(format(path).unwrap_or(SheetFormat::Xlsx), ledger.now());
        let sheet = sheet.map_err(|error| Failure::file(path, error))?;
        std::fs::write(path, sheet).map_err(|error| Failure::file(path, error))?;
    }
    told(args, &report)
}

/// An account with its rights; refused where its role does not write the register.
pub(super) fn staff_named(ledger: &Ledger, name: &str, register: &str) -> Outcome<Staff> {
    let wanted = name.to_owned();
    let staff = ledger.read(move |reader| {
        let logins = accounts::list(reader.connection())?;
        let now = reader.now;
        let login = logins
            .into_iter()
            .find(|login| login.name == wanted && accounts::is_usable(login, now));
        Ok(login.and_then(|login| staff_of(reader, login, "import", String::new())))
    })?;
    let staff = staff.ok_or_else(|| {
        Failure::new(
            Words::new(
                format!("没有可用的账号 {name}"),
                format!("there is no usable account {name}"),
            ),
            Words::new("用 lianfang user list 查看", "see lianfang user list"),
        )
    })?;
    staff.must_write(register)?;
    Ok(staff)
}

fn mapping(name: &str) -> Outcome<Mapping> {
    let text = match std::fs::read_to_string(name) {
        Ok(text) => text,
        Err(error) => embedded::mapping(name).ok_or_else(|| Failure::file(Path::new(name), error))?,
    };
    Mapping::from_toml(&text).map_err(|problem| Failure::from(*problem))
}

/// What came of it, and a failure where a row did not get in.
fn told(args: &ImportArgs, report: &ImportReport) -> Outcome {
    report.told.iter().take(TOLD).for_each(say::err);
    let (accepted, flagged, tray, bad) = (report.accepted, report.flagged, report.tray, report.refused);
    if args.json {
        say::json(&json!({
            "accepted": accepted, "flagged": flagged, "tray": tray, "refused": bad, "dry_run": args.dry_run,
        }));
    } else {
        let (zh, en) = if args.dry_run {
            ("可写入", "would be written")
        } else {
            ("已写入", "written")
        };
        say::out(match say::lang() {
            Lang::Zh => format!("{zh} {accepted} 行（其中 {flagged} 行有标注），待处理 {tray} 行，{bad} 行有误。"),
            Lang::En => format!("{accepted} rows {en} ({flagged} flagged), {tray} kept aside, {bad} bad."),
        });
    }
    if bad == 0 {
        return Ok(());
    }
    Err(Failure::new(
        Words::new(format!("{bad} 行没有导入"), format!("{bad} rows were not imported")),
        Words::new(
            "用 --errors 表.xlsx 取出这些行，改正后再导入",
            "take them out with --errors SHEET.xlsx, mend them and import again",
        ),
    ))
}
