//! How long things took, as benchmarks tell it.

use std::time::Duration;

/// Milliseconds, to a tenth.
pub(super) fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}

/// Seconds, to a tenth.
pub(super) fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 10.0).round() / 10.0
}

/// Puts them in order and gives the half and the ninety-ninth hundredth.
pub(super) fn quantiles(times: &mut [Duration]) -> (Duration, Duration) {
    times.sort_unstable();
    let at = |n: usize| times.get(times.len() * n / 100).copied().unwrap_or_default();
    (at(50), at(99))
}
