//! A pair of records as a vector of levels, packed in one word so that equal vectors can be counted.

use crate::address;
use crate::birth;
use crate::idno;
use crate::level::{Address, Birth, Idno, Name, Phone, Plate, Prior, Sex};
use crate::lexicon::{Lexicon, View};
use crate::name;
use crate::phone;
use crate::plate;
use crate::record::{Record, SexRead};

/// A field that is compared.
#[derive(Debug)]
pub(crate) struct Field {
    /// Its column in the contract.
    pub id: &'static str,
    pub shift: u32,
    pub bits: u32,
    pub priors: &'static [Prior],
    pub words: &'static [(&'static str, &'static str)],
}

/// Every field, in the order of the columns.
pub(crate) const FIELDS: [Field; 7] = [
    Field {
        id: "name",
        shift: 0,
        bits: 5,
        priors: Name::PRIORS,
        words: Name::WORDS,
    },
    Field {
        id: "sex",
        shift: 5,
        bits: 2,
        priors: Sex::PRIORS,
        words: Sex::WORDS,
    },
    Field {
        id: "birth",
        shift: 7,
        bits: 4,
        priors: Birth::PRIORS,
        words: Birth::WORDS,
    },
    Field {
        id: "idno",
        shift: 11,
        bits: 4,
        priors: Idno::PRIORS,
        words: Idno::WORDS,
    },
    Field {
        id: "phone",
        shift: 15,
        bits: 4,
        priors: Phone::PRIORS,
        words: Phone::WORDS,
    },
    Field {
        id: "plate",
        shift: 19,
        bits: 2,
        priors: Plate::PRIORS,
        words: Plate::WORDS,
    },
    Field {
        id: "addr",
        shift: 21,
        bits: 5,
        priors: Address::PRIORS,
        words: Address::WORDS,
    },
];

/// Where names stand among the fields.
pub(crate) const NAME: usize = 0;
/// Where dates of birth stand among the fields.
pub(crate) const BIRTH: usize = 2;
/// Where numbers stand among the fields.
pub(crate) const IDNO: usize = 3;
/// Where addresses stand among the fields.
pub(crate) const ADDRESS: usize = 6;
/// Where sex stands among the fields.
pub(crate) const SEX: usize = 1;
/// How pairs whose names agree stand on sex: a table of its own, behind those of the fields.
///
/// A name tells the sex of most people, so strangers of one name are mostly of one sex. Were that counted as news beside
/// the name, namesakes would look like one person wherever little else is written.
pub(crate) const SEX_OF_NAMESAKES: usize = FIELDS.len();
/// How they stand on dates of birth: names go with generations, and namesakes are of one age more often than others are.
pub(crate) const BIRTH_OF_NAMESAKES: usize = FIELDS.len() + 1;
/// Tables of shares: one a field, and those of namesakes.
pub(crate) const TABLES: usize = FIELDS.len() + 2;

/// The field that a table is about.
pub(crate) fn field_of(table: usize) -> &'static Field {
    &FIELDS[match table {
        SEX_OF_NAMESAKES => SEX,
        BIRTH_OF_NAMESAKES => BIRTH,
        _ => table,
    }]
}

/// Levels of every field, 26 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Vector(pub u32);

impl Vector {
    /// The level of one field.
    pub fn level(self, field: &Field) -> usize {
        (self.0 >> field.shift & ((1 << field.bits) - 1)) as usize
    }

    /// Whether the names are one, written or spoken.
    pub fn names_agree(self) -> bool {
        (Name::Exact0 as usize..=Name::NearSound as usize).contains(&self.level(&FIELDS[NAME]))
    }

    /// For every field the table that the pair is weighed by, and its level there.
    pub fn places(self) -> [(usize, usize); FIELDS.len()] {
        let agree = self.names_agree();
        std::array::from_fn(|field| {
            let table = match field {
                SEX if agree => SEX_OF_NAMESAKES,
                BIRTH if agree => BIRTH_OF_NAMESAKES,
                _ => field,
            };
            (table, self.level(&FIELDS[field]))
        })
    }

    fn with(self, field: usize, level: u8) -> Vector {
        Vector(self.0 | u32::from(level) << FIELDS[field].shift)
    }
}

/// Compares two records.
pub(crate) fn compare(lexicon: &Lexicon, x: View<'_>, y: View<'_>) -> Vector {
    let (a, b) = (x.record, y.record);
    let by_number = idno::compare(&a.idno, &b.idno);
    Vector::default()
        .with(0, compare_names(lexicon, x, y) as u8)
        .with(1, compare_sexes(a, b, by_number) as u8)
        .with(2, compare_births(a, b, by_number) as u8)
        .with(3, by_number as u8)
        .with(
            4,
            phone::compare(a.phone, b.phone, a.phone_holders.max(b.phone_holders)) as u8,
        )
        .with(5, plate::compare(a.plate, b.plate) as u8)
        .with(6, compare_addresses(lexicon, x, y) as u8)
}

fn compare_names(lexicon: &Lexicon, x: View<'_>, y: View<'_>) -> Name {
    let (Some(one), Some(other)) = (x.name, y.name) else {
        return Name::Missing;
    };
    let (a, b) = (x.record.name, y.record.name);
    if a == b && !one.is_masked() {
        return lexicon.exact_level(a);
    }
    match name::compare(one, other) {
        Name::Sound => lexicon.sound_level(a, b),
        level => level,
    }
}

/// When both numbers are there, what they say of sex and birth is compared already: only what was stated counts.
fn compare_sexes(a: &Record, b: &Record, by_number: Idno) -> Sex {
    let (x, y) = match by_number {
        Idno::Missing => (a.any_sex(), b.any_sex()),
        _ => (a.sex, b.sex),
    };
    match (x, y) {
        (SexRead::Unknown, _) | (_, SexRead::Unknown) => Sex::Missing,
        _ if x == y => Sex::Same,
        _ => Sex::Different,
    }
}

/// Without two numbers, the best of what is stated and what the one number says.
fn compare_births(a: &Record, b: &Record, by_number: Idno) -> Birth {
    match by_number {
        Idno::Missing => {}
        // Strangers born on one day state one date, too.
        Idno::SameBirth | Idno::SameBirthAndRegion => return Birth::Missing,
        _ => return birth::compare(a.birth, b.birth),
    }
    let mut best = Birth::Missing;
    for x in a.births() {
        for y in b.births() {
            let level = birth::compare(x, y);
            if level != Birth::Missing && (best == Birth::Missing || level < best) {
                best = level;
            }
        }
    }
    best
}

fn compare_addresses(lexicon: &Lexicon, x: View<'_>, y: View<'_>) -> Address {
    if !x.words.is_empty() && !y.words.is_empty() {
        return lexicon.word_table.compare(x.words, y.words);
    }
    address::compare(&x.record.place, &y.record.place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_fits_its_field() {
        let mut next = 0;
        for field in &FIELDS {
            assert_eq!(field.shift, next, "{}", field.id);
            assert!(field.priors.len() <= 1 << field.bits, "{}", field.id);
            assert_eq!(field.priors.len(), field.words.len());
            next += field.bits;
        }
        assert!(next <= 32);
    }

    #[test]
    fn expected_shares_come_to_about_one() {
        for field in &FIELDS {
            for class in 0..3 {
                let sum: f64 = field.priors.iter().map(|prior| prior[class]).sum();
                assert!((8_000.0..12_500.0).contains(&sum), "{} {class}: {sum}", field.id);
            }
        }
    }
}
