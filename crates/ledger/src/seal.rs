//! Sealing: personal values under a key per (subject, retention class), identifiers under a keyed blind index.
//!
//! The master key never lies in the database or its backup. From it come, by HKDF, the key that wraps data keys, the
//! keys of the blind index and of search tokens, and the key for the system's own secrets. Destroying a wrapped data
//! key destroys what it sealed, also in every backup whose key store has expired.

use crate::LedgerError;
use crate::sealed_box::{SealPublicKey, SealedBox};
use lianfang_kernel::hex;
use lianfang_kernel::ids::{IdSource, SubjectId};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf;
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};

/// Bytes of a key.
const KEY_LEN: usize = 32;
/// Written before everything sealed: which suite it was sealed with (`intl`: AES-256-GCM, HMAC-SHA-256).
const SUITE_INTL: u8 = 1;

/// The key above all others.
#[derive(Clone)]
pub struct MasterKey([u8; KEY_LEN]);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl MasterKey {
    /// A fresh key.
    ///
    /// # Errors
    /// The machine gives no randomness.
    pub fn generate() -> Result<MasterKey, LedgerError> {
        let mut key = [0; KEY_LEN];
        fill(&SystemRandom::new(), &mut key)?;
        Ok(MasterKey(key))
    }

    /// The key that `text` holds as 64 hexadecimal digits.
    ///
    /// # Errors
    /// Anything else; the text is not repeated in the error.
    pub fn from_hex(text: &str) -> Result<MasterKey, LedgerError> {
        let text = text.trim();
        let wrong = || LedgerError::key("主密钥应为64位十六进制数", "the master key is 64 hexadecimal digits");
        if text.len() != KEY_LEN * 2 || !text.is_ascii() {
            return Err(wrong());
        }
        let mut key = [0; KEY_LEN];
        for (byte, pair) in key.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(MasterKey(key))
    }

    /// The key as 64 hexadecimal digits, for its file.
    pub fn to_hex(&self) -> String {
        hex(self.0)
    }
}

/// A data key in use.
#[derive(Clone)]
pub struct DataKey(LessSafeKey);

impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DataKey(…)")
    }
}

/// Everything derived from the master key.
#[derive(Debug)]
pub struct Vault {
    wrap: LessSafeKey,
    system: LessSafeKey,
    index: hmac::Key,
    token: hmac::Key,
    phones: SealedBox,
    /// What phones sealed to before the master key was changed.
    phones_before: Option<SealedBox>,
    random: SystemRandom,
}

impl Vault {
    /// Derives the working keys.
    ///
    /// # Errors
    /// Never for a key of the right length.
    pub fn new(master: &MasterKey) -> Result<Vault, LedgerError> {
        let prk = pseudorandom(master);
        let random = SystemRandom::new();
        Ok(Vault {
            wrap: aead_key(&derive(&prk, b"wrap")?)?,
            system: aead_key(&derive(&prk, b"system")?)?,
            index: hmac::Key::new(hmac::HMAC_SHA256, &derive(&prk, b"index")?),
            token: hmac::Key::new(hmac::HMAC_SHA256, &derive(&prk, b"token")?),
            phones: phones(&prk)?.1,
            phones_before: None,
            random,
        })
    }

    /// The key that phones seal their queue to.
    pub fn phone_key(&self) -> SealPublicKey {
        self.phones.public_key()
    }

    /// The secret half of a master key's key for phones.
    ///
    /// # Errors
    /// Never for a key of the right length.
    pub(crate) fn phone_secret(master: &MasterKey) -> Result<[u8; KEY_LEN], LedgerError> {
        Ok(phones(&pseudorandom(master))?.0)
    }

    /// Opens also what phones sealed to the key before.
    pub(crate) fn open_older_phones(&mut self, secret: &[u8]) {
        self.phones_before = secret.try_into().ok().and_then(SealedBox::from_bytes);
    }

    /// Opens what a phone sealed.
    ///
    /// # Errors
    /// Altered, or sealed to another key.
    pub fn open_from_phone(&self, blob: &[u8]) -> Result<Vec<u8>, LedgerError> {
        let opened = self.phones.open(blob);
        match &self.phones_before {
            Some(before) if opened.is_err() => before.open(blob),
            _ => opened,
        }
    }

    /// The blind index of an identifier: found again, never read back.
    pub fn digest(&self, kind: &str, value: &str) -> Vec<u8> {
        hmac::sign(&self.index, format!("{kind}\u{1f}{value}").as_bytes())
            .as_ref()
            .to_vec()
    }

    /// A search token: 16 bytes, keyed.
    pub fn token(&self, kind: &str, value: &str) -> Vec<u8> {
        let tag = hmac::sign(&self.token, format!("{kind}\u{1f}{value}").as_bytes());
        tag.as_ref()[..16].to_vec()
    }

