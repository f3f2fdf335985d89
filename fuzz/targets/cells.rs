//! A single cell, and what people type into forms: numbers, dates, moments, documents, telephones, plates.

#![no_main]

use lianfang_exchange::{CellKind, DateOrder, parse_cell_in};
use lianfang_kernel::identity::{CnId, IdDoc, Phone, Plate, half_width, mask_name};
use lianfang_kernel::{Day, Instant, TimeOfDay, Words, Zone, parse_duration_ms, split_approx};
use libfuzzer_sys::fuzz_target;

fn kinds() -> Vec<CellKind> {
    vec![
        CellKind::Bool,
        CellKind::Int,
        CellKind::Decimal { scale: 1 },
        CellKind::Decimal { scale: 6 },
        CellKind::Code {
            values: vec![("high".to_owned(), Words::new("高", "High"))],
        },
        CellKind::Date,
        CellKind::Instant,
        CellKind::Duration,
        CellKind::Money,
        CellKind::Region,
        CellKind::Reference,
        CellKind::Json,
        CellKind::Name,
        CellKind::CnId,
        CellKind::IdDoc,
        CellKind::Phone,
        CellKind::Plate,
        CellKind::Address,
    ]
}

fuzz_target!(|text: &str| {
    for kind in kinds() {
        for order in [DateOrder::Ymd, DateOrder::Dmy, DateOrder::Mdy] {
            let _ = parse_cell_in(&kind, text, &Zone::china(), order, None);
        }
    }
    if let Ok(id) = CnId::parse(text) {
        assert_eq!(
            CnId::parse(id.as_str()).as_ref().map(CnId::as_str),
            Ok(id.as_str()),
            "the number is its own"
        );
        let _ = (id.birth(), id.sex(), id.masked());
    }
    if let Ok(phone) = Phone::parse(text) {
        assert_eq!(
            Phone::parse(phone.as_str()).as_ref().map(Phone::as_str),
            Ok(phone.as_str())
        );
    }
    if let Ok(plate) = Plate::parse(text) {
        assert_eq!(
            Plate::parse(plate.as_str()).as_ref().map(Plate::as_str),
            Ok(plate.as_str())
        );
    }
    if let Ok(at) = Instant::parse(text) {
        assert_eq!(Instant::parse(&at.to_rfc3339()).ok(), Some(at));
    }
    let _ = (IdDoc::parse(text), half_width(text), mask_name(text));
    let _ = (
        Day::parse(text),
        TimeOfDay::parse(text),
        parse_duration_ms(text),
        split_approx(text),
    );
});
