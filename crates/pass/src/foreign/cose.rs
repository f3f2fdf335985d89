//! COSE_Sign1 (RFC 9052, 4.2) as other issuers write it: tagged or not, headers in any order, ids as bytes or as text.

use ciborium::value::Value;

use crate::cbor::{decode, get, number};

/// The tag of COSE_Sign1 and that of a CWT around it (RFC 8392, 6).
const SIGN1_TAG: u64 = 18;
const CWT_TAG: u64 = 61;
/// Header parameters.
const ALGORITHM: i64 = 1;
const KEY_ID: i64 = 4;

/// ECDSA on P-256 with SHA-256.
pub(super) const ES256: i64 = -7;
/// RSASSA-PSS with SHA-256.
pub(super) const PS256: i64 = -37;

/// A signed statement, taken apart; nothing in it is believed yet.
pub(super) struct Sign1 {
    protected: Vec<u8>,
    protected_header: Value,
    unprotected: Value,
    pub payload: Vec<u8>,
    pub signature: Vec<u8>,
    pub is_tagged: bool,
}

impl Sign1 {
    /// `None` when it is no COSE_Sign1 with its payload inside.
    pub fn read(bytes: &[u8]) -> Option<Sign1> {
        let (value, _) = untag(decode(bytes)?, CWT_TAG);
        let (value, is_tagged) = untag(value, SIGN1_TAG);
        let [protected, unprotected, payload, signature]: [Value; 4] = value.into_array().ok()?.try_into().ok()?;
        let protected = protected.into_bytes().ok()?;
        let protected_header = if protected.is_empty() {
            Value::Map(Vec::new())
        } else {
            decode(&protected)?
        };
        (protected_header.is_map() && unprotected.is_map()).then_some(())?;
        Some(Sign1 {
            protected,
            protected_header,
            unprotected,
            payload: payload.into_bytes().ok()?,
            signature: signature.into_bytes().ok()?,
            is_tagged,
        })
    }

    /// The algorithm, which is only a claim: the key says what signatures are its own.
    pub fn algorithm(&self) -> Option<i64> {
        number(self.header(ALGORITHM)?)
    }

    /// A parameter of the protected header, else of the other, which no signature covers. Some issuers put both
    /// parameters there, and neither needs to be covered: they only say which key to try.
    fn header(&self, label: i64) -> Option<&Value> {
        get(&self.protected_header, label).or_else(|| get(&self.unprotected, label))
    }

    /// The key's id, which only says which key to try.
    pub fn key_id(&self) -> Option<&[u8]> {
        match self.header(KEY_ID)? {
            Value::Bytes(bytes) => Some(bytes),
            Value::Text(text) => Some(text.as_bytes()),
            _ => None,
        }
    }

    /// The bytes that were signed: the Sig_structure of RFC 9052, 4.4.
    pub fn message(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.protected.len() + self.payload.len() + 32);
        out.extend(b"\x84\x6ASignature1");
        push_bytes(&mut out, &self.protected);
        push_bytes(&mut out, &[]);
        push_bytes(&mut out, &self.payload);
        out
    }
}

fn untag(value: Value, wanted: u64) -> (Value, bool) {
    match value {
        Value::Tag(tag, inner) if tag == wanted => (*inner, true),
        other => (other, false),
    }
}

/// A byte string in its shortest form.
fn push_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    let length = bytes.len();
    if length < 24 {
        out.push(0x40 | length as u8);
    } else if let Ok(length) = u8::try_from(length) {
        out.extend([0x58, length]);
    } else if let Ok(length) = u16::try_from(length) {
        out.push(0x59);
        out.extend(length.to_be_bytes());
    } else {
        out.push(0x5A);
        // What is read here is bounded far below four gigabytes.
        out.extend((length as u32).to_be_bytes());
    }
    out.extend(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use coset::{CborSerializable, CoseSign1Builder, HeaderBuilder, TaggedCborSerializable, iana};

    #[test]
    fn a_general_cose_library_agrees_on_what_is_signed() {
        for length in [0, 23, 24, 255, 256, 70_000] {
            let header = HeaderBuilder::new()
                .algorithm(iana::Algorithm::PS256)
                .key_id(vec![5; 8])
                .build();
            let made = CoseSign1Builder::new()
                .protected(header)
                .payload(vec![7; length])
                .signature(vec![9; 256])
                .build();
            let message = made.tbs_data(&[]);
            for (bytes, is_tagged) in [
                (made.clone().to_vec().unwrap(), false),
                (made.to_tagged_vec().unwrap(), true),
            ] {
                let read = Sign1::read(&bytes).unwrap();
                assert_eq!(
                    (read.algorithm(), read.key_id(), read.is_tagged),
                    (Some(PS256), Some(&[5; 8][..]), is_tagged)
                );
                assert_eq!((read.message(), read.signature.len()), (message.clone(), 256));
            }
        }
    }

    #[test]
    fn what_is_no_statement_is_refused() {
        for bytes in [
            &[][..],
            &[0x80],
            &[0x84, 0xA0, 0xA0, 0x40, 0x40],
            &[0x84, 0x41, 0x01, 0xA0, 0x40, 0x40],
        ] {
            assert!(Sign1::read(bytes).is_none());
        }
        assert!(Sign1::read(&[0x84, 0x40, 0xA0, 0x40, 0x40]).is_some());
    }
}
