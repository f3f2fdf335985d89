//! Binding a pass to its holder without naming them.

use lianfang_kernel::identity::half_width;
use ring::digest::{SHA256, digest};

/// The number of a document as it is hashed: half-width, upper case, letters and digits of ASCII only.
///
/// ```
/// assert_eq!(lianfang_pass::plain_document(" 110105-１９４９ x"), "1101051949X");
/// ```
pub fn plain_document(number: &str) -> String {
    half_width(number)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// The first 20 bits of SHA-256(pass id ‖ document number). The random id makes it another value on every pass, so that
/// two passes of one person cannot be told to be theirs; a stranger's number fits one pass in a million.
pub fn holder_digest(pass_id: &[u8; 16], document_number: &str) -> u32 {
    let mut input = pass_id.to_vec();
    input.extend(plain_document(document_number).bytes());
    match *digest(&SHA256, &input).as_ref() {
        [a, b, c, ..] => (u32::from(a) << 12) | (u32::from(b) << 4) | (u32::from(c) >> 4),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_has_twenty_bits_and_depends_on_both() {
        let one = holder_digest(&[1; 16], "11010519491231002X");
        assert!(one < 1 << 20);
        assert_eq!(one, holder_digest(&[1; 16], "11010519491231002x"));
        assert_ne!(one, holder_digest(&[2; 16], "11010519491231002X"));
        assert_ne!(one, holder_digest(&[1; 16], "440524188001010014"));
    }
}
