//! What the checker knows of the packs: names and types, before any condition is compiled.

use super::ty::{Access, FieldTy, RecordTy, Ty};
use crate::model::CodeList;
use lianfang_kernel::{FieldSchema, Kind, RegisterSchema, Shape, SubjectKind};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Names and types of everything that packs declare.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    /// Subject types and the kind each refines.
    pub(crate) types: BTreeMap<String, SubjectKind>,
    /// Code lists; those made here begin with `@`.
    pub(crate) lists: BTreeMap<String, CodeList>,
    pub(crate) settings: BTreeMap<String, Ty>,
    pub(crate) registers: BTreeMap<String, RegisterTy>,
    pub(crate) rules: BTreeMap<String, RuleTy>,
    pub(crate) protocols: BTreeMap<String, ProtocolTy>,
    pub(crate) figures: BTreeMap<String, FigureTy>,
    /// Profiles of subjects, by type.
    pub(crate) profiles: Vec<ProfileTy>,
    /// Accounts and the digits after the point of what stands in them.
    pub(crate) accounts: BTreeMap<String, u8>,
}

/// The profile of a type of subjects as conditions see it.
#[derive(Clone, Debug)]
pub(crate) struct ProfileTy {
    pub(crate) kind: SubjectKind,
    /// The register that keeps it.
    pub(crate) register: Arc<str>,
    /// Its fields; any of them may be missing.
    pub(crate) fields: Vec<FieldTy>,
}

/// An indicator as what watches it sees it.
#[derive(Clone, Debug)]
pub(crate) struct FigureTy {
    pub(crate) by: Vec<String>,
    pub(crate) scale: u8,
}

/// A register as conditions see it.
#[derive(Clone, Debug)]
pub(crate) struct RegisterTy {
    pub(crate) schema: RegisterSchema,
    pub(crate) record: Arc<RecordTy>,
    /// The kind of its subjects, when it has one only.
    pub(crate) kind: Option<SubjectKind>,
    /// What its hold is counted by, when it has one.
    pub(crate) per: Option<Vec<String>>,
}

/// A rule as conditions see it.
#[derive(Clone, Debug)]
pub(crate) struct RuleTy {
    pub(crate) inputs: Vec<(String, Ty)>,
    pub(crate) results: Arc<RecordTy>,
    /// What asking it costs, known once its rows are compiled.
    pub(crate) cost: u64,
}

/// A protocol as conditions see it: over all its editions.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProtocolTy {
    pub(crate) tasks: BTreeSet<String>,
    pub(crate) outcomes: BTreeSet<String>,
    /// The type or kind that it says it enrols.
    pub(crate) of: Option<String>,
    /// The first register that it enrols on.
    pub(crate) on: Option<String>,
}

impl World {
    /// The type of a field of that kind, when it holds one value.
    pub(crate) fn kind_ty(&self, kind: &Kind, what: &str, always: &dyn Fn(&str) -> bool) -> Ty {
        match kind {
            Kind::Text | Kind::Note => Ty::Text,
            Kind::Bool => Ty::Bool,
            Kind::Int => Ty::Int,
            Kind::Decimal { scale } | Kind::Quantity { scale } => Ty::Decimal(*scale),
            Kind::Money => Ty::Decimal(2),
            Kind::Code { list } => Ty::code(list),
            Kind::Date => Ty::Day,
            Kind::Instant => Ty::Instant,
            Kind::Duration => Ty::Duration,
            Kind::Region => Ty::Region,
            Kind::Subject(kind) => Ty::Subject(Some(*kind)),
            Kind::Entry => Ty::Entry,
            Kind::Type => Ty::Type,
            Kind::File => Ty::File,
            Kind::Rows(fields) => {
                let fields = fields
                    .iter()
                    .map(|field| self.field_ty(field, what, always(&field.id)))
                    .collect();
                Ty::record(RecordTy::new(format!("{what} 行 row"), fields))
            }
            Kind::Decision { rule } => self
                .rules
                .get(rule)
                .map_or(Ty::Unknown, |rule| Ty::Record(rule.results.clone())),
            Kind::Name | Kind::CnId | Kind::IdDoc | Kind::Phone | Kind::Plate | Kind::Address => Ty::Text,
        }
    }

