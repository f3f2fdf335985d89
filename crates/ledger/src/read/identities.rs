//! Who subjects are: masked by default, opened one by one with a reason.

use super::Reader;
use crate::LedgerError;
use crate::append::resolve::IDENTITY_CLASS;
use crate::batch::{Batch, Identity};
use crate::core::Core;
use crate::rows::{ENTRY_SELECT, read_entry};
use crate::seal::DataKey;
use lianfang_db::{Connection, Value, dialect};
use lianfang_kernel::identity::{Phone, mask_document, mask_name};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Lang, SubjectKind};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// What stands for a subject in lists: an organisation's name, a person's masked one.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Label {
    /// Masked name, or the public name of what has one.
    pub name: String,
    /// Masked document number, where one is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// A person or a household, whose label not everybody may read.
    #[serde(skip)]
    pub is_personal: bool,
}

/// Who a subject is, unmasked.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PublicIdentity {
    /// Its name.
    pub name: Option<String>,
    /// Identifiers by kind.
    pub identifiers: BTreeMap<String, String>,
}

/// The key of a class of a subject's values; `None` once destroyed.
pub(crate) fn find_key(core: &Core, subject: SubjectId, class: &str) -> Result<Option<DataKey>, LedgerError> {
    let mut keys = core.keys.reader()?;
    let sql = "select wrapped from subject_key where subject = $1 and class = $2";
    match keys.query_opt(sql, &[subject.0.into(), class.into()])? {
        Some(row) => Ok(Some(core.vault.unwrap_key(subject, class, row.bytes("wrapped")?)?)),
        None => Ok(None),
    }
}

/// Who a subject in a batch is.
pub(crate) fn identity_in_batch(batch: &mut Batch<'_>, id: SubjectId) -> Result<Identity, LedgerError> {
    let Some(sealed) = batch.subjects.get(&id).and_then(|state| state.identity_sealed.clone()) else {
        return Ok(Identity::default());
    };
    let Some(key) = batch.data_key(id, IDENTITY_CLASS, false)? else {
        return Ok(Identity::default());
    };
    let plain = batch.core.vault.open(&key, &format!("identity {id}"), &sealed)?;
    Ok(serde_json::from_slice(&plain)?)
}

