//! A register of intervals as a calendar: who stands where, by week or month, and a form for every gap.

use crate::form::Form;
use crate::region_steps;
use crate::visit::{Desk, civil, date, shown};
use crate::{Answer, field_text};
use axum::extract::{Path, RawQuery, State};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Day, FieldSchema, Instant, Kind, Lang, RegionId, Words};
use lianfang_ledger::read::{Label, RosterLine, RosterTurn, Sight, StretchRow};
use lianfang_policy::Snapshot;
use lianfang_policy::model::Register;
use lianfang_server::{ApiError, AppState, read};
use lianfang_ui::part::field::{FieldView, Kind as Shown};
use lianfang_ui::part::form::Choice;
use lianfang_ui::text::text;
use lianfang_ui::views::roster::{Cell, Gap, Hours, Line, Roster, Turn, render};
use lianfang_ui::{dates, paths};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;

const WEEK: i64 = 7;

/// What is asked of a calendar.
struct Asked {
    region: RegionId,
    first: Day,
    days: i64,
}

impl Asked {
    fn of(query: &Form, desk: &Desk, today: Day) -> Asked {
        let given = query.given("from").and_then(|day| Day::parse(day).ok());
        let at = given.unwrap_or(today);
        let region = query
            .given("region")
            .map_or_else(|| desk.staff.region.clone(), RegionId::new);
        if query.get("span") != "month" {
            let monday = at.plus(1 - i64::from(date(at).weekday().to_monday_one_offset()));
            return Asked {
                region,
                first: monday,
                days: WEEK,
            };
        }
        let (_, _, day) = at.ymd();
        let days = date(at).days_in_month();
        Asked {
            region,
            first: at.plus(1 - i64::from(day)),
            days: i64::from(days),
        }
    }

    fn is_month(&self) -> bool {
        self.days != WEEK
    }

    fn days(&self) -> impl Iterator<Item = Day> + use<'_> {
        (0..self.days).map(|n| self.first.plus(n))
    }

    /// The calendar from a day on.
    fn address(&self, id: &str, from: Day, is_month: bool) -> String {
        let span = if is_month { "&span=month" } else { "" };
        format!("{}?region={}&from={from}{span}", paths::roster(id), self.region)
    }
}

pub(super) async fn show(
    State(state): State<AppState>,
    desk: Desk,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    desk.staff.must_read(&snapshot.model, &id)?;
    let register = snapshot
        .model
        .registers
        .get(&id)
        .filter(|register| register.hold.is_some());
    let register = register.cloned().ok_or_else(no_roster)?;
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let zone = &snapshot.zone;
    let now = desk.at(&state);
    let today = zone.day_of(now);
    let asked = Asked::of(&query, &desk, today);
    desk.staff.must_see_region(&snapshot, &asked.region)?;
    let window = (zone.start_of(asked.first), zone.start_of(asked.first.plus(asked.days)));
    let (found, labels, partial) = plan(&state, &desk, &register, &asked.region, window).await?;
    let drawing = Drawing {
        snapshot: &snapshot,
        register: &register,
        labels: &labels,
        lang,
        now,
        opens_files: desk.staff.reads_files(&snapshot.model),
        can_write: desk.staff.writes(&id),
        asked: &asked,
    };
    let lines = found.iter().map(|line| drawing.line(line)).collect();
    let is_month = asked.is_month();
    let step = if is_month { 28 } else { WEEK };
    let view = Roster {
        title: register.schema.title.get(lang).to_owned(),
        days: asked.days().map(date).collect(),
        is_month,
        asks: vec![region_field(&snapshot, &desk, lang, &asked.region)],
        lines,
        is_partial: partial,
        moves: [
            asked.address(&id, asked.first.plus(if is_month { -1 } else { -step }), is_month),
            asked.address(&id, today, is_month),
            asked.address(
                &id,
                asked.first.plus(if is_month { asked.days } else { step }),
                is_month,
            ),
        ]
        .map(|href| desk.visit.kept(&href)),
        other: desk.visit.kept(&asked.address(&id, asked.first, !is_month)),
        can_write: drawing.can_write,
        id,
    };
    Ok(shown(render(&view, &desk.ctx(&state))))
}

fn no_roster() -> ApiError {
    ApiError::not_found(Words::new("该登记册没有排班日历", "This register has no calendar"))
}

type Found = (Vec<RosterLine>, HashMap<SubjectId, Label>, bool);

/// The lines that the reader may see, with what they name.
async fn plan(
    state: &AppState,
    desk: &Desk,
    register: &Arc<Register>,
    region: &RegionId,
    window: (Instant, Instant),
) -> Result<Found, ApiError> {
    let (asked, place) = (Arc::clone(register), region.clone());
    let (as_of, lang, sight) = (desk.visit.as_of, desk.visit.lang, desk.staff.sight.clone());
    let staff = desk.staff.clone();
    read(state, move |reader| {
        let mut found = reader.roster(&asked, &place, window, as_of)?;
        if let Sight::Org(own) = sight {
            found.lines.retain(|line| line.subject == own);
        }
        let model = reader.snapshot.model.clone();
        let mut ids: Vec<SubjectId> = Vec::new();
        for line in &mut found.lines {
            ids.push(line.subject);
            ids.extend(named(&line.post));
            for turn in &mut line.turns {
                staff.redact(&model, &asked, &mut turn.body);
                ids.extend(named(&turn.body));
            }
        }
        let labels = reader.labels(&ids, lang)?;
        Ok((found.lines, labels, found.partial))
    })
    .await
}

/// Whatever may be the id of a subject among values.
fn named<'v>(values: impl IntoIterator<Item = (&'v String, &'v Value)>) -> Vec<SubjectId> {
    let texts = values.into_iter().filter_map(|(_, value)| value.as_str());
    texts.filter_map(|text| text.parse().ok()).collect()
}

