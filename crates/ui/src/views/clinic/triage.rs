//! The form of triage: temperature, exposure, symptoms, where to. Enter sends it from anywhere.

use super::{Route, act};
use crate::{
    Ctx,
    part::{
        field::{FieldView, Kind, field},
        form::{self, Choice},
    },
};
use maud::{Markup, html};

/// What was typed so far.
#[derive(Clone, Debug, Default)]
pub struct Triage {
    /// Identifier of the entry to be: sent twice, it is one visit.
    pub entry: String,
    /// Temperature as typed.
    pub celsius: String,
    /// What is wrong with it.
    pub celsius_error: Option<String>,
    /// `true`, `false` or nothing yet.
    pub exposed: String,
    /// What is wrong with it.
    pub exposed_error: Option<String>,
    /// Symptoms to tick, and which are.
    pub symptoms: Vec<(Choice, bool)>,
    /// Destination as chosen; empty: by the answers.
    pub to: String,
    /// Rooms of today, to choose from.
    pub rooms: Vec<String>,
    /// Room as typed.
    pub room: String,
    /// Came from outside.
    pub is_outsider: bool,
}

pub(super) fn draw(cx: &Ctx, view: &Triage, routes: &[Route]) -> Markup {
    let mut celsius = FieldView::new("celsius", Kind::Decimal, cx.t("clinic-celsius")).value(&view.celsius);
    celsius.unit = Some("℃".to_owned());
    celsius.error.clone_from(&view.celsius_error);
    let mut exposed = FieldView::new("exposed", Kind::Bool, cx.t("clinic-exposed"))
        .value(&view.exposed)
        .help(cx.t("clinic-exposed-help"));
    exposed.error.clone_from(&view.exposed_error);
    let mut to = vec![Choice::new("", cx.t("clinic-by-answers"))];
    to.extend(
        routes
            .iter()
            .map(|route| Choice::new(route.id.clone(), route.label.clone())),
    );
    let rooms = view.rooms.iter().map(|room| Choice::new(room.clone(), room.clone()));
    let room = FieldView::new("room", Kind::Text, cx.t("clinic-room"))
        .optional()
        .value(&view.room)
        .options(rooms.collect());
    let body = html! {
        input type="hidden" name="entry" value=(view.entry);
        div.clinic-form {
            (field(cx, &celsius))
            (field(cx, &exposed))
            fieldset.field {
                legend { (cx.t("clinic-symptoms")) " " span.quiet { (cx.t("optional")) } }
                div.choices.in-line {
                    @for (choice, is_ticked) in &view.symptoms { (tick("symptom", &choice.value, &choice.label, *is_ticked)) }
                    (tick("outsider", "true", &cx.t("clinic-outsider"), view.is_outsider))
                }
            }
            (field(cx, &FieldView::new("to", Kind::Code, cx.t("clinic-to")).value(&view.to).options(to)))
            (field(cx, &room))
            details.clinic-who {
                summary { (cx.t("clinic-who")) }
                p.help { (cx.t("clinic-who-help")) }
                (field(cx, &FieldView::new("visitor", Kind::Name, cx.t("clinic-name")).optional()))
                (field(cx, &FieldView::new("phone", Kind::Phone, cx.t("clinic-phone")).optional()))
            }
        }
        (form::primary(&cx.t("clinic-send")))
    };
    html! { section { h2 { (cx.t("clinic-triage")) } (form::post(cx, &act("triage"), None, &body)) } }
}

fn tick(name: &str, value: &str, label: &str, is_ticked: bool) -> Markup {
    let id = format!("f-{name}-{value}");
    html! {
        label.choice for=(id) { input id=(id) type="checkbox" name=(name) value=(value) checked[is_ticked]; span { (label) } }
    }
}
