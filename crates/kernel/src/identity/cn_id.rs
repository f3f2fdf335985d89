//! Citizen identity numbers (GB 11643-1999) and the residence permits of the same form.

use serde::{Deserialize, Serialize};

use super::width::bare;
use super::{Refusal, debug_masked, mask_document, said_by};

/// Weights of the first seventeen digits, ISO 7064 MOD 11-2.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Check characters for the remainders 0 to 10.
const CHECKS: [u8; 11] = *b"10X98765432";
/// Two-digit codes that begin a number: 31 provinces, Taiwan 71, and 81–83 on residence permits.
const PROVINCES: [u8; 35] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
    64, 65, 71, 81, 82, 83,
];

/// A citizen identity number, or a residence permit for residents of Hong Kong, Macau and Taiwan, in its 18-character
/// form with an upper-case `X`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CnId(String);

debug_masked!(CnId);

/// Sex as the seventeenth digit states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sex {
    /// Odd.
    Male,
    /// Even.
    Female,
}

/// Why a text is no identity number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CnIdError {
    /// Nothing was written.
    Empty,
    /// Neither 18 nor 15 characters.
    Length,
    /// Something else than digits, or an `X` that is not last.
    Character,
    /// The number begins with no province.
    Region,
    /// The date of birth does not exist or is not plausible (1850 to 2100).
    Birth,
    /// The check digit does not fit.
    Check,
    /// A spreadsheet has kept only the first fifteen digits.
    Rounded,
}

