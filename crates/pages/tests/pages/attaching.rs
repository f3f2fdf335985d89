//! Fields that are files: sent with the form, kept while something else is mended, seen on the entry's page.

use crate::city::{Browser, City, Shown};
use axum::http::StatusCode;

const NEW: &str = "/registers/event_filing/new";
const PLAN: &str = "%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n\
                    2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj\n\
                    3 0 obj << /Type /Page /Parent 2 0 R >> endobj\ntrailer << /Root 1 0 R >>\n";

fn between<'a>(page: &'a Shown, before: &str) -> &'a str {
    let (_, rest) = page.html.split_once(before).unwrap();
    rest.split_once('"').unwrap().0
}

fn filing<'a>(entry: &'a str, plan: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("entry", entry),
        ("subject.name", "样例活动"),
        ("subject.region", "371702"),
        ("held_on", "2022-01-28T10:00"),
        ("kind", "meeting"),
        ("people", "50"),
        ("organiser", "市指挥部"),
        ("plan", plan),
        ("act", "send"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_stays_attached_until_the_rest_is_right_and_is_seen_on_the_entry() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "zh-CN");
    browser.sign_in("officer").await;
    let page = browser.get(NEW).await;
    assert!(
        page.has("multipart/form-data") && page.has("拍摄地点会被去除"),
        "{}",
        page.html
    );
    let address = format!("{NEW}?csrf={}", between(&page, "?csrf="));
    let entry = between(&page, "name=\"entry\" value=\"").to_owned();

    let wrong = browser
        .upload_as(&address, &filing(&entry, ""), ("plan.file", "a.doc", "PK\u{3}\u{4}"))
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.has("另存为 PDF") && wrong.has("样例活动"), "{}", wrong.html);

    let one = browser
        .upload_as(&address, &filing(&entry, ""), ("plan.file", "a.pdf", PLAN))
        .await;
    assert_eq!(one.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(one.has("防控方案和应急预案") && one.has("已附文件"), "{}", one.html);
    let plan = between(&one, "name=\"plan\" value=\"").to_owned();

    let both = browser
        .upload_as(&address, &filing(&entry, &plan), ("emergency_plan.file", "b.pdf", PLAN))
        .await;
    assert_eq!(both.status, StatusCode::SEE_OTHER, "{}", both.html);
    let shown = browser.get(&both.location).await;
    assert!(shown.has("附件") && shown.has("应急预案（1 KB）"), "{}", shown.html);
    let file = browser.get(&format!("/api/v1/attachments/{plan}")).await;
    assert_eq!(
        (file.status, file.headers["content-type"].to_str().unwrap()),
        (StatusCode::OK, "application/pdf")
    );

    let mut stranger = Browser::new(&city, "zh-CN");
    stranger.sign_in("grid").await;
    let hidden = stranger.get(&format!("/api/v1/attachments/{plan}")).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
}
