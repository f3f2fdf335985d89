//! How one wants to be told: a resident whose device is confirmed, or a member of staff.

use crate::Answer;
use crate::form::Form;
use crate::visit::{Desk, Visit, shown};
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::{Lang, Problem as Refusal};
use lianfang_ledger::outbox::{Choice as Chosen, NO_CHANNEL, Recipient};
use lianfang_server::outbox::{Choosing, Typed, choose, choosing, urgent_daily};
use lianfang_server::{ApiError, AppState, Resident, message_owner};
use lianfang_ui::part::form::{Choice, Problem};
use lianfang_ui::text::text;
use lianfang_ui::views::messages::choose::{Choose, render};
use lianfang_ui::{Ctx, paths};

pub(super) async fn show_own(
    State(state): State<AppState>,
    visit: Visit,
    resident: Result<Resident, ApiError>,
    RawQuery(query): RawQuery,
) -> Answer {
    let Ok(resident) = resident else {
        return Ok(Redirect::to(&paths::me("recover")).into_response());
    };
    let to = message_owner(&resident)?;
    draw(&state, to, &visit.public(&state), is_kept(query)).await
}

pub(super) async fn keep_own(State(state): State<AppState>, visit: Visit, resident: Resident, form: Form) -> Answer {
    visit.must_be_now()?;
    let to = message_owner(&resident)?;
    let found = choosing(&state, to, visit.lang).await?;
    match read(&found, to, &form) {
        Ok(choice) => {
            choose(&state, resident.author, to, choice).await?;
            Ok(Redirect::to(&format!("{}?kept=1", paths::me("messages"))).into_response())
        }
        Err(problem) => Ok(again(&found, None, &form, &problem, &visit.public(&state))),
    }
}

pub(super) async fn show_staff(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    let to = Recipient::Login(desk.staff.login.id);
    draw(&state, to, &desk.ctx(&state), is_kept(query)).await
}

pub(super) async fn keep_staff(State(state): State<AppState>, desk: Desk, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    let to = Recipient::Login(desk.staff.login.id);
    let found = choosing(&state, to, desk.visit.lang).await?;
    match read(&found, to, &form) {
        Ok(choice) => {
            choose(&state, desk.staff.author.clone(), to, choice).await?;
            Ok(Redirect::to(&format!("{}?kept=1", paths::ACCOUNT_MESSAGES)).into_response())
        }
        Err(problem) => Ok(again(&found, urgent_daily(&state), &form, &problem, &desk.ctx(&state))),
    }
}

fn is_kept(query: Option<String>) -> bool {
    query.is_some_and(|query| query.contains("kept="))
}

async fn draw(state: &AppState, to: Recipient, cx: &Ctx, is_kept: bool) -> Answer {
    let found = choosing(state, to, cx.lang).await?;
    let urgent = match to {
        Recipient::Login(_) => urgent_daily(state),
        Recipient::Person(_) => None,
    };
    let view = Choose {
        message: is_kept.then(|| text(cx.lang, "messages-kept")),
        ..view(&found, urgent, cx.lang)
    };
    Ok(shown(render(&view, cx)))
}

fn view(found: &Choosing, urgent_daily: Option<i64>, lang: Lang) -> Choose {
    let channel =
        |channel: &lianfang_server::outbox::Configured| Choice::new(channel.id.clone(), channel.title.get(lang));
    let mut channels: Vec<Choice> = found.channels.iter().map(channel).collect();
    channels.push(Choice::new(NO_CHANNEL, text(lang, "messages-none")));
    let chosen = &found.choice;
    let is_there = channels.iter().any(|channel| channel.value == chosen.channel);
    let quiet = found.quiet;
    Choose {
        channel: if is_there {
            chosen.channel.clone()
        } else {
            NO_CHANNEL.to_owned()
        },
        channels,
        hours: (0..24).filter(|hour| !quiet.holds(*hour)).collect(),
        hour: quiet.allowed(chosen.hour).to_string(),
        lang: chosen.lang.tag().to_owned(),
        address: chosen.address.clone().unwrap_or_default(),
        phone: found.phone.clone(),
        quiet: (quiet.from != quiet.to).then_some((quiet.from, quiet.to)),
        urgent_daily,
        message: None,
        problems: Vec::new(),
    }
}

/// The page once more with what was typed and what must be mended.
fn again(
    found: &Choosing,
    urgent_daily: Option<i64>,
    form: &Form,
    problem: &Refusal,
    cx: &Ctx,
) -> axum::response::Response {
    let typed = |name: &str| form.get(name).to_owned();
    let view = Choose {
        channel: typed("channel"),
        hour: typed("hour"),
        lang: typed("lang"),
        address: typed("address"),
        problems: vec![Problem::at(
            problem.field.clone().unwrap_or_default(),
            problem.told(cx.lang),
        )],
        ..view(found, urgent_daily, cx.lang)
    };
    (StatusCode::UNPROCESSABLE_ENTITY, render(&view, cx)).into_response()
}

/// What was chosen; else what must be mended.
fn read(found: &Choosing, to: Recipient, form: &Form) -> Result<Chosen, Refusal> {
    let typed = Typed {
        channel: form.get("channel"),
        hour: form.get("hour").parse().ok(),
        lang: form.get("lang"),
        address: form.given("address"),
    };
    found.read(to, &typed)
}
