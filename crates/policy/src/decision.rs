//! Rule tables: which row meets the facts, and what is kept of the answer.

use crate::expr::{Env, EvalError, Span};
use crate::model::{Rule, RuleRow};
use crate::snapshot::Snapshot;
use lianfang_kernel::{Datum, Day, Instant, RegionId, TimeOfDay, Words};
use serde_json::{Map, Value, json};

/// The answer of a rule with everything that a person needs to check it, and that makes it again.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The rule's id.
    pub rule: String,
    /// Its version.
    pub version: u32,
    /// The row that was met, as people count, from 1.
    pub row: u32,
    /// The clause that the row rests on.
    pub clause: Option<String>,
    /// Why, in words.
    pub title: Option<Words>,
    /// The place asked about.
    pub region: RegionId,
    /// The day asked about.
    pub on: Day,
    /// The results by name: what a condition sees of a decision.
    pub results: Datum,
    /// The facts that the row names as its reason.
    pub because: Datum,
    /// The inputs as they were read.
    pub inputs: Datum,
}

/// The first row of `rule` whose area covers the place, whose dates cover `on` and whose condition holds.
///
/// The place is the first input of kind region, else `region`. An input that is missing stays missing: a row that reads
/// it then is an error, so a rule is never answered from a guess.
///
/// # Errors
/// What a condition of the rows met with; `unknown` when no row holds, which the loader excludes.
pub fn decide(
    rule: &Rule,
    inputs: &Datum,
    region: &RegionId,
    on: Day,
    snapshot: &Snapshot,
) -> Result<Decision, EvalError> {
    walk(rule, inputs, region, on, snapshot, 1)
}

pub(crate) fn walk(
    rule: &Rule,
    inputs: &Datum,
    region: &RegionId,
    on: Day,
    snapshot: &Snapshot,
    depth: u8,
) -> Result<Decision, EvalError> {
    let region = place(rule, inputs).unwrap_or_else(|| region.clone());
    let first = snapshot.zone.at(on, TimeOfDay(0));
    let last = snapshot.zone.at(on, TimeOfDay::END).plus_ms(-1);
    let mut vars: Vec<(&str, Datum)> = Vec::with_capacity(rule.inputs.len() + 1);
    for (name, _) in &rule.inputs {
        vars.push((name, inputs.get(name).cloned().unwrap_or_default()));
    }
    vars.push(("on", Datum::Int(i64::from(on.0))));
    let env = Env {
        vars: &vars,
        snapshot,
        engine: None,
        region: Some(&region),
        at: last,
        now: last,
    };
    let span = Span {
        moments: (first, last),
        rules: depth,
    };
    for row in &rule.rows {
        if covers(row, &region, on, snapshot) && row.when.truth_within(&env, span)? {
            return answer(rule, row, inputs, &region, on, &env, span);
        }
    }
    let (zh, en) = (
        format!("规则 {} 没有适用的行", rule.id),
        format!("no row of rule {} applies", rule.id),
    );
    Err(EvalError {
        code: "unknown",
        message: Words::new(zh, en),
    })
}

fn place(rule: &Rule, inputs: &Datum) -> Option<RegionId> {
    let (name, _) = rule.inputs.iter().find(|(_, kind)| kind == "region")?;
    match inputs.get(name) {
        Some(Datum::Text(id)) => Some(RegionId(id.clone())),
        _ => None,
    }
}

fn covers(row: &RuleRow, region: &RegionId, on: Day, snapshot: &Snapshot) -> bool {
    row.area
        .as_ref()
        .is_none_or(|area| snapshot.regions.within(region, area))
        && row.from.is_none_or(|from| from <= on)
        && row.to.is_none_or(|to| on < to)
}

fn answer(
    rule: &Rule,
    row: &RuleRow,
    inputs: &Datum,
    region: &RegionId,
    on: Day,
    env: &Env<'_>,
    span: Span,
) -> Result<Decision, EvalError> {
    let mut results = Vec::with_capacity(row.then.len());
    for (name, value) in &row.then {
        results.push((name.as_str(), value.value_within(env, span)?));
    }
    let because = match &row.because {
        Some(because) => because.value_within(env, span)?,
        None => Datum::Null,
    };
    Ok(Decision {
        rule: rule.id.clone(),
        version: rule.version,
        row: row.number,
        clause: row.clause.clone(),
        title: row.title.clone(),
        region: region.clone(),
        on,
        results: Datum::record(results),
        because,
        inputs: inputs.clone(),
    })
}

impl Decision {
    /// As JSON: what is stored with an entry.
    pub fn to_json(&self) -> Value {
        let mut json = Map::new();
        json.insert("rule".to_owned(), json!(self.rule));
        json.insert("version".to_owned(), json!(self.version));
        json.insert("row".to_owned(), json!(self.row));
        if let Some(clause) = &self.clause {
            json.insert("clause".to_owned(), json!(clause));
        }
        if let Some(title) = &self.title {
            json.insert("title".to_owned(), json!(title));
        }
        json.insert("region".to_owned(), json!(self.region));
        json.insert("on".to_owned(), json!(self.on));
        json.insert("results".to_owned(), self.results.to_json());
        json.insert("because".to_owned(), self.because.to_json());
        json.insert("inputs".to_owned(), self.inputs.to_json());
        Value::Object(json)
    }

    /// From what [`Decision::to_json`] made; `None` when it is something else.
    pub fn from_json(json: &Value) -> Option<Decision> {
        let number = |name: &str| u32::try_from(json.get(name)?.as_u64()?).ok();
        let text = |name: &str| Some(json.get(name)?.as_str()?.to_owned());
        let datum = |name: &str| json.get(name).map(Datum::from_json).unwrap_or_default();
        Some(Decision {
            rule: text("rule")?,
            version: number("version")?,
            row: number("row")?,
            clause: text("clause"),
            title: json
                .get("title")
                .and_then(|title| serde_json::from_value(title.clone()).ok()),
            region: RegionId::new(&text("region")?),
            on: Day::parse(&text("on")?).ok()?,
            results: datum("results"),
            because: datum("because"),
            inputs: datum("inputs"),
        })
    }

    /// The last moment of the day asked about, for showing.
    pub fn as_of(&self, snapshot: &Snapshot) -> Instant {
        snapshot.zone.at(self.on, TimeOfDay::END).plus_ms(-1)
    }
}
