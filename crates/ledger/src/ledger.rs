//! The front door: opening a ledger, writing through its one writer, reading beside it.

use crate::admin::{self, NewLogin, NewOrg};
use crate::append::Append;
use crate::batch::Batch;
use crate::checkpoint_devices::{self, PhoneCode};
use crate::checks::{Checks, NewCheck};
use crate::core::{Core, Signer, meta, set_meta};
use crate::declare::{Declare, Declared};
use crate::migrations::{KEY_MIGRATIONS, MIGRATIONS};
use crate::read::Reader;
use crate::rotation::{check_master, phones_before};
use crate::seal::{MasterKey, Vault};
use crate::sealed_box::SealPublicKey;
use crate::shapes::SHAPES;
use crate::wire::{AppendAnswer, Author, NewEntry};
use crate::writer::{Queue, Work};
use crate::{LedgerError, load, retention, tick, typed_index, writer};
use lianfang_db::Database;
use lianfang_kernel::ids::{IdSource, LoginId, SubjectId};
use lianfang_kernel::{Clock, Instant, Region, RegionId, Zone};
use lianfang_pass::{Issuer, KeySet, SigningKey, TrustSet};
use lianfang_policy::Snapshot;
use lianfang_policy::model::Model;
use ring::rand::SystemRandom;
use std::sync::Arc;
use tokio::sync::oneshot;
use uuid::Uuid;

/// What a ledger is opened with.
pub struct Opening {
    /// Where the data lies.
    pub database: Database,
    /// Where wrapped keys lie: another store, so that its backup can expire sooner.
    pub keys: Database,
    /// The key above all others.
    pub master: MasterKey,
    /// The present.
    pub clock: Arc<dyn Clock>,
    /// The packs in force.
    pub model: Arc<Model>,
    /// The zone of days and slots.
    pub zone: Zone,
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opening")
            .field("database", &self.database.url_display())
            .finish_non_exhaustive()
    }
}

/// An open ledger; cheap to clone.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub(crate) core: Arc<Core>,
    pub(crate) queue: Queue,
}

/// The receiver of an answer that comes after the commit.
pub type Reply<T> = oneshot::Receiver<Result<T, LedgerError>>;

impl Ledger {
    /// Migrates the stores and starts the writer.
    ///
    /// # Errors
    /// The database cannot be reached or holds a newer schema; the master key is not the one it was sealed with.
    pub fn open(opening: Opening) -> Result<Ledger, LedgerError> {
        opening.database.migrate(MIGRATIONS)?;
        opening.keys.migrate(KEY_MIGRATIONS)?;
        opening.database.writer()?.tell_shapes(SHAPES)?;
        let mut vault = Vault::new(&opening.master)?;
        let mut connection = opening.database.writer()?;
        check_master(&mut connection, &vault)?;
        if let Some(before) = phones_before(&mut connection, &vault)? {
            vault.open_older_phones(&before);
        }
        retention::replay(&mut connection, &mut opening.keys.writer()?)?;
        let epoch = match meta(&mut connection, "epoch")? {
            Some(epoch) => epoch.parse().unwrap_or(1),
            None => {
                set_meta(&mut connection, "epoch", "1")?;
                1
            }
        };
        let city = meta(&mut connection, "city")?.unwrap_or_default();
        let snapshot = load::snapshot(&mut connection, opening.model, opening.zone, RegionId::new(&city))?;
        let signer = load_signer(&mut connection, &vault, &city, opening.clock.now())?;
        tick::wake_for_packs(&mut connection, &snapshot.model, opening.clock.now())?;
        let indexed = typed_index::catch_up(&mut connection, &snapshot.model)?;
        drop(connection);
        let stores = (opening.database, opening.keys);
        let mut core = Core::new(stores, vault, opening.clock, snapshot, signer, epoch);
        core.indexed = indexed;
        let core = Arc::new(core);
        core.reload_verifying(&mut *core.database.reader()?)?;
        let queue = writer::start(core.clone())?;
        Ok(Ledger { core, queue })
    }

