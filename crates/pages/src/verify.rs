//! `/verify`: the text of a pass or certificate in, a verdict out.

use crate::form::Form;
use crate::visit::{Visit, civil, date, shown};
use crate::{Answer, region_steps};
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use lianfang_kernel::{Lang, RegionId, Words};
use lianfang_pass::{Claims, Reason, Standing as Is, Verdict as Judged};
use lianfang_policy::Snapshot;
use lianfang_server::{AppState, read};
use lianfang_ui::part::form::Problem;
use lianfang_ui::views::verify::{Standing, Verdict, Verify, render};
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
    let parts = parts(typed);
    let judged = state.ledger.verify(&parts, state.ledger.now(), None);
    let snapshot = state.ledger.snapshot();
    let mut verdict = Verdict {
        standing: match judged.standing() {
            Is::Valid => Standing::Valid,
            Is::NotValid => Standing::NotValid,
            Is::UnknownIssuer => Standing::UnknownIssuer,
        },
        is_foreign: judged.format.is_some_and(|format| format != "lianfang"),
        reason: judged.reason.words().get(lang).to_owned(),
        facts: judged
            .claims
            .as_ref()
            .map(|claims| facts(&snapshot, claims, lang))
            .unwrap_or_default(),
    };
    if verdict.is_foreign {
        verdict.facts = foreign_facts(&state, &judged, lang);
    }
    if let (true, Some(claims)) = (judged.is_accepted(), &judged.claims) {
        let id = Uuid::from_bytes(*claims.id());
        let found = read(&state, move |reader| reader.certificate(id)).await?;
        if found.is_some_and(|found| found.revoked_at.is_some()) {
            verdict.standing = Standing::NotValid;
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

/// The codes that were typed: a card that was drawn in several has one a line.
fn parts(typed: &str) -> Vec<&str> {
    if typed.starts_with("shc:/") {
        typed.lines().map(str::trim).filter(|line| !line.is_empty()).collect()
    } else {
        vec![typed]
    }
}

/// What another issuer's certificate says that a person compares, and how old the lists are by which it was judged.
fn foreign_facts(state: &AppState, judged: &Judged, lang: Lang) -> Vec<(String, String)> {
    let zone = state.ledger.snapshot().zone.clone();
    let moment = |at| dates::moment(lang, civil(&zone, at));
    let kind = match judged.format {
        Some("hcert") => "EU DCC".to_owned(),
        Some("nzcp") => text(lang, "verify-kind-nzcp"),
        _ => "SMART Health Card".to_owned(),
    };
    let mut facts = vec![(text(lang, "verify-kind"), kind)];
    if let Some(claims) = &judged.foreign {
        facts.push((text(lang, "verify-issuer"), claims.issuer.clone()));
        facts.push((text(lang, "verify-name"), claims.name.clone()));
        facts.push((text(lang, "verify-birth"), claims.birth.clone()));
        if let Some(until) = claims.valid_until {
            facts.push((text(lang, "verify-until"), moment(until)));
        }
    }
    let since = state.ledger.trusted().oldest_at();
    let age = since.map_or_else(|| text(lang, "trust-none"), moment);
    facts.push((text(lang, "verify-list-age"), age));
    facts.retain(|(_, fact)| !fact.is_empty());
    facts
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
