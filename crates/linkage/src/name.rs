//! Names: reading what clerks write, and the level of two names beside each other.

use crate::han::{self, Syllable, is_han};
use crate::hash::Hash;
use crate::level::Name as Level;
use crate::spelling;
use crate::surname;
use lianfang_kernel::identity::half_width;

/// How a name is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Script {
    /// Han characters with a surname in front.
    Han,
    /// A long name in Han characters, of a people that writes no surname first, with or without a dot.
    Dotted,
    /// Han characters, some hidden.
    Masked,
    /// Letters: pinyin or a foreign name.
    Latin,
}

/// One distinct name of the lists.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub script: Script,
    pub surname: u8,
    /// Characters of a Han name without spaces and dots, `*` where hidden.
    pub chars: Box<[char]>,
    /// Sounds by character, as they are and blurred.
    sounds: Box<[[Syllable; 2]]>,
    /// Words of a Latin name in lower case, as written.
    pub words: Box<[Box<str>]>,
    /// Letters of surname and given name, and where the given name begins.
    letters: Box<str>,
    given_at: u8,
    spelt: u64,
    sound_key: u64,
    part_keys: [u64; 2],
}

/// A surname of one character and four more: more than that is no Chinese name.
const LONGEST_HAN: usize = 4;

impl Name {
    /// Reads a name; none when nothing is left of it.
    pub fn parse(text: &str) -> Option<Name> {
        let mut name = Name::read(text)?;
        (name.sound_key, name.part_keys) = (name.key_of_sound(), name.keys_of_parts());
        Some(name)
    }

    fn read(text: &str) -> Option<Name> {
        let text = half_width(text);
        let han: Vec<char> = text
            .chars()
            .map(han::simplified)
            .map(|c| {
                if matches!(c, '某' | '＊' | '×' | '●' | '○' | 'X' | 'x') {
                    '*'
                } else {
                    c
                }
            })
            .filter(|c| is_han(*c) || *c == '*')
            .collect();
        let letters = text.chars().filter(char::is_ascii_alphabetic).count();
        if han.iter().filter(|c| is_han(**c)).count() > 0 {
            let has_dot = text.contains(['·', '•', '・', '‧', '.', '．', '∙', '⋅']);
            return Some(Name::of_han(han, has_dot));
        }
        (letters > 0).then(|| Name::of_letters(&text))
    }

    fn of_han(chars: Vec<char>, has_dot: bool) -> Name {
        let is_long = chars.len() > LONGEST_HAN || (has_dot && chars.len() > 3);
        let script = match () {
            () if chars.contains(&'*') => Script::Masked,
            () if is_long => Script::Dotted,
            () => Script::Han,
        };
        let surname = match script {
            Script::Dotted => 0,
            _ => surname::length(&chars).min(chars.len()),
        };
        let sounds: Box<[[Syllable; 2]]> = chars
            .iter()
            .enumerate()
            .map(|(at, &c)| if at < surname { surname::sound(c) } else { han::sound(c) })
            .map(|sound| [sound, han::blurred(sound)])
            .collect();
        let spell = |part: &[[Syllable; 2]]| part.iter().map(|s| han::unpack(s[0])).collect::<String>();
        let (front, back) = (spell(&sounds[..surname]), spell(&sounds[surname..]));
        Name {
            sounds,
            chars: chars.into(),
            ..Name::spelt(script, surname, &front, &back)
        }
    }

    /// A name by its letters alone.
    fn spelt(script: Script, surname: usize, front: &str, back: &str) -> Name {
        let letters = format!("{front}{back}");
        Name {
            script,
            surname: u8::try_from(surname).unwrap_or(1),
            chars: Box::default(),
            sounds: Box::default(),
            words: Box::default(),
            spelt: Hash::of(1).with_text(&letters).key(),
            // Longer than any name: what lies behind is not told apart.
            given_at: u8::try_from(front.len()).unwrap_or(0),
            letters: letters.into_boxed_str(),
            sound_key: 0,
            part_keys: [0, 0],
        }
    }

