//! Surnames: the compound ones, and those whose character sounds otherwise as a surname.

use crate::han::{self, Syllable};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

const COMPOUND: &str = "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 \
     申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 \
     宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 公户 公玉 公仪 梁丘 公仲 公上 公门 公山 公坚 \
     左丘 公伯 西门 公祖 第五 公乘 贯丘 公皙 南荣 东里 东宫 仲长 子书 子桑 即墨 达奚 褚师 吴铭 纳兰 叶赫 完颜 \
     爱新 那拉 富察 钮祜 范姜 陆费";

/// Surnames with a sound of their own.
const SOUNDS: &str = "单shan 解xie 查zha 仇qiu 曾zeng 任ren 华hua 区ou 朴piao 盖ge 缪miao 燕yan 那na 翟zhai 覃qin 乐yue 员yun 黑he \
     秘bi 折she 召shao 种chong 繁po 卜bu 冼xian 尹yin 宁ning 葛ge 钻zuan 俞yu 祭zhai 牟mou 隗kui 哈ha 洗xian 逄pang \
     晟cheng 洪hong 沈shen 石shi 柏bai 车che 句gou 贾jia 车che 传fu 费fei 褚chu 过guo 谌chen 纪ji 降jiang 角jue 阚kan \
     邝kuang 郇xun 莘shen 盛sheng 殷yin 应ying 於yu 臧zang 占zhan 长zhang 中zhong 竺zhu 祝zhu 庄zhuang 尉wei 相xiang 行xing \
     重chong 都du 度duo 观guan 监jian 强qiang 可ke 藉ji 能nai 瞿qu 撒sa 塔ta 佟tong 吾wu 冯feng 万wan 吕lv";

/// Surnames that are written first often enough to tell which end of a Latin name the surname is.
const FREQUENT: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔\
     钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔\
     伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍\
     华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和\
     仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝";

static COMPOUND_SET: LazyLock<HashSet<[char; 2]>> = LazyLock::new(|| {
    COMPOUND
        .split_whitespace()
        .filter_map(|name| {
            let mut chars = name.chars();
            Some([chars.next()?, chars.next()?])
        })
        .collect()
});

static SOUND_TABLE: LazyLock<HashMap<char, Syllable>> = LazyLock::new(|| {
    SOUNDS
        .split_whitespace()
        .filter_map(|entry| {
            let mut chars = entry.chars();
            Some((chars.next()?, han::pack(chars.as_str())))
        })
        .collect()
});

static FREQUENT_SOUNDS: LazyLock<HashSet<Syllable>> = LazyLock::new(|| FREQUENT.chars().map(sound).collect());

/// How many characters of the name are the surname.
pub(crate) fn length(chars: &[char]) -> usize {
    match chars {
        [a, b, _, ..] if COMPOUND_SET.contains(&[*a, *b]) => 2,
        _ => 1,
    }
}

/// The sound of a character that stands in a surname.
pub(crate) fn sound(c: char) -> Syllable {
    SOUND_TABLE.get(&c).copied().unwrap_or_else(|| han::sound(c))
}

/// Whether a frequent surname sounds so.
pub(crate) fn is_frequent(sound: Syllable) -> bool {
    FREQUENT_SOUNDS.contains(&sound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compound_surnames_have_two_characters() {
        let length_of = |name: &str| length(&name.chars().collect::<Vec<_>>());
        assert_eq!(length_of("欧阳修"), 2);
        assert_eq!(length_of("欧阳"), 1);
        assert_eq!(length_of("王小明"), 1);
    }

    #[test]
    fn a_surname_may_sound_otherwise() {
        assert_eq!(han::unpack(sound('单')), "shan");
        assert_eq!(han::unpack(sound('曾')), "zeng");
        assert!(is_frequent(han::pack("zhang")));
        assert!(!is_frequent(han::pack("smith")));
    }
}
