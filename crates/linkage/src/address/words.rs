//! Addresses in letters: bags of words, of which the rare ones say most.

use crate::hash::Hash;
use crate::level::Address as Level;
use crate::spelling;
use lianfang_kernel::identity::half_width;
use std::collections::HashMap;

/// The words of an address in letters.
pub(crate) type Words = Box<[Box<str>]>;

/// Reads the words; none when the address is in Han characters.
pub(crate) fn read(text: &str) -> Words {
    half_width(text)
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(Box::from)
        .collect()
}

/// How often each word stands in the lists.
#[derive(Clone, Debug, Default)]
pub(crate) struct WordTable {
    counts: HashMap<Box<str>, u32>,
    total: u32,
}

/// What a word that is spelt nearly alike counts beside one that is the same.
const NEAR: f64 = 0.85;

impl WordTable {
    /// Counts the words of one record.
    pub fn count(&mut self, words: &Words) {
        self.total += 1;
        for word in words {
            match self.counts.get_mut(word) {
                Some(count) => *count += 1,
                None => {
                    self.counts.insert(word.clone(), 1);
                }
            }
        }
    }

    /// Bits that a word tells.
    fn weight(&self, word: &str) -> f64 {
        let count = self.counts.get(word).copied().unwrap_or(1).max(1);
        (f64::from(self.total.max(2)) / f64::from(count)).log2().max(0.3)
    }

    /// Keys of the three rarest pairs of neighbouring words and of the rarest words; 0 where there are fewer.
    pub fn keys(&self, words: &Words) -> [u64; 4] {
        let mut rare: Vec<(u32, &Box<str>)> = words
            .iter()
            .map(|word| (self.counts.get(word).copied().unwrap_or(1), word))
            .collect();
        rare.sort_unstable();
        rare.dedup();
        let mut keys = [0; 4];
        for (key, (_, word)) in keys.iter_mut().zip(rare) {
            *key = Hash::of(35).with_text(word).key();
        }
        keys
    }

    /// The level of two bags of words; the order does not matter.
    pub fn compare(&self, a: &Words, b: &Words) -> Level {
        if a.is_empty() || b.is_empty() {
            return Level::Missing;
        }
        let (short, long) = if (a.len(), a) <= (b.len(), b) { (a, b) } else { (b, a) };
        let total: f64 = a.iter().chain(b.iter()).map(|word| self.weight(word)).sum();
        let mut used = 0u64;
        let mut shared = 0.0;
        let mut left: u64 = u64::MAX;
        for wanted in [2, 1] {
            for (i, word) in short.iter().enumerate().take(64) {
                if left >> i & 1 == 0 {
                    continue;
                }
                let found = long
                    .iter()
                    .enumerate()
                    .take(64)
                    .find(|(j, other)| used >> j & 1 == 0 && spelling::likeness(word, other) >= wanted);
                if let Some((j, other)) = found {
                    used |= 1 << j;
                    left &= !(1 << i);
                    let both = self.weight(word) + self.weight(other);
                    shared += if wanted == 2 { both } else { NEAR * both };
                }
            }
        }
        match shared / total {
            share if share > 0.92 => Level::WordsSame,
            share if share > 0.65 => Level::WordsMost,
            share if share > 0.4 => Level::WordsHalf,
            share if share > 0.15 => Level::WordsFew,
            _ => Level::WordsNone,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_words_say_most() {
        let mut table = WordTable::default();
        let bags: Vec<Words> = [
            "5 carrington street legacy village yagoona 2464 nsw",
            "5 carington street legacy village yagoona 2446 nsw",
            "9 pike street rowethorpe marsden 2152 nsw",
            "1 knox street lakewood estate byford 4129 nsw",
        ]
        .iter()
        .map(|text| read(text))
        .collect();
        bags.iter().for_each(|bag| table.count(bag));
        assert_eq!(table.compare(&bags[0], &bags[0]), Level::WordsSame);
        assert_eq!(table.compare(&bags[0], &bags[1]), Level::WordsSame);
        assert_eq!(table.compare(&bags[0], &bags[2]), Level::WordsNone);
        assert_eq!(table.compare(&bags[0], &read("")), Level::Missing);
    }
}
