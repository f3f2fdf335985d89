//! Plays scenarios against a small server made here, which answers what it was asked.

#![cfg(test)]

use lianfang_scenarios::{Launch, LaunchError, Login, Scenario, Server, Trouble, play};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What the server was sent: method, path, credentials, body.
type Log = Arc<Mutex<Vec<(String, String, String, Value)>>>;

struct Stub {
    log: Log,
}

impl Stub {
    fn new() -> Self {
        Self { log: Log::default() }
    }

    fn sent(&self) -> Vec<(String, String, String, Value)> {
        self.log.lock().unwrap().clone()
    }
}

impl Launch for Stub {
    fn launch(&self, city: &str, clock: &str) -> Result<Server, LaunchError> {
        assert_eq!((city, clock), ("3717", "2022-01-20T08:00:00+08:00"));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let log = Arc::clone(&self.log);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let log = Arc::clone(&log);
                std::thread::spawn(move || serve(&stream.unwrap(), &log));
            }
        });
        let admin = Login {
            role: "system-admin".to_owned(),
            login: "admin".to_owned(),
            password: "p".to_owned(),
            token: "t-admin".to_owned(),
        };
        Ok(Server::elsewhere(url, vec![admin]))
    }
}

/// Answers one request a connection.
fn serve(stream: &TcpStream, log: &Log) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut words = line.split_whitespace().map(str::to_owned);
    let (Some(method), Some(path)) = (words.next(), words.next()) else {
        return;
    };
    let (mut length, mut authorization) = (0, String::new());
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        let Some((name, value)) = header.trim().split_once(": ") else {
            break;
        };
        match name.to_lowercase().as_str() {
            "content-length" => length = value.parse().unwrap(),
            "authorization" => authorization = value.to_owned(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let (status, answer) = answer(&method, &path, &authorization, &body);
    log.lock().unwrap().push((method, path, authorization, body));
    let text = answer.to_string();
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        text.len()
    );
    (&*stream).write_all(format!("{head}{text}").as_bytes()).unwrap();
}

fn answer(method: &str, path: &str, authorization: &str, body: &Value) -> (u16, Value) {
    let made = |list: &str, prefix: &str| {
        let names = body[list].as_array().unwrap().iter().enumerate();
        names
            .map(|(index, one)| format!("{prefix}-{}-{index}", one["name"]["en"].as_str().unwrap_or("x")))
            .collect::<Vec<_>>()
    };
    match (method, path) {
        ("POST", "/api/v1/orgs") => (200, json!({ "ids": made("orgs", "org") })),
        ("POST", "/api/v1/users") => {
            let users = body["users"].as_array().unwrap().iter();
            let users = users.map(|user| json!({ "id": "u1", "name": user["name"], "token": format!("t-{}", user["name"].as_str().unwrap()) }));
            (200, json!({ "users": users.collect::<Vec<_>>() }))
        }
        ("POST", "/api/v1/test/clock") => (200, json!({ "now": body["now"] })),
        ("POST", "/api/v1/declarations") if authorization.is_empty() => (200, json!({ "device_secret": "s1" })),
        ("POST", "/api/v1/entries") => {
            let results = body["entries"]
                .as_array()
                .unwrap()
                .iter()
                .map(|_| json!({ "status": "accepted" }));
            (200, json!({ "results": results.collect::<Vec<_>>() }))
        }
        ("GET", "/forbidden") => (403, json!({ "code": "no_right" })),
        _ => (200, json!({ "echo": body, "who": authorization, "path": path })),
    }
}

const HEAD: &str = r#"
id = "a"
title = { zh = "甲", en = "A" }
meets = ["S77"]
clock = "2022-01-20T08:00:00+08:00"
city = "3717"
[[org]]
id = "child"
type = "community"
region = "371702001"
parent = "above"
name = { zh = "下级", en = "below" }
[[org]]
id = "above"
type = "authority"
region = "371702"
sector = "health"
name = { zh = "上级", en = "above" }
functions = [{ function = "community", region = "371702001" }]
[[user]]
login = "grid"
role = "grid-worker"
org = "child"
[[user]]
login = "admin"
role = "command"
org = "above"
"#;

fn run(steps: &str, stub: &Stub) -> lianfang_scenarios::Outcome {
    play(&Scenario::parse(&format!("{HEAD}{steps}")).unwrap(), stub)
}

#[test]
fn organisations_come_before_those_below_and_accounts_know_theirs() {
    let stub = Stub::new();
    let outcome = run("[[step]]\nadvance = 'PT1H'\n", &stub);
    assert!(outcome.passed(), "{:?}", outcome.result);
    let sent = stub.sent();
    assert_eq!(sent[0].3["orgs"][0]["name"]["en"], "above");
    assert_eq!(sent[0].3["orgs"][0]["functions"][0]["function"], "community");
    assert_eq!(sent[1].3["orgs"][0]["parent"], "org-above-0");
    assert_eq!(sent[2].3["users"][0]["org"], "org-below-0");
    assert_eq!(sent[2].3["users"][0]["name"], "grid");
    assert_eq!(
        sent[2].3["users"][1]["name"], "admin-of-scenario",
        "the server has an `admin` already"
    );
    assert_eq!(sent[3].1, "/api/v1/test/clock");
    assert_eq!(sent[3].3["now"], "2022-01-20T09:00:00+08:00");
    assert!(
        sent.iter()
            .all(|request| request.2 == "Bearer t-admin" || request.2 == "Bearer t-admin-of-scenario")
    );
}

