//! A resident declares and gets a pass. Pages and programs share it.
//!
//! The pass is signed before the entry is judged, so that the writer never waits for a signature. What is answered
//! depends on what was typed and on nothing that is on file: a stranger learns nothing by typing another's number.

use crate::caller::Resident;
use crate::problem::ApiError;
use crate::state::{AppState, settle};
use lianfang_kernel::ids::DeviceId;
use lianfang_kernel::{Day, Flag, Instant, Problem, RegionId, TimeOfDay, Words};
use lianfang_ledger::wire::{Described, NewEntry, Status, SubjectIn};
use lianfang_ledger::{Declare, DeviceSeed, SignedPass, secret_digest};
use lianfang_pass::{PassClaims, holder_digest};
use lianfang_policy::model::Model;
use ring::rand::{SecureRandom, SystemRandom};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The register that declarations go into when none is named.
pub const DECLARATION: &str = "declaration";
/// The list of registers that earn a pass.
const PASS_REGISTERS: &str = "pass_register";
/// From this time of day, tomorrow's pass may be had.
const TOMORROW_FROM: TimeOfDay = TimeOfDay(18 * 60);

/// Who declares.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declarer {
    /// Name.
    pub name: String,
    /// Resident identity number.
    #[serde(default)]
    pub cn_id: Option<String>,
    /// Another document's number.
    #[serde(default)]
    pub id_doc: Option<String>,
    /// Telephone.
    #[serde(default)]
    pub phone: Option<String>,
}

impl std::fmt::Debug for Declarer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Declarer(…)")
    }
}

/// The day a pass is wanted for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ValidFor {
    /// Today, until the city's midnight.
    #[default]
    Today,
    /// Tomorrow; from 18:00.
    Tomorrow,
}

/// A declaration as it is sent. Fields of the register stand beside `person`, or under `body`.
#[derive(Clone, Debug, Deserialize)]
pub struct Declaration {
    /// Who.
    pub person: Declarer,
    /// In which register; one of those that earn a pass.
    #[serde(default)]
    pub register: Option<String>,
    /// For which day.
    #[serde(default, rename = "for")]
    pub valid_for: ValidFor,
    /// The entry's id, when the sender made one: sent twice it is one declaration.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Warnings were read.
    #[serde(default)]
    pub confirmed: bool,
    /// Written for somebody else.
    #[serde(default)]
    pub proxy: bool,
    /// The register's fields.
    #[serde(default)]
    pub body: Map<String, Value>,
    /// The register's fields, beside the others.
    #[serde(flatten)]
    pub beside: Map<String, Value>,
}

/// What a declarer is told.
#[derive(Clone, Debug)]
pub struct DeclarationAnswer {
    /// The pass's text.
    pub pass: String,
    /// Its id.
    pub pass_id: Uuid,
    /// The day it is good for.
    pub valid_day: Day,
    /// The entry.
    pub entry: Uuid,
    /// Accepted or flagged, by what was typed alone.
    pub status: Status,
    /// What was noticed in what was typed.
    pub flags: Vec<Flag>,
    /// The device's secret, once.
    pub device_secret: Option<String>,
}

impl DeclarationAnswer {
    /// As programs read it.
    pub fn to_json(&self) -> Value {
        let mut body = json!({
            "pass": self.pass,
            "pass_id": self.pass_id,
            "short_code": lianfang_pass::ShortCode::of(self.pass_id.as_bytes()).grouped(),
            "pass_svg_url": format!("/api/v1/passes/{}.svg", self.pass_id),
            "valid_day": self.valid_day,
            "entry": self.entry,
            "status": self.status,
            "flags": self.flags,
        });
        if let Some(secret) = &self.device_secret {
            body["device_secret"] = secret.as_str().into();
        }
        body
    }
}

/// Flags that follow from the declaration alone. A guard that reads the ledger could tell a stranger about a file.
pub(crate) fn own_flags(model: &Model, flags: &[Flag]) -> Vec<Flag> {
    let reads_nothing = |code: &str| model.guards.get(code).is_some_and(|guard| guard.looks.is_empty());
    flags
        .iter()
        .filter(|flag| flag.code == "late_declaration" || reads_nothing(&flag.code))
        .cloned()
        .collect()
}

