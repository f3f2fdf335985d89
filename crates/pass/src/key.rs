//! Keys: ES256, which every browser and every library can verify.

use std::fmt;

use lianfang_kernel::Instant;
use ring::digest::{SHA256, digest};
use ring::rand::SecureRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};

/// Length of a key id.
pub(crate) const KID_BYTES: usize = 8;
/// Length of an uncompressed point.
const POINT_BYTES: usize = 65;

/// Why a key cannot be made or read. It says nothing about the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The source of randomness failed.
    #[error("the source of randomness failed")]
    Randomness,
    /// Not a PKCS#8 document of a P-256 key.
    #[error("not a PKCS#8 document of a P-256 key")]
    Pkcs8,
    /// Not an uncompressed point of P-256: 65 bytes that begin with 4.
    #[error("not an uncompressed point of P-256")]
    Point,
}

/// A city's private key. `Debug` shows its id only.
pub struct SigningKey {
    pair: EcdsaKeyPair,
    public: PublicKey,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.public.kid())
            .finish_non_exhaustive()
    }
}

impl SigningKey {
    /// Makes a key, and the PKCS#8 document by which the caller keeps it, sealed.
    ///
    /// # Errors
    /// [`KeyError::Randomness`]
    pub fn generate(rng: &dyn SecureRandom) -> Result<(SigningKey, Vec<u8>), KeyError> {
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, rng).map_err(|_| KeyError::Randomness)?;
        let key = SigningKey::from_pkcs8(document.as_ref(), rng)?;
        Ok((key, document.as_ref().to_vec()))
    }

    /// Reads a key that was kept.
    ///
    /// # Errors
    /// [`KeyError::Pkcs8`]
    pub fn from_pkcs8(document: &[u8], rng: &dyn SecureRandom) -> Result<SigningKey, KeyError> {
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document, rng).map_err(|_| KeyError::Pkcs8)?;
        let public = PublicKey::from_point(pair.public_key().as_ref())?;
        Ok(SigningKey { pair, public })
    }

    /// The key's id.
    pub fn kid(&self) -> [u8; KID_BYTES] {
        self.public.kid()
    }

    /// What verifiers need, valid without limits.
    pub fn public_key(&self) -> PublicKey {
        self.public.clone()
    }

    pub(crate) fn sign(&self, message: &[u8], rng: &dyn SecureRandom) -> Result<[u8; 64], KeyError> {
        let signature = self.pair.sign(rng, message).map_err(|_| KeyError::Randomness)?;
        signature.as_ref().try_into().map_err(|_| KeyError::Randomness)
    }
}

/// A key that verifies, and from when to when it does.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    kid: [u8; KID_BYTES],
    point: [u8; POINT_BYTES],
    /// First moment at which it is believed.
    pub valid_from: Option<Instant>,
    /// First moment at which it is no longer believed: when the last thing it signed has run out.
    pub valid_until: Option<Instant>,
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey")
            .field("kid", &self.kid)
            .field("valid_from", &self.valid_from)
            .field("valid_until", &self.valid_until)
            .finish_non_exhaustive()
    }
}

impl PublicKey {
    /// Reads an uncompressed point (SEC 1). Whether it lies on the curve is found out when it is used.
    ///
    /// # Errors
    /// [`KeyError::Point`]
    pub fn from_point(point: &[u8]) -> Result<PublicKey, KeyError> {
        let point: [u8; POINT_BYTES] = point.try_into().map_err(|_| KeyError::Point)?;
        if point[0] != 4 {
            return Err(KeyError::Point);
        }
        let mut kid = [0; KID_BYTES];
        kid.copy_from_slice(&digest(&SHA256, &point).as_ref()[..KID_BYTES]);
        Ok(PublicKey {
            kid,
            point,
            valid_from: None,
            valid_until: None,
        })
    }

    /// The first eight bytes of SHA-256 over the point.
    pub fn kid(&self) -> [u8; KID_BYTES] {
        self.kid
    }

    /// The point, 65 bytes.
    pub fn point(&self) -> &[u8; POINT_BYTES] {
        &self.point
    }

    /// The same key, believed from then on.
    #[must_use]
    pub fn from(mut self, moment: Instant) -> PublicKey {
        self.valid_from = Some(moment);
        self
    }

    /// The same key, believed until then. Rotation sets it to when the last pass signed with it runs out.
    #[must_use]
    pub fn until(mut self, moment: Instant) -> PublicKey {
        self.valid_until = Some(moment);
        self
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.point)
            .verify(message, signature)
            .is_ok()
    }
}
