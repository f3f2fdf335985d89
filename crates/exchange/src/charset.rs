//! Which characters the bytes of a text file mean.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8};

use crate::sheet::SheetError;

/// Decodes a text file: by its byte order mark, else UTF-8, else GB 18030, which is what spreadsheets in China save.
///
/// A UTF-8 file with a broken place must not be read as GB 18030, which would give wrong characters everywhere without
/// a word. Two intact three-byte sequences before the break are taken as proof of UTF-8: in GB 18030 text they
/// practically do not occur.
///
/// # Errors
/// Bytes that are neither.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, SheetError> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return decode_as(encoding, &bytes[mark..]);
    }
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(Cow::Borrowed(text)),
        Err(error) => error,
    };
    let intact = &bytes[..error.valid_up_to()];
    let three_byte_sequences = intact.iter().filter(|byte| **byte >= 0xE0).count();
    if three_byte_sequences >= 2 {
        return Err(broken(UTF_8, intact));
    }
    decode_as(GB18030, bytes)
}

fn decode_as<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Result<Cow<'a, str>, SheetError> {
    match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => Ok(text),
        None => {
            let (text, _) = encoding.decode_without_bom_handling(bytes);
            let before = text.split('\u{FFFD}').next().unwrap_or_default();
            Err(broken(encoding, before.as_bytes()))
        }
    }
}

fn broken(encoding: &'static Encoding, intact: &[u8]) -> SheetError {
    let line = 1 + intact.iter().filter(|byte| **byte == b'\n').count() as u64;
    SheetError::Characters {
        encoding: encoding.name(),
        line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_characters_are_told_by_mark_or_content() {
        assert_eq!(decode("\u{feff}姓名".as_bytes()).unwrap(), "姓名");
        assert_eq!(decode(&GB18030.encode("姓名,㑇").0).unwrap(), "姓名,㑇");
        assert_eq!(decode(&[0xFF, 0xFE, 0x41, 0x00]).unwrap(), "A");
        assert_eq!(decode(b"").unwrap(), "");
    }

    #[test]
    fn a_broken_place_is_reported_with_its_line_instead_of_read_wrongly() {
        let mut bytes = "姓名\n张三\n".as_bytes().to_vec();
        bytes.extend([0xE5, 0x28, b'\n']);
        assert!(matches!(
            decode(&bytes),
            Err(SheetError::Characters {
                encoding: "UTF-8",
                line: 3
            })
        ));
        assert!(matches!(
            decode(&[b'a', b'\n', 0xFF, 0x28]),
            Err(SheetError::Characters {
                encoding: "gb18030",
                line: 2
            })
        ));
    }
}
