//! A sheet into a register, tried first if one likes; a list into a match run.

use super::new::writable;
use crate::form::Form;
use crate::upload::{Upload, upload};
use crate::visit::{Desk, shown};
use crate::{Answer, field_text, region_steps};
use axum::extract::{Multipart, Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Lang, RegionId, Words};
use lianfang_policy::Snapshot;
use lianfang_policy::model::Register;
use lianfang_server::{
    ApiError, AppState, ImportJob, MatchReport, Sheet, begin_import, field_title, list_columns, mapping_place,
    match_list, read, read_list, settle, sheet_columns, sheet_fields, sheet_template,
};
use lianfang_ui::part::form::{Choice, Problem};
use lianfang_ui::part::likely::{LikelyFile, OTHER};
use lianfang_ui::paths;
use lianfang_ui::text::text;
use lianfang_ui::views::import::{Alike, FIELD, Fault, Import, Mapped, Report, SAME, TITLE, render};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How long one waits for a page before it tells how far the sheet is.
const PATIENCE: Duration = Duration::from_secs(2);
/// Faults spelled out on the page; the sheet of errors has all.
const FAULTS: usize = 50;

pub(super) async fn show(
    State(state): State<AppState>,
    desk: Desk,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let register = writable(&state, &desk, &id)?;
    let view = view(
        &state,
        &desk,
        &register,
        &Form::parse(query.unwrap_or_default().as_bytes()),
    )
    .await?;
    Ok(shown(render(&view, &desk.ctx(&state))))
}

pub(super) async fn template(State(state): State<AppState>, desk: Desk, Path(id): Path<String>) -> Answer {
    let register = writable(&state, &desk, &id)?;
    sheet_template(&state, &register, desk.visit.lang)
}

pub(super) async fn send(
    State(state): State<AppState>,
    desk: Desk,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    parts: Multipart,
) -> Answer {
    desk.visit.must_be_now()?;
    let register = writable(&state, &desk, &id)?;
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let desk = desk.at_path(&address(&id, &query));
    let sent = upload(parts).await?;
    let lang = desk.visit.lang;
    let became = if register.matching.is_some() {
        land_list(&state, &desk, &query, sent).await.map(Became::Told)
    } else {
        land(&state, &desk, &register, sent).await
    };
    let became = match became {
        Ok(Became::Going(job)) => return Ok(Redirect::to(&watched(&id, &job)).into_response()),
        Ok(became) => became,
        Err(error) if error.status.is_client_error() => Became::Not(error.problem.told(lang)),
        Err(error) => return Err(error),
    };
    draw(&state, &desk, &register, &query, became).await
}

/// A sheet that takes longer than one waits for a page.
pub(super) async fn watch(
    State(state): State<AppState>,
    desk: Desk,
    Path((id, job)): Path<(String, String)>,
) -> Answer {
    let register = writable(&state, &desk, &id)?;
    let query = Form::default();
    let desk = desk.at_path(&address(&id, &query));
    let job = job
        .parse()
        .ok()
        .and_then(|job| state.import_jobs.find(job, desk.staff.author.login))
        .filter(|job| job.register == id);
    let Some(job) = job else {
        let gone = Became::Not(text(desk.visit.lang, "import-sheet-gone"));
        return draw(&state, &desk, &register, &query, gone).await;
    };
    let became = match job.became() {
        None => {
            let mut view = view(&state, &desk, &register, &query).await?;
            view.running = Some((i64::try_from(job.rows()).unwrap_or(i64::MAX), watched(&id, &job)));
            let page = shown(render(&view, &desk.ctx(&state)));
            return Ok(([(header::REFRESH, "2")], page).into_response());
        }
        Some(Ok(body)) => Became::Read(job, body, BTreeMap::new()),
        Some(Err(problem)) => Became::Not(problem.told(desk.visit.lang)),
    };
    draw(&state, &desk, &register, &query, became).await
}

fn watched(id: &str, job: &ImportJob) -> String {
    format!("{}/{}", paths::register_import(id), job.id)
}

/// What became of a sheet.
enum Became {
    /// A list was compared.
    Told(Report),
    /// It was read; with what was said of its rows.
    Read(Arc<ImportJob>, Value, BTreeMap<Uuid, String>),
    /// It is being read.
    Going(Arc<ImportJob>),
    /// It could not be read.
    Not(String),
}

async fn draw(state: &AppState, desk: &Desk, register: &Register, query: &Form, became: Became) -> Answer {
    let mut view = view(state, desk, register, query).await?;
    let mut status = StatusCode::OK;
    match became {
        Became::Told(told) => view.report = Some(told),
        Became::Read(job, body, same) => read_so(&mut view, state, desk, register, (&job, &body, &same)),
        Became::Going(_) => {}
        Became::Not(words) => {
            view.problems = vec![Problem::at("file", words)];
            status = StatusCode::UNPROCESSABLE_ENTITY;
        }
    }
    Ok((status, render(&view, &desk.ctx(state))).into_response())
}

