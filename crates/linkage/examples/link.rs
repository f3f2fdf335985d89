//! Links two lists, or one, and prints what it took: `link A.csv [B.csv] [--out PAIRS.csv] [--model] [--threads N]`.
//! For measuring quality, time and memory without the rest of the program: each step with wall time and, where the
//! system tells, seconds of processor.

mod rows;

use lianfang_linkage::{Linker, learn_places};
use rows::each_chunk;
use std::error::Error;
use std::time::Instant;

/// Wall time and, under Linux, seconds of processor and peak memory.
fn spent(started: Instant) -> String {
    let wall = started.elapsed().as_secs_f64();
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = |at: usize| {
        stat.split(' ')
            .nth(at)
            .and_then(|text| text.parse::<f64>().ok())
            .unwrap_or(f64::NAN)
    };
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .unwrap_or("?")
        .trim();
    // Ticks of user and system, a hundred a second.
    format!(
        "wall {wall:.2} s, processor {:.2} s, peak {peak}",
        (ticks(13) + ticks(14)) / 100.0
    )
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |flag: &str| arguments.iter().skip_while(|word| *word != flag).nth(1);
    let paths: Vec<&String> = arguments.iter().take_while(|word| !word.starts_with("--")).collect();
    let threads = after("--threads").map_or(Ok(2), |text| text.parse())?;
    let started = Instant::now();
    let mut addresses = Vec::new();
    for path in &paths {
        let mut left = 100_000usize;
        each_chunk(path, |rows| {
            addresses.extend(rows.iter().map(|row| row.addr.to_owned()));
            left = left.saturating_sub(rows.len());
            left > 0
        })?;
    }
    let places = learn_places(addresses.iter().map(String::as_str));
    drop(addresses);
    eprintln!("places: {}", spent(started));
    let mut linker = match paths.len() {
        1 => Linker::within_one(places, threads),
        _ => Linker::new(places, threads),
    };
    let mut ids: [Vec<Box<str>>; 2] = [Vec::new(), Vec::new()];
    for (list, path) in paths.iter().enumerate() {
        each_chunk(path, |rows| {
            ids[list].extend(rows.iter().map(|row| Box::from(row.id)));
            linker.push(list, rows);
            true
        })?;
    }
    eprintln!("read: {}", spent(started));
    linker.settle();
    eprintln!("index: {}", spent(started));
    let model = linker.learn();
    eprintln!("learn: {}", spent(started));
    if arguments.iter().any(|word| word == "--model") {
        eprintln!(
            "{:?}",
            model
                .parts()
                .map(|share| share * ids[0].len() as f64 * ids[paths.len() - 1].len() as f64)
        );
        for (field, level, [m, h, u, n]) in model.table() {
            eprintln!(
                "{field:6} {m:10.2e} {h:10.2e} {u:10.2e} {n:10.2e} {:7.2} {level}",
                (m / u).log2()
            );
        }
    }
    let links = linker.link(&model, -10.0);
    eprintln!("link: {}, {} pairs", spent(started), links.len());
    for precision in [0.9, 0.99, 0.999] {
        eprintln!("{precision} {:?}", linker.threshold_for(&model, &links, precision));
    }
    if let Some(path) = after("--out") {
        let mut out = csv::Writer::from_path(path)?;
        out.write_record(["id_a", "id_b", "score"])?;
        for link in links {
            let (x, y) = (&ids[0][link.a as usize], &ids[paths.len() - 1][link.b as usize]);
            out.write_record([x.as_ref(), y.as_ref(), &format!("{:.4}", link.weight)])?;
        }
        out.flush()?;
    }
    Ok(())
}
