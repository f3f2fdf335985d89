//! The envelope: text ↔ bytes ↔ COSE_Sign1 (RFC 9052), with exactly one way to write each.
//!
//! Only one spelling is accepted, so that no byte of a pass can be changed without its refusal: Base45 that encodes back
//! to the same text, CBOR in its shortest form, everything that matters under the signature.

use ciborium::value::Value;
use coset::iana::Algorithm;
use coset::{
    AsCborValue, CborSerializable, CoseSign1, Header, HeaderBuilder, ProtectedHeader, RegisteredLabelWithPrivate,
};
use coset::{SignatureContext, TaggedCborSerializable, sig_structure_data};

use crate::PREFIX;
use crate::key::KID_BYTES;

/// Longest text that is looked at; ours have some 210 characters, a certificate with a long clause under 600.
pub(crate) const MAX_CHARACTERS: usize = 2_048;

/// A signed statement, taken apart.
pub(crate) struct Envelope {
    pub kid: [u8; KID_BYTES],
    pub payload: Vec<u8>,
    pub signature: Vec<u8>,
    /// What was signed.
    pub message: Vec<u8>,
}

fn header(kid: [u8; KID_BYTES]) -> Header {
    HeaderBuilder::new()
        .algorithm(Algorithm::ES256)
        .key_id(kid.to_vec())
        .build()
}

/// The bytes to be signed for a payload under a key.
pub(crate) fn message(kid: [u8; KID_BYTES], payload: &[u8]) -> Vec<u8> {
    let protected = ProtectedHeader {
        original_data: None,
        header: header(kid),
    };
    sig_structure_data(SignatureContext::CoseSign1, protected, None, &[], payload)
}

/// The text of a signed payload; `None` if it cannot be encoded, which does not happen with payloads of ours.
pub(crate) fn seal(kid: [u8; KID_BYTES], payload: Vec<u8>, signature: Vec<u8>) -> Option<String> {
    let sign1 = CoseSign1 {
        protected: ProtectedHeader {
            original_data: None,
            header: header(kid),
        },
        unprotected: Header::default(),
        payload: Some(payload),
        signature,
    };
    let bytes = sign1.to_tagged_vec().ok()?;
    Some(format!("{PREFIX}{}", base45::encode(bytes)))
}

/// Takes a text apart; `None` when it is not written as we write.
pub(crate) fn open(text: &str) -> Option<Envelope> {
    let encoded = text.strip_prefix(PREFIX)?;
    if encoded.len() > MAX_CHARACTERS {
        return None;
    }
    let bytes = base45::decode(encoded).ok()?;
    if base45::encode(&bytes) != encoded {
        return None;
    }
    let sign1 = CoseSign1::from_tagged_slice(&bytes).ok()?;
    let kid: [u8; KID_BYTES] = sign1.protected.header.key_id.as_slice().try_into().ok()?;
    // The header under the signature is the one we would write, and the other one is empty: it is not signed.
    let is_es256 = sign1.protected.header.alg == Some(RegisteredLabelWithPrivate::Assigned(Algorithm::ES256));
    let is_ours = sign1.protected.original_data == header(kid).to_vec().ok();
    if !is_es256 || !is_ours || !sign1.unprotected.is_empty() || sign1.signature.len() != 64 {
        return None;
    }
    let payload = sign1.payload.clone()?;
    let signature = sign1.signature.clone();
    let again = Value::Tag(CoseSign1::TAG, Box::new(sign1.to_cbor_value().ok()?));
    if encode(&again)? != bytes {
        return None;
    }
    Some(Envelope {
        kid,
        message: message(kid, &payload),
        payload,
        signature,
    })
}

/// CBOR in its shortest form.
pub(crate) fn encode(value: &Value) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(192);
    ciborium::into_writer(value, &mut bytes).ok()?;
    Some(bytes)
}

/// A payload as a value; `None` when it is not CBOR or goes on after its end.
pub(crate) fn decode(payload: &[u8]) -> Option<Value> {
    let mut rest = payload;
    let value = ciborium::from_reader(&mut rest).ok()?;
    rest.is_empty().then_some(value)
}
