//! Files: reading one, finding one, opening who it is, handing out a code for it.

use crate::asked::{self, Body, Id, Params};
use crate::caller::Staff;
use crate::locale::{self, localised};
use crate::problem::ApiError;
use crate::rights::unknown_subject;
use crate::state::{AppState, read, settle};
use crate::trace;
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Instant, Problem, SubjectKind, SubjectView, Words};
use lianfang_ledger::read::{Label, SearchQuery, SubjectFile};
use lianfang_policy::Model;
use ring::rand::{SecureRandom, SystemRandom};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Eight characters for people to type once.
///
/// # Errors
/// The machine gives no randomness.
pub(crate) fn one_time_code() -> Result<String, ApiError> {
    let mut bytes = [0; 8];
    SystemRandom::new().fill(&mut bytes).map_err(|_| ApiError::internal())?;
    let letter = |byte: &u8| char::from(CODE_LETTERS[usize::from(byte % 32)]);
    Ok(bytes.iter().map(letter).collect())
}

/// Characters that nobody confuses on paper.
const CODE_LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/subjects/search", post(search))
        .route("/subjects/{id}", get(show))
        .route("/subjects/{id}/device-code", post(device_code))
}

/// A file as a member of staff reads it, with its masked label.
#[derive(Clone, Debug)]
pub struct SeenFile {
    /// The file, without what the role does not read.
    pub file: SubjectFile,
    /// What it is called; none for roles that see no identities.
    pub label: Option<Label>,
}

/// The subject, if the reader sees it.
pub(crate) async fn seen(state: &AppState, staff: &Staff, id: SubjectId) -> Result<SubjectView, ApiError> {
    let model = state.ledger.snapshot().model.clone();
    if !staff.reads_files(&model) {
        return Err(ApiError::no_right(Words::new(
            "您的岗位不查看档案",
            "Your role reads no files",
        )));
    }
    let sight = staff.sight.clone();
    let found = read(state, move |reader| {
        Ok(reader.subject(id)?.map(|view| (reader.may_see(&sight, &view), view)))
    })
    .await?;
    match found {
        None => Err(unknown_subject(id)),
        Some((false, _)) => Err(ApiError::out_of_scope()),
        Some((true, view)) => Ok(view),
    }
}

/// Reads a file; the reading is written down.
///
/// # Errors
/// 403, 404; the database; the queue is full.
pub async fn file(
    state: &AppState,
    staff: &Staff,
    id: SubjectId,
    as_of: Option<Instant>,
) -> Result<SeenFile, ApiError> {
    let view = seen(state, staff, id).await?;
    let (who, lang) = (staff.clone(), locale::current());
    let found = read(state, move |reader| {
        reader.look_as(who.looker());
        let model = reader.snapshot.model.clone();
        let Some(mut file) = reader.file(view.id, as_of)? else {
            return Ok(None);
        };
        file.timeline = file
            .timeline
            .into_iter()
            .filter_map(|item| who.redacted(&model, item))
            .collect();
        file.holds.retain(|hold| who.reads_rows(&model, &hold.register));
        if who.role.police {
            file.enrolments.clear();
        }
        let is_public = matches!(view.kind, SubjectKind::Organisation | SubjectKind::Region);
        let label = match is_public || who.identifies(&model) {
            true => reader.labels(&[view.id], lang)?.remove(&view.id),
            false => None,
        };
        Ok(Some(SeenFile { file, label }))
    })
    .await?
    .ok_or_else(|| unknown_subject(id))?;
    trace::file(state, staff, found.file.id)?;
    Ok(found)
}

#[derive(Debug, Default, Deserialize)]
struct AsOf {
    as_of: Option<String>,
}

async fn show(
    State(state): State<AppState>,
    staff: Staff,
    Id(id): Id<SubjectId>,
    Params(asked): Params<AsOf>,
) -> Result<Json<Value>, ApiError> {
    let as_of = asked::moment("as_of", &asked.as_of)?;
    let seen = file(&state, &staff, id, as_of).await?;
    let mut body = serde_json::to_value(&seen.file).unwrap_or_default();
    body["label"] = seen
        .label
        .as_ref()
        .map_or(Value::Null, |label| label.name.as_str().into());
    body["document"] = seen
        .label
        .and_then(|label| label.document)
        .map_or(Value::Null, Value::from);
    body["as_of"] = json!(as_of);
    Ok(Json(localised(body, locale::current())))
}

/// What is searched for, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Searching {
    /// Why.
    pub purpose: String,
    /// Identifiers by kind.
    #[serde(default)]
    pub identifiers: BTreeMap<String, String>,
    /// Part of a name.
    #[serde(default)]
    pub name_part: Option<String>,
    /// Last four digits of a number.
    #[serde(default)]
    pub last4: Option<String>,
}

