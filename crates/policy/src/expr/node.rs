//! The lowered tree: what is evaluated. Every node was typed by the checker, so it needs no types of its own.

use super::Reads;
use lianfang_kernel::{Datum, RegionLevel};
use std::sync::Arc;

/// One operation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Const(Datum),
    /// A variable of the environment.
    Var(Arc<str>),
    /// The item in hand of the comprehension around it.
    Local(Arc<str>),
    /// A field; missing when the record has none.
    Field(Box<Node>, Arc<str>),
    /// A list-valued field: missing is empty.
    OrEmpty(Box<Node>),
    /// Whether the value is there.
    Has(Box<Node>),
    Not(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Choose(Box<Node>, Box<Node>, Box<Node>),
    Order(Order, Box<Node>, Box<Node>),
    /// Equality; `true` asks for difference.
    Equal(bool, Box<Node>, Box<Node>),
    In(Box<Node>, Box<Node>),
    Add(Box<Node>, Box<Node>),
    Subtract(Box<Node>, Box<Node>),
    Multiply(Box<Node>, Box<Node>),
    Divide(Box<Node>, Box<Node>),
    Remainder(Box<Node>, Box<Node>),
    Negate(Box<Node>),
    List(Vec<Node>),
    Record(Vec<(Arc<str>, Node)>),
    Each(Box<Each>),
    /// The id of a subject given as a view or as an id.
    SubjectId(Box<Node>),
    /// The region of a subject given as a view, or of an organisation given by id.
    SubjectRegion(Box<Node>),
    /// A field of the profile of a subject given as a view, as it holds at the moment asked about; the registers that
    /// may keep it, by type of subject.
    Profile(Box<Node>, Arc<[Arc<str>]>, Arc<str>),
    /// The type of a subject given as a view, of an organisation given by id, or of a subject that the entry names.
    SubjectType(Box<Node>),
    /// An organisation as the desk of its own.
    UnitDesk(Box<Node>),
    Pure(Pure, Vec<Node>),
    Setting(Arc<str>),
    Calendar(Arc<str>, Box<Node>),
    InForce(Box<Asked>),
    /// The highest ranked value of a field of the intervals.
    Level(Box<Asked>, Arc<str>, Ranks),
    Rule(Arc<str>, Box<Node>),
    Rank(Ranks, Box<Node>),
    Desk(DeskKind, Vec<Node>),
    Holder(Box<Asked>, Arc<str>, Box<Node>),
    Orgs(Box<Node>, Arc<str>),
    Engine(Ask, Arc<str>),
}

/// The values of a ranked list, in no order.
pub(crate) type Ranks = Arc<[(Arc<str>, i64)]>;

/// Which order two integers stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A comprehension over a list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Each {
    pub(crate) what: EachWhat,
    pub(crate) range: Node,
    pub(crate) bound: u32,
    /// The condition; of `map` the items kept, when it has one.
    pub(crate) test: Option<Node>,
    /// What `map` makes of an item.
    pub(crate) make: Option<Node>,
}

/// What a comprehension asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EachWhat {
    Exists,
    All,
    ExistsOne,
    Filter,
    Map,
}

/// What an interval function asks about: a register, a subject or region, and when.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    pub(crate) register: Arc<str>,
    /// The subject itself, when the target is one.
    pub(crate) subject: Option<Node>,
    /// The region of the target.
    pub(crate) region: Option<Node>,
    /// The type of the target, where the register reaches by type.
    pub(crate) kind_type: Option<Node>,
    pub(crate) first: Option<Moment>,
    pub(crate) last: Option<Moment>,
}

/// A moment written as an instant or as a whole civil day.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Moment {
    Instant(Node),
    Day(Node),
}

/// Functions that read nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pure {
    Hours,
    DateOf,
    DateAdd,
    DayDiff,
    AtTime,
    Between,
    Within,
    Parent(RegionLevel),
    /// Whether a region is of that level.
    AtLevel(RegionLevel),
    AgeBand,
    Size,
    Max,
    Min,
}

/// Which desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DeskKind {
    /// Function and region.
    Function,
    Territory,
    Sector,
    Unit,
    Own,
}

