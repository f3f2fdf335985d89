//! What a verifier knows: its city, the keys, what was revoked.

use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use lianfang_kernel::Zone;

use crate::key_set::KeySet;
use crate::revocation::RevocationList;

/// Base64 with or without padding: trust files are written by many hands.
pub(crate) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Everything that verifying the city's own passes offline needs.
#[derive(Clone, Debug, PartialEq)]
pub struct TrustSet {
    /// Code of the city that verifies.
    pub city: String,
    /// Code of the region where the verifier stands; the city's when it is not known.
    pub place: String,
    /// The city's keys.
    pub keys: KeySet,
    /// What was revoked.
    pub revocations: RevocationList,
    /// The zone that its days are counted in.
    pub zone: Zone,
}

impl TrustSet {
    /// A city's keys, nothing revoked, China Standard Time.
    pub fn new(city: impl Into<String>, keys: KeySet) -> TrustSet {
        let city = city.into();
        TrustSet {
            place: city.clone(),
            city,
            keys,
            revocations: RevocationList::default(),
            zone: Zone::china(),
        }
    }
}
