//! Match runs: a list of another agency is compared with persons of one's own, once it is asked for with purpose, basis
//! and end and approved by somebody else.
//!
//! What the packs require of a run is judged by their guards, as of any entry: the list's entry is tried before anything
//! is compared. The list is not kept. What matched goes to whoever has to act on it, as entries that expire.

use super::entries::answer_json;
use super::subjects::seen;
use crate::asked::{Body, Id};
use crate::caller::Staff;
use crate::comparison::{Hit, compare};
use crate::person_row::PersonRow;
use crate::problem::ApiError;
use crate::state::{AppState, append, read, try_append};
use crate::trace;
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::post;
use axum::{Json, Router};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Problem, SubjectView, Words, hex};
use lianfang_ledger::read::Asked;
use lianfang_ledger::wire::{Author, EntryAnswer, MATCH, NewEntry, SubjectIn};
use lianfang_policy::model::{Matching, Register};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// Rows of a list at most.
const ROWS: usize = 200_000;
/// The largest list that is taken.
const BYTES: usize = 64 << 20;
/// Matches written in one piece: a declaration never waits long behind them.
const CHUNK: usize = 200;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route(
        "/match-runs/{id}/lists",
        post(write).layer(DefaultBodyLimit::max(BYTES)),
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    rows: Vec<PersonRow>,
}

/// What came of a list. Who matched is told to those who act on it, not to whoever sent the list.
#[derive(Clone, Debug, Serialize)]
pub struct MatchReport {
    /// The run.
    pub run: SubjectId,
    /// Rows of the list.
    pub rows: usize,
    /// Persons of one's own that they were compared with.
    pub compared: usize,
    /// Rows that are somebody's.
    pub matched: usize,
    /// After this nobody reads what matched.
    pub expires_at: lianfang_kernel::Instant,
}

async fn write(
    State(state): State<AppState>,
    staff: Staff,
    Id(id): Id<SubjectId>,
    Body(list): Body<List>,
) -> Result<Json<Value>, ApiError> {
    let report = match_list(&state, &staff, id, list.rows).await?;
    Ok(Json(json!(report)))
}

/// Compares a list with what a run was approved for, and hands what matched to those who act on it.
///
/// # Errors
/// 403, 404; what the packs' guards refuse: no purpose, no approval, past its end; the store.
pub async fn match_list(
    state: &AppState,
    staff: &Staff,
    id: SubjectId,
    rows: Vec<PersonRow>,
) -> Result<MatchReport, ApiError> {
    if rows.len() > ROWS {
        let what = Words::new("一次最多比对{n}行", "At most {n} rows at once").with("n", ROWS);
        let hint = Words::new("请分成几份名单", "Send the list in parts");
        return Err(ApiError::refused(Problem::new("too_many", what, hint).at("rows")));
    }
    let run = seen(state, staff, id).await?;
    let (register, matching) = register_of(state, &run)?;
    staff.must_write(&register.schema.id)?;
    let author = Author {
        channel: MATCH,
        ..staff.author.clone()
    };
    // Whether it may be compared at all is judged before anything is.
    let probe = list_entry(&register, run.id, state.ledger.new_id(), [rows.len(), 0, 0]);
    admitted(&try_append(state, author.clone(), vec![probe]).await?.results)?;
    let asked = {
        let (run, matching) = (run.id, matching.clone());
        read(state, move |reader| reader.match_asked(run, &matching)).await?
    };
    let asked = asked.ok_or_else(|| nothing_asked(&matching))?;
    let of_list = digest_of(&rows);
    let detail = json!({ "reason": register.schema.id, "run": run.id, "rows": rows.len(), "digest": of_list, "against": asked.against });
    trace::stated(state, staff, "match", Some(run.id), detail).await?;
    let (compared, hits, rows) = compared(state, staff, &asked, rows).await?;
    let counts = [rows.len(), compared, hits.len()];
    let list = Uuid::new_v5(&run.id.0, format!("{of_list} {counts:?}").as_bytes());
    let entry = list_entry(&register, run.id, list, counts);
    admitted(&append(state, author, vec![entry]).await?.results)?;
    hand_out(state, &matching, &run, &asked, (&hits, &rows)).await?;
    Ok(MatchReport {
        run: run.id,
        rows: rows.len(),
        compared,
        matched: hits.len(),
        expires_at: asked.until,
    })
}

