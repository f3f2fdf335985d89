//! Names of regions: provinces, prefectures and counties from the published table, townships and communities learnt from
//! the lists themselves, where somebody has always written them out.

use crate::hash::Quick;
use std::sync::LazyLock;

type HashMap<K, V> = std::collections::HashMap<K, V, Quick>;
type HashSet<K> = std::collections::HashSet<K, Quick>;

/// How often a name must be written out before it is believed without its suffix.
const BELIEVED: u32 = 2;

#[derive(Debug, Default)]
struct Published {
    /// Province by its full and short name: two digits.
    provinces: HashMap<Box<str>, u32>,
    /// Prefecture by its full and short name: four digits.
    prefectures: HashMap<Box<str>, u32>,
    /// Every county of a full or short name: six digits each.
    counties: HashMap<Box<str>, Vec<u32>>,
    /// The short name a county goes by today, by the short form of its former or shortened name.
    present: HashMap<Box<str>, Box<str>>,
}

impl Published {
    fn enter(&mut self, code: &str, name: &str) {
        let Ok(number) = code.parse::<u32>() else { return };
        for form in [name, short(name)] {
            match code.len() {
                2 => {
                    self.provinces.insert(form.into(), number);
                }
                4 => {
                    self.prefectures.insert(form.into(), number);
                }
                _ => {
                    let codes = self.counties.entry(form.into()).or_default();
                    if codes.last() != Some(&number) {
                        codes.push(number);
                    }
                }
            }
        }
    }
}

static PUBLISHED: LazyLock<Published> = LazyLock::new(|| {
    let rows = |table: &'static str| table.lines().skip(1).filter_map(|line| line.split_once(','));
    let mut all = Published::default();
    let mut names = HashMap::default();
    for (code, name) in rows(include_str!("../../data/counties.csv")) {
        all.enter(code, name);
        names.insert(code, name);
    }
    for (code, name) in rows(include_str!("../../data/other_names.csv")) {
        all.enter(code, name);
        if let Some(now) = names.get(code).filter(|_| code.len() == 6) {
            all.present.insert(short(name).into(), short(now).into());
        }
    }
    all
});

/// Codes of counties that were given up, with the code of the same place today.
static FORMER_CODES: LazyLock<HashMap<u32, u32>> = LazyLock::new(|| {
    let rows = include_str!("../../data/former_codes.csv").lines().skip(1);
    rows.filter_map(|line| line.split_once(','))
        .filter_map(|(former, now)| Some((former.parse().ok()?, now.parse().ok()?)))
        .collect()
});

/// The code a county has today.
pub(crate) fn present_code(code: u32) -> u32 {
    FORMER_CODES.get(&code).copied().unwrap_or(code)
}

/// The short name a county goes by today; 秦州 for 秦城区, 张家川回族 for 张家川县.
pub(super) fn present(name: &str) -> &str {
    let known = short(name);
    PUBLISHED.present.get(known).map_or(known, Box::as_ref)
}

/// Suffixes of provinces, prefectures and counties, longest first.
const SUFFIXES: [&str; 14] = [
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "林区",
    "地区",
    "省",
    "市",
    "区",
    "县",
    "旗",
];

/// A name without what kind of region it is, when two characters remain.
pub(crate) fn short(name: &str) -> &str {
    for suffix in SUFFIXES {
        if let Some(rest) = name.strip_suffix(suffix)
            && rest.chars().count() >= 2
        {
            return rest;
        }
    }
    name
}

/// What stood at the front of an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Region {
    /// Code of two or four digits of what was written above the county; 0 for none.
    pub above: u32,
    /// The name the county goes by, hashed by the caller; a range of the text.
    pub county: Option<(usize, usize)>,
}

/// Names learnt from lists. Without them addresses are read by their suffixes alone.
#[derive(Clone, Debug, Default)]
pub struct Gazetteer {
    counties: HashMap<Box<str>, u32>,
    townships: HashMap<Box<str>, u32>,
    communities: HashMap<Box<str>, u32>,
    believed_townships: HashSet<Box<str>>,
    believed_communities: HashSet<Box<str>>,
}

impl Gazetteer {
    pub(super) fn saw_county(&mut self, name: &str) {
        *self.counties.entry(name.into()).or_default() += 1;
    }

    pub(super) fn saw_township(&mut self, name: &str) {
        *self.townships.entry(name.into()).or_default() += 1;
    }

    pub(super) fn saw_community(&mut self, name: &str) {
        *self.communities.entry(name.into()).or_default() += 1;
    }

    /// Ends learning.
    pub(crate) fn settle(&mut self) {
        let believed = |names: &HashMap<Box<str>, u32>| -> HashSet<Box<str>> {
            names
                .iter()
                .filter(|(_, count)| **count >= BELIEVED)
                .map(|(name, _)| name.clone())
                .collect()
        };
        self.believed_townships = believed(&self.townships);
        self.believed_communities = believed(&self.communities);
    }

