//! A row of a list, read: everything that comparing needs, in about a hundred bytes.

use crate::address::{self, Gazetteer, Place, Words};
use crate::birth::{self, Date};
use crate::idno::Number;
use crate::phone::Digits;
use crate::plate::Places;
use lianfang_kernel::identity::half_width;

/// A row as it stands in a list. Any field may be empty.
///
/// ```
/// let row = lianfang_linkage::Row { id: "A1", name: "张三", phone: "138 0013 8000", ..Default::default() };
/// assert_eq!(row.sex, "");
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Row<'a> {
    /// The list's own id of the record.
    pub id: &'a str,
    /// Name in Han characters, pinyin or letters, masked or not.
    pub name: &'a str,
    /// 男, 女, M, F, 1, 2.
    pub sex: &'a str,
    /// Date of birth in any of the usual forms, or a year.
    pub birth: &'a str,
    /// Identity number or another document.
    pub idno: &'a str,
    /// Telephone.
    pub phone: &'a str,
    /// Number plate.
    pub plate: &'a str,
    /// Address, free text.
    pub addr: &'a str,
}

impl<'a> Row<'a> {
    /// The columns a row is made of, in the order of [`Row::of`].
    pub const COLUMNS: [&'static str; 8] = ["id", "name", "sex", "birth", "idno", "phone", "plate", "addr"];

    /// What sheets call the columns, in the order of [`Row::COLUMNS`]; in lower case.
    pub const TITLES: [&'static [&'static str]; 8] = [
        &["id", "编号", "序号"],
        &["name", "姓名"],
        &["sex", "性别"],
        &["birth", "出生日期", "出生年月", "生日"],
        &["idno", "身份证号", "身份证号码", "证件号码", "公民身份号码"],
        &["phone", "电话", "手机", "手机号", "手机号码", "联系电话"],
        &["plate", "车牌", "车牌号", "车牌号码"],
        &["addr", "地址", "住址", "现住址", "家庭住址"],
    ];

    /// The place of each of [`Row::COLUMNS`] among the titles of a sheet.
    pub fn places(header: &[String]) -> [Option<usize>; 8] {
        let is_one_of = |title: &String, titles: &[&str]| {
            titles.contains(&title.trim().trim_start_matches('\u{feff}').to_lowercase().as_str())
        };
        Self::TITLES.map(|titles| header.iter().position(|title| is_one_of(title, titles)))
    }

    /// A row whose value for the column at each place of [`Row::COLUMNS`] is what `cell` gives.
    pub fn of(cell: impl Fn(usize) -> &'a str) -> Self {
        let [id, name, sex, birth, idno, phone, plate, addr] = std::array::from_fn(cell);
        Self {
            id,
            name,
            sex,
            birth,
            idno,
            phone,
            plate,
            addr,
        }
    }
}

/// Sex, and where it was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SexRead {
    #[default]
    Unknown,
    Male,
    Female,
}

/// A row, read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Record {
    /// Which of the distinct names; 0 for none.
    pub name: u32,
    pub idno: Number,
    pub phone: Digits,
    pub plate: Places,
    /// As stated.
    pub birth: Date,
    /// From the identity number.
    pub birth_by_id: Date,
    pub sex: SexRead,
    pub sex_by_id: SexRead,
    pub place: Place,
    /// Which of the addresses in letters; 0 for none.
    pub words: u32,
    /// Records of all lists that hold the same telephone.
    pub phone_holders: u32,
}

impl Record {
    /// Reads everything but the name and an address in letters, which are kept once for all records.
    pub fn read(row: &Row<'_>, names: &Gazetteer) -> (Record, Words) {
        let idno = Number::parse(row.idno);
        let is_latin = address::is_latin(row.addr);
        let record = Record {
            name: 0,
            phone: Digits::parse(row.phone),
            plate: Places::parse(row.plate),
            birth: birth::parse(row.birth),
            birth_by_id: idno.birth(),
            sex: read_sex(row.sex),
            sex_by_id: match idno.is_male() {
                Some(true) => SexRead::Male,
                Some(false) => SexRead::Female,
                None => SexRead::Unknown,
            },
            place: if is_latin {
                Place::default()
            } else {
                address::parse(names, row.addr)
            },
            idno,
            words: 0,
            phone_holders: 1,
        };
        let words = if is_latin {
            address::read_words(row.addr)
        } else {
            Words::default()
        };
        (record, words)
    }

    /// Whether nothing was said that could tell one person from another.
    pub fn is_empty(&self) -> bool {
        self.name == 0 && self.idno.is_missing() && self.phone.is_missing() && self.plate.is_missing()
    }

    /// The dates of birth that are known: as stated and from the number, each once.
    pub fn births(&self) -> [Date; 2] {
        match self.birth == self.birth_by_id {
            true => [self.birth, Date::default()],
            false => [self.birth, self.birth_by_id],
        }
    }

    /// Sex as stated, else from the number.
    pub fn any_sex(&self) -> SexRead {
        match self.sex {
            SexRead::Unknown => self.sex_by_id,
            stated => stated,
        }
    }
}

/// Reads 男, 女 and what other systems write for them.
fn read_sex(text: &str) -> SexRead {
    match half_width(text).to_ascii_lowercase().as_str() {
        "男" | "男性" | "m" | "male" | "1" => SexRead::Male,
        "女" | "女性" | "f" | "female" | "2" => SexRead::Female,
        _ => SexRead::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sex_is_read_in_every_form() {
        for text in ["男", "M", "１", "male", " 男性 "] {
            assert_eq!(read_sex(text), SexRead::Male, "{text}");
        }
        assert_eq!(read_sex("女"), SexRead::Female);
        assert_eq!(read_sex("9"), SexRead::Unknown);
    }

    #[test]
    fn the_number_states_birth_and_sex_once() {
        let row = Row {
            idno: "11010519491231002X",
            birth: "1949-12-31",
            ..Row::default()
        };
        let (record, _) = Record::read(&row, &Gazetteer::default());
        assert_eq!(record.any_sex(), SexRead::Female);
        assert!(!record.births()[0].is_none() && record.births()[1].is_none());
    }
}
