//! A temperature as it is typed in a hurry.

use lianfang_kernel::scaled;

/// What was typed as the register takes it: `373`, `37。3`, `３７．３`, `37,3` and `37.3℃` are 37.3. Anything else stays as typed,
/// and the register says what is wrong with it.
pub(super) fn as_typed(text: &str) -> String {
    let plain: String = text.chars().filter_map(plain).collect();
    let plain = plain.trim_end_matches(['℃', '°', 'C', 'c', '度']);
    let is_bare = plain.len() == 3 && plain.bytes().all(|b| b.is_ascii_digit());
    let plain = match plain.split_at_checked(2) {
        Some((whole, tenth)) if is_bare => format!("{whole}.{tenth}"),
        _ => plain.to_owned(),
    };
    if scaled(&plain, 1).is_some() {
        plain
    } else {
        text.to_owned()
    }
}

fn plain(c: char) -> Option<char> {
    match c {
        ' ' | '\u{3000}' => None,
        '０'..='９' => char::from_u32(u32::from(c) - u32::from('０') + u32::from('0')),
        '。' | '．' | ',' | '，' | '·' => Some('.'),
        c => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temperature_is_taken_however_it_is_typed() {
        for typed in [
            "37.3",
            "373",
            "37。3",
            "３７．３",
            "37,3",
            " 37.3 ℃",
            "37.3度",
            "37.3°C",
        ] {
            assert_eq!(as_typed(typed), "37.3", "{typed}");
        }
        assert_eq!(as_typed("38"), "38");
    }

    #[test]
    fn what_is_no_temperature_stays_as_typed() {
        for typed in ["", "high", "37.35", "3.7.3", "3730", "３", "36.5/37"] {
            let kept = as_typed(typed);
            assert!(kept == typed || kept == "3", "{typed}: {kept}");
        }
    }
}
