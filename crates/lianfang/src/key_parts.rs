//! The master key in parts (Shamir, "How to share a secret", 1979, DOI 10.1145/359168.359176): any few of them make it again,
//! fewer say nothing about it.
//!
//! A part is one line that can be printed and typed: `LF-KEY-PART:NEEDED:KEY:PART:CHECK`. KEY tells the parts of one key from
//! those of another, CHECK finds a misspelling; both are digests and help nobody to guess the key.

use crate::failure::{Failure, Outcome};
use blahaj::{Share, Sharks};
use lianfang_kernel::{Words, hex};
use lianfang_ledger::MasterKey;
use ring::digest::{SHA256, digest};

/// What every part begins with.
const BEGIN: &str = "LF-KEY-PART";
/// Digits of a digest that are written: 32 bits.
const DIGITS: usize = 8;
/// Most parts of a key: each has a number other than zero of one byte.
pub const MOST_PARTS: u8 = 255;

/// A part as it was read.
struct Part {
    needed: u8,
    key: String,
    share: Share,
}

/// The key in `parts` parts, any `needed` of which make it again.
///
/// # Errors
/// `needed` is below 2 or above `parts`.
pub fn split(key: &MasterKey, parts: u8, needed: u8) -> Outcome<Vec<String>> {
    if needed < 2 || needed > parts {
        let what = Words::new("份数不对", "these numbers do not fit");
        let hint = Words::new(
            "--needed 至少2，且不超过 --parts",
            "--needed is 2 at least and --parts at most",
        );
        return Err(Failure::usage(what, hint));
    }
    let text = key.to_hex();
    let dealt = Sharks(needed).dealer(text.as_bytes()).take(usize::from(parts));
    Ok(dealt.map(|share| line(needed, &of_key(&text), &share)).collect())
}

fn line(needed: u8, key: &str, share: &Share) -> String {
    let begin = format!("{BEGIN}:{needed}:{key}:{}", hex(Vec::from(share)));
    let check = short(&begin);
    format!("{begin}:{check}")
}

/// The key again, of the parts in `texts`: one a text, lines that begin with `#` apart.
///
/// # Errors
/// One is misspelt; they are of two keys; there are too few.
pub fn recover(texts: &[(String, String)]) -> Outcome<MasterKey> {
    let mut parts: Vec<Part> = Vec::new();
    for (name, text) in texts {
        let part = read(text).ok_or_else(|| misspelt(name))?;
        if parts.first().is_some_and(|first| first.key != part.key) {
            return Err(of_another_key(name));
        }
        parts.push(part);
    }
    let needed = parts.first().map_or(2, |part| part.needed);
    let shares = parts.iter().map(|part| &part.share);
    let recovered = Sharks(needed)
        .recover(shares)
        .map_err(|_| too_few(needed, parts.len()))?;
    let text = String::from_utf8(recovered).unwrap_or_default();
    match parts.first() {
        Some(part) if part.key == of_key(&text) => Ok(MasterKey::from_hex(&text)?),
        _ => Err(too_few(needed, parts.len())),
    }
}

fn read(text: &str) -> Option<Part> {
    let line = text.lines().map(str::trim).find(|line| line.starts_with(BEGIN))?;
    let (begin, check) = line.rsplit_once(':')?;
    if short(begin) != check.to_ascii_lowercase() {
        return None;
    }
    let mut words = begin.split(':').skip(1);
    let (needed, key, share) = (words.next()?.parse().ok()?, words.next()?, words.next()?);
    let bytes: Option<Vec<u8>> = (0..share.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(share.get(at..at + 2)?, 16).ok())
        .collect();
    Some(Part {
        needed,
        key: key.to_owned(),
        share: Share::try_from(bytes?.as_slice()).ok()?,
    })
}

fn of_key(text: &str) -> String {
    short(&format!("lianfang master key {text}"))
}

fn short(text: &str) -> String {
    hex(digest(&SHA256, text.as_bytes())).chars().take(DIGITS).collect()
}

fn misspelt(name: &str) -> Failure {
    let what = Words::new(
        format!("{name} 不是完整的一份密钥"),
        format!("{name} is not a whole part of a key"),
    );
    let hint = Words::new(
        "请逐字核对以 LF-KEY-PART 开头的一行",
        "compare the line that begins with LF-KEY-PART letter by letter",
    );
    Failure::new(what, hint)
}

fn of_another_key(name: &str) -> Failure {
    let what = Words::new(
        format!("{name} 属于另一把主密钥"),
        format!("{name} is a part of another master key"),
    );
    let hint = Words::new("请只用同一次分存的各份", "take the parts of one splitting only");
    Failure::new(what, hint)
}

fn too_few(needed: u8, given: usize) -> Failure {
    let what = Words::new("各份不足以找回主密钥", "these parts do not make the master key");
    let hint = Words::new(
        format!("需要{needed}份不同的，给了{given}份"),
        format!("{needed} different ones are needed, {given} were given"),
    );
    Failure::new(what, hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(parts: &[&String]) -> Vec<(String, String)> {
        parts.iter().map(|part| ("part".to_owned(), (*part).clone())).collect()
    }

    #[test]
    fn any_three_of_five_make_the_key_and_two_do_not() {
        let key = MasterKey::generate().unwrap();
        let parts = split(&key, 5, 3).unwrap();
        assert_eq!(parts.len(), 5);
        for chosen in [[0, 1, 2], [4, 2, 0], [1, 3, 4]] {
            let found = recover(&named(&chosen.map(|at| &parts[at]))).unwrap();
            assert_eq!(found.to_hex(), key.to_hex());
        }
        assert!(recover(&named(&[&parts[0], &parts[1]])).is_err());
        assert!(
            recover(&named(&[&parts[0], &parts[0], &parts[0]])).is_err(),
            "the same one thrice"
        );
        assert!(recover(&[]).is_err());
    }

    #[test]
    fn a_misspelling_and_a_part_of_another_key_are_found() {
        let (one, other) = (MasterKey::generate().unwrap(), MasterKey::generate().unwrap());
        let (ones, others) = (split(&one, 3, 2).unwrap(), split(&other, 3, 2).unwrap());
        let misspelt = ones[0].replacen(|c: char| c.is_ascii_digit(), "x", 1);
        let failure = recover(&named(&[&misspelt, &ones[1]])).unwrap_err();
        assert!(failure.what().en.contains("not a whole part"), "{}", failure.what().en);
        let failure = recover(&named(&[&ones[0], &others[1]])).unwrap_err();
        assert!(failure.what().en.contains("another"), "{}", failure.what().en);
    }

    #[test]
    fn the_numbers_must_fit() {
        let key = MasterKey::generate().unwrap();
        for (parts, needed) in [(5, 1), (2, 3), (0, 0)] {
            assert_eq!(split(&key, parts, needed).unwrap_err().code(), 2);
        }
    }
}