/// The day that a pass is good for, when that is allowed now.
fn valid_day(state: &AppState, wanted: ValidFor, now: Instant) -> Result<Day, ApiError> {
    let zone = &state.ledger.snapshot().zone;
    let today = zone.day_of(now);
    match wanted {
        ValidFor::Today => Ok(today),
        ValidFor::Tomorrow if zone.time_of(now) >= TOMORROW_FROM => Ok(today.plus(1)),
        ValidFor::Tomorrow => Err(ApiError::refused(
            Problem::new(
                "too_early",
                Words::new("每天18:00起可申领次日通行码", "Tomorrow's pass can be had from 18:00"),
                Words::new(
                    "请先申领今日的，或18:00后再来",
                    "Take today's now, or come back after 18:00",
                ),
            )
            .at("for"),
        )),
    }
}

fn sign(state: &AppState, document: &str, day: Day) -> Result<SignedPass, ApiError> {
    let random = SystemRandom::new();
    let mut bytes = [0; 16];
    random.fill(&mut bytes).map_err(|_| ApiError::internal())?;
    let signer = state.ledger.signer();
    let city = signer.issuer.city().to_owned();
    let claims = PassClaims {
        region_scope: city.clone(),
        city,
        pass_id: bytes,
        valid_day: day,
        holder_digest20: holder_digest(&bytes, document),
    };
    let text = signer.issuer.issue_pass(&claims, &random).map_err(|error| {
        tracing::error!(%error, "a pass was not signed");
        ApiError::internal()
    })?;
    Ok(SignedPass {
        id: Uuid::from_bytes(bytes),
        text,
        day,
    })
}

/// Whether who writes in a register is given a pass.
pub(crate) fn earns_pass(model: &Model, register: &str) -> bool {
    let listed = model.lists.get(PASS_REGISTERS);
    register == DECLARATION || listed.is_some_and(|list| list.value(register).is_some())
}

/// The register that was asked for, if it earns a pass.
fn register(model: &Model, wanted: Option<&str>) -> Result<String, ApiError> {
    let wanted = wanted.unwrap_or(DECLARATION);
    if earns_pass(model, wanted) {
        return Ok(wanted.to_owned());
    }
    let listed = model.lists.get(PASS_REGISTERS);
    let what = Words::new("这个登记册不发通行码", "This register earns no pass");
    let known = listed.map_or_else(Vec::new, |list| {
        list.values.iter().map(|value| value.id.as_str()).collect()
    });
    let hint = Words::new("可用：{k}", "There are: {k}").with("k", known.join(", "));
    Err(ApiError::bad_field("register", what, hint))
}

fn entry(state: &AppState, declaration: Declaration, register: &str) -> NewEntry {
    let Declaration {
        mut person,
        id,
        confirmed,
        proxy,
        mut body,
        beside,
        ..
    } = declaration;
    body.extend(beside);
    let snapshot = state.ledger.snapshot();
    // A register that asks for the telephone keeps it as long as its entries, not as long as the file.
    let asks = |field: &str| {
        snapshot
            .model
            .registers
            .get(register)
            .is_some_and(|r| r.schema.field(field).is_some())
    };
    if let Some(phone) = person.phone.take_if(|_| asks("phone")) {
        body.entry("phone").or_insert(phone.into());
    }
    let region = body.get("destination").and_then(Value::as_str).map(RegionId::new);
    let region = region.or_else(|| (!asks("destination")).then(|| snapshot.city.clone()));
    let identifiers: BTreeMap<String, String> = [
        ("cn_id", person.cn_id),
        ("id_doc", person.id_doc),
        ("phone", person.phone),
    ]
    .into_iter()
    .filter_map(|(kind, number)| Some((kind.to_owned(), number.filter(|number| !number.trim().is_empty())?)))
    .collect();
    NewEntry {
        subject: Some(SubjectIn::Described(Described {
            kind_type: "person".to_owned(),
            identifiers,
            name: Some(person.name),
            unit: None,
        })),
        confirmed,
        proxy,
        region,
        body,
        ..NewEntry::new(id.unwrap_or_else(|| state.ledger.new_id()), register)
    }
}

