//! What a schema must keep so that its tables can be distributed.
//!
//! Each table says in a comment before it, or on the line of its `create table`, how it would lie on many servers:
//! `-- distributed by <column>`, `-- reference` (a copy everywhere) or `-- local` (on the coordinator only).

use super::tokens::{Token, tokens};
use super::{Violation, break_rule, check_sql};
use crate::migration::Migration;

/// How a table would lie on many servers.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Placement {
    Distributed(String),
    Reference,
    Local,
}

struct Table {
    name: String,
    placement: Placement,
}

/// The rules that the tables of `migrations` break, together with those of [`check_sql`]:
/// every table says where it lies; the distribution column of a distributed table is a NOT NULL column of it and part
/// of its primary key and of every unique index; the columns of every primary key are NOT NULL (SQLite would let NULL
/// in); every table is `{strict}`.
pub fn check_schema(migrations: &[Migration]) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut tables: Vec<Table> = Vec::new();
    for migration in migrations {
        violations.extend(check_sql(migration.sql));
        for statement in statements(migration.sql) {
            let tokens = tokens(&statement);
            if let Some((name, body)) = created_table(&tokens) {
                let placement = placement(&statement).unwrap_or_else(|| {
                    let instead = "a comment before it: -- distributed by <column>, -- reference or -- local";
                    violations.push(break_rule("placement", name, instead));
                    Placement::Local
                });
                if !tokens
                    .windows(3)
                    .any(|three| three[0].is("{") && three[1].is("strict") && three[2].is("}"))
                {
                    violations.push(break_rule("strict", name, "{strict} at the end of the table"));
                }
                check_table(name, body, &placement, &mut violations);
                tables.push(Table {
                    name: name.to_owned(),
                    placement,
                });
            } else {
                check_unique_index(&tokens, &tables, &mut violations);
            }
        }
    }
    violations
}

/// The statements of a migration, each with the comments before it and on its own lines.
fn statements(sql: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    for line in sql.lines() {
        let code_length = code_length(line);
        let (code, comment) = line.split_at(code_length);
        let mut parts = code.split(';').peekable();
        while let Some(part) = parts.next() {
            if let Some(statement) = found.last_mut() {
                statement.push_str(part);
            }
            if parts.peek().is_some() {
                found.push(String::new());
            }
        }
        if let Some(statement) = found.last_mut() {
            statement.push_str(comment);
            statement.push('\n');
        }
    }
    found
}

/// Bytes of a line before its comment.
fn code_length(line: &str) -> usize {
    let mut in_string = false;
    for (at, c) in line.char_indices() {
        match c {
            '\'' => in_string = !in_string,
            '-' if !in_string && line[at..].starts_with("--") => return at,
            _ => {}
        }
    }
    line.len()
}

fn placement(statement: &str) -> Option<Placement> {
    statement.lines().find_map(|line| {
        let comment = line[code_length(line)..].trim_start_matches('-').trim();
        let mut words = comment.split_whitespace();
        match (words.next()?, words.next(), words.next()) {
            ("distributed", Some("by"), Some(column)) => Some(Placement::Distributed(
                column.trim_end_matches([',', '.', ';', ':']).to_owned(),
            )),
            ("reference", ..) => Some(Placement::Reference),
            ("local", ..) => Some(Placement::Local),
            _ => None,
        }
    })
}

/// Name and what stands between the parentheses of a CREATE TABLE.
fn created_table(tokens: &[Token]) -> Option<(&str, &[Token])> {
    let at = super::position(tokens, &["create", "table"])?;
    let name_at = if super::starts_with(&tokens[at + 2..], &["if", "not", "exists"]) {
        at + 5
    } else {
        at + 2
    };
    let open = (name_at..tokens.len()).find(|&at| tokens[at].is("("))?;
    Some((tokens[name_at].text(), inside(&tokens[open..])))
}

/// What stands inside the parenthesis that `tokens` begins with.
fn inside(tokens: &[Token]) -> &[Token] {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return &tokens[1..at];
            }
        }
    }
    &tokens[1..]
}

/// The comma-separated parts, commas inside parentheses not counted.
fn parts(tokens: &[Token]) -> Vec<&[Token]> {
    let mut depth = 0_usize;
    tokens
        .split(|token| {
            if token.is("(") {
                depth += 1;
            } else if token.is(")") {
                depth = depth.saturating_sub(1);
            }
            depth == 0 && token.is(",")
        })
        .collect()
}

/// First word of each part of a column list.
fn column_names(list: &[Token]) -> Vec<&str> {
    parts(list)
        .iter()
        .filter_map(|part| part.iter().find(|token| token.is_word()))
        .map(Token::text)
        .collect()
}

