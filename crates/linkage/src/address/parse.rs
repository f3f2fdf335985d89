//! Reads an address from the front (regions) and from the end (numbers) until only names are left in the middle.

use super::gazetteer::{self, Gazetteer, starts_with};
use super::{Place, tail};
use crate::han::{self, is_han};
use crate::hash::Hash;
use lianfang_kernel::identity::half_width;

/// Whether an address is in letters.
pub(crate) fn is_latin(text: &str) -> bool {
    !text.chars().any(is_han) && text.chars().any(char::is_alphabetic)
}

/// Learns names from an address that writes them out.
pub(crate) fn learn(names: &mut Gazetteer, text: &str) {
    let chars = clean(text);
    let (_, end) = tail::read(&chars);
    let head = &chars[..end];
    let (region, at) = names.region(head);
    if let Some((from, to)) = region.county {
        let name: String = head[from..to].iter().collect();
        names.saw_county(gazetteer::short(&name));
        names.saw_county(&name);
    }
    let rest = &head[at..];
    let after = match suffixed(rest, &["街道办事处", "街道", "镇", "乡"], 7) {
        Some((name, after)) if region.county.is_some() => {
            names.saw_township(&text_of(&rest[..name]));
            &rest[after..]
        }
        _ => rest,
    };
    if let Some((name, _)) = suffixed(after, &["社区居委会", "社区", "居委会"], 6)
        && after.len() < rest.len()
    {
        names.saw_community(&text_of(&after[..name]));
    }
}

/// The parts of an address; what cannot be told stays unknown.
pub(crate) fn parse(names: &Gazetteer, text: &str) -> Place {
    let chars = clean(text);
    if chars.is_empty() {
        return Place::default();
    }
    let (numbers, end) = tail::read(&chars);
    let head = &chars[..end];
    let mut place = Place {
        road_number: numbers.road_number,
        building: numbers.building,
        section: numbers.section,
        room: numbers.room,
        group: numbers.group,
        ..Place::default()
    };
    let (region, at) = names.region(head);
    if let Some((from, to)) = region.county {
        place.county = id(gazetteer::present(&text_of(&head[from..to])));
    }
    let mut rest = &head[at..];
    if let Some((name, after)) = township(names, rest) {
        place.township = id(&text_of(&rest[..name]));
        rest = &rest[after..];
    }
    if let Some((name, after)) = community(names, rest) {
        place.community = id(&text_of(&rest[..name]));
        rest = &rest[after..];
    }
    let has_rooms = numbers.building != 0 || numbers.section != 0 || numbers.room != 0;
    let rest = match village(rest, has_rooms, numbers.group != 0) {
        Some((name, after)) => {
            place.village = id(&text_of(&rest[..name]));
            place.room = if numbers.house != 0 {
                numbers.house
            } else {
                numbers.room
            };
            &rest[after..]
        }
        None => road(&mut place, rest),
    };
    if place.village == 0 {
        if place.room == 0 {
            place.room = numbers.house;
        }
        if rest.len() >= 2 {
            place.compound = id(&text_of(rest));
        }
    }
    place
}

fn clean(text: &str) -> Vec<char> {
    half_width(text)
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, ',' | '，' | '。' | '(' | ')' | '（' | '）' | ':' | ';'))
        .map(|c| han::simplified(c.to_ascii_uppercase()))
        .collect()
}

fn text_of(chars: &[char]) -> String {
    chars.iter().collect()
}

fn id(name: &str) -> u32 {
    u32::try_from(Hash::of(30).with_text(name).key() & 0xFFFF_FFFF)
        .unwrap_or(1)
        .max(1)
}

/// The first of the suffixes within the first characters: end of the name, end of the suffix.
fn suffixed(chars: &[char], suffixes: &[&str], most: usize) -> Option<(usize, usize)> {
    (1..=most.min(chars.len())).find_map(|at| {
        let suffix = suffixes.iter().find(|suffix| starts_with(&chars[at..], suffix))?;
        Some((at, at + suffix.chars().count()))
    })
}

fn township(names: &Gazetteer, rest: &[char]) -> Option<(usize, usize)> {
    names
        .township(rest)
        .or_else(|| suffixed(rest, &["街道办事处", "街道", "办事处", "镇", "乡"], 9))
        .or_else(|| {
            // 街 ends a township when a road or a community follows without a number between.
            let (name, after) = suffixed(rest, &["街"], 4)?;
            let next = rest.get(after)?;
            let is_followed = rest[after..].iter().skip(1).any(|c| matches!(c, '路' | '街' | '社'));
            (!next.is_ascii_digit() && is_followed).then_some((name, after))
        })
}

fn community(names: &Gazetteer, rest: &[char]) -> Option<(usize, usize)> {
    suffixed(
        rest,
        &["社区居民委员会", "社区居委会", "社区", "居民委员会", "居委会"],
        8,
    )
    .or_else(|| names.community(rest).map(|end| (end, end)))
}

/// A village ends the names: 村, or whatever stands before a group's number.
fn village(rest: &[char], has_rooms: bool, has_group: bool) -> Option<(usize, usize)> {
    let is_committee = suffixed(rest, &["村民委员会", "村委会"], 9);
    if is_committee.is_some() {
        return is_committee;
    }
    let ends_in_village = rest.last().is_some_and(|c| matches!(c, '村' | '屯' | '庄'));
    let is_estate = rest.ends_with(&['新', '村']) || (has_rooms && !has_group);
    match (ends_in_village, has_group) {
        (true, _) if !is_estate => {
            let suffix = usize::from(rest.last() == Some(&'村') && rest.len() > 2);
            Some((rest.len() - suffix, rest.len()))
        }
        (false, true) if rest.len() >= 2 => Some((rest.len(), rest.len())),
        _ => None,
    }
}

/// Takes the road and its number off the front.
fn road<'a>(place: &mut Place, rest: &'a [char]) -> &'a [char] {
    let is_end =
        |at: usize| matches!(rest[at], '路' | '街' | '巷' | '弄') || (rest[at] == '道' && rest[at - 1] == '大');
    // The last such character before a number, or the first one: 人民路南大街12号.
    let Some(end) = (1..rest.len().min(10)).find(|at| is_end(*at)) else {
        return rest;
    };
    place.road = id(&text_of(&rest[..=end]));
    let after = &rest[end + 1..];
    let digits = after.iter().take_while(|c| c.is_ascii_digit()).count();
    if digits == 0 {
        return after;
    }
    place.road_number = text_of(&after[..digits.min(9)]).parse().unwrap_or(0);
    let after = &after[digits..];
    if after.first() == Some(&'号') {
        &after[1..]
    } else {
        after
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_text_makes_it_panic(any in "\\PC*", text in "[江苏省南京市鼓楼区街道镇社村路号大0-9一二组栋-]{0,30}") {
            let mut names = Gazetteer::default();
            for text in [&any, &text] {
                learn(&mut names, text);
            }
            names.settle();
            for text in [&any, &text] {
                let _ = parse(&names, text);
            }
        }
    }

    #[test]
    fn parts_are_the_same_however_they_are_written() {
        let names = Gazetteer::default();
        let read = |text: &str| parse(&names, text);
        let (a, b) = (
            read("江苏省南京市鼓楼区宁海路街道办事处中山路12号香榭里三号楼2单元501室"),
            read("南京鼓楼宁海路街道中山路12号香榭里3-2-501"),
        );
        assert_eq!(a, b);
        assert!(a.county != 0 && a.township != 0 && a.road != 0 && a.compound != 0);
        assert_eq!((a.road_number, a.building, a.section, a.room), (12, 3, 2, 501));
    }
}
