//! The checkpoint app: one page for everybody, and everything that a phone keeps of it.

use crate::city::{Browser, City};
use axum::http::{StatusCode, header};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn the_app_is_the_same_for_everybody_and_names_nobody() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "zh-CN");
    let stranger = browser.get("/check").await;
    browser.sign_in("grid").await;
    let staff = browser.get("/check").await;
    assert_eq!((stranger.status, staff.status), (StatusCode::OK, StatusCode::OK));
    assert_eq!(stranger.html, staff.html);
    assert!(!staff.has("csrf"), "a page that is kept holds no token");
    assert!(staff.has("reason-wrong_day") && staff.has("不是今天的通行码"));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_app_may_compile_its_decoder() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "en");
    for (path, may) in [
        ("/check", true),
        ("/", false),
        ("/verify", false),
        ("/check/sw.js", false),
    ] {
        let shown = browser.get(path).await;
        let policy = shown.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert_eq!(policy.contains("'wasm-unsafe-eval'"), may, "{path}: {policy}");
        assert!(
            policy.contains("default-src 'self'") && !policy.contains("unsafe-inline"),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_phone_keeps_is_there() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "en");
    let worker = browser.get("/check/sw.js").await;
    assert_eq!(worker.headers["service-worker-allowed"], "/check");
    assert_eq!(worker.headers[header::CACHE_CONTROL], "no-cache");
    let kept = worker.html.lines().next().unwrap();
    let kept = kept.strip_prefix("const KEPT = ").unwrap().strip_suffix(';').unwrap();
    let kept: Value = serde_json::from_str(kept).unwrap();
    let pages = kept["pages"].as_object().unwrap().values();
    let files: Vec<&str> = kept["files"]
        .as_array()
        .unwrap()
        .iter()
        .chain(pages)
        .map(|file| file.as_str().unwrap())
        .collect();
    assert!(files.iter().any(|file| file.contains("zxing_reader.wasm")), "{files:?}");
    for file in &files {
        assert_eq!(browser.get(file).await.status, StatusCode::OK, "{file}");
    }
    assert_eq!(
        browser.get("/check/sw.js").await.html,
        worker.html,
        "the same version while nothing changes"
    );
    for (lang, name) in [("zh-CN", "卡点查验"), ("en", "Checkpoint")] {
        let manifest = browser.get(&format!("/check/manifest.webmanifest?lang={lang}")).await;
        let manifest: Value = serde_json::from_str(&manifest.html).unwrap();
        assert_eq!(
            (&manifest["scope"], &manifest["short_name"]),
            (&"/check".into(), &name.into())
        );
    }
}