impl std::fmt::Debug for Searching {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Searching(…)")
    }
}

/// A subject that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// What it is.
    pub view: SubjectView,
    /// Its masked label.
    pub label: Label,
}

pub(crate) fn stated(field: &str, text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    if (2..=200).contains(&text.chars().count()) {
        return Ok(text.to_owned());
    }
    let what = Words::new("请写明事由", "State the reason");
    let hint = Words::new(
        "2至200字，会记入审计，本人可见",
        "2 to 200 characters; it goes into the audit and the person sees it",
    );
    Err(ApiError::refused(Problem::new("reason_missing", what, hint).at(field)))
}

/// Finds subjects; the search is in the audit before anything is shown.
///
/// # Errors
/// 403, 422 without a purpose or without anything to search for.
pub async fn find(state: &AppState, staff: &Staff, searching: Searching) -> Result<Vec<Found>, ApiError> {
    let model = state.ledger.snapshot().model.clone();
    if !staff.identifies(&model) {
        return Err(ApiError::no_right(Words::new(
            "您的岗位不检索个人",
            "Your role does not search for people",
        )));
    }
    let purpose = stated("purpose", &searching.purpose)?;
    let by: Vec<String> = searching
        .identifiers
        .keys()
        .cloned()
        .chain(searching.name_part.iter().map(|_| "name_part".to_owned()))
        .chain(searching.last4.iter().map(|_| "last4".to_owned()))
        .collect();
    if by.is_empty() {
        let what = Words::new("请填写要检索的内容", "Give something to search for");
        let hint = Words::new(
            "证件号、姓名的一部分或后四位",
            "A number, part of a name, or its last four",
        );
        return Err(ApiError::refused(
            Problem::new("nothing_asked", what, hint).at("identifiers"),
        ));
    }
    let query = SearchQuery {
        identifiers: searching.identifiers,
        name_part: searching.name_part,
        last4: searching.last4,
    };
    let (sight, looker, lang) = (staff.sight.clone(), staff.looker(), locale::current());
    let found = read(state, move |reader| {
        reader.look_as(looker);
        let views = reader.search(&sight, &query)?;
        let ids: Vec<SubjectId> = views.iter().map(|view| view.id).collect();
        let mut labels = reader.labels(&ids, lang)?;
        let found = |view: SubjectView| Found {
            label: labels.remove(&view.id).unwrap_or_default(),
            view,
        };
        Ok(views.into_iter().map(found).collect::<Vec<Found>>())
    })
    .await?;
    let one = match found.as_slice() {
        [only] => Some(only.view.id),
        _ => None,
    };
    let detail = json!({ "reason": purpose, "by": by, "count": found.len() });
    trace::stated(state, staff, "search", one, detail).await?;
    Ok(found)
}

async fn search(
    State(state): State<AppState>,
    staff: Staff,
    Body(searching): Body<Searching>,
) -> Result<Json<Value>, ApiError> {
    let found = find(&state, &staff, searching).await?;
    let item = |found: &Found| {
        json!({
            "id": found.view.id,
            "kind": found.view.kind,
            "type": found.view.kind_type,
            "region": found.view.region,
            "unit": found.view.unit,
            "label": found.label.name,
            "document": found.label.document,
        })
    };
    Ok(Json(json!({ "items": found.iter().map(item).collect::<Vec<_>>() })))
}

/// Whether a role hands out codes: it writes what residents write, and sees who they are.
pub fn hands_out_codes(model: &Model, staff: &Staff) -> bool {
    let mut registers = model.registers.iter();
    registers.any(|(id, register)| register.residents && staff.writes(id)) && staff.identifies(model)
}

/// Makes a one-time code that binds a resident's device to a file. For roles that write what residents write.
///
/// # Errors
/// 403, 404; the queue is full.
pub async fn make_code(state: &AppState, staff: &Staff, id: SubjectId) -> Result<String, ApiError> {
    let model = state.ledger.snapshot().model.clone();
    if !hands_out_codes(&model, staff) {
        return Err(ApiError::no_right(Words::new(
            "您的岗位不发绑定码",
            "Your role hands out no codes",
        )));
    }
    let view = seen(state, staff, id).await?;
    let code = one_time_code()?;
    settle(state.ledger.make_binding_code(staff.author.clone(), view.id, &code)).await?;
    Ok(code)
}

async fn device_code(
    State(state): State<AppState>,
    staff: Staff,
    Id(id): Id<SubjectId>,
) -> Result<Json<Value>, ApiError> {
    let code = make_code(&state, &staff, id).await?;
    let until = state.ledger.now().plus_ms(14 * 24 * 3_600_000);
    Ok(Json(json!({ "code": code, "expires_at": until })))
}
