//! Pixels: turned upright, and no more of them than somebody looks at.

use crate::broken;
use lianfang_kernel::{Problem, Words};

/// Most pixels that are read: those of the largest ordinary phone pictures, 150 MB in memory.
pub(crate) const MOST_PIXELS: usize = 50_000_000;
/// The longer side of what is kept: an A4 page at 260 dots an inch, letters of 6 points are read.
const LONGEST_SIDE: usize = 3_072;

/// Rows of pixels, `channels` bytes each.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pixels {
    pub width: usize,
    pub height: usize,
    pub channels: usize,
    pub bytes: Vec<u8>,
}

/// Refuses what would not fit into memory.
///
/// # Errors
/// `bad_attachment`
pub(crate) fn must_fit(width: usize, height: usize) -> Result<(), Problem> {
    let pixels = width.saturating_mul(height);
    if (1..=MOST_PIXELS).contains(&pixels) {
        return Ok(());
    }
    let hint = Words::new(
        "图片最多5000万像素，请缩小后再传",
        "A picture has 50 million pixels at most: send a smaller one",
    );
    Err(broken(hint))
}

impl Pixels {
    fn at(&self, x: usize, y: usize) -> &[u8] {
        let from = (y * self.width + x) * self.channels;
        self.bytes.get(from..from + self.channels).unwrap_or_default()
    }

    /// Upright, by the number that cameras write (EXIF 2.32, 4.6.4 A, Orientation: 1 is upright already).
    pub fn upright(self, orientation: u32) -> Pixels {
        if !(2..=8).contains(&orientation) {
            return self;
        }
        let (w, h) = (self.width, self.height);
        let (width, height) = if orientation >= 5 { (h, w) } else { (w, h) };
        let mut bytes = Vec::with_capacity(self.bytes.len());
        for y in 0..height {
            for x in 0..width {
                let (from_x, from_y) = match orientation {
                    2 => (w - 1 - x, y),
                    3 => (w - 1 - x, h - 1 - y),
                    4 => (x, h - 1 - y),
                    5 => (y, x),
                    6 => (y, h - 1 - x),
                    7 => (w - 1 - y, h - 1 - x),
                    _ => (w - 1 - y, x),
                };
                bytes.extend_from_slice(self.at(from_x, from_y));
            }
        }
        Pixels {
            width,
            height,
            channels: self.channels,
            bytes,
        }
    }

    /// Smaller by a whole factor when it is larger than anybody looks at: each pixel the mean of a square.
    pub fn bounded(self) -> Pixels {
        let factor = self.width.max(self.height).div_ceil(LONGEST_SIDE);
        if factor <= 1 {
            return self;
        }
        let (width, height) = ((self.width / factor).max(1), (self.height / factor).max(1));
        let mut bytes = Vec::with_capacity(width * height * self.channels);
        for y in 0..height {
            for x in 0..width {
                for channel in 0..self.channels {
                    let square = (0..factor).flat_map(|dy| (0..factor).map(move |dx| (dx, dy)));
                    let inside = square
                        .map(|(dx, dy)| (x * factor + dx, y * factor + dy))
                        .filter(|(x, y)| *x < self.width && *y < self.height);
                    let (sum, count) = inside.fold((0u32, 0u32), |(sum, count), (x, y)| {
                        (
                            sum + u32::from(self.at(x, y).get(channel).copied().unwrap_or(0)),
                            count + 1,
                        )
                    });
                    bytes.push(u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX));
                }
            }
        }
        Pixels {
            width,
            height,
            channels: self.channels,
            bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(width: usize, bytes: &[u8]) -> Pixels {
        Pixels {
            width,
            height: bytes.len() / width,
            channels: 1,
            bytes: bytes.to_vec(),
        }
    }

    #[test]
    fn every_way_a_camera_was_held_becomes_upright() {
        // The picture   1 2 3   as it is stored when held in each of the eight ways.
        //               4 5 6
        let stored: [(u32, usize, [u8; 6]); 8] = [
            (1, 3, [1, 2, 3, 4, 5, 6]),
            (2, 3, [3, 2, 1, 6, 5, 4]),
            (3, 3, [6, 5, 4, 3, 2, 1]),
            (4, 3, [4, 5, 6, 1, 2, 3]),
            (5, 2, [1, 4, 2, 5, 3, 6]),
            (6, 2, [3, 6, 2, 5, 1, 4]),
            (7, 2, [6, 3, 5, 2, 4, 1]),
            (8, 2, [4, 1, 5, 2, 6, 3]),
        ];
        for (orientation, width, bytes) in stored {
            let upright = grey(width, &bytes).upright(orientation);
            assert_eq!(upright, grey(3, &[1, 2, 3, 4, 5, 6]), "orientation {orientation}");
        }
    }

    #[test]
    fn a_large_picture_is_halved_and_a_small_one_stays() {
        let small = grey(2, &[1, 3, 5, 7]);
        assert_eq!(small.bounded(), grey(2, &[1, 3, 5, 7]));
        let wide = Pixels {
            width: LONGEST_SIDE + 2,
            height: 2,
            channels: 1,
            bytes: [[10; LONGEST_SIDE + 2], [30; LONGEST_SIDE + 2]].concat(),
        };
        let halved = wide.bounded();
        assert_eq!((halved.width, halved.height), (LONGEST_SIDE / 2 + 1, 1));
        assert!(halved.bytes.iter().all(|byte| *byte == 20));
    }

    #[test]
    fn a_picture_of_no_size_or_of_too_many_pixels_is_refused() {
        assert!(must_fit(0, 5).is_err());
        assert!(must_fit(65_535, 65_535).is_err());
        assert!(must_fit(8_000, 6_000).is_ok());
    }
}
