//! Installs what the gate needs and the machine lacks.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Command, Stdio};

/// A need: its name, a way to see that it is met, and the packages that meet it.
type Need = (&'static str, fn() -> bool, &'static [&'static str]);

/// What the system's package manager gives.
const SYSTEM: [Need; 6] = [
    ("a C++ compiler", || answers("c++", &["--version"]), &["g++"]),
    ("PostgreSQL", has_postgres, &["postgresql"]),
    ("Chromium", has_chromium, &["chromium"]),
    ("a Chinese font", has_chinese_font, &["fonts-noto-cjk", "fontconfig"]),
    ("node", || answers("node", &["--version"]), &["nodejs"]),
    ("npm", || answers("npm", &["--version"]), &["npm"]),
];

/// Makes sure that everything is there.
///
/// # Errors
/// Something is missing and cannot be installed; the message says what to do.
pub fn provide() -> Result<()> {
    let missing: Vec<_> = SYSTEM.iter().filter(|(_, is_there, _)| !is_there()).collect();
    if !missing.is_empty() {
        let names: Vec<&str> = missing.iter().map(|(name, _, _)| *name).collect();
        let packages: Vec<&str> = missing
            .iter()
            .flat_map(|(_, _, packages)| packages.iter().copied())
            .collect();
        println!("installing {}", names.join(", "));
        apt(&packages).with_context(|| format!("install these and try again: {}", packages.join(" ")))?;
    }
    if let Some((name, _, _)) = SYSTEM.iter().find(|(_, is_there, _)| !is_there()) {
        bail!("{name} is still not there after installing it");
    }
    if !answers("cargo", &["clippy", "--version"]) || !answers("cargo", &["fmt", "--version"]) {
        run("rustup", &["component", "add", "clippy", "rustfmt"])?;
    }
    if !answers("cargo", &["nextest", "--version"]) {
        run("cargo", &["install", "--locked", "cargo-nextest"])?;
    }
    Ok(())
}

fn apt(packages: &[&str]) -> Result<()> {
    if !answers("apt-get", &["--version"]) {
        bail!("there is no apt-get on this machine");
    }
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|found| std::os::unix::fs::MetadataExt::uid(&found) == 0);
    let environment = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
    let mut words: Vec<&str> = if is_root {
        Vec::new()
    } else {
        vec!["sudo", "--non-interactive"]
    };
    words.extend(environment);
    let before = words.len();
    words.push("update");
    // A list that cannot be renewed may still do.
    let _ = run(words[0], &words[1..]);
    words.truncate(before);
    words.extend(["install", "--yes", "--no-install-recommends"]);
    words.extend(packages);
    run(words[0], &words[1..])
}

fn has_postgres() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions
        .into_iter()
        .any(|version| version.path().join("bin/initdb").exists())
}

fn has_chromium() -> bool {
    let named = std::env::var_os("CHROMIUM").is_some_and(|path| Path::new(&path).exists());
    named || Path::new("/usr/bin/chromium").exists()
}

/// Without one, every Chinese character of a page is an empty box, and wider or narrower than it will be.
fn has_chinese_font() -> bool {
    let listed = Command::new("fc-list").args([":lang=zh", "family"]).output();
    listed.is_ok_and(|output| !output.stdout.is_empty())
}

fn answers(program: &str, arguments: &[&str]) -> bool {
    let status = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

fn run(program: &str, arguments: &[&str]) -> Result<()> {
    let line = format!("{program} {}", arguments.join(" "));
    let status = Command::new(program).args(arguments).stdin(Stdio::null()).status();
    let status = status.with_context(|| format!("cannot run {line}"))?;
    if !status.success() {
        bail!("{line}: {status}");
    }
    Ok(())
}
