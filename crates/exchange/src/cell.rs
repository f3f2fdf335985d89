//! One cell's text as typed JSON, by the kind of its field.

use lianfang_kernel::identity::{CnId, IdDoc, Phone, Plate, Refusal, half_width};
use lianfang_kernel::{Problem, TimeOfDay, Words, Zone};
use serde_json::{Number, Value};

use crate::cell_time::{DateOrder, TimeFault, parse_date, parse_duration, parse_instant};
use crate::misfit::problem;

/// Longest text that a field takes, in characters.
const MAX_TEXT: usize = 10_000;

/// What a cell holds. The kinds are those of register fields; what only the server can resolve stays text.
#[derive(Clone, Debug, PartialEq)]
pub enum CellKind {
    /// One line: line breaks become spaces.
    Text,
    /// Several lines.
    Note,
    /// `true`, `yes`, `1`, 是 and their opposites.
    Bool,
    /// Integer, with or without thousands separators.
    Int,
    /// A number with at most `scale` digits after the point, as a JSON number.
    Decimal {
        /// Digits after the point.
        scale: u8,
    },
    /// A value of a list, by its id or its title in either language.
    Code {
        /// Ids with their titles.
        values: Vec<(String, Words)>,
    },
    /// A civil date, as `2020-02-05`.
    Date,
    /// A moment, as RFC 3339 with the city's offset.
    Instant,
    /// Elapsed time, as integer milliseconds.
    Duration,
    /// Money written in yuan, as integer fen.
    Money,
    /// A region: a code without its trailing zeros, or a name for the server to resolve.
    Region,
    /// Another subject, entry or type, by what identifies it.
    Reference,
    /// Rows or another structure, as JSON.
    Json,
    /// A person's name.
    Name,
    /// A resident identity number.
    CnId,
    /// Any identity or travel document.
    IdDoc,
    /// A telephone number.
    Phone,
    /// A licence plate.
    Plate,
    /// An address.
    Address,
}

/// What a reading depends on besides the text.
#[derive(Clone, Debug)]
pub(crate) struct CellContext {
    pub zone: Zone,
    pub order: DateOrder,
    /// The time of a moment that is given as a day only.
    pub time: Option<TimeOfDay>,
}

/// Why a cell's text does not fit its kind. It never contains the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", problem.what.en)]
pub struct CellError {
    /// The fault in both languages, and the hint.
    pub problem: Box<Problem>,
}

/// Reads a cell with China Standard Time and the year first.
///
/// # Errors
/// [`CellError`]; an empty text is an error of every kind: empty cells are left out before.
///
/// ```
/// use lianfang_exchange::{CellKind, parse_cell};
/// assert_eq!(parse_cell(&CellKind::Date, "2020年1月5日").unwrap(), "2020-01-05");
/// assert_eq!(parse_cell(&CellKind::Decimal { scale: 1 }, "３６．５").unwrap(), 36.5);
/// assert!(parse_cell(&CellKind::Int, "三").is_err());
/// ```
pub fn parse_cell(kind: &CellKind, text: &str) -> Result<Value, CellError> {
    parse_cell_in(kind, text, &Zone::china(), DateOrder::Ymd, None)
}

/// Reads a cell; moments without an offset are of `zone`, dates without the year in front of `order`, and a moment
/// given as a day only is at `time`, or refused.
///
/// # Errors
/// As [`parse_cell`].
pub fn parse_cell_in(
    kind: &CellKind,
    text: &str,
    zone: &Zone,
    order: DateOrder,
    time: Option<TimeOfDay>,
) -> Result<Value, CellError> {
    read(
        kind,
        text,
        &CellContext {
            zone: zone.clone(),
            order,
            time,
        },
    )
}

