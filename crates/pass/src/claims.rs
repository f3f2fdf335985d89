//! What a pass or certificate says: CWT claims (RFC 8392) and one map of our own.

use ciborium::value::{Integer, Value};
use lianfang_kernel::{Day, Instant};

use crate::cbor::{get, number};

/// CWT: who issued it.
const ISSUER: i64 = 1;
/// CWT: until when, seconds.
const EXPIRES: i64 = 4;
/// CWT: when it was issued, seconds.
const ISSUED: i64 = 6;
/// CWT: its id.
const ID: i64 = 7;
/// Ours, from the range for private use; what is inside has small numbers of its own.
const OURS: i64 = -65_537;

const KIND: i64 = 1;
const DAY: i64 = 2;
const SCOPE: i64 = 3;
const DIGEST: i64 = 4;
const CERTIFICATE_KIND: i64 = 5;
const PROTOCOL: i64 = 6;
const CLAUSE: i64 = 7;

const PASS: i64 = 1;
const CERTIFICATE: i64 = 2;
const RELEASE: i64 = 1;

/// Longest text of a claim in bytes: a clause is an article, not a page.
pub(crate) const MAX_TEXT: usize = 120;

/// A day pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassClaims {
    /// Code of the issuing city, four or six digits.
    pub city: String,
    /// Random.
    pub pass_id: [u8; 16],
    /// The civil day it is valid, in the city's zone.
    pub valid_day: Day,
    /// Code of the region it is valid in; the city's own code for the whole city.
    pub region_scope: String,
    /// See [`crate::holder_digest`].
    pub holder_digest20: u32,
}

/// What a certificate certifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateKind {
    /// Release from isolation or monitoring.
    Release,
}

/// A certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateClaims {
    /// Code of the issuing city.
    pub city: String,
    /// Random.
    pub certificate_id: [u8; 16],
    /// What it certifies.
    pub kind: CertificateKind,
    /// When it was issued; to the second.
    pub issued_at: Instant,
    /// Id of the protocol whose condition was met.
    pub protocol: String,
    /// The clause it rests on.
    pub clause: Option<String>,
    /// First moment when it no longer holds; to the second.
    pub valid_until: Option<Instant>,
    /// See [`crate::holder_digest`], with the certificate's id.
    pub holder_digest20: u32,
}

/// What a verified text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claims {
    /// A day pass.
    Pass(PassClaims),
    /// A certificate.
    Certificate(CertificateClaims),
}

impl Claims {
    /// Its random id.
    pub fn id(&self) -> &[u8; 16] {
        match self {
            Claims::Pass(pass) => &pass.pass_id,
            Claims::Certificate(certificate) => &certificate.certificate_id,
        }
    }

    /// Code of the issuing city.
    pub fn city(&self) -> &str {
        match self {
            Claims::Pass(pass) => &pass.city,
            Claims::Certificate(certificate) => &certificate.city,
        }
    }

    /// The twenty bits that bind it to its holder.
    pub fn holder_digest20(&self) -> u32 {
        match self {
            Claims::Pass(pass) => pass.holder_digest20,
            Claims::Certificate(certificate) => certificate.holder_digest20,
        }
    }

    /// The claims as a map, keys in the order of deterministic CBOR (RFC 8949, 4.2.1).
    pub(crate) fn to_value(&self) -> Value {
        match self {
            Claims::Pass(pass) => map(vec![
                (ISSUER, text(&pass.city)),
                (ID, Value::Bytes(pass.pass_id.to_vec())),
                (
                    OURS,
                    map(vec![
                        (KIND, int(PASS)),
                        (DAY, int(i64::from(pass.valid_day.0))),
                        (SCOPE, text(&pass.region_scope)),
                        (DIGEST, int(i64::from(pass.holder_digest20))),
                    ]),
                ),
            ]),
            Claims::Certificate(certificate) => {
                let mut claims = vec![(ISSUER, text(&certificate.city))];
                claims.extend(certificate.valid_until.map(|until| (EXPIRES, int(seconds(until)))));
                claims.push((ISSUED, int(seconds(certificate.issued_at))));
                claims.push((ID, Value::Bytes(certificate.certificate_id.to_vec())));
                let mut ours = vec![
                    (KIND, int(CERTIFICATE)),
                    (DIGEST, int(i64::from(certificate.holder_digest20))),
                    (CERTIFICATE_KIND, int(RELEASE)),
                    (PROTOCOL, text(&certificate.protocol)),
                ];
                ours.extend(certificate.clause.as_deref().map(|clause| (CLAUSE, text(clause))));
                claims.push((OURS, map(ours)));
                map(claims)
            }
        }
    }

    /// Reads a map; `None` when something is missing, of another type or out of its range. Unknown claims are passed
    /// over, so that a later issuer may add some.
    pub(crate) fn from_value(value: &Value) -> Option<Claims> {
        let ours = get(value, OURS)?;
        let city = code(get(value, ISSUER)?)?;
        let id: [u8; 16] = get(value, ID)?.as_bytes()?.as_slice().try_into().ok()?;
        let holder_digest20 = u32::try_from(number(get(ours, DIGEST)?)?)
            .ok()
            .filter(|digest| *digest < 1 << 20)?;
        match number(get(ours, KIND)?)? {
            PASS => Some(Claims::Pass(PassClaims {
                city,
                pass_id: id,
                valid_day: Day(i32::try_from(number(get(ours, DAY)?)?).ok()?),
                region_scope: code(get(ours, SCOPE)?)?,
                holder_digest20,
            })),
            CERTIFICATE => Some(Claims::Certificate(CertificateClaims {
                city,
                certificate_id: id,
                kind: (number(get(ours, CERTIFICATE_KIND)?)? == RELEASE).then_some(CertificateKind::Release)?,
                issued_at: moment(get(value, ISSUED)?)?,
                protocol: short(get(ours, PROTOCOL)?)?,
                clause: optional(ours, CLAUSE, short)?,
                valid_until: optional(value, EXPIRES, moment)?,
                holder_digest20,
            })),
            _ => None,
        }
    }
}

/// Whether a text is the code of a region.
pub(crate) fn is_code(text: &str) -> bool {
    (2..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn seconds(moment: Instant) -> i64 {
    moment.0.div_euclid(1_000)
}

fn int(number: i64) -> Value {
    Value::Integer(Integer::from(number))
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn map(pairs: Vec<(i64, Value)>) -> Value {
    Value::Map(pairs.into_iter().map(|(key, value)| (int(key), value)).collect())
}

fn moment(value: &Value) -> Option<Instant> {
    let ms = number(value)?.checked_mul(1_000)?;
    (Instant::MIN.0..=Instant::MAX.0).contains(&ms).then_some(Instant(ms))
}

fn code(value: &Value) -> Option<String> {
    value.as_text().filter(|text| is_code(text)).map(str::to_owned)
}

fn short(value: &Value) -> Option<String> {
    value
        .as_text()
        .filter(|text| (1..=MAX_TEXT).contains(&text.len()))
        .map(str::to_owned)
}

/// `Some(None)` when the claim is absent, `None` when it is there and wrong.
fn optional<T>(value: &Value, key: i64, read: impl Fn(&Value) -> Option<T>) -> Option<Option<T>> {
    match get(value, key) {
        None => Some(None),
        Some(found) => read(found).map(Some),
    }
}
