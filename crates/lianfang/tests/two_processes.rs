//! Two servers on one database: what may not be given twice is not given twice, whoever is asked.
#![cfg(test)]

use lianfang_kernel::ids::derived;
use lianfang_testkit::{TestDb, both_databases};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Barrier;

/// Places, and clients that want one each.
const PLACES: usize = 7;
const CLIENTS: usize = 24;

struct Server {
    process: Child,
    url: String,
    logins: Value,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn start(database: &str, folder: &Path, clock: &str) -> Server {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lianfang"));
    command
        .args(["serve", "--database", database, "--city", "3717", "--clock", clock])
        .args(["--listen", "127.0.0.1:0", "--json"])
        .arg("--key")
        .arg(folder.join("master.key"))
        .env("LIANFANG_LOG", "off")
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut process = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line:?}"));
    Server {
        process,
        url: ready["url"].as_str().unwrap().to_owned(),
        logins: ready["logins"].clone(),
    }
}

impl Server {
    fn token(&self, role: &str) -> String {
        let logins = self.logins.as_array().unwrap();
        let login = logins.iter().find(|login| login["role"] == role);
        login.unwrap()["token"].as_str().unwrap().to_owned()
    }

    fn write(&self, token: &str, entry: &Value) -> Value {
        let answer = ureq::post(&format!("{}/api/v1/entries", self.url))
            .header("authorization", &format!("Bearer {token}"))
            .send_json(json!({ "entries": [entry] }));
        let body: Value = answer.unwrap().body_mut().read_json().unwrap();
        body["results"][0].clone()
    }

    fn count(&self, token: &str, register: &str) -> usize {
        let answer = ureq::get(&format!("{}/api/v1/entries?register={register}&limit=100", self.url))
            .header("authorization", &format!("Bearer {token}"))
            .call();
        let body: Value = answer.unwrap().body_mut().read_json().unwrap();
        body["items"].as_array().unwrap().len()
    }
}

fn entry(name: &str, register: &str, subject: &Value, body: Value) -> Value {
    json!({ "id": derived(name), "register": register, "subject": subject, "region": "371702001", "body": body })
}

/// Clients of both servers want the last places of one venue at the same moment: as many are let in as there are places.
#[both_databases]
fn the_last_places_are_given_once_by_two_servers(database: TestDb) {
    let folder = tempfile::tempdir().unwrap();
    let first = start(database.url(), folder.path(), "2022-01-20T08:00:00+08:00");
    let (regulator, counter) = (first.token("market-regulator"), first.token("venue-counter"));
    let venue = json!({ "type": "library", "name": "样例图书馆" });
    let file = entry(
        "venue",
        "premises_file",
        &venue,
        json!({ "business_name": "样例图书馆" }),
    );
    let made = first.write(&regulator, &file);
    let venue = made["subject"].clone();
    assert!(venue.is_string(), "{made}");
    let cap = entry("cap", "venue_cap", &venue, json!({ "people": PLACES }));
    assert_eq!(first.write(&counter, &cap)["status"], "accepted");

    // Started on what the first one wrote; from here on both write.
    let second = start(database.url(), folder.path(), "2022-01-20T08:00:00+08:00");
    let (servers, together) = ([&first, &second], Barrier::new(CLIENTS));
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let client = |n: usize| {
            let (server, together, venue, counter) = (servers[n % 2], &together, &venue, &counter);
            scope.spawn(move || {
                let wanted = entry(&format!("in {n}"), "venue_in", venue, json!({ "people": 1 }));
                together.wait();
                server.write(counter, &wanted)
            })
        };
        let clients: Vec<_> = (0..CLIENTS).map(client).collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    let accepted = answers.iter().filter(|answer| answer["status"] == "accepted").count();
    assert_eq!(accepted, PLACES, "{answers:#?}");
    let full = |answer: &&Value| answer["problems"][0]["code"] == "not-over-the-cap";
    assert_eq!(answers.iter().filter(full).count(), CLIENTS - PLACES, "{answers:#?}");
    for server in servers {
        assert_eq!(server.count(&counter, "venue_in"), PLACES, "both tell the same");
        let late = entry("late", "venue_in", &venue, json!({ "people": 1 }));
        assert_eq!(server.write(&counter, &late)["status"], "refused");
    }
    // Who leaves through one server makes room at the other.
    let out = entry("out", "venue_out", &venue, json!({ "people": 1 }));
    assert_eq!(second.write(&counter, &out)["status"], "accepted");
    let next = entry("next", "venue_in", &venue, json!({ "people": 1 }));
    assert_eq!(first.write(&counter, &next)["status"], "accepted");
}
