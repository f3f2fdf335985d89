//! The entries of a register, a page at a time, and as files.

use super::asked::{self, Shows};
use super::kept;
use crate::form::Form;
use crate::thing_names::names;
use crate::visit::{Desk, civil, shown};
use crate::{Answer, field_text};
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect};
use lianfang_exchange::SheetFormat;
use lianfang_kernel::{Lang, Words};
use lianfang_policy::Snapshot;
use lianfang_server::{ApiError, AppState, entries_page, entries_sheet};
use lianfang_ui::paths;
use lianfang_ui::views::register_list::{Chooser, RegisterList, Row, Saved, render};

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
    let schema = &register.schema;
    let filter = asked::filter(&query, schema, &snapshot, desk.visit.as_of);
    let (page, labels) = entries_page(&state, &desk.staff, filter).await?;
    let kept = kept::of(&state, &desk, &id).await?;
    let columns = asked::columns(schema, kept.columns.as_deref());
    let opens_files = desk.staff.reads_files(&snapshot.model);
    let can_write = desk.staff.writes(&id);
    let names = names(&state, lang, &schema.fields, &page.items).await?;
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
            cells: columns
                .iter()
                .map(|column| column.cell(&snapshot, lang, (item, &names)))
                .collect(),
            state: field_text::state(item),
            assurance: field_text::assurance(item.assurance),
            can_choose: super::bulk::can_change(item),
        })
        .collect();
    let total = u64::try_from(rows.len()).unwrap_or(0);
    let view = RegisterList {
        id: id.clone(),
        title: schema.title.get(lang).to_owned(),
        purpose: purpose(schema, lang),
        filters: asked::filters(&query, schema, &snapshot, lang),
        asks: asked::asks(&query, schema, &snapshot, &desk.staff.region, lang),
        columns: columns.iter().map(|shows| shows.column(lang)).collect(),
        choosers: choosers(schema, &columns, lang),
        saved: saved(&kept.lists, &query, schema, &snapshot, lang),
        query: asked::encoded(&query, &["cursor", "as_of"], None),
        changes: match can_write {
            true => super::bulk::fields(register, lang),
            false => Vec::new(),
        },
        total: (total, page.next.is_none() && query.given("cursor").is_none()),
        rows,
        previous: query
            .given("cursor")
            .map(|_| asked::address(&query, &id, &["cursor"], None)),
        next: page
            .next
            .map(|next| asked::address(&query, &id, &["cursor"], Some(("cursor", &next)))),
        has_calendar: register.hold.is_some(),
        can_write,
        exports: exports(&query, &id, lang),
    };
    Ok(shown(render(&view, &desk.ctx(&state))))
}

fn choosers(schema: &lianfang_kernel::RegisterSchema, columns: &[Shows], lang: Lang) -> Vec<Chooser> {
    let chooser = |shows: &Shows| Chooser {
        id: shows.id().to_owned(),
        label: shows.column(lang).label,
        is_on: columns.iter().any(|column| column.id() == shows.id()),
    };
    asked::offered(schema).iter().map(chooser).collect()
}

/// The lists that the account saved, as sentences.
fn saved(
    lists: &[String],
    query: &Form,
    schema: &lianfang_kernel::RegisterSchema,
    snapshot: &Snapshot,
    lang: Lang,
) -> Vec<Saved> {
    let here = asked::encoded(query, &["cursor", "as_of"], None);
    let one = |list: &Form| {
        let own = asked::encoded(list, &["cursor", "as_of"], None);
        Saved {
            words: asked::sentence(list, schema, snapshot, lang),
            href: format!("{}?{own}", paths::register(&schema.id)),
            is_here: own == here,
        }
    };
    lists
        .iter()
        .map(|list| one(&kept::asked(list)))
        .filter(|saved| !saved.words.is_empty())
        .collect()
}

/// Keeps the columns that were chosen, or saves the list as it is asked for.
pub(super) async fn keep(State(state): State<AppState>, desk: Desk, Path(id): Path<String>, form: Form) -> Answer {
    let snapshot = state.ledger.snapshot();
    desk.staff.must_read(&snapshot.model, &id)?;
    let schema = &snapshot.model.registers.get(&id).ok_or_else(ApiError::internal)?.schema;
    let query = Form::parse(form.get("query").as_bytes());
    if form.get("keep") == "list" {
        let encoded = asked::encoded(&query, &["cursor", "as_of"], None);
        kept::turn_list(&state, &desk, &id, &encoded).await?;
    } else {
        let offered = asked::offered(schema);
        let known = |name: &&str| offered.iter().any(|shows| shows.id() == *name);
        let chosen: Vec<String> = form.all("column").filter(known).map(str::to_owned).collect();
        kept::keep_columns(&state, &desk, &id, &chosen).await?;
    }
    Ok(Redirect::to(&asked::address(&query, &id, &[], None)).into_response())
}

/// The same list as files: as it is on the screen, and whole.
fn exports(query: &Form, id: &str, lang: Lang) -> Vec<(String, String)> {
    let kept = asked::encoded(query, &["cursor"], None);
    let link = |name: String, file: &str, format: &str| {
        let href = paths::register_export(id, format).replace("/export.", &format!("/{file}."));
        let joint = if kept.is_empty() {
            String::new()
        } else {
            format!("?{kept}")
        };
        (name, format!("{href}{joint}"))
    };
    let shown = |format: &str| {
        Words::new("{f}（所见各列）", "{f} (as shown)")
            .with("f", format)
            .get(lang)
            .to_owned()
    };
    let whole = |format: &str| {
        Words::new("{f}（全部字段）", "{f} (all fields)")
            .with("f", format)
            .get(lang)
            .to_owned()
    };
    vec![
        link(shown("CSV"), "list", "csv"),
        link(shown("XLSX"), "list", "xlsx"),
        link(whole("CSV"), "export", "csv"),
        link(whole("XLSX"), "export", "xlsx"),
    ]
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
    let snapshot = state.ledger.snapshot();
    desk.staff.must_read(&snapshot.model, &id)?;
    let register = snapshot.model.registers.get(&id).ok_or_else(ApiError::internal)?;
    let filter = asked::filter(&query, &register.schema, &snapshot, desk.visit.as_of);
    entries_sheet(&state, &desk.staff, &id, filter, format).await
}

fn purpose(schema: &lianfang_kernel::RegisterSchema, lang: Lang) -> String {
    let kept = Words::new("{p}；保存{n}天", "{p}; kept {n} days");
    kept.with("p", schema.purpose.get(lang))
        .with("n", schema.retention_days)
        .get(lang)
        .to_owned()
}
