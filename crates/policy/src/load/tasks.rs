//! Tasks: who owes which entry by when.

use super::compile::{checked, expr, maybe};
use super::cycles::find_cycle;
use super::gather::Decls;
use super::log::Log;
use super::protocols::Seen;
use super::table::{Table, text, wrong};
use super::tree::{Spot, Value};
use crate::expr::Expr;
use crate::expr::check::{Want, known_hint};
use crate::expr::scope::{Scope, Site};
use crate::expr::ty::{RecordTy, Ty};
use crate::expr::world::World;
use crate::model::{After, Days, Length, Task, Timing};
use lianfang_kernel::{Kind, RegisterSchema, SubjectKind, TimeOfDay, parse_duration_ms};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const KEYS: &[&str] = &[
    "id", "owner", "expects", "where", "attempt", "time", "within", "from", "until", "by", "slots", "per_day", "every",
    "days", "on_days", "after", "not_by", "each", "of", "receipts", "excuse", "names_to", "remind",
];

/// The last day from day 0 that a task may stand on.
const LAST_DAY: i64 = 3_660;

pub(super) fn tasks(log: &mut Log, table: &Table<'_>, seen: &Seen<'_>, decls: &Decls<'_>, intake: bool) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    let mut ids: Vec<&str> = Vec::new();
    for spot in table.list(log, "task") {
        let Some(read) = Table::read(log, spot, "task", KEYS) else {
            continue;
        };
        let Some(id) = read.required_text(log, "id") else {
            continue;
        };
        if ids.contains(&id) {
            log.error(
                read.place("id"),
                (format!("任务 {id} 写了两次"), format!("task {id} stands twice")),
                ("请换一个编号", "take another id"),
            );
        }
        ids.push(id);
        tasks.extend(task(log, &read, id, seen, decls, intake));
    }
    check_after(log, table, &tasks);
    tasks
}

fn task(log: &mut Log, table: &Table<'_>, id: &str, seen: &Seen<'_>, decls: &Decls<'_>, intake: bool) -> Option<Task> {
    let world = seen.keys.world;
    let mut owners = seen.owner();
    let each = each(log, table, &mut owners);
    let of = of(log, table, &owners, each.is_some());
    let owner = table.required(log, "owner");
    let owner = expr(log, owner, &owners, Ty::Desk);
    let expects = expected(log, table, seen)?;
    check_owner(log, table, owner.as_ref(), &expects, intake, world, decls);
    let mut candidates = candidate_scope(seen, world, &expects);
    if let (Some(_), Some(item)) = (&each, owners.get("item")) {
        candidates = candidates.var("item", item.clone());
    }
    let days = table.get("days").and_then(|spot| days(log, spot));
    let day_scope = Scope::new(world, Site::OnDays)
        .var("subject", Ty::View(seen.kind))
        .var("day", Ty::Day);
    let receipts = table
        .list(log, "receipts")
        .iter()
        .filter_map(|spot| expr(log, Some(spot), &owners, Ty::Desk));
    let receipts: Vec<Expr> = receipts.collect();
    let excuse = role(log, table, "excuse", decls);
    let names_to = role(log, table, "names_to", decls);
    let remind = table.texts(log, "remind");
    let remind_ms = remind
        .into_iter()
        .filter_map(|(text, spot)| length_ms(log, spot, text))
        .collect();
    Some(Task {
        id: id.to_owned(),
        title: table.title(log, id),
        owner: owner?,
        filter: expr(log, table.get("where"), &candidates, Ty::Bool),
        attempt: expr(log, table.get("attempt"), &candidates, Ty::Bool),
        time: time_field(log, table, world, &expects),
        expects,
        timing: timing(log, table, &owners),
        each,
        of,
        days,
        on_days: expr(log, table.get("on_days"), &day_scope, Ty::Bool),
        after: after(log, table),
        not_by: table.text(log, "not_by").map(str::to_owned),
        receipts,
        excuse,
        names_to,
        remind_ms,
        opening_matters: false,
    })
}

