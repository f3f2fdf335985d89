//! The evaluator: walks the lowered tree, borrowing what it can, counting every step.

use super::node::{Each, EachWhat, Node, Order};
use super::{Env, Fault};
use lianfang_kernel::{Datum, Instant};
use std::borrow::Cow;
use std::cell::Cell;

mod functions;
mod state;

/// Steps after which an evaluation is given up. The checker bounds an expression to half of it.
const MAX_STEPS: u32 = 200_000;

/// How deep rules may ask rules; the loader refuses cycles, this holds whatever it lets pass.
const MAX_RULES: u8 = 8;

type Value<'e> = Result<Cow<'e, Datum>, Fault>;

/// Where an evaluation stands: the moments asked about and how deep in rules it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    /// First and last moment that an interval function without moments of its own asks about.
    pub(crate) moments: (Instant, Instant),
    /// Rules around.
    pub(crate) rules: u8,
}

impl Span {
    pub(crate) fn moment(at: Instant) -> Span {
        Span {
            moments: (at, at),
            rules: 0,
        }
    }
}

/// One evaluation.
struct Run<'e> {
    env: &'e Env<'e>,
    span: Span,
    steps: Cell<u32>,
}

pub(super) fn run(node: &Node, env: &Env<'_>, span: Span) -> Result<Datum, Fault> {
    let run = Run {
        env,
        span,
        steps: Cell::new(0),
    };
    run.value(node, None).map(Cow::into_owned)
}

pub(super) fn run_bool(node: &Node, env: &Env<'_>, span: Span) -> Result<bool, Fault> {
    let run = Run {
        env,
        span,
        steps: Cell::new(0),
    };
    run.truth(node, None)
}

fn owned<'e>(value: impl Into<Datum>) -> Value<'e> {
    Ok(Cow::Owned(value.into()))
}

/// What a value of a wrong form is: missing when it is not there, malformed otherwise.
fn misfit(node: &Node, value: &Datum) -> Fault {
    if value.is_null() {
        Fault::Missing(node.path())
    } else {
        Fault::Malformed(node.path())
    }
}

impl<'e> Run<'e> {
    fn spend(&self, steps: u32) -> Result<(), Fault> {
        let spent = self.steps.get().saturating_add(steps);
        self.steps.set(spent);
        if spent > MAX_STEPS {
            Err(Fault::TooCostly)
        } else {
            Ok(())
        }
    }

