//! The language as a JSON Schema, so that editors complete keys and mark those that are none. It is made of the very
//! lists that the loader reads by; what a condition may say is the loader's own business.

use super::table::COMMON;
use super::{
    accounts, briefings, coverage, enrol, fields, from_post, guards, holds, indicators, looks, names, protocols,
    registers, releases, roles, rules, settings, tasks,
};
use serde_json::{Map, Value, json};

/// Tables that are keyed by id, and tables inside of others, with the keys that each may carry.
const KEYS: &[(&str, &[&str])] = &[
    ("accepts", registers::ACCEPTS_KEYS),
    ("account", accounts::KEYS),
    ("block", briefings::BLOCK_KEYS),
    ("briefing", briefings::KEYS),
    ("done", coverage::DONE_KEYS),
    ("enrol", enrol::KEYS),
    ("escalate", releases::ESCALATE_KEYS),
    ("field", fields::KEYS),
    ("from_post", from_post::KEYS),
    ("guard", guards::KEYS),
    ("hold", holds::KEYS),
    ("indicator", indicators::KEYS),
    ("list", names::LIST_KEYS),
    ("look", looks::KEYS),
    ("pack", names::PACK_KEYS),
    ("protocol", protocols::KEYS),
    ("register", registers::KEYS),
    ("release", releases::RELEASE_KEYS),
    ("required", holds::REQUIRED_KEYS),
    ("role", roles::KEYS),
    ("row", rules::ROW_KEYS),
    ("rule", rules::KEYS),
    ("setting", settings::KEYS),
    ("task", tasks::KEYS),
    ("type", names::TYPE_KEYS),
    ("value", names::VALUE_KEYS),
];

/// How a table stands inside of another one.
#[derive(Clone, Copy)]
enum Stands {
    /// As the value of the key.
    One,
    /// In a list.
    Many,
    /// Under names of its own.
    Named,
}

/// Which keys hold tables.
const INSIDE: &[(&str, &str, Stands)] = &[
    ("briefing", "block", Stands::Many),
    ("field", "field", Stands::Many),
    ("guard", "look", Stands::Named),
    ("hold", "required", Stands::One),
    ("indicator", "done", Stands::One),
    ("indicator", "required", Stands::One),
    ("list", "value", Stands::Many),
    ("protocol", "escalate", Stands::Many),
    ("protocol", "look", Stands::Named),
    ("protocol", "release", Stands::Many),
    ("protocol", "task", Stands::Many),
    ("register", "accepts", Stands::One),
    ("register", "field", Stands::Many),
    ("register", "hold", Stands::One),
    ("register", "look", Stands::Named),
    ("role", "from_post", Stands::One),
    ("rule", "row", Stands::Many),
    ("type", "field", Stands::Many),
];

/// Tables that stand under ids of their own.
const KEYED: [&str; 11] = [
    "account",
    "briefing",
    "guard",
    "indicator",
    "list",
    "protocol",
    "register",
    "role",
    "rule",
    "setting",
    "type",
];

/// The schema of a file of a pack or overlay.
pub fn json_schema() -> Value {
    let keyed = KEYED.iter().map(|table| {
        let one = reference(table);
        let value = match *table {
            "protocol" => json!({ "anyOf": [one, { "type": "array", "items": reference(table) }] }),
            _ => one,
        };
        let ids = json!({ "pattern": "^[a-z0-9_-]+$" });
        let under = json!({ "type": "object", "propertyNames": ids, "additionalProperties": value });
        ((*table).to_owned(), under)
    });
    let mut properties: Map<String, Value> = keyed.collect();
    properties.insert("pack".to_owned(), reference("pack"));
    let mut definitions: Map<String, Value> = KEYS
        .iter()
        .map(|(table, keys)| ((*table).to_owned(), of(table, keys)))
        .collect();
    definitions.insert("words".to_owned(), words());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Lianfang pack",
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "$defs": definitions,
    })
}

fn reference(table: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{table}") })
}

fn words() -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["zh", "en"],
        "properties": { "zh": { "type": "string" }, "en": { "type": "string" } },
    })
}

fn of(table: &str, keys: &[&str]) -> Value {
    let all = keys.iter().chain(COMMON.iter()).copied();
    let properties: Map<String, Value> = all.map(|key| (key.to_owned(), value_of(table, key))).collect();
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

fn value_of(table: &str, key: &str) -> Value {
    let inside = INSIDE.iter().find(|(outer, inner, _)| *outer == table && *inner == key);
    match (inside, key) {
        (Some((_, inner, Stands::One)), _) => reference(inner),
        (Some((_, inner, Stands::Many)), _) => json!({ "type": "array", "items": reference(inner) }),
        (Some((_, inner, Stands::Named)), _) => json!({ "type": "object", "additionalProperties": reference(inner) }),
        (None, "enrol") if table == "protocol" => json!({ "anyOf": [{ "const": "started" }, reference("enrol")] }),
        (None, "title" | "help" | "refuse") => reference("words"),
        (None, "floor") if table != "account" => json!({ "type": "boolean" }),
        (None, "meets") => {
            json!({ "type": "array", "items": { "type": "string", "pattern": "^[SD][1-9][0-9]{0,2}$" } })
        }
        _ => json!({}),
    }
}
