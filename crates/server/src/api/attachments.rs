//! Files that people attach: sent first, cited by an entry, read by whoever may read that entry.

use super::entries;
use crate::asked::{bytes, too_large};
use crate::caller::Caller;
use crate::problem::ApiError;
use crate::state::{AppState, read, settle};
use crate::trace;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use lianfang_attachment::{MOST_BYTES, MediaType, clean};
use lianfang_kernel::{Problem, Words};
use lianfang_ledger::wire::Author;
use lianfang_ledger::{AttachmentView, LedgerError, NewAttachment};
use serde_json::{Value, json};
use uuid::Uuid;

/// A file with the envelope of an upload around it.
const UPLOAD_BYTES: usize = MOST_BYTES + (64 << 10);
/// The part of an upload that is the file.
const PART: &str = "file";

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/attachments", post(send).layer(DefaultBodyLimit::max(UPLOAD_BYTES)))
        .route("/attachments/{id}", get(open))
}

/// A file as it was kept.
#[derive(Clone, Copy, Debug)]
pub struct KeptFile {
    /// What a field of an entry cites.
    pub id: Uuid,
    /// What it is.
    pub media_type: MediaType,
    /// Size of what is kept, in bytes.
    pub bytes: usize,
    /// Width and height of a picture, in pixels.
    pub size: Option<(u32, u32)>,
}

/// Keeps a file, stripped of what it says beside its content, until an entry cites it.
///
/// # Errors
/// `too_large`, `bad_attachment`, `too_many`; the store.
pub async fn keep_file(state: &AppState, author: Author, sent: Vec<u8>) -> Result<KeptFile, ApiError> {
    let work = move || clean(&sent).map_err(|problem| LedgerError::Refused(Box::new(problem)));
    let file = state.hashed(work).await?;
    let kept = KeptFile {
        id: state.ledger.new_id(),
        media_type: file.media_type,
        bytes: file.bytes.len(),
        size: file.size,
    };
    let attachment = NewAttachment {
        id: kept.id,
        media_type: kept.media_type.id(),
        content: file.bytes,
    };
    settle(state.ledger.attach(author, attachment)).await?;
    Ok(kept)
}

/// Who sends a file: staff, or a resident's device.
///
/// # Errors
/// `sign_in_needed`
pub fn sender(caller: &Caller) -> Result<Author, ApiError> {
    match caller {
        Caller::Staff(staff) => Ok(staff.author.clone()),
        Caller::Resident(resident) => Ok(resident.author.clone()),
        Caller::Public => Err(ApiError::sign_in_needed()),
    }
}

async fn send(State(state): State<AppState>, caller: Caller, request: Request) -> Result<Response, ApiError> {
    let author = sender(&caller)?;
    let sent = match is_upload(request.headers()) {
        true => part(request, &state).await?,
        false => bytes(request, &state).await?.to_vec(),
    };
    let kept = keep_file(&state, author, sent).await?;
    let body = json!({
        "id": kept.id, "media_type": kept.media_type.id(), "bytes": kept.bytes,
        "width": kept.size.map(|size| size.0), "height": kept.size.map(|size| size.1),
    });
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// Whether what is sent is a form with files.
pub fn is_upload(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}

/// The file of an upload.
async fn part(request: Request, state: &AppState) -> Result<Vec<u8>, ApiError> {
    let bad = |_| bad_upload();
    let mut parts = Multipart::from_request(request, state).await.map_err(bad)?;
    while let Some(part) = parts.next_field().await.map_err(|error| broken(&error))? {
        if part.name() == Some(PART) {
            return Ok(part.bytes().await.map_err(|error| broken(&error))?.to_vec());
        }
    }
    Err(bad_upload())
}

fn broken(error: &MultipartError) -> ApiError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => bad_upload(),
    }
}

fn bad_upload() -> ApiError {
    let what = Words::new("上传内容无法读取", "The upload cannot be read");
    let hint = Words::new(
        "请直接发送文件内容，或用 multipart/form-data，文件部分名为 file",
        "Send the file as the body, or multipart/form-data with a part called file",
    );
    ApiError::refused(Problem::new("bad_upload", what, hint).at(PART))
}

/// A file that the caller may read: their own as long as no entry cites it, then whoever reads the entry and the field
/// that cites it.
///
/// # Errors
/// `not_found`, also for a file that is there and not for this reader.
async fn readable(state: &AppState, caller: &Caller, id: Uuid) -> Result<AttachmentView, ApiError> {
    let author = sender(caller)?;
    let view = read(state, move |reader| reader.attachment(id))
        .await?
        .ok_or_else(missing)?;
    match (view.entry, caller) {
        (Some(entry), Caller::Staff(staff)) => {
            let item = entries::one(state, staff, &entry.to_string()).await;
            let item = item.map_err(|_| missing())?;
            // A field that the role does not see is not in the entry that it is given.
            if !cites(&Value::Object(item.body.clone()), &id.to_string()) {
                return Err(missing());
            }
            trace::list(state, staff, &item.register, &[item.subject])?;
            Ok(view)
        }
        _ if view.is_from(&author) => Ok(view),
        _ => Err(missing()),
    }
}

fn cites(value: &Value, id: &str) -> bool {
    match value {
        Value::String(text) => text == id,
        Value::Array(items) => items.iter().any(|item| cites(item, id)),
        Value::Object(fields) => fields.values().any(|value| cites(value, id)),
        _ => false,
    }
}

fn missing() -> ApiError {
    ApiError::not_found(Words::new("没有这个附件", "There is no such attachment"))
}

async fn open(State(state): State<AppState>, caller: Caller, Path(id): Path<String>) -> Result<Response, ApiError> {
    let id: Uuid = id.parse().map_err(|_| missing())?;
    let view = readable(&state, &caller, id).await?;
    let kind = MediaType::parse(&view.media_type).ok_or_else(missing)?;
    let content = read(&state, move |reader| reader.attachment_content(&view))
        .await?
        .ok_or_else(missing)?;
    let mut response = ([(header::CONTENT_TYPE, kind.id())], content).into_response();
    // A picture is shown where it stands; a document is opened by what the reader opens documents with.
    let way = if kind.is_picture() { "inline" } else { "attachment" };
    if let Ok(value) = HeaderValue::from_str(&format!("{way}; filename=\"{id}.{}\"", kind.ending())) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_cited_wherever_its_id_stands_in_the_body() {
        let body = json!({ "plan": "x", "rows": [{ "photo": ["a", "b"] }], "n": 1 });
        assert!(cites(&body, "b") && cites(&body, "x"));
        assert!(!cites(&body, "c") && !cites(&body, "1"));
    }
}
