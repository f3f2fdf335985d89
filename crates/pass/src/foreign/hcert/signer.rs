//! A document signer's certificate (X.509, RFC 5280): its key, its validity, what it may sign.

use lianfang_kernel::Instant;
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::ext::pkix::ExtendedKeyUsage;
use x509_cert::time::Time;

use super::content::Group;
use crate::verify::Reason;

const EC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const RSA_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// RSA for PSS only (RFC 4055, 1.2).
const RSA_PSS_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");

/// What a signer may sign: the identifiers of the certificate governance, and those of its first edition.
const USES: [(ObjectIdentifier, Group); 6] = [
    (ObjectIdentifier::new_unwrap("1.3.6.1.4.1.1847.2021.1.1"), Group::Test),
    (
        ObjectIdentifier::new_unwrap("1.3.6.1.4.1.1847.2021.1.2"),
        Group::Vaccination,
    ),
    (
        ObjectIdentifier::new_unwrap("1.3.6.1.4.1.1847.2021.1.3"),
        Group::Recovery,
    ),
    (ObjectIdentifier::new_unwrap("1.3.6.1.4.1.0.1847.2021.1.1"), Group::Test),
    (
        ObjectIdentifier::new_unwrap("1.3.6.1.4.1.0.1847.2021.1.2"),
        Group::Vaccination,
    ),
    (
        ObjectIdentifier::new_unwrap("1.3.6.1.4.1.0.1847.2021.1.3"),
        Group::Recovery,
    ),
];

/// A key and the kind of signature that is its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SignerKey {
    /// An uncompressed point of P-256.
    Es256(Vec<u8>),
    /// An RSAPublicKey (RFC 8017, A.1.1).
    Ps256(Vec<u8>),
}

impl SignerKey {
    /// Whether the signature is of this key.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            SignerKey::Es256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(message, signature)
                .is_ok(),
            SignerKey::Ps256(key) => UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, key)
                .verify(message, signature)
                .is_ok(),
        }
    }
}

/// A signer. That it is in the trust list is what makes it believed: lists hold signers, not their authorities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signer {
    pub key: SignerKey,
    valid_from: Instant,
    /// The last moment at which it is valid (RFC 5280, 4.1.2.5).
    valid_to: Instant,
    /// What it may sign; empty: anything.
    uses: Vec<Group>,
}

impl Signer {
    /// `None` when it is no certificate, or of a key that signs neither ES256 nor PS256.
    pub fn from_der(der: &[u8]) -> Option<Signer> {
        let certificate = Certificate::from_der(der).ok()?;
        let certificate = certificate.tbs_certificate();
        let key = certificate.subject_public_key_info();
        let bytes = key.subject_public_key.as_bytes()?.to_vec();
        let key = match key.algorithm.oid {
            EC_KEY if bytes.len() == 65 => SignerKey::Es256(bytes),
            RSA_KEY | RSA_PSS_KEY => SignerKey::Ps256(bytes),
            _ => return None,
        };
        let usage = certificate.get_extension::<ExtendedKeyUsage>().ok()?;
        let uses = usage.map_or_else(Vec::new, |(_, usage)| {
            let of = |oid: &ObjectIdentifier| USES.iter().find(|(known, _)| known == oid).map(|(_, group)| *group);
            usage.0.iter().filter_map(of).collect()
        });
        let validity = certificate.validity();
        Some(Signer {
            key,
            valid_from: moment(validity.not_before),
            valid_to: moment(validity.not_after),
            uses,
        })
    }

    /// Whether it may sign such a certificate, and is believed at that moment.
    pub fn may_sign(&self, group: Group, at: Instant) -> Result<(), Reason> {
        if !self.uses.is_empty() && !self.uses.contains(&group) {
            Err(Reason::KeyUsage)
        } else if at > self.valid_to {
            Err(Reason::KeyExpired)
        } else if at < self.valid_from {
            Err(Reason::NotYetValid)
        } else {
            Ok(())
        }
    }
}

fn moment(time: Time) -> Instant {
    let ms = i64::try_from(time.to_unix_duration().as_millis()).unwrap_or(i64::MAX);
    Instant(ms.min(Instant::MAX.0))
}
