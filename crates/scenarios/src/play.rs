//! Plays a scenario: makes organisations and accounts, then does its steps.

use crate::actors::Actors;
use crate::answer::Answer;
use crate::client::Client;
use crate::fresh_ids::FreshIds;
use crate::launch::{Launch, LaunchError, Server};
use crate::outcome::{Failure, Outcome, Trouble};
use crate::scenario::{Org, Repeat, Request, Scenario, Step, Verb};
use crate::substitution::{self, Source, Variables};
use crate::test_clock::TestClock;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Plays the scenario in a file.
pub fn run_file(path: &Path, launcher: &dyn Launch) -> Outcome {
    match Scenario::read(path) {
        Ok(scenario) => play(&scenario, launcher),
        Err(error) => Outcome {
            id: path
                .file_stem()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
            meets: Vec::new(),
            steps: 0,
            result: Err(before_the_steps(Trouble::File(error.to_string()))),
        },
    }
}

/// Plays a scenario on a server of its own.
pub fn play(scenario: &Scenario, launcher: &dyn Launch) -> Outcome {
    let mut steps = 0;
    let result = launcher
        .launch(&scenario.city, &scenario.clock)
        .map_err(|error| {
            before_the_steps(match error {
                LaunchError::Refused(text) => Trouble::Refused(text),
                LaunchError::Machine(text) => Trouble::Machine(text),
            })
        })
        .and_then(|server| {
            let played = Player::new(scenario, &server).and_then(|mut player| {
                let played = player.play(scenario);
                steps = player.steps;
                played
            });
            played.map_err(|mut failure| {
                failure.log = server.log();
                failure
            })
        });
    Outcome {
        id: scenario.id.clone(),
        meets: scenario.meets.clone(),
        steps,
        result,
    }
}

fn before_the_steps(trouble: Trouble) -> Failure {
    Failure {
        step: None,
        request: None,
        trouble,
        log: String::new(),
    }
}

/// The state of a scenario under way.
struct Player {
    client: Client,
    actors: Actors,
    clock: TestClock,
    ids: FreshIds,
    variables: Variables,
    /// The language that answers are asked for in, unless words of the other one are expected.
    lang: Option<&'static str>,
    steps: usize,
}

/// Names that are not kept but computed: the present, and identifiers made at their first use.
impl Source for Player {
    fn value(&mut self, name: &str) -> Result<Value, String> {
        if let Some(value) = self.variables.get(name) {
            return Ok(value.clone());
        }
        match name {
            "now" => Ok(self.clock.text().into()),
            "today" => Ok(self.clock.day().into()),
            _ if name.starts_with("id.") => {
                let fresh = Value::from(self.ids.fresh(self.clock.instant()).to_string());
                self.variables.set(name, fresh.clone());
                Ok(fresh)
            }
            _ => Err(format!("${{{name}}} is not known here")),
        }
    }
}

impl Player {
    fn new(scenario: &Scenario, server: &Server) -> Result<Self, Failure> {
        let clock = TestClock::at(&scenario.clock).map_err(|error| before_the_steps(Trouble::File(error)))?;
        Ok(Self {
            client: Client::new(&server.url),
            actors: Actors::with_logins(&server.logins),
            clock,
            ids: FreshIds::seeded(&scenario.id),
            variables: Variables::default(),
            lang: server.lang,
            steps: 0,
        })
    }

    fn play(&mut self, scenario: &Scenario) -> Result<(), Failure> {
        let set_up = |error| before_the_steps(Trouble::SetUp(error));
        self.make_orgs(&scenario.orgs).map_err(set_up)?;
        self.make_users(scenario).map_err(set_up)?;
        scenario.steps.iter().try_for_each(|step| self.repeat(step))
    }

    /// Organisations above come first; those that need nobody else go in one call.
    fn make_orgs(&mut self, orgs: &[Org]) -> Result<(), String> {
        let mut waiting: Vec<&Org> = orgs.iter().collect();
        while !waiting.is_empty() {
            let known = |org: &&Org| match &org.parent {
                Some(parent) => self.variables.get(&format!("org.{parent}")).is_some(),
                None => true,
            };
            let (ready, rest): (Vec<&Org>, Vec<&Org>) = waiting.into_iter().partition(known);
            if ready.is_empty() {
                let names: Vec<&str> = rest.iter().map(|org| org.id.as_str()).collect();
                return Err(format!("no organisation above {} is in the file", names.join(", ")));
            }
            let body = json!({ "orgs": ready.iter().map(|org| self.org_body(org)).collect::<Vec<_>>() });
            let answer = self.as_admin("/api/v1/orgs", &body)?;
            for (index, org) in ready.iter().enumerate() {
                let id = answer.body.pointer(&format!("/ids/{index}"));
                let id = id.ok_or_else(|| format!("no id for {}: {}", org.id, answer.text()))?;
                self.variables.set(format!("org.{}", org.id), id.clone());
            }
            waiting = rest;
        }
        Ok(())
    }

