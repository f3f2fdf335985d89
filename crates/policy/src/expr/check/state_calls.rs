//! Functions that read the snapshot, and those that ask the plan in hand.

use super::{Checker, Facts, Typed};
use crate::expr::limits::MAX_ITEMS;
use crate::expr::node::{Ask, Asked, DeskKind, Moment, Node, Ranks};
use crate::expr::ty::{Access, RecordTy, Ty};
use crate::nearest::nearest;
use cel::parser::Expression;
use lianfang_kernel::{FieldSchema, Kind, RegisterSchema, SubjectKind};
use std::sync::Arc;

/// What looking intervals up is reckoned at.
const LOOK_UP_COST: u64 = 20;

/// The list whose codes name the functions of organisations.
const FUNCTIONS_LIST: &str = "function";

impl Checker<'_, '_> {
    pub(super) fn state_call(&mut self, at: usize, name: &str, args: &[&Expression], facts: &Facts) -> Typed {
        match (name, args) {
            ("setting", [id]) => self.setting(at, id),
            ("calendar", [id, day]) => self.calendar(at, id, day, facts),
            ("in_force", [register, target, when @ ..]) => self.in_force(at, register, target, when, facts),
            ("level", [register, target, when @ ..]) => match self.literal_text(register) {
                Some((place, id)) => self.level(at, place, &id, target, when, facts),
                None => Typed::unknown(at),
            },
            ("risk", [target, when @ ..]) => self.level(at, at, "risk_area", target, when, facts),
            ("rule", [id, inputs]) => self.rule(at, id, inputs, facts),
            ("rank", [code]) => self.rank(at, code, facts),
            ("desk", [function, region]) => self.desk(at, function, region, facts),
            ("territory", [of]) => {
                let region = self.region_arg(of, facts);
                let cost = region.cost;
                Typed::new(at, Ty::Desk, Node::Desk(DeskKind::Territory, vec![region.node])).costing(cost)
            }
            ("sector", [of]) => self.desk_of(at, DeskKind::Sector, of, facts),
            ("unit", [of]) => self.desk_of(at, DeskKind::Unit, of, facts),
            ("self", [of]) => self.desk_of(at, DeskKind::Own, of, facts),
            ("holder", [register, target, code, when @ ..]) => self.holder(at, register, target, (code, when), facts),
            ("orgs", [region, wanted]) => self.orgs(at, region, wanted, facts),
            ("children", _) => {
                self.complain(
                    at,
                    ("本版本还没有 children()", "children() is not in this version"),
                    ("请用 in_force() 或逐个登记", "use in_force(), or a task for each"),
                );
                Typed::unknown(at)
            }
            _ => self.engine_call(at, name, args, facts),
        }
    }

    fn engine_call(&mut self, at: usize, name: &str, args: &[&Expression], facts: &Facts) -> Typed {
        let (ask, ty) = match name {
            "done" => (Ask::Done, Ty::Bool),
            "all_done" => (Ask::AllDone, Ty::Bool),
            "missed" => (Ask::Missed, Ty::Bool),
            "attempts" => (Ask::Attempts, Ty::Int),
            "open" => (Ask::Open, Ty::Int),
            _ => (Ask::TimeOf, Ty::Instant),
        };
        let tasks = self.scope.tasks.filter(|_| self.scope.site.has_engine());
        let Some(tasks) = tasks else {
            let (zh, en) = self.scope.site.words();
            self.complain(
                at,
                (
                    format!("{zh}中不能用 {name}()"),
                    format!("{name}() cannot be asked in {en}"),
                ),
                (
                    "任务只能在 owner、until、from、release、escalate 中查询",
                    "tasks are asked in owner, until, from, release and escalate",
                ),
            );
            return Typed::unknown(at);
        };
        let Some((place, task)) = args.first().and_then(|task| self.literal_text(task)) else {
            return Typed::unknown(at);
        };
        if !tasks.contains(&task) {
            let hint = known_hint(&task, tasks.iter().map(String::as_str));
            self.complain(
                place,
                (
                    format!("本协议没有任务 {task}"),
                    format!("the protocol has no task {task}"),
                ),
                hint,
            );
            return Typed::unknown(at);
        }
        let mut typed = Typed::new(at, ty, Node::Engine(ask, Arc::from(task.as_str())));
        // What is done was done at some time.
        let time = format!("time_of('{task}')");
        match ask {
            Ask::Done => {
                typed.yes.insert(time);
            }
            Ask::TimeOf => {
                typed.missing = !facts.contains(&time);
                typed.key = Some(time);
            }
            _ => {}
        }
        typed
    }

