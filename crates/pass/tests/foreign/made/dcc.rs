//! EU DCC.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ciborium::value::Value as Cbor;
use coset::{CborSerializable, CoseSign1Builder, HeaderBuilder, iana};
use lianfang_pass::{Reason, TrustFile};
use miniz_oxide::deflate::compress_to_vec_zlib;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::Key;
use crate::reference::{at, check, reason, trust};

const KID: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];
const TEST: &[u64] = &[1, 3, 6, 1, 4, 1, 1847, 2021, 1, 1];
const VACCINATION: &[u64] = &[1, 3, 6, 1, 4, 1, 1847, 2021, 1, 2];
const EARLY_RECOVERY: &[u64] = &[1, 3, 6, 1, 4, 1, 0, 1847, 2021, 1, 3];
const ISSUED: &str = "2021-06-01T12:00:00Z";
const EXPIRES: &str = "2023-06-01T12:00:00Z";
const UVCI: &str = "URN:UVCI:01:XX:1#A";

fn vaccination() -> Value {
    json!({
        "ver": "1.3.0", "nam": { "fn": "Ó", "fnt": "O" }, "dob": "1964-08",
        "v": [{ "tg": "840539006", "vp": "J07BX03", "mp": "EU/1/20/1528", "ma": "ORG-100030215", "dn": 2, "sd": 2,
                "dt": "2021-05-01", "co": "YY", "is": "Ministry", "ci": UVCI }],
    })
}

fn test() -> Value {
    json!({
        "ver": "1.3.0", "nam": { "gnt": "A" }, "dob": "",
        "t": [{ "tg": "840539006", "tt": "LP6464-4", "sc": "2021-05-31T08:00:00Z", "tr": "260415000", "co": "YY",
                "is": "Ministry", "ci": UVCI }],
    })
}

fn recovery() -> Value {
    json!({
        "ver": "1.3.0", "nam": { "fnt": "O" }, "dob": "1964",
        "r": [{ "tg": "840539006", "fr": "2021-05-01", "df": "2021-05-11", "du": "2021-11-01", "co": "YY",
                "is": "Ministry", "ci": UVCI }],
    })
}

fn cwt(dcc: &Value) -> Cbor {
    let seconds = |text| Cbor::from(at(text).0 / 1_000);
    let hcert = Cbor::Map(vec![(1.into(), Cbor::serialized(dcc).unwrap())]);
    Cbor::Map(vec![
        (1.into(), "XX".into()),
        (4.into(), seconds(EXPIRES)),
        (6.into(), seconds(ISSUED)),
        ((-260).into(), hcert),
    ])
}

/// The text of a signed CWT, and the signature.
fn signed(cwt: &Cbor, key: &Key) -> (String, Vec<u8>) {
    let header = HeaderBuilder::new()
        .algorithm(iana::Algorithm::ES256)
        .key_id(KID.to_vec())
        .build();
    let mut payload = Vec::new();
    ciborium::into_writer(cwt, &mut payload).unwrap();
    let sign1 = CoseSign1Builder::new()
        .protected(header)
        .payload(payload)
        .create_signature(&[], |message| key.sign(message))
        .build();
    let signature = sign1.signature.clone();
    (text_of(&sign1.to_vec().unwrap()), signature)
}

fn text_of(bytes: &[u8]) -> String {
    format!("HC1:{}", base45::encode(compress_to_vec_zlib(bytes, 6)))
}

fn text(dcc: &Value, key: &Key) -> String {
    signed(&cwt(dcc), key).0
}

/// A trust file with these certificates, all under one id.
fn of(certificates: &[Vec<u8>], revoked: Value) -> TrustFile {
    let signer = |der: &Vec<u8>| json!({ "kid": STANDARD.encode(KID), "cert_der_b64": STANDARD.encode(der) });
    let dsc: Vec<Value> = certificates.iter().map(signer).collect();
    trust(json!({ "hcert": { "dsc": dsc, "revoked": revoked } }))
}

#[test]
fn keys_that_share_an_id_are_each_tried() {
    let keys = [Key::new(), Key::new(), Key::new()];
    let [one, two, three] = keys.each_ref().map(|key| key.certificate(&[]));
    let now = at(ISSUED);
    let code = text(&vaccination(), &keys[1]);
    for certificates in [
        &[one.clone(), two.clone(), three.clone()][..],
        &[two.clone(), one.clone()],
        &[two],
    ] {
        assert_eq!(reason(&[&code], &of(certificates, json!({})), now), Reason::Ok);
    }
    assert_eq!(
        reason(&[&code], &of(&[one, three], json!({})), now),
        Reason::BadSignature
    );
    assert_eq!(reason(&[&code], &of(&[], json!({})), now), Reason::UnknownKey);
    // One key, twice in the list for different uses: the one that fits counts.
    let twice = [keys[1].certificate(&[TEST]), keys[1].certificate(&[VACCINATION])];
    assert_eq!(reason(&[&code], &of(&twice, json!({})), now), Reason::Ok);
}

#[test]
fn a_key_signs_only_what_it_may() {
    let key = Key::new();
    let cases = [
        (vaccination(), vec![], Reason::Ok),
        (vaccination(), vec![VACCINATION], Reason::Ok),
        (vaccination(), vec![TEST, VACCINATION], Reason::Ok),
        (vaccination(), vec![TEST], Reason::KeyUsage),
        (vaccination(), vec![&[1, 3, 6, 1, 5, 5, 7, 3, 4][..]], Reason::Ok),
        (test(), vec![TEST], Reason::Ok),
        (test(), vec![EARLY_RECOVERY], Reason::KeyUsage),
        (recovery(), vec![EARLY_RECOVERY], Reason::Ok),
        (recovery(), vec![VACCINATION, TEST], Reason::KeyUsage),
    ];
    check(cases.map(|(dcc, uses, expected)| {
        let trust = of(&[key.certificate(&uses)], json!({}));
        (
            format!("{uses:?}"),
            reason(&[&text(&dcc, &key)], &trust, at(ISSUED)),
            expected,
        )
    }));
}

