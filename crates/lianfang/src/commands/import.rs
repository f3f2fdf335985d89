//! `import`: a sheet into a register.

use super::export::no_register;
use crate::activation;
use crate::embedded;
use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::{StoreArgs, wait};
use clap::Args;
use lianfang_exchange::{
    CellKind, ErrorSheet, FieldSpec, Mapping, Misfit, Plan, SheetFormat, SheetHint, SheetRow, read_sheet,
};
use lianfang_kernel::{FieldSchema, Kind, Lang, Problem, SystemClock, Words, Zone};
use lianfang_ledger::Ledger;
use lianfang_ledger::wire::{Author, EntryAnswer, NewEntry, Status};
use lianfang_policy::model::{Model, Register};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;

/// Rows in one call.
const CALL: usize = 500;

/// Arguments of `import`.
#[derive(Args, Debug)]
pub struct ImportArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// 登记册 ¦ The register
    register: String,
    /// CSV、XLSX 或 JSON Lines 文件 ¦ CSV, XLSX or JSON Lines file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// 列对应文件，或能力包自带的名称；省略则按标题对应 ¦ Mapping file, or the name of one in a pack; by titles unless given
    #[arg(long, value_name = "FILE")]
    map: Option<String>,
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

/// Imports. The same file twice is imported once: a row's id comes from its content.
///
/// # Errors
/// Some rows were not imported: they are listed.
pub fn run(args: &ImportArgs) -> Outcome {
    let bytes = std::fs::read(&args.file).map_err(|error| Failure::file(&args.file, error))?;
    let store = args.store.open_existing()?;
    let ledger = store.ledger(activation::active_model(&store)?, Arc::new(SystemClock))?;
    let snapshot = ledger.snapshot();
    let Some(register) = snapshot.model.registers.get(&args.register).cloned() else {
        return Err(no_register(&args.register, snapshot.model.registers.keys()));
    };
    let read = rows(args, &bytes, &register, &snapshot.model, &snapshot.zone)?;
    let mut import = Import {
        read,
        ledger: &ledger,
        accepted: 0,
        flagged: 0,
    };
    if args.dry_run {
        import.send(true)?;
    } else if args.atomic {
        // Asked first without writing; only a whole sheet is then sent.
        import.send(true)?;
        if import.read.errors.is_empty() {
            (import.accepted, import.flagged) = (0, 0);
            import.send(false)?;
        } else {
            import.accepted = 0;
        }
    } else {
        import.send(false)?;
    }
    import.report(args)
}

/// What a sheet holds: entries with their rows, and what did not fit.
struct Rows {
    entries: Vec<(NewEntry, SheetRow)>,
    errors: ErrorSheet,
    texts: Vec<String>,
}

impl Rows {
    fn refuse(&mut self, row: &SheetRow, misfits: &[Misfit]) {
        self.texts.extend(misfits.iter().map(|misfit| misfit.text(say::lang())));
        self.errors.push(row, misfits);
    }
}

fn rows(args: &ImportArgs, bytes: &[u8], register: &Register, model: &Model, zone: &Zone) -> Outcome<Rows> {
    let mapping = args.map.as_deref().map(mapping).transpose()?;
    let hint = SheetHint {
        format: args
            .file
            .file_name()
            .and_then(|name| SheetFormat::from_file_name(&name.to_string_lossy())),
        worksheet: mapping.as_ref().and_then(|mapping| mapping.worksheet.clone()),
        ..SheetHint::default()
    };
    let sheet = read_sheet(bytes, &hint).map_err(|error| Failure::from(error.problem()))?;
    let header = sheet.header().to_vec();
    let fields = specs(register, model);
    let mapping = mapping.unwrap_or_else(|| Mapping::guess(&header, &fields));
    let plan = mapping.bind(&header, &fields, zone).map_err(|problems| {
        problems
            .iter()
            .skip(1)
            .for_each(|problem| say::err(problem.what.get(say::lang())));
        problems.into_iter().next().map_or_else(Failure::said, Failure::from)
    })?;
    let errors = ErrorSheet::new(&header, say::lang());
    let mut read = Rows {
        entries: Vec::new(),
        errors,
        texts: Vec::new(),
    };
    for row in sheet {
        match row {
            Err(bad) => read.refuse(&bad.row, std::slice::from_ref(&bad.misfit)),
            Ok(row) => match entry(&plan, &row, register) {
                Ok(entry) => read.entries.push((entry, row)),
                Err(misfits) => read.refuse(&row, &misfits),
            },
        }
    }
    Ok(read)
}

