//! Revocation lists of DCCs: hashes of what identifies a certificate, in three ways.

use std::collections::{BTreeMap, BTreeSet};

use ring::digest::{SHA256, digest};

/// Bytes kept of each SHA-256.
const HASH_BYTES: usize = 16;
/// The r of an ECDSA signature on P-256.
const R_BYTES: usize = 32;

type Hashes = BTreeSet<[u8; HASH_BYTES]>;

/// What was revoked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Revoked {
    uvcis: Hashes,
    countries_and_uvcis: Hashes,
    signatures: Hashes,
}

impl Revoked {
    /// Reads lists of hexadecimal hashes; says of each that cannot be used which one it is.
    pub fn from_lists(lists: &BTreeMap<String, Vec<String>>, unusable: &mut Vec<String>) -> Revoked {
        let mut revoked = Revoked::default();
        for (kind, hashes) in lists {
            let into = match kind.as_str() {
                "UCI" => &mut revoked.uvcis,
                "COUNTRYCODEUCI" => &mut revoked.countries_and_uvcis,
                "SIGNATURE" => &mut revoked.signatures,
                _ => {
                    unusable.push(format!("hcert.revoked.{kind}"));
                    continue;
                }
            };
            for hash in hashes {
                match from_hex(hash) {
                    Some(hash) => drop(into.insert(hash)),
                    None => unusable.push(format!("hcert.revoked.{kind} {hash}")),
                }
            }
        }
        revoked
    }

    /// Takes over what another list holds as well.
    pub fn join(&mut self, other: Revoked) {
        self.uvcis.extend(other.uvcis);
        self.countries_and_uvcis.extend(other.countries_and_uvcis);
        self.signatures.extend(other.signatures);
    }

    /// How many hashes.
    pub fn count(&self) -> usize {
        self.uvcis.len() + self.countries_and_uvcis.len() + self.signatures.len()
    }

    /// Whether a certificate is in one of the lists. Of an ECDSA signature only r counts: anybody can turn its s into
    /// another one that verifies as well.
    pub fn holds(&self, uvcis: &[&str], country: &str, signature: &[u8], is_ecdsa: bool) -> bool {
        let signature = match signature.get(..R_BYTES) {
            Some(r) if is_ecdsa => r,
            _ => signature,
        };
        let is_in = |list: &Hashes, parts: &[&[u8]]| !list.is_empty() && list.contains(&hash(parts));
        is_in(&self.signatures, &[signature])
            || uvcis.iter().any(|uvci| {
                is_in(&self.uvcis, &[uvci.as_bytes()])
                    || is_in(&self.countries_and_uvcis, &[country.as_bytes(), uvci.as_bytes()])
            })
    }
}

fn hash(parts: &[&[u8]]) -> [u8; HASH_BYTES] {
    let mut hash = [0; HASH_BYTES];
    hash.copy_from_slice(&digest(&SHA256, &parts.concat()).as_ref()[..HASH_BYTES]);
    hash
}

/// Sixteen bytes, or the first sixteen of a whole hash.
fn from_hex(text: &str) -> Option<[u8; HASH_BYTES]> {
    let mut hash = [0; HASH_BYTES];
    if !matches!(text.len(), 32 | 64) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (index, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(hash)
}
