//! Literals meet their type, decimals their scale, subjects their id.

use super::{Checker, Literal, Typed, Want};
use crate::expr::node::Node;
use crate::expr::ty::{RecordTy, Ty};
use crate::nearest::nearest;
use lianfang_kernel::{Datum, Day, Instant, SubjectKind};
use std::sync::Arc;

/// Digits after the point that a decimal may have.
const MAX_SCALE: u8 = 9;

impl Checker<'_, '_> {
    /// Brings the whole condition to what its place asks.
    pub(super) fn want(&mut self, typed: Typed, want: &Want) -> Typed {
        match want {
            Want::Ty(ty) => {
                let typed = self.there(typed);
                self.coerce(typed, ty)
            }
            Want::Maybe(ty) => self.coerce(typed, ty),
            Want::Any => self.settled(typed),
            Want::AnyList => {
                if !matches!(typed.ty, Ty::List(..) | Ty::Unknown) {
                    self.wrong_type(&typed, "列表", "a list");
                }
                self.settled(typed)
            }
            Want::Number => {
                let typed = self.there(typed);
                if !matches!(typed.ty, Ty::Int | Ty::Decimal(_) | Ty::Duration | Ty::Unknown) {
                    self.wrong_type(&typed, "可相加的数", "a number that can be summed");
                }
                self.settled(typed)
            }
        }
    }

    /// A literal whose type nothing told: a decimal has none.
    pub(super) fn settled(&mut self, typed: Typed) -> Typed {
        match &typed.literal {
            Literal::Decimal(_) => self.lonely_decimal(typed.at),
            Literal::Null => self.no_null(typed.at),
            _ => {}
        }
        typed
    }

    fn lonely_decimal(&mut self, at: usize) {
        self.complain(
            at,
            (
                "小数常量只能与小数字段比较或相加",
                "a number with decimals stands only beside a decimal field",
            ),
            (
                "请检查另一侧的字段类型",
                "check the kind of the field on the other side",
            ),
        );
    }

    pub(super) fn no_null(&mut self, at: usize) {
        self.complain(
            at,
            ("条件中没有 null", "there is no null in conditions"),
            ("请用 has(…) 判断有无", "ask has(…) whether a value is there"),
        );
    }

    pub(super) fn wrong_type(&mut self, typed: &Typed, zh: &str, en: &str) {
        if typed.ty == Ty::Unknown {
            return;
        }
        let found = typed.ty.words();
        self.complain(
            typed.at,
            (
                format!("此处应为{zh}，而不是{}", found.zh),
                format!("{en} is wanted here, not {}", found.en),
            ),
            hint_for(&typed.ty, zh),
        );
    }

    /// The expression as a value of type `ty`, or a complaint.
    pub(super) fn coerce(&mut self, typed: Typed, ty: &Ty) -> Typed {
        match (&typed.literal, ty) {
            (_, Ty::Unknown) => Typed::unknown(typed.at),
            (Literal::Null, _) => {
                self.no_null(typed.at);
                Typed::unknown(typed.at)
            }
            (Literal::Text(text), _) if *ty != Ty::Text => {
                let text = text.clone();
                self.text_as(typed, &text, ty)
            }
            (Literal::Int(n), Ty::Decimal(scale)) => {
                let scaled = n.checked_mul(power(*scale));
                self.constant(typed, scaled, ty)
            }
            (Literal::Decimal(digits), Ty::Decimal(scale)) => {
                let digits = digits.clone();
                self.decimal_as(typed, &digits, *scale)
            }
            (Literal::Decimal(_), _) => {
                self.lonely_decimal(typed.at);
                Typed::unknown(typed.at)
            }
            (Literal::List(_), Ty::List(of, bound)) => self.list_as(typed, of, *bound),
            (Literal::Map(_), Ty::Record(record)) => self.map_as(typed, &record.clone()),
            _ => self.value_as(typed, ty),
        }
    }

