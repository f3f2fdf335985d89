//! A response is opened in one act: seen first, signed once, with its order; nothing lands that was not seen.

use crate::city::{Browser, City, Shown};
use axum::http::StatusCode;
use lianfang_kernel::Words;
use serde_json::json;

/// A command office in the county with a checklist of two items.
async fn offices(city: &City) {
    let name = Words::new("牡丹区指挥部办公室", "Office of Mudan");
    city.add_org("area_command", name, "371702").await;
    for (n, what) in [(1, "Open the sites"), (2, "Staff the checkpoints")] {
        let item = json!({
            "register": "checklist_item", "subject": { "type": "region", "identifiers": { "code": "3717" } },
            "body": { "level": "level_1", "number": n, "what": what },
        });
        let answer = city.write_for("response-authority", city.command, item).await;
        assert!(answer.problems.is_empty(), "{:?}", answer.problems);
    }
    city.clock.advance_ms(60_000);
}

/// What stood on the page, sent again with something to do.
async fn send(browser: &mut Browser<'_>, page: &Shown, act: &str, said: &[(&str, &str)]) -> Shown {
    let kept = ["csrf", "open", "order_entry", "entry", "seen"].map(|name| (name, page.input(name)));
    let mut fields: Vec<(&str, &str)> = kept.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend_from_slice(said);
    fields.push(("act", act));
    browser.post("/response", &fields).await
}

const ORDER: [(&str, &str); 3] = [
    ("order_number", "No. 1"),
    ("order_title", "Level I"),
    ("order_review", "2022-02-20"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_level_is_seen_with_its_checklists_and_opened_by_one_signature() {
    let city = City::new().await;
    offices(&city).await;
    let mut authority = Browser::new(&city, "en");
    authority.sign_in("authority").await;
    let blank = authority.get("/response").await;
    assert!(blank.has("No response and no plan is in force"), "{}", blank.html);
    let mut said = vec![("level", "level_1")];
    let refused = send(&mut authority, &blank, "preview", &said).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.has("id=\"e-order\""),
        "without an order nothing is opened: {}",
        refused.html
    );

    said.extend(ORDER);
    let preview = send(&mut authority, &blank, "preview", &said).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.html);
    assert!(
        preview.has("Level I response in Heze") && preview.has("Office of Mudan"),
        "{}",
        preview.html
    );
    assert!(
        preview.has("Open the sites") && preview.has("For 1 offices or teams, 2 tasks"),
        "{}",
        preview.html
    );
    assert!(
        authority
            .get("/response")
            .await
            .has("No response and no plan is in force"),
        "a look writes nothing"
    );

    let mut other = said.clone();
    other[0] = ("level", "level_2");
    let changed = send(&mut authority, &preview, "sign", &other).await;
    assert_eq!(changed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(changed.has("This is not what was previewed"), "{}", changed.html);

    let signed = send(&mut authority, &preview, "sign", &said).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.html);
    let page = authority.get(&signed.location).await;
    assert!(
        page.has("Signed; the tasks are given") && page.has("Level I response Heze"),
        "{}",
        page.html
    );
    assert!(page.has("No. 1 Level I"), "{}", page.html);
    let again = send(&mut authority, &blank, "preview", &said).await;
    assert!(
        again.has("already in force here") || again.has("nothing is added"),
        "{}",
        again.html
    );
}