/// The report, and after a trial the columns and the sheet itself, to be imported as it is.
fn read_so(
    view: &mut Import,
    state: &AppState,
    desk: &Desk,
    register: &Register,
    (job, body, same): (&ImportJob, &Value, &BTreeMap<Uuid, String>),
) {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let mut told = report(body);
    let rows = body.get("alike").and_then(Value::as_array).into_iter().flatten();
    told.alike = rows.map(|row| alike(&snapshot, lang, row, same)).collect();
    if told.is_trial {
        view.kept = Some((job.id.to_string(), job.name.clone().unwrap_or_default()));
        view.mapping = mapped(body);
        view.is_remembered = body.get("remembered").and_then(Value::as_bool).unwrap_or(false);
        view.fields = vec![Choice::new("", text(lang, "import-leave-out"))];
        let fields = sheet_fields(&snapshot.model, register, lang).into_iter();
        view.fields.extend(fields.map(|(id, title)| Choice::new(id, title)));
    }
    view.report = Some(told);
}

/// The columns of a sheet as they were taken.
fn mapped(body: &Value) -> Vec<Mapped> {
    let list = |key: &str| body.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let words = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let taken = list("columns");
    let taken = taken.iter().map(|pair| Mapped {
        title: words(pair.get(0)),
        field: words(pair.get(1)),
    });
    let unused = list("unused");
    let unused = unused.iter().map(|title| Mapped {
        title: words(Some(title)),
        field: String::new(),
    });
    taken.chain(unused).collect()
}

/// What the form says of columns: title and field, fields left empty among them.
fn chosen(fields: &Form) -> Vec<(String, String)> {
    let titles = fields
        .names()
        .filter_map(|name| Some((name.strip_prefix(TITLE)?, fields.get(name))));
    titles
        .map(|(n, title)| (title.to_owned(), fields.get(&format!("{FIELD}{n}")).to_owned()))
        .collect()
}

async fn land_list(state: &AppState, desk: &Desk, query: &Form, sent: Upload) -> Result<Report, ApiError> {
    must_have(&sent)?;
    let run = run_of(query)?;
    let rows = read_list(&sent.file, sent.file_name.as_deref())?;
    Ok(compared(&match_list(state, &desk.staff, run, rows).await?))
}

fn must_have(sent: &Upload) -> Result<(), ApiError> {
    if !sent.file.is_empty() {
        return Ok(());
    }
    let words = Words::new(
        text(Lang::Zh, "import-file-missing"),
        text(Lang::En, "import-file-missing"),
    );
    Err(ApiError::bad_field("file", words, Words::default()))
}

/// The sheet sent, or the one that is kept, into the register.
async fn land(state: &AppState, desk: &Desk, register: &Register, sent: Upload) -> Result<Became, ApiError> {
    let kept = sent.fields.get("sheet").parse().ok();
    let kept = kept.and_then(|id| state.import_jobs.find(id, desk.staff.author.login));
    let kept = kept.filter(|job| sent.file.is_empty() && job.register == register.schema.id);
    if kept.is_none() {
        must_have(&sent)?;
    }
    let same = said(&sent.fields);
    // What is chosen is of the sheet that is kept: another one has columns of its own.
    let columns = kept
        .as_ref()
        .map(|_| chosen(&sent.fields))
        .filter(|columns| !columns.is_empty());
    let sheet = Sheet {
        same: same.iter().map(|(entry, id)| (*entry, id.parse().ok())).collect(),
        register: register.schema.id.clone(),
        mapping: columns.as_deref().map(as_mapping),
        as_before: true,
        name: kept.as_ref().map_or(sent.file_name, |job| job.name.clone()),
        bytes: kept.map_or_else(|| Arc::new(sent.file), |job| Arc::clone(&job.bytes)),
        dry_run: sent.fields.get("act") != "import",
        ..Sheet::default()
    };
    let job = begin_import(state, &desk.staff, sheet)?;
    if let Some(columns) = columns {
        remember(state, desk, register, &columns).await?;
    }
    job.wait(PATIENCE).await;
    match job.became() {
        None => Ok(Became::Going(job)),
        Some(Ok(body)) => Ok(Became::Read(job, body, same)),
        Some(Err(problem)) => Err(ApiError::refused(problem)),
    }
}

/// A mapping as its file would say it.
fn as_mapping(columns: &[(String, String)]) -> String {
    let taken = columns.iter().filter(|(_, field)| !field.is_empty());
    // A text in JSON is a text in TOML.
    let lines =
        taken.map(|(title, field)| format!("{} = {}\n", Value::from(title.as_str()), Value::from(field.as_str())));
    format!("[columns]\n{}", lines.collect::<String>())
}

/// Keeps how the columns are taken, for the next sheet with these titles.
async fn remember(
    state: &AppState,
    desk: &Desk,
    register: &Register,
    columns: &[(String, String)],
) -> Result<(), ApiError> {
    let titles: Vec<String> = columns.iter().map(|(title, _)| title.clone()).collect();
    let place = mapping_place(&desk.staff, &register.schema.id, &titles);
    let taken: BTreeMap<&str, &str> = columns
        .iter()
        .filter(|(_, field)| !field.is_empty())
        .map(|(title, field)| (title.as_str(), field.as_str()))
        .collect();
    let value = serde_json::to_string(&taken).map_err(|_| ApiError::internal())?;
    settle(state.ledger.keep(place, Some(value))).await
}