    fn setting(&mut self, at: usize, id: &Expression) -> Typed {
        let Some((place, id)) = self.literal_text(id) else {
            return Typed::unknown(at);
        };
        let Some(ty) = self.world().settings.get(&id) else {
            let hint = known_hint(&id, self.world().settings.keys().map(String::as_str));
            self.complain(
                place,
                (format!("没有设置 {id}"), format!("there is no setting {id}")),
                hint,
            );
            return Typed::unknown(at);
        };
        Typed::new(at, ty.clone(), Node::Setting(Arc::from(id.as_str()))).costing(4)
    }

    fn calendar(&mut self, at: usize, id: &Expression, day: &Expression, facts: &Facts) -> Typed {
        let Some((place, id)) = self.literal_text(id) else {
            return Typed::unknown(at);
        };
        let day = self.day_arg(day, facts);
        let field = self
            .world()
            .registers
            .get("calendar")
            .and_then(|calendar| calendar.schema.field("calendar"));
        match field.map(|field| &field.kind) {
            Some(Kind::Code { list }) => {
                let known = self.world().lists.get(list);
                if known.is_some_and(|known| known.value(&id).is_none()) {
                    let ids = known
                        .into_iter()
                        .flat_map(|list| &list.values)
                        .map(|value| value.id.as_str());
                    let hint = known_hint(&id, ids);
                    self.complain(
                        place,
                        (format!("没有日历 {id}"), format!("there is no calendar {id}")),
                        hint,
                    );
                }
            }
            Some(Kind::Text) => {}
            _ => self.complain(
                at,
                ("没有日历登记表", "there is no register of calendars"),
                (
                    "声明 [register.calendar]：reference，字段 calendar（代码）与 open（是非）",
                    "declare [register.calendar] with reference = true and the fields calendar (code) and open (bool)",
                ),
            ),
        }
        let cost = day.cost + LOOK_UP_COST;
        Typed::new(at, Ty::Bool, Node::Calendar(Arc::from(id.as_str()), Box::new(day.node))).costing(cost)
    }

    /// A register of intervals in the snapshot.
    fn reference(&mut self, place: usize, id: &str) -> Option<(RegisterSchema, Arc<RecordTy>)> {
        let Some(found) = self.world().registers.get(id) else {
            let known = self.world().registers.values().filter(|known| known.schema.reference);
            let hint = known_hint(id, known.map(|known| known.schema.id.as_str()));
            self.complain(
                place,
                (format!("没有登记表 {id}"), format!("there is no register {id}")),
                hint,
            );
            return None;
        };
        if !found.schema.reference {
            self.complain(
                place,
                (
                    format!("登记表 {id} 不在快照中"),
                    format!("register {id} is not part of the snapshot"),
                ),
                (
                    "在该登记表写 reference = true，或用 look 读取",
                    "give it reference = true, or read it by a look",
                ),
            );
            return None;
        }
        Some((found.schema.clone(), found.record.clone()))
    }

    fn asked(&mut self, register: &str, target: &Expression, when: &[&Expression], facts: &Facts) -> (Asked, u64) {
        let target = self.arg(target, facts);
        let mut cost = target.cost + LOOK_UP_COST;
        let (subject, region, kind_type) = match &target.ty {
            Ty::Subject(_) | Ty::View(_) => {
                let of = || Box::new(target.node.clone());
                (
                    Some(Node::SubjectId(of())),
                    Some(Node::SubjectRegion(of())),
                    Some(Node::SubjectType(of())),
                )
            }
            _ => (None, Some(self.coerce(target, &Ty::Region).node), None),
        };
        let mut moments = when.iter().map(|when| {
            let typed = self.arg(when, facts);
            cost += typed.cost;
            match typed.ty {
                Ty::Day => Moment::Day(typed.node),
                _ => Moment::Instant(self.coerce(typed, &Ty::Instant).node),
            }
        });
        let (first, last) = (moments.next(), moments.next());
        drop(moments);
        (
            Asked {
                register: Arc::from(register),
                subject,
                region,
                kind_type,
                first,
                last,
            },
            cost,
        )
    }

