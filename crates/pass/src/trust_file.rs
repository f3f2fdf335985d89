//! The trust file: everything that verifying offline needs, of every issuer, as one JSON object.

use base64::Engine;
use lianfang_kernel::Instant;
use serde::{Deserialize, Serialize};

use crate::foreign::{hcert, nzcp, shc};
use crate::key_set::{KeySet, KeySetError};
use crate::revocation::{RevocationError, RevocationList};
use crate::trust::{BASE64, TrustSet};

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

#[derive(Deserialize)]
struct Members {
    clock: Option<f64>,
    lianfang: Option<OursMember>,
    hcert: Option<hcert::Member>,
    nzcp: Option<nzcp::Member>,
    shc: Option<shc::Member>,
}

#[derive(Deserialize)]
struct OursMember {
    city: String,
    keys: String,
    #[serde(default)]
    revocations: String,
}

/// What is trusted: the city's own keys and those of other issuers. Without a member nobody of its kind is.
///
/// ```
/// use lianfang_pass::TrustFile;
///
/// let trust = TrustFile::from_json(r#"{"clock": 1580875200, "hcert": {"dsc": [{"kid": "*", "cert_der_b64": ""}]}}"#).unwrap();
/// assert!(trust.clock.is_some() && trust.ours.is_none());
/// assert_eq!(trust.unusable, ["hcert.dsc *"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrustFile {
    /// The moment to judge at, if the file sets one.
    pub clock: Option<Instant>,
    /// The city's own keys and revocations.
    pub ours: Option<TrustSet>,
    /// Members about other issuers that cannot be used and are passed over: one bad certificate among the hundreds of a
    /// list must not stop the rest. Whoever reads the file is told.
    pub unusable: Vec<String>,
    pub(crate) hcert: hcert::HcertTrust,
    pub(crate) nzcp: nzcp::NzcpTrust,
    pub(crate) shc: shc::ShcTrust,
}

/// How much of other issuers a list holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ForeignCounts {
    /// Document signers of EU DCCs.
    pub hcert_signers: usize,
    /// Hashes of revoked EU DCCs.
    pub hcert_revoked: usize,
    /// Issuers of NZ COVID Passes, and their keys.
    pub nzcp_issuers: usize,
    /// Keys of those.
    pub nzcp_keys: usize,
    /// Issuers of SMART Health Cards.
    pub shc_issuers: usize,
    /// Keys of those.
    pub shc_keys: usize,
    /// Ids of revoked cards.
    pub shc_revoked: usize,
}

impl ForeignCounts {
    /// Whether nobody at all can be verified by it.
    pub fn is_empty(&self) -> bool {
        self.hcert_signers + self.nzcp_keys + self.shc_keys == 0
    }
}

impl TrustFile {
    /// How much of other issuers it holds.
    pub fn foreign_counts(&self) -> ForeignCounts {
        let (hcert_signers, hcert_revoked) = self.hcert.counts();
        let (nzcp_issuers, nzcp_keys) = self.nzcp.counts();
        let (shc_issuers, shc_keys, shc_revoked) = self.shc.counts();
        ForeignCounts {
            hcert_signers,
            hcert_revoked,
            nzcp_issuers,
            nzcp_keys,
            shc_issuers,
            shc_keys,
            shc_revoked,
        }
    }

    /// Takes over what another list says of other issuers: a city keeps several, each renewed at its own time. What one
    /// of them revokes is revoked.
    ///
    /// ```
    /// use lianfang_pass::TrustFile;
    ///
    /// let one = r#"{"shc": {"trusted_issuers": ["https://a.example"], "jwks": {}, "crl": {}}}"#;
    /// let other = r#"{"shc": {"trusted_issuers": ["https://b.example"]}}"#;
    /// let mut all = TrustFile::from_json(one).unwrap();
    /// all.join_foreign(TrustFile::from_json(other).unwrap());
    /// assert_eq!(all.foreign_counts().shc_issuers, 2);
    /// ```
    pub fn join_foreign(&mut self, other: TrustFile) {
        self.hcert.join(other.hcert);
        self.nzcp.join(other.nzcp);
        self.shc.join(other.shc);
        self.unusable.extend(other.unusable);
    }

    /// Reads a trust file; its form is in `docs/pass-format.md`.
    ///
    /// # Errors
    /// [`TrustError`]
    pub fn from_json(text: &str) -> Result<TrustFile, TrustError> {
        let members: Members = serde_json::from_str(text).map_err(|error| TrustError::Json(error.to_string()))?;
        let mut unusable = Vec::new();
        Ok(TrustFile {
            clock: members.clock.and_then(crate::cbor::from_seconds),
            ours: members.lianfang.map(OursMember::read).transpose()?,
            hcert: hcert::HcertTrust::from_member(&members.hcert.unwrap_or_default(), &mut unusable),
            nzcp: nzcp::NzcpTrust::from_member(members.nzcp.unwrap_or_default(), &mut unusable),
            shc: shc::ShcTrust::from_member(members.shc.unwrap_or_default(), &mut unusable),
            unusable,
        })
    }
}

impl OursMember {
    fn read(self) -> Result<TrustSet, TrustError> {
        let keys = BASE64.decode(&self.keys).map_err(|_| TrustError::Base64("keys"))?;
        let mut trust = TrustSet::new(self.city, KeySet::from_cose(&keys)?);
        if !self.revocations.is_empty() {
            let bytes = BASE64
                .decode(&self.revocations)
                .map_err(|_| TrustError::Base64("revocations"))?;
            trust.revocations = RevocationList::from_bytes(&bytes)?;
        }
        Ok(trust)
    }
}
