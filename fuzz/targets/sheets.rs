//! Files that somebody imports: CSV in any encoding, workbooks, JSON Lines, results of laboratories, lists of regions.

#![no_main]

use lianfang_exchange::{CellKind, FieldSpec, Mapping, SheetFormat, SheetHint, read_regions, read_sheet};
use lianfang_kernel::{Words, Zone};
use libfuzzer_sys::fuzz_target;

/// Formats that a file may claim to be by its name; the others are known by what is in them.
const FORMATS: [Option<SheetFormat>; 3] = [None, Some(SheetFormat::Csv), Some(SheetFormat::JsonLines)];

fuzz_target!(|input: (u8, &[u8])| {
    let (kind, bytes) = input;
    let hint = SheetHint {
        format: FORMATS[usize::from(kind) % FORMATS.len()],
        ..SheetHint::default()
    };
    if let Ok(sheet) = read_sheet(bytes, &hint) {
        let fields = [
            FieldSpec::new("name", Words::new("姓名", "Name"), CellKind::Name),
            FieldSpec::new("arrived_on", Words::new("到达日期", "Arrived on"), CellKind::Date),
            FieldSpec::new(
                "celsius",
                Words::new("体温", "Temperature"),
                CellKind::Decimal { scale: 1 },
            ),
        ];
        let plan = Mapping::guess(sheet.header(), &fields).bind(sheet.header(), &fields, &Zone::china());
        for row in sheet.flatten() {
            if let Ok(plan) = &plan {
                let _ = plan.read_row(&row);
            }
        }
    }
    let _ = read_regions(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Mapping::from_toml(text);
    }
});
