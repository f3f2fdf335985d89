//! EU Digital COVID Certificates: `HC1:` ‖ Base45 ‖ zlib ‖ COSE_Sign1 over a CWT (eHealth Network, Electronic Health
//! Certificates 1.0.5, and the gateway's revocation specification).

mod content;
mod revoked;
mod signer;

use std::collections::BTreeMap;

use lianfang_kernel::Instant;
use serde::Deserialize;

use super::cose::{ES256, PS256, Sign1};
use super::inflate::{Packing, inflate};
use super::{ForeignClaims, in_time};
use crate::cbor::{decode, get, numeric_date};
use crate::trust::BASE64;
use crate::verify::Reason;
use base64::Engine;
use content::Content;
use revoked::Revoked;
use signer::{Signer, SignerKey};

pub(crate) const PREFIX: &str = "HC1:";

/// CWT claims.
const ISSUER: i64 = 1;
const EXPIRES: i64 = 4;
const ISSUED: i64 = 6;
/// The claim with health certificates, and the one in it that is a DCC.
const HCERT: i64 = -260;
const DCC: i64 = 1;

/// The member `hcert` of a trust file.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Member {
    #[serde(default)]
    dsc: Vec<SignerMember>,
    #[serde(default)]
    revoked: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct SignerMember {
    kid: String,
    cert_der_b64: String,
}

/// The signers and the revocations that a city believes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct HcertTrust {
    signers: BTreeMap<Vec<u8>, Vec<Signer>>,
    revoked: Revoked,
}

impl HcertTrust {
    /// Takes what can be used; says of each member that cannot which one it is.
    pub fn from_member(member: &Member, unusable: &mut Vec<String>) -> HcertTrust {
        let mut trust = HcertTrust {
            revoked: Revoked::from_lists(&member.revoked, unusable),
            ..HcertTrust::default()
        };
        for signer in &member.dsc {
            let read = BASE64.decode(&signer.cert_der_b64).ok();
            match (BASE64.decode(&signer.kid), read.and_then(|der| Signer::from_der(&der))) {
                (Ok(kid), Some(read)) => trust.signers.entry(kid).or_default().push(read),
                _ => unusable.push(format!("hcert.dsc {}", signer.kid)),
            }
        }
        trust
    }

    /// Takes over what another list holds as well; a signer that both name stands once.
    pub fn join(&mut self, other: HcertTrust) {
        for (kid, signers) in other.signers {
            let known = self.signers.entry(kid).or_default();
            for signer in signers {
                if !known.contains(&signer) {
                    known.push(signer);
                }
            }
        }
        self.revoked.join(other.revoked);
    }

    /// How many signers, and how many hashes of what was revoked.
    pub fn counts(&self) -> (usize, usize) {
        (self.signers.values().map(Vec::len).sum(), self.revoked.count())
    }
}

/// Judges a text at a moment.
pub(crate) fn judge(text: &str, trust: &HcertTrust, at: Instant) -> Result<ForeignClaims, Reason> {
    let sign1 = open(text).ok_or(Reason::Format)?;
    let signers = sign1
        .key_id()
        .and_then(|kid| trust.signers.get(kid))
        .ok_or(Reason::UnknownKey)?;
    // Ids are eight bytes of a hash, and some countries gave theirs by hand: several keys may share one.
    let message = sign1.message();
    let algorithm = sign1.algorithm().ok_or(Reason::Format)?;
    let mut signed = signers
        .iter()
        .filter(|signer| fits(algorithm, &signer.key) && signer.key.verify(&message, &sign1.signature))
        .peekable();
    signed.peek().ok_or(Reason::BadSignature)?;
    let cwt = decode(&sign1.payload).ok_or(Reason::Schema)?;
    let content = get(&cwt, HCERT)
        .and_then(|hcert| Content::read(get(hcert, DCC)?))
        .ok_or(Reason::Schema)?;
    let until = get(&cwt, EXPIRES).and_then(numeric_date).ok_or(Reason::Schema)?;
    let issued = get(&cwt, ISSUED)
        .map(|found| numeric_date(found).ok_or(Reason::Schema))
        .transpose()?;
    // Its last second is part of it: that is how its issuers count.
    in_time(at, issued, Some(until.plus_ms(1)))?;
    // One key may be in the list twice, for different uses: one that fits is enough.
    let mut of_signer = Err(Reason::BadSignature);
    for signer in signed {
        of_signer = signer.may_sign(content.group, at);
        if of_signer.is_ok() {
            break;
        }
    }
    of_signer?;
    let issuer = get(&cwt, ISSUER)
        .and_then(|issuer| issuer.as_text())
        .unwrap_or(content.country);
    if trust
        .revoked
        .holds(&content.uvcis, issuer, &sign1.signature, algorithm == ES256)
    {
        return Err(Reason::Revoked);
    }
    Ok(ForeignClaims {
        issuer: issuer.to_owned(),
        name: content.name(),
        birth: content.birth.to_owned(),
        valid_until: Some(until),
    })
}

fn open(text: &str) -> Option<Sign1> {
    let encoded = text.strip_prefix(PREFIX)?;
    let packed = base45::decode(encoded).ok()?;
    // Two signs at the end can spell more than a byte holds.
    let end = &packed[packed.len().saturating_sub(packed.len() % 2)..];
    encoded.ends_with(&base45::encode(end)).then_some(())?;
    Sign1::read(&inflate(&packed, Packing::Zlib)?)
}

/// The key says what signatures are its own; a header that says otherwise is not followed.
fn fits(algorithm: i64, key: &SignerKey) -> bool {
    match key {
        SignerKey::Es256(_) => algorithm == ES256,
        SignerKey::Ps256(_) => algorithm == PS256,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sample for revocation lists has no signer's certificate: only what is hashed of it is compared.
    #[test]
    fn the_sample_is_revoked_by_each_of_its_hashes() {
        let samples: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/foreign/vectors/revocation.json")).unwrap();
        let samples = samples.as_array().unwrap();
        assert_eq!(samples.len(), 3);
        for sample in samples {
            let sign1 = open(sample["barcodeData"].as_str().unwrap()).unwrap();
            let cwt = decode(&sign1.payload).unwrap();
            let content = Content::read(get(get(&cwt, HCERT).unwrap(), DCC).unwrap()).unwrap();
            let issuer = get(&cwt, ISSUER).unwrap().as_text().unwrap();
            let is_ecdsa = sign1.algorithm() == Some(ES256);
            for kind in ["UCI", "COUNTRYCODEUCI", "SIGNATURE"] {
                let hash = sample[format!("exp{kind}")].as_str().unwrap().to_owned();
                let mut unusable = Vec::new();
                let lists = BTreeMap::from([(kind.to_owned(), vec![hash])]);
                let revoked = Revoked::from_lists(&lists, &mut unusable);
                assert!(unusable.is_empty());
                assert!(
                    revoked.holds(&content.uvcis, issuer, &sign1.signature, is_ecdsa),
                    "{kind}"
                );
                assert!(!revoked.holds(&["other"], issuer, &[7; 64], is_ecdsa), "{kind}");
            }
        }
    }
}
