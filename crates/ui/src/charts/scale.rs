//! From values to places on the page.

/// A linear scale from `0..=top` to `height` units, top of the page at 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Greatest value of the axis.
    pub top: f64,
    /// Distance between marks of the axis.
    pub step: f64,
    /// Height of the drawing.
    pub height: f64,
}

impl Scale {
    /// A scale that holds `greatest` with at most five round marks.
    pub fn new(greatest: f64, height: f64) -> Scale {
        let step = nice(greatest.max(1.0) / 4.0);
        let top = (greatest.max(1.0) / step).ceil() * step;
        Scale { top, step, height }
    }

    /// Place of `value` counted from the top.
    pub fn y(self, value: f64) -> f64 {
        self.height - value.clamp(0.0, self.top) / self.top * self.height
    }

    /// The marks of the axis from zero up.
    pub fn marks(self) -> Vec<f64> {
        let mut marks = Vec::new();
        let mut value = 0.0;
        while value <= self.top + self.step / 2.0 && marks.len() < 20 {
            marks.push(value);
            value += self.step;
        }
        marks
    }
}

/// The smallest of 1, 2, 5 times a power of ten that is at least `wanted`, never under one: counts have no halves.
pub fn nice(wanted: f64) -> f64 {
    if !wanted.is_finite() || wanted <= 1.0 {
        return 1.0;
    }
    let power = 10_f64.powf(wanted.log10().floor());
    for factor in [1.0, 2.0, 5.0, 10.0] {
        if factor * power >= wanted - 1e-9 {
            return factor * power;
        }
    }
    10.0 * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_and_hold_the_greatest_value() {
        let marks = |greatest| Scale::new(greatest, 100.0).marks();
        assert_eq!(marks(0.0), [0.0, 1.0]);
        assert_eq!(marks(7.0), [0.0, 2.0, 4.0, 6.0, 8.0]);
        assert_eq!(marks(188.0), [0.0, 50.0, 100.0, 150.0, 200.0]);
        assert_eq!(marks(f64::NAN), [0.0, 1.0]);
    }

    #[test]
    fn values_outside_stay_inside_the_drawing() {
        let scale = Scale::new(10.0, 100.0);
        assert_eq!((scale.y(-5.0), scale.y(1e9)), (100.0, 0.0));
    }
}
