//! The rush of the morning: three quarters ask for passes and keys, a fifth are checks at gates, one in twenty declares;
//! then a storm of people who reload. Measured over HTTP against a server of its own, beside the emptiest answer that the
//! same server gives in the same run. Client and server share the machine.
//!
//! Waits are counted from the moment at which a request was due, so that a server that falls behind cannot hide it.

use super::BenchArgs;
use super::declare::Folder;
use super::start::Server;
use super::times::{ms, quantiles};
use crate::failure::{Failure, Outcome};
use lianfang_kernel::Words;
use lianfang_kernel::ids::derived;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant as Stopwatch};
use ureq::Agent;

/// Requests a second: a county of 0.8 million at 2.2 for each thousand.
const RATE: usize = 1_770;
/// Longest that the floor, the fastest mix and the storm are measured: `--seconds` is for how long the rush must be held.
const BESIDE: Duration = Duration::from_secs(30);
/// How much harder the storm is than the rush.
const STORM: usize = 10;
/// Connections that the rush comes on, and further ones of the storm.
const CLIENTS: usize = 48;
const RELOADERS: usize = 600;
/// They do little: a small stack each.
const STACK_BYTES: usize = 256 * 1024;
/// Accounts at the gates: no one of them is asked for more than an account may send, 200 calls a second.
const GATE_ACCOUNTS: usize = 16;
/// Passes that are there when the rush begins.
const PASSES: usize = 200;
const PATIENCE: Duration = Duration::from_secs(10);

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Pass,
    Keys,
    Revocations,
    Check,
    Declare,
}

/// The mix, by number: of twenty requests nine ask for a pass, three each for keys and revocations, four are checks and
/// one declares.
fn kind_of(n: usize) -> Kind {
    match n % 20 {
        0 => Kind::Declare,
        1 | 6 | 11 | 16 => Kind::Check,
        2 | 9 | 14 => Kind::Keys,
        4 | 12 | 18 => Kind::Revocations,
        _ => Kind::Pass,
    }
}

/// What came of requests of one stretch.
#[derive(Default)]
struct Tally {
    waits: Vec<Duration>,
    checks: usize,
    declarations: usize,
    shed: usize,
    failed: usize,
}

impl Tally {
    fn join(&mut self, other: Tally) {
        self.waits.extend(other.waits);
        self.checks += other.checks;
        self.declarations += other.declarations;
        self.shed += other.shed;
        self.failed += other.failed;
    }

    fn p99_ms(&mut self) -> f64 {
        ms(quantiles(&mut self.waits).1)
    }
}

/// Measures the emptiest answer, the rush, and the storm, and counts afterwards whether every write that was taken is there.
///
/// # Errors
/// The server does not start; the city of the benchmark cannot be set up.
pub fn run(args: &BenchArgs) -> Outcome<Value> {
    let folder = Folder::new()?;
    let proxy = ["--trusted-proxy", "127.0.0.1/32"];
    let server = Server::start(&folder.0, "surge.db", &proxy)?;
    let rush = Rush::prepare(&server)?;
    let time = Duration::from_secs(args.seconds);
    let beside = time.min(BESIDE);
    let empty = rush.empty(beside);
    let mut flat_out = rush.flat_out(beside);
    let mix = (flat_out.waits.len() - flat_out.shed - flat_out.failed) as f64 / beside.as_secs_f64();
    let mut morning = rush.at_rate(RATE, time);
    let morning_p99 = morning.p99_ms();
    let morning_rate = morning.waits.len() as f64 / time.as_secs_f64();
    let is_over = AtomicBool::new(false);
    let (mut storm, reloads, turned_away) = std::thread::scope(|scope| {
        let (rush, is_over) = (&rush, &is_over);
        let reloading: Vec<_> = (0..RELOADERS)
            .filter_map(|n| {
                let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
                thread.spawn_scoped(scope, move || rush.reload(n, is_over)).ok()
            })
            .collect();
        let storm = rush.at_rate(RATE, beside);
        is_over.store(true, Ordering::Relaxed);
        let counts = reloading.into_iter().filter_map(|thread| thread.join().ok());
        let (served, shed) = counts.fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
        (storm, served, shed)
    });
    let storm_p99 = storm.p99_ms();
    let (checks, declarations) = (
        flat_out.checks + morning.checks + storm.checks,
        PASSES + flat_out.declarations + morning.declarations + storm.declarations,
    );
    let (held_checks, held_declarations) = rush.held()?;
    Ok(json!({
        "bench": "pass-surge", "seconds": args.seconds, "asked_per_s": RATE,
        "empty_per_s": empty.round(), "mix_per_s": mix.round(), "ratio": (mix / empty * 1_000.0).round() / 1_000.0,
        "mix_p99_ms": flat_out.p99_ms().round(), "rush_per_s": morning_rate.round(), "rush_p99_ms": morning_p99.round(),
        "rush_shed": morning.shed, "rush_failed": morning.failed,
        "storm_asked_times": STORM, "storm_reloads_per_s": ((reloads + turned_away) as f64 / beside.as_secs_f64()).round(),
        "storm_shed": turned_away + storm.shed, "storm_p99_ms": storm_p99.round(), "storm_failed": storm.failed,
        "checks_taken": checks, "checks_held": held_checks,
        "declarations_taken": declarations, "declarations_held": held_declarations,
        "lost": (checks + declarations).saturating_sub(held_checks + held_declarations),
    }))
}

