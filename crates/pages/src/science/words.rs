//! How results read: methods, inputs, and the sentence above a picture.

use super::Asked;
use super::beds::Stay;
use lianfang_kernel::{Lang, Words};
use lianfang_ui::views::science::Method;

/// Days of delay that a nowcast looks at.
pub(super) const DELAY: &str = "14";

fn pick(lang: Lang, zh: &str, en: &str) -> String {
    Words::new(zh, en).get(lang).to_owned()
}

/// A number with so many decimals.
pub(super) fn number(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}")
}

/// What stands in the form.
pub(super) fn inputs(asked: &Asked, lang: Lang) -> Vec<(&'static str, String, String)> {
    vec![
        (
            "mean_si",
            pick(lang, "代间距均值（天）", "Mean serial interval (days)"),
            asked.mean_si.clone(),
        ),
        (
            "std_si",
            pick(lang, "代间距标准差（天）", "Its standard deviation (days)"),
            asked.std_si.clone(),
        ),
        ("width", pick(lang, "窗宽（天）", "Window (days)"), asked.width.clone()),
    ]
}

fn method(lang: Lang, (zh, en): (&str, &str), source: &str, inputs: Words) -> Method {
    Method {
        name: pick(lang, zh, en),
        source: source.to_owned(),
        inputs: inputs.get(lang).to_owned(),
    }
}

pub(super) fn nowcast_method(asked: &Asked, lang: Lang) -> Method {
    let inputs = Words::new(
        "{figure}；按每天终了时的已知数，最长延迟{n}天；看报告之前，每天按迄今最多一天估计",
        "{figure}; as known at the end of each day, delays up to {n} days; before reports are read a day is taken to be as the worst so far",
    );
    let inputs = inputs.with("figure", asked.title.get(lang)).with("n", DELAY);
    let name = ("Höhle、an der Heiden 2014", "Höhle and an der Heiden 2014");
    method(lang, name, "doi:10.1111/biom.12194", inputs)
}

pub(super) fn plain_method(asked: &Asked, lang: Lang) -> Method {
    let inputs = Words::new(
        "{figure}；7日平均，不补未报告",
        "{figure}; 7-day average, nothing added",
    );
    let inputs = inputs.with("figure", asked.title.get(lang));
    method(lang, ("逐日计数", "Counts by day"), "", inputs)
}

pub(super) fn reproduction_method(asked: &Asked, lang: Lang) -> Method {
    let inputs = Words::new(
        "{figure}；代间距{mean}±{sd}天，窗宽{width}天，R 的先验均值5、标准差5；首日按输入计",
        "{figure}; serial interval {mean} ± {sd} days, window {width} days, R before the data 5 ± 5; the first day counts as imported",
    );
    let inputs = inputs
        .with("figure", asked.title.get(lang))
        .with("mean", &asked.mean_si)
        .with("sd", &asked.std_si)
        .with("width", &asked.width);
    let name = ("Cori 等 2013", "Cori et al. 2013");
    method(lang, name, "doi:10.1093/aje/kwt133", inputs)
}

pub(super) fn growth_method(asked: &Asked, days: &str, lang: Lang) -> Method {
    let inputs = Words::new(
        "{figure}；{days}；对数计数的直线，零不计入",
        "{figure}; {days}; a line through the logarithms of counts, zeros left out",
    );
    let inputs = inputs.with("figure", asked.title.get(lang)).with("days", days);
    let name = ("对数线性回归（incidence）", "Log-linear regression (incidence)");
    method(lang, name, "doi:10.12688/f1000research.18002.1", inputs)
}

pub(super) fn unusual_method(asked: &Asked, lang: Lang) -> Method {
    let inputs = Words::new(
        "{figure}；基线为3天前的7天，误报概率0.001，最小标准差0.5",
        "{figure}; baseline the 7 days up to 3 days before, false alarms 0.001, least deviation 0.5",
    );
    let inputs = inputs.with("figure", asked.title.get(lang));
    method(lang, ("EARS C2", "EARS C2"), "doi:10.1007/PL00022319", inputs)
}

pub(super) fn beds_method(asked: &Asked, stay: &Stay, lang: Lang) -> Method {
    let inputs = Words::new(
        "{figure}的短期预测，收治比例{share}，住院{mean}±{sd}天，现有在用{now}；假定病例和住院时间如常，不限床位",
        "Short forecast of {figure}, share admitted {share}, stay {mean} ± {sd} days, in use now {now}; stays as usual, a bed for everybody",
    );
    let unknown = Words::new("按序列推算", "as the series says");
    let now = stay
        .occupied
        .map_or_else(|| unknown.get(lang).to_owned(), |n| n.to_string());
    let inputs = inputs
        .with("figure", asked.title.get(lang))
        .with("share", &stay.share)
        .with("mean", &stay.mean)
        .with("sd", &stay.sd)
        .with("now", now);
    let name = (
        "时变到达的无限床位排队（Eick 等 1993）",
        "Infinite-server queue (Eick et al. 1993)",
    );
    method(lang, name, "doi:10.1287/opre.41.4.731", inputs)
}

pub(super) fn tracing_method(days: i64, lang: Lang) -> Method {
    let inputs = Words::new(
        "最近{n}天；按时＝登记后24小时内（可设置）联系到本人，晚到的不算",
        "the last {n} days; in time is within 24 hours of being listed (a setting), later does not count",
    );
    method(
        lang,
        ("登记数相除", "Entries divided by entries"),
        "",
        inputs.with("n", days),
    )
}

/// What R says.
pub(super) fn reproduction_message(
    lang: Lang,
    (width, day): (&str, &str),
    (mean, low, high): (f64, f64, f64),
    may_lack: bool,
) -> String {
    let verdict = if low > 1.0 {
        Words::new("疫情在增长", "it grows")
    } else if high < 1.0 && may_lack {
        // What is not reported yet makes the last windows too low: a fall cannot be told from it alone.
        Words::new(
            "看似减弱，但最近的报告可能未齐",
            "it seems to fall, but reports may be missing",
        )
    } else if high < 1.0 {
        Words::new("疫情在减弱", "it falls")
    } else {
        Words::new("增减尚不能判断", "whether it grows or falls cannot be told")
    };
    let words = Words::new(
        "至{day}的{n}天：R {mean}（95%可信区间{low}至{high}），{verdict}",
        "{n} days to {day}: R {mean} (95 % credible interval {low} to {high}), {verdict}",
    );
    let words = words
        .with("day", day)
        .with("n", width)
        .with("mean", number(mean, 2))
        .with("low", number(low, 2))
        .with("high", number(high, 2))
        .with("verdict", verdict.get(lang));
    words.get(lang).to_owned()
}

/// What a nowcast says.
pub(super) fn nowcast_message(lang: Lang, days: usize, missing: (f64, f64)) -> String {
    let words = if missing.0 < 1.0 {
        Words::new(
            "最近{n}天的报告大致齐全（可能还有至多{high}例）",
            "The last {n} days are about complete (at most {high} cases to come)",
        )
    } else {
        Words::new(
            "最近{n}天约有{median}例尚未报告（可能多至{high}例）",
            "About {median} cases of the last {n} days are not reported yet (perhaps up to {high})",
        )
    };
    let words = words
        .with("n", days)
        .with("median", number(missing.0, 0))
        .with("high", number(missing.1, 0));
    words.get(lang).to_owned()
}
