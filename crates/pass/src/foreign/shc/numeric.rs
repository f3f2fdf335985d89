//! The digits of a card's codes: two for each character, and which part of how many a code is.

use super::PREFIX;

/// Most characters of the JWS in one of several codes.
const MAX_CHUNK: usize = 1_191;
/// The character that `00` stands for: the first that a JWS can have.
const FIRST: u8 = b'-';
/// The last one, `z`, has this number.
const MAX_NUMBER: u8 = b'z' - FIRST;

/// One code: its number, of how many, its digits.
struct Chunk<'a> {
    index: usize,
    total: usize,
    digits: &'a [u8],
}

/// The JWS of a card from its codes in any order; a code that was scanned twice counts once.
pub(super) fn join(codes: &[&str]) -> Option<String> {
    let mut chunks: Vec<Chunk<'_>> = codes.iter().map(|code| read(code)).collect::<Option<_>>()?;
    chunks.sort_by_key(|chunk| (chunk.index, chunk.digits));
    chunks.dedup_by(|a, b| a.index == b.index && a.digits == b.digits);
    let total = chunks.len();
    let is_whole = chunks
        .iter()
        .enumerate()
        .all(|(place, chunk)| chunk.index == place + 1 && chunk.total == total);
    let is_small = total == 1 || chunks.iter().all(|chunk| chunk.digits.len() <= 2 * MAX_CHUNK);
    if total == 0 || !is_whole || !is_small {
        return None;
    }
    let characters = chunks.iter().map(|chunk| characters(chunk.digits));
    characters.collect()
}

fn read(code: &str) -> Option<Chunk<'_>> {
    let rest = code.strip_prefix(PREFIX)?;
    let Some((index, rest)) = rest.split_once('/') else {
        return Some(Chunk {
            index: 1,
            total: 1,
            digits: rest.as_bytes(),
        });
    };
    let (total, digits) = rest.split_once('/')?;
    Some(Chunk {
        index: index.parse().ok()?,
        total: total.parse().ok()?,
        digits: digits.as_bytes(),
    })
}

fn characters(digits: &[u8]) -> Option<String> {
    let (pairs, rest) = digits.as_chunks::<2>();
    let character = |[tens, ones]: &[u8; 2]| {
        (tens.is_ascii_digit() && ones.is_ascii_digit()).then_some(())?;
        let number = (tens - b'0') * 10 + (ones - b'0');
        (number <= MAX_NUMBER).then(|| char::from(FIRST + number))
    };
    rest.is_empty().then(|| pairs.iter().map(character).collect())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_join_in_any_order_and_twice_scanned_ones_count_once() {
        assert_eq!(join(&["shc:/5676"]).as_deref(), Some("ey"));
        assert_eq!(join(&["shc:/1/1/5676"]).as_deref(), Some("ey"));
        let (one, two, three) = ("shc:/1/3/56", "shc:/2/3/76", "shc:/3/3/0077");
        for codes in [
            &[one, two, three][..],
            &[three, one, two],
            &[two, one, two, three, three],
        ] {
            assert_eq!(join(codes).as_deref(), Some("ey-z"));
        }
    }

    #[test]
    fn missing_foreign_and_ill_written_codes_are_refused() {
        for codes in [
            &[][..],
            &["shc:5676"],
            &["shc:/567"],
            &["shc:/5678a0"],
            &["shc:/78"],
            &["shc:/1/2/56"],
            &["shc:/0/1/56"],
            &["shc:/2/1/56"],
            &["shc:/1/2/56", "shc:/2/3/56"],
            &["shc:/1/2/56", "shc:/3/2/56"],
            &["shc:/1/2/56", "shc:/1/2/57", "shc:/2/2/56"],
            &["shc:/1/56"],
            &["shc:/1/1/56/76"],
            &["shc:/99999999999999999999999/1/56"],
        ] {
            assert_eq!(join(codes), None, "{codes:?}");
        }
        let long = "00".repeat(MAX_CHUNK + 1);
        assert!(join(&[&format!("shc:/{long}")]).is_some());
        assert_eq!(join(&[&format!("shc:/1/2/{long}"), "shc:/2/2/00"]), None);
    }
}
