//! A clock that walks through a made-up past and then follows the machine's.

use lianfang_kernel::{Clock, Instant, ManualClock, SystemClock};
use std::sync::atomic::{AtomicBool, Ordering};

/// Manual until [`HandOverClock::hand_over`], the machine's afterwards.
#[derive(Debug)]
pub struct HandOverClock {
    manual: ManualClock,
    follows_machine: AtomicBool,
}

impl HandOverClock {
    /// Stands where `manual` stands.
    pub fn new(manual: ManualClock) -> HandOverClock {
        HandOverClock {
            manual,
            follows_machine: AtomicBool::new(false),
        }
    }

    /// From now on tells the machine's time.
    pub fn hand_over(&self) {
        self.follows_machine.store(true, Ordering::SeqCst);
    }
}

impl Clock for HandOverClock {
    fn now(&self) -> Instant {
        if self.follows_machine.load(Ordering::SeqCst) {
            SystemClock.now()
        } else {
            self.manual.now()
        }
    }
}
