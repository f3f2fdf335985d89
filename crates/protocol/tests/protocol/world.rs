//! A small city, and stories told about a subject in it.

use lianfang_kernel::ids::{DeviceId, EntryId, LoginId, SubjectId, derived};
use lianfang_kernel::{
    Act, Assurance, Datum, Entry, Instant, Organisation, Region, RegionId, RegionLevel, RegionTree, SubjectKind,
    SubjectView, Words, Zone,
};
use lianfang_policy::load::{Source, load};
use lianfang_policy::{Interval, Orgs, Reference, Snapshot, SubjectRef};
use lianfang_protocol::{Enrolment, Facts, History, Occurrence, OccurrenceState, Plan, PlanInput, needs, plan};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// The moment written `2022-01-20 08:00` or `2022-01-20 08:00:59` in the city.
pub fn t(text: &str) -> Instant {
    let text = text.replace(' ', "T");
    let seconds = if text.len() == 16 { ":00" } else { "" };
    Instant::parse(&format!("{text}{seconds}+08:00")).unwrap()
}

pub fn subject_id(name: &str) -> SubjectId {
    SubjectId(derived(name))
}

pub fn order_id() -> EntryId {
    EntryId(derived("order"))
}

fn regions() -> RegionTree {
    let region = |id: &str, parent: Option<&str>, level| Region {
        id: RegionId::new(id),
        code: id.to_owned(),
        name: Words::same(id),
        level,
        parent: parent.map(RegionId::new),
        valid_from: None,
        valid_to: None,
    };
    RegionTree::new([
        region("1", None, RegionLevel::Country),
        region("371702", Some("1"), RegionLevel::County),
        region("371702001", Some("371702"), RegionLevel::Township),
        region("620102", Some("1"), RegionLevel::County),
    ])
    .unwrap()
}

fn orgs() -> Orgs {
    let org = |name: &str, kind: &str, functions: &[(&str, &str)]| Organisation {
        id: subject_id(name),
        kind_type: kind.to_owned(),
        name: Words::same(name),
        region: RegionId::new("371702"),
        sector: None,
        functions: functions
            .iter()
            .map(|(f, region)| ((*f).to_owned(), RegionId::new(region)))
            .collect(),
        since: t("2019-01-01 00:00"),
        until: None,
    };
    Orgs::new(vec![
        org(
            "community",
            "community",
            &[("community", "371702001"), ("community", "620102")],
        ),
        org("cdc", "organisation", &[("cdc", "1")]),
        org("education", "organisation", &[("education", "371702")]),
        org("testing", "organisation", &[("testing", "1")]),
        org("health bureau", "organisation", &[("health-bureau", "1")]),
        org("school", "school", &[]),
    ])
}

/// The city with an order that holds until `ends`.
pub fn world_until(ends: Instant) -> Snapshot {
    static LOADED: OnceLock<Snapshot> = OnceLock::new();
    let loaded = LOADED.get_or_init(|| {
        let source = Source {
            path: "packs/trial/pack.toml".to_owned(),
            text: include_str!("pack.toml").to_owned(),
        };
        let rounds = Source {
            path: "packs/trial/rounds.toml".to_owned(),
            text: include_str!("rounds.toml").to_owned(),
        };
        let model = load(&[source, rounds], &[]).unwrap_or_else(|findings| {
            let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
            panic!("the trial pack does not load:\n{}", told.join("\n"))
        });
        let zone = Zone::china();
        let mut snapshot = Snapshot::of_model(Arc::new(model.model), Arc::new(regions()), RegionId::new("1"), zone);
        snapshot.orgs = Arc::new(orgs());
        snapshot
    });
    let mut snapshot = loaded.clone();
    let order = Interval {
        entry: order_id(),
        subject: SubjectRef::Region(RegionId::new("1")),
        region: RegionId::new("1"),
        from: t("2020-01-01 00:00"),
        to: ends,
        body: Datum::empty(),
        targets: Vec::new(),
    };
    snapshot.reference = Arc::new(Reference::new([("order".to_owned(), vec![order])]));
    snapshot
}

/// The city with an order that stays.
pub fn world() -> Snapshot {
    world_until(Instant::MAX)
}