/// How many orders there are.
fn orders(city: &City) -> usize {
    city.ledger.snapshot().reference.of("order").len()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_signed_is_what_was_seen_also_when_the_records_move_in_between() {
    let city = City::new().await;
    offices(&city).await;
    let mut authority = Browser::new(&city, "en");
    authority.sign_in("authority").await;
    let blank = authority.get("/response").await;
    let mut said = vec![("level", "level_1")];
    said.extend(ORDER);
    let preview = send(&mut authority, &blank, "preview", &said).await;
    assert!(
        preview.has("new order No. 1"),
        "the order is seen too: {}",
        preview.html
    );
    let item = json!({
        "register": "checklist_item", "subject": { "type": "region", "identifiers": { "code": "3717" } },
        "body": { "level": "level_1", "number": 3, "what": "Close the baths" },
    });
    city.write_for("response-authority", city.command, item).await;
    city.clock.advance_ms(60_000);
    let moved = send(&mut authority, &preview, "sign", &said).await;
    assert_eq!(moved.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        moved.has("The records have changed since your preview") && moved.has("Close the baths"),
        "{}",
        moved.html
    );
    assert_eq!(orders(&city), 0, "nothing was signed");
    city.clock.advance_ms(60_000);
    let signed = send(&mut authority, &moved, "sign", &said).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.html);
    assert_eq!(orders(&city), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_past_moment_shows_what_was_in_force_then() {
    let city = City::new().await;
    offices(&city).await;
    let before = city.clock.advance_ms(0).to_string();
    city.clock.advance_ms(60_000);
    let mut authority = Browser::new(&city, "en");
    authority.sign_in("authority").await;
    let blank = authority.get("/response").await;
    let mut said = vec![("level", "level_1")];
    said.extend(ORDER);
    let preview = send(&mut authority, &blank, "preview", &said).await;
    let signed = send(&mut authority, &preview, "sign", &said).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.html);
    // Written later, it holds from a day before: at the earlier moment nobody knew of it.
    let order = json!({
        "register": "order", "subject": { "type": "region", "identifiers": { "code": "371702" } },
        "body": { "number": "No. 2", "title": "Level II", "review_on": "2022-02-20", "from": "2022-01-19T00:00:00+08:00" },
    });
    let order = city.write_for("response-authority", city.command, order).await;
    let level = json!({
        "register": "response_level", "subject": { "type": "region", "identifiers": { "code": "371702" } },
        "body": { "level": "level_2", "order": order.id.to_string(), "from": "2022-01-19T00:00:00+08:00" },
    });
    let level = city.write_for("response-authority", city.command, level).await;
    assert!(level.problems.is_empty(), "{:?}", level.problems);
    city.clock.advance_ms(60_000);
    assert!(authority.get("/response").await.has("No. 2 Level II"));
    let at: String = form_urlencoded::byte_serialize(before.as_bytes()).collect();
    let then = authority.get(&format!("/response?as_of={at}")).await;
    assert!(then.has("No response and no plan is in force"), "{}", then.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_leaves_no_order_behind() {
    let city = City::new().await;
    offices(&city).await;
    let mut authority = Browser::new(&city, "en");
    authority.sign_in("authority").await;
    let blank = authority.get("/response").await;
    let mut said = vec![("level", "level_1")];
    said.extend(ORDER);
    let one = send(&mut authority, &blank, "preview", &said).await;
    // Another window, with identifiers of its own.
    let blank = authority.get("/response").await;
    let other = send(&mut authority, &blank, "preview", &said).await;
    let signed = send(&mut authority, &one, "sign", &said).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.html);
    city.clock.advance_ms(60_000);
    let refused = send(&mut authority, &other, "sign", &said).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.html);
    assert!(refused.has("already in force here"), "{}", refused.html);
    assert_eq!(orders(&city), 1, "the second order fell with what rests on it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_opened_in_its_latest_version_with_its_teams_and_tasks() {
    let city = City::new().await;
    let experts = city.add_org("expert_group", Words::same("Experts"), "3717").await;
    city.add_org("emergency_team", Words::same("Mobile team"), "3717").await;
    let plan = json!({
        "register": "plan_version", "region": "3717",
        "subject": { "type": "control_plan", "identifiers": { "code": "YA-1" }, "name": "Plan A" },
        "body": { "title": "Plan A", "version": 1, "owner": experts.to_string(), "approved_by": "head", "text": "first" },
    });
    let plan = city.write_for("document-desk", city.command, plan).await;
    assert!(plan.problems.is_empty(), "{:?}", plan.problems);
    let plan = plan.subject.unwrap().to_string();
    let mut commander = Browser::new(&city, "en");
    commander.sign_in("commander").await;
    let blank = commander.get("/response").await;
    let mut said = vec![
        ("plan", plan.as_str()),
        ("expert_group", "Experts"),
        ("mobile_team", "Mobile team"),
        ("tasks.0.what", "Judge the cases"),
        ("tasks.0.owner", "Experts"),
        ("tasks.0.due", "2022-01-21T18:00"),
    ];
    said.extend(ORDER);
    let preview = send(&mut commander, &blank, "preview", &said).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.html);
    assert!(
        preview.has("Version 1 of the plan “Plan A”") && preview.has("Judge the cases"),
        "{}",
        preview.html
    );
    let signed = send(&mut commander, &preview, "sign", &said).await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.html);
    city.clock.advance_ms(60_000);
    let blank = commander.get(&signed.location).await;
    assert!(blank.has("Plan A"), "{}", blank.html);
    // What was said the last time stands ready; a second activation is refused while the first runs.
    let again = send(&mut commander, &blank, "preview", &[("plan", &plan)]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        again.has("value=\"Judge the cases\"") && again.has("value=\"Experts\""),
        "{}",
        again.html
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_opens_nothing_sees_no_form() {
    let city = City::new().await;
    let mut grid = Browser::new(&city, "zh");
    grid.sign_in("grid").await;
    assert_eq!(grid.get("/response").await.status, StatusCode::FORBIDDEN);
}
