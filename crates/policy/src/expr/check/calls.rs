//! Functions: how many arguments, of which types; those that read nothing.

use super::{Checker, Facts, Literal, Typed};
use crate::expr::node::{Node, Pure};
use crate::expr::ty::Ty;
use crate::nearest::nearest;
use cel::common::ast::{CallExpr, Expr as Tree};
use cel::parser::Expression;
use lianfang_kernel::{Datum, RegionLevel, TimeOfDay};

/// Every function with the least and greatest number of its arguments.
const FUNCTIONS: &[(&str, usize, usize)] = &[
    ("age_band", 2, 2),
    ("all_done", 1, 1),
    ("at_time", 2, 2),
    ("attempts", 1, 1),
    ("between", 3, 3),
    ("calendar", 2, 2),
    ("children", 2, 2),
    ("date", 1, 1),
    ("date_add", 2, 2),
    ("day_diff", 2, 2),
    ("desk", 2, 2),
    ("done", 1, 1),
    ("holder", 3, 4),
    ("hours", 1, 1),
    ("in_force", 2, 3),
    ("level", 2, 4),
    ("max", 2, 8),
    ("min", 2, 8),
    ("missed", 1, 1),
    ("open", 1, 1),
    ("orgs", 2, 2),
    ("parent", 2, 2),
    ("at_level", 2, 2),
    ("rank", 1, 1),
    ("risk", 1, 2),
    ("rule", 2, 2),
    ("sector", 1, 1),
    ("self", 1, 1),
    ("setting", 1, 1),
    ("size", 1, 1),
    ("territory", 1, 1),
    ("time_of", 1, 1),
    ("unit", 1, 1),
    ("within", 2, 2),
];

impl Checker<'_, '_> {
    pub(super) fn call(&mut self, _id: u64, at: usize, call: &CallExpr, facts: &Facts) -> Typed {
        let name = call.func_name.as_str();
        let Some((_, least, most)) = FUNCTIONS.iter().find(|(known, ..)| *known == name) else {
            return self.unknown_function(at, name);
        };
        let args: Vec<&Expression> = match (&call.target, name) {
            (Some(target), "size") => vec![target],
            (Some(_), _) => {
                self.complain(
                    at,
                    (
                        format!("{name} 不是字段的函数"),
                        format!("{name} is not called on a value"),
                    ),
                    (format!("写作 {name}(…)"), format!("write {name}(…)")),
                );
                return Typed::unknown(at);
            }
            (None, _) => call.args.iter().collect(),
        };
        if args.len() < *least || args.len() > *most {
            let wanted = if least == most {
                least.to_string()
            } else {
                format!("{least}–{most}")
            };
            self.complain(
                at,
                (
                    format!("{name}() 要 {wanted} 个参数"),
                    format!("{name}() takes {wanted} arguments"),
                ),
                (
                    format!("现在有 {} 个", args.len()),
                    format!("it has {} here", args.len()),
                ),
            );
            return Typed::unknown(at);
        }
        match self.pure(at, name, &args, facts) {
            Some(typed) => typed,
            None => self.state_call(at, name, &args, facts),
        }
    }

    fn unknown_function(&mut self, at: usize, name: &str) -> Typed {
        let macros = ["has", "exists", "all", "exists_one", "filter", "map"];
        let known = FUNCTIONS.iter().map(|(name, ..)| *name).chain(macros);
        let hint = match nearest(name, known) {
            Some(near) if near == name => (
                "写法：列表.exists(变量, 条件)".to_owned(),
                "write list.exists(variable, condition)".to_owned(),
            ),
            Some(near) => (format!("是否为 {near}()？"), format!("did you mean {near}()?")),
            None => (
                "没有正则和文字拼接".to_owned(),
                "there are no regular expressions and no text building".to_owned(),
            ),
        };
        self.complain(
            at,
            (format!("没有函数 {name}()"), format!("there is no function {name}()")),
            hint,
        );
        Typed::unknown(at)
    }

