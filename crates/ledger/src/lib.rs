//! The only writer, the read models, as-of.
//!
//! Facts enter through [`Ledger::append`] and nowhere else. One thread writes; many requests share one commit. Nothing
//! is overwritten: a correction is an entry that names the one it replaces. Figures are kept as what each commit added,
//! so that any of them can be read as of any moment.
//!
//! To read something new: add a function to [`read::Reader`] in a file of its own under `read/`. To write something
//! new: prefer a register in a pack; only set-up (regions, organisations, accounts, keys) has functions of its own.

pub mod accounts;
mod admin;
mod append;
mod attachments;
mod audit;
mod batch;
mod checkpoint_devices;
mod checks;
mod core;
mod declare;
mod deltas;
mod effect;
mod embargo;
mod error;
mod file_entries;
pub mod invitations;
mod kept;
mod ledger;
mod listed_only;
mod load;
mod merging;
mod migrations;
pub mod outbox;
pub mod packs;
mod planned_task;
pub mod policy_changes;
mod posting;
pub mod preview_report;
pub mod read;
mod recount;
mod replan;
mod retention;
mod revoked;
mod rotation;
mod rows;
mod seal;
mod sealed_box;
mod sealed_identity;
mod shapes;
mod sums;
mod tick;
mod tray;
mod trust_lists;
mod typed_index;
mod watch;
pub mod wire;
mod writer;

pub use admin::{Function, LoginChange, NewLogin, NewOrg, SignIn, TOKEN_MS};
pub use append::sectors_of;
pub use attachments::{AttachmentView, NewAttachment};
pub use audit::{AuditLine, AuditReport, ChainHead, verify as verify_audit};
pub use checkpoint_devices::{PHONE_CODE_MS, PhoneCode};
pub use checks::{CHECK_DAYS, NewCheck, REGISTER as CHECK_REGISTER, ShownPass};
pub use core::{Signer, region_subject};
pub use declare::{Declare, Declared, DeviceSeed, SignedPass};
pub use effect::REVOCATIONS;
pub use error::LedgerError;
pub use kept::{KEPT_BYTES, KeptAt};
pub use ledger::{Ledger, Opening, Reply};
pub use merging::{APART, EYES, MERGES, OPINIONS};
pub use migrations::{KEY_MIGRATIONS, MIGRATIONS};
pub use recount::{Miscount, Recount};
pub use retention::Destruction;
pub use rotation::{Rotated, rotate};
pub use seal::{DataKey, MasterKey, Vault, secret_digest};
pub use sealed_box::SealPublicKey;
pub use sealed_identity::{SealedIdentity, seal_identity};
pub use trust_lists::{ReadTrustList, TRUST_LIST_BYTES, TrustList, Trusted};
