//! The language as a JSON Schema, so that editors complete keys and mark those that are none. It is made of the very
//! lists that the loader reads by; what a condition may say is the loader's own business.

use super::table::COMMON;
use super::{
    accounts, briefings, coverage, enrol, fields, from_post, guards, holds, indicators, lists, looks, names, protocols,
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
    ("list", lists::KEYS),
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
    ("value", lists::VALUE_KEYS),
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
    ("list", "add", Stands::Many),
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

/// Keys with a fixed choice of values, by table; a star stands for every table.
const CHOICES: &[(&str, &str, &[&str])] = &[
    ("enrol", "again", &["keep", "restart", "parallel"]),
    ("enrol", "assurance", &["self", "seen", "verified"]),
    ("field", "kind", fields::KINDS),
    ("guard", "severity", &["refuse", "warn", "flag"]),
    ("hold", "overlap", &["refuse", "end_previous"]),
    ("indicator", "base", &["members", "slots", "in_time", "minutes"]),
    (
        "indicator",
        "kind",
        &[
            "count", "sum", "coverage", "interval", "streak", "formula", "module", "balance",
        ],
    ),
    ("protocol", "transition", &["keep", "move", "ask"]),
    ("register", "nature", &["observation", "act"]),
    ("register", "sensitivity", &["plain", "personal", "health", "care"]),
    ("register", "shape", &["point", "interval", "posting"]),
    ("role", "scope", &["region", "organisation", "sector", "own"]),
    (
        "type",
        "of",
        &[
            "person",
            "household",
            "organisation",
            "place",
            "vehicle",
            "item",
            "region",
            "matter",
        ],
    ),
];

/// What a table, or a key of it, is for; an empty key speaks of the table, an empty table of the key wherever it stands.
const SAID: &[(&str, &str, &str)] = &[
    (
        "",
        "clause",
        "依据的条款，原文 · The clause it rests on, in its own words",
    ),
    ("", "floor", "底线：城市不得更改 · A city may not change it"),
    ("", "help", "填写说明 · What to write, or what it counts"),
    (
        "",
        "meets",
        "满足的条目 S1–S247、D1–D28 · Rows of the mission that it meets",
    ),
    (
        "",
        "source",
        "数字的出处；没有则写 none in the source · Where a number comes from, or \"none in the source\"",
    ),
    ("", "title", "名称，中英文 · What it is called, in both languages"),
    ("", "when", "条件（CEL） · A condition in CEL"),
    ("", "where", "条件（CEL），读 it · A condition in CEL that reads it"),
    ("enrol", "", "由什么纳入 · What enrols a subject"),
    ("enrol", "again", "再次纳入时 · What another enrolling entry does"),
    (
        "enrol",
        "key",
        "区分同一对象的多次纳入 · What tells enrolments of one subject apart",
    ),
    ("enrol", "on", "由这些登记表纳入 · Registers whose entries enrol"),
    (
        "enrol",
        "set",
        "一类对象 { of } 或已纳入者 { enrolled } · Subjects of a type, or those enrolled elsewhere",
    ),
    (
        "escalate",
        "",
        "到时没有做，告知谁或启动什么 · Who is told, or what starts, when something is not done",
    ),
    ("field", "", "登记表的一项 · A field of a register"),
    (
        "field",
        "allocate",
        "由程序分配，由填报人签发 · Filled by an allocation run, signed by who sends it",
    ),
    (
        "field",
        "draw",
        "由程序抽签，种子随记录保存 · Filled by drawing lots; the seed stays with the entry",
    ),
    ("field", "kind", "填什么 · What it holds"),
    ("field", "list", "代码表 · The list that its values come from"),
    ("field", "many", "最多几个 · How many values at most"),
    ("field", "range", "[最小, 最大] · [least, greatest]"),
    ("field", "required", "是否必填，或条件 · true, false, or a condition"),
    (
        "guard",
        "",
        "不符合时不受理、须确认或标记 · Refuses, asks to confirm, or flags what does not hold",
    ),
    ("guard", "on", "用于哪些登记表 · Registers that it guards"),
    ("guard", "refuse", "不符合时说的话 · What is said when it does not hold"),
    ("guard", "require", "应当成立的条件（CEL） · What must hold, in CEL"),
    ("hold", "", "应有几人值守，由谁 · How many must stand, or may"),
    ("indicator", "", "有定义的数字 · A defined figure"),
    ("indicator", "by", "按什么分 · What it is broken down by"),
    (
        "indicator",
        "complete",
        "协议/任务：报齐之前为部分 · protocol/task: partial until all have reported",
    ),
    (
        "indicator",
        "of",
        "数什么 · What it counts: registers, protocols, protocol/task",
    ),
    ("indicator", "unit", "计数单位 · What it is counted in"),
    (
        "list",
        "add",
        "给别的包的代码表增加值 · Values added to the list of another pack",
    ),
    ("list", "value", "本包代码表的值 · The values of a list of this pack"),
    (
        "pack",
        "modules",
        "用到的程序模块 · Screens and programs that work on its registers",
    ),
    ("pack", "needs", "所依据的包 · Packs it stands on"),
    (
        "pack",
        "owner",
        "负责的职能，function 代码表中的值 · The function that answers for it, of the list function",
    ),
    (
        "protocol",
        "",
        "谁被纳入、做什么、何时解除 · Who is enrolled, what follows, what releases",
    ),
    ("protocol", "area", "适用的行政区划 · The area it is for"),
    (
        "protocol",
        "like",
        "没有写的与哪一版相同 · What is not written is as in that version",
    ),
    (
        "protocol",
        "restricts",
        "限制人身：须有文书 · It restricts a person, so an order must stand behind it",
    ),
    ("register", "", "一种登记 · A declared kind of record"),
    (
        "register",
        "nature",
        "观察不拒收，行为可以不受理 · An observation is never refused, an act may be",
    ),
    ("register", "retention", "保存多久 · How long personal values are kept"),
    ("register", "subject", "登记的是谁或什么 · What it is about"),
    ("register", "unique", "同一对象可否重复 · Whether there may be two"),
    ("release", "", "怎样才算结束 · How an enrolment ends"),
    ("role", "", "岗位可以写什么、看什么 · What a post writes and reads"),
    (
        "role",
        "read",
        "看到什么程度 · { register = figures, pseudonymous or identified }",
    ),
    (
        "row",
        "",
        "规则的一行，先符合的算 · A row of a rule; the first that holds counts",
    ),
    (
        "rule",
        "",
        "按地区和日期得出的值 · A value by area and date, with its reason",
    ),
    ("setting", "", "由城市确定的值 · What a city chooses"),
    ("task", "", "要做的一件事 · One thing that is asked"),
    ("task", "by", "每天几点前 · By what time of day"),
    ("task", "expects", "以哪张登记表为准 · The register whose entry does it"),
    (
        "task",
        "owner",
        "由谁做 · Who does it: territory(subject), unit(subject), desk('…', region)",
    ),
    ("task", "within", "从 from 起多久之内 · How long from \"from\" on"),
    ("type", "", "对象的类型 · A type of subject"),
    ("value", "", "代码表的一个值 · A value of a list"),
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
    let schema = json!({ "type": "object", "additionalProperties": false, "properties": properties });
    described(schema, said(table, ""))
}

/// What is said of a table or of a key of it.
fn said(table: &str, key: &str) -> Option<&'static str> {
    let of = |wanted: &str| SAID.iter().find(|(known, name, _)| *known == wanted && *name == key);
    let found = of(table).or_else(|| of("").filter(|_| !key.is_empty()));
    found.map(|(_, _, words)| *words)
}

fn described(mut schema: Value, words: Option<&str>) -> Value {
    if let (Some(keys), Some(words)) = (schema.as_object_mut(), words) {
        keys.insert("description".to_owned(), words.into());
    }
    schema
}

fn value_of(table: &str, key: &str) -> Value {
    let choice = CHOICES.iter().find(|(known, name, _)| *known == table && *name == key);
    let schema = match choice {
        Some((_, _, values)) => json!({ "enum": values }),
        None => shape_of(table, key),
    };
    described(schema, said(table, key))
}

fn shape_of(table: &str, key: &str) -> Value {
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
