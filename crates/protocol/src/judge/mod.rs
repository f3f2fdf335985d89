//! Admission of one entry: steps 6 to 8 of the order in which an entry is taken.
//!
//! Defaults and computed values are filled in, decisions made and stored, then everything that may speak against the
//! entry is judged and reported at once: required fields, uniqueness, guards, the release gate. An observation has
//! happened and is never refused for what it says: what would refuse an act flags it.

mod accepts;
mod cites;
mod fill;
mod gate;
mod guards;
mod links;
mod posting;
mod unique;

pub use guards::lets_pass;
pub use links::linked as linked_by;

use crate::facts::{BalancePlace, Fact, Facts, Groups, History};
use crate::look::{LookRows, Reader, balance_place, named_subject};
use crate::plan::{Owner, PlanInput};
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Act, Datum, Entry, Flag, Instant, Nature, Problem, SubjectKind, SubjectView, Words};
use lianfang_policy::model::{Fold, Guard, Look, Register};
use lianfang_policy::record::{NAMED, subject_record};
use lianfang_policy::{Decision, Env, EvalError, Model, Snapshot};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An entry that asks to be admitted.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// Its register.
    pub register: &'a Register,
    /// The entry as it would be written; `received_at` is stamped, the body read into its stored form, sealed values
    /// split off.
    pub entry: &'a Entry,
    /// The subject, where this entry makes it and it has no file yet.
    pub subject: Option<&'a SubjectView>,
    /// Who writes, as conditions see it: `role` (or `roles`), `org`, `login`, `region`, `sector`.
    pub author: Datum,
    /// The row that a correction, withdrawal or end names.
    pub prior: Option<&'a Fact>,
    /// The author read the warnings and stands by it.
    pub confirmed: bool,
    /// Guards that the author overrides, by id, each with the reason. It takes the role that the guard names and the
    /// fields that it needs.
    pub overrides: &'a BTreeMap<String, String>,
    /// Nobody has vouched for who the author is: no refusal may tell them what stands in a file.
    pub stranger: bool,
}

/// What became of a candidate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// The body with defaults, computed values and decisions.
    pub body: Map<String, Value>,
    /// The decisions made, in the order of the fields.
    pub decisions: Vec<Decision>,
    /// Why it is not admitted; empty when it is.
    pub refusals: Vec<Problem>,
    /// What the author must confirm; empty once confirmed. With warnings it is not admitted either.
    pub warnings: Vec<Problem>,
    /// What is noted and kept with the entry.
    pub flags: Vec<Flag>,
    /// Who looks at it.
    pub notify: Vec<Told>,
}

impl Judgement {
    /// Whether it may be written as it is.
    pub fn is_admitted(&self) -> bool {
        self.refusals.is_empty() && self.warnings.is_empty()
    }
}

/// A desk that looks at a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The flag's code: the guard's id.
    pub code: String,
    /// Who.
    pub desk: Owner,
}

/// The guards that watch this register and act.
pub fn guards_on<'m>(model: &'m Model, register: &str, act: Act) -> impl Iterator<Item = &'m Arc<Guard>> {
    model
        .guards
        .values()
        .filter(move |guard| guard.acts.contains(&act) && guard.on.iter().any(|on| on == register))
}

/// The subjects whose histories [`judge`] reads, the entry's own first. A register that answers a plan (a release, an
/// excuse, a receipt) plans its subject as well: what that reads is told by [`needs`](crate::needs) of its history.
pub fn needs_of(candidate: &Candidate<'_>, snapshot: &Snapshot) -> Vec<SubjectId> {
    let entry = candidate.entry;
    let mut named = vec![entry.subject];
    let posting = candidate.register.posting.iter();
    let posted = posting.flat_map(|posting| crate::posting::asked_about(posting, entry));
    let linked = links::asked_about(candidate, snapshot).into_iter().chain(posted);
    let reads_a_file = |look: &Look| look.subject.is_some() && look.fold != Fold::Balance;
    let looked = read_by_looks(candidate, snapshot, reads_a_file, named_subject);
    for id in linked.chain(looked) {
        if !named.contains(&id) {
            named.push(id);
        }
    }
    named
}

