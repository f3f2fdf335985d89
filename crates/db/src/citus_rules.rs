//! Rules that keep our SQL fit for Citus, the distributed PostgreSQL that a large city scales out on, and for both of
//! the everyday engines. They are what a program can hold; a join on a column that is not the distribution column
//! still needs a reader's eye.
//!
//! Call them from a test over all SQL texts of a crate:
//!
//! ```
//! use lianfang_db::citus_rules::check_sql;
//!
//! assert!(check_sql("update task set done_at = $1 where subject = $2 and id = $3").is_empty());
//! let found = check_sql("update task set done_at = now() where subject = $1");
//! assert_eq!(found[0].rule, "volatile-function");
//! ```

mod schema;
mod tokens;

pub use schema::check_schema;
use std::fmt;
use tokens::{Token, tokens};

/// A rule that an SQL text breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Name of the rule, for example `for-update`.
    pub rule: &'static str,
    /// The words at fault, or the table.
    pub found: String,
    /// What to write instead.
    pub instead: &'static str,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: `{}`, write instead: {}", self.rule, self.found, self.instead)
    }
}

/// Words that may not stand in a text, wherever: rule, the words in a row, what to write instead.
const FORBIDDEN: &[(&str, &[&str], &str)] = &[
    (
        "trigger",
        &["create", "trigger"],
        "application code: triggers do not work on distributed tables",
    ),
    (
        "trigger",
        &["create", "constraint", "trigger"],
        "application code: triggers do not work on distributed tables",
    ),
    ("merge", &["merge", "into"], "insert … on conflict do update"),
    ("grouping", &["rollup", "("], "separate GROUP BYs with UNION ALL"),
    ("grouping", &["cube", "("], "separate GROUP BYs with UNION ALL"),
    ("grouping", &["grouping", "sets"], "separate GROUP BYs with UNION ALL"),
    ("any-array", &["any", "("], "an IN list made with dialect::list"),
    ("ilike", &["ilike"], "lower(…) like, or a column kept in lower case"),
    ("cast", &["::"], "cast(… as …)"),
    (
        "distinct-on",
        &["distinct", "on"],
        "row_number() over (partition by …) = 1",
    ),
    (
        "lateral",
        &["lateral"],
        "a join on the distribution column, or two queries",
    ),
    (
        "generate-series",
        &["generate_series", "("],
        "a list bound by the application",
    ),
    ("question-mark", &["?"], "parameters $1, $2 …"),
    ("insert-or", &["insert", "or"], "on conflict"),
    ("replace", &["replace", "into"], "on conflict do update"),
];

/// Functions whose answer is not fixed by their arguments: not allowed where rows are written on several shards.
/// Also beyond that we bind times and identifiers, so that a batch has one clock.
const VOLATILE: &[&str] = &[
    "now",
    "random",
    "gen_random_uuid",
    "uuid_generate_v4",
    "clock_timestamp",
    "statement_timestamp",
    "transaction_timestamp",
    "timeofday",
    "nextval",
    "randomblob",
    "unixepoch",
    "julianday",
    "strftime",
];

/// The same without parentheses.
const VOLATILE_WORDS: &[&str] = &[
    "current_timestamp",
    "current_date",
    "current_time",
    "localtime",
    "localtimestamp",
];

/// The rules that `text` breaks; empty when it is fit. Quoted strings are not looked at, nor are comments, with one
/// exception: a text over tables that are not distributed says so by `/* local */` or `/* reference */`, and may then
/// walk them by recursion and lock several rows of them.
pub fn check_sql(text: &str) -> Vec<Violation> {
    let tokens = tokens(text);
    let is_distributed = !["/* local */", "/* reference */"]
        .iter()
        .any(|comment| text.contains(comment));
    let mut violations = Vec::new();
    for statement in tokens.split(|token| token.is(";")) {
        check_words(statement, &mut violations);
        check_volatile(statement, &mut violations);
        check_conflict(statement, &mut violations);
        if is_distributed {
            check_lock(statement, &mut violations);
            check_recursion(statement, &mut violations);
        }
    }
    violations
}

