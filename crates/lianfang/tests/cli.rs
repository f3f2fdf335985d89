//! The command line as its users meet it: exit codes, both languages, hints, refusals.
#![cfg(test)]

use lianfang_testkit::{Engine, TestDb, both_databases};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

fn lianfang(lang: &str, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lianfang"));
    command
        .args(args)
        .env_clear()
        .env("LANG", lang)
        .env("LIANFANG_LOG", "off");
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs, and demands the exit code and a part of what is said on standard error.
fn check(args: &[&str], code: i32, said: &str) -> Output {
    let output = lianfang("en_GB.UTF-8", args);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {}", text(&output.stderr));
    assert!(
        text(&output.stderr).contains(said),
        "{args:?}: {}",
        text(&output.stderr)
    );
    output
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a server and gives the JSON of its first line.
fn start(args: &[&str]) -> (Server, serde_json::Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lianfang"));
    command
        .args(args)
        .env_clear()
        .env("LIANFANG_LOG", "off")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut server = Server(command.spawn().unwrap());
    let mut line = String::new();
    BufReader::new(server.0.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let ready = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{args:?}: {line:?}"));
    (server, ready)
}

fn database(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("city.db").display())
}

/// The store of a test, whichever the engine: the keys lie in the folder.
fn store(db: &TestDb, folder: &Path) -> [String; 4] {
    let key = folder.join("city.key").display().to_string();
    let keys = format!("--key-store=sqlite:{}", folder.join("city.keys").display());
    [format!("--database={}", db.url()), "--key".to_owned(), key, keys]
}

fn init(folder: &Path) -> String {
    let url = database(folder);
    let output = check(&["init", "--database", &url, "--city", "4419", "--json"], 0, "");
    let made: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(made["login"], "admin");
    url
}

#[test]
fn help_is_in_the_language_of_the_user() {
    for (lang, word) in [("zh_CN.UTF-8", "运行服务"), ("en_GB.UTF-8", "Run the server")] {
        let output = lianfang(lang, &["--help"]);
        assert_eq!(output.status.code(), Some(0));
        assert!(text(&output.stdout).contains(word), "{}", text(&output.stdout));
        assert!(!text(&output.stdout).contains('¦'));
    }
}

#[test]
fn wrong_usage_ends_with_two_and_says_what_to_do() {
    check(&["surve"], 2, "surve");
    check(&["user", "list"], 2, "LIANFANG_DATABASE");
    check(&["drill"], 2, "later");
    check(&["read"], 2, "later");
    let output = lianfang("zh_CN.UTF-8", &["user", "list"]);
    assert!(text(&output.stderr).contains("提示："), "{}", text(&output.stderr));
}

#[test]
fn the_packs_inside_the_program_are_without_error() {
    check(&["pack", "check"], 0, "");
    let output = check(&["pack", "list", "--json"], 0, "");
    assert!(text(&output.stdout).lines().count() >= 6);
    let output = check(&["pack", "doc"], 0, "");
    assert!(text(&output.stdout).contains("measure_order"));
}

#[test]
fn a_broken_pack_is_told_with_file_line_and_hint() {
    let folder = tempfile::tempdir().unwrap();
    let pack = folder.path().join("broken");
    std::fs::create_dir_all(&pack).unwrap();
    let file = pack.join("pack.toml");
    let toml = "[pack]\nid = \"broken\"\ntitle = { zh = \"坏\", en = \"Broken\" }\nneeds = []\n\n[register.thing]\ntitel = { zh = \"物\", en = \"Thing\" }\n";
    std::fs::write(&file, toml).unwrap();
    let output = check(
        &["pack", "check", &folder.path().display().to_string()],
        1,
        "pack.toml:7:1",
    );
    assert!(
        text(&output.stderr).contains("title"),
        "the hint names the nearest key: {}",
        text(&output.stderr)
    );
    let output = lianfang("en", &["pack", "check", "--json", &folder.path().display().to_string()]);
    let first: serde_json::Value = serde_json::from_str(text(&output.stdout).lines().next().unwrap()).unwrap();
    assert!(first["hint"]["zh"].is_string());
}

#[test]
fn a_demonstration_stays_on_this_machine_unless_told_twice() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    check(
        &["demo", "--listen", "0.0.0.0:0", "--data", &data],
        2,
        "--i-know-this-is-a-demonstration",
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn a_demonstration_is_made_used_again_and_never_served_as_a_city() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    let args = [
        "demo",
        "--people",
        "20",
        "--days",
        "3",
        "--city",
        "4419",
        "--listen",
        "127.0.0.1:0",
        "--json",
        "--data",
        &data,
    ];
    let (server, first) = start(&args);
    assert_eq!(first["demonstration"], true);
    assert!(
        first["logins"]
            .as_array()
            .unwrap()
            .iter()
            .any(|login| login["role"] == "cdc")
    );
    drop(server);
    let (server, second) = start(&args);
    assert_eq!(first["logins"], second["logins"]);
    drop(server);
    let url = format!("sqlite:{}", folder.path().join("demo.db").display());
    check(
        &["serve", "--database", &url, "--listen", "127.0.0.1:0"],
        1,
        "demonstration",
    );
}

#[cfg(unix)]
#[test]
fn a_key_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let url = init(folder.path());
    check(&["doctor", "--database", &url], 0, "");
    let key = folder.path().join("city.key");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    check(
        &["serve", "--database", &url, "--listen", "127.0.0.1:0"],
        1,
        "chmod 600",
    );
    let output = lianfang("en", &["doctor", "--database", &url]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("chmod 600"));
}

#[cfg(unix)]
#[test]
fn a_lost_key_is_recovered_from_some_of_its_parts() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    init(folder.path());
    let (key, again) = (at("city.key"), at("again.key"));
    check(
        &[
            "key",
            "split",
            "--key",
            &key,
            "--parts",
            "3",
            "--needed",
            "2",
            "--out",
            &at("parts"),
        ],
        0,
        "",
    );
    let part = |number: u8| at(&format!("parts/key-part-{number}.txt"));
    check(&["key", "recover", &part(3), "--key", &again], 1, "2 different ones");
    check(&["key", "recover", &part(3), &part(1), "--key", &again], 0, "");
    let read = |path: &str| std::fs::read_to_string(path).unwrap();
    assert_eq!(read(&key), read(&again));
    check(&["key", "recover", &part(2), &part(1), "--key", &key], 1, "");
    assert_eq!(read(&key), read(&again), "a key is never written over");
}

