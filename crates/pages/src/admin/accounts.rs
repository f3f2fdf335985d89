//! Accounts: locked, unlocked, given another password.

use crate::Answer;
use crate::form::Form;
use crate::visit::{Desk, civil, shown};
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::Words;
use lianfang_kernel::ids::LoginId;
use lianfang_ledger::LoginChange;
use lianfang_ledger::accounts::{self, Login};
use lianfang_server::{ApiError, AppState, read, settle};
use lianfang_ui::paths;
use lianfang_ui::views::admin::users::{User, Users, render};

/// Accounts of one page.
const ACCOUNTS: usize = 500;
/// Characters of a first password: twenty of a URL-safe alphabet.
const PASSWORD: usize = 20;

pub(super) async fn list(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    desk.staff.must_manage()?;
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let view = view(&state, &desk, query.get("q")).await?;
    Ok(shown(render(&view, &desk.ctx(&state))))
}

async fn view(state: &AppState, desk: &Desk, q: &str) -> Result<Users, ApiError> {
    let logins = read(state, |reader| accounts::list(reader.connection())).await?;
    let fits = |login: &&Login| q.is_empty() || login.name.contains(q);
    let total = u64::try_from(logins.iter().filter(fits).count()).unwrap_or(0);
    let users = logins
        .iter()
        .filter(fits)
        .take(ACCOUNTS)
        .map(|login| user(state, desk, login))
        .collect();
    Ok(Users {
        q: q.to_owned(),
        users,
        total,
        next: None,
        reset: None,
    })
}

fn user(state: &AppState, desk: &Desk, login: &Login) -> User {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let role = snapshot
        .model
        .roles
        .get(&login.role)
        .map_or(login.role.as_str(), |role| role.title.get(lang));
    let org = login
        .org
        .and_then(|id| snapshot.orgs.get(id))
        .map(|org| org.name.get(lang));
    User {
        id: login.id.to_string(),
        login: login.name.clone(),
        name: String::new(),
        roles: vec![org.map_or_else(|| role.to_owned(), |org| format!("{org} · {role}"))],
        has_totp: login.has_totp,
        is_locked: login.locked_at.is_some(),
        expires: login.expires_at.map(|at| civil(&snapshot.zone, at).date()),
        last: None,
    }
}

pub(super) async fn act(State(state): State<AppState>, desk: Desk, Path((id, act)): Path<(String, String)>) -> Answer {
    desk.visit.must_be_now()?;
    desk.staff.must_manage()?;
    let unknown = || ApiError::not_found(Words::new("没有这个账号", "There is no such account"));
    let id: LoginId = id.parse().map_err(|_| unknown())?;
    let author = desk.staff.author.clone();
    if act == "reset" {
        let logins = read(&state, |reader| accounts::list(reader.connection())).await?;
        let login = logins.into_iter().find(|login| login.id == id).ok_or_else(unknown)?;
        let password: String = state.ledger.new_secret()?.chars().take(PASSWORD).collect();
        let plain = password.clone();
        let hash = state.hashed(move || accounts::hash_password(&plain)).await?;
        settle(state.ledger.change_login(author, id, LoginChange::Reset(hash))).await?;
        let view = Users {
            reset: Some((login.name, password)),
            ..view(&state, &desk, "").await?
        };
        return Ok(shown(render(&view, &desk.ctx(&state))));
    }
    let change = match act.as_str() {
        "lock" => LoginChange::Lock,
        "unlock" => LoginChange::Unlock,
        _ => return Err(unknown()),
    };
    settle(state.ledger.change_login(author, id, change)).await?;
    Ok(Redirect::to(&paths::admin("users")).into_response())
}
