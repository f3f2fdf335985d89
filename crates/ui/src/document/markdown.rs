//! A document as Markdown (CommonMark, with tables as GitHub writes them).

use super::{Document, Part, series_rows};
use std::fmt::Write as _;

/// The document as Markdown.
pub fn markdown(document: &Document) -> String {
    let mut text = format!("# {}\n", escaped(&document.title));
    paragraphs(&mut text, &document.lines);
    for section in &document.sections {
        if !section.heading.is_empty() {
            let _ = write!(text, "\n## {}\n", escaped(&section.heading));
        }
        for part in &section.parts {
            piece(&mut text, part);
        }
    }
    if !document.foot.is_empty() {
        text.push_str("\n---\n");
        paragraphs(&mut text, &document.foot);
    }
    text
}

fn paragraphs(text: &mut String, lines: &[String]) {
    for line in lines {
        let _ = write!(text, "\n{}\n", escaped(line));
    }
}

fn piece(text: &mut String, part: &Part) {
    let _ = match part {
        Part::Paragraph(words) | Part::Note(words) => write!(text, "\n{}\n", escaped(words)),
        Part::Number { value, unit, note } => {
            let rest = [unit, note].map(|part| escaped(part));
            let rest = rest
                .iter()
                .filter(|part| !part.is_empty())
                .fold(String::new(), |line, part| line + " " + part);
            write!(text, "\n**{}**{rest}\n", escaped(value))
        }
        Part::List(items) => {
            text.push('\n');
            items.iter().try_for_each(|item| writeln!(text, "- {}", escaped(item)))
        }
        Part::Table { head, rows } => {
            table(text, head, rows);
            Ok(())
        }
        Part::Series { head, points, unknown } => {
            table(text, head, &series_rows(points, unknown));
            Ok(())
        }
    };
}

fn table(text: &mut String, head: &[String], rows: &[Vec<String>]) {
    text.push('\n');
    let line = |cells: &[String]| {
        format!(
            "| {} |\n",
            cells.iter().map(|cell| escaped(cell)).collect::<Vec<_>>().join(" | ")
        )
    };
    text.push_str(&line(head));
    text.push_str(&format!("|{}\n", " --- |".repeat(head.len())));
    rows.iter().for_each(|row| text.push_str(&line(row)));
}

/// Words as words: what Markdown would take for its own marks is kept from it.
fn escaped(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|') {
            out.push('\\');
        }
        out.push(if c == '\n' { ' ' } else { c });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::Section;
    use super::*;

    #[test]
    fn every_part_has_its_form_and_marks_are_kept_from_words() {
        let document = Document {
            title: "A*B".into(),
            lines: vec!["1".into()],
            sections: vec![Section {
                heading: "H".into(),
                href: None,
                parts: vec![
                    Part::Number {
                        value: "3".into(),
                        unit: "cases".into(),
                        note: String::new(),
                    },
                    Part::List(vec!["x|y".into()]),
                    Part::Table {
                        head: vec!["a".into(), "b".into()],
                        rows: vec![vec!["r".into(), "1".into()]],
                    },
                ],
            }],
            foot: vec!["end".into()],
        };
        let expected =
            "# A\\*B\n\n1\n\n## H\n\n**3** cases\n\n- x\\|y\n\n| a | b |\n| --- | --- |\n| r | 1 |\n\n---\n\nend\n";
        assert_eq!(markdown(&document), expected);
    }
}
