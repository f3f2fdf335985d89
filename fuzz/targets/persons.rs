//! Rows of lists that are compared: names, numbers, birthdays, telephones, plates and addresses as people write them.

#![no_main]

use lianfang_linkage::{Linker, Model, Row, learn_places};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let rows: Vec<Row<'_>> = text.split('\n').take(8).map(row).collect();
    let places = learn_places(rows.iter().map(|row| row.addr));
    let mut linker = Linker::new(places, 1);
    linker.push(0, &rows);
    linker.push(1, &rows);
    linker.settle();
    let model = Model::generic(16);
    let _ = linker.link(&model, 0.0);
    for row in &rows {
        let _ = linker.find(&model, row, 0.0);
    }
});

fn row(line: &str) -> Row<'_> {
    let mut cells = line.split('\t');
    let mut next = || cells.next().unwrap_or_default();
    Row {
        id: next(),
        name: next(),
        sex: next(),
        birth: next(),
        idno: next(),
        phone: next(),
        plate: next(),
        addr: next(),
    }
}
