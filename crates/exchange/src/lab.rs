//! What laboratories say in the standards that they speak, as rows of a sheet: the titles are fields of a register of results.

use crate::misfit::problem;
use crate::sheet::RawRow;
use lianfang_kernel::Problem;

/// The columns, in the order of the cells of a row.
pub(crate) const COLUMNS: [&str; 9] = [
    "name",
    "cn_id",
    "id_doc",
    "phone",
    "assay",
    "result",
    "sampled_at",
    "sample_no",
    "reported_at",
];

/// LOINC codes of tests that the lists of packs name. Others stay as they were sent, and the row comes back.
const ASSAYS: [(&str, &str); 11] = [
    ("94309-2", "pcr"),
    ("94500-6", "pcr"),
    ("94533-7", "pcr"),
    ("94559-2", "pcr"),
    ("94845-5", "pcr"),
    ("94558-4", "antigen"),
    ("95209-3", "antigen"),
    ("97097-0", "antigen"),
    ("94563-4", "serum"),
    ("94564-2", "serum"),
    ("94762-2", "serum"),
];

/// SNOMED CT codes, HL7 interpretations and words of outcomes.
const OUTCOMES: [(&str, &[&str]); 3] = [
    (
        "positive",
        &[
            "260373001",
            "10828004",
            "pos",
            "det",
            "positive",
            "detected",
            "阳性",
            "检出",
            "+",
        ],
    ),
    (
        "negative",
        &[
            "260415000",
            "260385009",
            "neg",
            "nd",
            "negative",
            "not detected",
            "阴性",
            "未检出",
            "-",
        ],
    ),
    (
        "indeterminate",
        &[
            "419984006",
            "82334004",
            "ind",
            "indeterminate",
            "inconclusive",
            "不确定",
            "可疑",
        ],
    ),
];

/// Whom a result is of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Patient {
    pub name: Option<String>,
    pub cn_id: Option<String>,
    pub id_doc: Option<String>,
    pub phone: Option<String>,
}

impl Patient {
    /// Family and given name in the order they are written, apart only where letters need it.
    pub fn named(&mut self, family: &str, given: &str) {
        let is_latin = family.is_ascii() && given.is_ascii();
        let joint = if is_latin && !family.is_empty() && !given.is_empty() {
            " "
        } else {
            ""
        };
        let name = format!("{family}{joint}{given}");
        self.name = Some(name).filter(|name| !name.trim().is_empty());
    }

    /// A number of the patient: a citizen's by its form, a passport's by what it is called; numbers of the hospital say nothing
    /// here.
    pub fn numbered(&mut self, number: &str, kind: &str) {
        let number = number.trim();
        let digits = number.bytes().take(17).filter(u8::is_ascii_digit).count();
        if number.len() == 18 && digits == 17 {
            self.cn_id = Some(number.to_owned());
        } else if !number.is_empty() && matches!(kind, "PPN" | "PPT") {
            self.id_doc = Some(number.to_owned());
        }
    }
}

/// One result.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    /// Where it begins, from 1.
    pub line: u64,
    pub patient: Patient,
    pub assay: Option<String>,
    pub result: Option<String>,
    pub sampled_at: Option<String>,
    pub sample_no: Option<String>,
    pub reported_at: Option<String>,
    /// Why it cannot be used.
    pub problem: Option<Problem>,
}

impl Outcome {
    /// Its row.
    pub fn into_row(self) -> RawRow {
        let patient = self.patient;
        RawRow {
            line: self.line,
            cells: vec![
                patient.name,
                patient.cn_id,
                patient.id_doc,
                patient.phone,
                self.assay,
                self.result,
                self.sampled_at,
                self.sample_no,
                self.reported_at,
            ],
            problem: self.problem,
            may_be_short: true,
        }
    }
}

/// The titles of the rows.
pub(crate) fn titles() -> Vec<Option<String>> {
    COLUMNS.iter().map(|title| Some((*title).to_owned())).collect()
}

/// The test that one of these codes or words names; the first as it was sent where none does.
pub(crate) fn assay<'a>(said: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let said: Vec<&str> = said
        .into_iter()
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .collect();
    let known = said
        .iter()
        .find_map(|text| ASSAYS.iter().find(|(code, _)| code == text));
    known
        .map(|(_, id)| (*id).to_owned())
        .or_else(|| said.first().map(|text| (*text).to_owned()))
}

/// The outcome that one of these codes or words names; the first as it was sent where none does.
pub(crate) fn outcome<'a>(said: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let said: Vec<&str> = said
        .into_iter()
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .collect();
    let known = said.iter().find_map(|text| {
        let plain = text.to_lowercase();
        OUTCOMES.iter().find(|(_, words)| words.contains(&plain.as_str()))
    });
    known
        .map(|(id, _)| (*id).to_owned())
        .or_else(|| said.first().map(|text| (*text).to_owned()))
}

/// Only what a laboratory has signed off is a result.
pub(crate) fn not_final() -> Problem {
    problem(
        "result_not_final",
        "该结果还不是最终结果",
        "this result is not final",
        "等检测机构发出最终结果后再导入",
        "import it when the laboratory has sent the final one",
    )
}
