//! What the writer and the readers share: stores, keys, clock, and the snapshot in force.

use crate::revoked::Revoked;
use crate::seal::Vault;
use crate::trust_lists::Trusted;
use crate::{LedgerError, load};
use lianfang_db::{Connection, Database, Value};
use lianfang_kernel::ids::{IdSource, SubjectId};
use lianfang_kernel::{Clock, Instant, RegionId};
use lianfang_pass::{Issuer, KeySet, TrustSet};
use lianfang_policy::Snapshot;
use lianfang_policy::model::Model;
use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// Shared by every thread of one process.
pub(crate) struct Core {
    pub database: Database,
    pub keys: Database,
    pub vault: Vault,
    pub clock: Arc<dyn Clock>,
    pub writer_name: String,
    /// Raised by a restore; devices send again what the ledger forgot.
    pub epoch: AtomicI64,
    /// What lists can be narrowed by without reading whole entries.
    pub indexed: IndexedFields,
    snapshot: RwLock<Arc<Snapshot>>,
    signer: RwLock<Arc<Signer>>,
    revoked: RwLock<Arc<Revoked>>,
    trusted: RwLock<Arc<Trusted>>,
}

/// Fields of which every entry stands in the typed index: register and field.
pub(crate) type IndexedFields = HashSet<(String, String)>;

/// The key that signs passes and certificates, and the public halves that verify.
pub struct Signer {
    /// Signs now.
    pub issuer: Issuer,
    /// Verifies: the present key and the retired ones whose passes may still be out.
    pub trust: TrustSet,
    /// The public keys, for export.
    pub keys: KeySet,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(…)")
    }
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core")
            .field("database", &self.database.url_display())
            .finish_non_exhaustive()
    }
}

impl Core {
    pub(crate) fn new(
        stores: (Database, Database),
        vault: Vault,
        clock: Arc<dyn Clock>,
        snapshot: Snapshot,
        signer: Signer,
        epoch: i64,
    ) -> Core {
        let now = clock.now();
        let writer_name = vault.uuid_v7(now).to_string();
        Core {
            database: stores.0,
            keys: stores.1,
            vault,
            clock,
            writer_name,
            epoch: AtomicI64::new(epoch),
            indexed: IndexedFields::new(),
            snapshot: RwLock::new(Arc::new(snapshot)),
            signer: RwLock::new(Arc::new(signer)),
            revoked: RwLock::default(),
            trusted: RwLock::default(),
        }
    }

    /// The snapshot in force.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_snapshot(&self, snapshot: Arc<Snapshot>) {
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }

    pub(crate) fn signer(&self) -> Arc<Signer> {
        self.signer.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_signer(&self, signer: Signer) {
        *self.signer.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(signer);
    }

    /// What was revoked.
    pub(crate) fn revoked(&self) -> Arc<Revoked> {
        self.revoked.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whom of other issuers the city believes.
    pub(crate) fn trusted(&self) -> Arc<Trusted> {
        self.trusted.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads anew what verifying asks: what was revoked, and whom of other issuers the city believes.
    pub(crate) fn reload_verifying(&self, connection: &mut Connection) -> Result<(), LedgerError> {
        if let Some(trusted) = Trusted::load(connection, &self.trusted())? {
            *self.trusted.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(trusted);
        }
        self.reload_revoked(connection)
    }

    fn reload_revoked(&self, connection: &mut Connection) -> Result<(), LedgerError> {
        let today = self.snapshot().zone.day_of(self.clock.now());
        let revoked = Arc::new(Revoked::load(connection, today)?);
        *self.revoked.write().unwrap_or_else(PoisonError::into_inner) = revoked;
        Ok(())
    }

    pub(crate) fn epoch(&self) -> i64 {
        self.epoch.load(Ordering::Relaxed)
    }

    /// Reads the slow-moving state anew.
    pub(crate) fn reload(&self, connection: &mut Connection, model: Arc<Model>) -> Result<Arc<Snapshot>, LedgerError> {
        let old = self.snapshot();
        let snapshot = Arc::new(load::snapshot(connection, model, old.zone.clone(), old.city.clone())?);
        self.set_snapshot(snapshot.clone());
        Ok(snapshot)
    }
}

/// A fact about the installation.
pub(crate) fn meta(connection: &mut Connection, name: &str) -> Result<Option<String>, LedgerError> {
    let row = connection.query_opt("select value from meta where name = $1", &[name.into()])?;
    Ok(row.map(|row| row.text("value").map(str::to_owned)).transpose()?)
}

/// Writes a fact about the installation.
pub(crate) fn set_meta(connection: &mut Connection, name: &str, value: &str) -> Result<(), LedgerError> {
    let sql = "insert into meta (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value";
    connection.execute(sql, &[name.into(), value.into()])?;
    Ok(())
}

/// The subject that stands for a region, so that regions have files too.
pub fn region_subject(region: &RegionId) -> SubjectId {
    SubjectId(lianfang_kernel::ids::derived(&format!("region\u{1f}{region}")))
}

/// Instants as parameters.
pub(crate) fn ms(at: Instant) -> Value {
    Value::Int(at.0)
}
