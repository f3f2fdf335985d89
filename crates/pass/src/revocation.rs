//! The list of what was revoked: exact, because a filter that errs would turn somebody away.

use std::collections::BTreeSet;

use ring::digest::{SHA256, digest};

/// First byte of the encoded list: its version.
const VERSION: u8 = 1;
/// Bytes kept of each hash: 96 bits, so that no two ids meet.
const HASH_BYTES: usize = 12;
/// Most entries that are read: twelve megabytes.
const MAX_ENTRIES: usize = 1_000_000;

/// Why a list cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RevocationError {
    /// Another version, or a length that does not fit.
    #[error("not a revocation list of version 1")]
    Form,
    /// More than a million entries.
    #[error("a revocation list has at most a million entries")]
    TooLarge,
}

/// Revoked passes and certificates, by a hash of their id: who has the list cannot ask for anybody's pass with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RevocationList {
    hashes: BTreeSet<[u8; HASH_BYTES]>,
}

fn hash(id: &[u8; 16]) -> [u8; HASH_BYTES] {
    let mut hash = [0; HASH_BYTES];
    hash.copy_from_slice(&digest(&SHA256, id).as_ref()[..HASH_BYTES]);
    hash
}

impl RevocationList {
    /// The list of these ids.
    pub fn new<'a>(ids: impl IntoIterator<Item = &'a [u8; 16]>) -> RevocationList {
        RevocationList {
            hashes: ids.into_iter().map(hash).collect(),
        }
    }

    /// Whether that id was revoked.
    pub fn contains(&self, id: &[u8; 16]) -> bool {
        self.hashes.contains(&hash(id))
    }

    /// How many were revoked.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether nothing was revoked.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// The version, then the hashes in order: the same set has the same bytes, so that an ETag stays.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(self.hashes.iter().flatten());
        bytes
    }

    /// Reads a list.
    ///
    /// # Errors
    /// [`RevocationError`]
    pub fn from_bytes(bytes: &[u8]) -> Result<RevocationList, RevocationError> {
        let Some((&VERSION, hashes)) = bytes.split_first() else {
            return Err(RevocationError::Form);
        };
        if hashes.len() / HASH_BYTES > MAX_ENTRIES {
            return Err(RevocationError::TooLarge);
        }
        let (hashes, rest) = hashes.as_chunks::<HASH_BYTES>();
        if !rest.is_empty() {
            return Err(RevocationError::Form);
        }
        Ok(RevocationList {
            hashes: hashes.iter().copied().collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_reads_back_and_finds_exactly_its_own() {
        let list = RevocationList::new(&[[1; 16], [2; 16]]);
        let read = RevocationList::from_bytes(&list.to_bytes()).unwrap();
        assert_eq!(read, list);
        assert!(read.contains(&[2; 16]) && !read.contains(&[3; 16]));
        assert_eq!(list.to_bytes(), RevocationList::new(&[[2; 16], [1; 16]]).to_bytes());
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for bytes in [&[][..], &[2], &[1, 0, 0]] {
            assert_eq!(RevocationList::from_bytes(bytes), Err(RevocationError::Form));
        }
        assert!(RevocationList::from_bytes(&[1]).unwrap().is_empty());
    }
}