    /// The slow-moving state in force.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.core.snapshot()
    }

    /// The present.
    pub fn now(&self) -> Instant {
        self.core.clock.now()
    }

    /// Signing key and trusted public keys.
    pub fn signer(&self) -> Arc<Signer> {
        self.core.signer()
    }

    /// What a verifier of this city knew at a moment: the keys, and what had been revoked.
    pub fn trust_at(&self, at: Instant) -> TrustSet {
        let mut trust = self.core.signer().trust.clone();
        trust.zone = self.core.snapshot().zone.clone();
        trust.revocations = self.core.revoked().at(at);
        trust
    }

    /// The key that phones of checkpoints seal their checks to.
    pub fn phone_key(&self) -> SealPublicKey {
        self.core.vault.phone_key()
    }

    /// Opens what a phone sealed.
    ///
    /// # Errors
    /// Altered, or sealed to another key.
    pub fn open_from_phone(&self, blob: &[u8]) -> Result<Vec<u8>, LedgerError> {
        self.core.vault.open_from_phone(blob)
    }

    /// The epoch that answers carry.
    pub fn epoch(&self) -> i64 {
        self.core.epoch()
    }

    /// A fresh time-ordered id.
    pub fn new_id(&self) -> Uuid {
        self.core.vault.uuid_v7(self.now())
    }

    /// A fresh secret, as URL-safe text.
    ///
    /// # Errors
    /// The machine gives no randomness.
    pub fn new_secret(&self) -> Result<String, LedgerError> {
        self.core.vault.secret()
    }

    /// How many more requests may wait for the writer.
    pub fn queue_free(&self) -> usize {
        self.queue.free()
    }

    /// How many requests wait for the writer.
    pub fn queue_waiting(&self) -> usize {
        self.queue.waiting()
    }

    /// Size of the data store in bytes.
    ///
    /// # Errors
    /// The database.
    pub fn size_bytes(&self) -> Result<u64, LedgerError> {
        Ok(self.core.database.size_bytes()?)
    }

    /// Writes entries; the reply comes after they are durable.
    ///
    /// # Errors
    /// [`LedgerError::Busy`] when too much waits.
    pub fn append(&self, author: Author, entries: Vec<NewEntry>) -> Result<Reply<AppendAnswer>, LedgerError> {
        self.queue.submit(Append { author, entries })
    }

    /// Asks rules and guards without writing: go or no-go. Blocks.
    ///
    /// # Errors
    /// The database.
    pub fn try_append(&self, author: Author, entries: Vec<NewEntry>) -> Result<Reply<AppendAnswer>, LedgerError> {
        self.queue.submit(DryRun(Append { author, entries }))
    }

    /// Writes checks of a checkpoint; each remembers its pass under a key of the pass's day.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn check(&self, author: Author, checks: Vec<NewCheck>) -> Result<Reply<AppendAnswer>, LedgerError> {
        self.queue.submit(Checks::new(author, checks))
    }

    /// A resident declares; the pass was signed before and lands with the entry.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn declare(&self, declare: Declare) -> Result<Reply<Declared>, LedgerError> {
        self.queue.submit(declare)
    }

    /// Writes down what fell due; call until it answers 0.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn tick(&self) -> Result<Reply<usize>, LedgerError> {
        self.queue.submit(tick::Tick)
    }

    /// Sets the city that figures and passes are for.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn set_city(&self, city: RegionId) -> Result<Reply<()>, LedgerError> {
        let core = self.core.clone();
        self.queue.submit(Exec(move |batch: &mut Batch<'_>| {
            set_meta(batch.connection, "city", city.as_str())?;
            let mut snapshot = Snapshot::clone(&batch.snapshot);
            snapshot.city = city.clone();
            batch.snapshot = Arc::new(snapshot);
            batch.renewed = true;
            core.set_signer(load_signer(batch.connection, &core.vault, city.as_str(), batch.now)?);
            Ok(())
        }))
    }

    /// A fact about the installation.
    ///
    /// # Errors
    /// The database.
    pub fn meta(&self, name: &str) -> Result<Option<String>, LedgerError> {
        meta(&mut *self.core.database.reader()?, name)
    }

    /// Writes a fact about the installation.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn set_meta(&self, name: &'static str, value: String) -> Result<Reply<()>, LedgerError> {
        self.queue.submit(Exec(move |batch: &mut Batch<'_>| {
            set_meta(batch.connection, name, &value)
        }))
    }

    /// Adds or changes regions. When more of the same list follow, the tree is read anew only after the last of them.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn import_regions(&self, regions: Vec<Region>, more_follow: bool) -> Result<Reply<u64>, LedgerError> {
        self.queue.submit(Exec(move |batch: &mut Batch<'_>| {
            admin::import_regions(batch, &regions, more_follow)
        }))
    }

    /// Adds organisations; answers their ids in order.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn add_orgs(&self, author: Author, orgs: Vec<NewOrg>) -> Result<Reply<Vec<SubjectId>>, LedgerError> {
        self.queue.submit(Exec(move |batch: &mut Batch<'_>| {
            admin::add_orgs(batch, &author, &orgs)
        }))
    }

    /// Adds accounts; the passwords are hashed already.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn add_logins(&self, author: Author, logins: Vec<NewLogin>) -> Result<Reply<Vec<LoginId>>, LedgerError> {
        self.queue.submit(Exec(move |batch: &mut Batch<'_>| {
            admin::add_logins(batch, &author, &logins)
        }))
    }

    /// Takes an observation out of the tray, with the reason.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn settle_tray(&self, author: Author, id: Uuid, reason: String) -> Result<Reply<()>, LedgerError> {
        self.queue.submit(Exec(move |batch: &mut Batch<'_>| {
            crate::tray::settle(batch, &author, id, &reason)
        }))
    }

    /// Locks or unlocks, resets, extends an account.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn change_login(
        &self,
        author: Author,
        id: LoginId,
        change: admin::LoginChange,
    ) -> Result<Reply<()>, LedgerError> {
        self.queue.submit(Exec(move |batch: &mut Batch<'_>| {
            admin::change_login(batch, &author, id, &change)
        }))
    }

    /// Opens a session or token for an account, or writes a failure down.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn sign_in(&self, outcome: admin::SignIn) -> Result<Reply<()>, LedgerError> {
        self.queue
            .submit(Exec(move |batch: &mut Batch<'_>| admin::sign_in(batch, &outcome)))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn sign_out(&self, secret: &str) -> Result<Reply<()>, LedgerError> {
        let digest = crate::seal::secret_digest(secret);
        self.queue.submit(Exec(move |batch: &mut Batch<'_>| {
            let sql = "update session set revoked_at = $2 where digest = $1";
            batch
                .connection
                .execute(sql, &[digest.clone().into(), batch.now.0.into()])?;
            Ok(())
        }))
    }

    /// Judges a sign-in. Slow on purpose: call it where blocking is allowed.
    ///
    /// # Errors
    /// The database.
    pub fn judge_sign_in(
        &self,
        name: &str,
        password: &str,
        totp: Option<&str>,
    ) -> Result<Result<crate::accounts::Login, (crate::accounts::SignInRefusal, Option<LoginId>)>, LedgerError> {
        let secrets = crate::accounts::find(&mut *self.core.database.reader()?, name)?;
        let judged = crate::accounts::judge(&self.core.vault, secrets.as_ref(), password, totp, self.now());
        let id = secrets.as_ref().map(|secrets| secrets.login.id);
        Ok(match (judged, secrets) {
            (Ok(()), Some(secrets)) => Ok(secrets.login),
            (Ok(()), None) => Err((crate::accounts::SignInRefusal::Wrong, None)),
            (Err(refusal), _) => Err((refusal, id)),
        })
    }

    /// Writes lines of the audit.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn audit(&self, lines: Vec<crate::audit::AuditLine>) -> Result<Reply<()>, LedgerError> {
        self.queue.submit(Exec(move |batch: &mut Batch<'_>| {
            batch.pending.audit.extend(lines.iter().cloned());
            Ok(())
        }))
    }

    /// Makes a one-time code by which a resident binds a device to a file.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn make_binding_code(&self, author: Author, subject: SubjectId, code: &str) -> Result<Reply<()>, LedgerError> {
        let digest = crate::seal::secret_digest(code);
        self.queue.submit(Exec(move |batch: &mut Batch<'_>| {
            crate::declare::make_code(batch, &author, subject, &digest)
        }))
    }

    /// Binds a device to the file that a code was made for.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn bind_device(&self, device: crate::declare::DeviceSeed, code: &str) -> Result<Reply<bool>, LedgerError> {
        let digest = crate::seal::secret_digest(code.trim());
        self.queue.submit(Exec(move |batch: &mut Batch<'_>| {
            crate::declare::bind(batch, &device, &digest)
        }))
    }

    /// Makes a one-time code by which a phone is enrolled at a checkpoint; answers until when it is good.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn make_phone_code(&self, author: Author, code: PhoneCode) -> Result<Reply<Instant>, LedgerError> {
        self.queue.submit(Exec(move |batch: &mut Batch<'_>| {
            checkpoint_devices::make(batch, &author, &code)
        }))
    }

    /// Gives a phone its secret for a one-time code; none when the code is not good.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn enrol_phone(&self, code: &str, secret: &str) -> Result<Reply<Option<Uuid>>, LedgerError> {
        let (code, secret) = (crate::seal::secret_digest(code), crate::seal::secret_digest(secret));
        self.queue.submit(Exec(move |batch: &mut Batch<'_>| {
            checkpoint_devices::enrol(batch, &code, &secret)
        }))
    }

    /// Revokes a phone of a checkpoint; false when there is none or it was revoked before.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn revoke_phone(&self, author: Author, id: Uuid) -> Result<Reply<bool>, LedgerError> {
        self.queue.submit(Exec(move |batch: &mut Batch<'_>| {
            checkpoint_devices::revoke(batch, &author, id)
        }))
    }

    /// Destroys what is past its retention, or tells what would be.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn run_retention(&self, author: Author, dry_run: bool) -> Result<Reply<retention::Destruction>, LedgerError> {
        self.queue.submit(retention::Run { author, dry_run })
    }

    /// Makes a new signing key; passes signed by the old one verify until they expire.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn rotate_signing_key(&self) -> Result<Reply<()>, LedgerError> {
        let core = self.core.clone();
        self.queue.submit(Exec(move |batch: &mut Batch<'_>| {
            add_signing_key(batch.connection, &core.vault, batch.now)?;
            let city = batch.snapshot.city.clone();
            core.set_signer(load_signer(batch.connection, &core.vault, city.as_str(), batch.now)?);
            Ok(())
        }))
    }

    /// Reads on a connection of its own; call it where blocking is allowed.
    ///
    /// # Errors
    /// Those of `read`; no reader became free in time.
    pub fn read<T>(&self, read: impl FnOnce(&mut Reader<'_>) -> Result<T, LedgerError>) -> Result<T, LedgerError> {
        let mut connection = self.core.database.reader()?;
        read(&mut Reader::new(&self.core, &mut connection))
    }

    /// Copies the data store and the key store while running.
    ///
    /// # Errors
    /// The database; the files cannot be written.
    pub fn backup(
        &self,
        to: &std::path::Path,
        keys_to: &std::path::Path,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), LedgerError> {
        self.core.database.backup(to, progress)?;
        Ok(self.core.keys.backup(keys_to, &mut |_, _| {})?)
    }
}

