//! Records that share the names of their fields.
//!
//! A plan reads a few fields of many records. With names of their own the records of a city's files are mostly names, each
//! somewhere else in memory; with shared names a look-up finds them near, and a file takes half the room.

use lianfang_kernel::{Datum, SubjectView};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// What stands in the record of every entry, whatever its register.
const BUILT_IN: [&str; 19] = [
    "act",
    "assurance",
    "at",
    "by",
    "channel",
    "from",
    "group",
    "id",
    "made_at",
    "org",
    "proxy",
    "received_at",
    "recorded_at",
    "region",
    "register",
    "replaces",
    "sector",
    "subject",
    "to",
];

fn built_in(name: &str) -> Option<&'static Arc<str>> {
    static NAMES: OnceLock<HashMap<&'static str, Arc<str>>> = OnceLock::new();
    let names = NAMES.get_or_init(|| BUILT_IN.into_iter().map(|name| (name, Arc::from(name))).collect());
    names.get(name)
}

/// The same record with the names of `like`, a record of the same register, where it has them, and with the built-in
/// names that all records share.
pub(crate) fn shared(record: &Datum, like: Option<&Datum>) -> Datum {
    let Datum::Map(fields) = record else {
        return record.clone();
    };
    let known: &[(Arc<str>, Datum)] = match like {
        Some(Datum::Map(known)) => known,
        _ => &[],
    };
    let name = |name: &Arc<str>| {
        let found = known
            .binary_search_by(|(known, _)| known.cmp(name))
            .ok()
            .map(|i| &known[i].0);
        Arc::clone(found.or_else(|| built_in(name)).unwrap_or(name))
    };
    Datum::Map(fields.iter().map(|(key, value)| (name(key), value.clone())).collect())
}

/// A subject as [`lianfang_policy::subject_record`] makes it, with shared names.
pub(crate) fn subject_record(subject: &SubjectView) -> Datum {
    static NAMES: OnceLock<[Arc<str>; 7]> = OnceLock::new();
    let names = NAMES.get_or_init(|| ["id", "kind", "region", "since", "type", "unit", "until"].map(Arc::from));
    let values = [
        Datum::text(&subject.id.to_string()),
        Datum::text(subject.kind.id()),
        Datum::Text(Arc::clone(&subject.region.0)),
        Datum::Int(subject.since.0),
        Datum::text(&subject.kind_type),
        subject.unit.map_or(Datum::Null, |id| Datum::text(&id.to_string())),
        subject.until.map_or(Datum::Null, |at| Datum::Int(at.0)),
    ];
    Datum::Map(names.iter().cloned().zip(values).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use lianfang_kernel::ids::{SubjectId, derived};
    use lianfang_kernel::{Instant, RegionId, SubjectKind};

    #[test]
    fn a_subject_is_the_record_that_conditions_were_checked_against() {
        for known in [false, true] {
            let subject = SubjectView {
                id: SubjectId(derived("a")),
                kind: SubjectKind::Person,
                kind_type: "traveller".to_owned(),
                region: RegionId::new("371702"),
                unit: known.then(|| SubjectId(derived("hotel"))),
                since: Instant(7),
                until: known.then_some(Instant(8)),
            };
            assert_eq!(subject_record(&subject), lianfang_policy::subject_record(&subject));
        }
    }

    fn names(record: &Datum) -> Vec<*const u8> {
        match record {
            Datum::Map(fields) => fields.iter().map(|(name, _)| name.as_ptr()).collect(),
            _ => Vec::new(),
        }
    }

    #[test]
    fn a_record_stays_itself_and_shares_its_names() {
        let record = |celsius| Datum::record([("at", Datum::Int(1)), ("celsius", Datum::Int(celsius))]);
        let first = shared(&record(365), None);
        let second = shared(&record(366), Some(&first));
        assert_eq!((&first, &second), (&record(365), &record(366)));
        assert_eq!(names(&first), names(&second));
        let other = shared(&Datum::record([("at", Datum::Int(2))]), None);
        assert_eq!(names(&first)[0], names(&other)[0], "built-in names are one for all");
    }
}
