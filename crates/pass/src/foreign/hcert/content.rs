//! What a DCC must hold (eHealth Network, JSON schema 1.3): one kind of statement about one person.

use ciborium::value::Value;
use lianfang_kernel::Day;

use crate::cbor::{named, number};

/// What a certificate is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Vaccination,
    Test,
    Recovery,
}

/// A field of a statement and what it must be.
type Field = (&'static str, fn(&Value) -> bool);

/// The name of each group's member, and the fields that its statement must have.
const GROUPS: [(&str, Group, &[Field]); 3] = [
    (
        "v",
        Group::Vaccination,
        &[
            ("tg", is_text),
            ("vp", is_text),
            ("mp", is_text),
            ("ma", is_text),
            ("dn", is_dose),
            ("sd", is_dose),
            ("dt", is_date),
        ],
    ),
    (
        "t",
        Group::Test,
        &[("tg", is_text), ("tt", is_text), ("sc", is_date), ("tr", is_text)],
    ),
    (
        "r",
        Group::Recovery,
        &[("tg", is_text), ("fr", is_date), ("df", is_date), ("du", is_date)],
    ),
];

/// The fields that every statement must have, with its identifier.
const EVERY_STATEMENT: [Field; 3] = [("co", is_text), ("is", is_text), ("ci", is_text)];
/// Versions of the schema in which one certificate could hold all doses of a person.
const MANY_STATEMENTS: [&str; 2] = ["1.0.", "1.1."];

/// A DCC whose form is right.
#[derive(Debug)]
pub(super) struct Content<'a> {
    pub group: Group,
    /// The unique identifiers of its statements.
    pub uvcis: Vec<&'a str>,
    /// Where the dose was given or the test made.
    pub country: &'a str,
    pub birth: &'a str,
    holder: &'a Value,
}

impl<'a> Content<'a> {
    /// `None` when something that must be there is not, or there are statements of more than one kind.
    pub fn read(dcc: &'a Value) -> Option<Content<'a>> {
        let holder = named(dcc, "nam")?;
        let is_named = ["fnt", "gnt"]
            .iter()
            .any(|name| named(holder, name).is_some_and(is_text));
        let birth = named(dcc, "dob")?.as_text()?;
        let version = named(dcc, "ver")?.as_text()?;
        if !is_named || !is_birth(birth) || !is_version(version) {
            return None;
        }
        let mut groups = GROUPS
            .iter()
            .filter_map(|(name, group, fields)| Some((named(dcc, name)?, *group, *fields)))
            .filter(|(found, ..)| !found.is_null() && found.as_array().is_none_or(|list| !list.is_empty()));
        let (statements, group, fields) = groups.next()?;
        let statements = statements.as_array()?;
        let is_one = statements.len() == 1 || MANY_STATEMENTS.iter().any(|old| version.starts_with(old));
        if groups.next().is_some() || !is_one {
            return None;
        }
        let uvci = |statement: &'a Value| {
            let has = |(name, fits): &Field| named(statement, name).is_some_and(fits);
            let is_whole = fields.iter().chain(&EVERY_STATEMENT).all(has);
            named(statement, "ci").filter(|_| is_whole)?.as_text()
        };
        Some(Content {
            group,
            uvcis: statements.iter().map(uvci).collect::<Option<_>>()?,
            country: named(statements.first()?, "co")?.as_text()?,
            birth,
            holder,
        })
    }

    /// The name as it was written, else as a machine reads it.
    pub fn name(&self) -> String {
        let of = |names: [&str; 2]| {
            let found = names.iter().filter_map(|name| named(self.holder, name)?.as_text());
            found.map(str::trim).find(|name| !name.is_empty())
        };
        let parts: Vec<&str> = [of(["fn", "fnt"]), of(["gn", "gnt"])].into_iter().flatten().collect();
        parts.join(" ")
    }
}

fn is_text(value: &Value) -> bool {
    value.is_text()
}

/// The number of a dose, or of the doses of a series.
fn is_dose(value: &Value) -> bool {
    number(value).is_some_and(|number| number >= 1)
}

/// A day, or a moment that begins with one; some countries tag it as a date (RFC 8949, 3.4.1).
fn is_date(value: &Value) -> bool {
    let text = match value {
        Value::Tag(0, inner) => inner.as_text(),
        other => other.as_text(),
    };
    text.and_then(|text| text.get(..10))
        .is_some_and(|day| Day::parse(day).is_ok())
}

/// A date of birth, of which the day or the month may be unknown, or all of it. Certificates of the first weeks have an
/// hour behind it.
fn is_birth(text: &str) -> bool {
    let date = text.split_once('T').map_or(text, |(date, _)| date);
    let parts: Vec<&str> = date.split('-').collect();
    let is_number = |part: &&str, digits: usize| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
    text.is_empty() || (parts.len() <= 3 && is_number(&parts[0], 4) && parts[1..].iter().all(|part| is_number(part, 2)))
}

fn is_version(text: &str) -> bool {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split('.').count() == 3 && text.split('.').all(is_number)
}