    fn in_force(
        &mut self,
        at: usize,
        register: &Expression,
        target: &Expression,
        when: &[&Expression],
        facts: &Facts,
    ) -> Typed {
        let Some((place, id)) = self.literal_text(register) else {
            return Typed::unknown(at);
        };
        let found = self.reference(place, &id);
        let (asked, cost) = self.asked(&id, target, when, facts);
        let Some((_, record)) = found else {
            return Typed::unknown(at);
        };
        let ty = Ty::list(Ty::Record(record), MAX_ITEMS);
        Typed::new(at, ty, Node::InForce(Box::new(asked))).costing(cost)
    }

    fn level(
        &mut self,
        at: usize,
        place: usize,
        id: &str,
        target: &Expression,
        when: &[&Expression],
        facts: &Facts,
    ) -> Typed {
        let found = self.reference(place, id);
        let (asked, cost) = self.asked(id, target, when, facts);
        let Some((schema, _)) = found else {
            return Typed::unknown(at);
        };
        let ranked = code_fields(&schema).find_map(|(field, list)| Some((field, list, self.ranks(list)?)));
        let Some((field, list, ranks)) = ranked else {
            self.complain(
                place,
                (
                    format!("登记表 {id} 没有分级的代码字段"),
                    format!("register {id} has no code field of a ranked list"),
                ),
                ("在代码表的每个值写 rank", "give every value of its list a rank"),
            );
            return Typed::unknown(at);
        };
        let ty = Ty::blank_code(list);
        let node = Node::Level(Box::new(asked), Arc::from(field.id.as_str()), ranks);
        Typed::new(at, ty, node).costing(cost)
    }

    /// The ranks of a list, when all its values have one.
    fn ranks(&self, list: &str) -> Option<Ranks> {
        let list = self.world().lists.get(list).filter(|list| !list.values.is_empty())?;
        list.values
            .iter()
            .map(|value| Some((Arc::from(value.id.as_str()), value.rank?)))
            .collect()
    }

    fn rank(&mut self, at: usize, code: &Expression, facts: &Facts) -> Typed {
        let code = self.arg(code, facts);
        let list = match &code.ty {
            Ty::Code { list, .. } => list.clone(),
            Ty::Unknown => return Typed::unknown(at),
            _ => {
                self.wrong_type(&code, "代码", "a code");
                return Typed::unknown(at);
            }
        };
        let Some(ranks) = self.ranks(&list) else {
            self.complain(
                at,
                (format!("代码表 {list} 没有分级"), format!("list {list} is not ranked")),
                ("在每个值写 rank", "give every value a rank"),
            );
            return Typed::unknown(at);
        };
        let cost = code.cost + 1;
        Typed::new(at, Ty::Int, Node::Rank(ranks, Box::new(code.node))).costing(cost)
    }

    fn rule(&mut self, at: usize, id: &Expression, inputs: &Expression, facts: &Facts) -> Typed {
        let Some((place, id)) = self.literal_text(id) else {
            return Typed::unknown(at);
        };
        let inputs = self.check(inputs, facts);
        let Some(rule) = self.world().rules.get(&id) else {
            let hint = known_hint(&id, self.world().rules.keys().map(String::as_str));
            self.complain(
                place,
                (format!("没有规则 {id}"), format!("there is no rule {id}")),
                hint,
            );
            return Typed::unknown(at);
        };
        let inputs = self.coerce(inputs, &inputs_ty(&id, &rule.inputs));
        let cost = inputs.cost.saturating_add(rule.cost);
        let node = Node::Rule(Arc::from(id.as_str()), Box::new(inputs.node));
        Typed::new(at, Ty::Record(rule.results.clone()), node).costing(cost)
    }

    fn desk(&mut self, at: usize, function: &Expression, region: &Expression, facts: &Facts) -> Typed {
        let wanted = match self.world().lists.contains_key(FUNCTIONS_LIST) {
            true => Ty::code(FUNCTIONS_LIST),
            false => Ty::Text,
        };
        let function = self.arg_as(function, &wanted, facts);
        let region = self.region_arg(region, facts);
        let cost = function.cost + region.cost;
        Typed::new(
            at,
            Ty::Desk,
            Node::Desk(DeskKind::Function, vec![function.node, region.node]),
        )
        .costing(cost)
    }

