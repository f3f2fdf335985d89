//! Makes up two person lists with the true pairs: `lists LENGTH SEED MIX FOLDER [FIRST]` writes `a.csv`, `b.csv` and
//! `truth.csv`.
//!
//! LENGTH is that of each list; about half of each stands in the other. With FIRST the first list ends after so many rows.
//! MIX is `plain` or `rough`: two sets of error rates, so that nothing is tuned to one; `rough*2` doubles the rates.
//! Everything is invented from the seed; no real person is described.

mod city;
mod errors;
mod people;

use errors::Mix;
use people::{Person, Population};
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};

/// SplitMix64: small, seeded, the same everywhere.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.roll() % limit.max(1) as u64) as usize
    }

    pub fn chance(&mut self, share: f64) -> bool {
        (self.roll() >> 11) as f64 / (1u64 << 53) as f64 <= share
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    pub fn pick_char(&mut self, from: &str) -> char {
        let at = self.below(from.chars().count());
        from.chars().nth(at).unwrap_or('一')
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, length, seed, mix, folder, rest @ ..] = arguments.as_slice() else {
        return Err("lists LENGTH SEED plain|rough[*FACTOR] FOLDER [FIRST]".into());
    };
    let length = length.parse()?;
    let first = rest.first().map_or(Ok(usize::MAX), |text| text.parse())?;
    let open = |name: &str| File::create(format!("{folder}/{name}.csv")).map(BufWriter::new);
    let mut files = [open("a")?, open("b")?, open("truth")?];
    write_lists([first, length], seed.parse()?, mix, &mut files)
}

/// Writes the first list, the second one and the true pairs. The second list has about `length` rows, and the first too
/// unless `first` is less.
pub fn write_lists(
    [first, length]: [usize; 2],
    seed: u64,
    mix: &str,
    out: &mut [impl Write; 3],
) -> Result<(), Box<dyn Error>> {
    let mut dice = Dice(seed);
    let (mix, factor) = mix.split_once('*').unwrap_or((mix, "1"));
    let factor: f64 = factor.parse()?;
    let mixes = match mix {
        "plain" => [Mix::travellers(), Mix::ledger()],
        "rough" => [Mix::rough_travellers(), Mix::rough_ledger()],
        other => return Err(format!("no mix {other}").into()),
    };
    let mixes = mixes.map(|mix| mix.times(factor));
    // Half of each list is in the other: one and a half times as many people as a list is long.
    let population = Population::make(length * 3 / 2, &mut dice);
    let mut members = members(population.people.len(), &mut dice);
    members[0].truncate(first);
    let [a, b, truth] = out;
    for ((members, mix), (out, name)) in members.iter().zip(&mixes).zip([(a, "A"), (b, "B")]) {
        writeln!(out, "id,name,sex,birth,idno,phone,plate,addr")?;
        let mut before: Option<&Person> = None;
        for (at, &person) in members.iter().enumerate() {
            let person = &population.people[person];
            writeln!(
                out,
                "{name}{:07},{}",
                at + 1,
                errors::row(person, before, &population, mix, &mut dice)
            )?;
            before = Some(person);
        }
        out.flush()?;
    }
    writeln!(truth, "id_a,id_b")?;
    let mut places: Vec<Vec<usize>> = vec![Vec::new(); population.people.len()];
    members[1]
        .iter()
        .enumerate()
        .for_each(|(at, &person)| places[person].push(at));
    for (at, &person) in members[0].iter().enumerate() {
        for other in &places[person] {
            writeln!(truth, "A{:07},B{:07}", at + 1, other + 1)?;
        }
    }
    Ok(truth.flush()?)
}

/// Who stands in which list, in random order; two in a hundred stand twice.
fn members(people: usize, dice: &mut Dice) -> [Vec<usize>; 2] {
    let mut members: [Vec<usize>; 2] = [Vec::new(), Vec::new()];
    for person in 0..people {
        let draw = dice.below(3);
        for (list, members) in members.iter_mut().enumerate() {
            if draw == list || draw == 2 {
                members.push(person);
                if dice.chance(0.02) {
                    members.push(person);
                }
            }
        }
    }
    for members in &mut members {
        for at in (1..members.len()).rev() {
            members.swap(at, dice.below(at + 1));
        }
    }
    members
}
