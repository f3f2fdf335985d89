//! Registers: what they hold. Their conditions are compiled in [`super::conditions`].

use super::embargo::embargo;
use super::field_named::field_named;
use super::fields::{Field, Known, fields};
use super::gather::{Decl, Decls, table};
use super::log::Log;
use super::reach::reach;
use super::table::{Table, text, wrong};
use super::tree::{Spot, Value};
use crate::expr::check::known_hint;
use crate::model::{Accepts, Posting, PublicFields, Reach, Unique, UniqueThen};
use lianfang_kernel::{FieldSchema, Kind, Nature, RegisterSchema, Sensitivity, Shape, SubjectKind, Words};
use std::collections::BTreeSet;

pub(super) const KEYS: &[&str] = &[
    "version",
    "accepts",
    "embargo",
    "subject",
    "purpose",
    "retention",
    "retention_class",
    "sensitivity",
    "shape",
    "nature",
    "field",
    "at",
    "unique",
    "cites",
    "look",
    "reference",
    "public",
    "stays",
    "unit",
    "residents",
    "withheld",
    "scope",
    "hold",
    "posting",
    "expires",
    "matching",
];

pub(super) const ACCEPTS_KEYS: &[&str] = &["from", "to"];

const SHAPES: [(&str, Shape); 3] = [
    ("point", Shape::Point),
    ("interval", Shape::Interval),
    ("posting", Shape::Posting),
];

/// The field of an end act that names the order it rests on.
pub(super) const LIFTED_BY: &str = "lifted_by";

/// A register read, its conditions still to be compiled.
pub(super) struct Draft<'d> {
    pub(super) decl: Decl<'d>,
    pub(super) table: Table<'d>,
    pub(super) fields: Vec<Field<'d>>,
    pub(super) schema: RegisterSchema,
    pub(super) unique: Option<Unique>,
    pub(super) public: Option<PublicFields>,
    pub(super) accepts: Option<Accepts>,
    pub(super) residents: bool,
    pub(super) withheld: bool,
    pub(super) reach: Option<Reach>,
}

/// All registers that can be read.
pub(super) fn registers<'d>(log: &mut Log, decls: &Decls<'d>, known: &Known<'_>) -> Vec<Draft<'d>> {
    let drafts: Vec<Draft<'d>> = decls
        .of("register")
        .iter()
        .filter_map(|decl| register(log, decl, known))
        .collect();
    for draft in drafts.iter().filter(|draft| draft.schema.expires.is_some()) {
        has_a_class_of_its_own(log, draft, &drafts);
    }
    drafts
}

/// What expires takes its key with it, so nothing that stays may be sealed by the same one.
fn has_a_class_of_its_own(log: &mut Log, draft: &Draft<'_>, all: &[Draft<'_>]) {
    let class = &draft.schema.retention_class;
    let stays = |other: &&Draft<'_>| other.schema.expires.is_none() && other.schema.retention_class == *class;
    if let Some(other) = all.iter().find(stays) {
        log.error(
            draft.table.place("expires"),
            (
                format!(
                    "{} 与会到期的 {} 共用保存类别 {class}",
                    other.schema.id, draft.schema.id
                ),
                format!(
                    "{} shares the class {class} with {}, which expires",
                    other.schema.id, draft.schema.id
                ),
            ),
            (
                "给会到期的登记册单独写 retention_class",
                "give what expires a retention_class of its own",
            ),
        );
    }
}

