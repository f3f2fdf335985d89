//! Drawings and pictures of a screen (ISO/IEC 15948).

use crate::picture::{MOST_PIXELS, Pixels, must_fit};
use crate::{Attachment, MediaType, broken};
use lianfang_kernel::{Problem, Words};
use png::{ColorType, Decoder, Encoder, Limits, Transformations};
use std::io::Cursor;

/// Bytes a decoder may use beside the picture itself.
const LEEWAY: usize = 1 << 20;

/// The picture from its pixels alone: no texts, no times; of a moving one the first.
///
/// # Errors
/// `bad_attachment`
pub(crate) fn clean(bytes: &[u8]) -> Result<Attachment, Problem> {
    let limits = Limits {
        bytes: MOST_PIXELS * 4 + LEEWAY,
    };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    let mut reader = decoder.read_info().map_err(|_| unreadable())?;
    let (width, height) = reader.info().size();
    let (width, height) = (width as usize, height as usize);
    must_fit(width, height)?;
    let mut bytes = vec![0; reader.output_buffer_size().ok_or_else(unreadable)?];
    let frame = reader.next_frame(&mut bytes).map_err(|_| unreadable())?;
    bytes.truncate(frame.buffer_size());
    let pixels = Pixels {
        width,
        height,
        channels: frame.color_type.samples(),
        bytes,
    };
    write(&pixels.bounded(), frame.color_type)
}

fn write(pixels: &Pixels, color: ColorType) -> Result<Attachment, Problem> {
    let side = |length: usize| u32::try_from(length).map_err(|_| unreadable());
    let (width, height) = (side(pixels.width)?, side(pixels.height)?);
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width, height);
    encoder.set_color(color);
    let mut writer = encoder.write_header().map_err(|_| unreadable())?;
    writer.write_image_data(&pixels.bytes).map_err(|_| unreadable())?;
    writer.finish().map_err(|_| unreadable())?;
    Ok(Attachment {
        media_type: MediaType::Png,
        bytes,
        size: Some((width, height)),
    })
}

fn unreadable() -> Problem {
    broken(Words::new("请重新截图，或另存后再传", "Take it again, or save it anew"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn speaking() -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, 2, 1);
        encoder.set_color(ColorType::Rgb);
        encoder.add_text_chunk("Author".into(), "Zhang San".into()).unwrap();
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(&[1, 2, 3, 4, 5, 6]).unwrap();
        writer.finish().unwrap();
        bytes
    }

    #[test]
    fn texts_are_gone_and_every_pixel_is_the_same() {
        let sent = speaking();
        let kept = clean(&sent).unwrap();
        assert_eq!(kept.size, Some((2, 1)));
        let says = |bytes: &[u8]| bytes.windows(5).any(|five| five == b"Zhang");
        assert!(says(&sent) && !says(&kept.bytes));
        let mut reader = Decoder::new(Cursor::new(kept.bytes)).read_info().unwrap();
        let mut pixels = [0; 6];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(pixels, [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn a_picture_that_claims_to_be_huge_is_refused_before_it_is_read() {
        let mut sent = speaking();
        sent[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
        assert_eq!(clean(&sent).unwrap_err().code, "bad_attachment");
    }
}
