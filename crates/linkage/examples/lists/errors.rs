//! What clerks and spreadsheets do to a row.

use super::Dice;
use super::city::Home;
use super::people::{self, Person, Population};

/// Shares of rows; typing errors are three times as many on a careless row.
#[derive(Clone, Debug)]
pub struct Mix {
    careless: f64,
    no_idno: f64,
    masked_idno: f64,
    wrong_idno: f64,
    relative_idno: f64,
    homophone: f64,
    look_alike: f64,
    pinyin: f64,
    masked_name: f64,
    other_given: f64,
    no_name: f64,
    no_birth: f64,
    year_only: f64,
    first_of_january: f64,
    wrong_birth: f64,
    no_phone: f64,
    second_phone: f64,
    relative_phone: f64,
    wrong_phone: f64,
    no_plate: f64,
    no_address: f64,
    former_address: f64,
    cut_address: f64,
    omit_part: f64,
}

impl Mix {
    /// Every share times a factor.
    pub fn times(self, factor: f64) -> Mix {
        let more = |share: f64| (share * factor).min(0.95);
        Mix {
            careless: more(self.careless),
            no_idno: more(self.no_idno),
            masked_idno: more(self.masked_idno),
            wrong_idno: more(self.wrong_idno),
            relative_idno: more(self.relative_idno),
            homophone: more(self.homophone),
            look_alike: more(self.look_alike),
            pinyin: more(self.pinyin),
            masked_name: more(self.masked_name),
            other_given: more(self.other_given),
            no_name: more(self.no_name),
            no_birth: more(self.no_birth),
            year_only: more(self.year_only),
            first_of_january: more(self.first_of_january),
            wrong_birth: more(self.wrong_birth),
            no_phone: more(self.no_phone),
            second_phone: more(self.second_phone),
            relative_phone: more(self.relative_phone),
            wrong_phone: more(self.wrong_phone),
            no_plate: more(self.no_plate),
            no_address: more(self.no_address),
            former_address: more(self.former_address),
            cut_address: more(self.cut_address),
            omit_part: more(self.omit_part),
        }
    }

    /// Many hands, weak addresses.
    pub fn travellers() -> Mix {
        Mix {
            careless: 0.1,
            no_idno: 0.4,
            masked_idno: 0.05,
            wrong_idno: 0.04,
            relative_idno: 0.006,
            homophone: 0.035,
            look_alike: 0.01,
            pinyin: 0.02,
            masked_name: 0.02,
            other_given: 0.008,
            no_name: 0.005,
            no_birth: 0.15,
            year_only: 0.03,
            first_of_january: 0.02,
            wrong_birth: 0.023,
            no_phone: 0.12,
            second_phone: 0.1,
            relative_phone: 0.05,
            wrong_phone: 0.036,
            no_plate: 0.45,
            no_address: 0.15,
            former_address: 0.1,
            cut_address: 0.2,
            omit_part: 0.4,
        }
    }

    /// Better addresses, older telephones.
    pub fn ledger() -> Mix {
        Mix {
            masked_idno: 0.03,
            wrong_idno: 0.03,
            relative_idno: 0.01,
            homophone: 0.03,
            pinyin: 0.002,
            masked_name: 0.01,
            other_given: 0.012,
            no_phone: 0.15,
            second_phone: 0.12,
            relative_phone: 0.09,
            wrong_phone: 0.028,
            no_plate: 0.5,
            no_address: 0.04,
            former_address: 0.06,
            cut_address: 0.06,
            omit_part: 0.25,
            ..Mix::travellers()
        }
    }

    /// Fewer numbers, more slips in names, better telephones: another office.
    pub fn rough_travellers() -> Mix {
        Mix {
            careless: 0.2,
            no_idno: 0.55,
            wrong_idno: 0.02,
            homophone: 0.06,
            look_alike: 0.025,
            pinyin: 0.05,
            masked_name: 0.05,
            no_birth: 0.3,
            wrong_birth: 0.04,
            no_phone: 0.06,
            second_phone: 0.05,
            former_address: 0.05,
            no_address: 0.3,
            ..Mix::travellers()
        }
    }

