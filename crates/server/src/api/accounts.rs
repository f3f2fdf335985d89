//! Accounts: the balance sheet of one, item by item.

use crate::asked::{self, Params};
use crate::caller::Staff;
use crate::locale::{self, localised};
use crate::problem::ApiError;
use crate::state::{AppState, read};
use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use lianfang_kernel::Words;
use lianfang_ledger::read::{SheetLine, SheetQuery, Sight};
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/accounts/{id}/sheet", get(show))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    region: Option<String>,
    from: Option<String>,
    to: Option<String>,
    as_of: Option<String>,
}

/// What stood in an account, what came, went and stands there, as a member of staff may read it.
///
/// # Errors
/// 403, 404; 422 where the days do not follow each other; the database.
pub async fn balance_sheet(state: &AppState, staff: &Staff, mut query: SheetQuery) -> Result<Vec<SheetLine>, ApiError> {
    let snapshot = state.ledger.snapshot();
    if !snapshot.model.accounts.contains_key(&query.account) {
        return Err(ApiError::not_found(Words::new(
            "没有这个账户",
            "There is no such account",
        )));
    }
    if !staff.reads_account(&snapshot.model, &query.account) {
        return Err(ApiError::no_right(Words::new(
            "您的岗位不查看该账户",
            "Your role does not read this account",
        )));
    }
    staff.must_see_region(&snapshot, &query.region)?;
    if query.days.1 < query.days.0 {
        let what = Words::new("结束日期早于开始日期", "The last day is before the first");
        let hint = Words::new("请核对起止日期", "Check the two days");
        return Err(ApiError::bad_field("to", what, hint));
    }
    match &staff.sight {
        Sight::Sector { sectors, .. } => query.sectors.clone_from(sectors),
        Sight::Org(org) => query.org = Some(*org),
        Sight::All | Sight::Region(_) | Sight::Nothing => {}
    }
    let lang = locale::current();
    read(state, move |reader| reader.balance_sheet(&query, lang)).await
}

async fn show(
    State(state): State<AppState>,
    staff: Staff,
    Path(account): Path<String>,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, ApiError> {
    let as_of = asked::moment("as_of", &asked.as_of)?;
    let now = as_of.unwrap_or_else(|| state.ledger.now());
    let today = state.ledger.snapshot().zone.day_of(now);
    let query = SheetQuery {
        account: account.clone(),
        region: asked::region(&asked.region).unwrap_or_else(|| staff.region.clone()),
        sectors: Vec::new(),
        org: None,
        days: (
            asked::day("from", &asked.from)?.unwrap_or(today),
            asked::day("to", &asked.to)?.unwrap_or(today),
        ),
        as_of,
    };
    let (region, (from, to)) = (query.region.clone(), query.days);
    let lines = balance_sheet(&state, &staff, query).await?;
    let body = json!({
        "account": account, "region": region, "from": from, "to": to, "as_of": now, "items": lines,
    });
    Ok(Json(localised(body, locale::current())))
}
