//! Han characters: one form for traditional and variant writing, their sounds, numerals.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A syllable of pinyin without tone, up to six letters packed in base 27; 0 when the sound is not known.
pub(crate) type Syllable = u32;

/// The ideographs of the basic plane, where nearly every character of a list stands.
const BASIC: std::ops::Range<u32> = 0x3400..0xA000;

/// The simplified form of every character of the basic plane, and of others that have one. Each line of the table: the
/// simplified character, then every traditional form of it.
static SIMPLIFIED: LazyLock<(Vec<char>, HashMap<char, char>)> = LazyLock::new(|| {
    let mut forms: Vec<char> = BASIC.filter_map(char::from_u32).collect();
    let mut beyond = HashMap::new();
    let mut set = |form: char, simple: char| match basic(form).and_then(|at| forms.get_mut(at)) {
        Some(place) => *place = simple,
        None => {
            beyond.insert(form, simple);
        }
    };
    for line in include_str!("../data/simplified.txt").lines() {
        let mut chars = line.chars();
        if let Some(simple) = chars.next() {
            chars.for_each(|form| set(form, simple));
        }
    }
    // Variant forms that stand in registers and that no table of traditional characters holds.
    "昇升陞升邨村峯峰羣群甯宁豔艳艷艳淼淼牀床綉绣喦岩嵒岩菴庵衞卫僊仙枏楠柟楠"
        .chars()
        .zip_pairs()
        .into_iter()
        .for_each(|(form, simple)| set(form, simple));
    (forms, beyond)
});

/// The place of a character in the basic plane.
fn basic(c: char) -> Option<usize> {
    let c = u32::from(c);
    BASIC
        .contains(&c)
        .then(|| usize::try_from(c - BASIC.start).ok())
        .flatten()
}

/// Reads a string as pairs: form, simplified.
trait Pairs {
    fn zip_pairs(self) -> Vec<(char, char)>;
}

impl<I: Iterator<Item = char>> Pairs for I {
    fn zip_pairs(mut self) -> Vec<(char, char)> {
        let mut pairs = Vec::new();
        while let (Some(form), Some(simple)) = (self.next(), self.next()) {
            pairs.push((form, simple));
        }
        pairs
    }
}

/// The simplified form of a character; any other character stays.
pub(crate) fn simplified(c: char) -> char {
    let (forms, beyond) = &*SIMPLIFIED;
    match basic(c).and_then(|at| forms.get(at)) {
        Some(form) => *form,
        None if c < '\u{3400}' => c,
        None => beyond.get(&c).copied().unwrap_or(c),
    }
}

/// Whether it is a Han character.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' | '〇')
}

/// The most usual sound of a character.
pub(crate) fn sound(c: char) -> Syllable {
    use pinyin::ToPinyin;
    c.to_pinyin().map_or(0, |sound| pack(sound.plain()))
}

/// Packs up to six letters; `ü` and `v` are one, other characters are left out.
pub(crate) fn pack(letters: &str) -> Syllable {
    letters
        .chars()
        .filter_map(|c| match c.to_ascii_lowercase() {
            'ü' => Some(22),
            c @ 'a'..='z' => Some(u32::from(c) - u32::from('a') + 1),
            _ => None,
        })
        .take(6)
        .fold(0, |packed, letter| packed * 27 + letter)
}

/// The letters again.
pub(crate) fn unpack(mut packed: Syllable) -> String {
    let mut letters = Vec::new();
    while packed > 0 {
        letters.push(char::from(b'a' + u8::try_from((packed % 27).max(1) - 1).unwrap_or(0)));
        packed /= 27;
    }
    letters.iter().rev().collect()
}

/// One form for sounds that speakers of many dialects do not tell apart: retroflex and plain, front and back nasals,
/// l and n, h and f.
pub(crate) fn blurred(syllable: Syllable) -> Syllable {
    let letters = unpack(syllable);
    let (first, rest) = match letters.as_bytes() {
        [b'z' | b'c' | b's', b'h', ..] => letters.split_at(2),
        _ => letters.split_at(letters.len().min(1)),
    };
    let first = match first {
        "n" => "l",
        "f" => "h",
        other => &other[..other.len().min(1)],
    };
    let rest = rest.strip_suffix('g').filter(|r| r.ends_with('n')).unwrap_or(rest);
    pack(&format!("{first}{rest}"))
}

/// A Chinese numeral of up to four places as it stands in addresses and dates: 二十三, 二〇一, 一百零五, 廿三.
pub(crate) fn numeral(chars: &[char]) -> Option<u32> {
    if chars.is_empty() || chars.len() > 7 {
        return None;
    }
    let is_positional = chars.len() > 1 && chars.iter().all(|&c| digit(c).is_some());
    if is_positional {
        let read = chars
            .iter()
            .try_fold(0u32, |n, &c| n.checked_mul(10)?.checked_add(digit(c)?));
        return read;
    }
    let (mut total, mut unit) = (0u32, None);
    for &c in chars {
        match (digit(c), c) {
            (Some(0), _) => unit = None,
            (Some(d), _) if unit.is_none() => unit = Some(d),
            (_, '十') => total += unit.take().unwrap_or(1) * 10,
            (_, '百') => total += unit.take()? * 100,
            (_, '千') => total += unit.take()? * 1000,
            (_, '廿') if unit.is_none() => total += 20,
            (_, '卅') if unit.is_none() => total += 30,
            _ => return None,
        }
    }
    Some(total + unit.unwrap_or(0))
}

/// The value of one numeral character.
pub(crate) fn digit(c: char) -> Option<u32> {
    "零一二三四五六七八九".chars().position(|d| d == c).map_or_else(
        || match c {
            '〇' => Some(0),
            '两' => Some(2),
            _ => None,
        },
        |at| u32::try_from(at).ok(),
    )
}

/// Whether it can stand in a numeral.
pub(crate) fn is_numeral(c: char) -> bool {
    digit(c).is_some() || matches!(c, '十' | '百' | '千' | '廿' | '卅')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn traditional_and_variant_forms_become_one() {
        let read: String = "鄭悅衞邨張".chars().map(simplified).collect();
        assert_eq!(read, "郑悦卫村张");
    }

    #[test]
    fn sounds_are_packed_and_blurred() {
        assert_eq!(unpack(sound('张')), "zhang");
        assert_eq!(unpack(pack("lü")), "lv");
        assert_eq!(unpack(blurred(pack("zheng"))), "zen");
        assert_eq!(blurred(pack("ning")), blurred(pack("lin")));
    }

    fn check_numeral(text: &str, expected: Option<u32>) {
        assert_eq!(numeral(&text.chars().collect::<Vec<_>>()), expected, "{text}");
    }

    #[test]
    fn numerals_are_read() {
        check_numeral("三", Some(3));
        check_numeral("十", Some(10));
        check_numeral("十二", Some(12));
        check_numeral("二十三", Some(23));
        check_numeral("一百零五", Some(105));
        check_numeral("二〇一", Some(201));
        check_numeral("廿三", Some(23));
        check_numeral("百", None);
        check_numeral("", None);
    }

    proptest! {
        #[test]
        fn no_numeral_makes_it_panic(text in "[零一二三四五六七八九十百千廿卅〇两路]{0,9}") {
            let _ = numeral(&text.chars().collect::<Vec<_>>());
        }

        #[test]
        fn sounds_survive_packing(letters in "[a-z]{1,6}") {
            prop_assert_eq!(unpack(pack(&letters)), letters);
        }
    }
}