/// A city with a gate and people who hold passes.
struct Rush {
    url: String,
    /// Of the accounts at the gates, in turn: one account sends no more than a gate does.
    gate_tokens: Vec<String>,
    /// Of every account: figures are not for everybody.
    tokens: Vec<String>,
    gate: String,
    passes: Vec<(String, String)>,
    next: AtomicUsize,
}

fn agent() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_idle_connections_per_host(1)
        .timeout_global(Some(PATIENCE))
        .build();
    Agent::new_with_config(config)
}

fn not_prepared(what: &str) -> Failure {
    Failure::new(
        Words::new(
            format!("性能测试的城市无法建立：{what}"),
            format!("the city of the benchmark cannot be set up: {what}"),
        ),
        Words::new("请先运行 lianfang pack check", "run lianfang pack check first"),
    )
}

impl Rush {
    fn prepare(server: &Server) -> Outcome<Rush> {
        let logins = server.ready["logins"].as_array().cloned().unwrap_or_default();
        let lead = logins.iter().find(|login| login["role"] == "checkpoint-lead");
        let lead = lead.ok_or_else(|| not_prepared("checkpoint-lead"))?;
        let mut rush = Rush {
            url: server.ready["url"].as_str().unwrap_or_default().to_owned(),
            gate_tokens: lead["token"].as_str().map(str::to_owned).into_iter().collect(),
            tokens: logins
                .iter()
                .filter_map(|login| login["token"].as_str().map(str::to_owned))
                .collect(),
            gate: String::new(),
            passes: Vec::new(),
            next: AtomicUsize::new(0),
        };
        let file = json!({ "entries": [{
            "id": "019a0000-0000-7000-8000-000000000001", "register": "checkpoint_file", "region": "6205",
            "subject": { "type": "checkpoint", "identifiers": { "code": "B-1" }, "name": "性能测试卡点" },
            "body": { "kind": "road", "manned_by": lead["org"], "staff": 6 },
        }] });
        let agent = agent();
        let token = rush.gate_tokens.first().cloned();
        let answer = rush.post(&agent, "/api/v1/entries", &file, token.as_deref()).1;
        let gate = answer["results"][0]["subject"].as_str();
        rush.gate = gate.ok_or_else(|| not_prepared(&answer.to_string()))?.to_owned();
        let more = (1..GATE_ACCOUNTS)
            .map(|n| json!({ "name": format!("gate-{n}"), "role": "checkpoint-lead", "org": lead["org"] }));
        let admin = logins.iter().find(|login| login["role"] == "admin");
        let admin = admin.and_then(|login| login["token"].as_str()).unwrap_or_default();
        let users = json!({ "users": more.collect::<Vec<_>>() });
        let made = rush.post(&agent, "/api/v1/users", &users, Some(admin)).1;
        let tokens = made["users"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|user| user["token"].as_str());
        rush.gate_tokens.extend(tokens.map(str::to_owned));
        if rush.gate_tokens.len() < GATE_ACCOUNTS {
            return Err(not_prepared(&made.to_string()));
        }
        for _ in 0..PASSES {
            let (status, answer) = rush.declare(&agent, rush.next.fetch_add(1, Ordering::Relaxed));
            let (Some(id), Some(text)) = (answer["pass_id"].as_str(), answer["pass"].as_str()) else {
                return Err(not_prepared(&format!("{status} {answer}")));
            };
            rush.passes.push((id.to_owned(), text.to_owned()));
        }
        Ok(rush)
    }

