//! A check as a phone, a gate or a partner's program sends it, and what becomes of it: an entry about the checkpoint.
//!
//! The code is judged again here, as of the moment of the check, so that a phone with old keys or a wrong clock is noticed.
//! The text of the code is not kept anywhere.

use crate::problem::ApiError;
use crate::state::{AppState, read};
use lianfang_kernel::ids::{SubjectId, derived};
use lianfang_kernel::{Instant, Problem, Words};
use lianfang_ledger::wire::{Described, NewEntry, SubjectIn};
use lianfang_ledger::{CHECK_REGISTER, NewCheck, ShownPass};
use lianfang_pass::{Claims, Reason, ShortCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Longest text of a code that is looked at; a chunked certificate of a traveller is shorter.
const CODE_CHARS: usize = 16_384;

/// What comparing the document found; no field of a check takes its number.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Document {
    Match,
    Differs,
    #[default]
    NotCompared,
}

/// A check as it is sent. Only the checkpoint is needed; what a program leaves out follows from the code.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Check {
    /// Made by the sender: the same check twice is one check. Without it, it follows from the content.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Its id, or the code it goes by.
    #[serde(default)]
    pub checkpoint: Option<String>,
    #[serde(default)]
    at: Option<Instant>,
    #[serde(default)]
    made_at: Option<Instant>,
    #[serde(default)]
    direction: Option<String>,
    #[serde(default)]
    pass: Option<String>,
    #[serde(default)]
    verdict: Option<String>,
    #[serde(default)]
    document: Document,
    #[serde(default)]
    celsius: Option<Value>,
    #[serde(default)]
    plate: Option<String>,
    #[serde(default)]
    vehicle: Option<bool>,
    #[serde(default)]
    decision: Option<String>,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    way: Option<String>,
    #[serde(default)]
    seconds: Option<Value>,
}

/// What the server finds of a code.
struct Found {
    /// `ok`, or why not; none for a code of another system.
    verdict: Option<String>,
    pass: Option<ShownPass>,
}

/// A check ready for the ledger.
#[derive(Debug)]
pub(crate) struct ReadyCheck {
    pub check: NewCheck,
    /// What the server found, told back to who asked it to judge.
    pub verdict: Option<String>,
    pub decision: String,
}

fn id_of_reason(reason: Reason) -> String {
    match serde_json::to_value(reason) {
        Ok(Value::String(id)) => id,
        _ => "format".to_owned(),
    }
}

async fn find(state: &AppState, text: &str, at: Instant) -> Result<Found, ApiError> {
    if text.chars().count() > CODE_CHARS {
        return Ok(Found {
            verdict: Some("format".to_owned()),
            pass: None,
        });
    }
    let typed = ShortCode::parse(text).ok();
    let text = match typed {
        None => text.to_owned(),
        Some(code) => match read(state, move |reader| reader.pass_by_short_code(code)).await? {
            Some(found) => found.text,
            None => {
                return Ok(Found {
                    verdict: Some("unknown_key".to_owned()),
                    pass: None,
                });
            }
        },
    };
    let verdict = state.ledger.verify(&[&text], at, None);
    if verdict.format.is_none() {
        return Ok(Found {
            verdict: None,
            pass: None,
        });
    }
    let pass = match &verdict.claims {
        Some(Claims::Pass(pass)) => Some(ShownPass {
            id: pass.pass_id,
            day: pass.valid_day,
        }),
        _ => None,
    };
    Ok(Found {
        verdict: Some(id_of_reason(verdict.reason)),
        pass,
    })
}

fn subject(checkpoint: &str) -> SubjectIn {
    match checkpoint.trim().parse::<SubjectId>() {
        Ok(id) => SubjectIn::Id(id),
        Err(_) => SubjectIn::Described(Described {
            kind_type: "checkpoint".to_owned(),
            identifiers: [("code".to_owned(), checkpoint.trim().to_owned())].into(),
            name: None,
            unit: None,
        }),
    }
}

fn missing_checkpoint() -> Problem {
    Problem::new(
        "checkpoint_missing",
        Words::new("没有说明是哪个卡点", "Which checkpoint is missing"),
        Words::new("填卡点编号 checkpoint", "Give checkpoint, its id"),
    )
    .at("checkpoint")
}