/// What was said of rows, by their entries: a file's id, or that it is somebody else.
fn said(fields: &Form) -> BTreeMap<Uuid, String> {
    let said = fields.names().filter_map(|name| {
        let entry = name.strip_prefix(SAME)?.parse().ok()?;
        let chosen = fields.get(name);
        (chosen == OTHER || chosen.parse::<SubjectId>().is_ok()).then(|| (entry, chosen.to_owned()))
    });
    said.collect()
}

/// A row of somebody who may have a file already, as the answer tells it.
fn alike(snapshot: &Snapshot, lang: Lang, row: &Value, said: &BTreeMap<Uuid, String>) -> Alike {
    let of = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let fields = row.get("fields").and_then(Value::as_array).cloned().unwrap_or_default();
    let words = |speaks_for: bool| {
        let fields = fields.iter();
        let fields =
            fields.filter(|one| (one.get("weight").and_then(Value::as_f64).unwrap_or(0.0) >= 0.0) == speaks_for);
        let words = fields.map(|one| {
            let words = Words::new("{f}{l}", "{f}: {l}").with("f", field_title(&of(one, "field")).get(lang));
            words.with("l", of(one, "level")).get(lang).to_owned()
        });
        words.collect::<Vec<String>>()
    };
    let entry = of(row, "entry");
    Alike {
        line: row.get("line").and_then(Value::as_u64).unwrap_or(0),
        chosen: entry
            .parse()
            .ok()
            .and_then(|id: Uuid| said.get(&id))
            .cloned()
            .unwrap_or_default(),
        entry,
        file: LikelyFile {
            id: of(row, "subject"),
            label: format!("{} {}", of(row, "label"), of(row, "document"))
                .trim()
                .to_owned(),
            region: region_steps::full_name(&snapshot.regions, lang, &RegionId::new(&of(row, "region"))),
            is_household: false,
            agree: words(true),
            differ: words(false),
        },
    }
}

fn run_of(query: &Form) -> Result<SubjectId, ApiError> {
    let run = query.given("subject").and_then(|id| id.parse().ok());
    run.ok_or_else(|| {
        let words = Words::new("请从比对任务的档案进入", "Open it from the file of the match run");
        ApiError::not_found(words)
    })
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn compared(report: &MatchReport) -> Report {
    Report {
        compared: Some(count(report.compared)),
        rows: count(report.rows),
        accepted: count(report.matched),
        ..Report::default()
    }
}

fn report(body: &Value) -> Report {
    let n = |key: &str| body.get(key).and_then(Value::as_i64).unwrap_or(0);
    let list = |key: &str| body.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let of = |value: &Value, path: &str| {
        value
            .pointer(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let fault = |misfit: &Value| Fault {
        line: misfit.get("line").and_then(Value::as_u64).unwrap_or(0),
        column: of(misfit, "/column"),
        what: of(misfit, "/problem/what"),
        hint: of(misfit, "/problem/hint"),
    };
    Report {
        compared: None,
        is_trial: body.get("dry_run").and_then(Value::as_bool).unwrap_or(false),
        rows: n("rows"),
        accepted: n("accepted"),
        flagged: n("flagged"),
        tray: n("tray"),
        refused: n("refused"),
        unused: list("unused").iter().map(|title| of(title, "")).collect(),
        faults: list("misfits").iter().take(FAULTS).map(fault).collect(),
        errors: body.get("errors_url").and_then(Value::as_str).map(str::to_owned),
        alike: Vec::new(),
    }
}

fn address(id: &str, query: &Form) -> String {
    let address = paths::register_import(id);
    match query.given("subject") {
        Some(subject) => format!("{address}?subject={subject}"),
        None => address,
    }
}

async fn view(state: &AppState, desk: &Desk, register: &Register, query: &Form) -> Result<Import, ApiError> {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let schema = &register.schema;
    let is_list = register.matching.is_some();
    let run = match is_list {
        true => Some(label(state, run_of(query)?, lang).await?),
        false => None,
    };
    let columns = match is_list {
        true => list_columns().into_iter().map(str::to_owned).collect(),
        false => sheet_columns(&snapshot.model, register, lang),
    };
    Ok(Import {
        id: schema.id.clone(),
        title: field_text::register_title(&snapshot, lang, &schema.id),
        run,
        action: address(&schema.id, query),
        template: (!is_list).then(|| paths::register_template(&schema.id)),
        columns,
        ..Import::default()
    })
}

async fn label(state: &AppState, run: SubjectId, lang: Lang) -> Result<String, ApiError> {
    let labels = read(state, move |reader| reader.labels(&[run], lang)).await?;
    Ok(labels.get(&run).map(|label| label.name.clone()).unwrap_or_default())
}