fn register<'d>(log: &mut Log, decl: &Decl<'d>, known: &Known<'_>) -> Option<Draft<'d>> {
    let table = table(log, decl, "register", KEYS)?;
    let title = table.required_words(log, "title");
    let purpose = table.required_words(log, "purpose");
    let retention = table
        .required(log, "retention")
        .and_then(|spot| retention_days(log, spot));
    let sensitivity = sensitivity(log, &table);
    let subjects = subjects(log, &table, known);
    let shape = table.choice(log, "shape", &SHAPES).unwrap_or_default();
    let nature = nature(log, &table, shape);
    let spots = table.list(log, "field");
    let read = fields(log, spots, known, false);
    let cites = cites(log, &table, known);
    let mut schema = RegisterSchema {
        id: decl.id.to_owned(),
        pack: decl.pack.clone(),
        version: u32::try_from(table.int(log, "version", 1, 9_999).unwrap_or(1)).unwrap_or(1),
        title: title.unwrap_or_else(|| Words::same(decl.id)),
        help: table.words(log, "help"),
        purpose: purpose.unwrap_or_default(),
        subjects,
        shape,
        nature,
        sensitivity: sensitivity.unwrap_or_default(),
        retention_days: retention.unwrap_or(0),
        retention_class: table
            .text(log, "retention_class")
            .unwrap_or(sensitivity_id(sensitivity))
            .to_owned(),
        at_field: None,
        reference: table.flag(log, "reference"),
        cites,
        stays: None,
        unit_field: None,
        expires: None,
        embargo: None,
        fields: read.iter().map(|field| field.schema.clone()).collect(),
        meets: table.meets(log),
    };
    add_built_in_fields(log, &table, &mut schema);
    schema.at_field = built_in_from(log, &table, &schema, "at", |kind| {
        matches!(kind, Kind::Instant | Kind::Date)
    });
    schema.stays = built_in_from(log, &table, &schema, "stays", |kind| *kind == Kind::Region);
    let org = |kind: &Kind| *kind == Kind::Subject(SubjectKind::Organisation);
    schema.unit_field = built_in_from(log, &table, &schema, "unit", org);
    schema.expires = expires(log, &table, &schema);
    schema.embargo = embargo(log, &table, &schema);
    check_sensitivity(log, &table, &schema);
    let unique = unique(log, &table, &schema);
    let public = public(log, &table, &schema, known);
    let residents = table.flag(log, "residents");
    let withheld = table.flag(log, "withheld");
    let reach = reach(log, &table, &schema, known);
    Some(Draft {
        decl: decl.clone(),
        accepts: accepts(log, &table),
        table,
        fields: read,
        schema,
        unique,
        public,
        residents,
        withheld,
        reach,
    })
}

/// What happens at a moment is observed, what holds for a time is decided, unless the register says otherwise.
fn nature(log: &mut Log, table: &Table<'_>, shape: Shape) -> Nature {
    let natures = [("observation", Nature::Observation), ("act", Nature::Act)];
    let usual = match shape {
        Shape::Point => Nature::Observation,
        Shape::Interval | Shape::Posting => Nature::Act,
    };
    table.choice(log, "nature", &natures).unwrap_or(usual)
}

/// Between which days entries are taken.
fn accepts(log: &mut Log, table: &Table<'_>) -> Option<Accepts> {
    let dates = Table::read(log, table.get("accepts")?, "accepts", ACCEPTS_KEYS)?;
    let (from, to) = (dates.day(log, "from"), dates.day(log, "to"));
    let is_empty = matches!((from, to), (Some(from), Some(to)) if to <= from);
    if is_empty || dates.get("from").is_none() && dates.get("to").is_none() {
        log.error(
            table.place("accepts"),
            ("accepts 里没有一天", "accepts holds no day"),
            (
                "写作 { from = 2020-01-25, to = 2020-04-01 }，to 为停收的第一天",
                "write { from = 2020-01-25, to = 2020-04-01 }; to is the first day no longer",
            ),
        );
    }
    Some(Accepts { from, to })
}

fn sensitivity(log: &mut Log, table: &Table<'_>) -> Option<Sensitivity> {
    table.required(log, "sensitivity");
    let choices = ["plain", "personal", "health", "care"].map(|id| (id, Sensitivity::from_id(id).unwrap_or_default()));
    table.choice(log, "sensitivity", &choices)
}

fn sensitivity_id(sensitivity: Option<Sensitivity>) -> &'static str {
    match sensitivity.unwrap_or_default() {
        Sensitivity::Plain => "plain",
        Sensitivity::Personal => "personal",
        Sensitivity::Health => "health",
        Sensitivity::Care => "care",
    }
}

fn retention_days(log: &mut Log, spot: &Spot) -> Option<u32> {
    let days = match &spot.value {
        Value::Text(text, _) => text.strip_suffix('d').and_then(|n| n.parse::<u32>().ok()),
        _ => None,
    };
    if days.is_none() {
        wrong(log, spot, "retention", ("天数，如 \"30d\"", "days, such as \"30d\""));
    }
    days
}

fn subjects(log: &mut Log, table: &Table<'_>, known: &Known<'_>) -> Vec<String> {
    table.required(log, "subject");
    let mut subjects = Vec::new();
    for (id, spot) in table.texts(log, "subject") {
        if SubjectKind::from_id(id).is_none() && !known.types.contains_key(id) {
            let kinds = SubjectKind::ALL.iter().map(|kind| kind.id());
            let hint = known_hint(id, kinds.chain(known.types.keys().map(String::as_str)));
            log.error(
                spot.place(),
                (format!("没有对象类型 {id}"), format!("there is no subject type {id}")),
                hint,
            );
        }
        subjects.push(id.to_owned());
    }
    subjects
}

