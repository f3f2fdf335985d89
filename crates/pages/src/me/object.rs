//! An objection: the person says what is wrong; its answer has a clock.

use super::show::{Said, draw};
use crate::Answer;
use crate::form::Form;
use crate::visit::Visit;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::Words;
use lianfang_kernel::ids::SubjectId;
use lianfang_ledger::wire::{NewEntry, Status, SubjectIn};
use lianfang_server::{AppState, Resident, append_one};
use lianfang_ui::part::form::Problem;
use serde_json::Map;

pub(super) async fn object(State(state): State<AppState>, visit: Visit, resident: Resident, form: Form) -> Answer {
    visit.must_be_now()?;
    let problem = |zh: &str, en: &str| Problem::at("text", Words::new(zh, en).get(visit.lang));
    let Some(text) = form.given("text") else {
        let problems = vec![problem("请写明哪里不对", "Say what is wrong")];
        return ask_again(&state, &visit, &resident, problems).await;
    };
    let Some(owner) = resident.device.owner else {
        let problems = vec![problem(
            "本设备尚未由社区确认，请先用社区发的绑定码，或直接到社区提出",
            "The community has not confirmed this device yet: use its code first, or object at its office",
        )];
        return ask_again(&state, &visit, &resident, problems).await;
    };
    let result = append_one(&state, resident.author.clone(), objection(&state, owner, text)).await?;
    if matches!(result.status, Status::Refused) {
        let words = |p: &lianfang_kernel::Problem| Problem::at("text", p.told(visit.lang));
        let problems = result.problems.iter().map(words).collect();
        return ask_again(&state, &visit, &resident, problems).await;
    }
    Ok(Redirect::to("/me?done=objection").into_response())
}

/// The person's page once more, with what must be mended.
async fn ask_again(state: &AppState, visit: &Visit, resident: &Resident, problems: Vec<Problem>) -> Answer {
    let said = Said {
        problems,
        ..Said::default()
    };
    draw(state, visit, resident, said).await
}

/// The entry that states the objection of the device's owner.
fn objection(state: &AppState, owner: SubjectId, text: &str) -> NewEntry {
    let mut body = Map::new();
    body.insert("text".to_owned(), text.into());
    NewEntry {
        subject: Some(SubjectIn::Id(owner)),
        body,
        ..NewEntry::new(state.ledger.new_id(), "objection")
    }
}