/// What is said about one subject, entry by entry.
#[derive(Clone)]
pub struct Story {
    pub snapshot: Snapshot,
    pub subject: SubjectView,
    pub entries: Vec<Arc<Entry>>,
    told: usize,
}

/// One line an entry, in the city's time: what a failing property shows.
impl std::fmt::Debug for Story {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let zone = &self.snapshot.zone;
        let until = self.snapshot.reference.of("order")[0].to;
        writeln!(f, "in {zone:?}, the order ends {until}")?;
        for entry in &self.entries {
            let (id, on) = (
                &entry.id.to_string()[..8],
                entry.replaces.map(|on| on.to_string()[..8].to_owned()),
            );
            let (at, received) = (entry.at.in_zone(zone), entry.received_at.in_zone(zone));
            let body = serde_json::to_string(&entry.body).unwrap_or_default();
            writeln!(
                f,
                "{id} {} {on:?} {} at {at} received {received} {body}",
                entry.act.id(),
                entry.register
            )?;
        }
        Ok(())
    }
}

impl Story {
    pub fn about(snapshot: &Snapshot, kind: SubjectKind, kind_type: &str, region: &str) -> Story {
        let subject = SubjectView {
            id: subject_id(if kind_type == "school" { "school" } else { "somebody" }),
            kind,
            kind_type: kind_type.to_owned(),
            region: RegionId::new(region),
            unit: None,
            since: t("2020-01-01 00:00"),
            until: None,
        };
        Story {
            snapshot: snapshot.clone(),
            subject,
            entries: Vec::new(),
            told: 0,
        }
    }

    pub fn person(snapshot: &Snapshot, region: &str) -> Story {
        Story::about(snapshot, SubjectKind::Person, "person", region)
    }

    pub fn school(snapshot: &Snapshot) -> Story {
        Story::about(snapshot, SubjectKind::Organisation, "school", "371702001")
    }

    /// An entry that is not told yet.
    pub fn draft(&self, register: &str, at: &str, body: Value) -> Entry {
        let n = self.told;
        let at = t(at);
        let Value::Object(body) = body else {
            panic!("a body is a record")
        };
        Entry {
            id: EntryId(derived(&format!("{register} {n}"))),
            register: register.to_owned(),
            register_version: 1,
            act: Act::New,
            replaces: None,
            subject: self.subject.id,
            at,
            made_at: None,
            received_at: at,
            recorded_at: at,
            reported_at: None,
            login: Some(LoginId(derived("grid worker"))),
            device: None,
            org: Some(subject_id("community")),
            region: self.subject.region.clone(),
            sector: None,
            channel: "web".to_owned(),
            assurance: Assurance::Seen,
            proxy: false,
            group: None,
            reason: None,
            flags: Vec::new(),
            body,
        }
    }

    /// Tells an entry that reached the server when it happened.
    pub fn say(&mut self, register: &str, at: &str, body: Value) -> EntryId {
        self.say_with(register, at, body, |_| {})
    }

    /// Tells an entry that reached the server later.
    pub fn say_late(&mut self, register: &str, at: &str, received: &str, body: Value) -> EntryId {
        self.say_with(register, at, body, |entry| {
            entry.received_at = t(received);
            entry.recorded_at = t(received);
        })
    }

    pub fn say_with(&mut self, register: &str, at: &str, body: Value, change: impl FnOnce(&mut Entry)) -> EntryId {
        let mut entry = self.draft(register, at, body);
        change(&mut entry);
        let id = entry.id;
        self.entries.push(Arc::new(entry));
        self.told += 1;
        id
    }

    /// An act on an entry told before.
    pub fn act(&mut self, act: Act, on: EntryId, at: &str, body: Value) -> EntryId {
        let register = self
            .entries
            .iter()
            .find(|entry| entry.id == on)
            .unwrap()
            .register
            .clone();
        self.say_with(&register, at, body, |entry| {
            entry.act = act;
            entry.replaces = Some(on);
        })
    }

    pub fn temperature(&mut self, at: &str) -> EntryId {
        self.say("temperature", at, json!({ "celsius": 365 }))
    }

    pub fn sample(&mut self, assay: &str, sampled: &str) -> EntryId {
        self.result(assay, "negative", sampled)
    }

