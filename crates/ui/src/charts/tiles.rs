//! Where the tiles of a schematic map stand: rows of equal tiles in the order of the region tree.
//!
//! Regions are kept without coordinates, so a map of them is a schematic. Places follow from the number of regions, their
//! names and how many regions lie in each, and never from what is shown: a reader finds a region where it was yesterday.

/// A drawing to lay tiles out in; lengths in the drawing's own units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// Width of the drawing.
    pub width: f64,
    /// Size of the text.
    pub text: f64,
    /// A tile is at least so wide, if the drawing is.
    pub least: f64,
    /// Height to be filled; as high as it needs to be when none.
    pub height: Option<f64>,
}

impl Shape {
    /// A page at a desk.
    pub const WIDE: Shape = Shape {
        width: 840.0,
        text: 14.0,
        least: 156.0,
        height: None,
    };
    /// A phone.
    pub const NARROW: Shape = Shape {
        width: 344.0,
        text: 15.0,
        least: 150.0,
        height: None,
    };
    /// The left half of the wall screen, drawn at its own size: text of 24 px.
    pub const WALL: Shape = Shape {
        width: 1060.0,
        text: 26.0,
        least: 204.0,
        height: Some(410.0),
    };
}

/// What of a tile decides how much room it needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Need {
    /// Its name.
    pub name: String,
    /// Lines under the value.
    pub lines: usize,
    /// Regions inside it.
    pub cells: usize,
}

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// Places of all tiles, and what is the same in every one of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// Each tile, in order.
    pub places: Vec<Place>,
    /// Lines that names are given.
    pub name_lines: usize,
    /// Lines under the value that there is room for.
    pub lines: usize,
    /// Side of the square of a region inside a tile.
    pub cell: f64,
    /// Squares side by side.
    pub cells_across: usize,
    /// Rows of squares that there is room for.
    pub cell_rows: usize,
    /// Height of the whole.
    pub height: f64,
}

/// Lines of a name at most; what does not fit is cut, and stands whole in the table.
const NAME_LINES: usize = 2;
/// Height of a line, of the line of the value, and the edge inside a tile, in sizes of the text.
pub(super) const LINE: f64 = 1.3;
pub(super) const VALUE_LINE: f64 = 1.9;
pub(super) const PAD: f64 = 0.6;
const GAP: f64 = 0.4;
const CELL: f64 = 0.78;
/// Room between squares, of their side.
pub(super) const CELL_GAP: f64 = 0.22;

/// Lays tiles out.
pub fn lay_out(shape: Shape, needs: &[Need]) -> Layout {
    if needs.is_empty() {
        return Layout::default();
    }
    let gap = GAP * shape.text;
    let across = (((shape.width + gap) / (shape.least + gap)).floor() as usize).clamp(1, needs.len());
    // Rows as even as they can be: five of at most four are three and two.
    let rows = needs.len().div_ceil(across);
    let across = needs.len().div_ceil(rows);
    let width = (shape.width - gap * (across - 1) as f64) / across as f64;
    let inner = width - 2.0 * PAD * shape.text;
    let mut layout = Layout {
        name_lines: name_lines(shape, needs, inner),
        lines: needs.iter().map(|need| need.lines).max().unwrap_or(0),
        cell: CELL * shape.text,
        ..Layout::default()
    };
    let step = layout.cell * (1.0 + CELL_GAP);
    layout.cells_across = ((inner + layout.cell * CELL_GAP) / step).floor().max(1.0) as usize;
    let most = needs.iter().map(|need| need.cells).max().unwrap_or(0);
    layout.cell_rows = most.div_ceil(layout.cells_across);
    let height = match shape.height {
        None => needed(shape, &layout),
        Some(whole) => {
            let height = (whole - gap * (rows - 1) as f64) / rows as f64;
            // What matters least goes first.
            while layout.cell_rows > 0 && needed(shape, &layout) > height {
                layout.cell_rows -= 1;
            }
            while layout.name_lines > 1 && needed(shape, &layout) > height {
                layout.name_lines -= 1;
            }
            while layout.lines > 0 && needed(shape, &layout) > height {
                layout.lines -= 1;
            }
            height
        }
    };
    let place = |i: usize| Place {
        x: (i % across) as f64 * (width + gap),
        y: (i / across) as f64 * (height + gap),
        width,
        height,
    };
    layout.places = (0..needs.len()).map(place).collect();
    layout.height = rows as f64 * (height + gap) - gap;
    layout
}

/// Height that a tile needs.
fn needed(shape: Shape, layout: &Layout) -> f64 {
    let lines = LINE * (layout.name_lines + layout.lines) as f64 + VALUE_LINE;
    let cells = match layout.cell_rows {
        0 => 0.0,
        rows => rows as f64 * layout.cell * (1.0 + CELL_GAP) + 0.3 * shape.text,
    };
    shape.text * (lines + 2.0 * PAD) + cells
}

fn name_lines(shape: Shape, needs: &[Need], inner: f64) -> usize {
    let lines = |need: &Need| wrapped(&need.name, inner / shape.text, NAME_LINES).len();
    needs.iter().map(lines).max().unwrap_or(1).max(1)
}

/// Width of a character in sizes of the text: an estimate, on the safe side for bold type.
fn width_of(c: char) -> f64 {
    match c {
        // Narrow letters, marks and digits; everything else of ASCII; all other scripts count as square.
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | 'I' | '.' | ',' | '\'' | '’' | ':' | '|' | ' ' | '(' | ')' => 0.4,
        'm' | 'w' | 'M' | 'W' | '%' => 0.95,
        c if c.is_ascii() => 0.62,
        _ => 1.0,
    }
}

