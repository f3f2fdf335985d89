//! Sheets in and out.

use crate::asked::{Params, parsed, too_large};
use crate::caller::Staff;
use crate::import::{Import, ImportJob, KnownColumns, Settled, import_rows, mapping_place, remembered, sheet_columns};
use crate::linkage::imported::{ask_alike, told_alike};
use crate::locale::{self, localised};
use crate::problem::ApiError;
use crate::state::{AppState, read};
use crate::trace;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use lianfang_exchange::{Mapping, SheetColumn, SheetFormat, SheetHint, SheetWriter, WriteError, WriteOptions};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Instant, Lang, Problem, Words};
use lianfang_ledger::read::{EntryFilter, EntryItem};
use lianfang_ledger::wire::NewEntry;
use lianfang_ledger::{APART, LedgerError};
use lianfang_policy::model::Register;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// Largest sheet that is taken.
pub const IMPORT_BYTES: usize = 64 << 20;
/// Rows that one download holds at most; more are read a page at a time.
const EXPORT_ROWS: usize = 200_000;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/imports", post(import).layer(DefaultBodyLimit::max(IMPORT_BYTES)))
        .route("/imports/{id}/{file}", get(errors))
        .route("/entries.csv", get(csv))
        .route("/entries.xlsx", get(xlsx))
}

/// The parts of an upload.
#[derive(Debug, Default)]
struct Upload {
    register: Option<String>,
    file: Option<axum::body::Bytes>,
    name: Option<String>,
    mapping: Option<String>,
    dry_run: bool,
    atomic: bool,
    same: Option<String>,
}

fn bad_upload(error: &MultipartError) -> ApiError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    let what = Words::new("上传内容无法读取", "The upload cannot be read");
    let hint = Words::new(
        "用 multipart/form-data，含 register 和 file",
        "Send multipart/form-data with register and file",
    );
    ApiError::refused(Problem::new("bad_upload", what, hint))
}

async fn upload(mut parts: Multipart) -> Result<Upload, ApiError> {
    let mut upload = Upload::default();
    while let Some(part) = parts.next_field().await.map_err(|error| bad_upload(&error))? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "file" {
            upload.name = part.file_name().map(str::to_owned);
            upload.file = Some(part.bytes().await.map_err(|error| bad_upload(&error))?);
            continue;
        }
        let text = part.text().await.map_err(|error| bad_upload(&error))?;
        let is_set = matches!(text.trim(), "true" | "1" | "on");
        match name.as_str() {
            "register" => upload.register = Some(text.trim().to_owned()),
            "mapping" => upload.mapping = Some(text).filter(|text| !text.trim().is_empty()),
            "dry_run" => upload.dry_run = is_set,
            "atomic" => upload.atomic = is_set,
            "same" => upload.same = Some(text).filter(|text| !text.trim().is_empty()),
            _ => {}
        }
    }
    Ok(upload)
}

async fn import(State(state): State<AppState>, staff: Staff, parts: Multipart) -> Result<Json<Value>, ApiError> {
    let upload = upload(parts).await?;
    let missing = |field: &'static str| {
        let what = Words::new("缺少 {f}", "{f} is missing").with("f", field);
        ApiError::bad_field(field, what, Words::new("请补上", "Add it"))
    };
    let register = upload
        .register
        .filter(|register| !register.is_empty())
        .ok_or_else(|| missing("register"))?;
    let bytes = upload.file.ok_or_else(|| missing("file"))?;
    let same = upload.same.as_deref().map(serde_json::from_str).transpose();
    let same = same.map_err(|_| {
        let what = Words::new("same 无法读取", "same cannot be read");
        let hint = Words::new(
            "填 {\"记录编号\": \"档案编号\"}，另有其人填 null",
            "Send {\"entry id\": \"file id\"}, or null where it is somebody else",
        );
        ApiError::bad_field("same", what, hint)
    })?;
    let sheet = Sheet {
        same: same.unwrap_or_default(),
        register,
        bytes: Arc::new(bytes.to_vec()),
        name: upload.name,
        mapping: upload.mapping,
        as_before: false,
        dry_run: upload.dry_run,
        atomic: upload.atomic,
    };
    Ok(Json(import_sheet(&state, &staff, sheet).await?))
}