#[test]
fn a_test_clock_needs_a_database_made_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let url = init(folder.path());
    check(
        &[
            "serve",
            "--database",
            &url,
            "--clock",
            "manual",
            "--listen",
            "127.0.0.1:0",
        ],
        1,
        "made for tests",
    );
    let other = tempfile::tempdir().unwrap();
    let url = database(other.path());
    let clock = "2022-01-20T08:00:00+08:00";
    let (server, ready) = start(&[
        "serve",
        "--database",
        &url,
        "--clock",
        clock,
        "--city",
        "4419",
        "--listen",
        "127.0.0.1:0",
        "--json",
    ]);
    assert_eq!(ready["test_clock"], true);
    assert_eq!(ready["city"], "4419");
    assert!(
        ready["logins"]
            .as_array()
            .unwrap()
            .iter()
            .any(|login| login["role"] == "admin" && login["token"].is_string())
    );
    drop(server);
    check(&["serve", "--database", &url, "--clock", "yesterday"], 2, "manual");
}

#[both_databases]
fn accounts_backup_and_restore(db: TestDb) {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&db, folder.path());
    let check =
        |args: &[&str], code, said: &str| check(&[args, &store.each_ref().map(String::as_str)].concat(), code, said);
    check(&["init", "--city", "4419"], 0, "");
    check(&["user", "add", "li", "--role", "cdc"], 0, "");
    check(&["user", "add", "wang", "--role", "nobody"], 1, "No such role");
    let backup = folder.path().join("copy").display().to_string();
    check(&["backup", &backup], 0, "");
    check(&["user", "lock", "li"], 0, "");
    check(&["restore", &backup], 1, "--force");
    let output = check(&["restore", &backup, "--force", "--json"], 0, "");
    let restored: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(restored["epoch"], 2);
    let output = check(&["user", "list", "--json"], 0, "");
    assert!(
        text(&output.stdout)
            .lines()
            .any(|line| line.contains("\"li\"") && line.contains("\"locked\":false"))
    );
    check(&["audit", "verify"], 0, "");
    check(
        &["pack", "activate", "--author", "li", "--approver", "li"],
        1,
        "same person",
    );
}

#[test]
fn the_master_key_is_changed_and_the_old_one_kept_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let url = init(folder.path());
    let key = folder.path().join("city.key");
    let before = std::fs::read_to_string(&key).unwrap();
    check(&["key", "rotate", "--database", &url], 0, "");
    assert_ne!(std::fs::read_to_string(&key).unwrap(), before);
    let kept = folder.path().join("city.key.before");
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), before);
    assert!(!folder.path().join("city.key.new").exists());
    check(&["audit", "verify", "--database", &url], 0, "");
    let old = kept.display().to_string();
    check(
        &["user", "add", "li", "--role", "cdc", "--database", &url, "--key", &old],
        1,
        "master key",
    );
    check(&["user", "add", "li", "--role", "cdc", "--database", &url], 0, "");
}