    /// A fresh data key and its wrapped form for the key store.
    ///
    /// # Errors
    /// The machine gives no randomness.
    pub fn new_data_key(&self, subject: SubjectId, class: &str) -> Result<(DataKey, Vec<u8>), LedgerError> {
        let (raw, wrapped) = self.new_raw_key(subject, class)?;
        Ok((DataKey(aead_key(&raw)?), wrapped))
    }

    /// A fresh key of 32 bytes for another use than sealing, and its wrapped form for the key store.
    ///
    /// # Errors
    /// The machine gives no randomness.
    pub(crate) fn new_raw_key(&self, subject: SubjectId, class: &str) -> Result<([u8; KEY_LEN], Vec<u8>), LedgerError> {
        let raw = self.raw_key()?;
        let wrapped = self.wrap_raw_key(subject, class, &raw)?;
        Ok((raw, wrapped))
    }

    /// The form in which the key store holds a key.
    ///
    /// # Errors
    /// The machine gives no randomness.
    pub(crate) fn wrap_raw_key(&self, subject: SubjectId, class: &str, raw: &[u8]) -> Result<Vec<u8>, LedgerError> {
        self.seal_with(&self.wrap, &key_context(subject, class), raw)
    }

    /// A fresh key of 32 bytes that is kept elsewhere than in the key store.
    ///
    /// # Errors
    /// The machine gives no randomness.
    pub(crate) fn raw_key(&self) -> Result<[u8; KEY_LEN], LedgerError> {
        let mut raw = [0; KEY_LEN];
        fill(&self.random, &mut raw)?;
        Ok(raw)
    }

    /// A raw key in use.
    ///
    /// # Errors
    /// It has another length.
    pub(crate) fn data_key(raw: &[u8]) -> Result<DataKey, LedgerError> {
        Ok(DataKey(aead_key(raw)?))
    }

    /// Unwraps what [`Vault::new_raw_key`] made.
    ///
    /// # Errors
    /// The master key is another one, or the key store was altered.
    pub(crate) fn unwrap_raw_key(
        &self,
        subject: SubjectId,
        class: &str,
        wrapped: &[u8],
    ) -> Result<Vec<u8>, LedgerError> {
        open_with(&self.wrap, &key_context(subject, class), wrapped)
    }

    /// Unwraps a data key.
    ///
    /// # Errors
    /// The master key is another one, or the key store was altered.
    pub fn unwrap_key(&self, subject: SubjectId, class: &str, wrapped: &[u8]) -> Result<DataKey, LedgerError> {
        let raw = open_with(&self.wrap, &key_context(subject, class), wrapped)?;
        Ok(DataKey(aead_key(&raw)?))
    }

    /// Seals under a data key; `context` binds it to its place.
    ///
    /// # Errors
    /// The machine gives no randomness.
    pub fn seal(&self, key: &DataKey, context: &str, plain: &[u8]) -> Result<Vec<u8>, LedgerError> {
        self.seal_with(&key.0, context, plain)
    }

    /// Opens what [`Vault::seal`] sealed in the same place.
    ///
    /// # Errors
    /// Altered, moved elsewhere, or another key.
    pub fn open(&self, key: &DataKey, context: &str, sealed: &[u8]) -> Result<Vec<u8>, LedgerError> {
        open_with(&key.0, context, sealed)
    }

    /// Seals one of the system's own secrets.
    ///
    /// # Errors
    /// The machine gives no randomness.
    pub fn seal_system(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, LedgerError> {
        self.seal_with(&self.system, context, plain)
    }

    /// Opens what [`Vault::seal_system`] sealed.
    ///
    /// # Errors
    /// Altered, moved elsewhere, or another master key.
    pub fn open_system(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>, LedgerError> {
        open_with(&self.system, context, sealed)
    }

    /// A fresh secret of 32 bytes, as URL-safe text.
    ///
    /// # Errors
    /// The machine gives no randomness.
    pub fn secret(&self) -> Result<String, LedgerError> {
        use base64::Engine as _;
        let mut raw = [0; KEY_LEN];
        fill(&self.random, &mut raw)?;
        Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(raw))
    }

    fn seal_with(&self, key: &LessSafeKey, context: &str, plain: &[u8]) -> Result<Vec<u8>, LedgerError> {
        let mut nonce = [0; NONCE_LEN];
        fill(&self.random, &mut nonce)?;
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + plain.len() + 16);
        sealed.push(SUITE_INTL);
        sealed.extend_from_slice(&nonce);
        let mut body = plain.to_vec();
        key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(context.as_bytes()),
            &mut body,
        )
        .map_err(|_| LedgerError::key("封存失败", "sealing failed"))?;
        sealed.append(&mut body);
        Ok(sealed)
    }
}

