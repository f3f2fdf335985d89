//! TOML as a plain tree in which every key and value knows its place.

use toml_edit::{Document, Item, TableLike, Value as Toml};

/// A value and where it stands, in bytes from the start of its file.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    pub(super) at: usize,
    /// The file it stands in; parts of one table may come from several.
    pub(super) file: usize,
    pub(super) value: Value,
}

/// What TOML holds.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// Text, and how it was written, for the places of conditions inside.
    Text(String, String),
    Int(i64),
    /// A number with decimals, as digits.
    Decimal(String),
    Bool(bool),
    /// A date or time, as written.
    Date(String),
    List(Vec<Spot>),
    Table(Vec<Entry>),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) at: usize,
    pub(super) spot: Spot,
}

/// A parse error with its offset.
pub(super) struct ParseError {
    pub(super) at: usize,
    pub(super) message: String,
}

/// Reads a document.
pub(super) fn parse(file: usize, text: &str) -> Result<Vec<Entry>, ParseError> {
    let document = Document::parse(text).map_err(|error| ParseError {
        at: error.span().map_or(0, |span| span.start),
        message: error.message().to_owned(),
    })?;
    Ok(entries(&Ctx { file, text }, document.as_table(), 0))
}

struct Ctx<'t> {
    file: usize,
    text: &'t str,
}

fn entries(ctx: &Ctx<'_>, table: &dyn TableLike, above: usize) -> Vec<Entry> {
    let mut found = Vec::new();
    for (name, item) in table.iter() {
        let at = table
            .key(name)
            .and_then(toml_edit::Key::span)
            .map_or(above, |span| span.start);
        if let Some(spot) = item_spot(ctx, item, at) {
            found.push(Entry {
                key: name.to_owned(),
                at,
                spot,
            });
        }
    }
    found
}

fn item_spot(ctx: &Ctx<'_>, item: &Item, above: usize) -> Option<Spot> {
    let at = item.span().map_or(above, |span| span.start);
    let value = match item {
        Item::None => return None,
        Item::Value(value) => return Some(value_spot(ctx, value, above)),
        Item::Table(table) => Value::Table(entries(ctx, table, at)),
        Item::ArrayOfTables(tables) => {
            let items = tables.iter().map(|table| {
                let at = table.span().map_or(at, |span| span.start);
                Spot {
                    at,
                    file: ctx.file,
                    value: Value::Table(entries(ctx, table, at)),
                }
            });
            Value::List(items.collect())
        }
    };
    Some(Spot {
        at,
        file: ctx.file,
        value,
    })
}

fn value_spot(ctx: &Ctx<'_>, value: &Toml, above: usize) -> Spot {
    let span = value.span();
    let at = span.as_ref().map_or(above, |span| span.start);
    let raw = || {
        span.as_ref()
            .and_then(|span| ctx.text.get(span.clone()))
            .unwrap_or("")
            .to_owned()
    };
    let value = match value {
        Toml::String(text) => Value::Text(text.value().clone(), raw()),
        Toml::Integer(n) => Value::Int(*n.value()),
        Toml::Float(n) => Value::Decimal(n.value().to_string()),
        Toml::Boolean(b) => Value::Bool(*b.value()),
        Toml::Datetime(date) => Value::Date(date.value().to_string()),
        Toml::Array(items) => Value::List(items.iter().map(|item| value_spot(ctx, item, at)).collect()),
        Toml::InlineTable(table) => Value::Table(entries(ctx, table, at)),
    };
    Spot {
        at,
        file: ctx.file,
        value,
    }
}

/// The offset in the written form of a string at which byte `wanted` of its content stands.
pub(super) fn written_offset(raw: &str, wanted: usize) -> usize {
    let (open, literal) = match raw.get(..3) {
        Some("\"\"\"") => (3, false),
        Some("'''") => (3, true),
        _ => (1, raw.starts_with('\'')),
    };
    let body = raw.get(open..).unwrap_or("");
    // A newline right after an opening triple quote is not content.
    let skipped = if open == 3 && body.starts_with('\n') { 1 } else { 0 };
    let start = open + skipped;
    if literal {
        return (start + wanted).min(raw.len());
    }
    let (mut content, mut chars) = (0usize, raw.get(start..).unwrap_or("").char_indices());
    while let Some((at, c)) = chars.next() {
        if content >= wanted {
            return start + at;
        }
        if c != '\\' {
            content += c.len_utf8();
            continue;
        }
        let digits = match chars.next().map(|(_, c)| c) {
            Some('u') => 4,
            Some('U') => 8,
            Some('x') => 2,
            _ => 0,
        };
        let code: String = chars.by_ref().take(digits).map(|(_, c)| c).collect();
        let made = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
        content += made.map_or(1, char::len_utf8);
    }
    raw.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_in_a_string_is_found_in_what_was_written() {
        assert_eq!(written_offset("\"abc\"", 1), 2);
        assert_eq!(written_offset("'a\\c'", 2), 3);
        assert_eq!(written_offset("\"a\\\"c\"", 2), 4);
        assert_eq!(written_offset("\"\"\"\nabc\"\"\"", 1), 5);
    }
}
