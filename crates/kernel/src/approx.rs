//! Figures that are not exact: 约300, 300余, 近300; about, over, nearly. What is made of them is not exact either.

use serde::{Deserialize, Serialize};

/// The list whose codes are qualifiers.
pub const APPROX_LIST: &str = "approximate";

/// How a figure stands to the number that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Approx {
    /// Around it: 约, 左右.
    About,
    /// Somewhat above it: 余, 多.
    Over,
    /// Somewhat below it: 近.
    Nearly,
}

impl Approx {
    /// Every qualifier.
    pub const ALL: [Approx; 3] = [Approx::About, Approx::Over, Approx::Nearly];

    /// Its code in [`APPROX_LIST`].
    pub fn id(self) -> &'static str {
        match self {
            Approx::About => "about",
            Approx::Over => "over",
            Approx::Nearly => "nearly",
        }
    }

    /// The qualifier of that code.
    pub fn from_id(id: &str) -> Option<Approx> {
        Approx::ALL.into_iter().find(|approx| approx.id() == id)
    }

    /// The qualifier of a sum of two parts: exact parts take none away, and over and nearly together are about.
    ///
    /// ```
    /// use lianfang_kernel::Approx;
    ///
    /// assert_eq!(Approx::joined(None, Some(Approx::Over)), Some(Approx::Over));
    /// assert_eq!(Approx::joined(Some(Approx::Nearly), Some(Approx::Over)), Some(Approx::About));
    /// assert_eq!(Approx::joined(None, None), None);
    /// ```
    pub fn joined(one: Option<Approx>, other: Option<Approx>) -> Option<Approx> {
        match (one, other) {
            (one, None) => one,
            (None, other) => other,
            (Some(one), Some(other)) if one == other => Some(one),
            (Some(_), Some(_)) => Some(Approx::About),
        }
    }
}

/// The field that keeps the qualifier of the figure in a field.
pub fn approx_field(field: &str) -> String {
    format!("{field}_approx")
}

/// A figure as people write it: the number, and its qualifier if it has one.
///
/// ```
/// use lianfang_kernel::{Approx, split_approx};
///
/// assert_eq!(split_approx("300余"), (Some(Approx::Over), "300"));
/// assert_eq!(split_approx("about 300"), (Some(Approx::About), "300"));
/// assert_eq!(split_approx("300"), (None, "300"));
/// ```
pub fn split_approx(text: &str) -> (Option<Approx>, &str) {
    const BEFORE: [(&str, Approx); 10] = [
        ("大约", Approx::About),
        ("约", Approx::About),
        ("超过", Approx::Over),
        ("逾", Approx::Over),
        ("将近", Approx::Nearly),
        ("接近", Approx::Nearly),
        ("近", Approx::Nearly),
        ("about ", Approx::About),
        ("over ", Approx::Over),
        ("nearly ", Approx::Nearly),
    ];
    const AFTER: [(&str, Approx); 5] = [
        ("左右", Approx::About),
        ("上下", Approx::About),
        ("余", Approx::Over),
        ("多", Approx::Over),
        ("+", Approx::Over),
    ];
    let text = text.trim();
    let before = BEFORE
        .iter()
        .find_map(|(word, approx)| Some((*approx, text.strip_prefix(word)?)));
    let after = || {
        AFTER
            .iter()
            .find_map(|(word, approx)| Some((*approx, text.strip_suffix(word)?)))
    };
    match before.or_else(after) {
        Some((approx, number)) => (Some(approx), number.trim()),
        None => (None, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_told_apart() {
        let cases = [
            ("约300", Some(Approx::About), "300"),
            ("300左右", Some(Approx::About), "300"),
            ("300余", Some(Approx::Over), "300"),
            ("1000多", Some(Approx::Over), "1000"),
            ("近300", Some(Approx::Nearly), "300"),
            ("将近 300", Some(Approx::Nearly), "300"),
            ("nearly 300", Some(Approx::Nearly), "300"),
            ("300", None, "300"),
            ("-5", None, "-5"),
        ];
        for (text, approx, number) in cases {
            assert_eq!(split_approx(text), (approx, number), "{text}");
        }
    }
}