/// The list whose items are asked one by one; from then on `item` is one of them.
fn each(log: &mut Log, table: &Table<'_>, owners: &mut Scope<'_>) -> Option<Expr> {
    let spot = table.get("each")?;
    for key in ["after", "not_by"] {
        if table.get(key).is_some() {
            log.error(
                table.place(key),
                (
                    format!("逐项的任务没有 {key}"),
                    format!("a task for each item takes no {key}"),
                ),
                (
                    "请把 each 写在 enrol 中，每项各自纳入",
                    "write each in enrol, so that every item is enrolled by itself",
                ),
            );
        }
    }
    let list = checked(log, spot, &owners.clone().at(Site::Candidate), &Want::AnyList)?;
    let item = match list.ty {
        Ty::List(item, _) => *item,
        _ => Ty::Unknown,
    };
    *owners = owners.clone().var("item", item);
    Some(list.expr)
}

fn of(log: &mut Log, table: &Table<'_>, owners: &Scope<'_>, has_items: bool) -> Option<Expr> {
    let spot = table.get("of")?;
    if !has_items {
        log.error(
            spot.place(),
            ("of 只与 each 同用", "of goes with each"),
            ("请加上 each，或去掉 of", "add each, or leave of out"),
        );
        return None;
    }
    expr(log, Some(spot), &owners.clone().at(Site::Candidate), Ty::Subject(None))
}

pub(super) fn role(log: &mut Log, table: &Table<'_>, key: &str, decls: &Decls<'_>) -> Option<String> {
    let role = table.text(log, key)?;
    if decls.find("role", role).is_none() {
        let hint = known_hint(role, decls.ids("role"));
        log.error(
            table.place(key),
            (format!("没有角色 {role}"), format!("there is no role {role}")),
            hint,
        );
    }
    Some(role.to_owned())
}

fn expected(log: &mut Log, table: &Table<'_>, seen: &Seen<'_>) -> Option<String> {
    let world = seen.keys.world;
    let id = table.required_text(log, "expects")?;
    let Some(register) = world.registers.get(id) else {
        let hint = known_hint(id, world.registers.keys().map(String::as_str));
        log.error(
            table.place("expects"),
            (format!("没有登记表 {id}"), format!("there is no register {id}")),
            hint,
        );
        return None;
    };
    if let Some(kind) = seen.kind
        && !can_be_about(world, &register.schema, kind)
    {
        let words = kind.words();
        log.error(
            table.place("expects"),
            (
                format!("登记表 {id} 不涉及{}", words.zh),
                format!("register {id} is not about a {}", words.en),
            ),
            (
                "请换登记表，或给它一个该对象的字段",
                "take another register, or give it a field of that kind",
            ),
        );
    }
    Some(id.to_owned())
}

/// Whether an entry of the register can be linked to a subject of that kind: as its subject or by a field.
fn can_be_about(world: &World, schema: &RegisterSchema, kind: SubjectKind) -> bool {
    let links = |field_kind: &Kind| match field_kind {
        Kind::Subject(linked) => *linked == kind,
        Kind::Rows(rows) => rows.iter().any(|row| row.kind == Kind::Subject(kind)),
        _ => false,
    };
    schema.subjects.iter().any(|id| world.kind_of(id) == Some(kind))
        || schema.fields.iter().any(|field| links(&field.kind))
}

