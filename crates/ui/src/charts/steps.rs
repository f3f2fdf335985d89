//! From numbers to the five grounds of a map.

use super::{Look, nice};
use crate::text;

/// From numbers to the five steps of a ground: none, and four times a few times more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    /// The greatest number of steps 1, 2 and 3; more is step 4, nothing is step 0.
    bounds: [i64; 3],
    /// The numbers are rates: between two whole ones there are others.
    are_rates: bool,
}

impl Steps {
    /// Steps up to the greatest number, each a few times as wide as the one before: counts of diseases differ by powers.
    pub fn up_to(greatest: i64) -> Steps {
        let greatest = greatest.max(4) as f64;
        let bound = |share: f64, least: i64| (nice(greatest.powf(share)) as i64).max(least);
        let first = bound(0.25, 1);
        let second = bound(0.5, first + 1);
        Steps {
            bounds: [first, second, bound(0.75, second + 1)],
            are_rates: false,
        }
    }

    /// The same for rates: a step begins above a whole number and not at the next.
    pub fn of_rates(greatest: i64) -> Steps {
        Steps {
            are_rates: true,
            ..Steps::up_to(greatest)
        }
    }

    /// The step of a number; a revision below nothing is nothing.
    pub fn step(self, n: i64) -> u8 {
        match n {
            n if n <= 0 => 0,
            n => 1 + self.bounds.iter().filter(|bound| n > **bound).count() as u8,
        }
    }

    /// The ground of a number.
    pub fn look(self, n: i64) -> Look {
        Look::Step(self.step(n))
    }

    /// What a step stands for: "3–10".
    pub fn words(self, step: u8) -> String {
        let [a, b, c] = self.bounds;
        let span = |from: i64, to: i64| match from == to {
            true => text::grouped(from),
            false => format!("{}–{}", text::grouped(from), text::grouped(to)),
        };
        match step {
            0 => "0".to_owned(),
            1 if self.are_rates => format!("≤ {}", text::grouped(a)),
            2 if self.are_rates => format!("> {}–{}", text::grouped(a), text::grouped(b)),
            3 if self.are_rates => format!("> {}–{}", text::grouped(b), text::grouped(c)),
            1 => span(1, a),
            2 => span(a + 1, b),
            3 => span(b + 1, c),
            _ => format!("> {}", text::grouped(c)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn steps_rise_with_numbers_and_say_what_they_hold(greatest in 0..2_000_000_i64, n in -5..2_000_000_i64) {
            let steps = Steps::up_to(greatest);
            prop_assert!(steps.step(n) <= steps.step(n + 1));
            prop_assert_eq!(steps.step(n) == 0, n <= 0);
            let [a, b, c] = steps.bounds;
            prop_assert!(1 <= a && a < b && b < c);
            prop_assert_eq!(steps.step(c + 1), 4);
        }
    }

    #[test]
    fn a_rate_below_a_whole_number_is_no_zero_and_its_step_says_so() {
        let steps = Steps::of_rates(8);
        assert_eq!((steps.step(0), steps.step(1)), (0, 1));
        assert_eq!((steps.words(0).as_str(), steps.words(1).as_str()), ("0", "≤ 2"));
        assert!(steps.words(2).starts_with("> 2–"));
    }
}
