//! A case names the people met, by a link that runs out and belongs to the phone that opened it first. Nothing that was
//! typed comes back, and nobody named is a contact before a tracer has confirmed it.

use super::checkpoint_devices::absolute;
use super::me::plain_code;
use super::subjects::seen;
use crate::asked::{Body, Id};
use crate::caller::{Caller, Resident, Staff};
use crate::declare::device_of;
use crate::problem::ApiError;
use crate::state::{AppState, append_or_refuse, read, settle};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use axum::{Json, Router};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Instant, Lang, Problem, RegionId, SubjectKind, Words};
use lianfang_ledger::invitations::{Closed, INVITATION, Invitation, NewInvitation, Way};
use lianfang_ledger::outbox::{Choice, NO_CHANNEL, NewMessage, Recipient};
use lianfang_ledger::wire::{EntryAnswer, NewEntry, SubjectIn};
use lianfang_pass::qr_svg;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The register of the act that invites.
pub const INVITING: &str = "interview_invitation";
/// The register that is written by a link.
pub const NAMED: &str = "named_contacts";
/// Its field that says until when.
const UNTIL: &str = "open_until";

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/subjects/{id}/interview-links", get(list).post(make))
        .route("/interview-links/{id}/send", post(send))
        .route("/interview-links/{id}/withdraw", post(withdraw))
        .route("/interview/open", post(open))
        .route("/interview/contacts", post(name))
}

/// What a tracer shows or sends.
#[derive(Clone, Debug)]
pub struct InterviewLink {
    /// The invitation.
    pub id: Uuid,
    /// The address, as people reach it.
    pub link: String,
    /// The link as a picture.
    pub qr_svg: String,
    /// The code that stands for it, for who cannot follow a link.
    pub code: String,
    /// Until when it is good.
    pub expires_at: Instant,
}

fn no_links() -> ApiError {
    ApiError::no_right(Words::new(
        "您的岗位不请病例填报接触者",
        "Your role does not ask cases to name contacts",
    ))
}

/// The file, if the reader sees it and may invite the person.
async fn invited(state: &AppState, staff: &Staff, id: SubjectId) -> Result<SubjectId, ApiError> {
    if !staff.writes(INVITING) {
        return Err(no_links());
    }
    let view = seen(state, staff, id).await?;
    if view.kind == SubjectKind::Person {
        return Ok(view.id);
    }
    Err(ApiError::not_found(Words::new(
        "这不是个人档案",
        "This is not the file of a person",
    )))
}

/// Makes a link; one made before for the same person is no longer good. The invitation that stands is used, or a new one is
/// entered.
///
/// # Errors
/// 403, 404; the invitation was refused; the queue is full.
pub async fn make_link(
    state: &AppState,
    staff: &Staff,
    id: SubjectId,
    headers: &HeaderMap,
) -> Result<InterviewLink, ApiError> {
    let subject = invited(state, staff, id).await?;
    let (entry, expires_at) = match standing(state, subject).await? {
        Some(found) => found,
        None => {
            let new = NewEntry {
                subject: Some(SubjectIn::Id(subject)),
                ..NewEntry::new(state.ledger.new_id(), INVITING)
            };
            append_or_refuse(state, staff.author.clone(), new).await?;
            standing(state, subject).await?.ok_or_else(ApiError::internal)?
        }
    };
    let new = NewInvitation {
        id: state.ledger.new_id(),
        subject,
        entry,
        expires_at,
    };
    let id = new.id;
    let ways = settle(state.ledger.invite(staff.author.clone(), new)).await?;
    let path = format!("/interview/{}", ways.link);
    // What a message leads to is the address that people reach; without messages it is the one the tracer uses.
    let link = match &state.config.messages {
        Some(messaging) => format!("{}{path}", messaging.messages.link),
        None => absolute(state, headers, &path),
    };
    let picture = qr_svg(&link).map_err(|_| ApiError::internal())?;
    Ok(InterviewLink {
        id,
        link,
        qr_svg: picture.svg,
        code: ways.code,
        expires_at,
    })
}

/// The invitation of a person that lasts still, with its end.
async fn standing(state: &AppState, subject: SubjectId) -> Result<Option<(Uuid, Instant)>, ApiError> {
    read(state, move |reader| {
        let now = reader.now;
        let Some(file) = reader.file(subject, None)? else {
            return Ok(None);
        };
        let is_in = |status: &str| status == "accepted" || status == "flagged";
        let lasting = file.timeline.iter().filter_map(|item| {
            let counts = item.register == INVITING && item.act != "withdraw" && is_in(&item.status);
            let until = item.body.get(UNTIL).and_then(moment_of)?;
            (counts && until > now).then_some((item.id.0, until))
        });
        Ok(lasting.max_by_key(|(_, until)| *until))
    })
    .await
}

