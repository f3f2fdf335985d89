//! Register schemas: what a kind of record holds, by field.

use crate::{Day, SubjectKind, Words};
use serde::{Deserialize, Serialize};

/// The three temporal shapes of a register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// It happened at t.
    #[default]
    Point,
    /// It holds from–to.
    Interval,
    /// A quantity moved from account to account.
    Posting,
}

/// Whether a record tells what happened or does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nature {
    /// It has happened: never refused for what it says.
    Observation,
    /// It can be refused, with reason and clause.
    Act,
}

/// How sensitive a field or register is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sensitivity {
    /// Anyone with the register may read it.
    #[default]
    Plain,
    /// Personal.
    Personal,
    /// About health: not visible to police roles.
    Health,
    /// Care notes: only for the care role.
    Care,
}

impl Sensitivity {
    /// The id in packs.
    pub fn from_id(id: &str) -> Option<Sensitivity> {
        match id {
            "plain" => Some(Sensitivity::Plain),
            "personal" => Some(Sensitivity::Personal),
            "health" => Some(Sensitivity::Health),
            "care" => Some(Sensitivity::Care),
            _ => None,
        }
    }
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// One line.
    Text,
    /// Several lines; shown, never read by a condition.
    Note,
    /// Yes or no.
    Bool,
    /// Integer.
    Int,
    /// Decimal, stored as an integer scaled by 10^scale.
    Decimal {
        /// Digits after the point.
        scale: u8,
    },
    /// A number of units of an item, scaled.
    Quantity {
        /// Digits after the point.
        scale: u8,
    },
    /// Money in fen.
    Money,
    /// A value of a list.
    Code {
        /// The list's id.
        list: String,
    },
    /// A civil date.
    Date,
    /// A moment.
    Instant,
    /// Elapsed time in milliseconds.
    Duration,
    /// A region of the tree.
    Region,
    /// A subject of that kind.
    Subject(SubjectKind),
    /// Another entry.
    Entry,
    /// A subject type declared in packs.
    Type,
    /// An attachment.
    File,
    /// Repeated rows with fields of their own.
    Rows(Vec<FieldSchema>),
    /// A decision computed by a rule, stored with its inputs.
    Decision {
        /// The rule's id.
        rule: String,
    },
    /// A person's name; sealed.
    Name,
    /// A resident identity number (GB 11643); sealed.
    CnId,
    /// Another document number; sealed.
    IdDoc,
    /// A telephone number; sealed.
    Phone,
    /// A vehicle's number plate; sealed.
    Plate,
    /// An address; sealed.
    Address,
}

impl Kind {
    /// The kind's id in packs.
    pub fn id(&self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Note => "note",
            Kind::Bool => "bool",
            Kind::Int => "int",
            Kind::Decimal { .. } => "decimal",
            Kind::Quantity { .. } => "quantity",
            Kind::Money => "money",
            Kind::Code { .. } => "code",
            Kind::Date => "date",
            Kind::Instant => "instant",
            Kind::Duration => "duration",
            Kind::Region => "region",
            Kind::Subject(SubjectKind::Organisation) => "org",
            Kind::Subject(kind) => kind.id(),
            Kind::Entry => "entry",
            Kind::Type => "type",
            Kind::File => "file",
            Kind::Rows(_) => "rows",
            Kind::Decision { .. } => "decision",
            Kind::Name => "name",
            Kind::CnId => "cn_id",
            Kind::IdDoc => "id_doc",
            Kind::Phone => "phone",
            Kind::Plate => "plate",
            Kind::Address => "address",
        }
    }

    /// Whether the value is sealed whatever the field says.
    pub fn is_sealed(&self) -> bool {
        matches!(
            self,
            Kind::Name | Kind::CnId | Kind::IdDoc | Kind::Phone | Kind::Plate | Kind::Address
        )
    }
}

