//! One's own side of a match run: who stands in a register, whom a number belongs to, and, in memory only, who they are.

use super::{Conditions, PublicIdentity, Reader};
use crate::LedgerError;
use crate::append::resolve::normalised;
use crate::wire::Described;
use lianfang_db::{Value, dialect};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Instant, RegionId, SubjectKind};
use lianfang_policy::model::Matching;
use lianfang_protocol::{Fact, History};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Numbers looked up in one question.
const CHUNK: usize = 400;

/// A number that may be somebody's.
#[derive(Clone)]
pub struct Lookup {
    /// The row of the list it stands in.
    pub row: usize,
    /// `cn_id` or `phone`.
    pub kind: &'static str,
    /// As it was written.
    pub number: String,
}

impl std::fmt::Debug for Lookup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Lookup({}, {}, …)", self.row, self.kind)
    }
}

/// A number that is somebody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known {
    /// The row of the list.
    pub row: usize,
    /// Whose it is.
    pub subject: SubjectId,
}

/// What a match run was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Whose persons are compared: a register.
    pub against: String,
    /// What is compared.
    pub key: String,
    /// Until when.
    pub until: Instant,
}

impl Reader<'_> {
    /// What a run was asked for last; none when nobody has asked.
    ///
    /// # Errors
    /// The database.
    pub fn match_asked(&mut self, run: SubjectId, matching: &Matching) -> Result<Option<Asked>, LedgerError> {
        let Some(view) = self.subject(run)? else {
            return Ok(None);
        };
        let entries = self.stored_entries(view.id)?;
        let entries = entries.into_iter().map(|stored| stored.entry).collect();
        let history = History::new(view, entries, None, &self.snapshot);
        let mut facts = history.facts.iter().rev();
        let asked = facts.find(|fact| fact.entry.register == matching.request);
        let read = |fact: &Fact| {
            let text = |field: &str| Some(fact.record.get(field)?.as_text()?.to_owned());
            Some(Asked {
                against: text(&matching.against)?,
                key: text(&matching.key)?,
                until: Instant(fact.record.get(&matching.until)?.as_int()?),
            })
        };
        Ok(asked.and_then(read))
    }

    /// Persons who stand in a register in a region: whose last word there is not withdrawn.
    ///
    /// # Errors
    /// The database.
    pub fn persons_of(&mut self, register: &str, region: &RegionId) -> Result<BTreeSet<SubjectId>, LedgerError> {
        let mut where_ = Conditions::default();
        where_.and("e.register = ? and e.act = 'new'", [register.into()]);
        where_.inside("e.path", &self.snapshot.regions, region);
        let sql = format!(
            "select distinct e.subject from entry e{} and not exists (select 1 from entry later \
             where later.subject = e.subject and later.replaces = e.id and later.act = 'withdraw')",
            where_.to_sql()
        );
        let mut found = BTreeSet::new();
        let rows = self.connection.query(&sql, &where_.params)?;
        for row in rows {
            found.insert(SubjectId(row.uuid("subject")?));
        }
        Ok(self.persons_kept(&found)?.into_values().collect())
    }

    /// Whose numbers these are: by blind index, so that nothing is opened. Numbers that are none are nobody's.
    ///
    /// # Errors
    /// The database.
    pub fn owners_of(&mut self, numbers: &[Lookup]) -> Result<Vec<Known>, LedgerError> {
        let mut rows_of: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
        for lookup in numbers {
            let described = Described {
                identifiers: BTreeMap::from([(lookup.kind.to_owned(), lookup.number.clone())]),
                ..Described::default()
            };
            let (normal, problems) = normalised(&described);
            if let (Some(value), true) = (normal.get(lookup.kind), problems.is_empty()) {
                let token = self.core.vault.token(lookup.kind, value);
                rows_of.entry(token).or_default().push(lookup.row);
            }
        }
        let tokens: Vec<Vec<u8>> = rows_of.keys().cloned().collect();
        let mut found = BTreeSet::new();
        for chunk in tokens.chunks(CHUNK) {
            let list = dialect::list(chunk.len(), 1);
            let params: Vec<Value> = chunk.iter().map(|token| token.clone().into()).collect();
            let sql = format!("select token, subject from search_token where token in {list}");
            for row in self.connection.query(&sql, &params)? {
                let subject = SubjectId(row.uuid("subject")?);
                for at in rows_of.get(row.bytes("token")?).into_iter().flatten() {
                    found.insert((*at, subject));
                }
            }
        }
        let subjects: BTreeSet<SubjectId> = found.iter().map(|(_, subject)| *subject).collect();
        let files = self.persons_kept(&subjects)?;
        let known: BTreeSet<Known> = found
            .iter()
            .filter_map(|(row, subject)| {
                Some(Known {
                    row: *row,
                    subject: *files.get(subject)?,
                })
            })
            .collect();
        Ok(known.into_iter().collect())
    }

    /// The files of those that are persons, merges followed.
    fn persons_kept(&mut self, ids: &BTreeSet<SubjectId>) -> Result<HashMap<SubjectId, SubjectId>, LedgerError> {
        let mut kept = HashMap::new();
        let mut open: Vec<(SubjectId, SubjectId)> = ids.iter().map(|id| (*id, *id)).collect();
        while !open.is_empty() {
            let mut next = Vec::new();
            for chunk in open.chunks(CHUNK) {
                let list = dialect::list(chunk.len(), 1);
                let params: Vec<Value> = chunk.iter().map(|(_, here)| here.0.into()).collect();
                let sql = format!("select id, kind, merged_into from subject where id in {list}");
                let mut found = HashMap::new();
                for row in self.connection.query(&sql, &params)? {
                    let is_person = row.text("kind")? == SubjectKind::Person.id();
                    found.insert(SubjectId(row.uuid("id")?), (is_person, row.opt_uuid("merged_into")?));
                }
                for (asked, here) in chunk {
                    match found.get(here) {
                        Some((_, Some(into))) => next.push((*asked, SubjectId(*into))),
                        Some((true, None)) => {
                            kept.insert(*asked, *here);
                        }
                        _ => {}
                    }
                }
            }
            open = next;
        }
        Ok(kept)
    }

    /// Who persons are, in the open, for a comparison in memory. The caller writes into the audit that it happened and
    /// lets go of it at once.
    ///
    /// # Errors
    /// The database.
    pub fn opened(&mut self, ids: &[SubjectId]) -> Result<Vec<(SubjectId, PublicIdentity)>, LedgerError> {
        let mut opened = Vec::with_capacity(ids.len());
        for (id, identity, ..) in self.identities(ids)? {
            let identity = PublicIdentity {
                name: identity.name,
                identifiers: identity.identifiers,
            };
            opened.push((id, identity));
        }
        Ok(opened)
    }
}
