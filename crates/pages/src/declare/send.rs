//! Sends the declaration and shows what one leaves with: number, pass, code, what comes next.

use super::answers::Answers;
use super::{DRAFT_COOKIE, answers_of, summary, unit};
use crate::device::DEVICE_S;
use crate::form::Form;
use crate::visit::{Visit, civil, moment};
use crate::{Answer, pass, region_steps};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use lianfang_kernel::{Day, RegionId, TimeOfDay, Words};
use lianfang_server::{
    ApiError, AppState, DEVICE_COOKIE, Declaration, DeclarationAnswer, Declarer, Resident, ValidFor, declare, read,
    set_cookie,
};
use lianfang_ui::dates;
use lianfang_ui::part::form::Problem;
use lianfang_ui::views::declare::done::{Done, render};
use serde_json::{Map, Value, json};

pub(super) async fn send(
    State(state): State<AppState>,
    visit: Visit,
    resident: Result<Resident, ApiError>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let answers = answers_of(&state, &headers, Some(&form)).await?;
    if let Some(step) = summary::unanswered(&state, &answers, visit.lang) {
        return Ok(Redirect::to(step).into_response());
    }
    if !form.has("truthful") {
        let what = Words::new("请确认所填属实", "Please confirm that this is true");
        return summary::draw(
            &state,
            &visit,
            &answers,
            vec![Problem::at("truthful", what.get(visit.lang))],
        )
        .await;
    }
    let declaration = declaration(&state, &answers)?;
    match declare(&state, resident.as_ref().ok(), declaration).await {
        Ok(declared) => done(&state, &visit, &answers, declared).await,
        // What the sender can mend stands above the answers; anything else is a page of its own.
        Err(error) if error.status.as_u16() == 422 => {
            let problem = &error.problem;
            let words = problem.told(visit.lang);
            summary::draw(&state, &visit, &answers, vec![Problem::at("", words)]).await
        }
        Err(error) => Err(error),
    }
}

async fn done(state: &AppState, visit: &Visit, answers: &Answers, declared: DeclarationAnswer) -> Answer {
    let lang = visit.lang;
    let id = declared.pass_id;
    let found = read(state, move |reader| reader.certificate(id)).await?;
    let snapshot = state.ledger.snapshot();
    let now = state.ledger.now();
    let region = RegionId::new(&answers.region);
    let community = snapshot
        .orgs
        .territory(&snapshot.regions, &region, now)
        .and_then(|id| snapshot.orgs.get(id));
    let contact = community.map(|org| org.name.get(lang).to_owned());
    let contact = contact.unwrap_or_else(|| region_steps::full_name(&snapshot.regions, lang, &region));
    let arrives = moment(&snapshot.zone, &answers.arrives_at).map(|at| dates::moment(lang, civil(&snapshot.zone, at)));
    let report = Words::new(
        "{at}到达后，到{place}登记。",
        "After arriving on {at}, check in with {place}.",
    )
    .with("at", arrives.unwrap_or_default())
    .with("place", &contact);
    let view = Done {
        number: declared.entry.to_string(),
        pass: found.map(|found| pass::view(&snapshot, &found, now, lang)),
        recovery_code: declared.device_secret.clone(),
        is_late: summary::is_late(state, answers),
        next: vec![report.get(lang).to_owned()],
        contact,
    };
    let mut cookies = vec![(SET_COOKIE, set_cookie(DRAFT_COOKIE, "", 0, state.config.tls))];
    if let Some(secret) = &declared.device_secret {
        cookies.push((
            SET_COOKIE,
            set_cookie(DEVICE_COOKIE, secret, DEVICE_S, state.config.tls),
        ));
    }
    Ok((AppendHeaders(cookies), render(&view, &visit.public(state))).into_response())
}

/// The declaration, as any other program would send it.
fn declaration(state: &AppState, answers: &Answers) -> Result<Declaration, ApiError> {
    let is_cn_id = answers.document_kind == "cn_id";
    let number = Some(answers.document_number.clone());
    let person = Declarer {
        name: answers.name.clone(),
        cn_id: number.clone().filter(|_| is_cn_id),
        id_doc: number.filter(|_| !is_cn_id),
        phone: Some(answers.phone.clone()),
    };
    Ok(Declaration {
        register: None,
        person,
        valid_for: ValidFor::Today,
        id: answers.entry.parse().ok(),
        confirmed: false,
        proxy: answers.for_other,
        body: body(state, answers)?,
        beside: Map::new(),
    })
}

fn body(state: &AppState, answers: &Answers) -> Result<Map<String, Value>, ApiError> {
    let snapshot = state.ledger.snapshot();
    let arrives = moment(&snapshot.zone, &answers.arrives_at).ok_or_else(ApiError::internal)?;
    let at = |day: &str, time: TimeOfDay| Day::parse(day).ok().map(|day| snapshot.zone.at(day, time).to_rfc3339());
    let stay = |stay: &super::answers::Stay| json!({ "region": stay.region, "from": at(&stay.from, TimeOfDay(0)), "until": at(&stay.until, TimeOfDay::END) });
    let mut body = Map::new();
    let mut put = |field: &str, value: Value| body.insert(field.to_owned(), value);
    put("arrival_at", arrives.to_rfc3339().into());
    put("destination", answers.region.as_str().into());
    put("address", answers.address.as_str().into());
    put("transport", answers.transport.as_str().into());
    put("stays", answers.stays.iter().map(stay).collect::<Value>());
    if !answers.vehicle.is_empty() || !answers.itinerary.is_empty() {
        let way = json!({ "transport": answers.transport, "number": answers.vehicle, "place": answers.itinerary });
        put("itinerary", Value::Array(vec![way]));
    }
    // A name that stands in no roll is a remark for the community.
    match unit::find(&snapshot, &answers.unit) {
        Some(org) => drop(put("unit", json!(org.id))),
        None if !answers.unit.is_empty() => drop(put("remark", answers.unit.as_str().into())),
        None => {}
    }
    Ok(body)
}
