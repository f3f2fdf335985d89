//! One width for letters and digits, however the input method wrote them.

/// Full-width ASCII becomes half-width, ideographic and non-breaking spaces become a space, and what cannot be seen
/// (zero-width characters, byte order mark, controls other than tab and line ends) is dropped. Ends are trimmed.
///
/// ```
/// assert_eq!(lianfang_kernel::identity::half_width("　１３８ ＡＢｘ\u{200b}"), "138 ABx");
/// ```
pub fn half_width(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{FF01}'..='\u{FF5E}' => out.extend(char::from_u32(u32::from(c) - 0xFEE0)),
            '\u{3000}' | '\u{A0}' | '\u{2002}'..='\u{200A}' | '\u{202F}' => out.push(' '),
            '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}' => {}
            '\t' | '\n' | '\r' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    let trimmed = out.trim();
    if trimmed.len() == out.len() {
        out
    } else {
        trimmed.to_owned()
    }
}

/// The characters that carry meaning, in upper case: spaces and the separators people put in are dropped.
pub(super) fn bare(text: &str, separators: &[char]) -> String {
    half_width(text)
        .chars()
        .filter(|c| !c.is_whitespace() && !separators.contains(c))
        .flat_map(char::to_uppercase)
        .collect()
}