    /// The ledger of that office.
    pub fn rough_ledger() -> Mix {
        Mix {
            no_idno: 0.3,
            homophone: 0.05,
            look_alike: 0.02,
            no_birth: 0.05,
            no_phone: 0.2,
            relative_phone: 0.05,
            former_address: 0.1,
            ..Mix::ledger()
        }
    }
}

const HOMOPHONES: [&str; 22] = [
    "伟炜玮纬",
    "芳方坊",
    "静婧靖",
    "丽莉利",
    "军君钧",
    "明铭鸣",
    "华桦骅",
    "涵晗函",
    "轩萱喧",
    "宇雨羽",
    "佳嘉家",
    "欣鑫新心",
    "怡仪宜",
    "诗施师",
    "志智治",
    "强墙",
    "晨辰宸",
    "英瑛莹",
    "霞侠",
    "婷停庭",
    "国果",
    "建健剑",
];
const LOOK_ALIKES: [&str; 12] = [
    "杰木", "浩洁", "涛寿", "磊石", "鹏朋", "梓辛", "睿容", "俊峻", "菊匊", "桂佳", "玉王", "琪其",
];
const TRADITIONAL: [&str; 16] = [
    "张張", "刘劉", "陈陳", "杨楊", "黄黃", "赵趙", "吴吳", "孙孫", "马馬", "华華", "国國", "丽麗", "东東", "龙龍",
    "军軍", "伟偉",
];

/// A row of the list, without its id.
pub fn row(person: &Person, before: Option<&Person>, all: &Population, mix: &Mix, dice: &mut Dice) -> String {
    let times = if dice.chance(mix.careless) { 3.0 } else { 1.0 };
    let relative =
        (!person.relatives.is_empty()).then(|| &all.people[person.relatives[dice.below(person.relatives.len())]]);
    let plate = if dice.chance(mix.no_plate) {
        String::new()
    } else {
        plate(&person.plate, times, dice)
    };
    let home = if dice.chance(mix.former_address) {
        person.former_home
    } else {
        person.home
    };
    let address = if dice.chance(mix.no_address) {
        String::new()
    } else {
        address(&all.homes[home], mix, dice)
    };
    let sex = match (dice.chance(0.05), dice.below(12), person.is_male) {
        (true, ..) => "",
        (_, 0, true) => "1",
        (_, 0, false) => "2",
        (_, 1, true) => "M",
        (_, 1, false) => "F",
        (.., true) => "男",
        (.., false) => "女",
    };
    [
        name(person, mix, times, dice),
        sex.to_owned(),
        birth(person.birth, mix, times, dice),
        idno(person, relative, mix, times, dice),
        phone(person, relative.or(before), mix, times, dice),
        plate,
        address,
    ]
    .join(",")
}

fn name(person: &Person, mix: &Mix, times: f64, dice: &mut Dice) -> String {
    let (mut surname, mut given) = (person.surname.clone(), person.given.clone());
    if dice.chance(mix.no_name) {
        return String::new();
    }
    if dice.chance(mix.other_given) {
        given = dice
            .pick(&["小宝", "国", "芳芳", "大军", "妞妞", "建平", "秀兰"])
            .to_owned();
    }
    if dice.chance(mix.homophone * times) {
        given = swap_char(&given, &HOMOPHONES, dice);
    }
    if dice.chance(mix.look_alike * times) {
        given = swap_char(&given, &LOOK_ALIKES, dice);
    }
    if dice.chance(mix.masked_name) {
        return match (given.chars().count(), dice.below(3)) {
            (2, 0) => format!("{surname}*{}", given.chars().last().unwrap_or('*')),
            (_, 1) => format!("{surname}某某"),
            _ => format!("{surname}*"),
        };
    }
    if dice.chance(mix.pinyin) {
        use pinyin::ToPinyin;
        let spell = |text: &str| {
            text.chars()
                .filter_map(|c| c.to_pinyin())
                .map(|p| p.plain().to_owned())
                .collect::<String>()
        };
        let (s, g) = (spell(&surname), spell(&given));
        return match dice.below(3) {
            0 => format!("{}/{}", s.to_uppercase(), g.to_uppercase()),
            1 => format!("{s} {g}"),
            _ => format!("{g} {s}"),
        };
    }
    if dice.chance(0.02) {
        surname = swap_char(&surname, &TRADITIONAL, dice);
        given = swap_char(&given, &TRADITIONAL, dice);
    }
    match dice.below(40) {
        0 => format!("{surname} {given}"),
        1 => format!("{surname}{given} "),
        2 => format!("{surname}　{given}"),
        _ => format!("{surname}{given}"),
    }
}

