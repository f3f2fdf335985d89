//! `/protocols`: what is asked of whom, read like the notice it came from.

use crate::visit::{Visit, date, shown};
use crate::{Answer, field_text, region_steps};
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use lianfang_kernel::{Lang, SubjectKind, Words};
use lianfang_policy::Snapshot;
use lianfang_policy::model::{Days, EnrolSource, Length, Protocol, Task, Timing};
use lianfang_server::{ApiError, AppState};
use lianfang_ui::views::protocol::{Asked, ProtocolPage, render as render_one};
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
    Ok(shown(render(&Protocols { items: items.collect() }, &visit.ctx(&state))))
}

async fn show(State(state): State<AppState>, visit: Visit, Path(id): Path<String>) -> Answer {
    let (snapshot, lang) = (state.ledger.snapshot(), visit.lang);
    let editions: Vec<Arc<Protocol>> = snapshot.model.editions(&id).cloned().collect();
    let found = editions
        .last()
        .ok_or_else(|| ApiError::not_found(Words::new("没有这个方案", "There is no such protocol")))?;
    let title = |id: &str| field_text::register_title(&snapshot, lang, id);
    let applies_to = match &found.enrol.source {
        EnrolSource::On(on) => on.iter().map(|id| title(id)).collect::<Vec<_>>().join("、"),
        EnrolSource::Set(set) => type_title(&snapshot, &set.of, lang),
        EnrolSource::Campaign(campaign) => {
            let on = campaign.on.iter().map(|id| title(id)).collect::<Vec<_>>().join("、");
            format!("{on} → {}", type_title(&snapshot, &campaign.set.of, lang))
        }
        EnrolSource::Started => Words::new("由其他方案启动", "Started by another protocol")
            .get(lang)
            .to_owned(),
    };
    let release = found.releases.iter().map(|release| {
        let parts: Vec<&str> = release.parts.iter().map(|part| part.missing.get(lang)).collect();
        let by = release.on.as_deref().map(title).unwrap_or_default();
        [release.outcome.clone(), parts.join("；"), by]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" · ")
    });
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
        escalate: Vec::new(),
        appeal: String::new(),
        preview: None,
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

fn in_force(snapshot: &Snapshot, protocol: &Protocol, lang: Lang) -> String {
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

fn asked(snapshot: &Snapshot, task: &Task, lang: Lang) -> Asked {
    Asked {
        what: task.title.get(lang).to_owned(),
        owner: String::new(),
        when: [timing(&task.timing, lang), days(task.days.as_ref(), lang)]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("，"),
        done_by: field_text::register_title(snapshot, lang, &task.expects),
    }
}

fn timing(timing: &Timing, lang: Lang) -> String {
    let words = match timing {
        Timing::Within {
            length: Length::Ms(ms), ..
        } => Words::new("{n}分钟内", "within {n} minutes").with("n", ms / 60_000),
        Timing::Within {
            length: Length::Days(n),
            ..
        } => Words::new("{n}天内", "within {n} days").with("n", n),
        Timing::Within {
            length: Length::Expr(_),
            ..
        } => Words::new("按设置的时限", "within the time that is set"),
        Timing::Until(_) => Words::new("到期前", "before its time"),
        Timing::By(time) => Words::new("{t}前", "by {t}").with("t", time),
        Timing::Slots(slots) => {
            let spans: Vec<String> = slots.iter().map(|(from, to)| format!("{from}–{to}")).collect();
            Words::new("每日 {s}", "daily {s}").with("s", spans.join(", "))
        }
        Timing::PerDay { min, max } if min == max => Words::new("每日{n}次", "{n} times a day").with("n", min),
        Timing::PerDay { min, max } => Words::new("每日{a}至{b}次", "{a} to {b} times a day")
            .with("a", min)
            .with("b", max),
        Timing::Every(days) => Words::new("每{n}天一次", "every {n} days").with("n", days),
        Timing::Once => Words::new("一次", "once"),
    };
    words.get(lang).to_owned()
}

fn type_title(snapshot: &Snapshot, id: &str, lang: Lang) -> String {
    let kinds = &snapshot.model.types;
    match (kinds.get(id), SubjectKind::from_id(id)) {
        (Some(kind), _) => kind.title.get(lang).to_owned(),
        (None, Some(kind)) => kind.words().get(lang).to_owned(),
        (None, None) => id.to_owned(),
    }
}

fn days(days: Option<&Days>, lang: Lang) -> String {
    let words = match days {
        None => return String::new(),
        Some(Days::Range(from, to)) => Words::new("第{a}至{b}天", "days {a} to {b}")
            .with("a", from)
            .with("b", to),
        Some(Days::List(list)) => {
            let list: Vec<String> = list.iter().map(i64::to_string).collect();
            Words::new("第{l}天", "days {l}").with("l", list.join(", "))
        }
    };
    words.get(lang).to_owned()
}
