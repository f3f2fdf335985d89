//! The files of the checkout, read once for all rules.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders that hold nothing of ours.
const SKIPPED: [&str; 7] = ["target", "node_modules", ".git", "dist", "shots", "demo-data", "site"];

/// Endings of the files that are text.
const TEXT: [&str; 17] = [
    "rs", "toml", "md", "txt", "sql", "ftl", "ts", "mjs", "js", "json", "css", "csv", "html", "yml", "svg", "snap",
    "lock",
];

/// The top folder of the workspace.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Text files by path relative to the top, with `/`.
#[derive(Debug, Default)]
pub struct Tree {
    files: BTreeMap<String, String>,
}

impl Tree {
    /// Reads the checkout.
    pub fn read(root: &Path) -> Result<Self> {
        let mut tree = Self::default();
        tree.add(root, "")?;
        Ok(tree)
    }

    /// A tree made for a test.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        Self { files: files.collect() }
    }

    fn add(&mut self, folder: &Path, path: &str) -> Result<()> {
        let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let inner = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}/{name}")
            };
            if entry.file_type()?.is_dir() {
                if !SKIPPED.contains(&name.as_str()) {
                    self.add(&entry.path(), &inner)?;
                }
            } else if is_text(&name) {
                // A file that a tool wrote and removed while we read is no file of ours.
                if let Ok(text) = fs::read_to_string(entry.path()) {
                    self.files.insert(inner, text);
                }
            }
        }
        Ok(())
    }

    /// All files.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Files under a folder, whose name ends so.
    pub fn under<'a, 'b>(
        &'a self,
        folder: &'b str,
        ending: &'b str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a, 'b> {
        self.all()
            .filter(move |(path, _)| path.starts_with(folder) && path.ends_with(ending))
    }

    /// One file.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }
}

fn is_text(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    ["Makefile", "run", "LICENSE", ".gitignore"].contains(&name) || ending.is_some_and(|ending| TEXT.contains(&ending))
}
