//! The text that takes up again what held before a change: of a protocol the version before its newest, of a rule the rows
//! that stood without the change. It is proposed, checked and approved like any other; nothing is struck out.

use crate::load::Source;
use crate::model::Model;
use lianfang_kernel::Day;
use toml_edit::{Document, Item, Table, TableLike, Value};

/// The version before a protocol's newest, from a day on; none when there is no version before.
pub fn version_before(model: &Model, protocol: &str, on: Day) -> Option<String> {
    let versions: Vec<u32> = model.editions(protocol).map(|edition| edition.version).collect();
    let newest = *versions.last()?;
    let before = versions.get(versions.len().checked_sub(2)?)?;
    Some(format!(
        "[[protocol.{protocol}]]\nversion = {}\nlike = {before}\ntransition = \"move\"\nin_force = {{ from = \"{on}\" }}\n",
        newest + 1
    ))
}

/// The rows of a rule as `before` has them, from a day on: they stand above whatever was put there since. Those that are
/// over by then are left out; none when there are none, or when one of them begins later, which no change may do.
pub fn rows_before(before: &[Source], rule: &str, on: Day) -> Option<String> {
    let mut rows: Vec<String> = Vec::new();
    for source in before {
        let document = Document::parse(source.text.as_str()).ok()?;
        let found = document.get("rule").and_then(Item::as_table_like);
        let found = found.and_then(|rules| rules.get(rule)?.as_table_like()?.get("row"));
        let mut above = match found {
            Some(item) => again(item, on)?,
            None => continue,
        };
        above.append(&mut rows);
        rows = above;
    }
    let text = rows.concat();
    (!text.is_empty()).then(|| format!("[rule.{rule}]\nrow = [\n{text}]\n"))
}

/// Whether a source has rows of a rule.
pub fn speaks_of(source: &Source, rule: &str) -> bool {
    let document = Document::parse(source.text.as_str()).ok();
    document.is_some_and(|document| {
        let rules = document.get("rule").and_then(Item::as_table_like);
        rules.is_some_and(|rules| rules.contains_key(rule))
    })
}

/// Rows written again with their first day; none when one of them begins later.
fn again(rows: &Item, on: Day) -> Option<Vec<String>> {
    let tables: Vec<&dyn TableLike> = match rows {
        Item::ArrayOfTables(tables) => tables.iter().map(|table| table as &dyn TableLike).collect(),
        _ => rows.as_array()?.iter().filter_map(inline).collect(),
    };
    let mut written = Vec::with_capacity(tables.len());
    for row in tables {
        let day = |key: &str| row.get(key).and_then(day_of);
        if day("to").is_some_and(|to| to <= on) {
            continue;
        }
        if day("from").is_some_and(|from| from > on) {
            return None;
        }
        let mut table = Table::new();
        table.insert("from", toml_edit::value(on.to_string()));
        for (key, item) in row.iter().filter(|(key, _)| *key != "from") {
            table.insert(key, item.clone());
        }
        let mut value = Value::from(table.into_inline_table());
        value.decor_mut().clear();
        written.push(format!("  {},\n", one_line(value)));
    }
    Some(written)
}

fn inline(value: &Value) -> Option<&dyn TableLike> {
    value.as_inline_table().map(|table| table as &dyn TableLike)
}

/// A day is written as text or as a date.
fn day_of(item: &Item) -> Option<Day> {
    let text = item.as_str().map(str::to_owned);
    let text = text.or_else(|| item.as_datetime().map(ToString::to_string));
    Day::parse(&text?).ok()
}

/// As one line would have it, whatever spaces and comments its parts came with.
fn one_line(mut value: Value) -> String {
    fn clear(value: &mut Value) {
        match value {
            Value::InlineTable(table) => {
                table.fmt();
                table.set_trailing_comma(false);
                table.iter_mut().for_each(|(_, value)| clear(value));
            }
            Value::Array(array) => {
                array.fmt();
                array.iter_mut().for_each(clear);
            }
            _ => {}
        }
    }
    clear(&mut value);
    value.to_string().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source {
            path: "pack.toml".to_owned(),
            text: text.to_owned(),
        }
    }

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    const PACK: &str = r#"
[rule.term]
input = { place = "text" }
result = { days = "int" }
row = [
  # Until the notice of March.
  { to = "2020-03-01", when = "place == 'hotel'", then = { days = "7" } },
  { when = "place == 'hotel'", then = { days = "14" }, clause = "1", title = { zh = "宾馆", en = "Hotel" } },
  { from = "2020-01-01", when = 'place != "home"', then = { days = "3" } },
]
"#;

    #[test]
    fn rows_of_an_overlay_stand_above_and_those_that_are_over_are_left_out() {
        let overlay = "[[rule.term.row]]\nwhen = \"true\"\n[rule.term.row.then]\ndays = \"9\"\n";
        let text = rows_before(&[source(PACK), source(overlay)], "term", day("2020-03-01")).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "[rule.term]",
                "row = [",
                "  { from = \"2020-03-01\", when = \"true\", then = { days = \"9\" } },",
                "  { from = \"2020-03-01\", when = \"place == 'hotel'\", then = { days = \"14\" }, clause = \"1\", \
                 title = { zh = \"宾馆\", en = \"Hotel\" } },",
                "  { from = \"2020-03-01\", when = 'place != \"home\"', then = { days = \"3\" } },",
                "]",
            ]
        );
        assert!(Document::parse(text).is_ok());
    }

    #[test]
    fn a_row_that_begins_later_is_no_row_of_before() {
        assert_eq!(rows_before(&[source(PACK)], "term", day("2019-12-31")), None);
    }

    #[test]
    fn a_rule_that_is_not_there_has_no_rows() {
        assert_eq!(rows_before(&[source(PACK)], "other", day("2020-03-01")), None);
    }
}