    fn value_as(&mut self, mut typed: Typed, ty: &Ty) -> Typed {
        let node = std::mem::replace(&mut typed.node, Node::Const(Datum::Null));
        typed.node = match (&typed.ty, ty) {
            (Ty::Int, Ty::Decimal(scale)) => scaled(node, *scale),
            (Ty::Decimal(from), Ty::Decimal(to)) if from < to => scaled(node, to - from),
            (Ty::View(kind), Ty::Subject(wanted)) if kind.is_none() || wanted.is_none() || kind == wanted => {
                Node::SubjectId(Box::new(node))
            }
            (Ty::Subject(kind) | Ty::View(kind), Ty::Desk)
                if matches!(kind, None | Some(SubjectKind::Organisation)) =>
            {
                Node::UnitDesk(Box::new(node))
            }
            (found, wanted) if found.fits(wanted) => node,
            _ => {
                let words = ty.words();
                self.wrong_type(&typed, &words.zh, &words.en);
                return Typed::unknown(typed.at);
            }
        };
        typed.ty = ty.clone();
        typed
    }

    fn constant(&mut self, mut typed: Typed, value: Option<i64>, ty: &Ty) -> Typed {
        let Some(value) = value else {
            self.complain(
                typed.at,
                ("数值过大", "the number is too large"),
                ("请检查单位与小数位", "check its unit and its decimals"),
            );
            return Typed::unknown(typed.at);
        };
        typed.node = Node::Const(Datum::Int(value));
        typed.ty = ty.clone();
        typed.literal = Literal::None;
        typed
    }

    fn decimal_as(&mut self, typed: Typed, digits: &str, scale: u8) -> Typed {
        match scale_digits(digits, scale) {
            Ok(value) => self.constant(typed, value, &Ty::Decimal(scale)),
            Err(found) => {
                self.complain(
                    typed.at,
                    (
                        format!("{digits} 有 {found} 位小数，该字段只有 {scale} 位"),
                        format!("{digits} has {found} decimals, the field has {scale}"),
                    ),
                    ("请按字段的 scale 书写", "write it with the field's scale"),
                );
                Typed::unknown(typed.at)
            }
        }
    }

    /// A text literal as a code, a type, a region, a day, an instant.
    fn text_as(&mut self, mut typed: Typed, text: &str, ty: &Ty) -> Typed {
        let number = match ty {
            Ty::Code { list, blank } => {
                if !(self.code_exists(typed.at, list, text) || *blank && text.is_empty()) {
                    return self.unknown_code(typed.at, list, text);
                }
                None
            }
            Ty::Type => {
                if self.world().kind_of(text).is_none() {
                    return self.unknown_type(typed.at, text);
                }
                None
            }
            Ty::Region => None,
            Ty::Day => match Day::parse(text) {
                Ok(day) => Some(i64::from(day.0)),
                Err(_) => return self.no_time(typed.at, text, "2022-06-28"),
            },
            Ty::Instant => match Instant::parse(text) {
                Ok(at) => Some(at.0),
                Err(_) => return self.no_time(typed.at, text, "2022-06-28T00:00:00+08:00"),
            },
            _ => {
                let words = ty.words();
                self.wrong_type(&typed, &words.zh, &words.en);
                return Typed::unknown(typed.at);
            }
        };
        if let Some(number) = number {
            typed.node = Node::Const(Datum::Int(number));
        }
        typed.ty = ty.clone();
        typed.literal = Literal::None;
        typed
    }

    fn no_time(&mut self, at: usize, text: &str, example: &str) -> Typed {
        self.complain(
            at,
            (
                format!("'{text}' 不是有效的时间"),
                format!("'{text}' is no valid time here"),
            ),
            (format!("写作 '{example}'"), format!("write '{example}'")),
        );
        Typed::unknown(at)
    }

    fn code_exists(&self, _at: usize, list: &str, code: &str) -> bool {
        self.world()
            .lists
            .get(list)
            .is_some_and(|list| list.value(code).is_some())
    }

