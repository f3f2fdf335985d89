//! The product's own words, from the Fluent files under `locales/`.

use fluent_templates::{LanguageIdentifier, Loader, fluent_bundle::FluentValue, langid, static_loader};
use lianfang_kernel::Lang;
use std::{borrow::Cow, collections::HashMap};

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "zh-CN",
        // Isolation marks around arguments show as boxes in old WebViews, and no language here runs right to left.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

static ZH: LanguageIdentifier = langid!("zh-CN");
static EN: LanguageIdentifier = langid!("en");

/// What stands on a page where a word is missing; the tests look for it.
pub const MISSING: &str = "⟦";

/// Arguments of a text: name and value.
pub type Args<'a> = &'a [(&'static str, FluentValue<'a>)];

fn tag(lang: Lang) -> &'static LanguageIdentifier {
    match lang {
        Lang::Zh => &ZH,
        Lang::En => &EN,
    }
}

/// The text of `key`, or the key between [`MISSING`] brackets.
pub fn text(lang: Lang, key: &str) -> String {
    LOCALES
        .try_lookup(tag(lang), key)
        .unwrap_or_else(|| format!("{MISSING}{key}⟧"))
}

/// The text of `key` with its arguments filled in.
pub fn text_with(lang: Lang, key: &str, args: Args<'_>) -> String {
    let args: HashMap<Cow<'static, str>, FluentValue<'_>> = args
        .iter()
        .map(|(name, value)| (Cow::Borrowed(*name), value.clone()))
        .collect();
    LOCALES
        .try_lookup_with_args(tag(lang), key, &args)
        .unwrap_or_else(|| format!("{MISSING}{key}⟧"))
}

/// A whole number with thousands separated, as both languages write it: `12,345`.
pub fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        out.push('−');
    }
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated_and_the_sign_is_kept() {
        assert_eq!(
            ["0", "999", "1,000", "−1,234,567"].map(String::from),
            [0, 999, 1_000, -1_234_567].map(grouped)
        );
    }

    #[test]
    fn a_missing_word_is_visible_and_not_a_panic() {
        assert_eq!(text(Lang::En, "no-such-key"), "⟦no-such-key⟧");
    }

    #[test]
    fn arguments_are_filled_in_without_marks_around_them() {
        assert_eq!(text_with(Lang::Zh, "n-people", &[("n", 3.into())]), "3人");
    }
}
