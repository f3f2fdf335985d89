//! One fixed hash: keys of blocks must be the same on every machine and in every run.

use std::hash::{BuildHasherDefault, Hasher};

/// Hashing for tables of names of places, which are asked some fifty times an address.
pub(crate) type Quick = BuildHasherDefault<QuickHasher>;

/// Eight bytes at a time, by the same hash as texts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct QuickHasher(Hash);

impl Default for QuickHasher {
    fn default() -> QuickHasher {
        QuickHasher(Hash::of(40))
    }
}

impl Hasher for QuickHasher {
    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(8) {
            let word = part.iter().fold(0u64, |word, byte| word << 8 | u64::from(*byte));
            self.0 = self.0.with(word);
        }
    }

    fn finish(&self) -> u64 {
        self.0.key()
    }
}

/// FNV-1a over words, finished so that every bit depends on every other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hash(u64);

impl Hash {
    /// A hash for one kind of key.
    pub fn of(kind: u64) -> Hash {
        Hash(0xcbf2_9ce4_8422_2325).with(kind)
    }

    pub fn with(self, word: u64) -> Hash {
        let mixed = (self.0 ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Hash(mixed ^ (mixed >> 29))
    }

    pub fn with_text(self, text: &str) -> Hash {
        let bytes = text.bytes().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        self.with(bytes)
    }

    /// The key; never 0, which stands for "no key".
    pub fn key(self) -> u64 {
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
        (mixed ^ (mixed >> 32)).max(1)
    }
}
