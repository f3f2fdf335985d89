//! `role.from_post`: a role that goes with a post.

use super::field_named::field_named;
use super::log::{At, Log};
use super::table::Table;
use crate::expr::check::known_hint;
use crate::expr::world::World;
use crate::model::FromPost;
use lianfang_kernel::{FieldSchema, Kind, RegisterSchema, Shape, SubjectKind};

pub(super) const KEYS: &[&str] = &["register", "field", "values"];

/// The post that a role goes with.
pub(super) fn from_post(log: &mut Log, role: &Table<'_>, world: &World) -> Option<FromPost> {
    let table = Table::read(log, role.get("from_post")?, "from_post", KEYS)?;
    for key in ["field", "values"] {
        table.required(log, key);
    }
    let register = table.required_text(log, "register")?;
    let Some(known) = world.registers.get(register) else {
        let known = world.registers.keys().map(String::as_str);
        let what = (
            format!("没有登记表 {register}"),
            format!("there is no register {register}"),
        );
        log.error(table.place("register"), what, known_hint(register, known));
        return None;
    };
    let schema = &known.schema;
    if schema.shape != Shape::Interval || !schema.reference {
        log.error(
            table.place("register"),
            (format!("{register} 不是任职登记"), format!("{register} holds no posts")),
            (
                "任职须为 shape = \"interval\" 且 reference = true 的登记表",
                "posts stand in a register with shape = \"interval\" and reference = true",
            ),
        );
        return None;
    }
    let is_code = |field: &FieldSchema| matches!(field.kind, Kind::Code { .. }) && field.many <= 1;
    let hint = ("field 要单选代码字段", "field takes a code of one value");
    let field = field_named(log, &table, schema, "field", is_code, hint)?;
    let values = values(log, &table, schema, &field, world);
    Some(FromPost {
        register: register.to_owned(),
        who: who(log, table.place("register"), schema, world)?,
        field,
        values,
    })
}

fn values(log: &mut Log, table: &Table<'_>, schema: &RegisterSchema, field: &str, world: &World) -> Vec<String> {
    let list = match schema.field(field).map(|field| &field.kind) {
        Some(Kind::Code { list }) => world.lists.get(list),
        _ => None,
    };
    let mut values = Vec::new();
    for (value, spot) in table.texts(log, "values") {
        if list.is_some_and(|list| list.value(value).is_none()) {
            let known = list.into_iter().flat_map(|list| &list.values);
            let hint = known_hint(value, known.map(|value| value.id.as_str()));
            let what = (format!("没有代码 {value}"), format!("there is no code {value}"));
            log.error(spot.place(), what, hint);
        }
        values.push(value.to_owned());
    }
    values
}

/// The one field that says who holds the post; none where the register is about persons. Two would leave it open.
#[expect(clippy::option_option, reason = "the outer one is a mistake that was told")]
fn who(log: &mut Log, at: At, schema: &RegisterSchema, world: &World) -> Option<Option<String>> {
    let person =
        |id: &String| SubjectKind::from_id(id).or_else(|| world.types.get(id).copied()) == Some(SubjectKind::Person);
    if schema.subjects.iter().all(person) {
        return Some(None);
    }
    let is_person = |field: &&FieldSchema| field.kind == Kind::Subject(SubjectKind::Person) && field.many <= 1;
    let mut persons = schema.fields.iter().filter(is_person);
    if let (Some(one), None) = (persons.next(), persons.next()) {
        return Some(Some(one.id.clone()));
    }
    log.error(
        at,
        (
            format!("{} 看不出由谁任职", schema.id),
            format!("{} does not say who holds the post", schema.id),
        ),
        (
            "登记表的对象为 person，或恰有一个 person 字段",
            "let it be about persons, or have exactly one field of kind person",
        ),
    );
    None
}
