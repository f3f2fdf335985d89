//! Operators: logic, comparison, arithmetic.

use super::{Checker, Facts, Literal, Typed};
use crate::expr::node::{Node, Order};
use crate::expr::ty::Ty;
use cel::common::ast::{CallExpr, operators as op};
use cel::parser::Expression;
use lianfang_kernel::Datum;

/// Two nodes made one.
type Join = fn(Box<Node>, Box<Node>) -> Node;

impl Checker<'_, '_> {
    /// The operator that a call stands for; `None` when it is a function.
    pub(super) fn operator(&mut self, at: usize, call: &CallExpr, facts: &Facts) -> Option<Typed> {
        let args = call.args.as_slice();
        let typed = match (call.func_name.as_str(), args) {
            (op::LOGICAL_AND, [a, b]) => self.and(at, a, b, facts),
            (op::LOGICAL_OR, [a, b]) => self.or(at, a, b, facts),
            (op::LOGICAL_NOT, [a]) => self.not(at, a, facts),
            (op::CONDITIONAL, [test, yes, no]) => self.choose(at, test, yes, no, facts),
            (op::EQUALS, [a, b]) => self.equal(at, false, a, b, facts),
            (op::NOT_EQUALS, [a, b]) => self.equal(at, true, a, b, facts),
            (op::LESS, [a, b]) => self.order(at, Order::Less, a, b, facts),
            (op::LESS_EQUALS, [a, b]) => self.order(at, Order::LessOrEqual, a, b, facts),
            (op::GREATER, [a, b]) => self.order(at, Order::Greater, a, b, facts),
            (op::GREATER_EQUALS, [a, b]) => self.order(at, Order::GreaterOrEqual, a, b, facts),
            (op::IN, [a, b]) => self.is_in(at, a, b, facts),
            (op::ADD, [a, b]) => self.sum(at, false, a, b, facts),
            (op::SUBSTRACT, [a, b]) => self.sum(at, true, a, b, facts),
            (op::MULTIPLY, [a, b]) => self.product(at, Node::Multiply, a, b, facts),
            (op::DIVIDE, [a, b]) => self.product(at, Node::Divide, a, b, facts),
            (op::MODULO, [a, b]) => self.product(at, Node::Remainder, a, b, facts),
            (op::NEGATE, [a]) => self.negate(at, a, facts),
            (op::INDEX | op::OPT_INDEX | op::OPT_SELECT, _) => {
                self.complain(
                    at,
                    ("不能按序号取值", "items are not taken by number"),
                    ("请用 exists() 或 filter()", "use exists() or filter()"),
                );
                Typed::unknown(at)
            }
            _ => return None,
        };
        Some(typed)
    }

    pub(super) fn boolean(&mut self, tree: &Expression, facts: &Facts) -> Typed {
        let typed = self.check(tree, facts);
        let typed = self.there(typed);
        self.coerce(typed, &Ty::Bool)
    }

    fn and(&mut self, at: usize, a: &Expression, b: &Expression, facts: &Facts) -> Typed {
        let left = self.boolean(a, facts);
        let right = self.boolean(b, &(facts | &left.yes));
        let mut typed = Typed::new(at, Ty::Bool, Node::And(Box::new(left.node), Box::new(right.node)));
        typed.no = &left.no & &(&left.yes | &right.no);
        typed.yes = &left.yes | &right.yes;
        typed.costing(left.cost + right.cost)
    }

    fn or(&mut self, at: usize, a: &Expression, b: &Expression, facts: &Facts) -> Typed {
        let left = self.boolean(a, facts);
        let right = self.boolean(b, &(facts | &left.no));
        let mut typed = Typed::new(at, Ty::Bool, Node::Or(Box::new(left.node), Box::new(right.node)));
        typed.yes = &left.yes & &(&left.no | &right.yes);
        typed.no = &left.no | &right.no;
        typed.costing(left.cost + right.cost)
    }

    fn not(&mut self, at: usize, a: &Expression, facts: &Facts) -> Typed {
        let of = self.boolean(a, facts);
        let mut typed = Typed::new(at, Ty::Bool, Node::Not(Box::new(of.node)));
        typed.yes = of.no;
        typed.no = of.yes;
        typed.costing(of.cost)
    }

