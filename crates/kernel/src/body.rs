//! Bodies of entries: read strictly into their stored form, what is sealed split off.

use crate::identity::{CnId, IdDoc, Phone, Plate};
use crate::{
    Approx, Day, FieldSchema, Instant, Kind, Problem, RegionId, SubjectKind, Words, Zone, approx_field, split_approx,
};
use serde_json::{Map, Value};

/// What a body is checked against besides its schema.
pub trait Catalog {
    /// Whether the list holds that code.
    fn has_code(&self, list: &str, code: &str) -> bool;
    /// The codes of a list, for hints.
    fn codes(&self, list: &str) -> Vec<String>;
    /// Whether the region is known.
    fn has_region(&self, id: &RegionId) -> bool;
    /// Whether the subject type is declared.
    fn has_type(&self, id: &str) -> bool;
}

/// A body after reading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadBody {
    /// Values that may stand in the open, in their stored form.
    pub plain: Map<String, Value>,
    /// Values to be sealed, by path: `phone`, `persons[2].name`.
    pub sealed: Map<String, Value>,
    /// Subjects named by fields, by path; they link the entry into further files.
    pub named: Vec<(String, SubjectKind, String)>,
    /// Files cited by fields, by path.
    pub attached: Vec<(String, uuid::Uuid)>,
    /// What does not fit.
    pub problems: Vec<Problem>,
}

/// Reads a body against its fields. Nothing is dropped in silence: an unknown field is a problem too.
///
/// Stored forms: instants RFC 3339 in UTC, dates ISO 8601, decimals as scaled integers, identifiers normalised.
pub fn read_body(fields: &[FieldSchema], body: &Map<String, Value>, catalog: &dyn Catalog, zone: &Zone) -> ReadBody {
    let mut reader = Reader {
        catalog,
        zone,
        out: ReadBody::default(),
    };
    reader.out.plain = reader.fields(fields, body, "");
    reader.out
}

/// The number of a figure that people wrote with a qualifier: 300余.
fn exact(field: &FieldSchema, value: &Value) -> (Option<Approx>, Option<Value>) {
    match value.as_str().filter(|_| field.approx).map(split_approx) {
        Some((Some(approx), number)) => (Some(approx), Some(number.into())),
        _ => (None, None),
    }
}

struct Reader<'a> {
    catalog: &'a dyn Catalog,
    zone: &'a Zone,
    out: ReadBody,
}