/// One field of a register or of its rows.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldSchema {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: Words,
    /// What to write, for people.
    pub help: Option<Words>,
    /// What it holds.
    pub kind: Kind,
    /// How many values it may hold; 1 for a plain field. Rows always repeat.
    pub many: u32,
    /// Always required. Conditional requirements stand with the register's conditions.
    pub required: bool,
    /// Lowest and highest value, in the field's own scale.
    pub range: Option<(i64, i64)>,
    /// What it is counted in, for showing.
    pub unit: Option<Words>,
    /// Whether a figure may carry a qualifier: about, over, nearly.
    pub approx: bool,
    /// Kept in the typed index, so that lists filter by it.
    pub index: bool,
    /// Sealed although its kind is not.
    pub personal: bool,
    /// Whether a condition may read it.
    pub decides: bool,
    /// Roles that see it; empty = everyone who sees the register.
    pub see: Vec<String>,
    /// The first day it was asked for; older entries lack it and are whole.
    pub since: Option<Day>,
}

impl FieldSchema {
    /// A field of which nothing more is said: one value, not required, read by conditions.
    pub fn new(id: &str, title: Words, kind: Kind) -> FieldSchema {
        FieldSchema {
            id: id.to_owned(),
            title,
            help: None,
            kind,
            many: 1,
            required: false,
            range: None,
            unit: None,
            approx: false,
            index: false,
            personal: false,
            decides: true,
            see: Vec::new(),
            since: None,
        }
    }

    /// Whether it is asked for in an entry of that day.
    pub fn is_asked_on(&self, day: Day) -> bool {
        self.since.is_none_or(|since| since <= day)
    }

    /// Whether every entry has it, those too that are older than it.
    pub fn is_always_there(&self) -> bool {
        self.required && self.since.is_none()
    }

    /// The field as it is asked for in an entry of that day: what is newer may be left out, in rows too.
    pub fn as_asked_on(mut self, day: Day) -> FieldSchema {
        self.required &= self.is_asked_on(day);
        if let Kind::Rows(inner) = self.kind {
            self.kind = Kind::Rows(inner.into_iter().map(|field| field.as_asked_on(day)).collect());
        }
        self
    }

    /// Whether its value is sealed.
    pub fn is_sealed(&self) -> bool {
        self.personal || self.kind.is_sealed()
    }
}

/// What a register holds and how it behaves, without its conditions.
#[derive(Clone, Debug, PartialEq)]
pub struct RegisterSchema {
    /// Its id, unique over all packs.
    pub id: String,
    /// The pack it comes from.
    pub pack: String,
    /// Version of the schema; entries keep the one they were written under.
    pub version: u32,
    /// What it is called.
    pub title: Words,
    /// What it is for, for people.
    pub help: Option<Words>,
    /// Why the data is collected.
    pub purpose: Words,
    /// Kinds or types of subject it may be about.
    pub subjects: Vec<String>,
    /// Its temporal shape.
    pub shape: Shape,
    /// Observation or act.
    pub nature: Nature,
    /// How sensitive it is.
    pub sensitivity: Sensitivity,
    /// Days after the response ends (or after the entry, where there is none) when sealed values are destroyed.
    pub retention_days: u32,
    /// The retention class that shares a key per subject.
    pub retention_class: String,
    /// The field that holds the time, `at` when built in.
    pub at_field: Option<String>,
    /// Whether it belongs to the snapshot: orders, closures, risk areas, designations.
    pub reference: bool,
    /// The register that its entries cite: `order`.
    pub cites: Option<String>,
    /// The field that tells where the subject stays from then on.
    pub stays: Option<String>,
    /// The field that tells the unit the subject stays at from then on.
    pub unit_field: Option<String>,
    /// The field that holds the moment after which nobody reads its entries, and their key is destroyed.
    pub expires: Option<String>,
    /// The field that holds the moment before which only its author's organisation reads an entry, and roles that see
    /// the field.
    pub embargo: Option<String>,
    /// Its fields, in the order of the form.
    pub fields: Vec<FieldSchema>,
    /// The requirement rows it meets.
    pub meets: Vec<String>,
}

impl RegisterSchema {
    /// A field by id.
    pub fn field(&self, id: &str) -> Option<&FieldSchema> {
        self.fields.iter().find(|field| field.id == id)
    }
}
