//! What an answer by text message means, if it means one thing.

/// The meaning of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A temperature, in tenths of a degree.
    Temperature(i64),
    /// All is well.
    Well,
    /// No more messages.
    Stop,
    /// Anything else: a person reads it and calls.
    Unclear,
}

/// Lowest and highest reading that can be a body's, in tenths of a degree Celsius.
const BODY: std::ops::RangeInclusive<i64> = 340..=430;

/// Reads a reply. Full-width characters, a degree sign and the word for temperature are taken off; more is not guessed.
///
/// ```
/// use lianfang_messages::reply::{Reply, read};
///
/// assert_eq!(read("３６．５℃"), Reply::Temperature(365));
/// assert_eq!(read("停"), Reply::Stop);
/// assert_eq!(read("36.5 37.2"), Reply::Unclear);
/// ```
pub fn read(text: &str) -> Reply {
    let plain: String = text.trim().chars().map(half_width).collect();
    let plain = plain
        .trim_matches(|c: char| c.is_whitespace() || "。.!,，、~".contains(c))
        .to_lowercase();
    match plain.as_str() {
        "停" | "停止" | "退订" | "td" | "t" | "stop" | "unsubscribe" => return Reply::Stop,
        "好" | "正常" | "无" | "没有" | "ok" | "well" | "fine" | "none" => return Reply::Well,
        _ => {}
    }
    let number = plain.trim_start_matches("体温").trim_start_matches("temperature");
    let number = number.trim_start_matches([':', ' ']);
    let number = number.trim_end_matches(['度', '℃', '°', 'c', ' ']);
    tenths(number)
        .filter(|value| BODY.contains(value))
        .map_or(Reply::Unclear, Reply::Temperature)
}

/// `36`, `36.5`: digits with at most one decimal.
fn tenths(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |digits: &str, most: usize| {
        !digits.is_empty() && digits.len() <= most && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !is_number(whole, 2) || !is_number(part, 1) {
        return None;
    }
    Some(whole.parse::<i64>().ok()? * 10 + part.parse::<i64>().ok()?)
}

fn half_width(c: char) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '．' | '。' => '.',
        '：' => ':',
        '　' => ' ',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_meaning_or_none() {
        for (text, expected) in [
            ("36.5", Reply::Temperature(365)),
            (" 体温：36.8度 ", Reply::Temperature(368)),
            ("37", Reply::Temperature(370)),
            ("38.2℃", Reply::Temperature(382)),
            ("OK", Reply::Well),
            ("正常。", Reply::Well),
            ("Stop", Reply::Stop),
            ("退订", Reply::Stop),
            ("365", Reply::Unclear),
            ("3.65", Reply::Unclear),
            ("36,5", Reply::Unclear),
            ("50.0", Reply::Unclear),
            ("我发烧了", Reply::Unclear),
            ("", Reply::Unclear),
            ("36.5 爸爸37.9", Reply::Unclear),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
