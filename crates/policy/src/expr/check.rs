//! The checker: types the parsed tree and lowers it to what is evaluated.
//!
//! Evaluation goes from left to right, so what `has()` proved on the left of `&&`, in the condition of `?:`, or (negated)
//! on the left of `||` holds on the right. A value that may be missing can only be read where it was proved.

mod calls;
mod convert;
mod each;
mod operators;
mod state_calls;

pub(crate) use convert::scale_digits;
pub(crate) use state_calls::{inputs_ty, known_hint};

use super::complaint::Complaint;
use super::limits::{MAX_COST, MAX_ITEMS, MAX_NODES};
use super::node::Node;
use super::parse::{self, Parsed};
use super::scope::Scope;
use super::ty::{Access, FieldTy, RecordTy, Ty};
use super::world::{ProfileTy, World};
use super::{Expr, Place};
use crate::nearest::nearest;
use cel::common::ast::{CallExpr, EntryExpr, Expr as Tree, IdedEntryExpr, LiteralValue, SelectExpr};
use cel::parser::Expression;
use lianfang_kernel::{Datum, SubjectKind};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What reading a field of a profile costs: a file has few versions of it.
const PROFILE_COST: u64 = 16;

/// Paths proved to be there.
pub(crate) type Facts = BTreeSet<String>;

/// What a place asks of its condition.
#[derive(Clone, Debug)]
pub(crate) enum Want {
    /// A value of the type that is there.
    Ty(Ty),
    /// A value of the type, or none.
    Maybe(Ty),
    /// A list of anything.
    AnyList,
    /// Something that can be summed.
    Number,
    /// Anything, or none.
    Any,
}

/// A condition that holds no mistake.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    pub(crate) expr: Expr,
    pub(crate) ty: Ty,
    pub(crate) cost: u64,
    /// What holds where it is true.
    pub(crate) facts: Facts,
}

/// A sub-expression with its type.
#[derive(Clone, Debug)]
struct Typed {
    node: Node,
    ty: Ty,
    /// Its path, by which facts are kept.
    key: Option<String>,
    /// Whether it may be missing here.
    missing: bool,
    literal: Literal,
    yes: Facts,
    no: Facts,
    cost: u64,
    at: usize,
}

/// A literal, kept until the other side tells its type.
#[derive(Clone, Debug)]
enum Literal {
    None,
    Int(i64),
    /// A number with decimals, as digits.
    Decimal(String),
    Text(String),
    List(Vec<Typed>),
    Map(Vec<(String, usize, Typed)>),
    Null,
}

struct Checker<'c, 'w> {
    scope: &'c Scope<'w>,
    parsed: &'c Parsed,
    complaints: Vec<Complaint>,
    nodes: u32,
    local: Option<(String, Ty)>,
}

/// Compiles a condition. Call it on a thread with [`parse::STACK_BYTES`] of stack.
pub(crate) fn compile(text: &str, place: Place, scope: &Scope<'_>, want: &Want) -> Result<Checked, Vec<Complaint>> {
    let parsed = parse::parse(text)?;
    let mut checker = Checker {
        scope,
        parsed: &parsed,
        complaints: Vec::new(),
        nodes: 0,
        local: None,
    };
    let typed = checker.check(&parsed.tree, &scope.facts);
    let typed = checker.want(typed, want);
    if typed.cost > MAX_COST && checker.complaints.is_empty() {
        checker.complain(
            0,
            (
                format!("计算量 {} 超过 {MAX_COST}", typed.cost),
                format!("a cost of {} is over {MAX_COST}", typed.cost),
            ),
            (
                "请缩小列表上限（many）或拆分条件",
                "lower the bounds (many) of its lists, or split it",
            ),
        );
    }
    if !checker.complaints.is_empty() {
        return Err(checker.complaints);
    }
    Ok(Checked {
        ty: typed.ty,
        cost: typed.cost,
        facts: typed.yes,
        expr: Expr::new(text, place, typed.node),
    })
}