fn swap_char(text: &str, groups: &[&str], dice: &mut Dice) -> String {
    text.chars()
        .map(|c| match groups.iter().find(|group| group.contains(c)) {
            Some(group) => dice.pick_char(group),
            None => c,
        })
        .collect()
}

fn birth(mut date: (u16, u16, u16), mix: &Mix, times: f64, dice: &mut Dice) -> String {
    if dice.chance(mix.no_birth) {
        return String::new();
    }
    if dice.chance(mix.first_of_january) {
        (date.1, date.2) = (1, 1);
    }
    if dice.chance(mix.wrong_birth * times) {
        match dice.below(4) {
            0 => date.0 += 1,
            1 => date.1 = 1 + dice.below(12) as u16,
            2 => date.2 = 1 + dice.below(28) as u16,
            _ if date.2 <= 12 => (date.1, date.2) = (date.2, date.1),
            _ => {}
        }
    }
    let (y, m, d) = date;
    if dice.chance(mix.year_only) {
        return y.to_string();
    }
    match dice.below(10) {
        0 => format!("{y}{m:02}{d:02}"),
        1 => format!("{y}/{m}/{d}"),
        2 => format!("{y}.{m:02}.{d:02}"),
        3 => format!("{y}年{m}月{d}日"),
        _ => format!("{y}-{m:02}-{d:02}"),
    }
}

fn idno(person: &Person, relative: Option<&Person>, mix: &Mix, times: f64, dice: &mut Dice) -> String {
    if dice.chance(mix.no_idno) {
        return String::new();
    }
    let whose = relative.filter(|_| dice.chance(mix.relative_idno)).unwrap_or(person);
    let number = &whose.idno;
    if dice.chance(mix.masked_idno) {
        return match dice.below(3) {
            0 => format!("{}********{}", &number[..6], &number[14..]),
            1 => format!("{}****{}", &number[..10], &number[14..]),
            _ => format!("{}***********{}", &number[..3], &number[14..]),
        };
    }
    if dice.chance(mix.wrong_idno * times) {
        return slip(number, dice);
    }
    if dice.chance(0.05) {
        number.to_lowercase()
    } else {
        number.clone()
    }
}

/// One digit wrong, two swapped, or one lost.
fn slip(text: &str, dice: &mut Dice) -> String {
    let mut bytes: Vec<char> = text.chars().collect();
    let at = dice.below(bytes.len() - 1);
    match dice.below(8) {
        0 => bytes.swap(at, at + 1),
        1 => {
            bytes.remove(at);
        }
        _ => bytes[at] = dice.pick_char("0123456789"),
    }
    bytes.into_iter().collect()
}

fn phone(person: &Person, other: Option<&Person>, mix: &Mix, times: f64, dice: &mut Dice) -> String {
    if dice.chance(mix.no_phone) {
        return String::new();
    }
    let mut number = person.phones[usize::from(dice.chance(mix.second_phone))].clone();
    if let Some(other) = other.filter(|_| dice.chance(mix.relative_phone)) {
        number = other.phones[0].clone();
    }
    if dice.chance(0.005) {
        number = people::phone(dice);
    }
    if dice.chance(mix.wrong_phone * times) {
        number = slip(&number, dice);
    }
    match dice.below(30) {
        0 => format!("+86{number}"),
        1 if number.len() == 11 => format!("{} {} {}", &number[..3], &number[3..7], &number[7..]),
        2 if number.len() == 11 => format!("{}-{}-{}", &number[..3], &number[3..7], &number[7..]),
        _ => number,
    }
}

