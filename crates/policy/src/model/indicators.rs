//! Figures with a definition.

use super::{Model, Required};
use crate::expr::Expr;
use lianfang_kernel::Words;

/// A defined figure.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// Its id.
    pub id: String,
    /// The pack it comes from.
    pub pack: String,
    /// What it is called.
    pub title: Words,
    /// Its definition, for people.
    pub help: Option<Words>,
    /// How it is made.
    pub kind: IndicatorKind,
    /// Which rows; sees `it` (an entry) or, over a protocol, `state` and `it` (the enrolment).
    pub filter: Option<Expr>,
    /// What it is broken down by: region, sector, day, state, code fields.
    pub by: Vec<String>,
    /// What it is counted in.
    pub unit: Words,
    /// Digits after the point: its numbers are scaled by so many.
    pub scale: u8,
    /// Whether the public sees it.
    pub public: bool,
    /// The only role that is told who stands behind it; all others are told how many.
    pub names_to: Option<String>,
    /// Counts below are suppressed for outside readers.
    pub suppress_below: Option<i64>,
    /// The task (`protocol/task`) that must be complete before the figure is known.
    pub complete: Option<(String, String)>,
    /// Where on the wall of the command room it stands, if it does.
    pub wall: Option<WallPlace>,
    /// The requirement rows it meets.
    pub meets: Vec<String>,
}

impl Indicator {
    /// The roles that are told who stands behind it: its own, and that of the duty that it counts.
    pub fn named_to<'m>(&'m self, model: &'m Model) -> impl Iterator<Item = &'m str> {
        let duty = match &self.kind {
            IndicatorKind::Coverage { of, .. } => of.duty(),
            _ => self
                .complete
                .as_ref()
                .map(|(protocol, task)| (protocol.as_str(), task.as_str())),
        };
        let task = duty.and_then(|(protocol, task)| model.task(protocol, task));
        let roles = [&self.names_to].into_iter().chain(task.map(|task| &task.names_to));
        roles.flatten().map(String::as_str)
    }
}

/// A place on the wall of the command room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WallPlace {
    /// Cases: a figure by day is drawn as a curve, and the first of them fills the map.
    Cases,
    /// What is asked of people: confirmed and released.
    Measures,
    /// Who owes a report and is silent: a coverage.
    Silence,
    /// Beds and rooms.
    Beds,
    /// What is in store, and for how many days.
    Stock,
    /// Checkpoints and what goes through them.
    Checkpoints,
    /// Signals of the early warning.
    Signals,
}

impl WallPlace {
    /// Every place by the word for it in a pack.
    pub const ALL: [(&'static str, WallPlace); 7] = [
        ("cases", WallPlace::Cases),
        ("measures", WallPlace::Measures),
        ("silence", WallPlace::Silence),
        ("beds", WallPlace::Beds),
        ("stock", WallPlace::Stock),
        ("checkpoints", WallPlace::Checkpoints),
        ("signals", WallPlace::Signals),
    ];
}

/// How a figure is made.
#[derive(Clone, Debug)]
pub enum IndicatorKind {
    /// Rows of registers, or distinct values of a field of them.
    Count {
        /// Registers counted.
        of: Vec<String>,
        /// Field whose distinct values count, `subject` included; rows when none.
        distinct: Option<String>,
        /// Only the first or last row of each subject, taken before the condition is asked.
        pick: Option<Pick>,
    },
    /// Sum of a value over rows of a register.
    Sum {
        /// The register.
        of: String,
        /// What is summed; sees `it`.
        value: Expr,
        /// The fields with the qualifiers of what is summed: where one says something the sum is not exact.
        approx: Vec<String>,
        /// Only the first or last row of each subject, taken before the condition is asked.
        pick: Option<Pick>,
    },
    /// A length of time, or another number, over rows of a register: its median or ninth
    /// decile; of days the first or last.
    Interval {
        /// The register.
        of: String,
        /// The number of each row; sees `it`. Lengths of time are milliseconds.
        value: Expr,
        /// What is made of them.
        fold: Middle,
        /// Whether the numbers are lengths of time; then the figure is in whole minutes.
        is_time: bool,
    },
    /// How many days in a row, up to the moment it is read as of, another figure was a number. A day whose reports are
    /// not all in makes it unknown.
    Streak {
        /// That figure; it has a `complete`.
        of: String,
        /// The number.
        equals: i64,
        /// Not how long it lasts, but how long that was which the day ended; 0 on a day that ends none.
        ended: bool,
    },
    /// An estimate over the days of another figure.
    Module {
        /// That figure; it adds up by day.
        of: String,
        /// Which estimate.
        module: Estimator,
    },
    /// A number made of other figures.
    Formula {
        /// The names they have in the expression, with their ids.
        of: Vec<(String, String)>,
        /// The expression; an integer.
        expr: Expr,
    },
    /// Enrolments of protocols by state: opened, active, one per outcome.
    Enrolments {
        /// Protocols counted.
        of: Vec<String>,
    },
    /// What stands in accounts. Items of different units are never added up.
    Balance {
        /// The accounts.
        of: Vec<String>,
        /// Only items of this type.
        items: Option<String>,
        /// With the sign turned: what was taken from an account outside.
        negated: bool,
    },
    /// Required, done and missing, by name.
    Coverage {
        /// What is required and what shows that it was done.
        of: Covered,
        /// What is counted.
        base: Base,
    },
}

/// What a coverage covers.
#[derive(Clone, Debug)]
pub enum Covered {
    /// Those who were asked for the task of a protocol.
    Task {
        /// The protocol.
        protocol: String,
        /// The task.
        task: String,
    },
    /// Those who belong to a set.
    Set {
        /// The set.
        required: Required,
        /// What shows of one of them that it was done.
        done: Done,
    },
    /// The minutes in which the hold of a register must be held.
    Hold {
        /// The register.
        register: String,
    },
}

impl Covered {
    /// The task of a protocol, where that is what is covered.
    pub fn task(&self) -> Option<(&str, &str)> {
        match self {
            Covered::Task { protocol, task } => Some((protocol, task)),
            Covered::Set { .. } | Covered::Hold { .. } => None,
        }
    }

