//! `/sign-in`, `/sign-out`, `/act-as`.

use crate::Answer;
use crate::form::Form;
use crate::visit::{Visit, shown};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use lianfang_kernel::Lang;
use lianfang_server::{ApiError, AppState, Credentials, read};
use lianfang_ui::part::form::Problem;
use lianfang_ui::paths;
use lianfang_ui::views::sign_in::{DemoLogin, SignIn, render};
use serde_json::Value;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::SIGN_IN, get(show_sign_in).post(sign_in))
        .route(paths::SIGN_OUT, post(sign_out))
        .route(paths::ACT_AS, post(act_as))
}

/// Only addresses of our own are gone to.
fn own_address(next: &str) -> &str {
    let is_own = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\n', '\r']);
    if is_own { next } else { paths::TODAY }
}

async fn show_sign_in(State(state): State<AppState>, visit: Visit, RawQuery(query): RawQuery) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    if visit.staff().is_some() {
        return Ok(Redirect::to(own_address(query.get("next"))).into_response());
    }
    let view = SignIn {
        next: query.get("next").to_owned(),
        demo_logins: demo_logins(&state, visit.lang).await?,
        ..SignIn::default()
    };
    Ok(shown(render(&view, &visit.public(&state))))
}

async fn sign_in(State(state): State<AppState>, visit: Visit, form: Form) -> Answer {
    let login = form.get("login").to_owned();
    let credentials = Credentials {
        login: login.clone(),
        password: form.get("password").to_owned(),
        totp: form.given("totp").map(str::to_owned),
    };
    let error = match lianfang_server::sign_in(&state, credentials).await {
        Ok(session) => {
            let onward = Redirect::to(own_address(form.get("next")));
            return Ok(([(SET_COOKIE, session.cookie(&state))], onward).into_response());
        }
        Err(error) => error,
    };
    let needs_totp = error.problem.code == "needs_totp";
    let (what, hint) = (error.problem.what.get(visit.lang), error.problem.hint.get(visit.lang));
    let view = SignIn {
        login,
        next: form.get("next").to_owned(),
        asks_totp: needs_totp || form.has("totp"),
        problems: vec![Problem::at(
            if needs_totp { "totp" } else { "password" },
            format!("{what} · {hint}"),
        )],
        demo_logins: demo_logins(&state, visit.lang).await?,
    };
    Ok((error.status, render(&view, &visit.public(&state))).into_response())
}

/// Registers in use that make a role one to look at, however many more it writes.
const MANY: usize = 3;

/// Logins that a demonstration prints: invented people, known to everybody. Any other installation has none.
async fn demo_logins(state: &AppState, lang: Lang) -> Result<Vec<DemoLogin>, ApiError> {
    if !state.config.demonstration && state.config.test_clock.is_none() {
        return Ok(Vec::new());
    }
    let ledger = state.ledger.clone();
    let (kept, used) = read(state, move |reader| {
        Ok((ledger.meta("logins")?, reader.registers_in_use()?))
    })
    .await?;
    let kept = kept.unwrap_or_default();
    let accounts: Vec<Value> = serde_json::from_str(&kept).unwrap_or_default();
    let model = state.ledger.snapshot().model.clone();
    let text = |account: &Value, name: &str| account.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let login = |account: &Value| {
        let role = text(account, "role");
        DemoLogin {
            role: model
                .roles
                .get(&role)
                .map_or(role.clone(), |known| known.title.get(lang).to_owned()),
            has_work: model.roles.get(&role).is_some_and(|known| {
                let of_these = known.write.iter().filter(|register| used.contains(*register)).count();
                of_these >= MANY || of_these * 2 >= known.write.len()
            }),
            login: text(account, "login"),
            password: text(account, "password"),
        }
    };
    Ok(accounts.iter().map(login).collect())
}

async fn sign_out(State(state): State<AppState>, headers: HeaderMap) -> Answer {
    let ended = lianfang_server::sign_out(&state, &headers).await?;
    Ok(([(SET_COOKIE, ended)], Redirect::to(paths::HOME)).into_response())
}

/// An account acts in one role for one organisation; there is nothing to switch to but itself.
async fn act_as(visit: Visit) -> Answer {
    let onward = if visit.staff().is_some() {
        paths::TODAY
    } else {
        paths::SIGN_IN
    };
    Ok(Redirect::to(onward).into_response())
}

#[cfg(test)]
mod tests {
    use super::own_address;

    #[test]
    fn only_own_addresses_are_gone_to() {
        assert_eq!(own_address("/registers/arrival?x=1"), "/registers/arrival?x=1");
        for other in ["https://other.example", "//other.example", "/\\other.example", ""] {
            assert_eq!(own_address(other), "/today", "{other}");
        }
    }
}
