//! Region lists: our own form, and the five files of the `china-division` data set in any combination.

use std::collections::{HashMap, HashSet};

use lianfang_kernel::{Day, Problem, RegionLevel};

use crate::misfit::{Misfit, problem};
use crate::sheet::{SheetError, SheetHint, SheetReader, SheetRow, read_sheet};

/// Problems kept; the rest are counted. A list without its upper half has as many as it has rows.
const MAX_PROBLEMS: usize = 1_000;

/// One region as a list gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionRow {
    /// Statistical code of 2, 4, 6, 9 or 12 digits.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Code of what it lies in; none for provinces.
    pub parent: Option<String>,
    /// By the list or by the length of the code.
    pub level: RegionLevel,
    /// First day of its boundary, where the list knows it.
    pub valid_from: Option<Day>,
}

/// What a list holds, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegionImport {
    /// The usable rows, wider levels first and by code: every parent stands before its children.
    pub rows: Vec<RegionRow>,
    /// What does not fit, at most the first thousand.
    pub problems: Vec<Misfit>,
    /// How many problems there are altogether.
    pub problem_count: usize,
    /// Counties that only fill a gap in the code (`441900` of Dongguan), left out; their townships lie in the prefecture.
    pub placeholders: usize,
}

/// Reads one list.
///
/// # Errors
/// [`SheetError`] when it is no sheet, or has no column of codes or names.
///
/// ```
/// use lianfang_exchange::read_regions;
/// let list = read_regions("code,name\n62,甘肃省\n6205,天水市\n620502,秦州区\n620599999,无主\n".as_bytes()).unwrap();
/// assert_eq!(list.rows.len(), 3);
/// assert_eq!(list.problems[0].line, 5);
/// ```
pub fn read_regions(bytes: &[u8]) -> Result<RegionImport, SheetError> {
    read_region_files([bytes], &|_| false)
}

/// Reads several lists that belong together. `is_known` says which codes need not be in them: what was imported before.
///
/// # Errors
/// As [`read_regions`].
pub fn read_region_files<'a>(
    files: impl IntoIterator<Item = &'a [u8]>,
    is_known: &dyn Fn(&str) -> bool,
) -> Result<RegionImport, SheetError> {
    let mut import = RegionImport::default();
    let mut lines: Vec<u64> = Vec::new();
    for bytes in files {
        let sheet = read_sheet(bytes, &SheetHint::default())?;
        let columns = Columns::find(&sheet)?;
        for row in sheet {
            let row = match row {
                Ok(row) => row,
                Err(bad) => {
                    import.report(bad.misfit);
                    continue;
                }
            };
            match columns.region(&row) {
                Ok(Some(region)) => {
                    import.rows.push(region);
                    lines.push(row.line);
                }
                Ok(None) => import.placeholders += 1,
                Err(misfit) => import.report(misfit),
            }
        }
    }
    import.settle(&lines, is_known);
    Ok(import)
}

impl RegionImport {
    fn report(&mut self, misfit: Misfit) {
        self.problem_count += 1;
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(misfit);
        }
    }

    /// Orders the rows and takes out what is doubled or hangs in the air, its children with it.
    fn settle(&mut self, lines: &[u64], is_known: &dyn Fn(&str) -> bool) {
        let mut rows: Vec<(RegionRow, u64)> = std::mem::take(&mut self.rows)
            .into_iter()
            .zip(lines.iter().copied())
            .collect();
        rows.sort_by(|(a, _), (b, _)| (a.level, &a.code).cmp(&(b.level, &b.code)));
        let mut seen: HashSet<&str> = HashSet::with_capacity(rows.len());
        let mut keep = Vec::with_capacity(rows.len());
        let mut misfits = Vec::new();
        for (row, line) in &rows {
            let is_held = match &row.parent {
                None => true,
                Some(parent) => seen.contains(parent.as_str()) || is_known(parent),
            };
            let fault = if seen.contains(row.code.as_str()) {
                Some(doubled(&row.code))
            } else if !is_held {
                Some(orphan(&row.code, row.parent.as_deref().unwrap_or_default()))
            } else {
                seen.insert(&row.code);
                None
            };
            keep.push(fault.is_none());
            misfits.extend(fault.map(|fault| Misfit::new(*line, Some("code"), fault)));
        }
        for misfit in misfits {
            self.report(misfit);
        }
        self.rows = rows
            .into_iter()
            .zip(keep)
            .filter(|(_, is_kept)| *is_kept)
            .map(|((row, _), _)| row)
            .collect();
    }
}

/// Where the columns of a list are.
struct Columns {
    code: usize,
    name: usize,
    parent: Option<usize>,
    level: Option<usize>,
    valid_from: Option<usize>,
    /// By level, in lists that name every ancestor in a column of its own.
    ancestors: HashMap<RegionLevel, usize>,
}