    /// The task that shows what was done, whoever was to do it.
    pub fn duty(&self) -> Option<(&str, &str)> {
        match self {
            Covered::Task { protocol, task }
            | Covered::Set {
                done: Done::Task { protocol, task },
                ..
            } => Some((protocol, task)),
            Covered::Set { .. } | Covered::Hold { .. } => None,
        }
    }

    /// The protocol whose plans it is read from, if it is.
    pub fn protocol(&self) -> Option<&str> {
        match self {
            Covered::Task { protocol, .. }
            | Covered::Set {
                done: Done::Task { protocol, .. },
                ..
            } => Some(protocol),
            Covered::Set { .. } | Covered::Hold { .. } => None,
        }
    }

    /// The register whose rows show what was done, if rows do.
    pub fn register(&self) -> Option<&str> {
        match self {
            Covered::Hold { register }
            | Covered::Set {
                done: Done::Register(register),
                ..
            } => Some(register),
            Covered::Set { .. } | Covered::Task { .. } => None,
        }
    }
}

/// What shows of a member of a set that it was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// A row of this register about it, or naming it: made within the days asked; of an interval one that holds then.
    Register(String),
    /// Everything that the task of a protocol asked of it.
    Task {
        /// The protocol.
        protocol: String,
        /// The task.
        task: String,
    },
    /// This guard would let it pass now.
    Guard(String),
}

impl IndicatorKind {
    /// The registers whose rows it is made of; none for figures of protocols, accounts or other figures.
    pub fn registers(&self) -> &[String] {
        match self {
            Self::Count { of, .. } => of,
            Self::Sum { of, .. } | Self::Interval { of, .. } => std::slice::from_ref(of),
            Self::Streak { .. }
            | Self::Module { .. }
            | Self::Formula { .. }
            | Self::Enrolments { .. }
            | Self::Balance { .. }
            | Self::Coverage { .. } => &[],
        }
    }
}

/// What is estimated over the days of a figure. All are whole numbers, so that conditions can compare them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Estimator {
    /// By how much the day is above the bound of EARS C2; 0 when it is not.
    Ears,
    /// Growth a day over the fourteen days to the day, in thousandths.
    Growth,
    /// The reproduction number over the seven days to the day, in hundredths.
    Rt,
}

/// Which row of a subject counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// The first by (at, id).
    First,
    /// The last by (at, id): the answer that holds.
    Last,
}

/// What is made of the numbers of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Middle {
    /// The one in the middle; of two the mean, rounded down.
    Median,
    /// Nine of ten are not above it (nearest rank).
    P90,
    /// The earliest of days.
    First,
    /// The latest of days.
    Last,
}

impl Middle {
    /// Whether it is a day: then the figure counts days since 1970-01-01.
    pub fn is_day(self) -> bool {
        matches!(self, Middle::First | Middle::Last)
    }
}

/// What a coverage counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Base {
    /// Occurrences.
    #[default]
    Slots,
    /// Members; one is done when it did everything it owed.
    Members,
    /// Occurrences that were done or fell due; one that was done late is not met.
    InTime,
    /// Minutes, of a hold.
    Minutes,
}
