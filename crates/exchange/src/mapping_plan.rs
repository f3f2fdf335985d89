//! A mapping bound to one sheet and one register: ready to read rows.

use lianfang_kernel::{Problem, TimeOfDay, Words, Zone};
use serde_json::{Map, Value};

use crate::cell::{CellContext, CellKind, read};
use crate::mapping::{ColumnMap, Mapping, unknown_column, unknown_field};
use crate::misfit::{Misfit, problem};
use crate::sheet::SheetRow;

/// Separators of several values in one cell.
const SEPARATORS: &str = "、，；,;/";

/// What the reader of sheets needs to know of a field.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldSpec {
    /// The key in the body.
    pub id: String,
    /// Its title, by which columns are guessed.
    pub title: Words,
    /// What it holds.
    pub kind: CellKind,
    /// Whether a row without it is refused here already.
    pub is_required: bool,
    /// Whether a cell may hold several values.
    pub is_many: bool,
}

impl FieldSpec {
    /// An optional field of one value.
    pub fn new(id: impl Into<String>, title: Words, kind: CellKind) -> FieldSpec {
        FieldSpec {
            id: id.into(),
            title,
            kind,
            is_required: false,
            is_many: false,
        }
    }

    /// The same field, required.
    #[must_use]
    pub fn required(mut self) -> FieldSpec {
        self.is_required = true;
        self
    }
}

enum Source {
    Column(usize),
    Constant(String),
    Combined { columns: Vec<usize>, separator: String },
}

struct Step {
    field: FieldSpec,
    source: Source,
    values: std::collections::BTreeMap<String, String>,
    separators: String,
    context: CellContext,
    /// Shown in faults: the column's title, or the field's id.
    column: String,
}

/// Reads rows of one sheet into bodies of one register.
pub struct Plan {
    steps: Vec<Step>,
    unused: Vec<String>,
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fields: Vec<&str> = self.steps.iter().map(|step| step.field.id.as_str()).collect();
        f.debug_struct("Plan")
            .field("fields", &fields)
            .field("unused", &self.unused)
            .finish()
    }
}

impl Mapping {
    /// Binds the mapping to a sheet's header and a register's fields; `zone` is that of moments without an offset.
    ///
    /// # Errors
    /// Every column or field that does not exist, is used twice, or is required and missing.
    pub fn bind(&self, header: &[String], fields: &[FieldSpec], zone: &Zone) -> Result<Plan, Vec<Problem>> {
        let mut binding = Binding {
            header,
            fields,
            zone,
            steps: Vec::new(),
            problems: Vec::new(),
        };
        for (title, map) in &self.columns {
            binding.column(title, map);
        }
        for (field, text) in &self.constants {
            binding.step(field, Source::Constant(text.clone()), &ColumnMap::default(), field);
        }
        for (field, combine) in &self.combine {
            let columns: Vec<usize> = combine
                .columns
                .iter()
                .filter_map(|title| binding.column_index(title))
                .collect();
            let source = Source::Combined {
                columns,
                separator: combine.separator.clone(),
            };
            binding.step(field, source, &ColumnMap::default(), &combine.columns.join("+"));
        }
        binding.require();
        if !binding.problems.is_empty() {
            return Err(binding.problems);
        }
        let is_used = |title: &String| {
            self.columns.contains_key(title) || self.combine.values().any(|combine| combine.columns.contains(title))
        };
        let unused = header
            .iter()
            .filter(|title| !title.is_empty() && !is_used(title))
            .cloned()
            .collect();
        Ok(Plan {
            steps: binding.steps,
            unused,
        })
    }
}

struct Binding<'a> {
    header: &'a [String],
    fields: &'a [FieldSpec],
    zone: &'a Zone,
    steps: Vec<Step>,
    problems: Vec<Problem>,
}

