//! Comprehensions: `exists`, `all`, `exists_one`, `filter`, `map`, read back from what the parser's macros expand to.

use super::{Checker, Facts, Typed};
use crate::expr::limits::MAX_ITEMS;
use crate::expr::node::{Each, EachWhat, Node};
use crate::expr::ty::Ty;
use cel::common::ast::{ComprehensionExpr, Expr as Tree, LiteralValue, operators as op};
use cel::parser::Expression;

/// A comprehension as it was written.
struct Written<'t> {
    what: EachWhat,
    test: Option<&'t Expression>,
    make: Option<&'t Expression>,
}

impl Checker<'_, '_> {
    pub(super) fn each(&mut self, at: usize, each: &ComprehensionExpr, facts: &Facts) -> Typed {
        let Some(written) = written(each) else {
            self.complain(at, ("不支持的写法", "this form is not part of the language"), MACROS);
            return Typed::unknown(at);
        };
        let range = self.check(&each.iter_range, facts);
        let range = self.there(range);
        let (of, bound) = match &range.ty {
            Ty::List(of, bound) => ((**of).clone(), (*bound).clamp(1, MAX_ITEMS)),
            Ty::Unknown => (Ty::Unknown, 1),
            _ => {
                self.wrong_type(&range, "列表", "a list");
                return Typed::unknown(at);
            }
        };
        if self.local.is_some() {
            self.complain(
                at,
                ("遍历中不能再遍历", "a list is not run over inside another"),
                (
                    "请拆成规则表，或先用 filter()",
                    "split it into a rule table, or filter() first",
                ),
            );
            return Typed::unknown(at);
        }
        if self.scope.get(&each.iter_var).is_some() {
            let name = &each.iter_var;
            self.complain(
                at,
                (format!("{name} 已是变量名"), format!("{name} is a variable already")),
                ("请换一个名称", "take another name"),
            );
        }
        self.local = Some((each.iter_var.clone(), of.clone()));
        let typed = self.body(at, &written, &range, &of, bound, facts);
        self.local = None;
        typed
    }

    fn body(&mut self, at: usize, written: &Written<'_>, range: &Typed, of: &Ty, bound: u32, facts: &Facts) -> Typed {
        let test = written.test.map(|test| self.boolean(test, facts));
        let inside = test.as_ref().map_or_else(|| facts.clone(), |test| facts | &test.yes);
        let make = written.make.map(|make| {
            let made = self.check(make, &inside);
            let made = self.there(made);
            self.settled(made)
        });
        let ty = match written.what {
            EachWhat::Filter => Ty::list(of.clone(), bound),
            EachWhat::Map => Ty::list(make.as_ref().map_or(Ty::Unknown, |made| made.ty.clone()), bound),
            EachWhat::Exists | EachWhat::All | EachWhat::ExistsOne => Ty::Bool,
        };
        let body = test.as_ref().map_or(0, |test| test.cost) + make.as_ref().map_or(0, |made| made.cost);
        let cost = range.cost.saturating_add(body.saturating_mul(u64::from(bound)));
        let node = Node::Each(Box::new(Each {
            what: written.what,
            range: range.node.clone(),
            bound,
            test: test.map(|test| test.node),
            make: make.map(|made| made.node),
        }));
        Typed::new(at, ty, node).costing(cost)
    }
}

const MACROS: (&str, &str) = (
    "可用：exists all exists_one filter map",
    "there are: exists, all, exists_one, filter, map",
);

/// What the macros of the parser expand to, told apart by their accumulator and step.
fn written(each: &ComprehensionExpr) -> Option<Written<'_>> {
    let Tree::Call(step) = &each.loop_step.expr else {
        return None;
    };
    let name = step.func_name.as_str();
    match (&each.accu_init.expr, name, step.args.as_slice()) {
        (Tree::Literal(LiteralValue::Boolean(_)), op::LOGICAL_OR, [_, test]) => Some(Written {
            what: EachWhat::Exists,
            test: Some(test),
            make: None,
        }),
        (Tree::Literal(LiteralValue::Boolean(_)), op::LOGICAL_AND, [_, test]) => Some(Written {
            what: EachWhat::All,
            test: Some(test),
            make: None,
        }),
        (Tree::Literal(LiteralValue::Int(_)), op::CONDITIONAL, [test, _, _]) => Some(Written {
            what: EachWhat::ExistsOne,
            test: Some(test),
            make: None,
        }),
        (Tree::List(_), op::ADD, [_, made]) => Some(Written {
            what: EachWhat::Map,
            test: None,
            make: Some(item(made)?),
        }),
        (Tree::List(_), op::CONDITIONAL, [test, kept, _]) => {
            let Tree::Call(kept) = &kept.expr else { return None };
            let made = item(kept.args.get(1)?)?;
            let same = matches!(&made.expr, Tree::Ident(name) if *name == each.iter_var);
            let (what, make) = if same {
                (EachWhat::Filter, None)
            } else {
                (EachWhat::Map, Some(made))
            };
            Some(Written {
                what,
                test: Some(test),
                make,
            })
        }
        _ => None,
    }
}

/// The one element of the list that a step adds.
fn item(list: &Expression) -> Option<&Expression> {
    let Tree::List(list) = &list.expr else { return None };
    list.elements.first()
}