/// A sheet sent to a register.
#[derive(Clone, Default)]
pub struct Sheet {
    /// The register.
    pub register: String,
    /// CSV, XLSX or JSON Lines.
    pub bytes: Arc<Vec<u8>>,
    /// What the file is called; its ending tells the format.
    pub name: Option<String>,
    /// Which column is which field, as TOML; guessed from the titles when absent.
    pub mapping: Option<String>,
    /// Where no mapping is given, as the organisation took the columns of such a sheet before.
    pub as_before: bool,
    /// Judge only.
    pub dry_run: bool,
    /// All rows or none.
    pub atomic: bool,
    /// Of rows that a trial found alike, by their entries: the file they are of, none where it is somebody else.
    pub same: BTreeMap<Uuid, Option<SubjectId>>,
}

impl std::fmt::Debug for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sheet({}, {} bytes)", self.register, self.bytes.len())
    }
}

/// Imports a sheet; the rows that did not fit are kept for a while as a sheet of errors, at `errors_url` of the answer.
///
/// # Errors
/// 403; the sheet or the mapping cannot be read; the store.
pub async fn import_sheet(state: &AppState, staff: &Staff, sheet: Sheet) -> Result<Value, ApiError> {
    import_watched(state, staff, sheet, locale::current(), |_| {}).await
}

/// Begins to import a sheet, which is kept for a while with what becomes of it.
///
/// # Errors
/// 403
pub fn begin_import(state: &AppState, staff: &Staff, sheet: Sheet) -> Result<Arc<ImportJob>, ApiError> {
    staff.must_write(&sheet.register)?;
    let kept = (Arc::clone(&sheet.bytes), sheet.name.clone());
    let jobs = &state.import_jobs;
    let job = jobs.begin(state.ledger.new_id(), staff.author.login, &sheet.register, kept);
    let (state, staff, watched, lang) = (state.clone(), staff.clone(), Arc::clone(&job), locale::current());
    tokio::spawn(async move {
        let counted = Arc::clone(&watched);
        let became = import_watched(&state, &staff, sheet, lang, move |rows| counted.count(rows)).await;
        watched.finish(became.map_err(|error| *error.problem));
    });
    Ok(job)
}

async fn import_watched(
    state: &AppState,
    staff: &Staff,
    sheet: Sheet,
    lang: Lang,
    mut progress: impl FnMut(u64) + Send + 'static,
) -> Result<Value, ApiError> {
    staff.must_write(&sheet.register)?;
    let mapping = sheet.mapping.as_deref().map(Mapping::from_toml).transpose();
    let mapping = mapping.map_err(|problem| ApiError::refused(*problem))?;
    let format = sheet.name.as_deref().and_then(SheetFormat::from_file_name);
    let (ledger, author) = (state.ledger.clone(), staff.author.clone());
    let (asking, register) = (staff.clone(), sheet.register.clone());
    let model = state.ledger.snapshot().model.clone();
    let linkage = staff.identifies(&model).then(|| state.linkage.clone());
    let purpose = format!("import {}", sheet.register);
    let settled = Settled {
        rows: sheet.same,
        keeps_apart: staff.writes(APART),
    };
    let work = move || {
        let ask = |entries: &[NewEntry]| ask_alike(linkage.as_ref(), &ledger, entries);
        let hint = SheetHint {
            format,
            ..SheetHint::default()
        };
        let known = |titles: &[String]| remembered(&ledger, &mapping_place(&asking, &register, titles));
        let import = Import {
            register: &sheet.register,
            bytes: &sheet.bytes,
            hint,
            mapping,
            known: sheet.as_before.then_some(&known as KnownColumns<'_>),
            dry_run: sheet.dry_run,
            atomic: sheet.atomic,
            lang,
            alike: Some(&ask),
            settled,
        };
        import_rows(&ledger, &author, import, &mut progress)
    };
    let report = tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| ApiError::internal())??;
    let mut body = json!(report);
    body["alike"] = localised(told_alike(state, staff, &purpose, report.alike).await?, lang);
    if !report.errors.is_empty() {
        let id = state.ledger.new_id();
        body["errors_url"] = format!("/api/v1/imports/{id}/errors.xlsx").into();
        state.error_sheets.keep(id, staff.author.login, report.errors);
    }
    Ok(body)
}

