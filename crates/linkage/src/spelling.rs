//! Words in letters: how far apart two spellings are, and a key that survives most slips.

use crate::hash::Hash;
use crate::level::Name as Level;

/// Edits between two words: letters put in, struck out, changed, or two neighbours swapped (optimal string alignment).
/// Bit-parallel up to 64 places (H. Hyyrö, "A bit-vector algorithm for computing Levenshtein and Damerau edit
/// distances", Nordic Journal of Computing 10, 2003); longer words are cut there.
pub(crate) fn distance<T: PartialEq>(a: &[T], b: &[T]) -> u32 {
    let (a, b) = (&a[..a.len().min(64)], &b[..b.len().min(64)]);
    if a.is_empty() {
        return u32::try_from(b.len()).unwrap_or(64);
    }
    let last = 1u64 << (a.len() - 1);
    let (mut vertical_plus, mut vertical_minus) = (u64::MAX, 0u64);
    let (mut diagonal, mut matches_before) = (0u64, 0u64);
    let mut score = u32::try_from(a.len()).unwrap_or(64);
    for c in b {
        let matches = a
            .iter()
            .enumerate()
            .fold(0u64, |bits, (at, d)| bits | u64::from(c == d) << at);
        let swap = ((!diagonal & matches) << 1) & matches_before;
        diagonal =
            (((matches & vertical_plus).wrapping_add(vertical_plus)) ^ vertical_plus) | matches | vertical_minus | swap;
        let plus = vertical_minus | !(diagonal | vertical_plus);
        let minus = diagonal & vertical_plus;
        score = score + u32::from(plus & last != 0) - u32::from(minus & last != 0);
        let plus = plus << 1 | 1;
        let minus = minus << 1;
        vertical_plus = minus | !(diagonal | plus);
        vertical_minus = diagonal & plus;
        matches_before = matches;
    }
    score
}

/// The first letter, then the classes of the consonants that follow: six classes, none twice in a row.
pub(crate) fn key(word: &str) -> u64 {
    let mut hash = Hash::of(5);
    let mut before = 0;
    let mut count = 0;
    for (at, c) in word.chars().enumerate() {
        let class = match c {
            'b' | 'f' | 'p' | 'v' => 1,
            'c' | 'g' | 'j' | 'k' | 'q' | 's' | 'x' | 'z' => 2,
            'd' | 't' => 3,
            'l' => 4,
            'm' | 'n' => 5,
            'r' => 6,
            _ => 0,
        };
        if at == 0 {
            hash = hash.with(u64::from(c));
            count = 1;
        } else if class != 0 && class != before && count < 4 {
            hash = hash.with(class);
            count += 1;
        }
        before = class;
    }
    if count == 0 { 0 } else { hash.key() }
}

/// How alike two words are: 2 the same, 1 a slip apart, 0 otherwise. Short words allow no slip.
pub(crate) fn likeness(a: &str, b: &str) -> u32 {
    if a == b {
        return 2;
    }
    let longer = a.len().max(b.len());
    let allowed = match longer {
        0..=2 => 0,
        3..=5 => 1,
        6..=9 => 2,
        _ => 3,
    };
    u32::from(
        a.len().abs_diff(b.len()) <= allowed
            && distance(a.as_bytes(), b.as_bytes()) <= u32::try_from(allowed).unwrap_or(0),
    )
}

/// The level of two names in letters that are not the same.
pub(crate) fn compare(a: &[Box<str>], b: &[Box<str>]) -> Level {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let (same, near) = matched(short, long);
    let (joined_a, joined_b) = (a.concat(), b.concat());
    // A space put in or lost, or a letter that moved into the next word.
    let joined = distance(joined_a.as_bytes(), joined_b.as_bytes());
    match (same + near, short.len(), long.len()) {
        (all, m, n) if all == m && m == n && m > 0 => {
            if near <= 1 || joined <= 2 {
                Level::LatinClose
            } else {
                Level::LatinFair
            }
        }
        _ if joined <= 2 && joined_a.len() > 4 => Level::LatinClose,
        (all, m, n) if all == m && m < n && m > 0 => Level::LatinPart,
        _ if joined <= 4 && joined_a.len() > 10 => Level::LatinFair,
        (1.., ..) if same > 0 => Level::LatinPart,
        (1.., ..) => Level::LatinPart,
        _ => Level::Different,
    }
}

/// How many words of `short` stand in `long` the same, and how many nearly; each word of `long` serves once.
fn matched(short: &[Box<str>], long: &[Box<str>]) -> (usize, usize) {
    let mut used = 0u64;
    let mut counts = [0usize; 3];
    for wanted in [2, 1] {
        for (i, word) in short.iter().enumerate().take(32) {
            if used >> (32 + i) & 1 == 1 {
                continue;
            }
            let found = long
                .iter()
                .enumerate()
                .take(32)
                .find(|(j, other)| used >> j & 1 == 0 && likeness(word, other) >= wanted);
            if let Some((j, _)) = found {
                used |= 1 << j | 1 << (32 + i);
                counts[wanted as usize] += 1;
            }
        }
    }
    (counts[2], counts[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check_distance(a: &str, b: &str, expected: u32) {
        assert_eq!(distance(a.as_bytes(), b.as_bytes()), expected, "{a} {b}");
    }

    #[test]
    fn edits_are_counted() {
        check_distance("", "abc", 3);
        check_distance("abc", "", 3);
        check_distance("abc", "abc", 0);
        check_distance("abc", "acb", 1);
        check_distance("kitten", "sitting", 3);
        check_distance("newlambto nheights", "new lambton heights", 2);
    }

    fn slow(a: &[u8], b: &[u8]) -> u32 {
        let mut d = vec![vec![0u32; b.len() + 1]; a.len() + 1];
        for (i, row) in d.iter_mut().enumerate() {
            row[0] = i as u32;
        }
        d[0] = (0..=b.len() as u32).collect();
        for i in 1..=a.len() {
            for j in 1..=b.len() {
                let cost = u32::from(a[i - 1] != b[j - 1]);
                d[i][j] = (d[i - 1][j] + 1).min(d[i][j - 1] + 1).min(d[i - 1][j - 1] + cost);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    d[i][j] = d[i][j].min(d[i - 2][j - 2] + 1);
                }
            }
        }
        d[a.len()][b.len()]
    }

    fn check(a: &str, b: &str, expected: Level) {
        let words = |text: &str| text.split(' ').map(Box::from).collect::<Vec<Box<str>>>();
        assert_eq!(compare(&words(a), &words(b)), expected, "{a} {b}");
        assert_eq!(compare(&words(b), &words(a)), expected, "{b} {a}");
    }

    #[test]
    fn spellings_compare_by_the_slips_people_make() {
        check("reeve stanley", "reeve stanlhy", Level::LatinClose);
        check("jayde crouch", "ja yde crouch", Level::LatinClose);
        check("jasmine silvestro", "angus silvestro", Level::LatinPart);
        check("holly", "holly petersen", Level::LatinPart);
        check("holly petersen", "mark twain", Level::Different);
    }

    proptest! {
        #[test]
        fn the_bits_agree_with_the_table(a in "[abc]{0,12}", b in "[abc]{0,12}") {
            prop_assert_eq!(distance(a.as_bytes(), b.as_bytes()), slow(a.as_bytes(), b.as_bytes()));
        }
    }
}
