//! Whom of other issuers the city believes: the lists, the import of one, its removal.

use crate::Answer;
use crate::form::Form;
use crate::upload::upload;
use crate::visit::{Desk, civil, shown};
use axum::extract::{Multipart, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::{Lang, Words};
use lianfang_ledger::TrustList;
use lianfang_server::{AppState, import_trust_list, remove_trust_list, trust_lists};
use lianfang_ui::part::form::Problem;
use lianfang_ui::views::admin::trust::{List, Trust, render};
use lianfang_ui::views::confirm::{Confirm, render as render_confirm};
use lianfang_ui::{paths, text};

const DAY_MS: i64 = 86_400_000;

async fn view(state: &AppState, desk: &Desk) -> Result<Trust, lianfang_server::ApiError> {
    let (lists, lang) = (trust_lists(state, &desk.staff).await?, desk.visit.lang);
    let snapshot = state.ledger.snapshot();
    let now = state.ledger.now();
    let lists = lists.into_iter().map(|(list, by)| List {
        holds: holds(&list, lang),
        unusable: list.unusable.len(),
        at: civil(&snapshot.zone, list.imported_at),
        age_days: (now.0 - list.imported_at.0).max(0) / DAY_MS,
        by: by.unwrap_or_default(),
        name: list.name,
    });
    Ok(Trust {
        lists: lists.collect(),
        can_change: desk.staff.must_manage().is_ok(),
        ..Trust::default()
    })
}

/// What there is of a list, each in words.
fn holds(list: &TrustList, lang: Lang) -> Vec<String> {
    let holds = list.holds;
    [
        ("trust-hcert-signers", holds.hcert_signers),
        ("trust-hcert-revoked", holds.hcert_revoked),
        ("trust-nzcp-keys", holds.nzcp_keys),
        ("trust-shc-issuers", holds.shc_issuers),
        ("trust-shc-keys", holds.shc_keys),
        ("trust-shc-revoked", holds.shc_revoked),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .map(|(key, count)| text::text_with(lang, key, &[("n", count.into())]))
    .collect()
}

pub(super) async fn show(State(state): State<AppState>, desk: Desk) -> Answer {
    Ok(shown(render(&view(&state, &desk).await?, &desk.ctx(&state))))
}

pub(super) async fn import(State(state): State<AppState>, desk: Desk, parts: Multipart) -> Answer {
    desk.visit.must_be_now()?;
    desk.staff.must_manage()?;
    let (sent, lang) = (upload(parts).await?, desk.visit.lang);
    let name = sent.fields.get("name").to_owned();
    let refused = if sent.text().trim().is_empty() {
        let what = Words::new("请选择信任文件", "Choose the trust file");
        Some(Problem::at("file", what.get(lang)))
    } else {
        match import_trust_list(&state, &desk.staff, &name, sent.text()).await {
            Ok(()) => None,
            Err(error) if error.status.is_client_error() => {
                let words = format!("{}。{}", error.problem.what.get(lang), error.problem.hint.get(lang));
                Some(Problem::at(error.problem.field.as_deref().unwrap_or("file"), words))
            }
            Err(error) => return Err(error),
        }
    };
    let Some(problem) = refused else {
        return Ok(Redirect::to(&paths::admin("trust")).into_response());
    };
    let view = Trust {
        name,
        problems: vec![problem],
        ..view(&state, &desk).await?
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, render(&view, &desk.ctx(&state))).into_response())
}

pub(super) async fn ask(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    desk.staff.must_manage()?;
    let name = Form::parse(query.unwrap_or_default().as_bytes()).get("name").to_owned();
    let words = |zh: &str, en: &str| Words::new(zh, en).with("n", &name).get(desk.visit.lang).to_owned();
    let view = Confirm {
        question: words("移除名单“{n}”？", "Remove the list “{n}”?"),
        effects: vec![words(
            "其中的签发方此后显示“签发方不明”；可以再次导入。",
            "Its issuers are unknown from then on; it can be imported again.",
        )],
        verb: words("移除“{n}”", "Remove “{n}”"),
        hidden: vec![("name".to_owned(), name.clone())],
        action: paths::admin("trust/remove"),
        back: paths::admin("trust"),
        ..Confirm::default()
    };
    Ok(shown(render_confirm(&view, &desk.ctx(&state))))
}

pub(super) async fn remove(State(state): State<AppState>, desk: Desk, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    remove_trust_list(&state, &desk.staff, form.get("name")).await?;
    Ok(Redirect::to(&paths::admin("trust")).into_response())
}
