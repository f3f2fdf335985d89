//! A sheet into a register, tried first if one likes; a list into a match run.

use super::new::writable;
use crate::form::Form;
use crate::upload::{Upload, upload};
use crate::visit::{Desk, shown};
use crate::{Answer, field_text, region_steps};
use axum::extract::{Multipart, Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Lang, RegionId, Words};
use lianfang_policy::Snapshot;
use lianfang_policy::model::Register;
use lianfang_server::{
    ApiError, AppState, MatchReport, Sheet, field_title, import_sheet, list_columns, match_list, read, read_list,
    sheet_columns, sheet_template,
};
use lianfang_ui::part::form::Problem;
use lianfang_ui::part::likely::{LikelyFile, OTHER};
use lianfang_ui::paths;
use lianfang_ui::text::text;
use lianfang_ui::views::import::{Alike, Fault, Import, Report, SAME, render};
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

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
    let mut view = view(&state, &desk, &register, &query).await?;
    let sent = upload(parts).await?;
    let became = if sent.file.is_empty() {
        Err(vec![text(desk.visit.lang, "import-file-missing")])
    } else {
        match land(&state, &desk, &register, &query, sent).await {
            Ok(report) => Ok(report),
            Err(error) if error.status.is_client_error() => Err(vec![error.problem.told(desk.visit.lang)]),
            Err(error) => return Err(error),
        }
    };
    let status = match became {
        Ok(report) => {
            view.report = Some(report);
            StatusCode::OK
        }
        Err(problems) => {
            view.problems = problems.into_iter().map(|words| Problem::at("file", words)).collect();
            StatusCode::UNPROCESSABLE_ENTITY
        }
    };
    Ok((status, render(&view, &desk.ctx(&state))).into_response())
}

/// A list goes to the run it was sent for, everything else into the register.
async fn land(
    state: &AppState,
    desk: &Desk,
    register: &Register,
    query: &Form,
    sent: Upload,
) -> Result<Report, ApiError> {
    if register.matching.is_some() {
        let run = run_of(query)?;
        let rows = read_list(&sent.file, sent.file_name.as_deref())?;
        return Ok(compared(&match_list(state, &desk.staff, run, rows).await?));
    }
    let same = said(&sent.fields);
    let sheet = Sheet {
        same: same.iter().map(|(entry, id)| (*entry, id.parse().ok())).collect(),
        register: register.schema.id.clone(),
        bytes: sent.file,
        name: sent.file_name,
        dry_run: sent.fields.get("act") != "import",
        ..Sheet::default()
    };
    let body = import_sheet(state, &desk.staff, sheet).await?;
    let mut report = report(&body);
    let rows = body.get("alike").and_then(Value::as_array);
    let rows = rows.into_iter().flatten();
    report.alike = rows
        .map(|row| alike(&state.ledger.snapshot(), desk.visit.lang, row, &same))
        .collect();
    Ok(report)
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
        report: None,
        problems: Vec::new(),
    })
}

async fn label(state: &AppState, run: SubjectId, lang: Lang) -> Result<String, ApiError> {
    let labels = read(state, move |reader| reader.labels(&[run], lang)).await?;
    Ok(labels.get(&run).map(|label| label.name.clone()).unwrap_or_default())
}
