//! Organisations and accounts: for system administrators, inside their own region.

use crate::asked::{Body, Id, Params};
use crate::caller::Staff;
use crate::locale::{self, localised};
use crate::problem::ApiError;
use crate::state::{AppState, read, settle};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, patch};
use axum::{Json, Router};
use lianfang_kernel::ids::{LoginId, SubjectId};
use lianfang_kernel::{Instant, Problem, Words};
use lianfang_ledger::accounts::{self, Login, hash_password};
use lianfang_ledger::{LoginChange, NewLogin, NewOrg};
use lianfang_policy::Snapshot;
use ring::rand::{SecureRandom, SystemRandom};
use serde::Deserialize;
use serde_json::{Value, json};

/// Shortest password that is taken, in characters.
const PASSWORD_CHARS: usize = 10;
/// Accounts in one call at most: each password costs tens of milliseconds.
const USERS: usize = 500;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/orgs", get(orgs).post(add_orgs))
        .route("/users", get(users).post(add_users))
        .route("/users/{id}", patch(change_user))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    region: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

async fn orgs(
    State(state): State<AppState>,
    staff: Staff,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, ApiError> {
    let snapshot = state.ledger.snapshot();
    let region = crate::asked::region(&asked.region).unwrap_or_else(|| staff.region.clone());
    staff.must_see_region(&snapshot, &region)?;
    let kind = crate::asked::given(&asked.kind);
    let items: Vec<Value> = snapshot
        .orgs
        .within(&snapshot.regions, &region, state.ledger.now())
        .into_iter()
        .filter(|org| kind.is_none_or(|kind| snapshot.model.is_a(&org.kind_type, kind)))
        .map(|org| {
            let functions: Vec<Value> = org
                .functions
                .iter()
                .map(|(function, region)| json!({ "function": function, "region": region }))
                .collect();
            json!({
                "id": org.id, "type": org.kind_type, "name": org.name, "region": org.region, "sector": org.sector,
                "functions": functions,
            })
        })
        .collect();
    Ok(Json(localised(json!({ "items": items }), locale::current())))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Orgs {
    orgs: Vec<NewOrg>,
}

async fn add_orgs(
    State(state): State<AppState>,
    staff: Staff,
    Body(sent): Body<Orgs>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    staff.must_manage()?;
    let snapshot = state.ledger.snapshot();
    for org in &sent.orgs {
        staff.must_see_region(&snapshot, &org.region)?;
        for function in &org.functions {
            if let Some(region) = &function.region {
                staff.must_see_region(&snapshot, region)?;
            }
        }
    }
    let ids = settle(state.ledger.add_orgs(staff.author, sent.orgs)).await?;
    Ok((StatusCode::CREATED, Json(json!({ "ids": ids }))))
}

/// Whether an administrator manages an account: that of an organisation in its region, or of none in its own.
fn manages(snapshot: &Snapshot, staff: &Staff, org: Option<SubjectId>) -> bool {
    match org {
        Some(id) => snapshot
            .orgs
            .get(id)
            .is_some_and(|org| snapshot.regions.within(&org.region, &staff.region)),
        None => staff.region == snapshot.city,
    }
}

fn login_json(login: &Login) -> Value {
    json!(login)
}

async fn users(State(state): State<AppState>, staff: Staff) -> Result<Json<Value>, ApiError> {
    staff.must_manage()?;
    let logins = read(&state, |reader| accounts::list(reader.connection())).await?;
    let snapshot = state.ledger.snapshot();
    let items: Vec<Value> = logins
        .iter()
        .filter(|login| manages(&snapshot, &staff, login.org))
        .map(login_json)
        .collect();
    Ok(Json(json!({ "items": items })))
}

/// An account as it is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewUser {
    name: String,
    #[serde(default)]
    password: Option<String>,
    role: String,
    #[serde(default)]
    org: Option<SubjectId>,
    #[serde(default)]
    expires_at: Option<Instant>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Users {
    users: Vec<NewUser>,
}

fn bad_user(index: usize, field: &str, what: Words, hint: Words) -> ApiError {
    ApiError::bad_field(&format!("users/{index}/{field}"), what, hint)
}

fn check_user(snapshot: &Snapshot, staff: &Staff, index: usize, user: &NewUser) -> Result<(), ApiError> {
    let is_name = |c: char| c.is_alphanumeric() || "-_.@".contains(c);
    let name = user.name.trim();
    if !(2..=64).contains(&name.chars().count()) || !name.chars().all(is_name) || name != user.name {
        let hint = Words::new(
            "2至64个字母、汉字、数字或 - _ . @",
            "2 to 64 letters, digits or - _ . @",
        );
        return Err(bad_user(
            index,
            "name",
            Words::new("账号名不可用", "This name cannot be used"),
            hint,
        ));
    }
    if user
        .password
        .as_ref()
        .is_some_and(|password| password.chars().count() < PASSWORD_CHARS)
    {
        let what = Words::new("口令太短", "The password is too short");
        return Err(bad_user(
            index,
            "password",
            what,
            Words::new("至少10个字符", "At least 10 characters"),
        ));
    }
    if user.org.is_some_and(|id| snapshot.orgs.get(id).is_none()) {
        let what = Words::new("没有这个单位", "No such organisation");
        return Err(bad_user(
            index,
            "org",
            what,
            Words::new("先建立单位", "Add the organisation first"),
        ));
    }
    if !manages(snapshot, staff, user.org) {
        return Err(ApiError::out_of_scope());
    }
    // Administrators, auditors and security officers are different people: none makes itself another.
    if user.name == staff.login.name {
        return Err(bad_user(
            index,
            "name",
            Words::new("不能给自己开户", "Not for oneself"),
            Words::new("请换一个账号名", "Choose another name"),
        ));
    }
    Ok(())
}

/// A password that is typed once: twelve letters that nobody confuses, sixty bits.
pub(crate) fn one_time_password() -> Result<String, ApiError> {
    const LETTERS: &[u8; 32] = b"23456789abcdefghjkmnpqrstuvwxyz-";
    let mut bytes = [0; 12];
    SystemRandom::new().fill(&mut bytes).map_err(|_| ApiError::internal())?;
    Ok(bytes
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte % 31)]))
        .collect())
}

