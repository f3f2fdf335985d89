//! People who do not exist: invented names, numbers with a right check digit, a journey each.

use super::dice::Dice;
use lianfang_kernel::{Day, Instant, RegionId, TimeOfDay, Zone};
use serde_json::{Value, json};

/// Rare given names after surnames, joined with 演 so that nobody is met by chance.
const SURNAMES: &[&str] = &[
    "赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "杨", "朱", "秦", "许", "何", "吕", "张", "孔", "曹",
    "严",
];
const GIVEN: &[&str] = &[
    "一", "二", "三", "春", "夏", "秋", "冬", "东", "南", "西", "北", "山", "水", "风", "云", "星", "河", "林", "石",
    "田",
];

/// How risky the place is that somebody comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Risk {
    /// No order names it.
    None,
    /// Two swabs, one serum test, seven days.
    Medium,
    /// Fourteen days.
    High,
}

/// A made-up person with a journey.
#[derive(Clone, Debug)]
pub struct Person {
    /// An invented name.
    pub name: String,
    /// An invented number with a right check digit.
    pub cn_id: String,
    /// An invented telephone of a range that is not in use by the public.
    pub phone: String,
    /// The village or community where they stay.
    pub village: RegionId,
    /// Its township, whose community office is in charge.
    pub township: RegionId,
    /// The county they come from.
    pub origin: RegionId,
    /// How risky that is.
    pub risk: Risk,
    /// Whether home is suitable for isolation.
    pub home_suitable: bool,
    /// When they declared; none who did not.
    pub declared_at: Option<Instant>,
    /// When they arrive; none who do not come.
    pub arrival_at: Option<Instant>,
    /// When they said they would arrive.
    pub expected_at: Instant,
}

/// Where people may come from and stay.
#[derive(Clone, Debug)]
pub struct Places {
    /// Villages with their townships.
    pub villages: Vec<(RegionId, RegionId)>,
    /// Counties outside that no order names.
    pub calm: Vec<RegionId>,
    /// Counties outside at medium risk.
    pub medium: Vec<RegionId>,
    /// Counties outside at high risk.
    pub high: Vec<RegionId>,
    /// Six digits that identity numbers begin with.
    pub id_prefixes: Vec<String>,
}

impl Places {
    /// Everybody of the story, arrivals spread over the days up to `today`.
    pub fn people(&self, dice: &mut Dice, n: usize, first: Day, today: Day, zone: &Zone) -> Vec<Person> {
        (0..n)
            .filter_map(|index| self.person(dice, index, first, today, zone))
            .collect()
    }

    fn person(&self, dice: &mut Dice, index: usize, first: Day, today: Day, zone: &Zone) -> Option<Person> {
        let risk = match dice.below(100) {
            0..=15 => Risk::Medium,
            16..=21 => Risk::High,
            _ => Risk::None,
        };
        let origins = match risk {
            Risk::None => &self.calm,
            Risk::Medium => &self.medium,
            Risk::High => &self.high,
        };
        // A quarter of all come to one township, so that somebody has a full day.
        let town = &self.villages.first()?.1;
        let gather = dice.chance(25);
        let there: Vec<&(RegionId, RegionId)> = self
            .villages
            .iter()
            .filter(|(_, township)| !gather || township == town)
            .collect();
        let (village, township) = (*dice.one(&there)?).clone();
        let days = first.until(today).max(1);
        // Some are still on their way: the community expects them in the next three days.
        let expected_day = first.plus(dice.between(1, days + 3));
        let expected_at = clock(zone, expected_day, dice.between(7, 21), dice.between(0, 59));
        let declared_at = dice.chance(92).then(|| {
            let ahead = *dice.one(&[1, 3, 3, 4, 5]).unwrap_or(&3);
            clock(
                zone,
                expected_day.plus(-ahead),
                dice.between(8, 21),
                dice.between(0, 59),
            )
        });
        let comes = declared_at.is_none() || dice.chance(94);
        let late_ms = dice.between(-30, 120) * 60_000;
        Some(Person {
            name: name(dice)?,
            cn_id: cn_id(dice, &self.id_prefixes, index),
            phone: format!("1700{:07}", index % 10_000_000),
            village,
            township,
            origin: dice.one(origins)?.clone(),
            risk,
            home_suitable: dice.chance(70),
            declared_at,
            arrival_at: comes.then(|| expected_at.plus_ms(late_ms)),
            expected_at,
        })
    }
}

