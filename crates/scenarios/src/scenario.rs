//! What a scenario file says, read strictly: an unknown key is an error, because a misspelt `expect` would pass.

use crate::matching;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// A scenario file.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its id, also the file's name without `.toml`.
    pub id: String,
    /// Title in Chinese.
    pub title_zh: String,
    /// Title in English.
    pub title_en: String,
    /// Rows (`S77`) and rights (`D12`) it shows to be met.
    pub meets: Vec<String>,
    /// The test clock when the server starts, RFC 3339 with offset.
    pub clock: String,
    /// Code of the city whose region tree is loaded.
    pub city: String,
    /// Organisations made before the steps.
    pub orgs: Vec<Org>,
    /// Accounts made before the steps.
    pub users: Vec<User>,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// An organisation to make.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Org {
    /// Its name in `${org.NAME}`.
    pub id: String,
    /// Type declared by a pack.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it is.
    pub region: String,
    /// Its sector, if any.
    pub sector: Option<String>,
    /// The scenario's name of the organisation above it.
    pub parent: Option<String>,
    /// What it is called, in both languages.
    pub name: BTreeMap<String, String>,
    /// Functions it holds: (function, region).
    #[serde(default)]
    pub functions: Vec<Function>,
}

/// A function an organisation holds for a region.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// The function's code.
    pub function: String,
    /// The region it holds it for.
    pub region: String,
}

/// An account to make.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Its name in `as` and in `${user.NAME}`.
    pub login: String,
    /// Role declared by a pack.
    pub role: String,
    /// The scenario's name of its organisation.
    pub org: String,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its number as people count, from 1; a step inside a loop is `4.2`.
    pub number: String,
    /// Why, printed on failure.
    pub say: String,
    /// How often, and with which values of `${each}`.
    pub repeat: Repeat,
    /// What it does.
    pub verb: Verb,
}

/// How often a step is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// Once, without `${each}`.
    Once,
    /// A number of times; `${index}` counts from 0.
    Times(u32),
    /// Once for each value.
    For(Vec<Value>),
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Verb {
    /// Sets the test clock.
    Clock(String),
    /// Moves the test clock forward by an ISO 8601 duration.
    Advance(String),
    /// Sends a request.
    Request(Box<Request>),
    /// Does other steps, for loops.
    Steps(Vec<Step>),
}

/// A request and what its answer must hold.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who sends it.
    pub actor: String,
    /// `GET`, `POST`, …
    pub method: String,
    /// Path and query, before substitution.
    pub path: String,
    /// Extra headers.
    pub headers: BTreeMap<String, String>,
    /// Body, before substitution.
    pub body: Option<Value>,
    /// Status that must come back.
    pub status: u16,
    /// What the answer must hold, before substitution.
    pub expect: Option<Value>,
    /// What every element of `results` must hold, before substitution.
    pub expect_each: Option<Value>,
    /// Many entries made of the ones in the body.
    pub bulk: Option<Bulk>,
    /// JSON pointers whose values are kept under a name; with `bulk`, of the last call.
    pub save: BTreeMap<String, String>,
}

/// Many entries of one form: the body's entries are written once for each number, as `${i}`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Bulk {
    /// How many numbers.
    pub n: u32,
    /// The first number.
    #[serde(default = "one")]
    pub from: u32,
    /// Digits of `${i}`, filled with zeros in front.
    #[serde(default)]
    pub width: usize,
    /// How many numbers a call carries.
    #[serde(default = "most_per_call")]
    pub per_call: u32,
}

fn one() -> u32 {
    1
}

fn most_per_call() -> u32 {
    1_000
}

/// Why a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError(pub String);

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for ParseError {}

