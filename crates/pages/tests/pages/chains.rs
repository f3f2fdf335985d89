//! Chains of transmission: cases that are entered and linked, and the line list of a real outbreak.

use crate::city::{Browser, City};
use axum::http::StatusCode;
use lianfang_exchange::{Mapping, SheetHint};
use lianfang_kernel::Lang;
use lianfang_kernel::ids::LoginId;
use lianfang_ledger::wire::Author;
use lianfang_server::{Import, Settled, import_rows};
use lianfang_ui::text::MISSING;
use serde_json::json;

/// Three cases, one from another, the third alone.
async fn outbreak(city: &City) {
    let case = |no: &str, onset: &str, day: &str| {
        json!({
            "register": "case_report", "at": format!("{day}T09:00:00+08:00"), "region": "371702001",
            "subject": { "type": "case_file", "identifiers": { "code": no } },
            "body": { "case_no": no, "class": "confirmed", "onset_on": onset }
        })
    };
    for entry in [
        case("A-1", "2022-01-10", "2022-01-12"),
        case("A-2", "2022-01-15", "2022-01-16"),
        case("A-3", "2022-01-17", "2022-01-18"),
        json!({
            "register": "infection_link", "region": "371702001",
            "subject": { "type": "case_file", "identifiers": { "code": "A-2" } },
            "body": { "case_no": "A-2", "infector_no": "A-1", "met_at": "household" }
        }),
    ] {
        let answer = city.write_as("cdc", entry).await;
        assert!(answer.subject.is_some(), "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn chains_are_drawn_filtered_and_taken_away_in_both_languages() {
    let city = City::new().await;
    outbreak(&city).await;
    for (lang, title, interval) in [
        ("zh-CN", "3例中2例有已知关联，共1起聚集", "中位5天"),
        ("en", "2 of 3 cases are linked, in 1 clusters", "median 5 days"),
    ] {
        let mut browser = Browser::new(&city, lang);
        browser.sign_in("cdc").await;
        assert!(browser.get("/situation").await.has("/situation/chains"));
        let page = browser.get("/situation/chains").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        assert!(
            page.has(title) && page.has(interval) && !page.has(MISSING),
            "{}",
            page.html
        );
        assert_eq!(page.html.matches("<circle").count(), 3, "{}", page.html);
        assert_eq!(page.html.matches("class=\"chain-link\"").count(), 1);
        let late = browser.get("/situation/chains?from=2022-01-14&until=2022-01-16").await;
        assert_eq!(
            late.html.matches("<circle").count(),
            2,
            "the cluster of the case: {}",
            late.html
        );
        assert_eq!(late.html.matches("chain-mark faint").count(), 1, "{}", late.html);
        let csv = browser.get("/situation/chains/cases.csv").await;
        assert!(csv.has("A-2") && csv.has("A-1") && csv.has(",1,1,"), "{}", csv.html);
        let graph = browser.get("/situation/chains/chains.graphml").await;
        assert!(
            graph.has("<graphml") && graph.html.matches("<edge").count() == 1,
            "{}",
            graph.html
        );
        let svg = browser.get("/situation/chains/chains.svg").await;
        assert!(svg.has("<svg") && !svg.has("/subjects/"), "{}", svg.html);
        let before = browser.get("/situation/chains?as_of=2022-01-01T00:00").await;
        assert!(
            before.status == StatusCode::OK && !before.has("<circle"),
            "{}",
            before.html
        );
    }
    let mut grid = Browser::new(&city, "en");
    grid.sign_in("grid").await;
    for path in ["/situation/chains", "/situation/chains/cases.csv"] {
        let refused = grid.get(path).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}: {}", refused.html);
    }
    assert!(!grid.get("/situation").await.has("/situation/chains"));
}

/// The data are under another licence and lie beside the repository; where is said by the environment.
fn outbreak_file(name: &str) -> Option<Vec<u8>> {
    let named = std::env::var_os("LIANFANG_REFERENCE").map(std::path::PathBuf::from);
    let folder = named
        .clone()
        .unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data").into());
    match std::fs::read(folder.join("outbreaks").join(name)) {
        Ok(bytes) => Some(bytes),
        Err(error) if named.is_some() => panic!("LIANFANG_REFERENCE is set, and {name}: {error}"),
        Err(_) => {
            eprintln!("not run: set LIANFANG_REFERENCE to the folder with the outbreak data");
            None
        }
    }
}

fn import(city: &City, register: &str, bytes: &[u8], mapping: &str) -> u64 {
    let author = Author {
        login: Some(LoginId(city.ledger.new_id())),
        device: None,
        owner: None,
        role: "cdc".into(),
        org: Some(city.community),
        channel: "import",
    };
    let import = Import {
        register,
        bytes,
        hint: SheetHint::default(),
        mapping: Some(Mapping::from_toml(mapping).unwrap()),
        known: None,
        dry_run: false,
        atomic: false,
        lang: Lang::En,
        alike: None,
        settled: Settled::default(),
    };
    let report = import_rows(&city.ledger, &author, import, &mut |_| {}).unwrap();
    assert_eq!(report.refused, 0, "{report:?}");
    report.accepted
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_known_link_nothing_is_estimated() {
    let city = City::new().await;
    let alone = json!({
        "register": "case_report", "at": "2022-01-12T09:00:00+08:00", "region": "371702001",
        "subject": { "type": "case_file", "identifiers": { "code": "A-1" } },
        "body": { "case_no": "A-1", "class": "confirmed", "onset_on": "2022-01-10" }
    });
    city.write_as("cdc", alone).await;
    let mut browser = Browser::new(&city, "en");
    browser.sign_in("cdc").await;
    let page = browser.get("/situation/chains").await;
    assert!(
        page.has("No transmission is known yet") && !page.has("dispersion k"),
        "{}",
        page.html
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_line_list_and_links_of_mers_in_korea_load_and_draw() {
    let names = ["mers_korea_2015_linelist.csv", "mers_korea_2015_contacts.csv"];
    let (Some(cases), Some(links)) = (outbreak_file(names[0]), outbreak_file(names[1])) else {
        return;
    };
    let city = City::new().await;
    let mapping = |path: &str| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../packs")
            .join(path);
        std::fs::read_to_string(path).unwrap()
    };
    let (line_list, pairs) = (
        mapping("surveillance/mappings/mers_korea_2015_linelist.toml"),
        mapping("contacts/mappings/mers_korea_2015_links.toml"),
    );
    let (ledger_cases, ledger_links) = tokio::task::block_in_place(|| {
        (
            import(&city, "case_report", &cases, &line_list),
            import(&city, "infection_link", &links, &pairs),
        )
    });
    assert_eq!((ledger_cases, ledger_links), (162, 98));
    let mut browser = Browser::new(&city, "en");
    browser.sign_in("cdc").await;
    let page = browser.get("/situation/chains").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    assert_eq!(page.html.matches("<circle").count(), 162);
    assert_eq!(
        page.html.matches("class=\"chain-link\"").count(),
        95,
        "three of 98 name a second source"
    );
    assert!(page.has("SK_14") && page.has("dispersion k"), "{}", page.html);
}
