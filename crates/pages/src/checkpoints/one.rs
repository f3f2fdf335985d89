//! One checkpoint with its phones.

use crate::form::Form;
use crate::visit::{Desk, civil, shown};
use crate::{Answer, region_steps};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::Words;
use lianfang_kernel::ids::SubjectId;
use lianfang_ledger::CHECK_REGISTER;
use lianfang_server::{ApiError, AppState, PhoneInvitation, checkpoint, invite_phone, phones, revoke_phone};
use lianfang_ui::paths;
use lianfang_ui::views::checkpoints::one::{Invitation, One, Phone, render};
use uuid::Uuid;

/// An id of an address; a wrong one is nothing that is there.
pub(super) fn id_of(text: &str) -> Result<SubjectId, ApiError> {
    let missing = || ApiError::not_found(Words::new("没有这个卡点", "There is no such checkpoint"));
    text.parse().map_err(|_| missing())
}

async fn view(state: &AppState, desk: &Desk, id: SubjectId) -> Result<One, ApiError> {
    let (found, name) = checkpoint(state, &desk.staff, id).await?;
    let (phones, manages) = phones(state, &desk.staff, id).await?;
    let snapshot = state.ledger.snapshot();
    let moment = |at| civil(&snapshot.zone, at);
    let phones = phones.into_iter().map(|phone| Phone {
        id: phone.id.to_string(),
        name: phone.name,
        made: moment(phone.made_at),
        enrolled: phone.enrolled_at.map(moment),
        revoked: phone.revoked_at.map(moment),
    });
    Ok(One {
        id: id.to_string(),
        name,
        region: region_steps::full_name(&snapshot.regions, desk.visit.lang, &found.region),
        phones: phones.collect(),
        manages,
        writes: desk.staff.writes(CHECK_REGISTER),
        invitation: None,
    })
}

pub(super) async fn show(State(state): State<AppState>, desk: Desk, Path(id): Path<String>) -> Answer {
    let view = view(&state, &desk, id_of(&id)?).await?;
    Ok(shown(render(&view, &desk.ctx(&state))))
}

/// The code is on this page and on no other.
pub(super) async fn invite(
    State(state): State<AppState>,
    desk: Desk,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    desk.visit.must_be_now()?;
    let id = id_of(&id)?;
    let PhoneInvitation {
        code,
        qr_svg,
        expires_at,
        ..
    } = invite_phone(&state, &desk.staff, id, form.get("name"), &headers).await?;
    let until = civil(&state.ledger.snapshot().zone, expires_at);
    let view = One {
        invitation: Some(Invitation { code, qr_svg, until }),
        ..view(&state, &desk, id).await?
    };
    Ok(shown(render(&view, &desk.ctx(&state))))
}

pub(super) async fn revoke(State(state): State<AppState>, desk: Desk, Path(id): Path<String>, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    let phone: Uuid = form.get("phone").parse().unwrap_or_default();
    revoke_phone(&state, &desk.staff, phone).await?;
    Ok(Redirect::to(&paths::checkpoint(&id)).into_response())
}
