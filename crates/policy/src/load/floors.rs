//! What a pack marks `floor = true` stands on a right of people: a city adds nothing to it and puts nothing in its place.

use super::gather::{Decl, Decls};
use super::log::Log;
use super::tree::{Spot, Value};

/// Tables that an overlay may carry a further part or version of.
const TABLES: [&str; 3] = ["setting", "rule", "protocol"];

/// Refuses whatever an overlay writes under the id of a floor.
pub(super) fn check(log: &mut Log, decls: &Decls<'_>) {
    for table in TABLES {
        for floor in decls.of(table).iter().filter(|decl| !decl.overlay && is_floor(decl)) {
            let rights = rights(floor.spot).join(" ");
            let (zh, en) = match rights.as_str() {
                "" => ("群众权利".to_owned(), "a right of people".to_owned()),
                rights => (format!("权利 {rights}"), format!("right {rights}")),
            };
            for decl in decls
                .of(table)
                .iter()
                .filter(|decl| decl.overlay && decl.id == floor.id)
            {
                let before = log.place(floor.at);
                log.error(
                    decl.at,
                    (
                        format!("{table} {} 是底线（{zh}，{before}），本市不得更改", decl.id),
                        format!(
                            "{table} {} is a floor ({en}, at {before}); a city may not change it",
                            decl.id
                        ),
                    ),
                    (
                        "请去掉这一部分；底线只能随能力包的新版本更改",
                        "leave it out; a floor changes only with a new release of its pack",
                    ),
                );
            }
        }
    }
}

fn is_floor(decl: &Decl<'_>) -> bool {
    matches!(find(decl.spot, "floor"), Some(Value::Bool(true)))
}

fn find<'s>(spot: &'s Spot, key: &str) -> Option<&'s Value> {
    match &spot.value {
        Value::Table(entries) => entries
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| &entry.spot.value),
        _ => None,
    }
}

/// The rights among the rows that a table meets.
fn rights(spot: &Spot) -> Vec<&str> {
    let Some(Value::List(rows)) = find(spot, "meets") else {
        return Vec::new();
    };
    rows.iter()
        .filter_map(|row| match &row.value {
            Value::Text(text, _) if text.starts_with('D') => Some(text.as_str()),
            _ => None,
        })
        .collect()
}
