//! How strict it is in a region: the levels of risk and response in force there, by the orders they cite.

use crate::visit::Visit;
use lianfang_kernel::{Datum, Instant, Kind, Lang, RegionId, Words};
use lianfang_policy::Snapshot;
use lianfang_policy::model::{CodeList, Register};
use lianfang_server::{ApiError, AppState};
use lianfang_ui::charts::{Map, Sign, SignShape};

/// Bars of the strictest level.
const BARS: i64 = 4;

/// Puts the levels in force on the tiles of a map.
///
/// # Errors
/// The database.
pub(crate) async fn sign(state: &AppState, visit: &Visit, region: &RegionId, map: &mut Map) -> Result<(), ApiError> {
    let snapshot = visit.snapshot(state).await?;
    let at = visit.as_of.unwrap_or_else(|| state.ledger.now());
    for (tile, id) in map.tiles.iter_mut().zip(snapshot.regions.children(region)) {
        tile.signs.extend(signs(&snapshot, visit, id, at));
    }
    Ok(())
}

/// The levels in force in a region and inside it, a line a register: the strictest of each.
fn signs(snapshot: &Snapshot, visit: &Visit, region: &RegionId, at: Instant) -> Vec<Sign> {
    let registers = snapshot.model.registers.values();
    let strict = registers.filter_map(|register| {
        let (field, list) = level_of(snapshot, visit, register)?;
        strictest(snapshot, (register, &field, &list), (region, at), visit.lang)
    });
    strict.collect()
}

/// The field that says how strict a register of regions is, where the reader may read it: a code whose values have ranks.
fn level_of(snapshot: &Snapshot, visit: &Visit, register: &Register) -> Option<(String, CodeList)> {
    let schema = &register.schema;
    let of_regions = schema.reference && schema.cites.is_some() && schema.subjects.iter().any(|of| of == "region");
    // What covers types of places says nothing of a region as such.
    if !of_regions || register.reach.as_ref().is_some_and(|reach| reach.types.is_some()) {
        return None;
    }
    let list_of = |field: &lianfang_kernel::FieldSchema| match &field.kind {
        Kind::Code { list } if field.many <= 1 => snapshot.model.lists.get(list).cloned(),
        _ => None,
    };
    let ranked = |list: &CodeList| list.values.iter().all(|value| value.rank.is_some());
    let (field, list) = schema
        .fields
        .iter()
        .find_map(|field| Some((field.id.clone(), list_of(field).filter(ranked)?)))?;
    let reads = visit
        .staff()
        .is_some_and(|staff| staff.reads_rows(&snapshot.model, &schema.id));
    let shown = register
        .public
        .as_ref()
        .is_some_and(|public| public.fields.contains(&field));
    (reads || shown).then_some((field, list))
}

fn strictest(
    snapshot: &Snapshot,
    (register, field, list): (&Register, &str, &CodeList),
    (region, at): (&RegionId, Instant),
    lang: Lang,
) -> Option<Sign> {
    let inherits = register.reach.as_ref().is_none_or(|reach| reach.inherit);
    let tree = &snapshot.regions;
    let rows = snapshot.reference.of(&register.schema.id).iter();
    let ranked = rows
        .filter(|interval| interval.overlaps(at, at))
        .filter_map(|interval| {
            let covers = interval.region == *region || inherits && tree.within(region, &interval.region);
            if !covers && !tree.within(&interval.region, region) {
                return None;
            }
            let value = list.value(interval.body.get(field).and_then(Datum::as_text)?)?;
            Some((value.rank.unwrap_or(0), covers, value))
        });
    let (rank, covers, value) = ranked.max_by_key(|(rank, covers, _)| (*rank, *covers))?;
    let most = list
        .values
        .iter()
        .filter_map(|value| value.rank)
        .max()
        .unwrap_or(rank)
        .max(1);
    let words = if covers {
        value.title.clone()
    } else {
        Words::new("局部{level}", "{level} in parts").with("level", value.title.get(lang))
    };
    let whole = Words::new("{register}：{level}", "{register}: {level}")
        .with("register", register.schema.title.get(lang))
        .with("level", words.get(lang));
    Some(Sign {
        words: words.get(lang).to_owned(),
        whole: whole.get(lang).to_owned(),
        shape: SignShape::Bars(u8::try_from((rank * BARS + most - 1) / most).unwrap_or(0)),
    })
}
