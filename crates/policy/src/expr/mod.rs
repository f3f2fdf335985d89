//! Conditions: parsed as CEL, typed and lowered when packs are loaded, evaluated without types at run time.
//!
//! An [`Expr`] comes out of the loader. It cannot raise a type error, and its cost is bounded before it runs and metered
//! while it runs. What can go wrong is data that is missing, arithmetic that overflows, a list over its bound: that is
//! an [`EvalError`] with the place of the expression, never a silent answer.

pub(crate) mod check;
pub(crate) mod complaint;
mod eval;
#[cfg(test)]
mod fuzz;
pub(crate) mod limits;
pub(crate) mod node;
pub(crate) mod parse;
pub(crate) mod scope;
pub(crate) mod ty;
pub(crate) mod world;

use crate::snapshot::Snapshot;
pub(crate) use eval::Span;
use lianfang_kernel::{Datum, Instant, RegionId, Words};
use node::{Ask, DeskKind, Node, Order};
use std::fmt;
use std::sync::Arc;

/// A checked condition.
#[derive(Clone)]
pub struct Expr {
    inner: Arc<Inner>,
}

/// What an [`Expr`] shares.
struct Inner {
    source: String,
    place: Place,
    node: Node,
    reads: Reads,
}

/// Where an expression was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The file's path as the loader was given it.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// What an expression reads besides its literals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reads {
    pub(crate) variables: Vec<Arc<str>>,
    pub(crate) snapshot: bool,
    pub(crate) engine: bool,
}

/// What an expression is evaluated against.
pub struct Env<'a> {
    /// Variables by name, looked up from the end: the last of a name wins.
    pub vars: &'a [(&'a str, Datum)],
    /// The immutable state.
    pub snapshot: &'a Snapshot,
    /// The plan in hand, for conditions that ask whether tasks are done.
    pub engine: Option<&'a dyn Engine>,
    /// The place asked about by `setting()`, `calendar()` and rules without a region input; the city when none.
    pub region: Option<&'a RegionId>,
    /// The moment asked about: the event's time. Intervals and settings are those of this moment.
    pub at: Instant,
    /// The present, for plans.
    pub now: Instant,
}

impl fmt::Debug for Env<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.vars.iter().map(|(name, _)| *name).collect();
        f.debug_struct("Env")
            .field("vars", &names)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

/// What a plan tells about the tasks of the enrolment in hand.
pub trait Engine {
    /// Whether an occurrence of the task is discharged (a task that occurs once: whether it is done).
    fn done(&self, task: &str) -> bool;
    /// Whether every planned occurrence is discharged or excused.
    fn all_done(&self, task: &str) -> bool;
    /// Whether an occurrence was missed.
    fn missed(&self, task: &str) -> bool;
    /// How many attempts there were.
    fn attempts(&self, task: &str) -> i64;
    /// How many occurrences are open.
    fn open(&self, task: &str) -> i64;
    /// When the task was last discharged.
    fn time_of(&self, task: &str) -> Option<Instant>;
}

/// Why a condition gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", message.en)]
pub struct EvalError {
    /// Stable name: `value_missing`, `value_malformed`, `overflow`, `division_by_zero`, `too_many`, `too_costly`,
    /// `unknown`, `no_engine`.
    pub code: &'static str,
    /// What happened, with the place of the expression.
    pub message: Words,
}

impl Expr {
    pub(crate) fn new(source: &str, place: Place, node: Node) -> Expr {
        let mut reads = Reads::default();
        node.collect_reads(&mut reads);
        Expr {
            inner: Arc::new(Inner {
                source: source.to_owned(),
                place,
                node,
                reads,
            }),
        }
    }

    /// The text as written.
    pub fn source(&self) -> &str {
        &self.inner.source
    }

    /// Where it was written.
    pub fn place(&self) -> &Place {
        &self.inner.place
    }

    /// Its value; [`Datum::Null`] when the whole expression is a value that is missing.
    ///
    /// # Errors
    /// See [`EvalError`].
    pub fn eval(&self, env: &Env<'_>) -> Result<Datum, EvalError> {
        eval::run(&self.inner.node, env, Span::moment(env.at)).map_err(|fault| fault.at(self))
    }

    /// Its truth.
    ///
    /// # Errors
    /// See [`EvalError`]; a missing value is no truth and is `value_missing`.
    pub fn eval_bool(&self, env: &Env<'_>) -> Result<bool, EvalError> {
        eval::run_bool(&self.inner.node, env, Span::moment(env.at)).map_err(|fault| fault.at(self))
    }

    pub(crate) fn value_within(&self, env: &Env<'_>, span: Span) -> Result<Datum, EvalError> {
        eval::run(&self.inner.node, env, span).map_err(|fault| fault.at(self))
    }

    pub(crate) fn truth_within(&self, env: &Env<'_>, span: Span) -> Result<bool, EvalError> {
        eval::run_bool(&self.inner.node, env, span).map_err(|fault| fault.at(self))
    }

    /// Whether it asks about tasks of the plan in hand.
    pub fn reads_engine(&self) -> bool {
        self.inner.reads.engine
    }

