//! Whatever is changed in a certificate, or is none at all, is refused, quickly and without a panic.

use ciborium::value::Value;
use lianfang_kernel::Instant;
use lianfang_pass::{Reason, TrustFile, verify_scanned};
use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};
use miniz_oxide::inflate::decompress_to_vec_zlib;
use proptest::prelude::*;

use crate::kept::{Case, cases, trust};

const NZ_BASE32: base32::Alphabet = base32::Alphabet::Rfc4648 { padding: false };

fn kept(name: &str) -> Case {
    cases().into_iter().find(|case| case.name == name).unwrap()
}

/// What an `HC1:` text holds, unpacked.
fn content(text: &str) -> Option<Vec<u8>> {
    decompress_to_vec_zlib(&base45::decode(text.strip_prefix("HC1:")?).ok()?).ok()
}

fn hc1(bytes: &[u8]) -> String {
    format!("HC1:{}", base45::encode(compress_to_vec_zlib(bytes, 6)))
}

fn flipped(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    (0..bytes.len() * 8).map(|bit| {
        let mut changed = bytes.to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        (bit, changed)
    })
}

#[test]
fn every_changed_bit_of_a_text_is_refused() {
    let trust = trust();
    for case in [
        "hcert CO3",
        "hcert CO1",
        "nzcp",
        "shc multi-jws 1",
        "shc 1195 bytes in two",
    ]
    .map(kept)
    {
        let others: Vec<&str> = case.codes[1..].iter().map(String::as_str).collect();
        for (bit, changed) in flipped(case.codes[0].as_bytes()) {
            let Ok(changed) = String::from_utf8(changed) else {
                continue;
            };
            let codes = [&[changed.as_str()], others.as_slice()].concat();
            let is_accepted = case.verdict_of(&codes, &trust).is_accepted();
            // The packing has bits that stand for nothing: what is under the signature is the same.
            let is_same = || content(&changed).is_some_and(|read| Some(read) == content(&case.codes[0]));
            assert!(!is_accepted || is_same(), "{}, bit {bit}", case.name);
        }
    }
}

#[test]
fn every_changed_bit_under_the_packing_is_refused() {
    let (dcc, nz) = (kept("hcert CO28"), kept("nzcp"));
    let trust = trust();
    let signed = content(&dcc.codes[0]).unwrap();
    assert!(dcc.verdict_of(&[&hc1(&signed)], &trust).is_accepted());
    for (bit, changed) in flipped(&signed) {
        assert!(
            !dcc.verdict_of(&[&hc1(&changed)], &trust).is_accepted(),
            "hcert, bit {bit}"
        );
    }
    let signed = base32::decode(NZ_BASE32, nz.codes[0].strip_prefix("NZCP:/1/").unwrap()).unwrap();
    for (bit, changed) in flipped(&signed) {
        let text = format!("NZCP:/1/{}", base32::encode(NZ_BASE32, &changed));
        assert!(!nz.verdict_of(&[&text], &trust).is_accepted(), "nzcp, bit {bit}");
    }
}

#[test]
fn cut_off_doubled_and_prolonged_texts_are_refused() {
    let trust = trust();
    for case in cases()
        .iter()
        .filter(|case| case.is_accepted() && case.codes.len() == 1)
    {
        let text = case.codes[0].as_str();
        for end in 0..text.len() {
            assert!(
                !case.verdict_of(&[&text[..end]], &trust).is_accepted(),
                "{} up to {end}",
                case.name
            );
        }
        for more in [
            format!("{text}0"),
            format!("{text}00"),
            format!("{text}A"),
            format!("{text}{text}"),
        ] {
            assert!(!case.verdict_of(&[&more], &trust).is_accepted(), "{}", case.name);
        }
        assert!(case.verdict_of(&[&format!(" {text}\r\n")], &trust).is_accepted());
    }
}

