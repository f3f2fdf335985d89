//! Shapes of bodies and answers.

use serde_json::{Value, json};

/// The schema of a parameter, by its name: names mean the same everywhere.
pub(super) fn parameter(name: &str) -> Value {
    match name {
        "as_of" => json!({ "type": "string", "format": "date-time" }),
        "day" => json!({ "type": "string", "format": "date" }),
        "from" | "to" => json!({ "type": "string", "description": "A civil day, or a moment" }),
        "subject" | "owner" | "unit" => json!({ "type": "string", "format": "uuid" }),
        "limit" => json!({ "type": "integer", "minimum": 1 }),
        "dry_run" | "flagged" => json!({ "type": "boolean" }),
        "by" => json!({ "type": "string", "description": "day, region, sector, state or a code, with commas between" }),
        "state" => json!({ "enum": ["upcoming", "open", "missed", "done", "due", "excused", "all"] }),
        _ => json!({ "type": "string" }),
    }
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn uuid() -> Value {
    json!({ "type": "string", "format": "uuid" })
}

fn moment() -> Value {
    json!({ "type": "string", "format": "date-time" })
}

fn list(of: Value) -> Value {
    json!({ "type": "array", "items": of })
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "required": required, "properties": properties })
}

fn named(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Every shape that a call names.
pub(super) fn schemas() -> Value {
    let mut all = writing();
    for more in [reading(), declaring(), checking(), setting_up()] {
        if let (Value::Object(all), Value::Object(more)) = (&mut all, more) {
            all.extend(more);
        }
    }
    all
}

fn writing() -> Value {
    let described = object(
        &["type"],
        json!({
            "type": text(), "name": text(), "unit": uuid(),
            "identifiers": { "type": "object", "additionalProperties": text() },
        }),
    );
    json!({
        "Anything": { "type": "object" },
        "GivingBack": object(&["reason"], json!({ "reason": text() })),
        "Delegating": object(&["to", "reason"], json!({ "to": uuid(), "reason": text() })),
        "Problem": object(&["type", "status", "code", "title", "detail"], json!({
            "type": text(), "status": { "type": "integer" }, "code": text(), "title": text(), "detail": text(),
            "field": { "type": ["string", "null"] }, "hint": text(), "clause": text(),
        })),
        "Entry": object(&["id", "register"], json!({
            "id": uuid(), "register": text(), "act": { "enum": ["new", "correct", "withdraw", "end"], "default": "new" },
            "replaces": uuid(), "subject": { "oneOf": [uuid(), described] }, "at": moment(), "made_at": moment(),
            "reported_at": moment(), "assurance": { "enum": ["self", "seen", "verified"] }, "group": uuid(),
            "confirmed": { "type": "boolean" }, "override": { "type": "object", "additionalProperties": text() },
            "proxy": { "type": "boolean" }, "region": text(), "reason": text(), "body": { "type": "object" },
        })),
        "Entries": object(&[], json!({
            "entries": { "type": "array", "maxItems": 1000, "items": named("Entry") },
            "sealed": { "type": "array", "maxItems": 1000, "items": text(), "description": "Base64 of entries that staff sealed on a phone to the key of `GET /checks/kit`, each with the account that made it as `by`" },
        })),
        "EntryAnswer": object(&["id", "status", "problems", "flags", "tasks"], json!({
            "id": uuid(), "status": { "enum": ["accepted", "flagged", "refused", "tray"] }, "subject": uuid(),
            "code": text(), "field": { "type": ["string", "null"] }, "detail": text(), "hint": text(),
            "problems": list(json!({ "type": "object" })), "flags": list(json!({ "type": "object" })),
            "decision": { "type": "object" }, "tasks": list(json!({ "type": "object" })), "certificate": uuid(),
        })),
        "EntryAnswers": object(&["epoch", "results"], json!({
            "epoch": { "type": "integer" }, "results": list(named("EntryAnswer")),
        })),
    })
}

fn reading() -> Value {
    let page = |of: Value| {
        object(
            &["items", "next"],
            json!({ "items": list(of), "next": { "type": ["string", "null"] } }),
        )
    };
    let number = json!({ "type": ["integer", "null"] });
    json!({
        "EntryPage": page(json!({ "type": "object" })),
        "TaskPage": page(json!({ "type": "object" })),
        "SubjectFile": object(&["id", "kind", "type", "label", "region", "holds", "enrolments", "timeline"], json!({
            "id": uuid(), "kind": text(), "type": text(), "label": { "type": ["string", "null"] }, "region": text(),
            "unit": { "type": ["string", "null"] }, "holds": list(json!({ "type": "object" })),
            "enrolments": list(json!({ "type": "object" })), "timeline": list(json!({ "type": "object" })),
        })),
        "Figure": object(&["id", "title", "definition", "unit", "as_of", "state", "value", "rows", "missing"], json!({
            "id": text(), "title": text(), "definition": text(), "unit": text(), "as_of": moment(),
            "state": { "enum": ["known", "partial", "unknown", "not_due", "suppressed"] }, "value": number,
            "numerator": number, "denominator": number, "rows": list(json!({ "type": "object" })),
            "missing": list(json!({ "type": "object" })),
        })),
        "Estimate": object(&["call", "rows", "warnings"], json!({
            "call": text(), "rows": list(json!({ "type": "object" })), "warnings": list(text()),
            "indicator": text(), "title": text(), "definition": text(), "unit": text(), "from": text(), "to": text(),
            "as_of": moment(), "state": { "enum": ["known", "partial", "unknown", "not_due", "suppressed"] },
        })),
        "Search": object(&["purpose"], json!({
            "purpose": text(), "identifiers": { "type": "object", "additionalProperties": text() },
            "name_part": text(), "last4": text(),
        })),
        "Describing": object(&["purpose"], json!({
            "purpose": text(), "name": text(), "sex": text(), "birth": text(), "address": text(),
            "identifiers": { "type": "object", "additionalProperties": text() },
        })),
        "Likely": object(&["state", "items"], json!({
            "state": { "enum": ["off", "building", "ready"] },
            "items": list(object(&["id", "weight", "class", "fields"], json!({
                "id": uuid(), "region": text(), "label": text(), "document": text(), "weight": { "type": "number" },
                "class": { "enum": ["same", "household"] },
                "fields": list(object(&["field", "level", "weight"], json!({
                    "field": text(), "level": text(), "weight": { "type": "number" },
                }))),
            }))),
        })),
        "Reason": object(&["reason"], json!({ "reason": text() })),
        "MatchList": object(&["rows"], json!({ "rows": { "type": "array", "maxItems": 200_000, "items": object(&[], json!({
            "id": text(), "name": text(), "sex": text(), "birth": text(), "idno": text(), "phone": text(), "plate": text(),
            "addr": text(),
        })) } })),
    })
}

fn declaring() -> Value {
    json!({
        "Declaration": object(&["person"], json!({
            "person": object(&["name"], json!({ "name": text(), "cn_id": text(), "id_doc": text(), "phone": text() })),
            "for": { "enum": ["today", "tomorrow"], "default": "today" }, "id": uuid(),
            "confirmed": { "type": "boolean" }, "proxy": { "type": "boolean" },
            "body": { "type": "object", "description": "Fields of the register `declaration`; they may also stand beside `person`" },
        })),
        "DeclarationAnswer": object(&["pass", "pass_id", "pass_svg_url", "valid_day", "entry", "status", "flags"], json!({
            "pass": text(), "pass_id": uuid(), "pass_svg_url": text(), "valid_day": { "type": "string", "format": "date" },
            "entry": uuid(), "status": { "enum": ["accepted", "flagged"] }, "flags": list(json!({ "type": "object" })),
            "device_secret": { "type": "string", "description": "Once, when the device is new" },
        })),
        "Inbound": object(&["id", "from", "text"], json!({
            "id": { "type": "string", "description": "The gateway's own: the same answer twice is one answer" },
            "from": text(), "text": text(),
        })),
        "Verifying": object(&[], json!({ "text": text(), "texts": list(text()), "document": text() })),
        "TrustList": { "type": "object", "properties": { "hcert": { "type": "object" }, "nzcp": { "type": "object" }, "shc": { "type": "object" } } },
        "ChoosingMessages": object(&["channel", "hour"], json!({
            "channel": text(), "hour": { "type": "integer", "minimum": 0, "maximum": 23 }, "lang": text(),
            "address": { "type": ["string", "null"] },
        })),
        "MessageChoice": object(&["channels", "channel", "hour", "lang", "address", "phone", "quiet", "urgent_daily"], json!({
            "channels": list(object(&["id", "title"], json!({ "id": text(), "title": text() }))),
            "channel": text(), "hour": { "type": "integer" }, "lang": text(), "address": { "type": ["string", "null"] },
            "phone": { "type": ["string", "null"] }, "urgent_daily": { "type": ["integer", "null"] },
            "quiet": { "type": ["object", "null"], "properties": { "from": { "type": "integer" }, "to": { "type": "integer" } } },
        })),
        "InterviewLink": object(&["id", "link", "code", "expires_at"], json!({
            "id": uuid(), "link": text(), "code": text(), "expires_at": moment(),
        })),
        "InterviewOpening": object(&[], json!({ "link": text(), "code": text() })),
        "InterviewAnswer": object(&["body"], json!({ "id": uuid(), "body": { "type": "object" } })),
        "Code": object(&["code"], json!({ "code": text() })),
        "Credentials": object(&["login", "password"], json!({ "login": text(), "password": text(), "totp": text() })),
    })
}

fn setting_up() -> Value {
    let words = object(&["zh", "en"], json!({ "zh": text(), "en": text() }));
    let function = object(&["function"], json!({ "function": text(), "region": text() }));
    json!({
        "Orgs": object(&["orgs"], json!({
            "orgs": list(object(&["type", "name", "region"], json!({
                "id": uuid(), "type": text(), "name": words, "region": text(), "sector": text(), "parent": uuid(),
                "functions": list(function),
            }))),
        })),
        "Users": object(&["users"], json!({
            "users": list(object(&["name", "role"], json!({
                "name": text(), "password": text(), "role": text(), "org": uuid(), "person": uuid(),
                "expires_at": moment(),
            }))),
        })),
        "UserChange": { "type": "object", "minProperties": 1, "maxProperties": 1, "properties": {
            "lock": { "type": "boolean" }, "reset": { "const": true }, "expire": { "type": ["string", "null"] },
            "totp": { "const": true }, "token": text(), "person": { "type": ["string", "null"], "format": "uuid" },
        } },
        "DryRun": object(&["dry_run"], json!({ "dry_run": { "type": "boolean" } })),
        "ClockMove": { "type": "object", "properties": { "now": moment(), "advance": { "type": "string", "examples": ["PT24H"] } } },
        "File": object(&["file"], json!({
            "file": { "type": "string", "contentMediaType": "application/octet-stream" },
        })),
        "KeptFile": object(&["id", "media_type", "bytes"], json!({
            "id": uuid(), "media_type": { "enum": ["image/jpeg", "image/png", "application/pdf"] },
            "bytes": { "type": "integer" }, "width": { "type": ["integer", "null"] },
            "height": { "type": ["integer", "null"] },
        })),
        "Upload": object(&["register", "file"], json!({
            "register": text(), "file": { "type": "string", "contentMediaType": "application/octet-stream" },
            "mapping": text(), "dry_run": { "type": "boolean" }, "atomic": { "type": "boolean" }, "same": text(),
        })),
    })
}

fn checking() -> Value {
    let (number, flag) = (json!({ "type": ["number", "null"] }), json!({ "type": "boolean" }));
    let maybe = || json!({ "type": ["string", "null"] });
    json!({
        "Check": object(&[], json!({
            "id": uuid(), "checkpoint": text(), "at": moment(), "made_at": moment(),
            "direction": { "enum": ["in", "out"], "default": "in" }, "pass": maybe(), "verdict": text(),
            "document": { "enum": ["match", "differs", "not_compared"], "default": "not_compared" },
            "celsius": number.clone(), "plate": maybe(), "vehicle": flag.clone(), "decision": { "enum": ["admit", "refuse", "hold"] },
            "reason": maybe(), "way": { "enum": ["scan", "typed", "paper", "helper", "program"], "default": "program" },
            "seconds": number,
        })),
        "Checks": object(&[], json!({
            "device": text(), "epoch": { "type": "integer" },
            "checks": { "type": "array", "maxItems": 1000, "items": named("Check") },
            "sealed": { "type": "array", "maxItems": 1000, "items": text() },
        })),
        "CheckAnswers": object(&["epoch", "results"], json!({
            "epoch": { "type": "integer" },
            "results": list(object(&["id", "status"], json!({
                "id": { "type": ["string", "null"] }, "status": { "enum": ["accepted", "flagged", "refused"] },
                "code": text(), "detail": text(), "hint": text(), "verdict": maybe(), "decision": text(),
                "in_tray": flag,
            }))),
        })),
        "Revoking": object(&["reason"], json!({ "reason": text(), "remark": maybe(), "id": uuid() })),
        "PhoneName": object(&[], json!({ "name": text() })),
    })
}