fn cites(log: &mut Log, table: &Table<'_>, known: &Known<'_>) -> Option<String> {
    let cited = table.text(log, "cites")?;
    if !known.registers.contains(cited) {
        let hint = known_hint(cited, known.registers.iter().copied());
        log.error(
            table.place("cites"),
            (format!("没有登记表 {cited}"), format!("there is no register {cited}")),
            hint,
        );
    }
    Some(cited.to_owned())
}

/// An interval has `from` and `to`; what cites an order has a field named like the register cited.
fn add_built_in_fields(log: &mut Log, table: &Table<'_>, schema: &mut RegisterSchema) {
    if schema.shape == Shape::Interval {
        for (id, zh, en) in [("from", "开始时间", "From"), ("to", "结束时间", "To")] {
            built_in(log, table, schema, plain(id, Words::new(zh, en), Kind::Instant, false));
        }
    }
    if let Some(kind) = posted_kind(table, schema) {
        let title = Words::new("折合基本单位", "In base units");
        built_in(log, table, schema, plain(Posting::AMOUNT, title, kind, false));
    }
    if let Some(cited) = schema.cites.clone() {
        built_in(
            log,
            table,
            schema,
            plain(&cited, Words::new("依据文书", "Order cited"), Kind::Entry, true),
        );
        if schema.shape == Shape::Interval && schema.reference {
            let lifts = plain(
                LIFTED_BY,
                Words::new("解除依据文书", "Order that lifts it"),
                Kind::Entry,
                false,
            );
            built_in(log, table, schema, lifts);
        }
    }
}

/// The kind of the quantity that a posting register moves.
fn posted_kind(table: &Table<'_>, schema: &RegisterSchema) -> Option<Kind> {
    let Value::Table(posting) = &table.get("posting")?.value else {
        return None;
    };
    let quantity = posting.iter().find(|entry| entry.key == "quantity")?;
    match &quantity.spot.value {
        Value::Text(name, _) => schema.field(name).map(|field| field.kind.clone()),
        _ => None,
    }
}

fn built_in(log: &mut Log, table: &Table<'_>, schema: &mut RegisterSchema, field: FieldSchema) {
    match schema.fields.iter().find(|known| known.id == field.id) {
        None => schema.fields.push(field),
        Some(known) if known.kind == field.kind => {}
        Some(_) => {
            let id = &field.id;
            log.error(
                table.place("field"),
                (
                    format!("字段 {id} 是自带的，类型为 {}", field.kind.id()),
                    format!("field {id} is built in, of kind {}", field.kind.id()),
                ),
                ("请换一个编号，或用同一类型", "take another id, or the same kind"),
            );
        }
    }
}

fn plain(id: &str, title: Words, kind: Kind, required: bool) -> FieldSchema {
    FieldSchema {
        required,
        ..FieldSchema::new(id, title, kind)
    }
}

/// The field that a built-in of the entry is taken from.
fn built_in_from(
    log: &mut Log,
    table: &Table<'_>,
    schema: &RegisterSchema,
    key: &str,
    fits: impl Fn(&Kind) -> bool,
) -> Option<String> {
    if key == "at" && table.text(log, key) == Some("at") {
        return None;
    }
    field_named(
        log,
        table,
        schema,
        key,
        |field| fits(&field.kind) && field.many <= 1,
        (
            "at 要时刻或日期，stays 要区域，unit 要单位",
            "at takes an instant or date, stays a region, unit an org",
        ),
    )
}

/// The moment after which nobody reads an entry stands in each of them, in the open.
fn expires(log: &mut Log, table: &Table<'_>, schema: &RegisterSchema) -> Option<String> {
    let fits = |field: &FieldSchema| field.kind == Kind::Instant && field.many <= 1 && !field.is_sealed();
    field_named(
        log,
        table,
        schema,
        "expires",
        fits,
        (
            "expires 要一个不加密的时刻字段",
            "expires takes an instant that is not sealed",
        ),
    )
}

fn check_sensitivity(log: &mut Log, table: &Table<'_>, schema: &RegisterSchema) {
    let inside = |field: &FieldSchema| match &field.kind {
        Kind::Rows(rows) => rows.iter().any(FieldSchema::is_sealed),
        _ => false,
    };
    let sealed = schema.fields.iter().find(|field| field.is_sealed() || inside(field));
    if let Some(field) = sealed
        && schema.sensitivity == Sensitivity::Plain
    {
        log.error(
            table.place("sensitivity"),
            (
                format!("字段 {} 属个人信息，登记表不能为 plain", field.id),
                format!("field {} is personal, the register cannot be plain", field.id),
            ),
            (
                "请写 sensitivity = \"personal\" 或更高",
                "write sensitivity = \"personal\" or higher",
            ),
        );
    }
}