fn mapping(name: &str) -> Outcome<Mapping> {
    let text = match std::fs::read_to_string(name) {
        Ok(text) => text,
        Err(error) => embedded::mapping(name).ok_or_else(|| Failure::file(Path::new(name), error))?,
    };
    Mapping::from_toml(&text).map_err(|problem| Failure::from(*problem))
}

/// Fields of an entry that stand beside its body in a sheet.
fn specs(register: &Register, model: &Model) -> Vec<FieldSpec> {
    let spec = |id: &str, zh: &str, en: &str, kind| FieldSpec::new(id, Words::new(zh, en), kind);
    let mut specs = vec![
        spec("at", "时间", "At", CellKind::Instant),
        spec("region", "区域", "Region", CellKind::Region),
        spec("subject", "对象编号", "Subject", CellKind::Reference),
        spec("name", "姓名", "Name", CellKind::Name),
        spec("cn_id", "身份证号", "Identity number", CellKind::CnId),
        spec("id_doc", "证件号码", "Document number", CellKind::IdDoc),
        spec("phone", "电话", "Telephone", CellKind::Phone),
        spec("plate", "车牌", "Number plate", CellKind::Plate),
        spec("code", "编号", "Code", CellKind::Text),
    ];
    for field in &register.schema.fields {
        specs.retain(|spec| spec.id != field.id);
        specs.push(FieldSpec {
            is_many: field.many > 1,
            ..FieldSpec::new(&field.id, field.title.clone(), cell_kind(field, model))
        });
    }
    specs
}

fn cell_kind(field: &FieldSchema, model: &Model) -> CellKind {
    match &field.kind {
        Kind::Text => CellKind::Text,
        Kind::Note => CellKind::Note,
        Kind::Bool => CellKind::Bool,
        Kind::Int => CellKind::Int,
        Kind::Decimal { scale } | Kind::Quantity { scale } => CellKind::Decimal { scale: *scale },
        Kind::Money => CellKind::Money,
        Kind::Code { list } => {
            let values = model
                .lists
                .get(list)
                .map(|list| list.values.as_slice())
                .unwrap_or_default();
            CellKind::Code {
                values: values
                    .iter()
                    .map(|value| (value.id.clone(), value.title.clone()))
                    .collect(),
            }
        }
        Kind::Date => CellKind::Date,
        Kind::Instant => CellKind::Instant,
        Kind::Duration => CellKind::Duration,
        Kind::Region => CellKind::Region,
        Kind::Subject(_) | Kind::Entry | Kind::Type | Kind::File => CellKind::Reference,
        Kind::Rows(_) | Kind::Decision { .. } => CellKind::Json,
        Kind::Name => CellKind::Name,
        Kind::CnId => CellKind::CnId,
        Kind::IdDoc => CellKind::IdDoc,
        Kind::Phone => CellKind::Phone,
        Kind::Plate => CellKind::Plate,
        Kind::Address => CellKind::Address,
    }
}

/// Turns a row into an entry. What stands beside the body is taken out of it.
fn entry(plan: &Plan, row: &SheetRow, register: &Register) -> Result<NewEntry, Vec<Misfit>> {
    let mut body = plan.read_row(row)?;
    let has = |id: &str| register.schema.fields.iter().any(|field| field.id == id);
    let mut take = |id: &str| if has(id) { None } else { body.remove(id) };
    let (at, region) = (take("at"), take("region"));
    let subject = match take("subject") {
        Some(id) => Some(id),
        None => described(&mut take, register, region.as_ref(), row.line),
    };
    let case_no = || body.get("case_no").cloned();
    let subject = subject.or_else(|| {
        let code = case_no()?;
        let kind = register.schema.subjects.first()?;
        Some(json!({ "type": kind, "identifiers": { "code": code } }))
    });
    let mut entry =
        json!({ "register": register.schema.id, "subject": subject, "at": at, "region": region, "body": body });
    let id = lianfang_kernel::ids::derived(&format!("import\u{1f}{entry}"));
    entry["id"] = json!(id);
    if let Some(fields) = entry.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    serde_json::from_value(entry).map_err(|error| {
        let what = Words::new(
            format!("该行无法成为记录：{error}"),
            format!("the row makes no entry: {error}"),
        );
        vec![Misfit::new(
            row.line,
            None,
            Problem::new("bad_row", what, Words::new("请核对该行", "check the row")),
        )]
    })
}