#[test]
fn values_are_saved_substituted_and_compared() {
    let steps = r#"
[[step]]
as = "grid"
request = "POST /api/v1/entries?dry_run=true"
body = { entries = [{ register = "call", org = "${org.child}", made = "${now}" }, { id = "given" }], n = 3 }
expect = { echo = { entries = [{ id = { "$length" = 36 }, org = "org-below-0", made = "2022-01-20T08:00:00+08:00" }, { id = "given" }] }, who = "Bearer t-grid" }
save = { first = "/echo/entries/0/id", n = "/echo/n" }
[[step]]
as = "grid"
request = "POST /anything/${first}?at=${now}"
body = { n = "${n}", text = "n is ${n}", twice = ["${id.a}", "${id.a}", "${id.b}"] }
expect = { echo = { n = 3, text = "n is 3" }, path = { "$match" = "%2B08:00" } }
save = { a = "/echo/twice/0", again = "/echo/twice/1", b = "/echo/twice/2" }
[[step]]
as = "public"
request = "POST /anything"
body = { a = "${a}", b = "${b}" }
expect = { echo = { a = "${again}", b = { "$not" = "${a}" } }, who = "" }
"#;
    let outcome = run(steps, &Stub::new());
    assert!(outcome.passed(), "{}", outcome.result.unwrap_err());
    assert_eq!(outcome.steps, 3);
}

#[test]
fn a_device_uses_the_secret_of_its_first_declaration() {
    let steps = r#"
[[step]]
as = "resident-1"
request = "POST /api/v1/declarations"
body = {}
[[step]]
as = "resident-1"
request = "GET /api/v1/me"
expect = { who = "Device s1" }
[[step]]
as = "resident-2"
request = "GET /api/v1/me"
expect = { who = "" }
"#;
    let outcome = run(steps, &Stub::new());
    assert!(outcome.passed(), "{}", outcome.result.unwrap_err());
}

#[test]
fn loops_repeat_steps_and_move_the_clock() {
    let steps = r#"
[[step]]
repeat = { n = 3 }
[[step.steps]]
advance = "P1D"
[[step.steps]]
as = "grid"
request = "POST /x"
repeat = { for = ["07:00", "17:00"] }
body = { at = "${today}T${each}:00+08:00", index = "${index}" }
expect = { echo = { at = { "$match" = "2022-01-2" } } }
"#;
    let stub = Stub::new();
    let outcome = run(steps, &stub);
    assert!(outcome.passed(), "{}", outcome.result.unwrap_err());
    let bodies: Vec<String> = stub
        .sent()
        .iter()
        .filter(|sent| sent.1 == "/x")
        .map(|sent| sent.3["at"].to_string())
        .collect();
    assert_eq!(bodies.len(), 6);
    assert_eq!(bodies[0], "\"2022-01-21T07:00:00+08:00\"");
    assert_eq!(bodies[5], "\"2022-01-23T17:00:00+08:00\"");
}

#[test]
fn bulk_writes_an_entry_for_each_number() {
    let steps = r#"
[[step]]
as = "grid"
bulk = { n = 5, from = 8, width = 3, per_call = 2 }
request = "POST /api/v1/entries"
body = { entries = [{ register = "arrival", n = "E${i}" }] }
expect_each = { status = "accepted" }
expect = { results = { "$length" = { "$lte" = 2 } } }
"#;
    let stub = Stub::new();
    let outcome = run(steps, &stub);
    assert!(outcome.passed(), "{}", outcome.result.unwrap_err());
    let calls: Vec<Value> = stub
        .sent()
        .into_iter()
        .filter(|sent| sent.1 == "/api/v1/entries")
        .map(|sent| sent.3)
        .collect();
    assert_eq!(calls.len(), 3);
    assert_eq!(calls[0]["entries"][0]["n"], "E008");
    assert_eq!(calls[2]["entries"][0]["n"], "E012");
    assert_ne!(calls[0]["entries"][0]["id"], calls[0]["entries"][1]["id"]);
    let refused = run(&steps.replace("accepted", "refused"), &Stub::new())
        .result
        .unwrap_err()
        .to_string();
    assert!(refused.contains("/results/0/status"), "{refused}");
}

#[test]
fn a_failure_names_the_step_the_request_and_the_place() {
    let steps = "[[step]]\nsay = 'why'\nas = 'grid'\nrequest = 'GET /forbidden'\nexpect = { code = 'ok' }\n";
    let failure = run(steps, &Stub::new()).result.unwrap_err();
    let text = failure.to_string();
    assert!(matches!(failure.trouble, Trouble::Answer { status: 403, .. }), "{text}");
    for part in [
        "step 1: why",
        "as grid: GET /forbidden",
        "status: expected 200, found 403",
        r#"/code: expected "ok", found "no_right""#,
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn what_a_step_cannot_mean_fails_with_its_reason() {
    for (steps, reason) in [
        (
            "[[step]]\nas = 'ghost'\nrequest = 'GET /x'\n",
            "nobody is called `ghost`",
        ),
        (
            "[[step]]\nas = 'grid'\nrequest = 'GET /x/${q}'\n",
            "${q} is not known here",
        ),
        ("[[step]]\nadvance = 'soon'\n", "soon"),
        (
            "[[step]]\nas = 'grid'\nrequest = 'GET /x'\nsave = { a = '/b' }\n",
            "/b is not in the answer",
        ),
    ] {
        let text = run(steps, &Stub::new()).result.unwrap_err().to_string();
        assert!(text.contains(reason), "{text}");
    }
}
