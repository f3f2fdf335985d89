//! HL7 version 2, ORU^R01: unsolicited results of a laboratory. One row an OBX; batches and MLLP frames are read too.

use crate::lab::{Outcome, Patient, assay, not_final, outcome};
use crate::misfit::problem;
use crate::sheet::{RawRow, SheetError};
use lianfang_kernel::Problem;

/// Value types that say an outcome in a word or a code.
const WORDED: [&str; 8] = ["", "CWE", "CE", "CNE", "ST", "TX", "IS", "ID"];

/// The characters that a message separates by, as its MSH says.
#[derive(Clone, Copy, Debug)]
struct Marks {
    field: char,
    component: char,
    repetition: char,
    escape: char,
    part: char,
}

impl Marks {
    /// Of an MSH; none where it names no four different ones.
    fn of(segment: &str) -> Option<Marks> {
        let mut said = segment.chars().skip(3);
        let mut next = || said.next().filter(|c| !c.is_alphanumeric());
        Some(Marks {
            field: next()?,
            component: next()?,
            repetition: next()?,
            escape: next()?,
            part: next()?,
        })
    }

    /// The `n`th field of a segment, from 1; empty where there is none.
    fn field<'a>(&self, segment: &'a str, n: usize) -> &'a str {
        segment.split(self.field).nth(n).unwrap_or("")
    }

    /// The `n`th component of the first repetition, from 1, unescaped.
    fn component(&self, field: &str, n: usize) -> String {
        let first = field.split(self.repetition).next().unwrap_or("");
        let component = first.split(self.component).nth(n.saturating_sub(1)).unwrap_or("");
        self.unescaped(component.split(self.part).next().unwrap_or(""))
    }

    fn unescaped(&self, text: &str) -> String {
        let mut out = String::new();
        let mut parts = text.split(self.escape);
        out.push_str(parts.next().unwrap_or(""));
        let mut is_code = true;
        for part in parts {
            if is_code {
                match part {
                    "F" => out.push(self.field),
                    "S" => out.push(self.component),
                    "T" => out.push(self.part),
                    "R" => out.push(self.repetition),
                    "E" => out.push(self.escape),
                    ".br" => out.push(' '),
                    // Highlighting and the like say nothing.
                    _ => {}
                }
            } else {
                out.push_str(part);
            }
            is_code = !is_code;
        }
        out.trim().to_owned()
    }
}

/// What the segments read so far say of the results that follow.
#[derive(Default)]
struct Context {
    marks: Option<Marks>,
    /// The message is of another kind, or is broken: it has been said.
    is_passed_over: bool,
    patient: Patient,
    sampled_at: Option<String>,
    sample_no: Option<String>,
    reported_at: Option<String>,
    /// The first result of the order at hand: its specimen comes after it.
    order_begins: usize,
}

/// The rows of a file of messages.
///
/// # Errors
/// There is no message in it.
pub(crate) fn rows(text: &str) -> Result<Vec<RawRow>, SheetError> {
    let mut context = Context::default();
    let mut found: Vec<Outcome> = Vec::new();
    for (line, segment) in (1..).zip(segments(text)) {
        context.take(line, segment, &mut found);
    }
    if context.marks.is_none() && found.is_empty() {
        return Err(SheetError::NotHl7);
    }
    Ok(found.into_iter().map(Outcome::into_row).collect())
}

/// Segments end with a carriage return; files of other systems have line ends of their own, and frames around messages.
fn segments(text: &str) -> impl Iterator<Item = &str> {
    let text = text.trim_start_matches('\u{feff}');
    text.split(['\r', '\n'])
        .map(|segment| segment.trim_matches(['\u{b}', '\u{1c}', ' ']))
        .filter(|segment| !segment.is_empty())
}

impl Context {
    fn take(&mut self, line: u64, segment: &str, found: &mut Vec<Outcome>) {
        if segment.starts_with("MSH") {
            *self = Context {
                order_begins: found.len(),
                ..Context::default()
            };
            self.begin(line, segment, found);
            return;
        }
        let Some(marks) = self.marks.filter(|_| !self.is_passed_over) else {
            return;
        };
        match marks.field(segment, 0) {
            "PID" => self.patient = patient(&marks, segment),
            "OBR" => self.order(&marks, segment, found.len()),
            "SPM" => self.specimen(&marks, segment, found),
            "OBX" => found.push(self.result(&marks, line, segment)),
            _ => {}
        }
    }

    fn begin(&mut self, line: u64, segment: &str, found: &mut Vec<Outcome>) {
        self.marks = Marks::of(segment);
        // MSH-1 is the separator itself: fields of this segment stand one place earlier.
        let kind = self.marks.map(|marks| {
            let kind = marks.field(segment, 8);
            (marks.component(kind, 1), marks.component(kind, 2))
        });
        let is_result = kind.is_some_and(|(kind, event)| kind == "ORU" && matches!(event.as_str(), "R01" | ""));
        if !is_result {
            self.is_passed_over = true;
            found.push(Outcome {
                line,
                problem: Some(other_message()),
                ..Outcome::default()
            });
        }
    }

