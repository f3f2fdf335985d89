//! What sources declare, item by item and key by key: what two sets of packs are compared by.

use super::finding::{Finding, Source};
use super::gather::{self, Decl};
use super::log::Log;
use super::tree::{Spot, Value};
use std::collections::BTreeMap;

/// An item of the language: its table, its id, and of a protocol the version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemKey {
    /// The table: `protocol`, `rule`, `register` …
    pub table: &'static str,
    /// Its id.
    pub id: String,
    /// The version of a protocol; 0 for everything else.
    pub version: u32,
}

/// What an item says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The pack it comes from.
    pub pack: String,
    /// Where it stands.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Every value by its path: `task.pcr-1.days`, `row.3.when`. What an overlay adds stands under `+1.`, `+2.` …
    pub values: BTreeMap<String, String>,
}

impl Item {
    /// Whether it is marked as a floor, which a city may not change.
    pub fn is_floor(&self) -> bool {
        self.values.get("floor").is_some_and(|value| value == "true")
    }

    /// Whether some value of it names `id`: alone, or in quotes inside of a condition.
    pub fn names(&self, id: &str) -> bool {
        let quoted = |text: &str, quote: char| text.contains(&format!("{quote}{id}{quote}"));
        self.values
            .values()
            .any(|text| text == id || quoted(text, '\'') || quoted(text, '"'))
    }
}

/// Everything that sources declare.
pub type Items = BTreeMap<ItemKey, Item>;

/// Reads the items of sources, whatever they mean.
///
/// # Errors
/// What is no TOML, or stands twice.
pub fn items(packs: &[Source], overlay: &[Source]) -> Result<Items, Vec<Finding>> {
    let mut log = Log::default();
    let mut parsed = gather::parse(&mut log, packs, false);
    parsed.extend(gather::parse(&mut log, overlay, true));
    let decls = gather::gather(&mut log, &parsed);
    let mut found = Items::new();
    for table in gather::TABLES {
        for decl in decls.of(table) {
            add(&log, &mut found, table, decl);
        }
    }
    let (errors, _) = log.finish();
    if errors.is_empty() { Ok(found) } else { Err(errors) }
}

fn add(log: &Log, found: &mut Items, table: &'static str, decl: &Decl<'_>) {
    let mut values = BTreeMap::new();
    flatten(decl.spot, "", &mut values);
    let version = match table {
        "protocol" => values.get("version").and_then(|text| text.parse().ok()).unwrap_or(1),
        _ => 0,
    };
    let key = ItemKey {
        table,
        id: decl.id.to_owned(),
        version,
    };
    let place = log.place(decl.at);
    match found.get_mut(&key) {
        Some(known) => {
            let part = 1 + known.values.keys().filter_map(|path| part_of(path)).max().unwrap_or(0);
            known.values.extend(
                values
                    .into_iter()
                    .map(|(path, value)| (format!("+{part}.{path}"), value)),
            );
        }
        None => {
            let item = Item {
                pack: decl.pack.clone(),
                file: place.file.to_string(),
                line: place.line,
                values,
            };
            found.insert(key, item);
        }
    }
}

/// Which part of an item a path belongs to, where an overlay added some.
fn part_of(path: &str) -> Option<u32> {
    path.strip_prefix('+')?.split('.').next()?.parse().ok()
}

fn flatten(spot: &Spot, path: &str, values: &mut BTreeMap<String, String>) {
    let below = |name: &str| match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    match &spot.value {
        Value::Text(text, _) | Value::Decimal(text) | Value::Date(text) => {
            values.insert(path.to_owned(), text.clone());
        }
        Value::Int(n) => {
            values.insert(path.to_owned(), n.to_string());
        }
        Value::Bool(is_so) => {
            values.insert(path.to_owned(), is_so.to_string());
        }
        Value::Table(entries) => {
            for entry in entries {
                flatten(&entry.spot, &below(&entry.key), values);
            }
        }
        Value::List(items) => {
            for (n, item) in items.iter().enumerate() {
                let name = id_of(item).map_or_else(|| (n + 1).to_string(), str::to_owned);
                flatten(item, &below(&name), values);
            }
        }
    }
}

/// The id that a table of a list carries, so that a line put between others changes none of them.
fn id_of(spot: &Spot) -> Option<&str> {
    let Value::Table(entries) = &spot.value else {
        return None;
    };
    let id = entries.iter().find(|entry| entry.key == "id")?;
    match &id.spot.value {
        Value::Text(text, _) => Some(text),
        _ => None,
    }
}
