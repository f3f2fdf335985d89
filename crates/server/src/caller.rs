//! Who calls: staff by session or token, residents by their device, or nobody in particular.

use crate::cookies::{DEVICE_COOKIE, SESSION_COOKIE, cookie};
use crate::csrf;
use crate::locale;
use crate::problem::ApiError;
use crate::state::{AppState, read};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Redirect, Response};
use lianfang_kernel::{Problem, RegionId, Words};
use lianfang_ledger::LedgerError;
use lianfang_ledger::accounts::{self, Login};
use lianfang_ledger::read::{Device, Looker, Reader, Sight};
use lianfang_ledger::sectors_of;
use lianfang_ledger::wire::Author;
use lianfang_policy::model::{Role, Scope};

/// A member of staff in a role.
#[derive(Clone, Debug)]
pub struct Staff {
    /// The account.
    pub login: Login,
    /// What its role may do.
    pub role: Role,
    /// Whether it holds the post that its role goes with; nothing is left of the role when not.
    pub is_in_post: bool,
    /// As whom it writes.
    pub author: Author,
    /// How far it sees.
    pub sight: Sight,
    /// Where its organisation is; the city for an account without one.
    pub region: RegionId,
    /// What forms of this session must carry; empty for a token.
    pub csrf: String,
}

impl Staff {
    /// Whose eyes a reader has that reads for it.
    pub fn looker(&self) -> Looker {
        Looker {
            org: self.login.org,
            role: Some(self.role.id.clone()).filter(|_| self.is_in_post),
        }
    }
}

/// A device of a resident.
#[derive(Clone, Debug)]
pub struct Resident {
    /// The device.
    pub device: Device,
    /// As whom it writes.
    pub author: Author,
    /// What forms of this device must carry; empty when it came by header.
    pub csrf: String,
}

/// Anybody.
#[derive(Clone, Debug)]
pub enum Caller {
    /// Staff.
    Staff(Box<Staff>),
    /// A resident.
    Resident(Box<Resident>),
    /// Nobody in particular.
    Public,
}

/// Staff on a page: who is not signed in is led to the sign-in.
#[derive(Clone, Debug)]
pub struct PageStaff(pub Staff);

/// What a request shows of its caller.
enum Shown {
    Token(String),
    Session(String),
    DeviceHeader(String),
    DeviceCookie,
    Nothing,
}

pub(crate) fn authorization<'h>(headers: &'h HeaderMap, scheme: &str) -> Option<&'h str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (given, secret) = value.trim().split_once(' ')?;
    (given.eq_ignore_ascii_case(scheme) && !secret.trim().is_empty()).then(|| secret.trim())
}

fn shown(headers: &HeaderMap) -> Shown {
    if let Some(secret) = authorization(headers, "Bearer") {
        return Shown::Token(secret.to_owned());
    }
    if let Some(secret) = authorization(headers, "Device") {
        return Shown::DeviceHeader(secret.to_owned());
    }
    if let Some(secret) = cookie(headers, SESSION_COOKIE) {
        return Shown::Session(secret);
    }
    cookie(headers, DEVICE_COOKIE).map_or(Shown::Nothing, |_| Shown::DeviceCookie)
}

pub(crate) fn unknown_token() -> ApiError {
    ApiError::refused(Problem::new(
        "unknown_token",
        Words::new("接口令牌无效或已停用", "The token is not valid or was locked"),
        Words::new("请联系管理员重新生成", "Ask your administrator for another"),
    ))
}

pub(crate) fn unknown_device() -> ApiError {
    ApiError::refused(Problem::new(
        "unknown_device",
        Words::new("本设备没有登记过", "This device is not known"),
        Words::new(
            "请先报备一次，或用社区发的绑定码",
            "Declare once, or use the code from your community",
        ),
    ))
}

/// What an account may do, read off the snapshot; `None` when its role is in no pack any more.
pub fn staff_of(reader: &Reader<'_>, login: Login, channel: &'static str, csrf: String) -> Option<Staff> {
    let snapshot = &reader.snapshot;
    let role = snapshot.model.roles.get(&login.role)?.clone();
    let is_in_post = snapshot.holds_role(&role, login.holder(), reader.now);
    let role = if is_in_post { role } else { role.without_rights() };
    let org = login.org.and_then(|id| snapshot.orgs.get(id));
    let oversees = role.admin || role.auditor;
    let region = org.map_or_else(|| snapshot.city.clone(), |org| org.region.clone());
    let sight = match (role.scope, login.org) {
        _ if !is_in_post => Sight::Nothing,
        (Scope::Region, Some(_)) => Sight::Region(region.clone()),
        (Scope::Sector, Some(id)) => {
            let sectors = org.map(sectors_of).unwrap_or_default();
            if sectors.is_empty() {
                // An authority of no sector oversees nobody beside itself.
                Sight::Org(id)
            } else {
                let region = region.clone();
                Sight::Sector {
                    org: id,
                    sectors,
                    region,
                }
            }
        }
        (Scope::Organisation | Scope::Own, Some(id)) => Sight::Org(id),
        (_, None) if oversees => Sight::Region(region.clone()),
        (_, None) => Sight::Nothing,
    };
    let author = Author {
        login: Some(login.id),
        device: None,
        owner: None,
        role: login.role.clone(),
        org: login.org,
        channel,
    };
    Some(Staff {
        login,
        role,
        is_in_post,
        author,
        sight,
        region,
        csrf,
    })
}