    fn desk_of(&mut self, at: usize, kind: DeskKind, of: &Expression, facts: &Facts) -> Typed {
        let of = self.arg(of, facts);
        if !matches!(of.ty, Ty::Subject(_) | Ty::View(_) | Ty::Unknown) {
            self.wrong_type(&of, "对象", "a subject");
        }
        let cost = of.cost;
        Typed::new(at, Ty::Desk, Node::Desk(kind, vec![of.node])).costing(cost)
    }

    fn holder(
        &mut self,
        at: usize,
        register: &Expression,
        target: &Expression,
        (code, when): (&Expression, &[&Expression]),
        facts: &Facts,
    ) -> Typed {
        let Some((place, id)) = self.literal_text(register) else {
            return Typed::unknown(at);
        };
        let found = self.reference(place, &id);
        let (asked, cost) = self.asked(&id, target, when, facts);
        let code = self.arg(code, facts);
        let Some((schema, record)) = found else {
            return Typed::unknown(at);
        };
        let Some((field, list)) = code_fields(&schema).next() else {
            self.complain(
                place,
                (
                    format!("登记表 {id} 没有代码字段"),
                    format!("register {id} has no code field"),
                ),
                (
                    "holder() 按第一个代码字段查找",
                    "holder() looks by the first code field",
                ),
            );
            return Typed::unknown(at);
        };
        let code = self.coerce(code, &Ty::code(list));
        let cost = cost + code.cost;
        let mut record = (*record).clone();
        record.may_be_empty = true;
        let node = Node::Holder(Box::new(asked), Arc::from(field.id.as_str()), Box::new(code.node));
        let mut typed = Typed::new(at, Ty::record(record), node).costing(cost);
        typed.key = None;
        typed
    }

    fn orgs(&mut self, at: usize, region: &Expression, wanted: &Expression, facts: &Facts) -> Typed {
        let region = self.region_arg(region, facts);
        let Some((place, id)) = self.literal_text(wanted) else {
            return Typed::unknown(at);
        };
        if self.world().kind_of(&id) != Some(SubjectKind::Organisation) {
            return self.unknown_type(place, &id);
        }
        let cost = region.cost + u64::from(MAX_ITEMS);
        let node = Node::Orgs(Box::new(region.node), Arc::from(id.as_str()));
        Typed::new(at, Ty::list(Ty::org(), MAX_ITEMS), node).costing(cost)
    }
}

/// The inputs of a rule as the record that `rule('…', { … })` and a decision's `compute` give.
pub(crate) fn inputs_ty(id: &str, inputs: &[(String, Ty)]) -> Ty {
    let fields = inputs
        .iter()
        .map(|(name, ty)| crate::expr::ty::FieldTy {
            name: name.clone(),
            ty: ty.clone(),
            access: Access::Always,
        })
        .collect();
    Ty::record(RecordTy::new(format!("rule {id}"), fields))
}

fn code_fields(schema: &RegisterSchema) -> impl Iterator<Item = (&FieldSchema, &str)> {
    schema.fields.iter().filter_map(|field| match &field.kind {
        Kind::Code { list } if field.many <= 1 && !field.is_sealed() => Some((field, list.as_str())),
        _ => None,
    })
}

/// Names that a hint lists before it says how many there are.
const NAMED: usize = 12;

/// A hint that names the nearest of what is known, or all of it.
pub(crate) fn known_hint<'k>(word: &str, known: impl Iterator<Item = &'k str>) -> (String, String) {
    let known: Vec<&str> = known.collect();
    match nearest(word, known.iter().copied()) {
        Some(near) => (format!("是否为 {near}？"), format!("did you mean {near}?")),
        None if known.is_empty() => ("还没有任何一个".to_owned(), "there is none yet".to_owned()),
        None => {
            let shown = known.iter().take(NAMED).copied().collect::<Vec<_>>().join(" ");
            match known.len() {
                0..=NAMED => (format!("可用：{shown}"), format!("there are: {shown}")),
                n => (
                    format!("可用：{shown} …共{n}个"),
                    format!("there are: {shown} … {n} in all"),
                ),
            }
        }
    }
}
