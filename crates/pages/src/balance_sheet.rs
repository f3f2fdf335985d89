//! `/accounts/{id}/sheet`: what stood in an account, what came, went and stands there, item by item; `.csv` as a file.

use crate::download::{CSV, csv, sent};
use crate::form::Form;
use crate::visit::{Desk, date, shown};
use crate::{Answer, region_steps};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::routing::get;
use lianfang_exchange::SheetColumn;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Day, Lang, RegionId, unscaled};
use lianfang_ledger::read::{SheetLine, SheetQuery};
use lianfang_policy::Snapshot;
use lianfang_policy::model::{Posting, Register};
use lianfang_server::{AppState, balance_sheet};
use lianfang_ui::paths;
use lianfang_ui::views::balance_sheet::{BalanceSheet, Line, render};
use std::sync::Arc;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/accounts/{id}/{file}", get(show))
}

/// Days that the page shows when nothing else is asked.
const USUAL_DAYS: i64 = 7;

async fn show(
    State(state): State<AppState>,
    desk: Desk,
    Path((id, file)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Answer {
    let asked = Form::parse(query.unwrap_or_default().as_bytes());
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let today = snapshot.zone.day_of(desk.at(&state));
    let day = |name: &str| asked.given(name).and_then(|day| Day::parse(day).ok());
    let to = day("to").unwrap_or(today);
    let from = day("from").unwrap_or_else(|| to.plus(1 - USUAL_DAYS));
    let region = asked
        .given("region")
        .map_or_else(|| desk.staff.region.clone(), RegionId::new);
    let query = SheetQuery {
        account: id.clone(),
        region: region.clone(),
        sectors: Vec::new(),
        org: None,
        days: (from, to),
        as_of: desk.visit.as_of,
    };
    let lines = balance_sheet(&state, &desk.staff, query).await?;
    let account = snapshot.model.accounts.get(&id);
    let scale = account.map_or(0, |account| account.scale);
    if file == "sheet.csv" {
        let columns = ["item", "unit", "opening", "in", "out", "closing"].map(SheetColumn::text);
        let rows: Vec<Vec<Option<String>>> = lines.iter().map(|line| cells(line, scale)).collect();
        let bytes = csv(columns.to_vec(), &rows, state.ledger.now())?;
        return Ok(sent(CSV, &format!("{id}.csv"), bytes));
    }
    let narrowed = format!("from={from}&until={to}&region={region}");
    let kept = format!("?region={region}&from={from}&to={to}");
    let view = BalanceSheet {
        title: account.map_or_else(|| id.clone(), |account| account.title.get(lang).to_owned()),
        place: region_steps::name(&snapshot.regions, lang, &region),
        region: region.to_string(),
        from: date(from),
        to: date(to),
        lines: lines
            .iter()
            .map(|line| Line {
                item: line.label.clone(),
                href: line.item.map(|item| paths::subject(&item.to_string())),
                unit: line.unit.clone().unwrap_or_default(),
                rows: rows(&snapshot, &id, line.item, &narrowed, lang)
                    .into_iter()
                    .map(|(title, href)| (title, desk.visit.kept(&href)))
                    .collect(),
                numbers: [line.opening, line.into, line.out, line.closing].map(|n| unscaled(n, scale)),
            })
            .collect(),
        action: paths::balance_sheet(&id),
        csv: desk.visit.kept(&format!("{}.csv{kept}", paths::balance_sheet(&id))),
        registers: registers(&snapshot, &id)
            .map(|register| {
                let href = format!("{}?{narrowed}", paths::register(&register.schema.id));
                (register.schema.title.get(lang).to_owned(), desk.visit.kept(&href))
            })
            .collect(),
    };
    Ok(shown(render(&view, &desk.ctx(&state))))
}

fn cells(line: &SheetLine, scale: u8) -> Vec<Option<String>> {
    let numbers = [line.opening, line.into, line.out, line.closing].map(|n| Some(unscaled(n, scale)));
    [Some(line.label.clone()), line.unit.clone()]
        .into_iter()
        .chain(numbers)
        .collect()
}

/// The registers whose rows stand behind an account.
fn registers<'s>(snapshot: &'s Snapshot, account: &'s str) -> impl Iterator<Item = &'s Register> {
    let posts = move |posting: &Posting| posting.accounts().any(|known| known == account);
    let registers = snapshot.model.registers.values().map(Arc::as_ref);
    registers.filter(move |register| register.posting.as_ref().is_some_and(posts))
}

/// The rows behind the line of an item, register by register.
fn rows(
    snapshot: &Snapshot,
    account: &str,
    item: Option<SubjectId>,
    narrowed: &str,
    lang: Lang,
) -> Vec<(String, String)> {
    let Some(item) = item else { return Vec::new() };
    let of_item = |register: &Register| {
        let field = register.posting.as_ref()?.item.as_deref()?;
        let href = format!("{}?{narrowed}&is.{field}={item}", paths::register(&register.schema.id));
        Some((register.schema.title.get(lang).to_owned(), href))
    };
    registers(snapshot, account).filter_map(of_item).collect()
}
