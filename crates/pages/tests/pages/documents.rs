//! The document desk: dispatched to units at once, acknowledged and answered by each, the missing named.

use crate::city::{Browser, City, Shown};
use axum::http::StatusCode;
use lianfang_ledger::read::{EntryFilter, Sight};

/// The form of a document as a browser sends it, with one unit in the second row.
async fn dispatch(browser: &mut Browser<'_>, units: &[(&str, &str)]) -> Shown {
    let form = browser.get("/documents/new").await;
    assert_eq!(form.status, StatusCode::OK, "{}", form.html);
    let (entry, csrf) = (form.input("entry"), form.input("csrf"));
    let mut fields = vec![
        ("csrf", csrf.as_str()),
        ("entry", entry.as_str()),
        ("number", "S-9"),
        ("name", "Isolation sites"),
        ("sender", "Province"),
        ("openness", "internal"),
        ("what", "Check the sites"),
        ("due", "2022-01-21T18:00"),
        ("addressees.0.unit", ""),
    ];
    fields.extend_from_slice(units);
    browser.post("/documents/new", &fields).await
}

/// Where the documents are that were taken in.
fn areas(city: &City) -> Vec<String> {
    let filter = EntryFilter {
        register: Some("incoming_document".to_owned()),
        limit: 10,
        ..EntryFilter::default()
    };
    let found = city.ledger.read(|reader| reader.entries(&Sight::All, &filter)).unwrap();
    found.items.iter().map(|item| item.region.to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_registered_for_an_area_of_the_reader_and_for_no_other() {
    let city = City::new().await;
    let (mut desk, mut street) = (Browser::new(&city, "en"), Browser::new(&city, "en"));
    desk.sign_in("papers").await;
    street.sign_in("street-papers").await;
    assert!(desk.get("/documents/new").await.has("Whom it is for"));
    assert!(
        !street.get("/documents/new").await.has("Whom it is for"),
        "there is one area only"
    );
    let unit = ("addressees.1.unit", "Dongcheng community");
    let outside = dispatch(&mut street, &[unit, ("area", "371702")]).await;
    assert_eq!(outside.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", outside.html);
    assert!(outside.has("This area is not one of yours"), "{}", outside.html);
    assert!(areas(&city).is_empty());
    let inside = dispatch(&mut desk, &[unit, ("area", "371702")]).await;
    assert_eq!(inside.status, StatusCode::SEE_OTHER, "{}", inside.html);
    assert_eq!(areas(&city), ["371702"]);
}

/// What the first card of the unit's page sends, with more of its own.
async fn answer(unit: &mut Browser<'_>, act: &str, more: &[(&str, &str)]) -> Shown {
    let own = unit.get("/documents").await;
    let (document, entry, csrf) = (own.input("document"), own.input("entry"), own.input("csrf"));
    let outcome = format!("outcome-{document}");
    let mut fields = vec![
        ("csrf", csrf.as_str()),
        ("document", document.as_str()),
        ("entry", entry.as_str()),
    ];
    fields.extend(more.iter().map(|(_, words)| (outcome.as_str(), *words)));
    let path = format!("/documents/{act}");
    let sent = unit.post(&path, &fields).await;
    if sent.status == StatusCode::SEE_OTHER {
        // Sent twice it is one.
        assert_eq!(unit.post(&path, &fields).await.status, StatusCode::SEE_OTHER);
    }
    sent
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_open_until_its_unit_has_acknowledged_and_answered() {
    let city = City::new().await;
    let (mut desk, mut unit) = (Browser::new(&city, "en"), Browser::new(&city, "en"));
    desk.sign_in("papers").await;
    unit.sign_in("bureau-unit").await;
    assert!(unit.get("/today").await.has("href=\"/documents\""));

    let sent = dispatch(&mut desk, &[("addressees.1.unit", "Dongcheng community")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    let page = desk.get(&sent.location).await;
    assert!(page.has("S-9 was dispatched to one unit"), "{}", page.html);
    let missing = "Not acknowledged by one unit:</strong> Dongcheng community";
    assert!(page.has(missing), "{}", page.html);

    let own = unit.get("/documents").await;
    assert!(
        own.has("S-9 Isolation sites") && own.has("Check the sites"),
        "{}",
        own.html
    );
    assert!(!own.has("documents/new"));
    city.clock.advance_ms(60_000);
    assert_eq!(answer(&mut unit, "receipt", &[]).await.status, StatusCode::SEE_OTHER);
    let own = unit.get("/documents").await;
    assert!(
        own.has(">Acknowledged</span>") && own.has("Send the outcome"),
        "{}",
        own.html
    );

    let refused = answer(&mut unit, "outcome", &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.has("Say what became of it"));
    let sent = answer(&mut unit, "outcome", &[("outcome", "Three sites checked")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    assert!(unit.get("/documents").await.has("No document waits for your unit"));

    assert!(desk.get("/documents").await.has("No such document"));
    let all = desk.get("/documents?show=all").await;
    assert!(
        all.has(">Closed</span>") && all.has("Three sites checked"),
        "{}",
        all.html
    );
    let before = desk.get("/documents?show=all&as_of=2022-01-20T08:00:30%2B08:00").await;
    assert!(
        before.has(missing) && !before.has("Three sites checked"),
        "{}",
        before.html
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_without_a_unit_is_refused_and_nothing_typed_is_lost() {
    let city = City::new().await;
    let mut desk = Browser::new(&city, "zh");
    desk.sign_in("papers").await;
    let refused = dispatch(&mut desk, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.has("value=\"Check the sites\"") && refused.has("承办单位"),
        "{}",
        refused.html
    );

    let more = dispatch(&mut desk, &[("add", "addressees")]).await;
    assert_eq!(more.status, StatusCode::OK);
    assert!(more.has("name=\"addressees.2.unit\""), "{}", more.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_neither_registers_nor_answers_documents_sees_none() {
    let city = City::new().await;
    let mut grid = Browser::new(&city, "zh");
    grid.sign_in("grid").await;
    assert_eq!(grid.get("/documents").await.status, StatusCode::FORBIDDEN);
    assert_eq!(grid.get("/documents/new").await.status, StatusCode::FORBIDDEN);
}
