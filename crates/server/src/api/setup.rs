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
use lianfang_kernel::{Instant, Problem, SubjectKind, Words};
use lianfang_ledger::accounts::{self, Login, PasswordWork, hash_password};
use lianfang_ledger::{LoginChange, NewLogin, NewOrg, TOKEN_MS};
use lianfang_policy::Snapshot;
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

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
pub fn manages(snapshot: &Snapshot, staff: &Staff, org: Option<SubjectId>) -> bool {
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
pub struct NewUser {
    /// What one signs in with.
    pub name: String,
    /// Its first password; made up when absent.
    #[serde(default)]
    pub password: Option<String>,
    /// The role it acts in.
    pub role: String,
    /// The organisation it acts for.
    #[serde(default)]
    pub org: Option<SubjectId>,
    /// Whose it is, where the role goes with a post.
    #[serde(default)]
    pub person: Option<SubjectId>,
    /// When it expires.
    #[serde(default)]
    pub expires_at: Option<Instant>,
}

/// An account that was made, with what it first signs in with.
#[derive(Serialize)]
pub struct MadeUser {
    /// Its id.
    pub id: LoginId,
    /// What one signs in with.
    pub name: String,
    /// The role it acts in.
    pub role: String,
    /// The organisation it acts for.
    pub org: Option<SubjectId>,
    /// An interface token.
    pub token: String,
    /// The password that was made up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

// Secrets are told once and never logged.
impl std::fmt::Debug for NewUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewUser")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for MadeUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MadeUser")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Users {
    users: Vec<NewUser>,
}

fn bad_user(index: usize, field: &str, what: Words, hint: Words) -> ApiError {
    ApiError::bad_field(&format!("users/{index}/{field}"), what, hint)
}

/// Whether an administrator may make this account; `index` is its place in the call.
///
/// # Errors
/// A name that cannot be used; a role or organisation that is not there or is somebody else's.
pub fn check_user(snapshot: &Snapshot, staff: &Staff, index: usize, user: &NewUser) -> Result<(), ApiError> {
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
    if !snapshot.model.roles.contains_key(&user.role) {
        let known: Vec<&str> = snapshot.model.roles.keys().map(String::as_str).collect();
        let what = Words::new("没有这个岗位：{r}", "No such role: {r}").with("r", &user.role);
        let hint = Words::new("可用：{k}", "There are: {k}").with("k", known.join(", "));
        return Err(bad_user(index, "role", what, hint));
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

/// Refuses an account of somebody who has no file of a person.
async fn must_be_person(state: &AppState, field: &str, person: Option<SubjectId>) -> Result<(), ApiError> {
    let Some(id) = person else { return Ok(()) };
    let found = read(state, move |reader| reader.subject(id)).await?;
    if found.is_some_and(|view| view.kind == SubjectKind::Person) {
        return Ok(());
    }
    let what = Words::new("没有这个人的档案", "There is no file of such a person");
    let hint = Words::new(
        "请填任职登记中此人的档案编号",
        "Give the id of the file that the posts name",
    );
    Err(ApiError::bad_field(field, what, hint))
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
    let made = make_users(&state, &staff, sent.users).await?;
    Ok((StatusCode::CREATED, Json(json!({ "users": made }))))
}

/// Makes accounts, all or none; what they first sign in with is told once, here.
///
/// # Errors
/// No right; a name that is taken or cannot be used; a role or organisation that is not there; the store.
pub async fn make_users(state: &AppState, staff: &Staff, users: Vec<NewUser>) -> Result<Vec<MadeUser>, ApiError> {
    staff.must_manage()?;
    if users.len() > USERS {
        let what = Words::new("一次最多建{n}个账号", "At most {n} accounts a call").with("n", USERS);
        return Err(ApiError::bad_field(
            "users",
            what,
            Words::new("请分批", "Send them in parts"),
        ));
    }
    let snapshot = state.ledger.snapshot();
    for (index, user) in users.iter().enumerate() {
        check_user(&snapshot, staff, index, user)?;
        must_be_person(state, &format!("users/{index}/person"), user.person).await?;
    }
    let mut logins = Vec::new();
    let mut made = Vec::new();
    for user in users {
        let is_made_up = user.password.is_none();
        let password = user.password.map_or_else(one_time_password, Ok)?;
        let token = state.ledger.new_secret()?;
        let work = PasswordWork::of(state.config.test_clock.is_some());
        made.push(MadeUser {
            id: LoginId(Uuid::nil()),
            name: user.name.clone(),
            role: user.role.clone(),
            org: user.org,
            token: token.clone(),
            password: is_made_up.then(|| password.clone()),
        });
        logins.push(NewLogin {
            name: user.name,
            password_hash: state.hashed(move || hash_password(&password, work)).await?,
            role: user.role,
            org: user.org,
            person: user.person,
            expires_at: user.expires_at,
            totp_secret: None,
            token: Some(token),
        });
    }
    let ids = settle(state.ledger.add_logins(staff.author.clone(), logins)).await?;
    for (user, id) in made.iter_mut().zip(ids) {
        user.id = id;
    }
    Ok(made)
}

/// A change to an account, exactly one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Change {
    /// Locked or unlocked.
    Lock(bool),
    /// Another password, made up.
    Reset(bool),
    /// Another end, or none.
    Expire(Option<Instant>),
    /// Another second factor.
    Totp(bool),
    /// Is that person's, where the role goes with a post, or nobody's.
    Person(Option<SubjectId>),
    /// A further interface token with its label, for a year.
    Token(String),
}

/// What came of a change: secrets are told once.
#[derive(Serialize)]
pub struct Changed {
    /// The account.
    pub id: LoginId,
    /// What one signs in with.
    pub name: String,
    /// The new password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The address that an authenticator reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otpauth: Option<String>,
    /// The new token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Until when the token serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Instant>,
}

impl std::fmt::Debug for Changed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Changed")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

async fn change_user(
    State(state): State<AppState>,
    staff: Staff,
    Id(id): Id<LoginId>,
    Body(change): Body<Change>,
) -> Result<Json<Changed>, ApiError> {
    Ok(Json(change_account(&state, &staff, id, change).await?))
}

/// Changes an account that the administrator manages.
///
/// # Errors
/// No right; no such account, or somebody else's; the store.
pub async fn change_account(state: &AppState, staff: &Staff, id: LoginId, change: Change) -> Result<Changed, ApiError> {
    staff.must_manage()?;
    let logins = read(state, |reader| accounts::list(reader.connection())).await?;
    let snapshot = state.ledger.snapshot();
    let login = logins.into_iter().find(|login| login.id == id).ok_or_else(|| {
        let hint = Words::new("请从名单中选择", "Pick it from the list");
        ApiError::refused(Problem::new(
            "unknown_login",
            Words::new("没有这个账号", "No such account"),
            hint,
        ))
    })?;
    if !manages(&snapshot, staff, login.org) {
        return Err(ApiError::out_of_scope());
    }
    let mut told = Changed {
        id,
        name: login.name,
        password: None,
        otpauth: None,
        token: None,
        expires_at: None,
    };
    let change = match change {
        Change::Lock(true) => LoginChange::Lock,
        Change::Lock(false) => LoginChange::Unlock,
        Change::Expire(at) => LoginChange::Expire(at),
        Change::Person(person) => {
            must_be_person(state, "person", person).await?;
            LoginChange::Person(person)
        }
        Change::Reset(true) => {
            let password = one_time_password()?;
            told.password = Some(password.clone());
            let work = PasswordWork::of(state.config.test_clock.is_some());
            LoginChange::Reset(state.hashed(move || hash_password(&password, work)).await?)
        }
        Change::Totp(true) => {
            let mut secret = vec![0; 20];
            SystemRandom::new()
                .fill(&mut secret)
                .map_err(|_| ApiError::internal())?;
            told.otpauth = Some(otpauth(&told.name, &secret)?);
            LoginChange::Totp(secret)
        }
        Change::Reset(false) | Change::Totp(false) => {
            let what = Words::new("只能为 true", "Only true is possible");
            return Err(ApiError::bad_field("reset", what, Words::same("{\"reset\":true}")));
        }
        Change::Token(label) => {
            let secret = state.ledger.new_secret()?;
            let expires_at = state.ledger.now().plus_ms(TOKEN_MS);
            (told.token, told.expires_at) = (Some(secret.clone()), Some(expires_at));
            LoginChange::Token {
                secret,
                label,
                expires_at,
            }
        }
    };
    settle(state.ledger.change_login(staff.author.clone(), id, change)).await?;
    Ok(told)
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
