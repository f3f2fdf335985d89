//! The one place where the two engines are told apart by name in SQL text.

use crate::error::{DbError, DbErrorKind, Result};

/// A database engine that this crate speaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// One file, one writer.
    Sqlite,
    /// A server, several processes.
    Postgres,
}

impl Engine {
    /// Lower-case name, as in logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// The words that stand for types in migrations: word, SQLite, PostgreSQL.
const TYPE_WORDS: [(&str, &str, &str); 8] = [
    ("uuid", "blob", "uuid"),
    ("json", "text", "jsonb"),
    ("bytes", "blob", "bytea"),
    ("int", "integer", "bigint"),
    ("bool", "integer", "boolean"),
    // Text compares and sorts by its bytes, as in SQLite, whatever the language of the server.
    ("text", "text", "text collate \"C\""),
    ("real", "real", "double precision"),
    // Without STRICT, SQLite gives unknown type names numeric affinity and turns the text `1e5` into a number.
    ("strict", "strict", ""),
];

/// `($3, $4, $5)` for `list(3, 3)`: the placeholders of an IN list of `count` values whose first is `$start`.
///
/// An empty list is written `(null)`, which matches nothing on both engines (also under NOT IN: ask for
/// emptiness before).
pub fn list(count: usize, start: usize) -> String {
    if count == 0 {
        return "(null)".to_owned();
    }
    let marks: Vec<String> = (start..start + count).map(|n| format!("${n}")).collect();
    format!("({})", marks.join(", "))
}

/// The larger of two values that are not null: SQLite's two-argument `max`, PostgreSQL's `greatest`.
pub fn larger(engine: Engine, a: &str, b: &str) -> String {
    match engine {
        Engine::Sqlite => format!("max({a}, {b})"),
        Engine::Postgres => format!("greatest({a}, {b})"),
    }
}

/// Replaces the type words of a migration by the engine's own types.
///
/// # Errors
/// A word in braces that is not a type word.
pub fn with_types(engine: Engine, sql: &str) -> Result<String> {
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let after = &rest[open + 1..];
        let length = after.bytes().take_while(u8::is_ascii_lowercase).count();
        if length == 0 || after.as_bytes().get(length) != Some(&b'}') {
            out.push('{');
            rest = after;
            continue;
        }
        let word = &after[..length];
        let Some((_, sqlite, postgres)) = TYPE_WORDS.iter().find(|(name, ..)| *name == word) else {
            return Err(DbError::new(
                DbErrorKind::Migration,
                format!("未知的类型词 {{{word}}}"),
                format!("unknown type word {{{word}}}"),
            ));
        };
        out.push_str(if engine == Engine::Sqlite { sqlite } else { postgres });
        rest = &after[length + 1..];
    }
    out.push_str(rest);
    Ok(out)
}

/// SQL names that we put into texts ourselves: lower case, digits and underscores, nothing to quote or to inject.
pub(crate) fn check_name(name: &str) -> Result<&str> {
    let mut bytes = name.bytes();
    let starts_well = bytes.next().is_some_and(|b| b.is_ascii_lowercase() || b == b'_');
    if starts_well && name.len() <= 63 && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
        return Ok(name);
    }
    Err(DbError::new(DbErrorKind::Syntax, "SQL 名称不合规", "not a plain SQL name").with_engine_text(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_counts_from_its_start() {
        assert_eq!(list(3, 3), "($3, $4, $5)");
        assert_eq!(list(1, 1), "($1)");
        assert_eq!(list(0, 4), "(null)");
    }

    #[test]
    fn type_words_are_replaced_and_json_text_is_left_alone() {
        let sql = "create table t (id {uuid} not null, doc {json} default '{}', x {bool}, d text default '{\"a\":1}') {strict}";
        assert_eq!(
            with_types(Engine::Postgres, sql).unwrap(),
            "create table t (id uuid not null, doc jsonb default '{}', x boolean, d text default '{\"a\":1}') "
        );
        assert!(with_types(Engine::Sqlite, sql).unwrap().ends_with(") strict"));
    }

    #[test]
    fn a_misspelt_type_word_is_an_error() {
        let error = with_types(Engine::Sqlite, "create table t (id {uid})").unwrap_err();
        assert_eq!(error.kind(), &DbErrorKind::Migration);
        assert!(error.to_string().contains("{uid}"));
    }

    #[test]
    fn names_with_anything_to_inject_are_refused() {
        for bad in ["", "a b", "1a", "a;drop", "A", "a\"b", "é"] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
        assert!(check_name("entry_index").is_ok());
    }
}