    fn of_letters(text: &str) -> Name {
        let lower = text.to_lowercase().replace('ü', "v");
        let words: Vec<Box<str>> = lower
            .split(|c: char| !c.is_alphabetic() && c != '\'' && c != '*')
            .map(|word| word.replace('\'', ""))
            .filter(|word| !word.is_empty())
            .map(String::into_boxed_str)
            .collect();
        // The surname is in front of a slash or comma; else at the end that sounds like one.
        let first_is_surname =
            text.contains(['/', ',']) || words.first().is_some_and(|word| surname::is_frequent(han::pack(word)));
        let (surname, given) = match words.split_first() {
            Some((first, rest)) if first_is_surname || rest.is_empty() => (first.clone(), rest.concat()),
            _ => words
                .split_last()
                .map(|(last, rest)| (last.clone(), rest.concat()))
                .unwrap_or_default(),
        };
        Name {
            words: words.into(),
            ..Name::spelt(Script::Latin, 0, &surname, &given)
        }
    }

    /// Letters of the surname, letters of the given name.
    fn letters(&self) -> [&str; 2] {
        let (front, back) = self.letters.split_at(usize::from(self.given_at));
        [front, back]
    }

    /// One text for names that are the same: the order of Latin words does not matter.
    pub fn canonical(&self) -> String {
        if self.script != Script::Latin {
            return self.chars.iter().collect();
        }
        let mut words: Vec<&str> = self.words.iter().map(AsRef::as_ref).collect();
        words.sort_unstable();
        words.join(" ")
    }

    pub fn is_masked(&self) -> bool {
        self.script == Script::Masked
    }

    fn given(&self) -> &[char] {
        &self.chars[usize::from(self.surname).min(self.chars.len())..]
    }

    fn surname_chars(&self) -> &[char] {
        &self.chars[..usize::from(self.surname).min(self.chars.len())]
    }

    /// A key that survives other characters of the same sound, pinyin, and the order of its two parts; 0 for none.
    pub fn sound_key(&self) -> u64 {
        self.sound_key
    }

    fn key_of_sound(&self) -> u64 {
        match self.script {
            Script::Masked => 0,
            Script::Dotted => self.spelt,
            Script::Latin if self.words.len() > 2 && self.is_pinyin() => {
                Hash::of(1).with_text(&self.words.concat()).key()
            }
            Script::Han | Script::Latin => {
                let [a, b] = self.letters();
                let (first, second) = if a <= b { (a, b) } else { (b, a) };
                Hash::of(2).with_text(first).with_text(second).key()
            }
        }
    }

    fn is_pinyin(&self) -> bool {
        self.words.iter().all(|word| word.len() <= 12) && surname::is_frequent(han::pack(self.letters()[0]))
    }

    /// Keys of the two parts by blurred sound or spelling; 0 for none.
    pub fn part_keys(&self) -> [u64; 2] {
        self.part_keys
    }

    fn keys_of_parts(&self) -> [u64; 2] {
        let key = |kind: u64, part: &str| {
            if part.is_empty() {
                0
            } else {
                Hash::of(kind).with_text(part).key()
            }
        };
        match self.script {
            Script::Latin => [
                spelling::key(self.words.first().map_or("", AsRef::as_ref)),
                spelling::key(if self.words.len() > 1 {
                    self.words.last().map_or("", AsRef::as_ref)
                } else {
                    ""
                }),
            ],
            Script::Masked => [key(3, self.letters()[0]), 0],
            Script::Dotted => [0, key(4, self.letters()[1])],
            Script::Han => [key(3, self.letters()[0]), key(4, self.letters()[1])],
        }
    }
}

/// The level of two names that are not the same; the order does not matter.
pub(crate) fn compare(a: &Name, b: &Name) -> Level {
    match (a.script, b.script) {
        (Script::Latin, Script::Latin) => spelling::compare(&a.words, &b.words),
        (Script::Latin, _) => across(a, b),
        (_, Script::Latin) => across(b, a),
        (Script::Masked, _) => masked(a, b),
        (_, Script::Masked) => masked(b, a),
        _ => in_han(a, b),
    }
}