    /// Whether it reads the snapshot.
    pub fn reads_snapshot(&self) -> bool {
        self.inner.reads.snapshot
    }

    /// Whether its value changes by time alone: it reads `now`, `days` or `day`.
    pub fn reads_now(&self) -> bool {
        self.variables().any(|name| matches!(name, "now" | "days" | "day"))
    }

    /// The variables it reads: `entry`, `subject`, looks by name.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.inner.reads.variables.iter().map(AsRef::as_ref)
    }

    /// The fields that it reads of a variable.
    pub(crate) fn fields_of(&self, variable: &str) -> Vec<Arc<str>> {
        let mut found = Vec::new();
        self.inner.node.walk(&mut |node| {
            if let Node::Field(of, name) = node
                && matches!(&**of, Node::Var(known) if **known == *variable)
            {
                found.push(name.clone());
            }
        });
        found
    }

    /// The tasks about which it asks `ask`.
    pub(crate) fn asked(&self, ask: Ask) -> Vec<Arc<str>> {
        let mut found = Vec::new();
        self.inner.node.walk(&mut |node| {
            if let Node::Engine(known, task) = node
                && *known == ask
            {
                found.push(task.clone());
            }
        });
        found
    }

    /// What it asks of the plan, when it asks nothing else.
    pub(crate) fn only_ask(&self) -> Option<(Ask, &str)> {
        match &self.inner.node {
            Node::Engine(ask, task) => Some((*ask, task)),
            _ => None,
        }
    }

    /// The least number of days that it asks for, when it is `days >= n` or `days > n`.
    pub(crate) fn least_days(&self) -> Option<i64> {
        match self.days_bound()? {
            (Order::GreaterOrEqual, n) => Some(n),
            (Order::Greater, n) => n.checked_add(1),
            _ => None,
        }
    }

    /// The greatest number of days that it allows, when it is `days <= n` or `days < n`.
    pub(crate) fn most_days(&self) -> Option<i64> {
        match self.days_bound()? {
            (Order::LessOrEqual, n) => Some(n),
            (Order::Less, n) => n.checked_sub(1),
            _ => None,
        }
    }

    fn days_bound(&self) -> Option<(Order, i64)> {
        let Node::Order(order, left, right) = &self.inner.node else {
            return None;
        };
        match (&**left, &**right) {
            (Node::Var(name), Node::Const(Datum::Int(n))) if &**name == "days" => Some((*order, *n)),
            _ => None,
        }
    }

    /// Whether it is the territory's desk.
    pub(crate) fn is_territory(&self) -> bool {
        matches!(self.inner.node, Node::Desk(DeskKind::Territory, _))
    }

    /// Whether it is the subject itself.
    pub(crate) fn is_own(&self) -> bool {
        matches!(self.inner.node, Node::Desk(DeskKind::Own, _))
    }

    /// Whether it is the bare constant `true`.
    pub fn is_always(&self) -> bool {
        matches!(self.inner.node, Node::Const(Datum::Bool(true)))
    }
}

impl fmt::Debug for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expr({:?} at {})", self.inner.source, self.inner.place)
    }
}

impl PartialEq for Expr {
    fn eq(&self, other: &Expr) -> bool {
        self.inner.source == other.inner.source && self.inner.node == other.inner.node
    }
}

/// What went wrong inside, before the place is known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fault {
    /// A value that is not there, by its path.
    Missing(String),
    /// A value of another form than its type, by its path: a body that no longer fits its register.
    Malformed(String),
    Overflow,
    DivisionByZero,
    /// A list over its declared bound.
    TooMany(u32),
    TooCostly,
    /// A name that the snapshot does not know.
    Unknown(String),
    NoEngine,
    /// An error of a rule that the expression asked.
    Inner(Box<EvalError>),
}

impl Fault {
    fn at(self, expr: &Expr) -> EvalError {
        let (code, zh, en) = match self {
            Fault::Missing(path) => (
                "value_missing",
                format!("{path} 没有值"),
                format!("{path} has no value"),
            ),
            Fault::Malformed(path) => (
                "value_malformed",
                format!("{path} 的值与登记表不符"),
                format!("{path} does not fit its register"),
            ),
            Fault::Overflow => (
                "overflow",
                "计算结果超出范围".to_owned(),
                "the result is out of range".to_owned(),
            ),
            Fault::DivisionByZero => ("division_by_zero", "除数为零".to_owned(), "division by zero".to_owned()),
            Fault::TooMany(bound) => (
                "too_many",
                format!("多于 {bound} 项"),
                format!("more than {bound} items to look through"),
            ),
            Fault::TooCostly => (
                "too_costly",
                "计算量超出上限".to_owned(),
                "the evaluation is too costly".to_owned(),
            ),
            Fault::Unknown(name) => ("unknown", format!("未知：{name}"), format!("{name} is not known")),
            Fault::NoEngine => (
                "no_engine",
                "此处没有任务计划".to_owned(),
                "there is no plan to ask about tasks here".to_owned(),
            ),
            Fault::Inner(error) => return *error,
        };
        let place = expr.place();
        EvalError {
            code,
            message: Words::new(format!("{zh}（{place}）"), format!("{en} ({place})")),
        }
    }
}