/// The balances that [`judge`] reads.
pub fn balances_of(candidate: &Candidate<'_>, snapshot: &Snapshot) -> Vec<BalancePlace> {
    let is_balance = |look: &Look| look.fold == Fold::Balance;
    read_by_looks(candidate, snapshot, is_balance, |look, vars, reader| {
        balance_place(look, vars, reader).ok().flatten()
    })
}

/// What the looks of a register and of its guards name by their keys.
fn read_by_looks<T>(
    candidate: &Candidate<'_>,
    snapshot: &Snapshot,
    concerns: impl Fn(&Look) -> bool,
    name: impl Fn(&Look, &crate::look::Vars<'_>, Reader<'_>) -> Option<T>,
) -> Vec<T> {
    let entry = candidate.entry;
    let guards = guards_on(&snapshot.model, &entry.register, entry.act);
    let guarded = guards.flat_map(|guard| guard.looks.iter());
    let looks: Vec<&Look> = candidate
        .register
        .looks
        .iter()
        .chain(guarded)
        .filter(|look| concerns(look))
        .collect();
    if looks.is_empty() {
        return Vec::new();
    }
    let history = empty_history(candidate);
    let input = PlanInput {
        history: &history,
        others: &crate::facts::Alone,
        snapshot,
        now: entry.received_at,
        horizon: None,
    };
    let groups = history.groups(&snapshot.model);
    let reader = Reader {
        input,
        depth: 0,
        except: None,
        groups: &groups,
    };
    let subject = subject_record(&history.subject);
    let vars = variables(candidate, candidate.register.record(entry), subject);
    looks.into_iter().filter_map(|look| name(look, &vars, reader)).collect()
}

/// Judges one entry. The subject's own history must be among `facts`, unless this entry makes the subject; one that was
/// not fetched refuses the entry.
pub fn judge(candidate: &Candidate<'_>, snapshot: &Snapshot, facts: &dyn Facts, now: Instant) -> Judgement {
    let made = empty_history(candidate);
    let history = match (facts.history(candidate.entry.subject), candidate.subject) {
        (Some(history), _) => history,
        (None, Some(_)) => &made,
        (None, None) => {
            let what = Words::new("没有取到该对象的记录", "The subject's own records were not fetched");
            let hint = Words::new(
                "请重试；如仍出现请报系统管理员",
                "Try again; if it stays, tell the administrator",
            );
            return Judgement {
                body: candidate.entry.body.clone(),
                refusals: vec![Problem::new("not_fetched", what, hint)],
                ..Judgement::default()
            };
        }
    };
    let mut case = Case::new(candidate, snapshot, history, facts, now);
    if matches!(candidate.entry.act, Act::New | Act::Correct) {
        case.accepts();
        case.fill();
        case.posting();
        case.require();
        case.unique();
        case.clock();
    }
    case.whole = Some(case.record());
    case.cites();
    case.guards();
    case.gate();
    case.out
}

/// The file of a subject that nothing was said about yet.
fn empty_history(candidate: &Candidate<'_>) -> History {
    let entry = candidate.entry;
    let subject = candidate.subject.cloned().unwrap_or_else(|| SubjectView {
        id: entry.subject,
        kind: SubjectKind::Matter,
        kind_type: SubjectKind::Matter.id().to_owned(),
        region: entry.region.clone(),
        unit: None,
        since: entry.at,
        until: None,
    });
    History {
        subject,
        aliases: Vec::new(),
        facts: Vec::new(),
        all: Vec::new(),
    }
}

/// One judging.
struct Case<'a> {
    candidate: &'a Candidate<'a>,
    snapshot: &'a Snapshot,
    history: &'a History,
    facts: &'a dyn Facts,
    now: Instant,
    /// The entry with what was filled in so far.
    entry: Entry,
    /// Its record, once nothing is filled in any more.
    whole: Option<Datum>,
    subject: Datum,
    groups: Groups<'a>,
    out: Judgement,
}

