//! A line without axes beside a number. The number carries the meaning; the line is hidden from screen readers.

use maud::{Markup, html};
use std::fmt::Write as _;

/// The last values as a small line; unknown ones are gaps.
pub fn spark(values: &[Option<f64>]) -> Markup {
    let top = values.iter().flatten().fold(1.0_f64, |a, b| a.max(*b));
    let step = 96.0 / (values.len().max(2) - 1) as f64;
    let mut path = String::new();
    let mut pen_down = false;
    for (i, value) in values.iter().enumerate() {
        match value {
            Some(value) => {
                let verb = if pen_down { 'L' } else { 'M' };
                // Writing to a String does not fail.
                let _ = write!(
                    path,
                    "{verb}{:.1} {:.1}",
                    2.0 + i as f64 * step,
                    26.0 - value.max(0.0) / top * 24.0
                );
                pen_down = true;
            }
            None => pen_down = false,
        }
    }
    html! { svg.spark viewBox="0 0 100 28" width="100" height="28" aria-hidden="true" focusable="false" { path d=(path) {} } }
}
