//! Key sets as they are published: COSE_KeySet (RFC 9052) and JWKS (RFC 7517).

use coset::iana::{Algorithm, EllipticCurve, KeyOperation};
use coset::{CborSerializable, CoseKey, CoseKeyBuilder, CoseKeySet, Label, cbor::value::Value};
use lianfang_kernel::Instant;
use serde::{Deserialize, Serialize};

use crate::jwk::Jwk;
use crate::key::PublicKey;

/// Labels of our own in a COSE_Key, from the range for private use: seconds since 1970.
const VALID_FROM: i64 = -65_537;
const VALID_UNTIL: i64 = -65_538;
/// Most bytes that are parsed: a thousand keys.
const MAX_BYTES: usize = 256 * 1024;

/// Why a key set cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// Not a COSE_KeySet.
    #[error("not a COSE_KeySet")]
    Cose,
    /// Not a JWKS.
    #[error("not a JWKS: {0}")]
    Jwks(String),
    /// More than 256 KiB.
    #[error("a key set has at most 256 KiB")]
    TooLarge,
    /// It cannot be encoded.
    #[error("the key set cannot be encoded")]
    Encode,
}

/// The public keys of a city. Keys of other kinds in a published set are passed over: sets grow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeySet {
    keys: Vec<PublicKey>,
}

#[derive(Serialize, Deserialize)]
struct Jwks {
    keys: Vec<Jwk>,
}

impl KeySet {
    /// A set of these keys.
    pub fn from_keys(keys: Vec<PublicKey>) -> KeySet {
        KeySet { keys }
    }

    /// The keys.
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// The key of that id.
    pub fn find(&self, kid: &[u8]) -> Option<&PublicKey> {
        self.keys.iter().find(|key| key.kid() == kid)
    }

    /// As CBOR.
    ///
    /// # Errors
    /// [`KeySetError::Encode`]
    pub fn to_cose(&self) -> Result<Vec<u8>, KeySetError> {
        CoseKeySet(self.keys.iter().map(cose_key).collect())
            .to_vec()
            .map_err(|_| KeySetError::Encode)
    }

    /// From CBOR.
    ///
    /// # Errors
    /// [`KeySetError::Cose`], [`KeySetError::TooLarge`]
    pub fn from_cose(bytes: &[u8]) -> Result<KeySet, KeySetError> {
        if bytes.len() > MAX_BYTES {
            return Err(KeySetError::TooLarge);
        }
        let set = CoseKeySet::from_slice(bytes).map_err(|_| KeySetError::Cose)?;
        Ok(KeySet {
            keys: set.0.iter().filter_map(from_cose_key).collect(),
        })
    }

    /// As JSON.
    ///
    /// # Errors
    /// [`KeySetError::Encode`]
    pub fn to_jwks(&self) -> Result<String, KeySetError> {
        let keys = self.keys.iter().map(Jwk::of).collect();
        serde_json::to_string(&Jwks { keys }).map_err(|_| KeySetError::Encode)
    }

    /// From JSON.
    ///
    /// # Errors
    /// [`KeySetError::Jwks`], [`KeySetError::TooLarge`]
    pub fn from_jwks(text: &str) -> Result<KeySet, KeySetError> {
        if text.len() > MAX_BYTES {
            return Err(KeySetError::TooLarge);
        }
        let set: Jwks = serde_json::from_str(text).map_err(|error| KeySetError::Jwks(error.to_string()))?;
        Ok(KeySet {
            keys: set.keys.iter().filter_map(Jwk::own_key).collect(),
        })
    }
}

pub(crate) fn seconds(moment: Instant) -> i64 {
    moment.0.div_euclid(1_000)
}

pub(crate) fn moment(seconds: i64) -> Instant {
    Instant(seconds.saturating_mul(1_000).clamp(Instant::MIN.0, Instant::MAX.0))
}

fn cose_key(key: &PublicKey) -> CoseKey {
    let (x, y) = key.point()[1..].split_at(32);
    let mut builder = CoseKeyBuilder::new_ec2_pub_key(EllipticCurve::P_256, x.to_vec(), y.to_vec())
        .key_id(key.kid().to_vec())
        .algorithm(Algorithm::ES256)
        .add_key_op(KeyOperation::Verify);
    if let Some(from) = key.valid_from {
        builder = builder.param(VALID_FROM, Value::from(seconds(from)));
    }
    if let Some(until) = key.valid_until {
        builder = builder.param(VALID_UNTIL, Value::from(seconds(until)));
    }
    builder.build()
}

fn from_cose_key(key: &CoseKey) -> Option<PublicKey> {
    let parameter = |label: i64| {
        key.params
            .iter()
            .find(|(found, _)| *found == Label::Int(label))
            .map(|(_, value)| value)
    };
    if parameter(-1)?.as_integer()? != ciborium::value::Integer::from(EllipticCurve::P_256 as i64) {
        return None;
    }
    let point = key.to_sec1_octet_string().ok()?;
    let mut public = PublicKey::from_point(&point).ok()?;
    let time = |label| {
        parameter(label)?
            .as_integer()
            .and_then(|n| i64::try_from(n).ok())
            .map(moment)
    };
    public.valid_from = time(VALID_FROM);
    public.valid_until = time(VALID_UNTIL);
    // An id that does not belong to its point would let one key answer for another.
    (key.key_id == public.kid()).then_some(public)
}
