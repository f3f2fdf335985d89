//! The tracer's side: a link is made, shown once, sent or taken back.

use crate::Answer;
use crate::subjects::id_of;
use crate::visit::{Desk, civil, shown};
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::Words;
use lianfang_kernel::ids::SubjectId;
use lianfang_ledger::invitations::{Closed, Invitation};
use lianfang_server::{ApiError, AppState, links, make_link, read, send_link, withdraw_link};
use lianfang_ui::part::form::Problem;
use lianfang_ui::paths;
use lianfang_ui::text::text;
use lianfang_ui::views::interview_links::{Before, InterviewLinks, Made, State as Became, render};
use uuid::Uuid;

async fn view(state: &AppState, desk: &Desk, subject: SubjectId) -> Result<InterviewLinks, ApiError> {
    let lang = desk.visit.lang;
    let found = links(state, &desk.staff, subject).await?;
    let labels = read(state, move |reader| reader.labels(&[subject], lang)).await?;
    let (snapshot, now) = (state.ledger.snapshot(), state.ledger.now());
    let before = |link: &Invitation| Before {
        id: link.id.to_string(),
        made: civil(&snapshot.zone, link.made_at),
        until: civil(&snapshot.zone, link.expires_at),
        state: match link.is_good(now) {
            Ok(()) if link.opened_at.is_some() => Became::Opened,
            Ok(()) => Became::Waits,
            Err(Closed::Used) => Became::Used,
            Err(Closed::Withdrawn) => Became::Withdrawn,
            Err(_) => Became::Over,
        },
    };
    Ok(InterviewLinks {
        subject: subject.to_string(),
        name: labels.get(&subject).map(|label| label.name.clone()).unwrap_or_default(),
        before: found.iter().map(before).collect(),
        ..InterviewLinks::default()
    })
}

pub(super) async fn show(
    State(state): State<AppState>,
    desk: Desk,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let lang = desk.visit.lang;
    let query = query.unwrap_or_default();
    let done = ["sent", "withdrawn"].into_iter().find(|what| query.contains(what));
    let view = InterviewLinks {
        message: done.map(|what| text(lang, &format!("interview-was-{what}"))),
        ..view(&state, &desk, id_of(&id)?).await?
    };
    Ok(shown(render(&view, &desk.ctx(&state))))
}

/// Link and code are on this page and on no other.
pub(super) async fn make(
    State(state): State<AppState>,
    desk: Desk,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    desk.visit.must_be_now()?;
    let id = id_of(&id)?;
    let made = make_link(&state, &desk.staff, id, &headers).await?;
    let view = InterviewLinks {
        made: Some(Made {
            id: made.id.to_string(),
            link: made.link,
            qr_svg: made.qr_svg,
            code: made.code,
            until: civil(&state.ledger.snapshot().zone, made.expires_at),
        }),
        ..view(&state, &desk, id).await?
    };
    Ok(shown(render(&view, &desk.ctx(&state))))
}

fn link_id(id: &str) -> Result<Uuid, ApiError> {
    let missing = || ApiError::not_found(Words::new("没有这个链接", "There is no such link"));
    id.parse().map_err(|_| missing())
}

pub(super) async fn send(State(state): State<AppState>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.visit.must_be_now()?;
    let id = link_id(&id)?;
    let sent = send_link(&state, &desk.staff, id).await;
    onward(&state, &desk, id, sent, "sent").await
}

pub(super) async fn withdraw(State(state): State<AppState>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.visit.must_be_now()?;
    let id = link_id(&id)?;
    let withdrawn = withdraw_link(&state, &desk.staff, id).await;
    onward(&state, &desk, id, withdrawn, "withdrawn").await
}

/// Back to the person's links, with what was done or why it was not.
async fn onward(state: &AppState, desk: &Desk, id: Uuid, acted: Result<SubjectId, ApiError>, what: &str) -> Answer {
    let error = match acted {
        Ok(subject) => {
            let back = format!("{}?{what}=1", paths::interview_links(&subject.to_string()));
            return Ok(Redirect::to(&back).into_response());
        }
        Err(error) if error.status.as_u16() == 422 => error,
        Err(error) => return Err(error),
    };
    let found = read(state, move |reader| reader.invitation(id)).await?;
    let Some(found) = found else { return Err(error) };
    let desk = desk
        .clone()
        .at_path(&paths::interview_links(&found.subject.to_string()));
    let view = InterviewLinks {
        problems: vec![Problem::at("", error.problem.told(desk.visit.lang))],
        ..view(state, &desk, found.subject).await?
    };
    Ok((error.status, render(&view, &desk.ctx(state))).into_response())
}
