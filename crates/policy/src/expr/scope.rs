//! Where a condition stands: which variables it sees and what it may ask.

use super::check::Facts;
use super::ty::Ty;
use super::world::World;
use std::collections::BTreeSet;

/// The places of the language where conditions stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    /// `compute`, `default`, `required` of a field.
    Field,
    Guard,
    /// A row of a rule table.
    Rule,
    /// `when`, `each`, `of`, `day_zero` of a protocol.
    Enrol,
    /// `where` and `attempt` of a task.
    Candidate,
    /// `owner`, `until`, `from`, `receipts`, `within` of a task.
    Owner,
    OnDays,
    /// `release.when`, `escalate.on`.
    Release,
    /// `where` of a set, `where` and `value` of an indicator.
    Rows,
    /// Numbers, days and fallback of a hold.
    Hold,
    /// Keys of a look.
    LookKey,
}

impl Site {
    /// Whether tasks of the plan in hand can be asked about.
    pub(crate) fn has_engine(self) -> bool {
        matches!(self, Site::Owner | Site::Release)
    }

    /// The place in words, Chinese and English.
    pub(crate) fn words(self) -> (&'static str, &'static str) {
        match self {
            Site::Field => ("字段条件", "a field's condition"),
            Site::Guard => ("守则", "a guard"),
            Site::Rule => ("规则表", "a rule row"),
            Site::Enrol => ("纳入条件", "an enrolment condition"),
            Site::Candidate => ("任务的 where/attempt", "a task's where or attempt"),
            Site::Owner => ("任务的责任方或时限", "a task's owner or time"),
            Site::OnDays => ("on_days", "on_days"),
            Site::Release => ("解除或升级条件", "a release or escalation condition"),
            Site::Rows => ("集合或指标条件", "a set's or indicator's condition"),
            Site::Hold => ("值守规则", "a condition of a hold"),
            Site::LookKey => ("look 的条件", "a key of a look"),
        }
    }
}

/// What a condition sees.
#[derive(Clone, Debug)]
pub(crate) struct Scope<'w> {
    pub(crate) world: &'w World,
    pub(crate) site: Site,
    pub(crate) vars: Vec<(String, Ty)>,
    /// Tasks of the protocol in hand.
    pub(crate) tasks: Option<&'w BTreeSet<String>>,
    /// Paths known to be there before the condition is read.
    pub(crate) facts: Facts,
}

impl<'w> Scope<'w> {
    pub(crate) fn new(world: &'w World, site: Site) -> Scope<'w> {
        Scope {
            world,
            site,
            vars: Vec::new(),
            tasks: None,
            facts: Facts::default(),
        }
    }

    #[must_use]
    pub(crate) fn var(mut self, name: &str, ty: Ty) -> Scope<'w> {
        self.vars.push((name.to_owned(), ty));
        self
    }

    #[must_use]
    pub(crate) fn vars(mut self, vars: impl IntoIterator<Item = (String, Ty)>) -> Scope<'w> {
        self.vars.extend(vars);
        self
    }

    /// The same variables at another place.
    #[must_use]
    pub(crate) fn at(mut self, site: Site) -> Scope<'w> {
        self.site = site;
        self
    }

    /// The last variable of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&Ty> {
        self.vars
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, ty)| ty)
    }
}
