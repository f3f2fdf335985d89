//! Linkage on the pages: rows of a sheet that may be of somebody whose file is there, who may live together, a search for
//! duplicates.

use crate::city::{Browser, City, Shown, ZHANG};
use axum::http::StatusCode;
use serde_json::json;

const IMPORT: &str = "/registers/arrival/import";
const LI: &str = "371702199001010128";

async fn person(city: &City, number: &str, name: &str) -> String {
    let arrival = json!({
        "register": "arrival", "at": "2022-01-20T07:50:00+08:00", "assurance": "seen", "region": "371702001",
        "subject": { "type": "person", "identifiers": { "cn_id": number, "phone": "13800138000" }, "name": name },
        "body": { "place_type": "home", "address": "东城街道样例小区3栋2单元501室" }
    });
    let answer = city.write(arrival).await;
    answer.subject.unwrap_or_else(|| panic!("{answer:?}")).to_string()
}

/// What stands between two texts, wherever the first one stands.
fn between<'a>(page: &'a Shown, before: &str, after: &str) -> Vec<&'a str> {
    let parts = page.html.split(before).skip(1);
    parts
        .filter_map(|part| part.split_once(after))
        .map(|(found, _)| found)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_somebody_known_goes_into_that_file_or_into_one_of_its_own_as_somebody_says() {
    let city = City::new().await;
    let zhang = person(&city, ZHANG, "张样例").await;
    let mut browser = Browser::new(&city, "zh-CN");
    browser.sign_in("grid").await;
    let page = browser.get(IMPORT).await;
    let address = format!("{IMPORT}?csrf={}", between(&page, "?csrf=", "\"")[0]);
    // No number on file: by name and telephone only.
    let sheet = "name,phone,region,place_type,at\n张样例,13800138000,371702001,home,2022-01-20 07:55\n\
                 张样丽,13800138000,371702001,home,2022-01-20 07:56\n孙无关,13911112222,371702001,home,2022-01-20 07:57\n";
    let tried = browser.upload(&address, &[("act", "try")], ("a.csv", sheet)).await;
    let rows: Vec<String> = between(&tried, "name=\"same.", "\"")
        .into_iter()
        .map(str::to_owned)
        .collect();
    assert!(tried.has("可能是已有档案的人") && tried.has("张**"), "{}", tried.html);
    assert_eq!(rows.len(), 4, "two rows, two choices each: {}", tried.html);
    assert!(!tried.has("checked"), "nothing is chosen beforehand: {}", tried.html);
    let (same, other) = (format!("same.{}", rows[0]), format!("same.{}", rows[2]));
    let said = [(same.as_str(), zhang.as_str()), (other.as_str(), "other")];
    let again = [("act", "try"), said[0], said[1]];
    let tried = browser.upload(&address, &again, ("a.csv", sheet)).await;
    assert_eq!(tried.html.matches("checked").count(), 2, "{}", tried.html);
    // The rows in another order, and a file that nobody found for the third: what was said stays with its row.
    let turned = "name,phone,region,place_type,at\n孙无关,13911112222,371702001,home,2022-01-20 07:57\n\
                  张样丽,13800138000,371702001,home,2022-01-20 07:56\n张样例,13800138000,371702001,home,2022-01-20 07:55\n";
    let import = [("act", "import"), said[0], said[1]];
    let done = browser.upload(&address, &import, ("a.csv", turned)).await;
    assert!(done.has("已导入") && !done.has("可能是已有档案的人"), "{}", done.html);
    let file = browser.get(&format!("/subjects/{zhang}")).await;
    let arrivals = file.html.matches("/entries/").count();
    assert!(arrivals >= 2, "{}", file.html);
    let list = browser.get("/registers/arrival").await;
    let others: Vec<&str> = between(&list, "/subjects/", "\"");
    let others: std::collections::BTreeSet<&str> = others.into_iter().filter(|id| id.len() == 36).collect();
    assert_eq!(others.len(), 3, "张样例, 张样丽 and 孙无关: {}", list.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_live_together_is_shown_with_reasons_and_taken_in_by_somebody_who_knows() {
    let city = City::new().await;
    let (zhang, li) = (person(&city, ZHANG, "张样例").await, person(&city, LI, "李小芳").await);
    let home = json!({
        "register": "household", "region": "371702001", "subject": { "type": "household", "identifiers": { "code": "H-1" } },
        "body": { "village": city.community.to_string() }
    });
    let home = city.write_as("survey-cadre", home).await.subject.unwrap().to_string();
    let mut browser = Browser::new(&city, "zh-CN");
    browser.sign_in("village").await;
    let path = format!("/subjects/{zhang}/mates");
    let page = browser.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.has("李**") && page.has("同户室") && page.has("请先登记住户"),
        "{}",
        page.html
    );
    assert!(!page.has("13800138000") && !page.has("李小芳"), "{}", page.html);

    let entry = json!({ "register": "resident", "subject": zhang, "body": { "household": home, "village": city.community.to_string() } });
    assert!(city.write_as("survey-cadre", entry).await.subject.is_some());
    let page = browser.get(&path).await;
    assert!(page.has("确认同住"), "{}", page.html);
    let csrf = page.input("csrf");
    let stranger = browser.post(&path, &[("csrf", &csrf), ("mate", &home)]).await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND, "{}", stranger.html);
    let taken = browser.post(&path, &[("csrf", &csrf), ("mate", &li)]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.html);
    let page = browser.get(&taken.location).await;
    assert!(page.has("已登记为同一户") && page.has("已是同一户"), "{}", page.html);
    let file = browser.get(&format!("/subjects/{li}")).await;
    assert!(
        file.has("同户") && file.has("张**") && file.has(&path.replace(&zhang, &li)),
        "{}",
        file.html
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_for_duplicates_says_what_it_found() {
    let city = City::new().await;
    person(&city, ZHANG, "张样例").await;
    let mut browser = Browser::new(&city, "zh-CN");
    browser.sign_in("steward").await;
    let page = browser.get("/people/duplicates").await;
    let csrf = page.input("csrf");
    let sent = browser.post("/people/duplicates/search", &[("csrf", &csrf)]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    let told = browser.get(&sent.location).await;
    assert!(told.has("比对1人，辖区内可能重复0对"), "{}", told.html);
    // Who comes back later is not told again.
    assert!(!browser.get("/people/duplicates").await.has("比对1人"));
}
