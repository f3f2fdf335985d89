//! The end of an address: numbers of building, unit and room, of group and house, in the forms people write them.

use crate::han;

/// Words behind a number, longest first.
const UNITS: [(&[char], Unit); 26] = [
    (&['村', '民', '小', '组'], Unit::Group),
    (&['居', '民', '小', '组'], Unit::Group),
    (&['小', '组'], Unit::Group),
    (&['号', '楼'], Unit::Building),
    (&['号', '院'], Unit::Number),
    (&['单', '元'], Unit::Section),
    (&['组'], Unit::Group),
    (&['社'], Unit::Group),
    (&['队'], Unit::Group),
    (&['栋'], Unit::Building),
    (&['幢'], Unit::Building),
    (&['座'], Unit::Building),
    (&['楼'], Unit::Building),
    (&['#'], Unit::Building),
    (&['层'], Unit::Floor),
    (&['门'], Unit::Section),
    (&['室'], Unit::Room),
    (&['户'], Unit::Room),
    (&['房'], Unit::Room),
    (&['号'], Unit::Number),
    (&['-'], Unit::Dash),
    (&['－'], Unit::Dash),
    (&['—'], Unit::Dash),
    (&['–'], Unit::Dash),
    (&['/'], Unit::Dash),
    (&['、'], Unit::Dash),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Group,
    Building,
    Section,
    Floor,
    Room,
    Number,
    Dash,
    Nothing,
}

/// Numbers at the end; 0 for what is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tail {
    pub road_number: u32,
    pub building: u32,
    pub section: u32,
    pub room: u32,
    pub group: u32,
    pub house: u32,
}

/// Reads the numbers at the end and where they begin.
pub(crate) fn read(chars: &[char]) -> (Tail, usize) {
    let mut end = chars.len();
    let mut tokens: Vec<(u32, Unit)> = Vec::with_capacity(4);
    while tokens.len() < 6 {
        let (unit, unit_start) = unit_before(&chars[..end]);
        if unit == Unit::Nothing && !tokens.is_empty() {
            break;
        }
        let Some((number, start)) = number_before(&chars[..unit_start], unit) else {
            break;
        };
        tokens.push((number, unit));
        end = start;
    }
    tokens.reverse();
    let after_road = end > 0 && matches!(chars[end - 1], '路' | '街' | '道' | '巷' | '弄' | '里');
    (interpret(&tokens, after_road), end)
}

fn unit_before(chars: &[char]) -> (Unit, usize) {
    for (word, unit) in UNITS {
        if chars.len() > word.len() && chars.ends_with(word) {
            return (unit, chars.len() - word.len());
        }
    }
    (Unit::Nothing, chars.len())
}

/// A number in digits, in numerals when a word follows it, or one letter before a building's word.
fn number_before(chars: &[char], unit: Unit) -> Option<(u32, usize)> {
    let start_of = |is: &dyn Fn(char) -> bool| chars.iter().rposition(|c| !is(*c)).map_or(0, |at| at + 1);
    let mut start = start_of(&|c| c.is_ascii_digit());
    let number = if start < chars.len() {
        let text: String = chars[start..].iter().take(9).collect();
        text.parse().ok()?
    } else {
        start = start_of(&han::is_numeral);
        match (chars.last(), unit) {
            (_, Unit::Nothing | Unit::Dash) => return None,
            (Some(letter @ 'A'..='Z'), Unit::Building | Unit::Section) => {
                start = chars.len() - 1;
                10_000 + u32::from(*letter)
            }
            _ => han::numeral(&chars[start..])?,
        }
    };
    if start > 0 && chars[start - 1] == '第' {
        start -= 1;
    }
    Some((number, start))
}

/// Which number is which: by the word behind it, else by its place.
fn interpret(tokens: &[(u32, Unit)], after_road: bool) -> Tail {
    let mut tail = Tail::default();
    let mut rest = tokens;
    if let Some(at) = rest.iter().position(|(_, unit)| *unit == Unit::Group) {
        tail.group = rest[at].0;
        tail.house = rest.get(at + 1).map_or(0, |token| token.0);
        return tail;
    }
    if let Some(((number, Unit::Number), others)) = rest.split_first()
        && after_road
    {
        tail.road_number = *number;
        rest = others;
    }
    let mut plain: Vec<u32> = Vec::with_capacity(3);
    for (at, &(number, unit)) in rest.iter().enumerate() {
        let is_last = at + 1 == rest.len();
        match unit {
            Unit::Building => tail.building = number,
            Unit::Number if !is_last => tail.building = number,
            Unit::Section => tail.section = number,
            Unit::Room => tail.room = number,
            Unit::Floor => {}
            _ => plain.push(number),
        }
    }
    match (plain.as_slice(), tail.building, tail.section) {
        (&[room], 1.., _) | (&[room], 0, 1..) => tail.room = room,
        (&[number], 0, 0) if tail.room == 0 => tail.house = number,
        (&[building], 0, 0) => tail.building = building,
        (&[section, room], 1.., 0) => (tail.section, tail.room) = (section, room),
        (&[building, section], 0, 0) if tail.room > 0 => (tail.building, tail.section) = (building, section),
        (&[building, room], 0, _) => (tail.building, tail.room) = (building, room),
        (&[building, section, room, ..], _, _) => {
            (tail.building, tail.section, tail.room) = (building, section, room);
        }
        _ => {}
    }
    tail
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, head: &str, numbers: [u32; 6]) {
        let chars: Vec<char> = text.chars().collect();
        let (t, end) = read(&chars);
        let read = [t.road_number, t.building, t.section, t.room, t.group, t.house];
        assert_eq!(
            (chars[..end].iter().collect::<String>().as_str(), read),
            (head, numbers),
            "{text}"
        );
    }

    #[test]
    fn numbers_are_read_in_every_form() {
        check("丹桂城5号楼3单元406室", "丹桂城", [0, 5, 3, 406, 0, 0]);
        check("世纪花苑2-3-2306", "世纪花苑", [0, 2, 3, 2306, 0, 0]);
        check("金地名苑14#4-2304", "金地名苑", [0, 14, 4, 2304, 0, 0]);
        check("世纪城九号楼二单元1003", "世纪城", [0, 9, 2, 1003, 0, 0]);
        check("香榭里6栋602", "香榭里", [0, 6, 0, 602, 0, 0]);
        check("水岸家园14号202", "水岸家园", [0, 14, 0, 202, 0, 0]);
        check("发展一路257号12号楼3单元405室", "发展一路", [257, 12, 3, 405, 0, 0]);
        check("学府路64号", "学府路", [64, 0, 0, 0, 0, 0]);
        check("钟家岭十二组66号", "钟家岭", [0, 0, 0, 0, 12, 66]);
        check("家店邨委会七组143", "家店邨委会", [0, 0, 0, 0, 7, 143]);
        check("许家塘村第9村民小组", "许家塘村", [0, 0, 0, 0, 9, 0]);
        check("葛庄村102", "葛庄村", [0, 0, 0, 0, 0, 102]);
        check("阳光花园B座1203", "阳光花园", [0, 10_066, 0, 1203, 0, 0]);
        check("衡山一路", "衡山一路", [0; 6]);
        check("", "", [0; 6]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[一二十0-9A#号楼单元室组第村路-]{0,24}") {
            let _ = read(&text.chars().collect::<Vec<_>>());
        }
    }
}