fn register_of(state: &AppState, run: &SubjectView) -> Result<(Arc<Register>, Matching), ApiError> {
    let model = state.ledger.snapshot().model.clone();
    let of_run = |register: &&Arc<Register>| {
        let mut kinds = register.schema.subjects.iter();
        kinds.any(|wanted| model.is_a(&run.kind_type, wanted) || run.kind_type == *wanted)
    };
    let mut registers = model.registers.values().filter(of_run);
    registers
        .find_map(|register| Some((register.clone(), register.matching.clone()?)))
        .ok_or_else(|| {
            let what = Words::new("该对象不是比对任务", "This is not a match run");
            let hint = Words::new("请先登记比对申请", "Ask for a match run first");
            ApiError::refused(Problem::new("wrong_subject", what, hint))
        })
}

fn list_entry(register: &Register, run: SubjectId, id: Uuid, counts: [usize; 3]) -> NewEntry {
    let mut entry = NewEntry::new(id, register.schema.id.as_str());
    entry.subject = Some(SubjectIn::Id(run));
    let counted = Matching::COUNTS.iter().zip(counts);
    entry.body = counted.map(|(field, n)| ((*field).to_owned(), n.into())).collect();
    entry
}

/// Refuses as the entry was refused.
fn admitted(results: &[EntryAnswer]) -> Result<(), ApiError> {
    let Some(refused) = results.iter().find(|result| !result.status.is_in()) else {
        return Ok(());
    };
    match refused.problems.first() {
        Some(problem) => Err(ApiError::refused(problem.clone()).with("result", answer_json(refused))),
        None => Err(ApiError::internal()),
    }
}

fn nothing_asked(matching: &Matching) -> ApiError {
    let what = Words::new("该比对任务没有申请", "Nobody has asked for this run");
    let hint = Words::new("请先登记 {r}", "Enter {r} first").with("r", &matching.request);
    ApiError::refused(Problem::new("nothing_asked", what, hint))
}

/// What tells two lists apart, without saying anything of either.
fn digest_of(rows: &[PersonRow]) -> String {
    let mut text = String::new();
    for row in rows {
        for cell in [
            &row.id, &row.name, &row.sex, &row.birth, &row.idno, &row.phone, &row.plate, &row.addr,
        ] {
            text.push_str(cell);
            text.push('\u{1f}');
        }
        text.push('\n');
    }
    hex(digest(&SHA256, text.as_bytes()))
}

async fn compared(
    state: &AppState,
    staff: &Staff,
    asked: &Asked,
    rows: Vec<PersonRow>,
) -> Result<(usize, Vec<Hit>, Vec<PersonRow>), ApiError> {
    let (region, asked) = (staff.region.clone(), asked.clone());
    read(state, move |reader| {
        let own = reader.persons_of(&asked.against, &region)?;
        let hits = compare(reader, &rows, &own, &asked.key)?;
        Ok((own.len(), hits, rows))
    })
    .await
}

/// One entry a match, in the person's own file, so that whoever answers for the person has to act on it.
async fn hand_out(
    state: &AppState,
    matching: &Matching,
    run: &SubjectView,
    asked: &Asked,
    (hits, rows): (&[Hit], &[PersonRow]),
) -> Result<(), ApiError> {
    let entry = |hit: &Hit| {
        let row = rows.get(hit.row).map(|row| row.id.as_str()).unwrap_or_default();
        let name = format!("{} {row} {}", run.id, hit.subject);
        let mut entry = NewEntry::new(Uuid::new_v5(&run.id.0, name.as_bytes()), matching.hit.as_str());
        entry.subject = Some(SubjectIn::Id(hit.subject));
        let mut body = Map::from_iter([
            ("run".to_owned(), run.id.to_string().into()),
            ("row".to_owned(), row.into()),
            ("key".to_owned(), asked.key.as_str().into()),
            (matching.expires.clone(), json!(asked.until)),
        ]);
        if let Some(weight) = hit.weight {
            body.insert("weight".to_owned(), format!("{weight:.1}").into());
        }
        entry.body = body;
        entry
    };
    for chunk in hits.chunks(CHUNK) {
        let answer = append(state, Author::system(), chunk.iter().map(entry).collect()).await?;
        admitted(&answer.results)?;
    }
    Ok(())
}
