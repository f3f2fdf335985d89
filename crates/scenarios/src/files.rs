//! Which scenario files there are.

use std::io;
use std::path::{Path, PathBuf};

/// A scenario file and the pack it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ScenarioFile {
    /// The pack's id.
    pub pack: String,
    /// The file's name without `.toml`.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

/// All `<packs>/<pack>/scenarios/*.toml`, sorted.
///
/// # Errors
/// A folder cannot be read. A pack without scenarios is none: that is for `cargo xtask tidy` to say.
pub fn find(packs: &Path) -> io::Result<Vec<ScenarioFile>> {
    let mut found = Vec::new();
    for pack in std::fs::read_dir(packs)? {
        let pack = pack?;
        let folder = pack.path().join("scenarios");
        if !folder.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(folder)? {
            let path = file?.path();
            let name = path.file_stem().map(|name| name.to_string_lossy().into_owned());
            if let Some(name) = name.filter(|_| path.extension().is_some_and(|extension| extension == "toml")) {
                let pack = pack.file_name().to_string_lossy().into_owned();
                found.push(ScenarioFile { pack, name, path });
            }
        }
    }
    found.sort();
    Ok(found)
}
