//! Issuing.

use ring::rand::SecureRandom;

use crate::claims::{CertificateClaims, Claims, MAX_TEXT, PassClaims, is_code};
use crate::envelope;
use crate::key::{KeyError, SigningKey};

/// Why nothing was issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// The claims name another city than the issuer's.
    #[error("the claims are of another city than the issuer")]
    WrongCity,
    /// A city or region that is no code of 2 to 12 digits.
    #[error("a city and a region are codes of 2 to 12 digits")]
    Code,
    /// A digest of more than 20 bits.
    #[error("a holder digest has 20 bits")]
    Digest,
    /// A protocol or clause that is empty or longer than 120 bytes.
    #[error("a protocol and a clause have 1 to {MAX_TEXT} bytes")]
    Text,
    /// Signing failed.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The claims could not be encoded.
    #[error("the claims cannot be encoded")]
    Encode,
}

/// A city with its present key.
#[derive(Debug)]
pub struct Issuer {
    city: String,
    key: SigningKey,
}

impl Issuer {
    /// The city of that code, signing with `key`.
    pub fn new(city: impl Into<String>, key: SigningKey) -> Issuer {
        Issuer { city: city.into(), key }
    }

    /// Its code.
    pub fn city(&self) -> &str {
        &self.city
    }

    /// Its present key.
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// Signs a day pass and returns its text, `LF1:…`.
    ///
    /// # Errors
    /// [`IssueError`]: claims that a verifier would refuse are not signed.
    pub fn issue_pass(&self, claims: &PassClaims, rng: &dyn SecureRandom) -> Result<String, IssueError> {
        if !is_code(&claims.region_scope) {
            return Err(IssueError::Code);
        }
        self.issue(&Claims::Pass(claims.clone()), rng)
    }

    /// Signs a certificate and returns its text, `LF1:…`.
    ///
    /// # Errors
    /// [`IssueError`]
    pub fn issue_certificate(&self, claims: &CertificateClaims, rng: &dyn SecureRandom) -> Result<String, IssueError> {
        let is_short = |text: &str| (1..=MAX_TEXT).contains(&text.len());
        if !is_short(&claims.protocol) || !claims.clause.as_deref().is_none_or(is_short) {
            return Err(IssueError::Text);
        }
        self.issue(&Claims::Certificate(claims.clone()), rng)
    }

    fn issue(&self, claims: &Claims, rng: &dyn SecureRandom) -> Result<String, IssueError> {
        if claims.city() != self.city {
            return Err(IssueError::WrongCity);
        }
        if !is_code(claims.city()) {
            return Err(IssueError::Code);
        }
        if claims.holder_digest20() >= 1 << 20 {
            return Err(IssueError::Digest);
        }
        let payload = envelope::encode(&claims.to_value()).ok_or(IssueError::Encode)?;
        let kid = self.key.kid();
        let signature = self.key.sign(&envelope::message(kid, &payload), rng)?;
        Ok(envelope::seal(kid, &payload, &signature))
    }
}