    fn org_body(&self, org: &Org) -> Value {
        let functions = org
            .functions
            .iter()
            .map(|held| json!({ "function": held.function, "region": held.region }));
        let mut body = json!({
            "type": org.kind,
            "name": org.name,
            "region": org.region,
            "functions": functions.collect::<Vec<_>>(),
        });
        if let Some(sector) = &org.sector {
            body["sector"] = sector.as_str().into();
        }
        let parent = org
            .parent
            .as_ref()
            .and_then(|parent| self.variables.get(&format!("org.{parent}")));
        if let Some(parent) = parent {
            body["parent"] = parent.clone();
        }
        body
    }

    fn make_users(&mut self, scenario: &Scenario) -> Result<(), String> {
        if scenario.users.is_empty() {
            return Ok(());
        }
        let mut users = Vec::new();
        for user in &scenario.users {
            let org = self.variables.get(&format!("org.{}", user.org));
            let org = org.ok_or_else(|| format!("{}: there is no [[org]] `{}`", user.login, user.org))?;
            // A built-in account may have the same name; the scenario's own is then known by another one.
            let is_taken = matches!(self.actors.authorization(&user.login), Ok(Some(_)));
            let name = if is_taken {
                format!("{}-of-scenario", user.login)
            } else {
                user.login.clone()
            };
            let password = format!("Scenario {} 2022!", user.login);
            users.push(json!({ "name": name, "password": password, "role": user.role, "org": org }));
            self.variables.set(format!("user.{}.login", user.login), name);
            self.variables.set(format!("user.{}.password", user.login), password);
        }
        let answer = self.as_admin("/api/v1/users", &json!({ "users": users }))?;
        for (index, user) in scenario.users.iter().enumerate() {
            let made = answer.body.pointer(&format!("/users/{index}"));
            let token = made.and_then(|made| made.get("token")).and_then(Value::as_str);
            let token = token.ok_or_else(|| format!("no token for {}: {}", user.login, answer.text()))?;
            self.actors.add(&user.login, token);
            if let Some(id) = made.and_then(|made| made.get("id")) {
                self.variables.set(format!("user.{}", user.login), id.clone());
            }
        }
        Ok(())
    }

    /// A call of the built-in account that must succeed.
    fn as_admin(&self, path: &str, body: &Value) -> Result<Answer, String> {
        let answer = self.send("admin", "POST", path, &BTreeMap::new(), Some(body))?;
        if !(200..300).contains(&answer.status) {
            return Err(format!("POST {path}: {} {}", answer.status, answer.text()));
        }
        Ok(answer)
    }

    fn send(
        &self,
        actor: &str,
        method: &str,
        path: &str,
        headers: &BTreeMap<String, String>,
        body: Option<&Value>,
    ) -> Result<Answer, String> {
        let mut headers = headers.clone();
        if let Some(authorization) = self.actors.authorization(actor)? {
            headers.insert("authorization".to_owned(), authorization);
        }
        self.client.send(method, path, &headers, body)
    }

    fn repeat(&mut self, step: &Step) -> Result<(), Failure> {
        let each: Vec<Option<Value>> = match &step.repeat {
            Repeat::Once => return self.step(step),
            Repeat::Times(n) => vec![None; *n as usize],
            Repeat::For(values) => values.iter().cloned().map(Some).collect(),
        };
        for (index, value) in each.into_iter().enumerate() {
            self.variables.set("index", index);
            if let Some(value) = value {
                let value = substitution::value(&value, self).map_err(|error| failed(step, None, error))?;
                self.variables.set("each", value);
            }
            self.step(step)?;
        }
        Ok(())
    }

    fn step(&mut self, step: &Step) -> Result<(), Failure> {
        self.steps += 1;
        match &step.verb {
            Verb::Clock(moment) => {
                let moment = substitution::text(moment, self).map_err(|error| failed(step, None, error))?;
                self.clock = TestClock::at(&moment).map_err(|error| failed(step, None, error))?;
                self.tell_clock(step)
            }
            Verb::Advance(duration) => {
                let duration = substitution::text(duration, self).map_err(|error| failed(step, None, error))?;
                self.clock
                    .advance(&duration)
                    .map_err(|error| failed(step, None, error))?;
                self.tell_clock(step)
            }
            Verb::Request(request) => self.request(step, request),
            Verb::Steps(steps) => steps.iter().try_for_each(|step| self.repeat(step)),
        }
    }

