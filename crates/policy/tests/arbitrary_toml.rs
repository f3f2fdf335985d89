//! Whatever a file holds, the loader answers with findings and does not panic.

use lianfang_policy::{Source, load};
use proptest::prelude::*;

fn source(path: &str, text: &str) -> Source {
    Source {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

/// A value of TOML, of the right form or another.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("\"entry.at > now\"".to_owned()),
        Just("\"arrival\"".to_owned()),
        Just("\"person\"".to_owned()),
        Just("\"count\"".to_owned()),
        Just("\"last\"".to_owned()),
        Just("\"1..7\"".to_owned()),
        Just("\"06:00-10:00\"".to_owned()),
        Just("\"2h\"".to_owned()),
        Just("\"\"".to_owned()),
        Just("\"中\\u4e2d\\\" )\"".to_owned()),
        Just("'''has(x'''".to_owned()),
        Just("2022-06-28".to_owned()),
        Just("1.5".to_owned()),
        Just("inf".to_owned()),
        Just("true".to_owned()),
        Just("{ zh = \"甲\", en = \"A\" }".to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(", "))),
            prop::collection::btree_map(key(), inner, 0..4).prop_map(|fields| {
                let fields: Vec<String> = fields
                    .into_iter()
                    .map(|(key, value)| format!("{key} = {value}"))
                    .collect();
                format!("{{ {} }}", fields.join(", "))
            }),
        ]
    })
}

fn key() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "id",
        "kind",
        "of",
        "on",
        "when",
        "require",
        "refuse",
        "title",
        "task",
        "release",
        "enrol",
        "set",
        "look",
        "fold",
        "subject",
        "field",
        "many",
        "row",
        "input",
        "result",
        "then",
        "value",
        "default",
        "range",
        "scale",
        "source",
        "slots",
        "days",
        "within",
        "from",
        "until",
        "by",
        "after",
        "owner",
        "expects",
        "outcome",
        "escalate",
        "start",
        "version",
        "like",
        "area",
        "in_force",
        "to",
        "per",
        "unique",
        "public",
        "fields",
        "key",
        "where",
        "limit",
        "since",
        "retention",
        "sensitivity",
        "purpose",
        "required",
        "compute",
        "rule",
        "list",
        "missing",
        "meets",
        "read",
        "write",
    ])
}

fn table() -> impl Strategy<Value = String> {
    let kinds = prop::sample::select(vec![
        "pack",
        "type",
        "list",
        "setting",
        "register",
        "rule",
        "guard",
        "protocol",
        "indicator",
        "role",
        "account",
        "x",
    ]);
    let ids = prop::sample::select(vec!["a", "b", "arrival", "m217", "Ä", "fever_c"]);
    let body = prop::collection::btree_map(key(), value(), 0..6);
    (kinds, ids, body, any::<bool>()).prop_map(|(kind, id, body, twice)| {
        let lines: Vec<String> = body
            .into_iter()
            .map(|(key, value)| format!("{key} = {value}\n"))
            .collect();
        let (open, close) = if twice { ("[[", "]]") } else { ("[", "]") };
        format!("{open}{kind}.\"{id}\"{close}\n{}", lines.concat())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn tables_of_any_content_are_judged(tables in prop::collection::vec(table(), 0..6), overlay in any::<bool>()) {
        let base = source("packs/e/base.toml", include_str!("packs/base.toml"));
        let made = source(if overlay { "city/x.toml" } else { "packs/e/x.toml" }, &tables.concat());
        let _ = if overlay { load(&[base], &[made]) } else { load(&[base, made], &[]) };
    }

    #[test]
    fn any_text_is_judged(text in ".{0,200}") {
        let _ = load(&[source("packs/e/x.toml", &text)], &[source("city.toml", &text)]);
    }
}
