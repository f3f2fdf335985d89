//! Who somebody is, in the form in which both stores keep it: for what writes very many files past the writer, to measure how
//! they are read.

use crate::LedgerError;
use crate::append::resolve::{IDENTITY_CLASS, digests_of, search_tokens};
use crate::batch::Identity;
use crate::seal::Vault;
use lianfang_kernel::ids::SubjectId;
use std::collections::BTreeMap;

/// What both stores keep of who somebody is.
#[derive(Clone, Debug)]
pub struct SealedIdentity {
    /// The class of the key.
    pub class: &'static str,
    /// The key, as the key store holds it.
    pub wrapped: Vec<u8>,
    /// `subject.identity_sealed`
    pub sealed: Vec<u8>,
    /// `identifier.kind` and `identifier.digest`
    pub digests: Vec<(String, Vec<u8>)>,
    /// `search_token.token`
    pub tokens: Vec<Vec<u8>>,
}

/// Seals a name and identifiers in their normal form, as the writer does for a new file.
///
/// # Errors
/// The machine gives no randomness.
pub fn seal_identity(
    vault: &Vault,
    id: SubjectId,
    name: Option<String>,
    identifiers: BTreeMap<String, String>,
) -> Result<SealedIdentity, LedgerError> {
    let identity = Identity { name, identifiers };
    let (key, wrapped) = vault.new_data_key(id, IDENTITY_CLASS)?;
    let plain = serde_json::to_vec(&identity)?;
    let digests = digests_of(vault, &identity);
    Ok(SealedIdentity {
        class: IDENTITY_CLASS,
        wrapped,
        sealed: vault.seal(&key, &format!("identity {id}"), &plain)?,
        digests: digests
            .into_iter()
            .map(|(kind, digest)| (kind.to_owned(), digest))
            .collect(),
        tokens: search_tokens(vault, &identity),
    })
}
