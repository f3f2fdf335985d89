//! Made-up people in households.

use super::Dice;
use super::city::{self, Home};
use std::collections::HashMap;

/// Year, month and day.
type Birth = (u16, u16, u16);

/// Numbers that are given out: nobody shares theirs with somebody else, however many are born in a county on a day.
#[derive(Debug, Default)]
struct Register(HashMap<(u32, Birth), [u64; 16]>);

impl Register {
    /// The number of somebody new, drawn among those of the county and the day that are free.
    fn number(&mut self, code: u32, birth: Birth, is_male: bool, dice: &mut Dice) -> String {
        let taken = self.0.entry((code, birth)).or_default();
        let mut sequence = dice.below(500) * 2 + usize::from(is_male);
        // Past five hundred of one sex numbers are given twice, which does not happen below a hundred million people.
        for _ in 0..500 {
            if taken[sequence / 64] & (1 << (sequence % 64)) == 0 {
                break;
            }
            sequence = (sequence + 2) % 1000;
        }
        taken[sequence / 64] |= 1 << (sequence % 64);
        number(code, birth, sequence)
    }
}

/// One person.
#[derive(Clone, Debug)]
pub struct Person {
    pub surname: String,
    pub given: String,
    pub is_male: bool,
    pub birth: Birth,
    pub idno: String,
    pub phones: [String; 2],
    pub plate: String,
    pub home: usize,
    pub former_home: usize,
    /// Others of the household.
    pub relatives: Vec<usize>,
}

/// Everybody.
#[derive(Debug)]
pub struct Population {
    pub people: Vec<Person>,
    pub homes: Vec<Home>,
}

/// Surnames with shares of ten thousand; what is left goes to the long tail.
const SURNAMES: &str = "王720 李718 张683 刘540 陈453 杨307 黄225 赵223 吴206 周203 徐145 孙144 马130 朱126 胡115 郭115 何111 林110 高103 罗96 郑93 梁85 谢76 \
     宋70 唐69 许67 韩65 邓63 冯62 曹61 彭59 曾58 肖57 田57 董56 潘52 袁50 蔡48 蒋47 余47 于46 杜46 叶45 程45 魏44 苏44 吕43 丁43 \
     任41 卢41 姚40 沈40 钟39 姜38 崔37 谭37 陆36 范35 汪35 廖34 石34 金33 韦33 贾32 夏31 付31 方31 邹30 熊30 白30 孟29 秦29 邱28 \
     侯28 江27 尹26 薛26 闫25 段25 雷25 龙24 黎24 史24 陶23 贺23 毛22 郝22 顾22 龚21 邵21 万20 覃20 武20 钱19 戴19 严19 莫18 孔18 向17";
const RARE: &str = "汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路\
     游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦";
const MEN_OLD: &str =
    "建国军明华强志平文东海林伟生成福德荣贵金玉春有学永祥根宝水木财发树忠义良才富清江长庆保红卫山云龙虎新民光亮";
const WOMEN_OLD: &str = "秀英兰芳玉桂珍梅凤莲香菊花红霞淑琴云爱翠萍月巧银素金美素清娥仙彩腊冬杏";
const MEN_NEW: &str = "浩宇轩子涵博睿俊杰晨泽航昊天铭辰逸梓豪瑞嘉一诺文佳鑫旭阳思源承翰熙哲皓景奕凯腾翔志鹏飞龙超磊";
const WOMEN_NEW: &str = "欣怡诗涵雨萱梓涵佳琪悦可馨思琪语桐一诺若曦雅静婷雪妍菲蕊彤瑶倩颖璇玥晴依梦洁丹琳娜敏莉丽";
const PROVINCE_OF_PLATES: &str = "甘鲁湘吉粤浙川豫冀陕皖鄂";

impl Population {
    /// Makes up `count` people.
    pub fn make(count: usize, dice: &mut Dice) -> Population {
        let homes_wanted = count / 2;
        let homes: Vec<Home> = (0..homes_wanted).map(|_| city::home(homes_wanted, dice)).collect();
        let mut people: Vec<Person> = Vec::with_capacity(count + 8);
        let mut register = Register::default();
        let mut home = 0;
        while people.len() < count {
            household(home % homes.len(), &homes, &mut register, &mut people, dice);
            home += 1;
        }
        people.truncate(count);
        let all = people.len();
        people
            .iter_mut()
            .for_each(|person| person.relatives.retain(|other| *other < all));
        Population { people, homes }
    }
}