/// An empty sheet for a register: the titles that [`import_sheet`] understands, and nothing else.
///
/// # Errors
/// The sheet was not written.
pub fn sheet_template(state: &AppState, register: &Register, lang: Lang) -> Result<Response, ApiError> {
    let titles = sheet_columns(&state.ledger.snapshot().model, register, lang);
    let options = WriteOptions {
        byte_order_mark: true,
        spreadsheet_safe: true,
        worksheet: Some(register.schema.title.get(lang).to_owned()),
        made_at: state.ledger.now(),
    };
    let columns = titles.into_iter().map(SheetColumn::text).collect();
    let written = SheetWriter::new(SheetFormat::Xlsx, columns, options, Vec::new()).and_then(SheetWriter::finish);
    let name = format!("{}.xlsx", register.schema.id);
    Ok(download(
        written.map_err(|error| not_written(&error))?,
        SheetFormat::Xlsx,
        &name,
    ))
}

async fn errors(
    State(state): State<AppState>,
    staff: Staff,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let missing = || {
        let what = Words::new("错误表已过期", "The error sheet is gone");
        let hint = Words::new(
            "错误表保留15分钟，请重新导入一次",
            "It is kept for 15 minutes: import again",
        );
        ApiError::refused(Problem::new("not_found", what, hint))
    };
    let format = SheetFormat::from_file_name(&file)
        .filter(|_| file.starts_with("errors."))
        .ok_or_else(missing)?;
    let id = id.parse().map_err(|_| missing())?;
    let sheet = state.error_sheets.find(id, staff.author.login).ok_or_else(missing)?;
    let now = state.ledger.now();
    let written = tokio::task::spawn_blocking(move || sheet.write(format, now))
        .await
        .map_err(|_| ApiError::internal())?;
    Ok(download(written.map_err(|error| not_written(&error))?, format, &file))
}

fn not_written(error: &WriteError) -> ApiError {
    tracing::error!(%error, "a sheet was not written");
    ApiError::internal()
}

