//! Step 7: defaults, computed values and decisions; and what must be filled in.

use super::{Case, Vars};
use lianfang_kernel::{Datum, Day, FieldSchema, Instant, Kind, Problem, Shape, Words, Zone};
use lianfang_policy::{EvalError, Expr, decide};
use serde_json::{Map, Value};

impl Case<'_> {
    /// Fills in defaults that need nothing computed, then computed values in order, then the other defaults.
    pub(super) fn fill(&mut self) {
        let register = self.candidate.register;
        if register.default.is_empty() && register.compute.is_empty() {
            return;
        }
        let mut vars = self.vars(&register.looks);
        let computed: Vec<&str> = register.compute.iter().map(|(field, _)| field.as_str()).collect();
        let (late, early): (Vec<_>, Vec<_>) = register.default.iter().partition(|(_, expr)| mentions(expr, &computed));
        for (field, expr) in early {
            self.default(field, expr, &mut vars);
        }
        for (field, expr) in &register.compute {
            self.compute(field, expr, &mut vars);
        }
        for (field, expr) in late {
            self.default(field, expr, &mut vars);
        }
        self.out.body = self.entry.body.clone();
    }

    fn default(&mut self, field: &str, expr: &Expr, vars: &mut Vars<'_>) {
        if is_filled(&self.entry.body, field) || !self.is_asked(field) {
            return;
        }
        match self.value(expr, vars) {
            Ok(value) => self.put(field, &value, vars),
            Err(error) => self.failed("not_computable", Some(field), error),
        }
    }

    /// The day whose fields are asked for: the entry's; of a correction that of what it corrects.
    fn day_asked(&self) -> Day {
        let at = self.entry.at;
        let at = self.candidate.prior.map_or(at, |prior| prior.entry.at.min(at));
        self.snapshot.zone.day_of(at)
    }

    fn is_asked(&self, field: &str) -> bool {
        let schema = self.candidate.register.schema.field(field);
        schema.is_none_or(|field| field.is_asked_on(self.day_asked()))
    }

    fn compute(&mut self, field: &str, expr: &Expr, vars: &mut Vars<'_>) {
        let kind = self.candidate.register.schema.field(field).map(|field| &field.kind);
        let decides = match kind {
            Some(Kind::Decision { rule }) => Some(rule.as_str()),
            _ => None,
        };
        let made = self.value(expr, vars).and_then(|value| match decides {
            Some(rule) => self.decision(field, rule, &value),
            None => Ok(Some(value)),
        });
        match made {
            Ok(Some(value)) => self.put(field, &value, vars),
            Ok(None) => vars.vars[0].1 = self.record(),
            Err(error) => self.failed("not_computable", Some(field), error),
        }
    }

    fn value(&self, expr: &Expr, vars: &Vars<'_>) -> Result<Datum, EvalError> {
        match vars.failure(expr) {
            Some(error) => Err(error),
            None => expr.eval(&self.env(&vars.vars)),
        }
    }

    /// Decides and stores the decision with its row, version, clause and inputs.
    fn decision(&mut self, field: &str, rule: &str, inputs: &Datum) -> Result<Option<Datum>, EvalError> {
        let Some(rule) = self.snapshot.model.rules.get(rule) else {
            let message = Words::new(format!("没有规则 {rule}"), format!("there is no rule {rule}"));
            return Err(EvalError {
                code: "unknown",
                message,
            });
        };
        let day = self.snapshot.zone.day_of(self.entry.at);
        let decision = decide(rule, inputs, &self.entry.region, day, self.snapshot)?;
        self.entry.body.insert(field.to_owned(), decision.to_json());
        self.out.decisions.push(decision);
        Ok(None)
    }

    fn put(&mut self, field: &str, value: &Datum, vars: &mut Vars<'_>) {
        if value.is_null() {
            self.entry.body.remove(field);
        } else {
            let stored = match self.candidate.register.schema.field(field) {
                Some(schema) => stored(value, schema, &self.snapshot.zone),
                None => value.to_json(),
            };
            self.entry.body.insert(field.to_owned(), stored);
        }
        vars.vars[0].1 = self.record();
    }

    /// Step 8: what must be filled in. Sealed values are not here; whoever split them off checks them.
    pub(super) fn require(&mut self) {
        let register = self.candidate.register;
        let day = self.day_asked();
        for field in register
            .schema
            .fields
            .iter()
            .filter(|field| field.required && !field.is_sealed() && field.is_asked_on(day))
        {
            if !is_filled(&self.entry.body, &field.id) && !self.is_explained(&field.id) {
                self.out.refusals.push(missing(field));
            }
        }
        if register.schema.shape == Shape::Interval {
            self.ordered();
        }
        if register.required_when.is_empty() {
            return;
        }
        let vars = self.vars(&register.looks);
        for (id, expr) in &register.required_when {
            if is_filled(&self.entry.body, id) || !self.is_asked(id) {
                continue;
            }
            match self.value(expr, &vars) {
                Ok(Datum::Bool(true)) => {
                    if let Some(field) = register.schema.field(id).filter(|field| !field.is_sealed()) {
                        self.out.refusals.push(missing(field));
                    }
                }
                Ok(_) => {}
                Err(error) => self.failed("not_computable", Some(id), error),
            }
        }
    }

    /// Whether a refusal already tells why the field is empty.
    fn is_explained(&self, field: &str) -> bool {
        self.out
            .refusals
            .iter()
            .any(|problem| problem.field.as_deref() == Some(field))
    }

    fn ordered(&mut self) {
        let record = self.record();
        let (from, to) = (
            record.get("from").and_then(Datum::as_int),
            record.get("to").and_then(Datum::as_int),
        );
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            let what = Words::new("结束早于开始", "It ends before it begins");
            let hint = Words::new("请核对起止时间", "Check the two times");
            self.out
                .refusals
                .push(Problem::new("ends_before_it_begins", what, hint).at("to"));
        }
    }
}

