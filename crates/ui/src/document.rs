//! A document that people read, print and pass on: headings, figures, lists, tables. One model, every form of it.
//!
//! ```
//! use lianfang_kernel::Lang;
//! use lianfang_ui::document::{Document, Part, Section, html, markdown};
//!
//! let part = Part::Number { value: "2".into(), unit: "例".into(), note: "较昨日 −1".into() };
//! let document = Document {
//!     title: "疫情防控简报".into(),
//!     lines: vec!["第27期".into()],
//!     sections: vec![Section { heading: "新增确诊".into(), href: None, parts: vec![part] }],
//!     foot: Vec::new(),
//! };
//! assert!(markdown(&document).starts_with("# 疫情防控简报"));
//! assert!(html(&document, Lang::Zh).contains("<h2>新增确诊</h2>"));
//! ```
//!
//! To add a form (DOCX by GB/T 9704, PDF): a file here that draws a [`Document`].

mod markdown;

pub use markdown::markdown;

use crate::charts::curve;
use lianfang_kernel::Lang;
use maud::{DOCTYPE, Markup, PreEscaped, html as draw};

/// A document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// What it is called.
    pub title: String,
    /// Lines under the title: number, place, day, as-of.
    pub lines: Vec<String>,
    /// Its parts in order.
    pub sections: Vec<Section>,
    /// Lines at its end: to whom it goes, who agreed, its digest.
    pub foot: Vec<String>,
}

/// A part with a heading; words without one have an empty heading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// The page that its heading opens where it stands on a page of the product: the definition of a figure.
    pub href: Option<String>,
    /// What stands in it.
    pub parts: Vec<Part>,
}

/// A piece of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Words.
    Paragraph(String),
    /// Small words: a definition, a source.
    Note(String),
    /// A figure.
    Number {
        /// Written out, or the word for not known.
        value: String,
        /// What it is counted in.
        unit: String,
        /// What stands beside it: how well it is known, its change.
        note: String,
    },
    /// A list.
    List(Vec<String>),
    /// Numbers by day: columns, and their table.
    Series {
        /// The heads of day and number.
        head: [String; 2],
        /// Days with their numbers.
        points: Vec<Point>,
        /// The word for what is not known.
        unknown: String,
    },
    /// A table whose first column names the row.
    Table {
        /// The head of every column.
        head: Vec<String>,
        /// The rows, each as long as the head.
        rows: Vec<Vec<String>>,
    },
}

/// A day of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The day, as the table has it.
    pub day: String,
    /// The day without its year, as the axis has it.
    pub short: String,
    /// The number; none where it is not known.
    pub value: Option<i64>,
}

/// The document as markup within a page.
pub fn body(document: &Document) -> Markup {
    draw! {
        h1 { (document.title) }
        @for line in &document.lines { p.quiet { (line) } }
        @for (at, section) in document.sections.iter().enumerate() {
            section.briefing-part {
                @match (&section.href, section.heading.is_empty()) {
                    (_, true) => {}
                    (Some(href), false) => h2 { a href=(href) { (section.heading) } },
                    (None, false) => h2 { (section.heading) },
                }
                @for part in &section.parts { (piece(part, &section.heading, at)) }
            }
        }
        @if !document.foot.is_empty() { footer.briefing-foot { @for line in &document.foot { p.quiet { (line) } } } }
    }
}

fn piece(part: &Part, heading: &str, at: usize) -> Markup {
    draw! {
        @match part {
            Part::Paragraph(words) => p { (words) },
            Part::Note(words) => p.quiet { (words) },
            Part::Number { value, unit, note } => p.figure-value {
                span.number { (value) } @if !unit.is_empty() { span.unit { (unit) } }
                @if !note.is_empty() { " " span.state { (note) } }
            },
            Part::List(items) => ul { @for item in items { li { (item) } } },
            Part::Table { head, rows } => (crate::part::table::scroll(heading, &table(head, rows))),
            Part::Series { head, points, unknown } => {
                (curve::drawn(&columns(heading, head, points, at), unknown))
                (crate::part::table::scroll(heading, &table(head, &series_rows(points, unknown))))
            }
        }
    }
}

/// A series as a picture: one column a day.
fn columns(heading: &str, head: &[String; 2], points: &[Point], at: usize) -> curve::Chart {
    let days = [points.first(), points.last()].into_iter().flatten();
    let between: Vec<&str> = days.map(|point| point.day.as_str()).collect();
    curve::Chart {
        id: format!("part-{at}"),
        title: heading.to_owned(),
        desc: between.join(" – "),
        unit: head[1].clone(),
        columns_name: heading.to_owned(),
        columns: points
            .iter()
            .map(|point| curve::Column {
                label: point.short.clone(),
                value: point.value.map(|n| n as f64),
                is_partial: false,
            })
            .collect(),
        ..curve::Chart::default()
    }
}

/// The rows of a series as a table.
fn series_rows(points: &[Point], unknown: &str) -> Vec<Vec<String>> {
    let number = |value: &Option<i64>| value.map_or_else(|| unknown.to_owned(), crate::text::grouped);
    points
        .iter()
        .map(|point| vec![point.day.clone(), number(&point.value)])
        .collect()
}

fn table(head: &[String], rows: &[Vec<String>]) -> Markup {
    draw! {
        table {
            thead { tr { @for cell in head { th scope="col" { (cell) } } } }
            tbody {
                @for row in rows {
                    tr {
                        @for (i, cell) in row.iter().enumerate() {
                            @if i == 0 { th scope="row" { (cell) } } @else { td.number { (cell) } }
                        }
                    }
                }
            }
        }
    }
}

/// The look of a document that stands alone: A4, black on white.
const STYLE: &str = "@page{size:A4;margin:25mm 22mm}body{font:16px/1.6 system-ui,sans-serif;max-width:44em;margin:2em auto;padding:0 1em;color:#111}h1{text-align:center;font-size:1.6em}h2{font-size:1.1em;margin:1.4em 0 .2em}.number{font-size:1.4em;font-weight:600}.quiet,.state{color:#555}.unit{margin-left:.2em}table{border-collapse:collapse}td,th{border:1px solid #999;padding:.2em .7em;text-align:left}td.number{font-size:1em;text-align:right}svg{max-width:100%;break-inside:avoid}footer{border-top:1px solid #999;margin-top:2em}";

/// The document as a file of its own that opens anywhere.
pub fn html(document: &Document, lang: Lang) -> String {
    let page = draw! {
        (DOCTYPE)
        html lang=(lang.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { (document.title) }
                style { (PreEscaped(STYLE)) (PreEscaped(curve::FILE_STYLE)) }
            }
            body { (body(&without_links(document))) }
        }
    };
    page.into_string()
}

/// A file that is passed on has no way back into the product.
fn without_links(document: &Document) -> Document {
    let mut document = document.clone();
    for section in &mut document.sections {
        section.href = None;
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_is_text_and_a_file_has_no_links() {
        let document = Document {
            title: "A & B".into(),
            sections: vec![Section {
                heading: "<cases>".into(),
                href: Some("/figures/cases".into()),
                parts: vec![Part::List(vec!["x".into(), "<y>".into()])],
            }],
            ..Document::default()
        };
        let made = html(&document, Lang::En);
        assert!(made.contains("<h1>A &amp; B</h1>"), "{made}");
        assert!(made.contains("<h2>&lt;cases&gt;</h2>"), "{made}");
        assert!(made.contains("<ul><li>x</li><li>&lt;y&gt;</li></ul>"), "{made}");
        assert!(body(&document).into_string().contains("href=\"/figures/cases\""));
    }
}
