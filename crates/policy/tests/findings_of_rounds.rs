//! What the loader says of mistakes in rounds, sets that entries open, figures made of figures, and briefings.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod told;

use told::{T, TASK, check, protocol};

#[test]
fn rounds_and_sets_are_checked_with_their_place() {
    let arrival = "enrol = { on = [\"arrival\"] }";
    let with_task = |more: &str| protocol(&format!("{arrival}\ntask = [{{ id = \"t\", {TASK}{more} }}]"));
    let cases: Vec<(String, &str, &str)> = vec![
        (
            with_task(", per_day = { min = 3, max = ¦2 }"),
            "max lies between 3 and 48",
            "",
        ),
        (with_task(", every = ¦\"90m\""), "every must be", ""),
        (
            with_task(", every = \"7d\", ¦days = \"1..7\""),
            "takes no days",
            "leave one of them out",
        ),
        (with_task(", of = ¦\"subject.id\""), "of goes with each", "add each"),
        (
            with_task(", each = \"entry.stays\", ¦not_by = \"t\""),
            "takes no not_by",
            "enrol",
        ),
        (
            protocol("enrol = { ¦on = [\"arrival\"], set = { of = \"school\" } }"),
            "no reference register",
            "reference = true",
        ),
        (
            protocol("enrol = { on = [\"order\"], ¦each = \"[1]\", set = { of = \"school\" } }"),
            "takes no each",
            "once for each entry",
        ),
        (
            protocol("enrol = { on = [\"order\"], ¦key = [\"subject\"], set = { of = \"school\" } }"),
            "told apart by the entry",
            "entry",
        ),
        (
            protocol("enrol = { on = [\"order\"], set = { of = \"school\", ¦late = \"add\" } }"),
            "no late-comers",
            "frozen",
        ),
        (
            protocol("enrol = { set = { of = \"school\", ¦frozen = \"entry.at\" } }"),
            "needs an entry",
            "live",
        ),
    ];
    for (text, what, hint) in &cases {
        check(&[(text.as_str(), what, hint)]);
    }
}

#[test]
fn figures_of_figures_and_briefings_are_checked_with_their_place() {
    let cases: Vec<(String, &str, &str)> = vec![
        (
            format!("[indicator.i]\n{T}kind = \"streak\"\nof = ¦\"arrival\"\nequals = 0\n"),
            "no indicator arrival",
            "",
        ),
        (
            format!(
                "[indicator.i]\n{T}kind = \"count\"\nof = \"arrival\"\n[indicator.¦j]\n{T}kind = \"streak\"\nof = \"i\"\nequals = 0\n"
            ),
            "has no complete",
            "complete = ",
        ),
        (
            format!("[indicator.¦i]\n{T}kind = \"formula\"\nof = [\"i\"]\nexpr = \"i\"\n"),
            "made of each other",
            "leave one",
        ),
        (
            format!(
                "[indicator.i]\n{T}kind = \"interval\"\nof = \"arrival\"\nvalue = \"it.received_at - it.at\"\nfold = ¦\"mean\"\n"
            ),
            "fold has no value mean",
            "median",
        ),
        (
            format!(
                "[briefing.b]\n{T}series = \"x\"\nas_of = \"17:00\"\nblock = [¦{{ kind = \"text\", text = {{ zh = \"一\", en = \"a\" }} }}]\n"
            ),
            "source",
            "",
        ),
        (
            format!(
                "[briefing.b]\n{T}series = \"x\"\nas_of = \"17:00\"\nblock = [{{ kind = \"figure\", ¦indicator = \"nothing\" }}]\n"
            ),
            "no indicator nothing",
            "",
        ),
        (
            format!(
                "[briefing.b]\n{T}series = \"x\"\nas_of = ¦\"noon\"\nblock = [{{ kind = \"text\", text = {{ zh = \"一\", en = \"a\" }}, source = \"s\" }}]\n"
            ),
            "as_of must be",
            "",
        ),
    ];
    for (text, what, hint) in &cases {
        check(&[(text.as_str(), what, hint)]);
    }
}

#[test]
fn what_a_coverage_covers_is_checked_with_its_place() {
    let coverage = |rest: &str| format!("[indicator.c]\n{T}kind = \"coverage\"\n{rest}\n");
    let cases: Vec<(String, &str, &str)> = vec![
        (
            coverage("¦required = { of = \"school\" }\ndone = { register = \"arrival\" }\nof = \"x\""),
            "a coverage has of, or required and done",
            "protocol/task",
        ),
        (
            coverage("required = { of = \"school\" }\ndone = { ¦register = \"arival\" }"),
            "there is no register arival",
            "arrival",
        ),
        (
            coverage("required = { of = \"school\" }\ndone = { ¦register = \"arrival\" }"),
            "says nothing of those who are required",
            "names them",
        ),
        (
            coverage("required = { ¦of = \"shcool\" }\ndone = { register = \"arrival\" }"),
            "there is no subject type shcool",
            "school",
        ),
        (
            coverage("required = { of = \"person\" }\ndone = ¦{ }"),
            "done is one of register, task and guard",
            "register",
        ),
        (
            coverage("required = { of = \"person\" }\ndone = { ¦guard = \"nobody\" }"),
            "there is no guard nobody",
            "",
        ),
        (
            coverage("required = { of = \"person\" }\ndone = { register = \"arrival\" }\n¦base = \"in_time\""),
            "counts members",
            "leave base out",
        ),
        (coverage("of = ¦\"arrival\"\nbase = \"minutes\""), "has no hold", ""),
    ];
    for (text, what, hint) in &cases {
        check(&[(text.as_str(), what, hint)]);
    }
}

#[test]
fn blocks_of_briefings_are_checked_with_their_place() {
    let figures = format!(
        "[indicator.n]\n{T}kind = \"count\"\nof = \"arrival\"\nby = [\"region\", \"day\"]\n\
         [indicator.once]\n{T}kind = \"count\"\nof = \"arrival\"\nfold = \"last\"\nby = [\"region\"]\n"
    );
    let block = |inside: &str| {
        format!("{figures}[briefing.b]\n{T}series = \"B\"\nas_of = \"17:00\"\nblock = [{{ {inside} }}]\n")
    };
    let cases: Vec<(String, &str, &str)> = vec![
        (
            block("kind = \"chart\", ¦indicator = \"once\""),
            "does not add up by day",
            "day",
        ),
        (
            block("kind = \"chart\", indicator = \"n\", days = ¦1"),
            "days lies between 2 and 92",
            "",
        ),
        (
            block("kind = \"list\", indicator = \"n\", ¦by = [\"region\", \"day\"]"),
            "a list is by one thing",
            "table",
        ),
        (
            block("kind = \"gaps\", indicator = \"n\", against = ¦\"yesterday\""),
            "against has no value yesterday",
            "day_before",
        ),
        (
            block("kind = \"gaps\", indicator = \"n\", ¦days = 7"),
            "days goes with",
            "leave days out",
        ),
    ];
    for (text, what, hint) in &cases {
        check(&[(text.as_str(), what, hint)]);
    }
}
