//! The registers this post may read or write, by pack.

use crate::Answer;
use crate::visit::{Desk, shown};
use axum::extract::State;
use lianfang_server::AppState;
use lianfang_ui::views::registers::{RegisterLink, Registers, render};

pub(super) async fn show(State(state): State<AppState>, desk: Desk) -> Answer {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let model = &snapshot.model;
    let waiting = crate::tray::waiting(&state, &desk).await?;
    let mut view = Registers {
        desks: crate::desks::open_to(&desk.staff, lang),
        has_checkpoints: crate::checkpoints::knows(&desk),
        tray: u32::try_from(waiting.len()).unwrap_or(u32::MAX),
        ..Registers::default()
    };
    for pack in model.packs.values() {
        let of_pack = model
            .registers
            .values()
            .filter(|register| register.schema.pack == pack.id);
        let links: Vec<RegisterLink> = of_pack
            .map(|register| &register.schema)
            .filter(|schema| desk.staff.writes(&schema.id) || desk.staff.reads_rows(model, &schema.id))
            .map(|schema| RegisterLink {
                id: schema.id.clone(),
                title: schema.title.get(lang).to_owned(),
                purpose: schema.purpose.get(lang).to_owned(),
                today: None,
                can_write: desk.staff.writes(&schema.id),
            })
            .collect();
        if !links.is_empty() {
            view.groups.push((pack.title.get(lang).to_owned(), links));
        }
    }
    Ok(shown(render(&view, &desk.ctx(&state))))
}