fn region_field(snapshot: &Snapshot, desk: &Desk, lang: Lang, region: &RegionId) -> FieldView {
    let tree = &snapshot.regions;
    let mut choices: Vec<RegionId> = vec![desk.staff.region.clone()];
    if *region != desk.staff.region {
        choices.push(region.clone());
    }
    choices.extend(tree.children(region).iter().cloned());
    let choices = choices
        .iter()
        .map(|id| Choice::new(id.to_string(), region_steps::name(tree, lang, id)))
        .collect();
    FieldView::new("region", Shown::Code, text(lang, "region"))
        .options(choices)
        .value(region.to_string())
}

struct Drawing<'a> {
    snapshot: &'a Snapshot,
    register: &'a Register,
    labels: &'a HashMap<SubjectId, Label>,
    lang: Lang,
    now: Instant,
    opens_files: bool,
    can_write: bool,
    asked: &'a Asked,
}

impl Drawing<'_> {
    fn line(&self, line: &RosterLine) -> Line {
        let label = self.labels.get(&line.subject).map(|label| label.name.clone());
        let region = || region_steps::name(&self.snapshot.regions, self.lang, &line.region);
        let site = label.filter(|name| !name.is_empty()).unwrap_or_else(region);
        Line {
            site: (site, self.opens_files.then(|| line.subject.to_string())),
            post: self.said(|field| line.post.get(&field.id), |_| true),
            cells: self.asked.days().map(|day| self.cell(line, day)).collect(),
        }
    }

    /// The values of some fields, in words.
    fn said<'v>(
        &self,
        value: impl Fn(&FieldSchema) -> Option<&'v Value>,
        is_wanted: impl Fn(&FieldSchema) -> bool,
    ) -> String {
        let fields = self.register.schema.fields.iter().filter(|field| is_wanted(field));
        let words = fields.filter_map(|field| {
            let stored = value(field).filter(|stored| !stored.is_null())?;
            let label = match &field.kind {
                Kind::Subject(_) => stored
                    .as_str()
                    .and_then(|id| id.parse().ok())
                    .and_then(|id| self.labels.get(&id))
                    .map(|label| label.name.clone()),
                _ => None,
            };
            Some(label.unwrap_or_else(|| field_text::value(self.snapshot, self.lang, field, stored)))
        });
        words.collect::<Vec<String>>().join(" · ")
    }

    fn cell(&self, line: &RosterLine, day: Day) -> Cell {
        let zone = &self.snapshot.zone;
        let window = (zone.start_of(day), zone.start_of(day.plus(1)));
        let within =
            |from: Instant, to: Instant| (from < window.1 && window.0 < to).then(|| self.hours((from, to), window));
        let turns = line.turns.iter();
        let gaps = line.gaps.iter();
        Cell {
            turns: turns
                .filter_map(|turn| Some(self.turn(turn, within(turn.from, turn.to)?)))
                .collect(),
            gaps: gaps
                .filter_map(|gap| Some(self.gap(line, gap, within(gap.from, gap.to)?)))
                .collect(),
            week: self.asked.address(&self.register.schema.id, day, false),
        }
    }

    /// The part of a stretch that lies in a day, as the clock says it.
    fn hours(&self, (from, to): (Instant, Instant), window: (Instant, Instant)) -> Hours {
        let clock = |at: Instant| dates::clock(civil(&self.snapshot.zone, at));
        Hours {
            from: clock(from.max(window.0)),
            to: if to < window.1 { clock(to) } else { "24:00".to_owned() },
        }
    }

    fn turn(&self, turn: &RosterTurn, hours: Hours) -> Turn {
        let per = self
            .register
            .hold
            .as_ref()
            .map(|hold| hold.per.as_slice())
            .unwrap_or_default();
        let is_other = |field: &FieldSchema| !per.contains(&field.id) && !matches!(field.id.as_str(), "from" | "to");
        Turn {
            hours,
            who: self.said(|field| turn.body.get(&field.id), is_other),
            entry: turn.entry.to_string(),
        }
    }

    fn gap(&self, line: &RosterLine, gap: &StretchRow, hours: Hours) -> Gap {
        let kind = gap.lacks_kind.clone().unwrap_or_default();
        let list = self.register.schema.fields.iter().find_map(|field| match &field.kind {
            Kind::Code { list } if self.snapshot.model.lists.get(list)?.value(&kind).is_some() => Some(list),
            _ => None,
        });
        Gap {
            hours,
            have: (gap.have.unwrap_or(0), gap.wanted.unwrap_or(0)),
            kind: list.map_or_else(
                || kind.clone(),
                |list| field_text::code_words(self.snapshot, self.lang, list, &kind),
            ),
            is_past: gap.to <= self.now,
            fill: (self.can_write && gap.to > self.now).then(|| self.fill(line, gap)),
        }
    }

    /// The form of a new entry with the whole gap filled in, also what of it lies on other days.
    fn fill(&self, line: &RosterLine, gap: &StretchRow) -> String {
        let moment = |at: Instant| dates::machine(civil(&self.snapshot.zone, at));
        let mut query = form_urlencoded::Serializer::new(String::new());
        if self.register.hold.as_ref().is_some_and(|hold| hold.per_subject()) {
            query.append_pair("subject", &line.subject.to_string());
        }
        for (field, value) in &line.post {
            query.append_pair(field, value.as_str().unwrap_or_default());
        }
        query.append_pair("from", &moment(gap.from));
        query.append_pair("to", &moment(gap.to));
        format!("{}?{}", paths::register_new(&self.register.schema.id), query.finish())
    }
}
