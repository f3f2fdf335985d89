//! The entries of a register, a page at a time.

use crate::form::Form;
use crate::visit::{Desk, civil, shown};
use crate::{Answer, field_text};
use axum::extract::{Path, RawQuery, State};
use lianfang_exchange::SheetFormat;
use lianfang_kernel::{Day, FieldSchema, Instant, Kind, Lang, Words};
use lianfang_ledger::read::{EntryFilter, EntryItem};
use lianfang_policy::Snapshot;
use lianfang_server::{ApiError, AppState, entries_page, entries_sheet};
use lianfang_ui::part::field::{FieldView, Kind as Shown};
use lianfang_ui::paths;
use lianfang_ui::text::text;
use lianfang_ui::views::register_list::{Column, Filter, RegisterList, Row, render};

/// Rows of a page.
const ROWS: usize = 50;
/// Columns beside time, subject and state.
const COLUMNS: usize = 6;

pub(super) async fn show(
    State(state): State<AppState>,
    desk: Desk,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    desk.staff.must_read(&snapshot.model, &id)?;
    let register = snapshot.model.registers.get(&id).ok_or_else(ApiError::internal)?;
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let (page, labels) = entries_page(&state, &desk.staff, filter_of(&query, &id, &snapshot, desk.visit.as_of)).await?;
    let schema = &register.schema;
    let columns: Vec<&FieldSchema> = schema
        .fields
        .iter()
        .filter(|field| !field.is_sealed() && !matches!(field.kind, Kind::Note))
        .take(COLUMNS)
        .collect();
    let opens_files = desk.staff.reads_files(&snapshot.model);
    let rows: Vec<Row> = page
        .items
        .iter()
        .map(|item| Row {
            id: item.id.to_string(),
            subject: (
                labels.get(&item.subject).cloned().unwrap_or_default(),
                opens_files.then(|| item.subject.to_string()),
            ),
            at: civil(&snapshot.zone, item.at),
            cells: cells(&snapshot, lang, &columns, item),
            state: field_text::state(item),
            assurance: field_text::assurance(item.assurance),
        })
        .collect();
    let total = u64::try_from(rows.len()).unwrap_or(0);
    let view = RegisterList {
        id: id.clone(),
        title: schema.title.get(lang).to_owned(),
        purpose: purpose(schema, lang),
        filters: filters(&query, &id, lang),
        asks: asks(&query, lang),
        columns: columns.iter().map(|field| column(field, lang)).collect(),
        total: (total, page.next.is_none() && query.given("cursor").is_none()),
        rows,
        previous: query.given("cursor").map(|_| address(&query, &id, &["cursor"], None)),
        next: page
            .next
            .map(|next| address(&query, &id, &["cursor"], Some(("cursor", &next)))),
        can_write: desk.staff.writes(&id),
        exports: exports(&query, &id),
    };
    Ok(shown(render(&view, &desk.ctx(&state))))
}

/// The same list as files, under the filters in force.
fn exports(query: &Form, id: &str) -> Vec<(String, String)> {
    let kept = address(query, id, &["cursor"], None);
    let kept = kept.split_once('?').map_or("", |(_, kept)| kept);
    let link = |format: &str| {
        let href = paths::register_export(id, format);
        let href = if kept.is_empty() {
            href
        } else {
            format!("{href}?{kept}")
        };
        (format.to_uppercase(), href)
    };
    vec![link("csv"), link("xlsx")]
}

pub(super) async fn csv(state: State<AppState>, desk: Desk, id: Path<String>, query: RawQuery) -> Answer {
    export(state, desk, id, query, SheetFormat::Csv).await
}

pub(super) async fn xlsx(state: State<AppState>, desk: Desk, id: Path<String>, query: RawQuery) -> Answer {
    export(state, desk, id, query, SheetFormat::Xlsx).await
}

async fn export(
    State(state): State<AppState>,
    desk: Desk,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    format: SheetFormat,
) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let filter = filter_of(&query, &id, &state.ledger.snapshot(), desk.visit.as_of);
    entries_sheet(&state, &desk.staff, &id, filter, format).await
}

/// Which entries the address asks for; `until` includes its whole day.
fn filter_of(query: &Form, id: &str, snapshot: &Snapshot, as_of: Option<Instant>) -> EntryFilter {
    let day = |name: &str| query.given(name).and_then(|text| Day::parse(text).ok());
    EntryFilter {
        register: Some(id.to_owned()),
        subject: query.given("subject").and_then(|id| id.parse().ok()),
        from: day("from").map(|day| snapshot.zone.start_of(day)),
        to: day("until").map(|day| snapshot.zone.start_of(day.plus(1))),
        as_of,
        flagged: query.get("flagged") == "true",
        cursor: query.given("cursor").map(str::to_owned),
        limit: ROWS,
        ..EntryFilter::default()
    }
}

/// What an entry says in each column; nothing where it has no value.
fn cells(snapshot: &Snapshot, lang: Lang, columns: &[&FieldSchema], item: &EntryItem) -> Vec<String> {
    columns
        .iter()
        .map(|field| {
            item.body
                .get(&field.id)
                .map(|v| field_text::value(snapshot, lang, field, v))
                .unwrap_or_default()
        })
        .collect()
}

fn purpose(schema: &lianfang_kernel::RegisterSchema, lang: Lang) -> String {
    let kept = Words::new("{p}；保存{n}天", "{p}; kept {n} days");
    kept.with("p", schema.purpose.get(lang))
        .with("n", schema.retention_days)
        .get(lang)
        .to_owned()
}

fn column(field: &FieldSchema, lang: Lang) -> Column {
    Column {
        label: field.title.get(lang).to_owned(),
        is_number: matches!(
            field.kind,
            Kind::Int | Kind::Decimal { .. } | Kind::Quantity { .. } | Kind::Money
        ),
    }
}

fn asks(query: &Form, lang: Lang) -> Vec<FieldView> {
    let ask = |id: &str, key: &str| FieldView::new(id, Shown::Date, text(lang, key)).value(query.get(id));
    vec![ask("from", "declare-stay-from"), ask("until", "declare-stay-until")]
}

fn filters(query: &Form, id: &str, lang: Lang) -> Vec<Filter> {
    let named = [
        ("from", "declare-stay-from"),
        ("until", "declare-stay-until"),
        ("subject", "subject"),
        ("flagged", "entry-flagged"),
    ];
    named
        .into_iter()
        .filter_map(|(name, key)| {
            let value = query.given(name)?;
            let shown = if matches!(name, "from" | "until") { value } else { "" };
            Some(Filter {
                words: format!("{} {shown}", text(lang, key)).trim().to_owned(),
                without: address(query, id, &[name, "cursor"], None),
            })
        })
        .collect()
}

/// The address of this list without some parameters and with one more.
fn address(query: &Form, id: &str, without: &[&str], with: Option<(&str, &str)>) -> String {
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for name in ["from", "until", "subject", "flagged", "cursor", "as_of"] {
        if let Some(value) = query.given(name).filter(|_| !without.contains(&name)) {
            kept.append_pair(name, value);
        }
    }
    if let Some((name, value)) = with {
        kept.append_pair(name, value);
    }
    let kept = kept.finish();
    if kept.is_empty() {
        paths::register(id)
    } else {
        format!("{}?{kept}", paths::register(id))
    }
}
