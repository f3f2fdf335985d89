//! What a device carries for the server, sealed with the installation's own key: names and numbers never lie open on it.

use crate::form::Form;
use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lianfang_server::{ApiError, AppState, cookie, read, settle};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Where the key's secret is kept in the store.
const META: &str = "draft_key";

/// Seals and opens what is carried for one purpose.
pub(crate) struct CarriedKey {
    key: LessSafeKey,
    purpose: &'static str,
}

/// The installation's key for a purpose: what was sealed for one opens for no other. Made when it is first needed.
pub(crate) async fn key(state: &AppState, purpose: &'static str) -> Result<CarriedKey, ApiError> {
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
    Ok(CarriedKey {
        key: LessSafeKey::new(key),
        purpose,
    })
}

impl CarriedKey {
    /// Seals something into text fit for a cookie.
    pub fn seal<T: Serialize>(&self, value: &T) -> Result<String, ApiError> {
        let mut sealed = serde_json::to_vec(value).map_err(|_| ApiError::internal())?;
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| ApiError::internal())?;
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(self.purpose),
                &mut sealed,
            )
            .map_err(|_| ApiError::internal())?;
        Ok(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed[..]].concat()))
    }

    /// What came with a form in its field `carried`, else what is in the cookie, else nothing answered yet.
    pub fn carried<T: DeserializeOwned + Default>(&self, form: Option<&Form>, headers: &HeaderMap, name: &str) -> T {
        let by_form = form.and_then(|form| self.open(form.get("carried")));
        let by_cookie = || cookie(headers, name).and_then(|sealed| self.open(&sealed));
        by_form.or_else(by_cookie).unwrap_or_default()
    }

    /// Opens it; `None` when the text was not sealed here for this.
    pub fn open<T: DeserializeOwned>(&self, sealed: &str) -> Option<T> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, body) = bytes.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut body = body.to_vec();
        let plain = self.key.open_in_place(nonce, Aad::from(self.purpose), &mut body).ok()?;
        serde_json::from_slice(plain).ok()
    }
}
