//! Functions that read nothing but their arguments, the zone and the region tree.

use super::super::Fault;
use super::super::node::{Node, Pure};
use super::{Run, Value, misfit, owned};
use lianfang_kernel::{Datum, Day, Instant, RegionId, TimeOfDay};
use std::borrow::Cow;

/// Milliseconds of an hour.
const HOUR_MS: i64 = 3_600_000;

impl Run<'_> {
    pub(super) fn call<'v>(&'v self, node: &'v Node, local: Option<&'v Datum>) -> Value<'v> {
        match node {
            Node::Pure(function, args) => self.pure(*function, args, local),
            Node::SubjectId(of) => {
                let value = self.value(of, local)?;
                Ok(match value.get("id") {
                    Some(id) => Cow::Owned(id.clone()),
                    None => value,
                })
            }
            _ => self.ask_state(node, local),
        }
    }

    fn pure<'v>(&'v self, function: Pure, args: &'v [Node], local: Option<&'v Datum>) -> Value<'v> {
        match (function, args) {
            (Pure::Hours, [n]) => owned(self.int(n, local)?.checked_mul(HOUR_MS).ok_or(Fault::Overflow)?),
            (Pure::DateOf, [at]) => {
                let at = Instant(self.int(at, local)?);
                owned(i64::from(self.env.snapshot.zone.day_of(at).0))
            }
            (Pure::DateAdd, [day, n]) => {
                let (day, n) = (self.day(day, local)?, self.int(n, local)?);
                owned(i64::from(day.plus(n).0))
            }
            (Pure::DayDiff, [a, b]) => owned(self.day(a, local)?.until(self.day(b, local)?)),
            (Pure::AtTime, [day, minutes]) => {
                let (day, minutes) = (self.day(day, local)?, self.int(minutes, local)?);
                let time = TimeOfDay(u16::try_from(minutes).map_err(|_| Fault::Overflow)?);
                owned(self.env.snapshot.zone.at(day, time).0)
            }
            (Pure::Between, [x, a, b]) => {
                let x = self.int(x, local)?;
                owned(self.int(a, local)? <= x && x <= self.int(b, local)?)
            }
            (Pure::Within, [region, area]) => {
                let (region, area) = (self.region(region, local)?, self.region(area, local)?);
                owned(self.env.snapshot.regions.within(&region, &area))
            }
            (Pure::Parent(level), [region]) => {
                let region = self.region(region, local)?;
                let above = self.env.snapshot.regions.ancestor(&region, level);
                // A region above that level lies in none: the empty id is within nothing and equal to nothing.
                Ok(Cow::Owned(Datum::text(above.map_or("", |region| region.id.as_str()))))
            }
            (Pure::AtLevel(level), [region]) => {
                let region = self.region(region, local)?;
                let known = self.env.snapshot.regions.get(&region);
                owned(known.is_some_and(|region| region.level == level))
            }
            (Pure::AgeBand, [born, on]) => owned(age_band(self.day(born, local)?, self.day(on, local)?)),
            (Pure::Size, [of]) => {
                let value = self.value(of, local)?;
                match &*value {
                    Datum::List(items) => owned(i64::try_from(items.len()).map_err(|_| Fault::Overflow)?),
                    Datum::Text(text) => owned(i64::try_from(text.chars().count()).map_err(|_| Fault::Overflow)?),
                    other => Err(misfit(of, other)),
                }
            }
            (Pure::Max | Pure::Min, args) => {
                let numbers: Result<Vec<i64>, Fault> = args.iter().map(|arg| self.int(arg, local)).collect();
                self.extreme(function == Pure::Max, &numbers?)
            }
            _ => Err(Fault::Malformed(format!("{function:?}"))),
        }
    }

    fn extreme(&self, greatest: bool, numbers: &[i64]) -> Value<'_> {
        self.spend(u32::try_from(numbers.len()).unwrap_or(u32::MAX))?;
        let found = if greatest {
            numbers.iter().max()
        } else {
            numbers.iter().min()
        };
        Ok(Cow::Owned(found.map_or(Datum::Null, |n| Datum::Int(*n))))
    }

    /// A day: the checker puts [`Pure::DateOf`] around what is a moment.
    pub(super) fn day(&self, node: &Node, local: Option<&Datum>) -> Result<Day, Fault> {
        i32::try_from(self.int(node, local)?)
            .map(Day)
            .map_err(|_| Fault::Overflow)
    }

    pub(super) fn region(&self, node: &Node, local: Option<&Datum>) -> Result<RegionId, Fault> {
        let value = self.value(node, local)?;
        match &*value {
            Datum::Text(id) => Ok(RegionId(id.clone())),
            other => Err(misfit(node, other)),
        }
    }
}

/// The ten-year band that an age in completed years falls in, told by its first year: 0, 10 … 80; 80 stands for all above.
/// The bands are those of the national case reports of 2020.
fn age_band(born: Day, on: Day) -> i64 {
    let ((y0, m0, d0), (y1, m1, d1)) = (born.ymd(), on.ymd());
    let before_birthday = (m1, d1) < (m0, d0);
    let years = i64::from(y1) - i64::from(y0) - i64::from(before_birthday);
    (years.max(0) / 10 * 10).min(80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_counts_completed_years() {
        let born = Day::from_ymd(2000, 2, 29).unwrap();
        assert_eq!(age_band(born, Day::from_ymd(2010, 2, 28).unwrap()), 0);
        assert_eq!(age_band(born, Day::from_ymd(2010, 3, 1).unwrap()), 10);
        assert_eq!(age_band(born, Day::from_ymd(2099, 3, 1).unwrap()), 80);
    }
}