fn moment_of(value: &Value) -> Option<Instant> {
    match value {
        Value::Number(ms) => ms.as_i64().map(Instant),
        Value::String(text) => Instant::parse(text).ok(),
        _ => None,
    }
}

/// Links made for a person, latest first.
///
/// # Errors
/// 403, 404; the database.
pub async fn links(state: &AppState, staff: &Staff, id: SubjectId) -> Result<Vec<Invitation>, ApiError> {
    let subject = invited(state, staff, id).await?;
    read(state, move |reader| reader.invitations(subject)).await
}

/// The link, if the reader sees whose it is.
async fn owned(state: &AppState, staff: &Staff, id: Uuid) -> Result<Invitation, ApiError> {
    let missing = || ApiError::not_found(Words::new("没有这个链接", "There is no such link"));
    let found = read(state, move |reader| reader.invitation(id)).await?;
    let found = found.ok_or_else(missing)?;
    invited(state, staff, found.subject).await?;
    Ok(found)
}

/// Takes a link back. Answers whose it was.
///
/// # Errors
/// 403, 404; it was used or taken back before.
pub async fn withdraw_link(state: &AppState, staff: &Staff, id: Uuid) -> Result<SubjectId, ApiError> {
    let found = owned(state, staff, id).await?;
    if settle(state.ledger.withdraw_invitation(staff.author.clone(), id)).await? {
        return Ok(found.subject);
    }
    let closed = match found.used_at {
        Some(_) => Closed::Used,
        None => Closed::Withdrawn,
    };
    Err(ApiError::refused(closed.problem()))
}

/// Sends a link to the person, at once, by the channel they chose. Answers whose it is.
///
/// # Errors
/// 403, 404; it is no longer good; there is no channel for the person.
pub async fn send_link(state: &AppState, staff: &Staff, id: Uuid) -> Result<SubjectId, ApiError> {
    let found = owned(state, staff, id).await?;
    let now = state.ledger.now();
    found
        .is_good(now)
        .map_err(|closed| ApiError::refused(closed.problem()))?;
    let subject = found.subject;
    let (choice, region) = read(state, move |reader| {
        let choice = reader.message_choice(Recipient::Person(subject))?;
        Ok((choice, reader.subject(subject)?.map(|view| view.region)))
    })
    .await?;
    let channel = channel_of(state, choice.as_ref()).ok_or_else(no_channel)?;
    let snapshot = state.ledger.snapshot();
    let message = NewMessage {
        to: Recipient::Person(subject),
        purpose: format!("{INVITATION}{id}"),
        channel,
        lang: choice.as_ref().map_or(Lang::Zh, |choice| choice.lang),
        region: region.unwrap_or_else(|| RegionId::new(snapshot.city.as_str())),
        day: snapshot.zone.day_of(now),
        due_at: now,
    };
    settle(state.ledger.queue_messages(vec![message])).await?;
    Ok(subject)
}

/// The channel the person chose, or the city's, or the first that takes telephones; none for who wants no messages.
fn channel_of(state: &AppState, choice: Option<&Choice>) -> Option<String> {
    // People of a demonstration are made up, and their numbers may be somebody's.
    let messaging = state.config.messages.as_ref().filter(|_| !state.config.demonstration)?;
    if choice.is_some_and(|choice| choice.channel == NO_CHANNEL) {
        return None;
    }
    let decided = crate::outbox::Decided::of(state).channel;
    let wanted = [choice.map(|choice| choice.channel.as_str()), Some(decided.as_str())];
    let channels = messaging.messages.channels();
    let named = wanted.into_iter().flatten().find_map(|id| {
        let channel = messaging.messages.channel(id)?;
        channel.kind.is_for_residents().then_some(channel)
    });
    let found = named.or_else(|| channels.iter().find(|channel| channel.takes_phone()))?;
    Some(found.id.clone())
}

fn no_channel() -> ApiError {
    let what = Words::new("无法发送给本人", "It cannot be sent to this person");
    let hint = Words::new(
        "没有设置短信渠道，或本人不接收消息；请当面出示二维码，或电话告知填报码",
        "No channel of text messages is set up, or they want no messages: show the picture, or tell the code by telephone",
    );
    ApiError::refused(Problem::new("no_channel", what, hint))
}

