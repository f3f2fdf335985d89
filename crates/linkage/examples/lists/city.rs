//! Made-up places: a city with its counties, townships, communities, compounds and villages.

use super::Dice;

/// Where a household lives.
#[derive(Clone, Debug)]
pub struct Home {
    pub province: &'static str,
    pub city: &'static str,
    pub county: &'static str,
    /// First six digits of numbers issued here.
    pub code: u32,
    pub township: String,
    pub community: String,
    /// Road with its number and compound, or none in a village.
    pub road: String,
    pub road_number: usize,
    pub compound: String,
    pub building: usize,
    pub unit: usize,
    pub room: usize,
    /// A village with its group and house; empty in town.
    pub village: String,
    pub group: usize,
    pub house: usize,
}

type County = (&'static str, &'static str, &'static str, u32);

/// Counties of the city where most people live.
const CENTRE: [County; 9] = [
    ("甘肃省", "天水市", "秦州区", 620_502),
    ("甘肃省", "天水市", "麦积区", 620_503),
    ("甘肃省", "天水市", "清水县", 620_521),
    ("甘肃省", "天水市", "秦安县", 620_522),
    ("甘肃省", "天水市", "甘谷县", 620_523),
    ("甘肃省", "天水市", "武山县", 620_524),
    ("甘肃省", "天水市", "张家川回族自治县", 620_525),
    ("甘肃省", "兰州市", "城关区", 620_102),
    ("甘肃省", "兰州市", "七里河区", 620_103),
];

/// Counties elsewhere.
const ELSEWHERE: [County; 16] = [
    ("山东省", "菏泽市", "牡丹区", 371_702),
    ("山东省", "菏泽市", "曹县", 371_721),
    ("湖南省", "湘潭市", "雨湖区", 430_302),
    ("湖南省", "湘潭市", "湘乡市", 430_381),
    ("吉林省", "长春市", "南关区", 220_102),
    ("吉林省", "长春市", "榆树市", 220_182),
    ("广东省", "广州市", "白云区", 440_111),
    ("广东省", "深圳市", "宝安区", 440_306),
    ("浙江省", "杭州市", "余杭区", 330_110),
    ("四川省", "成都市", "武侯区", 510_107),
    ("河南省", "郑州市", "中原区", 410_102),
    ("河北省", "保定市", "清苑区", 130_608),
    ("陕西省", "西安市", "雁塔区", 610_113),
    ("甘肃省", "庆阳市", "西峰区", 621_002),
    ("安徽省", "合肥市", "蜀山区", 340_104),
    ("湖北省", "武汉市", "洪山区", 420_111),
];

const FRONT: &str = "东西南北新安永长平和兴泰福昌宁丰金玉石白青黄龙凤云天大太上下";
const BACK: &str = "关城门川河湖山水泉坪原桥店岭岗洼湾沟峪寺庙阳阴头口塬堡寨营";
const ROADS: [&str; 24] = [
    "建设", "人民", "解放", "中山", "和平", "民主", "青年", "成纪", "羲皇", "渭河", "岷山", "滨河", "新华", "文化",
    "体育", "工业", "创新", "迎宾", "环城", "站前", "双桥", "籍河", "泰山", "黄河",
];
const ESTATE_FRONT: [&str; 24] = [
    "阳光", "锦绣", "丽景", "天庆", "恒大", "碧桂", "翠湖", "金色", "紫金", "山水", "盛世", "御景", "水岸", "香榭",
    "幸福", "祥和", "龙城", "凤凰", "橡树", "桃园", "枫林", "书香", "明珠", "世纪",
];
const ESTATE_BACK: [&str; 14] = [
    "花园", "小区", "家园", "新城", "华府", "名苑", "公寓", "国际", "雅居", "嘉园", "新村", "广场", "府", "里",
];

/// Makes up a home. `homes` is how many there are, so that places stay as full as real ones.
pub fn home(homes: usize, dice: &mut Dice) -> Home {
    let in_centre = dice.chance(0.7);
    let (province, city, county, code) = match in_centre {
        true => CENTRE[dice.below(CENTRE.len())],
        false => ELSEWHERE[dice.below(ELSEWHERE.len())],
    };
    // A place is what its number says: the same number is the same place.
    let places = (homes / 220).max(30);
    let number = dice.below(places);
    let mut fixed = Dice(u64::from(code) * 1_000_003 + number as u64);
    let mut county_dice = Dice(u64::from(code) * 7919 + (number % 12) as u64);
    let is_town = dice.chance(if in_centre { 0.8 } else { 0.55 });
    let suffix = if is_town {
        "街道"
    } else {
        county_dice.pick(&["镇", "乡"])
    };
    let name = |dice: &mut Dice| format!("{}{}", dice.pick_char(FRONT), dice.pick_char(BACK));
    let township = format!("{}{suffix}", name(&mut county_dice));
    let mut home = Home {
        province,
        city,
        county,
        code,
        township,
        community: String::new(),
        road: String::new(),
        road_number: 0,
        compound: String::new(),
        building: 0,
        unit: 0,
        room: 0,
        village: String::new(),
        group: 0,
        house: 0,
    };
    if is_town {
        home.community = name(&mut fixed);
        let side = ["", "东", "西", "南", "北", "一", "二"][fixed.below(7)];
        home.road = format!(
            "{}{side}{}",
            fixed.pick(&ROADS),
            ["路", "路", "路", "街", "大道"][fixed.below(5)]
        );
        home.road_number = 1 + fixed.below(400);
        home.compound = format!("{}{}", fixed.pick(&ESTATE_FRONT), fixed.pick(&ESTATE_BACK));
        home.building = 1 + dice.below(20);
        home.unit = 1 + dice.below(4);
        home.room = (1 + dice.below(if fixed.chance(0.3) { 28 } else { 7 })) * 100 + 1 + dice.below(4);
    } else {
        home.village = format!(
            "{}家{}",
            fixed.pick_char("王李张刘陈杨赵黄周马胡郭何罗高"),
            fixed.pick_char(BACK)
        );
        home.group = 1 + dice.below(12);
        home.house = 1 + dice.below(160);
    }
    home
}
