//! Writing entries, and reading them a page at a time.

use super::checks::{open, refusal};
use crate::asked::{self, Body, Params, given, named_field, parsed};
use crate::caller::{Caller, Resident, Staff};
use crate::locale::{self, localised};
use crate::problem::ApiError;
use crate::state::{AppState, append, read, try_append};
use crate::trace;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use lianfang_kernel::ids::{EntryId, LoginId, SubjectId};
use lianfang_kernel::{Problem, Words};
use lianfang_ledger::read::{EntryFilter, EntryItem, Page};
use lianfang_ledger::wire::{Author, EntryAnswer, NewEntry};
use lianfang_policy::model::Level;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// Entries in one call at most.
const ENTRIES: usize = 1_000;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/entries", get(list).post(write))
}

/// A call that writes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Writing {
    #[serde(default)]
    entries: Vec<Value>,
    /// Entries that staff sealed on a phone, each with the account that made it under `by`.
    #[serde(default)]
    sealed: Vec<String>,
}

/// How a call that writes is meant.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Mode {
    #[serde(default)]
    dry_run: Option<String>,
}

impl Mode {
    fn is_dry(&self) -> Result<bool, ApiError> {
        Ok(parsed("dry_run", &self.dry_run)?.unwrap_or(false))
    }
}

async fn write(
    State(state): State<AppState>,
    caller: Caller,
    Params(mode): Params<Mode>,
    Body(writing): Body<Writing>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let author = match caller {
        Caller::Staff(staff) => {
            let sent = sent(&state, Some(staff.login.id), writing);
            return write_all(&state, staff.author, sent, mode.is_dry()?).await;
        }
        Caller::Resident(resident) => resident.author,
        Caller::Public => return Err(ApiError::sign_in_needed()),
    };
    let sent = sent(&state, None, writing);
    write_all(&state, author, sent, mode.is_dry()?).await
}

/// The entries of a call, or why one cannot be read.
type Sent = Vec<Result<Value, Value>>;

/// The plain entries of a call, and those that were sealed. `login` is the account that calls; a resident's device has none.
fn sent(state: &AppState, login: Option<LoginId>, writing: Writing) -> (Sent, Sent) {
    let opened = writing.sealed.iter().map(|blob| open_own(state, login, blob));
    let opened = opened.collect();
    (writing.entries.into_iter().map(Ok).collect(), opened)
}

/// Opens what was sealed on a phone. Who else has signed in there meanwhile does not send it under their own name.
fn open_own(state: &AppState, login: Option<LoginId>, blob: &str) -> Result<Value, Value> {
    let mut entry = open(state, blob).map_err(|problem| refusal(None, problem))?;
    let by = entry.as_object_mut().and_then(|entry| entry.remove("by"));
    let own = login.map(|login| login.to_string());
    if own.is_some() && by.as_ref().and_then(Value::as_str) == own.as_deref() {
        return Ok(entry);
    }
    let what = Words::new("这一条是另一账号填的", "Another account made this entry");
    let hint = Words::new("请用原账号登录后再传", "Sign in with that account to send it");
    let id = entry.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
    Err(refusal(id, Problem::new("other_account", what, hint)))
}

/// `POST /me/entries`: the same, for a device only.
pub(crate) async fn write_own(
    State(state): State<AppState>,
    resident: Resident,
    Params(mode): Params<Mode>,
    Body(writing): Body<Writing>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let sent = sent(&state, None, writing);
    write_all(&state, resident.author, sent, mode.is_dry()?).await
}

/// Writes what can be read of a call, and refuses the rest one by one: the plain entries first, then those that were sealed.
async fn write_all(
    state: &AppState,
    author: Author,
    (plain, sealed): (Sent, Sent),
    dry_run: bool,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    if plain.len() + sealed.len() > ENTRIES {
        let what = Words::new("一次最多提交{n}条", "At most {n} entries a call").with("n", ENTRIES);
        let hint = Words::new("请分批提交，或使用导入", "Send them in parts, or import a sheet");
        return Err(ApiError::refused(Problem::new("too_many", what, hint).at("entries")));
    }
    let kept = author.clone().of_kept();
    let first_sealed = plain.len();
    let mut results = write_some(state, author, (0, plain), dry_run).await?;
    results.extend(write_some(state, kept, (first_sealed, sealed), dry_run).await?);
    // One entry whose id is taken by another body is a conflict of the whole call.
    let conflict = results.len() == 1
        && results.first().and_then(|r| r.get("code")).and_then(Value::as_str) == Some("id_conflict");
    let status = if conflict { StatusCode::CONFLICT } else { StatusCode::OK };
    let mut body = json!({ "epoch": state.ledger.epoch(), "results": results });
    if dry_run {
        body["dry_run"] = true.into();
    }
    Ok((status, Json(body)))
}