/// What is open to self-stated entries is the territory's own work; and somebody must be able to write what is expected.
fn check_owner(
    log: &mut Log,
    table: &Table<'_>,
    owner: Option<&Expr>,
    expects: &str,
    intake: bool,
    world: &World,
    decls: &Decls<'_>,
) {
    if intake && owner.is_some_and(|owner| !owner.is_territory()) {
        log.error(
            table.place("owner"),
            (
                "受理类协议的任务只能由属地承担",
                "the tasks of an intake protocol are the territory's own",
            ),
            (
                "写作 owner = \"territory(subject)\"",
                "write owner = \"territory(subject)\"",
            ),
        );
    }
    let resident = owner.is_some_and(Expr::is_own);
    if resident
        && !decls
            .find("register", expects)
            .is_some_and(|decl| truth(decl.spot, "residents"))
    {
        log.error(
            table.place("owner"),
            (
                format!("居民不能填写登记表 {expects}"),
                format!("residents cannot write register {expects}"),
            ),
            ("在该登记表写 residents = true", "give the register residents = true"),
        );
    }
    let written = |decl: &super::gather::Decl<'_>| writes(decl.spot, expects);
    let roles = decls.of("role");
    if !resident && !roles.is_empty() && world.registers.contains_key(expects) && !roles.iter().any(written) {
        log.error(
            table.place("expects"),
            (
                format!("没有角色能填写登记表 {expects}"),
                format!("no role writes register {expects}"),
            ),
            ("在某个角色的 write 中加上它", "add it to the write of some role"),
        );
    }
}

fn truth(spot: &Spot, key: &str) -> bool {
    let Value::Table(entries) = &spot.value else {
        return false;
    };
    entries
        .iter()
        .any(|entry| entry.key == key && matches!(entry.spot.value, Value::Bool(true)))
}

fn writes(role: &Spot, register: &str) -> bool {
    let Value::Table(entries) = &role.value else {
        return false;
    };
    let Some(write) = entries.iter().find(|entry| entry.key == "write") else {
        return false;
    };
    let named = |spot: &Spot| matches!(&spot.value, Value::Text(text, _) if text == register || text == "*");
    match &write.spot.value {
        Value::List(items) => items.iter().any(named),
        _ => named(&write.spot),
    }
}

fn candidate_scope<'w>(seen: &Seen<'w>, world: &'w World, expects: &str) -> Scope<'w> {
    let record = world
        .registers
        .get(expects)
        .map_or_else(|| Arc::new(RecordTy::new(expects, Vec::new())), |r| r.record.clone());
    let mut scope = Scope::new(world, Site::Candidate).var("it", Ty::Record(record));
    scope.facts.clone_from(&seen.keys.facts);
    for name in ["entry", "item", "subject"] {
        if let Some(ty) = seen.keys.get(name) {
            scope = scope.var(name, ty.clone());
        }
    }
    scope
}

fn time_field(log: &mut Log, table: &Table<'_>, world: &World, expects: &str) -> Option<String> {
    let name = table.text(log, "time")?;
    let schema = &world.registers.get(expects)?.schema;
    match schema.field(name) {
        Some(field) if matches!(field.kind, Kind::Instant | Kind::Date) => return Some(name.to_owned()),
        None if matches!(name, "at" | "received_at") => return Some(name.to_owned()),
        Some(_) => wrong(
            log,
            table.get("time")?,
            "time",
            ("时刻或日期字段", "a field of an instant or date"),
        ),
        None => {
            let hint = known_hint(name, schema.fields.iter().map(|field| field.id.as_str()));
            log.error(
                table.place("time"),
                (
                    format!("登记表 {expects} 没有字段 {name}"),
                    format!("register {expects} has no field {name}"),
                ),
                hint,
            );
        }
    }
    None
}

fn timing(log: &mut Log, table: &Table<'_>, owners: &Scope<'_>) -> Timing {
    let given: Vec<&str> = ["within", "until", "by", "slots", "per_day", "every"]
        .into_iter()
        .filter(|key| table.get(key).is_some())
        .collect();
    if given.len() > 1 {
        log.error(
            table.place(given[1]),
            (
                format!("时限只能有一种：{}", given.join(" ")),
                format!("a task has one timing: {}", given.join(" ")),
            ),
            ("请留下一个", "keep one"),
        );
    }
    if table.get("from").is_some() && !given.contains(&"within") {
        log.error(
            table.place("from"),
            ("from 只与 within 同用", "from goes with within"),
            ("请加上 within", "add within"),
        );
    }
    let made = match given.first() {
        Some(&"within") => within(log, table, owners),
        Some(&"until") => maybe(log, table.get("until"), owners, Ty::Instant).map(Timing::Until),
        Some(&"by") => table.text(log, "by").and_then(|by| match TimeOfDay::parse(by) {
            Ok(time) => Some(Timing::By(time)),
            Err(_) => {
                wrong(
                    log,
                    table.get("by")?,
                    "by",
                    ("时刻，如 16:00", "a time of day such as 16:00"),
                );
                None
            }
        }),
        Some(&"slots") => slots(log, table).map(Timing::Slots),
        Some(&"per_day") => per_day(log, table),
        Some(&"every") => every(log, table),
        _ => None,
    };
    made.unwrap_or(Timing::Once)
}

