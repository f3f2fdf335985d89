//! Declared reads of the ledger, folded over facts that were fetched beforehand.

use crate::facts::{BalancePlace, Fact, Groups, History};
use crate::hold::Roster;
use crate::plan::{Enrolment, OccurrenceState, PlanInput, State};
use crate::planner::Planner;
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Datum, Instant, Words};
use lianfang_policy::model::{Fold, Look, Since};
use lianfang_policy::{Env, EvalError, Expr};

/// Enrolments that look at enrolments that look at enrolments: beyond this it is a ring.
const MAX_DEPTH: u8 = 3;

/// Where looks read.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    /// Facts, snapshot, now.
    pub input: PlanInput<'a>,
    /// How many plans stand around this one.
    pub depth: u8,
    /// The row in hand, which a guard or computed value does not see.
    pub except: Option<EntryId>,
    /// The facts of the history in `input`, by register.
    pub groups: &'a Groups<'a>,
}

/// The rows one look found, ready to be folded as of any moment.
#[derive(Debug)]
pub(crate) struct LookRows<'a> {
    look: &'a Look,
    rows: Result<Rows<'a>, EvalError>,
}

#[derive(Debug)]
enum Rows<'a> {
    /// Ordered by (at, id).
    Facts(Vec<&'a Fact>),
    /// Computed whole.
    Whole(Datum),
    /// With the next moment at which time alone changes them.
    Enrolments(Vec<Enrolment>, Option<Instant>),
}

/// The variables of a look's own expressions; `it` is put last.
pub(crate) type Vars<'a> = [(&'a str, Datum)];

impl<'a> LookRows<'a> {
    /// Finds the rows. `vars` are what the look's key, `since` and filter see besides `it`; `start` is that of the
    /// enrolment, for `since = "start"`.
    pub fn gather(look: &'a Look, vars: &Vars<'a>, start: Option<Instant>, reader: Reader<'a>) -> LookRows<'a> {
        LookRows {
            look,
            rows: gather(look, vars, start, reader),
        }
    }

    /// Its value as of `at`; everything found, when none.
    pub fn value(&self, at: Option<Instant>) -> Result<Datum, EvalError> {
        match self.rows.as_ref().map_err(Clone::clone)? {
            Rows::Facts(facts) => {
                let seen = at.map_or(facts.len(), |at| facts.partition_point(|fact| fact.at <= at));
                self.fold(&facts[..seen])
            }
            Rows::Whole(value) => Ok(value.clone()),
            Rows::Enrolments(enrolments, _) => Ok(enrolment_record(enrolments, at)),
        }
    }

    /// The moments at which its value may change.
    pub fn moments(&self) -> Vec<Instant> {
        match &self.rows {
            Ok(Rows::Facts(facts)) => facts.iter().map(|fact| fact.at).collect(),
            Ok(Rows::Enrolments(enrolments, _)) => enrolments.iter().flat_map(turning_points).collect(),
            Ok(Rows::Whole(_)) | Err(_) => Vec::new(),
        }
    }

    /// The next moment after `now` at which time alone changes it.
    pub fn changes_after(&self, now: Instant) -> Option<Instant> {
        match self.rows.as_ref().ok()? {
            Rows::Facts(facts) => facts
                .get(facts.partition_point(|fact| fact.at <= now))
                .map(|fact| fact.at),
            Rows::Whole(_) => None,
            Rows::Enrolments(_, next) => *next,
        }
    }

    /// When the rows that speak at exactly `at` were first known.
    pub fn known(&self, at: Instant) -> Option<Instant> {
        let Ok(Rows::Facts(facts)) = &self.rows else {
            return None;
        };
        facts.iter().filter(|fact| fact.at == at).map(|fact| fact.known).max()
    }

    fn fold(&self, facts: &[&Fact]) -> Result<Datum, EvalError> {
        let record = |fact: Option<&&Fact>| fact.map_or_else(Datum::empty, |fact| fact.record.clone());
        Ok(match self.look.fold {
            Fold::Last => record(facts.last()),
            Fold::First => record(facts.first()),
            Fold::Exists => Datum::Bool(!facts.is_empty()),
            Fold::Count => Datum::Int(i64::try_from(facts.len()).unwrap_or(i64::MAX)),
            Fold::Sum => Datum::Int(self.sum(facts)?),
            Fold::Min => self.numbers(facts).min().map_or(Datum::Null, Datum::Int),
            Fold::Max => self.numbers(facts).max().map_or(Datum::Null, Datum::Int),
            // Only a list is carried into conditions whole, so only it can be too long to be looked through.
            Fold::List if facts.len() > usize::try_from(self.look.limit).unwrap_or(usize::MAX) => {
                return Err(fault(
                    "too_many",
                    self.look,
                    Words::new("多于{n}条，未作判定", "more than {n} rows, not judged").with("n", self.look.limit),
                ));
            }
            Fold::List => Datum::list(facts.iter().map(|fact| fact.record.clone())),
            Fold::Balance | Fold::Enrolment | Fold::Hold => Datum::empty(),
        })
    }

    fn numbers(&self, facts: &[&Fact]) -> impl Iterator<Item = i64> {
        let field = self.look.field.as_deref().unwrap_or("at");
        facts
            .iter()
            .filter_map(|fact| fact.record.get(field).and_then(Datum::as_int))
            .collect::<Vec<i64>>()
            .into_iter()
    }

    fn sum(&self, facts: &[&Fact]) -> Result<i64, EvalError> {
        self.numbers(facts).try_fold(0i64, i64::checked_add).ok_or_else(|| {
            fault(
                "overflow",
                self.look,
                Words::new("合计超出范围", "the sum is out of range"),
            )
        })
    }
}

fn gather<'a>(
    look: &'a Look,
    vars: &Vars<'a>,
    start: Option<Instant>,
    reader: Reader<'a>,
) -> Result<Rows<'a>, EvalError> {
    if look.fold == Fold::Balance {
        return balance(look, vars, reader);
    }
    let history = whose(look, vars, reader)?;
    let Some(history) = history else {
        return Ok(Rows::Facts(Vec::new()));
    };
    if look.fold == Fold::Enrolment {
        return enrolments(look, history, reader);
    }
    let since = match &look.since {
        None => None,
        Some(Since::Start) => start,
        Some(Since::At(expr)) => expr.eval(&env(vars, reader, reader.input.now))?.as_int().map(Instant),
    };
    let until = match &look.until {
        None => None,
        Some(expr) => expr.eval(&env(vars, reader, reader.input.now))?.as_int().map(Instant),
    };
    if look.fold == Fold::Hold {
        return held(look, history, (since, until), reader);
    }
    let others;
    let groups = if std::ptr::eq(history, reader.input.history) {
        reader.groups
    } else {
        others = history.groups(&reader.input.snapshot.model);
        &others
    };
    let facts = groups
        .speaking(&look.of)
        .filter(|fact| since.is_none_or(|since| since <= fact.at) && until.is_none_or(|until| fact.at < until))
        .filter(|fact| reader.except != Some(fact.origin));
    match &look.filter {
        None => Ok(Rows::Facts(facts.collect())),
        Some(filter) => matching(filter, facts, vars, reader).map(Rows::Facts),
    }
}

