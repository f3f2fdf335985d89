//! What a scanner read, of whatever issuer: one code, or the several that one certificate was drawn in.

use lianfang_kernel::Instant;

use crate::foreign::{MAX_CHARACTERS, hcert, nzcp, shc};
use crate::trust_file::TrustFile;
use crate::verify::{Reason, Verdict, verify};

const OURS: &str = "lianfang";
const HCERT: &str = "hcert";
const NZCP: &str = "nzcp";
const SHC: &str = "shc";

/// Judges what was scanned at a moment; a document's number, if one was shown, is compared with passes of ours. Other
/// issuers' certificates hold a name and no number: a person compares it. Bounded, whatever was scanned.
///
/// ```
/// use lianfang_kernel::Instant;
/// use lianfang_pass::{Reason, TrustFile, verify_scanned};
///
/// let verdict = verify_scanned(&["HC1:6BF"], &TrustFile::default(), Instant(0), None);
/// assert_eq!((verdict.format, verdict.reason), (Some("hcert"), Reason::Format));
/// ```
pub fn verify_scanned(parts: &[&str], trust: &TrustFile, at: Instant, document: Option<&str>) -> Verdict {
    let parts: Vec<&str> = parts.iter().map(|part| part.trim()).collect();
    let format = parts.first().copied().and_then(format_of);
    if parts.iter().map(|part| part.len()).sum::<usize>() > MAX_CHARACTERS {
        return rejected(format, Reason::Format);
    }
    let judged = match format {
        Some(SHC) => shc::judge(&parts, &trust.shc, at),
        Some(HCERT) => hcert::judge(&parts.concat(), &trust.hcert, at),
        Some(NZCP) => nzcp::judge(&parts.concat(), &trust.nzcp, at),
        Some(_) => {
            return match &trust.ours {
                Some(ours) => verify(&parts.concat(), ours, at, document),
                None => rejected(format, Reason::UnknownKey),
            };
        }
        None => Err(Reason::Format),
    };
    match judged {
        Ok(claims) => Verdict::accept_foreign(format, claims),
        Err(reason) => rejected(format, reason),
    }
}

/// Which format a text is of, by its beginning.
fn format_of(text: &str) -> Option<&'static str> {
    let known = [
        (crate::PREFIX, OURS),
        (hcert::PREFIX, HCERT),
        (nzcp::PREFIX, NZCP),
        (shc::PREFIX, SHC),
        (shc::JWS_BEGIN, SHC),
    ];
    let found = known.iter().find(|(begin, _)| text.starts_with(begin));
    found.map(|(_, format)| *format)
}

/// What other issuers give are certificates; of ours that is known once the signature has proved it.
fn rejected(format: Option<&'static str>, reason: Reason) -> Verdict {
    let is_foreign = format.is_some_and(|format| format != OURS);
    Verdict {
        kind: is_foreign.then_some("certificate"),
        ..Verdict::reject(format, reason)
    }
}