#[both_databases]
fn what_was_destroyed_after_a_backup_stays_destroyed_when_it_is_put_back(db: TestDb) {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&db, folder.path());
    let store = store.each_ref().map(String::as_str);
    let check = |args: &[&str], code, said: &str| check(&[args, &store].concat(), code, said);
    let clock = [
        "--clock",
        "2022-01-20T08:00:00+08:00",
        "--city",
        "4303",
        "--listen",
        "127.0.0.1:0",
        "--json",
    ];
    let (server, ready) = start(&[&["serve"], store.as_slice(), clock.as_slice()].concat());
    let logins = ready["logins"].as_array().unwrap();
    let token = |role: &str| {
        logins.iter().find(|login| login["role"] == role).unwrap()["token"]
            .as_str()
            .unwrap()
    };
    let arrival = serde_json::json!({ "entries": [{
        "id": "017e74c8-7000-7253-a176-268422164588", "register": "arrival", "at": "2022-01-20T07:00:00+08:00",
        "region": "430304001", "subject": { "type": "person", "name": "样例", "identifiers": { "id_doc": "E12345678" } },
        "body": { "place_type": "home" },
    }] });
    let answer = ureq::post(format!("{}/api/v1/entries", ready["url"].as_str().unwrap()))
        .header("authorization", format!("Bearer {}", token("grid-worker")))
        .send_json(&arrival)
        .unwrap()
        .body_mut()
        .read_json::<serde_json::Value>()
        .unwrap();
    assert_eq!(answer["results"][0]["status"], "accepted", "{answer}");
    let backup = folder.path().join("copy").display().to_string();
    check(&["backup", &backup], 0, "");
    if db.engine() == Engine::Postgres {
        check(&["restore", &backup, "--force"], 1, "stop the server");
    }
    drop(server);
    let output = check(&["retention", "run", "--json"], 0, "");
    let certificate: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let destroyed = certificate["destroyed"].as_u64().unwrap();
    assert!(destroyed > 0, "{certificate}");
    let output = check(&["restore", &backup, "--force", "--json"], 0, "");
    let restored: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(restored["destroyed_again"].as_u64(), Some(destroyed));
    let output = check(&["retention", "run", "--dry-run", "--json"], 0, "");
    let again: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(again["destroyed"], 0, "the keys did not come back with the backup");
}

#[test]
fn a_sheet_is_imported_once_and_its_figure_printed() {
    let folder = tempfile::tempdir().unwrap();
    let url = init(folder.path());
    let sheet = folder.path().join("cases.csv").display().to_string();
    std::fs::write(&sheet, "case_no,class,at,region\nA1,confirmed,2020-02-05T08:00:00+08:00,4419\nA2,purple,2020-02-05T08:00:00+08:00,4419\n").unwrap();
    let errors = folder.path().join("errors.xlsx").display().to_string();
    check(
        &["import", "case_report", &sheet, "--database", &url, "--atomic"],
        1,
        "class",
    );
    check(
        &["import", "case_report", &sheet, "--database", &url, "--errors", &errors],
        1,
        "1 rows were not imported",
    );
    assert!(Path::new(&errors).exists());
    check(&["import", "case_report", &sheet, "--database", &url], 1, "class");
    let output = check(&["indicator", "cases-reported", "--database", &url, "--json"], 0, "");
    let figure: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(figure["value"], 1);
    let output = check(&["export", "case_report", "--database", &url], 0, "");
    assert!(text(&output.stdout).contains("A1"));
    check(
        &["export", "case_report", "--database", &url, "--level", "identified"],
        2,
        "--reason",
    );
}

#[test]
fn certificates_for_phones_are_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().display().to_string();
    check(
        &["cert", "init", "lianfang.local", "192.168.1.10", "--out", &out],
        0,
        "",
    );
    assert!(folder.path().join("server.crt").exists());
    check(&["cert", "init", "lianfang.local", "--out", &out], 1, "lianfang-ca.crt");
}

#[test]
fn passes_are_verified_against_an_exported_trust_file() {
    let folder = tempfile::tempdir().unwrap();
    let url = init(folder.path());
    let output = check(&["pass", "keys", "export", "--database", &url], 0, "");
    let codes = "LF1:NONSENSE\n\nHC1:NCFOXN\n[\"shc:/1/2/56\", \"shc:/2/2/76\"]\n[1]\n";
    let lines = verdicts(folder.path(), &text(&output.stdout), codes, &[]);
    let said = |line: &serde_json::Value| (line["line"].clone(), line["format"].clone(), line["reason"].clone());
    let expected = [(1, Some("lianfang")), (3, Some("hcert")), (4, Some("shc")), (5, None)]
        .map(|(number, format)| (number.into(), format.into(), "format".into()));
    assert_eq!(lines.iter().map(said).collect::<Vec<_>>(), expected);
}

