//! A city with a rule of its own takes up the next version of a pack that changes the very rows.
#![cfg(test)]

use lianfang_testkit::{TestDb, both_databases};
use std::path::Path;
use std::process::Command;

const PACK: &str = r#"
[pack]
id = "crowds"
title = { zh = "人流", en = "Crowds" }
needs = ["core"]

[list.crowd_answer]
title = { zh = "答复", en = "Answer" }
value = [{ id = "accept", zh = "受理", en = "Accept" }, { id = "refuse", zh = "不受理", en = "Refuse" }]

[rule.crowd]
title = { zh = "人数上限", en = "Crowds" }
input = { people = "int", place = "region" }
result = { answer = "crowd_answer" }
row = [
  { when = "people >= 300", then = { answer = "refuse" }, clause = "第一版", title = { zh = "三百", en = "Three hundred" } },
  { when = "true", then = { answer = "accept" }, title = { zh = "其余", en = "The rest" } },
]

[register.crowd_filing]
title = { zh = "活动备案", en = "Filings" }
purpose = { zh = "人流管控", en = "Crowds are known beforehand" }
subject = ["matter"]
nature = "act"
sensitivity = "plain"
retention = "365d"
field = [
  { id = "people", kind = "int", required = true, title = { zh = "人数", en = "People" } },
]
"#;

const CITY: &str = r#"
[rule.crowd]
row = [{ area = "371702", when = "people >= 50", then = { answer = "refuse" }, clause = "牡丹区通告", title = { zh = "五十", en = "Fifty" } }]
"#;

/// Runs, and gives the exit code with all that was said.
fn run(args: &[&str]) -> (i32, String) {
    // Each call reads all packs, which takes a program without optimisation seconds.
    let shipped = std::env::var_os("LIANFANG_BIN").unwrap_or_else(|| env!("CARGO_BIN_EXE_lianfang").into());
    let output = Command::new(shipped)
        .args(args)
        .env("LANG", "en_GB.UTF-8")
        .env("LIANFANG_LOG", "off")
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap_or(-1),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    std::fs::create_dir_all(folder.join(name)).unwrap();
    std::fs::write(folder.join(name).join("pack.toml"), text).unwrap();
    folder.join(name).display().to_string()
}

#[both_databases]
fn the_citys_own_rule_stands_and_is_pointed_at(database: TestDb) {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("master.key").display().to_string();
    let store = ["--database", database.url(), "--key", &key];
    let told = |args: &[&str]| run(&[args, &store].concat());
    let signed = ["--author", "admin", "--approver", "second"];
    assert_eq!(told(&["init", "--city", "3717"]).0, 0);
    let (code, said) = told(&["user", "add", "second", "--role", "admin"]);
    assert_eq!(code, 0, "{said}");

    let first = write(folder.path(), "crowds", PACK);
    let city = folder.path().join("city");
    std::fs::create_dir_all(&city).unwrap();
    std::fs::write(city.join("crowds.toml"), CITY).unwrap();
    let city = city.display().to_string();
    let (code, said) = told(&[&["pack", "activate", &first, "--overlay", &city][..], &signed].concat());
    assert_eq!(code, 0, "{said}");

    // The next version changes the rows that the city has its own for, and adds a field.
    let next = PACK.replace("people >= 300", "people >= 200").replace("第一版", "第二版").replace(
        "title = { zh = \"人数\", en = \"People\" } },",
        "title = { zh = \"人数\", en = \"People\" } },\n  { id = \"indoors\", kind = \"bool\", title = { zh = \"室内\", en = \"Indoors\" } },",
    );
    let second = write(&folder.path().join("next"), "crowds", &next);
    let (code, said) = told(&["pack", "upgrade", &second, "--dry-run"]);
    assert_eq!(code, 0, "{said}");
    for part in [
        "~ rule crowd",
        "row.1.when: people >= 300 → people >= 200",
        "field.indoors.kind: — → bool",
        "rule crowd: the new packs change it, and the city has its own at",
        "crowds.toml:2, which stands above",
        "nothing was activated",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    assert!(
        said.contains("0 of them breaking") && !said.contains("- rule"),
        "{said}"
    );

    let upgrade = |more: &[&str]| told(&[&["pack", "upgrade", &second][..], &signed, more].concat());
    let (code, said) = upgrade(&[]);
    assert!(
        code == 1 && said.contains("--checked") && said.contains("1 have rules of the city's own"),
        "{said}"
    );
    let (code, said) = upgrade(&["--checked"]);
    assert!(code == 0 && said.contains("Activated"), "{said}");
    // Again there is nothing to look at, and the city's rows and pack are still there.
    let (code, said) = upgrade(&[]);
    assert!(code == 0 && said.contains("0 added, 0 removed, 0 changed"), "{said}");

    // The program's own packs are taken up without a folder: the pack of the city's own stays.
    let (code, said) = told(&["pack", "upgrade", "--dry-run"]);
    assert!(code == 0 && said.contains("0 removed"), "{said}");

    // A version that gives up what the city's rule rests on no longer fits, told where and what to do.
    let without = next.replace(
        "{ id = \"refuse\", zh = \"不受理\", en = \"Refuse\" }",
        "{ id = \"no\", zh = \"不\", en = \"No\" }",
    );
    let without = without.replace("{ answer = \"refuse\" }", "{ answer = \"no\" }");
    let third = write(&folder.path().join("third"), "crowds", &without);
    let (code, said) = told(&["pack", "upgrade", &third, "--dry-run"]);
    assert!(
        code == 1 && said.contains("crowds.toml:3:") && said.contains("refuse"),
        "{said}"
    );
}
