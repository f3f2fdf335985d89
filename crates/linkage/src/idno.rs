//! Identity numbers and other documents as they stand in lists: whole, masked, mistyped, cut, of fifteen digits.

use crate::address;
use crate::birth::Date;
use crate::hash::Hash;
use crate::level::Idno;
use lianfang_kernel::identity::{CnId, half_width};
use std::ops::Range;

/// How much of a number is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Form {
    #[default]
    Missing,
    /// Eighteen characters, the check digit fits.
    Valid,
    /// Eighteen characters, something is wrong in them.
    Mistyped,
    /// Eighteen characters, some of them `*`.
    Masked,
    /// Digits of a citizen's number, too few or too many.
    Cut,
    /// A passport or whatever else people show.
    Other,
}

/// A number in at most twenty characters.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Number {
    text: [u8; 20],
    length: u8,
    pub form: Form,
}

impl Number {
    /// Reads a number; what holds no letter or digit is missing.
    pub fn parse(text: &str) -> Number {
        let mut number = Number::default();
        for c in half_width(text).chars() {
            let c = match c {
                '＊' | '●' | '×' => '*',
                other => other.to_ascii_uppercase(),
            };
            if !(c.is_ascii_alphanumeric() || c == '*') {
                continue;
            }
            let Some(place) = number.text.get_mut(usize::from(number.length)) else {
                break;
            };
            *place = u8::try_from(c).unwrap_or(b'?');
            number.length += 1;
        }
        number.form = number.form_of();
        if number.form == Form::Cut
            && let Some(full) = expanded(number.bytes())
        {
            number.text[..18].copy_from_slice(full.as_str().as_bytes());
            number.length = 18;
            number.form = Form::Valid;
        }
        number
    }

    pub fn bytes(&self) -> &[u8] {
        &self.text[..usize::from(self.length)]
    }

    fn form_of(&self) -> Form {
        let bytes = self.bytes();
        let Some((last, head)) = bytes.split_last() else {
            return Form::Missing;
        };
        if !bytes.iter().any(u8::is_ascii_alphanumeric) {
            return Form::Missing;
        }
        let is_digits = head.iter().all(|b| b.is_ascii_digit() || *b == b'*')
            && (last.is_ascii_digit() || matches!(last, b'X' | b'*'));
        match (bytes.len(), is_digits) {
            (18, true) if bytes.contains(&b'*') => Form::Masked,
            (18, true) => match std::str::from_utf8(bytes).ok().and_then(|text| CnId::parse(text).ok()) {
                Some(_) => Form::Valid,
                None => Form::Mistyped,
            },
            (15 | 16 | 17 | 19 | 20, true) => Form::Cut,
            _ => Form::Other,
        }
    }

    pub fn is_missing(&self) -> bool {
        self.form == Form::Missing
    }

    /// Whether it is a citizen's number, however damaged.
    pub fn is_citizen(&self) -> bool {
        matches!(self.form, Form::Valid | Form::Mistyped | Form::Masked | Form::Cut)
    }

    /// The date of birth in it, when those digits can be read.
    pub fn birth(&self) -> Date {
        if !self.is_citizen() || self.form == Form::Cut {
            return Date::default();
        }
        let digits = |from: usize, to: usize| {
            self.text[from..to]
                .iter()
                .try_fold(0u16, |n, b| b.is_ascii_digit().then(|| n * 10 + u16::from(b - b'0')))
        };
        match (digits(6, 10), digits(10, 12), digits(12, 14)) {
            (Some(year), Some(month @ 1..), Some(day)) => Date::new(year, month, day),
            (Some(year), ..) => Date::new(year, 0, 0),
            _ => None,
        }
        .unwrap_or_default()
    }

    /// Male or not, from the seventeenth digit.
    pub fn is_male(&self) -> Option<bool> {
        let digit = self.text[16];
        (matches!(self.form, Form::Valid | Form::Masked) && digit.is_ascii_digit()).then_some(digit % 2 == 1)
    }

    /// A key over two runs of places; 0 when one of them is unknown or lies behind the end.
    pub fn key(&self, kind: u64, first: Range<usize>, second: Range<usize>) -> u64 {
        let mut hash = Hash::of(kind);
        for &byte in [first, second].iter().flat_map(|range| &self.text[range.clone()]) {
            if byte == b'*' || byte == 0 {
                return 0;
            }
            hash = hash.with(u64::from(byte));
        }
        hash.key()
    }

    /// A key over the whole number; 0 when something is masked.
    pub fn whole(&self) -> u64 {
        self.key(1, 0..usize::from(self.length), 0..0)
    }
}

/// The fifteen digits of an old card as eighteen. Digits 7 and 8 were the year: 19 and 20 there are the century of a
/// number that lost its end.
fn expanded(bytes: &[u8]) -> Option<CnId> {
    if bytes.len() != 15 || matches!(&bytes[6..8], b"19" | b"20") {
        return None;
    }
    CnId::parse(std::str::from_utf8(bytes).ok()?).ok()
}

