//! The product's own packs, for tests that need a city which has them.

use std::path::Path;

/// Every TOML file of every pack: its path as findings name it (`packs/ID/FILE.toml`) and its text, sorted by path.
pub fn pack_files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    let within = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files = Vec::new();
    for file in within(&root).flat_map(|pack| within(&pack.path())) {
        let path = file.path();
        if path.extension().is_some_and(|end| end == "toml")
            && let Ok(text) = std::fs::read_to_string(&path)
            && let Ok(name) = path.strip_prefix(&root)
        {
            files.push((format!("packs/{}", name.display()), text));
        }
    }
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packs_of_the_product_are_found() {
        let files = pack_files();
        assert!(files.iter().any(|(path, _)| path == "packs/core/pack.toml"));
        assert!(
            files
                .iter()
                .all(|(path, text)| !path.contains("scenarios") && !text.is_empty())
        );
    }
}
