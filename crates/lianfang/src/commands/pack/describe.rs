//! `pack list` and `pack doc`: what packs hold, for people.

use super::PackArgs;
use crate::activation::LoadOrTell;
use crate::failure::Outcome;
use crate::say;
use clap::Args;
use lianfang_kernel::{RegionId, Zone};
use lianfang_pages::manual;
use lianfang_policy::model::Pack;
use lianfang_policy::{Model, Snapshot};
use serde_json::json;
use std::sync::Arc;

/// Arguments of `pack list`.
#[derive(Args, Debug)]
pub struct ListArgs {
    #[command(flatten)]
    packs: PackArgs,
    /// 输出 JSON，逐行 ¦ Print JSON, one line each
    #[arg(long)]
    json: bool,
}

/// Lists packs.
///
/// # Errors
/// The packs do not load.
pub fn list(args: &ListArgs) -> Outcome {
    let model = args.packs.sources()?.load()?.model;
    let named = args.packs.named()?;
    let is_wanted = |id: &str| named.as_ref().is_none_or(|named| named.contains(id));
    for pack in model.packs.values().filter(|pack| is_wanted(&pack.id)) {
        let count = Counts::of(&model, pack);
        if args.json {
            say::json(&json!({
                "id": pack.id, "title": pack.title, "needs": pack.needs, "meets": pack.meets,
                "registers": count.registers, "protocols": count.protocols, "indicators": count.indicators,
            }));
            continue;
        }
        say::out(format!(
            "{} — {}\t{}\t{}",
            pack.id,
            pack.title.get(say::lang()),
            say::pick(
                &format!(
                    "登记册{} 方案{} 指标{}",
                    count.registers, count.protocols, count.indicators
                ),
                &format!(
                    "{} registers, {} protocols, {} indicators",
                    count.registers, count.protocols, count.indicators
                ),
            ),
            pack.meets.join(" "),
        ));
    }
    Ok(())
}

struct Counts {
    registers: usize,
    protocols: usize,
    indicators: usize,
}

impl Counts {
    fn of(model: &Model, pack: &Pack) -> Counts {
        Counts {
            registers: model
                .registers
                .values()
                .filter(|register| register.schema.pack == pack.id)
                .count(),
            protocols: model
                .protocols
                .iter()
                .filter(|protocol| protocol.pack == pack.id)
                .count(),
            indicators: model
                .indicators
                .values()
                .filter(|indicator| indicator.pack == pack.id)
                .count(),
        }
    }
}

/// Prints the manual as Markdown in the user's language: of the packs in the folder, of all without one.
///
/// # Errors
/// The packs do not load.
pub fn doc(args: &PackArgs) -> Outcome {
    let model = Arc::new(args.sources()?.load()?.model);
    let named = args.named()?;
    let snapshot = Snapshot::of_model(model, Arc::default(), RegionId::new(""), Zone::china());
    let is_wanted = |id: &str| named.as_ref().is_none_or(|named| named.contains(id));
    say::out(manual(&snapshot, say::lang(), &is_wanted).trim_end());
    Ok(())
}
