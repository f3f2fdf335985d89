//! `export`: a register's rows, raw; who somebody is only at the level `identified`, and written down in the audit.

use super::indicator::bad_time;
use crate::activation;
use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::{StoreArgs, wait};
use clap::{Args, ValueEnum};
use lianfang_exchange::{ColumnKind, SheetColumn, SheetFormat, SheetWriter, WriteOptions};
use lianfang_kernel::{FieldSchema, Instant, Kind, SystemClock, Words, unscaled};
use lianfang_ledger::read::{EntryItem, Sight};
use lianfang_ledger::{AuditLine, Ledger};
use lianfang_policy::model::Register;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;

/// Arguments of `export`.
#[derive(Args, Debug)]
pub struct ExportArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// 登记册 ¦ The register
    register: String,
    /// 截至何时所知 ¦ As known at a moment
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// 格式 ¦ Format
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// 程度：figures 只有条数，pseudonymous 不含身份，identified 含姓名证件（记入审计） ¦ How much: figures counts only, pseudonymous without who, identified with names and numbers (written to the audit)
    #[arg(long, value_enum, default_value_t = Level::Pseudonymous)]
    level: Level,
    /// 导出身份信息的理由 ¦ Why identities are exported
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// 输出文件；省略为标准输出 ¦ File to write; standard output unless given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// 转义表格公式 ¦ Escape formulas for spreadsheets
    #[arg(long)]
    spreadsheet_safe: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
    Xlsx,
    Jsonl,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Level {
    Figures,
    Pseudonymous,
    Identified,
}

/// Exports.
///
/// # Errors
/// No such register; `identified` without a reason; the store; the file.
pub fn run(args: &ExportArgs) -> Outcome {
    let as_of = args
        .as_of
        .as_deref()
        .map(Instant::parse)
        .transpose()
        .map_err(bad_time)?;
    if args.level == Level::Identified && args.reason.as_deref().is_none_or(|reason| reason.trim().is_empty()) {
        return Err(Failure::usage(
            Words::new("导出身份信息须说明理由", "exporting identities needs a reason"),
            Words::new(
                "加 --reason \"…\"，将记入审计",
                "add --reason \"…\"; it is written to the audit",
            ),
        ));
    }
    let store = args.store.open_existing()?;
    let ledger = store.ledger(activation::active_model(&store)?, Arc::new(SystemClock))?;
    let snapshot = ledger.snapshot();
    let Some(register) = snapshot.model.registers.get(&args.register).cloned() else {
        return Err(no_register(&args.register, snapshot.model.registers.keys()));
    };
    let mut items = Vec::new();
    ledger.read(|reader| {
        reader.each_entry(&Sight::All, &args.register, as_of, &mut |item| {
            items.push(item);
            Ok(())
        })
    })?;
    // Pages come the latest first; a sheet reads from the beginning.
    items.reverse();
    if args.level == Level::Figures {
        let (all, flagged) = (items.len(), items.iter().filter(|item| !item.flags.is_empty()).count());
        say::json(&json!({ "register": args.register, "entries": all, "flagged": flagged, "as_of": as_of }));
        return Ok(());
    }
    let bytes = sheet(args, &ledger, &register, &items)?;
    if args.level == Level::Identified {
        let detail = json!({ "register": args.register, "entries": items.len(), "reason": args.reason });
        wait(ledger.audit(vec![AuditLine {
            kind: "export",
            detail,
            ..AuditLine::default()
        }]))?;
    }
    match &args.out {
        Some(path) => std::fs::write(path, bytes).map_err(|error| Failure::file(path, error)),
        None => {
            use std::io::Write;
            std::io::stdout()
                .write_all(&bytes)
                .map_err(|error| Failure::file(std::path::Path::new("-"), error))
        }
    }
}

/// What an unknown register says.
pub fn no_register<'a>(asked: &str, known: impl Iterator<Item = &'a String>) -> Failure {
    let known = known.cloned().collect::<Vec<_>>().join(", ");
    Failure::new(
        Words::new(format!("没有登记册 {asked}"), format!("there is no register {asked}")),
        Words::new(format!("现有：{known}"), format!("there are {known}")),
    )
}

const HEAD: [&str; 12] = [
    "id",
    "subject",
    "act",
    "replaces",
    "status",
    "at",
    "received_at",
    "recorded_at",
    "region",
    "org",
    "assurance",
    "flags",
];

fn sheet(args: &ExportArgs, ledger: &Ledger, register: &Register, items: &[EntryItem]) -> Outcome<Vec<u8>> {
    let fields: Vec<&FieldSchema> = register
        .schema
        .fields
        .iter()
        .filter(|field| !field.is_sealed())
        .collect();
    let mut columns: Vec<SheetColumn> = HEAD.iter().map(|name| SheetColumn::text(*name)).collect();
    columns.extend(fields.iter().map(|field| column(field)));
    let identified = args.level == Level::Identified;
    if identified {
        columns.extend(["name", "identifiers"].map(SheetColumn::text));
    }
    let format = match args.format {
        Format::Csv => SheetFormat::Csv,
        Format::Xlsx => SheetFormat::Xlsx,
        Format::Jsonl => SheetFormat::JsonLines,
    };
    let options = WriteOptions {
        spreadsheet_safe: args.spreadsheet_safe,
        made_at: ledger.now(),
        ..WriteOptions::default()
    };
    let cannot = |error| Failure::file(std::path::Path::new(&args.register), error);
    let mut writer = SheetWriter::new(format, columns, options, Vec::new()).map_err(cannot)?;
    let bar = say::progress(u64::try_from(items.len()).unwrap_or(0), "导出", "exporting");
    for item in items {
        let mut cells = head(item);
        cells.extend(
            fields
                .iter()
                .map(|field| item.body.get(&field.id).map(|value| plain(field, value))),
        );
        if identified {
            let who = ledger.read(|reader| reader.identity(item.subject))?;
            let identifiers = who.as_ref().map(|who| json!(who.identifiers).to_string());
            cells.extend([who.and_then(|who| who.name), identifiers]);
        }
        writer.row(&cells).map_err(cannot)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    writer.finish().map_err(cannot)
}

fn head(item: &EntryItem) -> Vec<Option<String>> {
    let flags: Vec<&str> = item.flags.iter().map(|flag| flag.code.as_str()).collect();
    vec![
        Some(item.id.to_string()),
        Some(item.subject.to_string()),
        Some(item.act.to_owned()),
        item.replaces.map(|id| id.to_string()),
        Some(item.status.clone()),
        Some(item.at.to_rfc3339()),
        Some(item.received_at.to_rfc3339()),
        Some(item.recorded_at.to_rfc3339()),
        Some(item.region.to_string()),
        item.org.map(|org| org.to_string()),
        Some(item.assurance.id().to_owned()),
        (!flags.is_empty()).then(|| flags.join(" ")),
    ]
}

fn column(field: &FieldSchema) -> SheetColumn {
    let is_number = matches!(field.kind, Kind::Int | Kind::Decimal { .. } | Kind::Money) && field.many <= 1;
    SheetColumn {
        title: field.id.clone(),
        kind: if is_number {
            ColumnKind::Number
        } else {
            ColumnKind::Text
        },
        width: None,
    }
}

/// A stored value as people write it: decimals with their point.
fn plain(field: &FieldSchema, value: &Value) -> String {
    match (&field.kind, value) {
        (Kind::Decimal { scale } | Kind::Quantity { scale }, Value::Number(n)) => {
            unscaled(n.as_i64().unwrap_or(0), *scale)
        }
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}