/// What is asked of the plan in hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Done,
    AllDone,
    Missed,
    Attempts,
    Open,
    TimeOf,
}

impl Asked {
    fn children(&self) -> impl Iterator<Item = &Node> {
        let moments = [&self.first, &self.last]
            .into_iter()
            .flatten()
            .map(|moment| match moment {
                Moment::Instant(node) | Moment::Day(node) => node,
            });
        self.subject
            .iter()
            .chain(&self.region)
            .chain(&self.kind_type)
            .chain(moments)
    }
}

impl Node {
    /// The path of a value, for messages: `entry.plan`; what it is otherwise is told by a bracket.
    pub(crate) fn path(&self) -> String {
        match self {
            Node::Var(name) | Node::Local(name) => name.to_string(),
            Node::Field(of, name) | Node::Profile(of, _, name) => format!("{}.{name}", of.path()),
            Node::OrEmpty(of)
            | Node::SubjectId(of)
            | Node::SubjectRegion(of)
            | Node::SubjectType(of)
            | Node::UnitDesk(of) => of.path(),
            Node::Setting(id) => format!("setting('{id}')"),
            Node::Engine(_, task) => format!("time_of('{task}')"),
            Node::Rule(id, _) => format!("rule('{id}')"),
            _ => "(…)".to_owned(),
        }
    }

    fn children(&self) -> Vec<&Node> {
        match self {
            Node::Const(_) | Node::Var(_) | Node::Local(_) | Node::Setting(_) | Node::Engine(..) => Vec::new(),
            Node::Field(a, _)
            | Node::Profile(a, ..)
            | Node::OrEmpty(a)
            | Node::Has(a)
            | Node::Not(a)
            | Node::Negate(a)
            | Node::SubjectId(a)
            | Node::SubjectRegion(a)
            | Node::SubjectType(a)
            | Node::UnitDesk(a)
            | Node::Calendar(_, a)
            | Node::Rule(_, a)
            | Node::Rank(_, a)
            | Node::Orgs(a, _) => vec![a],
            Node::And(a, b)
            | Node::Or(a, b)
            | Node::Order(_, a, b)
            | Node::Equal(_, a, b)
            | Node::In(a, b)
            | Node::Add(a, b)
            | Node::Subtract(a, b)
            | Node::Multiply(a, b)
            | Node::Divide(a, b)
            | Node::Remainder(a, b) => vec![a, b],
            Node::Choose(a, b, c) => vec![a, b, c],
            Node::List(items) | Node::Pure(_, items) | Node::Desk(_, items) => items.iter().collect(),
            Node::Record(fields) => fields.iter().map(|(_, node)| node).collect(),
            Node::Each(each) => [Some(&each.range), each.test.as_ref(), each.make.as_ref()]
                .into_iter()
                .flatten()
                .collect(),
            Node::InForce(asked) | Node::Level(asked, ..) => asked.children().collect(),
            Node::Holder(asked, _, code) => asked.children().chain([&**code]).collect(),
        }
    }

    fn reads_snapshot(&self) -> bool {
        matches!(
            self,
            Node::Setting(_)
                | Node::Calendar(..)
                | Node::InForce(_)
                | Node::Profile(..)
                | Node::Level(..)
                | Node::Rule(..)
                | Node::Holder(..)
                | Node::Orgs(..)
                | Node::Pure(Pure::Within | Pure::Parent(_) | Pure::AtLevel(_), _)
        )
    }

    /// Visits the node and all inside it.
    pub(crate) fn walk(&self, visit: &mut dyn FnMut(&Node)) {
        visit(self);
        for child in self.children() {
            child.walk(visit);
        }
    }

    pub(crate) fn collect_reads(&self, reads: &mut Reads) {
        if let Node::Var(name) = self
            && !reads.variables.contains(name)
        {
            reads.variables.push(name.clone());
        }
        reads.engine |= matches!(self, Node::Engine(..));
        reads.snapshot |= self.reads_snapshot();
        for child in self.children() {
            child.collect_reads(reads);
        }
    }
}