fn download(bytes: Vec<u8>, format: SheetFormat, name: &str) -> Response {
    let kind = match format {
        SheetFormat::Csv => "text/csv; charset=utf-8",
        SheetFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        SheetFormat::JsonLines | SheetFormat::Hl7 | SheetFormat::Fhir => "application/jsonl",
    };
    let mut response = ([(header::CONTENT_TYPE, kind)], bytes).into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

async fn csv(state: State<AppState>, staff: Staff, asked: Params<super::entries::Asked>) -> Result<Response, ApiError> {
    export(state, staff, asked, SheetFormat::Csv).await
}

async fn xlsx(
    state: State<AppState>,
    staff: Staff,
    asked: Params<super::entries::Asked>,
) -> Result<Response, ApiError> {
    export(state, staff, asked, SheetFormat::Xlsx).await
}

/// The cells of a row.
type Cells = Vec<Option<String>>;
/// Rows that are handed on together, from who reads to who writes.
const TOGETHER: usize = 256;
/// How often so many wait to be written at most.
const WAITING: usize = 8;

/// The columns before the register's own.
const COLUMNS: [&str; 9] = [
    "id",
    "subject",
    "at",
    "received_at",
    "act",
    "status",
    "region",
    "org",
    "assurance",
];

fn cell(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

fn cells(item: &EntryItem, fields: &[String]) -> Cells {
    let head = [
        Some(item.id.to_string()),
        Some(item.subject.to_string()),
        Some(item.at.to_string()),
        Some(item.received_at.to_string()),
        Some(item.act.to_owned()),
        Some(item.status.clone()),
        Some(item.region.to_string()),
        item.org.map(|org| org.to_string()),
        Some(item.assurance.id().to_owned()),
    ];
    let own = fields.iter().map(|field| item.body.get(field).and_then(cell));
    head.into_iter().chain(own).collect()
}

async fn export(
    State(state): State<AppState>,
    staff: Staff,
    Params(asked): Params<super::entries::Asked>,
    format: SheetFormat,
) -> Result<Response, ApiError> {
    let Some(register) = parsed::<String>("register", &asked.register)? else {
        let what = Words::new("请指定登记册", "Name the register");
        return Err(ApiError::bad_field(
            "register",
            what,
            Words::new("?register=…", "?register=…"),
        ));
    };
    let filter = super::entries::filter(&state, &staff, &asked)?;
    entries_sheet(&state, &staff, &register, filter, format).await
}

/// An empty sheet with its titles.
fn new_sheet(format: SheetFormat, fields: &[String], now: Instant) -> Result<SheetWriter<Vec<u8>>, WriteError> {
    let columns = COLUMNS.iter().map(|title| SheetColumn::text(*title));
    let columns = columns.chain(fields.iter().map(SheetColumn::text)).collect();
    let options = WriteOptions {
        byte_order_mark: true,
        spreadsheet_safe: true,
        worksheet: None,
        made_at: now,
    };
    SheetWriter::new(format, columns, options, Vec::new())
}

/// Makes rows of what `read` gives and writes them, on a thread of its own: that costs as much as reading does.
fn written_meanwhile<T: Send>(
    mut sheet: SheetWriter<Vec<u8>>,
    mut row_of: impl FnMut(T) -> Option<Cells> + Send,
    read: impl FnOnce(&mut dyn FnMut(T)) -> Result<(), LedgerError>,
) -> Result<Result<Vec<u8>, WriteError>, LedgerError> {
    std::thread::scope(|scope| {
        let (sender, receiver) = std::sync::mpsc::sync_channel::<Vec<T>>(WAITING);
        let writing = scope.spawn(move || {
            for row in receiver.into_iter().flatten().filter_map(&mut row_of) {
                sheet.row(&row)?;
            }
            sheet.finish()
        });
        let mut some = Vec::with_capacity(TOGETHER);
        // Nobody takes rows once one could not be written, which is told at the end.
        let hand_on = |some: &mut Vec<T>| drop(sender.send(std::mem::take(some)));
        read(&mut |one| {
            some.push(one);
            if some.len() == TOGETHER {
                hand_on(&mut some);
            }
        })?;
        hand_on(&mut some);
        drop(sender);
        Ok(writing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// The entries of a register as a download, cell by cell safe to open as a spreadsheet; nothing sealed is in it.
///
/// # Errors
/// 403; too many rows; the database; the queue is full.
pub async fn entries_sheet(
    state: &AppState,
    staff: &Staff,
    register: &str,
    filter: EntryFilter,
    format: SheetFormat,
) -> Result<Response, ApiError> {
    let snapshot = state.ledger.snapshot();
    staff.must_read(&snapshot.model, register)?;
    let filter = EntryFilter {
        register: Some(register.to_owned()),
        cursor: None,
        ..filter
    };
    let fields: Vec<String> = snapshot
        .model
        .registers
        .get(register)
        .map_or_else(Vec::new, |register| {
            let open = register.schema.fields.iter().filter(|field| !field.is_sealed());
            open.map(|field| field.id.clone()).collect()
        });
    let who = staff.clone();
    let sheet = new_sheet(format, &fields, state.ledger.now()).map_err(|error| not_written(&error))?;
    let (written, subjects) = read(state, move |reader| {
        reader.look_as(who.looker());
        let model = reader.snapshot.model.clone();
        let mut subjects = Vec::new();
        let row_of = |item: EntryItem| {
            let item = who.redacted(&model, item)?;
            subjects.push(item.subject);
            Some(cells(&item, &fields))
        };
        let written = written_meanwhile(sheet, row_of, |hand_on| {
            let is_whole = reader.each_of(&who.sight, &filter, EXPORT_ROWS, &mut |item| {
                hand_on(item);
                Ok(())
            })?;
            if is_whole {
                return Ok(());
            }
            let what = Words::new("超过{n}行", "More than {n} rows").with("n", EXPORT_ROWS);
            let hint = Words::new("请缩小时间或区域", "Narrow the time or the region");
            Err(LedgerError::refused("too_many", what, hint))
        })?;
        Ok((written, subjects))
    })
    .await?;
    trace::list(state, staff, &format!("export {register}"), &subjects)?;
    let ending = if format == SheetFormat::Csv { "csv" } else { "xlsx" };
    Ok(download(
        written.map_err(|error| not_written(&error))?,
        format,
        &format!("{register}.{ending}"),
    ))
}