fn described(
    take: &mut impl FnMut(&str) -> Option<Value>,
    register: &Register,
    region: Option<&Value>,
    _line: u64,
) -> Option<Value> {
    let mut identifiers = Map::new();
    for kind in ["cn_id", "id_doc", "phone", "plate", "code"] {
        if let Some(value) = take(kind) {
            identifiers.insert(kind.to_owned(), value);
        }
    }
    let name = take("name");
    let kind = register.schema.subjects.first()?;
    if identifiers.is_empty() && kind == "region" {
        return Some(json!({ "type": "region", "identifiers": { "code": region? } }));
    }
    if identifiers.is_empty() && name.is_none() {
        return None;
    }
    let mut subject = json!({ "type": kind, "identifiers": identifiers });
    if let Some(name) = name {
        subject["name"] = name;
    }
    Some(subject)
}

struct Import<'a> {
    read: Rows,
    ledger: &'a Ledger,
    accepted: u64,
    flagged: u64,
}

impl Import<'_> {
    /// Sends all rows, or asks what would become of them; refused ones go to the error sheet.
    fn send(&mut self, dry_run: bool) -> Outcome {
        let author = Author {
            channel: "import",
            ..Author::system()
        };
        let entries = std::mem::take(&mut self.read.entries);
        let bar = say::progress(u64::try_from(entries.len()).unwrap_or(0), "导入", "importing");
        for chunk in entries.chunks(CALL) {
            let call: Vec<NewEntry> = chunk.iter().map(|(entry, _)| entry.clone()).collect();
            let reply = if dry_run {
                self.ledger.try_append(author.clone(), call)
            } else {
                self.ledger.append(author.clone(), call)
            };
            for (answer, (entry, row)) in wait(reply)?.results.iter().zip(chunk) {
                self.note(answer, entry.id, row);
            }
            bar.inc(u64::try_from(chunk.len()).unwrap_or(0));
        }
        bar.finish_and_clear();
        self.read.entries = entries;
        Ok(())
    }

    fn note(&mut self, answer: &EntryAnswer, _id: Uuid, row: &SheetRow) {
        match answer.status {
            Status::Accepted => self.accepted += 1,
            Status::Flagged => {
                self.accepted += 1;
                self.flagged += 1;
            }
            Status::Refused | Status::Tray => {
                let misfit = |problem: &Problem| Misfit::new(row.line, problem.field.as_deref(), problem.clone());
                let misfits: Vec<Misfit> = answer.problems.iter().map(misfit).collect();
                self.read.refuse(row, &misfits);
            }
        }
    }

    fn report(self, args: &ImportArgs) -> Outcome {
        let bad = self.read.errors.len();
        for text in self.read.texts.iter().take(20) {
            say::err(text);
        }
        if let Some(path) = &args.errors
            && bad > 0
        {
            let format = path
                .file_name()
                .and_then(|name| SheetFormat::from_file_name(&name.to_string_lossy()));
            let bytes = self
                .read
                .errors
                .write(format.unwrap_or(SheetFormat::Xlsx), self.ledger.now());
            let bytes = bytes.map_err(|error| Failure::file(path, error))?;
            std::fs::write(path, bytes).map_err(|error| Failure::file(path, error))?;
        }
        let (accepted, flagged) = (self.accepted, self.flagged);
        if args.json {
            say::json(&json!({ "accepted": accepted, "flagged": flagged, "refused": bad, "dry_run": args.dry_run }));
        } else {
            let (zh, en) = if args.dry_run {
                ("可写入", "would be written")
            } else {
                ("已写入", "written")
            };
            say::out(match say::lang() {
                Lang::Zh => format!("{zh} {accepted} 行（其中 {flagged} 行有标注），{bad} 行有误。"),
                Lang::En => format!("{accepted} rows {en} ({flagged} flagged), {bad} bad."),
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
}