impl Binding<'_> {
    fn column_index(&mut self, title: &str) -> Option<usize> {
        let found = self.header.iter().position(|column| column == title);
        if found.is_none() {
            self.problems.push(unknown_column(title, self.header));
        }
        found
    }

    fn column(&mut self, title: &str, map: &ColumnMap) {
        if let Some(index) = self.column_index(title) {
            self.step(&map.field, Source::Column(index), map, title);
        }
    }

    fn step(&mut self, field: &str, source: Source, map: &ColumnMap, column: &str) {
        let Some(spec) = self.fields.iter().find(|spec| spec.id == field) else {
            self.problems
                .push(unknown_field(field, self.fields.iter().map(|spec| spec.id.as_str())));
            return;
        };
        if self.steps.iter().any(|step| step.field.id == field) {
            self.problems.push(
                problem(
                    "mapping_field_twice",
                    &format!("字段“{field}”对应了两列"),
                    &format!("two columns go to the field “{field}”"),
                    "只留一列，或在 [combine] 中合并",
                    "keep one of them, or put them together under [combine]",
                )
                .at(field),
            );
            return;
        }
        let time = match map.time.as_deref().map(TimeOfDay::parse).transpose() {
            Ok(time) => time,
            Err(error) => {
                let what = Words::new(format!("“{column}”的 time 不是时刻"), error.to_string());
                let hint = Words::new("请写成 \"12:00\"", "write \"12:00\"");
                self.problems.push(Problem::new("mapping_time", what, hint).at(column));
                return;
            }
        };
        self.steps.push(Step {
            field: spec.clone(),
            source,
            values: map.values.clone(),
            separators: map.separators.clone().unwrap_or_else(|| SEPARATORS.to_owned()),
            context: CellContext {
                zone: self.zone.clone(),
                order: map.date,
                time,
            },
            column: column.to_owned(),
        });
    }

    fn require(&mut self) {
        for field in self.fields.iter().filter(|field| field.is_required) {
            if !self.steps.iter().any(|step| step.field.id == field.id) {
                let title = &field.title;
                self.problems.push(
                    problem(
                        "mapping_missing",
                        &format!("没有“{}”列", title.zh),
                        &format!("there is no column for “{}”", title.en),
                        &format!("请增加该列，或在列映射中指定哪一列是 {}", field.id),
                        &format!("add it, or say in the mapping which column is {}", field.id),
                    )
                    .at(&field.id),
                );
            }
        }
    }
}

impl Plan {
    /// Titles that go nowhere: shown, so that nobody thinks they were read.
    pub fn unused(&self) -> &[String] {
        &self.unused
    }

    /// Reads one row.
    ///
    /// # Errors
    /// Every cell that does not fit, not only the first.
    pub fn read_row(&self, row: &SheetRow) -> Result<Map<String, Value>, Vec<Misfit>> {
        let mut body = Map::new();
        let mut misfits = Vec::new();
        for step in &self.steps {
            match step.read(row) {
                Ok(Some(value)) => {
                    body.insert(step.field.id.clone(), value);
                }
                Ok(None) if step.field.is_required => {
                    let missing = problem(
                        "cell_empty",
                        "没有填写",
                        "nothing is written",
                        "此列必填",
                        "this column is required",
                    );
                    misfits.push(Misfit::new(row.line, Some(&step.column), missing));
                }
                Ok(None) => {}
                Err(problem) => misfits.push(Misfit::new(row.line, Some(&step.column), *problem)),
            }
        }
        if misfits.is_empty() { Ok(body) } else { Err(misfits) }
    }
}

impl Step {
    fn read(&self, row: &SheetRow) -> Result<Option<Value>, Box<Problem>> {
        let cell = |index: &usize| row.cells.get(*index).and_then(Option::as_deref);
        let combined;
        let text = match &self.source {
            Source::Column(index) => cell(index),
            Source::Constant(text) => Some(text.as_str()),
            Source::Combined { columns, separator } => {
                combined = columns.iter().filter_map(cell).collect::<Vec<_>>().join(separator);
                Some(combined.as_str())
            }
        };
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        if !self.field.is_many {
            return self.one(text);
        }
        let parts = text
            .split(|c| self.separators.contains(c))
            .map(str::trim)
            .filter(|part| !part.is_empty());
        let values: Vec<Value> = parts
            .filter_map(|part| self.one(part).transpose())
            .collect::<Result<_, _>>()?;
        Ok((!values.is_empty()).then_some(Value::Array(values)))
    }

    /// A text that the value map turns into nothing (`"不详" = ""`) is an empty cell.
    fn one(&self, text: &str) -> Result<Option<Value>, Box<Problem>> {
        let meant = self.values.get(text).map_or(text, String::as_str);
        if meant.is_empty() {
            return Ok(None);
        }
        read(&self.field.kind, meant, &self.context)
            .map(Some)
            .map_err(|error| error.problem)
    }
}
