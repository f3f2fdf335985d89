//! What a pack says of itself, sets of those enrolled, and words that the language no longer has.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod told;

use lianfang_policy::model::EnrolSource;
use lianfang_policy::{Source, load};
use told::{T, TASK, base, check, source};

fn pack(keys: &str, rest: &str) -> Vec<Source> {
    let text =
        format!("[pack]\nid = \"x\"\ntitle = {{ zh = \"甲\", en = \"A\" }}\nneeds = [\"examples\"]\n{keys}\n{rest}");
    vec![base(), source("packs/x/pack.toml", &text)]
}

fn refusal(keys: &str, rest: &str) -> String {
    let found = load(&pack(keys, rest), &[]).unwrap_err();
    let told: Vec<String> = found
        .iter()
        .map(|one| format!("{}: {} — {}", one.line, one.what.en, one.hint.en))
        .collect();
    told.join("\n")
}

#[test]
fn a_pack_names_who_answers_for_it() {
    let model = load(&pack("owner = \"cdc\"", ""), &[]).unwrap().model;
    assert_eq!(model.packs["x"].owner.as_deref(), Some("cdc"));
    let told = refusal("owner = \"ccd\"", "");
    assert!(
        told.contains("5: there is no function ccd — did you mean cdc?"),
        "{told}"
    );
}

const CROWD: &str = "[register.venue_IO]\ntitle = { zh = \"甲\", en = \"A\" }\npurpose = { zh = \"甲\", en = \"A\" }\nsubject = [\"place\"]\nsensitivity = \"plain\"\nretention = \"9d\"\nfield = [{ id = \"people\", kind = \"KIND\", required = true, title = { zh = \"甲\", en = \"A\" } }]\n";

fn crowds(kind: &str) -> String {
    ["cap", "in", "out"]
        .map(|io| CROWD.replace("IO", io).replace("KIND", kind))
        .concat()
}

#[test]
fn what_a_module_needs_is_there_when_packs_are_loaded() {
    let model = load(&pack("modules = [\"venues\"]", &crowds("int")), &[])
        .unwrap()
        .model;
    assert_eq!(model.packs["x"].modules, ["venues"]);
    let told = refusal("modules = [\"venues\"]", "");
    assert!(told.contains("5: module venues needs the register venue_cap"), "{told}");
    let told = refusal("modules = [\"venues\"]", &crowds("text"));
    assert!(
        told.contains("module venues needs field people of kind int in venue_in — declare the field so"),
        "{told}"
    );
    let told = refusal("modules = [\"venuse\"]", "");
    assert!(told.contains("no module venuse — did you mean venues?"), "{told}");
}

fn enrolled(id: &str, of: &str) -> String {
    format!(
        "[protocol.{id}]\n{T}subject = \"person\"\nenrol = {{ set = {{ enrolled = [{of}] }} }}\ntask = [{{ id = \"t\", {TASK}, by = \"20:00\" }}]\n"
    )
}

#[test]
fn a_protocol_is_over_those_enrolled_in_others() {
    let first = format!(
        "[protocol.a]\n{T}enrol = {{ on = [\"arrival\"] }}\ntask = [{{ id = \"t\", {TASK}, by = \"20:00\" }}]\n"
    );
    // Written before what it follows; planned after it.
    let rest = format!(
        "{}{}{first}",
        enrolled("team", "\"watch\", \"a\""),
        enrolled("watch", "\"a\"")
    );
    let model = load(&pack("", &rest), &[])
        .unwrap_or_else(|found| panic!("{found:#?}"))
        .model;
    let team = model.edition("team", 1).unwrap();
    assert!(matches!(&team.enrol.source, EnrolSource::Enrolled(set) if set.protocols == ["watch", "a"]));
    assert_eq!(model.over_enrolled, ["watch", "team"]);
}

#[test]
fn a_set_of_those_enrolled_is_checked() {
    let base = format!(
        "[protocol.a]\n{T}enrol = {{ on = [\"arrival\"] }}\ntask = [{{ id = \"t\", {TASK}, by = \"20:00\" }}]\n"
    );
    let over = |keys: &str| {
        format!(
            "{base}[protocol.p]\n{T}subject = \"person\"\nenrol = {{ set = {{ {keys} }} }}\ntask = [{{ id = \"t\", {TASK}, by = \"20:00\" }}]\n"
        )
    };
    check(&[
        (&over("enrolled = [¦\"b\"]"), "there is no protocol b", "there are"),
        (&over("enrolled = [\"a\"], ¦of = \"person\""), "leave out of", "where"),
        (
            &over("enrolled = [\"a\"], ¦sample = 3"),
            "set has no key sample",
            "draw = { of, size, seed }",
        ),
    ]);
    let circle = format!("{}{}", enrolled("p", "\"q\""), enrolled("q", "\"p\""));
    let told = refusal("", &circle);
    assert!(told.contains("enrols those of q, which follows from it"), "{told}");
}

#[test]
fn a_word_of_a_draft_names_what_says_the_same() {
    check(&[(
        "[¦propose.x]\nmodule = \"m\"\n",
        "no table [propose]",
        "allocate = { … } or draw = { … }",
    )]);
}

#[test]
fn a_coverage_counts_what_its_set_is_of() {
    let unit = |rest: &str| {
        let text = format!(
            "[protocol.a]\n{T}enrol = {{ on = [\"arrival\"] }}\ntask = [{{ id = \"t\", {TASK}, by = \"20:00\" }}]\n[indicator.c]\n{T}kind = \"coverage\"\n{rest}\n"
        );
        let model = load(&pack("", &text), &[])
            .unwrap_or_else(|found| panic!("{found:#?}"))
            .model;
        model.indicators["c"].unit.en.clone()
    };
    assert_eq!(unit("of = \"a/t\""), "person-times");
    assert_eq!(unit("of = \"a/t\"\nbase = \"members\""), "persons");
    assert_eq!(unit("of = \"a/t\"\nunit = { zh = \"次\", en = \"turns\" }"), "turns");
}
