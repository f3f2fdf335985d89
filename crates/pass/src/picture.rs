//! A pass as a picture (PNG): its code, and under it a few lines that a guard can read.
//!
//! For browsers without script, which save nothing but pictures that they were sent. The letters are those of ISO
//! 8859-1: a font with all Chinese characters would be larger than the whole program, and a phone with script draws the
//! picture itself, in its own language.

use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::iso_8859_1::FONT_10X20;
use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::prelude::{DrawTarget, Drawable, OriginDimensions, Pixel, Point, Size};
use embedded_graphics::text::{Alignment, Text};
use fast_qr::{ECL, QRBuilder};

use crate::qr::QrError;

/// Modules around the code.
const QUIET: usize = 4;
/// Pixels a module.
const MODULE: usize = 12;
/// Pixels a point of the font has a side, and those from line to line.
const POINT: usize = 3;
const LINE: usize = 26 * POINT;
/// Points of the font's letters, in width.
const LETTER: usize = 10;

/// Black on white; a text is drawn in points of several pixels.
struct Sheet {
    width: usize,
    height: usize,
    is_dark: Vec<bool>,
}

impl Sheet {
    fn new(width: usize, height: usize) -> Sheet {
        Sheet {
            width,
            height,
            is_dark: vec![false; width * height],
        }
    }

    /// A dark square; what is outside of the sheet is left out.
    fn square(&mut self, left: usize, top: usize, side: usize) {
        for y in top..(top + side).min(self.height) {
            let row = y * self.width;
            let right = (left + side).min(self.width);
            if left < right {
                self.is_dark[row + left..row + right].fill(true);
            }
        }
    }

    fn png(&self) -> Result<Vec<u8>, QrError> {
        let mut out = Vec::new();
        let size = |pixels: usize| u32::try_from(pixels).map_err(|_| QrError);
        let mut encoder = png::Encoder::new(&mut out, size(self.width)?, size(self.height)?);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        let rows = self.is_dark.chunks(self.width);
        let packed: Vec<u8> = rows
            .flat_map(|row| {
                row.chunks(8).map(|pixels| {
                    let dark = pixels.iter().enumerate();
                    dark.fold(0xFF, |byte: u8, (index, is_dark)| {
                        byte & !(u8::from(*is_dark) << (7 - index))
                    })
                })
            })
            .collect();
        let mut writer = encoder.write_header().map_err(|_| QrError)?;
        writer.write_image_data(&packed).map_err(|_| QrError)?;
        writer.finish().map_err(|_| QrError)?;
        Ok(out)
    }
}

impl OriginDimensions for Sheet {
    fn size(&self) -> Size {
        let points = |pixels: usize| u32::try_from(pixels / POINT).unwrap_or(u32::MAX);
        Size::new(points(self.width), points(self.height))
    }
}

impl DrawTarget for Sheet {
    type Color = BinaryColor;
    type Error = std::convert::Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<BinaryColor>>>(&mut self, pixels: I) -> Result<(), Self::Error> {
        for Pixel(Point { x, y }, color) in pixels {
            if let (Ok(x), Ok(y), true) = (usize::try_from(x), usize::try_from(y), color.is_on()) {
                self.square(x * POINT, y * POINT, POINT);
            }
        }
        Ok(())
    }
}

/// Draws the code of a text with error correction M, and lines of letters in the middle under it. What the font does
/// not have is drawn as a question mark.
///
/// # Errors
/// [`QrError`]
///
/// ```
/// let png = lianfang_pass::png_picture("LF1:6BFOXN*TS0BI$ZD", &["2020-02-05", "00:00 - 24:00"])?;
/// assert!(png.starts_with(b"\x89PNG"));
/// # Ok::<(), lianfang_pass::QrError>(())
/// ```
pub fn png_picture(text: &str, lines: &[&str]) -> Result<Vec<u8>, QrError> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().map_err(|_| QrError)?;
    let side = (code.size + 2 * QUIET) * MODULE;
    let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let width = side.max((longest + 2) * LETTER * POINT);
    let mut sheet = Sheet::new(
        width,
        side + lines.len() * LINE + if lines.is_empty() { 0 } else { LINE / 2 },
    );
    let left = (width - side) / 2;
    for row in 0..code.size {
        for (column, module) in code[row].iter().enumerate().take(code.size) {
            if module.value() {
                sheet.square(left + (column + QUIET) * MODULE, (row + QUIET) * MODULE, MODULE);
            }
        }
    }
    let style = MonoTextStyle::new(&FONT_10X20, BinaryColor::On);
    for (index, line) in lines.iter().enumerate() {
        let points = |pixels: usize| i32::try_from(pixels / POINT).unwrap_or(i32::MAX);
        let at = Point::new(points(width / 2), points(side + index * LINE + LINE / 2));
        let Ok(_) = Text::with_alignment(line, at, style, Alignment::Center).draw(&mut sheet);
    }
    sheet.png()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Width and height as the file's header says them (PNG, 11.2.2).
    fn size(png: &[u8]) -> (u32, u32) {
        let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
        (number(16), number(20))
    }

    #[test]
    fn the_picture_grows_with_its_lines_and_holds_the_code_and_the_letters() {
        let bare = png_picture("LF1:6BFOXN*TS0BI$ZD", &[]).unwrap();
        let lines = ["2020-02-05", "00:00 - 24:00"];
        let read = png_picture("LF1:6BFOXN*TS0BI$ZD", &lines).unwrap();
        let ((width, height), (wide, high)) = (size(&bare), size(&read));
        assert_eq!(width, height);
        assert_eq!(
            wide, 450,
            "fifteen letters of thirty pixels are wider than a small code"
        );
        assert_eq!(high - height, 2 * 78 + 39);
        assert!(read.len() > bare.len());
    }

    #[test]
    fn other_letters_and_long_lines_draw_something_and_too_long_a_code_nothing() {
        assert!(png_picture("LF1:A", &["珲春市", &"x".repeat(200)]).is_ok());
        assert_eq!(png_picture(&"x".repeat(5_000), &[]), Err(QrError));
    }
}