fn plate(plate: &str, times: f64, dice: &mut Dice) -> String {
    if plate.is_empty() {
        return String::new();
    }
    let mut chars: Vec<char> = plate.chars().collect();
    if dice.chance(0.03 * times) {
        let at = 2 + dice.below(chars.len() - 2);
        chars[at] = match chars[at] {
            '0' => 'D',
            '8' => 'B',
            'B' => '8',
            '2' => 'Z',
            _ => dice.pick_char("0123456789"),
        };
    }
    let text: String = chars.iter().collect();
    match dice.below(12) {
        0 => chars[1..].iter().collect(),
        1 => text.to_lowercase(),
        2 => format!(
            "{}·{}",
            chars[..2].iter().collect::<String>(),
            chars[2..].iter().collect::<String>()
        ),
        _ => text,
    }
}

fn numeral(n: usize) -> String {
    let digit = |d: usize| {
        "零一二三四五六七八九"
            .chars()
            .nth(d)
            .map(String::from)
            .unwrap_or_default()
    };
    match n {
        0..=9 => digit(n),
        10..=19 => format!("十{}", if n == 10 { String::new() } else { digit(n - 10) }),
        _ => format!(
            "{}十{}",
            digit(n / 10),
            if n.is_multiple_of(10) {
                String::new()
            } else {
                digit(n % 10)
            }
        ),
    }
}

fn address(home: &Home, mix: &Mix, dice: &mut Dice) -> String {
    let mut text = String::new();
    let bare = dice.chance(0.15);
    let mut part = |share: f64, full: &str, suffixes: usize| {
        if !dice.chance(share) {
            let keep = if bare && full.chars().count() > suffixes + 1 {
                full.chars().count() - suffixes
            } else {
                usize::MAX
            };
            text.extend(full.chars().take(keep));
        }
    };
    part(0.5, home.province, 1);
    part(0.35, home.city, 1);
    part(0.2, home.county, if home.county.chars().count() == 3 { 1 } else { 0 });
    part(mix.omit_part, &home.township, 0);
    if !home.village.is_empty() {
        text.push_str(&home.village);
        text.push('村');
        if dice.chance(mix.cut_address) {
            return text;
        }
        let group = if dice.chance(0.3) {
            numeral(home.group)
        } else {
            home.group.to_string()
        };
        if !dice.chance(mix.omit_part / 2.0) {
            text.push_str(&match dice.below(3) {
                0 => format!("第{}村民小组", home.group),
                _ => format!("{group}组"),
            });
        }
        if !dice.chance(mix.omit_part / 2.0) {
            text.push_str(&home.house.to_string());
            if dice.chance(0.6) {
                text.push('号');
            }
        }
        return text;
    }
    if !dice.chance(mix.omit_part + 0.2) {
        text.push_str(&home.community);
        text.push_str("社区");
    }
    if !dice.chance(mix.omit_part) {
        text.push_str(&home.road);
        if !dice.chance(0.2) {
            text.push_str(&format!("{}号", home.road_number));
        }
    }
    if !dice.chance(mix.omit_part / 4.0) {
        text.push_str(&home.compound);
    }
    if dice.chance(mix.cut_address) {
        return text;
    }
    text.push_str(&match dice.below(6) {
        0 => format!("{}-{}-{}", home.building, home.unit, home.room),
        1 => format!("{}号楼{}单元{}", numeral(home.building), numeral(home.unit), home.room),
        2 => format!("{}栋{}", home.building, home.room),
        3 => format!("{}#{}-{}", home.building, home.unit, home.room),
        4 => format!("{}幢{}单元{}室", home.building, home.unit, home.room),
        _ => format!("{}号楼{}单元{}室", home.building, home.unit, home.room),
    });
    text
}
