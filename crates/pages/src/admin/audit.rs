//! The audit, for auditors: who did and read what, and why.

use crate::Answer;
use crate::form::Form;
use crate::visit::{Desk, civil, shown};
use axum::extract::{RawQuery, State};
use lianfang_ledger::accounts;
use lianfang_server::{AppState, read};
use lianfang_ui::part::field::{FieldView, Kind};
use lianfang_ui::paths;
use lianfang_ui::text::text;
use lianfang_ui::views::admin::audit::{Audit, Line, render};

/// Lines of a page.
const LINES: usize = 100;

pub(super) async fn show(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    desk.staff.must_audit()?;
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let (kind, before) = (
        query.given("kind").map(str::to_owned),
        query.given("before").map(str::to_owned),
    );
    let asked = kind.clone();
    let (page, logins) = read(&state, move |reader| {
        let page = reader.audit(None, asked.as_deref(), before.as_deref(), LINES)?;
        Ok((page, accounts::list(reader.connection())?))
    })
    .await?;
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let lines = page.items.iter().zip(1..).map(|(item, number)| {
        let login = logins
            .iter()
            .find(|login| Some(login.id) == item.login)
            .map(|login| login.name.as_str());
        let org = item
            .org
            .and_then(|id| snapshot.orgs.get(id))
            .map(|org| org.name.get(lang));
        Line {
            number,
            at: civil(&snapshot.zone, item.at),
            who: [login, org].into_iter().flatten().collect::<Vec<_>>().join(" · "),
            what: item.kind.clone(),
            on: item
                .subject
                .map_or_else(|| item.detail.to_string(), |id| id.to_string()),
            reason: item.reason.clone().unwrap_or_default(),
        }
    });
    let view = Audit {
        asks: vec![FieldView::new("kind", Kind::Text, text(lang, "kind")).value(kind.unwrap_or_default())],
        lines: lines.collect(),
        next: page.next.map(|next| format!("{}?before={next}", paths::admin("audit"))),
        verified: None,
    };
    Ok(shown(render(&view, &desk.ctx(&state))))
}