    /// Province, prefecture and county at the front, and where the rest begins.
    pub(super) fn region(&self, chars: &[char]) -> (Region, usize) {
        let table = &*PUBLISHED;
        let mut at = 0;
        let mut region = Region::default();
        // "江苏" for "江苏省" is the usual case; a short name must not be the front of another, as in 吉林市 and 南昌县.
        let is_whole = |end: usize, kinds: &str| !chars.get(end).is_some_and(|c| kinds.contains(*c));
        if let Some((code, end)) =
            longest(chars, at, 10, |name| table.provinces.get(name).copied()).filter(|(_, end)| is_whole(*end, "市州"))
        {
            (region.above, at) = (code, end);
        }
        if let Some((code, end)) = longest(chars, at, 12, |name| table.prefectures.get(name).copied())
            .filter(|(code, end)| (region.above == 0 || code / 100 == region.above) && is_whole(*end, "县区旗"))
        {
            (region.above, at) = (code, end);
        }
        let within = |code: u32| {
            let above = region.above;
            above == 0 || code / 10_000 == above || code / 100 == above || code / 10_000 == above / 100
        };
        let county = longest(chars, at, 12, |name| {
            let codes = table.counties.get(name)?;
            let is_full = name.ends_with(['区', '县', '市', '旗']);
            let fits = codes.iter().any(|code| within(*code));
            let known = self.counties.contains_key(name);
            (is_full || (fits && region.above != 0) || known).then_some(u32::from(is_full))
        });
        if let Some((is_full, end)) = county
            && (is_full == 1 || !chars.get(end).is_some_and(|c| "街镇乡社村路区县市巷".contains(*c)))
        {
            region.county = Some((at, end));
            at = end;
        } else if let Some(end) = chars[at..]
            .iter()
            .take(7)
            .position(|c| matches!(c, '区' | '县'))
            .filter(|len| *len >= 2)
        {
            // A county that was founded since, renamed or mistyped.
            let is_name = !chars[at..at + end]
                .iter()
                .any(|c| "路街道镇乡村小社0123456789".contains(*c));
            if is_name && chars.get(at + end + 1) != Some(&'域') {
                region.county = Some((at, at + end + 1));
                at += end + 1;
            }
        }
        (region, at)
    }

    /// A township that is believed, at the front and followed by its suffix: end of the name, end of the suffix.
    pub(super) fn township(&self, chars: &[char]) -> Option<(usize, usize)> {
        let (_, end) = longest(chars, 0, 8, |name| self.believed_townships.contains(name).then_some(0))?;
        let rest = &chars[end..];
        ["街道办事处", "街道", "街", "办事处", "镇", "乡"]
            .iter()
            .find(|suffix| starts_with(rest, suffix))
            .map(|suffix| (end, end + suffix.chars().count()))
    }

    /// A community that is believed, at the front, with nothing to say so behind it.
    pub(super) fn community(&self, chars: &[char]) -> Option<usize> {
        let (_, end) = longest(chars, 0, 8, |name| {
            self.believed_communities.contains(name).then_some(0)
        })?;
        (chars.len() >= end + 3 && !"路街道巷".contains(chars[end])).then_some(end)
    }
}

/// The longest name at `at` that `find` knows, of at most `most` characters.
fn longest(chars: &[char], at: usize, most: usize, find: impl Fn(&str) -> Option<u32>) -> Option<(u32, usize)> {
    let rest = chars.get(at..)?;
    let mut name = String::with_capacity(most * 3);
    let mut ends = Vec::with_capacity(most);
    for c in rest.iter().take(most) {
        name.push(*c);
        ends.push(name.len());
    }
    (2..=ends.len())
        .rev()
        .find_map(|count| Some((find(&name[..ends[count - 1]])?, at + count)))
}

/// Whether the characters begin with a text.
pub(super) fn starts_with(chars: &[char], text: &str) -> bool {
    let mut rest = chars.iter();
    text.chars().all(|c| rest.next() == Some(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, above: u32, county: Option<&str>, rest: &str) {
        let chars: Vec<char> = text.chars().collect();
        let (region, end) = Gazetteer::default().region(&chars);
        let name = region
            .county
            .map(|(from, to)| chars[from..to].iter().collect::<String>());
        let left: String = chars[end..].iter().collect();
        assert_eq!(
            (region.above, name.as_deref(), left.as_str()),
            (above, county, rest),
            "{text}"
        );
    }

    #[test]
    fn regions_are_read_with_and_without_suffixes() {
        check("江苏省南京市鼓楼区宁海路街道", 3201, Some("鼓楼区"), "宁海路街道");
        check("江苏南京鼓楼宁海路街道", 3201, Some("鼓楼"), "宁海路街道");
        check("吉林省珲春市靖和街道", 22, Some("珲春市"), "靖和街道");
        check("甘肃天水秦州大城街道", 6205, Some("秦州"), "大城街道");
        check("鼓楼区宁海路街道", 0, Some("鼓楼区"), "宁海路街道");
        check("宁海路街道香榭里", 0, None, "宁海路街道香榭里");
        check("兰州市城关镇", 6201, None, "城关镇");
        check("江西省南昌县向塘镇", 36, Some("南昌县"), "向塘镇");
        check("吉林市昌邑区站前街道", 2202, Some("昌邑区"), "站前街道");
        check("湖北襄樊市襄城区檀溪街道", 4206, Some("襄城区"), "檀溪街道");
        check("天水市北道区马跑泉镇", 6205, Some("北道区"), "马跑泉镇");
        check("延边州珲春市靖和街道", 2224, Some("珲春市"), "靖和街道");
        check("", 0, None, "");
    }

    #[test]
    fn a_place_is_known_by_its_former_name_and_code() {
        for (former, now) in [
            ("秦城区", "秦州区"),
            ("北道", "麦积区"),
            ("宣武区", "西城区"),
            ("张家川县", "张家川回族自治县"),
            ("清苑县", "清苑区"),
        ] {
            assert_eq!(present(former), present(now), "{former}");
        }
        // 武都 in the prefecture of Longnan, before it was a city.
        assert_eq!(present_code(622_621), 621_202);
        assert_eq!(present_code(620_502), 620_502);
    }

    #[test]
    fn short_names_keep_two_characters() {
        assert_eq!(short("南京市"), "南京");
        assert_eq!(short("环县"), "环县");
        assert_eq!(short("延边朝鲜族自治州"), "延边朝鲜族");
    }
}
