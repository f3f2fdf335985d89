//! What the records of all lists share: distinct names with how common they are, addresses in letters, telephones.

use crate::address::{Gazetteer, WordTable, Words};
use crate::hash::Quick;
use crate::level::Name as Level;
use crate::name::{Name, Script};
use crate::record::{Record, Row};
use std::collections::HashMap;
use std::sync::Arc;

/// How many records are believed of the product of a name's parts, beside what was counted.
const STEADY: f64 = 200.0;
/// Half bits between the steps of [`Level::Exact0`] to [`Level::Exact7`], and where the rarest begins, in bits.
const RAREST_BITS: f64 = 19.0;
const STEP_BITS: f64 = 1.5;
/// A sound this rare stands apart from others.
const RARE_SOUND_BITS: f64 = 14.0;

/// Stands for a name that no record has.
const UNKNOWN_NAME: u32 = u32::MAX;

/// A record with its name and its address in letters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub record: &'a Record,
    pub name: Option<&'a Name>,
    pub words: &'a Words,
}

/// A row that is asked about.
#[derive(Debug)]
pub(crate) struct Asked {
    record: Record,
    name: Option<Name>,
    words: Words,
}

impl Asked {
    pub fn view(&self) -> View<'_> {
        View {
            record: &self.record,
            name: self.name.as_ref(),
            words: &self.words,
        }
    }
}

/// Distinct names, words and telephones of all lists together.
#[derive(Debug, Default)]
pub(crate) struct Lexicon {
    /// Shared with the threads that read rows while others are entered.
    pub gazetteer: Arc<Gazetteer>,
    /// The first is no name.
    names: Vec<Option<Name>>,
    written: HashMap<Box<str>, u32, Quick>,
    canonical: HashMap<Box<str>, u32, Quick>,
    counts: Vec<u32>,
    exact: Vec<Level>,
    sound: Vec<Level>,
    /// Addresses in letters; the first is none.
    words: Vec<Words>,
    pub word_table: WordTable,
    phones: HashMap<u64, u32, Quick>,
    records: u32,
    /// Once the lists are read: what a name that comes later is held against.
    parts: Option<Parts>,
}

impl Lexicon {
    pub fn new(gazetteer: Gazetteer) -> Lexicon {
        Lexicon {
            gazetteer: Arc::new(gazetteer),
            names: vec![None],
            counts: vec![0],
            words: vec![Words::default()],
            ..Lexicon::default()
        }
    }

    /// Reads a row.
    pub fn read(&mut self, row: &Row<'_>) -> Record {
        let (mut record, words) = Record::read(row, &self.gazetteer);
        self.enter(&mut record, row.name, words);
        record
    }

    /// Gives a record that was read its shared parts, and counts it.
    pub fn enter(&mut self, record: &mut Record, name: &str, words: Words) {
        self.records += 1;
        record.name = self.name_id(name);
        if let Some(count) = self.counts.get_mut(record.name as usize) {
            *count += 1;
        }
        if !words.is_empty() {
            self.word_table.count(&words);
            record.words = u32::try_from(self.words.len()).unwrap_or(0);
            self.words.push(words);
        }
        if !record.phone.is_missing() {
            *self.phones.entry(record.phone.packed()).or_default() += 1;
        }
    }

    fn name_id(&mut self, text: &str) -> u32 {
        if let Some(&known) = self.written.get(text) {
            return known;
        }
        let id = match Name::parse(text) {
            None => 0,
            Some(name) => {
                let canonical = name.canonical().into_boxed_str();
                match self.canonical.get(&canonical) {
                    Some(&known) => known,
                    None => {
                        let next = u32::try_from(self.names.len()).unwrap_or(0);
                        if let Some(parts) = &self.parts {
                            self.exact.push(exact_level(parts.share(&name, 0, self.records)));
                            self.sound.push(Level::Sound);
                        }
                        self.names.push(Some(name));
                        self.counts.push(0);
                        self.canonical.insert(canonical, next);
                        next
                    }
                }
            }
        };
        self.written.insert(text.into(), id);
        id
    }

    /// A record with what it shares.
    pub fn view<'a>(&'a self, record: &'a Record) -> View<'a> {
        View {
            record,
            name: self.names.get(record.name as usize).and_then(Option::as_ref),
            words: &self.words[record.words as usize],
        }
    }

    /// Reads a row that is only asked about: nothing is counted or kept.
    pub fn ask(&self, row: &Row<'_>) -> Asked {
        let (mut record, words) = Record::read(row, &self.gazetteer);
        let name = Name::parse(row.name);
        if let Some(name) = &name {
            let known = self.canonical.get(name.canonical().as_str()).copied();
            record.name = known.unwrap_or(UNKNOWN_NAME);
        }
        record.phone_holders = self.phone_holders(&record) + 1;
        Asked { record, name, words }
    }

    /// How many records hold the telephone.
    pub fn phone_holders(&self, record: &Record) -> u32 {
        self.phones.get(&record.phone.packed()).copied().unwrap_or(0)
    }

    /// The level of one name that stands in both records, by how common it is.
    pub fn exact_level(&self, id: u32) -> Level {
        self.exact.get(id as usize).copied().unwrap_or(Level::Exact0)
    }

