//! Which scenario files there are.

use std::ffi::OsStr;
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

/// All `<packs>/<pack>/scenarios/*.toml`, sorted; of a folder that is one pack, its own.
///
/// # Errors
/// A folder cannot be read. A pack without scenarios is none: that is for `cargo xtask tidy` to say.
pub fn find(packs: &Path) -> io::Result<Vec<ScenarioFile>> {
    let mut found = Vec::new();
    if packs.join("scenarios").is_dir() {
        find_of_pack(packs, &mut found)?;
    }
    for pack in std::fs::read_dir(packs)? {
        find_of_pack(&pack?.path(), &mut found)?;
    }
    found.sort();
    Ok(found)
}

fn find_of_pack(pack: &Path, found: &mut Vec<ScenarioFile>) -> io::Result<()> {
    let folder = pack.join("scenarios");
    if !folder.is_dir() {
        return Ok(());
    }
    let word = |part: Option<&OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let (pack, name) = (word(pack.file_name()), word(path.file_stem()));
            found.push(ScenarioFile { pack, name, path });
        }
    }
    Ok(())
}