    /// An argument that must be there.
    pub(super) fn arg(&mut self, tree: &Expression, facts: &Facts) -> Typed {
        let typed = self.check(tree, facts);
        self.there(typed)
    }

    pub(super) fn arg_as(&mut self, tree: &Expression, ty: &Ty, facts: &Facts) -> Typed {
        let typed = self.arg(tree, facts);
        self.coerce(typed, ty)
    }

    /// An argument that must be a text literal; complains otherwise.
    pub(super) fn literal_text(&mut self, tree: &Expression) -> Option<(usize, String)> {
        let at = self.parsed.offset(tree.id);
        self.nodes += 1;
        if let Tree::Literal(cel::common::ast::LiteralValue::String(text)) = &tree.expr {
            return Some((at, text.inner().to_owned()));
        }
        self.complain(
            at,
            ("此处要写文字常量", "a text literal is wanted here"),
            (
                "名称在装载时核对，不能计算得出",
                "names are checked when packs are loaded and cannot be computed",
            ),
        );
        None
    }

    /// A day, or an instant taken as the day it falls on.
    pub(super) fn day_arg(&mut self, tree: &Expression, facts: &Facts) -> Typed {
        let typed = self.arg(tree, facts);
        if typed.ty == Ty::Instant {
            let cost = typed.cost;
            return Typed::new(typed.at, Ty::Day, Node::Pure(Pure::DateOf, vec![typed.node])).costing(cost);
        }
        self.coerce(typed, &Ty::Day)
    }

    fn pure(&mut self, at: usize, name: &str, args: &[&Expression], facts: &Facts) -> Option<Typed> {
        let typed = match (name, args) {
            ("hours", [n]) => {
                let n = self.arg_as(n, &Ty::Int, facts);
                made(at, Ty::Duration, Pure::Hours, vec![n])
            }
            ("date", [of]) => {
                let of = self.arg_as(of, &Ty::Instant, facts);
                made(at, Ty::Day, Pure::DateOf, vec![of])
            }
            ("date_add", [day, n]) => {
                let (day, n) = (self.day_arg(day, facts), self.arg_as(n, &Ty::Int, facts));
                made(at, Ty::Day, Pure::DateAdd, vec![day, n])
            }
            ("day_diff", [a, b]) => {
                let (a, b) = (self.day_arg(a, facts), self.day_arg(b, facts));
                made(at, Ty::Int, Pure::DayDiff, vec![a, b])
            }
            ("at_time", [day, time]) => {
                let (day, time) = (self.day_arg(day, facts), self.time_arg(time));
                made(at, Ty::Instant, Pure::AtTime, vec![day, time])
            }
            ("between", [x, a, b]) => self.between(at, x, a, b, facts),
            ("within", [region, area]) => {
                let (region, area) = (self.region_arg(region, facts), self.region_arg(area, facts));
                made(at, Ty::Bool, Pure::Within, vec![region, area])
            }
            ("parent", [region, level]) => self.of_level(at, region, level, (Ty::Region, Pure::Parent), facts),
            ("at_level", [region, level]) => self.of_level(at, region, level, (Ty::Bool, Pure::AtLevel), facts),
            ("age_band", [born, on]) => {
                let (born, on) = (self.day_arg(born, facts), self.day_arg(on, facts));
                made(at, Ty::Int, Pure::AgeBand, vec![born, on])
            }
            ("size", [of]) => {
                let of = self.arg(of, facts);
                if !matches!(of.ty, Ty::List(..) | Ty::Text | Ty::Unknown) {
                    self.wrong_type(&of, "列表或文字", "a list or a text");
                }
                made(at, Ty::Int, Pure::Size, vec![of])
            }
            ("max", args) => self.extreme(at, args, Pure::Max, facts),
            ("min", args) => self.extreme(at, args, Pure::Min, facts),
            _ => return None,
        };
        Some(typed)
    }

