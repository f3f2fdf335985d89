//! What the binary carries: packs, mappings of known lists, region trees, the counts of 2020, the demonstration's overlay.

use crate::failure::{Failure, Outcome};
use lianfang_kernel::{RegionId, Words};
use lianfang_policy::Source;
use rust_embed::Embed;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

#[derive(Embed)]
#[folder = "../../packs/"]
#[include = "*/*.toml"]
#[include = "*/mappings/*.toml"]
#[exclude = "*/scenarios/*"]
struct Packs;

#[derive(Embed)]
#[folder = "../../data/"]
#[include = "regions/*.csv"]
#[include = "cases-2020/*.csv"]
struct Data;

#[derive(Embed)]
#[folder = "demo/overlay/"]
struct DemoOverlay;

/// The list of the whole country, beside those of prefectures.
const COUNTRY: &str = "china";

/// The packs of this version.
pub fn packs() -> Vec<Source> {
    let mut sources: Vec<Source> = Packs::iter()
        .filter(|path| is_pack_file(path))
        .filter_map(|path| {
            Some(Source {
                path: format!("packs/{path}"),
                text: text(Packs::get(&path)?),
            })
        })
        .collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

/// A mapping that a pack brings, by `pack/name` or by its file's name alone.
pub fn mapping(name: &str) -> Option<String> {
    let wanted = format!("{}.toml", name.trim_end_matches(".toml"));
    let path = Packs::iter().find(|path| {
        let file = path.rsplit('/').next().unwrap_or_default();
        path.contains("/mappings/") && (file == wanted || path.replace("/mappings/", "/") == wanted)
    })?;
    Packs::get(&path).map(text)
}

/// The region tree of a prefecture, such as `6205`.
pub fn regions(city: &str) -> Option<Vec<u8>> {
    Data::get(&format!("regions/{city}.csv")).map(|file| file.data.into_owned())
}

/// The whole country down to counties.
pub fn country() -> Option<Vec<u8>> {
    regions(COUNTRY)
}

/// Codes of the prefectures whose trees the binary carries.
pub fn cities() -> Vec<String> {
    let mut codes: Vec<String> = Data::iter()
        .filter_map(|path| Some(path.strip_prefix("regions/")?.strip_suffix(".csv")?.to_owned()))
        .filter(|name| name != COUNTRY)
        .collect();
    codes.sort();
    codes
}

/// Daily counts of prefectures in 2020.
pub fn cases_2020() -> Option<Vec<u8>> {
    Data::get("cases-2020/city_daily_2020.csv").map(|file| file.data.into_owned())
}

/// The overlay that brings the rules for arrivals to a demonstration's own area. An edition that the packs have for that
/// very area already stays as it is: each file is named by the protocol it holds.
pub fn demo_overlay(area: &str) -> Vec<Source> {
    let known = lianfang_policy::load(&packs(), &[])
        .map(|loaded| loaded.model.protocols)
        .unwrap_or_default();
    let has_own = |file: &str| {
        let of_area = |own: &RegionId| own.as_str() == area;
        known.iter().any(|protocol| {
            file.strip_suffix(".toml") == Some(protocol.id.as_str()) && protocol.area.as_ref().is_some_and(of_area)
        })
    };
    let mut sources: Vec<Source> = DemoOverlay::iter()
        .filter(|path| !has_own(path))
        .filter_map(|path| {
            let text = text(DemoOverlay::get(&path)?).replace("AREA", area);
            Some(Source {
                path: format!("overlay/{path}"),
                text,
            })
        })
        .collect();
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

/// Packs of a folder in the layout of `packs/`, or of a single pack.
///
/// # Errors
/// The folder cannot be read, or holds no pack.
pub fn packs_of(folder: &Path) -> Outcome<Vec<Source>> {
    let mut sources = Vec::new();
    let entries = std::fs::read_dir(folder).map_err(|error| Failure::file(folder, error))?;
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|error| Failure::file(folder, error))?.path());
    }
    paths.sort();
    for path in paths {
        if is_toml(&path) {
            sources.push(source(&path)?);
        } else if path.is_dir() && !is_beside(&path) {
            let inner = std::fs::read_dir(&path).map_err(|error| Failure::file(&path, error))?;
            let mut files: Vec<PathBuf> = inner
                .filter_map(|entry| Some(entry.ok()?.path()))
                .filter(|path| is_toml(path))
                .collect();
            files.sort();
            for file in files {
                sources.push(source(&file)?);
            }
        }
    }
    if sources.is_empty() {
        return Err(Failure::new(
            Words::new(
                format!("{} 里没有能力包", folder.display()),
                format!("there is no pack in {}", folder.display()),
            ),
            Words::new("目录应为 能力包名/*.toml", "the layout is PACK/*.toml"),
        ));
    }
    Ok(sources)
}

/// Packs of a folder with what they stand on: unless they bring the pack `core`, the program's own come with them, without
/// those that the folder holds in another edition.
///
/// # Errors
/// As [`packs_of`].
pub fn packs_with_own(folder: &Path) -> Outcome<Vec<Source>> {
    let theirs = packs_of(folder)?;
    let whole: HashSet<String> = theirs.iter().filter(|source| is_head(source)).map(pack_of).collect();
    if whole.contains("core") {
        return Ok(theirs);
    }
    let own = packs().into_iter().filter(|source| !whole.contains(&pack_of(source)));
    Ok(own.chain(theirs).collect())
}

/// Whether the program carries a pack of that id.
pub fn has_pack(id: &str) -> bool {
    Packs::get(&format!("{id}/pack.toml")).is_some()
}

/// Whether a file has the table that begins a pack.
fn is_head(source: &Source) -> bool {
    source.text.lines().any(|line| line.trim() == "[pack]")
}

/// The folder that a file stands in, which is its pack.
pub fn pack_of(source: &Source) -> String {
    let folder = Path::new(&source.path).parent().and_then(Path::file_name);
    folder.unwrap_or_default().to_string_lossy().into_owned()
}

/// What stands in the folder of a pack and is none of its tables.
fn is_beside(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name == "scenarios" || name == "mappings")
}

fn is_toml(path: &Path) -> bool {
    path.is_file() && path.extension().is_some_and(|extension| extension == "toml")
}

fn source(path: &Path) -> Outcome<Source> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
    Ok(Source {
        path: path.to_string_lossy().replace('\\', "/"),
        text,
    })
}

fn is_pack_file(path: &str) -> bool {
    path.ends_with(".toml") && path.matches('/').count() == 1
}

fn text(file: rust_embed::EmbeddedFile) -> String {
    String::from_utf8_lossy(&file.data).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binary_carries_packs_mappings_and_regions() {
        assert!(packs().iter().any(|source| source.path == "packs/core/pack.toml"));
        assert!(
            packs()
                .iter()
                .all(|source| !source.path.contains("scenarios") && !source.path.contains("mappings"))
        );
        assert!(mapping("city_daily_2020").is_some());
        assert!(mapping("surveillance/city_daily_2020.toml").is_some());
        assert_eq!(cities().len(), 9);
        assert!(regions("6205").is_some());
        assert!(country().is_some());
        assert!(cases_2020().is_some());
    }

    #[test]
    fn packs_load_with_the_overlay_of_every_city() {
        for city in cities() {
            let loaded = lianfang_policy::load(&packs(), &demo_overlay(&city));
            assert!(loaded.is_ok(), "{city}: {:?}", loaded.err());
        }
    }
}
