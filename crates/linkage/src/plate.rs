//! Number plates: eight places of one byte. Characters that a plate never holds, or that are taken for each other, are one.

use crate::level::Plate as Level;
use lianfang_kernel::identity::half_width;

const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

/// The place of the province's character, then letters and digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Places([u8; 8]);

impl Places {
    /// Reads a plate; one with fewer than five characters beside the province is missing.
    pub fn parse(text: &str) -> Places {
        let mut places = [0u8; 8];
        let mut next = 1;
        for c in half_width(text).chars() {
            if let Some(at) = PROVINCES.chars().position(|p| p == c) {
                places[0] = u8::try_from(at + 1).unwrap_or(0);
            } else if c.is_ascii_alphanumeric() {
                let Some(place) = places.get_mut(next) else { break };
                // I and O are not issued in serial numbers.
                *place = match u8::try_from(c.to_ascii_uppercase()).unwrap_or(0) {
                    b'O' => b'0',
                    b'I' => b'1',
                    other => other,
                };
                next += 1;
            }
        }
        if next < 6 { Places::default() } else { Places(places) }
    }

    pub fn is_missing(self) -> bool {
        self.0 == [0; 8]
    }

    /// A number that plates share which are easily taken for each other; the province is left out.
    pub fn blurred(self) -> u64 {
        self.0[1..]
            .iter()
            .fold(0, |all, &byte| all << 8 | u64::from(blur(byte)))
    }
}

/// One of the characters that are taken for each other.
fn blur(byte: u8) -> u8 {
    match byte {
        b'D' | b'Q' => b'0',
        b'B' => b'8',
        b'Z' => b'2',
        b'S' => b'5',
        b'L' => b'1',
        b'G' => b'6',
        b'T' => b'7',
        b'V' => b'U',
        other => other,
    }
}

/// The level of two plates; the order does not matter.
pub(crate) fn compare(a: Places, b: Places) -> Level {
    if a.is_missing() || b.is_missing() {
        return Level::Missing;
    }
    let differing = a.0[1..].iter().zip(&b.0[1..]).filter(|(x, y)| x != y).count();
    let provinces_fit = a.0[0] == b.0[0] || a.0[0] == 0 || b.0[0] == 0;
    match (differing, provinces_fit) {
        (0, true) => Level::Same,
        (0, false) | (1, true) => Level::Near,
        _ if provinces_fit && a.blurred() == b.blurred() => Level::Near,
        _ => Level::Different,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(a: &str, b: &str, expected: Level) {
        assert_eq!(compare(Places::parse(a), Places::parse(b)), expected, "{a} {b}");
        assert_eq!(compare(Places::parse(b), Places::parse(a)), expected, "{b} {a}");
    }

    #[test]
    fn plates_compare_by_the_mistakes_people_make() {
        check("苏A·18F34", "苏a18f34", Level::Same);
        check("A18F34", "苏A18F34", Level::Same);
        check("苏A18F34", "苏A18E34", Level::Near);
        check("苏AO8B34", "苏A08834", Level::Near);
        check("苏A18F34", "皖A18F34", Level::Near);
        check("苏A18F34", "苏A99999", Level::Different);
        check("无", "苏A99999", Level::Missing);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(a in "\\PC*", b in "[苏京]?[A-Z0-9]{0,10}") {
            let _ = compare(Places::parse(&a), Places::parse(&b));
        }
    }
}
