//! Lists of registers: narrowed, with chosen columns, saved, taken away as shown, corrected many at once and taken back.

use crate::city::{Browser, City};
use axum::http::StatusCode;
use lianfang_ui::text::MISSING;
use serde_json::json;

const LIST: &str = "/registers/case_report";

async fn cases(city: &City) {
    for (no, class) in [("A-1", "suspected"), ("A-2", "suspected"), ("A-3", "confirmed")] {
        let entry = json!({
            "register": "case_report", "region": "371702001",
            "subject": { "type": "case_file", "identifiers": { "code": no } },
            "body": { "case_no": no, "class": class, "onset_on": "2022-01-10", "hospital": "样例医院" }
        });
        assert!(city.write_as("cdc", entry).await.subject.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_keeps_its_columns_and_what_was_asked_for() {
    let city = City::new().await;
    cases(&city).await;
    let mut browser = Browser::new(&city, "zh-CN");
    browser.sign_in("cdc").await;
    let narrow = browser.get(&format!("{LIST}?is.class=suspected")).await;
    assert!(
        narrow.has("A-1") && narrow.has("A-2") && !narrow.has("A-3"),
        "{}",
        narrow.html
    );
    assert!(narrow.has("病例分类 疑似病例") && !narrow.has("样例医院") && !narrow.has(MISSING));
    let csrf = narrow.input("csrf");
    let keep = format!("{LIST}/keep");
    let columns = [
        ("csrf", csrf.as_str()),
        ("keep", "columns"),
        ("query", "is.class=suspected"),
        ("column", "hospital"),
        ("column", "_received"),
        ("column", "no_such_field"),
    ];
    let kept = browser.post(&keep, &columns).await;
    assert_eq!(kept.location, format!("{LIST}?is.class=suspected"));
    let shown = browser.get(&kept.location).await;
    assert!(
        shown.has("样例医院") && shown.has("收到时间") && !shown.has("发病日期</th>"),
        "{}",
        shown.html
    );
    let list = [
        ("csrf", csrf.as_str()),
        ("keep", "list"),
        ("query", "is.class=suspected&cursor=x"),
    ];
    browser.post(&keep, &list).await;
    let all = browser.get(LIST).await;
    assert!(all.has("?is.class=suspected\">病例分类 疑似病例</a>"), "{}", all.html);
    let mut phone = Browser::new(&city, "zh-CN");
    phone.sign_in("cdc").await;
    let there = phone.get(LIST).await;
    assert!(
        there.has("?is.class=suspected\">病例分类 疑似病例</a>") && there.has("样例医院"),
        "{}",
        there.html
    );
    let mut other = Browser::new(&city, "zh-CN");
    other.sign_in("command").await;
    let theirs = other.get(LIST).await;
    assert!(
        !theirs.has("病例分类 疑似病例</a>"),
        "another account has its own lists: {}",
        theirs.html
    );
    let csv = browser.get(&format!("{LIST}/list.csv?is.class=suspected")).await;
    assert!(
        csv.has("就诊医院") && csv.has("样例医院") && !csv.has("发病日期") && !csv.has("A-3"),
        "{}",
        csv.html
    );
    assert_eq!(csv.html.trim_end().lines().count(), 3, "{}", csv.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_corrected_after_a_look_and_taken_back() {
    let city = City::new().await;
    cases(&city).await;
    let mut browser = Browser::new(&city, "en");
    browser.sign_in("cdc").await;
    let narrow = browser.get(&format!("{LIST}?is.class=suspected")).await;
    let csrf = narrow.input("csrf");
    let chosen = named(&narrow.html);
    assert_eq!(chosen.len(), 2, "{}", narrow.html);
    let with = |more: &[(&'static str, &'static str)]| {
        let mut form = vec![
            ("csrf", csrf.as_str()),
            ("field", "class"),
            ("entry", &chosen[0]),
            ("entry", &chosen[1]),
        ];
        form.extend(more);
        form.into_iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect::<Vec<_>>()
    };
    let bulk = format!("{LIST}/bulk");
    let silent = send(&mut browser, &bulk, &with(&[("value", "confirmed"), ("act", "look")])).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", silent.html);
    let reason = [("value", "confirmed"), ("reason", "results came late"), ("act", "look")];
    let look = send(&mut browser, &bulk, &with(&reason)).await;
    assert!(
        look.has("Correct 2 entries") && look.has("<strong>Confirmed</strong>"),
        "{}",
        look.html
    );
    let still = browser.get(&format!("{LIST}?is.class=suspected")).await;
    assert!(still.has("A-1"), "a look writes nothing");
    let done = send(
        &mut browser,
        &bulk,
        &with(&[
            ("value", "confirmed"),
            ("reason", "results came late"),
            ("act", "change"),
        ]),
    )
    .await;
    assert!(
        done.has("2 entries were corrected") && !done.has(MISSING),
        "{}",
        done.html
    );
    let confirmed = browser.get(&format!("{LIST}?is.class=confirmed")).await;
    assert!(confirmed.has("A-1") && confirmed.has("A-3"), "{}", confirmed.html);
    let corrections = named(&done.html).into_iter().map(|id| ("entry".to_owned(), id));
    let mut undo = vec![
        ("csrf".to_owned(), csrf.clone()),
        ("field".to_owned(), "class".to_owned()),
    ];
    undo.extend(corrections);
    let back = send(&mut browser, &format!("{bulk}/undo"), &undo).await;
    assert!(back.has("Taken back: 2 entries"), "{}", back.html);
    assert_eq!(classes(&city), ["confirmed", "suspected", "suspected"], "as before");
}

async fn send(browser: &mut Browser<'_>, path: &str, fields: &[(String, String)]) -> crate::city::Shown {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    browser.post(path, &fields).await
}

/// What the cases say that hold now.
fn classes(city: &City) -> Vec<String> {
    let rows = city
        .ledger
        .read(|reader| {
            let query = lianfang_ledger::read::HoldingQuery {
                registers: vec!["case_report".into()],
                about: None,
                as_of: None,
                most: 100,
            };
            reader.holding(&lianfang_ledger::read::Sight::All, &query)
        })
        .unwrap()
        .0;
    let mut classes: Vec<String> = rows
        .iter()
        .filter_map(|row| row.body.get("class")?.as_str().map(str::to_owned))
        .collect();
    classes.sort_unstable();
    classes
}

/// Values of the entries that a page's form names.
fn named(html: &str) -> Vec<String> {
    html.split("name=\"entry\" value=\"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"').map(|(id, _)| id.to_owned()))
        .collect()
}