/// What stands in an account. A key that names nobody has nothing there.
fn balance<'a>(look: &Look, vars: &Vars<'_>, reader: Reader<'_>) -> Result<Rows<'a>, EvalError> {
    let Some(place) = balance_place(look, vars, reader)? else {
        return Ok(Rows::Whole(Datum::Int(0)));
    };
    let found = reader.input.others.balance(&place);
    let what = || Words::new("余额没有取到", "the balance was not fetched");
    let sum = found.ok_or_else(|| fault("not_fetched", look, what()))?;
    Ok(Rows::Whole(Datum::Int(sum)))
}

/// The place whose balance a look reads; none when one of its keys names nobody.
pub(crate) fn balance_place(
    look: &Look,
    vars: &Vars<'_>,
    reader: Reader<'_>,
) -> Result<Option<BalancePlace>, EvalError> {
    let named = |key: &Expr| -> Result<Option<SubjectId>, EvalError> {
        let named = key.eval(&env(vars, reader, reader.input.now))?;
        Ok(subject_id(&named))
    };
    let mut keys = [None; 3];
    for (place, key) in keys.iter_mut().zip([&look.subject, &look.item, &look.lot]) {
        let Some(key) = key else { continue };
        let Some(id) = named(key)? else { return Ok(None) };
        *place = Some(id);
    }
    let [holder, item, lot] = keys;
    Ok(Some(BalancePlace {
        account: look.of.clone(),
        holder: holder.unwrap_or(reader.input.history.subject.id),
        item,
        lot,
    }))
}

/// The hold of a register over a stretch, without the row in hand.
fn held<'a>(
    look: &Look,
    history: &History,
    window: (Option<Instant>, Option<Instant>),
    reader: Reader<'_>,
) -> Result<Rows<'a>, EvalError> {
    let snapshot = reader.input.snapshot;
    let register = snapshot.model.registers.get(&look.of);
    let roster = register.and_then(|register| Roster::of(register, snapshot, &history.subject));
    let (Some(roster), (Some(from), Some(to))) = (roster, window) else {
        let what = Words::new("没有起止时间", "it has no begin or no end");
        return Err(fault("value_missing", look, what));
    };
    let mut facts = roster.facts(history);
    facts.retain(|fact| reader.except != Some(fact.origin));
    roster.record(&facts, (from, to)).map(Rows::Whole)
}