fn household(home: usize, places: &[Home], register: &mut Register, people: &mut Vec<Person>, dice: &mut Dice) {
    let first = people.len();
    let size = [1, 1, 2, 2, 3, 3, 3, 4, 4, 5][dice.below(10)];
    let year = 1945 + dice.below(55) as u16;
    let father = surname(dice);
    let shared_plate = if dice.chance(0.45) { plate(dice) } else { String::new() };
    let shared_phone = dice.chance(0.25).then(|| phone(dice));
    let former_home = dice.below(places.len());
    let twins = dice.chance(0.03);
    let mut child_birth = None;
    for at in 0..size {
        let (is_male, born, surname) = match at {
            0 => (dice.chance(0.7), date(year, dice), father.clone()),
            1 => (false, date(year + dice.below(5) as u16, dice), surname(dice)),
            4 => (
                dice.chance(0.5),
                date(year.saturating_sub(26).max(1925), dice),
                father.clone(),
            ),
            _ => {
                let born = match child_birth {
                    Some(born) if twins => born,
                    _ => date((year + 22 + dice.below(10) as u16).min(2021), dice),
                };
                child_birth = Some(born);
                (dice.chance(0.52), born, father.clone())
            }
        };
        let code = if dice.chance(0.75) {
            places[home].code
        } else {
            places[former_home].code
        };
        let own = phone(dice);
        let is_child = born.0 > 2008;
        people.push(Person {
            given: given(is_male, born.0, dice),
            surname,
            is_male,
            birth: born,
            idno: register.number(code, born, is_male, dice),
            phones: [
                shared_phone
                    .clone()
                    .filter(|_| at < 2)
                    .unwrap_or_else(|| if is_child { String::new() } else { own }),
                phone(dice),
            ],
            plate: shared_plate.clone(),
            home,
            former_home,
            relatives: (first..first + size).filter(|other| *other != first + at).collect(),
        });
    }
    // A child has a parent's telephone.
    for at in first..people.len() {
        if people[at].phones[0].is_empty() {
            people[at].phones[0] = people[first + dice.below(2.min(size))].phones[0].clone();
        }
    }
}

fn surname(dice: &mut Dice) -> String {
    let mut draw = dice.below(10_000);
    for entry in SURNAMES.split_whitespace() {
        let mut chars = entry.chars();
        let (Some(name), Ok(share)) = (chars.next(), chars.as_str().parse::<usize>()) else {
            continue;
        };
        if draw < share {
            return name.to_string();
        }
        draw -= share;
    }
    match dice.chance(0.01) {
        true => dice.pick(&["欧阳", "上官", "诸葛", "司马", "皇甫", "令狐"]).to_owned(),
        false => dice.pick_char(RARE).to_string(),
    }
}

/// Characters near the front of each list are the commoner ones.
fn given(is_male: bool, year: u16, dice: &mut Dice) -> String {
    let from = match (is_male, year < 1985) {
        (true, true) => MEN_OLD,
        (false, true) => WOMEN_OLD,
        (true, false) => MEN_NEW,
        (false, false) => WOMEN_NEW,
    };
    let chars: Vec<char> = from.chars().collect();
    let mut one = || {
        let limit = 1 + dice.below(chars.len());
        chars[dice.below(limit)]
    };
    let (a, b) = (one(), one());
    if dice.chance(if year < 1985 { 0.3 } else { 0.2 }) {
        a.to_string()
    } else {
        format!("{a}{b}")
    }
}

fn date(year: u16, dice: &mut Dice) -> Birth {
    (year, 1 + dice.below(12) as u16, 1 + dice.below(28) as u16)
}

/// A number with its check digit.
fn number(code: u32, birth: Birth, sequence: usize) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let body = format!("{code}{}{:02}{:02}{sequence:03}", birth.0, birth.1, birth.2);
    let sum: u32 = body
        .bytes()
        .zip(WEIGHTS)
        .map(|(byte, weight)| u32::from(byte - b'0') * weight)
        .sum();
    let check = b"10X98765432"[(sum % 11) as usize];
    format!("{body}{}", char::from(check))
}

/// A mobile number.
pub fn phone(dice: &mut Dice) -> String {
    let head = [
        "130", "133", "135", "136", "137", "138", "139", "150", "151", "152", "158", "159", "176", "177", "180", "185",
        "187", "189",
    ];
    format!("{}{:08}", dice.pick(&head), dice.below(100_000_000))
}

fn plate(dice: &mut Dice) -> String {
    let province = if dice.chance(0.75) {
        '甘'
    } else {
        dice.pick_char(PROVINCE_OF_PLATES)
    };
    let letter = dice.pick_char("ABCDEFGH");
    let length = if dice.chance(0.15) { 6 } else { 5 };
    let rest: String = (0..length)
        .map(|_| {
            if dice.chance(0.8) {
                dice.pick_char("0123456789")
            } else {
                dice.pick_char("ABCDEFGHJKLMNPQRSTUVWXYZ")
            }
        })
        .collect();
    format!("{province}{letter}{rest}")
}
