//! Results of laboratories in HL7 v2 and FHIR: what is read, what comes back, and that nothing breaks on broken input.
#![cfg(test)]

use lianfang_exchange::{SheetError, SheetFormat, SheetHint, read_sheet};
use proptest::prelude::*;

const ORU: &str = concat!(
    "MSH|^~\\&|LIS|LAB|CDC|CITY|20220301100000+0800||ORU^R01^ORU_R01|1|P|2.5.1\r",
    "PID|1||H-17^^^HIS^MR~110101199003078899^^^^NI||\u{5f20}^\u{4e09}||19900307|M|||||13800138000\r",
    "OBR|1||S-1|94309-2^SARS-CoV-2 RNA^LN|||20220301083000+0800|||||||||||||||20220301095500+0800\r",
    "OBX|1|CWE|94309-2^SARS-CoV-2 RNA^LN||260373001^Detected^SCT||||||F\r",
    "OBX|2|NM|94309-2^Ct^LN||28.5||||||F\r",
    "OBX|3|ST|94558-4^Ag^LN||\u{9634}\u{6027}||||||P\r",
    "SPM|1|P-9&X^T-77&X||NP|||||||||||||20220301082000+0800\r",
    "MSH|^~\\&|LIS|LAB|CDC|CITY|20220301100000||ADT^A01|2|P|2.5.1\r",
    "PID|1||x||A^B\r",
);

const BUNDLE: &str = r#"{"resourceType":"Bundle","type":"message","entry":[
 {"fullUrl":"urn:uuid:p","resource":{"resourceType":"Patient","id":"p","identifier":[{"value":"110101199003078899"}],"name":[{"family":"张","given":["三"]}],"telecom":[{"system":"phone","value":"13800138000"}]}},
 {"fullUrl":"urn:uuid:s","resource":{"resourceType":"Specimen","id":"s","accessionIdentifier":{"value":"T-77"},"collection":{"collectedDateTime":"2022-03-01T08:20:00+08:00"}}},
 {"fullUrl":"urn:uuid:o","resource":{"resourceType":"Observation","id":"o","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"94500-6"}]},"subject":{"reference":"urn:uuid:p"},"valueCodeableConcept":{"coding":[{"code":"260415000"}]},"issued":"2022-03-01T09:55:00+08:00"}},
 {"resource":{"resourceType":"Observation","id":"q","status":"preliminary","code":{"text":"94558-4"},"subject":{"reference":"Patient/p"},"valueString":"Detected"}},
 {"resource":{"resourceType":"DiagnosticReport","id":"d","status":"final","specimen":[{"reference":"urn:uuid:s"}],"result":[{"reference":"urn:uuid:o"}]}}]}"#;

/// Each row as `title=text`, or the code of what is wrong with it.
fn told(text: &str) -> Vec<String> {
    let sheet = read_sheet(text.as_bytes(), &SheetHint::default()).unwrap();
    let header = sheet.header().to_vec();
    sheet
        .map(|row| match row {
            Ok(row) => {
                let cells = header.iter().zip(&row.cells);
                let given = cells.filter_map(|(title, cell)| Some(format!("{title}={}", cell.as_ref()?)));
                given.collect::<Vec<_>>().join(" ")
            }
            Err(bad) => bad.misfit.problem.code.clone(),
        })
        .collect()
}

#[test]
fn results_of_hl7_are_rows_with_the_specimen_that_follows_them() {
    assert_eq!(
        told(ORU),
        [
            "name=张三 cn_id=110101199003078899 phone=13800138000 assay=pcr result=positive \
             sampled_at=2022-03-01T08:20:00+08:00 sample_no=T-77 reported_at=2022-03-01T09:55:00+08:00",
            "hl7_no_outcome",
            "result_not_final",
            "hl7_other_message",
        ]
    );
}

#[test]
fn line_ends_and_frames_of_other_systems_make_no_difference() {
    let framed = format!("\u{b}{}\u{1c}\r", ORU.replace('\r', "\r\n"));
    assert_eq!(told(&framed), told(ORU));
}

#[test]
fn a_separator_inside_a_name_is_unescaped() {
    let message = "MSH|^~\\&|||||20220301||ORU^R01\rPID|||||A\\T\\B^C\rOBR|1||S|||||\rOBX|1|ST|94309-2||neg||||||F";
    assert_eq!(told(message), ["name=A&B C assay=pcr result=negative sample_no=S"]);
}

#[test]
fn results_of_fhir_find_patient_report_and_specimen() {
    assert_eq!(
        told(BUNDLE),
        [
            "name=张三 cn_id=110101199003078899 phone=13800138000 assay=pcr result=negative \
             sampled_at=2022-03-01T08:20:00+08:00 sample_no=T-77 reported_at=2022-03-01T09:55:00+08:00",
            "result_not_final",
        ]
    );
}

#[test]
fn a_code_that_nobody_knows_stays_as_it_was_sent() {
    let message = "MSH|^~\\&|||||20220301||ORU^R01\rOBX|1|ST|12345-6||trace||||||F";
    assert_eq!(told(message), ["assay=12345-6 result=trace"]);
}

#[test]
fn what_is_neither_is_refused_as_a_whole() {
    let hint = |format| SheetHint {
        format: Some(format),
        ..SheetHint::default()
    };
    let refused = |text: &str, format| read_sheet(text.as_bytes(), &hint(format)).unwrap_err();
    assert_eq!(refused("name,age\n", SheetFormat::Hl7), SheetError::NotHl7);
    assert_eq!(refused("{}", SheetFormat::Fhir), SheetError::NotFhir);
    assert_eq!(refused("{\"resourceType\":", SheetFormat::Fhir), SheetError::NotFhir);
}

/// A sample with bytes changed, put in and taken out.
fn broken(sample: &str, cuts: &[(usize, u8, u8)]) -> Vec<u8> {
    let mut bytes = sample.as_bytes().to_vec();
    for (at, byte, what) in cuts {
        if bytes.is_empty() {
            break;
        }
        let at = at % bytes.len();
        match what % 3 {
            0 => bytes[at] = *byte,
            1 => bytes.insert(at, *byte),
            _ => drop(bytes.remove(at)),
        }
    }
    bytes
}

proptest! {
    #[test]
    fn broken_messages_never_break_the_reader(
        is_fhir: bool,
        cuts in prop::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 0..12),
    ) {
        let (sample, format) = if is_fhir { (BUNDLE, SheetFormat::Fhir) } else { (ORU, SheetFormat::Hl7) };
        let bytes = broken(sample, &cuts);
        for format in [None, Some(format)] {
            let hint = SheetHint { format, ..SheetHint::default() };
            if let Ok(sheet) = read_sheet(&bytes, &hint) {
                prop_assert!(sheet.count() <= bytes.len());
            }
        }
    }
}
