//! Certificates of our own making, for what the published vectors do not hold: keys that share an id, validity to the
//! second, revocation, every field that must be there.

mod card;
mod dcc;
mod nz;

use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, KeyPair, PKCS_ECDSA_P256_SHA256, date_time_ymd};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

/// A P-256 key with a certificate for it.
pub struct Key {
    pair: KeyPair,
}

impl Key {
    pub fn new() -> Key {
        Key {
            pair: KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap(),
        }
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let rng = SystemRandom::new();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, self.pair.serialized_der(), &rng).unwrap();
        pair.sign(&rng, message).unwrap().as_ref().to_vec()
    }

    /// A certificate that is valid in 2021 and 2022, for these uses; none: for all.
    pub fn certificate(&self, uses: &[&[u64]]) -> Vec<u8> {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.not_before = date_time_ymd(2021, 1, 1);
        params.not_after = date_time_ymd(2023, 1, 1);
        params.extended_key_usages = uses
            .iter()
            .map(|oid| ExtendedKeyUsagePurpose::Other(oid.to_vec()))
            .collect();
        params.self_signed(&self.pair).unwrap().der().to_vec()
    }

    pub fn jwk(&self, kid: &str) -> Value {
        use base64::Engine;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let rng = SystemRandom::new();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, self.pair.serialized_der(), &rng).unwrap();
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let [x, y] = [x, y].map(|part| URL_SAFE_NO_PAD.encode(part));
        json!({ "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": kid, "x": x, "y": y })
    }
}