fn break_rule(rule: &'static str, found: impl Into<String>, instead: &'static str) -> Violation {
    Violation {
        rule,
        found: found.into(),
        instead,
    }
}

fn starts_with(tokens: &[Token], words: &[&str]) -> bool {
    tokens.len() >= words.len() && tokens.iter().zip(words).all(|(token, word)| token.is(word))
}

fn position(tokens: &[Token], words: &[&str]) -> Option<usize> {
    (0..tokens.len()).find(|&at| starts_with(&tokens[at..], words))
}

fn check_words(statement: &[Token], violations: &mut Vec<Violation>) {
    for at in 0..statement.len() {
        for &(rule, words, instead) in FORBIDDEN {
            if starts_with(&statement[at..], words) {
                violations.push(break_rule(rule, words.join(" "), instead));
            }
        }
    }
}

fn writes(statement: &[Token]) -> bool {
    ["insert", "update", "delete"].iter().any(|verb| {
        let at = statement.iter().position(|token| token.is(verb));
        // `for update` locks, `do update` belongs to an insert.
        at.is_some_and(|at| at == 0 || !statement[at - 1].is("for"))
    })
}

fn check_volatile(statement: &[Token], violations: &mut Vec<Violation>) {
    if !writes(statement) {
        return;
    }
    for pair in statement.windows(2) {
        if VOLATILE.iter().any(|name| pair[0].is(name)) && pair[1].is("(") {
            let found = format!("{}()", pair[0].text());
            violations.push(break_rule("volatile-function", found, "the value bound as a parameter"));
        }
    }
    for token in statement
        .iter()
        .filter(|token| VOLATILE_WORDS.iter().any(|word| token.is(word)))
    {
        violations.push(break_rule(
            "volatile-function",
            token.text(),
            "the value bound as a parameter",
        ));
    }
}

/// A subquery in DO UPDATE SET, and a conflict whose key is not said.
fn check_conflict(statement: &[Token], violations: &mut Vec<Violation>) {
    let Some(at) = position(statement, &["on", "conflict"]) else {
        return;
    };
    if !statement.get(at + 2).is_some_and(|token| token.is("(")) {
        let instead = "on conflict (the whole key with the distribution column)";
        violations.push(break_rule("conflict-key", "on conflict", instead));
    }
    let action = &statement[at..];
    let end = action
        .iter()
        .position(|token| token.is("returning"))
        .unwrap_or(action.len());
    if action[..end].iter().any(|token| token.is("select")) {
        let instead = "compute it first and bind it, or use excluded";
        violations.push(break_rule("subquery-in-do-update", "do update set … select", instead));
    }
}

/// SELECT … FOR UPDATE works on one shard only: something must be compared with a parameter.
fn check_lock(statement: &[Token], violations: &mut Vec<Violation>) {
    let lock = ["update", "share", "no", "key"]
        .iter()
        .find_map(|word| position(statement, &["for", word]));
    let Some(at) = lock else { return };
    let has_key = statement[..at]
        .iter()
        .position(|token| token.is("where"))
        .is_some_and(|from| {
            statement[from..at]
                .windows(2)
                .any(|pair| pair[0].is("=") && pair[1].is_parameter())
        });
    if !has_key {
        violations.push(break_rule(
            "for-update",
            "for update",
            "where <distribution column> = $n for update",
        ));
    }
}

