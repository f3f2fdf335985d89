//! The code of a pass in twelve characters, for when no camera helps: typed by staff and looked up online.

use std::fmt;

use lianfang_kernel::Words;
use lianfang_kernel::identity::half_width;
use ring::digest::{Context, SHA256};

/// Thirty-two signs that are not taken for one another: no I, L, O (read as 1, 1, 0) and no U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Signs that carry the number, five bits each.
const DATA: usize = 11;
/// Signs of a code: the number and one to check it.
const LENGTH: usize = DATA + 1;
/// Keeps the code apart from the hashes of the published revocation list, which would otherwise give it away.
const CONTEXT: &[u8] = b"LF1 short code";

/// Why a text is no code of a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShortCodeError {
    /// Not twelve signs, blanks and hyphens aside.
    #[error("a code has 12 letters and digits")]
    Length,
    /// A sign that no code has.
    #[error("a code has no {0:?}")]
    Sign(char),
    /// Mistyped: the last sign does not fit the others.
    #[error("mistyped: compare each letter with the code")]
    Check,
}

impl ShortCodeError {
    /// What a person who typed it reads.
    pub fn words(self) -> Words {
        match self {
            ShortCodeError::Length => Words::new("短码应为 12 位字母和数字", self.to_string()),
            ShortCodeError::Sign(sign) => Words::new(format!("短码中没有“{sign}”"), self.to_string()),
            ShortCodeError::Check => Words::new("输入有误，请逐位核对短码", self.to_string()),
        }
    }
}

/// Fifty-five bits made from a pass's id and a check sign which notices every single mistyped sign and every two signs
/// that changed places. It proves nothing by itself: who knows it asks the server.
///
/// ```
/// use lianfang_pass::ShortCode;
///
/// let code = ShortCode::of(&[7; 16]);
/// assert_eq!(code.to_string().len(), 12);
/// assert_eq!(ShortCode::parse(&code.grouped().to_lowercase()), Ok(code));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShortCode(u64);

impl ShortCode {
    /// The code of a pass, from its random id.
    pub fn of(pass_id: &[u8; 16]) -> ShortCode {
        let mut hash = Context::new(&SHA256);
        hash.update(CONTEXT);
        hash.update(pass_id);
        let number = hash
            .finish()
            .as_ref()
            .iter()
            .take(8)
            .fold(0, |number, byte| number << 8 | u64::from(*byte));
        ShortCode(number >> (64 - 5 * DATA))
    }

    /// The number that the code writes, below 2⁵⁵: what a store keeps and finds it by.
    pub fn number(self) -> u64 {
        self.0
    }

    /// The code as people read it aloud: three groups of four.
    pub fn grouped(self) -> String {
        let code = self.to_string();
        format!("{} {} {}", &code[..4], &code[4..8], &code[8..])
    }

    /// Reads what somebody typed: upper or lower case, full width, blanks and hyphens anywhere, O for 0, I and L for 1.
    ///
    /// # Errors
    /// [`ShortCodeError`]
    pub fn parse(text: &str) -> Result<ShortCode, ShortCodeError> {
        let (mut number, mut check, mut length) = (0u64, 0u8, 0);
        for sign in half_width(text).chars() {
            if sign.is_whitespace() || matches!(sign, '-' | '‐'..='―' | '−') {
                continue;
            }
            let value = value_of(sign).ok_or(ShortCodeError::Sign(sign))?;
            length += 1;
            if length > LENGTH {
                return Err(ShortCodeError::Length);
            }
            if length <= DATA {
                number = number << 5 | u64::from(value);
            }
            check = times_two(check) ^ value;
        }
        match (length, check) {
            (LENGTH, 0) => Ok(ShortCode(number)),
            (LENGTH, _) => Err(ShortCodeError::Check),
            _ => Err(ShortCodeError::Length),
        }
    }

    fn values(self) -> impl Iterator<Item = u8> {
        (0..DATA).rev().map(move |place| (self.0 >> (5 * place)) as u8 & 31)
    }
}

impl fmt::Display for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let check = times_two(self.values().fold(0, |check, value| times_two(check) ^ value));
        let code: String = self
            .values()
            .chain([check])
            .map(|value| char::from(ALPHABET[usize::from(value & 31)]))
            .collect();
        f.pad(&code)
    }
}

fn value_of(sign: char) -> Option<u8> {
    let sign = match sign.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    ALPHABET
        .iter()
        .position(|known| char::from(*known) == sign)
        .map(|position| position as u8)
}

/// Twice a value in the field of 32 elements (x⁵ + x² + 1). A code is a polynomial with the root 2 there; as the powers
/// of 2 differ up to the thirty-first, one changed sign or two that changed places never give another such polynomial.
fn times_two(value: u8) -> u8 {
    let doubled = value << 1;
    if doubled & 0x20 == 0 { doubled } else { doubled ^ 0x25 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_powers_of_two_are_all_the_field() {
        let powers: std::collections::BTreeSet<u8> = std::iter::successors(Some(1), |value| Some(times_two(*value)))
            .take(31)
            .collect();
        assert_eq!(powers, (1..32).collect());
    }

    #[test]
    fn what_is_no_code_is_refused_with_a_reason() {
        let code = ShortCode::of(&[1; 16]).to_string();
        for (text, expected) in [
            ("", ShortCodeError::Length),
            (&code[1..], ShortCodeError::Length),
            (&format!("{code}0"), ShortCodeError::Length),
            (&"7".repeat(1_000_000), ShortCodeError::Length),
            (&code.replacen(&code[3..4], "U", 1), ShortCodeError::Sign('U')),
            ("甘", ShortCodeError::Sign('甘')),
        ] {
            assert_eq!(ShortCode::parse(text), Err(expected));
            assert!(!expected.words().zh.is_empty());
        }
    }

    #[test]
    fn the_code_of_an_id_never_changes() {
        assert_eq!(ShortCode::of(&[7; 16]).to_string(), "VV21PG3S9ZGK");
    }

    proptest! {
        #[test]
        fn a_code_reads_back_however_it_is_typed(id in any::<[u8; 16]>()) {
            let code = ShortCode::of(&id);
            let text = code.to_string();
            prop_assert_eq!(text.len(), 12);
            prop_assert!(text.bytes().all(|sign| ALPHABET.contains(&sign)));
            prop_assert!(code.number() < 1 << 55);
            let typed = text.replace('0', "o").replace('1', "l").to_lowercase();
            for written in [text.clone(), typed, code.grouped(), code.grouped().replace(' ', "－"), format!(" {text}\n")] {
                prop_assert_eq!(ShortCode::parse(&written), Ok(code));
            }
        }

        #[test]
        fn a_mistyped_sign_or_two_swapped_are_noticed(id in any::<[u8; 16]>()) {
            let text = ShortCode::of(&id).to_string().into_bytes();
            for first in 0..LENGTH {
                for sign in ALPHABET.iter().filter(|sign| **sign != text[first]) {
                    let mut changed = text.clone();
                    changed[first] = *sign;
                    prop_assert_eq!(ShortCode::parse(&String::from_utf8(changed).unwrap()), Err(ShortCodeError::Check));
                }
                for second in (0..first).filter(|second| text[*second] != text[first]) {
                    let mut changed = text.clone();
                    changed.swap(first, second);
                    prop_assert_eq!(ShortCode::parse(&String::from_utf8(changed).unwrap()), Err(ShortCodeError::Check));
                }
            }
        }

        #[test]
        fn nothing_typed_makes_it_panic(text in "\\PC*") {
            let _ = ShortCode::parse(&text);
        }
    }
}
