//! What a posting moves: lines on accounts, two for each entry, that cancel out.

use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Entry, SubjectView};
use lianfang_policy::model::{Move, Posting, Register};

/// What an entry adds to an account: at a holder, of an item and a lot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The account.
    pub account: String,
    /// At whom.
    pub holder: SubjectId,
    /// Of what.
    pub item: Option<SubjectId>,
    /// Of which lot.
    pub lot: Option<SubjectId>,
    /// In base units, scaled as the register's quantity; less than nothing where it is taken away.
    pub amount: i64,
}

/// The subject that a field of an entry names; the entry's own when the posting names no field.
pub(crate) fn named(entry: &Entry, field: Option<&str>) -> Option<SubjectId> {
    match field {
        None | Some("subject") => Some(entry.subject),
        Some(field) => entry.body.get(field)?.as_str()?.parse().ok(),
    }
}

/// The move that an entry tells.
pub(crate) fn movement<'p>(posting: &'p Posting, entry: &Entry) -> Option<&'p Move> {
    let code = posting.by.as_ref().and_then(|by| entry.body.get(by)?.as_str());
    posting.movement(code)
}

/// The subjects whose files a posting is judged by: its two holders and its item.
pub(crate) fn asked_about(posting: &Posting, entry: &Entry) -> Vec<SubjectId> {
    let item = posting.item.as_deref().and_then(|item| named(entry, Some(item)));
    [posting.from.as_deref(), posting.to.as_deref()]
        .into_iter()
        .filter_map(|field| named(entry, field))
        .chain(item)
        .collect()
}

/// The lines of an accepted entry of a posting register; none of another.
pub fn lines(register: &Register, entry: &Entry) -> Vec<Line> {
    let Some(posting) = &register.posting else {
        return Vec::new();
    };
    let amount = entry.body.get(Posting::AMOUNT).and_then(serde_json::Value::as_i64);
    let (Some(movement), Some(amount)) = (movement(posting, entry), amount) else {
        return Vec::new();
    };
    let of = |field: &Option<String>| field.as_deref().and_then(|field| named(entry, Some(field)));
    let (item, lot) = (of(&posting.item), of(&posting.lot));
    let ends = [
        (&movement.from, &posting.from, -amount),
        (&movement.to, &posting.to, amount),
    ];
    let line = |(account, field, amount): (&String, &Option<String>, i64)| {
        Some(Line {
            account: account.clone(),
            holder: named(entry, field.as_deref())?,
            item,
            lot,
            amount,
        })
    };
    ends.into_iter().filter_map(line).collect()
}

/// Whether somebody may hold an account.
pub(crate) fn may_hold(model: &lianfang_policy::Model, of: &str, holder: &SubjectView) -> bool {
    holder.kind.id() == of || model.is_a(&holder.kind_type, of)
}
