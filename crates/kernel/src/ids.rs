//! Identifiers: one type each, so that a task is never taken for an entry.
//!
//! Entries, subjects and accounts carry time-ordered UUIDv7 made by an [`IdSource`] at the edge; enrolments and tasks
//! carry UUIDv5 derived from what they are, so that planning twice names the same task.

use crate::Instant;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<$name, uuid::Error> {
                text.trim().parse().map($name)
            }
        }
    };
}

id!(
    /// An entry of a register.
    EntryId
);
id!(
    /// Anything facts are about; organisations are subjects too.
    SubjectId
);
id!(
    /// A subject inside a protocol; derived, see [`enrolment_id`].
    EnrolmentId
);
id!(
    /// One occurrence of a task in an enrolment; derived, see [`task_id`].
    TaskId
);
id!(
    /// A staff account.
    LoginId
);
id!(
    /// A resident's device, known by its secret.
    DeviceId
);

/// Namespace of derived ids: UUIDv5 of the DNS name `lianfang.invalid`.
const DERIVED: Uuid = Uuid::from_u128(0x8f7d_1f0a_52c4_5a43_9d53_6b0f_71f6_54a1);

/// The id of an enrolment: protocol, subject and the key that tells parallel ones apart.
pub fn enrolment_id(protocol: &str, subject: SubjectId, key: &str) -> EnrolmentId {
    let name = format!("enrolment\u{1f}{protocol}\u{1f}{subject}\u{1f}{key}");
    EnrolmentId(Uuid::new_v5(&DERIVED, name.as_bytes()))
}

/// The id of one occurrence of a task.
pub fn task_id(enrolment: EnrolmentId, task: &str, occurrence: &str) -> TaskId {
    let name = format!("task\u{1f}{enrolment}\u{1f}{task}\u{1f}{occurrence}");
    TaskId(Uuid::new_v5(&DERIVED, name.as_bytes()))
}

/// A UUIDv5 under the product's namespace, for other derived names.
pub fn derived(name: &str) -> Uuid {
    Uuid::new_v5(&DERIVED, name.as_bytes())
}

/// Makes time-ordered ids from a moment and ten random bytes given by the edge.
pub trait IdSource: Send + Sync {
    /// Ten fresh random bytes.
    fn random(&self) -> [u8; 10];

    /// A UUIDv7 of `now`.
    fn uuid_v7(&self, now: Instant) -> Uuid {
        let millis = u64::try_from(now.0).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.random()).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planning_twice_names_the_same_task() {
        let subject = SubjectId(Uuid::from_u128(7));
        let enrolment = enrolment_id("m217", subject, "");
        assert_eq!(enrolment, enrolment_id("m217", subject, ""));
        assert_ne!(enrolment, enrolment_id("m217", subject, "second"));
        assert_ne!(task_id(enrolment, "pcr-1", "0"), task_id(enrolment, "pcr-2", "0"));
    }
}
