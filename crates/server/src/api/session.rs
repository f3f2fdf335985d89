//! Signing in and out.

use crate::asked::Body;
use crate::caller::Staff;
use crate::cookies::{SESSION_COOKIE, cookie, set_cookie};
use crate::csrf;
use crate::problem::ApiError;
use crate::state::{AppState, settle};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use lianfang_kernel::Problem;
use lianfang_ledger::SignIn;
use lianfang_ledger::accounts::{Login, SESSION_MS, SignInRefusal, refusal_words};
use serde::Deserialize;
use serde_json::json;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/session", get(show).post(begin).delete(end))
}

/// What one signs in with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The account's name.
    pub login: String,
    /// Its password.
    pub password: String,
    /// The code of the second factor.
    #[serde(default)]
    pub totp: Option<String>,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// A session that has begun.
#[derive(Debug)]
pub struct Session {
    /// Whose.
    pub login: Login,
    /// Its secret, for the cookie.
    pub secret: String,
    /// What its forms carry.
    pub csrf: String,
}

impl Session {
    /// The cookie that keeps it.
    pub fn cookie(&self, state: &AppState) -> axum::http::HeaderValue {
        set_cookie(SESSION_COOKIE, &self.secret, SESSION_MS / 1000, state.config.tls)
    }
}

/// Signs somebody in.
///
/// # Errors
/// 401 for a wrong name, password or code; 403 for a closed account; 429 after many failures.
pub async fn sign_in(state: &AppState, credentials: Credentials) -> Result<Session, ApiError> {
    state.limits.sign_in(&credentials.login)?;
    let ledger = state.ledger.clone();
    let judged = state
        .hashed(move || {
            let totp = credentials.totp.as_deref();
            ledger.judge_sign_in(credentials.login.trim(), &credentials.password, totp)
        })
        .await?;
    match judged {
        Ok(login) => {
            let secret = state.ledger.new_secret()?;
            let begins = SignIn::Begins {
                login: login.id,
                secret: secret.clone(),
            };
            settle(state.ledger.sign_in(begins)).await?;
            let csrf = csrf::token_of(&secret);
            Ok(Session { login, secret, csrf })
        }
        Err((refusal, login)) => {
            // Asking for the second factor is no failure, and waiting adds none.
            if matches!(refusal, SignInRefusal::Wrong | SignInRefusal::Closed) {
                settle(state.ledger.sign_in(SignIn::Failed { login })).await?;
            }
            Err(refused(refusal))
        }
    }
}

fn refused(refusal: SignInRefusal) -> ApiError {
    let code = match refusal {
        SignInRefusal::Wrong => "wrong_password",
        SignInRefusal::Waiting => "sign_in_waits",
        SignInRefusal::Closed => "account_closed",
        SignInRefusal::NeedsTotp => "needs_totp",
    };
    let (what, hint) = refusal_words(refusal);
    let mut error = ApiError::refused(Problem::new(code, what, hint));
    if refusal == SignInRefusal::Waiting {
        error.retry_after_s = Some(15 * 60);
    }
    error
}

/// Signs a session out and answers the cookie that ends it.
///
/// # Errors
/// The queue is full.
pub async fn sign_out(state: &AppState, headers: &HeaderMap) -> Result<axum::http::HeaderValue, ApiError> {
    if let Some(secret) = cookie(headers, SESSION_COOKIE) {
        settle(state.ledger.sign_out(&secret)).await?;
    }
    Ok(set_cookie(SESSION_COOKIE, "", 0, state.config.tls))
}

async fn begin(State(state): State<AppState>, Body(credentials): Body<Credentials>) -> Result<Response, ApiError> {
    let session = sign_in(&state, credentials).await?;
    let cookie = session.cookie(&state);
    let login = &session.login;
    let body = json!({ "login": login.name, "role": login.role, "org": login.org, "csrf": session.csrf });
    Ok(([(header::SET_COOKIE, cookie)], Json(body)).into_response())
}

async fn show(staff: Staff) -> Json<serde_json::Value> {
    Json(json!({
        "login": staff.login.name,
        "role": staff.role.id,
        "in_post": staff.is_in_post,
        "org": staff.login.org,
        "region": staff.region,
        "csrf": staff.csrf,
        "expires_at": staff.login.expires_at,
    }))
}

async fn end(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, ApiError> {
    let cookie = sign_out(&state, &headers).await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}
