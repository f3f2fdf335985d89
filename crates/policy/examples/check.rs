//! Loads the packs of a folder and prints every finding: `cargo run -p lianfang-policy --example check -- packs [overlay]`.

use lianfang_policy::{FindingSeverity, Source, load};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let packs = sources(Path::new(&args.next().unwrap_or_else(|| "packs".to_owned())))?;
    let overlay = match args.next() {
        Some(folder) => sources(Path::new(&folder))?,
        None => Vec::new(),
    };
    match load(&packs, &overlay) {
        Ok(loaded) => {
            for warning in &loaded.warnings {
                println!("warning {warning}");
            }
            println!("{} packs, digest {}", loaded.model.packs.len(), loaded.model.digest);
            Ok(())
        }
        Err(findings) => {
            for finding in findings
                .iter()
                .filter(|finding| finding.severity == FindingSeverity::Error)
            {
                println!("{finding}");
            }
            Err(format!("{} errors", findings.len()).into())
        }
    }
}

/// All TOML files under a folder, by path.
fn sources(folder: &Path) -> std::io::Result<Vec<Source>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                let text = std::fs::read_to_string(&path)?;
                found.push(Source {
                    path: path.to_string_lossy().replace('\\', "/"),
                    text,
                });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}
