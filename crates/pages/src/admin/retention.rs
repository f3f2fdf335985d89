//! Retention: what is past its time, and the run that destroys it.

use crate::Answer;
use crate::visit::{Desk, shown};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::Words;
use lianfang_ledger::Destruction;
use lianfang_server::{ApiError, AppState, settle};
use lianfang_ui::paths;
use lianfang_ui::views::admin::retention::{Due, Retention, render};
use lianfang_ui::views::confirm::{Confirm, render as render_confirm};

async fn dry(state: &AppState, desk: &Desk) -> Result<Destruction, ApiError> {
    desk.staff.must_manage()?;
    settle(state.ledger.run_retention(desk.staff.author.clone(), true)).await
}

pub(super) async fn show(State(state): State<AppState>, desk: Desk) -> Answer {
    let found = dry(&state, &desk).await?;
    let due = found.classes.iter().map(|(class, keys)| Due {
        register: class.clone(),
        retention: class.clone(),
        entries: *keys,
        subjects: found.subjects,
    });
    let view = Retention {
        due: due.collect(),
        runs: Vec::new(),
    };
    Ok(shown(render(&view, &desk.ctx(&state))))
}

pub(super) async fn ask(State(state): State<AppState>, desk: Desk) -> Answer {
    let found = dry(&state, &desk).await?;
    let lang = desk.visit.lang;
    let words = |zh: &str, en: &str| {
        Words::new(zh, en)
            .with("n", found.destroyed)
            .with("p", found.subjects)
            .get(lang)
            .to_owned()
    };
    let view = Confirm {
        question: words(
            "销毁{n}份到期信息，涉及{p}人？",
            "Destroy {n} keys past their time, of {p} people?",
        ),
        effects: vec![words(
            "销毁后不能恢复；数字保留。",
            "It cannot be undone; the figures stay.",
        )],
        verb: words("销毁{n}份", "Destroy {n}"),
        action: paths::admin("retention/run"),
        back: paths::admin("retention"),
        ..Confirm::default()
    };
    Ok(shown(render_confirm(&view, &desk.ctx(&state))))
}

pub(super) async fn run(State(state): State<AppState>, desk: Desk) -> Answer {
    desk.visit.must_be_now()?;
    desk.staff.must_manage()?;
    settle(state.ledger.run_retention(desk.staff.author.clone(), false)).await?;
    Ok(Redirect::to(&paths::admin("retention")).into_response())
}
