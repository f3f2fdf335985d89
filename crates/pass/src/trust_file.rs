//! The trust file: everything that verifying offline needs, of every issuer, as one JSON object.

use base64::Engine;
use lianfang_kernel::Instant;
use serde::Deserialize;

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

impl TrustFile {
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
