//! Every page that is only read, in both languages, by the public and by staff.

use crate::city::{Browser, City};
use axum::http::StatusCode;
use lianfang_ui::text::MISSING;

#[tokio::test(flavor = "multi_thread")]
async fn public_pages_answer_in_both_languages() {
    let city = City::new().await;
    for lang in ["zh-CN", "en"] {
        let mut browser = Browser::new(&city, lang);
        let pages = [
            "/",
            "/declare/who",
            "/declare/stays",
            "/declare/journey",
            "/declare/region",
            "/declare/unit",
            "/me/recover",
            "/verify",
            "/sign-in",
        ];
        for path in pages {
            let shown = browser.get(path).await;
            assert_eq!(shown.status, StatusCode::OK, "{path}: {}", shown.html);
            assert!(
                shown.has(&format!("<html lang=\"{lang}\">")) && !shown.has(MISSING),
                "{path}: {}",
                shown.html
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_pages_answer_in_both_languages() {
    let city = City::new().await;
    for lang in ["zh-CN", "en"] {
        let mut browser = Browser::new(&city, lang);
        browser.sign_in("grid").await;
        for path in [
            "/today",
            "/registers",
            "/registers/arrival",
            "/registers/arrival/new",
            "/registers/call/new",
            "/subjects",
            "/situation",
            "/situation/wall",
            "/situation/science",
            "/situation/signals",
            "/protocols",
            "/protocols/expected-arrival",
            "/coverage/expected-arrival/check-in",
            "/figures/expected-check-in",
            "/figures/expected-check-in/missing",
        ] {
            let shown = browser.get(path).await;
            assert_eq!(shown.status, StatusCode::OK, "{path}: {}", shown.html);
            assert!(
                shown.has(&format!("<html lang=\"{lang}\">")) && !shown.has(MISSING),
                "{path}: {}",
                shown.html
            );
        }
        let refused = browser.get("/today/proposals").await;
        assert!(
            refused.status == StatusCode::FORBIDDEN && refused.has("no_right"),
            "{}",
            refused.html
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn estimates_stand_with_their_method_or_with_the_reason_why_there_is_none() {
    let city = City::new().await;
    for (day, n) in (0..40).zip(
        [1, 1, 2, 2, 3, 4, 5, 7, 9, 12, 14, 17, 19, 20]
            .into_iter()
            .chain((1..27).rev()),
    ) {
        let at = lianfang_kernel::Day::parse("2021-12-11").unwrap().plus(day);
        let entry = serde_json::json!({
            "register": "daily_count", "at": format!("{at}T17:00:00+08:00"), "body": { "new_confirmed": n },
            "subject": { "type": "region", "identifiers": { "code": "371702001" } },
        });
        let answer = city.write_as("cdc", entry).await;
        assert!(answer.subject.is_some(), "{answer:?}");
    }
    for (lang, falls, halving) in [("zh-CN", "疫情在减弱", "减半时间"), ("en", "it falls", "Halving time")] {
        let mut browser = Browser::new(&city, lang);
        browser.sign_in("cdc").await;
        let page = browser.get("/situation/science?indicator=new-confirmed").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        for text in [
            falls,
            halving,
            "10.1093/aje/kwt133",
            "value=\"4.7\"",
            "/api/v1/epi/rt?indicator=new-confirmed",
        ] {
            assert!(page.has(text), "{text}: {}", page.html);
        }
        assert!(!page.has(MISSING), "{}", page.html);
        let picture = browser
            .get("/situation/science/rt.svg?indicator=new-confirmed&width=14")
            .await;
        assert!(picture.has("<svg") && picture.has("14"), "{}", picture.html);
        let odd = browser
            .get("/situation/science?indicator=new-confirmed&mean_si=five")
            .await;
        assert!(odd.has("mean-si") && odd.has(halving), "{}", odd.html);
        let other = browser
            .get("/situation/science/other.svg?indicator=new-confirmed")
            .await;
        assert_eq!(other.status, StatusCode::NOT_FOUND);
    }
    let mut anybody = Browser::new(&city, "en");
    assert!(anybody.get("/situation/science").await.location.starts_with("/sign-in"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_language_is_kept_and_errors_are_pages() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "zh-CN");
    assert!(browser.get("/?lang=en").await.has("<html lang=\"en\">"));
    assert!(browser.get("/verify").await.has("<html lang=\"en\">"));
    let missing = browser.get("/pass/none").await;
    assert!(
        missing.status == StatusCode::NOT_FOUND && missing.has("<html lang=\"en\">"),
        "{}",
        missing.html
    );
    assert_eq!(browser.get("/assets/none.css").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_for_administrators() {
    let city = City::new().await;
    let mut admin = Browser::new(&city, "en");
    admin.sign_in("root").await;
    for page in [
        "",
        "/users",
        "/roles",
        "/orgs",
        "/packs",
        "/retention",
        "/retention/run",
    ] {
        let shown = admin.get(&format!("/admin{page}")).await;
        assert!(
            shown.status == StatusCode::OK && !shown.has(MISSING),
            "{page}: {}",
            shown.html
        );
    }
    assert_eq!(admin.get("/admin/audit").await.status, StatusCode::FORBIDDEN);
    let mut grid = Browser::new(&city, "en");
    grid.sign_in("grid").await;
    for page in ["", "/users", "/audit", "/retention"] {
        assert_eq!(
            grid.get(&format!("/admin{page}")).await.status,
            StatusCode::FORBIDDEN,
            "{page}"
        );
    }
}