impl Typed {
    fn new(at: usize, ty: Ty, node: Node) -> Typed {
        Typed {
            node,
            ty,
            key: None,
            missing: false,
            literal: Literal::None,
            yes: Facts::new(),
            no: Facts::new(),
            cost: 1,
            at,
        }
    }

    fn unknown(at: usize) -> Typed {
        Typed::new(at, Ty::Unknown, Node::Const(Datum::Null))
    }

    fn costing(mut self, more: u64) -> Typed {
        self.cost = self.cost.saturating_add(more);
        self
    }
}

impl<'w> Checker<'_, 'w> {
    fn world(&self) -> &'w World {
        self.scope.world
    }

    fn complain(
        &mut self,
        at: usize,
        what: (impl Into<String>, impl Into<String>),
        hint: (impl Into<String>, impl Into<String>),
    ) {
        if self.complaints.len() < 8 {
            self.complaints.push(Complaint::new(at, what, hint));
        }
    }

    fn check(&mut self, tree: &Expression, facts: &Facts) -> Typed {
        let at = self.parsed.offset(tree.id);
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            if self.nodes == MAX_NODES + 1 {
                self.complain(
                    at,
                    (
                        format!("条件超过 {MAX_NODES} 个节点"),
                        format!("the condition has more than {MAX_NODES} nodes"),
                    ),
                    ("请拆成规则表或多条守则", "split it into a rule table or several guards"),
                );
            }
            return Typed::unknown(at);
        }
        match &tree.expr {
            Tree::Literal(literal) => self.literal(at, literal),
            Tree::Ident(name) => self.ident(at, name),
            Tree::Select(select) if select.test => self.has(at, select, facts),
            Tree::Select(select) => self.select(at, select, facts, false),
            Tree::Call(call) => self.operator_or_call(tree.id, at, call, facts),
            Tree::List(list) => {
                let items = list.elements.iter().map(|item| self.check(item, facts)).collect();
                self.list(at, items)
            }
            Tree::Map(map) => self.map(at, &map.entries, facts),
            Tree::Comprehension(each) => self.each(at, each, facts),
            Tree::Struct(_) | Tree::Unspecified => {
                self.complain(
                    at,
                    ("不支持的写法", "this form is not part of the language"),
                    (
                        "请使用 {'名称': 值} 或字段路径",
                        "use {'name': value} or a path of fields",
                    ),
                );
                Typed::unknown(at)
            }
        }
    }

    fn literal(&mut self, at: usize, literal: &LiteralValue) -> Typed {
        let (ty, value, kept) = match literal {
            LiteralValue::Boolean(b) => (Ty::Bool, Datum::Bool(*b.inner()), Literal::None),
            LiteralValue::Int(n) => (Ty::Int, Datum::Int(*n.inner()), Literal::Int(*n.inner())),
            LiteralValue::String(text) => (
                Ty::Text,
                Datum::text(text.inner()),
                Literal::Text(text.inner().to_owned()),
            ),
            LiteralValue::Double(n) => (Ty::Decimal(0), Datum::Null, Literal::Decimal(n.inner().to_string())),
            LiteralValue::Null => (Ty::Unknown, Datum::Null, Literal::Null),
            LiteralValue::Bytes(_) | LiteralValue::UInt(_) => {
                self.complain(
                    at,
                    ("没有这种常量", "there is no such literal"),
                    ("整数写作 1，文字写作 'a'", "write integers as 1 and text as 'a'"),
                );
                return Typed::unknown(at);
            }
        };
        let mut typed = Typed::new(at, ty, Node::Const(value));
        typed.literal = kept;
        typed
    }

    fn ident(&mut self, at: usize, name: &str) -> Typed {
        if let Some((local, ty)) = &self.local
            && local == name
        {
            let mut typed = Typed::new(at, ty.clone(), Node::Local(Arc::from(name)));
            typed.key = Some(name.to_owned());
            return typed;
        }
        if let Some(ty) = self.scope.get(name) {
            let mut typed = Typed::new(at, ty.clone(), Node::Var(Arc::from(name)));
            typed.key = Some(name.to_owned());
            return typed;
        }
        let (zh, en) = self.scope.site.words();
        let known: Vec<&str> = self.scope.vars.iter().map(|(name, _)| name.as_str()).collect();
        let hint = match nearest(name, known.iter().copied()) {
            Some(near) => (format!("是否为 {near}？"), format!("did you mean {near}?")),
            None => (
                format!("可用：{}", known.join(" ")),
                format!("known here: {}", known.join(" ")),
            ),
        };
        self.complain(
            at,
            (format!("{zh}中没有变量 {name}"), format!("{en} has no variable {name}")),
            hint,
        );
        Typed::unknown(at)
    }

    /// A field. `lenient` on the path of `has()`, where what lies before may be missing too.
    fn select(&mut self, at: usize, select: &SelectExpr, facts: &Facts, lenient: bool) -> Typed {
        let base = match &select.operand.expr {
            Tree::Select(inner) if lenient && !inner.test => {
                self.nodes += 1;
                self.select(self.parsed.offset(select.operand.id), inner, facts, true)
            }
            _ => self.check(&select.operand, facts),
        };
        let base = if lenient { base } else { self.there(base) };
        let key = base.key.as_ref().map(|key| format!("{key}.{}", select.field));
        let proved = |key: &Option<String>| key.as_ref().is_some_and(|key| facts.contains(key));
        let record = match &base.ty {
            Ty::Unknown => return Typed::unknown(at),
            Ty::Record(record) => record.clone(),
            Ty::View(kind) => {
                let view = World::view_fields(*kind);
                if view.field(&select.field).is_none() {
                    return self.profile(at, (*kind, view), base, (&select.field, proved(&key)));
                }
                Arc::new(view)
            }
            Ty::Folded(of) if select.field == "value" => {
                let mut typed = Typed::new(at, (**of).clone(), base.node);
                typed.missing = !proved(&key);
                typed.key = key;
                return typed;
            }
            other => return self.no_fields(at, &other.clone(), &select.field),
        };
        let Some(field) = record.field(&select.field) else {
            return self.no_such_field(at, &record.what, &record.fields, &select.field);
        };
        if !self.readable(at, field) {
            return Typed::unknown(at);
        }
        let node = Node::Field(Box::new(base.node), Arc::from(select.field.as_str()));
        let mut typed = Typed::new(at, field.ty.clone(), node).costing(base.cost);
        if matches!(field.ty, Ty::List(..)) {
            typed.node = Node::OrEmpty(Box::new(typed.node));
        } else {
            let empty = record.may_be_empty && !proved(&base.key);
            typed.missing = !proved(&key) && (empty || field.access == Access::Optional);
        }
        typed.key = key;
        typed
    }

    /// A field that the profile of a subject has, if that of one of its types does.
    fn profile(
        &mut self,
        at: usize,
        (kind, mut view): (Option<SubjectKind>, RecordTy),
        base: Typed,
        (name, proved): (&str, bool),
    ) -> Typed {
        let world = self.scope.world;
        let with = |profile: &&ProfileTy| profile.fields.iter().any(|field| field.name == name);
        let keeping: Vec<&ProfileTy> = world.profiles_of(kind).filter(with).collect();
        let field = keeping
            .iter()
            .flat_map(|profile| &profile.fields)
            .find(|field| field.name == name);
        let Some(field) = field else {
            let known = world
                .profiles_of(kind)
                .flat_map(|profile| profile.fields.iter().cloned());
            view.fields.extend(known);
            return self.no_such_field(at, &view.what, &view.fields, name);
        };
        if !self.readable(at, field) {
            return Typed::unknown(at);
        }
        let key = base.key.as_ref().map(|key| format!("{key}.{name}"));
        let registers = keeping.iter().map(|profile| profile.register.clone()).collect();
        let node = Node::Profile(Box::new(base.node), registers, Arc::from(name));
        let mut typed = Typed::new(at, field.ty.clone(), node).costing(base.cost + PROFILE_COST);
        if matches!(field.ty, Ty::List(..)) {
            typed.node = Node::OrEmpty(Box::new(typed.node));
        } else {
            typed.missing = !proved;
        }
        typed.key = key;
        typed
    }

    fn no_fields(&mut self, at: usize, ty: &Ty, field: &str) -> Typed {
        let words = ty.words();
        let hint = match ty {
            Ty::List(..) => (
                "列表请用 exists() all() filter() size()",
                "ask a list with exists(), all(), filter(), size()",
            ),
            Ty::Subject(_) => (
                "这里只知道对象的编号；区域请用 subject.region 或 entry.region",
                "only the id of a subject is known here; its region is subject.region or entry.region",
            ),
            Ty::Folded(_) => ("请写 .value，并先用 has() 判断", "write .value, and ask has() first"),
            _ => ("请去掉字段名", "leave the field out"),
        };
        self.complain(
            at,
            (
                format!("{}没有字段 {field}", words.zh),
                format!("{} has no field {field}", words.en),
            ),
            hint,
        );
        Typed::unknown(at)
    }

    fn no_such_field(&mut self, at: usize, what: &str, fields: &[FieldTy], name: &str) -> Typed {
        let names = fields.iter().map(|field| field.name.as_str());
        let hint = match nearest(name, names.clone()) {
            Some(near) => (format!("是否为 {near}？"), format!("did you mean {near}?")),
            None => {
                let known: Vec<&str> = names.collect();
                (
                    format!("可用：{}", known.join(" ")),
                    format!("it has: {}", known.join(" ")),
                )
            }
        };
        self.complain(
            at,
            (format!("{what} 没有字段 {name}"), format!("{what} has no field {name}")),
            hint,
        );
        Typed::unknown(at)
    }

    fn readable(&mut self, at: usize, field: &FieldTy) -> bool {
        let name = &field.name;
        let (what, hint) = match field.access {
            Access::Always | Access::Optional => return true,
            Access::Sealed => (
                (
                    format!("字段 {name} 已封存，条件不能读取"),
                    format!("field {name} is sealed, no condition reads it"),
                ),
                (
                    "姓名、证件、电话、车牌、地址不得作为判断依据",
                    "names, numbers, plates and addresses decide nothing",
                ),
            ),
            Access::Shown => (
                (
                    format!("字段 {name} 只供查看，条件不能读取"),
                    format!("field {name} is shown only, no condition reads it"),
                ),
                (
                    "decides = false 的字段和 note 不参与判断",
                    "fields with decides = false, and notes, decide nothing",
                ),
            ),
            Access::TooMany => (
                (
                    format!("字段 {name} 超过 {MAX_ITEMS} 项"),
                    format!("field {name} may hold more than {MAX_ITEMS} items"),
                ),
                (
                    "条件可读取的列表 many 不超过 200",
                    "a list that conditions read has many = 200 or less",
                ),
            ),
        };
        self.complain(at, what, hint);
        false
    }

    fn has(&mut self, at: usize, select: &SelectExpr, facts: &Facts) -> Typed {
        // The macro leaves no place of the field itself.
        let field = self
            .parsed
            .find(self.parsed.offset(select.operand.id), &format!(".{}", select.field));
        let asked = self.select(field, select, facts, true);
        let mut yes: Facts = prefixes(&select.operand).into_iter().collect();
        yes.extend(asked.key);
        // `has(rows)` is whether the list is there at all; an empty list is.
        let node = match asked.node {
            Node::OrEmpty(inner) => *inner,
            node => node,
        };
        let mut typed = Typed::new(at, Ty::Bool, Node::Has(Box::new(node))).costing(asked.cost);
        typed.yes = yes;
        typed
    }

    /// The value, complaining when it may be missing here.
    fn there(&mut self, mut typed: Typed) -> Typed {
        if std::mem::take(&mut typed.missing) {
            let path = typed.key.clone().unwrap_or_else(|| typed.node.path());
            let ask = match path.strip_prefix("time_of") {
                Some(task) => format!("done{task} && …"),
                None => format!("has({path}) && …"),
            };
            self.complain(
                typed.at,
                (format!("{path} 可能没有值"), format!("{path} may be missing")),
                (format!("请先判断：{ask}"), format!("ask first: {ask}")),
            );
        }
        typed
    }

    fn list(&mut self, at: usize, items: Vec<Typed>) -> Typed {
        let ty = items.first().map_or(Ty::Unknown, |item| item.ty.clone());
        let bound = u32::try_from(items.len()).unwrap_or(MAX_ITEMS);
        let cost = items.iter().map(|item| item.cost).sum();
        let node = Node::List(items.iter().map(|item| item.node.clone()).collect());
        let mut typed = Typed::new(at, Ty::list(ty, bound), node).costing(cost);
        typed.literal = Literal::List(items);
        typed
    }

    fn map(&mut self, at: usize, entries: &[IdedEntryExpr], facts: &Facts) -> Typed {
        let mut fields: Vec<(String, usize, Typed)> = Vec::new();
        for entry in entries {
            let EntryExpr::MapEntry(entry) = &entry.expr else {
                continue;
            };
            let Tree::Literal(LiteralValue::String(name)) = &entry.key.expr else {
                self.complain(
                    self.parsed.offset(entry.key.id),
                    ("名称须为文字常量", "a name must be a text literal"),
                    ("写作 { '名称': 值 }", "write { 'name': value }"),
                );
                continue;
            };
            let value = self.check(&entry.value, facts);
            fields.push((name.inner().to_owned(), self.parsed.offset(entry.key.id), value));
        }
        let cost = fields.iter().map(|(_, _, value)| value.cost).sum();
        let record = RecordTy::new("{ … }", Vec::new());
        let mut typed = Typed::new(at, Ty::record(record), Node::Record(Vec::new())).costing(cost);
        typed.literal = Literal::Map(fields);
        typed
    }

    fn operator_or_call(&mut self, id: u64, at: usize, call: &CallExpr, facts: &Facts) -> Typed {
        match self.operator(at, call, facts) {
            Some(typed) => typed,
            None => {
                let mut typed = self.call(id, at, call, facts);
                if matches!(typed.ty, Ty::Record(_)) {
                    typed.key = call_path(call);
                }
                typed
            }
        }
    }
}

/// The path that a tree spells: identifiers, fields, and calls with paths and literals as arguments.
fn path(tree: &Expression) -> Option<String> {
    match &tree.expr {
        Tree::Ident(name) => Some(name.clone()),
        Tree::Select(select) if !select.test => Some(format!("{}.{}", path(&select.operand)?, select.field)),
        Tree::Literal(LiteralValue::String(text)) => Some(format!("{:?}", text.inner())),
        Tree::Literal(LiteralValue::Int(n)) => Some(n.inner().to_string()),
        Tree::Call(call) => call_path(call),
        _ => None,
    }
}

fn call_path(call: &CallExpr) -> Option<String> {
    let args: Option<Vec<String>> = call.args.iter().map(path).collect();
    call.target.is_none().then_some(())?;
    Some(format!("{}({})", call.func_name, args?.join(",")))
}

/// The paths of a tree and of all that it is selected from.
fn prefixes(tree: &Expression) -> Vec<String> {
    let mut found: Vec<String> = path(tree).into_iter().collect();
    if let Tree::Select(select) = &tree.expr {
        found.extend(prefixes(&select.operand));
    }
    found
}
