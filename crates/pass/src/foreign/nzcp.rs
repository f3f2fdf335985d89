//! NZ COVID Pass: `NZCP:/1/` ‖ Base32 ‖ COSE_Sign1 over a CWT with a verifiable credential (NZ COVID Pass technical
//! specification 1.0), its key in the issuer's DID document (did:web).

use std::collections::{BTreeMap, BTreeSet};

use ciborium::value::Value;
use lianfang_kernel::{Day, Instant};
use serde::Deserialize;

use super::cose::{ES256, Sign1};
use super::{ForeignClaims, in_time};
use crate::cbor::{decode, get, named, number, numeric_date};
use crate::jwk::Jwk;
use crate::key::PublicKey;
use crate::verify::Reason;

pub(crate) const PREFIX: &str = "NZCP:/";
/// What the first version continues with.
const VERSION: &str = "1/";
const BASE32: base32::Alphabet = base32::Alphabet::Rfc4648 { padding: false };

/// CWT claims.
const ISSUER: i64 = 1;
const EXPIRES: i64 = 4;
const NOT_BEFORE: i64 = 5;
const ID: i64 = 7;

const CREDENTIALS_CONTEXT: &str = "https://www.w3.org/2018/credentials/v1";
const PASS_CONTEXT: &str = "https://nzcp.covid19.health.nz/contexts/v1";

/// The member `nzcp` of a trust file.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Member {
    #[serde(default)]
    trusted_issuers: Vec<String>,
    #[serde(default)]
    did: BTreeMap<String, serde_json::Value>,
}

/// What is looked at of a DID document (Decentralized Identifiers 1.0).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DidDocument {
    id: String,
    #[serde(default)]
    verification_method: Vec<VerificationMethod>,
    #[serde(default)]
    assertion_method: Vec<AssertionMethod>,
}

/// A key of a document.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VerificationMethod {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    public_key_jwk: Option<Jwk>,
}

/// The id of a key that may sign statements, or such a key itself.
#[derive(Deserialize)]
#[serde(untagged)]
enum AssertionMethod {
    Id(String),
    Key(Box<VerificationMethod>),
}

/// The issuers that a city believes, and their keys by full id.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct NzcpTrust {
    issuers: BTreeSet<String>,
    keys: BTreeMap<String, PublicKey>,
}

impl NzcpTrust {
    /// Takes what can be used; says of each member that cannot which one it is.
    pub fn from_member(member: Member, unusable: &mut Vec<String>) -> NzcpTrust {
        let mut trust = NzcpTrust {
            issuers: member.trusted_issuers.into_iter().collect(),
            keys: BTreeMap::new(),
        };
        for (did, document) in member.did {
            match serde_json::from_value::<DidDocument>(document) {
                Ok(document) if document.id == did => trust.take(document),
                _ => unusable.push(format!("nzcp.did {did}")),
            }
        }
        trust
    }

    /// Takes over what another list holds as well.
    pub fn join(&mut self, other: NzcpTrust) {
        self.issuers.extend(other.issuers);
        self.keys.extend(other.keys);
    }

    /// How many issuers and keys.
    pub fn counts(&self) -> (usize, usize) {
        (self.issuers.len(), self.keys.len())
    }

    /// Only what the document lets sign statements.
    fn take(&mut self, document: DidDocument) {
        let full = |id: &str| match id.strip_prefix('#') {
            Some(fragment) => format!("{}#{fragment}", document.id),
            None => id.to_owned(),
        };
        let key_of = |method: &VerificationMethod| {
            let is_jwk = method.kind == "JsonWebKey2020";
            method.public_key_jwk.as_ref().filter(|_| is_jwk)?.key()
        };
        for assertion in &document.assertion_method {
            let method = match assertion {
                AssertionMethod::Key(method) => Some(&**method),
                AssertionMethod::Id(id) => {
                    let mut methods = document.verification_method.iter();
                    methods.find(|method| full(&method.id) == full(id))
                }
            };
            let found = method.and_then(|method| Some((full(&method.id), key_of(method)?)));
            self.keys.extend(found);
        }
    }
}

/// Judges a text at a moment.
pub(crate) fn judge(text: &str, trust: &NzcpTrust, at: Instant) -> Result<ForeignClaims, Reason> {
    let sign1 = open(text).ok_or(Reason::Format)?;
    if sign1.algorithm() != Some(ES256) {
        return Err(Reason::Format);
    }
    let cwt = decode(&sign1.payload).ok_or(Reason::Schema)?;
    let issuer = get(&cwt, ISSUER).and_then(Value::as_text).ok_or(Reason::Schema)?;
    if !trust.issuers.contains(issuer) {
        return Err(Reason::UntrustedIssuer);
    }
    let key = sign1
        .key_id()
        .and_then(|kid| std::str::from_utf8(kid).ok())
        .and_then(|kid| trust.keys.get(&format!("{issuer}#{kid}")))
        .ok_or(Reason::UnknownKey)?;
    if !key.verify(&sign1.message(), &sign1.signature) {
        return Err(Reason::BadSignature);
    }
    let (from, claims) = read(&cwt, issuer).ok_or(Reason::Schema)?;
    in_time(at, Some(from), claims.valid_until)?;
    Ok(claims)
}

fn open(text: &str) -> Option<Sign1> {
    let encoded = text.strip_prefix(PREFIX)?.strip_prefix(VERSION)?;
    let bytes = base32::decode(BASE32, encoded)?;
    // The last sign may hold bits that mean nothing: only one way to write them is taken.
    (base32::encode(BASE32, &bytes) == encoded).then_some(())?;
    Sign1::read(&bytes).filter(|sign1| sign1.is_tagged)
}

/// From when it holds, and what it says; `None` when it is not the pass of the specification.
fn read(cwt: &Value, issuer: &str) -> Option<(Instant, ForeignClaims)> {
    // A random id, sixteen bytes that stand for a URN.
    (get(cwt, ID)?.as_bytes()?.len() == 16).then_some(())?;
    let date = |claim| {
        get(cwt, claim)
            .filter(|value| number(value).is_some())
            .and_then(numeric_date)
    };
    let credential = named(cwt, "vc")?;
    let texts = |name| -> Option<Vec<&str>> {
        named(credential, name)?
            .as_array()?
            .iter()
            .map(Value::as_text)
            .collect()
    };
    let contexts = texts("@context")?;
    let is_pass = contexts.first() == Some(&CREDENTIALS_CONTEXT)
        && contexts.contains(&PASS_CONTEXT)
        && texts("type")? == ["VerifiableCredential", "PublicCovidPass"]
        && named(credential, "version")?.is_text();
    let holder = named(credential, "credentialSubject").filter(|_| is_pass)?;
    let given = named(holder, "givenName")?.as_text()?;
    let family = match named(holder, "familyName") {
        Some(family) => family.as_text()?,
        None => "",
    };
    let birth = named(holder, "dob")?.as_text()?;
    Day::parse(birth).ok()?;
    Some((
        date(NOT_BEFORE)?,
        ForeignClaims {
            issuer: issuer.to_owned(),
            name: format!("{family} {given}").trim().to_owned(),
            birth: birth.to_owned(),
            valid_until: Some(date(EXPIRES)?),
        },
    ))
}
