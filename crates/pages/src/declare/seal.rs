//! Answers sealed with the installation's own key: names and numbers never lie open on a device.

use super::answers::Answers;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lianfang_server::{ApiError, AppState, read, settle};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};

/// Where the key's secret is kept in the store.
const META: &str = "draft_key";
const CONTEXT: &[u8] = b"declaration draft";

/// Seals and opens answers.
pub(super) struct DraftKey(LessSafeKey);

/// The installation's key; made at the first declaration.
pub(super) async fn key(state: &AppState) -> Result<DraftKey, ApiError> {
    let ledger = state.ledger.clone();
    let mut secret = read(state, move |_| ledger.meta(META)).await?;
    if secret.is_none() {
        settle(state.ledger.set_meta(META, state.ledger.new_secret()?)).await?;
        // Another process may have made one at the same moment: what is stored counts.
        let ledger = state.ledger.clone();
        secret = read(state, move |_| ledger.meta(META)).await?;
    }
    let secret = secret.ok_or_else(ApiError::internal)?;
    let bytes = digest(&SHA256, secret.as_bytes());
    let key = UnboundKey::new(&AES_256_GCM, bytes.as_ref()).map_err(|_| ApiError::internal())?;
    Ok(DraftKey(LessSafeKey::new(key)))
}

impl DraftKey {
    /// Seals answers into text fit for a cookie.
    pub fn seal(&self, answers: &Answers) -> Result<String, ApiError> {
        let mut sealed = serde_json::to_vec(answers).map_err(|_| ApiError::internal())?;
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| ApiError::internal())?;
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(CONTEXT), &mut sealed)
            .map_err(|_| ApiError::internal())?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed[..]].concat()))
    }

    /// Opens them; `None` when the text was not sealed here.
    pub fn open(&self, sealed: &str) -> Option<Answers> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, body) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut body = body.to_vec();
        let plain = self.0.open_in_place(nonce, Aad::from(CONTEXT), &mut body).ok()?;
        serde_json::from_slice(plain).ok()
    }
}
