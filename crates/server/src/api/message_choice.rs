//! How one wants to be told of what waits: for the caller's own account, or for the person whose device it is.

use crate::asked::Body;
use crate::caller::{Caller, Resident};
use crate::locale;
use crate::outbox::{Choosing, Typed, choose, choosing, urgent_daily};
use crate::problem::ApiError;
use crate::state::AppState;
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use lianfang_kernel::{Problem, Words};
use lianfang_ledger::outbox::{NO_CHANNEL, Recipient};
use lianfang_ledger::wire::Author;
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/messages/choice", get(show).put(keep))
}

/// Who is told, and as whom that is decided.
fn reader_of(caller: Caller) -> Result<(Recipient, Author), ApiError> {
    match caller {
        Caller::Staff(staff) => Ok((Recipient::Login(staff.login.id), staff.author)),
        Caller::Resident(resident) => Ok((owner(&resident)?, resident.author)),
        Caller::Public => Err(ApiError::sign_in_needed()),
    }
}

/// The person whose device it is, as staff have confirmed.
///
/// # Errors
/// `not_yours`
pub fn owner(resident: &Resident) -> Result<Recipient, ApiError> {
    let what = Words::new("本设备尚未确认是谁的", "Nobody has confirmed whose device this is");
    let hint = Words::new(
        "请先用社区发的绑定码确认",
        "Bind it with the code from your community first",
    );
    let owner = resident.device.owner.map(Recipient::Person);
    owner.ok_or_else(|| ApiError::refused(Problem::new("not_yours", what, hint)))
}

fn told(found: &Choosing, urgent: Option<i64>) -> Value {
    let lang = locale::current();
    let channel = |id: &str, title: &str| json!({ "id": id, "title": title });
    let mut channels: Vec<Value> = found
        .channels
        .iter()
        .map(|known| channel(&known.id, known.title.get(lang)))
        .collect();
    channels.push(channel(NO_CHANNEL, Words::new("不提醒", "No messages").get(lang)));
    let quiet = found.quiet;
    let has_quiet = quiet.from != quiet.to;
    json!({
        "channels": channels,
        "channel": found.choice.channel,
        "hour": found.choice.hour,
        "lang": found.choice.lang.tag(),
        "address": found.choice.address,
        "phone": found.phone,
        "quiet": has_quiet.then(|| json!({ "from": quiet.from, "to": quiet.to })),
        "urgent_daily": urgent,
    })
}

async fn answer(state: &AppState, to: Recipient) -> Result<Json<Value>, ApiError> {
    let found = choosing(state, to, locale::current()).await?;
    let urgent = urgent_daily(state).filter(|_| matches!(to, Recipient::Login(_)));
    Ok(Json(told(&found, urgent)))
}

async fn show(State(state): State<AppState>, caller: Caller) -> Result<Json<Value>, ApiError> {
    let (to, _) = reader_of(caller)?;
    answer(&state, to).await
}

/// A choice as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    channel: String,
    hour: i64,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    address: Option<String>,
}

async fn keep(
    State(state): State<AppState>,
    caller: Caller,
    Body(chosen): Body<Chosen>,
) -> Result<Json<Value>, ApiError> {
    let (to, author) = reader_of(caller)?;
    let found = choosing(&state, to, locale::current()).await?;
    let typed = Typed {
        channel: &chosen.channel,
        hour: Some(chosen.hour),
        lang: chosen.lang.as_deref().unwrap_or(found.choice.lang.tag()),
        address: chosen.address.as_deref().map(str::trim).filter(|text| !text.is_empty()),
    };
    let choice = found.read(to, &typed).map_err(ApiError::refused)?;
    choose(&state, author, to, choice).await?;
    answer(&state, to).await
}
