//! Lists, curves and changes in a numbered publication, frozen with their moment.

use crate::coverage::World;
use lianfang_testkit::{TestDb, both_databases};
use serde_json::{Value, json};

fn published(world: &World, day: &str) -> Value {
    let asked = json!({ "briefing": "trial-daily", "region": "371702001", "day": day });
    let issue = world.city.post(&world.officer, "/api/v1/briefings", asked);
    assert_eq!(issue.status, 201, "{}", issue.body);
    issue.body
}

#[both_databases]
fn an_issue_tells_the_parts_the_days_and_who_is_newly_missing(db: TestDb) {
    let world = World::new(db);
    let (a, b) = (world.site(1, "A"), world.site(2, "B"));
    world.entry(3, "trial_inspection", json!(a), json!({ "passed": true }));
    let clock = json!({ "now": "2022-01-21T08:30:00+08:00" });
    let moved = world.city.post("Bearer token-admin", "/api/v1/test/clock", clock);
    assert_eq!(moved.status, 200, "{}", moved.body);
    let c = world.site(4, "C");
    let passed = json!({ "passed": true });
    world.entry_at(5, "2022-01-21T08:00:00+08:00", ("trial_inspection", json!(b)), passed);
    let clock = json!({ "now": "2022-01-21T10:00:00+08:00" });
    world.city.post("Bearer token-admin", "/api/v1/test/clock", clock);
    let issue = published(&world, "2022-01-21");
    let blocks = issue["blocks"].as_array().unwrap();
    assert_eq!(blocks[0]["kind"], "list", "{issue}");
    assert_eq!(blocks[0]["parts"], json!([[{ "region": "371702001" }, 1]]));
    let points = json!([["2022-01-19", 0], ["2022-01-20", 1], ["2022-01-21", 1]]);
    assert_eq!((&blocks[1]["kind"], &blocks[1]["points"]), (&json!("chart"), &points));
    let change = &blocks[2]["change"];
    assert_eq!(blocks[2]["missing"], json!([c]));
    assert_eq!((&change["new"], &change["gone"]), (&json!([c]), &json!([b])));
    assert_eq!(
        (&change["since"], &change["unchanged"]),
        (&json!("2022-01-20"), &json!(0))
    );
    assert_eq!(
        (&blocks[3]["before"], &blocks[3]["before_on"]),
        (&json!(0), &json!("2022-01-14"))
    );
    let again = format!("/api/v1/briefings/{}?again=true", issue["id"].as_str().unwrap());
    let again = world.city.get(&world.officer, &again);
    assert_eq!(
        again.body["same"], true,
        "what was frozen is computed again: {}",
        again.body
    );
}
