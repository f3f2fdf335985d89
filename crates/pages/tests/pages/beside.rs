//! What stands beside a person's file: the household, the people named for the person, and a heading for everybody.

use crate::city::{Browser, City, ZHANG};
use serde_json::json;

async fn person(city: &City, number: &str, name: &str) -> String {
    let arrival = json!({
        "register": "arrival", "at": "2022-01-20T07:50:00+08:00", "assurance": "seen", "region": "371702001",
        "subject": { "type": "person", "identifiers": { "cn_id": number }, "name": name },
        "body": { "place_type": "home", "stays": [], "contacts": [] }
    });
    city.write(arrival).await.subject.unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn six_roles_stand_with_who_holds_them_and_those_that_nobody_holds() {
    let city = City::new().await;
    let (zhang, li) = (
        person(&city, ZHANG, "张样例").await,
        person(&city, "11010119900307897X", "李样例").await,
    );
    let team = json!({
        "register": "case_team", "subject": zhang, "at": "2022-01-20T08:00:00+08:00",
        "body": { "role": "medic", "who": li, "phone": "0530-0000001", "from": "2022-01-20T08:00:00+08:00" }
    });
    let answer = city.write_as("care-worker", team).await;
    assert!(answer.subject.is_some(), "{answer:?}");
    let mut browser = Browser::new(&city, "zh-CN");
    browser.sign_in("care").await;
    let file = browser.get(&format!("/subjects/{zhang}")).await;
    for text in [
        "六包一小组",
        "医务人员",
        "李**",
        "0530-0000001",
        "派出所干部",
        "6 个岗位缺 5 个",
        "无人",
    ] {
        assert!(file.has(text), "{text}: {}", file.html);
    }
    let other = browser.get(&format!("/subjects/{li}")).await;
    assert!(!other.has("6 个岗位缺"), "whoever helps has no team: {}", other.html);
    let past = browser.get(&format!("/subjects/{zhang}?as_of=2022-01-20T07:55")).await;
    assert!(!past.has("0530-0000001"), "{}", past.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lives_together_is_found_from_either_file() {
    let city = City::new().await;
    let (zhang, li) = (
        person(&city, ZHANG, "张样例").await,
        person(&city, "11010119900307897X", "李样例").await,
    );
    let home = json!({
        "register": "household", "region": "371702001", "subject": { "type": "household", "identifiers": { "code": "H-1" } },
        "body": { "village": city.community.to_string() }
    });
    let answer = city.write_as("survey-cadre", home).await;
    let home = answer.subject.unwrap_or_else(|| panic!("{answer:?}")).to_string();
    for one in [&zhang, &li] {
        let entry = json!({ "register": "resident", "subject": one, "body": { "household": home, "village": city.community.to_string() } });
        let answer = city.write_as("survey-cadre", entry).await;
        assert!(answer.subject.is_some(), "{answer:?}");
    }
    let mut browser = Browser::new(&city, "zh-CN");
    browser.sign_in("village").await;
    let file = browser.get(&format!("/subjects/{zhang}")).await;
    assert!(
        file.has("同户") && file.has("李**") && file.has(&format!("/subjects/{li}")),
        "{}",
        file.html
    );
    let whole = browser.get(&format!("/subjects/{home}")).await;
    assert!(whole.has("张**") && whole.has("李**"), "{}", whole.html);
}
