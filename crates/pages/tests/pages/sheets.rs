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

/// A sheet with titles of the sender's own.
fn station(first: u32) -> String {
    format!(
        "序号,旅客,证件,住处\n1,周样例,E7000000{first},home\n2,吴样例,E7000000{},home\n",
        first + 1
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_columns_of_a_sender_are_named_once_and_its_sheet_is_chosen_once() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "zh-CN");
    browser.sign_in("grid").await;
    let address = format!("{IMPORT}?csrf={}", token_of(&browser.get(IMPORT).await));
    let unread = browser
        .upload(&address, &[("act", "import")], ("车站.csv", &station(1)))
        .await;
    assert!(
        unread.status == StatusCode::UNPROCESSABLE_ENTITY && unread.has("没有一列认得"),
        "{}",
        unread.html
    );
    let tried = browser
        .upload(&address, &[("act", "try")], ("车站.csv", &station(1)))
        .await;
    assert!(
        tried.has("每一列是什么") && tried.has("车站.csv") && tried.has("value=\"旅客\""),
        "{}",
        tried.html
    );
    let kept = tried.input("sheet");
    let mut form: Vec<(&str, &str)> = vec![("act", "import"), ("sheet", &kept)];
    let columns = [
        ("title.0", "旅客", "field.0", "name"),
        ("title.1", "证件", "field.1", "id_doc"),
        ("title.2", "住处", "field.2", "place_type"),
        ("title.3", "序号", "field.3", ""),
    ];
    for (title, words, field, id) in columns {
        form.extend([(title, words), (field, id)]);
    }
    let done = browser.upload(&address, &form, ("", "")).await;
    assert!(done.status == StatusCode::OK, "{}", done.html);
    assert!(browser.get("/registers/arrival").await.has("周**"), "{}", done.html);
    // The next sheet with these titles, whatever their order, is read the same way.
    let next = browser
        .upload(&address, &[("act", "try")], ("车站.csv", &station(3)))
        .await;
    assert!(next.has("与上次同样列名的表格取法相同"), "{}", next.html);
    // A kept sheet is its sender's alone.
    let mut other = Browser::new(&city, "zh-CN");
    other.sign_in("cdc").await;
    let theirs = format!(
        "/registers/case_report/import?csrf={}",
        token_of(&other.get("/registers/case_report/import").await)
    );
    let stolen = other
        .upload(&theirs, &[("act", "import"), ("sheet", &kept)], ("", ""))
        .await;
    assert_eq!(stolen.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", stolen.html);
    let gone = browser
        .get(&format!("{IMPORT}/0190a0b0-0000-7000-8000-000000000000"))
        .await;
    assert!(
        gone.status == StatusCode::UNPROCESSABLE_ENTITY && gone.has("已过15分钟"),
        "{}",
        gone.html
    );
    let watched = browser.get(&format!("{IMPORT}/{kept}")).await;
    assert!(
        watched.status == StatusCode::OK && watched.has("试读结果"),
        "{}",
        watched.html
    );
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
