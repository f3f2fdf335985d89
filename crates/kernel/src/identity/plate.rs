//! Licence plates of motor vehicles (GA 36-2018).

use serde::{Deserialize, Serialize};

use super::width::bare;
use super::{Refusal, debug_masked, said_by};

/// The characters that stand for the 31 provinces.
const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

/// What the form of a plate says about the vehicle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlateKind {
    /// Five characters after the province and letter.
    Ordinary,
    /// Six characters, with the letter of a new-energy vehicle.
    NewEnergy,
    /// 警
    Police,
    /// 学, a driving school's.
    Learner,
    /// 挂, a trailer.
    Trailer,
    /// 港 or 澳, admitted from Hong Kong or Macau.
    HongKongMacau,
    /// 使 or 领
    Diplomatic,
    /// 试 or 超, on trial or oversize.
    Special,
    /// Armed police (WJ) or armed forces.
    Military,
}

/// A plate in one form: upper case, no dot or space.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Plate(String);

debug_masked!(Plate);

/// Why a text is no plate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlateError {
    /// Nothing was written.
    Empty,
    /// It begins with no province.
    Province,
    /// It has the letter I or O, which plates never use after the first letter.
    IOrO,
    /// Too few or too many characters.
    Length,
    /// No known form.
    Form,
}

impl PlateError {
    /// The texts for the person who typed it.
    pub fn refusal(&self) -> Refusal {
        let (zh, en, hint_zh, hint_en) = match self {
            PlateError::Empty => ("没有填写车牌", "no plate", "请填写", "enter it"),
            PlateError::Province => (
                "车牌应以省份简称开头",
                "a plate begins with the character of a province",
                "例如 吉H12345",
                "for example 吉H12345",
            ),
            PlateError::IOrO => (
                "车牌中没有字母I和O",
                "plates have no letters I and O",
                "请改为数字1和0",
                "write the digits 1 and 0",
            ),
            PlateError::Length => (
                "车牌位数不对：普通7位，新能源8位",
                "a plate has 7 characters, or 8 on new-energy vehicles",
                "请核对是否多填或漏填",
                "check for a missing or doubled character",
            ),
            PlateError::Form => (
                "不是有效的车牌号码",
                "not a plate",
                "例如 吉H12345、吉AD12345；无牌车辆请留空并写备注",
                "for example 吉H12345 or 吉AD12345; leave it empty for a vehicle without one",
            ),
        };
        Refusal {
            zh,
            en,
            hint_zh,
            hint_en,
        }
    }
}

said_by!(PlateError);

impl Plate {
    /// Reads a plate with dots, spaces, hyphens, lower case or full-width letters.
    ///
    /// # Errors
    /// [`PlateError`]; it never contains the plate.
    pub fn parse(text: &str) -> Result<Plate, PlateError> {
        let plate = bare(text, &['·', '•', '.', '-', '・', '‧']);
        let characters: Vec<char> = plate.chars().collect();
        kind_of(&characters).map(|_| Plate(plate))
    }

    /// The plate, upper case without separators.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What its form says.
    pub fn kind(&self) -> PlateKind {
        let characters: Vec<char> = self.0.chars().collect();
        kind_of(&characters).unwrap_or(PlateKind::Special)
    }

    /// The first two and the last two characters.
    pub fn masked(&self) -> String {
        let characters: Vec<char> = self.0.chars().collect();
        let hidden = characters.len().saturating_sub(4);
        let head: String = characters.iter().take(2).collect();
        let tail: String = characters.iter().skip(2 + hidden).collect();
        format!("{head}{}{tail}", "*".repeat(hidden))
    }
}

impl TryFrom<String> for Plate {
    type Error = PlateError;

    fn try_from(text: String) -> Result<Plate, PlateError> {
        Plate::parse(&text)
    }
}

impl From<Plate> for String {
    fn from(plate: Plate) -> String {
        plate.0
    }
}

fn is_province(c: char) -> bool {
    PROVINCES.contains(c)
}

fn is_serial(c: char) -> bool {
    c.is_ascii_digit() || (c.is_ascii_uppercase() && c != 'I' && c != 'O')
}

fn are_digits(characters: &[char]) -> bool {
    characters.iter().all(char::is_ascii_digit)
}

