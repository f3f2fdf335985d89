//! What a figure is counted in when it does not say.

use crate::expr::world::World;
use crate::model::{Base, Covered, Required};
use lianfang_kernel::SubjectKind;

/// A unit in both languages.
pub(super) type Unit = (&'static str, &'static str);

pub(super) const MINUTES: Unit = ("分钟", "minutes");
pub(super) const PERSON_TIMES: Unit = ("人次", "records of persons");
pub(super) const RECORDS: Unit = ("条", "records");

/// Of a coverage: those of its set, or what is due of them.
pub(super) fn of_coverage(of: &Covered, base: Base, world: &World) -> Unit {
    let kind = match of {
        Covered::Hold { .. } => return MINUTES,
        Covered::Set {
            required: Required::Of { of, .. },
            ..
        } => return members(world.kind_of(of)),
        Covered::Set {
            required: Required::Enrolled(_),
            ..
        } => return members(Some(SubjectKind::Person)),
        Covered::Task { protocol, .. } => enrolled_kind(protocol, world),
    };
    match base {
        Base::Members => members(kind),
        Base::Minutes => MINUTES,
        Base::Slots | Base::InTime => due(kind),
    }
}

/// What a protocol enrols: what it says itself, its set, or what its registers are about.
fn enrolled_kind(protocol: &str, world: &World) -> Option<SubjectKind> {
    let known = world.protocols.get(protocol)?;
    let of = known.of.as_ref().and_then(|of| world.kind_of(of));
    of.or_else(|| world.registers.get(known.on.as_ref()?)?.kind)
}

fn members(kind: Option<SubjectKind>) -> Unit {
    match kind {
        Some(SubjectKind::Person) => ("人", "persons"),
        Some(SubjectKind::Household) => ("户", "households"),
        Some(SubjectKind::Organisation) => ("家", "organisations"),
        Some(SubjectKind::Place) => ("处", "places"),
        Some(SubjectKind::Vehicle) => ("辆", "vehicles"),
        Some(SubjectKind::Region) => ("个", "areas"),
        Some(SubjectKind::Item | SubjectKind::Matter) | None => ("件", "cases"),
    }
}

fn due(kind: Option<SubjectKind>) -> Unit {
    match kind {
        Some(SubjectKind::Person) => ("人次", "person-times"),
        Some(SubjectKind::Household) => ("户次", "household-times"),
        _ => ("次", "times due"),
    }
}