fn within(log: &mut Log, table: &Table<'_>, owners: &Scope<'_>) -> Option<Timing> {
    let spot = table.get("within")?;
    let written = text(log, spot, "within")?;
    let plain = written.bytes().next().is_some_and(|b| b.is_ascii_digit());
    let length = match written.strip_suffix('d').filter(|_| plain) {
        Some(days) => days.parse().ok().map(Length::Days),
        None if plain => parse_duration_ms(written).ok().map(Length::Ms),
        None => Some(Length::Expr(checked(log, spot, owners, &Want::Ty(Ty::Duration))?.expr)),
    };
    if length.is_none() {
        wrong(
            log,
            spot,
            "within",
            ("时长，如 90m、2h、7d", "a length such as 90m, 2h or 7d"),
        );
    }
    Some(Timing::Within {
        length: length?,
        from: maybe(log, table.get("from"), owners, Ty::Instant),
    })
}

/// Most occurrences of one task on one day.
const MOST_A_DAY: i64 = 48;

/// `{ min = 2, max = 3 }`, or a number: exactly so many.
fn per_day(log: &mut Log, table: &Table<'_>) -> Option<Timing> {
    let spot = table.get("per_day")?;
    let whole = |n: i64| u32::try_from(n).ok();
    let (min, max) = match &spot.value {
        Value::Int(_) => {
            let n = table.int(log, "per_day", 1, MOST_A_DAY)?;
            (n, n)
        }
        _ => {
            let read = Table::read(log, spot, "per_day", &["min", "max"])?;
            read.required(log, "min")?;
            let min = read.int(log, "min", 1, MOST_A_DAY)?;
            (min, read.int(log, "max", min, MOST_A_DAY).unwrap_or(min))
        }
    };
    Some(Timing::PerDay {
        min: whole(min)?,
        max: whole(max)?,
    })
}

/// `"7d"`: civil days.
fn every(log: &mut Log, table: &Table<'_>) -> Option<Timing> {
    let spot = table.get("every")?;
    let written = text(log, spot, "every")?;
    let days = written.strip_suffix('d').and_then(|days| days.parse::<i64>().ok());
    let Some(days) = days.filter(|days| (1..=LAST_DAY).contains(days)) else {
        wrong(
            log,
            spot,
            "every",
            ("日历日数，如 7d", "a number of civil days such as 7d"),
        );
        return None;
    };
    for key in ["days", "on_days"] {
        if table.get(key).is_some() {
            log.error(
                table.place(key),
                (
                    format!("every 从上次完成起算，不与 {key} 同用"),
                    format!("every counts from when it was last done and takes no {key}"),
                ),
                ("请去掉其中之一", "leave one of them out"),
            );
        }
    }
    Some(Timing::Every(days))
}

