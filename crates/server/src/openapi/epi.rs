//! The description of estimators and detectors, made of what they say of themselves.

use super::{Who, operation_of, reference};
use crate::estimates::takes_figures;
use lianfang_epi::calls::{CALLS, Call, Kind, Param};
use serde_json::{Map, Value, json};

/// The path that the calls of [`super::calls`](mod@super::calls) have, in place of which each estimator is described.
const GENERAL: &str = "/api/v1/epi/{call}";

/// Describes each.
pub(super) fn describe(paths: &mut Map<String, Value>) {
    paths.remove(GENERAL);
    for call in CALLS {
        let mut path = Map::new();
        path.insert("post".into(), of_sheet(call));
        if takes_figures(call) {
            path.insert("get".into(), of_figure(call));
        }
        paths.insert(GENERAL.replace("{call}", call.name), Value::Object(path));
    }
}

fn schema(param: &Param) -> Value {
    let mut schema = match param.kind {
        Kind::Whole(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Kind::Number => json!({ "type": "number" }),
        Kind::YesNo | Kind::Switch => json!({ "type": "boolean" }),
        Kind::Choice(known) => json!({ "enum": known }),
        Kind::Choices(known) => {
            json!({ "type": "string", "description": format!("{}, with commas between", known.join(", ")) })
        }
        Kind::Day => json!({ "type": "string", "format": "date" }),
        Kind::Split | Kind::Range | Kind::CasesAndPeriods => json!({ "type": "string", "description": param.value }),
    };
    if let Some(default) = param.default {
        schema["default"] = match param.kind {
            Kind::Choice(_) | Kind::Choices(_) => default.into(),
            _ => serde_json::from_str(default).unwrap_or_else(|_| default.into()),
        };
    }
    schema
}

fn name(param: &Param) -> String {
    param.name.replace('-', "_")
}

fn in_query(call: &Call) -> Vec<Value> {
    call.params
        .iter()
        .map(|param| json!({ "name": name(param), "in": "query", "schema": schema(param), "description": param.en }))
        .collect()
}

fn answers(mut operation: Value) -> Value {
    let content = &mut operation["responses"]["200"]["content"];
    content["application/json"] = json!({ "schema": reference("Estimate") });
    content["text/csv"] = json!({ "schema": { "type": "string" } });
    operation
}

fn of_sheet(call: &Call) -> Value {
    let mut operation = operation_of(call.en, Who::Staff);
    let mut properties = Map::new();
    let mut required = Vec::new();
    for sheet in call.sheets {
        properties.insert(
            sheet.name.into(),
            json!({ "type": "string", "contentMediaType": "text/csv", "description": sheet.en }),
        );
        required.extend(sheet.is_required.then_some(sheet.name));
    }
    for param in call.params {
        let mut schema = schema(param);
        schema["description"] = param.en.into();
        properties.insert(name(param), schema);
    }
    operation["requestBody"] = json!({ "required": true, "content": {
        "application/json": { "schema": {
            "type": "object", "required": required, "properties": properties, "additionalProperties": false,
            "description": "The first sheet may also be called csv",
        } },
        "text/csv": { "schema": { "type": "string", "description": "The first sheet; what else the object holds stands in the address" } },
    } });
    answers(operation)
}

fn of_figure(call: &Call) -> Value {
    let mut operation = operation_of(&format!("{}, of a daily figure", call.en), Who::Staff);
    let mut parameters = vec![
        json!({ "name": "indicator", "in": "query", "required": true, "schema": { "type": "string" }, "description": "A figure that adds up by day" }),
    ];
    for plain in ["region", "from", "to", "as_of"] {
        parameters.push(json!({ "name": plain, "in": "query", "schema": super::shapes::parameter(plain) }));
    }
    parameters.extend(in_query(call));
    operation["parameters"] = parameters.into();
    answers(operation)
}
