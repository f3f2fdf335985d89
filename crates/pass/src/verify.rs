//! Verifying, offline.

use lianfang_kernel::{Instant, Words};
use serde::{Deserialize, Serialize};

use crate::cbor::decode;
use crate::claims::{Claims, PassClaims};
use crate::envelope;
use crate::foreign::ForeignClaims;
use crate::holder::holder_digest;
use crate::trust::TrustSet;

/// How far a device's clock may be behind the issuer's.
const CLOCK_TOLERANCE_MS: i64 = 5 * 60 * 1_000;

/// Accept or reject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It holds, here and now.
    Accept,
    /// It does not; a person may still let somebody through.
    Reject,
}

/// Why. The first that applies, in the order of the checks: form, key, signature, content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Everything fits.
    Ok,
    /// Not a text of a known format, or damaged.
    Format,
    /// Readable, and yet not a pass or certificate of a known kind.
    Schema,
    /// The signature does not fit.
    BadSignature,
    /// Signed with a key that is not in the set.
    UnknownKey,
    /// Of an issuer that the city did not choose to trust.
    UntrustedIssuer,
    /// The key may not sign certificates of this kind.
    KeyUsage,
    /// The key is no longer believed.
    KeyExpired,
    /// A certificate past its end.
    Expired,
    /// A certificate, or a key, before its time.
    NotYetValid,
    /// Revoked.
    Revoked,
    /// Of another city, or for another part of this one.
    WrongCity,
    /// A pass of another day.
    WrongDay,
    /// Of somebody with another document.
    WrongHolder,
}

impl Reason {
    /// What a person at a gate reads.
    pub fn words(self) -> Words {
        let (zh, en) = match self {
            Reason::Ok => ("有效", "valid"),
            Reason::Format => ("无法识别的码，或已损坏", "not a code that is known here, or damaged"),
            Reason::Schema => ("码的内容无法识别", "the content of the code is not known"),
            Reason::BadSignature => ("签名不符，可能是伪造", "the signature does not fit: it may be forged"),
            Reason::UnknownKey => (
                "签发密钥不在名单中，请更新密钥",
                "signed with an unknown key: update the keys",
            ),
            Reason::UntrustedIssuer => (
                "签发机构不在本市信任名单中",
                "its issuer is not among those that this city trusts",
            ),
            Reason::KeyUsage => (
                "签发密钥无权签发此类证明",
                "its key may not sign certificates of this kind",
            ),
            Reason::KeyExpired => ("签发密钥已过期", "the key has expired"),
            Reason::Expired => ("已过期", "expired"),
            Reason::NotYetValid => ("尚未生效，请核对本机时间", "not yet valid: check this device's clock"),
            Reason::Revoked => ("已作废", "revoked"),
            Reason::WrongCity => ("不适用于本地", "not for this place"),
            Reason::WrongDay => ("不是今天的通行码", "a pass of another day"),
            Reason::WrongHolder => ("与证件不符", "not of the holder of this document"),
        };
        Words::new(zh, en)
    }
}

/// What a reader makes of a verdict. Never a status of the person: a human can always admit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It holds.
    Valid,
    /// It does not hold: altered, past its time, revoked, no certificate.
    NotValid,
    /// Nobody here knows whose signature it is: it may be good, and nothing can be said of it.
    UnknownIssuer,
}

/// The answer about one text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// `lianfang`, `hcert`, `nzcp`, `shc`, or none when it is of no known format.
    pub format: Option<&'static str>,
    /// `pass` or `certificate`; of ours once the signature has proved it, other issuers' are certificates.
    pub kind: Option<&'static str>,
    /// Accept or reject.
    pub verdict: Outcome,
    /// Why.
    pub reason: Reason,
    /// What it says, once the signature has proved it.
    #[serde(skip)]
    pub claims: Option<Claims>,
    /// What an accepted certificate of another issuer says. It names its holder: for the eyes of who compares it.
    #[serde(skip)]
    pub foreign: Option<ForeignClaims>,
}

