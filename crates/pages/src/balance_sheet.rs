//! `/accounts/{id}/sheet`: what stood in an account, what came, went and stands there, item by item; `.csv` as a file.

use crate::download::{CSV, csv, sent};
use crate::form::Form;
use crate::visit::{Desk, date, shown};
use crate::{Answer, region_steps};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::routing::get;
use lianfang_exchange::SheetColumn;
use lianfang_kernel::{Day, RegionId, unscaled};
use lianfang_ledger::read::{SheetLine, SheetQuery};
use lianfang_policy::Snapshot;
use lianfang_policy::model::Posting;
use lianfang_server::{AppState, balance_sheet};
use lianfang_ui::paths;
use lianfang_ui::views::balance_sheet::{BalanceSheet, Line, render};

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
                numbers: [line.opening, line.into, line.out, line.closing].map(|n| unscaled(n, scale)),
            })
            .collect(),
        action: paths::balance_sheet(&id),
        csv: desk.visit.kept(&format!("{}.csv{kept}", paths::balance_sheet(&id))),
        registers: registers(&snapshot, &id)
            .map(|(register, title)| (title.get(lang).to_owned(), paths::register(register)))
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
fn registers<'s>(
    snapshot: &'s Snapshot,
    account: &'s str,
) -> impl Iterator<Item = (&'s str, &'s lianfang_kernel::Words)> {
    let posts = move |posting: &Posting| posting.accounts().any(|known| known == account);
    snapshot
        .model
        .registers
        .values()
        .filter(move |register| register.posting.as_ref().is_some_and(posts))
        .map(|register| (register.schema.id.as_str(), &register.schema.title))
}
