//! Times look-ups of single records in a long list: `ask LIST.csv QUESTIONS.csv [--questions N] [--threads N]`.
//!
//! Reads the list, asks for each of the first rows of the questions, then adds each of them and asks again: it must be
//! found at once, unless it says too little: nothing but what so many others share that it is never compared, or nothing
//! that makes it likelier than one in a thousand that whoever says the same is the same person. Such a row is not found
//! when the whole list is read anew either. Prints percentiles of the time of one look-up and of one insertion.

mod rows;

use lianfang_linkage::{Linker, Row, learn_places};
use rows::each_chunk;
use std::error::Error;
use std::time::{Duration, Instant};

/// Bits below which nobody would be shown.
const LEAST: f64 = -10.0;

type Cells = [String; 8];

fn cells(row: &Row<'_>) -> Cells {
    [
        row.id, row.name, row.sex, row.birth, row.idno, row.phone, row.plate, row.addr,
    ]
    .map(str::to_owned)
}

fn row(cells: &Cells) -> Row<'_> {
    Row::of(|at| &cells[at])
}

fn say(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{what}: {} times, p50 {:.3} ms, p90 {:.3} ms, p99 {:.3} ms, longest {:.3} ms",
        times.len(),
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0)
    );
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let after = |flag: &str| arguments.iter().skip_while(|word| *word != flag).nth(1);
    let [list, asked, ..] = arguments.as_slice() else {
        return Err("ask LIST.csv QUESTIONS.csv [--questions N] [--threads N]".into());
    };
    let count: usize = after("--questions").map_or(Ok(20_000), |text| text.parse())?;
    let threads = after("--threads").map_or(Ok(2), |text| text.parse())?;
    let mut addresses = Vec::new();
    each_chunk(list, |rows| {
        addresses.extend(rows.iter().map(|row| row.addr.to_owned()));
        addresses.len() < 100_000
    })?;
    let mut linker = Linker::within_one(learn_places(addresses.iter().map(String::as_str)), threads);
    let started = Instant::now();
    let mut rows_read = 0;
    each_chunk(list, |rows| {
        rows_read += rows.len();
        linker.push(0, rows);
        true
    })?;
    linker.settle();
    println!(
        "{rows_read} rows read and indexed in {:.1} s",
        started.elapsed().as_secs_f64()
    );
    let model = linker.learn();
    println!("learnt after {:.1} s", started.elapsed().as_secs_f64());
    let mut questions = Vec::with_capacity(count);
    each_chunk(asked, |rows| {
        questions.extend(rows.iter().take(count - questions.len()).map(cells));
        questions.len() < count
    })?;
    let mut times = Vec::with_capacity(count);
    let mut found = 0;
    for cells in &questions {
        let began = Instant::now();
        let answer = linker.find(&model, &row(cells), 0.0);
        times.push(began.elapsed());
        found += usize::from(answer.iter().any(|one| one.weight >= 0.0));
    }
    say("look-up", times);
    println!(
        "{found} of {} have a record that is rather theirs than not",
        questions.len()
    );
    let mut times = Vec::with_capacity(count);
    let (mut in_long_blocks, mut light) = (0, 0);
    for cells in &questions {
        let began = Instant::now();
        let place = linker.insert(&row(cells));
        times.push(began.elapsed());
        let answer = linker.find(&model, &row(cells), f64::NEG_INFINITY);
        match answer.iter().find(|one| one.place == place) {
            None => in_long_blocks += 1,
            Some(one) => light += usize::from(one.weight < LEAST),
        }
    }
    say("insertion", times);
    println!(
        "{} were found at once; {in_long_blocks} share all they say with more than are compared, {light} say so little \
         that they weigh less than {LEAST} bits",
        questions.len() - in_long_blocks - light
    );
    Ok(())
}
