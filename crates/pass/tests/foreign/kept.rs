//! The vectors that are kept in the project (`tests/foreign/vectors/SOURCE.md`).

use lianfang_pass::{Reason, TrustFile, Verdict, verify_scanned};
use serde::Deserialize;

use crate::reference::{at, check};

#[derive(Deserialize)]
pub struct Case {
    pub name: String,
    pub at: String,
    reason: String,
    pub codes: Vec<String>,
}

impl Case {
    pub fn verdict_of(&self, codes: &[&str], trust: &TrustFile) -> Verdict {
        verify_scanned(codes, trust, at(&self.at), None)
    }

    pub fn is_accepted(&self) -> bool {
        self.reason == "ok"
    }
}

pub fn trust() -> TrustFile {
    TrustFile::from_json(include_str!("vectors/trust.json")).unwrap()
}

pub fn cases() -> Vec<Case> {
    serde_json::from_str(include_str!("vectors/cases.json")).unwrap()
}

#[test]
fn every_kept_vector_gives_its_verdict() {
    let trust = trust();
    assert!(trust.unusable.is_empty(), "{:?}", trust.unusable);
    check(cases().iter().map(|case| {
        let codes: Vec<&str> = case.codes.iter().map(String::as_str).collect();
        let verdict = verify_scanned(&codes, &trust, at(&case.at), None);
        assert_eq!(verdict.kind, Some("certificate"), "{}", case.name);
        assert_eq!(verdict.format, case.name.split(' ').next(), "{}", case.name);
        let expected: Reason = serde_json::from_value(case.reason.clone().into()).unwrap();
        (case.name.clone(), verdict.reason, expected)
    }));
}

#[test]
fn what_was_verified_says_whose_it_is() {
    let said = |name: &str| {
        let cases = cases();
        let case = cases.iter().find(|case| case.name == name).unwrap();
        let claims = case.verdict_of(&[&case.codes[0]], &trust()).foreign.unwrap();
        (claims.issuer, claims.name, claims.birth)
    };
    let of = |issuer: &str, name: &str, birth: &str| (issuer.to_owned(), name.to_owned(), birth.to_owned());
    assert_eq!(said("hcert CO28"), of("SE", "Lövström Oscar", "1958-11-11"));
    assert_eq!(
        said("nzcp"),
        of("did:web:nzcp.covid19.health.nz", "Sparrow Jack", "1960-04-16")
    );
    let card = of(
        "https://spec.smarthealth.cards/examples/issuer",
        "Anyperson John B.",
        "1951-01-20",
    );
    assert_eq!(said("shc multi-jws 1"), card);
}
