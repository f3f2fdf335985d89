//! The cookie of a resident's device.

/// How long a device keeps its cookie, in seconds.
pub(crate) const DEVICE_S: i64 = 180 * 86_400;
