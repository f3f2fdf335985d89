//! The JSON Schema of packs: the committed file is what the loader reads by, and every pack of the product fits it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

use lianfang_policy::load::json_schema;
use serde_json::Value;
use std::path::{Path, PathBuf};
use toml_edit::{DocumentMut, Item, TableLike, Value as Toml};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn the_committed_file_is_the_schema() {
    let path = root().join("docs/pack.schema.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&json_schema()).unwrap());
    if std::env::var_os("LIANFANG_BLESS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == text,
        "write it with: lianfang pack schema > docs/pack.schema.json"
    );
}

/// What a schema says of a value; follows one reference.
fn resolved<'s>(all: &'s Value, schema: &'s Value) -> &'s Value {
    match schema["$ref"].as_str() {
        Some(path) => all.pointer(&path[1..]).unwrap(),
        None => schema,
    }
}

fn table(all: &Value, schema: &Value, found: &dyn TableLike, place: &str) {
    let schema = resolved(all, schema);
    if let Some(one) = schema["anyOf"]
        .as_array()
        .and_then(|any| any.iter().find(|one| one["$ref"].is_string()))
    {
        return table(all, one, found, place);
    }
    let open = &schema["additionalProperties"];
    for (key, item) in found.iter() {
        let here = format!("{place}.{key}");
        match (&schema["properties"][key], open) {
            (Value::Null, Value::Bool(false)) => panic!("{here} is not in the schema"),
            (Value::Null, Value::Null) => {}
            (Value::Null, under) => value(all, under, item, &here),
            (known, _) => value(all, known, item, &here),
        }
    }
}

fn value(all: &Value, schema: &Value, item: &Item, place: &str) {
    if let Some(found) = item.as_table_like() {
        return table(all, schema, found, place);
    }
    if let (Some(values), Some(text)) = (resolved(all, schema)["enum"].as_array(), item.as_str()) {
        assert!(
            values.iter().any(|value| value == text),
            "{place}: {text} is no value of {values:?}"
        );
    }
    let items = &resolved(all, schema)["items"];
    let array = resolved(all, schema)["anyOf"]
        .as_array()
        .and_then(|any| any.iter().find(|one| one["items"].is_object()));
    let items = array.map_or(items, |one| &one["items"]);
    if items.is_null() {
        return;
    }
    if let Some(tables) = item.as_array_of_tables() {
        tables.iter().for_each(|found| table(all, items, found, place));
    }
    for found in item.as_array().into_iter().flatten() {
        if let Toml::InlineTable(found) = found {
            table(all, items, found, place);
        }
    }
}

#[test]
fn every_pack_of_the_product_fits_the_schema() {
    let all = json_schema();
    let mut files = 0;
    for pack in std::fs::read_dir(root().join("packs")).unwrap().flatten() {
        for file in std::fs::read_dir(pack.path()).into_iter().flatten().flatten() {
            let path = file.path();
            if path.extension().is_some_and(|end| end == "toml") {
                let text = std::fs::read_to_string(&path).unwrap();
                let document: DocumentMut = text.parse().unwrap();
                table(&all, &all, document.as_table(), &path.display().to_string());
                files += 1;
            }
        }
    }
    assert!(files > 100, "{files}");
}

#[test]
#[should_panic(expected = "register.r.nature: fact is no value of")]
fn a_value_that_is_none_is_marked() {
    let document: DocumentMut = "[register.r]\nnature = \"fact\"\n".parse().unwrap();
    let all = json_schema();
    table(&all, &all, document.as_table(), "x");
}

#[test]
fn an_editor_is_told_what_a_key_is_for() {
    let all = json_schema();
    let said = |path: &str| all.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    assert!(said("/$defs/guard/properties/require/description").contains("What must hold"));
    assert!(said("/$defs/register/properties/title/description").contains("both languages"));
    assert!(said("/$defs/protocol/description").contains("Who is enrolled"));
}

#[test]
#[should_panic(expected = "protocol.p.transit is not in the schema")]
fn a_key_that_is_none_is_marked() {
    let document: DocumentMut = "[protocol.p]\ntransit = \"move\"\n".parse().unwrap();
    let all = json_schema();
    table(&all, &all, document.as_table(), "x");
}