    fn value<'v>(&'v self, node: &'v Node, local: Option<&'v Datum>) -> Value<'v> {
        self.spend(1)?;
        match node {
            Node::Const(value) => Ok(Cow::Borrowed(value)),
            Node::Var(name) => Ok(Cow::Borrowed(self.variable(name))),
            Node::Local(name) => local.map(Cow::Borrowed).ok_or_else(|| Fault::Missing(name.to_string())),
            Node::Field(of, name) => Ok(field(self.value(of, local)?, name)),
            Node::OrEmpty(of) => {
                let value = self.value(of, local)?;
                if value.is_null() {
                    Ok(Cow::Owned(Datum::list([])))
                } else {
                    Ok(value)
                }
            }
            Node::Has(of) => owned(!self.value(of, local)?.is_null()),
            Node::Not(_) | Node::And(..) | Node::Or(..) | Node::Order(..) | Node::Equal(..) | Node::In(..) => {
                owned(self.truth_here(node, local)?)
            }
            Node::Choose(test, yes, no) => {
                if self.truth(test, local)? {
                    self.value(yes, local)
                } else {
                    self.value(no, local)
                }
            }
            Node::Add(..) | Node::Subtract(..) | Node::Multiply(..) | Node::Divide(..) | Node::Remainder(..) => {
                owned(self.arithmetic(node, local)?)
            }
            Node::Negate(of) => owned(self.int(of, local)?.checked_neg().ok_or(Fault::Overflow)?),
            Node::List(items) => {
                let items: Result<Vec<Datum>, Fault> = items
                    .iter()
                    .map(|item| self.value(item, local).map(Cow::into_owned))
                    .collect();
                Ok(Cow::Owned(Datum::list(items?)))
            }
            Node::Record(fields) => self.record(fields, local),
            Node::Each(each) => self.each(each, local),
            _ => self.call(node, local),
        }
    }

    fn variable(&self, name: &str) -> &Datum {
        const MISSING: &Datum = &Datum::Null;
        self.env
            .vars
            .iter()
            .rev()
            .find(|(known, _)| *known == name)
            .map_or(MISSING, |(_, value)| value)
    }

    /// A truth without making a datum of it.
    fn truth(&self, node: &Node, local: Option<&Datum>) -> Result<bool, Fault> {
        match node {
            Node::Not(_) | Node::And(..) | Node::Or(..) | Node::Order(..) | Node::Equal(..) | Node::In(..) => {
                self.spend(1)?;
                self.truth_here(node, local)
            }
            _ => {
                let value = self.value(node, local)?;
                value.as_bool().ok_or_else(|| misfit(node, &value))
            }
        }
    }

    fn truth_here(&self, node: &Node, local: Option<&Datum>) -> Result<bool, Fault> {
        match node {
            Node::Not(of) => Ok(!self.truth(of, local)?),
            Node::And(a, b) => Ok(self.truth(a, local)? && self.truth(b, local)?),
            Node::Or(a, b) => Ok(self.truth(a, local)? || self.truth(b, local)?),
            Node::Order(order, a, b) => {
                let (a, b) = (self.int(a, local)?, self.int(b, local)?);
                Ok(match order {
                    Order::Less => a < b,
                    Order::LessOrEqual => a <= b,
                    Order::Greater => a > b,
                    Order::GreaterOrEqual => a >= b,
                })
            }
            Node::Equal(differs, a, b) => {
                let (left, right) = (self.present(a, local)?, self.present(b, local)?);
                Ok((left == right) != *differs)
            }
            Node::In(item, list) => {
                let item = self.present(item, local)?;
                let list = self.value(list, local)?;
                self.spend(u32::try_from(list.items().len()).unwrap_or(MAX_STEPS))?;
                Ok(list.items().contains(&item))
            }
            _ => Err(Fault::Malformed(node.path())),
        }
    }

    /// A value that must be there.
    fn present<'v>(&'v self, node: &'v Node, local: Option<&'v Datum>) -> Value<'v> {
        let value = self.value(node, local)?;
        if value.is_null() {
            Err(Fault::Missing(node.path()))
        } else {
            Ok(value)
        }
    }

    fn int(&self, node: &Node, local: Option<&Datum>) -> Result<i64, Fault> {
        let value = self.value(node, local)?;
        value.as_int().ok_or_else(|| misfit(node, &value))
    }

    fn arithmetic(&self, node: &Node, local: Option<&Datum>) -> Result<i64, Fault> {
        let result = match node {
            Node::Add(a, b) => self.int(a, local)?.checked_add(self.int(b, local)?),
            Node::Subtract(a, b) => self.int(a, local)?.checked_sub(self.int(b, local)?),
            Node::Multiply(a, b) => self.int(a, local)?.checked_mul(self.int(b, local)?),
            Node::Divide(a, b) | Node::Remainder(a, b) => {
                let (a, b) = (self.int(a, local)?, self.int(b, local)?);
                if b == 0 {
                    return Err(Fault::DivisionByZero);
                }
                if matches!(node, Node::Divide(..)) {
                    a.checked_div(b)
                } else {
                    a.checked_rem(b)
                }
            }
            _ => return Err(Fault::Malformed(node.path())),
        };
        result.ok_or(Fault::Overflow)
    }

    fn record<'v>(&'v self, fields: &'v [(std::sync::Arc<str>, Node)], local: Option<&'v Datum>) -> Value<'v> {
        let mut made = Vec::with_capacity(fields.len());
        for (name, node) in fields {
            made.push((name.clone(), self.value(node, local)?.into_owned()));
        }
        Ok(Cow::Owned(Datum::record(made)))
    }

    fn each<'v>(&'v self, each: &'v Each, local: Option<&'v Datum>) -> Value<'v> {
        let range = self.value(&each.range, local)?;
        let items = range.items();
        if items.len() > each.bound as usize {
            return Err(Fault::TooMany(each.bound));
        }
        let holds = |item: &Datum| match &each.test {
            Some(test) => self.truth(test, Some(item)),
            None => Ok(true),
        };
        match each.what {
            EachWhat::Exists | EachWhat::All => {
                let sought = each.what == EachWhat::Exists;
                for item in items {
                    if holds(item)? == sought {
                        return owned(sought);
                    }
                }
                owned(!sought)
            }
            EachWhat::ExistsOne => {
                let mut found = 0;
                for item in items {
                    found += u32::from(holds(item)?);
                }
                owned(found == 1)
            }
            EachWhat::Filter | EachWhat::Map => {
                let mut kept = Vec::new();
                for item in items {
                    if holds(item)? {
                        kept.push(match &each.make {
                            Some(make) => self.value(make, Some(item))?.into_owned(),
                            None => item.clone(),
                        });
                    }
                }
                Ok(Cow::Owned(Datum::list(kept)))
            }
        }
    }
}

fn field<'v>(of: Cow<'v, Datum>, name: &str) -> Cow<'v, Datum> {
    match of {
        Cow::Borrowed(record) => record.get(name).map_or(Cow::Owned(Datum::Null), Cow::Borrowed),
        Cow::Owned(record) => Cow::Owned(record.get(name).cloned().unwrap_or_default()),
    }
}