impl Reader<'_> {
    /// What stands for subjects in lists.
    ///
    /// # Errors
    /// The database.
    pub fn labels(&mut self, ids: &[SubjectId], lang: Lang) -> Result<HashMap<SubjectId, Label>, LedgerError> {
        let mut labels = HashMap::new();
        let mut sealed_ids = Vec::new();
        let mut ids: Vec<SubjectId> = ids.to_vec();
        ids.sort();
        ids.dedup();
        for id in ids {
            match self.snapshot.orgs.get(id) {
                Some(org) => {
                    labels.insert(
                        id,
                        Label {
                            name: org.name.get(lang).to_owned(),
                            ..Label::default()
                        },
                    );
                }
                None => sealed_ids.push(id),
            }
        }
        for (id, identity, kind, region) in self.identities(&sealed_ids)? {
            let label = match kind {
                SubjectKind::Region => Label {
                    name: self
                        .snapshot
                        .regions
                        .get(&region)
                        .map_or_else(String::new, |r| r.name.get(lang).to_owned()),
                    ..Label::default()
                },
                _ => masked(&identity, kind, id),
            };
            labels.insert(id, label);
        }
        Ok(labels)
    }

    /// Who one subject is, unmasked. The caller has asked for the reason and writes it into the audit.
    ///
    /// # Errors
    /// The database.
    pub fn identity(&mut self, id: SubjectId) -> Result<Option<PublicIdentity>, LedgerError> {
        let found = self.identities(&[id])?.pop();
        Ok(found.map(|(_, identity, ..)| PublicIdentity {
            name: identity.name,
            identifiers: identity.identifiers,
        }))
    }

    /// The masked telephone of a subject, where one is known.
    ///
    /// # Errors
    /// The database.
    pub fn masked_phone(&mut self, id: SubjectId) -> Result<Option<String>, LedgerError> {
        let found = self.identities(&[id])?.pop();
        let phone = found.and_then(|(_, identity, ..)| identity.identifiers.get("phone").cloned());
        Ok(phone.map(|phone| Phone::parse(&phone).map_or_else(|_| mask_document(&phone), |phone| phone.masked())))
    }

    pub(super) fn identities(
        &mut self,
        ids: &[SubjectId],
    ) -> Result<Vec<(SubjectId, Identity, SubjectKind, lianfang_kernel::RegionId)>, LedgerError> {
        let mut found = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(500) {
            let list = dialect::list(chunk.len(), 1);
            let params: Vec<Value> = chunk.iter().map(|id| id.0.into()).collect();
            let wrapped = wrapped_keys(&mut *self.core.keys.reader()?, &list, &params)?;
            let sql = format!("select id, kind, region, identity_sealed from subject where id in {list}");
            for row in self.connection.query(&sql, &params)? {
                let id = SubjectId(row.uuid("id")?);
                let kind = SubjectKind::from_id(row.text("kind")?).unwrap_or(SubjectKind::Matter);
                let region = lianfang_kernel::RegionId::new(row.text("region")?);
                let identity = match (row.opt_bytes("identity_sealed")?.map(<[u8]>::to_vec), wrapped.get(&id)) {
                    (Some(sealed), Some(wrapped)) => {
                        let key = self.core.vault.unwrap_key(id, IDENTITY_CLASS, wrapped)?;
                        let plain = self.core.vault.open(&key, &format!("identity {id}"), &sealed)?;
                        serde_json::from_slice(&plain)?
                    }
                    _ => Identity::default(),
                };
                found.push((id, identity, kind, region));
            }
        }
        Ok(found)
    }

    /// Sealed fields of one entry, opened; none when there is no such entry, its key is destroyed or it has expired. The
    /// caller has asked for the reason and writes it into the audit.
    ///
    /// # Errors
    /// The database.
    pub fn sealed_fields(
        &mut self,
        id: lianfang_kernel::ids::EntryId,
    ) -> Result<Option<serde_json::Map<String, serde_json::Value>>, LedgerError> {
        let sql = format!("select {ENTRY_SELECT} from entry e where e.id = $1");
        let Some(row) = self.connection.query_opt(&sql, &[id.0.into()])? else {
            return Ok(None);
        };
        let stored = read_entry(&row)?;
        if self.has_expired(&stored.entry) {
            return Ok(None);
        }
        let Some(sealed) = stored.sealed else {
            return Ok(Some(serde_json::Map::new()));
        };
        let Some(key) = find_key(self.core, stored.entry.subject, &stored.retention_class)? else {
            return Ok(None);
        };
        let plain = self.core.vault.open(&key, &format!("entry {id}"), &sealed)?;
        Ok(Some(serde_json::from_slice(&plain)?))
    }
}

pub(crate) fn wrapped_keys(
    keys: &mut Connection,
    list: &str,
    params: &[Value],
) -> Result<HashMap<SubjectId, Vec<u8>>, LedgerError> {
    let class = format!("${}", params.len() + 1);
    let sql = format!("select subject, wrapped from subject_key where subject in {list} and class = {class}");
    let mut params = params.to_vec();
    params.push(IDENTITY_CLASS.into());
    let mut found = HashMap::new();
    for row in keys.query(&sql, &params)? {
        found.insert(SubjectId(row.uuid("subject")?), row.bytes("wrapped")?.to_vec());
    }
    Ok(found)
}

fn masked(identity: &Identity, kind: SubjectKind, id: SubjectId) -> Label {
    let tail = id.to_string();
    let is_personal = matches!(kind, SubjectKind::Person | SubjectKind::Household);
    let short = &tail[tail.len().saturating_sub(6)..];
    let name = match (&identity.name, kind) {
        (Some(name), SubjectKind::Person) => mask_name(name),
        (Some(name), _) => name.clone(),
        // A matter without a name is known by its number.
        (None, _) if !is_personal && identity.identifiers.contains_key("code") => identity.identifiers["code"].clone(),
        // A file whose identity was destroyed or never given still needs to be told from others.
        (None, _) => format!("#{short}"),
    };
    let document = ["cn_id", "id_doc", "plate"]
        .iter()
        .find_map(|kind| identity.identifiers.get(*kind));
    Label {
        name,
        document: document.map(|number| mask_document(number)),
        is_personal,
    }
}