    fn field_ty(&self, field: &FieldSchema, what: &str, filled: bool) -> FieldTy {
        let one = self.kind_ty(&field.kind, &format!("{what}.{}", field.id), &|_| false);
        let repeats = field.many > 1 || matches!(field.kind, Kind::Rows(_));
        let ty = if repeats {
            Ty::list(one, field.many.min(super::limits::MAX_ITEMS))
        } else {
            one
        };
        let access = if field.is_sealed() {
            Access::Sealed
        } else if !field.decides || matches!(field.kind, Kind::Note) {
            Access::Shown
        } else if repeats && field.many > super::limits::MAX_ITEMS {
            Access::TooMany
        } else if field.is_always_there() || filled && field.since.is_none() || repeats {
            Access::Always
        } else {
            Access::Optional
        };
        FieldTy {
            name: field.id.clone(),
            ty,
            access,
        }
    }

    /// The record of a register: built-in fields, then its own. `filled` tells the fields that a compute or default
    /// fills.
    pub(crate) fn register_ty(&self, schema: &RegisterSchema, filled: &BTreeSet<String>) -> RecordTy {
        let kind = self.subject_kind(schema);
        let mut fields = vec![
            FieldTy::always("id", Ty::Entry),
            FieldTy::always("register", Ty::Text),
            FieldTy::always("subject", Ty::Subject(kind)),
            FieldTy::always("at", Ty::Instant),
            FieldTy::optional("made_at", Ty::Instant),
            FieldTy::always("received_at", Ty::Instant),
            FieldTy::always("recorded_at", Ty::Instant),
            FieldTy::always("by", Ty::Text),
            FieldTy::always("org", Ty::org()),
            FieldTy::always("region", Ty::Region),
            FieldTy::optional("sector", Ty::Text),
            FieldTy::always("channel", Ty::Text),
            FieldTy::always("assurance", Ty::code("@assurance")),
            FieldTy::always("proxy", Ty::Bool),
            FieldTy::optional("group", Ty::Text),
            FieldTy::always("act", Ty::code("@act")),
            FieldTy::optional("replaces", Ty::Entry),
        ];
        if schema.shape == Shape::Interval {
            fields.push(FieldTy::always("from", Ty::Instant));
            fields.push(FieldTy::optional("to", Ty::Instant));
        }
        for field in &schema.fields {
            if fields.iter().all(|known| known.name != field.id) {
                fields.push(self.field_ty(field, &schema.id, filled.contains(&field.id)));
            }
        }
        RecordTy::new(format!("register {}", schema.id), fields)
    }

    /// The kind of a register's subjects, when it has one only.
    pub(crate) fn subject_kind(&self, schema: &RegisterSchema) -> Option<SubjectKind> {
        let mut kinds = schema.subjects.iter().map(|id| self.kind_of(id));
        let first = kinds.next()??;
        kinds.all(|kind| kind == Some(first)).then_some(first)
    }

    /// The kind of a subject type or kind.
    pub(crate) fn kind_of(&self, id: &str) -> Option<SubjectKind> {
        SubjectKind::from_id(id).or_else(|| self.types.get(id).copied())
    }

    /// The profiles of a kind of subject; all of them where the kind is not known.
    pub(crate) fn profiles_of(&self, kind: Option<SubjectKind>) -> impl Iterator<Item = &ProfileTy> {
        let fits = move |profile: &&ProfileTy| kind.is_none_or(|kind| profile.kind == kind);
        self.profiles.iter().filter(fits)
    }

    /// A subject with what the ledger knows of it.
    pub(crate) fn view_fields(kind: Option<SubjectKind>) -> RecordTy {
        RecordTy::new(
            "subject",
            vec![
                FieldTy::always("id", Ty::Subject(kind)),
                FieldTy::always("kind", Ty::code("@kind")),
                FieldTy::always("type", Ty::Type),
                FieldTy::always("region", Ty::Region),
                FieldTy::optional("unit", Ty::org()),
                FieldTy::always("since", Ty::Instant),
                FieldTy::optional("until", Ty::Instant),
            ],
        )
    }
}
