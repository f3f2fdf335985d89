//! Screens and programs of this build that work on registers of packs, and what they need of them. A pack names its modules;
//! what they need is checked when packs are loaded, so that a pack that does not fit is refused and not a page.

use super::gather::Decls;
use super::log::{At, Log};
use super::table::Table;
use crate::expr::check::known_hint;
use crate::model::Model;
use lianfang_kernel::RegisterSchema;

/// A register with the fields that a module reads or writes, by kind.
type Needed = (&'static str, &'static [(&'static str, &'static str)]);

/// All modules. A field that the module can do without does not stand here.
const MODULES: &[(&str, &[Needed])] = &[
    ("chains", &[("infection_link", &[("case_no", "text")])]),
    (
        "checkpoints",
        &[
            ("checkpoint_file", &[]),
            (
                "checkpoint_check",
                &[
                    ("direction", "code"),
                    ("pass_verdict", "code"),
                    ("document", "code"),
                    ("decision", "code"),
                    ("way", "code"),
                ],
            ),
        ],
    ),
    (
        "class-sheet",
        &[
            ("class_roll", &[("roll", "int")]),
            (
                "morning_check",
                &[("roll", "int"), ("checked", "int"), ("absent", "int")],
            ),
        ],
    ),
    ("clinic", &[("visit_step", &[("step", "code"), ("room", "text")])]),
    (
        "declaration",
        &[
            ("declaration", &[("destination", "region")]),
            ("pass_revocation", &[("pass", "text")]),
        ],
    ),
    (
        "dispatch",
        &[
            ("request", &[("kind", "code")]),
            ("request_taken", &[]),
            ("request_escalation", &[]),
            ("dispatch", &[("serves", "matter")]),
            ("support_resource", &[("keeper", "org")]),
        ],
    ),
    (
        "documents",
        &[
            (
                "incoming_document",
                &[
                    ("number", "text"),
                    ("sender", "text"),
                    ("openness", "code"),
                    ("addressees", "rows"),
                ],
            ),
            ("document_receipt", &[("document", "matter")]),
            ("document_outcome", &[("document", "matter"), ("outcome", "note")]),
        ],
    ),
    (
        "drills",
        &[
            ("drill_script", &[("scenario", "text"), ("injects", "rows")]),
            ("drill_answer", &[("number", "int"), ("action", "text")]),
            ("drill_review", &[("summary", "note")]),
            ("drill_action", &[("number", "int"), ("measure", "text")]),
            ("drill_check", &[("number", "int"), ("passed", "bool")]),
        ],
    ),
    (
        "linkage",
        &[(
            "possible_duplicate",
            &[("other", "person"), ("weight", "decimal"), ("area", "region")],
        )],
    ),
    (
        "operations",
        &[(
            "operations_event",
            &[("kind", "code"), ("text", "text"), ("origin", "text")],
        )],
    ),
    (
        "pass-of-the-day",
        &[("one_code", &[("phone", "phone"), ("origin", "text")])],
    ),
    (
        "response",
        &[
            ("response_level", &[("level", "code")]),
            (
                "checklist_item",
                &[("level", "code"), ("number", "int"), ("what", "text")],
            ),
        ],
    ),
    (
        "triage",
        &[
            ("triage_visit", &[("celsius", "decimal"), ("exposed", "bool")]),
            ("triage_route", &[("to", "code")]),
        ],
    ),
    (
        "venues",
        &[
            ("venue_cap", &[("people", "int")]),
            ("venue_in", &[("people", "int")]),
            ("venue_out", &[("people", "int")]),
        ],
    ),
];

/// Checks the modules and the owners that packs name.
pub(super) fn check(log: &mut Log, decls: &Decls<'_>, model: &Model) {
    for decl in decls.of("pack") {
        let Some(table) = Table::read(log, decl.spot, "pack", super::names::PACK_KEYS) else {
            continue;
        };
        for (id, spot) in table.texts(log, "modules") {
            match MODULES.iter().find(|(known, _)| *known == id) {
                Some((_, needed)) => fits(log, (decls, model), (id, spot.place()), needed),
                None => log.error(
                    spot.place(),
                    (
                        format!("本程序没有模块 {id}"),
                        format!("this program has no module {id}"),
                    ),
                    known_hint(id, MODULES.iter().map(|(known, _)| *known)),
                ),
            }
        }
        owner(log, &table, model);
    }
}

/// Who answers for a pack is the holder of a function.
fn owner(log: &mut Log, table: &Table<'_>, model: &Model) {
    let Some(owner) = table.text(log, "owner") else { return };
    let functions = model.lists.get("function");
    if functions.is_some_and(|list| list.value(owner).is_some()) {
        return;
    }
    let known = functions.into_iter().flat_map(|list| &list.values);
    log.error(
        table.place("owner"),
        (format!("没有职能 {owner}"), format!("there is no function {owner}")),
        known_hint(owner, known.map(|value| value.id.as_str())),
    );
}

fn fits(log: &mut Log, (decls, model): (&Decls<'_>, &Model), (module, at): (&str, At), needed: &[Needed]) {
    for (register, fields) in needed {
        let Some(found) = model.registers.get(*register) else {
            log.error(
                at,
                (
                    format!("模块 {module} 需要登记表 {register}"),
                    format!("module {module} needs the register {register}"),
                ),
                (
                    "加上该登记表所在的包，或去掉该模块",
                    "add the pack that has it, or leave the module out",
                ),
            );
            continue;
        };
        let at = decls.find("register", register).map_or(at, |decl| decl.at);
        for (field, kind) in *fields {
            if !has(&found.schema, field, kind) {
                log.error(
                    at,
                    (
                        format!("模块 {module} 需要 {register} 的字段 {field}（{kind}）"),
                        format!("module {module} needs field {field} of kind {kind} in {register}"),
                    ),
                    ("请按此声明该字段", "declare the field so"),
                );
            }
        }
    }
}

fn has(schema: &RegisterSchema, field: &str, kind: &str) -> bool {
    let found = schema.field(field).map(|field| field.kind.id());
    found == Some(kind)
}
