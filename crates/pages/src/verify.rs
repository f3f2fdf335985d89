//! `/verify`: the text of a pass or certificate in, a verdict out.

use crate::form::Form;
use crate::visit::{Visit, civil, date, shown};
use crate::{Answer, region_steps};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use lianfang_kernel::{Lang, RegionId, Words};
use lianfang_pass::{Claims, Reason, verify};
use lianfang_policy::Snapshot;
use lianfang_server::{AppState, read};
use lianfang_ui::part::form::Problem;
use lianfang_ui::views::verify::{Verdict, Verify, render};
use lianfang_ui::{dates, paths, text::text};
use uuid::Uuid;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route(paths::VERIFY, get(show_verify).post(judge))
}

async fn show_verify(State(state): State<AppState>, visit: Visit) -> Answer {
    Ok(shown(render(&Verify::default(), &visit.public(&state))))
}

async fn judge(State(state): State<AppState>, visit: Visit, form: Form) -> Answer {
    let lang = visit.lang;
    let Some(typed) = form.given("text") else {
        let what = Words::new("请输入或粘贴码的内容", "Type or paste the text of the code");
        let problems = vec![Problem::at("text", what.get(lang))];
        return Ok(shown(render(
            &Verify {
                problems,
                ..Verify::default()
            },
            &visit.public(&state),
        )));
    };
    let signer = state.ledger.signer();
    let judged = verify(typed, &signer.trust, state.ledger.now(), None);
    let snapshot = state.ledger.snapshot();
    let mut verdict = Verdict {
        is_accepted: judged.is_accepted(),
        reason: judged.reason.words().get(lang).to_owned(),
        facts: judged
            .claims
            .as_ref()
            .map(|claims| facts(&snapshot, claims, lang))
            .unwrap_or_default(),
    };
    if let (true, Some(claims)) = (verdict.is_accepted, &judged.claims) {
        let id = Uuid::from_bytes(*claims.id());
        let found = read(&state, move |reader| reader.certificate(id)).await?;
        if found.is_some_and(|found| found.revoked_at.is_some()) {
            verdict.is_accepted = false;
            verdict.reason = Reason::Revoked.words().get(lang).to_owned();
        }
    }
    let view = Verify {
        text: typed.to_owned(),
        verdict: Some(verdict),
        problems: Vec::new(),
    };
    Ok(shown(render(&view, &visit.public(&state))))
}

fn facts(snapshot: &Snapshot, claims: &Claims, lang: Lang) -> Vec<(String, String)> {
    let city = (
        text(lang, "region"),
        region_steps::name(&snapshot.regions, lang, &RegionId::new(claims.city())),
    );
    match claims {
        Claims::Pass(pass) => vec![city, (text(lang, "at"), dates::day(lang, date(pass.valid_day)))],
        Claims::Certificate(certificate) => {
            let edition = snapshot.model.editions(&certificate.protocol).last();
            let title = edition.map_or(certificate.protocol.as_str(), |edition| edition.title.get(lang));
            let issued = dates::moment(lang, civil(&snapshot.zone, certificate.issued_at));
            let mut facts = vec![
                city,
                (text(lang, "protocols"), title.to_owned()),
                (text(lang, "at"), issued),
            ];
            if let Some(clause) = &certificate.clause {
                facts.push((text(lang, "clause"), clause.clone()));
            }
            facts
        }
    }
}