    fn order(&mut self, marks: &Marks, segment: &str, begins: usize) {
        let text = |n: usize| Some(marks.component(marks.field(segment, n), 1)).filter(|text| !text.is_empty());
        self.sampled_at = text(7).map(|at| moment(&at));
        self.sample_no = text(3).or_else(|| text(2));
        self.reported_at = text(22).map(|at| moment(&at));
        self.order_begins = begins;
    }

    /// The specimen of the order: its number, and when it was taken.
    fn specimen(&mut self, marks: &Marks, segment: &str, found: &mut [Outcome]) {
        let number = marks.field(segment, 2);
        let number = [2, 1]
            .map(|n| marks.component(number, n))
            .into_iter()
            .find(|text| !text.is_empty());
        let taken = Some(marks.component(marks.field(segment, 17), 1)).filter(|text| !text.is_empty());
        for outcome in found.iter_mut().skip(self.order_begins) {
            if let Some(number) = &number {
                outcome.sample_no = Some(number.clone());
            }
            if let Some(taken) = &taken {
                outcome.sampled_at = Some(moment(taken));
            }
        }
    }

    fn result(&self, marks: &Marks, line: u64, segment: &str) -> Outcome {
        let (test, value) = (marks.field(segment, 3), marks.field(segment, 5));
        let tests = [1, 4, 2].map(|n| marks.component(test, n));
        let mut said = [1, 4, 2].map(|n| marks.component(value, n)).to_vec();
        // The interpretation stands in for a value that says nothing we know.
        said.push(marks.component(marks.field(segment, 8), 1));
        let status = marks.field(segment, 11);
        let problem = if !matches!(status, "" | "F" | "C") {
            Some(not_final())
        } else if WORDED.contains(&marks.field(segment, 2)) {
            None
        } else {
            Some(no_outcome())
        };
        let own = Some(marks.component(marks.field(segment, 14), 1)).filter(|text| !text.is_empty());
        Outcome {
            line,
            patient: self.patient.clone(),
            assay: assay(tests.iter().map(String::as_str)),
            result: outcome(said.iter().map(String::as_str)),
            sampled_at: self.sampled_at.clone().or_else(|| own.map(|at| moment(&at))),
            sample_no: self.sample_no.clone(),
            reported_at: self.reported_at.clone(),
            problem,
        }
    }
}

fn patient(marks: &Marks, segment: &str) -> Patient {
    let mut patient = Patient::default();
    for one in marks.field(segment, 3).split(marks.repetition) {
        patient.numbered(&marks.component(one, 1), &marks.component(one, 5));
    }
    // The older PID-19 and PID-2 also carry numbers.
    for field in [19, 2] {
        let number = marks.component(marks.field(segment, field), 1);
        if patient.cn_id.is_none() {
            patient.numbered(&number, "");
        }
    }
    let name = marks.field(segment, 5);
    patient.named(&marks.component(name, 1), &marks.component(name, 2));
    let phone = marks.field(segment, 13);
    let phone = [1, 12]
        .map(|n| marks.component(phone, n))
        .into_iter()
        .find(|text| !text.is_empty());
    patient.phone = phone;
    patient
}

/// A moment of HL7 (`20220301083000+0800`) as sheets write it; anything else as it was sent.
fn moment(text: &str) -> String {
    let at = text.find(['+', '-']).unwrap_or(text.len());
    let (clock, offset) = text.split_at(at);
    let clock = clock.split('.').next().unwrap_or("");
    let is_clock = matches!(clock.len(), 8 | 12 | 14) && clock.bytes().all(|b| b.is_ascii_digit());
    let (Some(day), true) = (clock.get(..8), is_clock) else {
        return text.to_owned();
    };
    let day = format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..8]);
    let Some(time) = clock.get(8..).filter(|time| !time.is_empty()) else {
        return day;
    };
    let seconds = time.get(4..6).unwrap_or("00");
    let time = format!("{}:{}:{seconds}", &time[..2], &time[2..4]);
    let is_offset = offset.len() == 5 && offset.bytes().skip(1).all(|b| b.is_ascii_digit());
    match is_offset {
        true => format!("{day}T{time}{}:{}", &offset[..3], &offset[3..5]),
        false => format!("{day} {time}"),
    }
}

fn other_message() -> Problem {
    problem(
        "hl7_other_message",
        "该消息不是检测结果（ORU^R01）",
        "this message is no result of a laboratory (ORU^R01)",
        "只导入 ORU^R01 消息",
        "import messages of the kind ORU^R01 only",
    )
}

fn no_outcome() -> Problem {
    problem(
        "hl7_no_outcome",
        "该项是数值，不是阴性或阳性的结论",
        "this is a number and no outcome such as negative or positive",
        "数值不导入；请看同一报告中的结论项",
        "numbers are left out; look for the outcome in the same report",
    )
}
