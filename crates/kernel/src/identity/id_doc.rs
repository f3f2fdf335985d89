//! Any travel or identity document: its kind and its number in one form.

use serde::{Deserialize, Serialize};

use super::cn_id::{CnId, CnIdError, birth_of, check_character, is_plausible_date};
use super::width::bare;
use super::{Refusal, mask_document, said_by};

/// The kinds of document a person may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdDocKind {
    /// 居民身份证
    CitizenId,
    /// 港澳台居民居住证
    ResidencePermit,
    /// 港澳居民来往内地通行证
    HkMacauPermit,
    /// 台湾居民来往大陆通行证
    TaiwanPermit,
    /// 外国人永久居留身份证
    ForeignPermanentResident,
    /// 中华人民共和国护照
    ChinesePassport,
    /// 外国护照
    ForeignPassport,
}

/// A document: kind and number, upper case, without separators.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IdDoc {
    kind: IdDocKind,
    number: String,
}

/// Why a text is no document number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdDocError {
    /// It has the length of an identity number and is wrong in it.
    CnId(CnIdError),
    /// It is no number of a known kind.
    Form,
}

impl IdDocError {
    /// The texts for the person who typed it.
    pub fn refusal(&self) -> Refusal {
        match self {
            IdDocError::CnId(error) => error.refusal(),
            IdDocError::Form => Refusal {
                zh: "证件号码的格式不符合任何已知证件",
                en: "the number has the form of no known document",
                hint_zh: "可填身份证、居住证、来往内地（大陆）通行证、永久居留证或护照号码",
                hint_en: "an identity card, residence permit, mainland travel permit, permanent residence card or passport",
            },
        }
    }
}

said_by!(IdDocError);

impl IdDoc {
    /// Reads a number and tells its kind by its form. Eight digits are taken for a Taiwan permit: a passport of eight
    /// digits needs [`IdDoc::parse_as`].
    ///
    /// # Errors
    /// [`IdDocError`]
    pub fn parse(text: &str) -> Result<IdDoc, IdDocError> {
        let number = bare(text, &['-', '\'', '(', ')']);
        let Some(kind) = kind_of(&number) else {
            return match CnId::parse(text) {
                Err(error) if error != CnIdError::Length => Err(IdDocError::CnId(error)),
                _ if (15..=20).contains(&number.len()) => Err(IdDocError::CnId(CnIdError::Length)),
                _ => Err(IdDocError::Form),
            };
        };
        IdDoc::read(kind, number)
    }

    /// Reads a number of a kind that is known.
    ///
    /// # Errors
    /// [`IdDocError`]
    pub fn parse_as(kind: IdDocKind, text: &str) -> Result<IdDoc, IdDocError> {
        let number = bare(text, &['-', '\'', '(', ')']);
        let fits = match kind {
            IdDocKind::CitizenId | IdDocKind::ResidencePermit => true,
            IdDocKind::ForeignPassport => is_passport(&number),
            kind => kind_of(&number) == Some(kind),
        };
        if fits {
            IdDoc::read(kind, number)
        } else {
            Err(IdDocError::Form)
        }
    }

    fn read(kind: IdDocKind, number: String) -> Result<IdDoc, IdDocError> {
        if !matches!(kind, IdDocKind::CitizenId | IdDocKind::ResidencePermit) {
            return Ok(IdDoc { kind, number });
        }
        let id = CnId::parse(&number).map_err(IdDocError::CnId)?;
        if id.is_residence_permit() != (kind == IdDocKind::ResidencePermit) {
            return Err(IdDocError::Form);
        }
        Ok(IdDoc {
            kind,
            number: id.into(),
        })
    }

    /// The kind.
    pub fn kind(&self) -> IdDocKind {
        self.kind
    }

    /// The number in one form: upper case, no separators, 18 characters for identity cards.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The number as a citizen identity number or residence permit.
    pub fn as_cn_id(&self) -> Option<CnId> {
        CnId::parse(&self.number).ok()
    }

    /// The masked number.
    pub fn masked(&self) -> String {
        mask_document(&self.number)
    }
}

impl std::fmt::Debug for IdDoc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "IdDoc({:?} {})", self.kind, self.masked())
    }
}

