//! Ids of enrolments and tasks: the kernel's own, made many at a time.
//!
//! A plan names every occurrence, and naming them one by one was the larger half of planning: the part that all
//! occurrences of an enrolment share is digested once.

use lianfang_kernel::ids::{EnrolmentId, SubjectId, TaskId};
use sha1::{Digest, Sha1};
use uuid::Uuid;

/// The kernel's namespace of derived ids; a test holds the two together.
const DERIVED: Uuid = Uuid::from_u128(0x8f7d_1f0a_52c4_5a43_9d53_6b0f_71f6_54a1);

/// The id of an enrolment, as [`lianfang_kernel::ids::enrolment_id`] makes it.
pub(crate) fn enrolment_id(protocol: &str, subject: SubjectId, key: &str) -> EnrolmentId {
    let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
    let text = subject.0.hyphenated().encode_lower(&mut text);
    let named = Sha1::new()
        .chain_update(DERIVED.as_bytes())
        .chain_update(b"enrolment\x1f")
        .chain_update(protocol);
    let named = named
        .chain_update(b"\x1f")
        .chain_update(text.as_bytes())
        .chain_update(b"\x1f")
        .chain_update(key);
    EnrolmentId(version_5(named))
}

fn version_5(digested: Sha1) -> Uuid {
    let digest = digested.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_sha1_bytes(bytes).into_uuid()
}

/// Names the tasks of one enrolment as [`lianfang_kernel::ids::task_id`] does.
#[derive(Clone)]
pub(crate) struct Names(Sha1);

impl Names {
    /// Names the tasks of `enrolment`.
    pub fn of(enrolment: EnrolmentId) -> Names {
        let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
        let text = enrolment.0.hyphenated().encode_lower(&mut text);
        let shared = Sha1::new().chain_update(DERIVED.as_bytes()).chain_update(b"task\x1f");
        Names(shared.chain_update(text.as_bytes()).chain_update(b"\x1f"))
    }

    /// The id of one occurrence of a task.
    pub fn task(&self, task: &str, occurrence: &str) -> TaskId {
        TaskId(version_5(
            self.0
                .clone()
                .chain_update(task)
                .chain_update(b"\x1f")
                .chain_update(occurrence),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lianfang_kernel::ids::{derived, enrolment_id as kernels, task_id};

    #[test]
    fn they_are_the_kernels_ids() {
        for (task, occurrence) in [
            ("temperature", "2022-01-21/1"),
            ("pcr-1", ""),
            ("", "x"),
            ("测温", "2022-01-21"),
        ] {
            let enrolment = EnrolmentId(derived(task));
            let subject = SubjectId(derived(occurrence));
            assert_eq!(
                enrolment_id(task, subject, occurrence),
                kernels(task, subject, occurrence)
            );
            assert_eq!(
                Names::of(enrolment).task(task, occurrence),
                task_id(enrolment, task, occurrence)
            );
        }
    }
}
