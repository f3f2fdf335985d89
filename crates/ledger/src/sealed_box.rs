//! Opening what phones sealed to the server: they can write, and not read back what they wrote.
//!
//! A blob is 0x01 ‖ kid (8) ‖ an ephemeral point of P-256, uncompressed (65) ‖ iv (12) ‖ ciphertext and tag. The key is
//! HKDF-SHA-256 over the X coordinate that ECDH gives (NIST SP 800-56A; RFC 5869), the head of the blob is its additional
//! data, so that no part can be taken into another. The server's own key comes from the master key and is nowhere stored.

use crate::LedgerError;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::digest::{SHA256, digest};
use ring::hkdf;

/// The first byte: P-256, HKDF-SHA-256, AES-256-GCM.
const SUITE: u8 = 1;
const KID: usize = 8;
const POINT: usize = 65;
/// What stands before the iv, and is the additional data.
const HEAD: usize = 1 + KID + POINT;
const TAG: usize = 16;
/// A check has no more bytes than this.
const LONGEST: usize = 64 * 1024;

/// The public half, as a phone imports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealPublicKey {
    /// First bytes of the SHA-256 of the point: which key a blob was sealed to.
    pub kid: [u8; KID],
    /// X coordinate, big-endian.
    pub x: [u8; 32],
    /// Y coordinate, big-endian.
    pub y: [u8; 32],
}

/// The server's key for what phones seal.
pub(crate) struct SealedBox {
    secret: SecretKey,
    kid: [u8; KID],
    point: [u8; POINT],
}

impl std::fmt::Debug for SealedBox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedBox(…)")
    }
}

struct Bits256;

impl hkdf::KeyType for Bits256 {
    fn len(&self) -> usize {
        32
    }
}

impl SealedBox {
    /// The key that 32 bytes stand for; none when they are no scalar of the curve (once in 2^32).
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Option<SealedBox> {
        let secret = SecretKey::from_slice(bytes).ok()?;
        let point: [u8; POINT] = secret.public_key().to_sec1_point(false).as_bytes().try_into().ok()?;
        let mut kid = [0; KID];
        kid.copy_from_slice(&digest(&SHA256, &point).as_ref()[..KID]);
        Some(SealedBox { secret, kid, point })
    }

    pub(crate) fn public_key(&self) -> SealPublicKey {
        let (mut x, mut y) = ([0; 32], [0; 32]);
        x.copy_from_slice(&self.point[1..33]);
        y.copy_from_slice(&self.point[33..]);
        SealPublicKey { kid: self.kid, x, y }
    }

    /// Opens a blob.
    ///
    /// # Errors
    /// Another suite or key, or altered; which of them is not told apart.
    pub(crate) fn open(&self, blob: &[u8]) -> Result<Vec<u8>, LedgerError> {
        self.try_open(blob).ok_or_else(|| {
            LedgerError::key(
                "封存的内容无法打开：密钥不符或内容被改动",
                "what was sealed cannot be opened: another key, or it was altered",
            )
        })
    }

    fn try_open(&self, blob: &[u8]) -> Option<Vec<u8>> {
        if !(HEAD + NONCE_LEN + TAG..=LONGEST).contains(&blob.len()) {
            return None;
        }
        let (head, rest) = blob.split_at(HEAD);
        let (iv, body) = rest.split_at(NONCE_LEN);
        if head[0] != SUITE || head[1..=KID] != self.kid {
            return None;
        }
        let ephemeral = PublicKey::from_sec1_bytes(&head[1 + KID..]).ok()?;
        let shared = p256::ecdh::diffie_hellman(self.secret.to_nonzero_scalar(), ephemeral.as_affine());
        let key = seal_key(shared.raw_secret_bytes().as_ref(), head)?;
        let mut body = body.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(iv).ok()?;
        let plain = key.open_in_place(nonce, Aad::from(head), &mut body).ok()?;
        Some(plain.to_vec())
    }
}

fn seal_key(shared_x: &[u8], head: &[u8]) -> Option<LessSafeKey> {
    let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(shared_x);
    let mut key = [0; 32];
    let info = [b"lianfang check v1".as_slice(), &head[1..]];
    prk.expand(&info, Bits256).ok()?.fill(&mut key).ok()?;
    Some(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &key).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    fn seal(to: &SealPublicKey, ephemeral: [u8; 32], plain: &[u8]) -> Vec<u8> {
        let secret = SecretKey::from_slice(&ephemeral).unwrap();
        let point = [[4].as_slice(), &to.x, &to.y].concat();
        let other = PublicKey::from_sec1_bytes(&point).unwrap();
        let shared = p256::ecdh::diffie_hellman(secret.to_nonzero_scalar(), other.as_affine());
        let own = secret.public_key().to_sec1_point(false);
        let mut blob = [[SUITE].as_slice(), &to.kid, own.as_bytes()].concat();
        let key = seal_key(shared.raw_secret_bytes().as_ref(), &blob).unwrap();
        let iv = [9; NONCE_LEN];
        let mut body = plain.to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(iv), Aad::from(&blob), &mut body)
            .unwrap();
        blob.extend(iv);
        blob.extend(body);
        blob
    }

    #[test]
    fn what_a_phone_seals_opens_and_no_byte_of_it_can_change() {
        let server = SealedBox::from_bytes(&[7; 32]).unwrap();
        let mut blob = seal(&server.public_key(), [8; 32], br#"{"id":1}"#);
        assert_eq!(server.open(&blob).unwrap(), br#"{"id":1}"#);
        for place in 0..blob.len() {
            blob[place] ^= 1;
            assert!(server.open(&blob).is_err(), "byte {place}");
            blob[place] ^= 1;
        }
        for length in [0, 1, HEAD, HEAD + NONCE_LEN + TAG - 1] {
            assert!(server.open(&blob[..length]).is_err());
        }
        assert!(SealedBox::from_bytes(&[6; 32]).unwrap().open(&blob).is_err());
    }

    #[test]
    fn what_a_browser_sealed_opens() {
        // Sealed by the phone's own program (web/src/check/seal.ts) to the key of 32 times 7.
        let blob = concat!(
            "Acjxk+Z452L5BNfhfbRUsxL3+ifuhUAP9zZ5ZhyX4mS1TKDVKASaq6Ry2TFy9Y6UvmLGC1YbxQXScgxCk5jwaGWksMwU",
            "4TNS+g8eHbJTzH8A3uIk88OdYbXeBVA9xi7XjWZsRajsdKWhZ1HSRLpClAIGfhQdxgOYusl7glEKlUSNCA==",
        );
        let blob = STANDARD.decode(blob).unwrap();
        let server = SealedBox::from_bytes(&[7; 32]).unwrap();
        assert_eq!(server.open(&blob).unwrap(), br#"{"id":"0170","celsius":36.5}"#);
    }

    #[test]
    fn a_scalar_that_the_curve_does_not_have_is_no_key() {
        assert!(SealedBox::from_bytes(&[0; 32]).is_none());
        assert!(SealedBox::from_bytes(&[255; 32]).is_none());
    }
}
