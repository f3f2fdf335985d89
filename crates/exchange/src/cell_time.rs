//! Dates, moments and durations as people and spreadsheets write them.

use lianfang_kernel::{Day, Instant, TimeOfDay, Zone, parse_duration_ms};

/// In which order a date is written when its year is not first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    /// Year first: the only one that is never ambiguous.
    #[default]
    Ymd,
    /// `5/1/2020` is 5 January.
    Dmy,
    /// `1/5/2020` is 5 January.
    Mdy,
}

/// What kept a text from being a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeFault {
    /// No known form.
    Form,
    /// The year is not first and nothing says which number is the day.
    Ambiguous,
    /// The form is right, the day is not in the calendar.
    NoSuchDay,
    /// A moment without a time of day.
    NoTime,
    /// A date with a time of day.
    HasTime,
}

/// Excel's day 1 is 1 January 1900, and it believes in 29 February 1900: from March 1900 on, this is day 0.
const SERIAL_ZERO: i32 = -25_569;
/// Serials of 1954 to 2119: outside of it a bare number is more likely something else.
const SERIALS: std::ops::RangeInclusive<f64> = 20_000.0..=80_000.0;

pub(crate) fn parse_date(text: &str, order: DateOrder) -> Result<Day, TimeFault> {
    let (day, ms) = parse_civil(text, order)?;
    match ms {
        None | Some(0) => Ok(day),
        Some(_) => Err(TimeFault::HasTime),
    }
}

pub(crate) fn parse_instant(
    text: &str,
    order: DateOrder,
    zone: &Zone,
    otherwise: Option<TimeOfDay>,
) -> Result<Instant, TimeFault> {
    if let Ok(instant) = Instant::parse(text) {
        return Ok(instant);
    }
    let (day, ms) = parse_civil(text, order)?;
    match (ms, otherwise) {
        (Some(ms), _) => {
            let minutes = u16::try_from(ms / 60_000).unwrap_or(0);
            Ok(zone.at(day, TimeOfDay(minutes)).plus_ms(ms % 60_000))
        }
        (None, Some(time)) => Ok(zone.at(day, time)),
        (None, None) => Err(TimeFault::NoTime),
    }
}

/// A day and, if written, the milliseconds since its midnight.
fn parse_civil(text: &str, order: DateOrder) -> Result<(Day, Option<i64>), TimeFault> {
    if let Some(found) = serial(text) {
        return Ok(found);
    }
    let (date, time) = split_time(text);
    let day = written_day(date, order)?;
    let ms = time.map(time_of_day).transpose()?;
    Ok((day, ms))
}

fn serial(text: &str) -> Option<(Day, Option<i64>)> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !is_number || whole.len() != 5 || fraction.contains('.') {
        return None;
    }
    let value: f64 = text.parse().ok()?;
    if !SERIALS.contains(&value) {
        return None;
    }
    let seconds = (value.fract() * 86_400.0).round() as i64;
    let days = whole.parse::<i32>().ok()? + SERIAL_ZERO;
    let ms = (!fraction.is_empty()).then_some((seconds % 86_400) * 1_000);
    Some((Day(days + i32::from(seconds == 86_400)), ms))
}

/// The time begins after `T`, after a space, or after 日.
fn split_time(text: &str) -> (&str, Option<&str>) {
    let at = text.find(['T', 't', ' ', '日', '号']);
    let Some((at, mark)) = at.and_then(|at| Some((at, text[at..].chars().next()?))) else {
        return (text, None);
    };
    let rest = text[at + mark.len_utf8()..].trim();
    (&text[..at], (!rest.is_empty()).then_some(rest))
}