impl IdSource for Vault {
    fn random(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        // Without randomness nothing can be sealed either; an id of zeros would be refused as doubled.
        let _ = self.random.fill(&mut bytes);
        bytes
    }
}

fn pseudorandom(master: &MasterKey) -> hkdf::Prk {
    hkdf::Salt::new(hkdf::HKDF_SHA256, b"lianfang").extract(&master.0)
}

/// The key for phones: the first of a few derived ones that is a scalar of the curve, nearly always the first.
fn phones(prk: &hkdf::Prk) -> Result<([u8; KEY_LEN], SealedBox), LedgerError> {
    for label in [&b"phones"[..], b"phones 1", b"phones 2"] {
        let secret = derive(prk, label)?;
        if let Some(key) = SealedBox::from_bytes(&secret) {
            return Ok((secret, key));
        }
    }
    Err(LedgerError::key("派生密钥失败", "deriving a key failed"))
}

/// The digest under which a secret is kept.
pub fn secret_digest(secret: &str) -> Vec<u8> {
    ring::digest::digest(&ring::digest::SHA256, secret.as_bytes())
        .as_ref()
        .to_vec()
}

fn key_context(subject: SubjectId, class: &str) -> String {
    format!("key {subject} {class}")
}

fn open_with(key: &LessSafeKey, context: &str, sealed: &[u8]) -> Result<Vec<u8>, LedgerError> {
    let wrong = || {
        LedgerError::key(
            "密文无法打开：主密钥不符或数据被改动",
            "cannot be opened: another master key, or the data was altered",
        )
    };
    let (&suite, rest) = sealed.split_first().ok_or_else(wrong)?;
    if suite != SUITE_INTL || rest.len() < NONCE_LEN {
        return Err(wrong());
    }
    let (nonce, body) = rest.split_at(NONCE_LEN);
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| wrong())?;
    let mut body = body.to_vec();
    let plain = key
        .open_in_place(nonce, Aad::from(context.as_bytes()), &mut body)
        .map_err(|_| wrong())?;
    Ok(plain.to_vec())
}

fn aead_key(raw: &[u8]) -> Result<LessSafeKey, LedgerError> {
    UnboundKey::new(&AES_256_GCM, raw)
        .map(LessSafeKey::new)
        .map_err(|_| LedgerError::key("密钥长度不对", "a key of the wrong length"))
}

fn fill(random: &SystemRandom, bytes: &mut [u8]) -> Result<(), LedgerError> {
    random
        .fill(bytes)
        .map_err(|_| LedgerError::key("系统不能提供随机数", "the machine gives no randomness"))
}

fn derive(prk: &hkdf::Prk, name: &[u8]) -> Result<[u8; KEY_LEN], LedgerError> {
    struct Len;
    impl hkdf::KeyType for Len {
        fn len(&self) -> usize {
            KEY_LEN
        }
    }
    let mut out = [0; KEY_LEN];
    let info = [name];
    let okm = prk
        .expand(&info, Len)
        .map_err(|_| LedgerError::key("派生密钥失败", "deriving a key failed"))?;
    okm.fill(&mut out)
        .map_err(|_| LedgerError::key("派生密钥失败", "deriving a key failed"))?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn what_is_sealed_opens_only_in_its_place_and_under_its_key() {
        let vault = Vault::new(&MasterKey::from_hex(&"07".repeat(32)).unwrap()).unwrap();
        let subject = SubjectId(Uuid::from_u128(1));
        let (key, wrapped) = vault.new_data_key(subject, "personal").unwrap();
        let sealed = vault.seal(&key, "entry 1", "张三".as_bytes()).unwrap();
        assert_eq!(vault.open(&key, "entry 1", &sealed).unwrap(), "张三".as_bytes());
        assert!(vault.open(&key, "entry 2", &sealed).is_err());
        let again = vault.unwrap_key(subject, "personal", &wrapped).unwrap();
        assert!(vault.open(&again, "entry 1", &sealed).is_ok());
        assert!(vault.unwrap_key(subject, "health", &wrapped).is_err());
        let other = Vault::new(&MasterKey::from_hex(&"08".repeat(32)).unwrap()).unwrap();
        assert!(other.unwrap_key(subject, "personal", &wrapped).is_err());
    }

    #[test]
    fn altered_bytes_are_noticed() {
        let vault = Vault::new(&MasterKey::generate().unwrap()).unwrap();
        let mut sealed = vault.seal_system("totp", b"secret").unwrap();
        for i in 0..sealed.len() {
            sealed[i] ^= 1;
            assert!(vault.open_system("totp", &sealed).is_err(), "byte {i}");
            sealed[i] ^= 1;
        }
        assert!(vault.open_system("totp", &[]).is_err());
    }
}
