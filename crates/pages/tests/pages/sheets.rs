//! Sheets into registers, and what is sealed in an entry opened again.

use crate::city::{Browser, City, Shown, ZHANG};
use axum::http::StatusCode;

const IMPORT: &str = "/registers/arrival/import";

fn sheet() -> String {
    format!(
        "name,cn_id,region,place_type,address\n张样例,{ZHANG},371702001,home,样例路1号\n李样例,110101199003078890,371702001,home,样例路2号\n"
    )
}

/// Uploads carry their token in the address.
fn token_of(page: &Shown) -> String {
    let (_, rest) = page.html.split_once("?csrf=").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_is_tried_imported_and_never_written_twice() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "zh-CN");
    browser.sign_in("grid").await;
    let page = browser.get(IMPORT).await;
    assert!(page.has("下载空表") && page.has("身份证号"), "{}", page.html);
    let empty = browser.get("/registers/arrival/template.xlsx").await;
    assert!(empty.status == StatusCode::OK && empty.html.starts_with("PK"));
    let address = format!("{IMPORT}?csrf={}", token_of(&page));

    let none = browser.upload(&address, &[("act", "import")], ("", "")).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.has("请选择表格文件"), "{}", none.html);

    let tried = browser.upload(&address, &[("act", "try")], ("a.csv", &sheet())).await;
    assert!(tried.has("试读结果") && tried.has("校验"), "{}", tried.html);
    assert!(!browser.get("/registers/arrival").await.has("张**"));

    for _ in 0..2 {
        let done = browser
            .upload(&address, &[("act", "import")], ("a.csv", &sheet()))
            .await;
        assert!(done.has("部分行没有写入") && done.has("errors.xlsx"), "{}", done.html);
        let list = browser.get("/registers/arrival").await;
        assert_eq!(list.html.matches("张**").count(), 1, "{}", list.html);
    }
    let forged = browser.upload(IMPORT, &[("act", "import")], ("a.csv", &sheet())).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN, "{}", forged.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sealed_in_an_entry_is_opened_with_a_reason() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "zh-CN");
    browser.sign_in("grid").await;
    let page = browser.get(IMPORT).await;
    let csrf = token_of(&page);
    let address = format!("{IMPORT}?csrf={csrf}");
    browser
        .upload(&address, &[("act", "import")], ("a.csv", &sheet()))
        .await;
    let list = browser.get("/registers/arrival").await;
    let entry = list
        .html
        .split_once("/entries/")
        .unwrap()
        .1
        .split_once('"')
        .unwrap()
        .0
        .to_owned();
    let path = format!("/entries/{entry}");
    let shown = browser.get(&path).await;
    assert!(shown.has("加密内容") && !shown.has("样例路1号"), "{}", shown.html);
    let unmask = format!("{path}/unmask");
    let silent = browser.post(&unmask, &[("csrf", &csrf), ("reason", "")]).await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(silent.has("请写明事由") && !silent.has("样例路1号"), "{}", silent.html);
    let opened = browser.post(&unmask, &[("csrf", &csrf), ("reason", "上门送药")]).await;
    assert!(opened.has("样例路1号"), "{}", opened.html);
    assert!(!browser.get(&path).await.has("样例路1号"), "for one answer only");
}
