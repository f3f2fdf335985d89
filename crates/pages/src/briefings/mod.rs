//! `/briefings`: numbered publications. A draft is read, published, agreed to by somebody else, and stays as it was.

mod document;

pub use document::issue_document;

use crate::Answer;
use crate::download::sent;
use crate::form::Form;
use crate::visit::{Desk, Visit, civil, date, shown};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect};
use axum::routing::get;
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Lang, Words};
use lianfang_ledger::read::{ISSUES, Issue, REVIEWS, Review};
use lianfang_server::{ApiError, AppState, IssueAsked, draft, issue, issues, publish, read};
use lianfang_ui::document::{html, markdown};
use lianfang_ui::views::briefing::{Act, BriefingPage, ReviewLine, render as render_one};
use lianfang_ui::views::briefings::{Briefings, IssueLine, Series, Standing, render};
use lianfang_ui::{dates, paths};
use std::collections::BTreeMap;

/// Issues of one page.
const ISSUES_A_PAGE: usize = 60;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::BRIEFINGS, get(list).post(send))
        .route("/briefings/draft", get(show_draft))
        .route("/briefings/{id}", get(show))
}

async fn list(State(state): State<AppState>, visit: Visit, RawQuery(query): RawQuery) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let snapshot = state.ledger.snapshot();
    let before = query.given("before").and_then(|id| id.parse::<EntryId>().ok());
    let found = issues(&state, &visit.caller, None).await?;
    let mut of_then: Vec<&Issue> = found
        .iter()
        .filter(|issue| visit.as_of.is_none_or(|as_of| issue.published_at <= as_of))
        .skip_while(|issue| before.is_some_and(|before| issue.id.0 >= before.0))
        .take(ISSUES_A_PAGE + 1)
        .collect();
    let older = (of_then.len() > ISSUES_A_PAGE)
        .then(|| of_then.pop())
        .flatten()
        .is_some();
    let older = older.then(|| {
        of_then
            .last()
            .map(|last| format!("{}?before={}", paths::BRIEFINGS, last.id))
    });
    let publishes = visit.staff().is_some_and(|staff| staff.writes(ISSUES));
    let series = snapshot
        .model
        .briefings
        .values()
        .filter(|_| publishes)
        .map(|briefing| Series {
            id: briefing.id.clone(),
            title: briefing.title.get(visit.lang).to_owned(),
            as_of: briefing.as_of.to_string(),
        });
    let view = Briefings {
        series: series.collect(),
        issues: of_then.into_iter().map(|issue| line(&state, &visit, issue)).collect(),
        older: older.flatten(),
    };
    Ok(shown(render(&view, &visit.ctx(&state))))
}

fn line(state: &AppState, visit: &Visit, issue: &Issue) -> IssueLine {
    let snapshot = state.ledger.snapshot();
    let content = &issue.content;
    let briefing = snapshot.model.briefings.get(&content.briefing);
    IssueLine {
        id: issue.id.to_string(),
        title: content.title.get(visit.lang).to_owned(),
        number: issue.number,
        place: crate::region_steps::name(&snapshot.regions, visit.lang, &content.region),
        day: date(content.day),
        published: Some(civil(&snapshot.zone, issue.published_at)),
        standing: issue.reviews.last().map_or(Standing::Unread, standing),
        is_public: briefing.is_some_and(|briefing| briefing.is_public),
        is_broken: !issue.intact,
    }
}

fn standing(review: &Review) -> Standing {
    match review.verdict.as_str() {
        "agree" => Standing::Agreed,
        _ => Standing::Returned,
    }
}

async fn show(State(state): State<AppState>, visit: Visit, Path(id): Path<String>) -> Answer {
    let (id, format) = match id.rsplit_once('.') {
        Some((id, format)) => (id, Some(format)),
        None => (id.as_str(), None),
    };
    let unknown = || ApiError::not_found(Words::new("没有这一期", "There is no such issue"));
    let found = issue(&state, &visit.caller, id.parse().map_err(|_| unknown())?).await?;
    let (lang, wanted) = (visit.lang, found.clone());
    let (document, orgs) = read(&state, move |reader| {
        let document = issue_document(reader, &wanted.content, Some(&wanted), lang)?;
        let orgs: Vec<SubjectId> = wanted.reviews.iter().filter_map(|review| review.org).collect();
        let names = reader.labels(&orgs, lang)?;
        let names: BTreeMap<SubjectId, String> = names.into_iter().map(|(id, label)| (id, label.name)).collect();
        Ok((document, names))
    })
    .await?;
    if let Some(format) = format {
        let (kind, text) = match format {
            "md" => ("text/markdown; charset=utf-8", markdown(&document)),
            "html" => ("text/html; charset=utf-8", html(&document, lang)),
            _ => return Err(unknown()),
        };
        let name = format!(
            "{}-{}-{}.{format}",
            found.content.briefing, found.content.region, found.number
        );
        return Ok(sent(kind, &name, text));
    }
    let zone = state.ledger.snapshot().zone.clone();
    let reviewer = visit.staff().is_some_and(|staff| staff.writes(REVIEWS));
    let view = BriefingPage {
        id: Some(found.id.to_string()),
        document,
        reviews: found
            .reviews
            .iter()
            .map(|review| ReviewLine {
                standing: standing(review),
                by: [
                    review.org.and_then(|org| orgs.get(&org).cloned()).unwrap_or_default(),
                    dates::moment(lang, civil(&zone, review.at)),
                ]
                .join(" "),
                note: review.note.clone(),
            })
            .collect(),
        is_broken: !found.intact,
        act: if reviewer {
            Act::Review(format!("{}?subject={}", paths::register_new(REVIEWS), found.subject))
        } else {
            Act::None
        },
    };
    Ok(shown(render_one(&view, &visit.ctx(&state))))
}

/// What a form or an address asks for.
fn asked(form: &Form) -> IssueAsked {
    let given = |name: &str| form.given(name).map(str::to_owned);
    IssueAsked {
        briefing: form.get("briefing").to_owned(),
        region: given("region"),
        day: given("day"),
        as_of: None,
    }
}

async fn show_draft(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    let form = Form::parse(query.unwrap_or_default().as_bytes());
    let asked = asked(&form);
    let made = draft(&state, &desk.staff, &asked).await?;
    let (lang, content): (Lang, _) = (desk.visit.lang, made.content.clone());
    let document = read(&state, move |reader| issue_document(reader, &content, None, lang)).await?;
    let zone = &state.ledger.snapshot().zone;
    let act = match made.opens_at {
        Some(at) => Act::Wait {
            from: dates::moment(lang, civil(zone, at)),
            before: format!(
                "{}&day={}",
                paths::briefing_draft(&made.content.briefing),
                made.content.day.plus(-1)
            ),
        },
        None => {
            let answers = [
                ("briefing", made.content.briefing.clone()),
                ("region", made.content.region.to_string()),
                ("day", made.content.day.to_string()),
            ];
            Act::Publish(answers.map(|(name, value)| (name.to_owned(), value)).to_vec())
        }
    };
    let view = BriefingPage {
        document,
        act,
        ..BriefingPage::default()
    };
    Ok(shown(render_one(&view, &desk.ctx(&state))))
}

async fn send(State(state): State<AppState>, desk: Desk, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    let made = publish(&state, &desk.staff, &asked(&form)).await?;
    Ok(Redirect::to(&paths::briefing(&made.id.to_string())).into_response())
}
