//! Code 128, the bars that tube labels carry: set B, so any printable ASCII, drawn as one path.

use crate::Markup;
use maud::html;

/// Widths of bars and spaces in turn, by value; the last is the stop.
const PATTERNS: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213", "221312",
    "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132", "221231", "213212",
    "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211", "212123", "212321", "232121",
    "111323", "131123", "131321", "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331",
    "132131", "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131", "311123",
    "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111", "111224", "111422", "121124",
    "121421", "141122", "141221", "112214", "112412", "122114", "122411", "142112", "142211", "241211", "221114",
    "413111", "241112", "134111", "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112",
    "421211", "212141", "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];
/// Start in set B.
const START: usize = 104;
const STOP: usize = 106;
/// Blank modules on either side, without which no scanner finds the bars.
const QUIET: usize = 10;
/// Height in modules.
const HEIGHT: usize = 40;

/// The values of a text with start, check and stop; none where set B has not all of its characters.
fn values(text: &str) -> Option<Vec<usize>> {
    let is_printable = |c: char| (' '..='~').contains(&c);
    if text.is_empty() || !text.chars().all(is_printable) {
        return None;
    }
    let mut values = vec![START];
    values.extend(text.bytes().map(|byte| usize::from(byte) - 32));
    let weighed = values.iter().enumerate().map(|(at, value)| at.max(1) * value);
    let check = weighed.sum::<usize>() % 103;
    values.extend([check, STOP]);
    Some(values)
}

/// The bars of a text as a picture, with the text as its name; nothing where it cannot be written in them.
pub fn code128(text: &str) -> Markup {
    let Some(values) = values(text) else {
        return html! {};
    };
    let (mut path, mut x) = (String::new(), QUIET);
    for pattern in values.iter().filter_map(|value| PATTERNS.get(*value)) {
        let mut is_bar = true;
        for width in pattern.bytes().map(|byte| usize::from(byte - b'0')) {
            if is_bar {
                path.push_str(&format!("M{x} 0h{width}v{HEIGHT}h-{width}z"));
            }
            x += width;
            is_bar = !is_bar;
        }
    }
    let view_box = format!("0 0 {} {HEIGHT}", x + QUIET);
    html! {
        svg.bars viewBox=(view_box) role="img" aria-label=(text) preserveAspectRatio="none" shape-rendering="crispEdges" {
            path d=(path) {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_pattern_is_eleven_modules_wide_and_its_own() {
        let width = |pattern: &str| pattern.bytes().map(|byte| usize::from(byte - b'0')).sum::<usize>();
        let (stop, all) = PATTERNS.split_last().unwrap();
        assert!(all.iter().all(|pattern| width(pattern) == 11 && pattern.len() == 6));
        assert_eq!(width(stop), 13);
        assert_eq!(PATTERNS.iter().collect::<BTreeSet<_>>().len(), PATTERNS.len());
        // Bars are an even number of modules in every value: scanners check it.
        let bars = |pattern: &str| {
            pattern
                .bytes()
                .step_by(2)
                .map(|byte| usize::from(byte - b'0'))
                .sum::<usize>()
        };
        assert!(all.iter().all(|pattern| bars(pattern) % 2 == 0));
    }

    #[test]
    fn the_check_weighs_every_character_by_its_place() {
        let values = values("PJJ123C").unwrap();
        let sum: usize = 104
            + [48, 42, 42, 17, 18, 19, 35]
                .iter()
                .zip(1..)
                .map(|(value, at)| value * at)
                .sum::<usize>();
        assert_eq!(values[values.len() - 2], sum % 103);
        assert_eq!(values.first(), Some(&START));
        assert_eq!(values.last(), Some(&STOP));
    }

    #[test]
    fn what_the_bars_cannot_say_is_not_drawn() {
        for text in ["", "管1", "a\u{7f}"] {
            assert!(code128(text).into_string().is_empty(), "{text}");
        }
        assert!(code128("R1A-00001").into_string().contains("aria-label=\"R1A-00001\""));
    }
}