/// Width of a text in sizes of the text.
pub(super) fn width(text: &str) -> f64 {
    text.chars().map(width_of).sum()
}

/// A text in at most so many lines of that width; the last ends in `…` when something is left over.
pub(super) fn wrapped(text: &str, width_of_line: f64, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut rest = text.trim();
    while let Some(piece) = first_piece(rest) {
        rest = &rest[piece.len()..];
        if line.is_empty() || width(&line) + width(piece.trim_end()) <= width_of_line {
            line.push_str(piece);
        } else if lines.len() + 1 < most.max(1) {
            lines.push(std::mem::replace(&mut line, piece.trim_start().to_owned()));
        } else {
            line.push_str(piece);
            line.push_str(rest);
            break;
        }
    }
    lines.push(line);
    for line in &mut lines {
        *line = cut(line.trim_end(), width_of_line);
    }
    lines
}

/// What a line is not broken inside of: a Latin word with its space, or one character of another script.
fn first_piece(text: &str) -> Option<&str> {
    let mut chars = text.char_indices();
    let (_, first) = chars.next()?;
    if !first.is_ascii() {
        return Some(&text[..first.len_utf8()]);
    }
    let mut was_space = first == ' ';
    for (at, c) in chars {
        if !c.is_ascii() || (was_space && c != ' ') {
            return Some(&text[..at]);
        }
        was_space = c == ' ';
    }
    Some(text)
}

fn cut(line: &str, width_of_line: f64) -> String {
    if width(line) <= width_of_line {
        return line.to_owned();
    }
    let mut kept = String::new();
    for c in line.chars() {
        if width(&kept) + width_of(c) + 1.0 > width_of_line {
            break;
        }
        kept.push(c);
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shapes() -> impl Strategy<Value = Shape> {
        prop_oneof![Just(Shape::WIDE), Just(Shape::NARROW), Just(Shape::WALL)]
    }

    fn needs() -> impl Strategy<Value = Vec<Need>> {
        let need = ("[镇乡区县A-Za-z ]{0,24}", 0..4_usize, 0..60_usize);
        prop::collection::vec(need, 1..70).prop_map(|all| {
            let need = |(name, lines, cells)| Need { name, lines, cells };
            all.into_iter().map(need).collect()
        })
    }

    proptest! {
        #[test]
        fn tiles_lie_inside_the_drawing_and_on_no_other(shape in shapes(), needs in needs()) {
            let found = lay_out(shape, &needs);
            prop_assert_eq!(found.places.len(), needs.len());
            for (i, a) in found.places.iter().enumerate() {
                prop_assert!(a.x >= -1e-9 && a.x + a.width <= shape.width + 1e-6);
                prop_assert!(a.y >= -1e-9 && a.y + a.height <= found.height + 1e-6);
                for b in &found.places[i + 1..] {
                    let beside = a.x + a.width <= b.x + 1e-6 || b.x + b.width <= a.x + 1e-6;
                    let above = a.y + a.height <= b.y + 1e-6 || b.y + b.height <= a.y + 1e-6;
                    prop_assert!(beside || above, "{a:?} {b:?}");
                }
            }
            if let Some(height) = shape.height {
                prop_assert!((found.height - height).abs() < 1e-6);
            }
        }

        #[test]
        fn tiles_follow_the_order_of_the_tree_row_by_row(shape in shapes(), needs in needs()) {
            let places = lay_out(shape, &needs).places;
            for pair in places.windows(2) {
                prop_assert!((pair[0].y, pair[0].x) < (pair[1].y, pair[1].x));
            }
        }

        #[test]
        fn where_there_is_no_set_height_everything_finds_room(needs in needs()) {
            let found = lay_out(Shape::WIDE, &needs);
            let most = needs.iter().map(|need| need.cells).max().unwrap_or(0);
            prop_assert!(found.cells_across * found.cell_rows >= most);
            prop_assert_eq!(found.lines, needs.iter().map(|need| need.lines).max().unwrap_or(0));
            prop_assert!(found.places[0].height + 1e-6 >= needed(Shape::WIDE, &found));
            let step = found.cell * (1.0 + CELL_GAP);
            let across = found.cells_across as f64 * step - found.cell * CELL_GAP;
            prop_assert!(across <= found.places[0].width - 2.0 * PAD * Shape::WIDE.text + 1e-6);
        }

        #[test]
        fn a_name_keeps_to_its_lines_and_loses_only_its_end(name in "[镇乡区县村街A-Za-z ]{1,40}", room in 4.0..30.0_f64, most in 1..3_usize) {
            let lines = wrapped(&name, room, most);
            prop_assert!(lines.len() <= most);
            prop_assert!(lines.iter().all(|line| width(line) <= room + 1e-9), "{lines:?}");
            let plain = |text: &str| text.replace([' ', '…'], "");
            prop_assert!(lines.iter().any(|line| line.ends_with('…')) || plain(&name) == plain(&lines.concat()));
        }
    }

    #[test]
    fn eight_counties_are_two_rows_of_four_and_a_phone_has_two_side_by_side() {
        let needs = vec![Need::default(); 8];
        let rows = |shape| {
            let mut rows: Vec<i64> = lay_out(shape, &needs)
                .places
                .iter()
                .map(|place| place.y as i64)
                .collect();
            rows.dedup();
            rows.len()
        };
        assert_eq!((rows(Shape::WIDE), rows(Shape::NARROW), rows(Shape::WALL)), (2, 4, 2));
        assert_eq!(lay_out(Shape::WIDE, &[]), Layout::default());
    }
}