/// Entries of one author; the first is the one of this index in the call.
async fn write_some(
    state: &AppState,
    author: Author,
    (first, sent): (usize, Sent),
    dry_run: bool,
) -> Result<Vec<Value>, ApiError> {
    let mut places: Vec<Result<usize, Value>> = Vec::with_capacity(sent.len());
    let mut entries = Vec::new();
    for (index, value) in sent.into_iter().enumerate() {
        places.push(match value.and_then(|value| read_entry(first + index, value)) {
            Ok(entry) => {
                entries.push(entry);
                Ok(entries.len() - 1)
            }
            Err(refusal) => Err(refusal),
        });
    }
    let judged = match (entries.is_empty(), dry_run) {
        (true, _) => Vec::new(),
        (false, true) => try_append(state, author, entries).await?.results,
        (false, false) => append(state, author, entries).await?.results,
    };
    let answer = |place| match place {
        Ok(at) => judged.get(at).map(answer_json),
        Err(refusal) => Some(refusal),
    };
    Ok(places.into_iter().filter_map(answer).collect())
}

fn read_entry(index: usize, value: Value) -> Result<NewEntry, Value> {
    let id = value
        .get("id")
        .and_then(Value::as_str)
        .and_then(|id| id.parse::<Uuid>().ok());
    let subject_is_odd = value.get("subject").is_some();
    serde_json::from_value::<NewEntry>(value).map_err(|error| {
        let text = error.to_string();
        // The parser cannot say which of the two forms of a subject was meant.
        let at_subject = subject_is_odd && text.contains("SubjectIn");
        let mut problem = if at_subject {
            Problem::new(
                "bad_entry",
                Words::new("subject 无法识别", "The subject cannot be read"),
                Words::new(
                    "填对象编号，或 {\"type\",\"identifiers\",\"name\",\"unit\"}",
                    "Give a subject's id, or {\"type\",\"identifiers\",\"name\",\"unit\"}",
                ),
            )
        } else {
            Problem::new(
                "bad_entry",
                Words::new("条目无法读取：{e}", "The entry cannot be read: {e}").with("e", &text),
                Words::new("字段见 /openapi.json", "The fields are in /openapi.json"),
            )
        };
        let field = if at_subject {
            Some("subject".to_owned())
        } else {
            named_field(&text)
        };
        problem.field = Some(field.map_or_else(
            || format!("entries/{index}"),
            |field| format!("entries/{index}/{field}"),
        ));
        let mut refusal = answer_json(&EntryAnswer::refused(id.unwrap_or_default(), vec![problem]));
        if id.is_none() {
            refusal["id"] = Value::Null;
        }
        refusal
    })
}

/// One entry's answer in the asked language, the first problem in front.
pub(crate) fn answer_json(answer: &EntryAnswer) -> Value {
    let lang = locale::current();
    let mut body = localised(serde_json::to_value(answer).unwrap_or_default(), lang);
    for list in ["problems", "flags", "tasks"] {
        if body.get(list).is_none() {
            body[list] = Value::Array(Vec::new());
        }
    }
    if !answer.status.is_in()
        && let Some(first) = answer.problems.first()
    {
        body["code"] = first.code.as_str().into();
        body["field"] = first.field.as_deref().map_or(Value::Null, Value::from);
        body["detail"] = first.what.get(lang).into();
        body["hint"] = first.hint.get(lang).into();
        if let Some(clause) = &first.clause {
            body["clause"] = clause.as_str().into();
        }
    }
    body
}

/// Which entries.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    pub register: Option<String>,
    pub subject: Option<String>,
    pub region: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
    pub as_of: Option<String>,
    pub flagged: Option<String>,
    pub cursor: Option<String>,
    pub limit: Option<String>,
}

