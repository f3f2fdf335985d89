//! Inflating within a bound: a few bytes may unpack to gigabytes.

use std::cell::RefCell;

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use super::MAX_INFLATED;

/// zlib (RFC 1950) with its checksum, or bare DEFLATE (RFC 1951).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Zlib,
    Deflate,
}

thread_local! {
    /// Eleven kilobytes of tables, which need no clearing between two contents: `init` makes them as good as new.
    static STATE: RefCell<Box<DecompressorOxide>> = RefCell::default();
}

/// The content; `None` when it is damaged, cut off, followed by something else or longer than the bound.
pub(super) fn inflate(packed: &[u8], packing: Packing) -> Option<Vec<u8>> {
    STATE.with_borrow_mut(|state| {
        state.init();
        inflate_with(state, packed, packing)
    })
}

fn inflate_with(state: &mut DecompressorOxide, packed: &[u8], packing: Packing) -> Option<Vec<u8>> {
    let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF
        | match packing {
            Packing::Zlib => TINFL_FLAG_PARSE_ZLIB_HEADER,
            Packing::Deflate => 0,
        };
    let mut out = vec![0; (packed.len() * 4).clamp(1_024, MAX_INFLATED)];
    let (mut read, mut written) = (0, 0);
    loop {
        let (status, consumed, produced) = decompress(state, &packed[read..], &mut out, written, flags);
        read += consumed;
        written += produced;
        match status {
            TINFLStatus::Done if read == packed.len() => {
                out.truncate(written);
                return Some(out);
            }
            TINFLStatus::HasMoreOutput if out.len() < MAX_INFLATED => {
                out.resize((out.len() * 4).min(MAX_INFLATED), 0);
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::deflate::{compress_to_vec, compress_to_vec_zlib};

    #[test]
    fn what_was_packed_comes_back_up_to_the_bound() {
        for length in [0, 1, 5_000, MAX_INFLATED] {
            let content = vec![7; length];
            assert_eq!(
                inflate(&compress_to_vec_zlib(&content, 6), Packing::Zlib).unwrap(),
                content
            );
            assert_eq!(
                inflate(&compress_to_vec(&content, 6), Packing::Deflate).unwrap(),
                content
            );
        }
    }

    #[test]
    fn bombs_cuts_and_tails_are_refused() {
        let bomb = compress_to_vec_zlib(&vec![0; 8 * 1024 * 1024], 1);
        assert!(bomb.len() < 100_000);
        assert_eq!(inflate(&bomb, Packing::Zlib), None);
        let whole = compress_to_vec_zlib(b"a certificate", 6);
        assert_eq!(inflate(&whole[..whole.len() - 1], Packing::Zlib), None);
        assert_eq!(inflate(&[whole.as_slice(), &[0]].concat(), Packing::Zlib), None);
        assert_eq!(inflate(&whole, Packing::Deflate), None);
        assert_eq!(inflate(&[], Packing::Deflate), None);
        let mut altered = whole;
        let last = altered.len() - 1;
        altered[last] ^= 1;
        assert_eq!(inflate(&altered, Packing::Zlib), None);
        altered[last] ^= 1;
        assert_eq!(
            inflate(&altered, Packing::Zlib).unwrap(),
            b"a certificate",
            "nothing stays of those before"
        );
    }
}