pub(crate) fn read(kind: &CellKind, text: &str, context: &CellContext) -> Result<Value, CellError> {
    let bare = half_width(text);
    if bare.is_empty() {
        return Err(fault(
            "cell_empty",
            "没有填写",
            "nothing is written",
            "请填写",
            "fill it in",
        ));
    }
    match kind {
        CellKind::Note => limited(text.trim().replace("\r\n", "\n")),
        CellKind::Text | CellKind::Address | CellKind::Reference => limited(one_line(text)),
        CellKind::Bool => boolean(&bare),
        CellKind::Int => integer(&bare),
        CellKind::Decimal { scale } => decimal(&bare, *scale),
        CellKind::Code { values } => code(&bare, values),
        CellKind::Date => parse_date(&bare, context.order)
            .map(|day| Value::from(day.to_string()))
            .map_err(time_fault),
        CellKind::Instant => parse_instant(&bare, context.order, &context.zone, context.time)
            .map(|instant| Value::from(instant.in_zone(&context.zone)))
            .map_err(time_fault),
        CellKind::Duration => duration(&bare),
        CellKind::Money => money(&bare),
        CellKind::Region => Ok(Value::from(region(&bare))),
        CellKind::Json => serde_json::from_str(text).map_err(|_| {
            fault(
                "cell_json",
                "不是有效的JSON",
                "not JSON",
                "请写成 [{…}]",
                "write it as [{…}]",
            )
        }),
        CellKind::Name => name(&bare),
        CellKind::CnId => CnId::parse(&bare)
            .map(|id| Value::from(id.as_str()))
            .map_err(|e| refused("cn_id", e.refusal())),
        CellKind::IdDoc => IdDoc::parse(&bare)
            .map(|doc| Value::from(doc.number()))
            .map_err(|e| refused("id_doc", e.refusal())),
        CellKind::Phone => Phone::parse(&bare)
            .map(|phone| Value::from(phone.as_str()))
            .map_err(|e| refused("phone", e.refusal())),
        CellKind::Plate => Plate::parse(&bare)
            .map(|plate| Value::from(plate.as_str()))
            .map_err(|e| refused("plate", e.refusal())),
    }
}

fn fault(code: &str, zh: &str, en: &str, hint_zh: &str, hint_en: &str) -> CellError {
    CellError {
        problem: Box::new(problem(code, zh, en, hint_zh, hint_en)),
    }
}

fn refused(kind: &str, refusal: Refusal) -> CellError {
    fault(
        &format!("cell_{kind}"),
        refusal.zh,
        refusal.en,
        refusal.hint_zh,
        refusal.hint_en,
    )
}

fn limited(text: String) -> Result<Value, CellError> {
    if text.chars().count() > MAX_TEXT {
        return Err(fault(
            "cell_too_long",
            "文字超过10,000字",
            "more than 10,000 characters",
            "请缩短",
            "shorten it",
        ));
    }
    Ok(Value::from(text))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn boolean(text: &str) -> Result<Value, CellError> {
    match text.to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "是" | "√" => Ok(Value::Bool(true)),
        "false" | "no" | "n" | "0" | "否" | "×" => Ok(Value::Bool(false)),
        _ => Err(fault(
            "cell_bool",
            "应为“是”或“否”",
            "neither yes nor no",
            "请填 是 或 否",
            "write yes or no",
        )),
    }
}

fn integer(text: &str) -> Result<Value, CellError> {
    plain_number(text)
        .and_then(|(sign, whole, fraction)| {
            let is_whole = fraction.bytes().all(|byte| byte == b'0');
            is_whole.then(|| format!("{sign}{whole}").parse::<i64>().ok()).flatten()
        })
        .map(Value::from)
        .ok_or_else(|| {
            fault(
                "cell_int",
                "应为整数",
                "not a whole number",
                "请只填数字，不写单位",
                "digits only, without a unit",
            )
        })
}

fn decimal(text: &str, scale: u8) -> Result<Value, CellError> {
    let wrong = || {
        fault(
            "cell_decimal",
            "应为数字",
            "not a number",
            "请只填数字，不写单位",
            "digits only, without a unit",
        )
    };
    let (sign, whole, fraction) = plain_number(text).ok_or_else(wrong)?;
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > usize::from(scale) {
        return Err(fault(
            "cell_decimal_scale",
            &format!("小数超过{scale}位"),
            &format!("more than {scale} digits after the point"),
            "请四舍五入后填写",
            "round it",
        ));
    }
    if fraction.is_empty() {
        return format!("{sign}{whole}")
            .parse::<i64>()
            .map(Value::from)
            .map_err(|_| wrong());
    }
    // A JSON number is a double: beyond fifteen digits it would not come back as it was written.
    if whole.trim_start_matches('0').len() + fraction.len() > 15 {
        return Err(wrong());
    }
    let number: f64 = format!("{sign}{whole}.{fraction}").parse().map_err(|_| wrong())?;
    Number::from_f64(number).map(Value::Number).ok_or_else(wrong)
}

fn money(text: &str) -> Result<Value, CellError> {
    let bare = text.trim_start_matches(['¥', '￥', ' ']).trim_end_matches('元').trim();
    let wrong = || {
        fault(
            "cell_money",
            "不是金额",
            "not an amount",
            "请以元填写，如 12.50",
            "write it in yuan, as in 12.50",
        )
    };
    let (sign, whole, fraction) = plain_number(bare).ok_or_else(wrong)?;
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > 2 {
        return Err(wrong());
    }
    format!("{sign}{whole}{fraction:0<2}")
        .parse::<i64>()
        .map(Value::from)
        .map_err(|_| wrong())
}

