//! Estimates over sheets and over daily figures.

use super::city::{Answer, City, id};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

const CURVE: &str = "date,cases\n2022-01-01,1\n2022-01-02,2\n2022-01-03,2\n2022-01-04,3\n2022-01-05,5\n2022-01-06,6\n\
    2022-01-07,8\n2022-01-08,9\n2022-01-09,12\n2022-01-10,15\n";

fn send_csv(city: &City, who: &str, path: &str, accept: &str, body: &str) -> Answer {
    let request = Request::post(path)
        .header(header::AUTHORIZATION, who)
        .header(header::CONTENT_TYPE, "text/csv")
        .header(header::ACCEPT, accept)
        .header(header::ACCEPT_LANGUAGE, "en");
    city.send(request.body(Body::from(body.to_owned())).unwrap())
}

#[test]
fn a_sheet_is_estimated_the_same_however_it_is_sent() {
    let city = City::new();
    let who = "Bearer token-auditor";
    let body = json!({ "csv": CURVE, "mean_si": 2.6, "std-si": "1.5", "width": 7 });
    assert_eq!(
        city.post("", "/api/v1/epi/rt", body.clone()).status,
        StatusCode::UNAUTHORIZED
    );
    let one = city.post(who, "/api/v1/epi/rt", body);
    assert_eq!(one.status, StatusCode::OK, "{}", one.body);
    assert_eq!(one.body["rows"].as_array().unwrap().len(), 3);
    assert!(one.body["rows"][0]["mean"].as_f64().unwrap() > 1.0);
    assert!(
        one.body["warnings"][0]
            .as_str()
            .unwrap()
            .starts_with("the cases of the first day")
    );
    let path = "/api/v1/epi/rt?mean_si=2.6&std_si=1.5";
    let two = send_csv(&city, who, path, "application/json", CURVE);
    assert_eq!(two.body["rows"], one.body["rows"]);
    let sheet = send_csv(&city, who, path, "text/csv", CURVE);
    assert_eq!(sheet.headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    assert!(sheet.body.as_str().unwrap().starts_with("t_start,t_end,mean,sd,q0.025"));
    assert!(sheet.headers.contains_key("lianfang-warnings"));
    let chains = json!({ "linelist": "case_id\nA\nB\n", "contacts": "infector,infectee\nA,B\n", "clusters": true });
    let chains = city.post(who, "/api/v1/epi/chains", chains);
    assert_eq!(chains.body["rows"][0]["size"], 2, "{}", chains.body);
    let calls = city.get(who, "/api/v1/epi");
    let calls = calls.body["items"].as_array().unwrap().len();
    assert_eq!(calls, lianfang_epi::calls::CALLS.len());
}

#[test]
fn what_cannot_be_estimated_says_where() {
    let city = City::new();
    let who = "Bearer token-auditor";
    let refused = |call: &str, body: Value| {
        let answer = city.post(who, &format!("/api/v1/epi/{call}"), body);
        let text = |key: &str| answer.body[key].as_str().unwrap_or_default().to_owned();
        assert!(
            !text("hint").is_empty() || answer.status == StatusCode::NOT_FOUND,
            "{}",
            answer.body
        );
        (answer.status.as_u16(), text("code"), text("field"))
    };
    let told = |status: u16, code: &str, field: &str| (status, code.to_owned(), field.to_owned());
    assert_eq!(
        refused("rt", json!({ "csv": CURVE })),
        told(422, "param_missing", "mean-si")
    );
    assert_eq!(
        refused("rt", json!({ "csv": CURVE, "widht": 7 })),
        told(422, "param_unknown", "widht")
    );
    assert_eq!(
        refused("rt", json!({ "csv": CURVE, "width": 0 })),
        told(422, "param_invalid", "width")
    );
    assert_eq!(
        refused("rt", json!({ "csv": CURVE, "width": [7] })),
        told(422, "bad_field", "width")
    );
    assert_eq!(
        refused("ears", json!({ "csv": "t\n1\n" })),
        told(422, "column_missing", "observed")
    );
    assert_eq!(
        refused("chains", json!({ "csv": "case_id\nA\n" })),
        told(422, "sheet_missing", "contacts")
    );
    let gap = refused(
        "rt",
        json!({ "csv": CURVE.replace("2022-01-05,5\n", ""), "mean_si": 2.6, "std_si": 1.5 }),
    );
    assert_eq!(gap, told(422, "dates_gap", ""));
    let long = format!("observed\n{}", "1\n".repeat(20_001));
    assert_eq!(refused("ears", json!({ "csv": long })), told(422, "too_many_rows", ""));
    assert_eq!(refused("guess", json!({})).0, 404);
    let large = "1\n".repeat(600_000);
    let large = send_csv(&city, who, "/api/v1/epi/ears", "text/csv", &large);
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[test]
fn a_daily_figure_is_estimated_as_it_was_known() {
    let city = City::new();
    let who = city.staff("cdc", "authority", "3717");
    let mut number = 0;
    let mut onset = |day: &str| {
        number += 1;
        json!({
            "id": id(number), "register": "case_onset", "at": format!("2022-01-{day}T06:00:00+08:00"), "region": "371702001",
            "subject": { "type": "case_file", "name": format!("样例{number}") }, "body": { "case_no": format!("C{number}") },
        })
    };
    // Three are known on their day and two a day later.
    for day in 20..30 {
        let mut entries: Vec<Value> = (0..3).map(|_| onset(&day.to_string())).collect();
        if day > 20 {
            entries.extend((0..2).map(|_| onset(&(day - 1).to_string())));
        }
        let answer = city.post(&who, "/api/v1/entries", json!({ "entries": entries }));
        assert_eq!(answer.body["results"][0]["status"], "accepted", "{}", answer.body);
        let moved = city.post(
            "Bearer token-admin",
            "/api/v1/test/clock",
            json!({ "advance": "PT24H" }),
        );
        assert_eq!(moved.status, StatusCode::OK);
    }
    let get = |call: &str| city.get(&who, &format!("/api/v1/epi/{call}"));
    let rt = get("rt?indicator=cases-by-onset&from=2022-01-20&to=2022-01-29&mean_si=2.6&std_si=1.5");
    assert_eq!(rt.status, StatusCode::OK, "{}", rt.body);
    assert_eq!(rt.body["rows"][2]["date"], "2022-01-29");
    assert_eq!(rt.body["unit"], "cases");
    let now = get(
        "nowcast?indicator=cases-by-onset&from=2022-01-20&to=2022-01-29&max_delay=3&as_of=2022-01-29T20:00:00+08:00",
    );
    assert_eq!(now.status, StatusCode::OK, "{}", now.body);
    let last = now.body["rows"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["date"], &last["reported_so_far"]),
        (&json!("2022-01-29"), &json!(3))
    );
    assert!(last["nowcast_median"].as_f64().unwrap() >= 4.0, "{last}");
    let ears = get("ears?indicator=cases-by-onset&from=2022-01-01&to=2022-01-21&method=C1&minSigma=0.5");
    let alarms: Vec<&str> = ears.body["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["alarm"] == 1)
        .filter_map(|row| row["date"].as_str())
        .collect();
    assert_eq!(alarms, ["2022-01-20"], "{}", ears.body);
    let code = |path: &str| get(path).body["code"].as_str().unwrap_or_default().to_owned();
    assert_eq!(code("ears"), "bad_field");
    assert_eq!(code("ears?indicator=nothing"), "unknown_indicator");
    assert_eq!(code("farrington?indicator=cases-by-onset"), "bad_field");
    assert_eq!(code("ears?indicator=absent-sick"), "bad_field");
    let other = city.staff("cdc", "authority", "371703");
    let outside = city.get(&other, "/api/v1/epi/growth?indicator=cases-by-onset&region=371702");
    assert_eq!(outside.status, StatusCode::FORBIDDEN, "{}", outside.body);
}
