//! A list as a file, exactly as it is on the screen: the same columns, the same words, the same masked names, every page.

use super::asked;
use super::kept;
use crate::download::{CSV, sent};
use crate::form::Form;
use crate::thing_names::names;
use crate::visit::{Desk, civil};
use crate::{Answer, field_text};
use axum::extract::{Path, RawQuery, State};
use lianfang_exchange::{SheetColumn, SheetFormat, SheetWriter, WriteError, WriteOptions};
use lianfang_kernel::{Problem, Words};
use lianfang_ledger::read::EntryFilter;
use lianfang_server::{ApiError, AppState, entries_page};
use lianfang_ui::text::text;
use lianfang_ui::{dates, part::mark};

/// Rows of one file; more is for the file with all fields.
const ROWS: usize = 20_000;

pub(super) async fn csv(state: State<AppState>, desk: Desk, id: Path<String>, query: RawQuery) -> Answer {
    file(state, desk, id, query, SheetFormat::Csv).await
}

pub(super) async fn xlsx(state: State<AppState>, desk: Desk, id: Path<String>, query: RawQuery) -> Answer {
    file(state, desk, id, query, SheetFormat::Xlsx).await
}

async fn file(
    State(state): State<AppState>,
    desk: Desk,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    format: SheetFormat,
) -> Answer {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    desk.staff.must_read(&snapshot.model, &id)?;
    let schema = &snapshot.model.registers.get(&id).ok_or_else(ApiError::internal)?.schema;
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let kept = kept::of(&state, &desk, &id).await?;
    let columns = asked::columns(schema, kept.columns.as_deref());
    let mut filter = EntryFilter {
        cursor: None,
        limit: 500,
        ..asked::filter(&query, schema, &snapshot, desk.visit.as_of)
    };
    let ctx = desk.ctx(&state);
    let mut rows: Vec<Vec<Option<String>>> = Vec::new();
    loop {
        let (page, labels) = entries_page(&state, &desk.staff, filter.clone()).await?;
        let names = names(&state, lang, &schema.fields, &page.items).await?;
        for item in &page.items {
            let mut row = vec![
                dates::moment(lang, civil(&snapshot.zone, item.at)),
                labels.get(&item.subject).cloned().unwrap_or_default(),
            ];
            row.extend(
                columns
                    .iter()
                    .map(|column| column.cell(&snapshot, lang, (item, &names))),
            );
            row.push(mark::entry_state_words(&ctx, field_text::state(item)));
            rows.push(
                row.into_iter()
                    .map(|cell| Some(cell).filter(|cell| !cell.is_empty()))
                    .collect(),
            );
        }
        if rows.len() > ROWS {
            let what = Words::new("超过{n}行", "More than {n} rows").with("n", ROWS);
            let hint = Words::new(
                "请缩小范围，或下载全部字段",
                "Narrow the list, or take the file with all fields",
            );
            return Err(ApiError::refused(Problem::new("too_many", what, hint)));
        }
        match page.next {
            Some(next) => filter.cursor = Some(next),
            None => break,
        }
    }
    let mut titles = vec![text(lang, "at"), text(lang, "subject")];
    titles.extend(columns.iter().map(|column| column.column(lang).label));
    titles.push(text(lang, "state"));
    let bytes = written(titles, &rows, format, &state, schema.title.get(lang)).map_err(|error| {
        tracing::error!(%error, "a list was not written");
        ApiError::internal()
    })?;
    let (kind, ending) = match format {
        SheetFormat::Csv => (CSV, "csv"),
        _ => (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "xlsx",
        ),
    };
    Ok(sent(kind, &format!("{id}.{ending}"), bytes))
}

fn written(
    titles: Vec<String>,
    rows: &[Vec<Option<String>>],
    format: SheetFormat,
    state: &AppState,
    worksheet: &str,
) -> Result<Vec<u8>, WriteError> {
    let options = WriteOptions {
        byte_order_mark: true,
        spreadsheet_safe: true,
        worksheet: Some(worksheet.to_owned()),
        made_at: state.ledger.now(),
    };
    let columns = titles.into_iter().map(SheetColumn::text).collect();
    let mut sheet = SheetWriter::new(format, columns, options, Vec::new())?;
    for row in rows {
        sheet.row(row)?;
    }
    sheet.finish()
}
