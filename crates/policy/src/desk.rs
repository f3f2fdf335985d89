//! Desks: who owns a task, told as a post and not as a person.
//!
//! A condition gives a desk as text (`function/cdc/371702`, `unit/<id>`, `self/<id>`), so that it can be stored with a
//! task; it is resolved to an organisation when asked, because tasks follow the post.

use crate::snapshot::Snapshot;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Datum, Instant, RegionId};
use std::fmt;
use std::str::FromStr;

/// Who owns a task or is told of a failure.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Desk {
    /// The organisation that holds a function for a region; an empty post falls upward.
    Function {
        /// The function's code: `cdc`, `community`, `education` …
        function: String,
        /// For where.
        region: RegionId,
    },
    /// An organisation.
    Unit(SubjectId),
    /// The subject itself: the resident's own device.
    Own(SubjectId),
}

impl Desk {
    /// The territory's desk of a region: the one that holds `community`.
    pub fn territory(region: RegionId) -> Desk {
        Desk::Function {
            function: "community".to_owned(),
            region,
        }
    }

    /// The organisation that stands behind the desk at `at`; none when nobody up to the widest region holds the
    /// function, and for [`Desk::Own`].
    pub fn organisation(&self, snapshot: &Snapshot, at: Instant) -> Option<SubjectId> {
        match self {
            Desk::Function { function, region } => snapshot.orgs.desk(&snapshot.regions, function, region, at),
            Desk::Unit(id) => Some(*id),
            Desk::Own(_) => None,
        }
    }

    /// The desk as conditions give it.
    pub fn to_datum(&self) -> Datum {
        Datum::text(&self.to_string())
    }

    /// The desk that a condition gave.
    pub fn from_datum(datum: &Datum) -> Option<Desk> {
        datum.as_text()?.parse().ok()
    }
}

impl fmt::Display for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Desk::Function { function, region } => write!(f, "function/{function}/{region}"),
            Desk::Unit(id) => write!(f, "unit/{id}"),
            Desk::Own(id) => write!(f, "self/{id}"),
        }
    }
}

/// Text that is no desk.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a desk: {0:?}; write function/cdc/371702, unit/<id> or self/<id>")]
pub struct DeskError(pub String);

impl FromStr for Desk {
    type Err = DeskError;

    fn from_str(text: &str) -> Result<Desk, DeskError> {
        let wrong = || DeskError(text.to_owned());
        match text.split_once('/').ok_or_else(wrong)? {
            ("unit", id) => Ok(Desk::Unit(id.parse().map_err(|_| wrong())?)),
            ("self", id) => Ok(Desk::Own(id.parse().map_err(|_| wrong())?)),
            ("function", rest) => {
                let (function, region) = rest.split_once('/').ok_or_else(wrong)?;
                Ok(Desk::Function {
                    function: function.to_owned(),
                    region: RegionId::new(region),
                })
            }
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desk_reads_back_from_its_text() {
        let id = SubjectId(lianfang_kernel::ids::derived("school"));
        for desk in [Desk::territory(RegionId::new("371702")), Desk::Unit(id), Desk::Own(id)] {
            assert_eq!(Desk::from_datum(&desk.to_datum()), Some(desk));
        }
        assert!("function/cdc".parse::<Desk>().is_err());
        assert!("unit/seven".parse::<Desk>().is_err());
    }
}
