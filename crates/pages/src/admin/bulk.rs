//! Many accounts from a pasted list: checked line by line, then made together; first passwords are shown once.

use super::accounts::end_of;
use crate::Answer;
use crate::form::Form;
use crate::visit::{Desk, shown};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Lang, Words};
use lianfang_ledger::accounts;
use lianfang_policy::Snapshot;
use lianfang_server::{ApiError, AppState, MadeUser, NewUser, check_user, make_users, read};
use lianfang_ui::part::form::Problem;
use lianfang_ui::views::admin::users_bulk::{Line, UsersBulk, render};
use std::collections::HashSet;

/// Lines of one list.
const LINES: usize = 500;

pub(super) async fn ask(State(state): State<AppState>, desk: Desk) -> Answer {
    desk.staff.must_manage()?;
    Ok(shown(render(&UsersBulk::default(), &desk.ctx(&state))))
}

pub(super) async fn send(State(state): State<AppState>, desk: Desk, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    desk.staff.must_manage()?;
    let lang = desk.visit.lang;
    let text = form.get("lines").to_owned();
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let refuse = |checked: Vec<Line>, words: Option<Words>| {
        let problems = words.map(|words| Problem::at("lines", words.get(lang)));
        let status = match (&problems, checked.iter().any(|line| line.problem.is_some())) {
            (None, false) => StatusCode::OK,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let view = UsersBulk {
            lines: text.clone(),
            checked,
            is_created: false,
            problems: problems.into_iter().collect(),
        };
        Ok((status, render(&view, &desk.ctx(&state))).into_response())
    };
    if lines.is_empty() {
        return refuse(Vec::new(), Some(Words::new("请粘贴名单", "Paste the list")));
    }
    if lines.len() > LINES {
        let words = Words::new("一次最多{n}行，请分批", "At most {n} lines at once: send them in parts");
        return refuse(Vec::new(), Some(words.with("n", LINES)));
    }
    let logins = read(&state, |reader| accounts::list(reader.connection())).await?;
    let mut taken: HashSet<String> = logins.into_iter().map(|login| login.name).collect();
    let (mut users, mut checked) = (Vec::new(), Vec::new());
    for (line, number) in lines.iter().zip(1..) {
        let cells = cells(line);
        let judged = judge(&state, &desk, &cells, &mut taken);
        let problem = judged.as_ref().err().map(|words| words.get(lang).to_owned());
        users.extend(judged);
        checked.push(Line {
            number,
            cells,
            problem,
            password: None,
        });
    }
    if form.get("act") != "create" || users.len() < checked.len() {
        return refuse(checked, None);
    }
    match make_users(&state, &desk.staff, users).await {
        Ok(made) => told(&state, &desk, made),
        Err(error) if error.status.is_client_error() => refuse(checked, Some(error.problem.what)),
        Err(error) => Err(error),
    }
}

/// Login, role, organisation, last day: separated by tabs as a spreadsheet pastes them, or by commas.
fn cells(line: &str) -> Vec<String> {
    let separators: &[char] = if line.contains('\t') { &['\t'] } else { &[',', '，'] };
    line.split(separators).map(|cell| cell.trim().to_owned()).collect()
}

fn judge(state: &AppState, desk: &Desk, cells: &[String], taken: &mut HashSet<String>) -> Result<NewUser, Words> {
    let snapshot = state.ledger.snapshot();
    let cell = |at: usize| cells.get(at).map(String::as_str).unwrap_or_default();
    if cells.len() > 4 {
        return Err(Words::new(
            "多于四栏：用户名、岗位、单位、有效期",
            "More than four cells: login, role, organisation, last day",
        ));
    }
    let user = NewUser {
        name: cell(0).to_owned(),
        password: None,
        role: role(&snapshot, cell(1)),
        org: org(&snapshot, cell(2))?,
        person: None,
        expires_at: end_of(state, cell(3))?,
    };
    if !taken.insert(user.name.clone()) {
        return Err(Words::new("用户名已存在，请换一个", "This login exists; take another"));
    }
    check_user(&snapshot, &desk.staff, 0, &user).map_err(|error| {
        let problem = error.problem;
        Words::new(
            format!("{}。{}", problem.what.zh, problem.hint.zh),
            format!("{}. {}", problem.what.en, problem.hint.en),
        )
    })?;
    Ok(user)
}

/// A role by its id or by its title in either language.
fn role(snapshot: &Snapshot, name: &str) -> String {
    let named = |role: &&lianfang_policy::model::Role| {
        role.id == name || role.title.zh == name || role.title.en.eq_ignore_ascii_case(name)
    };
    let found = snapshot.model.roles.values().find(named);
    found.map_or_else(|| name.to_owned(), |role| role.id.clone())
}

/// An organisation by its id or its full name, which must be of one only.
fn org(snapshot: &Snapshot, name: &str) -> Result<Option<SubjectId>, Words> {
    if name.is_empty() {
        return Ok(None);
    }
    if let Ok(id) = name.parse::<SubjectId>() {
        return Ok(Some(id));
    }
    let mut found = snapshot
        .orgs
        .iter()
        .filter(|org| org.name.zh == name || org.name.en == name);
    match (found.next(), found.next()) {
        (Some(org), None) => Ok(Some(org.id)),
        (Some(_), Some(_)) => Err(Words::new(
            "有几个同名单位，请填编号",
            "Several have this name: give the id",
        )),
        (None, _) => Err(Words::new("没有这个单位：{n}", "No such organisation: {n}").with("n", name)),
    }
}

/// The accounts that were made, with their first passwords.
pub(super) fn told(state: &AppState, desk: &Desk, made: Vec<MadeUser>) -> Answer {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let line = |(user, number): (MadeUser, u32)| {
        let role = snapshot.model.roles.get(&user.role);
        let org = user.org.and_then(|id| snapshot.orgs.get(id));
        Line {
            number,
            cells: vec![
                user.name,
                role.map_or_else(|| user.role.clone(), |role| role.title.get(lang).to_owned()),
                org.map_or_else(String::new, |org| org.name.get(lang).to_owned()),
            ],
            problem: None,
            password: user.password,
        }
    };
    let view = UsersBulk {
        lines: String::new(),
        checked: made.into_iter().zip(1..).map(line).collect(),
        is_created: true,
        problems: Vec::new(),
    };
    Ok(shown(render(&view, &desk.ctx(state))))
}

/// A refusal at the field of the form that it is about.
pub(super) fn problem(error: &ApiError, lang: Lang) -> Problem {
    let field = error.problem.field.as_deref().unwrap_or_default();
    let at = match field.rsplit('/').next().unwrap_or_default() {
        "role" => "role",
        "org" => "org",
        "person" => "person",
        _ => "login",
    };
    Problem::at(
        at,
        format!("{}。{}", error.problem.what.get(lang), error.problem.hint.get(lang)),
    )
}

#[cfg(test)]
mod tests {
    use super::cells;

    #[test]
    fn lists_are_read_as_typed_and_as_pasted() {
        assert_eq!(cells("a, 网格员，滨河社区"), ["a", "网格员", "滨河社区"]);
        assert_eq!(
            cells("a\tgrid, worker\t\t2027-03-31"),
            ["a", "grid, worker", "", "2027-03-31"]
        );
    }
}
