//! What the language has and this version does not: one table, so that a pack using it is told plainly.

/// Tables that are not read yet.
pub(super) const TABLES: &[&str] = &["propose"];

/// Keys that are not read yet, by table.
const KEYS: &[(&str, &[&str])] = &[("pack", &["modules", "owner"]), ("set", &["sample", "enrolled"])];

/// Whether the key belongs to the language and not to this version.
pub(super) fn key(table: &str, key: &str) -> bool {
    KEYS.iter().any(|(known, keys)| *known == table && keys.contains(&key))
}