fn named(person: &Declarer) -> Result<(), ApiError> {
    if !person.name.trim().is_empty() {
        return Ok(());
    }
    let what = Words::new("请填写姓名", "Give the name");
    let hint = Words::new("与证件上的一致", "As it stands on the document");
    Err(ApiError::refused(
        Problem::new("name_missing", what, hint).at("person/name"),
    ))
}

fn document_of(person: &Declarer) -> Result<String, ApiError> {
    let number = [&person.cn_id, &person.id_doc]
        .into_iter()
        .flatten()
        .map(|number| number.trim())
        .find(|number| !number.is_empty());
    number.map(str::to_owned).ok_or_else(|| {
        ApiError::refused(
            Problem::new(
                "document_missing",
                Words::new("请填写证件号码", "Give the number of a document"),
                Words::new(
                    "身份证填 cn_id，其他证件填 id_doc",
                    "An identity card as cn_id, any other document as id_doc",
                ),
            )
            .at("person/cn_id"),
        )
    })
}

/// The caller's device; for who has none a new one, with the secret that is told once.
///
/// # Errors
/// The machine gives no randomness.
pub(crate) fn device_of(
    state: &AppState,
    resident: Option<&Resident>,
) -> Result<(DeviceSeed, Option<String>), ApiError> {
    if let Some(resident) = resident {
        // The secret itself is not kept; a known device is told by its id.
        let seed = DeviceSeed {
            id: resident.device.id,
            digest: Vec::new(),
            is_known: true,
        };
        return Ok((seed, None));
    }
    let secret = state.ledger.new_secret()?;
    let seed = DeviceSeed {
        id: DeviceId(state.ledger.new_id()),
        digest: secret_digest(&secret),
        is_known: false,
    };
    Ok((seed, Some(secret)))
}

/// Declares on a device, a new one when there is none yet.
///
/// # Errors
/// 422 with what was wrong, 429 when a document or device declares too often, 503.
pub async fn declare(
    state: &AppState,
    resident: Option<&Resident>,
    declaration: Declaration,
) -> Result<DeclarationAnswer, ApiError> {
    let now = state.ledger.now();
    let register = register(&state.ledger.snapshot().model, declaration.register.as_deref())?;
    named(&declaration.person)?;
    let document = document_of(&declaration.person)?;
    let day = valid_day(state, declaration.valid_for, now)?;
    state.limits.document(&document, day)?;
    let pass = sign(state, &document, day)?;
    let (device, device_secret) = device_of(state, resident)?;
    let owner = resident.and_then(|resident| resident.device.owner);
    let entry = entry(state, declaration, &register);
    let id = entry.id;
    let declared = settle(state.ledger.declare(Declare {
        device,
        owner,
        entry,
        pass,
    }))
    .await?;
    state.metrics.entry(declared.answer.status);
    let model = state.ledger.snapshot().model.clone();
    let Some((pass_id, pass)) = declared.pass.filter(|_| declared.answer.status.is_in()) else {
        return Err(refusal(declared.answer.problems));
    };
    let flags = own_flags(&model, &declared.answer.flags);
    let status = if flags.is_empty() {
        Status::Accepted
    } else {
        Status::Flagged
    };
    Ok(DeclarationAnswer {
        pass,
        pass_id,
        valid_day: day,
        entry: id,
        status,
        flags,
        device_secret,
    })
}

fn refusal(problems: Vec<Problem>) -> ApiError {
    let lang = crate::locale::current();
    let all = crate::locale::localised(json!(problems), lang);
    match problems.into_iter().next() {
        Some(first) => ApiError::refused(first).with("problems", all),
        None => ApiError::internal(),
    }
}
