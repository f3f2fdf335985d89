//! Digests as text.

use std::fmt::Write;

/// Bytes as hexadecimal digits in lower case.
///
/// ```
/// assert_eq!(lianfang_kernel::hex([0x0a, 0xff]), "0aff");
/// ```
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    let bytes = bytes.as_ref();
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing into text does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