async fn staff_by_secret(state: &AppState, kind: &'static str, secret: String) -> Result<Option<Staff>, ApiError> {
    let (channel, csrf) = if kind == "token" {
        ("api", String::new())
    } else {
        ("web", csrf::token_of(&secret))
    };
    let found = read(state, move |reader| {
        let now = reader.now;
        let login = accounts::by_secret(reader.connection(), kind, &secret, now)?;
        Ok(login.and_then(|login| staff_of(reader, login, channel, csrf)))
    })
    .await?;
    if let Some(staff) = &found {
        state.limits.account(staff.login.id)?;
    }
    Ok(found)
}

/// The device behind a secret, as an author.
///
/// # Errors
/// The database.
pub(crate) fn resident_of(
    reader: &mut Reader<'_>,
    secret: &str,
    csrf: String,
) -> Result<Option<Resident>, LedgerError> {
    let device = reader.device(secret)?;
    Ok(device.map(|device| {
        let author = Author {
            login: None,
            device: Some(device.id),
            owner: device.owner,
            role: "resident".to_owned(),
            org: None,
            channel: "web",
        };
        Resident { device, author, csrf }
    }))
}

async fn resident_by_secret(state: &AppState, secret: String, csrf: String) -> Result<Option<Resident>, ApiError> {
    let found = read(state, move |reader| resident_of(reader, &secret, csrf)).await?;
    if let Some(resident) = &found {
        state.limits.device(resident.device.id)?;
    }
    Ok(found)
}

async fn caller(parts: &Parts, state: &AppState) -> Result<Caller, ApiError> {
    match shown(&parts.headers) {
        Shown::Token(secret) => {
            let staff = staff_by_secret(state, "token", secret)
                .await?
                .ok_or_else(unknown_token)?;
            Ok(Caller::Staff(Box::new(staff)))
        }
        Shown::Session(secret) => Ok(match staff_by_secret(state, "session", secret).await? {
            Some(staff) => Caller::Staff(Box::new(staff)),
            // A session that has ended is nobody; the device of the same browser may still be somebody.
            None => device_of_cookie(parts, state).await?,
        }),
        Shown::DeviceHeader(secret) => {
            let resident = resident_by_secret(state, secret, String::new()).await?;
            Ok(Caller::Resident(Box::new(resident.ok_or_else(unknown_device)?)))
        }
        Shown::DeviceCookie => device_of_cookie(parts, state).await,
        Shown::Nothing => Ok(Caller::Public),
    }
}

async fn device_of_cookie(parts: &Parts, state: &AppState) -> Result<Caller, ApiError> {
    let Some(secret) = cookie(&parts.headers, DEVICE_COOKIE) else {
        return Ok(Caller::Public);
    };
    let csrf = csrf::token_of(&secret);
    let resident = resident_by_secret(state, secret, csrf).await?;
    Ok(resident.map_or(Caller::Public, |resident| Caller::Resident(Box::new(resident))))
}

impl<S> FromRequestParts<S> for Caller
where
    AppState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Caller, ApiError> {
        caller(parts, &AppState::from_ref(state)).await
    }
}

impl<S> FromRequestParts<S> for Staff
where
    AppState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Staff, ApiError> {
        match caller(parts, &AppState::from_ref(state)).await? {
            Caller::Staff(staff) => Ok(*staff),
            Caller::Resident(_) => Err(ApiError::no_right(Words::new("仅限工作人员", "For staff only"))),
            Caller::Public => Err(ApiError::sign_in_needed()),
        }
    }
}

impl<S> FromRequestParts<S> for Resident
where
    AppState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Resident, ApiError> {
        let state = AppState::from_ref(state);
        let (secret, csrf) = match authorization(&parts.headers, "Device") {
            Some(secret) => (secret.to_owned(), String::new()),
            None => {
                let secret = cookie(&parts.headers, DEVICE_COOKIE).ok_or_else(unknown_device)?;
                let csrf = csrf::token_of(&secret);
                (secret, csrf)
            }
        };
        resident_by_secret(&state, secret, csrf)
            .await?
            .ok_or_else(unknown_device)
    }
}

impl<S> FromRequestParts<S> for PageStaff
where
    AppState: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<PageStaff, Response> {
        match caller(parts, &AppState::from_ref(state)).await {
            Ok(Caller::Staff(staff)) => Ok(PageStaff(*staff)),
            Ok(_) => {
                // A form that was sent cannot be sent again by following a link: its page can.
                let here = match (parts.method == Method::GET, parts.uri.path_and_query()) {
                    (true, Some(here)) => here.as_str(),
                    _ => "/today",
                };
                let next: String = form_urlencoded::byte_serialize(here.as_bytes()).collect();
                let lang = locale::current().tag();
                Err(Redirect::to(&format!("/sign-in?next={next}&lang={lang}")).into_response())
            }
            Err(error) => Err(error.into_response()),
        }
    }
}