    /// Everybody has an address of their own, as behind the proxy of a city.
    fn address(n: usize) -> String {
        format!("10.{}.{}.{}", n >> 16 & 255, n >> 8 & 255, n & 255)
    }

    fn get(&self, agent: &Agent, path: &str, n: usize) -> u16 {
        let asked = agent
            .get(format!("{}{path}", self.url))
            .header("x-forwarded-for", Rush::address(n));
        match asked.call() {
            Ok(mut answer) => {
                // Read to the end: else the connection cannot be used again.
                let whole = answer.body_mut().read_to_vec();
                whole.map_or(0, |_| answer.status().as_u16())
            }
            Err(_) => 0,
        }
    }

    fn post(&self, agent: &Agent, path: &str, body: &Value, token: Option<&str>) -> (u16, Value) {
        let n = self.next.load(Ordering::Relaxed);
        let mut asked = agent
            .post(format!("{}{path}", self.url))
            .header("x-forwarded-for", Rush::address(n));
        if let Some(token) = token {
            asked = asked.header("authorization", format!("Bearer {token}"));
        }
        match asked.send_json(body) {
            Ok(mut answer) => {
                let status = answer.status().as_u16();
                (status, answer.body_mut().read_json().unwrap_or_default())
            }
            Err(_) => (0, Value::Null),
        }
    }

    fn declare(&self, agent: &Agent, n: usize) -> (u16, Value) {
        let body = json!({
            "register": "one_code", "origin": "样例县",
            "person": { "name": "样例", "id_doc": format!("E{n:08}"), "phone": "13800000000" },
        });
        self.post(agent, "/api/v1/declarations", &body, None)
    }

    fn check(&self, agent: &Agent, n: usize) -> (u16, Value) {
        let (_, text) = &self.passes[n % self.passes.len()];
        let check = json!({
            "id": derived(&format!("surge\u{1f}{n}")), "checkpoint": self.gate, "pass": text, "verdict": "ok", "document": "match",
            "celsius": 36.5, "decision": "admit", "way": "scan",
        });
        let token = &self.gate_tokens[n / 5 % self.gate_tokens.len()];
        self.post(agent, "/api/v1/checks", &json!({ "checks": [check] }), Some(token))
    }

    /// One request; whether it was taken, shed or failed goes into the tally.
    fn one(&self, agent: &Agent, n: usize, tally: &mut Tally) {
        let status = match kind_of(n) {
            Kind::Pass => self.get(agent, &format!("/pass/{}", self.passes[n % self.passes.len()].0), n),
            Kind::Keys => self.get(agent, "/api/v1/pass-keys", n),
            Kind::Revocations => self.get(agent, "/api/v1/revocations", n),
            Kind::Check => {
                let (status, answer) = self.check(agent, n);
                let is_in = matches!(answer["results"][0]["status"].as_str(), Some("accepted" | "flagged"));
                tally.checks += usize::from(status == 200 && is_in);
                status
            }
            Kind::Declare => {
                let (status, _) = self.declare(agent, n);
                tally.declarations += usize::from(status == 200);
                status
            }
        };
        match status {
            200..=399 => {}
            429 | 503 => tally.shed += 1,
            _ => tally.failed += 1,
        }
    }

