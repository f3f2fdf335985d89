//! The form: what is opened, where, and the order that it rests on.

use super::opening::Plan;
use super::{ACTIVATION, LEVEL};
use crate::field_form::{Drawing, options, views};
use crate::region_steps::{offered, picked};
use lianfang_kernel::Kind as Schema;
use lianfang_kernel::RegionId;
use lianfang_ui::part::field::{FieldView, Kind};
use lianfang_ui::part::form::Choice;
use lianfang_ui::text::text;
use lianfang_ui::views::response::Opens;

/// Fields of a new order, as the register and as this form call them.
pub(super) const NEW_ORDER: [(&str, &str); 3] = [
    ("number", "order_number"),
    ("title", "order_title"),
    ("review_on", "order_review"),
];

/// The area that is chosen: inside of the reader's own, which it is to begin with.
pub(super) fn area(drawing: Drawing<'_>) -> RegionId {
    let tree = &drawing.snapshot.regions;
    let chosen = picked(drawing.form, "area", tree).region;
    let inside = chosen.filter(|id| tree.within(id, drawing.region));
    inside.unwrap_or_else(|| drawing.region.clone())
}

/// The fields in reading order.
pub(super) fn fields(drawing: Drawing<'_>, opens: Opens, plans: &[Plan]) -> Vec<FieldView> {
    let mut fields = match opens {
        Opens::Level => level(drawing),
        Opens::Plan => plan(drawing, plans),
    };
    let order = FieldView::new("order", Kind::Code, text(drawing.lang, "response-order"))
        .optional()
        .help(text(drawing.lang, "response-order-help"))
        .value(drawing.form.get("order"))
        .options(options(drawing, &Schema::Entry));
    fields.push(order);
    let kinds = [Kind::Text, Kind::Text, Kind::Date];
    let words = ["response-order-number", "response-order-title", "response-order-review"];
    for (((_, name), kind), key) in NEW_ORDER.into_iter().zip(kinds).zip(words) {
        let view = FieldView::new(name, kind, text(drawing.lang, key)).optional();
        fields.push(view.value(drawing.form.get(name)));
    }
    for field in &mut fields {
        if let Some(problem) = drawing.problems.get(&field.id) {
            field.error = Some(problem.clone());
        }
    }
    fields
}

fn level(drawing: Drawing<'_>) -> Vec<FieldView> {
    let register = drawing.snapshot.model.registers.get(LEVEL);
    let schema = register.and_then(|register| register.schema.field("level"));
    let mut fields: Vec<FieldView> = schema
        .map(|schema| views(drawing, std::slice::from_ref(schema), ""))
        .unwrap_or_default();
    let at = area(drawing);
    let mut place = FieldView::new("area", Kind::Region, text(drawing.lang, "response-area"));
    (place.steps, place.options) = offered(&drawing.snapshot.regions, drawing.lang, Some(&at), Some(drawing.region));
    fields.push(place);
    fields
}

/// The plan, and what its activation says besides the version and the order. Rows are numbered by the page.
fn plan(drawing: Drawing<'_>, plans: &[Plan]) -> Vec<FieldView> {
    let choices = plans
        .iter()
        .map(|plan| Choice::new(plan.id.to_string(), plan.title.as_str()));
    let which = FieldView::new("plan", Kind::Code, text(drawing.lang, "response-plan-which"))
        .value(drawing.form.get("plan"))
        .options(choices.collect());
    let mut fields = vec![which];
    let Some(register) = drawing.snapshot.model.registers.get(ACTIVATION) else {
        return fields;
    };
    let mut own = views(drawing, &register.schema.fields, "");
    own.retain(|field| ["expert_group", "mobile_team", "tasks"].contains(&field.id.as_str()));
    for row in own.iter_mut().flat_map(|field| field.rows.iter_mut()) {
        row.retain(|inner| !inner.id.ends_with(".number"));
    }
    fields.extend(own);
    fields
}
