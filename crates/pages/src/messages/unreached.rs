//! Whom no message and no call has reached in the reader's area, and what the next call comes to.

use crate::form::Form;
use crate::visit::{Desk, civil, shown};
use crate::{Answer, region_steps, tray};
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Instant, Lang, RegionId, Words};
use lianfang_ledger::LedgerError;
use lianfang_ledger::read::{CALLS, CallsTo, NOT_REACHED, Reader, Undelivered};
use lianfang_ledger::wire::{NewEntry, SubjectIn};
use lianfang_server::outbox::untold;
use lianfang_server::{ApiError, AppState, Staff, append_one, read, trace};
use lianfang_ui::paths;
use lianfang_ui::text::{text, text_with};
use lianfang_ui::views::messages::unreached::{Area, Row, Unreached, Untold, render};
use std::collections::{BTreeMap, HashMap};

/// How far back the list looks, in milliseconds.
const SINCE_MS: i64 = 7 * 24 * 3_600_000;
/// The register of answers by text message.
const REPLIES: &str = "message_reply";
/// What the register of calls says of who answered.
const REACHED: &str = "reached";

/// Somebody to be called, and why.
#[derive(Debug)]
struct Why {
    region: RegionId,
    why: String,
    at: Instant,
}

pub(super) async fn show(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    desk.staff.must_read(&state.ledger.snapshot().model, CALLS)?;
    let lang = desk.visit.lang;
    let staff = desk.staff.clone();
    let titles: HashMap<String, String> = state
        .config
        .messages
        .iter()
        .flat_map(|messaging| messaging.messages.channels())
        .map(|channel| (channel.id.clone(), channel.title.get(lang).to_owned()))
        .collect();
    let (areas, subjects) = read(&state, move |reader| load(reader, &staff, &titles, lang)).await?;
    trace::list(&state, &desk.staff, "unreached", &subjects)?;
    let waiting = tray::waiting(&state, &desk).await?;
    let is_saved = query.is_some_and(|query| query.contains("saved="));
    let view = Unreached {
        areas,
        untold: untold_here(&state, &desk).await?,
        replies: waiting.iter().filter(|item| item.register == REPLIES).count(),
        can_call: desk.staff.writes(CALLS),
        message: is_saved.then(|| text(lang, "unreached-saved")),
    };
    Ok(shown(render(&view, &desk.ctx(&state))))
}

/// Organisations in the reader's region that must act at once and could not be told.
async fn untold_here(state: &AppState, desk: &Desk) -> Result<Vec<Untold>, ApiError> {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let name = |id: SubjectId| snapshot.orgs.get(id).map(|org| org.name.get(lang).to_owned());
    let is_here = |id: SubjectId| {
        let org = snapshot.orgs.get(id);
        org.is_some_and(|org| snapshot.regions.within(&org.region, &desk.staff.region))
    };
    let found = untold(state).await?.into_iter().filter(|untold| is_here(untold.org));
    let row = |untold: lianfang_server::outbox::Untold| Untold {
        org: name(untold.org).unwrap_or_default(),
        instead: untold.instead.and_then(name),
        since: civil(&snapshot.zone, untold.since),
    };
    Ok(found.map(row).collect())
}

fn load(
    reader: &mut Reader<'_>,
    staff: &Staff,
    titles: &HashMap<String, String>,
    lang: Lang,
) -> Result<(Vec<Area>, Vec<SubjectId>), LedgerError> {
    let since = reader.now.plus_ms(-SINCE_MS);
    let calls = reader.calls_since(&staff.sight, since)?;
    let undelivered = reader.undelivered(&staff.sight, since)?;
    let people = unreached(calls, undelivered, titles, lang);
    let subjects: Vec<SubjectId> = people.keys().copied().collect();
    let labels = reader.labels(&subjects, lang)?;
    let snapshot = reader.snapshot.clone();
    let mut areas: BTreeMap<RegionId, Vec<(Instant, Row)>> = BTreeMap::new();
    for (id, found) in people {
        let row = Row {
            subject: id.to_string(),
            who: labels.get(&id).map(|label| label.name.clone()).unwrap_or_default(),
            why: found.why,
            at: civil(&snapshot.zone, found.at),
        };
        areas.entry(found.region).or_default().push((found.at, row));
    }
    let areas = areas.into_iter().map(|(region, mut rows)| {
        rows.sort_by_key(|(at, _)| *at);
        Area {
            name: region_steps::name(&snapshot.regions, lang, &region),
            rows: rows.into_iter().map(|(_, row)| row).collect(),
        }
    });
    Ok((areas.collect(), subjects))
}

/// Who was told in vain and not reached by a call since, and who did not answer the last call.
fn unreached(
    calls: HashMap<SubjectId, CallsTo>,
    undelivered: Vec<Undelivered>,
    titles: &HashMap<String, String>,
    lang: Lang,
) -> BTreeMap<SubjectId, Why> {
    let mut people = BTreeMap::new();
    for found in undelivered {
        let reached = calls.get(&found.person).and_then(|calls| calls.reached_at);
        if reached.is_some_and(|reached| reached >= found.at) {
            continue;
        }
        let channel = titles.get(&found.channel).unwrap_or(&found.channel);
        let problem = text(lang, &format!("unreached-{}", code(&found.problem)));
        let words = [("channel", channel.as_str().into()), ("problem", problem.into())];
        let why = Why {
            region: found.region,
            why: text_with(lang, "unreached-message", &words),
            at: found.at,
        };
        people.insert(found.person, why);
    }
    for (person, calls) in calls.into_iter().filter(|(_, calls)| calls.in_vain > 0) {
        let said = text_with(lang, "unreached-calls", &[("n", calls.in_vain.into())]);
        let why = people.entry(person).or_insert_with(|| Why {
            region: calls.region.clone(),
            why: String::new(),
            at: calls.last_at,
        });
        why.why = if why.why.is_empty() {
            said
        } else {
            format!("{} · {said}", why.why)
        };
        why.at = why.at.min(calls.last_at);
    }
    people
}

/// What the store calls it, as one of the words there are.
fn code(problem: &str) -> &str {
    match problem {
        "no_address" | "bad_address" | "broke_off" | "certificate" => problem,
        // A gateway's own code says nothing to who has to call.
        other if other.starts_with('4') || other.starts_with('5') => "refused",
        _ => "given_up",
    }
}

/// Enters what a call came to, as an ordinary entry.
pub(super) async fn called(State(state): State<AppState>, desk: Desk, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    let outcome = form.get("outcome");
    let subject: Option<SubjectId> = form.get("subject").parse().ok();
    let (Some(subject), true) = (subject, [REACHED, NOT_REACHED].contains(&outcome)) else {
        let what = Words::new(
            "没有说明是谁、结果如何",
            "Whom it is about, or what it came to, is missing",
        );
        return Err(ApiError::bad_field(
            "outcome",
            what,
            Words::new("请返回名单重选", "Go back to the list"),
        ));
    };
    let entry = NewEntry {
        subject: Some(SubjectIn::Id(subject)),
        body: [("outcome".to_owned(), outcome.into())].into_iter().collect(),
        ..NewEntry::new(state.ledger.new_id(), CALLS)
    };
    let result = append_one(&state, desk.staff.author.clone(), entry).await?;
    match result.problems.into_iter().next() {
        Some(problem) if matches!(result.status, lianfang_ledger::wire::Status::Refused) => {
            Err(ApiError::refused(problem))
        }
        _ => Ok(Redirect::to(&format!("{}?saved=1", paths::UNREACHED)).into_response()),
    }
}