    /// The level of two names that sound alike, by the commoner of the two.
    pub fn sound_level(&self, a: u32, b: u32) -> Level {
        let of = |id: u32| self.sound.get(id as usize).copied().unwrap_or(Level::SoundRare);
        of(a).max(of(b))
    }

    /// Works out how common every name is, once the lists are read.
    ///
    /// A count in a list of a thousand says little of a name that stands there once. It is steadied by the product of
    /// how common the surname and each character of the given name are.
    pub fn settle(&mut self) {
        // Needed while reading only; the canonical form finds a name later.
        self.written = HashMap::default();
        let parts = Parts::count(&self.names, &self.counts);
        let mut sounds: HashMap<u64, f64> = HashMap::new();
        let mut shares = Vec::with_capacity(self.names.len());
        for (name, &count) in self.names.iter().zip(&self.counts) {
            let Some(name) = name else {
                shares.push(1.0);
                continue;
            };
            let share = parts.share(name, count, self.records);
            shares.push(share);
            if name.sound_key() != 0 {
                *sounds.entry(name.sound_key()).or_default() += share;
            }
        }
        self.exact = shares.iter().map(|share| exact_level(*share)).collect();
        self.sound = self
            .names
            .iter()
            .map(|name| {
                let key = name.as_ref().map_or(0, Name::sound_key);
                let share = sounds.get(&key).copied().unwrap_or(0.0);
                if -share.max(1e-12).log2() >= RARE_SOUND_BITS {
                    Level::SoundRare
                } else {
                    Level::Sound
                }
            })
            .collect();
        self.parts = Some(parts);
    }
}

fn exact_level(share: f64) -> Level {
    const STEPS: [Level; 8] = [
        Level::Exact0,
        Level::Exact1,
        Level::Exact2,
        Level::Exact3,
        Level::Exact4,
        Level::Exact5,
        Level::Exact6,
        Level::Exact7,
    ];
    let bits = -share.max(1e-12).log2();
    let at = STEPS
        .iter()
        .scan(RAREST_BITS, |floor, _| {
            let here = *floor;
            *floor -= STEP_BITS;
            Some(here)
        })
        .position(|floor| bits >= floor);
    STEPS[at.unwrap_or(STEPS.len() - 1)]
}

/// How often surnames and characters, or words, stand in names.
#[derive(Debug, Default)]
struct Parts {
    surnames: HashMap<Box<[char]>, f64>,
    characters: HashMap<char, f64>,
    words: HashMap<Box<str>, f64>,
    names: f64,
    given: f64,
}

impl Parts {
    fn count(names: &[Option<Name>], counts: &[u32]) -> Parts {
        let mut parts = Parts::default();
        for (name, &count) in names.iter().zip(counts) {
            let (Some(name), count) = (name, f64::from(count)) else {
                continue;
            };
            parts.names += count;
            let surname = usize::from(name.surname).min(name.chars.len());
            if surname > 0 {
                *parts.surnames.entry(name.chars[..surname].into()).or_default() += count;
            }
            for &c in &name.chars[surname..] {
                *parts.characters.entry(c).or_default() += count;
                parts.given += count;
            }
            for word in &name.words {
                *parts.words.entry(word.clone()).or_default() += count;
            }
        }
        parts
    }

    /// How common a name is that stands in `count` of the records.
    fn share(&self, name: &Name, count: u32, records: u32) -> f64 {
        // Two records of one person hold the name twice: that is no sign of its being common.
        let others = (f64::from(count) - 1.0).max(0.0);
        (others + STEADY * self.product(name)) / (f64::from(records.max(1)) + STEADY)
    }

    fn product(&self, name: &Name) -> f64 {
        let names = self.names.max(1.0);
        let surname = usize::from(name.surname).min(name.chars.len());
        // A surname that nobody has stands as one that somebody has.
        let share_of_surname = match surname {
            0 => 1.0,
            _ => self.surnames.get(&name.chars[..surname]).copied().unwrap_or(1.0) / names,
        };
        let of_characters = name.chars[surname..]
            .iter()
            .map(|c| self.characters.get(c).copied().unwrap_or(1.0) / self.given.max(1.0));
        let of_words = name
            .words
            .iter()
            .map(|word| self.words.get(word.as_ref()).copied().unwrap_or(1.0) / names);
        let length: f64 = if name.script == Script::Latin { 1.0 } else { 0.5 };
        share_of_surname * length * of_characters.chain(of_words).product::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rare_name_counts_for_more() {
        let mut lexicon = Lexicon::new(Gazetteer::default());
        let mut read = |name: &str| lexicon.read(&Row { name, ..Row::default() }).name;
        let common = read("王伟");
        for _ in 0..50 {
            read(" 王伟");
            read("李娜");
        }
        let rare = read("澹台灭明");
        assert_eq!(read("王 伟"), common);
        lexicon.settle();
        assert!(lexicon.exact_level(rare) < lexicon.exact_level(common));
        let mut read = |name: &str| lexicon.read(&Row { name, ..Row::default() }).name;
        let (unheard_of, of_common_parts) = (read("夔灭"), read("王娜"));
        assert!(lexicon.exact_level(unheard_of) < lexicon.exact_level(of_common_parts));
    }
}