/// Work written where it is used.
pub(crate) struct Exec<F>(pub F);

impl<T, F> Work for Exec<F>
where
    T: Send + 'static,
    F: Fn(&mut Batch<'_>) -> Result<T, LedgerError> + Send + 'static,
{
    type Answer = T;

    fn run(&self, batch: &mut Batch<'_>) -> Result<T, LedgerError> {
        (self.0)(batch)
    }
}

/// Judged like any entry, then put back.
struct DryRun(Append);

impl Work for DryRun {
    type Answer = AppendAnswer;

    fn wants(&self, core: &Core, wants: &mut crate::batch::Wants) {
        self.0.wants(core, wants);
    }

    fn run(&self, batch: &mut Batch<'_>) -> Result<AppendAnswer, LedgerError> {
        batch.mark();
        let answer = self.0.run_ungrouped(batch);
        batch.undo();
        answer
    }
}

impl Work for Append {
    type Answer = AppendAnswer;

    fn wants(&self, core: &Core, wants: &mut crate::batch::Wants) {
        Append::wants(self, core, wants);
    }

    fn run(&self, batch: &mut Batch<'_>) -> Result<AppendAnswer, LedgerError> {
        Append::run(self, batch)
    }
}

fn add_signing_key(connection: &mut lianfang_db::Connection, vault: &Vault, now: Instant) -> Result<(), LedgerError> {
    let (key, pkcs8) = SigningKey::generate(&SystemRandom::new()).map_err(bad_signing_key)?;
    let kid = lianfang_kernel::hex(key.kid());
    let retire = "update signing_key set retires_at = $1 where retires_at is null";
    connection.execute(retire, &[now.0.into()])?;
    let sealed = vault.seal_system(&format!("signing {kid}"), &pkcs8)?;
    let sql = "insert into signing_key (kid, sealed, created_at) values ($1, $2, $3)";
    connection.execute(sql, &[kid.into(), sealed.into(), now.0.into()])?;
    Ok(())
}

fn bad_signing_key(error: lianfang_pass::KeyError) -> LedgerError {
    LedgerError::key(
        &format!("签发密钥不可用：{error}"),
        &format!("the signing key cannot be used: {error}"),
    )
}

/// The newest key signs; all verify.
fn load_signer(
    connection: &mut lianfang_db::Connection,
    vault: &Vault,
    city: &str,
    now: Instant,
) -> Result<Signer, LedgerError> {
    let sql = "select kid, sealed from signing_key order by created_at desc, kid";
    let mut rows = connection.query(sql, &[])?;
    if rows.is_empty() {
        add_signing_key(connection, vault, now)?;
        rows = connection.query(sql, &[])?;
    }
    let mut keys = Vec::new();
    for row in &rows {
        let pkcs8 = vault.open_system(
            &format!("signing {}", row.text("kid")?.to_owned()),
            row.bytes("sealed")?,
        )?;
        keys.push(SigningKey::from_pkcs8(&pkcs8, &SystemRandom::new()).map_err(bad_signing_key)?);
    }
    let set = KeySet::from_keys(keys.iter().map(SigningKey::public_key).collect());
    let issuer = Issuer::new(city, keys.swap_remove(0));
    Ok(Signer {
        issuer,
        trust: TrustSet::new(city, set.clone()),
        keys: set,
    })
}