    fn unknown_code(&mut self, at: usize, list: &str, code: &str) -> Typed {
        let known: Vec<&str> = self
            .world()
            .lists
            .get(list)
            .map_or_else(Vec::new, |list| list.values.iter().map(|v| v.id.as_str()).collect());
        let shown = list.trim_start_matches('@');
        let hint = match nearest(code, known.iter().copied()) {
            Some(near) => (format!("是否为 '{near}'？"), format!("did you mean '{near}'?")),
            None => (
                format!("可用：{}", known.join(" ")),
                format!("it has: {}", known.join(" ")),
            ),
        };
        self.complain(
            at,
            (
                format!("代码表 {shown} 没有 '{code}'"),
                format!("list {shown} has no code '{code}'"),
            ),
            hint,
        );
        Typed::unknown(at)
    }

    pub(super) fn unknown_type(&mut self, at: usize, id: &str) -> Typed {
        let known: Vec<&str> = SubjectKind::ALL.iter().map(|kind| kind.id()).collect();
        let known = known.into_iter().chain(self.world().types.keys().map(String::as_str));
        let hint = match nearest(id, known) {
            Some(near) => (format!("是否为 '{near}'？"), format!("did you mean '{near}'?")),
            None => (
                "请先用 [type] 声明".to_owned(),
                "declare it under [type] first".to_owned(),
            ),
        };
        self.complain(
            at,
            (
                format!("没有对象类型 '{id}'"),
                format!("there is no subject type '{id}'"),
            ),
            hint,
        );
        Typed::unknown(at)
    }

    fn list_as(&mut self, typed: Typed, of: &Ty, _bound: u32) -> Typed {
        let (at, cost) = (typed.at, typed.cost);
        let Literal::List(items) = typed.literal else {
            return Typed::unknown(at);
        };
        let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
        let nodes: Vec<Node> = items
            .into_iter()
            .map(|item| {
                let item = self.there(item);
                self.coerce(item, of).node
            })
            .collect();
        let constants: Option<Vec<Datum>> = nodes
            .iter()
            .map(|node| match node {
                Node::Const(value) => Some(value.clone()),
                _ => None,
            })
            .collect();
        let node = constants.map_or_else(|| Node::List(nodes), |items| Node::Const(Datum::list(items)));
        let mut made = Typed::new(at, Ty::list(of.clone(), count), node);
        made.cost = cost;
        made
    }

    /// Named values as a record: the inputs of a rule. A value that may be missing is passed on as missing.
    fn map_as(&mut self, typed: Typed, record: &RecordTy) -> Typed {
        let (at, cost) = (typed.at, typed.cost);
        let Literal::Map(entries) = typed.literal else {
            return Typed::unknown(at);
        };
        let mut made: Vec<(Arc<str>, Node)> = Vec::new();
        for (name, place, value) in entries {
            let Some(field) = record.field(&name) else {
                let _ = self.no_such_field(place, &record.what, &record.fields, &name);
                continue;
            };
            if made.iter().any(|(known, _)| **known == *name) {
                self.complain(
                    place,
                    (format!("{name} 写了两次"), format!("{name} stands twice")),
                    ("请删去一个", "leave one out"),
                );
            }
            let value = self.coerce(value, &field.ty);
            made.push((Arc::from(name.as_str()), value.node));
        }
        for field in &record.fields {
            if made.iter().all(|(known, _)| **known != *field.name) {
                self.complain(
                    at,
                    (
                        format!("{} 缺少 {}", record.what, field.name),
                        format!("{} lacks {}", record.what, field.name),
                    ),
                    (
                        format!("请加上 '{}': …", field.name),
                        format!("add '{}': …", field.name),
                    ),
                );
            }
        }
        let mut typed = Typed::new(at, Ty::record(record.clone()), Node::Record(made));
        typed.cost = cost;
        typed
    }