fn kind_of(number: &str) -> Option<IdDocKind> {
    if !number.is_ascii() {
        return None;
    }
    let letters = number.bytes().take_while(u8::is_ascii_uppercase).count();
    let (head, digits) = number.split_at(letters);
    let rest_is_digits = digits.bytes().all(|b| b.is_ascii_digit());
    match (head, digits.len()) {
        ("H" | "M", 8 | 10) if rest_is_digits => Some(IdDocKind::HkMacauPermit),
        ("E" | "G" | "D" | "S" | "P", 8) if rest_is_digits => Some(IdDocKind::ChinesePassport),
        (head, 7) if head.len() == 2 && head.starts_with('E') && rest_is_digits => Some(IdDocKind::ChinesePassport),
        (head, 12) if head.len() == 3 && rest_is_digits => Some(IdDocKind::ForeignPermanentResident),
        ("", 8 | 10) if rest_is_digits => Some(IdDocKind::TaiwanPermit),
        ("", 18) if number.starts_with('9') => is_resident_card(number).then_some(IdDocKind::ForeignPermanentResident),
        ("", 18) if matches!(&number[..2], "81" | "82" | "83") => Some(IdDocKind::ResidencePermit),
        ("", 15 | 18) => Some(IdDocKind::CitizenId),
        _ if is_passport(number) => Some(IdDocKind::ForeignPassport),
        _ => None,
    }
}

/// Six to nine letters and digits, at least five of them digits: what fits the machine-readable zone of a passport.
fn is_passport(number: &str) -> bool {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    (6..=9).contains(&number.len()) && digits >= 5 && number.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The card of 2023: 18 digits from 9, with date of birth and check digit where citizens have them.
fn is_resident_card(number: &str) -> bool {
    let (body, last) = number.split_at(17);
    body.bytes().all(|b| b.is_ascii_digit())
        && is_plausible_date(birth_of(number))
        && check_character(body) == last.as_bytes()[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(input: &str, expected: Result<(IdDocKind, &str), IdDocError>) {
        let read = IdDoc::parse(input).map(|doc| (doc.kind(), doc.number().to_owned()));
        assert_eq!(
            read,
            expected.map(|(kind, number)| (kind, number.to_owned())),
            "{input}"
        );
    }

    #[test]
    fn the_kind_is_told_by_the_form() {
        check("11010519491231002x", Ok((IdDocKind::CitizenId, "11010519491231002X")));
        check("110105491231002", Ok((IdDocKind::CitizenId, "11010519491231002X")));
        check(
            "830000199201300022",
            Ok((IdDocKind::ResidencePermit, "830000199201300022")),
        );
        check("h 1234567800", Ok((IdDocKind::HkMacauPermit, "H1234567800")));
        check("01234567", Ok((IdDocKind::TaiwanPermit, "01234567")));
        check("ＥＡ1234567", Ok((IdDocKind::ChinesePassport, "EA1234567")));
        check("G12345678", Ok((IdDocKind::ChinesePassport, "G12345678")));
        check(
            "USA110012345678",
            Ok((IdDocKind::ForeignPermanentResident, "USA110012345678")),
        );
        check("AB123456", Ok((IdDocKind::ForeignPassport, "AB123456")));
    }

    #[test]
    fn a_wrong_identity_number_is_no_foreign_passport() {
        check("110105194912310021", Err(IdDocError::CnId(CnIdError::Check)));
        check("1101051949123100211", Err(IdDocError::CnId(CnIdError::Length)));
        check("", Err(IdDocError::CnId(CnIdError::Empty)));
        check("没带", Err(IdDocError::Form));
        assert_eq!(
            IdDoc::parse_as(IdDocKind::ForeignPassport, "12345678").unwrap().kind(),
            IdDocKind::ForeignPassport
        );
        assert!(IdDoc::parse_as(IdDocKind::CitizenId, "830000199201300022").is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = IdDoc::parse(&text);
        }

        #[test]
        fn what_was_read_reads_again(text in "[A-Z]{0,3}[0-9]{5,12}") {
            if let Ok(doc) = IdDoc::parse(&text) {
                prop_assert_eq!(IdDoc::parse(doc.number()).unwrap(), doc);
            }
        }
    }
}
