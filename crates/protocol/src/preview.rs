//! What other packs would do to those enrolled: the same plan, made twice and not written.
//!
//! [`Preview::add`] compares the two plans of one subject and lets them go, so that a city of any size is previewed in the
//! memory of its sums. Sums of parts are joined by [`Preview::join`], in any order.

use crate::plan::{Enrolment, Occurrence, OccurrenceState, Owner, Plan, PlanInput, State};
use crate::planner::Planner;
use lianfang_kernel::ids::{EnrolmentId, SubjectId};
use lianfang_kernel::{Day, Instant, RegionId, Zone};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Subjects listed by id at most; all are counted.
pub const MOST_LISTED: usize = 500;

/// What becomes of an enrolment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It goes on as begun.
    Keeps,
    /// It goes on under another version.
    Moves,
    /// A person is asked whether it goes on or moves.
    Asked,
    /// It begins.
    Enrolled,
    /// It ends.
    Released,
    /// It had ended and goes on.
    Recalled,
    /// It was never begun.
    Dropped,
}

impl Fate {
    /// All, in the order they are told.
    pub const ALL: [Fate; 7] = [
        Fate::Keeps,
        Fate::Moves,
        Fate::Asked,
        Fate::Enrolled,
        Fate::Released,
        Fate::Recalled,
        Fate::Dropped,
    ];

    /// Stable name.
    pub fn id(self) -> &'static str {
        match self {
            Fate::Keeps => "keeps",
            Fate::Moves => "moves",
            Fate::Asked => "asked",
            Fate::Enrolled => "enrolled",
            Fate::Released => "released",
            Fate::Recalled => "recalled",
            Fate::Dropped => "dropped",
        }
    }
}

/// Whose a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Desk {
    /// An organisation's.
    Org(SubjectId),
    /// That of those enrolled.
    Themselves,
    /// Nobody's: no desk is found.
    Nobody,
}

impl From<Owner> for Desk {
    fn from(owner: Owner) -> Desk {
        match owner {
            Owner::Org(id) => Desk::Org(id),
            Owner::Oneself(_) => Desk::Themselves,
            Owner::Nobody => Desk::Nobody,
        }
    }
}

/// Which days and protocols are compared.
#[derive(Clone, Debug)]
pub struct Window {
    /// The zone of days.
    pub zone: Zone,
    /// First day.
    pub first: Day,
    /// So many days.
    pub days: i64,
    /// The protocols that may ask something else than before.
    pub protocols: BTreeSet<String>,
}

/// Tasks due on a day: as it is, and as it would be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// As it is.
    pub now: u64,
    /// As it would be.
    pub then: u64,
}

/// What becomes of enrolments of one protocol that share a fate and both versions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Course {
    /// The protocol.
    pub protocol: String,
    /// What becomes of them.
    pub fate: Fate,
    /// The version now.
    pub from: Option<u32>,
    /// The version then; for those who are asked the one they are asked about.
    pub to: Option<u32>,
}

/// Somebody for whom something changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affected {
    /// Where.
    pub region: RegionId,
    /// In which protocol, and what becomes of it.
    pub course: Course,
    /// The earliest day of release: as it is, and as it would be.
    pub ends_on: (Option<Day>, Option<Day>),
}

/// What a change would do, in sums.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// Subjects that were planned.
    pub subjects: u64,
    /// Enrolments by what becomes of them.
    pub courses: BTreeMap<Course, u64>,
    /// Subjects for whom something changes, by region.
    pub regions: BTreeMap<RegionId, u64>,
    /// How many could end sooner, and how many later.
    pub sooner: u64,
    /// Later.
    pub later: u64,
    /// Tasks by day and desk.
    pub due: BTreeMap<(Day, Desk), Due>,
    /// The first of those for whom something changes.
    pub affected: BTreeMap<SubjectId, Affected>,
}

impl Preview {
    /// Takes in one subject with the plan as it is and the plan as it would be, both for the same moment.
    pub fn add(&mut self, window: &Window, now: &Plan, then: &Plan) {
        self.subjects += 1;
        let mut pairs: HashMap<EnrolmentId, (Option<&Enrolment>, Option<&Enrolment>)> = HashMap::new();
        for enrolment in &now.enrolments {
            pairs.entry(enrolment.id).or_default().0 = Some(enrolment);
        }
        for enrolment in &then.enrolments {
            pairs.entry(enrolment.id).or_default().1 = Some(enrolment);
        }
        let mut changed: Option<(EnrolmentId, SubjectId, Affected)> = None;
        for (id, (old, new)) in pairs {
            let Some(any) = new.or(old) else { continue };
            let Some(course) = course(old, new) else { continue };
            let touched = window.protocols.contains(&any.protocol);
            if !touched && course.fate == Fate::Keeps {
                continue;
            }
            *self.courses.entry(course.clone()).or_default() += 1;
            let due_differs = self.count_due(window, old, new);
            let ends_on = (old.and_then(|e| e.ends_on), new.and_then(|e| e.ends_on));
            if let (Some(old), Some(new)) = ends_on {
                self.sooner += u64::from(new < old);
                self.later += u64::from(new > old);
            }
            let is_changed = course.fate != Fate::Keeps || due_differs || ends_on.0 != ends_on.1;
            // Of several the first by id stands for the subject, so that the order of a map decides nothing.
            if is_changed && changed.as_ref().is_none_or(|(first, ..)| id < *first) {
                let region = any.region.clone();
                changed = Some((
                    id,
                    any.subject,
                    Affected {
                        region,
                        course,
                        ends_on,
                    },
                ));
            }
        }
        if let Some((_, subject, affected)) = changed {
            *self.regions.entry(affected.region.clone()).or_default() += 1;
            self.affected.insert(subject, affected);
            self.shorten();
        }
    }

