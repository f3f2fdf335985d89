//! Reading decoded CBOR: maps by their key, numbers, moments.

use ciborium::value::{Integer, Value};
use lianfang_kernel::Instant;

/// Room for texts on their way; longer ones come in pieces. The library's own four kilobytes would be cleared for each of
/// the three readings that a certificate takes.
const SCRATCH_BYTES: usize = 256;

/// Bytes as a value; `None` when they are not CBOR or go on after its end.
pub(crate) fn decode(bytes: &[u8]) -> Option<Value> {
    let (mut rest, mut scratch) = (bytes, [0; SCRATCH_BYTES]);
    let value = ciborium::de::from_reader_with_buffer(&mut rest, &mut scratch).ok()?;
    rest.is_empty().then_some(value)
}

/// What a map holds under a number.
pub(crate) fn get(value: &Value, key: i64) -> Option<&Value> {
    let wanted = Integer::from(key);
    value
        .as_map()?
        .iter()
        .find(|(key, _)| key.as_integer() == Some(wanted))
        .map(|(_, value)| value)
}

/// What a map holds under a name.
pub(crate) fn named<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value
        .as_map()?
        .iter()
        .find(|(key, _)| key.as_text() == Some(name))
        .map(|(_, value)| value)
}

/// A whole number that fits.
pub(crate) fn number(value: &Value) -> Option<i64> {
    i64::try_from(value.as_integer()?).ok()
}

/// A NumericDate (RFC 8392, 2): seconds since 1970, with or without a fraction, with or without its tag.
pub(crate) fn numeric_date(value: &Value) -> Option<Instant> {
    match value {
        Value::Tag(1, inner) => numeric_date(inner),
        Value::Float(seconds) => from_seconds(*seconds),
        other => from_seconds(number(other)? as f64),
    }
}

/// Seconds since 1970 as a moment, to the millisecond; what lies outside of the calendar is its last moment or its first.
pub(crate) fn from_seconds(seconds: f64) -> Option<Instant> {
    let ms = (seconds.is_finite()).then_some(seconds * 1_000.0)?;
    Some(Instant((ms.round() as i64).clamp(Instant::MIN.0, Instant::MAX.0)))
}
