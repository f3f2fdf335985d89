//! Telephone numbers as people in China write them.

use serde::{Deserialize, Serialize};

use super::width::half_width;
use super::{Refusal, debug_masked, mask_document, said_by};

/// What kind of line it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PhoneKind {
    /// A mainland mobile: it can get text messages.
    Mobile,
    /// A landline with its area code.
    Landline,
    /// A service number, 400 or 800.
    Service,
    /// A number outside the mainland, in E.164.
    Foreign,
}

/// A telephone number in one form: `13800138000`, `0433-7512345`, `0433-7512345-801`, `4001234567`, `+85291234567`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

debug_masked!(Phone);

/// Why a text is no telephone number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneError {
    /// Nothing was written.
    Empty,
    /// Something else than digits and the marks between them, or two numbers in one cell.
    Character,
    /// A landline without its area code.
    AreaCode,
    /// It begins like a mobile and has not eleven digits.
    MobileLength,
    /// No known form.
    Form,
}

impl PhoneError {
    /// The texts for the person who typed it.
    pub fn refusal(&self) -> Refusal {
        let (zh, en, hint_zh, hint_en) = match self {
            PhoneError::Empty => ("没有填写电话", "no telephone number", "请填写", "enter it"),
            PhoneError::Character => (
                "电话中有不认识的字符",
                "the telephone number has other characters than digits",
                "一格只填一个号码，不写姓名和备注",
                "one number a cell, without names or remarks",
            ),
            PhoneError::AreaCode => (
                "固定电话缺少区号",
                "the landline has no area code",
                "请在前面加区号，如 0433-7512345",
                "put the area code in front, as in 0433-7512345",
            ),
            PhoneError::MobileLength => (
                "手机号码应为11位",
                "a mobile number has 11 digits",
                "请核对是否多填或漏填",
                "check for a missing or doubled digit",
            ),
            PhoneError::Form => (
                "不是有效的电话号码",
                "not a telephone number",
                "手机11位；固定电话加区号；境外号码以+和国家（地区）代码开头",
                "a mobile has 11 digits, a landline its area code, a number abroad begins with + and the country code",
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

said_by!(PhoneError);

impl Phone {
    /// Reads a number with spaces, hyphens, brackets, full-width digits, `+86` or `0086` in front.
    ///
    /// # Errors
    /// [`PhoneError`]; it never contains the number.
    pub fn parse(text: &str) -> Result<Phone, PhoneError> {
        let text = half_width(text);
        let (main, extension) = split_extension(&text);
        let mut digits = String::new();
        let mut is_international = false;
        for c in main.chars() {
            match c {
                '0'..='9' => digits.push(c),
                '+' if digits.is_empty() && !is_international => is_international = true,
                ' ' | '-' | '(' | ')' | '.' | '\'' | '—' | '–' => {}
                _ => return Err(PhoneError::Character),
            }
        }
        if digits.is_empty() {
            return Err(if text.is_empty() {
                PhoneError::Empty
            } else {
                PhoneError::Form
            });
        }
        if !is_international && let Some(rest) = digits.strip_prefix("00") {
            digits = rest.to_owned();
            is_international = true;
        }
        let home = match digits.strip_prefix("86") {
            Some(rest) if is_international || is_mobile(rest) => Some(rest),
            _ if is_international => None,
            _ => Some(digits.as_str()),
        };
        let Some(home) = home else { return foreign(&digits) };
        let number = at_home(home, is_international)?;
        match extension {
            Some(extension) if number.starts_with('0') => Ok(Phone(format!("{number}-{extension}"))),
            Some(_) => Err(PhoneError::Character),
            None => Ok(Phone(number)),
        }
    }

    /// The number in one form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The kind of line.
    pub fn kind(&self) -> PhoneKind {
        match self.0.as_bytes()[0] {
            b'+' => PhoneKind::Foreign,
            b'0' => PhoneKind::Landline,
            b'1' => PhoneKind::Mobile,
            _ => PhoneKind::Service,
        }
    }

    /// `138****8000` for mobiles; other numbers keep their first and last characters.
    pub fn masked(&self) -> String {
        match self.kind() {
            PhoneKind::Mobile => format!("{}****{}", &self.0[..3], &self.0[7..]),
            _ => mask_document(&self.0),
        }
    }
}

impl TryFrom<String> for Phone {
    type Error = PhoneError;

    fn try_from(text: String) -> Result<Phone, PhoneError> {
        Phone::parse(&text)
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> String {
        phone.0
    }
}

/// Splits `0433-7512345转801` and `0433-7512345-801`.
fn split_extension(text: &str) -> (&str, Option<&str>) {
    let (main, extension) = match text.split_once('转') {
        Some((main, extension)) => (main, extension.trim()),
        None => match text.rsplit_once('-') {
            Some((main, extension)) if main.contains('-') && main.starts_with('0') => (main, extension.trim()),
            _ => return (text, None),
        },
    };
    let is_extension = (1..=5).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_digit());
    let main_digits = main.bytes().filter(u8::is_ascii_digit).count();
    if is_extension && (10..=12).contains(&main_digits) {
        (main, Some(extension))
    } else {
        (text, None)
    }
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1') && matches!(digits.as_bytes()[1], b'3'..=b'9')
}

fn foreign(digits: &str) -> Result<Phone, PhoneError> {
    // E.164: at most fifteen digits, no country code begins with 0.
    if (7..=15).contains(&digits.len()) && !digits.starts_with('0') {
        Ok(Phone(format!("+{digits}")))
    } else {
        Err(PhoneError::Form)
    }
}

fn at_home(digits: &str, is_international: bool) -> Result<String, PhoneError> {
    if is_mobile(digits) {
        return Ok(digits.to_owned());
    }
    if digits.len() == 10 && (digits.starts_with("400") || digits.starts_with("800")) {
        return Ok(digits.to_owned());
    }
    // Numbers written from abroad leave out the zero of the area code.
    let with_zero = if is_international && !digits.starts_with('0') {
        format!("0{digits}")
    } else {
        digits.to_owned()
    };
    if let Some(area) = area_code_length(&with_zero) {
        let local = &with_zero[area..];
        let fits = (7..=8).contains(&local.len()) && !local.starts_with(['0', '1']);
        return if fits {
            Ok(format!("{}-{local}", &with_zero[..area]))
        } else {
            Err(PhoneError::Form)
        };
    }
    match digits.len() {
        7 | 8 if !digits.starts_with(['0', '1']) => Err(PhoneError::AreaCode),
        9..=13 if digits.starts_with('1') => Err(PhoneError::MobileLength),
        _ => Err(PhoneError::Form),
    }
}

/// `010` and `02x` are three digits, all others four.
fn area_code_length(digits: &str) -> Option<usize> {
    match digits.as_bytes() {
        [b'0', b'1', b'0', ..] | [b'0', b'2', _, ..] => Some(3),
        [b'0', b'3'..=b'9', _, _, ..] => Some(4),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(input: &str, expected: Result<&str, PhoneError>) {
        assert_eq!(
            Phone::parse(input).map(String::from),
            expected.map(str::to_owned),
            "{input}"
        );
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        check("138 0013 8000", Ok("13800138000"));
        check("+86-138-0013-8000", Ok("13800138000"));
        check("0086 13800138000", Ok("13800138000"));
        check("8613800138000", Ok("13800138000"));
        check("１３８００１３８０００", Ok("13800138000"));
        check("（0433）7512345", Ok("0433-7512345"));
        check("043312345678", Err(PhoneError::Form));
        check("010-88881234-801", Ok("010-88881234-801"));
        check("0433-7512345转801", Ok("0433-7512345-801"));
        check("+86 433 7512345", Ok("0433-7512345"));
        check("400-123-4567", Ok("4001234567"));
        check("+852 9123 4567", Ok("+85291234567"));
    }

    #[test]
    fn each_fault_is_named() {
        check("", Err(PhoneError::Empty));
        check("无", Err(PhoneError::Character));
        check("13800138000、13900139000", Err(PhoneError::Character));
        check("7512345", Err(PhoneError::AreaCode));
        check("1380013800", Err(PhoneError::MobileLength));
        check("12800138000", Err(PhoneError::MobileLength));
        check("110", Err(PhoneError::Form));
        check("+0123456789", Err(PhoneError::Form));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = Phone::parse(&text);
        }

        #[test]
        fn what_was_read_reads_again(text in "[+]?[0-9]{3,16}(-[0-9]{1,8}){0,2}") {
            if let Ok(phone) = Phone::parse(&text) {
                prop_assert_eq!(Phone::parse(phone.as_str()).unwrap(), phone.clone());
                prop_assert!(phone.masked().contains('*'));
            }
        }
    }
}
