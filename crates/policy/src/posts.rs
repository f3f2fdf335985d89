//! Roles that go with a post: held by whoever an entry says holds it, for as long as that entry is in force.

use crate::model::{FromPost, Role};
use crate::reference::{Interval, SubjectRef};
use crate::snapshot::Snapshot;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Datum, Instant};

/// Whose account it is, and for which organisation it acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    /// The person; an account without one holds no post.
    pub person: Option<SubjectId>,
    /// The organisation.
    pub org: Option<SubjectId>,
}

impl Snapshot {
    /// Whether the holder may act in the role at that moment. A role that goes with no post is everybody's whose account
    /// bears it. A post in one organisation gives no rights in another: it counts for accounts of the organisation that
    /// the post is in, and for any account of the person where it is in none.
    pub fn holds_role(&self, role: &Role, holder: Holder, at: Instant) -> bool {
        let Some(post) = &role.from_post else {
            return true;
        };
        let (Some(person), Some(register)) = (holder.person, self.model.registers.get(&post.register)) else {
            return false;
        };
        let unit = register.schema.unit_field.as_deref();
        let rows = self.reference.of(&post.register).iter();
        let mut held = rows.filter(|row| row.overlaps(at, at) && is_of(post, row, person));
        held.any(|row| self.is_there(row, unit, holder.org))
    }

    /// Whether the post is where the account acts.
    fn is_there(&self, row: &Interval, unit: Option<&str>, org: Option<SubjectId>) -> bool {
        let named = unit.and_then(|unit| subject_in(row, unit));
        match (&row.subject, named) {
            (_, Some(unit)) => org == Some(unit),
            (SubjectRef::Subject(id), None) => self.orgs.get(*id).is_none() || org == Some(*id),
            (SubjectRef::Region(region), None) => {
                let own = org.and_then(|org| self.orgs.get(org));
                own.is_some_and(|org| self.regions.within(&org.region, region))
            }
        }
    }
}

/// Whether an interval is a post of these, and the person's.
fn is_of(post: &FromPost, row: &Interval, person: SubjectId) -> bool {
    let value = row.body.get(&post.field).and_then(Datum::as_text);
    let is_value = value.is_some_and(|value| post.values.iter().any(|known| known == value));
    let who = match &post.who {
        Some(field) => subject_in(row, field),
        None => match &row.subject {
            SubjectRef::Subject(id) => Some(*id),
            SubjectRef::Region(_) => None,
        },
    };
    is_value && who == Some(person)
}

fn subject_in(row: &Interval, field: &str) -> Option<SubjectId> {
    let text = row.body.get(field).and_then(Datum::as_text)?;
    text.parse().ok().map(SubjectId)
}
