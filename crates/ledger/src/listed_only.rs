//! Registers of places whose entries the writer leaves out of the file that it works on.
//!
//! A gate has thousands of checks a day. Writing one reads the file of its place, so that a file that held them all would
//! make every check slower than the one before. Where no rule, guard, protocol or hold looks such entries up, the writer
//! does without them; lists, figures, corrections, as-of and the file as people read it work on the entries themselves.

use lianfang_kernel::{Kind, SubjectKind};
use lianfang_policy::model::{EnrolSource, Look, Model, Protocol, Register};

/// Whether the writer leaves entries of a register out.
pub(crate) fn is_listed_only(model: &Model, register: &Register) -> bool {
    let schema = &register.schema;
    let of_places = schema
        .subjects
        .iter()
        .all(|of| of == SubjectKind::Place.id() || model.is_a(of, SubjectKind::Place.id()));
    let names_others = schema
        .fields
        .iter()
        .any(|field| matches!(field.kind, Kind::Subject(_) | Kind::Entry | Kind::Rows(_)));
    of_places
        && !schema.reference
        && !names_others
        && schema.stays.is_none()
        && schema.unit_field.is_none()
        && register.unique.is_none()
        && register.hold.is_none()
        && register.posting.is_none()
        && !is_looked_up(model, &schema.id)
}

/// Whether anything reads entries of a register from a file.
fn is_looked_up(model: &Model, id: &str) -> bool {
    let looks = |looks: &[Look]| looks.iter().any(|look| look.of == id);
    model.registers.values().any(|register| looks(&register.looks))
        || model.guards.values().any(|guard| looks(&guard.looks))
        || model
            .protocols
            .iter()
            .any(|protocol| looks(&protocol.looks) || names(protocol, id))
}

/// Whether a protocol is started, answered or ended by entries of a register.
fn names(protocol: &Protocol, id: &str) -> bool {
    let starts = match &protocol.enrol.source {
        EnrolSource::On(on) => on.iter().any(|of| of == id),
        EnrolSource::Campaign(campaign) => campaign.on.iter().any(|of| of == id),
        EnrolSource::Set(_) | EnrolSource::Enrolled(_) | EnrolSource::Started => false,
    };
    starts
        || protocol.tasks.iter().any(|task| task.expects == id)
        || protocol
            .releases
            .iter()
            .any(|release| release.on.as_deref() == Some(id))
}