fn matching<'a>(
    filter: &Expr,
    facts: impl Iterator<Item = &'a Fact>,
    vars: &Vars<'a>,
    reader: Reader<'a>,
) -> Result<Vec<&'a Fact>, EvalError> {
    let mut vars: Vec<(&str, Datum)> = vars.to_vec();
    vars.push(("it", Datum::Null));
    let last = vars.len() - 1;
    let mut found = Vec::new();
    for fact in facts {
        vars[last].1 = fact.record.clone();
        let env = Env {
            region: Some(&fact.region),
            ..env(&vars, reader, fact.at)
        };
        if filter.eval_bool(&env)? {
            found.push(fact);
        }
    }
    Ok(found)
}

/// The history a look reads; none when its key names nobody.
fn whose<'a>(look: &Look, vars: &Vars<'_>, reader: Reader<'a>) -> Result<Option<&'a History>, EvalError> {
    let Some(key) = &look.subject else {
        return Ok(Some(reader.input.history));
    };
    let named = key.eval(&env(vars, reader, reader.input.now))?;
    let Some(id) = subject_id(&named) else { return Ok(None) };
    if reader.input.history.is_self(id) {
        return Ok(Some(reader.input.history));
    }
    match reader.input.others.history(id) {
        Some(history) => Ok(Some(history)),
        None => Err(fault(
            "not_fetched",
            look,
            Words::new(
                "所需的另一对象的记录没有取到",
                "the facts of the subject it names were not fetched",
            ),
        )),
    }
}

fn enrolments<'a>(look: &Look, history: &History, reader: Reader<'_>) -> Result<Rows<'a>, EvalError> {
    if reader.depth >= MAX_DEPTH {
        return Err(fault(
            "too_deep",
            look,
            Words::new("入轨互相引用层次过深", "enrolments look at each other too deeply"),
        ));
    }
    let input = PlanInput {
        history,
        ..reader.input
    };
    let planner = Planner::new(&input, reader.depth + 1);
    let found = planner.only(&look.of);
    Ok(Rows::Enrolments(found, planner.next_change()))
}

/// The subject a datum names: an id as text, or a record with one.
pub(crate) fn subject_id(datum: &Datum) -> Option<SubjectId> {
    datum
        .as_text()
        .or_else(|| datum.get("id").and_then(Datum::as_text))?
        .parse()
        .ok()
}

/// The other subjects that a look's key names.
pub(crate) fn named_subject(look: &Look, vars: &Vars<'_>, reader: Reader<'_>) -> Option<SubjectId> {
    let named = look.subject.as_ref()?.eval(&env(vars, reader, reader.input.now)).ok()?;
    subject_id(&named).filter(|id| !reader.input.history.is_self(*id))
}

fn env<'v>(vars: &'v Vars<'v>, reader: Reader<'v>, at: Instant) -> Env<'v> {
    Env {
        vars,
        snapshot: reader.input.snapshot,
        engine: None,
        region: Some(&reader.input.history.subject.region),
        at,
        now: reader.input.now,
    }
}

fn fault(code: &'static str, look: &Look, what: Words) -> EvalError {
    let message = Words::new(
        format!("读取“{}”：{}", look.id, what.zh),
        format!("look {}: {}", look.id, what.en),
    );
    EvalError { code, message }
}

/// What a condition sees of the latest enrolment begun by `at`.
fn enrolment_record(enrolments: &[Enrolment], at: Option<Instant>) -> Datum {
    let begun = enrolments.iter().filter(|e| at.is_none_or(|at| e.start <= at));
    let Some(latest) = begun.max_by_key(|e| (e.start, e.id)) else {
        let none = [
            ("active", Datum::Bool(false)),
            ("outcome", Datum::text("")),
            ("open", Datum::Int(0)),
        ];
        return Datum::record(none.into_iter().chain([("overdue", Datum::Int(0))]));
    };
    let ended = match &latest.state {
        State::Ended { outcome, at: end, .. } if at.is_none_or(|at| *end <= at) => Some((outcome.as_str(), *end)),
        _ => None,
    };
    let count = |states: &[OccurrenceState]| {
        let n = latest.occurrences.iter().filter(|o| states.contains(&o.state)).count();
        Datum::Int(i64::try_from(n).unwrap_or(i64::MAX))
    };
    Datum::record([
        ("active", Datum::Bool(ended.is_none())),
        ("outcome", Datum::text(ended.map_or("", |(outcome, _)| outcome))),
        ("day_zero", Datum::Int(latest.day_zero.0)),
        ("start", Datum::Int(latest.start.0)),
        ("end", ended.map_or(Datum::Null, |(_, end)| Datum::Int(end.0))),
        ("overdue", count(&[OccurrenceState::Missed])),
        ("open", count(&[OccurrenceState::Open, OccurrenceState::Missed])),
    ])
}

fn turning_points(enrolment: &Enrolment) -> Vec<Instant> {
    let mut moments = vec![enrolment.start];
    if let State::Ended { at, .. } = enrolment.state {
        moments.push(at);
    }
    moments
}