    /// Two sides of a comparison brought to one type.
    pub(super) fn unify(&mut self, left: Typed, right: Typed) -> Option<(Typed, Typed)> {
        let (left, right) = (self.there(left), self.there(right));
        let plain = |typed: &Typed| matches!(typed.literal, Literal::None);
        let both = match (plain(&left), plain(&right)) {
            (true, false) => {
                let ty = left.ty.clone();
                (left, self.coerce(right, &ty))
            }
            (false, true) => {
                let ty = right.ty.clone();
                (self.coerce(left, &ty), right)
            }
            _ => self.widen(left, right),
        };
        if both.0.ty == Ty::Unknown || both.1.ty == Ty::Unknown {
            return None;
        }
        if both.0.ty.fits(&both.1.ty) || both.1.ty.fits(&both.0.ty) {
            return Some(both);
        }
        let (a, b) = (both.0.ty.words(), both.1.ty.words());
        self.complain(
            both.1.at,
            (
                format!("{}不能与{}比较", a.zh, b.zh),
                format!("{} is not compared with {}", a.en, b.en),
            ),
            comparison_hint(&both.0.ty, &both.1.ty),
        );
        None
    }

    fn widen(&mut self, left: Typed, right: Typed) -> (Typed, Typed) {
        let wider = match (&left.ty, &right.ty) {
            (Ty::Decimal(a), Ty::Decimal(b)) => Ty::Decimal(*a.max(b)),
            (Ty::Decimal(scale), Ty::Int) | (Ty::Int, Ty::Decimal(scale)) => Ty::Decimal(*scale),
            (Ty::View(kind), Ty::Subject(_) | Ty::View(_)) | (Ty::Subject(_), Ty::View(kind)) => Ty::Subject(*kind),
            _ => return (left, right),
        };
        (self.coerce(left, &wider), self.coerce(right, &wider))
    }
}

fn hint_for(found: &Ty, wanted: &str) -> (&'static str, &'static str) {
    match found {
        Ty::Int if wanted == "时长" => ("时长写作 hours(2)", "write a duration as hours(2)"),
        Ty::Instant if wanted == "日期" => ("时刻的日期为 date(…)", "the day of an instant is date(…)"),
        Ty::Day if wanted == "时刻" => (
            "某日某时为 at_time(日期, '08:00')",
            "a time of a day is at_time(day, '08:00')",
        ),
        _ => ("请检查字段类型与函数", "check the kind of the field, and the function"),
    }
}

fn comparison_hint(a: &Ty, b: &Ty) -> (&'static str, &'static str) {
    let either = |wanted: fn(&Ty) -> bool| wanted(a) || wanted(b);
    if either(|ty| *ty == Ty::Day) && either(|ty| *ty == Ty::Instant) {
        return (
            "时刻取日期用 date(…)，两日相差用 day_diff(a, b)",
            "take date(…) of the instant, or count with day_diff(a, b)",
        );
    }
    if either(|ty| *ty == Ty::Duration) && either(|ty| *ty == Ty::Int) {
        return ("时长写作 hours(2)", "write a duration as hours(2)");
    }
    ("请检查两侧的类型", "check the kinds of both sides")
}

fn scaled(node: Node, scale: u8) -> Node {
    Node::Multiply(Box::new(node), Box::new(Node::Const(Datum::Int(power(scale)))))
}

/// Ten to the power of a scale.
pub(crate) fn power(scale: u8) -> i64 {
    10i64.pow(u32::from(scale.min(MAX_SCALE)))
}

/// `37.3` at scale 1 as 373; `Err` tells how many decimals there are when they are too many, `Ok(None)` a number too
/// large.
pub(crate) fn scale_digits(digits: &str, scale: u8) -> Result<Option<i64>, usize> {
    let (negative, digits) = digits.strip_prefix('-').map_or((false, digits), |rest| (true, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let part = part.trim_end_matches('0');
    if part.len() > usize::from(scale) {
        return Err(part.len());
    }
    let padded = format!("{whole}{part:0<width$}", width = usize::from(scale));
    Ok(padded.parse::<i64>().ok().map(|n| if negative { -n } else { n }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_scaled_exactly() {
        assert_eq!(scale_digits("37.3", 1), Ok(Some(373)));
        assert_eq!(scale_digits("-0.50", 2), Ok(Some(-50)));
        assert_eq!(scale_digits("37", 1), Ok(Some(370)));
        assert_eq!(scale_digits("37.35", 1), Err(2));
        assert_eq!(scale_digits(&"9".repeat(30), 0), Ok(None));
    }
}