/// A recursive query over distributed tables needs the distribution column fixed; without tables (a list of numbers)
/// it is fine.
fn check_recursion(statement: &[Token], violations: &mut Vec<Violation>) {
    let Some(at) = position(statement, &["with", "recursive"]) else {
        return;
    };
    let names: Vec<&str> = statement[at..]
        .windows(2)
        .filter(|pair| pair[1].is("(") || pair[1].is("as"))
        .map(|pair| pair[0].text())
        .collect();
    let reads = statement
        .windows(2)
        .filter(|pair| pair[0].is("from") || pair[0].is("join"))
        .map(|pair| &pair[1]);
    let walks_a_table = reads
        .into_iter()
        .any(|table| !table.is("(") && !names.contains(&table.text()));
    let is_fixed = statement
        .windows(2)
        .any(|pair| pair[0].is("=") && pair[1].is_parameter());
    if walks_a_table && !is_fixed {
        let instead = "one query with an IN list a step, or = $n on the distribution column";
        violations.push(break_rule("recursion", "with recursive", instead));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sql: &str, expected: &[&str]) {
        let found: Vec<&str> = check_sql(sql).iter().map(|violation| violation.rule).collect();
        assert_eq!(found, expected, "{sql}");
    }

    #[test]
    fn portable_sql_passes() {
        for sql in [
            "select id, at from entry where subject = $1 and (at, id) > ($2, $3) order by at, id limit 50",
            "insert into delta (region, n) values ($1, $2) on conflict (region) do update set n = delta.n + excluded.n",
            "insert into entry (subject, id) values ($1, $2) on conflict (subject, id) do nothing returning id",
            "select cast(sum(n) as bigint) filter (where ok) from delta group by region",
            "select many from company where region in ($1, $2)",
            "update task set state = $1 where subject = $2",
            "select key from guard_key where key = $1 for update",
            "select key from guard_key where room = $1 for update skip locked",
            "with recursive n (i) as (select 1 union all select i + 1 from n where i < 9) select i from n",
            "select now_serving, 'now() and x::text', \"any\" from desk -- where now() > x::text",
            "delete from session where expires_at < $1",
            "select row_number() over (partition by subject order by at) as n from entry",
        ] {
            check(sql, &[]);
        }
    }

    #[test]
    fn each_rule_is_seen() {
        check("create trigger t after insert on entry begin select 1", &["trigger"]);
        check(
            "MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN DELETE",
            &["merge"],
        );
        check(
            "select region, count(*) from entry group by rollup (region)",
            &["grouping"],
        );
        check("select region from entry group by cube(region)", &["grouping"]);
        check(
            "select region from entry group by grouping sets ((region), ())",
            &["grouping"],
        );
        check("select id from entry where id = any($1)", &["any-array"]);
        check("select id from entry where name ILIKE $1", &["ilike"]);
        check("select $1::text", &["cast"]);
        check("select distinct on (subject) * from entry", &["distinct-on"]);
        check("select * from a, lateral (select 1) b", &["lateral"]);
        check("select * from generate_series(1, 3)", &["generate-series"]);
        check("select ?", &["question-mark"]);
        check("insert or ignore into a (b) values ($1)", &["insert-or"]);
    }

    #[test]
    fn writing_takes_no_volatile_function() {
        check(
            "insert into a (b) values ($1) on conflict (b) do update set at = now()",
            &["volatile-function"],
        );
        check(
            "update a set id = gen_random_uuid() where b = $1",
            &["volatile-function"],
        );
        check("update a set at = CURRENT_TIMESTAMP", &["volatile-function"]);
        check("update a set n = random (); select now()", &["volatile-function"]);
        check("select now()", &[]);
    }

    #[test]
    fn a_conflict_names_its_key_and_computes_nothing() {
        check(
            "insert into a (b) values ($1) on conflict do nothing",
            &["conflict-key"],
        );
        let sql = "insert into a (b, n) values ($1, 1) on conflict (b) do update set n = (select max(n) from a)";
        check(sql, &["subquery-in-do-update"]);
    }

    #[test]
    fn a_lock_needs_a_key() {
        check(
            "select id from task order by due_at for update skip locked",
            &["for-update"],
        );
        check("select id from task where state = 'open' for update", &["for-update"]);
        check(
            "select /* local */ id from outbox order by id limit 10 for update skip locked",
            &[],
        );
    }

    #[test]
    fn a_chain_is_not_walked_by_recursion() {
        let sql = "with recursive chain (id) as (select id from link union all \
                   select link.id from link join chain on chain.id = link.parent) select id from chain";
        check(sql, &["recursion"]);
        check(&sql.replace("recursive", "recursive /* reference */"), &[]);
    }
}
