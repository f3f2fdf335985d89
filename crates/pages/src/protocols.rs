//! `/protocols`: what is asked of whom, read like the notice it came from.

use crate::protocol_words::{days, desk, escalation, timing};
use crate::visit::{Visit, civil, date, shown};
use crate::{Answer, field_text, region_steps};
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Instant, Lang, SubjectKind, Words};
use lianfang_ledger::read::Sight;
use lianfang_policy::Snapshot;
use lianfang_policy::model::{EnrolSource, Protocol, Release, Task};
use lianfang_server::{ApiError, AppState, read};
use lianfang_ui::views::protocol::{Asked, Preview, ProtocolPage, render as render_one};
use lianfang_ui::views::protocols::{ProtocolLink, Protocols, render};
use lianfang_ui::{dates, paths};
use std::sync::Arc;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::PROTOCOLS, get(list))
        .route("/protocols/{id}", get(show))
}

async fn list(State(state): State<AppState>, visit: Visit) -> Answer {
    let (snapshot, lang) = (state.ledger.snapshot(), visit.lang);
    let items = snapshot.model.protocols.iter().map(|protocol| ProtocolLink {
        id: protocol.id.clone(),
        title: protocol.title.get(lang).to_owned(),
        clause: protocol.clause.clone().unwrap_or_default(),
        in_force: in_force(&snapshot, protocol, lang),
        restricts: protocol.restricts,
        enrolled: None,
    });
    let view = Protocols {
        items: items.collect(),
        can_change: visit.staff().is_some_and(|staff| staff.must_see_policy().is_ok()),
    };
    Ok(shown(render(&view, &visit.ctx(&state))))
}

/// Whom a protocol is for.
pub(crate) fn applies_to(snapshot: &Snapshot, source: &EnrolSource, lang: Lang) -> String {
    let title = |id: &str| field_text::register_title(snapshot, lang, id);
    let titles = |on: &[String]| {
        let titles: Vec<String> = on.iter().map(|id| title(id)).collect();
        titles.join(field_text::comma(lang))
    };
    match source {
        EnrolSource::On(on) => titles(on),
        EnrolSource::Set(set) => type_title(snapshot, &set.of, lang),
        EnrolSource::Campaign(campaign) => {
            format!(
                "{} → {}",
                titles(&campaign.on),
                type_title(snapshot, &campaign.set.of, lang)
            )
        }
        EnrolSource::Enrolled(set) => {
            let title = |id: &String| {
                let edition = snapshot.model.editions(id).last();
                edition
                    .map_or(id.as_str(), |edition| edition.title.get(lang))
                    .to_owned()
            };
            let titles: Vec<String> = set.protocols.iter().map(title).collect();
            Words::new("{p}的对象", "Whoever is under {p}")
                .with("p", titles.join(field_text::comma(lang)))
                .get(lang)
                .to_owned()
        }
        EnrolSource::Started => Words::new("由其他方案启动", "Started by another protocol")
            .get(lang)
            .to_owned(),
    }
}

