//! The interface, called in process on SQLite with the product's packs.
#![cfg(test)]

mod accounts;
mod approx;
mod briefings;
mod city;
mod coverage;
mod dated;
mod embargo;
mod epi;
mod interview;
mod linkage;
mod names;
mod outbox;
mod posts;
mod profiles;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use city::{City, PASSWORD, arrival, declaration, id};
use serde_json::{Value, json};

fn sign_in(city: &City, login: &str, password: &str) -> city::Answer {
    city.post("", "/api/v1/session", json!({ "login": login, "password": password }))
}

#[test]
fn a_session_begins_needs_its_token_on_forms_and_ends() {
    let city = City::new();
    let begun = sign_in(&city, "admin", PASSWORD);
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.body);
    let set = begun.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    let cookie = set.split(';').next().unwrap().to_owned();
    let with = |method: &str, csrf: Option<&str>| {
        let mut request = Request::builder()
            .method(method)
            .uri("/api/v1/session")
            .header(header::COOKIE, &cookie);
        if let Some(csrf) = csrf {
            request = request.header("X-CSRF-Token", csrf);
        }
        city.send(request.body(Body::empty()).unwrap())
    };
    assert_eq!(with("GET", None).body["login"], "admin");
    let refused = with("DELETE", None);
    assert_eq!(
        (refused.status, &refused.body["code"]),
        (StatusCode::FORBIDDEN, &json!("csrf"))
    );
    assert_eq!(with("DELETE", Some("0000")).status, StatusCode::FORBIDDEN);
    let csrf = begun.body["csrf"].as_str().unwrap().to_owned();
    assert_eq!(with("DELETE", Some(&csrf)).status, StatusCode::NO_CONTENT);
    assert_eq!(with("GET", None).status, StatusCode::UNAUTHORIZED);
}

