//! Photographs (ITU-T T.81).

use crate::picture::{Pixels, must_fit};
use crate::{Attachment, MediaType, broken};
use exif::{In, Reader, Tag};
use jpeg_encoder::{ColorType, Encoder};
use lianfang_kernel::{Problem, Words};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

/// How well pictures are kept, of 100: the losses are not seen at this.
const QUALITY: u8 = 85;

/// The photograph from its pixels alone: no place, no phone, no time of its own.
///
/// # Errors
/// `bad_attachment`
pub(crate) fn clean(bytes: &[u8]) -> Result<Attachment, Problem> {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(|_| unreadable())?;
    let info = decoder.info().ok_or_else(unreadable)?;
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    must_fit(width, height)?;
    let orientation = decoder.exif().map_or(1, |exif| orientation(exif));
    let bytes = decoder.decode().map_err(|_| unreadable())?;
    if bytes.len() != width * height * 3 {
        return Err(unreadable());
    }
    let pixels = Pixels {
        width,
        height,
        channels: 3,
        bytes,
    };
    write(&pixels.bounded().upright(orientation))
}

fn write(pixels: &Pixels) -> Result<Attachment, Problem> {
    let side = |length: usize| u16::try_from(length).map_err(|_| unreadable());
    let (width, height) = (side(pixels.width)?, side(pixels.height)?);
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes, QUALITY)
        .encode(&pixels.bytes, width, height, ColorType::Rgb)
        .map_err(|_| unreadable())?;
    Ok(Attachment {
        media_type: MediaType::Jpeg,
        bytes,
        size: Some((u32::from(width), u32::from(height))),
    })
}

fn orientation(exif: &[u8]) -> u32 {
    let Ok(read) = Reader::new().read_raw(exif.to_vec()) else {
        return 1;
    };
    read.get_field(Tag::Orientation, In::PRIMARY)
        .and_then(|field| field.value.get_uint(0))
        .unwrap_or(1)
}

fn unreadable() -> Problem {
    broken(Words::new(
        "请重新拍照，或另存后再传",
        "Take the picture again, or save it anew",
    ))
}

/// The segments in which a photograph says things beside its pixels: from APP1 (EXIF, XMP) to APP13 and comments. APP0
/// (JFIF) and APP14 (how colours are to be read) stay.
const SPEAKING: [std::ops::RangeInclusive<u8>; 3] = [0xe1..=0xed, 0xef..=0xef, 0xfe..=0xfe];

/// A photograph inside a document without what it says beside its pixels; as it is when it cannot be followed.
pub(crate) fn silenced(bytes: &[u8]) -> Vec<u8> {
    let mut kept = bytes.get(..2).unwrap_or_default().to_vec();
    let mut rest = bytes.get(2..).unwrap_or_default();
    // Segments of known length come before the first scan; everything behind it is pixels.
    while let [0xff, marker, high, low, ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low])) + 2;
        if *marker == 0xda || rest.len() < length {
            break;
        }
        let (segment, after) = rest.split_at(length);
        if !SPEAKING.iter().any(|speaking| speaking.contains(marker)) {
            kept.extend_from_slice(segment);
        }
        rest = after;
    }
    kept.extend_from_slice(rest);
    kept
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A photograph of two by one pixels, black and white, that says it was taken in a place with the phone upright.
    pub(crate) fn photograph(orientation: u8) -> Vec<u8> {
        let mut plain = Vec::new();
        let pixels: Vec<u8> = (0..16 * 8)
            .flat_map(|i| if i % 16 < 8 { [0; 3] } else { [255; 3] })
            .collect();
        Encoder::new(&mut plain, 100)
            .encode(&pixels, 16, 8, ColorType::Rgb)
            .unwrap();
        let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
        exif.extend(b"GPS 34.5809N 105.7249E");
        let mut bytes = plain[..2].to_vec();
        bytes.extend([0xff, 0xe1]);
        bytes.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
        bytes.extend(exif);
        bytes.extend(&plain[2..]);
        bytes
    }

    fn speaks(bytes: &[u8]) -> bool {
        bytes.windows(4).any(|four| four == b"Exif" || four == b"GPS ")
    }

    #[test]
    fn where_it_was_taken_is_gone_and_the_picture_stands_upright() {
        let sent = photograph(6);
        assert!(speaks(&sent));
        let kept = clean(&sent).unwrap();
        assert!(!speaks(&kept.bytes));
        assert_eq!(kept.size, Some((8, 16)));
        let mut decoder = JpegDecoder::new(ZCursor::new(kept.bytes.as_slice()));
        let pixels = decoder.decode().unwrap();
        // The left half, black, is above after a quarter turn to the right.
        assert!(pixels[0] < 30 && pixels[pixels.len() - 1] > 225);
    }

    #[test]
    fn half_a_photograph_is_not_kept_as_a_whole_one() {
        let sent = photograph(1);
        assert_eq!(clean(&sent[..60]).unwrap_err().code, "bad_attachment");
    }

    #[test]
    fn inside_a_document_only_the_pixels_go_on() {
        let silent = silenced(&photograph(1));
        assert!(!speaks(&silent));
        assert!(JpegDecoder::new(ZCursor::new(silent.as_slice())).decode().is_ok());
        assert_eq!(silenced(b"\xff\xd8"), b"\xff\xd8");
    }
}