impl Verdict {
    /// Whether it holds.
    pub fn is_accepted(&self) -> bool {
        self.verdict == Outcome::Accept
    }

    /// What a reader makes of it.
    pub fn standing(&self) -> Standing {
        match self.reason {
            Reason::Ok => Standing::Valid,
            Reason::UnknownKey | Reason::UntrustedIssuer => Standing::UnknownIssuer,
            _ => Standing::NotValid,
        }
    }

    pub(crate) fn accept_foreign(format: Option<&'static str>, claims: ForeignClaims) -> Verdict {
        Verdict {
            kind: Some("certificate"),
            verdict: Outcome::Accept,
            foreign: Some(claims),
            ..Verdict::reject(format, Reason::Ok)
        }
    }

    pub(crate) fn reject(format: Option<&'static str>, reason: Reason) -> Verdict {
        Verdict {
            format,
            kind: None,
            verdict: Outcome::Reject,
            reason,
            claims: None,
            foreign: None,
        }
    }
}

/// Judges a text at a moment, and against a document's number if one was shown. Bounded: long texts are refused unread.
pub fn verify(text: &str, trust: &TrustSet, at: Instant, document: Option<&str>) -> Verdict {
    let text = text.trim();
    if !text.starts_with(crate::PREFIX) {
        return Verdict::reject(None, Reason::Format);
    }
    let reject = |reason| Verdict::reject(Some("lianfang"), reason);
    let Some(envelope) = envelope::open(text) else {
        return reject(Reason::Format);
    };
    let Some(key) = trust.keys.find(&envelope.kid) else {
        return reject(Reason::UnknownKey);
    };
    if !key.verify(&envelope::message(envelope.kid, &envelope.payload), &envelope.signature) {
        return reject(Reason::BadSignature);
    }
    let Some(claims) = decode(&envelope.payload).as_ref().and_then(Claims::from_value) else {
        return reject(Reason::Schema);
    };
    let reason = if key.valid_until.is_some_and(|until| at >= until) {
        Reason::KeyExpired
    } else if key.valid_from.is_some_and(|from| at.plus_ms(CLOCK_TOLERANCE_MS) < from) {
        Reason::NotYetValid
    } else {
        judge(&claims, trust, at, document)
    };
    let verdict = if reason == Reason::Ok {
        Outcome::Accept
    } else {
        Outcome::Reject
    };
    let kind = match &claims {
        Claims::Pass(_) => "pass",
        Claims::Certificate(_) => "certificate",
    };
    Verdict {
        format: Some("lianfang"),
        kind: Some(kind),
        verdict,
        reason,
        claims: Some(claims),
        foreign: None,
    }
}

fn judge(claims: &Claims, trust: &TrustSet, at: Instant, document: Option<&str>) -> Reason {
    if trust.revocations.contains(claims.id()) {
        return Reason::Revoked;
    }
    if claims.city() != trust.city {
        return Reason::WrongCity;
    }
    let time = match claims {
        Claims::Pass(pass) => judge_pass(pass, trust, at),
        Claims::Certificate(certificate) => {
            if at.plus_ms(CLOCK_TOLERANCE_MS) < certificate.issued_at {
                Reason::NotYetValid
            } else if certificate.valid_until.is_some_and(|until| at >= until) {
                Reason::Expired
            } else {
                Reason::Ok
            }
        }
    };
    let is_other = |number: &str| holder_digest(claims.id(), number) != claims.holder_digest20();
    match time {
        Reason::Ok if document.is_some_and(is_other) => Reason::WrongHolder,
        time => time,
    }
}

/// A region lies in another when its code begins with the other's: pass scopes are codes for that reason.
fn judge_pass(pass: &PassClaims, trust: &TrustSet, at: Instant) -> Reason {
    if !trust.place.starts_with(&pass.region_scope) {
        Reason::WrongCity
    } else if trust.zone.day_of(at) != pass.valid_day {
        Reason::WrongDay
    } else {
        Reason::Ok
    }
}