#[test]
fn a_form_carries_its_token_in_its_body() {
    let city = City::new();
    let cookie = format!("lf_session={}", "s".repeat(43));
    let form = |body: String| {
        let request = Request::post("/nowhere")
            .header(header::COOKIE, &cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        city.send(request.body(Body::from(body)).unwrap()).status
    };
    assert_eq!(form("a=1".into()), StatusCode::FORBIDDEN);
    let token = lianfang_server::csrf_token_of(&"s".repeat(43));
    assert_eq!(form(format!("a=1&csrf={token}")), StatusCode::NOT_FOUND);
}

#[test]
fn a_wrong_password_says_neither_which_nor_whether() {
    let city = City::new();
    let wrong = sign_in(&city, "admin", "wrong");
    let unknown = sign_in(&city, "nobody-here", "wrong");
    assert_eq!(
        (wrong.status, unknown.status),
        (StatusCode::UNAUTHORIZED, StatusCode::UNAUTHORIZED)
    );
    assert_eq!(wrong.body, unknown.body);
    assert_eq!(wrong.headers[header::CONTENT_TYPE], "application/problem+json");
    for _ in 0..4 {
        sign_in(&city, "admin", "wrong");
    }
    let waiting = sign_in(&city, "admin", PASSWORD);
    assert_eq!(waiting.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(waiting.headers.contains_key(header::RETRY_AFTER));
}

#[test]
fn nobody_and_the_wrong_token_get_401() {
    let city = City::new();
    for path in [
        "/api/v1/entries",
        "/api/v1/tasks",
        "/api/v1/audit",
        "/api/v1/users",
        "/api/v1/me",
    ] {
        assert_eq!(city.get("", path).status, StatusCode::UNAUTHORIZED, "{path}");
    }
    assert_eq!(city.get("Bearer nonsense", "/api/v1/packs").status, StatusCode::OK);
    assert_eq!(
        city.get("Bearer nonsense", "/api/v1/tasks").status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        city.get("Device nonsense", "/api/v1/me").status,
        StatusCode::UNAUTHORIZED
    );
}

#[test]
fn roles_without_the_right_get_403() {
    let city = City::new();
    let lab = city.staff("lab", "community", "371702001");
    let refused = city.get(&lab, "/api/v1/entries?register=arrival");
    assert_eq!(
        (refused.status, &refused.body["code"]),
        (StatusCode::FORBIDDEN, &json!("no_right"))
    );
    assert_eq!(city.get(&lab, "/api/v1/audit").status, StatusCode::FORBIDDEN);
    assert_eq!(city.get(&lab, "/api/v1/users").status, StatusCode::FORBIDDEN);
    let command = city.staff("command", "community", "371702001");
    let figures = city.get(&command, "/api/v1/entries?register=arrival");
    assert_eq!(
        figures.status,
        StatusCode::FORBIDDEN,
        "figures are no rows: {}",
        figures.body
    );
    let answer = city.arrive(&lab, id(1), "371702001", "样例甲");
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body["results"][0]["code"], "no_right");
}

#[test]
fn another_district_sees_and_opens_nothing() {
    let city = City::new();
    let here = city.staff("grid-worker", "community", "371702001");
    let there = city.staff("grid-worker", "community", "371703001");
    let made = city.arrive(&here, id(1), "371702001", "样例甲");
    assert_eq!(made.body["results"][0]["status"], "accepted", "{}", made.body);
    let person = made.body["results"][0]["subject"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/subjects/{person}");
    let seen = city.get(&here, &path);
    assert_eq!(
        (seen.status, &seen.body["label"]),
        (StatusCode::OK, &json!("样**")),
        "{}",
        seen.body
    );
    let refused = city.get(&there, &path);
    assert_eq!(
        (refused.status, &refused.body["code"]),
        (StatusCode::FORBIDDEN, &json!("out_of_scope"))
    );
    assert_eq!(
        city.get(&there, "/api/v1/entries?register=arrival").body["items"],
        json!([])
    );
    assert_eq!(
        city.get(&there, "/api/v1/entries?register=arrival&region=371702")
            .status,
        StatusCode::FORBIDDEN
    );
    let unmask = format!("{path}/unmask");
    assert_eq!(
        city.post(&there, &unmask, json!({ "reason": "核对信息" })).status,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        city.post(&here, &unmask, json!({ "reason": "" })).status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let open = city.post(&here, &unmask, json!({ "reason": "核对信息" }));
    assert_eq!(
        (&open.body["name"], &open.body["cn_id"]),
        (&json!("样例甲"), &json!("371702199001010128"))
    );
    let audit = city.get(
        "Bearer token-auditor",
        &format!("/api/v1/audit?kind=unmask&subject={person}"),
    );
    assert_eq!(audit.body["items"][0]["reason"], "核对信息", "{}", audit.body);
}

#[test]
fn what_is_sealed_in_an_entry_is_opened_with_a_reason_by_who_may() {
    let city = City::new();
    let here = city.staff("grid-worker", "community", "371702001");
    let there = city.staff("grid-worker", "community", "371703001");
    let command = city.staff("command", "community", "371702001");
    let mut sealed = arrival(id(1), "371702001", "样例甲");
    sealed["body"]["remark"] = json!("独居，需送药");
    let made = city.post(&here, "/api/v1/entries", json!({ "entries": [sealed] }));
    assert_eq!(made.body["results"][0]["status"], "accepted", "{}", made.body);
    let listed = city.get(&here, "/api/v1/entries?register=arrival");
    assert_eq!(listed.body["items"][0]["has_sealed"], true);
    assert!(!listed.body.to_string().contains("独居"), "{}", listed.body);
    let path = format!("/api/v1/entries/{}/unmask", id(1));
    let reason = json!({ "reason": "上门送药" });
    let opened = city.post(&here, &path, reason.clone());
    assert_eq!(
        (opened.status, &opened.body["fields"]["remark"]),
        (StatusCode::OK, &json!("独居，需送药")),
        "{}",
        opened.body
    );
    let refusals = [(&there, StatusCode::NOT_FOUND), (&command, StatusCode::FORBIDDEN)];
    for (who, status) in refusals {
        let refused = city.post(who, &path, reason.clone());
        assert_eq!(refused.status, status, "{}", refused.body);
    }
    let silent = city.post(&here, &path, json!({ "reason": " " }));
    assert_eq!(
        (silent.status, &silent.body["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("reason_missing"))
    );
    let subject = made.body["results"][0]["subject"].as_str().unwrap();
    let audit = city.get(
        "Bearer token-auditor",
        &format!("/api/v1/audit?kind=unmask&subject={subject}"),
    );
    let lines = audit.body["items"].as_array().unwrap();
    assert_eq!(
        (lines.len(), &lines[0]["reason"]),
        (1, &json!("上门送药")),
        "{}",
        audit.body
    );
}

#[test]
fn bad_json_is_told_where_and_one_bad_entry_refuses_itself_only() {
    let city = City::new();
    let grid = city.staff("grid-worker", "community", "371702001");
    let send = |text: &str| {
        let request = Request::post("/api/v1/entries").header(header::AUTHORIZATION, &grid);
        city.send(request.body(Body::from(text.to_owned())).unwrap())
    };
    let broken = send("{\"entries\": [");
    assert_eq!(
        (broken.status, &broken.body["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("bad_json"))
    );
    assert!(broken.body["hint"].as_str().unwrap().contains('行'), "{}", broken.body);
    let unknown = send("{\"entrys\": []}");
    assert_eq!(unknown.body["field"], "entrys");
    let mut odd = arrival(id(2), "371702001", "样例乙");
    odd["bodi"] = json!({});
    let mixed = city.post(
        &grid,
        "/api/v1/entries",
        json!({ "entries": [arrival(id(1), "371702001", "样例甲"), odd, 7] }),
    );
    assert_eq!(mixed.status, StatusCode::OK);
    let results = mixed.body["results"].as_array().unwrap();
    assert_eq!(results[0]["status"], "accepted", "{}", mixed.body);
    assert_eq!(results[1]["field"], "entries/1/bodi");
    assert_eq!(
        (&results[2]["status"], &results[2]["id"]),
        (&json!("refused"), &Value::Null)
    );
}

#[test]
fn the_same_entry_twice_is_one_and_another_body_is_a_conflict() {
    let city = City::new();
    let grid = city.staff("grid-worker", "community", "371702001");
    let first = city.arrive(&grid, id(1), "371702001", "样例甲");
    let again = city.arrive(&grid, id(1), "371702001", "样例甲");
    assert_eq!(first.body["results"][0]["subject"], again.body["results"][0]["subject"]);
    let items = city.get(&grid, "/api/v1/entries?register=arrival").body["items"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(items, 1);
    let mut other = arrival(id(1), "371702001", "样例甲");
    other["body"]["place_type"] = json!("hotel");
    let conflict = city.post(&grid, "/api/v1/entries", json!({ "entries": [other] }));
    assert_eq!(conflict.status, StatusCode::CONFLICT, "{}", conflict.body);
    assert_eq!(conflict.body["results"][0]["code"], "id_conflict");
}

#[test]
fn bodies_too_large_and_calls_too_long_are_refused() {
    let city = City::new();
    let grid = city.staff("grid-worker", "community", "371702001");
    let large = city.post(&grid, "/api/v1/entries", json!({ "entries": ["x".repeat(2 << 20)] }));
    assert_eq!(
        (large.status, &large.body["code"]),
        (StatusCode::PAYLOAD_TOO_LARGE, &json!("too_large"))
    );
    let many: Vec<Value> = (0..1_001).map(Value::from).collect();
    assert_eq!(
        city.post(&grid, "/api/v1/entries", json!({ "entries": many })).body["code"],
        "too_many"
    );
}

#[test]
fn a_declaration_gives_a_pass_that_verifies_and_a_stranger_the_same_words() {
    let city = City::new();
    let grid = city.staff("grid-worker", "community", "371702001");
    city.arrive(&grid, id(1), "371702001", "样例甲");
    let known = city.post("", "/api/v1/declarations", declaration("371702199001010128"));
    let unknown = city.post("", "/api/v1/declarations", declaration("371702199202020285"));
    for answer in [&known, &unknown] {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(
            (&answer.body["status"], &answer.body["flags"]),
            (&json!("accepted"), &json!([]))
        );
    }
    let keys = |answer: &city::Answer| answer.body.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&known), keys(&unknown));
    let (text, document) = (&known.body["pass"], "371702199001010128");
    let verdict = city.post("", "/api/v1/pass/verify", json!({ "text": text, "document": document }));
    assert_eq!(
        (&verdict.body["verdict"], &verdict.body["kind"]),
        (&json!("accept"), &json!("pass"))
    );
    let device = format!("Device {}", known.body["device_secret"].as_str().unwrap());
    let again = city.post(&device, "/api/v1/declarations", declaration("371702199001010128"));
    assert_eq!(again.body["pass_id"], known.body["pass_id"], "{}", again.body);
    let me = city.get(&device, "/api/v1/me");
    assert_eq!(me.body["holds"], json!([]));
    assert!(me.body["declarations"][0].get("subject").is_none(), "{}", me.body);
    let picture = known.body["pass_svg_url"].as_str().unwrap();
    assert_eq!(
        city.get(&device, picture).headers[header::CONTENT_TYPE],
        "image/svg+xml"
    );
    assert_eq!(city.get("", picture).status, StatusCode::UNAUTHORIZED);
    let other = format!("Device {}", unknown.body["device_secret"].as_str().unwrap());
    assert_eq!(city.get(&other, picture).status, StatusCode::NOT_FOUND);
    let early = json!({ "for": "tomorrow", "person": declaration("371702199001010128")["person"] });
    assert_eq!(city.post("", "/api/v1/declarations", early).body["code"], "too_early");
}

#[test]
fn a_device_writes_about_its_owner_only_once_a_code_has_bound_it() {
    let city = City::new();
    let grid = city.staff("grid-worker", "community", "371702001");
    let made = city.arrive(&grid, id(1), "371702001", "样例甲");
    let person = made.body["results"][0]["subject"].clone();
    let declared = city.post("", "/api/v1/declarations", declaration("371702199202020285"));
    let device = format!("Device {}", declared.body["device_secret"].as_str().unwrap());
    let reading = |n: u128| json!({ "entries": [{ "id": id(n), "register": "temperature", "subject": person, "body": { "celsius": 36.5 } }] });
    let refused = city.post(&device, "/api/v1/me/entries", reading(10));
    assert_eq!(refused.body["results"][0]["code"], "not_yours", "{}", refused.body);
    let code = city.post(
        &grid,
        &format!("/api/v1/subjects/{}/device-code", person.as_str().unwrap()),
        json!({}),
    );
    let code = code.body["code"].as_str().unwrap().to_owned();
    assert_eq!(code.len(), 8);
    assert_eq!(
        city.post(&device, "/api/v1/me/bind", json!({ "code": "22222222" }))
            .status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let spaced = format!("{} {}", code[..4].to_lowercase(), &code[4..]);
    let bound = city.post(&device, "/api/v1/me/bind", json!({ "code": spaced }));
    assert_eq!(bound.status, StatusCode::OK, "{}", bound.body);
    assert_eq!(city.get(&device, "/api/v1/me").body["is_bound"], true);
    let written = city.post(&device, "/api/v1/me/entries", reading(11));
    assert_ne!(written.body["results"][0]["status"], "refused", "{}", written.body);
}

#[test]
fn a_sheet_lands_once_and_bad_rows_come_back() {
    let city = City::new();
    let grid = city.staff("grid-worker", "community", "371702001");
    let sheet = "姓名,身份证号,at,region,落脚处所\r\n样例甲,371702199001010128,2022-01-20 07:00,371702001,自有或租住房屋\r\n\
                 样例乙,371702199001010129,2022-01-20 07:00,371702001,自有或租住房屋\r\n";
    let import = || {
        let boundary = "b0undary";
        let part = |name: &str, text: &str| {
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
        };
        let file = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{sheet}\r\n--{boundary}--\r\n"
        );
        let request = Request::post("/api/v1/imports")
            .header(header::AUTHORIZATION, &grid)
            .header(
                header::CONTENT_TYPE,
                format!("multipart/form-data; boundary={boundary}"),
            );
        city.send(request.body(Body::from(part("register", "arrival") + &file)).unwrap())
    };
    let report = import();
    assert_eq!(report.status, StatusCode::OK, "{}", report.body);
    assert_eq!(
        (&report.body["accepted"], &report.body["refused"]),
        (&json!(1), &json!(1)),
        "{}",
        report.body
    );
    let errors = report.body["errors_url"].as_str().unwrap().replace("xlsx", "csv");
    let errors = city.get(&grid, &errors);
    assert!(errors.body.as_str().unwrap().contains("样例乙"), "{}", errors.body);
    import();
    let items = city.get(&grid, "/api/v1/entries?register=arrival").body["items"]
        .as_array()
        .unwrap()
        .len();
    assert_eq!(items, 1);
    let csv = city.get(&grid, "/api/v1/entries.csv?register=arrival");
    let lines: Vec<&str> = csv.body.as_str().unwrap().lines().collect();
    assert!(lines.len() == 2 && lines[0].contains(",org,assurance,"), "{}", csv.body);
    assert!(
        lines[0].contains("place_type") && lines[1].contains(",new,"),
        "{}",
        csv.body
    );
}

#[test]
fn a_file_is_told_by_its_content_and_read_by_its_sender_until_an_entry_cites_it() {
    let city = City::new();
    let (grid, other) = (
        city.staff("grid-worker", "community", "371702001"),
        city.staff("lab", "community", "371702001"),
    );
    let send = |who: &str, bytes: &[u8]| {
        let request = Request::post("/api/v1/attachments").header(header::AUTHORIZATION, who);
        city.send(request.body(Body::from(bytes.to_vec())).unwrap())
    };
    let document = b"%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n\
        2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj\n\
        3 0 obj << /Type /Page /Parent 2 0 R >> endobj\ntrailer << /Root 1 0 R >>\n";
    let kept = send(&grid, document);
    assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.body);
    assert_eq!(kept.body["media_type"], "application/pdf");
    let path = format!("/api/v1/attachments/{}", kept.body["id"].as_str().unwrap());
    let read = city.get(&grid, &path);
    assert_eq!(
        (read.status, &read.headers[header::CONTENT_TYPE]),
        (StatusCode::OK, &"application/pdf".parse().unwrap())
    );
    assert!(
        read.headers[header::CONTENT_DISPOSITION]
            .to_str()
            .unwrap()
            .starts_with("attachment")
    );
    assert_eq!(city.get(&other, &path).status, StatusCode::NOT_FOUND);
    assert_eq!(city.get("", &path).status, StatusCode::UNAUTHORIZED);
    let refused = send(&grid, b"MZ\x90");
    assert_eq!(
        (refused.status, &refused.body["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("bad_attachment"))
    );
    assert_eq!(send("Bearer nonsense", document).status, StatusCode::UNAUTHORIZED);
    let large = send(&grid, &vec![0; (10 << 20) + 1]);
    assert_eq!(
        (large.status, &large.body["code"]),
        (StatusCode::PAYLOAD_TOO_LARGE, &json!("too_large"))
    );
}

#[test]
fn every_answer_is_guarded_and_nothing_personal_is_kept() {
    let city = City::new();
    let answer = city.get("Bearer token-admin", "/api/v1/session");
    let headers = &answer.headers;
    assert_eq!(headers[header::CACHE_CONTROL], "private, no-store");
    assert_eq!(headers[header::X_FRAME_OPTIONS], "DENY");
    assert!(
        headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .starts_with("default-src 'self'")
    );
    assert!(headers.contains_key("x-request-id"));
    let keys = city.get("", "/api/v1/pass-keys");
    assert!(
        keys.headers[header::CACHE_CONTROL]
            .to_str()
            .unwrap()
            .starts_with("public")
    );
    let again = Request::get("/api/v1/pass-keys").header(header::IF_NONE_MATCH, keys.headers[header::ETAG].clone());
    assert_eq!(
        city.send(again.body(Body::empty()).unwrap()).status,
        StatusCode::NOT_MODIFIED
    );
    assert_eq!(city.get("", "/readyz").status, StatusCode::OK);
    let metrics = city.get("", "/metrics").body;
    assert!(metrics.as_str().unwrap().ends_with("# EOF\n"));
}

#[test]
fn the_test_clock_moves_forward_only() {
    let city = City::new();
    let moved = city.post(
        "Bearer token-admin",
        "/api/v1/test/clock",
        json!({ "advance": "PT24H" }),
    );
    assert_eq!(moved.status, StatusCode::OK, "{}", moved.body);
    let back = city.post(
        "Bearer token-admin",
        "/api/v1/test/clock",
        json!({ "now": "2022-01-20T08:00:00+08:00" }),
    );
    assert_eq!(back.body["code"], "clock_backwards");
    assert_eq!(
        city.post(
            "Bearer token-auditor",
            "/api/v1/test/clock",
            json!({ "advance": "PT1H" })
        )
        .status,
        StatusCode::FORBIDDEN
    );
}

/// The committed description is the one that is served. After a wanted change: `LIANFANG_BLESS=1 cargo test`.
#[test]
fn the_description_is_the_committed_one_and_every_call_of_it_exists() {
    let found = lianfang_server::openapi("0.0.0");
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let text = serde_json::to_string_pretty(&found).unwrap() + "\n";
    if std::env::var_os("LIANFANG_BLESS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == text,
        "openapi.json is out of date: run with LIANFANG_BLESS=1"
    );
    let city = City::new();
    for (path, calls) in found["paths"].as_object().unwrap() {
        for method in calls.as_object().unwrap().keys() {
            let path = path.replace("{id}", &id(1).to_string()).replace(['{', '}'], "");
            let answer = city.call("", &method.to_uppercase(), &path, Some(json!({})));
            let code = answer.body["detail"].as_str().unwrap_or_default().to_owned();
            assert_ne!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert_ne!(code, "There is nothing at this address", "{method} {path}");
        }
    }
}