impl Columns {
    fn find(sheet: &SheetReader<'_>) -> Result<Columns, SheetError> {
        let column = |names: &[&str]| sheet.header().iter().position(|title| names.contains(&title.as_str()));
        let need = |names: &[&str]| column(names).ok_or_else(|| SheetError::NoColumn(names[0].to_owned()));
        let ancestors = [
            (RegionLevel::Prefecture, "provinceCode"),
            (RegionLevel::County, "cityCode"),
            (RegionLevel::Township, "areaCode"),
            (RegionLevel::Village, "streetCode"),
        ];
        Ok(Columns {
            code: need(&["code", "代码", "区划代码"])?,
            name: need(&["name", "名称", "区划名称"])?,
            parent: column(&["parent", "上级", "上级代码"]),
            level: column(&["level", "级别"]),
            valid_from: column(&["valid_from", "启用日期"]),
            ancestors: ancestors
                .into_iter()
                .filter_map(|(level, name)| Some((level, column(&[name])?)))
                .collect(),
        })
    }

    /// The region of a row; none for a placeholder.
    fn region(&self, row: &SheetRow) -> Result<Option<RegionRow>, Misfit> {
        let at = |column: &str, fault: Problem| Misfit::new(row.line, Some(column), fault);
        let cell = |index: usize| row.cells.get(index).and_then(Option::as_deref).map(str::trim);
        let optional = |index: Option<usize>| index.and_then(cell);
        let code = cell(self.code)
            .filter(|code| is_code(code))
            .ok_or_else(|| at("code", bad_code()))?;
        let by_length = level_of(code).ok_or_else(|| at("code", bad_code()))?;
        let level = match optional(self.level) {
            None => by_length,
            Some(id) => RegionLevel::from_id(id)
                .filter(|level| *level == by_length)
                .ok_or_else(|| at("level", bad_level()))?,
        };
        let Some(name) = cell(self.name) else {
            return Err(at("name", no_name()));
        };
        let valid_from = match optional(self.valid_from) {
            None => None,
            Some(text) => Some(Day::parse(text).map_err(|_| at("valid_from", bad_day()))?),
        };
        let is_placeholder = |code: &str| !self.ancestors.is_empty() && code.len() == 6 && code.ends_with("00");
        if is_placeholder(code) {
            return Ok(None);
        }
        let given = optional(self.parent).or_else(|| self.ancestors.get(&level).and_then(|index| cell(*index)));
        let parent = match given {
            Some(parent) if is_placeholder(parent) => Some(&parent[..4]),
            Some(parent) if is_code(parent) && parent.len() < code.len() => Some(parent),
            Some(_) => return Err(at("parent", bad_parent())),
            None => parent_by_code(code),
        };
        let row = RegionRow {
            code: code.to_owned(),
            name: name.to_owned(),
            parent: parent.map(str::to_owned),
            level,
            valid_from,
        };
        Ok(Some(row))
    }
}

fn is_code(text: &str) -> bool {
    matches!(text.len(), 2 | 4 | 6 | 9 | 12) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn level_of(code: &str) -> Option<RegionLevel> {
    match code.len() {
        2 => Some(RegionLevel::Province),
        4 => Some(RegionLevel::Prefecture),
        6 => Some(RegionLevel::County),
        9 => Some(RegionLevel::Township),
        12 => Some(RegionLevel::Village),
        _ => None,
    }
}

fn parent_by_code(code: &str) -> Option<&str> {
    match code.len() {
        4 => Some(&code[..2]),
        6 => Some(&code[..4]),
        9 => Some(&code[..6]),
        12 => Some(&code[..9]),
        _ => None,
    }
}

fn bad_code() -> Problem {
    problem(
        "region_code",
        "区划代码应为2、4、6、9或12位数字",
        "a region's code has 2, 4, 6, 9 or 12 digits",
        "请去掉补位的零和空格，并把该列设为文本",
        "remove filling zeros and spaces, and format the column as text",
    )
}

fn bad_level() -> Problem {
    problem(
        "region_level",
        "级别与代码位数不符",
        "the level does not fit the length of the code",
        "province 2位、prefecture 4位、county 6位、township 9位、village 12位",
        "province 2 digits, prefecture 4, county 6, township 9, village 12",
    )
}

fn bad_parent() -> Problem {
    problem(
        "region_parent",
        "上级代码有误",
        "the parent's code is wrong",
        "上级的代码应比本级短",
        "a parent's code is shorter than the region's own",
    )
}

fn bad_day() -> Problem {
    problem(
        "region_day",
        "启用日期有误",
        "not a date",
        "请写成 2020-02-05，不知道则留空",
        "write 2020-02-05, or leave it empty",
    )
}

fn no_name() -> Problem {
    problem("region_name", "没有名称", "there is no name", "请填写", "fill it in")
}

fn doubled(code: &str) -> Problem {
    problem(
        "region_doubled",
        &format!("代码 {code} 出现两次"),
        &format!("the code {code} stands twice"),
        "请删去其中一行",
        "remove one of them",
    )
}

fn orphan(code: &str, parent: &str) -> Problem {
    problem(
        "region_orphan",
        &format!("{code} 的上级 {parent} 不在表中"),
        &format!("{parent}, in which {code} lies, is not in the list"),
        "请一并导入上级，或先导入上级",
        "import the wider regions with it, or before it",
    )
}