/// Texts that ask for much memory, much time or a deep stack.
fn hostile() -> Vec<Vec<String>> {
    let zeros = vec![0; 1 << 20];
    let nested = |byte: u8| vec![byte; 100_000];
    let huge = [
        // Byte strings, texts, arrays, maps that claim to have 2⁶⁴ − 1 or a billion members.
        vec![0x5B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        vec![0x7A, 0x3B, 0x9A, 0xCA, 0x00],
        vec![0x9B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        vec![0xBA, 0x3B, 0x9A, 0xCA, 0x00],
        // Arrays in arrays, tags on tags, maps in maps, without an end.
        nested(0x81),
        nested(0xC6),
        nested(0xA1),
        nested(0x9F),
        nested(0x5F),
        zeros.clone(),
        b"\xD2\x84\x40\xA0\x40\x40".to_vec(),
    ];
    let mut texts: Vec<Vec<String>> = huge.iter().map(|bytes| vec![hc1(bytes)]).collect();
    texts.extend(huge[..9].iter().map(|bytes| {
        let bytes = &bytes[..bytes.len().min(20_000)];
        vec![format!("NZCP:/1/{}", base32::encode(NZ_BASE32, bytes))]
    }));
    for content in [
        zeros,
        vec![b'['; 200_000],
        "{\"a\":".repeat(40_000).into_bytes(),
        b"1e999999".to_vec(),
    ] {
        texts.push(vec![jws(&compress_to_vec(&content, 9))]);
    }
    for length in [10_000, 33_000, 1_000_000] {
        for prefix in ["HC1:", "NZCP:/1/", "shc:/", "shc:/1/1/", "eyJ", "eyJ.", "LF1:", ""] {
            for sign in ["0", "A", " ", "."] {
                texts.push(vec![format!("{prefix}{}", sign.repeat(length))]);
            }
        }
    }
    texts.push((1..5_000).map(|index| format!("shc:/{index}/4999/00")).collect());
    texts.push(vec!["shc:/1/1/00".to_owned(); 5_000]);
    texts.push(vec![String::new(); 5_000]);
    texts.push(Vec::new());
    texts
}

fn jws(payload: &[u8]) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let header = URL_SAFE_NO_PAD.encode(r#"{"zip":"DEF","alg":"ES256","kid":"k"}"#);
    format!("{header}.{}.{}", URL_SAFE_NO_PAD.encode(payload), "A".repeat(86))
}

#[test]
fn bombs_and_nonsense_are_refused() {
    let trust = trust();
    for codes in hostile() {
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        let verdict = verify_scanned(&codes, &trust, Instant(0), None);
        let begin = codes.first().map_or("", |code| &code[..code.len().min(40)]);
        assert!(
            matches!(verdict.reason, Reason::Format | Reason::Schema | Reason::UnknownKey),
            "{begin}: {verdict:?}"
        );
    }
}

/// CBOR of the kinds that certificates are made of.
fn cbor() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(Value::from),
        prop::sample::select(vec![1i64, 4, 5, 6, 7, -260, -7, -37]).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        prop::sample::select(vec!["v", "t", "r", "nam", "fnt", "ver", "1.0.0", "dob", "vc", "type"])
            .prop_map(|text| Value::Text(text.to_owned())),
        prop::collection::vec(any::<u8>(), 0..20).prop_map(Value::Bytes),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::vec((inner.clone(), inner.clone()), 0..5).prop_map(Value::Map),
            (prop::sample::select(vec![0u64, 1, 18, 61]), inner)
                .prop_map(|(tag, inner)| Value::Tag(tag, Box::new(inner))),
        ]
    })
}

fn encoded(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(
        prefix in prop::sample::select(vec!["HC1:", "NZCP:/1/", "shc:/", "shc:/1/2/", "eyJ", "LF1:", ""]),
        text in prop_oneof!["\\PC{0,200}", "[0-9A-Z $%*+./:-]{0,400}", "[0-9]{0,400}", "[A-Za-z0-9_.-]{0,400}"],
        more in "\\PC{0,20}",
    ) {
        let trust = trust();
        let text = format!("{prefix}{text}");
        prop_assert!(!verify_scanned(&[&text], &trust, Instant(0), Some(&more)).is_accepted());
        prop_assert!(!verify_scanned(&[&text, &more], &trust, Instant(0), None).is_accepted());
        let _ = TrustFile::from_json(&text);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let trust = trust();
        let texts = [hc1(&bytes), format!("NZCP:/1/{}", base32::encode(NZ_BASE32, &bytes)), jws(&bytes), jws(&compress_to_vec(&bytes, 1))];
        for text in texts {
            prop_assert!(!verify_scanned(&[&text], &trust, Instant(0), None).is_accepted());
        }
        let text = format!("HC1:{}", base45::encode(&bytes));
        prop_assert!(!verify_scanned(&[&text], &trust, Instant(0), None).is_accepted());
    }

    #[test]
    fn no_structure_makes_it_panic(whole in cbor(), header in cbor(), payload in cbor(), length in 0usize..300) {
        let trust = trust();
        let statement = Value::Tag(18, Box::new(Value::Array(vec![
            Value::Bytes(encoded(&header)),
            header,
            Value::Bytes(encoded(&payload)),
            Value::Bytes(vec![7; length]),
        ])));
        for bytes in [encoded(&whole), encoded(&statement)] {
            let nz = format!("NZCP:/1/{}", base32::encode(NZ_BASE32, &bytes));
            prop_assert!(!verify_scanned(&[&hc1(&bytes)], &trust, Instant(0), None).is_accepted());
            prop_assert!(!verify_scanned(&[&nz], &trust, Instant(0), None).is_accepted());
        }
    }
}
