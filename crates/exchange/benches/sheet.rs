//! Reading 200,000 rows of eight columns, against the bare CSV parser in the same run. Prints one JSON line each.

use std::time::Instant;

use lianfang_exchange::{
    CellKind, FieldSpec, Mapping, SheetColumn, SheetFormat, SheetHint, SheetWriter, WriteOptions, read_regions,
    read_sheet,
};
use lianfang_kernel::{Words, Zone};

const ROWS: u64 = 200_000;

fn main() {
    let titles = ["编号", "姓名", "身份证", "电话", "到达日期", "体温", "住址", "备注"];
    let kinds = [
        CellKind::Int,
        CellKind::Name,
        CellKind::CnId,
        CellKind::Phone,
        CellKind::Date,
        CellKind::Decimal { scale: 1 },
        CellKind::Address,
        CellKind::Text,
    ];
    let row = [
        "17",
        "张三丰",
        "11010519491231002X",
        "13800138000",
        "2020/2/5",
        "36.5",
        "甘肃省天水市秦州区, 大城街道",
        "无",
    ];
    let write = |format| -> Vec<u8> {
        let columns = titles.iter().map(|title| SheetColumn::text(*title)).collect();
        let mut sheet =
            SheetWriter::new(format, columns, WriteOptions::default(), Vec::new()).expect("writes into memory");
        for _ in 0..ROWS {
            sheet
                .row(&row.map(Some))
                .expect("the row has as many cells as there are columns");
        }
        sheet.finish().expect("writes into memory")
    };
    let csv = write(SheetFormat::Csv);
    let floor = seconds(|| {
        csv::Reader::from_reader(csv.as_slice())
            .into_records()
            .flatten()
            .count() as u64
    });
    let fields: Vec<FieldSpec> = titles
        .iter()
        .zip(kinds)
        .map(|(title, kind)| FieldSpec::new(*title, Words::same(*title), kind))
        .collect();
    let typed = seconds(|| {
        let sheet = read_sheet(&csv, &SheetHint::default()).expect("a sheet of our own");
        let plan = Mapping::guess(sheet.header(), &fields)
            .bind(sheet.header(), &fields, &Zone::china())
            .expect("the titles are the fields");
        sheet.flatten().filter(|row| plan.read_row(row).is_ok()).count() as u64
    });
    report("csv_typed", typed, floor);
    for (name, format) in [
        ("csv", SheetFormat::Csv),
        ("json_lines", SheetFormat::JsonLines),
        ("xlsx", SheetFormat::Xlsx),
    ] {
        let bytes = write(format);
        let taken = seconds(|| {
            let sheet = read_sheet(&bytes, &SheetHint::default()).expect("a sheet of our own");
            sheet.flatten().count() as u64
        });
        report(name, taken, floor);
    }
    writing();
    regions();
}

/// As many rows of a list as a sheet of it has at most: who and when differ in each, the other cells hold one of a few codes.
fn writing() {
    const CODES: [&str; 6] = [
        "confirmed",
        "accepted",
        "new",
        "seen",
        "620502001003",
        "new_coronavirus_infection",
    ];
    let columns = || {
        (0..23)
            .map(|n| SheetColumn::text(format!("field_{n}")))
            .collect::<Vec<_>>()
    };
    for (name, format) in [("write_csv", SheetFormat::Csv), ("write_xlsx", SheetFormat::Xlsx)] {
        let begin = Instant::now();
        let mut sheet =
            SheetWriter::new(format, columns(), WriteOptions::default(), Vec::new()).expect("writes into memory");
        for n in 0..ROWS {
            let own = (0..5).map(|part| Some(format!("0190a{n:07x}-7f3a-4c1e-9d2b-{part:012x}")));
            let codes = (5..23).map(|at| Some(CODES[(n as usize + at) % CODES.len()].to_owned()));
            sheet
                .row(&own.chain(codes).collect::<Vec<_>>())
                .expect("as many cells as columns");
        }
        let rows_s = begin.elapsed().as_secs_f64();
        let bytes = sheet.finish().expect("writes into memory").len();
        let all_s = begin.elapsed().as_secs_f64();
        println!(
            "{{\"bench\":\"{name}\",\"rows\":{ROWS},\"rows_s\":{rows_s:.2},\"all_s\":{all_s:.2},\"bytes\":{bytes}}}"
        );
    }
}

/// As many regions as the country has villages.
fn regions() {
    let mut list = String::from("code,name,parent,level,valid_from\n62,甘肃省,,province,\n");
    let mut count = 1;
    for prefecture in 6201..=6214 {
        list.push_str(&format!("{prefecture},市,62,prefecture,\n"));
        for county in 1..=20 {
            list.push_str(&format!("{prefecture}{county:02},县,{prefecture},county,\n"));
            for township in 1..=20 {
                list.push_str(&format!(
                    "{prefecture}{county:02}{township:03},乡,{prefecture}{county:02},township,\n"
                ));
                for village in 1..=110 {
                    let parent = format!("{prefecture}{county:02}{township:03}");
                    list.push_str(&format!("{parent}{village:03},某某村民委员会,{parent},village,\n"));
                    count += 1;
                }
                count += 1;
            }
            count += 1;
        }
        count += 1;
    }
    let begin = Instant::now();
    let read = read_regions(list.as_bytes()).expect("a list of our own");
    let taken = begin.elapsed().as_secs_f64();
    assert_eq!(
        (read.rows.len(), read.problem_count),
        (count, 0),
        "every region is read"
    );
    println!("{{\"bench\":\"sheet/regions\",\"rows\":{count},\"seconds\":{taken:.3}}}");
}

fn seconds(read: impl Fn() -> u64) -> f64 {
    let begin = Instant::now();
    assert_eq!(read(), ROWS, "every row is read");
    begin.elapsed().as_secs_f64()
}

fn report(name: &str, taken: f64, floor: f64) {
    println!("{{\"bench\":\"sheet/{name}\",\"rows\":{ROWS},\"seconds\":{taken:.3},\"bare_csv_seconds\":{floor:.3}}}");
}
