//! Parameters as SQLite likes them: `?7` for `$7`.
//!
//! To SQLite `$7` is a name. It looks each name up among all of a statement, once when it prepares it and once whenever the name of a
//! parameter is asked for, so a list of a thousand values cost a million comparisons; and it counts `$2` before `$1` where that stands
//! first. A number is taken as it is.

use crate::error::{DbError, DbErrorKind, Result};

/// The text with numbers for names, and the highest of them. What stands in quotes and in comments stays as it is.
///
/// # Errors
/// A parameter between them is missing.
pub(crate) fn numbered(sql: &str) -> Result<(String, usize)> {
    let bytes = sql.as_bytes();
    let mut text = String::with_capacity(sql.len());
    let (mut taken, mut at) = (0, 0);
    // In texts from code numbers come in order, but for a few.
    let (mut in_order, mut others) = (0, Vec::new());
    while let Some(byte) = bytes.get(at) {
        at = match (byte, bytes.get(at + 1)) {
            (b'\'' | b'"', _) => end(bytes, at + 1, &[*byte]),
            (b'-', Some(b'-')) => end(bytes, at + 2, b"\n"),
            (b'/', Some(b'*')) => end(bytes, at + 2, b"*/"),
            (b'$', Some(b'0'..=b'9')) => {
                let digits = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                let number: usize = sql[at + 1..=at + digits].parse().unwrap_or(usize::MAX);
                match number {
                    n if n == in_order + 1 => in_order = n,
                    n if n <= in_order && n > 0 => {}
                    n => others.push(n),
                }
                text.push_str(&sql[taken..at]);
                text.push('?');
                taken = at + 1;
                at + 1 + digits
            }
            _ => at + 1,
        };
    }
    text.push_str(&sql[taken..]);
    others.sort_unstable();
    for number in others {
        match number {
            n if n == in_order + 1 => in_order = n,
            n if n <= in_order && n > 0 => {}
            _ => return Err(gap()),
        }
    }
    Ok((text, in_order))
}

/// Where something ends that began before `from`, behind its last character.
fn end(bytes: &[u8], from: usize, with: &[u8]) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let found = rest.windows(with.len()).position(|window| window == with);
    found.map_or(bytes.len(), |found| from + found + with.len())
}

fn gap() -> DbError {
    DbError::new(
        DbErrorKind::Syntax,
        "SQL 参数必须写作 $1、$2……且不留空号",
        "parameters must be written $1, $2 … without a gap",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_numbers_in_any_order() {
        assert_eq!(
            numbered("a = $2 or b = $1 or c = $2").unwrap(),
            ("a = ?2 or b = ?1 or c = ?2".into(), 2)
        );
        assert_eq!(numbered("select 1").unwrap(), ("select 1".into(), 0));
        let marks = |mark: &str| (1..=1_200).map(|n| format!("{mark}{n}")).collect::<Vec<_>>().join(", ");
        assert_eq!(numbered(&marks("$")).unwrap(), (marks("?"), 1_200));
    }

    #[test]
    fn what_is_quoted_or_remarked_stays() {
        for text in [
            "'$1'",
            "'it''s $1'",
            "\"$1\"",
            "-- $1",
            "/* $1 */",
            "body ->> '$.a'",
            "'人 $1",
            "a $b",
        ] {
            assert_eq!(numbered(text).unwrap(), (text.to_owned(), 0), "{text}");
        }
        let around = "-- '\n'--' /* ' */ 人 = $1";
        assert_eq!(numbered(around).unwrap(), (around.replace('$', "?"), 1));
    }

    #[test]
    fn a_gap_is_refused() {
        for text in ["$2", "$1, $3", "$0", "$99999999999999999999"] {
            assert!(numbered(text).is_err(), "{text}");
        }
    }
}
