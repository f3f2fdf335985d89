//! A link to name the people met: what fetches it opens nothing, the first phone keeps it, and nothing comes back.

use crate::city::{Browser, City, ZHANG};
use axum::http::StatusCode;
use lianfang_kernel::ids::SubjectId;
use serde_json::json;

async fn person(city: &City) -> SubjectId {
    let arrival = json!({
        "register": "arrival", "region": "371702001",
        "subject": { "type": "person", "identifiers": { "cn_id": ZHANG, "phone": "13800138000" }, "name": "张样例" },
        "body": { "place_type": "home", "stays": [], "contacts": [] },
    });
    city.write(arrival).await.subject.unwrap()
}

/// Link and code as the tracer's page shows them once.
async fn link(tracer: &mut Browser<'_>, person: SubjectId) -> (String, String) {
    let page = format!("/subjects/{person}/interview");
    assert!(tracer.get(&format!("/subjects/{person}")).await.has(&page));
    let empty = tracer.get(&page).await;
    assert!(empty.has("No links yet"), "{}", empty.html);
    let made = tracer.post(&page, &[("csrf", &empty.input("csrf"))]).await;
    assert!(made.has("<svg") && !made.has("张样例"), "{}", made.html);
    let after = |mark: &str, end: char| {
        let rest = made.html.split_once(mark).unwrap().1;
        rest.split(end).next().unwrap().to_owned()
    };
    let link = format!("/interview/{}", after("https://city.example/interview/", '<'));
    let again = tracer.get(&page).await;
    assert!(
        !again.has(&link) && again.has("not opened"),
        "shown once: {}",
        again.html
    );
    (link, after("class=\"secret\">", '<'))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_phone_keeps_the_link_and_shows_nothing_back() {
    let city = City::new().await;
    let person = person(&city).await;
    let mut tracer = Browser::new(&city, "en");
    tracer.sign_in("tracer").await;
    let (link, code) = link(&mut tracer, person).await;
    let mut robot = Browser::new(&city, "en");
    let (seen, guessed) = (robot.get(&link).await, robot.get("/interview/GUESSED").await);
    assert_eq!(seen.status, StatusCode::OK);
    assert_eq!(
        seen.html.replace(&link, ""),
        guessed.html.replace("/interview/GUESSED", ""),
        "a good link looks like any other"
    );
    let mut phone = Browser::new(&city, "en");
    assert_eq!(phone.post(&link, &[]).await.location, "/interview");
    let form = phone.get("/interview").await;
    assert!(form.has("people.0.name") && form.has("Where"), "{}", form.html);
    assert!(!form.has("data-draft=\"/interview"), "no draft stays on the phone");
    assert_eq!(form.headers["cache-control"], "private, no-store");
    let mut other = Browser::new(&city, "zh-CN");
    let taken = other.post(&link, &[]).await;
    assert!(taken.has("已在另一台设备上打开") && !taken.has("张"), "{}", taken.html);
    let typed = other.post("/interview/code", &[("code", &code)]).await;
    assert_eq!(typed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(typed.has("e-code"), "{}", typed.html);
    let (csrf, entry) = (form.input("csrf"), form.input("entry"));
    let mut send = async |name: &str, onward: (&str, &str)| {
        let fields = [
            ("csrf", &*csrf),
            ("entry", &*entry),
            ("people.0.name", name),
            ("people.0.met_on", "2022-01-19"),
            ("people.0.met_at", "work"),
            onward,
        ];
        phone.post("/interview", &fields).await
    };
    let more = send("样例甲", ("add", "people")).await;
    assert!(more.has("people.1.name"), "{}", more.html);
    let wrong = send("", ("act", "send")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.has("e-people.0.name"), "{}", wrong.html);
    let sent = send("样例甲", ("act", "send")).await;
    assert_eq!(sent.location, "/interview?done=1", "{}", sent.html);
    for path in ["/interview", "/interview?done=1", "/me"] {
        let page = phone.get(path).await;
        assert!(
            !page.has("样例甲") && !page.has("At work") && !page.has("19 Jan"),
            "{path}: {}",
            page.html
        );
    }
    let links = tracer.get(&format!("/subjects/{person}/interview")).await;
    assert!(links.has("sent") && !links.has("样例甲"), "{}", links.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_trace_makes_no_links() {
    let city = City::new().await;
    let person = person(&city).await;
    let mut grid = Browser::new(&city, "en");
    grid.sign_in("grid").await;
    let page = format!("/subjects/{person}/interview");
    assert!(!grid.get(&format!("/subjects/{person}")).await.has(&page));
    assert_eq!(grid.get(&page).await.status, StatusCode::FORBIDDEN);
}