/// Opens a link or code for the caller's device; answers the invitation, and the secret of a device made for it.
///
/// # Errors
/// 422 why it does not open, the same for every code that does not; 429 for guessing.
pub async fn open_interview(
    state: &AppState,
    resident: Option<&Resident>,
    way: Way,
) -> Result<(Invitation, Option<String>), ApiError> {
    let who = resident.map_or_else(|| "no device".to_owned(), |resident| resident.device.id.to_string());
    let way = match way {
        Way::Code(code) => {
            // Forty bits: every attempt counts.
            state.limits.code(&who)?;
            Way::Code(plain_code(&code))
        }
        link => link,
    };
    let is_link = matches!(way, Way::Link(_));
    let (device, secret) = device_of(state, resident)?;
    match settle(state.ledger.open_invitation(device, way)).await? {
        Ok(invitation) => Ok((invitation, secret)),
        Err(closed) => {
            if is_link && closed == Closed::Unknown {
                state.limits.code(&who)?;
            }
            Err(ApiError::refused(closed.problem()))
        }
    }
}

/// The invitation that a device opened and may answer now.
///
/// # Errors
/// Why not.
pub async fn open_to(state: &AppState, resident: &Resident) -> Result<Invitation, ApiError> {
    let device = resident.device.id;
    let found = read(state, move |reader| {
        let found = reader.invitation_of_device(device)?;
        Ok(found.ok_or(Closed::Unknown).and_then(|found| {
            found.is_open_to(device, reader.now)?;
            Ok(found)
        }))
    })
    .await?;
    found.map_err(|closed| ApiError::refused(closed.problem()))
}

/// Sends what the person named. What is wrong with it is in the answer.
///
/// # Errors
/// Why the invitation is not open to this device; the queue is full.
pub async fn name_contacts(
    state: &AppState,
    resident: &Resident,
    id: Option<Uuid>,
    body: Map<String, Value>,
) -> Result<EntryAnswer, ApiError> {
    let invitation = open_to(state, resident).await?;
    let entry = NewEntry {
        subject: Some(SubjectIn::Id(invitation.subject)),
        body,
        ..NewEntry::new(id.unwrap_or_else(|| state.ledger.new_id()), NAMED)
    };
    let sent = state.ledger.answer_invitation(&invitation, resident.device.id, entry);
    settle(sent)
        .await?
        .map_err(|closed| ApiError::refused(closed.problem()))
}

async fn make(
    State(state): State<AppState>,
    staff: Staff,
    Id(id): Id<SubjectId>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    let made = make_link(&state, &staff, id, &headers).await?;
    Ok(Json(json!({
        "id": made.id, "link": made.link, "code": made.code, "expires_at": made.expires_at,
    })))
}

async fn list(State(state): State<AppState>, staff: Staff, Id(id): Id<SubjectId>) -> Result<Json<Value>, ApiError> {
    let items = links(&state, &staff, id).await?;
    Ok(Json(json!({ "items": items })))
}

async fn send(State(state): State<AppState>, staff: Staff, Id(id): Id<Uuid>) -> Result<Json<Value>, ApiError> {
    send_link(&state, &staff, id).await?;
    Ok(Json(json!({ "queued": true })))
}

async fn withdraw(State(state): State<AppState>, staff: Staff, Id(id): Id<Uuid>) -> Result<Json<Value>, ApiError> {
    withdraw_link(&state, &staff, id).await?;
    Ok(Json(json!({ "withdrawn": true })))
}

/// The last part of a link, or the code that stands for it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Opening {
    #[serde(default)]
    link: Option<String>,
    #[serde(default)]
    code: Option<String>,
}

async fn open(
    State(state): State<AppState>,
    caller: Caller,
    Body(opening): Body<Opening>,
) -> Result<Json<Value>, ApiError> {
    let resident = match &caller {
        Caller::Resident(resident) => Some(&**resident),
        Caller::Staff(_) | Caller::Public => None,
    };
    let way = match opening.link {
        Some(link) => Way::Link(link),
        None => Way::Code(opening.code.unwrap_or_default()),
    };
    let (invitation, secret) = open_interview(&state, resident, way).await?;
    let mut body = json!({ "open_until": invitation.expires_at });
    if let Some(secret) = secret {
        body["device_secret"] = secret.into();
    }
    Ok(Json(body))
}

/// What was typed; its fields are those of the register.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Naming {
    #[serde(default)]
    id: Option<Uuid>,
    body: Map<String, Value>,
}

async fn name(
    State(state): State<AppState>,
    resident: Resident,
    Body(naming): Body<Naming>,
) -> Result<Json<Value>, ApiError> {
    let answer = name_contacts(&state, &resident, naming.id, naming.body).await?;
    match answer.problems.first() {
        Some(problem) if !answer.status.is_in() => Err(ApiError::refused(problem.clone())),
        // Not even the file's id: whoever holds the phone learns nothing that they did not type.
        _ => Ok(Json(json!({ "taken": true }))),
    }
}
