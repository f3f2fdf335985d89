//! What the loader says of roles that go with a post, of days that a register takes, of fields with a first day.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod told;

use told::{T, T_INLINE, check, findings};

#[test]
fn a_role_from_a_post_names_a_register_of_posts() {
    let posts = |shape: &str, fields: &str| {
        format!(
            "[list.p]\n{T}value = [{{ id = \"head\", zh = \"甲\", en = \"A\" }}]\n[register.held]\n{T}purpose = {{ zh = \"试\", en = \"Trial\" }}\nsubject = [\"organisation\"]\n{shape}\nsensitivity = \"personal\"\nretention = \"30d\"\nfield = [{{ id = \"post\", kind = \"code\", list = \"p\", {T_INLINE} }}{fields}]\n"
        )
    };
    let who = format!(", {{ id = \"who\", kind = \"person\", {T_INLINE} }}");
    let two = format!("{who}, {{ id = \"deputy\", kind = \"person\", {T_INLINE} }}");
    let dated = "shape = \"interval\"\nreference = true";
    let role = |from: &str| format!("[role.r]\n{T}from_post = {{ {from} }}\n");
    let good = role("register = \"held\", field = \"post\", values = [\"head\"]");
    assert_eq!(findings(&format!("{}{good}", posts(dated, &who))), []);
    let cases = [
        (
            posts(dated, &who),
            "¦register = \"hold\", field = \"post\", values = [\"head\"]",
            "no register",
            "held",
        ),
        (
            posts(dated, &who),
            "register = \"held\", ¦field = \"pst\", values = [\"head\"]",
            "no field pst",
            "post",
        ),
        (
            posts(dated, &who),
            "register = \"held\", field = \"post\", values = [¦\"chief\"]",
            "no code chief",
            "head",
        ),
        (
            posts("", &who),
            "¦register = \"held\", field = \"post\", values = [\"head\"]",
            "holds no posts",
            "interval",
        ),
        (
            posts(dated, &two),
            "¦register = \"held\", field = \"post\", values = [\"head\"]",
            "who holds",
            "exactly one",
        ),
    ];
    for (before, from, what, hint) in &cases {
        check(&[(&format!("{before}{}", role(from)), what, hint)]);
    }
}

#[test]
fn days_that_a_register_takes_entries_of() {
    let thing = |rest: &str| {
        format!(
            "[register.thing]\n{T}purpose = {{ zh = \"试\", en = \"Trial\" }}\nsubject = [\"person\"]\nsensitivity = \"plain\"\nretention = \"30d\"\nfield = [{{ id = \"n\", kind = \"int\", required = true, since = 2020-02-01, {T_INLINE} }}]\n{rest}\n"
        )
    };
    assert_eq!(findings(&thing("accepts = { from = 2020-01-25, to = 2020-04-01 }")), []);
    check(&[
        (
            &thing("¦accepts = { from = 2020-04-01, to = 2020-04-01 }"),
            "holds no day",
            "first day no longer",
        ),
        (&thing("¦accepts = {}"), "holds no day", "from = 2020-01-25"),
        (
            &thing("accepts = { from = ¦\"soon\" }"),
            "from must be a date",
            "write it so",
        ),
    ]);
    // What is newer than some entries may be missing in them.
    let guard = |condition: &str| {
        thing(&format!(
            "[guard.g]\n{T}on = [\"thing\"]\nrefuse = {{ zh = \"否\", en = \"No\" }}\nrequire = \"{condition}\""
        ))
    };
    assert_eq!(findings(&guard("has(entry.n) && entry.n > 3")), []);
    check(&[(&guard("entry¦.n > 3"), "entry.n may be missing", "has(entry.n)")]);
}

#[test]
fn what_is_under_embargo_is_told_nowhere_else() {
    let thing = |rest: &str| {
        format!(
            "[register.thing]\n{T}purpose = {{ zh = \"试\", en = \"Trial\" }}\nsubject = [\"organisation\"]\nsensitivity = \"plain\"\nretention = \"30d\"\nfield = [{{ id = \"begins\", kind = \"instant\", {T_INLINE} }}, {{ id = \"n\", kind = \"int\", {T_INLINE} }}]\n{rest}\n"
        )
    };
    assert_eq!(findings(&thing("embargo = \"begins\"")), []);
    check(&[
        (&thing("¦embargo = \"n\""), "does not serve as embargo", "instant"),
        (&thing("¦embargo = \"beginz\""), "no field beginz", "begins"),
        (
            &thing("embargo = \"begins\"\nshape = \"interval\"\n¦reference = true"),
            "would know without reading",
            "register of its own",
        ),
        (
            &thing("embargo = \"begins\"\n¦public = { fields = [\"n\"], key = \"organisation\" }"),
            "would know without reading",
            "register of its own",
        ),
    ]);
}
