//! The envelope: text ↔ bytes ↔ COSE_Sign1 (RFC 9052), with exactly one way to write each.
//!
//! Only one spelling is accepted, so that no byte of a pass can be changed without its refusal: Base45 that encodes back
//! to the same text, CBOR in its shortest form, everything that matters under the signature. That leaves so little to
//! read that it is read and written here byte by byte; a test has a general COSE library agree.

use ciborium::value::Value;

use crate::PREFIX;
use crate::key::KID_BYTES;

/// Longest text that is looked at; ours have some 210 characters, a certificate with a long clause under 600.
const MAX_CHARACTERS: usize = 2_048;
/// Tag 18, an array of four, a byte string of thirteen: the map of two, algorithm −7 (ES256), the key id of eight.
const BEFORE_KID: [u8; 8] = [0xD2, 0x84, 0x4D, 0xA2, 0x01, 0x26, 0x04, 0x48];
/// Where the protected header begins in it, with the head of its byte string.
const PROTECTED: usize = 2;
/// The empty unprotected header: it is not under the signature.
const UNPROTECTED: u8 = 0xA0;
/// A byte string of 64.
const BEFORE_SIGNATURE: [u8; 2] = [0x58, 0x40];
const SIGNATURE_BYTES: usize = 64;
/// An array of four, the text `Signature1`: the context of what is signed.
const BEFORE_MESSAGE: &[u8; 12] = b"\x84\x6ASignature1";
/// The empty byte string: no data outside of the envelope.
const NO_EXTERNAL_DATA: u8 = 0x40;

/// A signed statement, taken apart.
pub(crate) struct Envelope {
    pub kid: [u8; KID_BYTES],
    pub payload: Vec<u8>,
    pub signature: [u8; SIGNATURE_BYTES],
}

/// A byte string in its shortest form.
fn push_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    match bytes.len() {
        length @ 0..24 => out.push(0x40 | length as u8),
        length @ 24..0x100 => out.extend([0x58, length as u8]),
        // Payloads are bounded by `MAX_CHARACTERS` long before the next form is needed.
        length => out.extend([0x59, (length >> 8) as u8, length as u8]),
    }
    out.extend(bytes);
}

/// The head of a byte string: its length and what follows. The shortest form only.
fn take_bytes(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = match input {
        [head @ 0x40..0x58, rest @ ..] => (usize::from(head & 0x1F), rest),
        [0x58, length @ 24..=0xFF, rest @ ..] => (usize::from(*length), rest),
        [0x59, high @ 1..=0xFF, low, rest @ ..] => (usize::from(*high) << 8 | usize::from(*low), rest),
        _ => return None,
    };
    rest.split_at_checked(length)
}

/// The bytes to be signed for a payload under a key: the Sig_structure of RFC 9052, 4.4.
pub(crate) fn message(kid: [u8; KID_BYTES], payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(32 + payload.len());
    out.extend(BEFORE_MESSAGE);
    out.extend(&BEFORE_KID[PROTECTED..]);
    out.extend(kid);
    out.push(NO_EXTERNAL_DATA);
    push_bytes(&mut out, payload);
    out
}

/// The text of a signed payload.
pub(crate) fn seal(kid: [u8; KID_BYTES], payload: &[u8], signature: &[u8; SIGNATURE_BYTES]) -> String {
    let mut out = Vec::with_capacity(96 + payload.len());
    out.extend(BEFORE_KID);
    out.extend(kid);
    out.push(UNPROTECTED);
    push_bytes(&mut out, payload);
    out.extend(BEFORE_SIGNATURE);
    out.extend(signature);
    let mut text = base45::encode(out);
    text.insert_str(0, PREFIX);
    text
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
    let (kid, rest) = bytes.strip_prefix(&BEFORE_KID)?.split_first_chunk::<KID_BYTES>()?;
    let (payload, rest) = take_bytes(rest.strip_prefix(&[UNPROTECTED])?)?;
    let signature: [u8; SIGNATURE_BYTES] = rest.strip_prefix(&BEFORE_SIGNATURE)?.try_into().ok()?;
    Some(Envelope {
        kid: *kid,
        payload: payload.to_vec(),
        signature,
    })
}

/// CBOR in its shortest form.
pub(crate) fn encode(value: &Value) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(192);
    ciborium::into_writer(value, &mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use coset::{CoseSign1, TaggedCborSerializable, iana};

    #[test]
    fn a_general_cose_library_reads_what_is_written_here() {
        for length in [0, 1, 23, 24, 255, 256, 700] {
            let payload = vec![7; length];
            let text = seal([5; KID_BYTES], &payload, &[9; SIGNATURE_BYTES]);
            let bytes = base45::decode(text.strip_prefix(PREFIX).unwrap()).unwrap();
            let sign1 = CoseSign1::from_tagged_slice(&bytes).unwrap();
            assert_eq!(sign1.tbs_data(&[]), message([5; KID_BYTES], &payload), "{length}");
            let algorithm = coset::RegisteredLabelWithPrivate::Assigned(iana::Algorithm::ES256);
            assert_eq!(sign1.protected.header.alg, Some(algorithm));
            assert_eq!(sign1.protected.header.key_id, [5; KID_BYTES]);
            assert!(sign1.unprotected.is_empty());
            assert_eq!(sign1.to_tagged_vec().unwrap(), bytes);
            let envelope = open(&text).unwrap();
            assert_eq!(
                (envelope.kid, envelope.payload, envelope.signature),
                ([5; 8], payload, [9; 64])
            );
        }
    }

    #[test]
    fn a_length_in_a_longer_form_is_refused() {
        assert_eq!(take_bytes(&[0x41, 1, 2]), Some((&[1][..], &[2][..])));
        for bytes in [
            &[0x58, 1, 1][..],
            &[0x59, 0, 1, 1],
            &[0x5F, 0x41, 1, 0xFF],
            &[0x42, 1],
            &[0x60],
            &[],
        ] {
            assert_eq!(take_bytes(bytes), None);
        }
    }
}
