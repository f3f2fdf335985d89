//! What a condition may cost, judged on its text before anything parses it.

use super::complaint::Complaint;

/// Longest condition, in bytes.
pub(crate) const MAX_BYTES: usize = 2_000;
/// Deepest nesting of brackets.
pub(crate) const MAX_DEPTH: usize = 16;
/// Most nodes, macros counted as written.
pub(crate) const MAX_NODES: u32 = 200;
/// Most steps one evaluation may take: nodes times the bounds of the lists they run over.
pub(crate) const MAX_COST: u64 = 100_000;
/// Most items of a list that a condition runs over.
pub(crate) const MAX_ITEMS: u32 = 200;

/// Refuses text that is too long, nested too deep, or chains more operators than a parser's recursion should see.
pub(super) fn check(text: &str) -> Result<(), Complaint> {
    if text.len() > MAX_BYTES {
        return Err(Complaint::new(
            0,
            (
                format!("条件过长：{} 字节，上限 {MAX_BYTES}", text.len()),
                format!("the condition has {} bytes, the limit is {MAX_BYTES}", text.len()),
            ),
            ("请拆成规则表或多条守则", "split it into a rule table or several guards"),
        ));
    }
    let (mut depth, mut ternaries) = (0usize, 0usize);
    for (at, byte) in outside_quotes(text) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'?' => ternaries += 1,
            _ => {}
        }
        if depth > MAX_DEPTH || ternaries > MAX_DEPTH {
            return Err(Complaint::new(
                at,
                (
                    format!("嵌套超过 {MAX_DEPTH} 层"),
                    format!("nested deeper than {MAX_DEPTH}"),
                ),
                ("请减少括号或改用规则表", "use fewer brackets, or a rule table"),
            ));
        }
    }
    Ok(())
}

/// The bytes of `text` that do not stand inside a string literal, with their offsets.
pub(crate) fn outside_quotes(text: &str) -> impl Iterator<Item = (usize, u8)> {
    let mut quote: Option<u8> = None;
    let mut escaped = false;
    text.bytes().enumerate().filter(move |(_, byte)| match quote {
        Some(open) => {
            if escaped {
                escaped = false;
            } else if *byte == b'\\' {
                escaped = true;
            } else if *byte == open {
                quote = None;
            }
            false
        }
        None if matches!(byte, b'\'' | b'"') => {
            quote = Some(*byte);
            false
        }
        None => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_inside_quotes_do_not_count() {
        assert!(check(&format!("'{}'", "(".repeat(40))).is_ok());
        assert!(check(&format!("{}a{}", "(".repeat(16), ")".repeat(16))).is_ok());
        let deep = check(&format!("{}a{}", "(".repeat(17), ")".repeat(17))).unwrap_err();
        assert_eq!(deep.at, 16);
    }
}
