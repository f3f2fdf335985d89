//! Figures that enrol: which cells of them are watched, and when one is written down.

use super::compile::{checked_text, expr};
use super::log::Log;
use super::protocols::Seen;
use super::table::Table;
use crate::expr::Expr;
use crate::expr::check::{Want, known_hint};
use crate::expr::scope::{Scope, Site};
use crate::expr::ty::Ty;
use crate::expr::world::{RegisterTy, World};
use crate::model::{CROSSING, Watch};
use lianfang_kernel::RegionLevel;

/// How well a figure is known, as a list.
pub(super) const FIGURE_STATES: &str = "@figure-state";

/// Reads `indicator`, `level`, `by` and `when` of an enrolment.
pub(super) fn watch(log: &mut Log, table: &Table<'_>, world: &World) -> Option<Watch> {
    let indicator = table.required_text(log, "indicator")?;
    let Some(figure) = world.figures.get(indicator) else {
        let hint = known_hint(indicator, world.figures.keys().map(String::as_str));
        log.error(
            table.place("indicator"),
            (
                format!("没有指标 {indicator}"),
                format!("there is no indicator {indicator}"),
            ),
            hint,
        );
        return None;
    };
    let levels = RegionLevel::ALL.map(|level| (level.id(), level));
    let level = table.choice(log, "level", &levels).unwrap_or(RegionLevel::Prefecture);
    let mut by = Vec::new();
    for (name, spot) in table.texts(log, "by") {
        if figure.by.iter().any(|known| known == name) && !matches!(name, "region" | "sector" | "state") {
            by.push(name.to_owned());
        } else {
            let known = figure.by.iter().map(String::as_str);
            let hint = known_hint(
                name,
                known.filter(|name| !matches!(*name, "region" | "sector" | "state")),
            );
            log.error(
                spot.place(),
                (
                    format!("指标 {indicator} 不按 {name} 分格"),
                    format!("indicator {indicator} has no cells by {name}"),
                ),
                hint,
            );
        }
    }
    let value = match figure.scale {
        0 => Ty::Int,
        scale => Ty::Decimal(scale),
    };
    let scope = Scope::new(world, Site::Rows)
        .var("value", value)
        .var("state", Ty::code(FIGURE_STATES))
        .var("region", Ty::Region);
    table.required(log, "when");
    let when = expr(log, table.get("when"), &scope, Ty::Bool)?;
    Some(Watch {
        indicator: indicator.to_owned(),
        level,
        by,
        when,
    })
}

/// The register in which crossings are written down.
pub(super) fn crossings<'w>(log: &mut Log, table: &Table<'_>, world: &'w World) -> Option<&'w RegisterTy> {
    let found = world.registers.get(CROSSING);
    if found.is_none() {
        log.error(
            table.place("indicator"),
            (
                format!("没有登记表 {CROSSING}，指标触发无处可记"),
                format!("there is no register {CROSSING} in which a crossing could be written"),
            ),
            ("请同时载入能力包 core", "load the pack core too"),
        );
    }
    found
}

/// Of all crossings, those of this protocol's own watch.
pub(super) fn own_crossings(log: &mut Log, table: &Table<'_>, protocol: &str, seen: &Seen<'_>) -> Option<Expr> {
    let text = format!("entry.watch == '{protocol}'");
    let spot = table.get("indicator")?;
    Some(checked_text(log, spot, &text, &seen.scope, &Want::Ty(Ty::Bool))?.expr)
}

/// What only a figure that enrols has.
pub(super) fn only_of_watches(log: &mut Log, table: &Table<'_>) {
    for key in ["level", "by"].into_iter().filter(|key| table.get(key).is_some()) {
        log.error(
            table.place(key),
            (
                format!("只有 enrol.indicator 才写 {key}"),
                format!("{key} goes with enrol.indicator only"),
            ),
            ("请去掉", "leave it out"),
        );
    }
}
