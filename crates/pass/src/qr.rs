//! The QR code of a text, as SVG.

use fast_qr::convert::Builder;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::{ECL, QRBuilder};

/// Why there is no picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is too long for a QR code")]
pub struct QrError;

/// A QR code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrPicture {
    /// A complete SVG document, dark on white, with the quiet zone of four modules.
    pub svg: String,
    /// Its version, 1 to 40; it has 17 + 4 × version modules a side.
    pub version: usize,
}

/// Draws a text with error correction M: 15 % may be hidden by a scratch or a fold.
///
/// # Errors
/// [`QrError`]
pub fn qr_svg(text: &str) -> Result<QrPicture, QrError> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().map_err(|_| QrError)?;
    let svg = SvgBuilder::default().margin(4).to_str(&code);
    Ok(QrPicture {
        svg,
        version: code.size.saturating_sub(17) / 4,
    })
}