fn unique(log: &mut Log, table: &Table<'_>, schema: &RegisterSchema) -> Option<Unique> {
    let read = Table::read(log, table.get("unique")?, "unique", &["per", "then"])?;
    read.required(log, "per");
    let mut per = Vec::new();
    for (name, spot) in read.texts(log, "per") {
        let built_in = ["subject", "day", "org", "region"];
        if !built_in.contains(&name) && schema.field(name).is_none() {
            let known = schema.fields.iter().map(|field| field.id.as_str()).chain(built_in);
            let hint = known_hint(name, known);
            log.error(
                spot.place(),
                (format!("没有字段 {name}"), format!("there is no field {name}")),
                hint,
            );
        }
        per.push(name.to_owned());
    }
    let choices = [
        ("refuse", UniqueThen::Refuse),
        ("first", UniqueThen::First),
        ("flag", UniqueThen::Flag),
    ];
    let usual = if schema.nature == Nature::Act {
        UniqueThen::Refuse
    } else {
        UniqueThen::Flag
    };
    let then = read.choice(log, "then", &choices).unwrap_or(usual);
    if then == UniqueThen::Refuse && schema.nature == Nature::Observation {
        log.error(
            read.place("then"),
            (
                "已发生的事实不能因重复被拒绝",
                "what happened is not refused for being double",
            ),
            (
                "请用 first 或 flag，或声明 nature = \"act\"",
                "take first or flag, or declare nature = \"act\"",
            ),
        );
    }
    Some(Unique { per, then })
}

fn public(log: &mut Log, table: &Table<'_>, schema: &RegisterSchema, known: &Known<'_>) -> Option<PublicFields> {
    let read = Table::read(log, table.get("public")?, "public", &["fields", "key"])?;
    let mut fields = Vec::new();
    for (name, spot) in read.texts(log, "fields") {
        match schema.field(name) {
            Some(field) if field.is_sealed() => log.error(
                spot.place(),
                (
                    format!("字段 {name} 已封存，不能公开"),
                    format!("field {name} is sealed and not shown to the public"),
                ),
                ("请从 fields 中去掉", "leave it out of fields"),
            ),
            None if name != "at" && name != "region" => {
                let hint = known_hint(name, schema.fields.iter().map(|field| field.id.as_str()));
                log.error(
                    spot.place(),
                    (format!("没有字段 {name}"), format!("there is no field {name}")),
                    hint,
                );
            }
            _ => {}
        }
        fields.push(name.to_owned());
    }
    let spot = read.required(log, "key")?;
    let key = text(log, spot, "key")?;
    let is_kind = SubjectKind::from_id(key).is_some() || known.types.contains_key(key);
    if !is_kind && schema.field(key).is_none() {
        let kinds = SubjectKind::ALL.iter().map(|kind| kind.id());
        let hint = known_hint(key, schema.fields.iter().map(|field| field.id.as_str()).chain(kinds));
        log.error(
            spot.place(),
            (
                format!("没有字段或对象 {key}"),
                format!("there is no field or subject kind {key}"),
            ),
            hint,
        );
    }
    Some(PublicFields {
        fields,
        key: key.to_owned(),
    })
}

/// What the hold of a register is counted by; empty when it has none.
pub(super) fn hold_per(draft: &Draft<'_>) -> Option<Vec<String>> {
    let Value::Table(hold) = &draft.table.get("hold")?.value else {
        return None;
    };
    let per = hold
        .iter()
        .find(|entry| entry.key == "per")
        .map(|entry| &entry.spot.value);
    let text = |value: &Value| match value {
        Value::Text(text, _) => Some(text.clone()),
        _ => None,
    };
    Some(match per {
        Some(Value::List(items)) => items.iter().filter_map(|item| text(&item.value)).collect(),
        Some(one) => text(one).into_iter().collect(),
        None => Vec::new(),
    })
}

/// Fields that a compute or a default fills.
pub(super) fn filled(draft: &Draft<'_>) -> BTreeSet<String> {
    let filled = draft
        .fields
        .iter()
        .filter(|field| field.table.get("compute").is_some() || field.table.get("default").is_some());
    // The writer fills in what was counted, in base units.
    let amount = (draft.schema.shape == Shape::Posting).then(|| Posting::AMOUNT.to_owned());
    filled.map(|field| field.schema.id.clone()).chain(amount).collect()
}