/// Makes people who only fall ill or meet somebody who did.
#[derive(Debug)]
pub struct Made<'a> {
    before: usize,
    count: usize,
    id_prefixes: &'a [String],
}

impl<'a> Made<'a> {
    /// After so many that have been made already.
    pub fn after(before: usize, id_prefixes: &'a [String]) -> Made<'a> {
        Made {
            before,
            count: 0,
            id_prefixes,
        }
    }

    /// One more, put behind the others of `people`; the place among all people.
    pub fn person(&mut self, dice: &mut Dice, people: &mut Vec<Value>) -> usize {
        let index = self.before + self.count;
        self.count += 1;
        let name = name(dice).unwrap_or_else(|| "赵演一".to_owned());
        let cn_id = cn_id(dice, self.id_prefixes, index);
        let phone = format!("1700{:07}", index % 10_000_000);
        people.push(json!({ "type": "person", "name": name, "identifiers": { "cn_id": cn_id, "phone": phone } }));
        index
    }
}

/// An invented name.
pub fn name(dice: &mut Dice) -> Option<String> {
    Some(format!(
        "{}演{}{}",
        dice.one(SURNAMES)?,
        dice.one(GIVEN)?,
        dice.one(GIVEN)?
    ))
}

impl Person {
    /// The stay before arrival.
    pub fn stays(&self, zone: &Zone, arrived: Instant) -> Value {
        let day_ms = 24 * 3_600_000;
        let (from, until) = (arrived.plus_ms(-9 * day_ms), arrived.plus_ms(-4 * 3_600_000));
        json!([{ "region": self.origin.as_str(), "from": from.in_zone(zone), "until": until.in_zone(zone) }])
    }

    /// The person as an entry names them.
    pub fn described(&self) -> Value {
        json!({ "type": "person", "name": self.name, "identifiers": { "cn_id": self.cn_id, "phone": self.phone } })
    }
}

/// A moment of a day.
pub fn clock(zone: &Zone, day: Day, hour: i64, minute: i64) -> Instant {
    let minutes = u16::try_from((hour * 60 + minute).clamp(0, 1_439)).unwrap_or(0);
    zone.at(day, TimeOfDay(minutes))
}

/// A number that GB 11643 accepts and nobody holds knowingly: the index makes it unique within the story.
fn cn_id(dice: &mut Dice, prefixes: &[String], index: usize) -> String {
    let prefix = dice.one(prefixes).cloned().unwrap_or_else(|| "620502".to_owned());
    let (year, month, day) = (dice.between(1940, 2004), dice.between(1, 12), dice.between(1, 28));
    // The birth date cycles with the thousands of the index, so that index and sequence together never repeat.
    let day = (day + i64::try_from(index / 1_000).unwrap_or(0)) % 28 + 1;
    let body = format!("{prefix}{year:04}{month:02}{day:02}{:03}", index % 1_000);
    format!("{body}{}", check_digit(&body))
}

/// GB 11643, ISO 7064 MOD 11-2.
pub fn check_digit(body: &str) -> char {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body
        .chars()
        .zip(WEIGHTS)
        .map(|(c, weight)| c.to_digit(10).unwrap_or(0) * weight)
        .sum();
    ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'][usize::try_from(sum % 11).unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use lianfang_kernel::identity::CnId;
    use std::collections::BTreeSet;

    #[test]
    fn made_up_numbers_are_right_and_differ() {
        let mut dice = Dice::new(1);
        let prefixes = ["620502".to_owned(), "620503".to_owned()];
        let numbers: BTreeSet<String> = (0..5_000).map(|index| cn_id(&mut dice, &prefixes, index)).collect();
        assert!(numbers.len() > 4_990, "{}", numbers.len());
        assert!(numbers.iter().all(|number| CnId::parse(number).is_ok()));
    }
}
