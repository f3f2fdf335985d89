//! What a key that is trusted may have signed: the contents behind the packing and the signature of each issuer.

#![no_main]

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ciborium::value::Value as Cbor;
use lianfang_kernel::Instant;
use lianfang_pass::{Reason, TrustFile, verify_scanned};
use libfuzzer_sys::fuzz_target;
use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::json;
use std::sync::LazyLock;

const NOW: Instant = Instant(1_640_000_000_000);
const ISSUER: &str = "did:web:example.test";
const KID: &str = "k";

static ISSUING: LazyLock<Issuing> = LazyLock::new(Issuing::new);

struct Issuing {
    pair: EcdsaKeyPair,
    trust: TrustFile,
}

impl Issuing {
    /// One key that all three kinds of issuers sign with.
    fn new() -> Issuing {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).expect("a key");
        let mut params = rcgen::CertificateParams::new(Vec::new()).expect("parameters");
        params.not_before = rcgen::date_time_ymd(2021, 1, 1);
        params.not_after = rcgen::date_time_ymd(2031, 1, 1);
        let certificate = params.self_signed(&key).expect("a certificate");
        let pair = EcdsaKeyPair::from_pkcs8(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            key.serialized_der(),
            &SystemRandom::new(),
        )
        .expect("the key was just made");
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let [x, y] = [x, y].map(|part| URL_SAFE_NO_PAD.encode(part));
        let jwk = json!({ "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": KID, "x": x, "y": y });
        let did = json!({
            "id": ISSUER,
            "verificationMethod": [{ "id": "#k", "type": "JsonWebKey2020", "publicKeyJwk": jwk }],
            "assertionMethod": [format!("{ISSUER}#k")],
        });
        let trust = json!({
            "hcert": { "dsc": [{ "kid": STANDARD.encode(KID), "cert_der_b64": STANDARD.encode(certificate.der()) }] },
            "nzcp": { "trusted_issuers": [ISSUER], "did": { ISSUER: did } },
            "shc": { "trusted_issuers": [ISSUER], "jwks": { ISSUER: { "keys": [jwk] } } },
        });
        let trust = TrustFile::from_json(&trust.to_string()).expect("a trust file");
        Issuing { pair, trust }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature = self.pair.sign(&SystemRandom::new(), message).expect("the key signs");
        signature.as_ref().to_vec()
    }

    /// A COSE_Sign1 over the payload, tagged.
    fn sign1(&self, kid: Cbor, payload: &[u8]) -> Vec<u8> {
        let bytes_of = |value: &Cbor| {
            let mut bytes = Vec::new();
            ciborium::into_writer(value, &mut bytes).expect("memory is enough");
            bytes
        };
        let protected = Cbor::Bytes(bytes_of(&Cbor::Map(vec![(4.into(), kid), (1.into(), (-7).into())])));
        let payload = Cbor::Bytes(payload.to_vec());
        let nothing = Cbor::Bytes(Vec::new());
        let signed = Cbor::Array(vec!["Signature1".into(), protected.clone(), nothing, payload.clone()]);
        let signature = Cbor::Bytes(self.sign(&bytes_of(&signed)));
        let parts = vec![protected, Cbor::Map(Vec::new()), payload, signature];
        bytes_of(&Cbor::Tag(18, Box::new(Cbor::Array(parts))))
    }

    fn text(&self, kind: u8, payload: &[u8]) -> String {
        match kind % 3 {
            0 => {
                let sign1 = self.sign1(Cbor::Bytes(KID.into()), payload);
                format!("HC1:{}", base45::encode(compress_to_vec_zlib(&sign1, 1)))
            }
            1 => {
                let sign1 = self.sign1(KID.into(), payload);
                let alphabet = base32::Alphabet::Rfc4648 { padding: false };
                format!("NZCP:/1/{}", base32::encode(alphabet, &sign1))
            }
            _ => {
                let header = json!({ "zip": "DEF", "alg": "ES256", "kid": KID }).to_string();
                let [header, payload] =
                    [header.into_bytes(), compress_to_vec(payload, 1)].map(|p| URL_SAFE_NO_PAD.encode(p));
                let signature = self.sign(format!("{header}.{payload}").as_bytes());
                format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode(signature))
            }
        }
    }
}

fuzz_target!(|input: (u8, &[u8])| {
    let (kind, payload) = input;
    let verdict = verify_scanned(&[&ISSUING.text(kind, payload)], &ISSUING.trust, NOW, None);
    assert_ne!(
        verdict.reason,
        Reason::BadSignature,
        "what a trusted key signed is not told from a forgery"
    );
});