/// A name in letters beside one in characters.
fn across(latin: &Name, han: &Name) -> Level {
    let spelt = han.letters.as_bytes();
    let joined = latin.words.concat();
    let has_surname = latin.words.iter().any(|word| word.as_ref() == han.letters()[0]);
    if han.is_masked() {
        return if has_surname {
            Level::MaskedSurname
        } else {
            Level::Different
        };
    }
    if spelt == joined.as_bytes() || spelt == latin.letters.as_bytes() || parts_match(latin, han) {
        return Level::Sound;
    }
    let apart = spelling::distance(spelt, joined.as_bytes()).min(spelling::distance(spelt, latin.letters.as_bytes()));
    match (apart, has_surname) {
        (0..=1, _) => Level::NearSound,
        (_, true) => Level::SurnameOnly,
        (_, false) => Level::Different,
    }
}

fn parts_match(latin: &Name, han: &Name) -> bool {
    let [surname, given] = han.letters();
    let (Some((first, rest)), Some((last, init))) = (latin.words.split_first(), latin.words.split_last()) else {
        return false;
    };
    (first.as_ref() == surname && rest.concat() == given) || (last.as_ref() == surname && init.concat() == given)
}

/// What is hidden may be one character or several.
fn masked(a: &Name, b: &Name) -> Level {
    let known = |name: &Name| {
        let front = name.chars.iter().take_while(|c| **c != '*').count();
        let back = if front == name.chars.len() {
            0
        } else {
            name.chars.iter().rev().take_while(|c| **c != '*').count()
        };
        (front, back)
    };
    let ((a_front, a_back), (b_front, b_back)) = (known(a), known(b));
    let (front, back) = (
        a_front.min(b_front),
        a_back.min(if b.is_masked() { b_back } else { usize::MAX }),
    );
    let fits = a.chars[..front] == b.chars[..front]
        && b.chars.len() >= front + back
        && a.chars[a.chars.len() - back..] == b.chars[b.chars.len() - back..]
        && (b.is_masked() || b.chars.len() > a_front + a_back);
    match (fits, front + back) {
        (true, 2..) if a.chars.len() > usize::from(a.surname) => Level::MaskedMore,
        (true, 1..) => Level::MaskedSurname,
        _ if front > 0 && a.chars[0] == b.chars[0] => Level::SurnameOnly,
        _ => Level::Different,
    }
}

fn in_han(a: &Name, b: &Name) -> Level {
    let (x, y) = (&a.chars, &b.chars);
    if x.len() == y.len() {
        // A character without a known sound is itself only.
        let sounds = |how: usize| {
            let pairs = x.iter().zip(y).zip(a.sounds.iter().zip(&b.sounds));
            pairs
                .into_iter()
                .all(|((x, y), (s, t))| x == y || (s[0] != 0 && s[how] == t[how]))
        };
        if sounds(0) {
            return Level::Sound;
        }
        if sounds(1) {
            return Level::NearSound;
        }
    }
    if a.spelt == b.spelt {
        return Level::Sound;
    }
    let same_surname = a.surname_chars() == b.surname_chars() && a.surname > 0;
    let (g, h) = (a.given(), b.given());
    if a.surname == 0 || b.surname == 0 {
        return dotted(x, y);
    }
    if same_surname {
        let differing = g.iter().zip(h).filter(|(c, d)| c != d).count();
        return match (g.len(), h.len()) {
            (m, n) if m == n && m >= 2 && differing == 1 => Level::OneCharacter,
            (2, 2) if g[0] == h[1] && g[1] == h[0] => Level::Turned,
            (m, n) if m != n && (is_part(g, h) || is_part(h, g)) => Level::LostCharacter,
            (1, 1) => Level::ShortSurname,
            _ => Level::SurnameOnly,
        };
    }
    match g == h && !g.is_empty() {
        true => Level::GivenOnly,
        false => Level::Different,
    }
}

