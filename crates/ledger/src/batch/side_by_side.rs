//! Many files read and planned on all cores. Threads of its own: a pool that estimates share would let commits wait for them.

use std::num::NonZero;
use std::sync::LazyLock;

/// So many are worth a thread.
const MANY: usize = 64;
/// Threads at most, the caller's among them.
const MOST: usize = 8;

static CORES: LazyLock<usize> = LazyLock::new(|| std::thread::available_parallelism().map_or(1, NonZero::get));

/// What becomes of each, in their order.
pub(crate) fn side_by_side<T: Send, U: Send>(mut items: Vec<T>, make: impl Fn(T) -> U + Sync) -> Vec<U> {
    let hands = CORES.min(MOST).min(items.len() / (MANY / 2));
    if items.len() < MANY || hands < 2 {
        return items.into_iter().map(make).collect();
    }
    let share = items.len().div_ceil(hands);
    let mut shares = Vec::with_capacity(hands);
    while items.len() > share {
        shares.push(items.split_off(items.len() - share));
    }
    let make = &make;
    std::thread::scope(|scope| {
        let others: Vec<_> = shares
            .into_iter()
            .rev()
            .map(|share| scope.spawn(move || share.into_iter().map(make).collect::<Vec<U>>()))
            .collect();
        let mut made: Vec<U> = items.into_iter().map(make).collect();
        for other in others {
            match other.join() {
                Ok(some) => made.extend(some),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        made
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_come_back_in_their_order() {
        for n in [0, 1, MANY - 1, MANY, MANY + 1, 1_000, 1_001] {
            let made = side_by_side((0..n).collect(), |n| 2 * n);
            assert_eq!(made, (0..n).map(|n| 2 * n).collect::<Vec<_>>());
        }
    }
}
