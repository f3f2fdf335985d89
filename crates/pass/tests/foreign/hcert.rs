//! EU DCC: one fault each, and the certificates of the member states.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lianfang_kernel::Instant;
use lianfang_pass::{Reason, TrustFile};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::reference::{at, check, files, folder, json as read, name, reason, trust};

/// Eight bytes of the certificate's SHA-256: the key id.
pub fn signer(certificate: &str) -> Value {
    let der = STANDARD.decode(certificate).unwrap();
    let kid = STANDARD.encode(&digest(&SHA256, &der).as_ref()[..8]);
    json!({ "kid": kid, "cert_der_b64": certificate })
}

/// The text, a trust file with the signer alone, and the clock of a vector; some clocks have no offset and mean UTC.
fn vector(path: &Path) -> (String, TrustFile, Instant) {
    let vector = read(path.to_owned());
    let of = |part: &str| vector["TESTCTX"][part].as_str().unwrap().to_owned();
    let clock = of("VALIDATIONCLOCK");
    let at = Instant::parse(&clock).unwrap_or_else(|_| at(&format!("{clock}Z")));
    let trust = trust(json!({ "hcert": { "dsc": [signer(&of("CERTIFICATE"))] } }));
    (vector["PREFIX"].as_str().unwrap().to_owned(), trust, at)
}

/// What each vector of the common set is about. Those not named here are valid.
fn expected(name: &str) -> Reason {
    match name {
        // Characters, compression, prefix, or no COSE at all.
        "B1" | "Z1" | "Z2" | "H1" | "H2" | "H3" | "CBO2" => Reason::Format,
        // Something else than a certificate where it should be; an empty one; three kinds in one.
        "CBO1" | "DGC1" | "DGC2" => Reason::Schema,
        "CO5" => Reason::BadSignature,
        "CO6" | "CO7" | "CO8" | "CO9" | "CO10" | "CO11" => Reason::KeyUsage,
        "CO16" => Reason::NotYetValid,
        "CO17" => Reason::Expired,
        // An id that is wrong where it counts.
        "CO22" | "CO23" => Reason::UnknownKey,
        // Q1 has its fault in the picture; its text is valid.
        _ => Reason::Ok,
    }
}

#[test]
fn every_common_vector_gives_its_verdict() {
    let Some(folder) = folder("dcc/common") else { return };
    let files = files(&folder);
    assert_eq!(files.len(), 38);
    check(files.iter().map(|path| {
        let (text, trust, at) = vector(path);
        (
            name(path).to_owned(),
            reason(&[&text], &trust, at),
            expected(name(path)),
        )
    }));
}

#[test]
fn every_member_states_certificate_is_valid_with_its_own_signer_and_unknown_with_the_others() {
    let Some(folder) = folder("dcc/member-states") else {
        return;
    };
    let files = files(&folder);
    assert_eq!(files.len(), 68);
    check(files.iter().map(|path| {
        let (text, trust, at) = vector(path);
        (name(path).to_owned(), reason(&[&text], &trust, at), Reason::Ok)
    }));
    let (_, other, at) = vector(&files[0]);
    check(files[2..].iter().map(|path| {
        let text = vector(path).0;
        (name(path).to_owned(), reason(&[&text], &other, at), Reason::UnknownKey)
    }));
}
