//! A drill: an inject at its time, answered by its own unit, the review, and every gap checked by somebody else.

use crate::city::{Browser, City, Shown};
use axum::http::StatusCode;
use serde_json::json;

/// A drill with an inject now and one in an hour, both for the community.
async fn script(city: &City) -> String {
    let owner = city.community.to_string();
    let script = json!({
        "register": "drill_script", "region": "371702001",
        "subject": { "type": "drill", "identifiers": { "code": "YL-1" }, "name": "Autumn drill" },
        "body": {
            "scenario": "Fever in a village", "participants": [owner], "review_by": "2022-01-21T18:00:00+08:00",
            "injects": [
                { "number": 1, "at": "2022-01-20T08:00:00+08:00", "what": "A villager has fever", "owner": owner },
                { "number": 2, "at": "2022-01-20T09:00:00+08:00", "what": "Contacts are looked for", "owner": owner },
            ],
        },
    });
    let made = city.write_for("drill-director", city.command, script).await;
    assert!(made.problems.is_empty(), "{:?}", made.problems);
    format!("/drills/{}", made.subject.unwrap())
}

async fn act(browser: &mut Browser<'_>, drill: &str, act: &str, said: &[(&str, &str)]) -> Shown {
    let page = browser.get(drill).await;
    let form = page.html.split_once(&format!("{drill}/{act}\"")).unwrap().1;
    let entry = form
        .split_once("name=\"entry\" value=\"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap();
    let csrf = page.input("csrf");
    let mut fields = vec![("csrf", csrf.as_str()), ("entry", entry)];
    fields.extend_from_slice(said);
    browser.post(&format!("{drill}/{act}"), &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inject_comes_at_its_time_and_is_answered_by_one_act() {
    let city = City::new().await;
    let drill = script(&city).await;
    let mut player = Browser::new(&city, "en");
    player.sign_in("player").await;
    let page = player.get(&drill).await;
    assert!(page.has("DRILL") && page.has("A villager has fever"), "{}", page.html);
    assert!(!page.has("Contacts are looked for"), "what is to come is not told");
    let refused = act(&mut player, &drill, "answer", &[("number", "1")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.has("id=\"e-inject-1\""), "{}", refused.html);
    let sent = act(
        &mut player,
        &drill,
        "answer",
        &[("number", "1"), ("inject-1", "Isolated")],
    )
    .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    let mut director = Browser::new(&city, "en");
    director.sign_in("director").await;
    let page = director.get(&drill).await;
    assert!(
        page.has("Isolated") && page.has("Next is inject 2") && page.has("60 min left"),
        "{}",
        page.html
    );
    assert!(director.get("/drills").await.has("1 of 1 injects answered"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_is_offered_as_a_gap_and_every_gap_is_checked_by_somebody_else() {
    let city = City::new().await;
    let drill = script(&city).await;
    let (mut player, mut director) = (Browser::new(&city, "en"), Browser::new(&city, "en"));
    city.clock.advance_ms(3_600_000);
    player.sign_in("player").await;
    director.sign_in("director").await;
    let page = director.get(&drill).await;
    assert!(page.has("Not answered in time"), "{}", page.html);
    assert!(
        page.has("value=\"Inject 1 was not answered in time: A villager has fever\""),
        "{}",
        page.html
    );
    let gap = [
        ("summary", "Slow"),
        ("gaps.0.what", "No list"),
        ("gaps.0.owner", "Dongcheng community"),
    ];
    let refused = act(&mut director, &drill, "review", &gap).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.has("A gap has no owner or no date") && refused.has("value=\"No list\""),
        "{}",
        refused.html
    );
    let mut gap = gap.to_vec();
    gap.push(("gaps.0.due", "2022-01-22T18:00"));
    let sent = act(&mut director, &drill, "review", &gap).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    city.clock.advance_ms(60_000);
    assert!(player.get(&drill).await.has("No list"));
    let sent = act(
        &mut player,
        &drill,
        "fix",
        &[("number", "1"), ("gap-1", "A list was made")],
    )
    .await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    assert!(
        !player.get(&drill).await.has(&format!("{drill}/check")),
        "nobody checks their own"
    );
    city.clock.advance_ms(60_000);
    let sent = act(&mut director, &drill, "check", &[("number", "1")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    assert!(director.get("/drills").await.has("Reviewed, no gap is open"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_takes_no_part_sees_no_drill() {
    let city = City::new().await;
    let drill = script(&city).await;
    let mut grid = Browser::new(&city, "zh");
    grid.sign_in("grid").await;
    assert_eq!(grid.get("/drills").await.status, StatusCode::FORBIDDEN);
    assert_eq!(grid.get(&drill).await.status, StatusCode::FORBIDDEN);
}
