//! Static types of conditions.

use lianfang_kernel::{SubjectKind, Words};
use std::sync::Arc;

/// The type of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ty {
    /// After an error: fits everything, so that one mistake is one finding.
    Unknown,
    Bool,
    Int,
    Instant,
    Day,
    Duration,
    Decimal(u8),
    Text,
    /// A value of a list; `blank` when the empty text stands for none.
    Code {
        list: Arc<str>,
        blank: bool,
    },
    /// A subject type.
    Type,
    Region,
    /// A subject by its id.
    Subject(Option<SubjectKind>),
    /// A subject with what the ledger knows of it.
    View(Option<SubjectKind>),
    Desk,
    Entry,
    File,
    Record(Arc<RecordTy>),
    List(Box<Ty>, u32),
    /// The least or greatest of rows, which may be none: read as `.value`.
    Folded(Box<Ty>),
}

/// The fields of a record.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RecordTy {
    /// What it is, for messages: `register arrival`.
    pub(crate) what: String,
    pub(crate) fields: Vec<FieldTy>,
    /// `last` of nothing: every field may be missing until one was asked for.
    pub(crate) may_be_empty: bool,
}

/// One field of a record.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldTy {
    pub(crate) name: String,
    pub(crate) ty: Ty,
    pub(crate) access: Access,
}

/// Whether and how a field can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Always,
    Optional,
    /// Sealed: names, numbers, plates, addresses.
    Sealed,
    /// `decides = false`, or a note.
    Shown,
    /// More rows than a condition may run over.
    TooMany,
}

impl RecordTy {
    pub(crate) fn new(what: impl Into<String>, fields: Vec<FieldTy>) -> RecordTy {
        RecordTy {
            what: what.into(),
            fields,
            may_be_empty: false,
        }
    }

    pub(crate) fn field(&self, name: &str) -> Option<&FieldTy> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl FieldTy {
    pub(crate) fn always(name: &str, ty: Ty) -> FieldTy {
        FieldTy {
            name: name.to_owned(),
            ty,
            access: Access::Always,
        }
    }

    pub(crate) fn optional(name: &str, ty: Ty) -> FieldTy {
        FieldTy {
            name: name.to_owned(),
            ty,
            access: Access::Optional,
        }
    }
}

impl Ty {
    pub(crate) fn code(list: &str) -> Ty {
        Ty::Code {
            list: Arc::from(list),
            blank: false,
        }
    }

    pub(crate) fn blank_code(list: &str) -> Ty {
        Ty::Code {
            list: Arc::from(list),
            blank: true,
        }
    }

    pub(crate) fn list(of: Ty, bound: u32) -> Ty {
        Ty::List(Box::new(of), bound)
    }

    pub(crate) fn record(record: RecordTy) -> Ty {
        Ty::Record(Arc::new(record))
    }

    pub(crate) fn org() -> Ty {
        Ty::Subject(Some(SubjectKind::Organisation))
    }

    /// Whether values of the type have an order.
    pub(crate) fn is_ordered(&self) -> bool {
        matches!(self, Ty::Int | Ty::Instant | Ty::Day | Ty::Duration | Ty::Decimal(_))
    }

    /// Whether a value of this type may stand where `wanted` is asked for, without conversion.
    pub(crate) fn fits(&self, wanted: &Ty) -> bool {
        match (self, wanted) {
            (Ty::Unknown, _) | (_, Ty::Unknown) => true,
            (Ty::Code { list: a, blank }, Ty::Code { list: b, blank: may }) => a == b && (*may || !*blank),
            (Ty::Subject(a), Ty::Subject(b)) | (Ty::View(a), Ty::View(b)) => a.is_none() || b.is_none() || a == b,
            (Ty::List(a, _), Ty::List(b, _)) => a.fits(b),
            (Ty::Record(a), Ty::Record(b)) => a == b || b.fields.iter().all(|wanted| holds(a, wanted)),
            (a, b) => a == b,
        }
    }

    /// The type in words.
    pub(crate) fn words(&self) -> Words {
        let (zh, en) = match self {
            Ty::Unknown => ("未知", "unknown"),
            Ty::Bool => ("是非值", "a yes or no"),
            Ty::Int => ("整数", "an integer"),
            Ty::Instant => ("时刻", "an instant"),
            Ty::Day => ("日期", "a day"),
            Ty::Duration => ("时长", "a duration"),
            Ty::Decimal(_) => ("小数", "a decimal"),
            Ty::Text => ("文字", "text"),
            Ty::Type => ("对象类型", "a subject type"),
            Ty::Region => ("区域", "a region"),
            Ty::Subject(None) | Ty::View(None) => ("对象", "a subject"),
            Ty::Desk => ("岗位", "a desk"),
            Ty::Entry => ("记录", "an entry"),
            Ty::File => ("附件", "a file"),
            Ty::Code { list, .. } => return Words::new(format!("代码表 {list} 的值"), format!("a code of {list}")),
            Ty::Subject(Some(kind)) | Ty::View(Some(kind)) => {
                let words = kind.words();
                return Words::new(words.zh, format!("a subject of kind {}", words.en));
            }
            Ty::Record(record) => return Words::same(record.what.clone()),
            Ty::Folded(of) => return of.words(),
            Ty::List(of, _) => {
                let of = of.words();
                return Words::new(format!("{}的列表", of.zh), format!("a list of {}", of.en));
            }
        };
        Words::new(zh, en)
    }
}

/// Whether record `a` has the field with a type that fits and is there at least as surely.
fn holds(a: &RecordTy, wanted: &FieldTy) -> bool {
    let readable = matches!(wanted.access, Access::Always | Access::Optional);
    match a.field(&wanted.name) {
        Some(field) => {
            !readable
                || (field.ty.fits(&wanted.ty) && (field.access == wanted.access || field.access == Access::Always))
        }
        None => !readable,
    }
}