fn missing(field: &FieldSchema) -> Problem {
    let what = Words::new(
        format!("缺少“{}”", field.title.zh),
        format!("“{}” is missing", field.title.en),
    );
    Problem::new("field_missing", what, Words::new("请补填", "Fill it in")).at(&field.id)
}

fn is_filled(body: &Map<String, Value>, field: &str) -> bool {
    match body.get(field) {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(_) => true,
    }
}

/// Whether the expression may read one of the entry's fields named. The text is searched, which finds too many at worst.
fn mentions(expr: &Expr, fields: &[&str]) -> bool {
    fields
        .iter()
        .any(|field| expr.source().contains(&format!("entry.{field}")))
}

/// A value in the stored form of its field: moments RFC 3339, days ISO 8601, the rest as it is.
fn stored(value: &Datum, field: &FieldSchema, zone: &Zone) -> Value {
    match (value, &field.kind) {
        (Datum::List(rows), Kind::Rows(fields)) => {
            Value::Array(rows.iter().map(|row| stored_row(row, fields, zone)).collect())
        }
        (Datum::List(items), kind) => Value::Array(items.iter().map(|item| stored_one(item, kind)).collect()),
        (value, kind) => stored_one(value, kind),
    }
}

fn stored_row(row: &Datum, fields: &[FieldSchema], zone: &Zone) -> Value {
    let Datum::Map(record) = row else {
        return Value::Object(Map::new());
    };
    let known = record
        .fields()
        .filter(|(_, value)| !value.is_null())
        .filter_map(|(name, value)| {
            let field = fields.iter().find(|field| field.id == **name)?;
            Some((name.to_string(), stored(value, field, zone)))
        });
    Value::Object(known.collect())
}

fn stored_one(value: &Datum, kind: &Kind) -> Value {
    match (value, kind) {
        (Datum::Int(ms), Kind::Instant) => Value::String(Instant(*ms).to_rfc3339()),
        (Datum::Int(n), Kind::Date) => i32::try_from(*n).map_or(Value::Null, |n| Value::String(Day(n).to_string())),
        (value, _) => value.to_json(),
    }
}