impl CnIdError {
    /// The texts for the person who typed it.
    pub fn refusal(&self) -> Refusal {
        let (zh, en, hint_zh, hint_en) = match self {
            CnIdError::Empty => ("没有填写证件号码", "no identity number", "请填写", "enter it"),
            CnIdError::Length => (
                "身份证号码应为18位（旧证15位）",
                "an identity number has 18 characters (15 on old cards)",
                "请对照证件逐位核对",
                "compare it with the card, digit by digit",
            ),
            CnIdError::Character => (
                "身份证号码只能是数字，末位可为X",
                "an identity number is digits, the last may be X",
                "请删去字母、标点后重填",
                "remove letters and marks",
            ),
            CnIdError::Region => (
                "身份证号码前两位不是省份代码",
                "the first two digits are no province",
                "请对照证件核对前六位",
                "compare the first six digits with the card",
            ),
            CnIdError::Birth => (
                "身份证号码中的出生日期不存在",
                "the date of birth in the number does not exist",
                "请对照证件核对第7至14位",
                "compare digits 7 to 14 with the card",
            ),
            CnIdError::Check => (
                "身份证号码校验位不符，至少有一位填错",
                "the check digit does not fit: at least one digit is wrong",
                "请对照证件逐位核对",
                "compare it with the card, digit by digit",
            ),
            CnIdError::Rounded => (
                "号码已被电子表格改写，末三位丢失",
                "a spreadsheet has rounded the number: its last three digits are lost",
                "请把该列设为“文本”格式后重新填写",
                "format the column as text and enter the number again",
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

said_by!(CnIdError);

impl CnId {
    /// Reads a number as people write it: spaces and hyphens between groups, full-width digits and a lower-case `x` are
    /// accepted; the 15 digits of old cards become 18.
    ///
    /// # Errors
    /// [`CnIdError`] says which part is wrong; it never contains the number.
    pub fn parse(text: &str) -> Result<CnId, CnIdError> {
        let number = bare(text, &['-', '\'']);
        if number.is_empty() {
            return Err(CnIdError::Empty);
        }
        if number.contains("E+") {
            return Err(CnIdError::Rounded);
        }
        let number = match (number.len(), number.chars().count()) {
            (15, 15) => expand(&number)?,
            (18, 18) => number,
            (_, 15 | 18) => return Err(CnIdError::Character),
            _ => return Err(CnIdError::Length),
        };
        let (body, last) = number.split_at(17);
        if !body.bytes().all(|b| b.is_ascii_digit()) || !last.bytes().all(|b| b.is_ascii_digit() || b == b'X') {
            return Err(CnIdError::Character);
        }
        if !PROVINCES.contains(&two_digits(&number, 0)) {
            return Err(CnIdError::Region);
        }
        if !is_plausible_date(birth_of(&number)) {
            return Err(CnIdError::Birth);
        }
        match check_character(body) == last.as_bytes()[0] {
            true => Ok(CnId(number)),
            // Spreadsheets keep fifteen significant digits and fill up with zeros.
            false if number.ends_with("000") => Err(CnIdError::Rounded),
            false => Err(CnIdError::Check),
        }
    }

    /// The number, 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Year, month and day of birth.
    pub fn birth(&self) -> (i32, u8, u8) {
        birth_of(&self.0)
    }

    /// Sex as stated in the number.
    pub fn sex(&self) -> Sex {
        if (self.0.as_bytes()[16] - b'0') % 2 == 1 {
            Sex::Male
        } else {
            Sex::Female
        }
    }

    /// The county where the number was first issued: six digits. It says nothing about where somebody lives.
    pub fn region6(&self) -> &str {
        &self.0[..6]
    }

    /// Whether it is a residence permit of Hong Kong (81), Macau (82) or Taiwan (83) residents.
    pub fn is_residence_permit(&self) -> bool {
        matches!(&self.0[..2], "81" | "82" | "83")
    }

    /// First four and last four characters.
    pub fn masked(&self) -> String {
        mask_document(&self.0)
    }
}

impl TryFrom<String> for CnId {
    type Error = CnIdError;

    fn try_from(text: String) -> Result<CnId, CnIdError> {
        CnId::parse(&text)
    }
}

impl From<CnId> for String {
    fn from(id: CnId) -> String {
        id.0
    }
}

/// Fifteen digits had a two-digit year, always of the twentieth century in practice, and no check digit.
fn expand(number: &str) -> Result<String, CnIdError> {
    if !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(CnIdError::Character);
    }
    let mut full = format!("{}19{}", &number[..6], &number[6..]);
    full.push(char::from(check_character(&full)));
    Ok(full)
}

/// The check character for seventeen digits.
pub(super) fn check_character(body: &str) -> u8 {
    let sum: u32 = body
        .bytes()
        .zip(WEIGHTS)
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    CHECKS[(sum % 11) as usize]
}

/// Digits 7 to 14 of an 18-character number whose first seventeen are known to be digits.
pub(super) fn birth_of(number: &str) -> (i32, u8, u8) {
    let year = i32::from(two_digits(number, 6)) * 100 + i32::from(two_digits(number, 8));
    (year, two_digits(number, 10), two_digits(number, 12))
}

fn two_digits(number: &str, at: usize) -> u8 {
    let digits = number.as_bytes();
    (digits[at] - b'0') * 10 + (digits[at + 1] - b'0')
}

pub(super) fn is_plausible_date((year, month, day): (i32, u8, u8)) -> bool {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return false,
    };
    (1850..=2100).contains(&year) && (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(input: &str, expected: Result<&str, CnIdError>) {
        assert_eq!(
            CnId::parse(input).map(String::from),
            expected.map(str::to_owned),
            "{input}"
        );
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        // The two examples printed in GB 11643-1999.
        check("11010519491231002X", Ok("11010519491231002X"));
        check("440524188001010014", Ok("440524188001010014"));
        check(" １１０１０５ 19491231 002x", Ok("11010519491231002X"));
        check("110105491231002", Ok("11010519491231002X"));
        check("810000199408230021", Ok("810000199408230021"));
        check("830000199201300022", Ok("830000199201300022"));
    }

    #[test]
    fn each_fault_is_named() {
        check("", Err(CnIdError::Empty));
        check("1101051949123100", Err(CnIdError::Length));
        check("1101051949123100AX", Err(CnIdError::Character));
        check("11010519491X310021", Err(CnIdError::Character));
        check("991105194912310021", Err(CnIdError::Region));
        check("110105194913310021", Err(CnIdError::Birth));
        check("110105190002290021", Err(CnIdError::Birth));
        check("110105194912310021", Err(CnIdError::Check));
        check("110105194912310000", Err(CnIdError::Rounded));
        check("1.10105194912310e+17", Err(CnIdError::Rounded));
        check("身份证号身份证号身份证号身份证号身份", Err(CnIdError::Character));
    }

    #[test]
    fn what_the_number_states_can_be_asked() {
        let id = CnId::parse("11010519491231002X").unwrap();
        assert_eq!(
            (id.birth(), id.sex(), id.region6()),
            ((1949, 12, 31), Sex::Female, "110105")
        );
        assert_eq!(format!("{id:?}"), "CnId(1101**********002X)");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = CnId::parse(&text);
        }

        #[test]
        fn no_text_of_the_right_length_makes_it_panic(text in "[0-9X]{17}\\PC|[0-9]{15}|[0-9Xx ]{18}") {
            let _ = CnId::parse(&text);
        }

        #[test]
        fn one_wrong_digit_is_always_found(province in 0usize..31, year in 1900i32..2020, month in 1u8..=12,
                day in 1u8..=28, sequence in 0u32..1000, at in 0usize..17, by in 1u8..10) {
            let body = format!("{}0105{year}{month:02}{day:02}{sequence:03}", PROVINCES[province]);
            let right = format!("{body}{}", char::from(check_character(&body)));
            prop_assert!(CnId::parse(&right).is_ok());
            let mut wrong = right.into_bytes();
            wrong[at] = b'0' + (wrong[at] - b'0' + by) % 10;
            prop_assert!(CnId::parse(std::str::from_utf8(&wrong).unwrap()).is_err());
        }
    }
}