/// The level of two numbers; the order does not matter.
pub(crate) fn compare(a: &Number, b: &Number) -> Idno {
    if a.is_missing() || b.is_missing() || a.is_citizen() != b.is_citizen() {
        return Idno::Missing;
    }
    let (x, y) = (a.bytes(), b.bytes());
    if x == y && a.form != Form::Masked {
        return Idno::Exact;
    }
    if x.len() != y.len() {
        let (short, long) = if x.len() < y.len() { (x, y) } else { (y, x) };
        let fits = long.len() - short.len() <= 3 && is_within(short, long);
        return if fits && short.len() >= 5 {
            Idno::Cut
        } else {
            Idno::Different
        };
    }
    let is_known = |i: &usize| x[*i] != b'*' && y[*i] != b'*';
    let differing: Vec<usize> = (0..x.len()).filter(is_known).filter(|&i| x[i] != y[i]).collect();
    if a.form == Form::Masked || b.form == Form::Masked {
        let known = (0..x.len()).filter(is_known).count();
        return match (differing.len(), known) {
            (0, 10..) => Idno::MaskedStrong,
            (0, _) => Idno::MaskedWeak,
            (1, 10..) => Idno::TwoDigits,
            _ => coarse(x, y),
        };
    }
    // Two numbers whose check digits fit cannot be one number with a slip of the pen.
    let both_valid = a.form == Form::Valid && b.form == Form::Valid;
    match differing.as_slice() {
        _ if both_valid => coarse(x, y),
        [_] => Idno::OneDigit,
        &[i, j] if x[i] == y[j] && x[j] == y[i] => Idno::Swapped,
        [_, _] => Idno::TwoDigits,
        _ if a.is_citizen() => coarse(x, y),
        _ => Idno::Different,
    }
}

/// What two different citizens' numbers share.
fn coarse(x: &[u8], y: &[u8]) -> Idno {
    let same = |range: Range<usize>| matches!((x.get(range.clone()), y.get(range)), (Some(x), Some(y)) if x == y && !x.contains(&b'*'));
    // A county whose code has changed is one region.
    let region = |number: &[u8]| {
        let digits = std::str::from_utf8(number.get(0..6)?).ok()?;
        digits.parse().ok().map(address::present_code)
    };
    let same_region = same(0..6) || region(x).is_some_and(|code| region(y) == Some(code));
    match (same_region, same(6..14)) {
        (true, true) => Idno::SameBirthAndRegion,
        (false, true) => Idno::SameBirth,
        (true, false) => Idno::SameRegion,
        (false, false) => Idno::Different,
    }
}

/// Whether `short` can be had from `long` by striking characters out.
pub(crate) fn is_within(short: &[u8], long: &[u8]) -> bool {
    let mut rest = long.iter();
    short.iter().all(|byte| rest.any(|other| other == byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, form: Form, birth: (u16, u16, u16)) {
        let number = Number::parse(text);
        let read = number.birth();
        assert_eq!(
            (number.form, (read.year(), read.month(), read.day())),
            (form, birth),
            "{text}"
        );
    }

    #[test]
    fn numbers_are_read_as_they_stand_in_lists() {
        check("11010519491231002X", Form::Valid, (1949, 12, 31));
        check("'11010519491231002x", Form::Valid, (1949, 12, 31));
        check("110105491231002", Form::Valid, (1949, 12, 31));
        check("110105194912310029", Form::Mistyped, (1949, 12, 31));
        check("1101051949****002X", Form::Masked, (1949, 0, 0));
        check("110***********002X", Form::Masked, (0, 0, 0));
        check("320115199602281", Form::Cut, (0, 0, 0));
        check("E35401532", Form::Other, (0, 0, 0));
        check("无", Form::Missing, (0, 0, 0));
        check("****", Form::Missing, (0, 0, 0));
    }

    fn check_level(a: &str, b: &str, expected: Idno) {
        assert_eq!(compare(&Number::parse(a), &Number::parse(b)), expected, "{a} {b}");
        assert_eq!(compare(&Number::parse(b), &Number::parse(a)), expected, "{b} {a}");
    }

    #[test]
    fn numbers_compare_by_the_mistakes_people_make() {
        check_level("11010519491231002X", "110105491231002", Idno::Exact);
        check_level("11010519491231002X", "11010519491231003X", Idno::OneDigit);
        check_level("11010519491231002X", "11010519491213002X", Idno::Swapped);
        check_level("11010519491231002X", "11010519491231002", Idno::Cut);
        check_level("11010519491231002X", "1101051949****002X", Idno::MaskedStrong);
        check_level("11010519491231002X", "110***********002X", Idno::MaskedWeak);
        check_level("440524188001010014", "440524188001010022", Idno::SameBirthAndRegion);
        check_level("11010519491231002X", "440524188001010014", Idno::Different);
        check_level("622621195001010011", "621202198003070027", Idno::SameRegion);
        check_level("11010519491231002X", "E35401532", Idno::Missing);
        check_level("E35401532", "E35401523", Idno::Swapped);
        check_level("5304218", "5304219", Idno::OneDigit);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(a in "\\PC*", b in "[0-9X*]{0,22}") {
            let (a, b) = (Number::parse(&a), Number::parse(&b));
            let _ = (compare(&a, &b), a.birth(), b.birth(), a.is_male(), b.key(1, 0..6, 14..18));
        }

        #[test]
        fn the_order_does_not_matter(a in "[0-9]{15,18}|[0-9]{6}\\*{8}[0-9]{4}", b in "[0-9]{15,18}") {
            let (a, b) = (Number::parse(&a), Number::parse(&b));
            prop_assert_eq!(compare(&a, &b), compare(&b, &a));
        }
    }
}
