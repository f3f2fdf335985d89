//! What a command prints: in the user's language, progress on a terminal only.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use lianfang_kernel::{Lang, Words};
use std::io::{IsTerminal, Write};
use std::sync::OnceLock;

static LANG: OnceLock<Lang> = OnceLock::new();

/// The language of this run.
pub fn lang() -> Lang {
    LANG.get().copied().unwrap_or_default()
}

/// Sets the language; the first call counts.
pub fn set_lang(lang: Lang) {
    let _ = LANG.set(lang);
}

/// The language asked for by `--lang`, else by the environment; Chinese when neither says.
pub fn lang_of(args: &[String], env: impl Fn(&str) -> Option<String>) -> Lang {
    let mut words = args.iter();
    let mut asked = None;
    while let Some(word) = words.next() {
        if word == "--lang" {
            asked = words.next().cloned();
        } else if let Some(value) = word.strip_prefix("--lang=") {
            asked = Some(value.to_owned());
        }
    }
    let from_env = ["LIANFANG_LANG", "LC_ALL", "LC_MESSAGES", "LANG"];
    let set = asked.or_else(|| {
        from_env
            .iter()
            .find_map(|name| env(name).filter(|value| !value.is_empty()))
    });
    set.and_then(|tag| Lang::from_tag(tag.split('.').next().unwrap_or_default()))
        .unwrap_or(match asked_nothing(&env) {
            true => Lang::Zh,
            false => Lang::En,
        })
}

/// Whether the environment names no language at all, as on a bare server.
fn asked_nothing(env: &impl Fn(&str) -> Option<String>) -> bool {
    let silent =
        |name: &str| env(name).is_none_or(|value| matches!(value.as_str(), "" | "C" | "POSIX" | "C.UTF-8" | "C.utf8"));
    ["LC_ALL", "LC_MESSAGES", "LANG"].iter().all(|name| silent(name))
}

/// One text of the two.
pub fn pick(zh: &str, en: &str) -> String {
    match lang() {
        Lang::Zh => zh.to_owned(),
        Lang::En => en.to_owned(),
    }
}

/// Prints a line on standard output. A reader that has gone away is no error.
pub fn out(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stdout().lock(), "{}", text.as_ref());
    let _ = std::io::stdout().flush();
}

/// Prints words on standard output.
pub fn out_words(words: &Words) {
    out(words.get(lang()));
}

/// Prints a line on standard error.
pub fn err(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr().lock(), "{}", text.as_ref());
}

/// Prints data as one line of JSON.
pub fn json(value: &impl serde::Serialize) {
    match serde_json::to_string(value) {
        Ok(text) => out(text),
        Err(error) => err(format!("{error}")),
    }
}

/// A bar of `total` steps on a terminal; nothing in a pipe.
pub fn progress(total: u64, zh: &str, en: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{msg} {wide_bar} {human_pos}/{human_len}");
    let bar = match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    };
    bar.with_message(pick(zh, en))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(args: &[&str], env: &[(&str, &str)], expected: Lang) {
        let args: Vec<String> = args.iter().map(|word| (*word).to_owned()).collect();
        let found = lang_of(&args, |name| {
            env.iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        });
        assert_eq!(found, expected, "{args:?} {env:?}");
    }

    #[test]
    fn the_language_is_that_of_the_user() {
        check(&["serve"], &[("LANG", "zh_CN.UTF-8")], Lang::Zh);
        check(&["serve"], &[("LANG", "en_GB.UTF-8")], Lang::En);
        check(&["serve"], &[("LANG", "de_DE.UTF-8")], Lang::En);
        check(&["serve"], &[], Lang::Zh);
        check(&["serve"], &[("LANG", "C.UTF-8")], Lang::Zh);
        check(&["serve", "--lang", "en"], &[("LANG", "zh_CN.UTF-8")], Lang::En);
        check(&["--lang=zh", "serve"], &[("LANG", "en_US.UTF-8")], Lang::Zh);
    }
}
