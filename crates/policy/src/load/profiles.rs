//! Profiles: `field` of a type is an interval register made for it, dated like every fact, one version after the other.

use super::gather::{Decls, Parsed};
use super::log::Log;
use super::tree::{Entry, Spot, Value};
use crate::expr::ty::Access;
use crate::expr::world::{ProfileTy, World};
use std::sync::Arc;

/// The register that keeps the profile of a type.
fn register_of(kind_type: &str) -> String {
    format!("{}_profile", kind_type.replace('-', "_"))
}

/// Adds to the sources the registers that profiles are. Whatever is wrong with a field is told where the field stands.
pub(super) fn add_registers(parsed: &mut [Parsed]) {
    for source in parsed {
        let entries = source.entries();
        let types = entries.iter().filter(|entry| entry.key == "type");
        let tables = types.filter_map(|entry| table(&entry.spot));
        let made: Vec<Entry> = tables.flatten().filter_map(register).collect();
        if made.is_empty() {
            continue;
        }
        match entries.iter_mut().find(|entry| entry.key == "register") {
            Some(Entry {
                spot:
                    Spot {
                        value: Value::Table(registers),
                        ..
                    },
                ..
            }) => registers.extend(made),
            _ => {
                let place = made[0].spot.clone();
                entries.push(entry("register", &place, Value::Table(made)));
            }
        }
    }
}

fn table(spot: &Spot) -> Option<&[Entry]> {
    match &spot.value {
        Value::Table(entries) => Some(entries),
        _ => None,
    }
}

/// The register of the profile that a type declares, if it declares one.
fn register(of: &Entry) -> Option<Entry> {
    let declared = table(&of.spot)?;
    let find = |key: &str| declared.iter().find(|entry| entry.key == key);
    let field = find("field")?;
    let place = &of.spot;
    let text = |text: &str| Value::Text(text.to_owned(), text.to_owned());
    let words = |zh: &str, en: &str| Value::Table(vec![entry("zh", place, text(zh)), entry("en", place, text(en))]);
    let of_title = |lang: &str| {
        let written = table(&find("title")?.spot)?.iter().find(|entry| entry.key == lang)?;
        match &written.spot.value {
            Value::Text(text, _) => Some(text.clone()),
            _ => None,
        }
    };
    let titled = |lang: &str| of_title(lang).unwrap_or_else(|| of.key.clone());
    let is_person = matches!(&find("of")?.spot.value, Value::Text(kind, _) if kind == "person" || kind == "household");
    let one = |value: Value| {
        Value::List(vec![Spot {
            at: place.at,
            file: place.file,
            value,
        }])
    };
    let hold = vec![
        entry("per", place, one(text("subject"))),
        entry("max", place, text("1")),
        entry("overlap", place, text("end_previous")),
    ];
    let made = vec![
        entry(
            "title",
            place,
            words(&format!("{}资料", titled("zh")), &format!("Profile: {}", titled("en"))),
        ),
        entry(
            "help",
            place,
            words(
                "自所填日期起生效；以前的按当时的资料看",
                "In force from its date; the past is read by what held then",
            ),
        ),
        entry(
            "purpose",
            place,
            words("按日期知道对象是怎样的", "What such a subject is like, by date"),
        ),
        entry("subject", place, one(text(&of.key))),
        entry("shape", place, text("interval")),
        entry("nature", place, text("act")),
        entry("reference", place, Value::Bool(true)),
        entry("sensitivity", place, text(if is_person { "personal" } else { "plain" })),
        entry("retention", place, text("3650d")),
        entry("retention_class", place, text("d3650")),
        Entry {
            key: "field".to_owned(),
            at: field.at,
            spot: field.spot.clone(),
        },
        entry("hold", place, Value::Table(hold)),
    ];
    Some(entry(&register_of(&of.key), place, Value::Table(made)))
}

fn entry(key: &str, place: &Spot, value: Value) -> Entry {
    Entry {
        key: key.to_owned(),
        at: place.at,
        spot: Spot {
            at: place.at,
            file: place.file,
            value,
        },
    }
}

/// The profiles as conditions see them: any field may be missing. A name that two types of one kind give to fields of
/// different kinds is an error.
pub(super) fn profiles(log: &mut Log, decls: &Decls<'_>, world: &World) -> Vec<ProfileTy> {
    let mut found: Vec<ProfileTy> = Vec::new();
    for decl in decls.of("type") {
        let Some(kind) = world.types.get(decl.id) else { continue };
        let Some(register) = world.registers.get(&register_of(decl.id)) else {
            continue;
        };
        if !table(decl.spot).is_some_and(|keys| keys.iter().any(|entry| entry.key == "field")) {
            continue;
        }
        let declared = register.schema.fields.iter();
        let own = declared.filter_map(|field| register.record.field(&field.id).cloned());
        let mut fields: Vec<_> = own.filter(|field| !matches!(&*field.name, "from" | "to")).collect();
        for field in &mut fields {
            if field.access == Access::Always {
                field.access = Access::Optional;
            }
            let others = found.iter().filter(|other| other.kind == *kind);
            let other = others
                .flat_map(|other| &other.fields)
                .find(|other| other.name == field.name);
            if other.is_some_and(|other| other.ty != field.ty) {
                let name = &field.name;
                log.error(
                    decl.at,
                    (
                        format!("字段 {name} 在同类对象的另一类型中种类不同"),
                        format!("field {name} is of another kind in another type of such subjects"),
                    ),
                    ("请换一个编号", "take another id"),
                );
            }
        }
        found.push(ProfileTy {
            kind: *kind,
            register: Arc::from(register_of(decl.id)),
            fields,
        });
    }
    found
}