impl<'a> Case<'a> {
    fn new(
        candidate: &'a Candidate<'a>,
        snapshot: &'a Snapshot,
        history: &'a History,
        facts: &'a dyn Facts,
        now: Instant,
    ) -> Case<'a> {
        let entry = candidate.entry.clone();
        let subject = subject_record(&history.subject);
        Case {
            candidate,
            snapshot,
            history,
            facts,
            now,
            entry,
            whole: None,
            subject,
            groups: history.groups(&snapshot.model),
            out: Judgement::default(),
        }
        .with_body()
    }

    fn with_body(mut self) -> Case<'a> {
        self.out.body = self.entry.body.clone();
        self
    }

    fn record(&self) -> Datum {
        let made = || self.candidate.register.record(&self.entry);
        self.whole.clone().unwrap_or_else(made)
    }

    fn is_act(&self) -> bool {
        self.candidate.register.schema.nature == Nature::Act
    }

    /// The row in hand: of a correction the row it corrects, which its own looks do not see.
    fn row(&self) -> EntryId {
        match (self.candidate.entry.act, self.candidate.prior) {
            (Act::Correct, Some(prior)) => prior.origin,
            _ => self.candidate.entry.id,
        }
    }

    fn reader(&self) -> Reader<'_> {
        let input = PlanInput {
            history: self.history,
            others: self.facts,
            snapshot: self.snapshot,
            now: self.now,
            horizon: None,
        };
        Reader {
            input,
            depth: 0,
            except: Some(self.row()),
            groups: &self.groups,
        }
    }

    /// The variables, with looks folded. A look that failed is left out and told when an expression reads it.
    fn vars<'l>(&self, looks: &'l [Look]) -> Vars<'l> {
        let mut vars = variables(self.candidate, self.record(), self.subject.clone());
        vars.push(("now", Datum::Int(self.now.0)));
        if let Some(named) = links::views(self.candidate, self.snapshot, self.facts) {
            vars.push((NAMED, named));
        }
        let keys = vars.clone();
        let mut failed = Vec::new();
        for look in looks {
            match LookRows::gather(look, &keys, None, self.reader()).value(None) {
                Ok(value) => vars.push((&look.id, value)),
                Err(error) => failed.push((look.id.as_str(), error)),
            }
        }
        Vars { vars, failed }
    }

    fn env<'e>(&'e self, vars: &'e [(&'e str, Datum)]) -> Env<'e> {
        Env {
            vars,
            snapshot: self.snapshot,
            engine: None,
            region: Some(&self.entry.region),
            at: self.entry.at,
            now: self.now,
        }
    }

    /// Refuses by what stands in the file, which a stranger is not told.
    fn refuse_by_file(&mut self, problem: Problem) {
        if self.candidate.stranger {
            self.out.flags.push(Flag {
                code: problem.code,
                what: problem.what,
            });
        } else {
            self.refuse_or_flag(problem);
        }
    }

    /// Refuses an act, flags an observation.
    fn refuse_or_flag(&mut self, problem: Problem) {
        if self.is_act() {
            self.out.refusals.push(problem);
        } else {
            self.out.flags.push(Flag {
                code: problem.code,
                what: problem.what,
            });
        }
    }

    /// An expression of the register or a guard gave no answer.
    fn failed(&mut self, code: &str, field: Option<&str>, error: EvalError) {
        let hint = Words::new(
            "请核对所填内容是否齐全；如仍出现请报系统管理员",
            "Check that everything is filled in; if it stays, tell the administrator",
        );
        let mut problem = Problem::new(code, error.message, hint);
        problem.field = field.map(str::to_owned);
        self.refuse_or_flag(problem);
    }
}

/// Variables with the looks that could not be read.
struct Vars<'a> {
    vars: Vec<(&'a str, Datum)>,
    failed: Vec<(&'a str, EvalError)>,
}

impl Vars<'_> {
    /// The error of a look that the expression reads.
    fn failure(&self, expr: &lianfang_policy::Expr) -> Option<EvalError> {
        let read = |id: &str| crate::condition::reads(expr, id);
        self.failed
            .iter()
            .find(|(id, _)| read(id))
            .map(|(_, error)| error.clone())
    }
}

fn variables<'a>(candidate: &Candidate<'_>, entry: Datum, subject: Datum) -> Vec<(&'a str, Datum)> {
    let prior = candidate.prior.map_or_else(Datum::empty, |prior| prior.record.clone());
    vec![
        ("entry", entry),
        ("subject", subject),
        ("author", candidate.author.clone()),
        ("prior", prior),
    ]
}
