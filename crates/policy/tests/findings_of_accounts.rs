//! What the loader says of mistakes in accounts, postings and balances.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod told;

use told::{T, T_INLINE, check, findings};

/// A type of items, two accounts, and a register that posts between them; `posting` and more tables are given.
fn posting(posting: &str, more: &str) -> String {
    format!(
        "[type]\nthing = {{ of = \"item\", {T_INLINE}, unit = \"piece\" }}\n\
         [account]\nmaker = {{ of = \"outside\", {T_INLINE} }}\ndepot = {{ of = \"place\", {T_INLINE} }}\n\
         [register.r]\n{T}purpose = {{ zh = \"例\", en = \"Trial\" }}\nsubject = [\"place\"]\nshape = \"posting\"\n\
         sensitivity = \"plain\"\nretention = \"1d\"\n\
         field = [{{ id = \"thing\", kind = \"item\", required = true, {T_INLINE} }}, \
         {{ id = \"n\", kind = \"quantity\", required = true, {T_INLINE} }}, \
         {{ id = \"note\", kind = \"text\", {T_INLINE} }}]\n\
         {posting}\n{more}\n"
    )
}

const RIGHT: &str = "posting = { item = \"thing\", quantity = \"n\", moves = [\"maker\", \"depot\"] }";

#[test]
fn a_right_posting_is_told_nothing_about() {
    let text = posting(
        RIGHT,
        "[indicator]\nb = { kind = \"balance\", of = \"depot\", by = [\"item\"], title = { zh = \"甲\", en = \"A\" } }",
    );
    assert_eq!(findings(&text), Vec::new());
}

#[test]
fn postings_are_checked_with_their_place() {
    let cases: Vec<(String, &str, &str)> = vec![
        (
            posting(
                "posting = { item = \"thing\", ¦quantity = \"note\", moves = [\"maker\", \"depot\"] }",
                "",
            ),
            "does not serve as quantity",
            "quantity takes",
        ),
        (
            posting(
                "posting = { item = \"thing\", quantity = \"n\", moves = [\"maker\", ¦\"depto\"] }",
                "",
            ),
            "there is no account depto",
            "depot",
        ),
        (
            posting(
                "posting = { ¦item = \"thign\", quantity = \"n\", moves = [\"maker\", \"depot\"] }",
                "",
            ),
            "there is no field thign",
            "thing",
        ),
    ];
    for (text, what, hint) in &cases {
        check(&[(text.as_str(), what, hint)]);
    }
    let counted = posting(
        "posting = { item = \"thing\", ¦quantity = \"n\", moves = [\"maker\", \"depot\"] }",
        "",
    );
    let about = counted.replace(
        "kind = \"quantity\", required",
        "kind = \"int\", approx = true, required",
    );
    check(&[(
        about.as_str(),
        "n of kind int does not serve as quantity",
        "exact (no approx)",
    )]);
}

#[test]
fn accounts_units_and_balances_are_checked_with_their_place() {
    let account = |account: &str| posting(RIGHT, &format!("[account.more]\n{T}{account}"));
    let balance = |rest: &str| posting(RIGHT, &format!("[indicator.b]\n{T}kind = \"balance\"\n{rest}"));
    let cases: Vec<(String, &str, &str)> = vec![
        (account("¦of = \"palce\""), "there is no type palce", "place"),
        (
            account("¦of = \"outside\"\nfloor = 3"),
            "no floor and no cap",
            "leave floor",
        ),
        (balance("of = ¦\"depoot\""), "there is no account depoot", "depot"),
        (balance("of = \"depot\"\nby = [¦\"day\"]"), "not broken down by day", ""),
        (
            balance("¦of = [\"maker\", \"depot\"]"),
            "are not added up",
            "several indicators",
        ),
        (
            balance("of = \"depot\"\n¦items = \"thimg\""),
            "there is no type of items thimg",
            "thing",
        ),
        (
            posting(RIGHT, &format!("[type.crate]\n{T}of = \"place\"\n¦unit = \"piece\"")),
            "base unit of items",
            "packing",
        ),
    ];
    for (text, what, hint) in &cases {
        check(&[(text.as_str(), what, hint)]);
    }
}