fn bad(message: impl Into<String>) -> ParseError {
    ParseError(message.into())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    title: BTreeMap<String, String>,
    #[serde(default)]
    meets: Vec<String>,
    clock: toml::Value,
    city: String,
    #[serde(default)]
    org: Vec<Org>,
    #[serde(default)]
    user: Vec<User>,
    step: Vec<FileStep>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileStep {
    #[serde(default)]
    say: String,
    clock: Option<toml::Value>,
    advance: Option<String>,
    request: Option<String>,
    steps: Option<Vec<FileStep>>,
    repeat: Option<FileRepeat>,
    #[serde(rename = "as")]
    actor: Option<String>,
    headers: Option<BTreeMap<String, String>>,
    body: Option<toml::Value>,
    status: Option<u16>,
    expect: Option<toml::Value>,
    expect_each: Option<toml::Value>,
    bulk: Option<Bulk>,
    save: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileRepeat {
    n: Option<u32>,
    #[serde(rename = "for")]
    values: Option<Vec<toml::Value>>,
}

/// More repetitions than this are a mistake, and would hold up everybody's tests.
const MOST_REPETITIONS: usize = 1_000;

/// The same for entries written in bulk.
const MOST_IN_BULK: u32 = 20_000;

impl Scenario {
    /// Reads a file and checks that its id is its name.
    ///
    /// # Errors
    /// The file cannot be read, or does not follow the format; the message says where.
    pub fn read(path: &Path) -> Result<Self, ParseError> {
        let text = std::fs::read_to_string(path).map_err(|error| bad(format!("{}: {error}", path.display())))?;
        let scenario = Self::parse(&text).map_err(|error| bad(format!("{}: {error}", path.display())))?;
        if path.file_stem().is_none_or(|stem| stem != scenario.id.as_str()) {
            let wanted = format!("{}.toml", scenario.id);
            return Err(bad(format!(
                "{}: the file of this id is called {wanted}",
                path.display()
            )));
        }
        Ok(scenario)
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// It does not follow the format; the message says where.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let file: File = toml::from_str(text).map_err(|error| bad(error.to_string()))?;
        let title = |lang: &str| {
            let found = file.title.get(lang).filter(|words| !words.trim().is_empty());
            found.cloned().ok_or_else(|| bad(format!("title: `{lang}` is missing")))
        };
        let (title_zh, title_en) = (title("zh")?, title("en")?);
        let mut steps = Vec::new();
        for (index, step) in file.step.into_iter().enumerate() {
            steps.push(read_step(step, (index + 1).to_string())?);
        }
        if steps.is_empty() {
            return Err(bad("a scenario has at least one [[step]]"));
        }
        Ok(Self {
            id: file.id,
            title_zh,
            title_en,
            meets: file.meets,
            clock: moment(&file.clock).map_err(|error| bad(format!("clock: {error}")))?,
            city: file.city,
            orgs: file.org,
            users: file.user,
            steps,
        })
    }
}

/// A moment written as text or as a TOML date-time.
fn moment(value: &toml::Value) -> Result<String, ParseError> {
    let text = match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Datetime(moment) => moment.to_string(),
        _ => return Err(bad("a moment such as 2022-01-20T08:00:00+08:00 is wanted")),
    };
    let has_variable = text.contains("${");
    if !has_variable && lianfang_kernel::Instant::parse(&text).is_err() {
        return Err(bad(format!("`{text}` is no moment such as 2022-01-20T08:00:00+08:00")));
    }
    Ok(text)
}

fn read_step(step: FileStep, number: String) -> Result<Step, ParseError> {
    let place = format!("step {number} ({})", step.say);
    let within = |error: ParseError| bad(format!("{place}: {error}"));
    let repeat = read_repeat(step.repeat.as_ref()).map_err(within)?;
    let verbs = [
        step.clock.is_some(),
        step.advance.is_some(),
        step.request.is_some(),
        step.steps.is_some(),
    ];
    if verbs.iter().filter(|verb| **verb).count() != 1 {
        return Err(bad(format!(
            "{place}: exactly one of clock, advance, request, steps is wanted"
        )));
    }
    let has_request_keys = step.actor.is_some()
        || step.headers.is_some()
        || step.body.is_some()
        || step.status.is_some()
        || step.expect.is_some()
        || step.expect_each.is_some()
        || step.bulk.is_some()
        || step.save.is_some();
    if step.request.is_none() && has_request_keys {
        return Err(bad(format!(
            "{place}: as, headers, body, bulk, status, expect, expect_each and save belong to a request"
        )));
    }
    let say = step.say.clone();
    let verb = if let Some(clock) = &step.clock {
        Verb::Clock(moment(clock).map_err(within)?)
    } else if let Some(advance) = step.advance {
        Verb::Advance(advance)
    } else if let Some(inner) = step.steps {
        let numbered = inner.into_iter().enumerate();
        let steps: Result<_, _> = numbered
            .map(|(index, step)| read_step(step, format!("{number}.{}", index + 1)))
            .collect();
        Verb::Steps(steps?)
    } else {
        Verb::Request(Box::new(read_request(step).map_err(within)?))
    };
    Ok(Step {
        number,
        say,
        repeat,
        verb,
    })
}

fn read_repeat(repeat: Option<&FileRepeat>) -> Result<Repeat, ParseError> {
    let repeat = match repeat {
        None => return Ok(Repeat::Once),
        Some(FileRepeat {
            n: Some(n),
            values: None,
        }) => Repeat::Times(*n),
        Some(FileRepeat {
            n: None,
            values: Some(values),
        }) => Repeat::For(values.iter().map(json).collect()),
        Some(_) => return Err(bad("repeat takes either n or for")),
    };
    let count = match &repeat {
        Repeat::Once => 1,
        Repeat::Times(n) => *n as usize,
        Repeat::For(values) => values.len(),
    };
    if count == 0 || count > MOST_REPETITIONS {
        return Err(bad(format!("repeat: between 1 and {MOST_REPETITIONS} times")));
    }
    Ok(repeat)
}

fn read_request(step: FileStep) -> Result<Request, ParseError> {
    let line = step.request.unwrap_or_default();
    let (method, path) = line
        .split_once(' ')
        .filter(|(method, path)| {
            ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"].contains(method) && path.starts_with('/')
        })
        .ok_or_else(|| bad(format!("request: `{line}` is not like `POST /api/v1/entries`")))?;
    let (expect, expect_each) = (step.expect.as_ref().map(json), step.expect_each.as_ref().map(json));
    for pattern in expect.iter().chain(&expect_each) {
        matching::check_pattern(pattern).map_err(|error| bad(format!("expect: {error}")))?;
    }
    let body = step.body.as_ref().map(json);
    if let Some(bulk) = &step.bulk {
        let has_entries = body.as_ref().is_some_and(|body| body["entries"].is_array());
        if !has_entries || bulk.n == 0 || bulk.n > MOST_IN_BULK || !(1..=1_000).contains(&bulk.per_call) {
            return Err(bad(format!(
                "bulk: a body with entries, n from 1 to {MOST_IN_BULK}, per_call from 1 to 1000"
            )));
        }
    }
    let save = step.save.unwrap_or_default();
    for (name, pointer) in &save {
        if !pointer.is_empty() && !pointer.starts_with('/') {
            return Err(bad(format!(
                "save: {name} = `{pointer}` is no JSON pointer such as /results/0/id"
            )));
        }
    }
    Ok(Request {
        actor: step.actor.ok_or_else(|| bad("`as` is missing"))?,
        method: method.to_owned(),
        path: path.to_owned(),
        headers: step.headers.unwrap_or_default(),
        body,
        status: step.status.unwrap_or(200),
        expect,
        expect_each,
        bulk: step.bulk,
        save,
    })
}

/// TOML as JSON; a date-time becomes its text.
fn json(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::from(text.as_str()),
        toml::Value::Integer(number) => Value::from(*number),
        toml::Value::Float(number) => Value::from(*number),
        toml::Value::Boolean(truth) => Value::from(*truth),
        toml::Value::Datetime(moment) => Value::from(moment.to_string()),
        toml::Value::Array(items) => items.iter().map(json).collect(),
        toml::Value::Table(table) => table.iter().map(|(key, value)| (key.clone(), json(value))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "id = 'a'\ntitle = { zh = '甲', en = 'A' }\nmeets = ['S77']\nclock = 2022-01-20T08:00:00+08:00\ncity = '3717'\n";

    fn parse(steps: &str) -> Result<Scenario, ParseError> {
        Scenario::parse(&format!("{HEAD}{steps}"))
    }

    #[track_caller]
    fn refused(steps: &str, part: &str) {
        let error = parse(steps).expect_err("the file is wrong").to_string();
        assert!(error.contains(part), "{error}");
    }

    #[test]
    fn a_request_has_defaults_and_keeps_what_is_written() {
        let scenario = parse(
            "[[step]]\nsay = 'why'\nas = 'grid'\nrequest = 'GET /api/v1/tasks?state=open'\nexpect = { items = { '$length' = 0 } }\nsave = { a = '/items' }\n",
        )
        .unwrap();
        let Verb::Request(request) = &scenario.steps[0].verb else {
            panic!("a request")
        };
        assert_eq!((request.method.as_str(), request.status), ("GET", 200));
        assert_eq!(request.path, "/api/v1/tasks?state=open");
        assert_eq!(scenario.clock, "2022-01-20T08:00:00+08:00");
        assert_eq!(scenario.steps[0].number, "1");
    }

    #[test]
    fn a_loop_holds_steps_numbered_within_it() {
        let scenario = parse(
            "[[step]]\nrepeat = { for = ['07:00', '17:00'] }\n[[step.steps]]\nadvance = 'PT12H'\n[[step.steps]]\nas = 'grid'\nrequest = 'GET /api/v1/tasks'\n",
        )
        .unwrap();
        assert_eq!(
            scenario.steps[0].repeat,
            Repeat::For(vec!["07:00".into(), "17:00".into()])
        );
        let Verb::Steps(inner) = &scenario.steps[0].verb else {
            panic!("steps")
        };
        assert_eq!(inner[1].number, "1.2");
    }

    #[test]
    fn mistakes_are_named_with_their_step() {
        refused("[[step]]\nas = 'a'\nrequest = 'GET /x'\nexpects = {}\n", "expects");
        refused("[[step]]\nclock = '2022-01-20'\n", "step 1");
        refused(
            "[[step]]\nclock = '2022-01-20T08:00:00+08:00'\nadvance = 'PT1H'\n",
            "exactly one",
        );
        refused(
            "[[step]]\nclock = '2022-01-20T08:00:00+08:00'\nstatus = 200\n",
            "belong to a request",
        );
        refused("[[step]]\nrequest = 'GET /x'\n", "`as` is missing");
        refused("[[step]]\nas = 'a'\nrequest = 'FETCH /x'\n", "FETCH");
        refused(
            "[[step]]\nas = 'a'\nrequest = 'GET /x'\nexpect = { a = { '$size' = 1 } }\n",
            "$size",
        );
        refused(
            "[[step]]\nas = 'a'\nrequest = 'GET /x'\nsave = { a = 'items' }\n",
            "JSON pointer",
        );
        refused("[[step]]\nrepeat = { n = 0 }\nadvance = 'PT1H'\n", "between 1 and");
        refused(
            "[[step]]\nrepeat = { n = 2, for = ['a'] }\nadvance = 'PT1H'\n",
            "either",
        );
        refused(
            "[[step]]\nas = 'a'\nrequest = 'POST /x'\nbulk = { n = 2 }\n",
            "a body with entries",
        );
        refused("step = []\n", "at least one");
        assert!(Scenario::parse(&format!("{HEAD}[[step]]\nadvance = 'PT1H'\n").replace("zh = '甲', ", "")).is_err());
    }
}
