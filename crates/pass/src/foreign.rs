//! Certificates of other issuers, as travellers carry them: EU DCC (`HC1:`), NZ COVID Pass (`NZCP:/1/`) and SMART Health
//! Cards (`shc:/`). Each is verified offline against what the city chose to trust.
//!
//! They hold names and dates of birth and no document number: who the holder is stays for a person to compare.
//!
//! To add a format: a module with its trust and its `judge`, a line in [`crate::TrustFile`] and one in `scanned.rs`, its
//! reference vectors in `tests/foreign.rs`, and its section in `docs/pass-format.md`.

mod cose;
pub(crate) mod hcert;
mod inflate;
pub(crate) mod nzcp;
pub(crate) mod shc;

use lianfang_kernel::Instant;

use crate::verify::Reason;

/// Longest text that is looked at, all chunks together. The longest code there is holds 7,089 digits.
pub(crate) const MAX_CHARACTERS: usize = 32 * 1024;
/// Longest content that is inflated; a DCC has one kilobyte, a card with a child's vaccinations under twenty. Decoded, a
/// byte of it may take a hundred.
const MAX_INFLATED: usize = 64 * 1024;

/// What a certificate of another issuer says that a person at a gate compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignClaims {
    /// Who issued it: a country, a DID or a URL.
    pub issuer: String,
    /// The holder's name as it is printed in the certificate; empty when it has none.
    pub name: String,
    /// The holder's date of birth as the certificate writes it; empty when it has none.
    pub birth: String,
    /// First moment when it no longer holds, if it says.
    pub valid_until: Option<Instant>,
}

/// Whether a moment lies before the begin or at the end of something.
fn in_time(at: Instant, from: Option<Instant>, until: Option<Instant>) -> Result<(), Reason> {
    if until.is_some_and(|until| at >= until) {
        Err(Reason::Expired)
    } else if from.is_some_and(|from| at < from) {
        Err(Reason::NotYetValid)
    } else {
        Ok(())
    }
}
