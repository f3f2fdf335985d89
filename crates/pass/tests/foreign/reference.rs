//! The folder of the reference vectors, and reading from it.

use std::path::{Path, PathBuf};

use lianfang_kernel::Instant;
use lianfang_pass::{Reason, TrustFile, verify_scanned};
use serde_json::Value;

/// The folder of a format's vectors; `None`, loudly, when the reference data is not here.
pub fn folder(name: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference");
    let named = std::env::var_os("LIANFANG_REFERENCE").map(PathBuf::from);
    let folder = named.clone().unwrap_or(beside).join("pass").join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(
        named.is_none(),
        "LIANFANG_REFERENCE holds no folder pass/{name}: {}",
        folder.display()
    );
    eprintln!("NOT RUN: no vectors in {}; set LIANFANG_REFERENCE", folder.display());
    None
}

pub fn text(path: PathBuf) -> String {
    assert!(path.is_file(), "{}", path.display());
    std::fs::read_to_string(path).unwrap()
}

pub fn json(path: PathBuf) -> Value {
    serde_json::from_str(&text(path)).unwrap()
}

/// The files of a folder, by name.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

pub fn name(path: &Path) -> &str {
    path.file_stem().unwrap().to_str().unwrap()
}

pub fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub fn trust(members: Value) -> TrustFile {
    let trust = TrustFile::from_json(&members.to_string()).unwrap();
    assert!(trust.unusable.is_empty(), "{:?}", trust.unusable);
    trust
}

pub fn reason(codes: &[&str], trust: &TrustFile, at: Instant) -> Reason {
    let verdict = verify_scanned(codes, trust, at, Some("E12345678"));
    assert_eq!(verdict.is_accepted(), verdict.reason == Reason::Ok);
    assert_eq!(verdict.foreign.is_some(), verdict.is_accepted());
    verdict.reason
}

/// Every case that gave another reason, at once.
pub fn check(cases: impl IntoIterator<Item = (String, Reason, Reason)>) {
    let mut count = 0;
    let wrong: Vec<String> = cases
        .into_iter()
        .inspect(|_| count += 1)
        .filter(|(_, got, expected)| got != expected)
        .map(|(name, got, expected)| format!("{name}: {got:?}, not {expected:?}"))
        .collect();
    assert!(wrong.is_empty() && count > 0, "{count} cases\n{}", wrong.join("\n"));
}
