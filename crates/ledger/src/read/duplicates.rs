//! Pairs of files that may be of one person: those that wait for a person to decide, and those that never come again.

use super::{Conditions, Reader, Sight};
use crate::LedgerError;
use lianfang_db::Value;
use lianfang_kernel::Instant;
use lianfang_kernel::ids::{EntryId, LoginId, SubjectId};
use std::collections::HashSet;

/// Two files, the smaller id first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PairKey(pub SubjectId, pub SubjectId);

impl PairKey {
    /// Of two files in either order.
    pub fn of(a: SubjectId, b: SubjectId) -> PairKey {
        if a <= b { PairKey(a, b) } else { PairKey(b, a) }
    }
}

/// A pair that waits for a decision.
#[derive(Clone, Debug)]
pub struct Duplicate {
    /// The entry that proposes it.
    pub entry: EntryId,
    /// The file that would be merged.
    pub subject: SubjectId,
    /// The file that would be kept.
    pub other: SubjectId,
    /// Since when.
    pub since: Instant,
    /// The fields of the proposal.
    pub body: serde_json::Map<String, serde_json::Value>,
    /// Who said already that the two are one person.
    pub said_by: Vec<LoginId>,
}

impl Reader<'_> {
    /// Pairs in sight that wait, at most `limit`, the longest waiting first. Both files are in sight.
    ///
    /// # Errors
    /// The database.
    pub fn open_duplicates(&mut self, sight: &Sight, limit: usize) -> Result<Vec<Duplicate>, LedgerError> {
        let mut where_ = Conditions::default();
        where_.and("n.protocol = 'duplicate-review' and n.state = 'active'", []);
        match sight {
            Sight::All => {}
            Sight::Region(region) => where_.inside("n.path", &self.snapshot.regions, region),
            Sight::Org(_) | Sight::Sector { .. } | Sight::Nothing => where_.and("1 = 0", []),
        }
        let sql = format!(
            "select e.id, e.subject, e.body, e.recorded_at from enrolment n join entry e on e.subject = n.subject \
             and e.id = n.opened_by{} order by e.recorded_at, e.id limit {}",
            where_.to_sql(),
            limit.clamp(1, 1_000)
        );
        let mut found = Vec::new();
        for row in self.connection.query(&sql, &where_.params)? {
            let body: serde_json::Map<String, serde_json::Value> = serde_json::from_str(row.text("body")?)?;
            let Some(other) = other(&body) else { continue };
            found.push(Duplicate {
                entry: EntryId(row.uuid("id")?),
                subject: SubjectId(row.uuid("subject")?),
                other,
                since: Instant(row.int("recorded_at")?),
                body,
                said_by: Vec::new(),
            });
        }
        let mut seen = Vec::with_capacity(found.len());
        for mut pair in found {
            let views = [self.subject(pair.subject)?, self.subject(pair.other)?];
            let [Some(a), Some(b)] = views else { continue };
            if a.id != b.id && self.may_see(sight, &a) && self.may_see(sight, &b) {
                pair.said_by = self.opinions(&pair)?;
                seen.push(pair);
            }
        }
        Ok(seen)
    }

    fn opinions(&mut self, pair: &Duplicate) -> Result<Vec<LoginId>, LedgerError> {
        let sql = "select login, body from entry where subject = $1 and register = 'same_person' and act = 'new' \
                   and id not in (select replaces from entry where subject = $1 and act = 'withdraw' and replaces is not null)";
        let mut said = Vec::new();
        for row in self.connection.query(sql, &[pair.subject.0.into()])? {
            let body: serde_json::Map<String, serde_json::Value> = serde_json::from_str(row.text("body")?)?;
            if other(&body) == Some(pair.other) {
                said.extend(row.opt_uuid("login")?.map(LoginId));
            }
        }
        Ok(said)
    }

    /// Pairs that are not proposed again: proposed before, or found to be two people.
    ///
    /// # Errors
    /// The database.
    pub fn settled_pairs(&mut self) -> Result<HashSet<PairKey>, LedgerError> {
        // A proposal taken back by nobody stays; a decision that was withdrawn keeps no pair apart any more.
        let sql = "select e.subject, e.body from entry e where e.register = $1 and e.act = 'new' and not exists \
                   (select 1 from entry w where w.subject = e.subject and w.replaces = e.id and w.act = 'withdraw')";
        let mut settled = HashSet::new();
        for register in ["possible_duplicate", crate::merging::APART] {
            for row in self.connection.query(sql, &[Value::from(register)])? {
                let body: serde_json::Map<String, serde_json::Value> = serde_json::from_str(row.text("body")?)?;
                if let Some(other) = other(&body) {
                    settled.insert(PairKey::of(SubjectId(row.uuid("subject")?), other));
                }
            }
        }
        Ok(settled)
    }
}

fn other(body: &serde_json::Map<String, serde_json::Value>) -> Option<SubjectId> {
    body.get("other")?.as_str()?.parse().ok()
}
