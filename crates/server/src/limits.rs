//! How often: by device, account, document and day. The caller's address is a soft signal only: villages share one.

use crate::problem::ApiError;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use lianfang_kernel::Day;
use lianfang_kernel::ids::{DeviceId, LoginId};
use ring::digest::{SHA256, digest};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

type Key = [u8; 16];

/// Buckets of everybody who calls.
pub struct Limits {
    account: DefaultKeyedRateLimiter<Key>,
    device: DefaultKeyedRateLimiter<Key>,
    document: DefaultKeyedRateLimiter<Key>,
    sign_in: DefaultKeyedRateLimiter<Key>,
    code: DefaultKeyedRateLimiter<Key>,
    typed: DefaultKeyedRateLimiter<Key>,
    address: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Limits(…)")
    }
}

fn quota(burst: u32, every: Duration) -> Quota {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    Quota::with_period(every)
        .unwrap_or(Quota::per_second(burst))
        .allow_burst(burst)
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            account: RateLimiter::keyed(quota(2_000, Duration::from_millis(5))),
            device: RateLimiter::keyed(quota(60, Duration::from_secs(1))),
            document: RateLimiter::keyed(quota(12, Duration::from_secs(600))),
            sign_in: RateLimiter::keyed(quota(20, Duration::from_secs(3))),
            code: RateLimiter::keyed(quota(10, Duration::from_secs(60))),
            typed: RateLimiter::keyed(quota(120, Duration::from_secs(2))),
            address: RateLimiter::keyed(quota(3_000, Duration::from_millis(2))),
            clock: DefaultClock::default(),
        }
    }
}

impl Limits {
    /// A call of an account.
    ///
    /// # Errors
    /// 429 with the seconds to wait.
    pub fn account(&self, login: LoginId) -> Result<(), ApiError> {
        self.check(&self.account, login.0.into_bytes())
    }

    /// A call of a device.
    ///
    /// # Errors
    /// 429
    pub fn device(&self, device: DeviceId) -> Result<(), ApiError> {
        self.check(&self.device, device.0.into_bytes())
    }

    /// A declaration with a document on a day; only a digest of both is kept, in memory.
    ///
    /// # Errors
    /// 429
    pub fn document(&self, number: &str, day: Day) -> Result<(), ApiError> {
        self.check(
            &self.document,
            key(&format!("{}\u{1f}{day}", lianfang_pass::plain_document(number))),
        )
    }

    /// A sign-in with a name.
    ///
    /// # Errors
    /// 429
    pub fn sign_in(&self, name: &str) -> Result<(), ApiError> {
        self.check(&self.sign_in, key(name))
    }

    /// An attempt at a one-time code from a device, or from an address when there is no device yet.
    ///
    /// # Errors
    /// 429
    pub fn code(&self, who: &str) -> Result<(), ApiError> {
        self.check(&self.code, key(who))
    }

    /// A short code typed by a person at a checkpoint.
    ///
    /// # Errors
    /// 429
    pub fn typed(&self, who: &str) -> Result<(), ApiError> {
        self.check(&self.typed, key(who))
    }

    /// Whether an address calls much. Never a reason to refuse on its own; under load it goes first.
    pub fn is_heavy(&self, address: IpAddr) -> bool {
        self.address.check_key(&address).is_err()
    }

    /// Forgets who has not called for a while.
    pub fn forget_idle(&self) {
        for limiter in [
            &self.account,
            &self.device,
            &self.document,
            &self.sign_in,
            &self.code,
            &self.typed,
        ] {
            limiter.retain_recent();
        }
        self.address.retain_recent();
    }

    fn check(&self, limiter: &DefaultKeyedRateLimiter<Key>, key: Key) -> Result<(), ApiError> {
        limiter.check_key(&key).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now()).as_secs();
            ApiError::too_often(u32::try_from(wait).unwrap_or(u32::MAX).saturating_add(1))
        })
    }
}

fn key(text: &str) -> Key {
    let mut key = [0; 16];
    let digest = digest(&SHA256, text.as_bytes());
    for (to, from) in key.iter_mut().zip(digest.as_ref()) {
        *to = *from;
    }
    key
}
