//! A register's form as a phone keeps it for where there is no network: the fields for which nothing has to be looked up.

use crate::field_form::{Drawing, EACH, Offers, options, views, worked_out};
use crate::form::Form;
use lianfang_kernel::{FieldSchema, Instant, Kind, Lang, RegionId, Shape};
use lianfang_policy::Snapshot;
use lianfang_policy::model::Register;
use lianfang_ui::views::today::{Many, OfflineForm};
use std::collections::HashMap;

/// Drawn from the register's schema; nothing when a field of it needs the server, as a region's steps do: a form that leaves
/// out half of what is asked would be taken for all of it.
pub(super) fn offline_form(
    snapshot: &Snapshot,
    register: &Register,
    region: &RegionId,
    now: Instant,
    lang: Lang,
) -> Option<OfflineForm> {
    let schema = &register.schema;
    let is_short = |field: &&FieldSchema| field.many <= 1 && is_plain(&field.kind);
    let is_ticked = |field: &&FieldSchema| field.many > 1 && matches!(field.kind, Kind::Code { .. });
    let needs_server = |field: &FieldSchema| !is_short(&field) && !is_ticked(&field);
    if schema.shape != Shape::Point || schema.at_field.is_some() || schema.fields.iter().any(needs_server) {
        return None;
    }
    let (form, problems, offers) = (Form::default(), HashMap::new(), Offers::new());
    let worked_out = worked_out(register);
    let drawing = Drawing {
        snapshot,
        lang,
        form: &form,
        problems: &problems,
        region,
        now,
        offers: &offers,
        worked_out: &worked_out,
    };
    let short: Vec<FieldSchema> = schema.fields.iter().filter(is_short).cloned().collect();
    let many = schema.fields.iter().filter(is_ticked).map(|field| Many {
        label: field.title.get(lang).to_owned(),
        choices: options(drawing, &field.kind)
            .into_iter()
            .enumerate()
            .map(|(index, choice)| (format!("{}.{index}.{EACH}", field.id), choice))
            .collect(),
    });
    Some(OfflineForm {
        register: schema.id.clone(),
        title: schema.title.get(lang).to_owned(),
        fields: views(drawing, &short, ""),
        many: many.collect(),
    })
}

/// Kinds whose value is what was typed or chosen.
fn is_plain(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Text | Kind::Note | Kind::Bool | Kind::Int | Kind::Decimal { .. } | Kind::Code { .. } | Kind::Date
    )
}