    fn choose(&mut self, at: usize, test: &Expression, yes: &Expression, no: &Expression, facts: &Facts) -> Typed {
        let test = self.boolean(test, facts);
        let yes = self.check(yes, &(facts | &test.yes));
        let no = self.check(no, &(facts | &test.no));
        let cost = test.cost + yes.cost.max(no.cost);
        let Some((yes, no)) = self.unify(yes, no) else {
            return Typed::unknown(at);
        };
        let ty = if yes.ty.fits(&no.ty) {
            no.ty.clone()
        } else {
            yes.ty.clone()
        };
        let node = Node::Choose(Box::new(test.node), Box::new(yes.node), Box::new(no.node));
        let mut typed = Typed::new(at, ty, node);
        typed.yes = &(&test.yes | &yes.yes) & &(&test.no | &no.yes);
        typed.no = &(&test.yes | &yes.no) & &(&test.no | &no.no);
        typed.costing(cost)
    }

    fn equal(&mut self, at: usize, differs: bool, a: &Expression, b: &Expression, facts: &Facts) -> Typed {
        let (left, right) = (self.check(a, facts), self.check(b, facts));
        let cost = left.cost + right.cost;
        let Some((left, right)) = self.unify(left, right) else {
            return Typed::new(at, Ty::Bool, false_node());
        };
        if matches!(
            left.ty,
            Ty::Record(_) | Ty::List(..) | Ty::File | Ty::Desk | Ty::Folded(_)
        ) {
            let words = left.ty.words();
            self.complain(
                at,
                (format!("{}不能比较", words.zh), format!("{} is not compared", words.en)),
                ("请比较其中的字段，或用 exists()", "compare its fields, or use exists()"),
            );
        }
        let node = Node::Equal(differs, Box::new(left.node), Box::new(right.node));
        Typed::new(at, Ty::Bool, node).costing(cost)
    }

    fn order(&mut self, at: usize, order: Order, a: &Expression, b: &Expression, facts: &Facts) -> Typed {
        let (left, right) = (self.check(a, facts), self.check(b, facts));
        let cost = left.cost + right.cost;
        let Some((left, right)) = self.unify(left, right) else {
            return Typed::new(at, Ty::Bool, false_node());
        };
        if !left.ty.is_ordered() {
            let words = left.ty.words();
            let hint = match left.ty {
                Ty::Code { .. } => ("代码的高低用 rank(…) 比较", "compare codes by rank(…)"),
                _ => (
                    "只有数、时刻、日期、时长有先后",
                    "only numbers, instants, days and durations have an order",
                ),
            };
            self.complain(
                at,
                (format!("{}没有大小", words.zh), format!("{} has no order", words.en)),
                hint,
            );
        }
        Typed::new(
            at,
            Ty::Bool,
            Node::Order(order, Box::new(left.node), Box::new(right.node)),
        )
        .costing(cost)
    }

    fn is_in(&mut self, at: usize, a: &Expression, b: &Expression, facts: &Facts) -> Typed {
        let (item, list) = (self.check(a, facts), self.check(b, facts));
        let (item, list) = (self.there(item), self.there(list));
        let cost = item.cost + list.cost;
        let item_is_literal = !matches!(item.literal, Literal::None);
        let (item, list) = match &list.ty {
            Ty::Unknown => return Typed::new(at, Ty::Bool, false_node()),
            Ty::List(_, bound) if matches!(list.literal, Literal::List(_)) => {
                let item = if let Ty::View(kind) = item.ty {
                    self.coerce(item, &Ty::Subject(kind))
                } else {
                    item
                };
                let wanted = Ty::list(item.ty.clone(), *bound);
                let list = self.coerce(list, &wanted);
                (item, list)
            }
            Ty::List(of, _) if item_is_literal || matches!(item.ty, Ty::View(_)) => {
                let of = (**of).clone();
                (self.coerce(item, &of), list)
            }
            Ty::List(of, _) => {
                if !item.ty.fits(of) {
                    let words = of.words();
                    self.wrong_type(&item, &words.zh, &words.en);
                }
                (item, list)
            }
            _ => {
                self.wrong_type(&list, "列表", "a list");
                return Typed::new(at, Ty::Bool, false_node());
            }
        };
        let bound = if let Ty::List(_, bound) = list.ty {
            u64::from(bound)
        } else {
            1
        };
        let node = Node::In(Box::new(item.node), Box::new(list.node));
        Typed::new(at, Ty::Bool, node).costing(cost + bound)
    }

