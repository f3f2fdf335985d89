//! Masks for people who may see that somebody is meant, but not who.

/// The family name and a star for each further character, three at most: a long name is not given away by its length.
///
/// ```
/// use lianfang_kernel::identity::mask_name;
/// assert_eq!(mask_name("张三丰"), "张**");
/// assert_eq!(mask_name("Maria Silva"), "M***");
/// assert_eq!(mask_name("李"), "*");
/// ```
pub fn mask_name(name: &str) -> String {
    let mut characters = name.trim().chars().filter(|c| !c.is_whitespace());
    let Some(first) = characters.next() else {
        return String::new();
    };
    match characters.count() {
        0 => "*".to_owned(),
        rest => format!("{first}{}", "*".repeat(rest.min(3))),
    }
}

/// First four and last four characters of a document number; of a short number the first and last two, of one under
/// seven characters nothing.
///
/// ```
/// use lianfang_kernel::identity::mask_document;
/// assert_eq!(mask_document("222404199001011234"), "2224**********1234");
/// assert_eq!(mask_document("E12345678"), "E1*****78");
/// assert_eq!(mask_document("12345"), "*****");
/// ```
pub fn mask_document(number: &str) -> String {
    let characters: Vec<char> = number.trim().chars().collect();
    let shown = match characters.len() {
        12.. => 4,
        7..=11 => 2,
        _ => 0,
    };
    let hidden = characters.len() - 2 * shown;
    let mut masked = String::with_capacity(number.len());
    masked.extend(&characters[..shown]);
    masked.extend(std::iter::repeat_n('*', hidden));
    masked.extend(&characters[shown + hidden..]);
    masked
}