async fn show(State(state): State<AppState>, visit: Visit, Path(id): Path<String>) -> Answer {
    let (snapshot, lang) = (state.ledger.snapshot(), visit.lang);
    let editions: Vec<Arc<Protocol>> = snapshot.model.editions(&id).cloned().collect();
    let found = editions
        .last()
        .ok_or_else(|| ApiError::not_found(Words::new("没有这个方案", "There is no such protocol")))?;
    let applies_to = applies_to(&snapshot, &found.enrol.source, lang);
    let release = found
        .releases
        .iter()
        .map(|release| release_words(&snapshot, release, lang));
    let view = ProtocolPage {
        id: found.id.clone(),
        title: found.title.get(lang).to_owned(),
        version: found.version,
        clause: found.clause.clone().unwrap_or_default(),
        in_force: in_force(&snapshot, found, lang),
        restricts: found.restricts,
        applies_to: [
            found.help.as_ref().map(|help| help.get(lang).to_owned()),
            Some(applies_to),
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · "),
        how_long: how_long(found, lang),
        asked: found.tasks.iter().map(|task| asked(&snapshot, task, lang)).collect(),
        release: release.collect(),
        escalate: found
            .escalations
            .iter()
            .map(|one| escalation(&snapshot, found, one, lang))
            .collect(),
        appeal: appeal(&snapshot, found, state.ledger.now(), lang),
        preview: preview(&state, &visit, found).await?,
        versions: editions
            .iter()
            .map(|edition| {
                (
                    format!("v{} {}", edition.version, in_force(&snapshot, edition, lang)),
                    paths::protocol(&id),
                )
            })
            .collect(),
    };
    Ok(shown(render_one(&view, &visit.ctx(&state))))
}

/// How somebody leaves it: the outcome, what must be there, and who signs.
pub(crate) fn release_words(snapshot: &Snapshot, release: &Release, lang: Lang) -> String {
    let parts: Vec<&str> = release.parts.iter().map(|part| part.missing.get(lang)).collect();
    let by = release
        .on
        .as_deref()
        .map(|id| field_text::register_title(snapshot, lang, id));
    [
        release.outcome.clone(),
        parts.join(field_text::semicolon(lang)),
        by.unwrap_or_default(),
    ]
    .into_iter()
    .filter(|part| !part.is_empty())
    .collect::<Vec<_>>()
    .join(" · ")
}

/// How somebody whom the protocol restricts may object, as the city has set it.
fn appeal(snapshot: &Snapshot, protocol: &Protocol, now: Instant, lang: Lang) -> String {
    if !protocol.restricts {
        return String::new();
    }
    let setting = match lang {
        Lang::Zh => "appeal_text",
        Lang::En => "appeal_text_en",
    };
    let area = protocol.area.as_ref().unwrap_or(&snapshot.city);
    let text = snapshot.setting(setting, area, now);
    text.and_then(|text| text.as_text().map(str::to_owned))
        .unwrap_or_default()
}

/// What it weighs in the reader's area now; nothing for outsiders and for the past, whose lists are not kept.
async fn preview(state: &AppState, visit: &Visit, protocol: &Protocol) -> Result<Option<Preview>, ApiError> {
    let Some(staff) = visit.staff().filter(|_| visit.as_of.is_none()) else {
        return Ok(None);
    };
    if matches!(staff.sight, Sight::Org(_) | Sight::Nothing) {
        return Ok(None);
    }
    let (id, region) = (protocol.id.clone(), staff.region.clone());
    let load = read(state, move |reader| reader.load_of(&id, &region)).await?;
    let (snapshot, lang) = (state.ledger.snapshot(), visit.lang);
    let whole = |n: i64| u64::try_from(n).unwrap_or(0);
    let owner = |id: Option<SubjectId>| {
        let org = id.and_then(|id| snapshot.orgs.get(id));
        let nobody = Words::new("本人或尚无承担单位", "The person, or no desk yet");
        org.map_or_else(|| nobody.get(lang).to_owned(), |org| org.name.get(lang).to_owned())
    };
    Ok(Some(Preview {
        at: civil(&snapshot.zone, state.ledger.now()),
        enrolled: whole(load.enrolled),
        load: load
            .due_today
            .into_iter()
            .map(|(id, n)| (owner(id), whole(n)))
            .collect(),
        released: load
            .ending
            .into_iter()
            .map(|(day, n)| (dates::short_day(lang, date(day)), whole(n)))
            .collect(),
    }))
}

pub(crate) fn in_force(snapshot: &Snapshot, protocol: &Protocol, lang: Lang) -> String {
    let area = protocol.area.as_ref().unwrap_or(&snapshot.city);
    let mut words = region_steps::name(&snapshot.regions, lang, area);
    if let Some(from) = protocol.from {
        words.push_str(&format!(" {} –", dates::day(lang, date(from))));
    }
    if let Some(to) = protocol.to {
        words.push_str(&format!(" {}", dates::day(lang, date(to.plus(-1)))));
    }
    words
}

fn how_long(protocol: &Protocol, lang: Lang) -> String {
    let last = protocol
        .tasks
        .iter()
        .filter_map(|task| task.days.as_ref())
        .map(|days| days.bounds().1)
        .max();
    match last {
        Some(last) => Words::new("从第0天到第{n}天", "From day 0 to day {n}")
            .with("n", last)
            .get(lang)
            .to_owned(),
        None => Words::new("直到满足结束条件", "Until its conditions are met")
            .get(lang)
            .to_owned(),
    }
}

pub(crate) fn asked(snapshot: &Snapshot, task: &Task, lang: Lang) -> Asked {
    Asked {
        what: task.title.get(lang).to_owned(),
        owner: desk(snapshot, task.owner.source(), lang),
        when: [timing(&task.timing, lang), days(task.days.as_ref(), lang)]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(Words::new("，", ", ").get(lang)),
        done_by: field_text::register_title(snapshot, lang, &task.expects),
    }
}

pub(crate) fn type_title(snapshot: &Snapshot, id: &str, lang: Lang) -> String {
    let kinds = &snapshot.model.types;
    match (kinds.get(id), SubjectKind::from_id(id)) {
        (Some(kind), _) => kind.title.get(lang).to_owned(),
        (None, Some(kind)) => kind.words().get(lang).to_owned(),
        (None, None) => id.to_owned(),
    }
}
