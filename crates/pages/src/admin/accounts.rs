//! Accounts: locked, unlocked, given another password; added one at a time or from a pasted list.

use super::bulk;
use crate::Answer;
use crate::form::Form;
use crate::visit::{Desk, civil, shown};
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::ids::{LoginId, SubjectId};
use lianfang_kernel::{Day, Instant, Words};
use lianfang_ledger::accounts::{self, Login};
use lianfang_server::{ApiError, AppState, Change, NewUser, change_account, make_users, manages, read};
use lianfang_ui::part::form::{Choice, Problem};
use lianfang_ui::paths;
use lianfang_ui::views::admin::user_add::{self, UserAdd};
use lianfang_ui::views::admin::users::{User, Users, render};

/// Accounts of one page.
const ACCOUNTS: usize = 500;

pub(super) async fn list(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    desk.staff.must_manage()?;
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let view = view(&state, &desk, query.get("q")).await?;
    Ok(shown(render(&view, &desk.ctx(&state))))
}

async fn view(state: &AppState, desk: &Desk, q: &str) -> Result<Users, ApiError> {
    let logins = read(state, |reader| accounts::list(reader.connection())).await?;
    let snapshot = state.ledger.snapshot();
    let fits = |login: &&Login| manages(&snapshot, &desk.staff, login.org) && (q.is_empty() || login.name.contains(q));
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
        roles: vec![org.map_or_else(|| role.to_owned(), |org| format!("{org} · {role}"))],
        has_totp: login.has_totp,
        is_locked: login.locked_at.is_some(),
        // The last day, not the midnight after it.
        expires: login.expires_at.map(|at| civil(&snapshot.zone, at.plus_ms(-1)).date()),
    }
}

pub(super) async fn act(State(state): State<AppState>, desk: Desk, Path((id, act)): Path<(String, String)>) -> Answer {
    desk.visit.must_be_now()?;
    let unknown = || ApiError::not_found(Words::new("没有这个账号", "There is no such account"));
    let id: LoginId = id.parse().map_err(|_| unknown())?;
    let desk = desk.at_path(&paths::admin("users"));
    let change = match act.as_str() {
        "lock" => Change::Lock(true),
        "unlock" => Change::Lock(false),
        "reset" => Change::Reset(true),
        _ => return Err(unknown()),
    };
    let changed = change_account(&state, &desk.staff, id, change).await?;
    let Some(password) = changed.password else {
        return Ok(Redirect::to(&paths::admin("users")).into_response());
    };
    let view = Users {
        reset: Some((changed.name, password)),
        ..view(&state, &desk, "").await?
    };
    Ok(shown(render(&view, &desk.ctx(&state))))
}

pub(super) async fn ask_new(State(state): State<AppState>, desk: Desk) -> Answer {
    desk.staff.must_manage()?;
    let view = blank(&state, &desk, &Form::default(), Vec::new());
    Ok(shown(user_add::render(&view, &desk.ctx(&state))))
}

fn blank(state: &AppState, desk: &Desk, form: &Form, problems: Vec<Problem>) -> UserAdd {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let role = |role: &lianfang_policy::model::Role| Choice::new(role.id.clone(), role.title.get(lang));
    let orgs = snapshot
        .orgs
        .within(&snapshot.regions, &desk.staff.region, state.ledger.now());
    UserAdd {
        login: form.get("login").to_owned(),
        role: form.get("role").to_owned(),
        org: form.get("org").to_owned(),
        person: form.get("person").to_owned(),
        expires: form.get("expires").to_owned(),
        roles: snapshot.model.roles.values().map(role).collect(),
        orgs: orgs
            .into_iter()
            .map(|org| Choice::new(org.id.to_string(), org.name.get(lang)))
            .collect(),
        problems,
    }
}

/// The midnight after a last day; an error says how to write one.
pub(super) fn end_of(state: &AppState, last_day: &str) -> Result<Option<Instant>, Words> {
    if last_day.is_empty() {
        return Ok(None);
    }
    let zone = state.ledger.snapshot().zone.clone();
    let day = Day::parse(last_day).map_err(|_| {
        Words::new("“{d}”不是日期，写成 2027-03-31", "“{d}” is no date; write 2027-03-31").with("d", last_day)
    })?;
    if zone.start_of(day.plus(1)) <= state.ledger.now() {
        return Err(Words::new("有效期已过", "The last day is over"));
    }
    Ok(Some(zone.start_of(day.plus(1))))
}

pub(super) async fn make(State(state): State<AppState>, desk: Desk, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    desk.staff.must_manage()?;
    let lang = desk.visit.lang;
    let again = |problems: Vec<Problem>| {
        let view = blank(&state, &desk, &form, problems);
        let page = user_add::render(&view, &desk.ctx(&state));
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    };
    let expires_at = match end_of(&state, form.get("expires")) {
        Ok(expires_at) => expires_at,
        Err(words) => return again(vec![Problem::at("expires", words.get(lang))]),
    };
    let person = match form.given("person").map(str::parse::<SubjectId>).transpose() {
        Ok(person) => person,
        Err(_) => {
            let words = Words::new("这不是档案编号", "This is no id of a file");
            return again(vec![Problem::at("person", words.get(lang))]);
        }
    };
    let user = NewUser {
        name: form.get("login").to_owned(),
        password: None,
        role: form.get("role").to_owned(),
        org: form.given("org").and_then(|id| id.parse::<SubjectId>().ok()),
        person,
        expires_at,
    };
    match make_users(&state, &desk.staff, vec![user]).await {
        Ok(made) => bulk::told(&state, &desk, made),
        Err(error) if error.status.is_client_error() => again(vec![bulk::problem(&error, lang)]),
        Err(error) => Err(error),
    }
}
