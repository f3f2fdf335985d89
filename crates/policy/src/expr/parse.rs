//! From text to the syntax tree of the `cel` crate, with offsets.

use super::complaint::Complaint;
use super::limits;
use cel::common::ast::SourceInfo;
use cel::parser::{Expression, Parser};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Depth at which the parser itself gives up; brackets are held below it by [`limits`].
const PARSER_DEPTH: u16 = 48;

/// Stack of a thread that parses. The generated parser takes about 60 kB for a level of brackets in a debug build.
pub(crate) const STACK_BYTES: usize = 64 << 20;

/// A parsed condition.
pub(super) struct Parsed {
    pub(super) tree: Expression,
    info: SourceInfo,
}

impl Parsed {
    /// Where a node begins, in bytes.
    pub(super) fn offset(&self, id: u64) -> usize {
        self.info.offset_for(id).map_or(0, |(start, _)| start as usize)
    }
}

impl Parsed {
    /// Where `text` stands at or after `from`; `from` when it does not.
    pub(super) fn find(&self, from: usize, text: &str) -> usize {
        let rest = self.info.source.get(from..).unwrap_or("");
        rest.find(text).map_or(from, |at| from + at)
    }
}

/// Parses a condition. Call it on a thread with [`STACK_BYTES`] of stack.
pub(super) fn parse(text: &str) -> Result<Parsed, Vec<Complaint>> {
    limits::check(text).map_err(|complaint| vec![complaint])?;
    // A defect of the parser on some text must be a finding about that text and not the end of the server.
    let parsed = catch_unwind(AssertUnwindSafe(|| {
        Parser::new()
            .max_recursion_depth(PARSER_DEPTH)
            .parse_with_source_info(text)
    }));
    match parsed {
        Ok(Ok((tree, info))) => Ok(Parsed { tree, info }),
        Ok(Err(errors)) => Err(errors
            .errors
            .iter()
            .take(3)
            .map(|error| syntax(text, error.pos, &error.msg))
            .collect()),
        Err(_) => Err(vec![syntax(text, (1, 1), "the condition cannot be parsed")]),
    }
}

fn syntax(text: &str, (line, column): (isize, isize), message: &str) -> Complaint {
    let short = message
        .split(" expecting ")
        .next()
        .unwrap_or(message)
        .trim_start_matches("Syntax error: ");
    let hint = if message.contains("has()") {
        (
            "has() 里要写到字段，例如 has(entry.plan)",
            "has() takes a field, such as has(entry.plan)",
        )
    } else {
        (
            "请检查引号、括号和运算符（&& || ! == in）",
            "check quotes, brackets and operators (&& || ! == in)",
        )
    };
    Complaint::new(
        offset(text, line, column),
        (format!("条件写法有误：{short}"), format!("syntax: {short}")),
        hint,
    )
}

/// The byte offset of a line and column counted in characters from 1.
fn offset(text: &str, line: isize, column: isize) -> usize {
    let (line, column) = (
        usize::try_from(line).unwrap_or(1).max(1),
        usize::try_from(column).unwrap_or(1).max(1),
    );
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = text.get(start..).unwrap_or("");
    let within = rest.char_indices().nth(column - 1).map_or(rest.len(), |(at, _)| at);
    (start + within).min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_stands_where_it_is_also_after_chinese_text() {
        let text = "entry.x == '中文' && )";
        let Err(errors) = parse(text) else { panic!("accepted") };
        assert_eq!(&text[errors[0].at..], ")");
    }

    #[test]
    fn offsets_of_nodes_are_bytes() {
        let text = "'中文' == entry.x";
        let parsed = parse(text).map_err(|_| ()).unwrap();
        assert_eq!(&text[parsed.offset(parsed.tree.id)..], "== entry.x");
    }
}