fn check_table(table: &str, body: &[Token], placement: &Placement, violations: &mut Vec<Violation>) {
    let parts = parts(body);
    let mut keys: Vec<Vec<&str>> = Vec::new();
    let mut has_primary_key = false;
    let mut not_null: Vec<&str> = Vec::new();
    let mut columns: Vec<&str> = Vec::new();
    for part in &parts {
        let Some(name) = part.first().map(Token::text) else {
            continue;
        };
        let is_constraint = ["constraint", "primary", "unique", "check", "foreign"]
            .iter()
            .any(|word| part[0].is(word));
        if !is_constraint {
            columns.push(name);
            if super::position(part, &["not", "null"]).is_some() {
                not_null.push(name);
            }
        }
        let primary_at = super::position(part, &["primary", "key"]).map(|at| at + 2);
        let unique_at = part.iter().position(|token| token.is("unique")).map(|at| at + 1);
        for (at, is_primary) in primary_at
            .map(|at| (at, true))
            .into_iter()
            .chain(unique_at.map(|at| (at, false)))
        {
            let is_list = part.get(at).is_some_and(|token| token.is("("));
            let key = if is_constraint && is_list {
                column_names(inside(&part[at..]))
            } else {
                vec![name]
            };
            has_primary_key |= is_primary;
            if is_primary {
                check_not_null(table, &key, &not_null, violations);
            }
            keys.push(key);
        }
    }
    if !has_primary_key {
        violations.push(break_rule("primary-key", table, "primary key (…)"));
    }
    let Placement::Distributed(column) = placement else {
        return;
    };
    if !columns.contains(&column.as_str()) || !not_null.contains(&column.as_str()) {
        let found = format!("{table}.{column}");
        violations.push(break_rule(
            "distribution-column",
            found,
            "a column of the table that is not null",
        ));
    }
    for key in keys.iter().filter(|key| !key.contains(&column.as_str())) {
        let found = format!("{table} ({})", key.join(", "));
        violations.push(break_rule(
            "distribution-key",
            found,
            "the distribution column in every primary and unique key",
        ));
    }
}

fn check_not_null(table: &str, key: &[&str], not_null: &[&str], violations: &mut Vec<Violation>) {
    for column in key.iter().filter(|column| !not_null.contains(column)) {
        let found = format!("{table}.{column}");
        violations.push(break_rule(
            "key-not-null",
            found,
            "not null on every column of the primary key",
        ));
    }
}

fn check_unique_index(tokens: &[Token], tables: &[Table], violations: &mut Vec<Violation>) {
    if super::position(tokens, &["create", "unique", "index"]).is_none() {
        return;
    }
    let Some(on) = tokens.iter().position(|token| token.is("on")) else {
        return;
    };
    let Some(name) = tokens.get(on + 1).map(Token::text) else {
        return;
    };
    let Some(Placement::Distributed(column)) = tables.iter().find(|table| table.name == name).map(|t| &t.placement)
    else {
        return;
    };
    let columns = column_names(inside(&tokens[on + 2..]));
    if !columns.contains(&column.as_str()) {
        let found = format!("{name} ({})", columns.join(", "));
        violations.push(break_rule(
            "distribution-key",
            found,
            "the distribution column in every unique index",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &'static str, expected: &[(&str, &str)]) {
        let found = check_schema(&[Migration {
            number: 1,
            name: "tables",
            sql,
        }]);
        let found: Vec<(&str, &str)> = found.iter().map(|one| (one.rule, one.found.as_str())).collect();
        assert_eq!(found, expected, "{sql}");
    }

    #[test]
    fn a_good_schema_passes() {
        check(
            "-- Everything that happened; distributed by way of its subject.
             -- distributed by subject
             create table entry (
               subject {uuid} not null, -- of whom; never changed
               id {uuid} not null,
               n {int} not null check (n in (1, 2)),
               primary key (subject, id),
               constraint entry_n_key unique (subject, n)
             ) {strict};
             create unique index entry_by_n on entry (n, subject) where n > 0;
             create index entry_by_id on entry (id);
             -- reference
             create table region (id {text} not null primary key, name {text} not null unique) {strict};
             create table if not exists clock (id {int} not null primary key) {strict}; -- tail
             ",
            &[("placement", "clock")],
        );
    }

    #[test]
    fn keys_without_the_distribution_column_are_seen() {
        check(
            "-- distributed by subject
             create table entry (subject {uuid} not null, id {uuid} not null primary key, code {text} unique) {strict};
             create unique index entry_by_code on entry (lower(code), id);",
            &[
                ("distribution-key", "entry (id)"),
                ("distribution-key", "entry (code)"),
                ("distribution-key", "entry (lower, id)"),
            ],
        );
    }

    #[test]
    fn a_distribution_column_that_is_not_there_or_may_be_null_is_seen() {
        check(
            "-- distributed by subject
             create table entry (subject {uuid}, id {uuid} not null, primary key (subject, id)) {strict};
             -- distributed by area
             create table thing (id {uuid} not null primary key) {strict};",
            &[
                ("key-not-null", "entry.subject"),
                ("distribution-column", "entry.subject"),
                ("distribution-column", "thing.area"),
                ("distribution-key", "thing (id)"),
            ],
        );
    }

    #[test]
    fn tables_without_key_or_strict_and_bad_sql_are_seen() {
        check(
            "-- local
             create table note (text {text} not null);
             create trigger t after insert on note begin select 1; end;",
            &[
                ("trigger", "create trigger"),
                ("strict", "note"),
                ("primary-key", "note"),
            ],
        );
    }
}