fn written_day(text: &str, order: DateOrder) -> Result<Day, TimeFault> {
    let text = text.trim();
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return day_of(&text[..4], &text[4..6], &text[6..]);
    }
    let parts: Vec<&str> = text
        .split(['-', '/', '.', '年', '月', '－', '—'])
        .map(str::trim)
        .collect();
    let [a, b, c] = parts[..] else {
        return Err(TimeFault::Form);
    };
    if ![a, b, c]
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return Err(TimeFault::Form);
    }
    match (a.len(), c.len(), order) {
        (4, 1..=2, _) => day_of(a, b, c),
        (1..=2, 4, DateOrder::Dmy) => day_of(c, b, a),
        (1..=2, 4, DateOrder::Mdy) => day_of(c, a, b),
        (1..=2, 4, DateOrder::Ymd) => Err(TimeFault::Ambiguous),
        _ => Err(TimeFault::Form),
    }
}

fn day_of(year: &str, month: &str, day: &str) -> Result<Day, TimeFault> {
    let year: i16 = year.parse().map_err(|_| TimeFault::Form)?;
    let month: i8 = month.parse().map_err(|_| TimeFault::Form)?;
    let day: i8 = day.parse().map_err(|_| TimeFault::Form)?;
    Day::from_ymd(year, month, day).ok_or(TimeFault::NoSuchDay)
}

/// `8:30`, `08:30:15`, `8时30分`, `8点`, with 上午 / 下午 in front, as milliseconds since midnight.
fn time_of_day(text: &str) -> Result<i64, TimeFault> {
    let (text, is_afternoon) = match (text.strip_prefix("上午"), text.strip_prefix("下午")) {
        (Some(rest), _) => (rest, false),
        (_, Some(rest)) => (rest, true),
        _ => (text, false),
    };
    let text = text.trim().trim_end_matches(['秒', 'Z', 'z']);
    let mut parts = [0i64; 3];
    let mut count = 0;
    for part in text.split([':', '：', '时', '点', '分']).map(str::trim) {
        if part.is_empty() {
            continue;
        }
        // Fractions of a second are dropped: no list of ours is kept finer.
        let whole = part.split_once('.').map_or(part, |(whole, _)| whole);
        let slot = parts.get_mut(count).ok_or(TimeFault::Form)?;
        if whole.len() > 2 {
            return Err(TimeFault::Form);
        }
        *slot = whole.parse::<u8>().map_err(|_| TimeFault::Form)?.into();
        count += 1;
    }
    let [mut hour, minute, second] = parts;
    if is_afternoon && hour < 12 {
        hour += 12;
    }
    let is_written = count >= 2 || (count == 1 && text.contains(['时', '点']));
    if !is_written || hour > 23 || minute > 59 || second > 59 {
        return Err(TimeFault::Form);
    }
    Ok((hour * 3_600 + minute * 60 + second) * 1_000)
}

/// `90m`, `1h30m`, `2小时30分`, `1:30` (hours and minutes), `1:30:00`, in milliseconds.
pub(crate) fn parse_duration(text: &str) -> Option<i64> {
    if let Ok(ms) = parse_duration_ms(text) {
        return Some(ms);
    }
    if text.contains([':', '：']) {
        let parts: Vec<&str> = text.split([':', '：']).collect();
        let number = |at: usize| parts.get(at).map_or(Some(0), |part| part.trim().parse::<u32>().ok());
        let (hours, minutes, seconds) = (number(0)?, number(1)?, number(2)?);
        let is_form = parts.len() <= 3 && minutes < 60 && seconds < 60;
        return is_form.then(|| (i64::from(hours) * 3_600 + i64::from(minutes) * 60 + i64::from(seconds)) * 1_000);
    }
    let mut total = 0i64;
    let mut digits = String::new();
    let mut is_any = false;
    let spelled = text
        .replace("小时", "h")
        .replace("分钟", "m")
        .replace('分', "m")
        .replace('秒', "s");
    for c in spelled.chars().filter(|c| !c.is_whitespace()) {
        let unit = match c {
            '0'..='9' => {
                digits.push(c);
                continue;
            }
            'h' | 'H' | '时' => 3_600_000,
            'm' => 60_000,
            's' => 1_000,
            _ => return None,
        };
        total = total.checked_add(digits.parse::<i64>().ok()?.checked_mul(unit)?)?;
        digits.clear();
        is_any = true;
    }
    (is_any && digits.is_empty()).then_some(total)
}