    /// The server has run its tick when this returns.
    fn tell_clock(&self, step: &Step) -> Result<(), Failure> {
        let body = json!({ "now": self.clock.text() });
        let answer = self.as_admin("/api/v1/test/clock", &body);
        answer
            .map(drop)
            .map_err(|error| failed(step, Some(format!("clock {}", self.clock.text())), error))
    }

    fn request(&mut self, step: &Step, request: &Request) -> Result<(), Failure> {
        let line = format!("as {}: {} {}", request.actor, request.method, request.path);
        let calls = self
            .bodies(request)
            .map_err(|error| failed(step, Some(line.clone()), error))?;
        for body in calls {
            let prepared = self
                .prepare(request, body)
                .map_err(|error| failed(step, Some(line.clone()), error))?;
            self.call(step, request, &prepared)?;
        }
        Ok(())
    }

    /// The body of each call: one, or as many as `bulk` asks for.
    fn bodies(&mut self, request: &Request) -> Result<Vec<Option<Value>>, String> {
        let (Some(bulk), Some(template)) = (&request.bulk, &request.body) else {
            return match &request.body {
                Some(body) => Ok(vec![Some(substitution::value(body, self)?)]),
                None => Ok(vec![None]),
            };
        };
        let numbers: Vec<u32> = (bulk.from..bulk.from.saturating_add(bulk.n)).collect();
        let mut calls = Vec::new();
        for numbers in numbers.chunks(bulk.per_call as usize) {
            let mut entries = Vec::new();
            for number in numbers {
                self.variables.set("i", format!("{number:0width$}", width = bulk.width));
                for entry in template["entries"].as_array().into_iter().flatten() {
                    entries.push(substitution::value(entry, self)?);
                }
            }
            calls.push(Some(json!({ "entries": entries })));
        }
        Ok(calls)
    }

    fn prepare(&mut self, request: &Request, mut body: Option<Value>) -> Result<Prepared, String> {
        let path = substitution::text(&request.path, self)?;
        let mut headers = BTreeMap::new();
        for (name, value) in &request.headers {
            headers.insert(name.to_lowercase(), substitution::text(value, self)?);
        }
        if let Some(body) = body
            .as_mut()
            .filter(|_| path.split('?').next() == Some("/api/v1/entries"))
        {
            self.ids.fill(body, self.clock.instant());
        }
        let mut expect = Vec::new();
        if let Some(pattern) = &request.expect {
            expect.push(substitution::value(pattern, self)?);
        }
        if let Some(pattern) = &request.expect_each {
            expect.push(json!({ "results": { "$each": substitution::value(pattern, self)? } }));
        }
        if let Some(lang) = self.lang
            && expect.iter().all(|pattern| pattern.to_string().is_ascii())
        {
            headers
                .entry("accept-language".to_owned())
                .or_insert_with(|| lang.to_owned());
        }
        Ok(Prepared {
            path,
            headers,
            body,
            expect,
        })
    }

    fn call(&mut self, step: &Step, request: &Request, prepared: &Prepared) -> Result<(), Failure> {
        let line = format!("as {}: {} {}", request.actor, request.method, prepared.path);
        let (path, headers) = (&prepared.path, &prepared.headers);
        let sent = self.send(&request.actor, &request.method, path, headers, prepared.body.as_ref());
        let answer = sent.map_err(|error| failed(step, Some(line.clone()), error))?;
        self.actors.learn(&request.actor, &answer);
        let differences = answer.differences(request.status, &prepared.expect);
        if !differences.is_empty() {
            let trouble = Trouble::Answer {
                status: answer.status,
                differences,
                body: answer.text(),
            };
            return Err(troubled(step, Some(line), trouble));
        }
        self.save(request, &answer)
            .map_err(|error| failed(step, Some(line), error))
    }

    fn save(&mut self, request: &Request, answer: &Answer) -> Result<(), String> {
        for (name, pointer) in &request.save {
            let value = answer.body.pointer(pointer);
            let value = value.ok_or_else(|| format!("save: {pointer} is not in the answer: {}", answer.text()))?;
            self.variables.set(name.as_str(), value.clone());
        }
        Ok(())
    }
}

/// A request with every name replaced.
struct Prepared {
    path: String,
    headers: BTreeMap<String, String>,
    body: Option<Value>,
    expect: Vec<Value>,
}

fn failed(step: &Step, request: Option<String>, error: String) -> Failure {
    troubled(step, request, Trouble::Step(error))
}

fn troubled(step: &Step, request: Option<String>, trouble: Trouble) -> Failure {
    Failure {
        step: Some((step.number.clone(), step.say.clone())),
        request,
        trouble,
        log: String::new(),
    }
}
