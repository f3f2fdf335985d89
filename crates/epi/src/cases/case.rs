//! The cases of one area, and the cells of one case.

use super::Folder;
use crate::{Result, Table};
use lianfang_kernel::{Day, Problem, Words};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Columns of text that may hold commas without quotation marks.
pub const FREE_TEXT: [&str; 2] = ["label", "dist"];

/// The cases and inputs of one area.
#[derive(Clone, Debug)]
pub struct Area {
    name: &'static str,
    /// Sheets of cases by file name.
    cases: Vec<(String, Table)>,
    inputs: Arc<BTreeMap<String, Arc<Table>>>,
}

impl Area {
    /// Reads all of its cases and inputs.
    ///
    /// # Errors
    /// A file that is no sheet.
    pub fn read(folder: &dyn Folder, name: &'static str) -> Result<Area> {
        let mut cases = Vec::new();
        for file in folder.list(name) {
            let is_cases = (file.starts_with("cases") || file.starts_with("dic_mle")) && file.ends_with(".csv");
            if !is_cases {
                continue;
            }
            if let Some(text) = folder.read(&format!("{name}/{file}"))? {
                let table =
                    Table::parse_joining(&text, &FREE_TEXT).map_err(|problem| problem.at(format!("{name}/{file}")))?;
                cases.push((file, table));
            }
        }
        let mut inputs = BTreeMap::new();
        if !cases.is_empty() {
            for file in folder.list(&format!("{name}/inputs")) {
                if let (Some(stem), Some(text)) = (
                    file.strip_suffix(".csv"),
                    folder.read(&format!("{name}/inputs/{file}"))?,
                ) {
                    inputs.insert(
                        stem.to_owned(),
                        Arc::new(Table::parse(&text).map_err(|p| p.at(file.clone()))?),
                    );
                }
            }
        }
        Ok(Area {
            name,
            cases,
            inputs: Arc::new(inputs),
        })
    }

    /// Whether there is no sheet of cases.
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// The sheet of cases of this file name, when there is one.
    pub fn sheet(&self, file: &str) -> Option<&Table> {
        self.cases.iter().find(|(name, _)| name == file).map(|(_, table)| table)
    }

    /// Every case of a file.
    pub fn cases(&self, file: &str) -> Vec<Case> {
        let Some(table) = self.sheet(file) else {
            return Vec::new();
        };
        let table = Arc::new(table.clone());
        let one = |row| Case {
            table: Arc::clone(&table),
            row,
            inputs: Arc::clone(&self.inputs),
            area: self.name,
        };
        (0..table.len()).map(one).collect()
    }
}

/// One row of a sheet of cases.
#[derive(Clone, Debug)]
pub struct Case {
    table: Arc<Table>,
    row: usize,
    inputs: Arc<BTreeMap<String, Arc<Table>>>,
    area: &'static str,
}

impl Case {
    /// Its name.
    pub fn id(&self) -> String {
        self.text("case_id").unwrap_or("?").to_owned()
    }

    /// Its area.
    pub fn area(&self) -> &'static str {
        self.area
    }

    /// The text of a parameter, when it is given.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.table.text(self.row, name)
    }

    /// A parameter that must be given.
    pub fn required(&self, name: &str) -> Result<&str> {
        self.text(name).ok_or_else(|| self.missing(name))
    }

    /// A number, when it is given.
    pub fn maybe(&self, name: &str) -> Result<Option<f64>> {
        self.table.number(self.row, name)
    }

    /// A number that must be given.
    pub fn number(&self, name: &str) -> Result<f64> {
        self.maybe(name)?.ok_or_else(|| self.missing(name))
    }

    /// A day, when it is given.
    pub fn day(&self, name: &str) -> Result<Option<Day>> {
        self.table.day(self.row, name)
    }

    /// A whole number from zero that must be given.
    pub fn whole(&self, name: &str) -> Result<usize> {
        let value = self.number(name)?;
        if value >= 0.0 && value.fract() == 0.0 && value < 1e9 {
            return Ok(value as usize);
        }
        Err(self.missing(name))
    }

    /// A yes or no that must be given, as 1 and 0 or in words.
    pub fn flag(&self, name: &str) -> Result<bool> {
        match self.required(name)? {
            "1" | "TRUE" | "true" => Ok(true),
            "0" | "FALSE" | "false" => Ok(false),
            _ => Err(self.missing(name)),
        }
    }

    /// The input sheet of this name.
    pub fn input(&self, stem: &str) -> Result<Arc<Table>> {
        self.inputs.get(stem).cloned().ok_or_else(|| {
            Problem::new(
                "input_missing",
                Words::new(
                    format!("缺少输入 {}/inputs/{stem}.csv", self.area),
                    format!("the input {}/inputs/{stem}.csv is missing", self.area),
                ),
                Words::new("核对案例表的 dataset 列", "check the column dataset of the cases"),
            )
        })
    }

    /// The input sheet that its column `dataset` names.
    pub fn dataset(&self) -> Result<Arc<Table>> {
        self.input(self.required("dataset")?)
    }

    fn missing(&self, name: &str) -> Problem {
        Problem::new(
            "parameter_missing",
            Words::new(
                format!("案例 {} 的参数 {name} 缺失或无法识别", self.id()),
                format!("case {}: the parameter {name} is missing or cannot be read", self.id()),
            ),
            Words::new("核对案例表", "check the sheet of cases"),
        )
    }
}
