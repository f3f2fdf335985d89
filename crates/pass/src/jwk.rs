//! A P-256 key as JSON (RFC 7517), as issuers publish it: ours and others'.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::key::PublicKey;
use crate::key_set::{moment, seconds};

/// The members that are looked at.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Jwk {
    #[serde(default)]
    pub kty: String,
    #[serde(default)]
    crv: String,
    #[serde(default)]
    x: String,
    #[serde(default)]
    y: String,
    #[serde(default)]
    pub kid: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alg: Option<String>,
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    usage: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
}

impl Jwk {
    /// A key as we publish it.
    pub fn of(key: &PublicKey) -> Jwk {
        let (x, y) = key.point()[1..].split_at(32);
        Jwk {
            kty: "EC".to_owned(),
            crv: "P-256".to_owned(),
            x: URL_SAFE_NO_PAD.encode(x),
            y: URL_SAFE_NO_PAD.encode(y),
            kid: URL_SAFE_NO_PAD.encode(key.kid()),
            alg: Some("ES256".to_owned()),
            usage: Some("sig".to_owned()),
            nbf: key.valid_from.map(seconds),
            exp: key.valid_until.map(seconds),
        }
    }

    /// The key, when it is one that verifies ES256 signatures; its times are those that the issuer gave it.
    pub fn key(&self) -> Option<PublicKey> {
        let is_for_es256 = self.kty == "EC"
            && self.crv == "P-256"
            && self.alg.as_deref().is_none_or(|alg| alg.is_empty() || alg == "ES256")
            && self
                .usage
                .as_deref()
                .is_none_or(|usage| usage.is_empty() || usage == "sig");
        let x = URL_SAFE_NO_PAD.decode(&self.x).ok()?;
        let y = URL_SAFE_NO_PAD.decode(&self.y).ok()?;
        is_for_es256.then_some(())?;
        let mut public = PublicKey::from_point(&[&[4], x.as_slice(), y.as_slice()].concat()).ok()?;
        public.valid_from = self.nbf.map(moment);
        public.valid_until = self.exp.map(moment);
        Some(public)
    }

    /// The key, when its id is the one that belongs to its point: else one key could answer for another.
    pub fn own_key(&self) -> Option<PublicKey> {
        self.key().filter(|key| self.kid == URL_SAFE_NO_PAD.encode(key.kid()))
    }
}