/// Long names: one may be a part of the other, or differ in a character or two.
fn dotted(x: &[char], y: &[char]) -> Level {
    let (short, long) = if x.len() < y.len() { (x, y) } else { (y, x) };
    if short.len() >= 2 && (long.starts_with(short) || long.ends_with(short)) {
        return Level::LostCharacter;
    }
    let apart = spelling::distance(x, y);
    match (apart, long.len()) {
        (0..=1, 4..) => Level::OneCharacter,
        (2, 6..) => Level::OneCharacter,
        _ if x.iter().zip(y).take_while(|(c, d)| c == d).count() >= 3 => Level::SurnameOnly,
        _ => Level::Different,
    }
}

fn is_part(short: &[char], long: &[char]) -> bool {
    let mut rest = long.iter();
    !short.is_empty() && short.iter().all(|c| rest.any(|other| other == c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(a: &str, b: &str, expected: Level) {
        let (x, y) = (Name::parse(a).unwrap(), Name::parse(b).unwrap());
        assert_eq!(compare(&x, &y), expected, "{a} {b}");
        assert_eq!(compare(&y, &x), expected, "{b} {a}");
    }

    #[test]
    fn names_compare_by_the_mistakes_people_make() {
        check("王伟", "王炜", Level::Sound);
        check("单国强", "shan guoqiang", Level::Sound);
        check("张伟", "ZHANG/WEI", Level::Sound);
        check("王根海", "Genhai Wang", Level::Sound);
        check("吕佳", "LV/JIA", Level::Sound);
        check("欧阳娜娜", "Ouyang Nana", Level::Sound);
        check("欧阳娜娜", "Ou Yang Na Na", Level::Sound);
        check("王正", "王真", Level::NearSound);
        check("张波睿", "张小睿", Level::OneCharacter);
        check("吴丽淑", "吴淑丽", Level::Turned);
        check("张晓明", "张明", Level::LostCharacter);
        check("张*", "张晓明", Level::MaskedSurname);
        check("张某某", "张晓明", Level::MaskedSurname);
        check("陈*华", "陈晓华", Level::MaskedMore);
        check("陈*华", "陈晓明", Level::SurnameOnly);
        check("王晓明", "李晓明", Level::GivenOnly);
        check("王伟", "王芳", Level::ShortSurname);
        check("王晓明", "王建国", Level::SurnameOnly);
        check("王晓明", "李建国", Level::Different);
        check("阿依古丽", "阿依古丽·阿不都热合曼", Level::LostCharacter);
        check("AI/HEMAITI·YIMING", "艾合买提·依明", Level::Sound);
    }

    #[test]
    fn one_name_has_one_text() {
        for (a, b) in [
            ("鄭悅悅", "郑悦悦"),
            ("张　三", " 张三 "),
            ("依明・库尔班", "依明·库尔班"),
            ("吐尔逊 吐尔逊", "吐尔逊·吐尔逊"),
            ("Wei Zhang", "ZHANG/WEI"),
        ] {
            assert_eq!(Name::parse(a).unwrap().canonical(), Name::parse(b).unwrap().canonical());
        }
        assert!(Name::parse(" —— ").is_none());
    }

    #[test]
    fn one_sound_has_one_key() {
        let key = |text: &str| Name::parse(text).unwrap().sound_key();
        assert_eq!(key("张伟"), key("Wei Zhang"));
        assert_eq!(key("张炜"), key("ZHANG/WEI"));
        assert_eq!(key("王根海"), key("Genhai Wang"));
        assert_ne!(key("张伟"), key("张三"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(a in "\\PC*", b in "[张王欧阳娜*·a-zA-Z/ 某]{0,12}") {
            if let (Some(a), Some(b)) = (Name::parse(&a), Name::parse(&b)) {
                prop_assert_eq!(compare(&a, &b), compare(&b, &a));
                let _ = (a.sound_key(), b.sound_key(), a.part_keys(), b.part_keys());
            }
        }
    }
}
