//! What a verifier knows: its city, the keys, what was revoked.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use lianfang_kernel::{Instant, Zone};
use serde::Deserialize;

use crate::key_set::{KeySet, KeySetError};
use crate::revocation::{RevocationError, RevocationList};

/// Base64 with or without padding: trust files are written by many hands.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Why a trust file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// Not JSON of that form.
    #[error("not a trust file: {0}")]
    Json(String),
    /// A member that is not Base64.
    #[error("lianfang.{0} is not Base64")]
    Base64(&'static str),
    /// The keys.
    #[error("lianfang.keys: {0}")]
    Keys(#[from] KeySetError),
    /// The revocations.
    #[error("lianfang.revocations: {0}")]
    Revocations(#[from] RevocationError),
}

/// Everything that verifying offline needs.
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

#[derive(Deserialize)]
struct TrustFile {
    clock: Option<f64>,
    lianfang: Option<Member>,
}

#[derive(Deserialize)]
struct Member {
    city: String,
    keys: String,
    #[serde(default)]
    revocations: String,
}

/// Reads the `lianfang` member of a trust file, and its `clock` if it has one. Without the member nobody of ours is
/// trusted. Other members belong to other formats.
///
/// # Errors
/// [`TrustError`]
pub fn trust_from_json(text: &str) -> Result<(Option<TrustSet>, Option<Instant>), TrustError> {
    let file: TrustFile = serde_json::from_str(text).map_err(|error| TrustError::Json(error.to_string()))?;
    let clock = file.clock.map(|seconds| Instant((seconds * 1_000.0) as i64));
    let Some(member) = file.lianfang else {
        return Ok((None, clock));
    };
    let keys = BASE64.decode(&member.keys).map_err(|_| TrustError::Base64("keys"))?;
    let mut trust = TrustSet::new(member.city, KeySet::from_cose(&keys)?);
    if !member.revocations.is_empty() {
        let bytes = BASE64
            .decode(&member.revocations)
            .map_err(|_| TrustError::Base64("revocations"))?;
        trust.revocations = RevocationList::from_bytes(&bytes)?;
    }
    Ok((Some(trust), clock))
}