#[test]
fn it_holds_from_its_issue_to_its_last_second_while_its_key_is_valid() {
    let key = Key::new();
    let trust = of(&[key.certificate(&[])], json!({}));
    let code = text(&vaccination(), &key);
    let until = |end: &str, code: &str| reason(&[code], &trust, at(end));
    assert_eq!(until("2021-06-01T11:59:59Z", &code), Reason::NotYetValid);
    assert_eq!(until(ISSUED, &code), Reason::Ok);
    assert_eq!(until("2023-01-01T00:00:00Z", &code), Reason::Ok);
    assert_eq!(until("2023-01-01T00:00:01Z", &code), Reason::KeyExpired);
    assert_eq!(until("2023-06-01T12:00:00Z", &code), Reason::KeyExpired);
    assert_eq!(until("2023-06-01T12:00:01Z", &code), Reason::Expired);
    let mut short = cwt(&vaccination());
    short.as_map_mut().unwrap()[1].1 = Cbor::from(1_622_548_801.5);
    let (short, _) = signed(&short, &key);
    assert_eq!(until("2021-06-01T12:00:01.5Z", &short), Reason::Ok);
    assert_eq!(until("2021-06-01T12:00:01.501Z", &short), Reason::Expired);
    let mut early = cwt(&vaccination());
    early.as_map_mut().unwrap().remove(2);
    let (early, _) = signed(&early, &key);
    assert_eq!(until("2020-12-31T23:59:59Z", &early), Reason::NotYetValid);
    assert_eq!(until("2021-01-01T00:00:00Z", &early), Reason::Ok);
}

#[test]
fn every_way_of_revoking_is_known() {
    let key = Key::new();
    let certificate = [key.certificate(&[])];
    let (code, signature) = signed(&cwt(&vaccination()), &key);
    let hex = |parts: &[&[u8]]| -> String {
        let hash = digest(&SHA256, &parts.concat());
        hash.as_ref()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let judged = |revoked: Value| reason(&[&code], &of(&certificate, revoked), at(ISSUED));
    let uvci = hex(&[UVCI.as_bytes()]);
    assert_eq!(judged(json!({ "UCI": [uvci] })), Reason::Revoked);
    assert_eq!(judged(json!({ "UCI": [uvci.to_uppercase()] })), Reason::Revoked);
    assert_eq!(
        judged(json!({ "COUNTRYCODEUCI": [hex(&[b"XX", UVCI.as_bytes()])] })),
        Reason::Revoked
    );
    assert_eq!(
        judged(json!({ "COUNTRYCODEUCI": [hex(&[b"YY", UVCI.as_bytes()]), uvci] })),
        Reason::Ok
    );
    assert_eq!(
        judged(json!({ "SIGNATURE": [hex(&[&signature[..32]])] })),
        Reason::Revoked
    );
    assert_eq!(judged(json!({ "SIGNATURE": [hex(&[&signature])] })), Reason::Ok);
    let revoked = json!({ "hcert": { "revoked": { "UCI": ["12", uvci, "zz"], "OTHER": [] } } });
    let unusable = TrustFile::from_json(&revoked.to_string()).unwrap().unusable;
    assert_eq!(
        unusable,
        ["hcert.revoked.OTHER", "hcert.revoked.UCI 12", "hcert.revoked.UCI zz"]
    );
}

#[test]
fn every_field_that_must_be_there_is_asked_for() {
    let key = Key::new();
    let trust = of(&[key.certificate(&[])], json!({}));
    let judged = |dcc: &Value| reason(&[&text(dcc, &key)], &trust, at(ISSUED));
    for (group, dcc) in [("v", vaccination()), ("t", test()), ("r", recovery())] {
        assert_eq!(judged(&dcc), Reason::Ok, "{group}");
        let fields: Vec<String> = dcc[group][0].as_object().unwrap().keys().cloned().collect();
        for field in fields {
            let mut without = dcc.clone();
            without[group][0].as_object_mut().unwrap().remove(&field);
            assert_eq!(judged(&without), Reason::Schema, "{group} without {field}");
            let mut other = dcc.clone();
            other[group][0][&field] = json!(true);
            assert_eq!(judged(&other), Reason::Schema, "{group} with another {field}");
        }
        for field in ["ver", "nam", "dob", group] {
            let mut without = dcc.clone();
            without.as_object_mut().unwrap().remove(field);
            assert_eq!(judged(&without), Reason::Schema, "{group} without {field}");
        }
        let mut beside = dcc.clone();
        ["v", "t", "r"]
            .iter()
            .filter(|other| **other != group)
            .for_each(|other| beside[other] = Value::Null);
        assert_eq!(judged(&beside), Reason::Ok, "{group} beside nothing");
    }
    let mut both = vaccination();
    both["t"] = test()["t"].clone();
    assert_eq!(judged(&both), Reason::Schema);
    let mut two = vaccination();
    two["v"] = json!([two["v"][0], two["v"][0]]);
    assert_eq!(judged(&two), Reason::Schema);
    two["ver"] = json!("1.0.0");
    assert_eq!(judged(&two), Reason::Ok, "the first versions could hold all doses");
}
