//! When in the day somebody is told: at their hour, never in the quiet ones.

/// Hours in which nothing is sent: from one until before the other, over midnight if the first is the later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// The first quiet hour, 0 to 23.
    pub from: i64,
    /// The hour in which it is over; the same as `from` when there are no quiet hours.
    pub to: i64,
}

impl Quiet {
    /// Whether an hour is quiet.
    ///
    /// ```
    /// use lianfang_messages::hours::Quiet;
    ///
    /// let night = Quiet { from: 21, to: 8 };
    /// assert!(night.holds(23) && night.holds(7) && !night.holds(8));
    /// ```
    pub fn holds(self, hour: i64) -> bool {
        if self.from <= self.to {
            (self.from..self.to).contains(&hour)
        } else {
            hour >= self.from || hour < self.to
        }
    }

    /// The hour at which somebody is told who asked for `hour`.
    pub fn allowed(self, hour: i64) -> i64 {
        if self.holds(hour) { self.to } else { hour }
    }
}

/// Whether an hour of the day came since the last look: on the same day after it, on a new day from its beginning.
/// Hours that nobody looked at, because the server was down, are caught up with.
pub fn has_come(hour: i64, now: (i32, i64), last: Option<(i32, i64)>) -> bool {
    let after = match last {
        Some((day, hour)) if day == now.0 => hour,
        _ => -1,
    };
    after < hour && hour <= now.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hour_comes_once_a_day_whenever_somebody_looks() {
        for looks in [vec![0, 1, 2, 9, 10, 23], vec![8, 12, 20], (0..24).collect()] {
            for hour in 0..24 {
                let mut last = Some((1, 23));
                let mut times = 0;
                for look in &looks {
                    times += i32::from(has_come(hour, (2, *look), last));
                    last = Some((2, *look));
                }
                assert_eq!(
                    times,
                    i32::from(looks.iter().any(|look| *look >= hour)),
                    "{hour} {looks:?}"
                );
            }
        }
    }

    #[test]
    fn nobody_is_told_in_quiet_hours() {
        for from in 0..24 {
            for to in 0..24 {
                let quiet = Quiet { from, to };
                for hour in 0..24 {
                    assert!(!quiet.holds(quiet.allowed(hour)), "{quiet:?} {hour}");
                }
            }
        }
    }
}
