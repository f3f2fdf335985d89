//! Links two lists and prints pairs, for measuring: `link A.csv B.csv [OUT.csv]`.

use lianfang_linkage::{Linker, Row, learn_places};
use std::error::Error;
use std::time::Instant;

type List = (Vec<csv::StringRecord>, Vec<Option<usize>>);

fn read(path: &str) -> Result<List, Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(path)?;
    let titles = reader.headers()?.clone();
    let columns = ["id", "name", "sex", "birth", "idno", "phone", "plate", "addr"];
    let places = columns
        .iter()
        .map(|column| titles.iter().position(|title| title == *column))
        .collect();
    Ok((reader.records().collect::<Result<_, _>>()?, places))
}

fn row<'a>(record: &'a csv::StringRecord, places: &[Option<usize>]) -> Row<'a> {
    let cell = |at: usize| places[at].and_then(|place| record.get(place)).unwrap_or_default();
    Row {
        id: cell(0),
        name: cell(1),
        sex: cell(2),
        birth: cell(3),
        idno: cell(4),
        phone: cell(5),
        plate: cell(6),
        addr: cell(7),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let (a, a_places) = read(&arguments[1])?;
    let (b, b_places) = read(&arguments[2])?;
    let started = Instant::now();
    let addresses = a
        .iter()
        .map(|r| row(r, &a_places).addr)
        .chain(b.iter().map(|r| row(r, &b_places).addr));
    let mut linker = Linker::new(learn_places(addresses.take(100_000)), 2);
    for (list, records, places) in [(0, &a, &a_places), (1, &b, &b_places)] {
        for part in records.chunks(1 << 16) {
            linker.push(list, &part.iter().map(|record| row(record, places)).collect::<Vec<_>>());
        }
    }
    eprintln!("read {:?}", started.elapsed());
    linker.settle();
    eprintln!("index {:?}", started.elapsed());
    let model = linker.learn();
    eprintln!("learn {:?}", started.elapsed());
    if arguments.iter().any(|argument| argument == "--model") {
        eprintln!(
            "{:?}",
            model.parts().map(|share| share * a.len() as f64 * b.len() as f64)
        );
        for (field, level, [m, h, u, n]) in model.table() {
            eprintln!(
                "{field:6} {m:10.2e} {h:10.2e} {u:10.2e} {n:10.2e} {:7.2} {level}",
                (m / u).log2()
            );
        }
    }
    let links = linker.link(&model, -10.0);
    eprintln!("link {:?} {}", started.elapsed(), links.len());
    for precision in [0.9, 0.99, 0.999] {
        eprintln!("{precision} {:?}", linker.threshold_for(&model, &links, precision));
    }
    if let Some(path) = arguments.get(3) {
        let mut out = csv::Writer::from_path(path)?;
        out.write_record(["id_a", "id_b", "score"])?;
        for link in links {
            let (x, y) = (
                row(&a[link.a as usize], &a_places).id,
                row(&b[link.b as usize], &b_places).id,
            );
            out.write_record([x, y, &format!("{:.4}", link.weight)])?;
        }
        out.flush()?;
    }
    Ok(())
}