async fn add_users(
    State(state): State<AppState>,
    staff: Staff,
    Body(sent): Body<Users>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    staff.must_manage()?;
    if sent.users.len() > USERS {
        let what = Words::new("一次最多建{n}个账号", "At most {n} accounts a call").with("n", USERS);
        return Err(ApiError::bad_field(
            "users",
            what,
            Words::new("请分批", "Send them in parts"),
        ));
    }
    let snapshot = state.ledger.snapshot();
    for (index, user) in sent.users.iter().enumerate() {
        check_user(&snapshot, &staff, index, user)?;
    }
    let mut logins = Vec::new();
    let mut told = Vec::new();
    for user in sent.users {
        let made_up = user.password.is_none();
        let password = user.password.map_or_else(one_time_password, Ok)?;
        let token = state.ledger.new_secret()?;
        let mut answer = json!({ "name": user.name, "role": user.role, "org": user.org, "token": token });
        if made_up {
            answer["password"] = password.as_str().into();
        }
        told.push(answer);
        let password_hash = state.hashed(move || hash_password(&password)).await?;
        logins.push(NewLogin {
            name: user.name,
            password_hash,
            role: user.role,
            org: user.org,
            expires_at: user.expires_at,
            totp_secret: None,
            token: Some(token),
        });
    }
    let ids = settle(state.ledger.add_logins(staff.author, logins)).await?;
    for (answer, id) in told.iter_mut().zip(ids) {
        answer["id"] = json!(id);
    }
    Ok((StatusCode::CREATED, Json(json!({ "users": told }))))
}

/// A change to an account, exactly one.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum Change {
    Lock(bool),
    Reset(bool),
    Expire(Option<Instant>),
    Totp(bool),
    Token(String),
}

async fn change_user(
    State(state): State<AppState>,
    staff: Staff,
    Id(id): Id<LoginId>,
    Body(change): Body<Change>,
) -> Result<Json<Value>, ApiError> {
    staff.must_manage()?;
    let logins = read(&state, |reader| accounts::list(reader.connection())).await?;
    let snapshot = state.ledger.snapshot();
    let login = logins.into_iter().find(|login| login.id == id).ok_or_else(|| {
        let hint = Words::new("请从名单中选择", "Pick it from the list");
        ApiError::refused(Problem::new(
            "unknown_login",
            Words::new("没有这个账号", "No such account"),
            hint,
        ))
    })?;
    if !manages(&snapshot, &staff, login.org) {
        return Err(ApiError::out_of_scope());
    }
    let mut told = json!({ "id": id, "name": login.name });
    let change = match change {
        Change::Lock(true) => LoginChange::Lock,
        Change::Lock(false) => LoginChange::Unlock,
        Change::Expire(at) => LoginChange::Expire(at),
        Change::Reset(true) => {
            let password = one_time_password()?;
            told["password"] = password.as_str().into();
            LoginChange::Reset(state.hashed(move || hash_password(&password)).await?)
        }
        Change::Totp(true) => {
            let mut secret = vec![0; 20];
            SystemRandom::new()
                .fill(&mut secret)
                .map_err(|_| ApiError::internal())?;
            told["otpauth"] = otpauth(&login.name, &secret)?.into();
            LoginChange::Totp(secret)
        }
        Change::Reset(false) | Change::Totp(false) => {
            let what = Words::new("只能为 true", "Only true is possible");
            return Err(ApiError::bad_field("reset", what, Words::same("{\"reset\":true}")));
        }
        Change::Token(label) => {
            let token = state.ledger.new_secret()?;
            told["token"] = token.as_str().into();
            LoginChange::Token(token, label)
        }
    };
    settle(state.ledger.change_login(staff.author, id, change)).await?;
    Ok(Json(told))
}

/// The address that an authenticator reads.
fn otpauth(name: &str, secret: &[u8]) -> Result<String, ApiError> {
    totp_rs::Builder::new()
        .with_secret(secret.to_vec())
        .with_account_name(name)
        .with_issuer(Some("Lianfang"))
        .build()
        .map_err(|_| ApiError::internal())?
        .to_url()
        .map_err(|_| ApiError::internal())
}
