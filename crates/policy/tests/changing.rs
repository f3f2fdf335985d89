//! Changing packs that are in force: what is different, whom it reaches, what a city may propose and what it may not.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod told;

use lianfang_kernel::Day;
use lianfang_policy::difference::{Difference, Fate, compare, touched};
use lianfang_policy::proposal::{Candidate, Proposal, candidate};
use lianfang_policy::{Finding, Source, items, load};
use told::{T, base, source};

const TODAY: &str = "2022-01-20";

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A protocol as the pack has it: with a right of people where it is a floor.
fn packs(more: &str) -> Vec<Source> {
    let task = "{ id = \"call\", title = { zh = \"电话\", en = \"Call\" }, owner = \"territory(subject)\", expects = \"temperature\", days = \"1..7\" }";
    let protocol = format!(
        "[protocol.watch]\n{T}{more}enrol = {{ on = [\"arrival\"] }}\ntask = [{task}]\nrelease = [{{ outcome = \"ended\", when = \"days >= 7\" }}]\n"
    );
    vec![
        base(),
        source("packs/examples/measures.toml", include_str!("packs/measures.toml")),
        source("packs/examples/watch.toml", &protocol),
    ]
}

fn propose(packs: &[Source], text: &str, on: &str) -> Result<Candidate, Vec<Finding>> {
    let proposal = Proposal {
        source: source("policy/new.toml", text),
        effective_on: day(on),
    };
    candidate(packs, &[], &proposal, day(TODAY))
}

const VERSION: &str = "[[protocol.watch]]\nversion = 2\nlike = 1\ntransition = \"move\"\n";

#[test]
fn a_higher_version_ends_the_one_before_it() {
    let text = format!("{VERSION}in_force = {{ from = \"2022-01-25\" }}\n");
    let found = propose(&packs(""), &text, "2022-01-25").unwrap();
    let dates: Vec<_> = found
        .model
        .editions("watch")
        .map(|edition| (edition.from, edition.to))
        .collect();
    assert_eq!(
        dates,
        [(None, Some(day("2022-01-25"))), (Some(day("2022-01-25")), None)]
    );
    assert_eq!((found.item.id.as_str(), found.item.version), ("watch", 2));
    assert!(found.touched.protocols.contains("watch"));
    assert_eq!(found.touched.begins_on, Some(day("2022-01-25")));
    let parts: Vec<&str> = found.differences[0]
        .parts
        .iter()
        .map(|part| part.path.as_str())
        .collect();
    assert_eq!(
        parts,
        ["in_force.from", "transition"],
        "what it takes over is not told again"
    );
}

#[test]
fn a_proposal_that_does_not_fit_is_told_with_its_line() {
    let from = |on: &str| format!("{VERSION}in_force = {{ from = \"{on}\" }}\n");
    let rule = "[rule.arrival-measure]\nrow = [{ from = \"2022-01-25\", when = \"size(stays) > 9\", then = { measure = \"central\", days = 14 } }]\n";
    for (text, on, line, what) in [
        (from("2022-01-26"), "2022-01-25", 5, "The text begins on 2022-01-26"),
        (VERSION.to_owned(), "2022-01-25", 1, "It does not say from which day"),
        (from("2022-01-10"), "2022-01-10", 1, "has passed"),
        (
            format!("{}{rule}", from("2022-01-25")),
            "2022-01-25",
            6,
            "one version of a protocol",
        ),
        (String::new(), "2022-01-25", 1, "Nothing is proposed"),
        (
            from("2022-01-25").replace("version = 2", "version = 1"),
            "2022-01-25",
            2,
            "stands twice",
        ),
        (
            from("2022-01-25").replace("transition", "transit"),
            "2022-01-25",
            4,
            "has no key transit",
        ),
        (
            "[setting]\nfever_c = { value = 38.0 }\n".to_owned(),
            "2022-01-25",
            2,
            "one version of a protocol",
        ),
    ] {
        let found = propose(&packs(""), &text, on).unwrap_err();
        let hit = found.iter().find(|finding| finding.what.en.contains(what));
        let Some(hit) = hit else { panic!("{what}: {found:#?}") };
        assert_eq!((hit.file.as_str(), hit.line), ("policy/new.toml", line), "{what}");
    }
    assert!(propose(&packs(""), rule, "2022-01-25").is_ok());
}

