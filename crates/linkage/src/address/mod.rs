//! Addresses: parts that survive being written in many ways, and the finest part on which two addresses agree.

mod gazetteer;
mod parse;
mod tail;
mod words;

pub use gazetteer::Gazetteer;
pub(crate) use gazetteer::present_code;
pub(crate) use parse::{is_latin, learn, parse};
pub(crate) use words::{WordTable, Words, read as read_words};

use crate::hash::Hash;
use crate::level::Address as Level;

/// The parts of an address. Names are hashes of what is left without suffixes, numbers are plain; 0 is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub county: u32,
    pub township: u32,
    pub community: u32,
    pub road: u32,
    pub road_number: u32,
    pub compound: u32,
    pub village: u32,
    pub building: u32,
    pub section: u32,
    /// Room, or the number of a house in a village.
    pub room: u32,
    pub group: u32,
}

/// Two numbers that both may be unknown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    Same,
    Differs,
    Unknown,
}

fn fit(a: u32, b: u32) -> Fit {
    match (a, b) {
        (0, _) | (_, 0) => Fit::Unknown,
        _ if a == b => Fit::Same,
        _ => Fit::Differs,
    }
}

impl Place {
    /// Whether nothing was read.
    pub fn is_missing(&self) -> bool {
        *self == Place::default()
    }

    /// The name of the finest area that is known: compound, else village, else road with its number.
    pub fn spot(&self) -> u64 {
        match (self.compound, self.village, self.road, self.road_number) {
            (0, 0, road @ 1.., number @ 1..) => Hash::of(31).with(road.into()).with(number.into()).key(),
            (0, 0, ..) => 0,
            (0, village, ..) => Hash::of(32).with(village.into()).key(),
            (compound, ..) => Hash::of(33).with(compound.into()).key(),
        }
    }
}

/// The level of two addresses; the order does not matter.
pub(crate) fn compare(a: &Place, b: &Place) -> Level {
    if a.is_missing() || b.is_missing() {
        return Level::Missing;
    }
    if a.village != 0 && b.village != 0 {
        return match fit(a.village, b.village) {
            Fit::Same if fit(a.township, b.township) != Fit::Differs => in_village(a, b),
            _ => coarse(a, b, true),
        };
    }
    let place = match (
        fit(a.compound, b.compound),
        fit(a.road, b.road),
        fit(a.road_number, b.road_number),
    ) {
        (Fit::Same, Fit::Differs, Fit::Same | Fit::Differs) => Fit::Differs,
        (Fit::Same, ..) | (Fit::Unknown, Fit::Same, Fit::Same) => Fit::Same,
        (Fit::Differs, Fit::Same, Fit::Same) => Fit::Same,
        (Fit::Differs, ..) | (_, Fit::Differs, _) => Fit::Differs,
        _ if (a.village != 0) != (b.village != 0) => Fit::Differs,
        _ => Fit::Unknown,
    };
    let counties_fit = fit(a.county, b.county) != Fit::Differs || fit(a.township, b.township) == Fit::Same;
    match place {
        Fit::Same if counties_fit => match rooms(a, b) {
            Fit::Same => Level::SameRoom,
            Fit::Differs => Level::Neighbours,
            Fit::Unknown => Level::SamePlace,
        },
        Fit::Unknown if counties_fit => {
            let area_fits =
                fit(a.township, b.township) != Fit::Differs && fit(a.community, b.community) != Fit::Differs;
            if area_fits
                && rooms(a, b) == Fit::Same
                && a.room != 0
                && b.room != 0
                && fit(a.building, b.building) == Fit::Same
            {
                return Level::SameRoomOnly;
            }
            match fit(a.road, b.road) {
                Fit::Same if area_fits => Level::SameRoad,
                _ => coarse(a, b, false),
            }
        }
        _ => coarse(a, b, true),
    }
}

fn in_village(a: &Place, b: &Place) -> Level {
    match (fit(a.room, b.room), fit(a.group, b.group)) {
        (Fit::Same, Fit::Same | Fit::Unknown) => Level::SameHouse,
        (Fit::Differs, _) | (_, Fit::Differs) => Level::Neighbours,
        (Fit::Unknown, Fit::Same) => Level::SameGroup,
        (Fit::Unknown, Fit::Unknown) => Level::SameVillage,
    }
}

fn rooms(a: &Place, b: &Place) -> Fit {
    let parts = [
        fit(a.building, b.building),
        fit(a.section, b.section),
        fit(a.room, b.room),
    ];
    match parts {
        _ if parts.contains(&Fit::Differs) => Fit::Differs,
        [_, _, Fit::Same] => Fit::Same,
        _ => Fit::Unknown,
    }
}

fn coarse(a: &Place, b: &Place, is_elsewhere: bool) -> Level {
    let (county, township, community) = (
        fit(a.county, b.county),
        fit(a.township, b.township),
        fit(a.community, b.community),
    );
    match (county, township, community) {
        (_, Fit::Differs, _) if county != Fit::Differs => Level::OtherTownship,
        (Fit::Differs, t, _) if t != Fit::Same => Level::OtherCounty,
        (.., Fit::Same) | (_, Fit::Same, _) if is_elsewhere => Level::OtherPlace,
        (.., Fit::Same) => Level::SameCommunity,
        (_, Fit::Same, _) => Level::SameTownship,
        (.., Fit::Differs) => Level::OtherPlace,
        _ if is_elsewhere => Level::OtherPlace,
        (Fit::Same, ..) => Level::SameCounty,
        _ => Level::Coarse,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(a: &str, b: &str, expected: Level) {
        let mut names = Gazetteer::default();
        for text in [a, b] {
            learn(&mut names, text);
            learn(&mut names, text);
        }
        names.settle();
        let (x, y) = (parse(&names, a), parse(&names, b));
        assert_eq!(compare(&x, &y), expected, "{a} {b}\n{x:?}\n{y:?}");
        assert_eq!(compare(&y, &x), expected, "{b} {a}");
    }

    #[test]
    fn addresses_agree_on_their_finest_part() {
        check(
            "江苏江宁东山街道水岸花苑11号楼1单元101室",
            "江苏南京东山街道水岸花苑11-1-101",
            Level::SameRoom,
        );
        check(
            "青岛市胶州市九龙街道和平社区桂林路176号世纪花苑2-3-2306",
            "青岛九龙街道和平社区桂林路世纪花苑2号楼3单元2306室",
            Level::SameRoom,
        );
        check(
            "玄武区玄武湖街道中山西路206号湖畔家园",
            "玄武湖街湖畔家园5栋301",
            Level::SamePlace,
        );
        check(
            "南京市溧水区柘塘街上海路38号阳光华庭22幢4单元102室",
            "江苏南京溧水上海路38号阳光华庭21号楼4单元102室",
            Level::Neighbours,
        );
        check(
            "荔浦段家湾村124号",
            "广西桂林荔浦马岭镇段家湾村九组124号",
            Level::SameHouse,
        );
        check(
            "泰州市海陵区城北街道郝家塘村六组74号",
            "江苏省海陵区城北街郝家塘村第6村民小组",
            Level::SameGroup,
        );
        check("六合区龙袍街道", "六合区大厂街道", Level::OtherTownship);
        check("南京六合", "南京鼓楼", Level::OtherCounty);
        check("", "南京鼓楼", Level::Missing);
        check(
            "幕府山街道杏花社区十四号楼三单元606",
            "鼓楼区幕府山街衡山东路110号紫荆湾14号楼3单元606室",
            Level::SameRoomOnly,
        );
    }
}
