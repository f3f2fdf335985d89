//! When the next attempt is due: longer each time, and not at the same moment for everybody.

use lianfang_kernel::Instant;

/// The first pause.
const FIRST_MS: i64 = 30_000;
/// No pause is longer.
const LONGEST_MS: i64 = 30 * 60_000;
/// After so many attempts a person takes over.
pub const MOST_ATTEMPTS: i64 = 8;
/// How long an attempt may be under way before it counts as broken off: longer than any channel waits.
pub const LEASE_MS: i64 = 120_000;

/// The pause after attempt `attempt` (from 1): between half and the whole of 30 s, 1 min, 2 min … 30 min.
///
/// ```
/// use lianfang_messages::retry::pause_ms;
///
/// assert_eq!(pause_ms(1, 0), 15_000);
/// assert!(pause_ms(20, u64::MAX) <= 30 * 60_000);
/// ```
pub fn pause_ms(attempt: i64, random: u64) -> i64 {
    let doublings = u32::try_from(attempt.clamp(1, 20) - 1).unwrap_or(0);
    let whole = FIRST_MS.saturating_mul(1_i64 << doublings).min(LONGEST_MS);
    let half = whole / 2;
    let spread = i64::try_from(random % u64::try_from(half + 1).unwrap_or(1)).unwrap_or(0);
    half + spread
}

/// When to try again after a failed attempt; none when a person should take over.
pub fn again(attempt: i64, now: Instant, random: u64) -> Option<Instant> {
    (attempt < MOST_ATTEMPTS).then(|| now.plus_ms(pause_ms(attempt, random)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_stay_bounded_and_end() {
        for random in [0, 7, u64::MAX] {
            let pauses: Vec<i64> = (1..=12).map(|attempt| pause_ms(attempt, random)).collect();
            assert!(pauses.windows(2).all(|two| two[0] <= two[1]), "{pauses:?}");
            assert!(pauses.iter().all(|ms| (15_000..=LONGEST_MS).contains(ms)));
        }
        assert!(again(MOST_ATTEMPTS - 1, Instant(0), 0).is_some());
        assert!(again(MOST_ATTEMPTS, Instant(0), 0).is_none());
    }

    #[test]
    fn those_who_failed_together_do_not_come_back_together() {
        let pauses: std::collections::BTreeSet<i64> = (0..100).map(|n| pause_ms(3, n * 7_919_113)).collect();
        assert!(pauses.len() > 50);
    }
}