    /// How many subjects something changes for.
    pub fn affected_subjects(&self) -> u64 {
        self.regions.values().sum()
    }

    /// Adds the sums of another part.
    pub fn join(&mut self, other: Preview) {
        self.subjects += other.subjects;
        self.sooner += other.sooner;
        self.later += other.later;
        for (course, n) in other.courses {
            *self.courses.entry(course).or_default() += n;
        }
        for (region, n) in other.regions {
            *self.regions.entry(region).or_default() += n;
        }
        for (place, due) in other.due {
            let sum = self.due.entry(place).or_default();
            (sum.now, sum.then) = (sum.now + due.now, sum.then + due.then);
        }
        self.affected.extend(other.affected);
        self.shorten();
    }

    fn shorten(&mut self) {
        while self.affected.len() > MOST_LISTED {
            self.affected.pop_last();
        }
    }

    /// Counts what both ask in the window; tells whether they ask the same.
    fn count_due(&mut self, window: &Window, old: Option<&Enrolment>, new: Option<&Enrolment>) -> bool {
        let mut own: BTreeMap<(Day, Desk), Due> = BTreeMap::new();
        for place in old.into_iter().flat_map(|enrolment| due(window, enrolment)) {
            own.entry(place).or_default().now += 1;
        }
        for place in new.into_iter().flat_map(|enrolment| due(window, enrolment)) {
            own.entry(place).or_default().then += 1;
        }
        let differs = own.values().any(|due| due.now != due.then);
        for (place, due) in own {
            let sum = self.due.entry(place).or_default();
            (sum.now, sum.then) = (sum.now + due.now, sum.then + due.then);
        }
        differs
    }
}

/// What becomes of one enrolment; nothing of one that had ended and stays so.
fn course(old: Option<&Enrolment>, new: Option<&Enrolment>) -> Option<Course> {
    let is_active = |enrolment: &Enrolment| enrolment.state == State::Active;
    let fate = match (old.map(is_active), new.map(is_active)) {
        (Some(true), Some(true)) => {
            let (old, new) = (old?, new?);
            match new.asked {
                Some(asked) if old.asked != Some(asked) => Fate::Asked,
                _ if old.version != new.version => Fate::Moves,
                _ => Fate::Keeps,
            }
        }
        (Some(true), Some(false)) => Fate::Released,
        (Some(true), None) => Fate::Dropped,
        (Some(false), Some(true)) => Fate::Recalled,
        (None, Some(true)) => Fate::Enrolled,
        _ => return None,
    };
    let to = new.map(|enrolment| match fate {
        Fate::Asked => enrolment.asked.unwrap_or(enrolment.version),
        _ => enrolment.version,
    });
    Some(Course {
        protocol: new.or(old)?.protocol.clone(),
        fate,
        from: old.map(|enrolment| enrolment.version),
        to,
    })
}

/// The tasks of an enrolment that fall due in the window, each by its day and desk. What comes after the earliest day of
/// its release is not counted: most are released on that day.
fn due<'a>(window: &'a Window, enrolment: &'a Enrolment) -> impl Iterator<Item = (Day, Desk)> + 'a {
    let last = window.first.plus(window.days - 1);
    let last = enrolment.ends_on.map_or(last, |ends_on| last.min(ends_on));
    enrolment
        .occurrences
        .iter()
        .filter(|occurrence| matches!(occurrence.state, OccurrenceState::Upcoming | OccurrenceState::Open))
        .filter_map(move |occurrence| Some((due_on(&window.zone, occurrence)?, Desk::from(occurrence.owner))))
        .filter(move |(day, _)| window.first <= *day && *day <= last)
}

/// The day on which an occurrence falls due; what is due at midnight belongs to the day that ends.
fn due_on(zone: &Zone, occurrence: &Occurrence) -> Option<Day> {
    let due = occurrence.due_at;
    (due < Instant::MAX).then(|| zone.day_of(if occurrence.inclusive { due } else { due.plus_ms(-1) }))
}

/// Plans one subject with daily duties that have no last day laid out for so many days ahead.
pub fn plan_ahead(input: &PlanInput<'_>, days: i64) -> Plan {
    let mut planner = Planner::new(input, 0);
    planner.ahead_days = days.max(1);
    planner.plan()
}
