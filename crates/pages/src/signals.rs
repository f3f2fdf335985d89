//! `/situation/signals`: what each detector raised, what became of it, where sources agree, and what sensitivity costs.
//!
//! A detector is a protocol that watches a figure estimated by EARS, or the streak that a day ended; nothing here knows which
//! there are.

use crate::field_text::code_words;
use crate::form::Form;
use crate::series::today;
use crate::visit::{Desk, shown};
use crate::{Answer, region_steps};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::routing::get;
use lianfang_epi::calls::find;
use lianfang_kernel::{Datum, RegionId, RegionLevel};
use lianfang_ledger::read::{Figure, FigureQuery};
use lianfang_policy::Model;
use lianfang_policy::model::{Base, Estimator, Indicator, IndicatorKind, Protocol};
use lianfang_server::{AppState, Caller, DailyQuery, estimate, figure};
use lianfang_ui::paths;
use lianfang_ui::views::signals::{Area, Detector, Share, Signals, Source, render};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The protocol of sources that agree.
const AGREE: &str = "signals-agree";
/// Figures of verification, by source.
const VERIFIED: &str = "signals-verified";
const DISMISSED: &str = "signals-dismissed";
const DELAY: &str = "detection-delay";
/// Days that expected false alarms are learned from.
const LEARNED: i64 = 28;
/// Areas of one page.
const AREAS: usize = 60;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route(paths::SIGNALS, get(show))
}

/// A protocol that an estimate enrols in, with the figure that is estimated over.
struct Watching {
    protocol: Arc<Protocol>,
    /// None of a streak: what its false alarms cost cannot be simulated from a month of zeros.
    of: Option<String>,
}

fn watching(model: &Model) -> Vec<Watching> {
    let mut found: BTreeMap<String, Watching> = BTreeMap::new();
    for protocol in &model.watched.points {
        let watch = protocol.enrol.watch.as_ref();
        let kind = watch
            .and_then(|watch| model.indicators.get(&watch.indicator))
            .map(|figure| &figure.kind);
        let of = match kind {
            Some(IndicatorKind::Module {
                of,
                module: Estimator::Ears,
            }) => Some(of.clone()),
            Some(IndicatorKind::Streak { ended: true, .. }) => None,
            _ => continue,
        };
        let protocol = protocol.clone();
        found.insert(protocol.id.clone(), Watching { protocol, of });
    }
    found.into_values().collect()
}

/// The figure that counts the enrolments of a protocol.
fn counted(model: &Model, protocol: &str) -> Option<Arc<Indicator>> {
    let of_it = |indicator: &&Arc<Indicator>| matches!(&indicator.kind, IndicatorKind::Enrolments { of } if of.as_slice() == [protocol]);
    model.indicators.values().find(of_it).cloned()
}

/// The figure of what was verified in time.
fn timely(model: &Model, protocol: &str) -> Option<Arc<Indicator>> {
    let of_it = |indicator: &&Arc<Indicator>| matches!(&indicator.kind, IndicatorKind::Coverage { of, base: Base::InTime } if of.protocol() == Some(protocol));
    model.indicators.values().find(of_it).cloned()
}

/// The reader, the place, and the model.
struct Asked<'a> {
    state: &'a AppState,
    desk: &'a Desk,
    region: RegionId,
}

