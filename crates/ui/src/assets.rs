//! The built styles and scripts, embedded in the binary.

use rust_embed::Embed;
use std::borrow::Cow;

#[derive(Embed)]
#[folder = "../../web/dist/"]
struct Dist;

/// What every page links to.
pub const NEEDED: [&str; 18] = [
    "app.css",
    "public.js",
    "app.js",
    "charts.js",
    "icon.svg",
    "icon-192.png",
    "icon-512.png",
    "icon-maskable-512.png",
    "check.css",
    "check.js",
    "check-worker.js",
    "zxing_reader.wasm",
    "today.js",
    "today-worker.js",
    "door.js",
    "door-worker.js",
    "pass.js",
    "pass-worker.js",
];

/// One embedded file.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Its bytes.
    pub bytes: Cow<'static, [u8]>,
    /// Its content type.
    pub content_type: &'static str,
    /// First 16 hex digits of its SHA-256, the `v` of its address: such an answer may be cached for ever.
    pub version: String,
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("wasm") => "application/wasm",
        Some("woff2") => "font/woff2",
        Some("json" | "webmanifest") => "application/json",
        _ => "application/octet-stream",
    }
}

/// The file called `name` (a path below the asset folder), if it was built.
pub fn find(name: &str) -> Option<Asset> {
    let file = Dist::get(name)?;
    let version = lianfang_kernel::hex(&file.metadata.sha256_hash()[..8]);
    Some(Asset {
        bytes: file.data,
        content_type: content_type(name),
        version,
    })
}

/// The address of `name` for use in pages: `/assets/app.css?v=…`.
pub fn href(name: &str) -> String {
    match find(name) {
        Some(asset) => format!("/assets/{name}?v={}", asset.version),
        None => format!("/assets/{name}"),
    }
}

/// Addresses of what the checkpoint app is made of, the decoder of codes and all: a phone keeps them.
pub fn of_check() -> Vec<String> {
    let pieces = names()
        .into_iter()
        .filter(|name| name.starts_with("check-") && name != "check-worker.js")
        .map(|name| format!("/assets/{name}"));
    ["icon.svg", "check.css", "check.js", "zxing_reader.wasm"]
        .into_iter()
        .map(href)
        .chain(pieces)
        .collect()
}

/// Addresses of what the page of kept passes is made of: a phone keeps them.
pub fn of_pass() -> Vec<String> {
    ["icon.svg", "app.css", "public.js", "pass.js"]
        .into_iter()
        .map(href)
        .collect()
}

/// Addresses of what the page of today's tasks is made of: a phone keeps them.
pub fn of_today() -> Vec<String> {
    ["icon.svg", "app.css", "app.js", "today.js"]
        .into_iter()
        .map(href)
        .collect()
}

/// Addresses of what the counter at a door is made of: a phone keeps them.
pub fn of_door() -> Vec<String> {
    ["icon.svg", "app.css", "app.js", "door.js"]
        .into_iter()
        .map(href)
        .collect()
}

/// Names of the needed files that were not built into this binary; empty when all is well. The program says at
/// start: run `npm ci && npm run build` in `web/`, then build again.
pub fn missing() -> Vec<&'static str> {
    NEEDED.into_iter().filter(|name| Dist::get(name).is_none()).collect()
}

/// Names of all embedded files: what a static copy of the pages needs beside them.
pub fn names() -> Vec<String> {
    Dist::iter().map(Cow::into_owned).collect()
}
