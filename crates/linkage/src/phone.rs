//! Telephone numbers: sixteen places of four bits, so that two are compared in a few instructions.

use crate::level::Phone as Level;
use lianfang_kernel::identity::{Phone, half_width};

/// A place that is masked.
const MASK: u64 = 0xA;

/// Up to fifteen digits from the right, each plus one so that an empty place is 0; masked places hold 11.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Digits(u64);

impl Digits {
    /// Reads a number as people write it. What the kernel accepts is taken in its one form; of anything else with seven
    /// to fifteen digits the digits are kept, because a number with a slip of the pen is still evidence.
    pub fn parse(text: &str) -> Digits {
        let plain = text.as_bytes();
        if plain.len() == 11 && plain[0] == b'1' && plain.iter().all(u8::is_ascii_digit) {
            return Digits::of(text);
        }
        let text = half_width(text);
        if let Ok(phone) = Phone::parse(&text) {
            return Digits::of(phone.as_str());
        }
        // Two numbers in one cell: the first.
        let first = text.split(['、', ',', '，', ';', '；', '/']).next().unwrap_or_default();
        if first.len() < text.len() {
            return Digits::parse(first);
        }
        let kept: String = text.chars().filter(|c| c.is_ascii_digit() || *c == '*').collect();
        let kept = ["17951", "17911", "12593"]
            .iter()
            .find_map(|carrier| kept.strip_prefix(carrier).filter(|rest| rest.len() == 11))
            .unwrap_or(&kept);
        let kept = kept.strip_prefix("86").filter(|rest| rest.len() >= 10).unwrap_or(kept);
        match kept.len() {
            7..=15 => Digits::of(kept),
            _ => Digits::default(),
        }
    }

    fn of(text: &str) -> Digits {
        let packed = text.bytes().fold((0u64, 0u8), |(packed, count), byte| match byte {
            b'0'..=b'9' if count < 15 => (packed << 4 | u64::from(byte - b'0' + 1), count + 1),
            b'*' if count < 15 => (packed << 4 | (MASK + 1), count + 1),
            _ => (packed, count),
        });
        Digits(packed.0)
    }

    pub fn is_missing(self) -> bool {
        self.0 == 0
    }

    /// Unique number, for keys.
    pub fn packed(self) -> u64 {
        self.0
    }

    pub fn is_masked(self) -> bool {
        self.places().any(|place| place == MASK + 1)
    }

    /// The last places.
    pub fn tail(self, places: u32) -> u64 {
        self.0 & ((1 << (4 * places)) - 1)
    }

    /// Everything before the last places.
    pub fn head(self, places: u32) -> u64 {
        self.0 >> (4 * places)
    }

    fn length(self) -> u32 {
        (67 - self.0.leading_zeros()) / 4
    }

    fn places(self) -> impl Iterator<Item = u64> {
        (0..16)
            .map(move |i| self.0 >> (4 * i) & 15)
            .take_while(|place| *place != 0)
    }
}

/// The level of two numbers, `holders` being how many records of both lists hold the number they share.
pub(crate) fn compare(a: Digits, b: Digits, holders: u32) -> Level {
    if a.is_missing() || b.is_missing() {
        return Level::Missing;
    }
    if a == b && !a.is_masked() {
        return match holders {
            0..=2 => Level::SamePair,
            3..=8 => Level::SameFew,
            _ => Level::SameMany,
        };
    }
    if a.is_masked() || b.is_masked() {
        let fits = a.length() == b.length()
            && a.places()
                .zip(b.places())
                .all(|(x, y)| x == y || x == MASK + 1 || y == MASK + 1);
        return if fits { Level::Masked } else { Level::Different };
    }
    if a.length() != b.length() {
        return if one_apart(a, b) { Level::Cut } else { Level::Different };
    }
    let differing = fold(a.0 ^ b.0);
    match differing.count_ones() {
        1 => Level::OneDigit,
        2 => {
            let low = differing.trailing_zeros();
            let at = |n: u64, i: u32| n >> i & 15;
            let is_swap =
                differing >> (low + 4) & 1 == 1 && at(a.0, low) == at(b.0, low + 4) && at(a.0, low + 4) == at(b.0, low);
            if is_swap { Level::Swapped } else { Level::Different }
        }
        _ => Level::Different,
    }
}

/// One bit, the lowest of its place, for every place that is not zero.
fn fold(places: u64) -> u64 {
    let pairs = places | places >> 2;
    (pairs | pairs >> 1) & 0x1111_1111_1111_1111
}

/// Whether one is the other with a digit struck out, or without an area code.
fn one_apart(a: Digits, b: Digits) -> bool {
    let (short, long) = if a.length() < b.length() { (a, b) } else { (b, a) };
    if long.length() - short.length() > 1 {
        return short.length() >= 7 && long.tail(short.length()) == short.0;
    }
    (0..=short.length()).any(|at| {
        let low = long.0 & ((1u64 << (4 * at)) - 1);
        (long.0 >> (4 * at + 4)) << (4 * at) | low == short.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(a: &str, b: &str, expected: Level) {
        assert_eq!(compare(Digits::parse(a), Digits::parse(b), 2), expected, "{a} {b}");
        assert_eq!(compare(Digits::parse(b), Digits::parse(a), 2), expected, "{b} {a}");
    }

    #[test]
    fn numbers_compare_by_the_mistakes_people_make() {
        check("13800138000", "+86 138-0013-8000", Level::SamePair);
        check("13800138000", "8613800138000", Level::SamePair);
        check("13800138000", "0086-13800138000", Level::SamePair);
        check("13800138000", "17951 13800138000", Level::SamePair);
        check("13800138000", "13800138001", Level::OneDigit);
        check("13800138000", "13800183000", Level::Swapped);
        check("13800138000", "1380013800", Level::Cut);
        check("13800138000", "138****8000", Level::Masked);
        check("13800138000", "138****8001", Level::Different);
        check("04337512345", "7512345", Level::Cut);
        check("13800138000", "13912345678", Level::Different);
        check("13800138000", "无", Level::Missing);
        check("13800138000、13912345678", "13800138000", Level::SamePair);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(a in "\\PC*", b in "[0-9*+ ]{0,20}") {
            let _ = compare(Digits::parse(&a), Digits::parse(&b), 9);
        }
    }
}
