//! SMART Health Cards: `shc:/` and digits, in one code or several, or the JWS itself; a deflated JSON Web Signature over a
//! verifiable credential with a FHIR bundle (SMART Health Cards Framework 1.4).

mod numeric;
mod revoked;

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lianfang_kernel::Instant;
use serde::Deserialize;
use serde_json::Value;

use super::inflate::{Packing, inflate};
use super::{ForeignClaims, in_time};
use crate::cbor::from_seconds;
use crate::jwk::Jwk;
use crate::key::PublicKey;
use crate::verify::Reason;
use revoked::Revoked;

pub(crate) const PREFIX: &str = "shc:/";
/// How every JWS begins: the Base64 of `{"`.
pub(crate) const JWS_BEGIN: &str = "eyJ";
const CARD_TYPE: &str = "https://smarthealth.cards#health-card";

/// The member `shc` of a trust file.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Member {
    #[serde(default)]
    trusted_issuers: Vec<String>,
    #[serde(default)]
    jwks: BTreeMap<String, Value>,
    #[serde(default)]
    crl: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Jwks {
    keys: Vec<Value>,
}

/// The header of a card.
#[derive(Deserialize)]
struct Header {
    alg: String,
    zip: String,
    kid: String,
}

/// The issuers that a city believes, their keys, and what they revoked.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ShcTrust {
    issuers: BTreeSet<String>,
    keys: BTreeMap<String, Vec<(String, PublicKey)>>,
    revoked: Revoked,
}

impl ShcTrust {
    /// Takes what can be used; says of each member that cannot which one it is. Keys of other kinds are passed over:
    /// sets grow.
    pub fn from_member(member: Member, unusable: &mut Vec<String>) -> ShcTrust {
        let mut trust = ShcTrust {
            issuers: member.trusted_issuers.into_iter().collect(),
            keys: BTreeMap::new(),
            revoked: Revoked::from_lists(member.crl, unusable),
        };
        for (issuer, set) in member.jwks {
            let Ok(set) = serde_json::from_value::<Jwks>(set) else {
                unusable.push(format!("shc.jwks {issuer}"));
                continue;
            };
            let read = |key| serde_json::from_value::<Jwk>(key).ok();
            let keys = set.keys.into_iter().filter_map(read);
            let keys = keys.filter_map(|jwk| Some((jwk.kid.clone(), jwk.key()?)));
            trust.keys.insert(issuer, keys.collect());
        }
        trust
    }

    /// Takes over what another list holds as well.
    pub fn join(&mut self, other: ShcTrust) {
        self.issuers.extend(other.issuers);
        for (issuer, keys) in other.keys {
            let known = self.keys.entry(issuer).or_default();
            for key in keys {
                if !known.contains(&key) {
                    known.push(key);
                }
            }
        }
        self.revoked.join(other.revoked);
    }

    /// How many issuers, keys and ids of what was revoked.
    pub fn counts(&self) -> (usize, usize, usize) {
        let keys = self.keys.values().map(Vec::len).sum();
        (self.issuers.len(), keys, self.revoked.count())
    }
}

/// Judges a card that was scanned in one or several codes.
pub(crate) fn judge(parts: &[&str], trust: &ShcTrust, at: Instant) -> Result<ForeignClaims, Reason> {
    let jws = match parts {
        [jws] if jws.starts_with(JWS_BEGIN) => (*jws).to_owned(),
        codes => numeric::join(codes).ok_or(Reason::Format)?,
    };
    let (message, signature) = jws.rsplit_once('.').ok_or(Reason::Format)?;
    let (header, content) = open(message).ok_or(Reason::Format)?;
    let issuer = content.get("iss").and_then(Value::as_str).ok_or(Reason::Schema)?;
    if !trust.issuers.contains(issuer) {
        return Err(Reason::UntrustedIssuer);
    }
    let keys = trust.keys.get(issuer).into_iter().flatten();
    let mut keys = keys.filter(|(kid, _)| *kid == header.kid).peekable();
    keys.peek().ok_or(Reason::UnknownKey)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Reason::BadSignature)?;
    if !keys.any(|(_, key)| key.verify(message.as_bytes(), &signature)) {
        return Err(Reason::BadSignature);
    }
    let card = Card::read(&content).ok_or(Reason::Schema)?;
    in_time(at, Some(card.from), card.until)?;
    if card
        .rid
        .is_some_and(|rid| trust.revoked.holds(&header.kid, rid, card.from))
    {
        return Err(Reason::Revoked);
    }
    let (name, birth) = holder(card.bundle);
    Ok(ForeignClaims {
        issuer: issuer.to_owned(),
        name,
        birth,
        valid_until: card.until,
    })
}

/// The header and the content of what is signed.
fn open(message: &str) -> Option<(Header, Value)> {
    let (header, payload) = message.split_once('.')?;
    let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    (header.alg == "ES256" && header.zip == "DEF").then_some(())?;
    let content = inflate(&URL_SAFE_NO_PAD.decode(payload).ok()?, Packing::Deflate)?;
    Some((header, serde_json::from_slice(&content).ok()?))
}

/// What a card must hold.
struct Card<'a> {
    from: Instant,
    until: Option<Instant>,
    rid: Option<&'a str>,
    bundle: &'a Value,
}

impl<'a> Card<'a> {
    fn read(content: &'a Value) -> Option<Card<'a>> {
        let date = |value: &Value| value.as_f64().and_then(from_seconds);
        let until = match content.get("exp") {
            Some(until) => Some(date(until)?),
            None => None,
        };
        let credential = content.get("vc")?;
        let types = credential.get("type")?.as_array()?;
        types.iter().any(|kind| kind == CARD_TYPE).then_some(())?;
        let subject = credential.get("credentialSubject")?;
        subject.get("fhirVersion")?.as_str()?;
        let bundle = subject.get("fhirBundle")?;
        let is_bundle = bundle.get("resourceType").is_some_and(|kind| kind == "Bundle")
            && bundle
                .get("entry")?
                .as_array()
                .is_some_and(|entries| !entries.is_empty());
        is_bundle.then_some(())?;
        let rid = match credential.get("rid") {
            Some(rid) => Some(rid.as_str()?),
            None => None,
        };
        Some(Card {
            from: date(content.get("nbf")?)?,
            until,
            rid,
            bundle,
        })
    }
}

/// Name and date of birth of the patient in a bundle; empty where it has none.
fn holder(bundle: &Value) -> (String, String) {
    let entries = bundle["entry"].as_array().into_iter().flatten();
    let mut resources = entries.map(|entry| &entry["resource"]);
    let Some(patient) = resources.find(|resource| resource["resourceType"] == "Patient") else {
        return Default::default();
    };
    let name = &patient["name"][0];
    let given = name["given"].as_array().into_iter().flatten();
    let parts: Vec<&str> = name["family"]
        .as_str()
        .into_iter()
        .chain(given.filter_map(Value::as_str))
        .collect();
    (
        parts.join(" "),
        patient["birthDate"].as_str().unwrap_or_default().to_owned(),
    )
}