#[test]
fn certificates_of_other_issuers_are_verified_beside_passes() {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../pass/tests/foreign/vectors");
    let read = |name: &str| std::fs::read_to_string(vectors.join(name)).unwrap();
    let cases: Vec<serde_json::Value> = serde_json::from_str(&read("cases.json")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut trust: serde_json::Value = serde_json::from_str(&read("trust.json")).unwrap();
    trust["hcert"]["dsc"]
        .as_array_mut()
        .unwrap()
        .push(serde_json::json!({"kid": "AA==", "cert_der_b64": ""}));
    for case in &cases {
        let codes = case["codes"].to_string();
        let args = ["--at", case["at"].as_str().unwrap(), "--document", "E12345678"];
        let lines = verdicts(folder.path(), &trust.to_string(), &codes, &args);
        let is_accepted = case["reason"] == "ok";
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0]["reason"], case["reason"], "{}", case["name"]);
        assert_eq!(lines[0]["kind"], "certificate");
        assert_eq!(lines[0]["verdict"], if is_accepted { "accept" } else { "reject" });
        assert_eq!(lines[0]["holder"] == "not_compared", is_accepted);
    }
    let long = format!(
        "HC1:{}\n{}\n",
        "A".repeat(300_000),
        cases[0]["codes"][0].as_str().unwrap()
    );
    let lines = verdicts(
        folder.path(),
        &trust.to_string(),
        &long,
        &["--at", cases[0]["at"].as_str().unwrap()],
    );
    assert_eq!(
        (&lines[0]["reason"], &lines[1]["reason"]),
        (&"format".into(), &"ok".into())
    );
    assert_eq!((&lines[1]["line"], &lines[1]["issuer"]), (&2.into(), &"AT".into()));
}

/// What `pass verify` prints of codes under a trust file.
fn verdicts(folder: &Path, trust: &str, codes: &str, args: &[&str]) -> Vec<serde_json::Value> {
    let write = |name: &str, content: &str| {
        let path = folder.join(name);
        std::fs::write(&path, content).unwrap();
        path.display().to_string()
    };
    let (trust, codes) = (write("trust.json", trust), write("codes.txt", codes));
    let all = [&["pass", "verify", "--trust", &trust, &codes], args].concat();
    let output = check(&all, 0, "");
    text(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn two_lists_are_matched_and_the_weight_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, rows: &[(&str, &str, &str)]| {
        let mut list = String::from("id,name,phone,addr\n");
        rows.iter()
            .for_each(|(id, name, phone)| list += &format!("{id},{name},{phone},\n"));
        let path = folder.path().join(name);
        std::fs::write(&path, list).unwrap();
        path.to_string_lossy().into_owned()
    };
    let a = write(
        "a.csv",
        &[("A1", "澹台灭明", "13800138000"), ("A2", "王伟", "13800138001")],
    );
    let b = write(
        "b.csv",
        &[
            ("B1", "李娜", "13900139000"),
            ("B2", "Tantai Mieming", "+86 138 0013 8000"),
        ],
    );
    let output = check(
        &["match", &a, &b, "--explain", "--threads", "1"],
        0,
        "expected precision",
    );
    let said = text(&output.stdout);
    let mut lines = said.lines();
    assert_eq!(
        lines.next(),
        Some("id_a,id_b,score,name,sex,birth,idno,phone,plate,addr,prior,rivals,class,runner_up")
    );
    assert!(lines.next().unwrap().starts_with("A1,B2,"), "{said}");
    let again = check(&["match", &a, &b, "--explain", "--threads", "3"], 0, "");
    assert_eq!(text(&again.stdout), said);
    check(&["match", &a], 2, "two lists");
    let twice = write(
        "twice.csv",
        &[
            ("C1", "澹台灭明", "13800138000"),
            ("C2", "王伟", "13800138001"),
            ("C3", "澹台灭明", "13800138000"),
            ("C4", "Tantai Mieming", "+86 138 0013 8000"),
        ],
    );
    let people = folder.path().join("people.csv").display().to_string();
    check(&["match", &twice, "--dedupe", "--clusters", &people], 0, "");
    let people = std::fs::read_to_string(&people).unwrap();
    let rows: Vec<&str> = people.lines().map(|line| line.rsplit_once(',').unwrap().0).collect();
    assert_eq!(rows, ["person,id", "C1,C1", "C1,C3", "C1,C4"], "{people}");
    check(
        &["match", &a, &b, "--clusters", "x.csv"],
        2,
        "--clusters is for records of one list",
    );
    check(&["match", &a, &b, "--map", "name=surname"], 1, "no column surname");
    check(&["match", &a, &b, "--precision", "2"], 2, "between 0 and 1");
}
