//! The checked model: what packs say, with every id resolved and every condition typed.
//!
//! [`Model`] is immutable and shared. Nothing here knows TOML; [`load`](mod@crate::load) makes it, the planner and the writer read
//! it. A table of the language stands here as one struct with the language's own names.

mod accepts;
mod accounts;
mod briefings;
mod holds;
mod indicators;
mod protocols;
mod registers;
mod roles;
mod rules;
mod watched;

pub use accepts::Accepts;
pub use accounts::{Account, Move, Posting};
pub use briefings::{Against, Briefing, BriefingBlock, Flows};
pub use holds::{Hold, Kinds, Overlap, Required, Rest};
pub use indicators::{Base, Covered, Done, Estimator, Indicator, IndicatorKind, Middle, Pick, WallPlace};
pub use protocols::{
    After, Again, CROSSING, Campaign, Days, Enrol, EnrolKey, EnrolSource, EnrolledSet, Escalation, Late, Length,
    LiveSet, Protocol, Release, ReleasePart, Task, Timing, Transition, Watch,
};
pub use registers::{
    Allocation, Combine, Draw, DrawnFrom, Fold, Look, Matching, PublicFields, Reach, Register, Since, Unique,
    UniqueThen,
};
pub use roles::{FromPost, Level, Role, Scope};
pub use rules::{Guard, Offer, Rule, RuleRow, Severity};
pub use watched::{Timed, Watched};

use lianfang_kernel::{RegionId, Words};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything that the packs in force say.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Packs by id.
    pub packs: BTreeMap<String, Pack>,
    /// Subject types by id: `school` is an organisation.
    pub types: BTreeMap<String, SubjectType>,
    /// Code lists by id.
    pub lists: BTreeMap<String, CodeList>,
    /// Settings by id.
    pub settings: BTreeMap<String, Setting>,
    /// Accounts by id.
    pub accounts: BTreeMap<String, Account>,
    /// Registers by id.
    pub registers: BTreeMap<String, Arc<Register>>,
    /// Rules by id.
    pub rules: BTreeMap<String, Arc<Rule>>,
    /// Guards by id.
    pub guards: BTreeMap<String, Arc<Guard>>,
    /// Protocol editions, ordered by (id, version).
    pub protocols: Vec<Arc<Protocol>>,
    /// Indicators by id.
    pub indicators: BTreeMap<String, Arc<Indicator>>,
    /// Protocols over those enrolled in others, each after the ones that it follows.
    pub over_enrolled: Vec<String>,
    /// The figures that enrol.
    pub watched: Watched,
    /// Briefings by id.
    pub briefings: BTreeMap<String, Arc<Briefing>>,
    /// Roles by id.
    pub roles: BTreeMap<String, Role>,
    /// SHA-256 over the normalised sources, hex: what an activation entry names.
    pub digest: String,
}

/// A pack: one capability.
#[derive(Clone, Debug)]
pub struct Pack {
    /// Its id, also the folder's name.
    pub id: String,
    /// What it is called.
    pub title: Words,
    /// Packs it stands on.
    pub needs: Vec<String>,
    /// The function whose holder answers for it, by its code in the list `function`.
    pub owner: Option<String>,
    /// Screens and programs of this build that work on its registers.
    pub modules: Vec<String>,
    /// Rows met by this pack's items, sorted.
    pub meets: Vec<String>,
}

/// A subject type.
#[derive(Clone, Debug)]
pub struct SubjectType {
    /// Its id.
    pub id: String,
    /// The pack it comes from.
    pub pack: String,
    /// The kind it refines.
    pub of: lianfang_kernel::SubjectKind,
    /// What it is called.
    pub title: Words,
    /// The wider type, if any.
    pub parent: Option<String>,
    /// The unit that items of this type are counted in.
    pub unit: Option<String>,
    /// How many of that unit other units hold: a box fifty pieces.
    pub packing: BTreeMap<String, i64>,
}

/// A code list.
#[derive(Clone, Debug)]
pub struct CodeList {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: Words,
    /// Its values, in the order shown.
    pub values: Vec<CodeValue>,
}

/// A value of a code list.
#[derive(Clone, Debug)]
pub struct CodeValue {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: Words,
    /// Its rank, where values are compared; larger is stricter.
    pub rank: Option<i64>,
}

impl CodeList {
    /// A value by id.
    pub fn value(&self, id: &str) -> Option<&CodeValue> {
        self.values.iter().find(|value| value.id == id)
    }
}

/// A setting: what a city chooses. The stored datum has the type of `kind`; durations are milliseconds, decimals
/// scaled by 10^`scale`, a duration in days an integer.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: Words,
    /// Its kind's id.
    pub kind: String,
    /// Digits after the point of a decimal.
    pub scale: u8,
    /// The value unless a city sets one.
    pub default: lianfang_kernel::Datum,
    /// Values in force for an area (the deepest area that covers a place wins).
    pub by_area: Vec<(RegionId, lianfang_kernel::Datum)>,
    /// Where the default comes from.
    pub source: String,
}

impl Model {
    /// Editions of a protocol, by version.
    pub fn editions<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Arc<Protocol>> {
        self.protocols.iter().filter(move |protocol| protocol.id == id)
    }

    /// One edition.
    pub fn edition(&self, id: &str, version: u32) -> Option<&Arc<Protocol>> {
        self.protocols
            .iter()
            .find(|protocol| protocol.id == id && protocol.version == version)
    }

    /// A task by its protocol, as the newest edition that has it says.
    pub fn task<'a>(&'a self, protocol: &'a str, task: &'a str) -> Option<&'a Task> {
        let tasks = self.editions(protocol).flat_map(|edition| &edition.tasks);
        tasks.filter(|known| known.id == task).last()
    }

    /// The list that a field of codes takes its values from.
    pub fn list_of(&self, kind: &lianfang_kernel::Kind) -> Option<&CodeList> {
        match kind {
            lianfang_kernel::Kind::Code { list } => self.lists.get(list),
            _ => None,
        }
    }

    /// The kind of a subject type or kind id.
    pub fn kind_of(&self, id: &str) -> Option<lianfang_kernel::SubjectKind> {
        lianfang_kernel::SubjectKind::from_id(id).or_else(|| self.types.get(id).map(|kind| kind.of))
    }

    /// Whether `kind_type` is `wanted`, one of its narrower types, or of the kind `wanted`.
    pub fn is_a(&self, kind_type: &str, wanted: &str) -> bool {
        let mut here = Some(kind_type);
        for _ in 0..16 {
            match here {
                Some(id) if id == wanted => return true,
                Some(id) => here = self.types.get(id).and_then(|t| t.parent.as_deref()),
                None => break,
            }
        }
        self.types.get(kind_type).is_some_and(|t| t.of.id() == wanted)
    }
}
