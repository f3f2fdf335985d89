//! The people of the installation as linkage compares them: whole identities, for an index that lives in memory only.
//!
//! Nothing here is for showing. What is found through the index is shown like anything else: as far as the reader may
//! see it, masked, and with a trace.

use super::{Reader, find_key};
use crate::LedgerError;
use lianfang_db::{Value, dialect};
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Kind, RegionId, SubjectKind};
use std::collections::{BTreeMap, HashMap};

/// How far behind the newest entry a reader looks again: what another process recorded may become visible a little later.
const OVERLAP_MS: i64 = 5_000;

/// A person with everything that tells one from another.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownPerson {
    /// The file.
    pub id: SubjectId,
    /// Name.
    pub name: Option<String>,
    /// Identifiers by kind.
    pub identifiers: BTreeMap<String, String>,
    /// The latest address on file.
    pub address: Option<String>,
    /// Where the person stays.
    pub region: RegionId,
}

impl std::fmt::Debug for KnownPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KnownPerson")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// How far a follower of the commits has read.
#[derive(Clone, Debug, Default)]
pub struct Followed {
    newest: i64,
    /// Entries within the overlap that were read already.
    seen: HashMap<EntryId, i64>,
    destroyed: i64,
}

/// What happened since.
#[derive(Clone, Debug, Default)]
pub struct Followings {
    /// People about whom something was written.
    pub touched: Vec<SubjectId>,
    /// Whose identity was destroyed.
    pub destroyed: Vec<SubjectId>,
}

impl Reader<'_> {
    /// People by id, after one of them; merged files aside.
    ///
    /// # Errors
    /// The database.
    pub fn people_after(&mut self, after: Option<SubjectId>, limit: usize) -> Result<Vec<KnownPerson>, LedgerError> {
        let after = after.map_or(uuid::Uuid::nil(), |id| id.0);
        let sql = format!(
            "select id from subject where id > $1 and kind = 'person' and merged_into is null order by id limit {limit}"
        );
        let ids = self.subjects(&sql, &[after.into()], "id")?;
        self.known_people(&ids)
    }

    /// These people, in the order of their ids; who was merged, or is none, is left out.
    ///
    /// # Errors
    /// The database.
    pub fn known_people(&mut self, ids: &[SubjectId]) -> Result<Vec<KnownPerson>, LedgerError> {
        let mut found = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(500) {
            let list = dialect::list(chunk.len(), 1);
            let params: Vec<Value> = chunk.iter().map(|id| id.0.into()).collect();
            let sql = format!(
                "select id from subject where id in {list} and kind = 'person' and merged_into is null order by id"
            );
            let ids = self.subjects(&sql, &params, "id")?;
            let mut addresses = self.addresses(&ids)?;
            for (id, identity, kind, region) in self.identities(&ids)? {
                if kind == SubjectKind::Person {
                    found.push(KnownPerson {
                        id,
                        name: identity.name,
                        identifiers: identity.identifiers,
                        address: addresses.remove(&id),
                        region,
                    });
                }
            }
        }
        found.sort_by_key(|person| person.id);
        Ok(found)
    }

    /// The latest address of each, of whatever register asks for one.
    fn addresses(&mut self, ids: &[SubjectId]) -> Result<HashMap<SubjectId, String>, LedgerError> {
        let model = self.snapshot.model.clone();
        let asking: BTreeMap<&str, &str> = model
            .registers
            .values()
            .filter_map(|register| {
                let mut fields = register.schema.fields.iter();
                let field = fields.find(|field| matches!(field.kind, Kind::Address))?;
                Some((register.schema.id.as_str(), field.id.as_str()))
            })
            .collect();
        if ids.is_empty() || asking.is_empty() {
            return Ok(HashMap::new());
        }
        let (people, registers) = (dialect::list(ids.len(), 1), dialect::list(asking.len(), ids.len() + 1));
        let mut params: Vec<Value> = ids.iter().map(|id| id.0.into()).collect();
        params.extend(asking.keys().map(|id| Value::from(*id)));
        let sql = format!(
            "select subject, id, register, sealed, retention_class from entry where subject in {people} \
             and register in {registers} and sealed is not null and act <> 'withdraw' order by recorded_at, id"
        );
        let rows = self.connection.query(&sql, &params)?;
        let mut latest = HashMap::new();
        for row in &rows {
            latest.insert(SubjectId(row.uuid("subject")?), row);
        }
        let mut found = HashMap::new();
        for (subject, row) in latest {
            let Some(sealed) = row.opt_bytes("sealed")? else {
                continue;
            };
            let Some(key) = find_key(self.core, subject, row.text("retention_class")?)? else {
                continue;
            };
            let context = format!("entry {}", EntryId(row.uuid("id")?));
            let plain = self.core.vault.open(&key, &context, sealed)?;
            let fields: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&plain)?;
            let field = asking.get(row.text("register")?).copied().unwrap_or_default();
            if let Some(address) = fields.get(field).and_then(|value| value.as_str()) {
                found.insert(subject, address.to_owned());
            }
        }
        Ok(found)
    }

    /// Where a follower begins: before the first read of all people, so that nothing in between is missed.
    ///
    /// # Errors
    /// The database.
    pub fn follow_from_here(&mut self) -> Result<Followed, LedgerError> {
        let newest = |reader: &mut Self, sql: &str| -> Result<i64, LedgerError> {
            let row = reader.connection.query_opt(sql, &[])?;
            Ok(row.map(|row| row.opt_int("at")).transpose()?.flatten().unwrap_or(0))
        };
        Ok(Followed {
            newest: newest(self, "select max(recorded_at) as at from entry")?,
            seen: HashMap::new(),
            destroyed: newest(self, "select max(destroyed_at) as at from destroyed_key")?,
        })
    }

    /// About whom something was written since the last time, and whose identity was destroyed.
    ///
    /// # Errors
    /// The database.
    pub fn follow(&mut self, followed: &mut Followed) -> Result<Followings, LedgerError> {
        let model = self.snapshot.model.clone();
        let about_people: Vec<Value> = model
            .registers
            .values()
            .filter(|register| {
                let mut subjects = register.schema.subjects.iter();
                subjects.any(|of| model.kind_of(of) == Some(SubjectKind::Person))
            })
            .map(|register| register.schema.id.as_str().into())
            .collect();
        let mut found = Followings::default();
        if about_people.is_empty() {
            return Ok(found);
        }
        let since = followed.newest - OVERLAP_MS;
        let list = dialect::list(about_people.len(), 1);
        let mut params = about_people;
        params.push(since.into());
        // By register and time, as the index stands.
        let sql = format!(
            "select subject, id, recorded_at from entry where register in {list} and recorded_at >= ${} \
             order by recorded_at, id",
            params.len()
        );
        for row in self.connection.query(&sql, &params)? {
            let (id, at) = (EntryId(row.uuid("id")?), row.int("recorded_at")?);
            if followed.seen.insert(id, at).is_none() {
                found.touched.push(SubjectId(row.uuid("subject")?));
            }
            followed.newest = followed.newest.max(at);
        }
        let still = followed.newest - OVERLAP_MS;
        followed.seen.retain(|_, at| *at >= still);
        found.touched.sort();
        found.touched.dedup();
        let sql = "select subject, destroyed_at from destroyed_key where class = 'identity' and destroyed_at > $1";
        for row in self.connection.query(sql, &[followed.destroyed.into()])? {
            found.destroyed.push(SubjectId(row.uuid("subject")?));
            followed.destroyed = followed.destroyed.max(row.int("destroyed_at")?);
        }
        Ok(found)
    }
}