fn other_checkpoint() -> Problem {
    Problem::new(
        "other_checkpoint",
        Words::new("本手机登记在另一卡点", "This phone is enrolled at another checkpoint"),
        Words::new(
            "请由那个卡点的手机报送，或重新登记本手机",
            "Send it from a phone of that checkpoint, or enrol this one anew",
        ),
    )
    .at("checkpoint")
}

/// Why a decision was what it was, when nobody said.
fn judged(verdict: &str) -> (&'static str, Option<&'static str>) {
    if verdict == "ok" {
        ("admit", None)
    } else {
        ("refuse", Some("pass"))
    }
}

/// Reads a check that was sent to, or by a phone of, `own`.
///
/// # Errors
/// Outer: the database. Inner: what is missing.
pub(crate) async fn ready(
    state: &AppState,
    own: Option<SubjectId>,
    check: Check,
) -> Result<Result<ReadyCheck, Problem>, ApiError> {
    let place = match (check.checkpoint.as_deref().map(subject), own) {
        (None, None) => return Ok(Err(missing_checkpoint())),
        (None, Some(own)) => SubjectIn::Id(own),
        (Some(SubjectIn::Id(sent)), Some(own)) if sent == own => SubjectIn::Id(own),
        (Some(_), Some(_)) => return Ok(Err(other_checkpoint())),
        (Some(sent), None) => sent,
    };
    let now = state.ledger.now();
    let at = check.at.or(check.made_at);
    let code = check.pass.as_deref().map(str::trim).filter(|code| !code.is_empty());
    let found = match code {
        Some(code) => find(state, code, at.unwrap_or(now)).await?,
        None => Found {
            verdict: Some("none".to_owned()),
            pass: None,
        },
    };
    let id = match (check.id, at) {
        (Some(id), _) => id,
        (None, Some(_)) => content_id(&check),
        // Without a moment nothing tells two checks apart.
        (None, None) => state.ledger.new_id(),
    };
    let verdict = check.verdict.clone().or_else(|| found.verdict.clone());
    let verdict = verdict.unwrap_or_else(|| "unknown_key".to_owned());
    // Only a pass of the day lets somebody through by itself: what another issuer's certificate is worth, a person says.
    let is_pass = found.pass.is_some() || code.is_none();
    let (decision, reason) = match check.decision.as_deref() {
        Some(decision) => (decision.to_owned(), check.reason.clone()),
        None => {
            let (decision, reason) = judged(if is_pass { &verdict } else { "none" });
            (decision.to_owned(), check.reason.clone().or(reason.map(str::to_owned)))
        }
    };
    let mut body = Map::new();
    body.insert("direction".into(), check.direction.as_deref().unwrap_or("in").into());
    body.insert("document".into(), json!(check.document));
    body.insert("way".into(), check.way.as_deref().unwrap_or("program").into());
    let plate = check.plate.filter(|plate| !plate.trim().is_empty());
    let is_vehicle = check.vehicle.or(plate.as_ref().map(|_| true));
    let optional = [
        ("celsius", check.celsius),
        ("seconds", check.seconds),
        ("plate", plate.map(Value::from)),
        ("vehicle", is_vehicle.map(Value::from)),
    ];
    body.extend(
        optional
            .into_iter()
            .filter_map(|(field, value)| Some((field.to_owned(), value.filter(|value| !value.is_null())?))),
    );
    // What follows from keys and revocations may change between two sendings; what was sent does not.
    let mut stamped = Map::new();
    for (field, sent, value) in [
        ("pass_verdict", check.verdict.is_some(), Some(verdict)),
        ("decision", check.decision.is_some(), Some(decision.clone())),
        ("reason", check.decision.is_some() || check.reason.is_some(), reason),
        ("verified", false, found.verdict.clone()),
    ] {
        let Some(value) = value else { continue };
        if sent { &mut body } else { &mut stamped }.insert(field.to_owned(), value.into());
    }
    let entry = NewEntry {
        subject: Some(place),
        at,
        made_at: check.made_at,
        confirmed: true,
        body,
        stamped,
        ..NewEntry::new(id, CHECK_REGISTER)
    };
    Ok(Ok(ReadyCheck {
        check: NewCheck {
            entry,
            pass: found.pass,
        },
        verdict: found.verdict,
        decision,
    }))
}

/// The id of a check that came without one: the same content sent twice is one check.
fn content_id(check: &Check) -> Uuid {
    let content = json!([
        check.checkpoint,
        check.at,
        check.made_at,
        check.direction,
        check.pass,
        check.decision,
        check.celsius
    ]);
    derived(&format!("check\u{1f}{content}"))
}
