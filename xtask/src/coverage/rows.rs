//! Rows of the mission, and which of them a pack's items carry.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// How many requirements there are.
pub const REQUIREMENTS: u16 = 247;
/// How many rights of people there are.
const RIGHTS: u16 = 28;

/// A requirement, `S77`, or a right, `D12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Row {
    /// A requirement.
    Requirement(u16),
    /// A right.
    Right(u16),
}

impl Row {
    /// Whether it is one of the requirements that are counted.
    pub fn is_requirement(self) -> bool {
        matches!(self, Self::Requirement(_))
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Requirement(number) => write!(f, "S{number}"),
            Self::Right(number) => write!(f, "D{number}"),
        }
    }
}

impl FromStr for Row {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |digits: &str, most: u16| {
            let number: u16 = digits.parse().ok().filter(|number| (1..=most).contains(number))?;
            (digits == number.to_string()).then_some(number)
        };
        let row = match (text.strip_prefix('S'), text.strip_prefix('D')) {
            (Some(digits), _) => number(digits, REQUIREMENTS).map(Self::Requirement),
            (_, Some(digits)) => number(digits, RIGHTS).map(Self::Right),
            _ => None,
        };
        row.ok_or_else(|| format!("`{text}` is no row: S1 to S{REQUIREMENTS}, D1 to D{RIGHTS}"))
    }
}

/// Rows that the items of a pack file carry in their `meets`.
///
/// # Errors
/// The file is no TOML, or names a row that does not exist.
pub fn carried(text: &str) -> Result<BTreeSet<Row>, String> {
    let value: toml::Value = toml::from_str(text).map_err(|error| error.to_string())?;
    let mut rows = BTreeSet::new();
    gather(&value, &mut rows)?;
    Ok(rows)
}

fn gather(value: &toml::Value, rows: &mut BTreeSet<Row>) -> Result<(), String> {
    match value {
        toml::Value::Array(items) => items.iter().try_for_each(|item| gather(item, rows)),
        toml::Value::Table(table) => {
            let named = table.get("meets").and_then(toml::Value::as_array);
            for row in named.into_iter().flatten() {
                rows.insert(row.as_str().unwrap_or_default().parse()?);
            }
            table.iter().try_for_each(|(_, item)| gather(item, rows))
        }
        _ => Ok(()),
    }
}

/// What a row still lacks; nothing when it is met.
pub fn lacks(row: Row, carried: &BTreeSet<Row>, scenarios: &BTreeMap<Row, Vec<Shown>>) -> Option<String> {
    let shown = scenarios.get(&row).map(Vec::as_slice).unwrap_or_default();
    if shown.is_empty() {
        return Some("no scenario names it".to_owned());
    }
    if row.is_requirement() && !carried.contains(&row) {
        return Some("no item of a pack carries it".to_owned());
    }
    if let Some(failing) = shown.iter().find(|shown| !shown.passed) {
        return Some(format!("{} does not pass", failing.scenario));
    }
    if !shown.iter().any(|shown| shown.refuses) {
        return Some("no scenario of it has a refusal or another negative check".to_owned());
    }
    None
}

/// A scenario that names a row.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its id.
    pub scenario: String,
    /// Whether it passed wherever it has to.
    pub passed: bool,
    /// Whether it also checks what must not happen.
    pub refuses: bool,
}

/// Whether an expectation says what must not be: a refusal, a lateness, an absence, nothing at all.
pub fn is_negative(value: &Value) -> bool {
    const WORDS: [&str; 8] = [
        "refused", "flagged", "tray", "missed", "late", "reject", "unknown", "returned",
    ];
    match value {
        Value::String(text) => WORDS.contains(&text.as_str()),
        Value::Array(items) => items.is_empty() || items.iter().any(is_negative),
        Value::Object(object) => object.iter().any(|(key, inner)| match key.as_str() {
            "$not" | "$absent" => true,
            "$length" => inner == 0 || is_negative(inner),
            "value" | "numerator" => inner == 0,
            "complete" | "received" | "on_time" | "escalated" => inner == &Value::Bool(key == "escalated"),
            _ => is_negative(inner),
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_rows_that_exist_are_rows() {
        assert_eq!("S247".parse(), Ok(Row::Requirement(247)));
        assert_eq!("D28".parse(), Ok(Row::Right(28)));
        for wrong in ["S0", "S248", "D29", "S07", "X1", "S", "77"] {
            assert!(wrong.parse::<Row>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn rows_are_found_at_any_depth() {
        let text = "[rule.a]\nrow = [{ when = 'true', meets = ['S2'] }]\nmeets = ['S1']\n[indicator]\nb = { meets = ['D3'] }\n";
        let rows: Vec<String> = carried(text).unwrap().iter().map(Row::to_string).collect();
        assert_eq!(rows, ["S1", "S2", "D3"]);
        assert!(carried("meets = ['S999']").is_err());
    }

    #[test]
    fn a_row_is_met_by_an_item_and_by_scenarios_that_pass_and_refuse() {
        let row = Row::Requirement(1);
        let shown = |passed, refuses| Shown {
            scenario: "a".to_owned(),
            passed,
            refuses,
        };
        let lacking = |carried: bool, shown: Vec<Shown>| {
            let carried = carried.then_some(row).into_iter().collect();
            lacks(row, &carried, &BTreeMap::from([(row, shown)]))
        };
        assert_eq!(lacking(true, vec![shown(true, false), shown(true, true)]), None);
        assert!(lacking(true, vec![shown(true, true), shown(false, true)]).is_some());
        assert!(lacking(true, vec![shown(true, false)]).is_some());
        assert!(lacking(false, vec![shown(true, true)]).is_some());
        assert!(lacking(true, vec![]).is_some());
    }

    #[test]
    fn negative_checks_are_told_from_others() {
        assert!(is_negative(&json!({"results": [{"status": "refused"}]})));
        assert!(is_negative(&json!({"items": {"$length": 0}})));
        assert!(is_negative(&json!({"escalated": true})));
        assert!(!is_negative(
            &json!({"results": [{"status": "accepted"}], "n": {"$length": 2}})
        ));
    }
}
