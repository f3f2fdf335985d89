//! Roles: who writes what, who reads what and how far.

use super::from_post::from_post;
use super::gather::{Decls, table};
use super::log::Log;
use super::table::Table;
use super::tree::{Spot, Value};
use crate::expr::check::known_hint;
use crate::expr::world::World;
use crate::model::{Level, Role, Scope};
use lianfang_kernel::Sensitivity;
use std::collections::BTreeMap;

pub(super) const KEYS: &[&str] = &[
    "write",
    "read",
    "scope",
    "police",
    "admin",
    "auditor",
    "policy",
    "from_post",
];

const POLICY: [&str; 2] = ["propose", "approve"];

pub(super) fn roles(log: &mut Log, decls: &Decls<'_>, world: &World) -> BTreeMap<String, Role> {
    let mut roles = BTreeMap::new();
    for decl in decls.of("role") {
        let Some(table) = table(log, decl, "role", KEYS) else {
            continue;
        };
        let mut write = Vec::new();
        for (register, spot) in table.texts(log, "write") {
            check_register(log, world, register, spot.place());
            write.push(register.to_owned());
        }
        let police = table.flag(log, "police");
        let policy: Vec<&str> = table
            .texts(log, "policy")
            .into_iter()
            .map(|(word, spot)| known(log, word, spot))
            .collect();
        let scopes = [
            ("region", Scope::Region),
            ("organisation", Scope::Organisation),
            ("sector", Scope::Sector),
            ("own", Scope::Own),
        ];
        let role = Role {
            id: decl.id.to_owned(),
            title: table.title(log, decl.id),
            write,
            read: read(log, &table, world, police),
            scope: table.choice(log, "scope", &scopes).unwrap_or_default(),
            police,
            admin: table.flag(log, "admin"),
            auditor: table.flag(log, "auditor"),
            proposes: policy.contains(&"propose"),
            approves: policy.contains(&"approve"),
            from_post: from_post(log, &table, world),
        };
        roles.insert(decl.id.to_owned(), role);
    }
    roles
}

/// What a role reads and how far.
fn read(log: &mut Log, table: &Table<'_>, world: &World, police: bool) -> BTreeMap<String, Level> {
    let mut read = BTreeMap::new();
    for entry in table.named(log, "read") {
        check_register(log, world, &entry.key, entry.spot.place());
        let level = match &entry.spot.value {
            Value::Text(text, _) => Level::from_id(text),
            _ => None,
        };
        let Some(level) = level else {
            super::table::wrong(
                log,
                &entry.spot,
                &entry.key,
                (
                    "figures、pseudonymous 或 identified",
                    "figures, pseudonymous or identified",
                ),
            );
            continue;
        };
        let health = world
            .registers
            .get(&entry.key)
            .is_some_and(|r| r.schema.sensitivity >= Sensitivity::Health);
        if police && health && level > Level::Figures {
            log.error(
                entry.spot.place(),
                (
                    format!("公安角色不能查看健康信息 {}", entry.key),
                    format!("police roles do not read health data: {}", entry.key),
                ),
                ("请去掉，或只给 figures", "leave it out, or give figures only"),
            );
        }
        read.insert(entry.key.clone(), level);
    }
    read
}

/// What a role may do to policy: `propose`, `approve`.
fn known<'d>(log: &mut Log, word: &'d str, spot: &Spot) -> &'d str {
    if !POLICY.contains(&word) {
        let hint = known_hint(word, POLICY.iter().copied());
        let what = (
            format!("policy 没有 {word} 这一项"),
            format!("policy has no value {word}"),
        );
        log.error(spot.place(), what, hint);
    }
    word
}

fn check_register(log: &mut Log, world: &World, register: &str, at: super::log::At) {
    if register != "*" && !world.registers.contains_key(register) {
        let hint = known_hint(register, world.registers.keys().map(String::as_str));
        log.error(
            at,
            (
                format!("没有登记表 {register}"),
                format!("there is no register {register}"),
            ),
            hint,
        );
    }
}