/// Sign, digits before and after the point; thousands separators are dropped where they stand in their places.
fn plain_number(text: &str) -> Option<(&str, String, &str)> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let groups: Vec<&str> = whole.split(',').collect();
    let is_grouped = groups.iter().skip(1).all(|group| group.len() == 3) && (groups.len() == 1 || groups[0].len() <= 3);
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let whole = groups.concat();
    let fits = is_grouped && is_digits(&whole) && is_digits(fraction) && !whole.is_empty();
    fits.then_some((sign, whole, fraction))
}

fn code(text: &str, values: &[(String, Words)]) -> Result<Value, CellError> {
    let is_same = |other: &str| half_width(other).eq_ignore_ascii_case(text);
    let found = values.iter().find(|(id, _)| id == text).or_else(|| {
        values
            .iter()
            .find(|(id, title)| is_same(id) || is_same(&title.zh) || is_same(&title.en))
    });
    if let Some((id, _)) = found {
        return Ok(Value::from(id.as_str()));
    }
    let some = |lang| {
        let titles: Vec<&str> = values
            .iter()
            .take(12)
            .map(|(_, title)| Words::get(title, lang))
            .collect();
        let more = if values.len() > titles.len() { " …" } else { "" };
        let between = if lang == lianfang_kernel::Lang::Zh { "、" } else { ", " };
        format!("{}{more}", titles.join(between))
    };
    Err(fault(
        "cell_code",
        "不在可选值之中",
        "not one of the values",
        &format!("可填：{}", some(lianfang_kernel::Lang::Zh)),
        &format!("one of: {}", some(lianfang_kernel::Lang::En)),
    ))
}

fn time_fault(found: TimeFault) -> CellError {
    match found {
        TimeFault::Form => fault(
            "cell_time",
            "不是可识别的日期或时间",
            "not a date or time",
            "请写成 2020-02-05 或 2020-02-05 08:30",
            "write 2020-02-05 or 2020-02-05 08:30",
        ),
        TimeFault::Ambiguous => fault(
            "cell_time_order",
            "无法判断哪个数字是日、哪个是月",
            "cannot tell the day from the month",
            "请把年份写在前面，或在列映射中写明 date = \"dmy\" 或 \"mdy\"",
            "write the year first, or set date = \"dmy\" or \"mdy\" in the mapping",
        ),
        TimeFault::NoSuchDay => fault(
            "cell_no_such_day",
            "没有这一天",
            "there is no such day",
            "请核对年、月、日",
            "check year, month and day",
        ),
        TimeFault::NoTime => fault(
            "cell_no_time",
            "只有日期，没有时间",
            "a day without a time",
            "请补上时间，或在列映射中写明 time = \"12:00\"",
            "add the time, or set time = \"12:00\" in the mapping",
        ),
        TimeFault::HasTime => fault(
            "cell_has_time",
            "此列只要日期，不要时间",
            "a date was expected, without a time",
            "请删去时间",
            "remove the time",
        ),
    }
}

fn duration(text: &str) -> Result<Value, CellError> {
    let ms = parse_duration(text).ok_or_else(|| {
        fault(
            "cell_duration",
            "不是可识别的时长",
            "not a duration",
            "请写成 90m、2h 或 1:30",
            "write 90m, 2h or 1:30",
        )
    })?;
    Ok(Value::from(ms))
}

/// Lists often fill a code up to twelve digits: `620502000000` is the county 620502.
fn region(text: &str) -> String {
    let mut code = text;
    if !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return one_line(text);
    }
    for (length, filler, shorter) in [(12, "000", 9), (9, "000", 6), (6, "00", 4), (4, "00", 2)] {
        if code.len() == length && code.ends_with(filler) {
            code = &code[..shorter];
        }
    }
    code.to_owned()
}

/// Spaces inside a Chinese name are there for looks.
fn name(text: &str) -> Result<Value, CellError> {
    if text.chars().any(|c| c.is_ascii_digit()) {
        return Err(fault(
            "cell_name_digits",
            "姓名中有数字",
            "the name has digits",
            "请检查是否与号码填错了列",
            "a number may be in the wrong column",
        ));
    }
    let is_han = |c: char| !c.is_ascii() && c.is_alphabetic();
    let joined = if text.chars().all(|c| is_han(c) || c.is_whitespace()) {
        text.split_whitespace().collect()
    } else {
        one_line(text)
    };
    limited(joined)
}
