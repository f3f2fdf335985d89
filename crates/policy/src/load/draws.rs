//! Fields that are filled by drawing lots.

use super::field_named::field_of;
use super::fields::Field;
use super::log::Log;
use super::registers::Draft;
use super::table::Table;
use crate::expr::check::known_hint;
use crate::expr::world::World;
use crate::model::{Draw, DrawnFrom};
use lianfang_kernel::Kind;

/// The draws of a register.
pub(super) fn draws(log: &mut Log, draft: &Draft<'_>, world: &World) -> Vec<Draw> {
    let fields = draft.fields.iter();
    fields.filter_map(|field| draw(log, draft, field, world)).collect()
}

fn draw(log: &mut Log, draft: &Draft<'_>, field: &Field<'_>, world: &World) -> Option<Draw> {
    let table = Table::read(log, field.table.get("draw")?, "draw", &["of", "size", "seed"])?;
    let of = table.required_text(log, "of")?;
    let kind = match &field.schema.kind {
        Kind::Subject(kind) if field.schema.many > 1 => Some(*kind),
        _ => None,
    };
    let is_field = |other: &Field<'_>| other.schema.id == of && other.schema.kind == Kind::Type;
    let of_field = draft.fields.iter().any(is_field);
    if kind.is_none() || !of_field && world.kind_of(of) != kind {
        let known = world.types.keys().map(String::as_str);
        log.error(
            table.place("of"),
            (
                format!("不能抽取 {of} 放入 {}", field.schema.id),
                format!("{of} cannot be drawn into {}", field.schema.id),
            ),
            match world.kind_of(of) {
                Some(_) => (
                    "字段须是同一种对象，并写 many".to_owned(),
                    "the field holds subjects of that kind, and has many".to_owned(),
                ),
                None => known_hint(of, known),
            },
        );
        return None;
    }
    let own = || draft.fields.iter().map(|field| &field.schema);
    let size = field_of(log, &table, "size", own(), |field| field.kind == Kind::Int)?;
    let seed = field_of(log, &table, "seed", own(), |field| field.kind == Kind::Text)?;
    Some(Draw {
        field: field.schema.id.clone(),
        of: if of_field {
            DrawnFrom::Field(of.to_owned())
        } else {
            DrawnFrom::Type(of.to_owned())
        },
        size,
        seed,
    })
}
