//! Cases per 100,000 of those who live in a region, where its population is entered.

use crate::region_steps;
use crate::visit::date;
use lianfang_kernel::{Datum, Day, Instant, Lang, RegionId, Words};
use lianfang_policy::{Snapshot, SubjectRef};
use lianfang_ui::dates;
use std::collections::HashMap;

/// The register of residents by region, and its fields.
const REGISTER: &str = "population";
const RESIDENTS: &str = "residents";
const COUNTED_ON: &str = "counted_on";
const SOURCE: &str = "source";
/// Steps down that are added up where a region has no number of its own.
const DEPTH: u8 = 2;

/// Who lives in a region, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Residents {
    /// How many; above zero.
    pub n: i64,
    /// The oldest day that the number speaks of.
    counted_on: Option<Day>,
    source: String,
}

impl Residents {
    /// Cases per 100,000, in tenths.
    pub fn tenths(&self, cases: i64) -> i64 {
        let doubled = cases.saturating_mul(2_000_000) / self.n.max(1);
        (doubled + 1).div_euclid(2)
    }

    fn add(self, other: &Residents) -> Residents {
        Residents {
            n: self.n.saturating_add(other.n),
            counted_on: self.counted_on.min(other.counted_on),
            ..self
        }
    }
}

/// The residents of a region: its own number, or the sum of every region inside it; none where one lacks.
pub(super) fn residents(snapshot: &Snapshot, region: &RegionId, at: Instant) -> Option<Residents> {
    within(snapshot, region, at, DEPTH)
}

fn within(snapshot: &Snapshot, region: &RegionId, at: Instant, depth: u8) -> Option<Residents> {
    if let Some(own) = own(snapshot, region, at) {
        return Some(own);
    }
    let inside = snapshot.regions.children(region).iter();
    let mut all = inside.map(|id| within(snapshot, id, at, depth.checked_sub(1)?));
    let first = all.next()??;
    all.try_fold(first, |sum, one| Some(sum.add(&one?)))
}

/// The newest number that is in force.
fn own(snapshot: &Snapshot, region: &RegionId, at: Instant) -> Option<Residents> {
    let about = SubjectRef::Region(region.clone());
    let newest = snapshot.reference.about(REGISTER, &about, at, at).pop()?;
    let n = newest.body.get(RESIDENTS).and_then(Datum::as_int).filter(|n| *n > 0)?;
    let day = newest.body.get(COUNTED_ON).and_then(Datum::as_int);
    let source = newest.body.get(SOURCE).and_then(Datum::as_text);
    Some(Residents {
        n,
        counted_on: day.and_then(|n| i32::try_from(n).ok()).map(Day),
        source: source.unwrap_or_default().to_owned(),
    })
}

/// Tenths of a case per 100,000 as they are read: "3.4".
pub(super) fn words(tenths: i64) -> String {
    format!("{}.{}", tenths / 10, (tenths % 10).abs())
}

/// What stands below the map: whose numbers the rates rest on, or why there are counts.
pub(super) fn note(
    (snapshot, lang): (&Snapshot, Lang),
    regions: &[RegionId],
    known: &HashMap<RegionId, Residents>,
) -> String {
    let lacking: Vec<&RegionId> = regions.iter().filter(|id| !known.contains_key(id)).collect();
    let words = match lacking.first() {
        Some(_) if lacking.len() == regions.len() => Words::new(
            "病例数，不是发病率：各地区尚未登记常住人口",
            "Counts and no rates: no region has its population entered",
        ),
        Some(first) => Words::new(
            "病例数，不是发病率：{n}个地区尚未登记常住人口（如{region}）",
            "Counts and no rates: {n} regions have no population entered, {region} among them",
        )
        .with("n", lacking.len())
        .with("region", region_steps::name(&snapshot.regions, lang, first)),
        None => return told(lang, known),
    };
    words.get(lang).to_owned()
}

fn told(lang: Lang, known: &HashMap<RegionId, Residents>) -> String {
    let mut sources: Vec<&str> = known.values().map(|one| one.source.as_str()).collect();
    sources.sort_unstable();
    sources.dedup();
    let oldest = known.values().filter_map(|one| one.counted_on).min();
    let all = known.values().fold(0_i64, |sum, one| sum.saturating_add(one.n));
    let words = Words::new(
        "每10万常住人口的病例数；常住人口共{n}人，{source}，截至{day}",
        "Cases per 100,000 residents; {n} residents, {source}, as of {day}",
    );
    let words = words
        .with("n", lianfang_ui::text::grouped(all))
        .with("source", sources.join(crate::field_text::comma(lang)))
        .with(
            "day",
            oldest.map_or_else(String::new, |day| dates::day(lang, date(day))),
        );
    words.get(lang).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_rounded_to_a_tenth() {
        let of = |n| Residents {
            n,
            counted_on: None,
            source: String::new(),
        };
        assert_eq!(words(of(300_000).tenths(10)), "3.3");
        assert_eq!(words(of(300_000).tenths(20)), "6.7");
        assert_eq!(words(of(1_000_000).tenths(0)), "0.0");
        assert_eq!(words(of(7).tenths(7)), "100000.0");
    }

    #[test]
    fn sums_keep_the_oldest_day() {
        let one = |n, day| Residents {
            n,
            counted_on: Some(Day(day)),
            source: "census".to_owned(),
        };
        let sum = one(5, 20).add(&one(6, 10));
        assert_eq!((sum.n, sum.counted_on), (11, Some(Day(10))));
    }
}