impl Reader<'_> {
    fn fields(&mut self, fields: &[FieldSchema], body: &Map<String, Value>, above: &str) -> Map<String, Value> {
        let mut plain = Map::new();
        for key in body.keys().filter(|key| !fields.iter().any(|field| &field.id == *key)) {
            self.unknown(fields, key, &format!("{above}{key}"));
        }
        for field in fields {
            let path = format!("{above}{}", field.id);
            match body.get(&field.id).filter(|value| !is_blank(value)) {
                None if field.required && !matches!(field.kind, Kind::Decision { .. }) => self.missing(field, &path),
                None => {}
                Some(value) => {
                    let (qualifier, exact) = exact(field, value);
                    if let Some(qualifier) = qualifier {
                        plain.insert(approx_field(&field.id), qualifier.id().into());
                    }
                    let value = exact.as_ref().unwrap_or(value);
                    if let Some(stored) = self.field(field, value, &path) {
                        if field.is_sealed() {
                            self.out.sealed.insert(path, stored);
                        } else {
                            plain.insert(field.id.clone(), stored);
                        }
                    }
                }
            }
        }
        plain
    }

    fn field(&mut self, field: &FieldSchema, value: &Value, path: &str) -> Option<Value> {
        if let Kind::Rows(inner) = &field.kind {
            return self.rows(field, inner, value, path);
        }
        if field.many <= 1 {
            return self.one(field, value, path);
        }
        let Value::Array(items) = value else {
            self.misfit(field, path, "一组值", "a list of values");
            return None;
        };
        self.bounded(field, items.len(), path)?;
        let read = items
            .iter()
            .enumerate()
            .filter_map(|(i, item)| self.one(field, item, &format!("{path}[{i}]")));
        Some(Value::Array(read.collect()))
    }

    fn rows(&mut self, field: &FieldSchema, inner: &[FieldSchema], value: &Value, path: &str) -> Option<Value> {
        let Value::Array(items) = value else {
            self.misfit(field, path, "若干行", "a list of rows");
            return None;
        };
        self.bounded(field, items.len(), path)?;
        let mut rows = Vec::with_capacity(items.len());
        for (i, item) in items.iter().enumerate() {
            match item {
                Value::Object(row) => rows.push(Value::Object(self.fields(inner, row, &format!("{path}[{i}].")))),
                _ => self.misfit(field, &format!("{path}[{i}]"), "一行记录", "a row with fields"),
            }
        }
        Some(Value::Array(rows))
    }

    fn bounded(&mut self, field: &FieldSchema, count: usize, path: &str) -> Option<()> {
        if count <= usize::try_from(field.many.max(1)).unwrap_or(usize::MAX) {
            return Some(());
        }
        let what = Words::new("“{f}”最多{n}项", "“{f}” takes at most {n}");
        let what = Words::new(
            what.zh.replace("{f}", &field.title.zh),
            what.en.replace("{f}", &field.title.en),
        );
        let hint = Words::new("请分成几条报送", "Send the rest as a further entry");
        self.out
            .problems
            .push(Problem::new("too_many", what.with("n", field.many), hint).at(path));
        None
    }

    fn one(&mut self, field: &FieldSchema, value: &Value, path: &str) -> Option<Value> {
        match &field.kind {
            Kind::Text | Kind::Note | Kind::Name | Kind::Address | Kind::Entry => self.text(field, value, path),
            Kind::File => {
                let id: Option<uuid::Uuid> = value.as_str().and_then(|text| text.parse().ok());
                let stored = id.map(|id| Value::String(id.to_string()));
                let (zh, en) = ("已上传文件的编号", "the id of a file that was sent");
                let stored = self.typed(stored, field, path, zh, en);
                self.out.attached.extend(id.map(|id| (path.to_owned(), id)));
                stored
            }
            Kind::Bool => self.typed(value.as_bool().map(Value::Bool), field, path, "是或否", "true or false"),
            Kind::Int | Kind::Money | Kind::Duration => self.int(field, value, path),
            Kind::Decimal { scale } | Kind::Quantity { scale } => self.decimal(field, value, *scale, path),
            Kind::Code { list } => self.code(field, value, list, path),
            Kind::Date | Kind::Instant => self.moment(field, value, path),
            Kind::Region => self.region(field, value, path),
            Kind::Type => {
                let known = value
                    .as_str()
                    .filter(|id| self.catalog.has_type(id))
                    .map(|id| Value::String(id.to_owned()));
                self.typed(known, field, path, "已登记的类型", "a declared type")
            }
            Kind::Subject(kind) => {
                let id: Option<uuid::Uuid> = value.as_str().and_then(|text| text.parse().ok());
                let stored = self.typed(
                    id.map(|id| Value::String(id.to_string())),
                    field,
                    path,
                    "对象编号",
                    "a subject id",
                );
                if let (Some(id), true) = (id, stored.is_some()) {
                    self.out.named.push((path.to_owned(), *kind, id.to_string()));
                }
                stored
            }
            Kind::CnId => self.identity(value, path, |text| match CnId::parse(text) {
                Ok(id) => Ok(id.as_str().to_owned()),
                Err(e) => Err(refused(e.refusal())),
            }),
            Kind::IdDoc => self.identity(value, path, |text| match IdDoc::parse(text) {
                Ok(doc) => Ok(doc.number().to_owned()),
                Err(e) => Err(refused(e.refusal())),
            }),
            Kind::Phone => self.identity(value, path, |text| match Phone::parse(text) {
                Ok(phone) => Ok(phone.as_str().to_owned()),
                Err(e) => Err(refused(e.refusal())),
            }),
            Kind::Plate => self.identity(value, path, |text| match Plate::parse(text) {
                Ok(plate) => Ok(plate.as_str().to_owned()),
                Err(e) => Err(refused(e.refusal())),
            }),
            Kind::Decision { .. } | Kind::Rows(_) => {
                let what = Words::new(
                    "“判定”由系统按规则得出，不能填写",
                    "A decision is computed, it cannot be written",
                );
                let hint = Words::new("请去掉该字段", "Leave the field out");
                self.out
                    .problems
                    .push(Problem::new("field_computed", what, hint).at(path));
                None
            }
        }
    }

    fn moment(&mut self, field: &FieldSchema, value: &Value, path: &str) -> Option<Value> {
        let text = value.as_str();
        if field.kind == Kind::Date {
            let day = text.and_then(|text| Day::parse(text).ok());
            let stored = day.map(|day| Value::String(day.to_string()));
            return self.typed(stored, field, path, "日期，如 2020-02-05", "a date such as 2020-02-05");
        }
        let at = text.and_then(|text| self.instant(text));
        let stored = at.map(|at| Value::String(at.to_rfc3339()));
        let (zh, en) = ("时刻，如 2020-02-05T08:00:00+08:00", "a moment with its offset");
        self.typed(stored, field, path, zh, en)
    }

    fn instant(&self, text: &str) -> Option<Instant> {
        // A form without script sends the city's own wall time.
        Instant::parse(text).ok().or_else(|| {
            let (day, time) = text.split_once('T')?;
            let time = crate::TimeOfDay::parse(time.get(..5)?).ok()?;
            Some(self.zone.at(Day::parse(day).ok()?, time))
        })
    }

    fn text(&mut self, field: &FieldSchema, value: &Value, path: &str) -> Option<Value> {
        let limit = if matches!(field.kind, Kind::Note) {
            20_000
        } else {
            2_000
        };
        let text = value.as_str().map(str::trim).filter(|text| text.len() <= limit);
        let stored = text.map(|text| Value::String(text.to_owned()));
        self.typed(stored, field, path, "不超过限长的文字", "text within the limit")
    }

    fn int(&mut self, field: &FieldSchema, value: &Value, path: &str) -> Option<Value> {
        let n = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
        self.in_range(field, n, path, 0, "整数", "a whole number")
    }

    fn decimal(&mut self, field: &FieldSchema, value: &Value, scale: u8, path: &str) -> Option<Value> {
        let n = match value {
            Value::Number(n) => scaled(&n.to_string(), scale),
            Value::String(text) => scaled(text.trim(), scale),
            _ => None,
        };
        let (zh, en) = (
            format!("数字，最多{scale}位小数"),
            format!("a number with at most {scale} decimals"),
        );
        self.in_range(field, n, path, scale, &zh, &en)
    }

    fn in_range(
        &mut self,
        field: &FieldSchema,
        n: Option<i64>,
        path: &str,
        scale: u8,
        zh: &str,
        en: &str,
    ) -> Option<Value> {
        let stored = self.typed(n.map(Value::from), field, path, zh, en)?;
        if let (Some((low, high)), Some(n)) = (field.range, n)
            && !(low..=high).contains(&n)
        {
            let (low, high) = (unscaled(low, scale), unscaled(high, scale));
            let what = Words::new(
                format!("“{}”应在 {low} 与 {high} 之间", field.title.zh),
                format!("“{}” lies between {low} and {high}", field.title.en),
            );
            let hint = Words::new("请核对数字和单位", "Check the number and its unit");
            self.out
                .problems
                .push(Problem::new("out_of_range", what, hint).at(path));
            return None;
        }
        Some(stored)
    }

    fn code(&mut self, field: &FieldSchema, value: &Value, list: &str, path: &str) -> Option<Value> {
        if let Some(code) = value.as_str().filter(|code| self.catalog.has_code(list, code)) {
            return Some(Value::String(code.to_owned()));
        }
        let what = Words::new(
            format!("“{}”不在选项中", field.title.zh),
            format!("“{}” is not one of the choices", field.title.en),
        );
        let mut codes = self.catalog.codes(list);
        codes.truncate(20);
        let hint = Words::new("可选：{codes}", "Choices: {codes}").with("codes", codes.join(", "));
        self.out
            .problems
            .push(Problem::new("unknown_code", what, hint).at(path));
        None
    }

    fn region(&mut self, field: &FieldSchema, value: &Value, path: &str) -> Option<Value> {
        if let Some(id) = value
            .as_str()
            .map(str::trim)
            .filter(|id| self.catalog.has_region(&RegionId::new(id)))
        {
            return Some(Value::String(id.to_owned()));
        }
        let what = Words::new(
            format!("“{}”：没有这个区域", field.title.zh),
            format!("“{}”: no such region", field.title.en),
        );
        let hint = Words::new("请填区划代码，例如 620502", "Give the region's code, such as 620502");
        self.out
            .problems
            .push(Problem::new("unknown_region", what, hint).at(path));
        None
    }

    fn identity(
        &mut self,
        value: &Value,
        path: &str,
        parse: impl Fn(&str) -> Result<String, Problem>,
    ) -> Option<Value> {
        match parse(value.as_str().unwrap_or_default()) {
            Ok(text) => Some(Value::String(text)),
            Err(problem) => {
                self.out.problems.push(problem.at(path));
                None
            }
        }
    }

    fn typed(&mut self, stored: Option<Value>, field: &FieldSchema, path: &str, zh: &str, en: &str) -> Option<Value> {
        if stored.is_none() {
            self.misfit(field, path, zh, en);
        }
        stored
    }

    fn misfit(&mut self, field: &FieldSchema, path: &str, zh: &str, en: &str) {
        let what = Words::new(
            format!("“{}”应为{zh}", field.title.zh),
            format!("“{}” should be {en}", field.title.en),
        );
        let hint = Words::new("请按样例改正后重新报送", "Correct it and send again");
        self.out.problems.push(Problem::new("wrong_type", what, hint).at(path));
    }

    fn missing(&mut self, field: &FieldSchema, path: &str) {
        let what = Words::new(
            format!("缺少“{}”", field.title.zh),
            format!("“{}” is missing", field.title.en),
        );
        let hint = Words::new("请补填", "Fill it in");
        self.out
            .problems
            .push(Problem::new("field_missing", what, hint).at(path));
    }

    fn unknown(&mut self, fields: &[FieldSchema], key: &str, path: &str) {
        let known: Vec<&str> = fields.iter().map(|field| field.id.as_str()).take(30).collect();
        let what = Words::new("没有字段“{key}”", "There is no field “{key}”").with("key", clip(key));
        let hint = Words::new("可填字段：{known}", "Fields: {known}").with("known", known.join(", "));
        self.out
            .problems
            .push(Problem::new("unknown_field", what, hint).at(clip(path)));
    }
}