    fn sum(&mut self, at: usize, minus: bool, a: &Expression, b: &Expression, facts: &Facts) -> Typed {
        let (left, right) = (self.check(a, facts), self.check(b, facts));
        let (left, right) = (self.there(left), self.there(right));
        let cost = left.cost + right.cost;
        let moment = |a: &Ty, b: &Ty| match (a, b, minus) {
            (Ty::Instant, Ty::Instant, true) => Some(Ty::Duration),
            (Ty::Instant, Ty::Duration, _) | (Ty::Duration, Ty::Instant, false) => Some(Ty::Instant),
            _ => None,
        };
        let join: Join = if minus { Node::Subtract } else { Node::Add };
        if let Some(ty) = moment(&left.ty, &right.ty) {
            return Typed::new(at, ty, join(Box::new(left.node), Box::new(right.node))).costing(cost);
        }
        let addable = |ty: &Ty| matches!(ty, Ty::Int | Ty::Decimal(_) | Ty::Duration);
        if !addable(&left.ty) || !addable(&right.ty) {
            return self.not_added(at, &left, &right);
        }
        let Some((left, right)) = self.unify(left, right) else {
            return Typed::unknown(at);
        };
        let (left, right) = (self.settled(left), self.settled(right));
        let ty = left.ty.clone();
        Typed::new(at, ty, join(Box::new(left.node), Box::new(right.node))).costing(cost)
    }

    fn not_added(&mut self, at: usize, left: &Typed, right: &Typed) -> Typed {
        if left.ty == Ty::Unknown || right.ty == Ty::Unknown {
            return Typed::unknown(at);
        }
        let either = |wanted: fn(&Ty) -> bool| wanted(&left.ty) || wanted(&right.ty);
        let hint = if either(|ty| *ty == Ty::Day) {
            (
                "日期加减用 date_add(d, n)，相差用 day_diff(a, b)",
                "add days with date_add(d, n), count them with day_diff(a, b)",
            )
        } else if either(|ty| *ty == Ty::Instant) {
            (
                "时刻只能加减时长，例如 hours(24)",
                "only a duration is added to an instant, such as hours(24)",
            )
        } else {
            ("条件中不拼接文字", "conditions build no text")
        };
        let (a, b) = (left.ty.words(), right.ty.words());
        self.complain(
            at,
            (
                format!("{}与{}不能相加减", a.zh, b.zh),
                format!("{} and {} are not added or subtracted", a.en, b.en),
            ),
            hint,
        );
        Typed::unknown(at)
    }

    fn product(&mut self, at: usize, join: Join, a: &Expression, b: &Expression, facts: &Facts) -> Typed {
        let (left, right) = (self.check(a, facts), self.check(b, facts));
        let (left, right) = (self.there(left), self.there(right));
        let cost = left.cost + right.cost;
        let node = join(Box::new(left.node.clone()), Box::new(right.node.clone()));
        let ty = match (&left.ty, &right.ty, &node) {
            (Ty::Unknown, ..) | (_, Ty::Unknown, _) => return Typed::unknown(at),
            (Ty::Int, Ty::Int, _) => Ty::Int,
            (Ty::Duration, Ty::Int, Node::Multiply(..) | Node::Divide(..)) => Ty::Duration,
            (Ty::Int, Ty::Duration, Node::Multiply(..)) => Ty::Duration,
            (a, b, _) => {
                let (a, b) = (a.words(), b.words());
                self.complain(
                    at,
                    (
                        format!("{}与{}不能相乘除", a.zh, b.zh),
                        format!("{} and {} are not multiplied or divided", a.en, b.en),
                    ),
                    (
                        "小数与数量只能比较和加减",
                        "decimals and quantities are only compared and added",
                    ),
                );
                return Typed::unknown(at);
            }
        };
        Typed::new(at, ty, node).costing(cost)
    }

    fn negate(&mut self, at: usize, a: &Expression, facts: &Facts) -> Typed {
        let of = self.check(a, facts);
        let of = self.there(of);
        if !matches!(of.ty, Ty::Int | Ty::Decimal(_) | Ty::Duration | Ty::Unknown) {
            self.wrong_type(&of, "数", "a number");
            return Typed::unknown(at);
        }
        let of = self.settled(of);
        Typed::new(at, of.ty, Node::Negate(Box::new(of.node))).costing(of.cost)
    }
}

fn false_node() -> Node {
    Node::Const(Datum::Bool(false))
}