#[test]
fn a_floor_is_not_changed_by_a_city_and_says_which_right_it_is() {
    let floor = packs("floor = true\nmeets = [\"D6\", \"S77\"]\n");
    assert!(load(&floor, &[]).is_ok());
    let text = format!("{VERSION}in_force = {{ from = \"2022-01-25\" }}\n");
    let found = propose(&floor, &text, "2022-01-25").unwrap_err();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].what.en.contains("is a floor (right D6"), "{found:#?}");
    assert!(found[0].what.zh.contains("权利 D6"), "{found:#?}");
}

fn differences(old: &str, new: &str) -> Vec<Difference> {
    let read = |text: &str| items(&[base(), source("packs/examples/x.toml", text)], &[]).unwrap();
    compare(&read(old), &read(new), Some(day(TODAY)))
}

#[test]
fn what_breaks_entries_that_were_written_is_told() {
    let register = |fields: &str| {
        format!(
            "[register.thing]\n{T}purpose = {{ zh = \"试\", en = \"Test\" }}\nsubject = [\"person\"]\nretention = \"1d\"\nsensitivity = \"personal\"\nfield = [{fields}]\n"
        )
    };
    let field = |id: &str, kind: &str, more: &str| {
        format!("{{ id = \"{id}\", kind = \"{kind}\", title = {{ zh = \"甲\", en = \"A\" }}{more} }}")
    };
    let old = register(&[field("a", "int", ""), field("b", "text", "")].join(", "));
    for (new, breaking) in [
        (
            register(&[field("a", "int", ""), field("b", "text", ""), field("c", "int", "")].join(", ")),
            None,
        ),
        (register(&field("a", "int", "")), Some("field b is gone")),
        (
            register(&[field("a", "text", ""), field("b", "text", "")].join(", ")),
            Some("field a changes from int to text"),
        ),
        (
            register(&[field("a", "int", ", required = true"), field("b", "text", "")].join(", ")),
            Some("field a is now required"),
        ),
        (String::new(), Some("may name it")),
    ] {
        let found = differences(&old, &new);
        assert_eq!(found.len(), 1, "{found:#?}");
        let told: Vec<&str> = found[0].breaking.iter().map(|words| words.en.as_str()).collect();
        match breaking {
            None => assert!(told.is_empty(), "{told:?}"),
            Some(part) => assert!(told.iter().any(|words| words.contains(part)), "{part}: {told:?}"),
        }
    }
}

#[test]
fn a_rule_reaches_the_protocols_that_ask_it() {
    let asks = "enrol = { on = [\"arrival\"], when = \"rule('arrival-measure', { 'arrived': entry.arrived_at, 'stays': entry.stays, 'home_suitable': true }).days > 0\" }";
    let old = items(
        &packs(""),
        &[source("city/a.toml", &format!("[protocol.asking]\n{T}{asks}\n"))],
    )
    .unwrap();
    let row =
        "[rule.arrival-measure]\nrow = [{ when = \"size(stays) > 9\", then = { measure = \"central\", days = 14 } }]\n";
    let overlay = [
        source("city/a.toml", &format!("[protocol.asking]\n{T}{asks}\n")),
        source("policy/r.toml", row),
    ];
    let new = items(&packs(""), &overlay).unwrap();
    let found = compare(&old, &new, Some(day(TODAY)));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].fate, Fate::Changed);
    let reached = touched(&old, &new, &found);
    assert!(
        reached.protocols.contains("asking") && !reached.protocols.contains("watch"),
        "{reached:?}"
    );
    assert_eq!(reached.begins_on, None);
}