impl Asked<'_> {
    /// A figure, if the reader may see it.
    async fn figure(&self, id: &str, by: &[&str]) -> Option<Figure> {
        let query = FigureQuery {
            region: Some(self.region.clone()),
            by: by.iter().map(|by| (*by).to_owned()).collect(),
            as_of: self.desk.visit.as_of,
            ..FigureQuery::default()
        };
        figure(self.state, &self.desk.visit.caller, id, query).await.ok()
    }

    async fn detector(&self, model: &Model, one: &Watching) -> Option<Detector> {
        let indicator = counted(model, &one.protocol.id)?;
        let states = numbers(&self.figure(&indicator.id, &["state"]).await?, "state");
        let of = |state: &str| states.get(state).copied().unwrap_or(0);
        let (raised, open) = (of("opened"), of("active"));
        let in_time = match timely(model, &one.protocol.id) {
            Some(timely) => self.figure(&timely.id, &[]).await,
            None => None,
        };
        Some(Detector {
            title: indicator.title.get(self.desk.visit.lang).to_owned(),
            indicator: indicator.id.clone(),
            raised,
            open,
            false_alarms: Some(Share {
                n: of("dismissed"),
                all: raised - open,
            }),
            in_time: in_time.and_then(|found| {
                Some(Share {
                    n: found.numerator?,
                    all: found.denominator?,
                })
            }),
            expected: match &one.of {
                Some(of) => self.expected(of).await,
                None => None,
            },
        })
    }

    /// False alarms a week by grade, simulated after the last weeks of the county; none above a county.
    async fn expected(&self, of: &str) -> Option<[String; 3]> {
        let regions = &self.state.ledger.snapshot().regions;
        let county = regions.ancestor(&self.region, RegionLevel::County)?.id.clone();
        let last = today(self.state, &self.desk.visit).plus(-1);
        let wanted = DailyQuery {
            indicator: of.to_owned(),
            region: Some(county),
            from: Some(last.plus(1 - LEARNED)),
            to: Some(last),
            as_of: self.desk.visit.as_of,
        };
        let caller = Caller::Staff(Box::new(self.desk.staff.clone()));
        let found = estimate(self.state, &caller, find("alarms")?, &wanted, &[])
            .await
            .ok()?;
        let rows = &found.told.value;
        let grade = |row: usize| {
            let a_week = rows.number(row, "false_alarms_per_week").ok().flatten();
            a_week.map_or_else(String::new, |n| format!("{n:.2}"))
        };
        Some([grade(0), grade(1), grade(2)])
    }

    async fn sources(&self) -> Vec<Source> {
        let mut parts = Vec::new();
        for id in [VERIFIED, DISMISSED, DELAY] {
            let found = self.figure(id, &["source"]).await;
            parts.push(found.map(|found| numbers(&found, "source")).unwrap_or_default());
        }
        let (snapshot, lang) = (self.state.ledger.snapshot(), self.desk.visit.lang);
        let one = |(source, all): (&String, &i64)| Source {
            title: code_words(&snapshot, lang, "signal_source", source),
            dismissed: Some(Share {
                n: parts[1].get(source).copied().unwrap_or(0),
                all: *all,
            }),
            delay: parts[2].get(source).copied(),
        };
        parts[0].iter().map(one).collect()
    }

    /// The areas below, those with signals first.
    async fn areas(&self, model: &Model, watching: &[Watching]) -> Vec<Area> {
        let lang = self.desk.visit.lang;
        let mut open: BTreeMap<RegionId, Vec<String>> = BTreeMap::new();
        for one in watching {
            let Some(indicator) = counted(model, &one.protocol.id) else {
                continue;
            };
            for region in self.active(&indicator.id).await {
                open.entry(region)
                    .or_default()
                    .push(one.protocol.title.get(lang).to_owned());
            }
        }
        let agree: BTreeSet<RegionId> = match counted(model, AGREE) {
            Some(indicator) => self.active(&indicator.id).await.into_iter().collect(),
            None => BTreeSet::new(),
        };
        let regions = self.state.ledger.snapshot().regions.clone();
        let below = regions
            .iter()
            .filter(|region| region.parent.as_ref() == Some(&self.region));
        let mut all: Vec<RegionId> = below.map(|region| region.id.clone()).collect();
        all.extend(open.keys().filter(|id| !all.contains(id)).cloned().collect::<Vec<_>>());
        all.sort_by_key(|id| (!agree.contains(id), !open.contains_key(id), id.clone()));
        let one = |id: RegionId| Area {
            name: region_steps::name(&regions, lang, &id),
            href: format!("{}?region={id}", paths::SIGNALS),
            agree: agree.contains(&id),
            open: open.get(&id).cloned().unwrap_or_default(),
        };
        all.into_iter().take(AREAS).map(one).collect()
    }

    /// Where something of the figure is open.
    async fn active(&self, id: &str) -> Vec<RegionId> {
        let Some(found) = self.figure(id, &["region", "state"]).await else {
            return Vec::new();
        };
        let rows = found.rows.iter().filter(|row| {
            row.key.get("state").is_some_and(|state| state == "active") && row.value.is_some_and(|n| n > 0)
        });
        rows.filter_map(|row| row.key.get("region"))
            .map(|id| RegionId::new(id))
            .collect()
    }
}

/// The parts of a figure by one key.
fn numbers(figure: &Figure, by: &str) -> BTreeMap<String, i64> {
    let rows = figure.rows.iter();
    rows.filter_map(|row| Some((row.key.get(by)?.clone(), row.value?)))
        .collect()
}

async fn show(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let snapshot = state.ledger.snapshot();
    let (lang, model) = (desk.visit.lang, snapshot.model.clone());
    let given = query.given("region").map(RegionId::new);
    let region = given
        .filter(|id| snapshot.regions.contains(id))
        .unwrap_or_else(|| desk.staff.region.clone());
    let at = desk.visit.as_of.unwrap_or_else(|| state.ledger.now());
    let grade = snapshot.setting("signal_sensitivity", &region, at);
    let grade = grade.as_ref().and_then(Datum::as_text).unwrap_or("medium");
    let asked = Asked {
        state: &state,
        desk: &desk,
        region,
    };
    let watching = watching(&model);
    let mut view = Signals {
        region: region_steps::name(&snapshot.regions, lang, &asked.region),
        grade: code_words(&snapshot, lang, "signal_sensitivity", grade),
        is_expected: snapshot.regions.ancestor(&asked.region, RegionLevel::County).is_some(),
        ..Signals::default()
    };
    for one in &watching {
        view.detectors.extend(asked.detector(&model, one).await);
    }
    if !view.detectors.is_empty() {
        view.sources = asked.sources().await;
        view.areas = asked.areas(&model, &watching).await;
    }
    Ok(shown(render(&view, &desk.ctx(&state))))
}
