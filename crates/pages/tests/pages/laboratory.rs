//! What laboratories and carriers send, and the labels of tubes.

use crate::city::{Browser, City, Shown, ZHANG};
use axum::http::StatusCode;
use serde_json::json;

async fn import(browser: &mut Browser<'_>, register: &str, file: (&str, &str)) -> Shown {
    let page = browser.get(&format!("/registers/{register}/import")).await;
    let address = format!("/registers/{register}/import?csrf={}", page.input("csrf"));
    browser.upload(&address, &[("act", "import")], file).await
}

#[tokio::test(flavor = "multi_thread")]
async fn results_in_hl7_and_fhir_are_entries_and_what_is_not_final_comes_back() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "en");
    browser.sign_in("tubes").await;
    let message = format!(
        "MSH|^~\\&|LIS||||20220120||ORU^R01\rPID|||{ZHANG}||Zhang^San\rOBR|1||S-1|||||20220119083000+0800\r\
         OBX|1|CWE|94309-2||260373001||||||F\rOBX|2|ST|94558-4||negative||||||P\r"
    );
    let report = import(&mut browser, "lab_result", ("results.hl7", &message)).await;
    assert_eq!(report.status, StatusCode::OK, "{}", report.html);
    assert!(report.has("this result is not final"), "{}", report.html);
    let observation = json!({
        "resourceType": "Observation", "id": "o", "status": "final", "code": { "coding": [{ "code": "94500-6" }] },
        "subject": { "reference": "#p" }, "valueString": "Not detected", "effectiveDateTime": "2022-01-19T09:00:00+08:00",
        "contained": [{ "resourceType": "Patient", "id": "p", "identifier": [{ "value": ZHANG }] }]
    });
    import(&mut browser, "lab_result", ("results.json", &observation.to_string())).await;
    let list = browser.get("/registers/lab_result").await;
    assert!(list.has("Positive") && list.has("Negative"), "{}", list.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passenger_list_names_its_service_by_code() {
    let city = City::new().await;
    let service = json!({
        "register": "voyage_run",
        "subject": { "type": "voyage", "identifiers": { "code": "CZ0001/2022-01-19" }, "name": "CZ0001" },
        "region": "371702001",
        "body": {
            "number": "CZ0001", "kind": "flight", "departs_at": "2022-01-19T09:00:00+08:00", "origin": "A", "destination": "B",
            "carriages": 1, "rows_each": 30, "stops": 2
        }
    });
    let made = city.write_as("carrier-desk", service).await;
    assert!(made.problems.is_empty(), "{made:?}");
    let mut browser = Browser::new(&city, "en");
    browser.sign_in("carrier").await;
    let sheet = format!(
        "姓名,身份证号,班次,车厢,排,座位,上车站序,下车站序\n张三,{ZHANG},CZ0001/2022-01-19,1,12,A,1,2\n李四,,CZ9999,1,13,A,1,2\n"
    );
    let report = import(&mut browser, "passenger", ("list.csv", &sheet)).await;
    assert!(report.has("some rows were not written"), "{}", report.html);
    let list = browser.get("/registers/passenger").await;
    assert!(list.has("张*") && !list.has("李*"), "{}", list.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_are_for_samplers_and_say_what_is_wrong() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "en");
    browser.sign_in("sampler").await;
    let sheet = browser.get("/labels?round=3&mark=e2&first=1&count=3").await;
    assert!(
        sheet.has("aria-label=\"R3E2-00003\"") && !sheet.has("R3E2-00004"),
        "{}",
        sheet.html
    );
    let wrong = browser.get("/labels?round=3&count=900000").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.has("from 1 to 99999"), "{}", wrong.html);
    let many = browser.get("/labels?round=3&mark=e2&first=1&count=2500").await;
    assert!(many.has("R3E2-01000") && !many.has("R3E2-01001"), "a thousand a print");
    assert!(many.has("first=1001&amp;count=1500"), "and the way to the next");
    let mut other = Browser::new(&city, "en");
    other.sign_in("grid").await;
    assert_eq!(other.get("/labels").await.status, StatusCode::FORBIDDEN);
}
