//! Makes up two person lists with the true pairs: `lists PEOPLE SEED MIX FOLDER` writes `a.csv`, `b.csv` and `truth.csv`.
//!
//! PEOPLE is the length of each list; about half of each stands in the other. MIX is `plain` or `rough`: two sets of
//! error rates, so that nothing is tuned to one. Everything is invented from the seed; no real person is described.

mod city;
mod errors;
mod people;

use errors::Mix;
use people::{Person, Population};
use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};

/// SplitMix64: small, seeded, the same everywhere.
pub struct Dice(u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    pub fn chance(&mut self, share: f64) -> bool {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64 <= share
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
    let [_, people, seed, mix, folder] = arguments.as_slice() else {
        return Err("lists PEOPLE SEED plain|rough FOLDER".into());
    };
    let length: usize = people.parse()?;
    let mut dice = Dice(seed.parse()?);
    let mixes = match mix.as_str() {
        "plain" => [Mix::travellers(), Mix::ledger()],
        "rough" => [Mix::rough_travellers(), Mix::rough_ledger()],
        other => return Err(format!("no mix {other}").into()),
    };
    // Half of each list is in the other: one and a half times as many people as a list is long.
    let population = Population::make(length * 3 / 2, &mut dice);
    let mut members: [Vec<usize>; 2] = [Vec::new(), Vec::new()];
    for person in 0..population.people.len() {
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
    for (members, (mix, name)) in members.iter().zip(mixes.iter().zip(["A", "B"])) {
        let path = format!("{folder}/{}.csv", name.to_lowercase());
        let mut out = BufWriter::new(File::create(path)?);
        writeln!(out, "id,name,sex,birth,idno,phone,plate,addr")?;
        let mut shifted: Option<&Person> = None;
        for (at, &person) in members.iter().enumerate() {
            let person = &population.people[person];
            writeln!(out, "{name}{:07},{}", at + 1, errors::row(person, shifted, &population, mix, &mut dice))?;
            shifted = Some(person);
        }
    }
    let mut out = BufWriter::new(File::create(format!("{folder}/truth.csv"))?);
    writeln!(out, "id_a,id_b")?;
    let mut places: Vec<Vec<usize>> = vec![Vec::new(); population.people.len()];
    members[1].iter().enumerate().for_each(|(at, &person)| places[person].push(at));
    for (at, &person) in members[0].iter().enumerate() {
        for other in &places[person] {
            writeln!(out, "A{:07},B{:07}", at + 1, other + 1)?;
        }
    }
    Ok(())
}