fn slots(log: &mut Log, table: &Table<'_>) -> Option<Vec<(TimeOfDay, TimeOfDay)>> {
    let mut slots: Vec<(TimeOfDay, TimeOfDay)> = Vec::new();
    for (written, spot) in table.texts(log, "slots") {
        let ends = written
            .split_once('-')
            .and_then(|(a, b)| Some((TimeOfDay::parse(a).ok()?, TimeOfDay::parse(b).ok()?)));
        let Some((from, to)) = ends.filter(|(from, to)| from < to) else {
            wrong(
                log,
                spot,
                "slots",
                (
                    "时段，如 06:00-10:00，24:00 只能收尾",
                    "a slot such as 06:00-10:00; 24:00 only ends one",
                ),
            );
            continue;
        };
        if slots.iter().any(|(start, end)| from < *end && *start < to) {
            log.error(
                spot.place(),
                (
                    format!("时段 {written} 与另一个重叠"),
                    format!("slot {written} overlaps another"),
                ),
                ("时段互不重叠", "slots are disjoint"),
            );
        }
        slots.push((from, to));
    }
    slots.sort();
    (!slots.is_empty()).then_some(slots)
}

/// `"1..7"` or `"1,4,7"`.
fn days(log: &mut Log, spot: &Spot) -> Option<Days> {
    let written = match &spot.value {
        Value::Int(n) => n.to_string(),
        _ => text(log, spot, "days")?.to_owned(),
    };
    let number = |text: &str| text.trim().parse::<i64>().ok().filter(|n| (0..=LAST_DAY).contains(n));
    let days = match written.split_once("..") {
        Some((from, to)) => match (number(from), number(to)) {
            (Some(from), Some(to)) if from <= to => Some(Days::Range(from, to)),
            _ => None,
        },
        None => {
            let list: Option<Vec<i64>> = written.split(',').map(number).collect();
            list.filter(|list| list.windows(2).all(|pair| pair[0] < pair[1]))
                .map(Days::List)
        }
    };
    if days.is_none() {
        wrong(
            log,
            spot,
            "days",
            ("天数，如 1..7 或 1,4,7，从小到大", "days such as 1..7 or 1,4,7, rising"),
        );
    }
    days
}

fn length_ms(log: &mut Log, spot: &Spot, written: &str) -> Option<i64> {
    let ms = parse_duration_ms(written).ok();
    if ms.is_none() {
        log.error(
            spot.place(),
            (format!("{written} 不是时长"), format!("{written} is no length of time")),
            (
                "写作 90m、24h；d 指日历日，此处请用小时",
                "write 90m or 24h; d means civil days, write hours here",
            ),
        );
    }
    ms
}

fn after(log: &mut Log, table: &Table<'_>) -> Option<After> {
    let spot = table.get("after")?;
    if let Value::Text(task, _) = &spot.value {
        return Some(After {
            task: task.clone(),
            at_least_ms: 0,
        });
    }
    let read = Table::read(log, spot, "after", &["task", "at_least"])?;
    let task = read.required_text(log, "task")?;
    let at_least = read.text(log, "at_least").zip(read.get("at_least"));
    let at_least_ms = at_least
        .and_then(|(written, spot)| length_ms(log, spot, written))
        .unwrap_or(0);
    Some(After {
        task: task.to_owned(),
        at_least_ms,
    })
}

/// Tasks that follow one another are known and do not wait for each other.
fn check_after(log: &mut Log, table: &Table<'_>, tasks: &[Task]) {
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for task in tasks {
        let names = task
            .after
            .iter()
            .map(|after| after.task.as_str())
            .chain(task.not_by.as_deref());
        for name in names {
            if tasks.iter().all(|known| known.id != name) {
                let hint = known_hint(name, tasks.iter().map(|known| known.id.as_str()));
                log.error(
                    table.place("task"),
                    (
                        format!("任务 {} 提到的任务 {name} 不存在", task.id),
                        format!("task {} names the task {name}, which is not there", task.id),
                    ),
                    hint,
                );
            }
        }
        edges.insert(&task.id, task.after.iter().map(|after| after.task.as_str()).collect());
    }
    if let Some(cycle) = find_cycle(&edges) {
        let path = cycle.join(" → ");
        log.error(
            table.place("task"),
            (
                format!("任务互相等待：{path}"),
                format!("tasks wait for each other: {path}"),
            ),
            ("请去掉一个 after", "leave one after out"),
        );
    }
}