fn refused(refusal: crate::identity::Refusal) -> Problem {
    let what = Words::new(refusal.zh, refusal.en);
    Problem::new("bad_identifier", what, Words::new(refusal.hint_zh, refusal.hint_en))
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

fn clip(text: &str) -> String {
    text.chars().take(80).collect()
}

/// A written decimal as an integer scaled by 10^scale; `None` when it is no decimal or has more digits.
pub fn scaled(text: &str, scale: u8) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || fraction.len() > usize::from(scale) {
        return None;
    }
    let padded = format!("{whole}{fraction:0<width$}", width = usize::from(scale));
    padded.parse::<i64>().ok().map(|n| sign * n)
}

/// A scaled integer as a written decimal.
pub fn unscaled(n: i64, scale: u8) -> String {
    if scale == 0 {
        return n.to_string();
    }
    let width = usize::from(scale) + 1;
    let digits = format!("{:0>width$}", n.unsigned_abs());
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(scale));
    format!("{}{whole}.{fraction}", if n < 0 { "-" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Any;
    impl Catalog for Any {
        fn has_code(&self, _: &str, code: &str) -> bool {
            code == "pcr"
        }
        fn codes(&self, _: &str) -> Vec<String> {
            vec!["pcr".into()]
        }
        fn has_region(&self, id: &RegionId) -> bool {
            id.as_str() == "620502"
        }
        fn has_type(&self, _: &str) -> bool {
            false
        }
    }

    fn field(id: &str, kind: Kind, required: bool) -> FieldSchema {
        FieldSchema {
            required,
            ..FieldSchema::new(id, Words::same(id), kind)
        }
    }

    fn read(fields: &[FieldSchema], body: Value) -> ReadBody {
        let Value::Object(body) = body else {
            panic!("a test body is an object")
        };
        read_body(fields, &body, &Any, &Zone::china())
    }

    #[test]
    fn what_is_sealed_leaves_the_body() {
        let mut people = field("people", Kind::Rows(vec![field("name", Kind::Name, true)]), false);
        people.many = 30;
        let read = read(&[people], serde_json::json!({"people": [{"name": "张三"}]}));
        assert_eq!(read.plain["people"], serde_json::json!([{}]));
        assert_eq!(read.sealed["people[0].name"], "张三");
    }

    #[test]
    fn every_misfit_is_told_with_its_place() {
        let fields = [
            field("celsius", Kind::Decimal { scale: 1 }, true),
            field("on", Kind::Date, false),
        ];
        let read = read(
            &fields,
            serde_json::json!({"celsius": "36.55", "on": "2020-02-30", "gps": "x"}),
        );
        let codes: Vec<(&str, &str)> = read
            .problems
            .iter()
            .map(|p| (p.code.as_str(), p.field.as_deref().unwrap_or("")))
            .collect();
        assert_eq!(
            codes,
            [
                ("unknown_field", "gps"),
                ("wrong_type", "celsius"),
                ("wrong_type", "on")
            ]
        );
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(scaled("37.3", 1), Some(373));
        assert_eq!(scaled("-0.5", 2), Some(-50));
        assert_eq!(scaled("1e5", 1), None);
        assert_eq!(scaled("", 1), None);
        assert_eq!(unscaled(-50, 2), "-0.50");
        assert_eq!(unscaled(373, 1), "37.3");
    }
}