/// The filter that was asked for, within what the reader may see.
pub(crate) fn filter(state: &AppState, staff: &Staff, asked: &Asked) -> Result<EntryFilter, ApiError> {
    let snapshot = state.ledger.snapshot();
    let register = given(&asked.register).map(str::to_owned);
    if let Some(register) = &register {
        staff.must_read(&snapshot.model, register)?;
    }
    let region = asked::region(&asked.region);
    if let Some(region) = &region {
        staff.must_see_region(&snapshot, region)?;
    }
    Ok(EntryFilter {
        register,
        subject: parsed::<SubjectId>("subject", &asked.subject)?,
        region,
        from: asked::bound("from", &asked.from, &snapshot.zone, false)?,
        to: asked::bound("to", &asked.to, &snapshot.zone, true)?,
        as_of: asked::moment("as_of", &asked.as_of)?,
        flagged: parsed("flagged", &asked.flagged)?.unwrap_or(false),
        fields: Vec::new(),
        cursor: given(&asked.cursor).map(str::to_owned),
        limit: parsed("limit", &asked.limit)?.unwrap_or(100),
    })
}

/// A page of entries as a member of staff sees it, with masked labels where the role identifies.
///
/// # Errors
/// The database; the queue is full.
pub async fn page(
    state: &AppState,
    staff: &Staff,
    filter: EntryFilter,
) -> Result<(Page<EntryItem>, std::collections::HashMap<SubjectId, String>), ApiError> {
    let reader_of = staff.clone();
    let lang = locale::current();
    let what = filter.register.clone().unwrap_or_else(|| "entries".to_owned());
    let (page, labels) = read(state, move |reader| {
        reader.look_as(reader_of.looker());
        let found = reader.entries(&reader_of.sight, &filter)?;
        let model = reader.snapshot.model.clone();
        let items: Vec<EntryItem> = found
            .items
            .into_iter()
            .filter_map(|item| reader_of.redacted(&model, item))
            .collect();
        let named: Vec<SubjectId> = items
            .iter()
            .filter(|item| reader_of.level(&model, &item.register) == Some(Level::Identified))
            .map(|item| item.subject)
            .collect();
        let labels = reader
            .labels(&named, lang)?
            .into_iter()
            .map(|(id, label)| (id, label.name))
            .collect();
        Ok((
            Page {
                items,
                next: found.next,
            },
            labels,
        ))
    })
    .await?;
    let subjects: Vec<SubjectId> = page.items.iter().map(|item| item.subject).collect();
    trace::list(state, staff, &what, &subjects)?;
    Ok((page, labels))
}

/// An entry as the reader may see it.
///
/// # Errors
/// 404 when there is none in sight, 403 when the role reads no such register.
pub async fn one(state: &AppState, staff: &Staff, id: &str) -> Result<EntryItem, ApiError> {
    let missing = || ApiError::not_found(Words::new("没有这条记录", "There is no such entry"));
    let id: EntryId = id.parse().map_err(|_| missing())?;
    let sight = staff.sight.clone();
    let looker = staff.looker();
    let found = read(state, move |reader| {
        reader.look_as(looker);
        reader.entry(&sight, id)
    })
    .await?;
    let model = state.ledger.snapshot().model.clone();
    let item = found.ok_or_else(missing)?;
    staff.must_read(&model, &item.register).or_else(|error| {
        // Who wrote it may read it back.
        if staff.writes(&item.register) && item.org == staff.login.org {
            Ok(Level::Identified)
        } else {
            Err(error)
        }
    })?;
    Ok(staff.redacted(&model, item.clone()).unwrap_or(item))
}

async fn list(
    State(state): State<AppState>,
    staff: Staff,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, ApiError> {
    let filter = filter(&state, &staff, &asked)?;
    let (page, labels) = page(&state, &staff, filter).await?;
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|item| {
            let mut value = serde_json::to_value(item).unwrap_or_default();
            if let Some(label) = labels.get(&item.subject) {
                value["subject_label"] = label.as_str().into();
            }
            value
        })
        .collect();
    Ok(Json(localised(
        json!({ "items": items, "next": page.next }),
        locale::current(),
    )))
}
