//! Files that people attach to what they report: pictures and documents. What a file says beside its content (where a
//! picture was taken and with which phone, who wrote a document, what it would run) is gone afterwards.
//!
//! [`clean`] tells what a file is by its first bytes, never by its name, and writes it anew: a picture from its pixels,
//! a document from its objects. What cannot be read is refused with what to do instead.
//!
//! ```
//! use lianfang_attachment::{MediaType, clean};
//!
//! let mut sent = Vec::new();
//! jpeg_encoder::Encoder::new(&mut sent, 90).encode(&[120; 12], 2, 2, jpeg_encoder::ColorType::Rgb).unwrap();
//! let kept = clean(&sent).unwrap();
//! assert_eq!((kept.media_type, kept.size), (MediaType::Jpeg, Some((2, 2))));
//! assert_eq!(clean(b"GIF89a").unwrap_err().code, "bad_attachment");
//! ```
//!
//! To take one more kind of file: a file beside `jpeg.rs`, an arm in [`MediaType::sniff`] and in [`clean`], and the tests
//! the others have: what it said beside its content is gone, broken bytes are refused, a bomb costs little.

mod document;
mod jpeg;
mod picture;
mod png_file;

use lianfang_kernel::{Problem, Words};

/// Largest file that is taken, in bytes.
pub const MOST_BYTES: usize = 10 << 20;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// A picture with losses: photographs.
    Jpeg,
    /// A picture without losses: drawings, pictures of a screen.
    Png,
    /// A document.
    Pdf,
}

impl MediaType {
    /// Its name (RFC 6838).
    pub fn id(self) -> &'static str {
        match self {
            MediaType::Jpeg => "image/jpeg",
            MediaType::Png => "image/png",
            MediaType::Pdf => "application/pdf",
        }
    }

    /// By its name.
    pub fn parse(id: &str) -> Option<MediaType> {
        [MediaType::Jpeg, MediaType::Png, MediaType::Pdf]
            .into_iter()
            .find(|kind| kind.id() == id)
    }

    /// What the name of such a file ends with.
    pub fn ending(self) -> &'static str {
        match self {
            MediaType::Jpeg => "jpg",
            MediaType::Png => "png",
            MediaType::Pdf => "pdf",
        }
    }

    /// Whether it is a picture.
    pub fn is_picture(self) -> bool {
        self != MediaType::Pdf
    }

    /// What the first bytes of a file say it is.
    pub fn sniff(bytes: &[u8]) -> Option<MediaType> {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(MediaType::Jpeg),
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(MediaType::Png),
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(MediaType::Pdf),
            _ => None,
        }
    }
}

/// A file as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// What it is.
    pub media_type: MediaType,
    /// Its content.
    pub bytes: Vec<u8>,
    /// Width and height in pixels, of a picture.
    pub size: Option<(u32, u32)>,
}

impl std::fmt::Debug for Attachment {
    // What somebody attached does not belong in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Attachment({}, {} bytes)", self.media_type.id(), self.bytes.len())
    }
}

/// Reads a file and writes it anew.
///
/// # Errors
/// `too_large`; `bad_attachment`: another kind of file, broken, encrypted, too many pixels.
pub fn clean(bytes: &[u8]) -> Result<Attachment, Problem> {
    if bytes.len() > MOST_BYTES {
        let what = Words::new("文件超过10 MiB", "The file is larger than 10 MiB");
        let hint = Words::new("请缩小图片，或分成几个文件", "Send a smaller picture, or several files");
        return Err(Problem::new("too_large", what, hint).at("file"));
    }
    match MediaType::sniff(bytes) {
        Some(MediaType::Jpeg) => jpeg::clean(bytes),
        Some(MediaType::Png) => png_file::clean(bytes),
        Some(MediaType::Pdf) => document::clean(bytes),
        None => Err(of_another_kind(bytes)),
    }
}

/// Why a file is not taken, with the way out for the kinds that people send by mistake.
fn of_another_kind(bytes: &[u8]) -> Problem {
    let hint = match bytes {
        [] => Words::new("文件是空的，请重新选择", "The file is empty: choose it again"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Words::new(
            "手机的 HEIC 照片请改为 JPEG（相机设置“兼容性最佳”），视频不收",
            "Save a phone's HEIC picture as JPEG (camera setting “Most Compatible”); videos are not taken",
        ),
        [b'P', b'K', ..] | [0xd0, 0xcf, 0x11, 0xe0, ..] => {
            Words::new("文档和表格请另存为 PDF", "Save a text document or a sheet as PDF")
        }
        _ => Words::new("请用 JPEG、PNG 图片或 PDF 文件", "Send a JPEG or PNG picture, or a PDF"),
    };
    let what = Words::new("不收这种文件", "This kind of file is not taken");
    Problem::new("bad_attachment", what, hint).at("file")
}

/// A file that says it is of a kind and cannot be read as one.
fn broken(hint: Words) -> Problem {
    let what = Words::new("文件无法读取", "The file cannot be read");
    Problem::new("bad_attachment", what, hint).at("file")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_sent_by_mistake_gets_the_way_out() {
        let hint = |bytes: &[u8]| clean(bytes).unwrap_err().hint.en;
        assert!(hint(b"\0\0\0\x18ftypheic").contains("HEIC"));
        assert!(hint(b"PK\x03\x04").contains("PDF"));
        assert!(hint(b"").contains("empty"));
        assert!(hint(b"<svg").contains("JPEG"));
    }

    #[test]
    fn more_than_ten_mebibytes_is_too_large() {
        assert_eq!(clean(&vec![0; MOST_BYTES + 1]).unwrap_err().code, "too_large");
    }

    fn of_some_kind() -> impl Strategy<Value = Vec<u8>> {
        let head = prop::sample::select(vec![
            &b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01"[..],
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0\x08\x02",
            b"%PDF-1.7\n1 0 obj\n<< /Length 10 >>\nstream\n",
        ]);
        (head, prop::collection::vec(any::<u8>(), 0..600)).prop_map(|(head, rest)| [head, &rest].concat())
    }

    proptest! {
        #[test]
        fn nonsense_is_refused_without_a_panic(bytes in of_some_kind()) {
            let _ = clean(&bytes);
        }
    }
}