fn kind_of(plate: &[char]) -> Result<PlateKind, PlateError> {
    match plate {
        [] => Err(PlateError::Empty),
        ['W', 'J', rest @ ..] => armed_police(rest),
        ['使', digits @ ..] | [digits @ .., '使'] if digits.len() == 6 && are_digits(digits) => {
            Ok(PlateKind::Diplomatic)
        }
        [a, b, digits @ ..] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => {
            if digits.len() == 5 && are_digits(digits) {
                Ok(PlateKind::Military)
            } else {
                Err(PlateError::Form)
            }
        }
        [province, letter, serial @ ..] if is_province(*province) => {
            if letter.is_ascii_uppercase() {
                civil(serial)
            } else {
                Err(PlateError::Form)
            }
        }
        [province] if is_province(*province) => Err(PlateError::Length),
        _ => Err(PlateError::Province),
    }
}

fn armed_police(rest: &[char]) -> Result<PlateKind, PlateError> {
    let serial = match rest {
        [province, serial @ ..] if is_province(*province) => serial,
        serial => serial,
    };
    let fits = serial.len() == 5 && are_digits(&serial[..4]) && is_serial(serial[4]);
    if fits {
        Ok(PlateKind::Military)
    } else {
        Err(PlateError::Form)
    }
}

fn civil(serial: &[char]) -> Result<PlateKind, PlateError> {
    if serial.iter().any(|c| matches!(c, 'I' | 'O')) {
        return Err(PlateError::IOrO);
    }
    match serial {
        [body @ .., mark] if body.len() == 4 && !mark.is_ascii() => {
            let kind = match mark {
                '警' => PlateKind::Police,
                '学' => PlateKind::Learner,
                '挂' => PlateKind::Trailer,
                '港' | '澳' => PlateKind::HongKongMacau,
                '使' | '领' => PlateKind::Diplomatic,
                '试' | '超' => PlateKind::Special,
                _ => return Err(PlateError::Form),
            };
            if body.iter().copied().all(is_serial) {
                Ok(kind)
            } else {
                Err(PlateError::Form)
            }
        }
        body if !body.iter().copied().all(is_serial) => Err(PlateError::Form),
        body if body.len() == 5 => Ok(PlateKind::Ordinary),
        body if body.len() == 6 => new_energy(body),
        _ => Err(PlateError::Length),
    }
}

/// Small vehicles have the letter first (A–E electric, F–K other), large ones last.
fn new_energy(serial: &[char]) -> Result<PlateKind, PlateError> {
    let is_mark = |c: char| matches!(c, 'A'..='H' | 'J' | 'K');
    let is_small = is_mark(serial[0]) && are_digits(&serial[2..]);
    let is_large = are_digits(&serial[..5]) && is_mark(serial[5]);
    if is_small || is_large {
        Ok(PlateKind::NewEnergy)
    } else {
        Err(PlateError::Form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(input: &str, expected: Result<(&str, PlateKind), PlateError>) {
        let read = Plate::parse(input).map(|plate| (plate.as_str().to_owned(), plate.kind()));
        assert_eq!(read, expected.map(|(plate, kind)| (plate.to_owned(), kind)), "{input}");
    }

    #[test]
    fn plates_are_read_as_people_write_them() {
        check("吉h·12345", Ok(("吉H12345", PlateKind::Ordinary)));
        check("甘Ｅ 1Ａ234", Ok(("甘E1A234", PlateKind::Ordinary)));
        check("吉AD12345", Ok(("吉AD12345", PlateKind::NewEnergy)));
        check("吉A12345F", Ok(("吉A12345F", PlateKind::NewEnergy)));
        check("吉H1234警", Ok(("吉H1234警", PlateKind::Police)));
        check("鲁R1234挂", Ok(("鲁R1234挂", PlateKind::Trailer)));
        check("粤Z1234港", Ok(("粤Z1234港", PlateKind::HongKongMacau)));
        check("使123456", Ok(("使123456", PlateKind::Diplomatic)));
        check("WJ吉1234X", Ok(("WJ吉1234X", PlateKind::Military)));
        assert_eq!(Plate::parse("吉H12345").unwrap().masked(), "吉H***45");
    }

    #[test]
    fn each_fault_is_named() {
        check("", Err(PlateError::Empty));
        check("H12345", Err(PlateError::Province));
        check("吉H1234", Err(PlateError::Length));
        check("吉HO1234", Err(PlateError::IOrO));
        check("吉H1234家", Err(PlateError::Form));
        check("吉HL12345", Err(PlateError::Form));
        check("无牌", Err(PlateError::Province));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = Plate::parse(&text);
        }

        #[test]
        fn what_was_read_reads_again(text in "(WJ)?[吉京使A-Z]?[A-Z][0-9A-Z]{3,6}[警学0-9]?") {
            if let Ok(plate) = Plate::parse(&text) {
                prop_assert_eq!(Plate::parse(plate.as_str()).unwrap(), plate);
            }
        }
    }
}