    /// A sample whose result is entered as it was taken.
    pub fn result(&mut self, assay: &str, result: &str, sampled: &str) -> EntryId {
        self.say(
            "lab_result",
            sampled,
            json!({ "assay": assay, "result": result, "sampled_at": t(sampled).to_rfc3339() }),
        )
    }

    /// An arrival, and the order that restricts from then on.
    pub fn ordered(&mut self, measure: &str, arrived: &str, ordered: &str) -> EntryId {
        self.say("arrival", arrived, json!({}));
        self.order(measure, ordered)
    }

    pub fn order(&mut self, measure: &str, at: &str) -> EntryId {
        self.say(
            "measure_order",
            at,
            json!({ "measure": measure, "order": order_id().to_string() }),
        )
    }

    pub fn history(&self) -> History {
        History::new(self.subject.clone(), self.entries.clone(), None, &self.snapshot)
    }

    pub fn plan(&self, now: &str) -> Plan {
        self.plan_at(t(now))
    }

    /// The plan where nothing is known of the other subjects that looks name.
    pub fn plan_at(&self, now: Instant) -> Plan {
        let named = needs(&self.history(), &self.snapshot, now);
        let empty = |id: SubjectId| {
            let subject = SubjectView {
                id,
                ..self.subject.clone()
            };
            (id, History::new(subject, Vec::new(), None, &self.snapshot))
        };
        let others: HashMap<SubjectId, History> = named.into_iter().map(empty).collect();
        self.plan_among(&others, now)
    }

    pub fn plan_among(&self, others: &dyn Facts, now: Instant) -> Plan {
        let history = self.history();
        let plan = plan(&PlanInput {
            history: &history,
            others,
            snapshot: &self.snapshot,
            now,
            horizon: None,
        });
        assert_eq!(plan.faults, [], "at {now}");
        plan
    }
}

/// The only enrolment in a protocol.
pub fn the<'p>(plan: &'p Plan, protocol: &str) -> &'p Enrolment {
    let found: Vec<&Enrolment> = plan.enrolments.iter().filter(|e| e.protocol == protocol).collect();
    assert_eq!(found.len(), 1, "enrolments in {protocol}: {found:#?}");
    found[0]
}

/// How many enrolments there are in a protocol.
pub fn count(plan: &Plan, protocol: &str) -> usize {
    plan.enrolments.iter().filter(|e| e.protocol == protocol).count()
}

/// One occurrence of a task.
pub fn occurrence<'p>(enrolment: &'p Enrolment, task: &str, label: &str) -> &'p Occurrence {
    let found = enrolment
        .occurrences
        .iter()
        .find(|o| o.task == task && o.label == label);
    found.unwrap_or_else(|| panic!("no occurrence {task} {label:?} in {:#?}", enrolment.occurrences))
}

/// The state of an occurrence in one word.
pub fn word(occurrence: &Occurrence) -> &'static str {
    use lianfang_protocol::Timeliness;
    match occurrence.state {
        OccurrenceState::Upcoming => "upcoming",
        OccurrenceState::Open => "open",
        OccurrenceState::Done {
            timeliness: Timeliness::OnTime,
            ..
        } => "on time",
        OccurrenceState::Done {
            timeliness: Timeliness::KnownLate,
            ..
        } => "known late",
        OccurrenceState::Done {
            timeliness: Timeliness::Late,
            ..
        } => "late",
        OccurrenceState::Missed => "missed",
        OccurrenceState::Excused { .. } => "excused",
        OccurrenceState::Void => "void",
    }
}

/// The state of one occurrence of the only enrolment.
pub fn state(plan: &Plan, protocol: &str, task: &str, label: &str) -> &'static str {
    word(occurrence(the(plan, protocol), task, label))
}

/// How the only enrolment stands: `active`, or `outcome at moment`.
pub fn standing(plan: &Plan, protocol: &str) -> String {
    match &the(plan, protocol).state {
        lianfang_protocol::State::Active => "active".to_owned(),
        lianfang_protocol::State::Ended { outcome, at, .. } => {
            let at = at.in_zone(&Zone::china());
            format!("{outcome} at {} {}", &at[..10], &at[11..16])
        }
        lianfang_protocol::State::Withdrawn => "withdrawn".to_owned(),
    }
}

/// A device that nobody vouched for.
pub fn device() -> DeviceId {
    DeviceId(derived("device"))
}
