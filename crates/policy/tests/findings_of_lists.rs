//! Values that a pack adds to the list of another one.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

mod told;

use lianfang_policy::{Finding, Source, load};
use told::{base, source};

const PACK: &str = "[pack]\nid = \"tourism\"\ntitle = { zh = \"文旅\", en = \"Tourism\" }\n";
const NEEDS: &str = "needs = [\"examples\"]\n";
const ADDS: &str = "[list.function]\nadd = [{ id = \"tourism\", zh = \"文旅局\", en = \"Tourism\" }]\n";

fn tourism(rest: &str) -> Source {
    source("packs/tourism/pack.toml", &format!("{PACK}{rest}"))
}

fn functions(packs: &[Source], overlay: &[Source]) -> Result<Vec<String>, Vec<Finding>> {
    let model = load(packs, overlay)?.model;
    Ok(model.lists["function"]
        .values
        .iter()
        .map(|value| value.id.clone())
        .collect())
}

fn refused(packs: &[Source], overlay: &[Source], what: &str, hint: &str) {
    let found = functions(packs, overlay).unwrap_err();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(
        found[0].what.en.contains(what) && found[0].hint.en.contains(hint),
        "{found:#?}"
    );
    assert!(found[0].line > 0 && !found[0].what.zh.is_empty(), "{found:#?}");
}

#[test]
fn a_pack_adds_to_a_list_of_a_pack_that_it_stands_on() {
    let added = tourism(&format!("{NEEDS}{ADDS}"));
    let before = functions(&[base()], &[]).unwrap();
    // Whichever is read first, the values of the list come first.
    for packs in [[base(), added.clone()], [added.clone(), base()]] {
        let after = functions(&packs, &[]).unwrap();
        assert_eq!(after[..before.len()], before);
        assert_eq!(after[before.len()..], ["tourism"]);
    }
    let city = source("overlay/lists.toml", ADDS);
    assert_eq!(functions(&[base()], &[city]).unwrap().last().unwrap(), "tourism");
}

#[test]
fn what_is_added_is_a_code_like_any_other() {
    let asks = "[protocol.p]\ntitle = { zh = \"协议\", en = \"P\" }\nenrol = { set = { of = \"school\" } }\n\
                task = [{ id = \"t\", title = { zh = \"事\", en = \"T\" }, owner = \"desk('tourism', subject.region)\", expects = \"temperature\", by = \"20:00\" }]\n";
    let with = tourism(&format!("{NEEDS}{ADDS}{asks}"));
    let without = tourism(&format!("{NEEDS}{asks}"));
    let told = |packs: &[Source]| functions(packs, &[]).err().unwrap_or_default();
    let is_unknown = |found: &Finding| found.what.en.contains("tourism");
    assert!(!told(&[base(), with]).iter().any(is_unknown));
    assert!(told(&[base(), without]).iter().any(is_unknown));
}

#[test]
fn a_value_stands_once_and_where_it_may() {
    let twice = ADDS.replace("id = \"tourism\"", "id = \"cdc\"");
    let packs = |rest: &str| [base(), tourism(rest)];
    refused(
        &packs(&format!("{NEEDS}{twice}")),
        &[],
        "cdc stands twice, at packs/examples/base.toml:",
        "another id",
    );
    refused(
        &packs(ADDS),
        &[],
        "which this pack does not stand on",
        "add \"examples\" to needs",
    );
    refused(
        &packs(&format!("{NEEDS}{}", ADDS.replace("function", "functoin"))),
        &[],
        "there is no list functoin",
        "did you mean function?",
    );
    let city = source("overlay/lists.toml", ADDS);
    refused(
        &packs(&format!("{NEEDS}{ADDS}")),
        &[city],
        "tourism stands twice",
        "leave one out",
    );
    let unranked = "[list.risk]\nadd = [{ id = \"worst\", zh = \"极\", en = \"Worst\" }]\n";
    refused(
        &packs(&format!("{NEEDS}{unranked}")),
        &[],
        "worst has none",
        "give all of them a rank",
    );
    let ranked = unranked.replace("id =", "rank = 3, id =");
    refused(
        &packs(&format!("{NEEDS}{ranked}")),
        &[],
        "the rank of code worst is the rank of high",
        "of its own",
    );
}