    /// Requests at a rate, each on its moment whether the one before was answered or not.
    fn at_rate(&self, rate: usize, time: Duration) -> Tally {
        let (begin, taken) = (Stopwatch::now(), AtomicUsize::new(0));
        let first = self.next.fetch_add(rate * time.as_secs() as usize, Ordering::Relaxed);
        let work = || {
            let (agent, mut tally) = (agent(), Tally::default());
            loop {
                let n = taken.fetch_add(1, Ordering::Relaxed);
                let due = Duration::from_secs_f64(n as f64 / rate as f64);
                if due >= time || begin.elapsed() > time + PATIENCE {
                    return tally;
                }
                std::thread::sleep(due.saturating_sub(begin.elapsed()));
                self.one(&agent, first + n, &mut tally);
                tally.waits.push(begin.elapsed().saturating_sub(due));
            }
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(work)).collect();
            threads.into_iter().fold(Tally::default(), |mut all, thread| {
                all.join(thread.join().unwrap_or_default());
                all
            })
        })
    }

    /// The mix as fast as it is answered.
    fn flat_out(&self, time: Duration) -> Tally {
        let begin = Stopwatch::now();
        let work = || {
            let (agent, mut tally) = (agent(), Tally::default());
            while begin.elapsed() < time {
                let asked = Stopwatch::now();
                self.one(&agent, self.next.fetch_add(1, Ordering::Relaxed), &mut tally);
                tally.waits.push(asked.elapsed());
            }
            tally
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(work)).collect();
            threads.into_iter().fold(Tally::default(), |mut all, thread| {
                all.join(thread.join().unwrap_or_default());
                all
            })
        })
    }

    /// The emptiest answer as fast as it comes.
    fn empty(&self, time: Duration) -> f64 {
        let (begin, count) = (Stopwatch::now(), AtomicUsize::new(0));
        let work = || {
            let agent = agent();
            while begin.elapsed() < time {
                if self.get(&agent, "/healthz", 0) == 200 {
                    count.fetch_add(1, Ordering::Relaxed);
                }
            }
        };
        std::thread::scope(|scope| (0..CLIENTS).for_each(|_| drop(scope.spawn(work))));
        count.load(Ordering::Relaxed) as f64 / time.as_secs_f64()
    }

    /// Somebody who reloads the pass without end, as one of those who together ask ten times as much; gives how often it
    /// was served, and how often turned away.
    fn reload(&self, n: usize, is_over: &AtomicBool) -> (usize, usize) {
        let (agent, begin) = (agent(), Stopwatch::now());
        let each = (RATE * (STORM - 1)) as f64 / RELOADERS as f64;
        let (mut served, mut shed, mut asked) = (0, 0, 0_u32);
        // Who cannot be reached at all is neither served nor told when to come back.
        while !is_over.load(Ordering::Relaxed) {
            let due = Duration::from_secs_f64(f64::from(asked) / each);
            asked += 1;
            std::thread::sleep(due.saturating_sub(begin.elapsed()));
            match self.get(&agent, &format!("/pass/{}", self.passes[n % self.passes.len()].0), n) {
                200 => served += 1,
                429 | 503 => shed += 1,
                _ => {}
            }
        }
        (served, shed)
    }

    /// Checks and declarations that the server holds, as the accounts see them that see the most.
    fn held(&self) -> Outcome<(usize, usize)> {
        let agent = agent();
        let seen = |id: &str, token: &String| {
            let asked = agent.get(format!("{}/api/v1/indicators/{id}", self.url));
            let answer = asked.header("authorization", format!("Bearer {token}")).call();
            let told: Value = answer.ok()?.body_mut().read_json().ok()?;
            usize::try_from(told["value"].as_u64()?).ok()
        };
        let figure = |id: &str| {
            let most = self.tokens.iter().filter_map(|token| seen(id, token)).max();
            most.ok_or_else(|| not_prepared(id))
        };
        Ok((figure("checkpoint-checks")?, figure("one-code-people")?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mix_is_the_one_that_budgets_are_written_for() {
        let count = |wanted: &[Kind]| (0..100).filter(|n| wanted.contains(&kind_of(*n))).count();
        assert_eq!(count(&[Kind::Pass, Kind::Keys, Kind::Revocations]), 75);
        assert_eq!((count(&[Kind::Check]), count(&[Kind::Declare])), (20, 5));
    }
}
