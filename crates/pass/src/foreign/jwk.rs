//! A P-256 key as JSON (RFC 7517), as issuers publish it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use crate::key::PublicKey;

/// The members that are looked at.
#[derive(Debug, Deserialize)]
pub(super) struct Jwk {
    #[serde(default)]
    pub kid: String,
    #[serde(default)]
    kty: String,
    #[serde(default)]
    crv: String,
    #[serde(default)]
    x: String,
    #[serde(default)]
    y: String,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
}

impl Jwk {
    /// The key, when it is one that verifies ES256 signatures.
    pub fn key(&self) -> Option<PublicKey> {
        let is_for_es256 = self.kty == "EC"
            && self.crv == "P-256"
            && self.alg.as_deref().is_none_or(|alg| alg == "ES256")
            && self.usage.as_deref().is_none_or(|usage| usage == "sig");
        let x = URL_SAFE_NO_PAD.decode(&self.x).ok()?;
        let y = URL_SAFE_NO_PAD.decode(&self.y).ok()?;
        is_for_es256
            .then(|| PublicKey::from_point(&[&[4], x.as_slice(), y.as_slice()].concat()).ok())
            .flatten()
    }
}