    fn time_arg(&mut self, tree: &Expression) -> Typed {
        let Some((at, text)) = self.literal_text(tree) else {
            return Typed::unknown(0);
        };
        match TimeOfDay::parse(&text) {
            Ok(time) => Typed::new(at, Ty::Int, Node::Const(Datum::Int(i64::from(time.0)))),
            Err(_) => {
                self.complain(
                    at,
                    (format!("'{text}' 不是时刻"), format!("'{text}' is no time of day")),
                    ("写作 '08:00'", "write '08:00'"),
                );
                Typed::unknown(at)
            }
        }
    }

    /// The region of an argument: a region, or a subject's.
    pub(super) fn region_arg(&mut self, tree: &Expression, facts: &Facts) -> Typed {
        let typed = self.arg(tree, facts);
        match typed.ty {
            Ty::View(_) | Ty::Subject(_) => {
                let cost = typed.cost;
                Typed::new(typed.at, Ty::Region, Node::SubjectRegion(Box::new(typed.node))).costing(cost)
            }
            _ => self.coerce(typed, &Ty::Region),
        }
    }

    fn between(&mut self, at: usize, x: &Expression, a: &Expression, b: &Expression, facts: &Facts) -> Typed {
        let (x, a, b) = (self.arg(x, facts), self.arg(a, facts), self.arg(b, facts));
        if !x.ty.is_ordered() && x.ty != Ty::Unknown {
            self.wrong_type(&x, "数、时刻、日期或时长", "a number, instant, day or duration");
            return Typed::new(at, Ty::Bool, Node::Const(Datum::Bool(false)));
        }
        let ty = x.ty.clone();
        let x = self.settled(x);
        let (a, b) = (self.coerce(a, &ty), self.coerce(b, &ty));
        made(at, Ty::Bool, Pure::Between, vec![x, a, b])
    }

    /// What is asked of a region and a level.
    fn of_level(
        &mut self,
        at: usize,
        region: &Expression,
        level: &Expression,
        (ty, function): (Ty, fn(RegionLevel) -> Pure),
        facts: &Facts,
    ) -> Typed {
        let region = self.region_arg(region, facts);
        let Some((place, id)) = self.literal_text(level) else {
            return Typed::unknown(at);
        };
        let Some(level) = RegionLevel::from_id(&id) else {
            let known = RegionLevel::ALL.map(RegionLevel::id);
            self.complain(
                place,
                (format!("没有层级 '{id}'"), format!("there is no level '{id}'")),
                (
                    format!("可用：{}", known.join(" ")),
                    format!("there are: {}", known.join(" ")),
                ),
            );
            return Typed::unknown(at);
        };
        made(at, ty, function(level), vec![region])
    }

    fn extreme(&mut self, at: usize, args: &[&Expression], function: Pure, facts: &Facts) -> Typed {
        let mut typed: Vec<Typed> = args.iter().map(|arg| self.arg(arg, facts)).collect();
        let lead = typed
            .iter()
            .find(|arg| matches!(arg.literal, Literal::None))
            .or(typed.first());
        let ty = lead.map_or(Ty::Unknown, |lead| lead.ty.clone());
        typed = typed.into_iter().map(|arg| self.coerce(arg, &ty)).collect();
        if !ty.is_ordered() && ty != Ty::Unknown {
            let words = ty.words();
            self.complain(
                at,
                (format!("{}没有大小", words.zh), format!("{} has no order", words.en)),
                (
                    "只用于数、时刻、日期、时长",
                    "it takes numbers, instants, days and durations",
                ),
            );
        }
        made(at, ty, function, typed)
    }
}

fn made(at: usize, ty: Ty, function: Pure, args: Vec<Typed>) -> Typed {
    let cost = args.iter().map(|arg| arg.cost).sum();
    let nodes = args.into_iter().map(|arg| arg.node).collect();
    Typed::new(at, ty, Node::Pure(function, nodes)).costing(cost)
}
